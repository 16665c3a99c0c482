//! A passkey signs in: no password, no code, and nobody types who they are.

use axum::{http::StatusCode, response::Response};
use salus_kernel::AccountId;

use super::{
    Shown, after_use,
    challenge::{Challenge, Purpose},
    nothing_to_do, open, relying_party, store, to_do,
};
use crate::{
    access::{Posted, Stage, Token, Visitor, columns::passkey},
    accounts::{
        pages::{safe_next, sign_in},
        tries::{self, Knock},
    },
    notices::{About, TellOwner},
    shell::{
        error::Error,
        page::{PageResult, see_other},
        words,
    },
};

fn challenge(visitor: &Visitor) -> Challenge {
    Challenge::of(Purpose::SignIn, visitor.browser(), |purpose, value| visitor.index(purpose, value))
}

/// What the browser is to sign. Each is counted as a try, because there is one answer to each.
pub async fn ask(visitor: Visitor) -> Result<Response, Error> {
    let portal = relying_party(visitor.app()).await?;
    if let Some(seconds) = Knock::at(&visitor, "passkey").take(visitor.app(), visitor.now()).await? {
        visitor.attempt(None, Some("too-many-tries")).await?;
        let problem = tries::in_words(visitor.app(), visitor.now(), seconds).await;
        return Ok(nothing_to_do(StatusCode::TOO_MANY_REQUESTS, &problem));
    }
    let asked = portal.ask(&[])?;
    challenge(&visitor).keep(visitor.app(), &asked.state, visitor.now()).await?;
    Ok(to_do(&asked.options))
}

/// Why nobody was let in.
struct Refused {
    account: Option<AccountId>,
    reason: &'static str,
    problem: &'static str,
}

impl Refused {
    fn wrong(account: Option<AccountId>) -> Self {
        Self { account, reason: "wrong-passkey", problem: "accounts-problem-passkey" }
    }
}

/// A right signature begins a session with both factors.
pub async fn sign_in(visitor: Visitor, Posted(form): Posted<Shown>) -> PageResult {
    match signed_by(&visitor, &form.credential).await? {
        Ok((account, token)) => {
            Knock::at(&visitor, "passkey").succeeded(visitor.app()).await?;
            visitor.end_session().await?;
            let digest = |purpose: &str, message: &[u8]| visitor.digest(purpose, message);
            Ok(sign_in::signed_in(&digest, account, &token, see_other(safe_next(&form.next))))
        }
        Err(refused) => {
            visitor.attempt(refused.account, Some(refused.reason)).await?;
            sign_in::again_with(&visitor, &form.next, words::t(refused.problem)).await
        }
    }
}

async fn signed_by(visitor: &Visitor, shown: &str) -> Result<Result<(AccountId, Token), Refused>, Error> {
    let app = visitor.app();
    let portal = relying_party(app).await?;
    let Some(state) = challenge(visitor).take(app, visitor.now()).await? else {
        let (reason, problem) = ("challenge-ended", "accounts-problem-passkey-late");
        return Ok(Err(Refused { account: None, reason, problem }));
    };
    let Some(claim) = portal.claim(shown) else { return Ok(Err(Refused::wrong(None))) };
    let index = visitor.index("passkey", &hex::encode(&claim.credential));
    let found = store::owner(&mut visitor.read(&[index.as_str()]).await?, index.as_str()).await?;
    // The account that the passkey names is the one that it was made for.
    let Some((account, id)) = found.filter(|(account, _)| *account == claim.account) else {
        return Ok(Err(Refused::wrong(None)));
    };
    // Whoever has said a password a moment ago goes on into that account, or nowhere.
    let halfway = visitor.session().await?.filter(|session| session.stage != Stage::Full);
    if halfway.is_some_and(|session| session.account != account) {
        let (reason, problem) = ("other-account", "accounts-problem-passkey-other");
        return Ok(Err(Refused { account: Some(account), reason, problem }));
    }
    let claimant = visitor.claims(account).await?;
    let rows = store::all(&mut claimant.read().await?, account).await?;
    let Some(row) = rows.into_iter().find(|row| row.id == id) else { return Ok(Err(Refused::wrong(Some(account)))) };
    let key = open(&row, &claimant)?;
    let Some(result) = portal.is_right(&state, &claim, &key) else { return Ok(Err(Refused::wrong(Some(account)))) };

    visitor.attempt(Some(account), None).await?;
    let mut tx = claimant.begin().await?;
    let after = claimant.seal::<passkey::Credential>(&row.id, &after_use(key, &result)?);
    if !store::used(&mut tx, &row, after, visitor.now()).await? {
        return Ok(Err(Refused::wrong(Some(account))));
    }
    let Some((session, token)) = claimant.begin_session(&mut tx).await? else {
        let (reason, problem) = ("account-not-active", "accounts-problem-passkey");
        return Ok(Err(Refused { account: Some(account), reason, problem }));
    };
    if !sign_in::was_here_before(&mut tx, &claimant, account, session, &visitor.asked().agent).await? {
        tx.enqueue(&TellOwner { account, about: About::NewDevice, at: visitor.now() }).await?;
    }
    tx.commit().await?;
    Ok(Ok((account, token)))
}
