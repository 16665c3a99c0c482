//! Going through the ledger, day by day. Each day is one transaction: what stood out, and how far one has come.
//!
//! Every process looks once an hour whether a day is over. Of two that do a day at once, one finds that the other was faster,
//! and drops what it has. One that dies has written nothing of its day, and the next begins it anew.

use std::collections::{BTreeSet, HashMap};

use salus_db::ledger::{Filter, LedgerError};
use salus_kernel::{AccountId, PatientId, Role};

use super::{
    looks::{self, BEFORE, BILLED_WITHIN, Day, Known, Look},
    model::{self, Due},
    signs::{Likeness, Sign},
    store::{self, Counts, NewFinding, People},
};
use crate::{
    access::{App, Compared, ReviewRun},
    notices::{self, About, TellOwner},
    shell::error::{Error, chain},
};

/// How many entries are read at a time.
const BATCH: u32 = 1000;
/// The most days at once, so that a portal that stood still for long does its other work in between.
const DAYS: usize = 7;

/// Goes through the days that are over.
pub async fn go_on(app: &App) -> Result<(), Error> {
    for _ in 0..DAYS {
        let run = ReviewRun::new(app);
        let zone = app.clinic().await.zone();
        let (read_until, founded) = store::read_until(&mut run.read().await?).await?;
        let Some(due) = model::next(read_until, founded, run.now(), &zone) else { return Ok(()) };
        if !one_day(&run, due).await? {
            return Ok(()); // another process is at it
        }
    }
    Ok(())
}

/// Goes through a day; false when another process was faster.
async fn one_day(run: &ReviewRun, due: Due) -> Result<bool, Error> {
    let day = read(run, due).await?;
    let (visits, said_why) = {
        let mut tx = run.read().await?;
        let visits = store::visits(&mut tx, due.from.plus(-BILLED_WITHIN), due.until.plus(BILLED_WITHIN)).await?;
        (visits, store::said_why(&mut tx, due.from, due.until).await?)
    };
    let open = Known::of(&day.deeds, &visits).unexplained(&day.open);
    let (said, open): (Vec<Look>, Vec<Look>) =
        open.into_iter().partition(|look| said_why.iter().any(|said| said.of(look)));
    let (found, compared) = found(run, due, &open, &said).await?;
    let now = run.now();
    let mut change = run.begin().await?;
    let counts = Counts {
        entries: day.entries,
        looks: day.looks,
        unexplained: i64::try_from(open.len()).unwrap_or(i64::MAX),
        refused: day.refused,
    };
    let Some(week) = store::go_on(&mut change, due, &counts, now).await? else { return Ok(false) };
    for one in &found {
        store::write(&mut change, week, one, &compared, now).await?;
    }
    if !found.is_empty() || due.until >= due.week_ends {
        for account in notices::in_role(&mut change, Role::PrivacyOfficer).await? {
            change.enqueue(&TellOwner::once_a_day(account, About::Review, now)).await?;
        }
    }
    change.commit().await?;
    Ok(true)
}

/// What the ledger has of a day, and what was done in the days before.
async fn read(run: &ReviewRun, due: Due) -> Result<Day, Error> {
    let unreadable = |error: LedgerError| Error::broken(chain(&error));
    let mut ledger = run.ledger().await?;
    let filter = Filter { from: Some(due.from.plus(-BEFORE)), until: Some(due.until), ..Filter::default() };
    let (mut day, mut mark) = (Day::default(), None);
    loop {
        let rows = ledger.search(&filter, mark, BATCH).await.map_err(unreadable)?;
        for row in &rows {
            day.take(row, due.from);
        }
        mark = rows.last().map(salus_db::ledger::LedgerRow::mark);
        if rows.len() < usize::try_from(BATCH).unwrap_or(usize::MAX) {
            return Ok(day);
        }
    }
}

/// What stands out of looks that nothing explains, and whom they were at. What was said why is judged by what was said, unless more
/// than that connects the two: who judges the reason does not see it.
async fn found(run: &ReviewRun, due: Due, open: &[Look], said: &[Look]) -> Result<(Vec<NewFinding>, Compared), Error> {
    let people = People::read(&mut run.read().await?, due.from, due.until).await?;
    let with_reason = looks::pairs(said).into_iter().map(|pair| (pair, true));
    let pairs: Vec<_> = looks::pairs(open).into_iter().map(|pair| (pair, false)).chain(with_reason).collect();
    let own: HashMap<AccountId, PatientId> =
        pairs.iter().filter_map(|(pair, _)| Some((pair.account, people.own_record(pair.account)?))).collect();
    let named: BTreeSet<PatientId> = pairs.iter().map(|(pair, _)| pair.patient).chain(own.values().copied()).collect();
    let named: Vec<PatientId> = named.into_iter().collect();
    let compared = run.compare(&named).await?;
    let mut known = HashMap::new();
    for patient in named {
        // Nothing of an erased record opens any more.
        let Some(who) = compared.who(patient) else { continue };
        // One record that does not open keeps no other from being looked at.
        match who.open(&compared).map(|text| serde_json::from_str(&text)) {
            Ok(Ok(resource)) => drop(known.insert(patient, Likeness::of_record(&resource))),
            Ok(Err(_)) => tracing::error!("A record could not be compared: it is no resource"),
            Err(error) => tracing::error!("A record could not be compared: {error}"),
        }
    }
    let at_work = |account: AccountId| {
        let name = people.colleagues.get(&account).map(String::as_str).unwrap_or_default();
        let work = Likeness::of_colleague(name);
        match own.get(&account).and_then(|own| known.get(own)) {
            Some(record) => work.and(record),
            None => work,
        }
    };
    let mut found = Vec::new();
    for (pair, said) in pairs {
        let alike = known.get(&pair.patient).map(|patient| at_work(pair.account).signs(patient)).unwrap_or_default();
        let mut signs: Vec<Sign> = people.signs(pair.account, pair.patient).into_iter().chain(alike).collect();
        if signs.contains(&Sign::Own) {
            signs = vec![Sign::Own]; // they live where they live
        }
        if said {
            signs.retain(|sign| !matches!(sign, Sign::Colleague | Sign::Watched));
            if !signs.is_empty() {
                signs.push(Sign::SaidWhy);
            }
        }
        if !signs.is_empty() {
            let of = Some((pair.patient, signs));
            found.push(NewFinding { account: pair.account, of, first: pair.first, last: pair.last, looks: pair.looks });
        }
    }
    for burst in looks::bursts(open) {
        let records = i64::try_from(burst.records).unwrap_or(i64::MAX);
        found.push(NewFinding {
            account: burst.account,
            of: None,
            first: burst.first,
            last: burst.last,
            looks: records,
        });
    }
    Ok((found, compared))
}
