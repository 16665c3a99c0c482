//! A passkey instead of the password, where it has to be said again (ADR 0022).

use axum::{
    extract::Query,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use salus_kernel::{
    ActionType,
    actions::{AskPassword, SayPassword},
};

use super::{Shown, after_use, nothing_to_do, open, relying_party, relying_party::Wrong, store, to_do};
use crate::{
    access::{Posted, Proof, SignedIn, Token, columns::passkey},
    accounts::{
        challenge::{Challenge, Purpose},
        pages::{
            safe_next,
            still_you::{self, Wanted},
        },
    },
    shell::{
        error::Error,
        page::{PageResult, see_other},
        urls, words,
    },
};

fn challenge<A: ActionType>(own: &SignedIn<A>) -> Challenge {
    Challenge::of(Purpose::Prove, &own.session().id.to_string(), |purpose, value| own.index(purpose, value))
}

/// What one of the own passkeys is to sign.
pub async fn ask(own: SignedIn<AskPassword>) -> Result<Response, Error> {
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

/// Where a page stood that asked again.
pub async fn back(_: SignedIn<AskPassword>, Query(wanted): Query<Wanted>) -> PageResult {
    Ok(see_other(&urls::still_you(safe_next(&wanted.next), !wanted.both.is_empty())))
}

/// A right signature counts as the password said again, in this session alone.
pub async fn say(own: SignedIn<SayPassword>, headers: HeaderMap, Posted(form): Posted<Shown>) -> PageResult {
    match signed(&own, &form.credential).await? {
        Ok(token) => Ok(still_you::proved(&headers, &token, &form.next)),
        Err(wrong) => {
            own.refused(wrong.word()).await?;
            let wanted = Wanted { next: form.next, both: form.both };
            still_you::again_with(&own, &wanted, words::t("accounts-problem-passkey-proof")).await
        }
    }
}

async fn signed(own: &SignedIn<SayPassword>, shown: &str) -> Result<Result<Token, Wrong>, Error> {
    const NO: Result<Token, Wrong> = Err(Wrong::Signature);
    let portal = relying_party(own.app()).await?;
    let Some(state) = challenge(own).take(own.app(), own.now()).await? else { return Ok(NO) };
    let Some(claim) = portal.claim(shown) else { return Ok(NO) };
    if claim.account.is_some_and(|account| account != own.account()) {
        return Ok(NO);
    }
    for row in store::all(&mut own.read().await?, own.account()).await? {
        let key = open(&row, own)?;
        if key.cred_id().as_slice() != claim.credential {
            continue;
        }
        let result = match portal.check(&state, &claim, &key) {
            Ok(result) => result,
            Err(wrong) => return Ok(Err(wrong)),
        };
        let mut tx = own.begin().await?;
        if !store::used(&mut tx, &row, own.now(), after_use(key, &result)?, |plain| {
            own.seal::<passkey::Credential>(&row.id, plain)
        })
        .await?
        {
            return Ok(NO);
        }
        // Possession and a finger or a number: that is both steps.
        let token = own.prove(&mut tx, Proof::BothSteps).await?;
        tx.commit().await?;
        return Ok(Ok(token));
    }
    Ok(NO)
}
