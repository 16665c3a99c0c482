//! What of a record is kept from those who act for the patient: a mark beside an entry, and not in it. FHIR: Meta.security.
//!
//! Queries of the record leave out what somebody's [`Reach`](salus_kernel::Reach) does not go to, and row-level security does
//! so again. Marks are made and ended here alone. What goes with an entry is found through its [`Naming`], which is made by who
//! has the record open. In code it is a mark, in the database a label, and on a page it says "private". ADR 0027.

use std::collections::{HashMap, HashSet};

use salus_db::{Reader, Sql, args, row, sql};
use salus_kernel::{AccountId, Instant, PatientId, Reach, Relation, ResourceId, actions::ChangeLabels};

use super::{Change, Chart, PatientScope, RowWritten, RunChange};
use crate::shell::error::Error;

/// Who says that something is kept private.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// A rule, when the record was taken in.
    Rule,
    /// The patient.
    Patient,
    /// Who treats the patient.
    Team,
}

impl Side {
    /// Whose they are who stand in this relation.
    pub fn of(relation: Relation) -> Self {
        if relation == Relation::Myself { Self::Patient } else { Self::Team }
    }
    /// As stored.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Patient => "patient",
            Self::Team => "team",
        }
    }
    fn from_word(word: &str) -> Result<Self, Error> {
        [Self::Rule, Self::Patient, Self::Team]
            .into_iter()
            .find(|side| side.word() == word)
            .ok_or_else(|| Error::broken("an unknown side of a mark"))
    }
    /// Whether this side may end what that one keeps: its own, and what a rule marked.
    pub fn may_end(self, other: Self) -> bool {
        other == self || other == Self::Rule
    }
    /// What it takes to see what is marked. What a person keeps private nobody else is given.
    const fn reach(self) -> Reach {
        match self {
            Self::Rule => Reach::Sensitive,
            Self::Patient | Self::Team => Reach::All,
        }
    }
}

/// A mark that counts.
pub struct Mark {
    /// The row.
    pub id: ResourceId,
    /// The entry that is kept private.
    pub target: ResourceId,
    /// For whose sake: itself, or an entry that it names.
    pub root: ResourceId,
    /// Who says so.
    pub side: Side,
    /// Since when.
    pub since: Instant,
    by: Option<AccountId>,
}

/// A mark as it is made.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Made {
    /// The entry.
    pub target: ResourceId,
    /// For whose sake.
    pub root: ResourceId,
    /// Who keeps that one private.
    pub side: Side,
    /// The account that does.
    pub by: Option<AccountId>,
}

impl Made {
    /// Of what a rule calls sensitive, for its own sake.
    pub fn by_rule(entry: ResourceId) -> Self {
        Self { target: entry, root: entry, side: Side::Rule, by: None }
    }
}

/// Which entry of a record names which: what is kept private takes along whatever names it, whatever names that, and what it
/// is a report of.
#[derive(Default)]
pub struct Naming {
    entries: Vec<ResourceId>,
    named_by: HashMap<ResourceId, Vec<ResourceId>>,
}

impl Naming {
    /// Notes what an entry names, and what it consists of.
    pub fn add(&mut self, entry: ResourceId, names: Vec<ResourceId>, parts: Vec<ResourceId>) {
        self.entries.push(entry);
        for name in names {
            self.named_by.entry(name).or_default().push(entry);
        }
        self.named_by.entry(entry).or_default().extend(parts);
    }

    /// All entries.
    pub fn entries(&self) -> impl Iterator<Item = ResourceId> {
        self.entries.iter().copied()
    }

    /// These marks, and one for each entry that goes with what they keep; of entries that are not here only those that were given.
    pub fn taken_along(&self, marks: Vec<Made>) -> Vec<Made> {
        let mut seen: HashSet<Made> = marks.iter().copied().collect();
        let (mut all, mut waiting) = (marks.clone(), marks);
        while let Some(mark) = waiting.pop() {
            for target in self.named_by.get(&mark.target).into_iter().flatten().copied() {
                let taken = Made { target, ..mark };
                if seen.insert(taken) {
                    all.push(taken);
                    waiting.push(taken);
                }
            }
        }
        all
    }
}

/// What a resource consists of: the values of a report, the members of a group of values.
pub fn parts(resource: &serde_json::Value) -> Vec<ResourceId> {
    let fields = ["result", "hasMember"].into_iter().filter_map(|field| resource.get(field)?.as_array()).flatten();
    let references = fields.filter_map(|part| part.get("reference")?.as_str());
    references.filter_map(|reference| reference.rsplit('/').next()?.parse().ok()).collect()
}

/// What came of showing an entry again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Caregivers see it.
    Open,
    /// The other side keeps it, or something that it names is private.
    StillPrivate,
    /// Somebody did something at the same moment: the change can only be dropped.
    Stale,
}

struct MarkRow {
    id: ResourceId,
    target: ResourceId,
    root: ResourceId,
    side: String,
    made_by: Option<AccountId>,
    created_at: Instant,
}
row!(MarkRow { id: id, target: target, root: root, side: side, made_by: made_by, created_at: created_at });

const ALL: Sql = sql!(
    "SELECT id, target, root, side, made_by, created_at FROM security_label
      WHERE patient_id = $1 AND ended_at IS NULL ORDER BY created_at DESC, root, target, id"
);
const OF_ENTRY: Sql = sql!(
    "SELECT id, target, root, side, made_by, created_at FROM security_label
      WHERE patient_id = $1 AND target = $2 AND ended_at IS NULL ORDER BY created_at DESC, root, id"
);
const END: Sql = sql!(
    "UPDATE security_label SET ended_at = $2, ended_by = $3, version = version + 1, entry = $4
      WHERE id = $1 AND ended_at IS NULL"
);
// Also those that were ended: what somebody has shown again stays shown at the next import.
const EVER: Sql = sql!("SELECT target, root, side FROM security_label WHERE patient_id = $1");

/// The marks of one entry.
pub async fn of_entry(tx: &mut Reader, scope: PatientScope, entry: ResourceId) -> Result<Vec<Mark>, Error> {
    in_order(tx.all(OF_ENTRY, args![scope.patient(), entry]).await?)
}

/// The marks of a chart, the newest first.
pub async fn all(tx: &mut Reader, scope: PatientScope) -> Result<Vec<Mark>, Error> {
    in_order(tx.all(ALL, args![scope.patient()]).await?)
}

fn in_order(rows: Vec<MarkRow>) -> Result<Vec<Mark>, Error> {
    let mark = |MarkRow { id, target, root, side, made_by: by, created_at: since }: MarkRow| {
        Ok(Mark { id, target, root, side: Side::from_word(&side)?, since, by })
    };
    rows.into_iter().map(mark).collect()
}

impl Made {
    fn columns(
        &self,
        id: ResourceId,
        patient: PatientId,
        now: Instant,
        entry: &str,
    ) -> Vec<(&'static str, salus_db::Value)> {
        vec![
            ("id", id.into()),
            ("patient_id", patient.into()),
            ("target", self.target.into()),
            ("root", self.root.into()),
            ("side", self.side.word().into()),
            ("reach", self.side.reach().number().into()),
            ("made_by", self.by.into()),
            ("created_at", now.into()),
            ("ended_at", None::<Instant>.into()),
            ("ended_by", None::<AccountId>.into()),
            ("version", 1_i64.into()),
            ("entry", entry.into()),
        ]
    }
}

impl Chart<ChangeLabels> {
    /// Keeps an entry private, with what goes with it; what this side keeps for it already stays as it is. False when
    /// somebody did the same at this moment: then the change can only be dropped.
    pub async fn keep_private(
        &self,
        change: &mut Change<'_>,
        root: ResourceId,
        naming: &Naming,
    ) -> Result<bool, Error> {
        let (side, entry) = (Side::of(self.relation()), change.entry());
        let kept = all(change, self.scope()).await?;
        let is_kept = |target: ResourceId| {
            kept.iter().any(|mark| mark.target == target && mark.root == root && mark.side == side)
        };
        let own = Made { target: root, root, side, by: Some(self.session().account) };
        for made in naming.taken_along(vec![own]).into_iter().filter(|made| !is_kept(made.target)) {
            let id = ResourceId::new(self.now(), salus_vault::random());
            let columns = made.columns(id, self.patient(), self.now(), &entry);
            let row = RowWritten { table: "security_label", id: id.to_string(), version: 1, columns: &columns };
            if !change.insert_unless_taken(&row).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Ends what this side, or a rule, keeps private for an entry's sake: the entry, and what names it. What is kept for the
    /// sake of another entry stays, because this one would tell of it.
    pub async fn show_again(&self, change: &mut Change<'_>, entry: ResourceId) -> Result<Shown, Error> {
        let (own, place) = (Side::of(self.relation()), change.entry());
        let (mut outcome, marks) = (Shown::Open, all(change, self.scope()).await?);
        for mark in marks.iter().filter(|mark| mark.target == entry || mark.root == entry) {
            if mark.root == entry && own.may_end(mark.side) {
                let values = args![mark.id, self.now(), self.session().account, &place];
                if !change.save_row("security_label", mark.id, END, values).await? {
                    return Ok(Shown::Stale);
                }
            } else if mark.target == entry {
                outcome = Shown::StillPrivate;
            }
        }
        Ok(outcome)
    }
}

impl RunChange<'_> {
    /// What is kept private in a record, as it is.
    pub async fn kept_private(&mut self, patient: PatientId) -> Result<Vec<Made>, Error> {
        let marks = in_order(self.tx.all(ALL, args![patient]).await?)?;
        let made = |Mark { target, root, side, by, .. }: Mark| Made { target, root, side, by };
        Ok(marks.into_iter().map(made).collect())
    }

    /// Marks what is taken in; what was marked once is not marked again.
    pub async fn keep_private(&mut self, patient: PatientId, marks: &[Made], now: Instant) -> Result<u64, Error> {
        self.look_at(patient).await?;
        let ever: Vec<(ResourceId, ResourceId, String)> = self.tx.all(EVER, args![patient]).await?;
        let mut known: HashSet<(ResourceId, ResourceId, &str)> =
            ever.iter().map(|(target, root, side)| (*target, *root, side.as_str())).collect();
        let entry = self.entry();
        let mut rows = Vec::new();
        for made in marks {
            if known.insert((made.target, made.root, made.side.word())) {
                let id = ResourceId::new(now, salus_vault::random());
                rows.push((id, made.columns(id, patient, now, &entry)));
            }
        }
        let rows: Vec<RowWritten<'_>> = rows
            .iter()
            .map(|(id, columns)| RowWritten { table: "security_label", id: id.to_string(), version: 1, columns })
            .collect();
        self.insert_all(Some(patient), &rows).await?;
        Ok(u64::try_from(rows.len()).unwrap_or(0))
    }
}
