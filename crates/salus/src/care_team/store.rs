//! SQL of the care team.

use salus_db::{DbError, Reader, Sql, Value, args, row, sql};
use salus_kernel::{Action, Instant, PatientId, PractitionerId, ResourceId, Role};

use crate::{
    access::{Change, Duties, PatientScope, RowWritten},
    shell::error::Error,
};

/// Somebody who is on the team, or was.
pub struct Member {
    /// Who.
    pub practitioner: PractitionerId,
    /// As colleagues and patients know them.
    pub name: String,
    /// What they work as here; nothing for who has no account.
    pub role: Option<Role>,
    own_role: Option<ResourceId>,
    keeps: Option<String>,
    /// Since when.
    pub starts_at: Instant,
    /// Until when.
    pub ends_at: Option<Instant>,
}
row!(Member {
    practitioner: practitioner,
    name: name,
    role: role,
    own_role: own_role,
    keeps: keeps,
    starts_at: starts_at,
    ends_at: ends_at,
});

impl Member {
    /// Whether they do this for the patients in their care, if they work here.
    pub fn does(&self, action: Action) -> bool {
        // What they borrow is for everybody, and no part of their care.
        let named = self.keeps.as_deref().map(|keeps| (keeps, ""));
        let duties = self.role.map(|role| Duties::stored(role, self.own_role, named));
        duties.is_some_and(|duties| duties.may_in_care(action))
    }
}

const MEMBERS: Sql = sql!(
    "SELECT c.practitioner_id AS practitioner, COALESCE(m.name, p.name) AS name, m.role AS role,
            m.custom_role_id AS own_role, o.keeps AS keeps, c.starts_at AS starts_at, c.ends_at AS ends_at
       FROM care_team_member c
       JOIN practitioner p ON p.id = c.practitioner_id
       LEFT JOIN staff_member m ON m.practitioner_id = c.practitioner_id AND m.active
       LEFT JOIN custom_role o ON o.role_id = m.custom_role_id AND o.base = m.role AND o.state = 'current'
      WHERE c.patient_id = $1
      ORDER BY COALESCE(c.ends_at, 9000000000000000) DESC, c.starts_at DESC, c.practitioner_id LIMIT 100"
);
const NOW_ON: Sql =
    sql!("SELECT starts_at FROM care_team_member WHERE patient_id = $1 AND practitioner_id = $2 AND ends_at IS NULL");
const END: Sql = sql!(
    "UPDATE care_team_member SET ends_at = $3, entry = $4
      WHERE patient_id = $1 AND practitioner_id = $2 AND ends_at IS NULL"
);

/// The team now, and after it who was on it.
pub async fn members(tx: &mut Reader, scope: PatientScope) -> Result<Vec<Member>, Error> {
    Ok(tx.all(MEMBERS, args![scope.patient()]).await?)
}

/// A row of the team, from now on.
pub struct NewMember {
    id: String,
    columns: Vec<(&'static str, Value)>,
}

impl NewMember {
    /// Somebody on the team of a patient; `entry` is the ledger's place of the entry under which it is written.
    pub fn of(patient: PatientId, practitioner: PractitionerId, now: Instant, entry: String) -> Self {
        let columns = vec![
            ("patient_id", patient.into()),
            ("practitioner_id", practitioner.into()),
            ("starts_at", now.into()),
            ("ends_at", None::<Instant>.into()),
            ("basis", "assigned".into()),
            ("created_at", now.into()),
            ("entry", entry.into()),
        ];
        Self { id: row_id(patient, practitioner, now), columns }
    }
    /// As it is written.
    pub fn row(&self) -> RowWritten<'_> {
        RowWritten { table: "care_team_member", id: self.id.clone(), version: 1, columns: &self.columns }
    }
}

/// What the ledger calls a row: somebody can be on a team, leave it, and come back.
fn row_id(patient: PatientId, practitioner: PractitionerId, since: Instant) -> String {
    format!("{patient} {practitioner} {}", since.micros())
}

/// Takes somebody off the team, at once; false when they are not on it.
pub async fn end(
    change: &mut Change<'_>,
    scope: PatientScope,
    practitioner: PractitionerId,
    now: Instant,
) -> Result<bool, Error> {
    let Some((since,)) = change.maybe::<(Instant,)>(NOW_ON, args![scope.patient(), practitioner]).await? else {
        return Ok(false);
    };
    let entry = change.entry();
    match change.one_row(END, args![scope.patient(), practitioner, now, entry]).await {
        Ok(()) => {}
        Err(DbError::Stale) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    let id = row_id(scope.patient(), practitioner, since);
    change.wrote_row("care_team_member", &id).await?;
    Ok(true)
}
