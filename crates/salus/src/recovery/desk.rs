//! The front desk's side: who wants back in, whom to call, and yes or no.

use salus_kernel::{
    AccountId, ActionType, MINUTE,
    actions::{DecideRecovery, ViewRecoveries},
};
use salus_vault::Opens;
use serde::Deserialize;

use super::{
    jobs::LetBackIn,
    model::{REASONS, SpokenCode, State},
    store::{self, Recovery},
    views::desk::{Chart, OfAccount, One, Queue, Ready},
};
use crate::{
    access::{Applicants, InPath, Posted, Worklist, columns::recovery},
    notices::{About, TellOwner},
    patients::{self, MayFrame},
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

/// How many of each kind a page shows.
const MOST: u32 = 50;

/// Actions of the desk that open who asks, and in whose chart the number to call stands.
pub trait OpensAsking: MayFrame + Opens<recovery::Name> {}
impl<A: MayFrame + Opens<recovery::Name>> OpensAsking for A {}

/// Who waits, the longest first, and about whom somebody decided.
pub async fn queue(list: Worklist<ViewRecoveries>) -> PageResult {
    let clinic = list.app().clinic().await;
    let (zone, days) = (clinic.zone(), list.app().web().registration_days);
    let mut tx = list.read().await?;
    let mut open = store::of_patients(&mut tx, MOST + 1, list.now()).await?;
    let decided = store::decided(&mut tx, MOST, list.now()).await?;
    drop(tx);
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    let more = open.len() > most;
    open.truncate(most);
    let accounts: Vec<AccountId> = open.iter().chain(&decided).map(|row| row.account).collect();
    let of = list.applicants(&accounts).await?;
    let line = |row: &Recovery, of: &Applicants<ViewRecoveries>| -> Result<Waiting, Error> {
        let state = row.state(list.now())?;
        let since = row.decided_at.unwrap_or(row.asked_at);
        Ok(Waiting {
            url: urls::recovery(row.account),
            name: row.name().open(of)?,
            about: words::t(&format!("recovery-wanted-short-{}", row.wanted)),
            since: dates::day_and_time(since, &zone),
            state: words::t(&format!("recovery-state-{}", state.word())),
            late: state == State::Waiting && list.now().since(row.asked_at) > i64::from(days) * 24 * 60 * MINUTE,
        })
    };
    let lines = |rows: &[Recovery]| rows.iter().map(|row| line(row, &of)).collect::<Result<Vec<_>, _>>();
    page::show(&list, &Queue { open: lines(&open)?, decided: lines(&decided)?, more })
}

/// Who asks, whose chart that is, and the form.
pub async fn one(list: Worklist<ViewRecoveries>, InPath(account): InPath) -> PageResult {
    let found = find(&list, account).await?;
    page::show(&list, &view(&list, &found, Wrong::default()).await?)
}

async fn find<A: ActionType>(list: &Worklist<A>, account: AccountId) -> Result<Recovery, Error> {
    store::of_patient(&mut list.read().await?, account).await?.ok_or(Error::NotFound)
}

/// What is wrong with the form.
#[derive(Default)]
struct Wrong {
    evidence: Option<String>,
    reason: Option<String>,
}

async fn view<A: OpensAsking>(list: &Worklist<A>, row: &Recovery, wrong: Wrong) -> Result<One, Error> {
    let zone = list.app().clinic().await.zone();
    let name = row.name().open(&list.applicants(&[row.account]).await?)?;
    let state = row.state(list.now())?;
    let chart = chart(list, row).await?;
    let told = |word: &str| words::t(&format!("recovery-{word}"));
    let mut facts = vec![
        Fact::new(told("name"), name),
        Fact::new(told("asked"), dates::day_and_time(row.asked_at, &zone)),
        Fact::new(told("wants"), words::t(&format!("recovery-wanted-short-{}", row.wanted))),
        Fact::new(told("state"), words::t(&format!("recovery-state-{}", state.word()))),
    ];
    if let (Some(by), Some(at)) = (&row.decided_by, row.decided_at) {
        let when = dates::day_and_time(at, &zone);
        facts.push(Fact::new(
            told("decided"),
            words::t_with("registrations-decided", [("by", by.as_str().into()), ("when", when.into())]),
        ));
    }
    if let Some(until) = row.ends_at.filter(|_| state == State::Approved) {
        facts.push(Fact::new(words::t("clinic-col-until"), dates::day_and_time(until, &zone)));
    }
    if let Some(reason) = &row.reason {
        facts.push(Fact::new(told("reason"), words::t(&format!("recovery-reason-{reason}"))));
    }
    let choice = |prefix: &str, word: &str| Choice::new(word, words::t(&format!("{prefix}-{word}")), false);
    let on_the_way = match state {
        State::Approved => words::t("recovery-approve-again"),
        State::Ended => words::t("recovery-approve-ended"),
        _ => String::new(),
    };
    Ok(One {
        account: row.account.to_string(),
        facts,
        open: state.open(),
        on_the_way,
        evidence: chart.evidence().map(|word| choice("invites-evidence", word)).collect(),
        chart,
        evidence_problem: wrong.evidence,
        reasons: REASONS.map(|word| choice("recovery-reason", word)).to_vec(),
        reason_problem: wrong.reason,
    })
}

/// The chart that the account opens: who that is, and the numbers in it.
async fn chart<A: OpensAsking>(list: &Worklist<A>, row: &Recovery) -> Result<OfAccount, Error> {
    let Some(patient) = row.patient else { return Ok(OfAccount::Nothing) };
    let mut disclosed = list.disclose(&[patient]).await?;
    if disclosed.erased.contains_key(&patient) {
        return Ok(OfAccount::Closed);
    }
    let Some(row) = staff::listed(&mut disclosed.tx, &[patient]).await?.pop() else { return Ok(OfAccount::Closed) };
    let born = row.birth_date.open(&disclosed.keys)?;
    Ok(OfAccount::Open(Chart {
        url: urls::profile(patient),
        name: row.name.open(&disclosed.keys)?,
        born: born.parse().map_or(born, dates::date),
        mrn: row.mrn.open(&disclosed.keys)?,
        deceased: row.deceased,
        phones: patients::phones(&mut disclosed, patient).await?,
    }))
}

/// How the desk knew.
#[derive(Deserialize)]
pub struct ApproveForm {
    #[serde(default)]
    evidence: String,
}

/// Lets the person back in: the link is mailed, and the code is on this page and nowhere else.
pub async fn approve(
    list: Worklist<DecideRecovery>,
    InPath(account): InPath,
    Posted(form): Posted<ApproveForm>,
) -> PageResult {
    let row = find(&list, account).await?;
    let chart = chart(&list, &row).await?;
    if !chart.can_be_let_in() {
        return page::again(&list, &view(&list, &row, Wrong::default()).await?);
    }
    let Some(evidence) = chart.evidence().find(|word| *word == form.evidence) else {
        let problem = Some(words::t("invites-problem-evidence"));
        return page::again(&list, &view(&list, &row, Wrong { evidence: problem, ..Wrong::default() }).await?);
    };
    let code = SpokenCode::fresh();
    let proof = code.proof(|purpose, message| list.digest(purpose, message), row.id);
    let mut change = list.begin().await?;
    change.concerns("Account", &account.to_string());
    let by = (list.session().account, evidence);
    if !store::approve(&mut change, row.id, by, proof, list.now()).await? {
        return Ok(see_other_with(&urls::recovery(account), Flash::RecoveryDecided));
    }
    change.enqueue(&LetBackIn { account, recovery: row.id, at: list.now() }).await?;
    change.commit().await?;
    let name = row.name().open(&list.applicants(&[account]).await?)?;
    page::show(&list, &ready(&list, name, &code, urls::RECOVERIES).await)
}

/// The page with the code.
pub(super) async fn ready<A: ActionType>(list: &Worklist<A>, name: String, code: &SpokenCode, done: &str) -> Ready {
    let zone = list.app().clinic().await.zone();
    Ready {
        name,
        code: code.in_groups(),
        until: dates::day_and_time(list.now().plus(super::model::LASTS), &zone),
        done: done.to_owned(),
    }
}

/// Why not.
#[derive(Deserialize)]
pub struct RefuseForm {
    #[serde(default)]
    reason: String,
}

/// Says no. The person is told that there is an answer, and to call.
pub async fn refuse(
    list: Worklist<DecideRecovery>,
    InPath(account): InPath,
    Posted(form): Posted<RefuseForm>,
) -> PageResult {
    let row = find(&list, account).await?;
    let Some(reason) = REASONS.into_iter().find(|word| *word == form.reason) else {
        let problem = Some(words::t("recovery-problem-reason"));
        return page::again(&list, &view(&list, &row, Wrong { reason: problem, ..Wrong::default() }).await?);
    };
    let mut change = list.begin().await?;
    change.concerns("Account", &account.to_string());
    if !store::refuse(&mut change, row.id, list.session().account, reason, list.now()).await? {
        return Ok(see_other_with(&urls::recovery(account), Flash::RecoveryDecided));
    }
    change.enqueue(&TellOwner::of(account, About::NotLetBackIn, list.now())).await?;
    change.commit().await?;
    Ok(see_other_with(urls::RECOVERIES, Flash::RecoveryRefused))
}
