//! A passkey signs in: no password, no code, and nobody types who they are.

use axum::{http::StatusCode, response::Response};
use salus_kernel::{AccountId, actions::SignIn};

use super::{Shown, after_use, nothing_to_do, open, relying_party, relying_party::Wrong, store, to_do};
use crate::{
    access::{Posted, Session, Stage, Token, Visitor, columns::passkey},
    accounts::{
        challenge::{Challenge, Purpose},
        pages::{safe_next, sign_in},
        store as accounts,
        tries::{self, Knock},
    },
    notices::{self, About},
    shell::{
        error::Error,
        flash::Flash,
        page::{PageResult, see_other, see_other_with},
        urls, words,
    },
};

fn challenge(visitor: &Visitor) -> Challenge {
    Challenge::of(Purpose::SignIn, visitor.browser(), |purpose, value| visitor.index(purpose, value))
}

/// Where a page stood that asked again.
pub async fn back(_: Visitor) -> PageResult {
    Ok(see_other(urls::SIGN_IN))
}

/// What the browser is to sign.
pub async fn ask(visitor: Visitor) -> Result<Response, Error> {
    let portal = relying_party(visitor.app()).await?;
    if let Some(seconds) = Knock::wants_challenge(&visitor).take(visitor.app(), visitor.now()).await? {
        visitor.turned_away("too-many-tries").await?;
        let problem = tries::in_words(visitor.app(), visitor.now(), seconds).await;
        return Ok(nothing_to_do(StatusCode::TOO_MANY_REQUESTS, &problem));
    }
    let asked = portal.ask(&[])?;
    challenge(&visitor).keep(visitor.app(), &asked.state, visitor.now()).await?;
    Ok(to_do(&asked.options))
}

/// Why nobody was let in.
enum Refused {
    /// There is nothing to answer: it was answered, or it is too late.
    Late,
    /// It belongs to another account than the password did.
    Other(AccountId),
    /// The account was closed.
    Closed(AccountId),
    /// It is not right.
    Wrong(Option<AccountId>, Wrong),
}

impl Refused {
    fn unknown() -> Self {
        Self::Wrong(None, Wrong::Signature)
    }
    /// On the page for signing in, and on the one for the second step.
    fn in_words(&self) -> (&'static str, Flash) {
        match self {
            Self::Late => ("accounts-problem-passkey-late", Flash::PasskeyNotRight),
            Self::Other(_) => ("accounts-problem-passkey", Flash::PasskeyOther),
            Self::Closed(_) | Self::Wrong(..) => ("accounts-problem-passkey", Flash::PasskeyNotRight),
        }
    }
    async fn note(&self, visitor: &Visitor) -> Result<(), Error> {
        match self {
            Self::Late => visitor.turned_away("challenge-ended").await,
            Self::Other(account) => visitor.attempt(Some(*account), Some("other-account")).await,
            Self::Closed(account) => visitor.attempt(Some(*account), Some("account-not-active")).await,
            Self::Wrong(None, wrong) => visitor.turned_away(wrong.word()).await,
            Self::Wrong(account, wrong) => visitor.attempt(*account, Some(wrong.word())).await,
        }
    }
}

/// A right signature begins a session with both factors.
pub async fn sign_in(visitor: Visitor, Posted(form): Posted<Shown>) -> PageResult {
    // Whoever has said a password a moment ago goes on into that account, or nowhere.
    let before = visitor.session().await?;
    let halfway = before.as_ref().filter(|session| session.stage == Stage::Password);
    match signed_by(&visitor, halfway, &form.credential).await? {
        Ok((account, token)) => {
            Knock::wants_challenge(&visitor).succeeded(visitor.app()).await?;
            if before.is_some() && halfway.is_none() {
                visitor.end_session().await?;
            }
            let digest = |purpose: &str, message: &[u8]| visitor.digest(purpose, message);
            Ok(sign_in::signed_in(&digest, account, &token, see_other(safe_next(&form.next))))
        }
        Err(refused) => {
            refused.note(&visitor).await?;
            let (problem, flash) = refused.in_words();
            if halfway.is_some() {
                return Ok(see_other_with(&urls::with_next(urls::SIGN_IN_CODE, safe_next(&form.next)), flash));
            }
            sign_in::again_with(&visitor, &form.next, words::t(problem)).await
        }
    }
}

async fn signed_by(
    visitor: &Visitor,
    halfway: Option<&Session>,
    shown: &str,
) -> Result<Result<(AccountId, Token), Refused>, Error> {
    let app = visitor.app();
    let portal = relying_party(app).await?;
    let Some(state) = challenge(visitor).take(app, visitor.now()).await? else { return Ok(Err(Refused::Late)) };
    let Some(claim) = portal.claim(shown) else { return Ok(Err(Refused::unknown())) };
    let index = visitor.index("passkey", &hex::encode(&claim.credential));
    let found = store::owner(&mut visitor.read(&[index.as_str()]).await?, index.as_str()).await?;
    // The account that the passkey names is the one that it was made for.
    let Some((account, id)) = found.filter(|(account, _)| Some(*account) == claim.account) else {
        return Ok(Err(Refused::unknown()));
    };
    if halfway.is_some_and(|session| session.account != account) {
        return Ok(Err(Refused::Other(account)));
    }
    let wrong = |why| Ok(Err(Refused::Wrong(Some(account), why)));
    let claimant = visitor.claims::<SignIn>(account).await?;
    let rows = store::all(&mut claimant.read().await?, account).await?;
    let Some(row) = rows.into_iter().find(|row| row.id == id) else { return wrong(Wrong::Signature) };
    let key = open(&row, &claimant)?;
    let result = match portal.check(&state, &claim, &key) {
        Ok(result) => result,
        Err(why) => return wrong(why),
    };

    let mut tx = claimant.begin().await?;
    let Some((session, token)) = claimant.begin_session(&mut tx).await? else {
        return Ok(Err(Refused::Closed(account)));
    };
    let seal = |plain: &[u8]| claimant.seal::<passkey::Credential>(&row.id, plain);
    if !store::used(&mut tx, &row, visitor.now(), after_use(key, &result)?, seal).await? {
        return wrong(Wrong::Signature);
    }
    if let Some(halfway) = halfway {
        accounts::went_on(&mut tx, halfway.id, visitor.now()).await?;
    }
    if !sign_in::was_here_before(&mut tx, &claimant, account, session, &visitor.asked().agent).await? {
        notices::tell_everywhere(&mut tx, account, About::NewDevice, visitor.now(), None).await?;
    }
    tx.commit().await?;
    visitor.attempt(Some(account), None).await?;
    Ok(Ok((account, token)))
}
