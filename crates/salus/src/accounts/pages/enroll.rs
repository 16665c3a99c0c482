//! First sign-in: the authenticator app is set up, a code proves it, and ten recovery codes are shown once.

use axum::extract::Query;
use salus_db::Reader;
use salus_kernel::{AccountId, Instant, ResourceId, actions::EnrollFactor};
use serde::Deserialize;

use super::sign_in::{Next, signed_in_halfway};
use crate::{
    access::{Change, Halfway, Posted, Stage, columns::authenticator},
    accounts::{
        second_step, store,
        totp::{self, TotpSecret},
        views,
    },
    notices::{About, TellOwner},
    shell::{
        dates,
        error::Error,
        page::{self, PageResult, see_other},
        urls,
        view::SecretField,
        words,
    },
};

/// The picture and the secret. A factor that no code has confirmed yet is shown again, so that reloading changes nothing.
pub async fn form(halfway: Halfway<EnrollFactor>, Query(_): Query<Next>) -> PageResult {
    if halfway.session().stage != Stage::Enrolling {
        return Ok(see_other(urls::SIGN_IN_CODE));
    }
    let (_, secret) = pending(&halfway).await?;
    page::show(&halfway, &view(&halfway, &secret, SecretField::empty()).await?)
}

/// The same page, with something said above it.
pub async fn again_with(halfway: &Halfway<EnrollFactor>, message: String) -> PageResult {
    let (_, secret) = pending(halfway).await?;
    page::again(halfway, &views::Enroll { message, ..view(halfway, &secret, SecretField::empty()).await? })
}

/// Refuses where the account has a second step by now: whoever has it signs in with it, and sets up no other one.
pub async fn still_first(tx: &mut Reader, account: AccountId) -> Result<(), Error> {
    if store::has_second_step(tx, account).await? {
        return Err(Error::SignIn { next: None });
    }
    Ok(())
}

/// The factor that waits for its first code; made when there is none.
async fn pending(halfway: &Halfway<EnrollFactor>) -> Result<(String, TotpSecret), Error> {
    let mut tx = halfway.read().await?;
    still_first(&mut tx, halfway.account()).await?;
    let factors = store::authenticators(&mut tx, halfway.account()).await?;
    drop(tx);
    if let Some(factor) = factors.first() {
        return Ok((factor.id.clone(), TotpSecret::from_bytes(factor.secret.open_bytes(halfway)?)));
    }
    let (id, secret) = fresh(halfway.now());
    let sealed = halfway.seal::<authenticator::Secret>(&id, secret.as_bytes());
    let mut tx = halfway.begin().await?;
    store::add_authenticator(&mut tx, &id, halfway.account(), sealed, halfway.now()).await?;
    tx.commit().await?;
    Ok((id, secret))
}

/// A factor's id and secret, before it is written down.
pub(super) fn fresh(now: Instant) -> (String, TotpSecret) {
    (ResourceId::new(now, salus_vault::random()).to_string(), TotpSecret::fresh())
}

async fn view(halfway: &Halfway<EnrollFactor>, secret: &TotpSecret, code: SecretField) -> Result<views::Enroll, Error> {
    let mut tx = halfway.read().await?;
    let (_, email) = store::settings(&mut tx, halfway.account()).await?;
    let email = email.open(halfway)?;
    let clinic = halfway.app().clinic().await;
    Ok(views::Enroll {
        step: words::t_with("accounts-step", [("step", 1.into()), ("steps", 2.into())]),
        action: urls::ENROLL.to_owned(),
        factor: String::new(),
        sheet: halfway.session().role.is_none(),
        replaces: false,
        message: String::new(),
        passkeys: halfway.app().web().has_name(),
        wanted: halfway.session().wants_passkey(),
        qr_svg: secret.picture(&clinic.name, &email)?,
        secret: secret.text(),
        account: email,
        code,
    })
}

/// What the form sends.
#[derive(Deserialize)]
pub struct ConfirmForm {
    #[serde(default)]
    pub(super) code: String,
    /// Which app the page showed, where there is one already.
    #[serde(default)]
    pub(super) factor: String,
}

/// A right code confirms the factor; the recovery codes follow at once, and only now.
pub async fn confirm(halfway: Halfway<EnrollFactor>, Posted(form): Posted<ConfirmForm>) -> PageResult {
    if halfway.session().stage != Stage::Enrolling {
        return Ok(see_other(urls::SIGN_IN_CODE));
    }
    let (id, secret) = pending(&halfway).await?;
    let Some(step) = secret.step_of(&form.code, halfway.now()) else {
        halfway.refused("wrong-code").await?;
        let problem = SecretField::wrong(words::t("accounts-problem-code"));
        return page::again(&halfway, &view(&halfway, &secret, problem).await?);
    };
    let mut tx = halfway.begin().await?;
    store::hold(&mut tx, halfway.account()).await?;
    still_first(&mut tx, halfway.account()).await?;
    if !store::confirm(&mut tx, &id, step, halfway.now()).await? {
        return Ok(see_other(urls::HOME)); // sent twice
    }
    completed(&halfway, tx).await
}

/// The account has its second step: both factors count from now on, and the recovery codes are shown, once.
pub async fn completed(halfway: &Halfway<EnrollFactor>, mut tx: Change<'_>) -> PageResult {
    let codes = totp::recovery_codes();
    let digest = |purpose: &str, message: &[u8]| halfway.digest(purpose, message);
    let hashes = codes.iter().map(|code| second_step::code_hash(digest, halfway.account(), code)).collect();
    store::replace_codes(&mut tx, halfway.account(), hashes, halfway.now()).await?;
    let token = halfway.complete(&mut tx).await?;
    tx.enqueue(&TellOwner::of(halfway.account(), About::SecondFactor, halfway.now())).await?;
    tx.commit().await?;
    let clinic = halfway.app().clinic().await;
    let shown = views::RecoveryCodes {
        step: words::t_with("accounts-step", [("step", 2.into()), ("steps", 2.into())]),
        codes,
        made: dates::day(halfway.now(), &clinic.zone()),
        clinic_name: clinic.name.clone(),
        go: urls::HOME.to_owned(),
    };
    Ok(signed_in_halfway(halfway, &token, page::show(halfway, &shown)?))
}
