//! Password, then code: two pages, one session.

use axum::{extract::Query, http::HeaderMap, response::Response};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use salus_kernel::{
    AccountId, ActionType, SessionId,
    actions::{AskFactor, SignIn},
};
use salus_vault::{Discloses, normal, same};
use serde::Deserialize;

use super::{after_password, safe_next, set_cookie, with_session};
use crate::{
    access::{COOKIE, Change, Feature, Halfway, Posted, Stage, Token, Visitor, cookie, no_cookie, no_forms_of_before},
    accounts::{
        password,
        second_step::{self, Tried},
        store,
        throttle::{self, Count, Key},
        tries, views,
    },
    notices::{self, About, TellOwner},
    shell::{
        device,
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other, see_other_with},
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
    let there = visitor.app().web().providers.iter();
    let there = there.map(|one| (one.name().to_owned(), urls::sign_in_with(one.key(), safe_next(next))));
    views::SignIn {
        email,
        password,
        next: safe_next(next).to_owned(),
        message,
        passkeys: visitor.app().web().has_name(),
        providers: there.collect(),
        registers: visitor.app().features().await.on(Feature::SelfRegistration),
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
    // Not whether mail can be sent there: an account may be older than today's rule.
    let looks_like_one = email.contains('@');
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
    let by_address = key(Count::Address, &format!("address {}", tries::network(&address)));
    let by_account = key(Count::Account, &format!("account {email}"));
    let by_everybody = key(Count::Everybody, &format!("sign-in {}", tries::EVERYBODY));
    let by_site = tries::site(&address.to_string()).map(|site| key(Count::Site, &format!("address {site}")));
    let mut all = vec![index.as_str(), &pair.key, &by_address.key, &by_account.key, &by_everybody.key];
    all.extend(by_site.as_ref().map(|site| site.key.as_str()));

    let mut tx = visitor.read(&all).await?;
    let login = store::by_email(&mut tx, index.as_str()).await?;
    let account = login.as_ref().map(|login| login.id);
    let digest = |purpose: &str, message: &[u8]| visitor.digest(purpose, message);
    let known = account.is_some_and(|account| is_known(visitor.headers(), &digest, account));
    let mut counted = vec![pair.clone(), by_address.clone()];
    if !known {
        counted.extend(by_site.iter().cloned().chain([by_account.clone(), by_everybody.clone()]));
    }
    drop(tx);
    // Taken before the password is looked at, so that many at the same moment get no more than as many in a row.
    let mut tx = visitor.begin(&all).await?;
    if let Some(seconds) = throttle::take(&mut tx, &counted, visitor.now()).await? {
        drop(tx);
        visitor.attempt(account, Some("too-many-tries")).await?;
        return too_many(&visitor, form.email, &form.next, seconds).await;
    }
    tx.commit().await?;

    let (active, hash) = login.map_or((false, None), |login| (login.status == "active", Some(login.password_hash)));
    let right = password::verify(form.password, hash.clone(), &visitor.app().passwords).await?;
    let open = match account {
        Some(account) if right && active => visitor.stage_after_password(account).await?.is_some(),
        _ => false,
    };
    let (Some(account), Some(hash), true) = (account, hash, open) else {
        let reason = if right { "account-not-active" } else { "wrong-password" };
        return no_match(&visitor, account, reason, form.email, &form.next).await;
    };

    visitor.attempt(Some(account), None).await?;
    let Some((token, stage)) = visitor.begin_session_by_password(account, &hash).await? else {
        return no_match(&visitor, Some(account), "password-changed", form.email, &form.next).await;
    };
    let mut tx = visitor.begin(&all).await?;
    throttle::succeeded(&mut tx, &counted).await?;
    tx.commit().await?;
    visitor.end_session().await?;
    Ok(with_session(see_other(&after_password(stage, &form.next)), &token))
}

/// Writes a refused try down, and says no more than that it was refused.
async fn no_match(
    visitor: &Visitor,
    account: Option<AccountId>,
    reason: &str,
    email: String,
    next: &str,
) -> PageResult {
    visitor.attempt(account, Some(reason)).await?;
    let problem = SecretField::wrong(words::t("accounts-problem-no-match"));
    page::again(visitor, &sign_in_view(visitor, Field::typed(email), problem, next, String::new()).await)
}

/// The form again, with something said above it.
pub async fn again_with(visitor: &Visitor, next: &str, message: String) -> PageResult {
    page::again(visitor, &sign_in_view(visitor, Field::empty(), SecretField::empty(), next, message).await)
}

async fn too_many(visitor: &Visitor, email: String, next: &str, seconds: i64) -> PageResult {
    let message = tries::in_words(visitor.app(), visitor.now(), seconds).await;
    let view = sign_in_view(visitor, Field::typed(email), SecretField::empty(), next, message).await;
    tries::too_many(page::show(visitor, &view)?, seconds)
}

/// The cookie of a browser in which this account signed in before.
const KNOWN: &str = "__Host-salus-known";

fn is_known(headers: &HeaderMap, digest: &dyn Fn(&str, &[u8]) -> [u8; 32], account: AccountId) -> bool {
    let Some((nonce, mark)) = cookie(headers, KNOWN).and_then(|text| text.split_once('.')) else {
        return false;
    };
    same(known_mark(digest, account, nonce).as_bytes(), mark.as_bytes())
}

fn known_mark(digest: &dyn Fn(&str, &[u8]) -> [u8; 32], account: AccountId, nonce: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest("known-browser", format!("{account} {nonce}").as_bytes()))
}

/// Both factors were right: a new token, and a browser that is known from now on.
pub fn signed_in(
    digest: &dyn Fn(&str, &[u8]) -> [u8; 32],
    account: AccountId,
    token: &Token,
    mut response: Response,
) -> Response {
    let nonce = BASE64_URL_SAFE_NO_PAD.encode(salus_vault::random::<12>());
    let mark = known_mark(digest, account, &nonce);
    set_cookie(
        &mut response,
        &format!("{KNOWN}={nonce}.{mark}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=15552000"),
    );
    set_cookie(&mut response, &no_forms_of_before());
    with_session(response, token)
}

/// The same after password and code.
pub(super) fn signed_in_halfway(halfway: &Halfway<impl ActionType>, token: &Token, response: Response) -> Response {
    signed_in(&|purpose, message| halfway.digest(purpose, message), halfway.account(), token, response)
}

async fn code_view(
    halfway: &Halfway<impl ActionType>,
    code: SecretField,
    next: &str,
) -> Result<views::SecondFactor, Error> {
    let steps = store::second_steps(&mut halfway.read().await?, halfway.account()).await?;
    Ok(views::SecondFactor {
        app: steps.app && halfway.session().takes_codes(),
        passkey: steps.passkey && halfway.app().web().has_name(),
        code,
        next: safe_next(next).to_owned(),
        clinic_phone: halfway.app().clinic().await.phone.clone(),
    })
}

/// Asks for the passkey, or for the code of the app.
pub async fn code_form(halfway: Halfway<AskFactor>, Query(query): Query<Next>) -> PageResult {
    if halfway.session().stage == Stage::Enrolling {
        return Ok(see_other(urls::ENROLL));
    }
    if store::second_steps(&mut halfway.read().await?, halfway.account()).await?.is_sheet() {
        return Ok(see_other(&urls::with_next(urls::SIGN_IN_RECOVERY, safe_next(&query.next))));
    }
    page::show(&halfway, &code_view(&halfway, SecretField::empty(), &query.next).await?)
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
pub async fn code(halfway: Halfway<SignIn>, headers: HeaderMap, Posted(form): Posted<CodeForm>) -> PageResult {
    if halfway.session().stage == Stage::Enrolling {
        return Ok(see_other(urls::ENROLL));
    }
    if !halfway.session().takes_codes() {
        halfway.refused("passkey-missing").await?;
        return Ok(see_other(&urls::with_next(urls::SIGN_IN_CODE, safe_next(&form.next))));
    }
    match try_code(&halfway, &headers, &form.code).await? {
        Ok(token) => Ok(signed_in_halfway(&halfway, &token, see_other(safe_next(&form.next)))),
        Err(refused) => {
            let (text, reason) = match refused {
                Refused::Wrong => (words::t("accounts-problem-code"), "wrong-code"),
                Refused::Used => (words::t("accounts-problem-code-used"), "used-code"),
                Refused::Wait(seconds) => {
                    (words::t1("accounts-problem-code-wait", "minutes", (seconds + 59) / 60), "too-many-tries")
                }
            };
            halfway.refused(reason).await?;
            if reason == "wrong-code" {
                tell_if_many(&halfway).await?;
            }
            page::again(&halfway, &code_view(&halfway, SecretField::wrong(text), &form.next).await?)
        }
    }
}

async fn try_code(
    halfway: &Halfway<SignIn>,
    headers: &HeaderMap,
    typed: &str,
) -> Result<Result<Token, Refused>, Error> {
    let counts = code_counts(halfway, headers);
    if let Some(seconds) = take(halfway, &counts).await? {
        return Ok(Err(Refused::Wait(seconds)));
    }
    let mut tx = halfway.begin().await?;
    Ok(match second_step::app_code(&mut tx, halfway, halfway.account(), typed, halfway.now()).await? {
        Tried::Right => Ok(finish(halfway, tx, &counts).await?),
        Tried::Wrong => Err(Refused::Wrong),
        Tried::Used => Err(Refused::Used),
    })
}

/// Asks for a recovery code.
pub async fn recovery_form(halfway: Halfway<AskFactor>, Query(query): Query<Next>) -> PageResult {
    if halfway.session().stage == Stage::Enrolling {
        return Ok(see_other(urls::ENROLL));
    }
    page::show(&halfway, &recovery_view(&halfway, SecretField::empty(), &query.next).await?)
}

async fn recovery_view(
    halfway: &Halfway<impl ActionType>,
    code: SecretField,
    next: &str,
) -> Result<views::Recovery, Error> {
    let steps = store::second_steps(&mut halfway.read().await?, halfway.account()).await?;
    let clinic_phone = halfway.app().clinic().await.phone.clone();
    Ok(views::Recovery { sheet: steps.is_sheet(), code, next: safe_next(next).to_owned(), clinic_phone })
}

/// A recovery code: each works once.
pub async fn recovery(halfway: Halfway<SignIn>, headers: HeaderMap, Posted(form): Posted<CodeForm>) -> PageResult {
    if halfway.session().stage == Stage::Enrolling {
        return Ok(see_other(urls::ENROLL));
    }
    let counts = code_counts(&halfway, &headers);
    if let Some(seconds) = take(&halfway, &counts).await? {
        halfway.refused("too-many-tries").await?;
        let problem = words::t1("accounts-problem-code-wait", "minutes", (seconds + 59) / 60);
        return page::again(&halfway, &recovery_view(&halfway, SecretField::wrong(problem), &form.next).await?);
    }
    let digest = |purpose: &str, message: &[u8]| halfway.digest(purpose, message);
    let hash = second_step::code_hash(digest, halfway.account(), &form.code);
    let mut tx = halfway.begin().await?;
    if second_step::saved_code(&mut tx, halfway.account(), hash, halfway.now()).await? == Tried::Right {
        let left = store::codes_left(&mut tx, halfway.account()).await?;
        let is_sheet = store::second_steps(&mut tx, halfway.account()).await?.is_sheet();
        let token = finish(&halfway, tx, &counts).await?;
        let next = safe_next(&form.next);
        let on = match views::few_codes(left, is_sheet) {
            true => see_other_with(next, if is_sheet { Flash::FewOfSheet } else { Flash::FewCodes }),
            false => see_other(next),
        };
        return Ok(signed_in_halfway(&halfway, &token, on));
    }
    drop(tx);
    halfway.refused("wrong-recovery-code").await?;
    tell_if_many(&halfway).await?;
    let view = recovery_view(&halfway, SecretField::empty(), &form.next).await?;
    let problem = if view.sheet { "accounts-problem-sheet-code" } else { "accounts-problem-recovery" };
    page::again(&halfway, &views::Recovery { code: SecretField::wrong(words::t(problem)), ..view })
}

/// Codes of one account; and of everybody, but for whoever signed in from this browser before.
fn code_counts(halfway: &Halfway<SignIn>, headers: &HeaderMap) -> Vec<Key> {
    let digest = |purpose: &str, message: &[u8]| halfway.digest(purpose, message);
    let key = |count, whose: &str| code_key(halfway, count, whose);
    let account = halfway.account();
    if is_known(headers, &digest, account) {
        return vec![key(Count::Code, &account.to_string())];
    }
    vec![key(Count::CodeElsewhere, &format!("{account} elsewhere")), key(Count::EverybodysCodes, tries::EVERYBODY)]
}

fn code_key(halfway: &Halfway<SignIn>, count: Count, whose: &str) -> Key {
    let hash = halfway.digest("throttle", format!("code {whose}").as_bytes());
    Key { count, key: format!("v1:{}", hex::encode(hash)) }
}

/// All wrong codes of an account, until a right one: so the owner's own slips of the thumb don't add up.
fn wrong_codes(halfway: &Halfway<SignIn>) -> Key {
    code_key(halfway, Count::WrongCodes, &format!("{} wrong", halfway.account()))
}

fn keys(counts: &[Key]) -> Vec<&str> {
    counts.iter().map(|count| count.key.as_str()).collect()
}

/// Takes a try before the code is looked at. None when it counts; else the seconds until one does.
async fn take(halfway: &Halfway<SignIn>, counts: &[Key]) -> Result<Option<i64>, Error> {
    let mut tx = halfway.counting(&keys(counts)).await?;
    let wait = throttle::take(&mut tx, counts, halfway.now()).await?;
    if wait.is_none() {
        tx.commit().await?;
    }
    Ok(wait)
}

/// So many wrong codes after the right password look as if somebody else knew it.
const MANY: i64 = 3;

/// Tells the owner, once a day, when somebody has the right password and goes on with wrong codes (ASVS V6.3.5).
async fn tell_if_many(halfway: &Halfway<SignIn>) -> Result<(), Error> {
    // By itself: where codes are slowed down the count drains away, and whoever waits would never be told of.
    let all = wrong_codes(halfway);
    let mut tx = halfway.counting(&[&all.key]).await?;
    throttle::take(&mut tx, std::slice::from_ref(&all), halfway.now()).await?;
    let wrong = throttle::failures(&mut tx, &all).await?;
    tx.commit().await?;
    if wrong < MANY {
        return Ok(());
    }
    let mut change = halfway.begin().await?;
    change.enqueue(&TellOwner::once_a_day(halfway.account(), About::PasswordKnown, halfway.now())).await?;
    change.commit().await
}

/// Whether the account was signed in before with such a browser on such a device, as far as they name themselves.
pub async fn was_here_before(
    tx: &mut Change<'_>,
    holder: &impl Discloses<SignIn>,
    account: AccountId,
    this: SessionId,
    agent: &str,
) -> Result<bool, Error> {
    let now = device::in_words(agent);
    for agent in store::earlier_browsers(tx, account, this).await? {
        if device::in_words(&agent.open(holder)?) == now {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn finish(halfway: &Halfway<SignIn>, mut tx: Change<'_>, counts: &[Key]) -> Result<Token, Error> {
    let (account, this) = (halfway.account(), halfway.session().id);
    if !was_here_before(&mut tx, halfway, account, this, &halfway.asked().agent).await? {
        notices::tell_everywhere(&mut tx, account, About::NewDevice, halfway.now(), None).await?;
    }
    let token = halfway.complete(&mut tx).await?;
    tx.commit().await?;
    let counts: Vec<Key> = counts.iter().cloned().chain([wrong_codes(halfway)]).collect();
    let mut tx = halfway.counting(&keys(&counts)).await?;
    throttle::succeeded(&mut tx, &counts).await?;
    tx.commit().await?;
    Ok(token)
}

/// Signs this browser out.
pub async fn sign_out(visitor: Visitor) -> PageResult {
    visitor.end_session().await?;
    let mut response = see_other(urls::SIGN_OUT);
    set_cookie(&mut response, &no_cookie(COOKIE));
    set_cookie(&mut response, &no_forms_of_before());
    response.headers_mut().insert("clear-site-data", axum::http::HeaderValue::from_static("\"cache\", \"storage\""));
    Ok(response)
}

/// Leaves at once, for somebody who is walked in on: the session ends, and another place is shown that anybody may have open
/// (THR-06). A link, so that it works without a script; one of another site ends nobody's session.
pub async fn leave(visitor: Visitor, headers: HeaderMap) -> PageResult {
    let to = &visitor.app().web().leave_to;
    let mut response = see_other(to);
    if clicked_here(&headers, &visitor.app().web().public_url) {
        set_cookie(&mut response, &no_cookie(COOKIE));
        set_cookie(&mut response, &no_forms_of_before());
        // Whatever fails: nobody who leaves is shown a page of ours.
        if let Err(error) = visitor.end_session().await {
            tracing::error!(%error, "A session that was left at once goes on until it is silent for too long");
        }
    }
    Ok(response)
}

/// Whether a link on a page of ours was followed: as the browser says, or an old one by where it comes from.
pub fn clicked_here(headers: &HeaderMap, ours: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let before = |referer: &str| referer.strip_prefix(ours).is_some_and(|path| path.starts_with('/'));
    match text("sec-fetch-site") {
        Some(site) => site == "same-origin" && text("sec-purpose").is_none(),
        None => text("referer").is_some_and(before),
    }
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
