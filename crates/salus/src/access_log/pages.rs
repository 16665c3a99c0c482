//! The page, and the one sentence about it on the home page.

use std::collections::{HashMap, HashSet};

use axum::extract::Query;
use salus_db::{
    ledger::{Filter, LedgerReader, Mark},
    sql,
};
use salus_kernel::{ActionType, MINUTE, actions::ViewAccessLog};
use salus_vault::Opens;
use serde::Deserialize;

use super::{
    model::{self, Line, Who},
    views::{AccessLog, Day, Look},
};
use crate::{
    access::{Chart, columns::related_person},
    proxies,
    shell::{
        dates,
        error::{Error, chain},
        page::{self, PageResult},
        urls, words,
    },
};

/// How many entries are read at a time.
const BATCH: u32 = 250;
/// How many entries the sentence on the home page counts at most.
const COUNTED: u32 = 500;

const STAFF: salus_db::Sql = sql!("SELECT account_id, name FROM staff_member");

/// `?before=`: where the page before ended.
#[derive(Debug, Default, Deserialize)]
pub struct Before {
    #[serde(default)]
    before: String,
}

/// Who opened the record, by day.
pub async fn index(chart: Chart<ViewAccessLog>, Query(query): Query<Before>) -> PageResult {
    let clinic = chart.app().clinic().await;
    let zone = clinic.zone();
    let list = urls::access_log(chart.patient());
    // An address that was cut short shows the beginning.
    let before: Option<Mark> = query.before.parse().ok();

    let (lines, older) = lines(&chart, before, &zone).await?;
    let days = model::days(&lines, &zone);
    let names = if days.is_empty() { HashMap::new() } else { names(&chart).await? };
    let days = days
        .into_iter()
        .map(|(date, groups)| Day {
            heading: dates::date_with_weekday(date),
            looks: groups
                .iter()
                .map(|group| Look {
                    time: group.time(&zone),
                    who: group.name(|account| names.get(account).cloned()),
                    role: group.role(),
                    what: group.what(),
                    purpose: group.purpose(),
                    refused: group.refused,
                    you: group.who == Who::You,
                })
                .collect(),
        })
        .collect();
    let view = AccessLog {
        patient: chart.patient().to_string(),
        days,
        newest: before.map(|_| list.clone()),
        older: older.map(|mark| format!("{list}?before={mark}")),
        clinic_phone: clinic.phone.clone(),
    };
    page::show(&chart, &view)
}

/// Reads the entries that follow a mark to the end of the lines, as far as a batch goes; whether these were the last.
pub(super) async fn batch<A: ActionType>(
    chart: &Chart<A>,
    ledger: &mut LedgerReader,
    mark: Option<Mark>,
    lines: &mut Vec<Line>,
) -> Result<bool, Error> {
    let rows =
        ledger.entries_of_patient(chart.patient(), mark, BATCH).await.map_err(|error| Error::broken(chain(&error)))?;
    let own = chart.session().account;
    lines.extend(rows.iter().map(|row| Line::of(row, own)));
    Ok(rows.len() < usize::try_from(BATCH).unwrap_or(usize::MAX))
}

/// A page of entries, and where the next one begins.
async fn lines(
    chart: &Chart<ViewAccessLog>,
    before: Option<Mark>,
    zone: &jiff::tz::TimeZone,
) -> Result<(Vec<Line>, Option<Mark>), Error> {
    let mut ledger = chart.ledger().await?;
    let mut lines: Vec<Line> = Vec::new();
    let mut mark = before;
    loop {
        let end = batch(chart, &mut ledger, mark, &mut lines).await?;
        match model::page_of(&lines, zone) {
            Some(whole) if whole < lines.len() || !end => {
                lines.truncate(whole);
                let mark = lines.last().map(|line| line.mark);
                return Ok((lines, mark));
            }
            _ if end => return Ok((lines, None)),
            _ => {}
        }
        mark = lines.last().map(|line| line.mark);
    }
}

/// Who works here, and who acts or acted for the patient, by their account.
pub(super) async fn names<A>(chart: &Chart<A>) -> Result<HashMap<String, String>, Error>
where
    A: ActionType + Opens<related_person::AccountName>,
{
    let mut tx = chart.read().await?;
    let staff: Vec<(String, String)> = tx.all(STAFF, Vec::new()).await?;
    let caregivers = proxies::names(&mut tx, chart).await?;
    Ok(caregivers.into_iter().map(|(account, name)| (account.to_string(), name)).chain(staff).collect())
}

/// "Your record was opened 4 times in the last 30 days by people at the clinic.": looks by others, by request.
///
/// For whom policy does not let see the access log there is nothing to say.
pub async fn looks_lately<A: ActionType>(chart: &Chart<A>, days: u32) -> Result<String, Error> {
    let from = chart.now().plus(-i64::from(days) * 24 * 60 * MINUTE);
    let filter =
        Filter { patient: Some(chart.patient()), kind: Some("read".to_owned()), from: Some(from), ..Filter::default() };
    let rows =
        chart.ledger().await?.search(&filter, None, COUNTED).await.map_err(|error| Error::broken(chain(&error)))?;
    let all_counted = rows.len() < usize::try_from(COUNTED).unwrap_or(usize::MAX);
    let looks: HashSet<String> = rows
        .iter()
        .map(|row| Line::of(row, chart.session().account))
        .filter(Line::is_a_look_by_others)
        .map(|line| line.request().to_owned())
        .collect();
    let count = u64::try_from(looks.len()).unwrap_or(u64::MAX);
    let id = if all_counted { "access-log-lately" } else { "access-log-lately-many" };
    Ok(words::t_with(id, [("count", count.into()), ("days", u64::from(days).into())]))
}
