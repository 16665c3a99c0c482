//! What the ledger has of the requests that were acknowledged.

use std::{collections::HashMap, net::IpAddr};

use anyhow::Result;
use salus::access::founding::Opened;
use salus_db::{
    Sight,
    ledger::{Filter, LedgerReader},
};
use salus_kernel::{Instant, RequestId, SECOND};
use salus_ledger::{Kind, Outcome};

use super::load::{Acknowledged, Kept};
use crate::ground::{Demo, clock};

/// How many entries are read at once.
const PAGE: u32 = 2000;

/// What entries say about one request.
#[derive(Default)]
struct Entries {
    request: Option<RequestId>,
    read: bool,
    change: bool,
    outcome: bool,
}

/// Acknowledged requests without their entry, in words.
pub async fn missing(demo: &Demo, acknowledged: &[Acknowledged], since: Instant) -> Result<Vec<String>> {
    let Opened { db, ledger } = demo.open(clock(), true).await?;
    let mut reader = ledger.reader(&Sight::of_run("audit")).await?;
    let entries = entries(&mut reader, since).await?;
    drop(reader);
    ledger.close().await?;
    db.close().await;
    Ok(acknowledged.iter().filter_map(|one| lacks(one, entries.get(&one.from))).collect())
}

fn lacks(one: &Acknowledged, entries: Option<&Entries>) -> Option<String> {
    let Some(entries) = entries else { return Some(format!("{} from {}: no entry", one.path, one.from)) };
    let lack = match one.kept {
        Kept::Read if !entries.read => "no entry of a look",
        Kept::Change if !entries.change => "no entry of a change",
        Kept::Change if !entries.outcome => "no outcome of a change",
        Kept::Read | Kept::Change => "",
    };
    let number = entries.request.map(|request| request.to_string());
    let reference = one.reference.as_ref().filter(|reference| number.as_ref() != Some(*reference));
    match (lack, reference, one.kept) {
        ("", None, Kept::Read) if one.reference.is_none() => Some(format!("{}: the page shows no reference", one.path)),
        ("", None, _) => None,
        ("", Some(reference), _) => {
            Some(format!("{}: the page shows {reference}, the entry has {}", one.path, number.unwrap_or_default()))
        }
        (lack, ..) => Some(format!("{} from {} ({}): {lack}", one.path, one.from, number.unwrap_or_default())),
    }
}

async fn entries(reader: &mut LedgerReader, since: Instant) -> Result<HashMap<IpAddr, Entries>> {
    let filter = Filter { from: Some(since.plus(-SECOND)), ..Filter::default() };
    let mut found: HashMap<IpAddr, Entries> = HashMap::new();
    let mut before = None;
    loop {
        let rows = reader.search(&filter, before, PAGE).await?;
        let Some(last) = rows.last() else { return Ok(found) };
        before = Some(last.mark());
        for row in &rows {
            let Some(entry) = row.entry() else { continue };
            let Some(address) = entry.draft.address else { continue };
            let known = found.entry(address).or_default();
            known.request = row.request.parse().ok();
            match (entry.draft.kind, entry.draft.outcome) {
                (Kind::Read, Outcome::Allowed) => known.read = true,
                (Kind::Change, Outcome::Allowed) => known.change = true,
                (Kind::Outcome, Outcome::Done) => known.outcome = true,
                _ => {}
            }
        }
    }
}
