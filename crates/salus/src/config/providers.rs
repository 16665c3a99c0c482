//! `[[sign_in_with]]`: providers at which whoever works here may show who they are.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

use anyhow::{Context as _, anyhow, bail};
use salus_oidc::{Provider, Settings};
use serde::Deserialize;
use zeroize::Zeroizing;

/// One of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderSettings {
    /// What it is called in addresses.
    pub key: String,
    /// What it is called on the page.
    pub name: String,
    /// Its issuer, to the letter.
    pub issuer: String,
    /// What the portal is called there.
    pub client_id: String,
    /// A file with the secret that goes with it; none for a public client.
    #[serde(default)]
    pub client_secret_file: Option<PathBuf>,
    /// Words in `amr` or `acr` that say somebody showed a second step there; none, and ours is asked.
    #[serde(default)]
    pub second_step: Vec<String>,
    /// Whether it can ask anew who somebody is, and says when it did.
    #[serde(default = "yes")]
    pub asks_anew: bool,
}

const fn yes() -> bool {
    true
}

/// All of them, ready to be asked.
pub fn all(settings: &[ProviderSettings]) -> anyhow::Result<Arc<[Provider]>> {
    let mut keys = BTreeSet::new();
    let one = |of: &ProviderSettings| {
        if !keys.insert(of.key.clone()) || !keys.insert(of.issuer.clone()) {
            bail!("two are called {}, or have its issuer", of.key);
        }
        let secret = of.client_secret_file.as_ref().map(|path| {
            let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
            anyhow::Ok(Zeroizing::new(text.trim_end().to_owned()))
        });
        Provider::new(Settings {
            key: of.key.clone(),
            name: of.name.clone(),
            issuer: of.issuer.clone(),
            client_id: of.client_id.clone(),
            client_secret: secret.transpose()?,
            second_step: of.second_step.clone(),
            asks_anew: of.asks_anew,
        })
        .map_err(|why| anyhow!("{why}"))
    };
    settings.iter().map(one).collect::<anyhow::Result<Vec<Provider>>>().map(Into::into).context("[[sign_in_with]]")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn providers_are_read_with_their_secrets() {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("okta.secret");
        std::fs::write(&secret, "a secret\n").unwrap();
        let text = |key: &str, issuer: &str| {
            format!(
                "[[sign_in_with]]\nkey = {key:?}\nname = \"Okta\"\nissuer = {issuer:?}\nclient_id = \"salus\"\n\
                 client_secret_file = {:?}\nsecond_step = [\"mfa\"]\n",
                secret.display().to_string()
            )
        };
        let read = |text: &str| all(&toml::from_str::<Config>(text).unwrap().sign_in_with);
        let good = text("okta", "https://clinic.okta.example");
        let found = read(&good).unwrap();
        assert_eq!(found.iter().map(Provider::key).collect::<Vec<_>>(), ["okta"]);
        assert!(read(&text("okta", "http://clinic.okta.example")).is_err(), "over a line that anybody reads");
        assert!(read(&text("Okta!", "https://clinic.okta.example")).is_err());
        let twice = read(&format!("{good}{good}")).unwrap_err();
        assert!(format!("{twice:#}").contains("two are called okta"), "{twice:#}");
        std::fs::remove_file(&secret).unwrap();
        assert!(read(&good).is_err(), "no secret");
    }
}
