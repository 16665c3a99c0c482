//! The invited person's side: a slip with a date of birth, or a link.

use salus_kernel::Role;
use salus_vault::normal;
use serde::Deserialize;

use super::views::{Join, Redeem};
use crate::{
    access::{
        Breached, Posted, RowWritten, Stage, Visitor,
        columns::account,
        invites::{Code, Door, Link as Meant, NotRedeemed, Redeemer, Redeeming},
    },
    accounts::{
        self,
        making::{self, AccountRow, LoginForm, LoginProblems},
        password,
        tries::{self, Knock},
        with_session,
    },
    clinic,
    shell::{
        dates,
        error::Error,
        page::{self, PageResult, see_other},
        urls,
        view::{Field, LinkLine, Notice, SecretField},
        words,
    },
};

/// The patient's form.
pub async fn slip_form(visitor: Visitor) -> PageResult {
    let view = redeem_view(&visitor, Field::empty(), Field::empty(), Field::empty(), LoginProblems::default()).await;
    page::show(&visitor, &view)
}

async fn redeem_view(
    visitor: &Visitor,
    code: Field,
    birth_date: Field,
    email: Field,
    problems: LoginProblems,
) -> Redeem {
    Redeem {
        code,
        birth_date,
        email: Field { problem: problems.email, ..email },
        password: SecretField { problem: problems.password },
        again: SecretField { problem: problems.again },
        message: String::new(),
        clinic_phone: visitor.app().clinic().await.phone.clone(),
    }
}

/// What the patient's form sends.
#[derive(Deserialize)]
pub struct SlipForm {
    #[serde(default)]
    slip: String,
    #[serde(default)]
    birth_date: String,
    #[serde(flatten)]
    login: LoginForm,
}

/// Redeems a slip. Every field is checked before the slip is tried, so that a short password costs no date of birth.
pub async fn slip(visitor: Visitor, Posted(form): Posted<SlipForm>) -> PageResult {
    let clinic = visitor.app().clinic().await;
    let code = Code::of_slip(&form.slip);
    let born = dates::typed(&form.birth_date);
    let slip_problem = (code.text().len() != 12).then(|| words::t("invites-problem-code"));
    let date_problem = born.is_none().then(|| words::t("invites-problem-birth-date"));
    let password = form.login.check(&[&clinic.name], &visitor.app().web().breached);
    let again = |slip: Option<String>, date: Option<String>, problems: LoginProblems| {
        redeem_view(
            &visitor,
            Field { value: form.slip.clone(), problem: slip },
            Field { value: form.birth_date.clone(), problem: date },
            Field::typed(&form.login.email),
            problems,
        )
    };
    let (password, born) = match (password, born) {
        (Ok(password), Some(born)) if slip_problem.is_none() => (password, born),
        (password, _) => {
            let problems = password.err().unwrap_or_default();
            return page::again(&visitor, &again(slip_problem, date_problem, problems).await);
        }
    };
    let knock = Knock::at(&visitor, "invite");
    if let Some(seconds) = knock.take(visitor.app(), visitor.now()).await? {
        let message = tries::in_words(visitor.app(), visitor.now(), seconds).await;
        let view = Redeem { message, ..again(None, None, LoginProblems::default()).await };
        return tries::too_many(page::show(&visitor, &view)?, seconds);
    }
    let redeemer = match visitor.redeem_with_date(Door::Slip, &code, &born.to_string()).await? {
        Ok(redeemer) => redeemer,
        Err(NotRedeemed::NoMatch) => {
            let problem = Some(words::t("invites-problem-no-match"));
            return page::again(&visitor, &again(problem, None, LoginProblems::default()).await);
        }
        Err(NotRedeemed::Ended) => return over(&visitor, "invites-ended").await,
        Err(NotRedeemed::Closed) => return over(&visitor, "invites-closed").await,
    };
    knock.succeeded(visitor.app()).await?;
    // Costly, so only for whoever may go on.
    let hash = password::hash(password, &visitor.app().passwords).await?;
    match make(&visitor, &redeemer, &form.login, hash).await? {
        Made::Session(response) => Ok(response),
        Made::Problems(problems) => page::again(&visitor, &again(None, None, problems).await),
        Made::SomebodyWasFaster => over(&visitor, "invites-ended").await,
    }
}

/// The form behind a link. Looking at it uses nothing up, so a mail scanner may.
pub async fn link_form(visitor: Visitor, code: Code) -> PageResult {
    match visitor.link(Door::Work, &code).await? {
        Some(Meant::Work { name, role }) => {
            page::show(&visitor, &join_view(&code, &name, role, Field::empty(), LoginProblems::default()))
        }
        Some(Meant::Ended | Meant::Mailed) => over(&visitor, "invites-link-ended").await,
        None => over(&visitor, "invites-link-unknown").await,
    }
}

fn join_view(code: &Code, name: &str, role: Role, email: Field, problems: LoginProblems) -> Join {
    Join {
        action: urls::join(code.text()),
        name: name.to_owned(),
        role: clinic::role_in_words(role),
        email: Field { problem: problems.email, ..email },
        password: SecretField { problem: problems.password },
        again: SecretField { problem: problems.again },
    }
}

/// Makes the account of somebody who will work here.
pub async fn link(visitor: Visitor, code: Code, Posted(form): Posted<LoginForm>) -> PageResult {
    let (name, role) = match visitor.link(Door::Work, &code).await? {
        Some(Meant::Work { name, role }) => (name, role),
        Some(Meant::Ended | Meant::Mailed) => return over(&visitor, "invites-link-ended").await,
        None => return over(&visitor, "invites-link-unknown").await,
    };
    let clinic = visitor.app().clinic().await;
    let again = |problems| join_view(&code, &name, role, Field::typed(&form.email), problems);
    let password = match form.check(&[&clinic.name, &name], &visitor.app().web().breached) {
        Ok(password) => password,
        Err(problems) => return page::again(&visitor, &again(problems)),
    };
    let redeemer = match visitor.redeem_link(Door::Work, &code).await? {
        Ok(redeemer) => redeemer,
        Err(_) => return over(&visitor, "invites-link-ended").await,
    };
    let hash = password::hash(password, &visitor.app().passwords).await?;
    match make(&visitor, &redeemer, &form, hash).await? {
        Made::Session(response) => Ok(response),
        Made::Problems(problems) => page::again(&visitor, &again(problems)),
        Made::SomebodyWasFaster => over(&visitor, "invites-link-ended").await,
    }
}

/// What came of making an account.
pub enum Made {
    /// It is there, and its holder goes on to the second factor.
    Session(axum::response::Response),
    /// It isn't: this is wrong with what was typed.
    Problems(LoginProblems),
    /// It isn't: the invite was used up a moment ago.
    SomebodyWasFaster,
}

/// Makes the account or lets it back in, uses the invite up, and begins the session in which the second factor is set up:
/// all or nothing.
pub async fn make(
    visitor: &Visitor,
    redeemer: &Redeemer,
    login: &LoginForm,
    password_hash: String,
) -> Result<Made, Error> {
    let Some(mut redeeming) = redeemer.begin().await? else { return Ok(Made::SomebodyWasFaster) };
    let login = match redeeming.email.take() {
        Some(email) => &LoginForm { email, password: login.password.clone(), again: login.again.clone() },
        None => login,
    };
    let done = match redeeming.name.take() {
        Some(name) => new_account(visitor, redeemer, &mut redeeming, login, &name, password_hash).await?,
        None => back_in(visitor, redeemer, &mut redeeming, login, password_hash).await?,
    };
    match done {
        Written::Well => {}
        Written::Problems(problems) => return Ok(Made::Problems(problems)),
        Written::SomebodyWasFaster => return Ok(Made::SomebodyWasFaster),
    }
    redeeming.change.commit().await?;
    visitor.end_session().await?;
    let role = visitor.stage_after_password(redeemer.account()).await?.and_then(|(_, role)| role);
    let token = visitor.begin_session(redeemer.account(), Stage::Enrolling, role).await?;
    Ok(Made::Session(with_session(see_other(urls::ENROLL), &token)))
}

/// What came of writing the rows.
enum Written {
    Well,
    Problems(LoginProblems),
    /// Somebody signs in to this chart already.
    SomebodyWasFaster,
}

fn taken() -> Written {
    Written::Problems(LoginProblems {
        email: Some(words::t("invites-problem-email-taken")),
        ..LoginProblems::default()
    })
}

async fn new_account(
    visitor: &Visitor,
    redeemer: &Redeemer,
    redeeming: &mut Redeeming<'_>,
    login: &LoginForm,
    name: &str,
    password_hash: String,
) -> Result<Written, Error> {
    // Against the list it was held before; the name is known only now.
    if login.check(&[name], &Breached::default()).is_err() {
        return Ok(Written::Problems(LoginProblems::guessable()));
    }
    let change = &mut redeeming.change;
    let row = AccountRow {
        id: redeemer.account(),
        key: &redeeming.key,
        email: &login.email,
        email_index: visitor.index("account.email", &normal::email(&login.email)),
        name,
        password_hash,
        now: visitor.now(),
        entry: change.entry(),
    };
    let id = redeemer.account().to_string();
    let columns = row.columns();
    let written = RowWritten { table: "account", id: id.clone(), version: 1, columns: &columns };
    if !change.insert_unless_taken(&written).await? {
        return Ok(taken());
    }
    if let Some(work) = redeemer.work() {
        let columns = row.staff(work.role, work.practitioner);
        change.insert(&RowWritten { table: "staff_member", id, version: 1, columns: &columns }).await?;
    }
    if let Some(patient) = redeeming.patient {
        let (id, columns) = making::own_chart(redeemer.account(), patient, visitor.now(), change.entry());
        if !change.insert_unless_taken(&RowWritten { table: "access_grant", id, version: 1, columns: &columns }).await?
        {
            return Ok(Written::SomebodyWasFaster);
        }
    }
    Ok(Written::Well)
}

/// A new password and address; the old second factors, recovery codes and sessions end.
async fn back_in(
    visitor: &Visitor,
    redeemer: &Redeemer,
    redeeming: &mut Redeeming<'_>,
    login: &LoginForm,
    password_hash: String,
) -> Result<Written, Error> {
    let id = redeemer.account();
    let email = redeeming.key.seal::<account::Email>(&id.to_string(), login.email.trim().as_bytes());
    let index = visitor.index("account.email", &normal::email(&login.email));
    let version = i64::from(redeeming.key.version());
    let change = &mut redeeming.change;
    if !accounts::renew_login(change, id, (email, version), index.as_str(), password_hash, visitor.now()).await? {
        return Ok(taken());
    }
    accounts::forget_factors(change, id, visitor.now()).await?;
    Ok(Written::Well)
}

/// A page that says why this door is closed, and what to do now.
async fn over(visitor: &Visitor, words_id: &str) -> PageResult {
    let view = Notice {
        heading: words::t(&format!("{words_id}-title")),
        paragraphs: vec![words::t(&format!("{words_id}-text")), words::t(&format!("{words_id}-next"))],
        way_on: LinkLine::new(words::t("invites-sign-in"), urls::SIGN_IN, ""),
        clinic_phone: visitor.app().clinic().await.phone.clone(),
    };
    page::show(visitor, &view)
}
