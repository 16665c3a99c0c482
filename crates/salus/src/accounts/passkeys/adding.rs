//! A passkey is made: as the first second step of an account, or as one more.

use axum::{extract::Query, http::StatusCode, response::Response};
use salus_kernel::{
    Instant, ResourceId, SessionId,
    actions::{ChangeFactor, EnrollFactor},
};
use salus_vault::BlindIndex;
use serde::Deserialize;
use webauthn_rs::prelude::Passkey;

use super::{Shown, kept, nothing_to_do, open, relying_party, store, to_do, views};
use crate::{
    access::{App, Halfway, Posted, SignedIn, Stage, columns::passkey},
    accounts::{
        challenge::{Challenge, Purpose},
        pages::{enroll, safe_next, sign_in::Next},
        store as accounts,
        undo::{self, Changed},
    },
    notices::{self, About},
    recovery,
    shell::{
        device,
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other, see_other_with},
        urls,
        view::Field,
        words,
    },
};

/// How long a passkey's name may be, in characters.
const LONGEST_NAME: usize = 60;

fn challenge(session: SessionId, index: impl Fn(&str, &str) -> BlindIndex) -> Challenge {
    Challenge::of(Purpose::Add, &session.to_string(), index)
}

/// The passkey that was made, if it is what this session was asked for.
async fn made(app: &App, now: Instant, challenge: Challenge, shown: &str) -> Result<Option<Passkey>, Error> {
    let portal = relying_party(app).await?;
    let Some(state) = challenge.take(app, now).await? else { return Ok(None) };
    Ok(portal.made(&state, shown))
}

/// A passkey as a row of its own, in a guard's words.
macro_rules! new_row {
    ($guard:expr, $key:expr, $name:expr) => {{
        let id = ResourceId::new($guard.now(), salus_vault::random()).to_string();
        let index = $guard.index("passkey", &hex::encode($key.cred_id().as_slice()));
        let (credential, key_version) = $guard.seal::<passkey::Credential>(&id, &kept(&$key)?);
        let (name, _) = $guard.seal::<passkey::Name>(&id, $name.as_bytes());
        (id, index, credential, name, key_version)
    }};
}

/// First sign-in: what the browser is to make.
pub async fn ask_first(halfway: Halfway<EnrollFactor>) -> Result<Response, Error> {
    let portal = relying_party(halfway.app()).await?;
    enroll::still_first(&mut halfway.read().await?, halfway.account()).await?;
    let (_, email) = accounts::settings(&mut halfway.read().await?, halfway.account()).await?;
    let name = halfway.session().name.open(&halfway)?;
    let asked = portal.ask_for_new(halfway.account(), &email.open(&halfway)?, &name, &[])?;
    challenge(halfway.session().id, |purpose, value| halfway.index(purpose, value))
        .keep(halfway.app(), &asked.state, halfway.now())
        .await?;
    Ok(to_do(&asked.options))
}

/// Where a page stood that asked again.
pub async fn back_first(_: Halfway<EnrollFactor>) -> PageResult {
    Ok(see_other(urls::ENROLL))
}

/// First sign-in: the passkey is the account's second step. The recovery codes follow, as after an app.
pub async fn first(halfway: Halfway<EnrollFactor>, Posted(form): Posted<Shown>) -> PageResult {
    if halfway.session().stage != Stage::Enrolling {
        return Ok(see_other(urls::SIGN_IN_CODE));
    }
    let challenge = challenge(halfway.session().id, |purpose, value| halfway.index(purpose, value));
    let Some(key) = made(halfway.app(), halfway.now(), challenge, &form.credential).await? else {
        halfway.refused("wrong-passkey").await?;
        return enroll::again_with(&halfway, words::t("accounts-problem-passkey-made")).await;
    };
    let device = device::in_words(&halfway.asked().agent);
    let (id, index, credential, name, key_version) = new_row!(halfway, key, device);
    let mut tx = halfway.begin().await?;
    // Holds the account: of two first steps at the same moment one is the first.
    accounts::hold(&mut tx, halfway.account()).await?;
    enroll::still_first(&mut tx, halfway.account()).await?;
    let new =
        store::NewPasskey { id: &id, account: halfway.account(), index: index.as_str(), credential, name, key_version };
    if !store::add(&mut tx, new, halfway.now()).await? {
        return Err(Error::NotFound); // somebody else has it
    }
    enroll::completed(&halfway, tx).await
}

async fn form_view(
    own: &SignedIn<ChangeFactor>,
    name: Field,
    message: String,
    next: &str,
) -> Result<views::AddPasskey, Error> {
    let there = store::all(&mut own.read().await?, own.account()).await?.len();
    let next = if next.is_empty() { String::new() } else { safe_next(next).to_owned() };
    let clinic_phone = own.app().clinic().await.phone.clone();
    Ok(views::AddPasskey {
        name,
        message,
        next,
        clinic_phone,
        wanted: own.session().wants_passkey(),
        full: there >= store::MOST,
    })
}

/// The form for one more.
pub async fn form(own: SignedIn<ChangeFactor>, Query(query): Query<Next>) -> PageResult {
    relying_party(own.app()).await?;
    let name = Field::typed(device::in_words(&own.asked().agent));
    page::show(&own, &form_view(&own, name, String::new(), &query.next).await?)
}

/// What the browser is to make; not where it has made one already.
pub async fn ask(own: SignedIn<ChangeFactor>) -> Result<Response, Error> {
    let portal = relying_party(own.app()).await?;
    let rows = store::all(&mut own.read().await?, own.account()).await?;
    if rows.len() >= store::MOST {
        return Ok(nothing_to_do(StatusCode::UNPROCESSABLE_ENTITY, &words::t("accounts-passkey-full")));
    }
    let mut there = Vec::with_capacity(rows.len());
    for row in &rows {
        there.push(open(row, &own)?);
    }
    let (_, email) = accounts::settings(&mut own.read().await?, own.account()).await?;
    let name = own.session().name.open(&own)?;
    let asked = portal.ask_for_new(own.account(), &email.open(&own)?, &name, &there)?;
    challenge(own.session().id, |purpose, value| own.index(purpose, value))
        .keep(own.app(), &asked.state, own.now())
        .await?;
    Ok(to_do(&asked.options))
}

/// One more passkey. Every other session ends, and the owner is told: whoever added it without them is found out.
pub async fn add(own: SignedIn<ChangeFactor>, Posted(form): Posted<Shown>) -> PageResult {
    let typed = form.name.trim();
    let challenge = challenge(own.session().id, |purpose, value| own.index(purpose, value));
    let key = made(own.app(), own.now(), challenge, &form.credential).await?;
    if typed.chars().count() > LONGEST_NAME {
        let name = Field::wrong(form.name.clone(), words::t("accounts-problem-passkey-name"));
        return page::again(&own, &form_view(&own, name, String::new(), &form.next).await?);
    }
    let Some(key) = key else {
        own.refused("wrong-passkey").await?;
        let view =
            form_view(&own, Field::typed(form.name), words::t("accounts-problem-passkey-made"), &form.next).await?;
        return page::again(&own, &view);
    };
    let label = if typed.is_empty() { device::in_words(&own.asked().agent) } else { typed.to_owned() };
    let (id, index, credential, name, key_version) = new_row!(own, key, label);
    let mut tx = own.begin().await?;
    // The account first: whoever comes back in by a slip ends this session and every passkey, and does so after this or before.
    undo::before_change(&mut tx, &own, own.account(), Changed::Passkey, own.now()).await?;
    recovery::withdraw(&mut tx, own.account()).await?;
    accounts::still_here(&mut tx, own.session().id).await?;
    if store::all(&mut tx, own.account()).await?.len() >= store::MOST {
        return Ok(see_other(urls::FACTORS));
    }
    let new =
        store::NewPasskey { id: &id, account: own.account(), index: index.as_str(), credential, name, key_version };
    if !store::add(&mut tx, new, own.now()).await? {
        drop(tx);
        own.refused("wrong-passkey").await?;
        let view =
            form_view(&own, Field::typed(form.name), words::t("accounts-problem-passkey-made"), &form.next).await?;
        return page::again(&own, &view);
    }
    tx.concerns("Passkey", &id);
    accounts::end_others(&mut tx, own.account(), own.session().id, "factor-changed", own.now()).await?;
    tx.commit().await?;
    let next = match (form.next.as_str(), own.session().wants_passkey()) {
        ("", true) => urls::HOME,
        ("", false) => urls::FACTORS,
        (next, _) => safe_next(next),
    };
    Ok(see_other_with(next, Flash::PasskeyAdded))
}

/// Which passkey to remove.
#[derive(Deserialize)]
pub struct RemoveForm {
    #[serde(default)]
    id: String,
}

/// Removes a passkey, unless it is the only second step there is.
pub async fn remove(own: SignedIn<ChangeFactor>, Posted(form): Posted<RemoveForm>) -> PageResult {
    let mut tx = own.begin().await?;
    accounts::hold(&mut tx, own.account()).await?;
    accounts::still_here(&mut tx, own.session().id).await?;
    if !store::remove(&mut tx, &form.id, own.account()).await? {
        return Ok(see_other(urls::FACTORS)); // sent twice
    }
    let left = accounts::second_steps(&mut tx, own.account()).await?;
    if !left.app && !left.passkey {
        drop(tx);
        own.refused("only-factor").await?;
        return Ok(see_other_with(urls::FACTORS, Flash::OnlyFactor));
    }
    tx.concerns("Passkey", &form.id);
    accounts::end_others(&mut tx, own.account(), own.session().id, "factor-changed", own.now()).await?;
    // No link brings it back: whoever has the phone that it was on may read the mail there.
    notices::tell_everywhere(&mut tx, own.account(), About::PasskeyRemoved, own.now(), None).await?;
    tx.commit().await?;
    Ok(see_other_with(urls::FACTORS, Flash::PasskeyRemoved))
}
