//! The inbox: conversations of patients in somebody's care.

use axum::extract::Query;
use salus_kernel::{MINUTE, PatientId, actions::ViewInbox};
use serde::Deserialize;

use crate::{
    access::Worklist,
    messages::{
        model::{Claim, Filter},
        store,
        views::{Inbox, Waiting, inbox_address, topic_in_words},
    },
    shell::{
        dates,
        page::{self, PageResult},
        urls,
        view::{Tag, Tone},
        words,
    },
    staff,
};

/// How many conversations a page shows.
const PAGE: u64 = 50;
const DAY: i64 = 24 * 60 * MINUTE;

/// `?show=&page=`.
#[derive(Debug, Default, Deserialize)]
pub struct Show {
    #[serde(default)]
    show: String,
    #[serde(default)]
    page: String,
}

/// The conversations, what waits longest first.
pub async fn inbox(list: Worklist<ViewInbox>, Query(query): Query<Show>) -> PageResult {
    let filter = Filter::from_word(&query.show).unwrap_or(Filter::All);
    let page = query.page.parse().unwrap_or(1_u64).clamp(1, 10_000);
    let zone = list.app().clinic().await.zone();
    let account = list.session().account;
    let mut view = Inbox { filter, lines: Vec::new(), waiting: 0, previous: None, next: None };
    // Who treats patients and is no practitioner yet has nobody in their care.
    let Some(practitioner) = list.session().practitioner else { return page::show(&list, &view) };
    let mut tx = list.read().await?;
    let part = (PAGE + 1, (page - 1).saturating_mul(PAGE));
    let mut rows = store::inbox(&mut tx, practitioner, account, filter, part, list.now()).await?;
    view.waiting = store::waiting(&mut tx, practitioner, list.now()).await?;
    drop(tx);
    let shown = usize::try_from(PAGE).unwrap_or(usize::MAX);
    view.next = (rows.len() > shown).then(|| inbox_address(filter, page.saturating_add(1)));
    view.previous = (page > 1).then(|| inbox_address(filter, page.saturating_sub(1)));
    rows.truncate(shown);

    let mut patients: Vec<PatientId> = rows.iter().map(|row| row.patient).collect();
    patients.sort();
    patients.dedup();
    let mut disclosed = list.disclose(&patients).await?;
    let names = staff::named(&mut disclosed, &patients).await?;
    let mut tx = list.read().await?;
    let threads: Vec<_> = rows.iter().map(|row| (row.patient, row.thread)).collect();
    let keys = disclosed.keys.threads(&mut tx, &threads).await?;
    let late = i64::from(list.app().web().message_days) * DAY;
    for row in &rows {
        let Some(patient) = names.get(&row.patient) else { continue };
        let mine = row.claimed_by == Some(account);
        let claim = match row.claimed_by {
            None if row.waiting_since.is_some() => Some(Claim::Take),
            Some(_) if mine && !row.closed => Some(Claim::GiveBack),
            _ => None,
        };
        view.lines.push(Waiting {
            url: urls::thread(row.patient, row.thread),
            claim_url: urls::thread_claim(row.patient, row.thread),
            name: patient.name.clone(),
            subject: row.subject.open(&keys)?,
            topic: topic_in_words(row.topic),
            when: dates::day_and_time(row.waiting_since.unwrap_or(row.last_at), &zone),
            tag: tag(row, row.waiting_since.is_some_and(|since| list.now().since(since) > late)),
            claimed: if mine { words::t("messages-claimed-you") } else { row.claimed_name.clone().unwrap_or_default() },
            action: claim.map(|claim| (claim.word(), words::t(&format!("messages-claim-{}", claim.word())))),
        });
    }
    page::show(&list, &view)
}

fn tag(row: &store::Waiting, late: bool) -> Tag {
    match (row.closed, row.waiting_since.is_some()) {
        (true, _) => Tag::new(words::t("messages-tag-closed"), Tone::Plain),
        (false, true) if late => Tag::new(words::t("messages-tag-late"), Tone::Caution),
        (false, true) => Tag::new(words::t("messages-tag-waits"), Tone::Plain),
        (false, false) => Tag::new(words::t("messages-tag-answered"), Tone::Good),
    }
}
