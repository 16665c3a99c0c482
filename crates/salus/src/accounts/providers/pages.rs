//! There and back: signing in, connecting, and saying "it is still I".

use axum::{
    extract::{Path, Query},
    http::HeaderMap,
};
use salus_kernel::{
    ActionType, ResourceId,
    actions::{AskPassword, ChangeFactor, SayPassword, SignIn},
};
use salus_oidc::{Answer, Provider};

use super::{Away, Lost, SHOWN, Way, at_home, index_of, named, store, whole};
use crate::{
    access::{Proof, SignedIn, Stage, Visitor, columns::federated_identity},
    accounts::{
        challenge::Purpose,
        pages::{
            after_password, safe_next,
            sign_in::{self, Next},
            still_you::{self, Wanted},
            with_session,
        },
        store as accounts,
        tries::{self, Knock},
        undo::{self, Changed},
    },
    notices::{self, About},
    recovery,
    shell::{
        error::Error,
        flash::Flash,
        page::{PageResult, see_other, see_other_with},
        urls, words,
    },
};

fn way<'a>(visitor: &'a Visitor, provider: &'a Provider) -> Way<'a> {
    Way {
        app: visitor.app(),
        provider,
        purpose: Purpose::SignInThere,
        whose: String::new(),
        digest: Box::new(|purpose, message| visitor.digest(purpose, message)),
        index: Box::new(|purpose, value| visitor.index(purpose, value)),
        now: visitor.now(),
    }
}

/// A way of whoever is signed in, and works here; nobody else goes one.
fn own_way<'a, A: ActionType>(own: &'a SignedIn<A>, key: &str, purpose: Purpose) -> Option<Way<'a>> {
    let provider = named(own.app(), key).filter(|_| own.session().role.is_some())?;
    Some(Way {
        app: own.app(),
        provider,
        purpose,
        whose: own.session().id.to_string(),
        digest: Box::new(|purpose, message| own.digest(purpose, message)),
        index: Box::new(|purpose, value| own.index(purpose, value)),
        now: own.now(),
    })
}

fn says(text: &str, provider: &Provider) -> String {
    words::t1(text, "provider", provider.name().to_owned())
}

/// To the provider, to sign in.
pub async fn sign_in(visitor: Visitor, Path(key): Path<String>, Query(query): Query<Next>) -> PageResult {
    let Some(provider) = named(visitor.app(), &key) else { return Ok(see_other(urls::SIGN_IN)) };
    if let Some(seconds) = Knock::wants_challenge(&visitor).take(visitor.app(), visitor.now()).await? {
        visitor.turned_away("too-many-tries").await?;
        let message = tries::in_words(visitor.app(), visitor.now(), seconds).await;
        return tries::too_many(sign_in::again_with(&visitor, &query.next, message).await?, seconds);
    }
    let away = Away { next: safe_next(&query.next).to_owned(), ..Away::default() };
    match way(&visitor, provider).begin(&away).await? {
        Ok(there) => Ok(there),
        Err(lost) => turned_away(&visitor, &away, provider, &lost).await,
    }
}

async fn turned_away(visitor: &Visitor, away: &Away, provider: &Provider, lost: &Lost) -> PageResult {
    visitor.turned_away(lost.word()).await?;
    Ok(at_home(sign_in::again_with(visitor, &away.next, says(lost.text(), provider)).await?))
}

/// Back from the provider: a session, for the account that is connected with whom it named.
pub async fn signed_in(
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Query(answer): Query<Answer>,
) -> PageResult {
    let Some(provider) = named(visitor.app(), &key) else { return Ok(see_other(urls::SIGN_IN)) };
    let (away, identity) = way(&visitor, provider).end(&headers, &answer).await?;
    let identity = match identity {
        Ok(identity) => identity,
        Err(lost) => return turned_away(&visitor, &away, provider, &lost).await,
    };
    let index = index_of(&identity, |purpose, value| visitor.index(purpose, value));
    let found = store::owner(&mut visitor.read(&[index.as_str()]).await?, index.as_str()).await?;
    let unknown = async || -> PageResult {
        let message = says("accounts-problem-provider-unknown", provider);
        Ok(at_home(sign_in::again_with(&visitor, &away.next, message).await?))
    };
    let Some((account, id)) = found else {
        visitor.turned_away("provider-unknown").await?;
        return unknown().await;
    };
    let claimant = visitor.claims::<SignIn>(account).await?;
    let mine = store::all(&mut claimant.read().await?, account).await?.into_iter().find(|one| one.id == id);
    // A row that was put here from another account's does not open (it is an error), and says nothing else.
    let true_row = mine.map(|mine| mine.is_of(account, &whole(&identity), &claimant)).transpose()?;
    if true_row != Some(true) {
        visitor.attempt(Some(account), Some("provider-unknown")).await?;
        return unknown().await;
    }
    let mut tx = claimant.begin().await?;
    let begun = claimant.begin_session_seen(&mut tx, identity.second_step).await?;
    let still = store::seen(&mut tx, &id, account, visitor.now()).await?;
    let Some((session, token, stage)) = begun.filter(|_| still) else {
        drop(tx);
        visitor.attempt(Some(account), Some("account-not-active")).await?;
        return unknown().await;
    };
    let full = stage == Stage::Full;
    if full && !sign_in::was_here_before(&mut tx, &claimant, account, session, &visitor.asked().agent).await? {
        notices::tell_everywhere(&mut tx, account, About::NewDevice, visitor.now(), None).await?;
    }
    tx.commit().await?;
    visitor.attempt(Some(account), None).await?;
    Knock::wants_challenge(&visitor).succeeded(visitor.app()).await?;
    // Whoever was signed in here before is so no more.
    visitor.end_session().await?;
    if !full {
        return Ok(at_home(with_session(see_other(&after_password(stage, &away.next)), &token)));
    }
    let digest = |purpose: &str, message: &[u8]| visitor.digest(purpose, message);
    Ok(at_home(sign_in::signed_in(&digest, account, &token, see_other(safe_next(&away.next)))))
}

/// To the provider, to connect an account there.
pub async fn connect(own: SignedIn<ChangeFactor>, Path(key): Path<String>) -> PageResult {
    let Some(way) = own_way(&own, &key, Purpose::Connect) else { return Ok(see_other(urls::FACTORS)) };
    match way.begin(&Away::default()).await? {
        Ok(there) => Ok(there),
        Err(lost) => not_connected(&own, lost.word()).await,
    }
}

async fn not_connected(own: &SignedIn<ChangeFactor>, why: &str) -> PageResult {
    own.refused(why).await?;
    Ok(at_home(see_other_with(urls::FACTORS, Flash::NotConnected)))
}

/// Back from the provider: whoever is named there signs in to this account from now on. Every other session ends, and the owner is
/// told: whoever did it without them is found out.
pub async fn connected(
    own: SignedIn<ChangeFactor>,
    headers: HeaderMap,
    Path(key): Path<String>,
    Query(answer): Query<Answer>,
) -> PageResult {
    let Some(way) = own_way(&own, &key, Purpose::Connect) else { return Ok(see_other(urls::FACTORS)) };
    let identity = match way.end(&headers, &answer).await?.1 {
        Ok(identity) => identity,
        Err(lost) => return not_connected(&own, lost.word()).await,
    };
    let mut tx = own.begin().await?;
    // The account first, as for a passkey.
    undo::before_change(&mut tx, &own, own.account(), Changed::Provider, own.now()).await?;
    recovery::withdraw(&mut tx, own.account()).await?;
    accounts::still_here(&mut tx, own.session().id).await?;
    let id = ResourceId::new(own.now(), salus_vault::random()).to_string();
    let (sealed, key_version) = own.seal::<federated_identity::Identity>(&id, whole(&identity).as_bytes());
    let new = store::Connection {
        id,
        identity: sealed,
        key_version,
        identity_index: index_of(&identity, |purpose, value| own.index(purpose, value)).into_string(),
        provider: key,
        created_at: own.now(),
        last_used_at: None,
    };
    // One of each provider; and nobody there is two people here.
    let one_more = store::with(&mut tx, own.account(), &new.provider).await?.is_some();
    if one_more || !store::add(&mut tx, own.account(), &new).await? {
        drop(tx);
        return not_connected(&own, "provider-connected").await;
    }
    tx.concerns("FederatedIdentity", &new.id);
    accounts::end_others(&mut tx, own.account(), own.session().id, "factor-changed", own.now()).await?;
    tx.commit().await?;
    Ok(at_home(see_other_with(urls::FACTORS, Flash::Connected)))
}

/// Nobody who is named there signs in to this account any more. The password stays.
pub async fn remove(own: SignedIn<ChangeFactor>, Path(key): Path<String>) -> PageResult {
    let mut tx = own.begin().await?;
    accounts::hold(&mut tx, own.account()).await?;
    accounts::still_here(&mut tx, own.session().id).await?;
    let Some(connection) = store::with(&mut tx, own.account(), &key).await? else {
        return Ok(see_other(urls::FACTORS)); // sent twice
    };
    store::remove(&mut tx, &connection.id, own.account()).await?;
    tx.concerns("FederatedIdentity", &connection.id);
    accounts::end_others(&mut tx, own.account(), own.session().id, "factor-changed", own.now()).await?;
    notices::tell_everywhere(&mut tx, own.account(), About::ProviderRemoved, own.now(), None).await?;
    tx.commit().await?;
    Ok(see_other_with(urls::FACTORS, Flash::Disconnected))
}

/// To the provider, to show anew that it is still they.
pub async fn prove(own: SignedIn<AskPassword>, Path(key): Path<String>, Query(wanted): Query<Wanted>) -> PageResult {
    let Some(way) = own_way(&own, &key, Purpose::ProveThere) else { return Ok(see_other(urls::STILL_YOU)) };
    let away = Away { next: safe_next(&wanted.next).to_owned(), both: wanted.both };
    match way.begin(&away).await? {
        Ok(there) => Ok(there),
        Err(lost) => {
            let wanted = Wanted { next: away.next, both: away.both };
            Ok(at_home(still_you::again_with(&own, &wanted, says(lost.text(), way.provider)).await?))
        }
    }
}

/// Back from the provider: it is still they, if they showed it there a moment ago, and are whom this account is connected with.
pub async fn proved(
    own: SignedIn<SayPassword>,
    headers: HeaderMap,
    Path(key): Path<String>,
    Query(answer): Query<Answer>,
) -> PageResult {
    let Some(way) = own_way(&own, &key, Purpose::ProveThere) else { return Ok(see_other(urls::STILL_YOU)) };
    let (away, identity) = way.end(&headers, &answer).await?;
    let wanted = Wanted { next: away.next, both: away.both };
    let (reason, text) = match identity {
        Err(lost) => (lost.word(), lost.text()),
        Ok(identity) => {
            let mine = store::with(&mut own.read().await?, own.account(), &key).await?;
            let is_mine = mine.as_ref().map(|mine| mine.is_of(own.account(), &whole(&identity), &own)).transpose()?;
            let mine = mine.filter(|_| is_mine == Some(true));
            // Whoever was signed in there already has shown nothing (ASVS V6.8.4, V10.3.4).
            let shown = identity.signed_in_at.is_some_and(|at| own.now().since(at) < SHOWN);
            let proof = if identity.second_step { Proof::BothSteps } else { Proof::Password };
            match mine {
                None => ("provider-unknown", "accounts-problem-provider-other"),
                Some(_) if !shown => ("provider-not-anew", "accounts-problem-provider-not-anew"),
                Some(_) if wanted.proof() == Proof::BothSteps && proof == Proof::Password => {
                    ("provider-one-step", "accounts-problem-provider-one-step")
                }
                Some(mine) => {
                    let mut tx = own.begin().await?;
                    if !store::seen(&mut tx, &mine.id, own.account(), own.now()).await? {
                        return Err(Error::NotFound); // disconnected meanwhile
                    }
                    let token = own.prove(&mut tx, proof).await?;
                    tx.commit().await?;
                    return Ok(at_home(still_you::proved(&headers, &token, &wanted.next)));
                }
            }
        }
    };
    own.refused(reason).await?;
    Ok(at_home(still_you::again_with(&own, &wanted, says(text, way.provider)).await?))
}
