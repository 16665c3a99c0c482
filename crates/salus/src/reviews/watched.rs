//! Records that are watched: a colleague's own, or somebody's whom everybody knows (THR-02). The privacy officer has them watched, by
//! their number; they open nothing by it, and nobody else is told.

use axum::extract::Path;
use salus_db::{Reader, Sql, args, row, sql};
use salus_kernel::{
    AccountId, ActionType, Instant, MINUTE, PatientId, ResourceId,
    actions::{ChangeWatched, ViewWatched},
};
use salus_vault::Opens;
use serde::Deserialize;

use super::views::{Watched, WatchedLine};
use crate::{
    access::{Posted, RowWritten, Worklist, columns::account},
    audit,
    shell::{
        dates,
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other, see_other_with},
        urls,
        view::{Choice, Field},
        words,
    },
};

/// So long it is shown that a record was watched: nobody ends it for an hour unseen.
const SHOWN: i64 = 90 * 24 * 60 * MINUTE;
/// In the form: nobody who works here.
const OTHER: &str = "other";

struct Row {
    id: ResourceId,
    patient_id: PatientId,
    colleague: Option<String>,
    made_by: Option<String>,
    created_at: Instant,
    ended_by: Option<String>,
    ended_at: Option<Instant>,
}
row!(Row { id, patient_id, colleague, made_by, created_at, ended_by, ended_at });

const NOW: Sql = sql!(
    "SELECT w.id AS id, w.patient_id AS patient_id, c.name AS colleague, m.name AS made_by, w.created_at AS created_at,
            e.name AS ended_by, w.ended_at AS ended_at
       FROM watched_record w
       LEFT JOIN staff_member c ON c.account_id = w.account_id
       LEFT JOIN staff_member m ON m.account_id = w.made_by
       LEFT JOIN staff_member e ON e.account_id = w.ended_by
      WHERE w.ended_at IS NULL OR w.ended_at > $1 ORDER BY COALESCE(w.ended_at, w.created_at) DESC, w.id"
);
const COLLEAGUES: Sql = sql!("SELECT account_id, name FROM staff_member WHERE active = TRUE ORDER BY name, account_id");
const OF: Sql = sql!(
    "SELECT patient_id, account_id FROM watched_record WHERE ended_at IS NULL AND (patient_id = $1 OR account_id = $2)"
);
const VERSION: Sql = sql!("SELECT version FROM watched_record WHERE id = $1 AND ended_at IS NULL");
const END: Sql = sql!(
    "UPDATE watched_record SET ended_at = $3, ended_by = $4, version = version + 1, entry = $5
      WHERE id = $1 AND version = $2 AND ended_at IS NULL"
);

/// Which records are watched, and the form for one more.
pub async fn list(list: Worklist<ViewWatched>) -> PageResult {
    let view = view(&list, Form::default(), None, None).await?;
    page::show(&list, &view)
}

/// Which record, and whose it is.
#[derive(Default, Deserialize)]
pub struct Form {
    #[serde(default)]
    number: String,
    #[serde(default)]
    whose: String,
}

async fn view<A: ActionType + Opens<account::Name>>(
    list: &Worklist<A>,
    form: Form,
    number: Option<String>,
    whose: Option<String>,
) -> Result<Watched, Error> {
    let zone = list.app().clinic().await.zone();
    let mut tx = list.read().await?;
    let rows: Vec<Row> = tx.all(NOW, args![list.now().plus(-SHOWN)]).await?;
    let line = |row: Row| {
        let since = dates::day(row.created_at, &zone);
        WatchedLine {
            id: row.id.to_string(),
            whose: match row.colleague {
                Some(name) => words::t1("reviews-watched-colleague", "name", name),
                None => words::t("reviews-watched-known"),
            },
            record: audit::ending(&row.patient_id.to_string()),
            since: words::t_with(
                "reviews-watched-since",
                [("when", since.into()), ("name", row.made_by.unwrap_or_default().into())],
            ),
            ended: row.ended_at.map(|at| {
                let name = row.ended_by.unwrap_or_default();
                words::t_with(
                    "reviews-watched-until",
                    [("when", dates::day_and_time(at, &zone).into()), ("name", name.into())],
                )
            }),
        }
    };
    let (before, now) = rows.into_iter().map(line).partition(|line: &WatchedLine| line.ended.is_some());
    let choice = |value: String, text: String| {
        let chosen = value == form.whose;
        Choice::new(value, text, chosen)
    };
    let mut choices = vec![choice(String::new(), words::t("reviews-watched-choose"))];
    choices.extend(colleagues(&mut tx).await?.into_iter().map(|(account, name)| choice(account.to_string(), name)));
    choices.push(choice(OTHER.to_owned(), words::t("reviews-watched-other")));
    Ok(Watched {
        lines: now,
        before,
        number: Field { value: form.number.clone(), problem: number },
        whose: choices,
        whose_problem: whose,
    })
}

async fn colleagues(tx: &mut Reader) -> Result<Vec<(AccountId, String)>, Error> {
    Ok(tx.all(COLLEAGUES, Vec::new()).await?)
}

/// Has a record watched. What is wrong is said beside its field, and nothing that was typed is lost.
pub async fn begin(list: Worklist<ChangeWatched>, Posted(form): Posted<Form>) -> PageResult {
    let found = list.patient_of_number(&form.number).await?;
    let whose: Option<Option<AccountId>> = match form.whose.as_str() {
        OTHER => Some(None),
        typed => {
            let all = colleagues(&mut list.read().await?).await?;
            all.into_iter().find(|(account, _)| account.to_string() == typed).map(|(account, _)| Some(account))
        }
    };
    let (Some(patient), Some(whose)) = (found, whose) else {
        let number = found.is_none().then(|| words::t("reviews-watched-problem-number"));
        let whose = whose.is_none().then(|| words::t("reviews-watched-problem-whose"));
        return page::again(&list, &view(&list, form, number, whose).await?);
    };
    let (now, id) = (list.now(), ResourceId::new(list.now(), salus_vault::random()));
    let mut change = list.begin().await?;
    let before: Vec<(PatientId, Option<AccountId>)> = change.all(OF, args![patient, whose]).await?;
    let entry = change.entry();
    let columns = [
        ("id", id.into()),
        ("patient_id", patient.into()),
        ("account_id", whose.into()),
        ("made_by", list.session().account.into()),
        ("created_at", now.into()),
        ("ended_at", None::<Instant>.into()),
        ("ended_by", None::<AccountId>.into()),
        ("version", 1_i64.into()),
        ("entry", entry.into()),
    ];
    let row = RowWritten { table: "watched_record", id: id.to_string(), version: 1, columns: &columns };
    if before.is_empty() && change.insert_unless_taken(&row).await? {
        change.commit().await?;
        return Ok(see_other_with(urls::WATCHED, Flash::Watched));
    }
    drop(change);
    // Another record of the same colleague, or this record: also where somebody else was faster.
    let of_account = before.iter().all(|(watched, _)| *watched != patient) && !before.is_empty();
    let number = (!of_account).then(|| words::t("reviews-watched-problem-taken"));
    let whose = of_account.then(|| words::t("reviews-watched-problem-account"));
    page::again(&list, &view(&list, form, number, whose).await?)
}

/// Watches a record no longer. Twice is once.
pub async fn end(list: Worklist<ChangeWatched>, Path(id): Path<String>) -> PageResult {
    let id: ResourceId = id.parse().map_err(|_| Error::NotFound)?;
    let mut change = list.begin().await?;
    let Some((version,)) = change.maybe::<(i64,)>(VERSION, args![id]).await? else {
        return Ok(see_other(urls::WATCHED));
    };
    let entry = change.entry();
    let values = args![id, version, list.now(), list.session().account, entry];
    if change.save_row("watched_record", id, END, values).await? {
        change.commit().await?;
        return Ok(see_other_with(urls::WATCHED, Flash::WatchedEnded));
    }
    Ok(see_other(urls::WATCHED))
}
