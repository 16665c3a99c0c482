//! Password, then code: two pages, one session.

use axum::{extract::Query, response::Response};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use salus_kernel::{
    AccountId, ActionType,
    actions::{AskFactor, SignIn},
};
use salus_vault::{normal, same};
use serde::Deserialize;

use super::{after_password, safe_next, set_cookie, with_session};
use crate::{
    access::{Change, Halfway, Posted, Stage, Visitor, cookie},
    accounts::{
        password, store,
        throttle::{self, Count, Key},
        totp::{TotpSecret, normal_recovery_code},
        views,
    },
    shell::{
        error::Error,
        page::{self, PageResult, see_other},
        urls,
        view::{Field, SecretField},
        words,
    },
};

/// `?next=`: where to go afterwards.
#[derive(Debug, Default, Deserialize)]
pub struct Next {
    /// A path of ours, or something else, which is ignored.
    #[serde(default)]
    pub next: String,
}

/// The first page: home, or sign-in.
pub async fn root(_: Visitor) -> PageResult {
    Ok(see_other(urls::HOME))
}

/// The form; whoever is signed in already goes on.
pub async fn form(visitor: Visitor, Query(query): Query<Next>) -> PageResult {
    if visitor.session().await?.is_some_and(|session| session.stage == Stage::Full) {
        return Ok(see_other(safe_next(&query.next)));
    }
    let view = sign_in_view(&visitor, Field::empty(), SecretField::empty(), &query.next, String::new()).await;
    page::show(&visitor, &view)
}

async fn sign_in_view(
    visitor: &Visitor,
    email: Field,
    password: SecretField,
    next: &str,
    message: String,
) -> views::SignIn {
    views::SignIn {
        email,
        password,
        next: safe_next(next).to_owned(),
        message,
        clinic_phone: visitor.app().clinic().await.phone.clone(),
    }
}

/// What the sign-in form sends.
#[derive(Deserialize)]
pub struct SignInForm {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

/// The password: right or not, every try is in the ledger, takes as long, and says no more than that.
pub async fn password(visitor: Visitor, Posted(form): Posted<SignInForm>) -> PageResult {
    let email = normal::email(&form.email);
    let looks_like_one =
        email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && email.len() < 320);
    if !looks_like_one || form.password.is_empty() {
        let field = if looks_like_one {
            Field::typed(form.email)
        } else {
            Field::wrong(form.email, words::t("accounts-problem-email"))
        };
        let secret = if form.password.is_empty() {
            SecretField::wrong(words::t("accounts-problem-password-missing"))
        } else {
            SecretField::empty()
        };
        return page::again(&visitor, &sign_in_view(&visitor, field, secret, &form.next, String::new()).await);
    }

    let index = visitor.index("account.email", &email);
    let address = visitor.asked().address.to_string();
    let key = |count, text: &str| Key { count, key: visitor.index("throttle", text).into_string() };
    let pair = key(Count::Pair, &format!("pair {email} {address}"));
    let by_address = key(Count::Address, &format!("address {}", network(&address)));
    let by_account = key(Count::Account, &format!("account {email}"));
    let all = [index.as_str(), &pair.key, &by_address.key, &by_account.key];

    let mut tx = visitor.read(&all).await?;
    let login = store::by_email(&mut tx, index.as_str()).await?;
    let account = login.as_ref().map(|login| login.id);
    let known = account.is_some_and(|account| is_known(&visitor, account));
    let mut counted = vec![pair.clone(), by_address.clone()];
    if !known {
        counted.push(by_account.clone());
    }
    if let Some(seconds) = throttle::wait(&mut tx, &counted, visitor.now()).await? {
        drop(tx);
        visitor.attempt(account, Some("too-many-tries")).await?;
        return too_many(&visitor, form.email, &form.next, seconds).await;
    }
    drop(tx);

    let (active, hash) = login.map_or((false, None), |login| (login.status == "active", Some(login.password_hash)));
    let right = password::verify(form.password, hash, &visitor.app().passwords).await?;
    let Some(account) = account.filter(|_| right && active) else {
        visitor.attempt(account, Some(if right { "account-not-active" } else { "wrong-password" })).await?;
        let mut tx = visitor.begin(&all).await?;
        throttle::failed(&mut tx, &counted, visitor.now()).await?;
        tx.commit().await?;
        let problem = SecretField::wrong(words::t("accounts-problem-no-match"));
        return page::again(
            &visitor,
            &sign_in_view(&visitor, Field::typed(form.email), problem, &form.next, String::new()).await,
        );
    };

    visitor.attempt(Some(account), None).await?;
    let mut tx = visitor.begin(&all).await?;
    throttle::succeeded(&mut tx, &pair).await?;
    tx.commit().await?;
    let (stage, role) = visitor.stage_after_password(account).await?;
    visitor.end_session().await?;
    let token = visitor.begin_session(account, stage, role).await?;
    Ok(with_session(see_other(&after_password(stage, &form.next)), &token))
}

async fn too_many(visitor: &Visitor, email: String, next: &str, seconds: i64) -> PageResult {
    let wait = if seconds < 60 {
        words::t1("accounts-wait-seconds", "seconds", seconds)
    } else {
        words::t1("accounts-wait-minutes", "minutes", (seconds + 59) / 60)
    };
    let message = words::t1("accounts-problem-throttled", "wait", wait);
    let mut response =
        page::show(visitor, &sign_in_view(visitor, Field::typed(email), SecretField::empty(), next, message).await)?;
    *response.status_mut() = axum::http::StatusCode::TOO_MANY_REQUESTS;
    response.headers_mut().insert(axum::http::header::RETRY_AFTER, seconds.into());
    Ok(response)
}

/// An address as guessers are counted: IPv4 whole, IPv6 by its /64.
fn network(address: &str) -> String {
    match address.parse::<std::net::Ipv6Addr>() {
        Ok(six) => six.segments().iter().take(4).map(|part| format!("{part:x}:")).collect(),
        Err(_) => address.to_owned(),
    }
}

/// The cookie of a browser in which this account signed in before.
const KNOWN: &str = "__Host-salus-known";

fn is_known(visitor: &Visitor, account: AccountId) -> bool {
    let Some((nonce, mark)) = cookie(visitor.headers(), KNOWN).and_then(|text| text.split_once('.')) else {
        return false;
    };
    same(known_mark(&|purpose, message| visitor.digest(purpose, message), account, nonce).as_bytes(), mark.as_bytes())
}

fn known_mark(digest: &dyn Fn(&str, &[u8]) -> [u8; 32], account: AccountId, nonce: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest("known-browser", format!("{account} {nonce}").as_bytes()))
}

/// Both factors were right: a new token, and a browser that is known from now on.
pub(super) fn signed_in(
    halfway: &Halfway<impl ActionType>,
    token: &crate::access::Token,
    mut response: Response,
) -> Response {
    let nonce = BASE64_URL_SAFE_NO_PAD.encode(salus_vault::random::<12>());
    let mark = known_mark(&|purpose, message| halfway.digest(purpose, message), halfway.account(), &nonce);
    set_cookie(
        &mut response,
        &format!("{KNOWN}={nonce}.{mark}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=15552000"),
    );
    with_session(response, token)
}

async fn code_view(halfway: &Halfway<impl ActionType>, code: SecretField, next: &str) -> views::SecondFactor {
    views::SecondFactor {
        code,
        next: safe_next(next).to_owned(),
        clinic_phone: halfway.app().clinic().await.phone.clone(),
    }
}

/// Asks for the code of the app.
pub async fn code_form(halfway: Halfway<AskFactor>, Query(query): Query<Next>) -> PageResult {
    if halfway.session().stage == Stage::Enrolling {
        return Ok(see_other(urls::ENROLL));
    }
    page::show(&halfway, &code_view(&halfway, SecretField::empty(), &query.next).await)
}

/// What the forms for a code send.
#[derive(Deserialize)]
pub struct CodeForm {
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
}

/// How a second factor was refused.
enum Refused {
    Wrong,
    Used,
    Wait(i64),
}

/// The app's code: each works once.
pub async fn code(halfway: Halfway<SignIn>, Posted(form): Posted<CodeForm>) -> PageResult {
    if halfway.session().stage == Stage::Enrolling {
        return Ok(see_other(urls::ENROLL));
    }
    match try_code(&halfway, &form.code).await? {
        Ok(token) => Ok(signed_in(&halfway, &token, see_other(safe_next(&form.next)))),
        Err(refused) => {
            let (text, reason) = match refused {
                Refused::Wrong => (words::t("accounts-problem-code"), "wrong-code"),
                Refused::Used => (words::t("accounts-problem-code-used"), "used-code"),
                Refused::Wait(seconds) => {
                    (words::t1("accounts-problem-code-wait", "minutes", (seconds + 59) / 60), "too-many-tries")
                }
            };
            halfway.refused(reason).await?;
            page::again(&halfway, &code_view(&halfway, SecretField::wrong(text), &form.next).await)
        }
    }
}

async fn try_code(halfway: &Halfway<SignIn>, typed: &str) -> Result<Result<crate::access::Token, Refused>, Error> {
    let count = code_count(halfway);
    if let Some(seconds) = wait(halfway, &count).await? {
        return Ok(Err(Refused::Wait(seconds)));
    }
    let mut tx = halfway.begin().await?;
    let mut answer = Refused::Wrong;
    for factor in store::authenticators(&mut tx, halfway.account()).await? {
        if factor.confirmed_at.is_none() {
            continue;
        }
        let secret = TotpSecret::from_bytes(factor.secret.open_bytes(halfway)?);
        let Some(step) = secret.step_of(typed, halfway.now()) else { continue };
        if store::use_step(&mut tx, &factor.id, step).await? {
            return finish(halfway, tx, &count).await.map(Ok);
        }
        answer = Refused::Used;
    }
    drop(tx);
    fail(halfway, &count).await?;
    Ok(Err(answer))
}

/// Asks for a recovery code.
pub async fn recovery_form(halfway: Halfway<AskFactor>, Query(query): Query<Next>) -> PageResult {
    if halfway.session().stage == Stage::Enrolling {
        return Ok(see_other(urls::ENROLL));
    }
    page::show(&halfway, &recovery_view(&halfway, SecretField::empty(), &query.next).await)
}

async fn recovery_view(halfway: &Halfway<impl ActionType>, code: SecretField, next: &str) -> views::Recovery {
    views::Recovery { code, next: safe_next(next).to_owned(), clinic_phone: halfway.app().clinic().await.phone.clone() }
}

/// A recovery code: each works once.
pub async fn recovery(halfway: Halfway<SignIn>, Posted(form): Posted<CodeForm>) -> PageResult {
    if halfway.session().stage == Stage::Enrolling {
        return Ok(see_other(urls::ENROLL));
    }
    let count = code_count(&halfway);
    if let Some(seconds) = wait(&halfway, &count).await? {
        halfway.refused("too-many-tries").await?;
        let problem = words::t1("accounts-problem-code-wait", "minutes", (seconds + 59) / 60);
        return page::again(&halfway, &recovery_view(&halfway, SecretField::wrong(problem), &form.next).await);
    }
    let hash = code_hash(&halfway, &form.code);
    let mut tx = halfway.begin().await?;
    if store::use_code(&mut tx, halfway.account(), hash, halfway.now()).await? {
        let token = finish(&halfway, tx, &count).await?;
        return Ok(signed_in(&halfway, &token, see_other(safe_next(&form.next))));
    }
    drop(tx);
    fail(&halfway, &count).await?;
    halfway.refused("wrong-recovery-code").await?;
    page::again(
        &halfway,
        &recovery_view(&halfway, SecretField::wrong(words::t("accounts-problem-recovery")), &form.next).await,
    )
}

/// The keyed hash of a recovery code, bound to its account.
pub(super) fn code_hash(halfway: &Halfway<impl ActionType>, code: &str) -> [u8; 32] {
    halfway.digest("recovery-code", format!("{} {}", halfway.account(), normal_recovery_code(code)).as_bytes())
}

fn code_count(halfway: &Halfway<SignIn>) -> Key {
    let message = format!("code {}", halfway.account());
    Key { count: Count::Code, key: format!("v1:{}", hex::encode(halfway.digest("throttle", message.as_bytes()))) }
}

async fn wait(halfway: &Halfway<SignIn>, count: &Key) -> Result<Option<i64>, Error> {
    let mut tx = halfway.counting(&[&count.key]).await?;
    throttle::wait(&mut tx, std::slice::from_ref(count), halfway.now()).await
}

async fn fail(halfway: &Halfway<SignIn>, count: &Key) -> Result<(), Error> {
    let mut tx = halfway.counting(&[&count.key]).await?;
    throttle::failed(&mut tx, std::slice::from_ref(count), halfway.now()).await?;
    Ok(tx.commit().await?)
}

async fn finish(halfway: &Halfway<SignIn>, mut tx: Change<'_>, count: &Key) -> Result<crate::access::Token, Error> {
    let token = halfway.complete(&mut tx).await?;
    tx.commit().await?;
    let mut tx = halfway.counting(&[&count.key]).await?;
    throttle::succeeded(&mut tx, count).await?;
    tx.commit().await?;
    Ok(token)
}

/// Signs this browser out.
pub async fn sign_out(visitor: Visitor) -> PageResult {
    visitor.end_session().await?;
    let mut response = see_other(urls::SIGN_OUT);
    set_cookie(
        &mut response,
        &format!("{}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0", crate::access::COOKIE),
    );
    response.headers_mut().insert("clear-site-data", axum::http::HeaderValue::from_static("\"cache\", \"storage\""));
    Ok(response)
}

/// `?everywhere=1` after ending every session.
#[derive(Debug, Default, Deserialize)]
pub struct Everywhere {
    #[serde(default)]
    everywhere: String,
}

/// The page after signing out.
pub async fn signed_out(visitor: Visitor, Query(query): Query<Everywhere>) -> PageResult {
    page::show(&visitor, &views::SignedOut { everywhere: !query.everywhere.is_empty() })
}

/// The page after a session ended by itself.
pub async fn session_ended(visitor: Visitor, Query(query): Query<Next>) -> PageResult {
    let next = safe_next(&query.next);
    let Some(minutes) = visitor.ended_after().await? else {
        return Ok(see_other(&urls::with_next(urls::SIGN_IN, next)));
    };
    let view = views::SessionEnded { minutes, text_kept: next.starts_with("/kept/"), next: next.to_owned() };
    page::show(&visitor, &view)
}
