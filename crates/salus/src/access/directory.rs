//! The directory: names, birth dates and record numbers of all patients, in memory, for search.
//!
//! Name search needs names, and no trace of a name may lie on disk unsealed. So they are opened once, here inside
//! `access/`, and what a search finds is a list of ids: nothing is shown before `Worklist::disclose` has named them in
//! the ledger. Loaded at the first search, read again when patients were added or changed.

use std::collections::HashSet;

use salus_db::{row, sql};
use salus_kernel::{PatientId, Subject};
use salus_vault::normal;
use tokio::sync::RwLock;

use salus_ledger::{Actor, ActorKind, EntryDraft, Kind, Outcome};

use super::{
    Floor, Sight,
    audit::{self, word},
    columns::patient,
    store,
};
use crate::shell::error::Error;

/// What someone typed into the search.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Words of a name, in any order; the beginnings count.
    pub name: String,
    /// `YYYY-MM-DD`.
    pub birth_date: Option<String>,
    /// A record number.
    pub mrn: String,
}

impl Wanted {
    /// Whether it names one person, and not all of a name or a birthday: who is on the phone says so much.
    pub(super) fn is_close(&self) -> bool {
        let a_name = normal::name(&self.name).split(' ').any(|word| word.chars().count() >= 3);
        !normal::mrn(&self.mrn).is_empty() || (self.birth_date.is_some() && a_name)
    }
}

/// Someone who might be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Whose chart.
    pub patient: PatientId,
}

struct Card {
    patient: PatientId,
    name: String,
    birth_date: String,
    mrn: String,
}

/// Loaded at the first search and whenever the patients changed since.
#[derive(Default)]
pub(super) struct Directory(RwLock<Loaded>);

#[derive(Default)]
struct Loaded {
    stamp: Option<(i64, i64, i64)>,
    cards: Vec<Card>,
}

struct CardRow {
    patient_id: PatientId,
    name: Vec<u8>,
    birth_date: Vec<u8>,
    mrn: Vec<u8>,
}
row!(CardRow { patient_id: patient_id, name: name, birth_date: birth_date, mrn: mrn });

/// Changes with every patient who comes, changes or is erased: an erased name is in no search from then on.
const STAMP: salus_db::Sql = sql!(
    "SELECT COUNT(*), COALESCE(MAX(updated_at), 0),
            (SELECT COUNT(*) FROM subject_key WHERE subject_kind = 'patient' AND destroyed_at IS NOT NULL)
       FROM patient"
);
const CARDS: salus_db::Sql = sql!("SELECT patient_id, name, birth_date, mrn FROM patient ORDER BY patient_id");

impl Directory {
    /// Who fits, but none of the hidden.
    pub(super) async fn find(
        &self,
        floor: &Floor,
        wanted: &Wanted,
        hidden: &HashSet<PatientId>,
        limit: usize,
    ) -> Result<Vec<Found>, Error> {
        self.refresh(floor).await?;
        let words: Vec<String> =
            normal::name(&wanted.name).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        let mrn = normal::mrn(&wanted.mrn);
        if words.is_empty() && wanted.birth_date.is_none() && mrn.is_empty() {
            return Ok(Vec::new());
        }
        let loaded = self.0.read().await;
        let fits = |card: &&Card| {
            words.iter().all(|word| card.name.split(' ').any(|own| own.starts_with(word.as_str())))
                && wanted.birth_date.as_ref().is_none_or(|date| *date == card.birth_date)
                && (mrn.is_empty() || mrn == card.mrn)
                && !hidden.contains(&card.patient)
        };
        let mut found: Vec<&Card> = loaded.cards.iter().filter(fits).collect();
        found.sort_by(|left, right| left.name.cmp(&right.name));
        Ok(found.into_iter().take(limit).map(|card| Found { patient: card.patient }).collect())
    }

    async fn refresh(&self, floor: &Floor) -> Result<(), Error> {
        let mut tx = floor.db().read(&Sight::of_run("directory")).await?;
        let stamp: (i64, i64, i64) = tx.one(STAMP, Vec::new()).await?;
        if self.0.read().await.stamp == Some(stamp) {
            return Ok(());
        }
        audit::append(floor, loading(floor)).await?;
        let rows: Vec<CardRow> = tx.all(CARDS, Vec::new()).await?;
        let mut cards = Vec::with_capacity(rows.len());
        for row in rows {
            let subject = Subject::Patient(row.patient_id);
            let key = match store::key(&mut tx, floor.vault(), subject).await {
                // An erased record has no name any more that a search could find.
                Err(Error::NotFound) if store::erased_at(&mut tx, subject).await?.is_some() => continue,
                key => key?,
            };
            let id = row.patient_id.to_string();
            let open = |column: &str, sealed: &[u8]| -> Result<String, Error> {
                let opened = key.open_at(<patient::Name as salus_kernel::Column>::TABLE, column, &id, sealed)?;
                Ok(String::from_utf8_lossy(&opened).into_owned())
            };
            cards.push(Card {
                patient: row.patient_id,
                name: normal::name(&open("name", &row.name)?),
                birth_date: open("birth_date", &row.birth_date)?,
                mrn: normal::mrn(&open("mrn", &row.mrn)?),
            });
        }
        *self.0.write().await = Loaded { stamp: Some(stamp), cards };
        Ok(())
    }
}

/// The entry before names are opened into memory, by the name of what does it.
fn loading(floor: &Floor) -> EntryDraft {
    EntryDraft::new(
        Kind::Read,
        salus_kernel::uuid_v7(floor.now(), salus_vault::random()).into_bytes(),
        Actor::new(ActorKind::Job, "patient-directory"),
        word(salus_kernel::Action::FindPatients.word()),
        word("operations"),
        Outcome::Allowed,
    )
}
