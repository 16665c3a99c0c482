//! A forgotten password: asking for a link, and choosing another one. The second step stays, and is asked as always.

use salus_vault::normal;
use serde::Deserialize;

use crate::{
    access::{
        Posted, Visitor,
        invites::{Code, Door, Link, OneKey},
    },
    accounts::{
        making::{LoginForm, LoginProblems, looks_like_an_address},
        password,
        reset::{
            ResetPassword,
            views::{Forgotten, ForgottenSent, Lost, Reset},
        },
        store,
        tries::{self, Knock},
        undo::{self, Changed},
    },
    shell::{
        flash::Flash,
        page::{self, PageResult, see_other, see_other_with},
        urls,
        view::{Field, LinkLine, Notice, SecretField},
        words,
    },
};

async fn view(visitor: &Visitor, what: Lost, email: Field, message: String) -> Forgotten {
    Forgotten { what, email, message, clinic_phone: visitor.app().clinic().await.phone.clone() }
}

/// The form for a forgotten password.
pub async fn form(visitor: Visitor) -> PageResult {
    page::show(&visitor, &view(&visitor, Lost::Password, Field::empty(), String::new()).await)
}

/// The form for a lost second step.
pub async fn lost_form(visitor: Visitor) -> PageResult {
    page::show(&visitor, &view(&visitor, Lost::SecondStep, Field::empty(), String::new()).await)
}

/// What it sends.
#[derive(Deserialize)]
pub struct AskForm {
    #[serde(default)]
    email: String,
}

/// Asks for a link to choose another password.
pub async fn ask(visitor: Visitor, Posted(form): Posted<AskForm>) -> PageResult {
    ask_for(visitor, Lost::Password, form).await
}

/// Asks for a link with which to ask the clinic.
pub async fn lost(visitor: Visitor, Posted(form): Posted<AskForm>) -> PageResult {
    ask_for(visitor, Lost::SecondStep, form).await
}

/// Nothing here looks whether the address is known, so nothing tells.
async fn ask_for(visitor: Visitor, what: Lost, form: AskForm) -> PageResult {
    if !looks_like_an_address(&form.email) {
        let field = Field::wrong(form.email, words::t("accounts-problem-email"));
        return page::again(&visitor, &view(&visitor, what, field, String::new()).await);
    }
    let knock = Knock::asks(&visitor, "forgotten");
    if let Some(seconds) = knock.take(visitor.app(), visitor.now()).await? {
        let message = tries::in_words(visitor.app(), visitor.now(), seconds).await;
        return tries::too_many(
            page::show(&visitor, &view(&visitor, what, Field::typed(form.email), message).await)?,
            seconds,
        );
    }
    if Knock::postbox(&visitor, "forgotten", &form.email).take(visitor.app(), visitor.now()).await?.is_some() {
        return Ok(see_other(urls::FORGOTTEN_SENT));
    }
    let address = visitor.index("account.email", &normal::email(&form.email)).into_string();
    let mut change = visitor.ask_for_reset().await?;
    change.enqueue(&ResetPassword { address, at: visitor.now(), lost: what == Lost::SecondStep }).await?;
    change.commit().await?;
    Ok(see_other(urls::FORGOTTEN_SENT))
}

/// What happens next: the same for everybody.
pub async fn sent(visitor: Visitor) -> PageResult {
    let clinic_phone = visitor.app().clinic().await.phone.clone();
    page::show(&visitor, &ForgottenSent { clinic_phone })
}

/// The form behind the mailed link. Looking at it uses nothing up.
pub async fn reset_form(visitor: Visitor, code: Code) -> PageResult {
    match visitor.link(Door::Reset, &code).await? {
        Some(Link::Mailed) => page::show(&visitor, &reset_view(&code, LoginProblems::default())),
        _ => over(&visitor).await,
    }
}

fn reset_view(code: &Code, problems: LoginProblems) -> Reset {
    Reset {
        action: urls::reset(code.text()),
        lost: urls::reset_lost(code.text()),
        password: SecretField { problem: problems.password },
        again: SecretField { problem: problems.again },
    }
}

/// Chooses another password. Every session ends, the link is used up, and the holder is told.
pub async fn reset(visitor: Visitor, code: Code, Posted(form): Posted<LoginForm>) -> PageResult {
    let clinic = visitor.app().clinic().await;
    let password = match form.check_password(&[&clinic.name], &visitor.app().web().breached) {
        Ok(password) => password,
        Err(problems) => return page::again(&visitor, &reset_view(&code, problems)),
    };
    let Ok(redeemer) = visitor.redeem_link(Door::Reset, &code).await? else { return over(&visitor).await };
    let hash = password::hash(password, &visitor.app().passwords).await?;
    let Some(redeeming) = redeemer.begin().await? else { return over(&visitor).await };
    let (account, at) = (redeemer.account(), visitor.now());
    let (mut change, key) = (redeeming.change, OneKey(redeeming.key));
    undo::before_change(&mut change, &key, account, Changed::Password, at).await?;
    if !store::renew_password(&mut change, account, redeemer.invite(), hash, at).await? {
        return over(&visitor).await;
    }
    change.commit().await?;
    Ok(see_other_with(urls::SIGN_IN, Flash::PasswordReset))
}

async fn over(visitor: &Visitor) -> PageResult {
    let view = Notice {
        heading: words::t("accounts-reset-ended-title"),
        paragraphs: vec![words::t("accounts-reset-ended-text"), words::t("accounts-reset-ended-next")],
        way_on: LinkLine::new(words::t("accounts-reset-ended-go"), urls::FORGOTTEN, ""),
        clinic_phone: visitor.app().clinic().await.phone.clone(),
    };
    page::show(visitor, &view)
}
