//! What of a record is kept from those who act for the patient: a mark beside an entry, and not in it. FHIR: Meta.security.
//!
//! Queries of the record leave out what somebody's [`Reach`](salus_kernel::Reach) does not go to, and row-level security does
//! so again. Marks are made and ended here alone; what else they take along (whatever names the entry) is found by who makes
//! them. ADR 0027.

use salus_db::{Reader, Sql, args, row, sql};
use salus_kernel::{AccountId, Instant, PatientId, Reach, ResourceId, actions::ChangeLabels};

use super::{Change, Chart, PatientScope, RowWritten, RunChange};
use crate::shell::error::Error;

/// Who says that something is kept private.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// A rule, when the record was taken in.
    Rule,
    /// The patient.
    Patient,
    /// Who treats the patient.
    Team,
}

impl Side {
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
}

struct MarkRow {
    id: ResourceId,
    target: ResourceId,
    root: ResourceId,
    side: String,
    created_at: Instant,
}
row!(MarkRow { id: id, target: target, root: root, side: side, created_at: created_at });

const ALL: Sql = sql!(
    "SELECT id, target, root, side, created_at FROM security_label
      WHERE patient_id = $1 AND ended_at IS NULL ORDER BY created_at DESC, root, target, id"
);
const END: Sql = sql!(
    "UPDATE security_label SET ended_at = $2, ended_by = $3, version = version + 1, entry = $4
      WHERE id = $1 AND ended_at IS NULL"
);
// Also those that were ended: what somebody has shown again stays shown at the next import.
const BY_RULE: Sql = sql!("SELECT target, root FROM security_label WHERE patient_id = $1 AND side = 'rule'");

/// The marks of a chart, the newest first.
pub async fn all(tx: &mut Reader, scope: PatientScope) -> Result<Vec<Mark>, Error> {
    let rows: Vec<MarkRow> = tx.all(ALL, args![scope.patient()]).await?;
    let mark = |MarkRow { id, target, root, side, created_at: since }: MarkRow| {
        Ok(Mark { id, target, root, side: Side::from_word(&side)?, since })
    };
    rows.into_iter().map(mark).collect()
}

/// A mark to be.
struct Made<'a> {
    patient: PatientId,
    target: ResourceId,
    root: ResourceId,
    side: Side,
    by: Option<AccountId>,
    now: Instant,
    entry: &'a str,
}

impl Made<'_> {
    fn columns(&self, id: ResourceId) -> Vec<(&'static str, salus_db::Value)> {
        vec![
            ("id", id.into()),
            ("patient_id", self.patient.into()),
            ("target", self.target.into()),
            ("root", self.root.into()),
            ("side", self.side.word().into()),
            ("reach", self.side.reach().number().into()),
            ("made_by", self.by.into()),
            ("created_at", self.now.into()),
            ("ended_at", None::<Instant>.into()),
            ("ended_by", None::<AccountId>.into()),
            ("version", 1_i64.into()),
            ("entry", self.entry.into()),
        ]
    }
}

impl Chart<ChangeLabels> {
    /// Which side it is on that asks.
    pub fn side(&self) -> Side {
        if self.relation().is_of_the_patient() { Side::Patient } else { Side::Team }
    }

    /// Keeps entries private for an entry's sake; those that this side keeps for it already stay as they are. False when
    /// somebody did the same at this moment: then the change can only be dropped.
    pub async fn keep_private(
        &self,
        change: &mut Change<'_>,
        root: ResourceId,
        targets: &[ResourceId],
    ) -> Result<bool, Error> {
        let (side, entry) = (self.side(), change.entry());
        let kept = all(change, self.scope()).await?;
        let is_kept = |target: ResourceId| {
            kept.iter().any(|mark| mark.target == target && mark.root == root && mark.side == side)
        };
        for target in targets.iter().copied().filter(|target| !is_kept(*target)) {
            let (patient, now) = (self.patient(), self.now());
            let made = Made { patient, target, root, side, by: Some(self.session().account), now, entry: &entry };
            let id = ResourceId::new(now, salus_vault::random());
            let columns = made.columns(id);
            let row = RowWritten { table: "security_label", id: id.to_string(), version: 1, columns: &columns };
            if !change.insert_unless_taken(&row).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Ends what keeps an entry private, and what is kept private for its sake; what the other side keeps stays. Says whether it
    /// is open now; nothing when somebody did the same at this moment.
    pub async fn show_again(&self, change: &mut Change<'_>, entry: ResourceId) -> Result<Option<bool>, Error> {
        let (own, place) = (self.side(), change.entry());
        let marks = all(change, self.scope()).await?;
        let about = marks.iter().filter(|mark| mark.target == entry || mark.root == entry);
        let mut open = true;
        for mark in about {
            if mark.side != own && mark.side != Side::Rule {
                open &= mark.target != entry;
                continue;
            }
            let values = args![mark.id, self.now(), self.session().account, &place];
            if !change.save_row("security_label", mark.id, END, values).await? {
                return Ok(None);
            }
        }
        Ok(Some(open))
    }
}

impl RunChange<'_> {
    /// What a rule keeps private in the open record, each with the entry for whose sake.
    pub async fn kept_by_rule(&mut self, patient: PatientId) -> Result<Vec<(ResourceId, ResourceId)>, Error> {
        const NOW: Sql = sql!(
            "SELECT target, root FROM security_label WHERE patient_id = $1 AND side = 'rule' AND ended_at IS NULL"
        );
        Ok(self.tx.all(NOW, args![patient]).await?)
    }

    /// Marks what a rule calls sensitive, each with the entry for whose sake; what was marked once is not marked again.
    pub async fn keep_sensitive(
        &mut self,
        patient: PatientId,
        found: &[(ResourceId, ResourceId)],
        now: Instant,
    ) -> Result<u64, Error> {
        self.look_at(patient).await?;
        let known: std::collections::HashSet<(ResourceId, ResourceId)> =
            self.tx.all(BY_RULE, args![patient]).await?.into_iter().collect();
        let entry = self.entry();
        let mut rows = Vec::new();
        for (target, root) in found.iter().copied().filter(|pair| !known.contains(pair)) {
            let made = Made { patient, target, root, side: Side::Rule, by: None, now, entry: &entry };
            let id = ResourceId::new(now, salus_vault::random());
            rows.push((id, made.columns(id)));
        }
        let rows: Vec<RowWritten<'_>> = rows
            .iter()
            .map(|(id, columns)| RowWritten { table: "security_label", id: id.to_string(), version: 1, columns })
            .collect();
        self.insert_all(Some(patient), &rows).await?;
        Ok(u64::try_from(rows.len()).unwrap_or(0))
    }
}
