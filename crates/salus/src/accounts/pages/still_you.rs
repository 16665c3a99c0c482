//! "Is it still you?": the password again, before something that matters (ASVS V7.5.1, V7.5.3). Which acts those are is said in
//! [`crate::access::policy`]; whoever typed something finds it again afterwards.

use axum::extract::Query;
use salus_kernel::{
    ActionType,
    actions::{AskPassword, SayPassword},
};
use salus_vault::Opens;
use serde::Deserialize;

use super::{safe_next, sign_in::Next};
use crate::{
    access::{Posted, SignedIn, columns::account},
    accounts::{
        store,
        tries::{self, Again},
        views,
    },
    shell::{
        error::Error,
        page::{self, PageResult, see_other},
        view::SecretField,
        words,
    },
};

/// Asks for the password.
pub async fn form(own: SignedIn<AskPassword>, Query(query): Query<Next>) -> PageResult {
    page::show(&own, &view(&own, SecretField::empty(), &query.next).await?)
}

async fn view<A>(own: &SignedIn<A>, password: SecretField, next: &str) -> Result<views::StillYou, Error>
where
    A: ActionType + Opens<account::Email>,
{
    let (_, email) = store::settings(&mut own.read().await?, own.account()).await?;
    let next = safe_next(next).to_owned();
    let steps = store::second_steps(&mut own.read().await?, own.account()).await?;
    Ok(views::StillYou {
        email: email.open(own)?,
        password,
        message: String::new(),
        passkey: steps.passkey && own.app().web().has_name(),
        text_kept: next.starts_with("/kept/"),
        next,
    })
}

/// The page again after a passkey that was not right.
pub async fn wrong_passkey(own: &SignedIn<SayPassword>, next: &str) -> PageResult {
    let message = words::t("accounts-problem-passkey-proof");
    page::again(own, &views::StillYou { message, ..view(own, SecretField::empty(), next).await? })
}

/// What the form sends.
#[derive(Deserialize)]
pub struct StillYouForm {
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

/// The right password counts for a quarter of an hour, in this session alone.
pub async fn say(own: SignedIn<SayPassword>, Posted(form): Posted<StillYouForm>) -> PageResult {
    if form.password.is_empty() {
        let missing = SecretField::wrong(words::t("accounts-problem-password-missing"));
        return page::again(&own, &view(&own, missing, &form.next).await?);
    }
    let login = store::login(&mut own.read().await?, own.account()).await?;
    match Again::said(own.app(), own.now(), own.session().id, &login, form.password, |purpose, value| {
        own.index(purpose, value)
    })
    .await?
    {
        Again::Right => {
            let mut tx = own.begin().await?;
            store::proved(&mut tx, own.session().id, own.now()).await?;
            tx.commit().await?;
            Ok(see_other(safe_next(&form.next)))
        }
        Again::Wrong => {
            own.refused("wrong-password").await?;
            let wrong = SecretField::wrong(words::t("accounts-problem-password-old"));
            page::again(&own, &view(&own, wrong, &form.next).await?)
        }
        Again::Wait(seconds) => {
            own.refused("too-many-tries").await?;
            let wait = SecretField::wrong(tries::in_words(own.app(), own.now(), seconds).await);
            tries::too_many(page::again(&own, &view(&own, wait, &form.next).await?)?, seconds)
        }
    }
}
