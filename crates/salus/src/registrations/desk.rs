//! The front desk's side: who waits, what they typed, which charts it could be, and turning somebody down.

use jiff::civil::Date;
use salus_fhir::When;
use salus_kernel::{
    AccountId, ActionType, MINUTE, PatientId,
    actions::{DecideRegistration, ViewRegistrations},
};
use salus_vault::Opens;
use serde::Deserialize;

use super::{
    MOST, PROPOSED,
    likeness::{self, Likeness},
    store::{self, Decision, Registration, State},
    views::desk::{One, Proposed, Queue, Refusal, Typed},
};
use crate::{
    access::{
        Applicants, InPath, Posted, Wanted, Worklist,
        columns::{patient, registration},
    },
    notices::{About, TellOwner},
    record,
    shell::{
        dates,
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other_with},
        urls,
        view::{Choice, Fact, Waiting},
        words,
    },
    staff,
};

/// Why the desk can say no: words of the table, of the list on the page, and of what the person reads.
pub const REASONS: [&str; 4] = ["not-found", "not-proven", "other-account", "not-a-patient"];

/// Actions that open what somebody typed.
pub trait OpensTyped:
    ActionType
    + Opens<registration::Name>
    + Opens<registration::BirthDate>
    + Opens<registration::Email>
    + Opens<registration::Phone>
{
}
impl<A> OpensTyped for A where
    A: ActionType
        + Opens<registration::Name>
        + Opens<registration::BirthDate>
        + Opens<registration::Email>
        + Opens<registration::Phone>
{
}

/// What somebody typed, opened.
pub struct Opened {
    /// The registration.
    pub row: Registration,
    /// The name.
    pub name: String,
    /// `YYYY-MM-DD`.
    pub birth_date: String,
    /// The address.
    pub email: String,
    /// The phone; may be empty.
    pub phone: String,
}

/// Opens what somebody typed. The ledger has named them.
pub async fn open<A: OpensTyped>(of: &mut Applicants<A>, account: AccountId) -> Result<Opened, Error> {
    let row = store::one(of, account).await?;
    Ok(Opened {
        name: row.name.open(of)?,
        birth_date: row.birth_date.open(of)?,
        email: row.email.open(of)?,
        phone: row.phone.open(of)?,
        row,
    })
}

/// "March 14, 1985 (41 years)".
pub fn born_in_words(birth_date: &str, today: Date) -> String {
    match birth_date.parse::<Date>() {
        Ok(born) => format!("{} ({})", dates::date(born), dates::age(born, today)),
        Err(_) => birth_date.to_owned(),
    }
}

/// What somebody typed, as facts in words.
pub fn facts(typed: &Opened, today: Date, zone: &jiff::tz::TimeZone) -> Vec<Fact> {
    let phone = if typed.phone.is_empty() { words::t("registrations-no-phone") } else { typed.phone.clone() };
    vec![
        Fact::new(words::t("registrations-name"), typed.name.clone()),
        Fact::new(words::t("registrations-birth-date"), born_in_words(&typed.birth_date, today)),
        Fact::new(words::t("registrations-email-verified"), typed.email.clone()),
        Fact::new(words::t("registrations-phone-unverified"), phone),
        Fact::new(words::t("registrations-since"), dates::day_and_time(typed.row.since, zone)),
    ]
}

/// Who waits, the longest first, and who was decided about of late.
pub async fn queue(list: Worklist<ViewRegistrations>) -> PageResult {
    let clinic = list.app().clinic().await;
    let (zone, days) = (clinic.zone(), list.app().web().registration_days);
    let mut tx = list.read().await?;
    let mut waiting = store::queue(&mut tx, MOST + 1).await?;
    let decided = store::decided(&mut tx, MOST).await?;
    drop(tx);
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    let more = waiting.len() > most;
    waiting.truncate(most);
    let shown: Vec<AccountId> = waiting.into_iter().chain(decided).collect();
    let mut of = list.applicants(&shown).await?;
    let today = dates::on(list.now(), &zone);
    let (mut waiting, mut decided) = (Vec::new(), Vec::new());
    for account in shown {
        let typed = open(&mut of, account).await?;
        let since = typed.row.decided_at.unwrap_or(typed.row.since);
        let late = typed.row.state.open() && list.now().since(since) > i64::from(days) * 24 * 60 * MINUTE;
        let lines = if typed.row.state.open() { &mut waiting } else { &mut decided };
        lines.push(Waiting {
            url: urls::registration(account),
            name: typed.name,
            about: born_in_words(&typed.birth_date, today),
            since: dates::day_and_time(since, &zone),
            state: words::t(&format!("registrations-state-{}", typed.row.state.word())),
            late,
        });
    }
    page::show(&list, &Queue { waiting, decided, more })
}

/// Somebody who registered, and the charts that it could be.
pub async fn one(list: Worklist<ViewRegistrations>, InPath(account): InPath) -> PageResult {
    if store::there(&mut list.read().await?, account).await?.is_none() {
        return Err(Error::NotFound);
    }
    let typed = open(&mut list.applicants(&[account]).await?, account).await?;
    let url = |patient| urls::compare(patient, account);
    let proposed = charts_like(&list, (&typed.name, &typed.birth_date), url).await?;
    page::show(&list, &one_view(&list, &typed, proposed, Refusal::default()).await)
}

async fn one_view<A: ActionType>(list: &Worklist<A>, typed: &Opened, proposed: Vec<Proposed>, refusal: Refusal) -> One {
    let zone = list.app().clinic().await.zone();
    let chosen = refusal.chosen.clone();
    One {
        account: typed.row.account.to_string(),
        typed: Typed {
            facts: facts(typed, dates::on(list.now(), &zone), &zone),
            suffix: likeness::has_suffix(&typed.name),
        },
        state: typed.row.state,
        decided: typed.row.decided_at.map(|at| {
            let by = typed.row.decided_by.clone().unwrap_or_default();
            let when = dates::day_and_time(at, &zone);
            words::t_with("registrations-decided", [("by", by.into()), ("when", when.into())])
        }),
        reason: typed.row.reason.as_ref().map(|word| words::t(&format!("registrations-reason-{word}"))),
        chart: typed.row.patient.map(urls::profile),
        reasons: REASONS
            .map(|word| Choice::new(word, words::t(&format!("registrations-reason-{word}")), word == chosen))
            .to_vec(),
        proposed,
        refusal,
    }
}

/// Charts with the same name and date of birth (`YYYY-MM-DD`), then those with either. Nothing is proposed twice, and nothing is
/// chosen. What is watched fits by both: nobody finds out by a name that they registered who comes here.
pub async fn charts_like<A>(
    list: &Worklist<A>,
    (name, birth_date): (&str, &str),
    url: impl Fn(PatientId) -> String,
) -> Result<Vec<Proposed>, Error>
where
    A: ActionType + Opens<patient::Name> + Opens<patient::BirthDate> + Opens<patient::Mrn>,
{
    let by_date = Wanted { birth_date: Some(birth_date.to_owned()), ..Wanted::default() };
    let by_name = Wanted { name: name.to_owned(), ..Wanted::default() };
    let by_both = Wanted { name: name.to_owned(), ..by_date.clone() };
    let mut patients: Vec<PatientId> = Vec::new();
    for wanted in [by_both, by_name, by_date] {
        for found in list.find(&wanted, PROPOSED).await? {
            if !patients.contains(&found.patient) {
                patients.push(found.patient);
            }
        }
    }
    patients.truncate(PROPOSED);
    let zone = list.app().clinic().await.zone();
    let mut disclosed = list.disclose(&patients).await?;
    let mut lines = Vec::new();
    for row in staff::listed(&mut disclosed.tx, &patients).await? {
        if disclosed.erased.contains_key(&row.patient) {
            continue;
        }
        let open = (row.name.open(&disclosed.keys)?, row.birth_date.open(&disclosed.keys)?);
        let like = Likeness::of((name, birth_date), (&open.0, &open.1));
        lines.push((
            like,
            Proposed {
                url: url(row.patient),
                name: open.0,
                born: When::parse(&open.1).map(|when| record::brief(when, &zone)).unwrap_or_default(),
                mrn: staff::masked(&row.mrn.open(&disclosed.keys)?),
                like,
            },
        ));
    }
    lines.sort_by_key(|(like, line)| (like.rank(), line.name.clone()));
    Ok(lines.into_iter().map(|(_, line)| line).collect())
}

/// What the form sends that turns somebody down.
#[derive(Deserialize)]
pub struct RefuseForm {
    #[serde(default)]
    reason: String,
}

/// Turns somebody down, with a reason that they read.
pub async fn refuse(
    list: Worklist<DecideRegistration>,
    InPath(account): InPath,
    Posted(form): Posted<RefuseForm>,
) -> PageResult {
    let Some(state) = store::there(&mut list.read().await?, account).await? else { return Err(Error::NotFound) };
    let Some(reason) = REASONS.into_iter().find(|word| *word == form.reason) else {
        let typed = open(&mut list.applicants(&[account]).await?, account).await?;
        let refusal = Refusal {
            chosen: form.reason,
            problem: Some(words::t("registrations-problem-reason")),
            without_charts: true,
        };
        return page::again(&list, &one_view(&list, &typed, Vec::new(), refusal).await);
    };
    match decide(&list, account, state, State::Refused, Some(reason)).await? {
        true => Ok(see_other_with(urls::REGISTRATIONS, Flash::RegistrationRefused)),
        false => Ok(see_other_with(&urls::registration(account), Flash::RegistrationDecided)),
    }
}

/// Takes somebody up again who was turned down.
pub async fn reopen(list: Worklist<DecideRegistration>, InPath(account): InPath) -> PageResult {
    let Some(state) = store::there(&mut list.read().await?, account).await? else { return Err(Error::NotFound) };
    let reopened = state == State::Refused && decide(&list, account, state, State::Waiting, None).await?;
    let flash = if reopened { Flash::RegistrationReopened } else { Flash::RegistrationDecided };
    Ok(see_other_with(&urls::registration(account), flash))
}

/// Writes the decision and has the person told; false when somebody else decided meanwhile: that stays.
async fn decide(
    list: &Worklist<DecideRegistration>,
    account: AccountId,
    seen: State,
    state: State,
    reason: Option<&str>,
) -> Result<bool, Error> {
    if state == State::Refused && !seen.open() {
        return Ok(false);
    }
    let mut change = list.begin().await?;
    change.concerns("Account", &account.to_string());
    let (by, at) = (list.session().account, list.now());
    let decision = Decision { state, reason, evidence: None, patient: None, by, at };
    if !store::decide(&mut change, account, seen, &decision).await? {
        return Ok(false);
    }
    if state == State::Refused {
        change.enqueue(&TellOwner::of(account, About::Answered, at)).await?;
    }
    change.commit().await?;
    Ok(true)
}
