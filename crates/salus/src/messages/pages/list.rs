//! A patient's conversations.

use axum::extract::Query;
use salus_kernel::{Relation, actions::ViewMessages};
use serde::Deserialize;

use super::readers;
use crate::{
    access::Chart,
    messages::{
        model::Side,
        store::{self, Listed},
        views::{Line, List, topic_in_words},
    },
    patients,
    shell::{
        dates,
        page::{self, PageResult},
        urls,
        view::{Pager, Tag, Tone},
        words,
    },
};

/// How many conversations a page shows.
const PAGE: u64 = 50;

/// `?page=`.
#[derive(Debug, Default, Deserialize)]
pub struct Page {
    #[serde(default)]
    page: String,
}

/// The conversations, the newest first.
pub async fn list(chart: Chart<ViewMessages>, Query(query): Query<Page>) -> PageResult {
    let page = query.page.parse().unwrap_or(1_u64).clamp(1, 10_000);
    let clinic = chart.app().clinic().await;
    let zone = clinic.zone();
    let (account, side) = (chart.session().account, Side::of(chart.relation()));
    let mut tx = chart.read().await?;
    let total = store::count(&mut tx, chart.scope()).await?;
    let rows = store::list(&mut tx, chart.scope(), (account, side), (PAGE, (page - 1).saturating_mul(PAGE))).await?;
    let drafts = store::drafts(&mut tx, chart.scope(), account).await?;
    let readers = readers(&chart, &mut tx).await?;
    let banner = patients::banner(&chart, &mut tx).await?;
    let ids: Vec<_> = rows.iter().map(|row| row.thread.id).collect();
    let keys = chart.threads(&mut tx, &ids).await?;
    drop(tx);
    let line = |row: &Listed| {
        let mut tags = Vec::new();
        if drafts.contains(&Some(row.thread.id)) {
            tags.push(Tag::new(words::t("messages-tag-draft"), Tone::Caution));
        }
        if row.thread.closed_at.is_some() {
            tags.push(Tag::new(words::t("messages-tag-closed"), Tone::Plain));
        } else if row.last_side == Side::Patient {
            tags.push(Tag::new(words::t("messages-tag-waiting"), Tone::Plain));
        }
        let last = match (chart.relation(), row.last_side) {
            (Relation::Myself, Side::Patient) => "messages-last-you",
            (Relation::Caregiver, Side::Patient) => "messages-last-your-side",
            (Relation::Myself | Relation::Caregiver, Side::Team) => "messages-last-team",
            (_, Side::Patient) => "messages-last-patient",
            (_, Side::Team) => "messages-last-staff",
        };
        Ok(Line {
            url: urls::thread(chart.patient(), row.thread.id),
            subject: row.thread.subject.open(&keys)?,
            topic: topic_in_words(row.thread.topic),
            last: words::t1(last, "when", dates::day_and_time(row.last_at, &zone)),
            unread: row.unread,
            tags,
        })
    };
    let lines = rows.iter().map(line).collect::<Result<Vec<_>, crate::shell::error::Error>>()?;
    let view = List {
        patient: chart.patient().to_string(),
        banner,
        lines,
        pager: Pager::new(&urls::messages(chart.patient()), page, PAGE, total),
        has_draft: drafts.contains(&None),
        somebody_reads: !readers.is_empty(),
        answer_days: chart.app().web().message_days.into(),
        clinic_phone: clinic.phone.clone(),
    };
    page::show(&chart, &view)
}
