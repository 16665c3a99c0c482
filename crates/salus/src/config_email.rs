//! `[email]` and `[[vendors]]` of `salus.toml`: where mail goes, and who may carry it.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use anyhow::{Context, anyhow, bail};
use jiff::civil::Date;
use salus_ports::{
    Ports,
    email::{Local, Login, SendError, Server, Smtp},
    vendor::{NotOnRecord, OnRecord, Vendor},
};
use serde::{Deserialize, Deserializer, de};
use zeroize::Zeroizing;

/// `[email]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EmailSettings {
    /// `local`, into files that nobody fetches, or `smtp`.
    pub kind: EmailKind,
    /// The mail server.
    pub host: String,
    /// Its port: 587 unless told; on 465 it speaks TLS from the first byte.
    pub port: Option<u16>,
    /// The name to sign in with, if the server asks for one.
    pub user: String,
    /// A file with the password, and nothing else in it.
    pub password_file: Option<PathBuf>,
    /// Whom mail is from: `Patient portal <portal@clinic.example>`.
    pub from: String,
    /// The record in `[[vendors]]` of whoever runs the mail server, if that is not this machine.
    pub vendor: String,
}

/// The kinds of mail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EmailKind {
    /// Files in `mail` of the data folder.
    #[default]
    Local,
    /// A mail server.
    Smtp,
}

/// `[[vendors]]`: somebody outside the clinic who receives data, and the business associate agreement with them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VendorSettings {
    /// As adapters name it.
    pub name: String,
    /// What for.
    pub purpose: String,
    /// When the agreement was signed.
    pub baa_signed: Day,
    /// The last day on which it holds.
    pub baa_expires: Day,
}

/// A date, written as TOML writes one (`2026-01-05`) or in quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day(pub Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reads;
        impl<'de> de::Visitor<'de> for Reads {
            type Value = Day;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date like 2026-01-05")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Day, E> {
                text.parse().map(Day).map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Day, A::Error> {
                let written = toml::value::Datetime::deserialize(de::value::MapAccessDeserializer::new(map))?;
                self.visit_str(&written.to_string())
            }
        }
        deserializer.deserialize_any(Reads)
    }
}

/// What the settings say of vendors, for adapters to ask.
fn vendors(settings: &[VendorSettings]) -> Vec<Vendor> {
    let of = |vendor: &VendorSettings| Vendor {
        name: vendor.name.clone(),
        purpose: vendor.purpose.clone(),
        baa_signed: vendor.baa_signed.0,
        baa_expires: vendor.baa_expires.0,
    };
    settings.iter().map(of).collect()
}

/// The outside world as the settings want it; refused where data would leave the machine without an agreement.
pub fn ports(
    email: &EmailSettings,
    on_record: &[VendorSettings],
    data_dir: &Path,
    today: Date,
) -> anyhow::Result<Ports> {
    let from = match email.from.as_str() {
        "" if email.kind == EmailKind::Local => "portal@localhost",
        "" => {
            bail!("[email] from is missing: whom is mail from? For example \"Patient portal <portal@clinic.example>\"")
        }
        told => told,
    };
    let from = from.parse().with_context(|| format!("[email] from: {from}"))?;
    let folder = files(data_dir);
    if email.kind == EmailKind::Local {
        tracing::info!(folder = %folder.display(), "Mail is put into files, and nobody gets it: see [email]");
        return Ok(Ports::new(Local::new(folder.clone(), from)).with_files(folder));
    }
    if email.host.is_empty() {
        bail!("[email] host is missing: which mail server?");
    }
    let server = Server { host: email.host.clone(), port: email.port.unwrap_or(587), login: login(email)? };
    if server.is_here() {
        return Ok(Ports::new(Smtp::here(server, from)?).with_files(folder));
    }
    let vendor =
        OnRecord::of(&vendors(on_record), &email.vendor, today).map_err(|why| what_to_write(&email.host, &why))?;
    let smtp = Smtp::of_vendor(server, from, &vendor).map_err(|error: SendError| anyhow!("[email] host: {error}"))?;
    Ok(Ports::new(smtp).with_files(folder))
}

/// Where mail lies that is put into files.
pub fn files(data_dir: &Path) -> PathBuf {
    data_dir.join("mail")
}

fn login(email: &EmailSettings) -> anyhow::Result<Option<Login>> {
    let Some(file) = &email.password_file else {
        if !email.user.is_empty() {
            bail!("[email] user and password_file come together");
        }
        return Ok(None);
    };
    let password = std::fs::read_to_string(file)
        .map(Zeroizing::new)
        .with_context(|| format!("[email] password_file: {}", file.display()))?;
    let password = Zeroizing::new(password.trim_end_matches(['\r', '\n']).to_owned());
    if email.user.is_empty() || password.is_empty() {
        bail!("[email] user and password_file come together, and neither may be empty");
    }
    Ok(Some(Login { user: email.user.clone(), password }))
}

fn what_to_write(host: &str, why: &NotOnRecord) -> anyhow::Error {
    let name = match why {
        NotOnRecord::Unnamed => "NAME OF THE VENDOR",
        NotOnRecord::Unknown(name)
        | NotOnRecord::NoPurpose(name)
        | NotOnRecord::NotYet(name, _)
        | NotOnRecord::Ended(name, _) => name,
    };
    anyhow!(
        "mail would leave this machine, to {host}, and {why}. Whoever carries mail learns who is a patient here, so a \
         business associate agreement has to be in force (45 CFR 164.308(b)). Write it into salus.toml:\n\n\
         [email]\nvendor = \"{name}\"\n\n\
         [[vendors]]\nname = \"{name}\"\npurpose = \"carries mail to patients and staff\"\n\
         baa_signed = YYYY-MM-DD\nbaa_expires = YYYY-MM-DD\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    const TODAY: Date = Date::constant(2026, 11, 25);

    fn started(settings: &str) -> Result<(), String> {
        let config: Config = toml::from_str(settings).expect("settings");
        ports(&config.email, &config.vendors, Path::new("var"), TODAY).map(drop).map_err(|error| format!("{error:#}"))
    }

    const SMTP: &str = "[email]\nkind = \"smtp\"\nfrom = \"Portal <portal@clinic.example>\"\n";

    #[test]
    fn no_mail_leaves_the_machine_without_a_vendor_record() {
        // HIP-17, THR-11.
        let elsewhere = format!("{SMTP}host = \"mail.postbox.example\"\n");
        let named = format!("{elsewhere}vendor = \"Postbox\"\n");
        let record = |signed: &str, expires: &str| {
            format!(
                "{named}[[vendors]]\nname = \"Postbox\"\npurpose = \"mail\"\nbaa_signed = {signed}\nbaa_expires = {expires}\n"
            )
        };
        assert_eq!(started(&record("2026-01-05", "2028-01-04")), Ok(()));
        assert_eq!(started(&record("\"2026-01-05\"", "\"2026-11-25\"")), Ok(()));
        for (settings, why) in [
            (elsewhere, "the settings name no vendor"),
            (named.clone(), "no record of the vendor “Postbox”"),
            (record("2026-12-01", "2028-01-04"), "begins on 2026-12-01"),
            (record("2024-01-05", "2026-11-24"), "ended on 2026-11-24"),
        ] {
            let refused = started(&settings).expect_err("mail left the machine without a vendor record");
            assert!(refused.contains(why), "{refused}");
            assert!(refused.contains("[[vendors]]\nname = ") && refused.contains("baa_expires = "), "{refused}");
        }
    }

    #[test]
    fn mail_that_stays_needs_no_record() {
        assert_eq!(started(""), Ok(()));
        assert_eq!(started(&format!("{SMTP}host = \"127.0.0.1\"\nport = 25\n")), Ok(()));
    }

    #[test]
    fn half_a_setting_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "secret\n").unwrap();
        let path = file.path().display();
        let here = format!("{SMTP}host = \"localhost\"\n");
        assert_eq!(started(&format!("{here}user = \"portal\"\npassword_file = \"{path}\"\n")), Ok(()));
        for (settings, why) in [
            (SMTP.to_owned(), "host is missing"),
            ("[email]\nkind = \"smtp\"\nhost = \"localhost\"\n".to_owned(), "from is missing"),
            ("[email]\nfrom = \"nobody\"\n".to_owned(), "no mail address"),
            (format!("{here}user = \"portal\"\n"), "come together"),
            (format!("{here}password_file = \"{path}\"\n"), "come together"),
            (format!("{here}user = \"portal\"\npassword_file = \"{path}.not\"\n"), "password_file"),
        ] {
            let refused = started(&settings).expect_err(why);
            assert!(refused.contains(why), "{refused}");
        }
        for wrong in [
            "[email]\nkind = \"carrier-pigeon\"\n",
            "[email]\nhosts = \"x\"\n",
            "[[vendors]]\nname = \"x\"\npurpose = \"y\"\nbaa_signed = 2026-01-05\n",
            "[[vendors]]\nname = \"x\"\npurpose = \"y\"\nbaa_signed = \"soon\"\nbaa_expires = 2026-01-05\n",
            "[[vendors]]\nname = \"x\"\npurpose = \"y\"\nbaa_signed = 2026-01-05T10:00:00Z\nbaa_expires = 2026-01-05\n",
        ] {
            assert!(toml::from_str::<Config>(wrong).is_err(), "{wrong}");
        }
    }
}
