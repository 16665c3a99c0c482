//! A passkey instead of the password, where it has to be said again (ADR 0022).

use axum::{http::StatusCode, response::Response};
use salus_kernel::actions::SayPassword;

use super::{
    Shown, after_use,
    challenge::{Challenge, Purpose},
    nothing_to_do, open, relying_party, store, to_do,
};
use crate::{
    access::{Posted, SignedIn, columns::passkey},
    accounts::{
        pages::{safe_next, still_you},
        store as accounts,
    },
    shell::{
        error::Error,
        page::{PageResult, see_other},
        words,
    },
};

fn challenge(own: &SignedIn<SayPassword>) -> Challenge {
    Challenge::of(Purpose::Prove, &own.session().id.to_string(), |purpose, value| own.index(purpose, value))
}

/// What one of the own passkeys is to sign.
pub async fn ask(own: SignedIn<SayPassword>) -> Result<Response, Error> {
    let portal = relying_party(own.app()).await?;
    let rows = store::all(&mut own.read().await?, own.account()).await?;
    if rows.is_empty() {
        // The browser would offer anybody's.
        return Ok(nothing_to_do(StatusCode::UNPROCESSABLE_ENTITY, &words::t("accounts-problem-passkey-proof")));
    }
    let mut keys = Vec::with_capacity(rows.len());
    for row in &rows {
        keys.push(open(row, &own)?);
    }
    let asked = portal.ask(&keys)?;
    challenge(&own).keep(own.app(), &asked.state, own.now()).await?;
    Ok(to_do(&asked.options))
}

/// A right signature counts as the password said again, in this session alone.
pub async fn say(own: SignedIn<SayPassword>, Posted(form): Posted<Shown>) -> PageResult {
    if signed(&own, &form.credential).await? {
        return Ok(see_other(safe_next(&form.next)));
    }
    own.refused("wrong-passkey").await?;
    still_you::wrong_passkey(&own, &form.next).await
}

async fn signed(own: &SignedIn<SayPassword>, shown: &str) -> Result<bool, Error> {
    let portal = relying_party(own.app()).await?;
    let Some(state) = challenge(own).take(own.app(), own.now()).await? else { return Ok(false) };
    let Some(claim) = portal.claim(shown).filter(|claim| claim.account == own.account()) else { return Ok(false) };
    for row in store::all(&mut own.read().await?, own.account()).await? {
        let key = open(&row, own)?;
        if key.cred_id().as_slice() != claim.credential {
            continue;
        }
        let Some(result) = portal.is_right(&state, &claim, &key) else { return Ok(false) };
        let after = own.seal::<passkey::Credential>(&row.id, &after_use(key, &result)?);
        let mut tx = own.begin().await?;
        if !store::used(&mut tx, &row, after, own.now()).await? {
            return Ok(false);
        }
        accounts::proved(&mut tx, own.session().id, own.now()).await?;
        tx.commit().await?;
        return Ok(true);
    }
    Ok(false)
}
