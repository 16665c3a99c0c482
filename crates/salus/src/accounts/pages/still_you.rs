//! "Is it still you?": the password again, before something that matters, and the second step as well before how one signs in
//! changes (ASVS V7.2.4, V7.5.1, V7.5.3). Which acts those are is said in [`crate::access::policy`]; whoever typed something finds it
//! again afterwards.

use axum::{extract::Query, http::HeaderMap, response::Response};
use salus_kernel::{
    ActionType,
    actions::{AskPassword, SayPassword},
};
use salus_oidc::Provider;
use salus_vault::Opens;
use serde::Deserialize;

use super::{safe_next, set_cookie, with_session};
use crate::{
    access::{Change, Posted, Proof, SignedIn, Token, columns::account, forms_of_before},
    accounts::{
        providers,
        second_step::{self, Tried},
        store::{self, SecondSteps},
        totp,
        tries::{self, Again},
        views::{self, Codes},
    },
    shell::{
        error::Error,
        page::{self, PageResult, see_other},
        urls,
        view::SecretField,
        words,
    },
};

/// Where to go on, and what is asked for.
#[derive(Default, Deserialize)]
pub struct Wanted {
    /// A path of ours.
    #[serde(default)]
    pub next: String,
    /// Anything: the second step as well.
    #[serde(default)]
    pub both: String,
}

impl Wanted {
    /// What is asked for.
    pub fn proof(&self) -> Proof {
        if self.both.is_empty() { Proof::Password } else { Proof::BothSteps }
    }
}

/// Asks for the password, and perhaps for a code.
pub async fn form(own: SignedIn<AskPassword>, Query(wanted): Query<Wanted>) -> PageResult {
    page::show(&own, &view(&own, Typed::default(), &wanted.next, wanted.proof()).await?)
}

/// What is said beside the fields; what was typed into them is never shown again.
#[derive(Default)]
struct Typed {
    password: SecretField,
    code: SecretField,
    message: String,
}

async fn view<A>(own: &SignedIn<A>, typed: Typed, next: &str, proof: Proof) -> Result<views::StillYou, Error>
where
    A: ActionType + Opens<account::Email>,
{
    let (_, email) = store::settings(&mut own.read().await?, own.account()).await?;
    let next = safe_next(next).to_owned();
    let steps = store::second_steps(&mut own.read().await?, own.account()).await?;
    Ok(views::StillYou {
        email: email.open(own)?,
        password: typed.password,
        code: Some(typed.code).filter(|_| proof == Proof::BothSteps),
        codes: codes(own, steps),
        clinic_phone: own.app().clinic().await.phone.clone(),
        message: typed.message,
        passkey: steps.passkey && own.app().web().has_name(),
        text_kept: next.starts_with("/kept/"),
        providers: there(own, &next, proof).await?,
        next,
    })
}

/// Where else it may be shown: name and address of each provider that the account is connected with.
async fn there<A: ActionType>(own: &SignedIn<A>, next: &str, proof: Proof) -> Result<Vec<(String, String)>, Error> {
    if own.session().role.is_none() {
        return Ok(Vec::new());
    }
    let mine = providers::store::all(&mut own.read().await?, own.account()).await?;
    let enough = |one: &Provider| {
        one.asks_anew() && (proof == Proof::Password || (one.sees_second_step() && own.session().takes_codes()))
    };
    let connected = |one: &&Provider| enough(one) && mine.iter().any(|mine| mine.provider == one.key());
    let connected = own.app().web().providers.iter().filter(connected);
    let line =
        |one: &Provider| (one.name().to_owned(), urls::still_you_with(one.key(), next, proof == Proof::BothSteps));
    Ok(connected.map(line).collect())
}

fn codes<A: ActionType>(own: &SignedIn<A>, steps: SecondSteps) -> Codes {
    match steps {
        steps if steps.app && own.session().takes_codes() => Codes::App,
        steps if steps.is_sheet() => Codes::Sheet,
        _ => Codes::Saved,
    }
}

/// The page again, with something said above it.
pub async fn again_with<A>(own: &SignedIn<A>, wanted: &Wanted, message: String) -> PageResult
where
    A: ActionType + Opens<account::Email> + Opens<account::Name>,
{
    let typed = Typed { message, ..Typed::default() };
    page::again(own, &view(own, typed, &wanted.next, wanted.proof()).await?)
}

/// It is still they: on under the session's new token.
pub fn proved(headers: &HeaderMap, token: &Token, next: &str) -> Response {
    let mut response = with_session(see_other(safe_next(next)), token);
    if let Some(before) = forms_of_before(headers) {
        set_cookie(&mut response, &before);
    }
    response
}

/// What the form sends.
#[derive(Deserialize)]
pub struct StillYouForm {
    #[serde(default)]
    password: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
    #[serde(default)]
    both: String,
}

/// The right password counts for a quarter of an hour, in this session alone; with a code, as both steps.
pub async fn say(own: SignedIn<SayPassword>, headers: HeaderMap, Posted(form): Posted<StillYouForm>) -> PageResult {
    let StillYouForm { password, code, next, both } = form;
    let wanted = Wanted { next, both };
    let proof = wanted.proof();
    let code = Some(code).filter(|_| proof == Proof::BothSteps);
    let missing = |is_missing: bool, key: &str| {
        if is_missing { SecretField::wrong(words::t(key)) } else { SecretField::empty() }
    };
    if password.is_empty() || code.as_ref().is_some_and(|code| code.trim().is_empty()) {
        let typed = Typed {
            password: missing(password.is_empty(), "accounts-problem-password-missing"),
            code: missing(code.is_some_and(|code| code.trim().is_empty()), "accounts-problem-code-none"),
            ..Typed::default()
        };
        return page::again(&own, &view(&own, typed, &wanted.next, proof).await?);
    }
    let login = store::login(&mut own.read().await?, own.account()).await?;
    let index = |purpose: &str, value: &str| own.index(purpose, value);
    match Again::said(own.app(), own.now(), own.session().id, &login, password, index).await? {
        Again::Right => {}
        Again::Wrong => {
            own.refused("wrong-password").await?;
            let typed =
                Typed { password: SecretField::wrong(words::t("accounts-problem-password-old")), ..Typed::default() };
            return page::again(&own, &view(&own, typed, &wanted.next, proof).await?);
        }
        Again::Wait(seconds) => return wait(&own, &wanted, seconds, false).await,
    }
    let Some(code) = code else {
        let mut tx = own.begin().await?;
        let token = own.prove(&mut tx, proof).await?;
        tx.commit().await?;
        return Ok(proved(&headers, &token, &wanted.next));
    };
    let knock = tries::Knock::shows_again(own.session().id, index);
    if let Some(seconds) = knock.take(own.app(), own.now()).await? {
        return wait(&own, &wanted, seconds, true).await;
    }
    let kind = codes(&own, store::second_steps(&mut own.read().await?, own.account()).await?);
    let mut tx = own.begin().await?;
    let (problem, reason) = match shown(&own, &mut tx, &code).await? {
        Tried::Right => {
            let token = own.prove(&mut tx, proof).await?;
            tx.commit().await?;
            knock.succeeded(own.app()).await?;
            return Ok(proved(&headers, &token, &wanted.next));
        }
        Tried::Wrong => (kind.problem(), "wrong-code"),
        Tried::Used => (words::t("accounts-problem-code-used"), "used-code"),
    };
    drop(tx);
    own.refused(reason).await?;
    let typed = Typed { code: SecretField::wrong(problem), ..Typed::default() };
    page::again(&own, &view(&own, typed, &wanted.next, proof).await?)
}

/// The app's code or a saved one: six digits are an app's, where its codes are taken.
async fn shown(own: &SignedIn<SayPassword>, tx: &mut Change<'_>, code: &str) -> Result<Tried, Error> {
    if totp::looks_like_a_code(code) {
        if !own.session().takes_codes() {
            return Ok(Tried::Wrong);
        }
        return second_step::app_code(tx, own, own.account(), code, own.now()).await;
    }
    let hash = second_step::code_hash(|purpose, message| own.digest(purpose, message), own.account(), code);
    second_step::saved_code(tx, own.account(), hash, own.now()).await
}

async fn wait(own: &SignedIn<SayPassword>, wanted: &Wanted, seconds: i64, of_codes: bool) -> PageResult {
    own.refused("too-many-tries").await?;
    let problem = SecretField::wrong(tries::in_words(own.app(), own.now(), seconds).await);
    let typed = match of_codes {
        true => Typed { code: problem, ..Typed::default() },
        false => Typed { password: problem, ..Typed::default() },
    };
    tries::too_many(page::again(own, &view(own, typed, &wanted.next, wanted.proof()).await?)?, seconds)
}
