//! The person's side once the clinic knows them: the mailed link, the code that was said, and everything anew.

use salus_kernel::actions::RecoverAccount;
use salus_vault::same;
use serde::Deserialize;

use super::{
    model::SpokenCode,
    store::{self, Link},
    views,
};
use crate::{
    access::{Mailed, Posted, Visitor, invites::Code},
    accounts::{
        self,
        making::{LoginForm, LoginProblems},
        password,
        tries::{self, Knock},
        with_session,
    },
    notices::{About, TellOwner},
    shell::{
        error::Error,
        page::{self, PageResult, see_other},
        urls,
        view::{LinkLine, Notice, SecretField},
        words,
    },
};

/// The request that a link belongs to, while a code is taken there; and its look-up key.
async fn find(visitor: &Visitor, link: &Code) -> Result<Option<(Link, String)>, Error> {
    let key = visitor.index(Mailed::BackIn.purpose(), link.text()).into_string();
    let found = store::by_key(visitor, &key).await?.filter(|found| found.open(visitor.now()));
    Ok(found.map(|found| (found, key)))
}

/// The form. Looking at it uses nothing up.
pub async fn form(visitor: Visitor, link: Code) -> PageResult {
    match find(&visitor, &link).await? {
        Some(_) => page::show(&visitor, &view(&visitor, &link, None, LoginProblems::default()).await),
        None => over(&visitor).await,
    }
}

async fn view(visitor: &Visitor, link: &Code, code: Option<String>, problems: LoginProblems) -> views::BackIn {
    views::BackIn {
        action: urls::back_in(link.text()),
        message: String::new(),
        code: SecretField { problem: code },
        password: SecretField { problem: problems.password },
        again: SecretField { problem: problems.again },
        clinic_phone: visitor.app().clinic().await.phone.clone(),
    }
}

/// What it sends.
#[derive(Deserialize)]
pub struct BackInForm {
    #[serde(default)]
    code: String,
    #[serde(flatten)]
    login: LoginForm,
}

/// Sets everything up anew. Every field is checked before the code is tried, so that a short password costs no try.
pub async fn come_back(visitor: Visitor, link: Code, Posted(form): Posted<BackInForm>) -> PageResult {
    let app = visitor.app();
    let code = SpokenCode::typed(&form.code);
    let problem = code.is_none().then(|| words::t("recovery-problem-code"));
    let (code, password) = match (code, form.login.check_password(&[&app.clinic().await.name], &app.web().breached)) {
        (Some(code), Ok(password)) => (code, password),
        (_, password) => {
            let problems = password.err().unwrap_or_default();
            return page::again(&visitor, &view(&visitor, &link, problem, problems).await);
        }
    };
    let knock = Knock::at(&visitor, "back-in");
    if let Some(seconds) = knock.take(app, visitor.now()).await? {
        let message = tries::in_words(app, visitor.now(), seconds).await;
        let view = views::BackIn { message, ..view(&visitor, &link, None, LoginProblems::default()).await };
        return tries::too_many(page::show(&visitor, &view)?, seconds);
    }
    let Some((found, key)) = find(&visitor, &link).await? else {
        visitor.turned_away("back-in-ended").await?;
        return over(&visitor).await;
    };
    // Costly, so before the account's row is held.
    let hash = password::hash(password, &app.passwords).await?;
    let claimant = visitor.claims_by_link::<RecoverAccount>(found.account, &key).await?;
    let ended = async || {
        claimant.refused("back-in-ended").await?;
        over(&visitor).await
    };
    // Counted before it is compared, and under nobody's name: it is the account's own only once it was right.
    let mut count = claimant.begin_to_count().await?;
    let Some(tried) = store::try_code(&mut count, found.id, visitor.now()).await? else {
        drop(count);
        return ended().await;
    };
    count.commit().await?;
    let said = code.proof(|purpose, message| visitor.digest(purpose, message), found.id);
    if !same(&said, &tried.proof) {
        claimant.refused("wrong-code").await?;
        let problem = Some(words::t("recovery-problem-wrong"));
        return page::again(&visitor, &view(&visitor, &link, problem, LoginProblems::default()).await);
    }
    if let Some(patient) = tried.patient
        && claimant.has_died(patient).await?
    {
        return ended().await;
    }
    let mut change = claimant.begin().await?;
    accounts::hold(&mut change, found.account).await?;
    // Whoever opens another chart since, or none, is somebody else to the clinic.
    let same_chart = store::own_chart(&mut change, found.account, visitor.now()).await? == tried.patient;
    if !same_chart
        || !accounts::start_anew(&mut change, found.account, hash, tried.asked_at, visitor.now()).await?
        || !store::done(&mut change, found.id, &tried.proof).await?
    {
        drop(change);
        return ended().await;
    }
    accounts::forget_factors(&mut change, found.account, visitor.now()).await?;
    let Some((_, token)) = claimant.begin_session(&mut change).await? else {
        drop(change);
        return ended().await;
    };
    change.enqueue(&TellOwner::of(found.account, About::BackIn, visitor.now())).await?;
    change.commit().await?;
    knock.succeeded(app).await?;
    visitor.end_session().await?;
    Ok(with_session(see_other(urls::ENROLL), &token))
}

async fn over(visitor: &Visitor) -> PageResult {
    let view = Notice {
        heading: words::t("accounts-reset-ended-title"),
        paragraphs: vec![words::t("recovery-ended-text"), words::t("recovery-ended-next")],
        way_on: LinkLine::new(words::t("invites-sign-in"), urls::SIGN_IN, ""),
        clinic_phone: visitor.app().clinic().await.phone.clone(),
    };
    page::show(visitor, &view)
}
