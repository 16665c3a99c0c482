//! With what one signs in: passkeys, the app on another phone, and other recovery codes. Each is told by mail, and ends every other session.

use salus_kernel::actions::{ChangeFactor, ViewOwnFactors};

use super::enroll::{self, ConfirmForm};
use crate::{
    access::{Posted, SignedIn, columns::authenticator},
    accounts::{
        passkeys::{self as keys, views::PasskeyLine},
        providers as there, second_step, store,
        totp::{self, TotpSecret},
        undo::{self, Changed},
        views,
    },
    recovery,
    shell::{
        dates,
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other, see_other_with},
        urls,
        view::SecretField,
        words,
    },
};

/// What there is.
pub async fn show(own: SignedIn<ViewOwnFactors>) -> PageResult {
    let zone = own.app().clinic().await.zone();
    let mut tx = own.read().await?;
    let app_since = store::authenticator_since(&mut tx, own.account()).await?;
    let (row, _) = store::settings(&mut tx, own.account()).await?;
    let day = |at| dates::date(dates::on(at, &zone));
    let mut passkeys = Vec::new();
    for row in keys::store::all(&mut tx, own.account()).await? {
        passkeys.push(PasskeyLine {
            name: row.name.open(&own)?,
            made: day(row.created_at),
            used: row.last_used_at.map(day),
            id: row.id,
        });
    }
    let mut providers = Vec::new();
    if own.session().role.is_some() {
        let mut mine = there::store::all(&mut tx, own.account()).await?;
        for one in own.app().web().providers.iter() {
            let connection = mine.iter().position(|mine| mine.provider == one.key()).map(|at| mine.swap_remove(at));
            providers.push(views::ProviderCard {
                key: one.key().to_owned(),
                name: one.name().to_owned(),
                since: connection.as_ref().map(|connection| day(connection.created_at)),
                used: connection.and_then(|connection| connection.last_used_at).map(day),
            });
        }
    }
    let view = views::Factors {
        providers,
        passkeys,
        offered: own.app().web().has_name(),
        app_since: app_since.map(day),
        codes_left: store::codes_left(&mut tx, own.account()).await?,
        sheet: store::second_steps(&mut tx, own.account()).await?.is_sheet(),
        password_changed: day(row.password_changed_at),
    };
    page::show(&own, &view)
}

/// The picture and the secret of the app that is to be. The one before counts until a code of this one was right.
///
/// Invariant: each look is another secret, so that nobody who looked before knows the one that somebody else confirms.
pub async fn app_form(own: SignedIn<ChangeFactor>) -> PageResult {
    let (id, secret) = enroll::fresh(own.now());
    let sealed = own.seal::<authenticator::Secret>(&id, secret.as_bytes());
    let mut tx = own.begin().await?;
    store::add_authenticator(&mut tx, &id, own.account(), sealed, own.now()).await?;
    tx.commit().await?;
    page::show(&own, &app_view(&own, id, &secret, SecretField::empty()).await?)
}

/// The app that this form showed, unless a code confirmed it or another look took its place. Its id is in that page alone.
async fn shown(own: &SignedIn<ChangeFactor>, id: &str) -> Result<Option<TotpSecret>, Error> {
    let factors = store::authenticators(&mut own.read().await?, own.account()).await?;
    let factor = factors.into_iter().find(|factor| factor.confirmed_at.is_none() && factor.id == id);
    Ok(factor.map(|factor| factor.secret.open_bytes(own)).transpose()?.map(TotpSecret::from_bytes))
}

async fn app_view(
    own: &SignedIn<ChangeFactor>,
    factor: String,
    secret: &TotpSecret,
    code: SecretField,
) -> Result<views::Enroll, Error> {
    let mut tx = own.read().await?;
    let (_, email) = store::settings(&mut tx, own.account()).await?;
    let steps = store::second_steps(&mut tx, own.account()).await?;
    let email = email.open(own)?;
    Ok(views::Enroll {
        step: String::new(),
        action: urls::FACTORS_APP.to_owned(),
        factor,
        replaces: steps.app,
        sheet: false,
        message: String::new(),
        passkeys: false,
        wanted: false,
        qr_svg: secret.picture(&own.app().clinic().await.name, &email)?,
        secret: secret.text(),
        account: email,
        code,
    })
}

/// A right code puts the app in the other one's place.
pub async fn app(own: SignedIn<ChangeFactor>, Posted(form): Posted<ConfirmForm>) -> PageResult {
    // Sent twice, or looked at elsewhere meanwhile.
    let Some(secret) = shown(&own, &form.factor).await? else { return Ok(see_other(urls::FACTORS)) };
    let id = form.factor;
    let Some(step) = secret.step_of(&form.code, own.now()) else {
        own.refused("wrong-code").await?;
        let wrong = SecretField::wrong(words::t("accounts-problem-code"));
        return page::again(&own, &app_view(&own, id, &secret, wrong).await?);
    };
    let mut tx = own.begin().await?;
    undo::before_change(&mut tx, &own, own.account(), Changed::App, own.now()).await?;
    recovery::withdraw(&mut tx, own.account()).await?;
    store::still_here(&mut tx, own.session().id).await?;
    if !store::confirm(&mut tx, &id, step, own.now()).await? {
        return Ok(see_other(urls::FACTORS));
    }
    store::forget_other_apps(&mut tx, own.account(), &id).await?;
    store::end_others(&mut tx, own.account(), own.session().id, "factor-changed", own.now()).await?;
    tx.commit().await?;
    Ok(see_other_with(urls::FACTORS, Flash::AppChanged))
}

/// Ten other recovery codes, shown once; the ones before are worth nothing. Who has a sheet gets another one, which they have to show.
pub async fn codes(own: SignedIn<ChangeFactor>) -> PageResult {
    if store::second_steps(&mut own.read().await?, own.account()).await?.is_sheet() {
        return Ok(see_other(urls::FACTORS_SHEET));
    }
    let codes = totp::recovery_codes();
    let digest = |purpose: &str, message: &[u8]| own.digest(purpose, message);
    let hashes = codes.iter().map(|code| second_step::code_hash(digest, own.account(), code)).collect();
    let mut tx = own.begin().await?;
    undo::before_change(&mut tx, &own, own.account(), Changed::Codes, own.now()).await?;
    recovery::withdraw(&mut tx, own.account()).await?;
    store::still_here(&mut tx, own.session().id).await?;
    store::replace_codes(&mut tx, own.account(), hashes, own.now()).await?;
    store::end_others(&mut tx, own.account(), own.session().id, "factor-changed", own.now()).await?;
    tx.commit().await?;
    let clinic = own.app().clinic().await;
    let view = views::RecoveryCodes {
        step: String::new(),
        codes,
        made: dates::day(own.now(), &clinic.zone()),
        clinic_name: clinic.name.clone(),
        go: urls::FACTORS.to_owned(),
    };
    page::show(&own, &view)
}
