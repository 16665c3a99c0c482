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

use super::{Away, Lost, Way, at_home, index_of, named, store, whole};
use crate::{
    access::{Proof, SignedIn, Stage, Visitor, columns::federated_identity},
    accounts::{
        challenge::Purpose,
        pages::{
            after_password, safe_next,
            sign_in::{self, Next, clicked_here},
            still_you::{self, Wanted},
            with_session,
        },
        store as accounts,
        tries::{self, Knock},
        undo::{self, Changed},
        views,
    },
    notices::{self, About},
    recovery,
    shell::{
        flash::Flash,
        page::{self, PageResult, see_other, see_other_with},
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

/// To the provider, to sign in: from a page of ours alone, so that no other page sends people there.
pub async fn sign_in(visitor: Visitor, Path(key): Path<String>, Query(query): Query<Next>) -> PageResult {
    let here = clicked_here(visitor.headers(), &visitor.app().web().public_url);
    let Some(provider) = named(visitor.app(), &key).filter(|_| here) else {
        return Ok(see_other(&urls::with_next(urls::SIGN_IN, safe_next(&query.next))));
    };
    if let Some(seconds) = Knock::goes_elsewhere(&visitor).take(visitor.app(), visitor.now()).await? {
        visitor.turned_away("too-many-tries").await?;
        let message = tries::in_words(visitor.app(), visitor.now(), seconds).await;
        return tries::too_many(sign_in::again_with(&visitor, &query.next, message).await?, seconds);
    }
    let away = Away { next: safe_next(&query.next).to_owned(), ..Away::default() };
    match way(&visitor, provider).begin(away).await? {
        Ok(begun) => Ok(begun.go()),
        Err(lost) => turned_away(&visitor, safe_next(&query.next), provider, &lost).await,
    }
}

async fn turned_away(visitor: &Visitor, next: &str, provider: &Provider, lost: &Lost) -> PageResult {
    visitor.turned_away(lost.word()).await?;
    Ok(at_home(sign_in::again_with(visitor, next, says(lost.text(), provider)).await?))
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
        Err(lost) => return turned_away(&visitor, &away.next, provider, &lost).await,
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
    // Of this provider, as the settings name it; and what it holds opens, and is whom the provider named.
    let mine = store::with(&mut claimant.read().await?, account, &key).await?.filter(|mine| mine.id == id);
    let kept = mine.and_then(|mine| mine.identity(account, &claimant));
    if kept != Some(whole(&identity)) {
        visitor.attempt(Some(account), Some("provider-unknown")).await?;
        return unknown().await;
    }
    let mut tx = claimant.begin().await?;
    let begun = claimant.begin_session_seen(&mut tx, identity.second_step, identity.signed_in_at).await?;
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
    Knock::goes_elsewhere(&visitor).succeeded(visitor.app()).await?;
    // Whoever was signed in here before is so no more.
    visitor.end_session().await?;
    if !full {
        return Ok(at_home(with_session(see_other(&after_password(stage, &away.next)), &token)));
    }
    let digest = |purpose: &str, message: &[u8]| visitor.digest(purpose, message);
    Ok(at_home(sign_in::signed_in(&digest, account, &token, see_other(safe_next(&away.next)))))
}

/// The way to the provider, to connect an account there: a link, because the password may just have been said in a form, and
/// browsers let no form lead elsewhere (`form-action`).
pub async fn connect(own: SignedIn<ChangeFactor>, Path(key): Path<String>) -> PageResult {
    let Some(way) = own_way(&own, &key, Purpose::Connect) else { return Ok(see_other(urls::FACTORS)) };
    match way.begin(Away::default()).await? {
        Ok(begun) => {
            let view = views::GoOn { provider: way.provider.name().to_owned(), address: begun.address.clone() };
            Ok(begun.with(page::show(&own, &view)?))
        }
        Err(lost) => not_connected(&own, lost.word(), Flash::NotConnected).await,
    }
}

async fn not_connected(own: &SignedIn<ChangeFactor>, why: &str, flash: Flash) -> PageResult {
    own.refused(why).await?;
    Ok(at_home(see_other_with(urls::FACTORS, flash)))
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
    let (away, identity) = way.end(&headers, &answer).await?;
    let identity = match identity {
        Ok(identity) => identity,
        Err(lost) => return not_connected(&own, lost.word(), Flash::NotConnected).await,
    };
    // Whoever left their account open there is not connected by somebody else's click.
    if away.asked_since(&identity) == Some(false) {
        return not_connected(&own, "provider-not-anew", Flash::NotConnected).await;
    }
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
    // One of each provider, and nobody there is two people here. What the account had with an issuer of before, or with the same one
    // under another name in the settings, makes room.
    let is_here = format!("{}\n", identity.issuer);
    let mut one_more = false;
    for old in store::all(&mut tx, own.account()).await? {
        let kept = old.identity(own.account(), &own).unwrap_or_default();
        let of_provider = old.provider == new.provider;
        if of_provider && kept.starts_with(&is_here) {
            one_more = true;
        } else if of_provider || kept == whole(&identity) {
            store::remove(&mut tx, &old.id, own.account()).await?;
        }
    }
    if one_more || !store::add(&mut tx, own.account(), &new).await? {
        drop(tx);
        return not_connected(&own, "provider-connected", Flash::TakenThere).await;
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
pub async fn prove(
    own: SignedIn<AskPassword>,
    headers: HeaderMap,
    Path(key): Path<String>,
    Query(wanted): Query<Wanted>,
) -> PageResult {
    let next = safe_next(&wanted.next).to_owned();
    let here = clicked_here(&headers, &own.app().web().public_url);
    let way = own_way(&own, &key, Purpose::ProveThere).filter(|way| here && way.provider.asks_anew());
    let Some(way) = way else { return Ok(see_other(&urls::still_you(&next, !wanted.both.is_empty()))) };
    match way.begin(Away { next: next.clone(), both: wanted.both.clone(), ..Away::default() }).await? {
        Ok(begun) => Ok(begun.go()),
        Err(lost) => {
            let wanted = Wanted { next, both: wanted.both };
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
    let wanted = Wanted { next: away.next.clone(), both: away.both.clone() };
    let (reason, text) = match identity {
        Err(lost) => (lost.word(), lost.text()),
        Ok(identity) => {
            let mine = store::with(&mut own.read().await?, own.account(), &key).await?;
            let mine = mine.filter(|mine| mine.identity(own.account(), &own) == Some(whole(&identity)));
            // Whoever was signed in there already has shown nothing (ASVS V6.8.4, V10.3.4).
            let shown = away.asked_since(&identity) == Some(true);
            // As a code would: not where the clinic wants the passkey that they have.
            let both = identity.second_step && own.session().takes_codes();
            let proof = if both { Proof::BothSteps } else { Proof::Password };
            match mine {
                None => ("provider-unknown", "accounts-problem-provider-other"),
                Some(_) if !shown => ("provider-not-anew", "accounts-problem-provider-not-anew"),
                Some(_) if wanted.proof() == Proof::BothSteps && proof == Proof::Password => {
                    ("provider-one-step", "accounts-problem-provider-one-step")
                }
                Some(mine) => {
                    let mut tx = own.begin().await?;
                    if store::seen(&mut tx, &mine.id, own.account(), own.now()).await? {
                        let token = own.prove(&mut tx, proof).await?;
                        tx.commit().await?;
                        return Ok(at_home(still_you::proved(&headers, &token, &wanted.next)));
                    }
                    // Disconnected meanwhile.
                    ("provider-unknown", "accounts-problem-provider-other")
                }
            }
        }
    };
    own.refused(reason).await?;
    Ok(at_home(still_you::again_with(&own, &wanted, says(text, way.provider)).await?))
}
