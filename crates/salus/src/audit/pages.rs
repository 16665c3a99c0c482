//! The privacy officer's page: filters, what was found, how the chains stand.

use std::collections::HashMap;

use salus_db::{
    Sql,
    ledger::{Filter, LedgerError, LedgerReader, Mark},
    sql,
};
use salus_kernel::{AccountId, Action, PatientId, actions::SearchAudit};

use super::{
    chains::{self, Chains},
    filters::{self, DayProblem, SearchForm, Span, WhoseAccount},
    lines,
    views::{AuditSearch, ChainStatus, Found},
};
use crate::{
    access::{Posted, Worklist},
    shell::{
        error::{Error, chain},
        page::{self, PageResult},
        view::{Choice, Field},
        words,
    },
};

/// How many entries a page shows.
const PAGE: usize = 50;

const STAFF: Sql = sql!("SELECT account_id, name FROM staff_member ORDER BY name, account_id");

fn unreadable(error: LedgerError) -> Error {
    Error::broken(chain(&error))
}

/// How the chains stand, in one line.
pub async fn state_in_a_line(list: &Worklist<SearchAudit>) -> Result<String, Error> {
    let zone = list.app().clinic().await.zone();
    Ok(chains::look(&mut list.ledger().await?).await.map_err(unreadable)?.in_a_line(&zone))
}

/// The form.
pub async fn form(list: Worklist<SearchAudit>) -> PageResult {
    let status = status(&list, &mut list.ledger().await?).await?;
    page::show(&list, &view(SearchForm::default(), Problems::default(), None, status))
}

/// Searches. What is wrong is said beside its field, and nothing that was typed is lost.
pub async fn search(list: Worklist<SearchAudit>, Posted(form): Posted<SearchForm>) -> PageResult {
    let zone = list.app().clinic().await.zone();
    let mut ledger = list.ledger().await?;
    let status = status(&list, &mut ledger).await?;
    let staff = staff(&list).await?;
    let span = filters::span(&form.from, &form.to, &zone);
    let account = account(&list, &form.account, &staff).await?;
    let patient = patient(&list, &form.patient).await?;
    let (Span { from, until }, account, patient) = match (span, account, patient) {
        (Ok(span), Ok(account), Ok(patient)) => (span, account, patient),
        (span, account, patient) => {
            let (from, to) = span.err().unwrap_or_default();
            let problems = Problems {
                from: from.map(day_problem),
                to: to.map(day_problem),
                account: account.err(),
                patient: patient.err(),
            };
            return page::again(&list, &view(form, problems, None, status));
        }
    };
    let action = filters::action(&form.action);
    let filter = Filter {
        patient,
        account,
        action: action.map(|action| action.word().to_owned()),
        from,
        until,
        ..Filter::default()
    };

    let trail = filters::trail(&form.trail);
    let limit = u32::try_from(PAGE + 1).unwrap_or(u32::MAX);
    let mut rows = ledger.search(&filter, trail.last().copied(), limit).await.map_err(unreadable)?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let names: HashMap<String, String> = staff.into_iter().map(|(account, name)| (account.to_string(), name)).collect();
    let found = Found {
        showing: showing(trail.len(), rows.len(), more),
        previous: trail.split_last().map(|(_, before)| filters::trail_text(before)),
        next: rows.last().filter(|_| more).map(|row| filters::trail_text(&onwards(&trail, row.mark()))),
        entries: rows.iter().map(|row| lines::line(row, &names, patient, &zone)).collect(),
    };
    page::show(&list, &view(form, Problems::default(), Some(found), status))
}

fn onwards(trail: &[Mark], mark: Mark) -> Vec<Mark> {
    trail.iter().copied().chain(Some(mark)).collect()
}

/// "Entries 51 to 100", or how many there are when one page shows them all.
fn showing(pages_before: usize, here: usize, more: bool) -> String {
    let number = |count: usize| words::number(u64::try_from(count).unwrap_or(u64::MAX));
    match (pages_before, here, more) {
        (_, 0, _) => String::new(),
        (0, _, false) => words::t1("audit-found-count", "count", u64::try_from(here).unwrap_or(u64::MAX)),
        _ => {
            let before = pages_before.saturating_mul(PAGE);
            words::t_with(
                "audit-found-part",
                [("first", number(before + 1).into()), ("last", number(before + here).into())],
            )
        }
    }
}

async fn status(list: &Worklist<SearchAudit>, ledger: &mut LedgerReader) -> Result<ChainStatus, Error> {
    let chains: Chains = chains::look(ledger).await.map_err(unreadable)?;
    Ok(chains.status(&list.app().clinic().await.zone()))
}

async fn staff(list: &Worklist<SearchAudit>) -> Result<Vec<(AccountId, String)>, Error> {
    Ok(list.read().await?.all(STAFF, Vec::new()).await?)
}

/// Whose account is meant, or what to say beside the field.
async fn account(
    list: &Worklist<SearchAudit>,
    typed: &str,
    staff: &[(AccountId, String)],
) -> Result<Result<Option<AccountId>, String>, Error> {
    let unknown = || words::t("audit-problem-account");
    Ok(match filters::whose_account(typed) {
        WhoseAccount::Any => Ok(None),
        WhoseAccount::Id(account) => Ok(Some(account)),
        WhoseAccount::Email(email) => list.account_of_email(&email).await?.map(Some).ok_or_else(unknown),
        WhoseAccount::Name(name) => match filters::named(&name, staff).as_slice() {
            [] => Err(unknown()),
            [(account, _)] => Ok(Some(*account)),
            several => {
                let names: Vec<&str> = several.iter().take(5).map(|(_, name)| name.as_str()).collect();
                Err(words::t1("audit-problem-account-several", "names", names.join(", ")))
            }
        },
    })
}

/// Whose record is meant, or what to say beside the field.
async fn patient(list: &Worklist<SearchAudit>, typed: &str) -> Result<Result<Option<PatientId>, String>, Error> {
    if typed.trim().is_empty() {
        return Ok(Ok(None));
    }
    if let Some(patient) = filters::patient_id(typed) {
        return Ok(Ok(Some(patient)));
    }
    Ok(list.patient_of_number(typed).await?.map(Some).ok_or_else(|| words::t("audit-problem-patient")))
}

fn day_problem(problem: DayProblem) -> String {
    match problem {
        DayProblem::NotADay => words::t("audit-problem-date"),
        DayProblem::Order => words::t("audit-problem-order"),
    }
}

#[derive(Default)]
struct Problems {
    from: Option<String>,
    to: Option<String>,
    account: Option<String>,
    patient: Option<String>,
}

fn view(form: SearchForm, problems: Problems, found: Option<Found>, chain: ChainStatus) -> AuditSearch {
    let field = |value: String, problem: Option<String>| Field { value, problem };
    let chosen = filters::action(&form.action);
    let mut actions = vec![Choice::new("", words::t("audit-action-all"), chosen.is_none())];
    actions.extend(
        Action::ALL
            .iter()
            .map(|action| Choice::new(action.word(), lines::action_in_words(*action), chosen == Some(*action))),
    );
    AuditSearch {
        from: field(form.from, problems.from),
        to: field(form.to, problems.to),
        account: field(form.account, problems.account),
        patient: field(form.patient, problems.patient),
        actions,
        found,
        chain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_counted() {
        assert_eq!(showing(0, 3, false), "3 entries");
        assert_eq!(showing(0, 1, false), "1 entry");
        assert_eq!(showing(0, 50, true), "Entries 1 to 50");
        assert_eq!(showing(24, 7, false), "Entries 1,201 to 1,207");
        assert_eq!(showing(0, 0, false), "");
    }
}
