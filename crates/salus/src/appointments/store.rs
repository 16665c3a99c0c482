//! SQL of visits.

use salus_db::{Reader, Sql, args, row, sql};
use salus_kernel::{AccountId, Instant, PatientId, PractitionerId, ResourceId, Subject};
use salus_vault::Phi;

use super::{
    free::Busy,
    model::{CancelReason, Side, State},
};
use crate::{
    access::{Change, PatientScope, RowWritten, columns::appointment},
    shell::error::Error,
    visit_types::Meeting,
};

/// A visit, as stored.
pub struct Visit {
    /// Its id.
    pub id: ResourceId,
    /// Whose.
    pub patient: PatientId,
    /// With whom.
    pub practitioner: PractitionerId,
    /// Their name.
    pub practitioner_name: String,
    /// Where.
    pub location: ResourceId,
    /// The place's name.
    pub place: String,
    /// The zone in which its times are told.
    pub timezone: String,
    /// What kind.
    pub service: ResourceId,
    /// The kind's name.
    pub service_name: String,
    /// How people meet.
    pub meeting: Meeting,
    /// When it begins.
    pub start: Instant,
    /// When it ends.
    pub end: Instant,
    /// What it takes of the practitioner.
    pub busy: Busy,
    /// Where it stands.
    pub state: State,
    /// The visit that was moved to this one.
    pub replaces: Option<ResourceId>,
    /// The visit to which this one was moved.
    pub replaced_by: Option<ResourceId>,
    /// What it is about.
    pub reason: Option<Phi<appointment::Reason>>,
    /// What colleagues should know.
    pub note: Option<Phi<appointment::Note>>,
    /// Counts changes.
    pub version: i64,
}

struct Stored {
    id: ResourceId,
    patient_id: PatientId,
    practitioner_id: PractitionerId,
    practitioner_name: String,
    location_id: ResourceId,
    place: String,
    timezone: String,
    service_id: ResourceId,
    service_name: String,
    meeting: String,
    start_at: Instant,
    end_at: Instant,
    busy_from: Instant,
    busy_until: Instant,
    state: String,
    held_until: Option<Instant>,
    state_at: Option<Instant>,
    cancel_reason: Option<String>,
    cancelled_by: Option<String>,
    replaces: Option<ResourceId>,
    replaced_by: Option<ResourceId>,
    reason: Option<Vec<u8>>,
    note: Option<Vec<u8>>,
    version: i64,
}
row!(Stored {
    id,
    patient_id,
    practitioner_id,
    practitioner_name,
    location_id,
    place,
    timezone,
    service_id,
    service_name,
    meeting,
    start_at,
    end_at,
    busy_from,
    busy_until,
    state,
    held_until,
    state_at,
    cancel_reason,
    cancelled_by,
    replaces,
    replaced_by,
    reason,
    note,
    version
});

impl Stored {
    /// The state with its facts: the table's checks keep out what has others.
    fn state(&self) -> Option<State> {
        Some(match self.state.as_str() {
            "held" => State::Held { until: self.held_until? },
            "booked" => State::Booked,
            "arrived" => State::Arrived { at: self.state_at? },
            "fulfilled" => State::Fulfilled { at: self.state_at? },
            "noshow" => State::NoShow { at: self.state_at? },
            "cancelled" => State::Cancelled {
                at: self.state_at?,
                by: Side::from_word(self.cancelled_by.as_deref()?)?,
                reason: CancelReason::from_word(self.cancel_reason.as_deref()?)?,
            },
            _ => return None,
        })
    }

    fn visit(self) -> Result<Visit, Error> {
        let state = self.state().ok_or_else(|| Error::broken("a visit in no state"))?;
        let meeting = Meeting::from_word(&self.meeting).ok_or_else(|| Error::broken("a visit of no kind"))?;
        let (row, subject) = (self.id.to_string(), Subject::Patient(self.patient_id));
        Ok(Visit {
            id: self.id,
            patient: self.patient_id,
            practitioner: self.practitioner_id,
            practitioner_name: self.practitioner_name,
            location: self.location_id,
            place: self.place,
            timezone: self.timezone,
            service: self.service_id,
            service_name: self.service_name,
            meeting,
            start: self.start_at,
            end: self.end_at,
            busy: Busy { from: self.busy_from, until: self.busy_until },
            state,
            replaces: self.replaces,
            replaced_by: self.replaced_by,
            reason: self.reason.map(|sealed| Phi::sealed(row.clone(), subject, sealed)),
            note: self.note.map(|sealed| Phi::sealed(row, subject, sealed)),
            version: self.version,
        })
    }
}

fn visits(rows: Vec<Stored>) -> Result<Vec<Visit>, Error> {
    rows.into_iter().map(Stored::visit).collect()
}

// The patient's own visits, with a time that is still kept.
const OF_PATIENT: Sql = sql!(
    "SELECT a.*, s.name AS service_name, l.name AS place,
            COALESCE((SELECT MIN(m.name) FROM staff_member m WHERE m.practitioner_id = p.id AND m.active = TRUE), p.name) AS practitioner_name,
            (SELECT MIN(n.id) FROM appointment n WHERE n.replaces = a.id AND n.state <> 'held') AS replaced_by
       FROM appointment a JOIN healthcare_service s ON s.id = a.service_id JOIN location l ON l.id = a.location_id
       JOIN practitioner p ON p.id = a.practitioner_id
      WHERE a.patient_id = $1 AND (a.state <> 'held' OR a.held_until > $2)
      ORDER BY a.start_at DESC, a.id LIMIT 500"
);
const ONE: Sql = sql!(
    "SELECT a.*, s.name AS service_name, l.name AS place,
            COALESCE((SELECT MIN(m.name) FROM staff_member m WHERE m.practitioner_id = p.id AND m.active = TRUE), p.name) AS practitioner_name,
            (SELECT MIN(n.id) FROM appointment n WHERE n.replaces = a.id AND n.state <> 'held') AS replaced_by
       FROM appointment a JOIN healthcare_service s ON s.id = a.service_id JOIN location l ON l.id = a.location_id
       JOIN practitioner p ON p.id = a.practitioner_id
      WHERE a.patient_id = $1 AND a.id = $2"
);
const NEXT: Sql = sql!(
    "SELECT a.*, s.name AS service_name, l.name AS place,
            COALESCE((SELECT MIN(m.name) FROM staff_member m WHERE m.practitioner_id = p.id AND m.active = TRUE), p.name) AS practitioner_name, NULL AS replaced_by
       FROM appointment a JOIN healthcare_service s ON s.id = a.service_id JOIN location l ON l.id = a.location_id
       JOIN practitioner p ON p.id = a.practitioner_id
      WHERE a.patient_id = $1 AND a.state IN ('booked', 'arrived') AND a.end_at > $2
      ORDER BY a.start_at, a.id LIMIT 1"
);
// A practitioner without the roles that receive patients sees the own visits and no others, by row-level security on
// PostgreSQL and by this on both engines.
const OF_DAY: Sql = sql!(
    "SELECT a.*, s.name AS service_name, l.name AS place,
            COALESCE((SELECT MIN(m.name) FROM staff_member m WHERE m.practitioner_id = p.id AND m.active = TRUE), p.name) AS practitioner_name, NULL AS replaced_by
       FROM appointment a JOIN healthcare_service s ON s.id = a.service_id JOIN location l ON l.id = a.location_id
       JOIN practitioner p ON p.id = a.practitioner_id
      WHERE a.start_at >= $1 AND a.start_at < $2 AND a.state <> 'held' AND (CAST($3 AS TEXT) IS NULL OR a.practitioner_id = $3)
      ORDER BY a.start_at, a.id"
);
const HELD: Sql = sql!(
    "SELECT id, practitioner_id, location_id, service_id, start_at, replaces FROM appointment
      WHERE patient_id = $1 AND state = 'held' AND held_until > $2 ORDER BY id"
);
const GIVE_UP: Sql = sql!(
    "UPDATE appointment SET held_until = $3, updated_at = $3, version = version + 1, entry = $4
      WHERE patient_id = $1 AND id = $2 AND state = 'held'"
);
const SAVE_STATE: Sql = sql!(
    "UPDATE appointment
        SET state = $4, held_until = NULL, state_at = $5, cancel_reason = $6, cancelled_by = $7, updated_at = $8,
            version = version + 1, entry = $9
      WHERE patient_id = $1 AND id = $2 AND version = $3"
);
const SAVE_REASON: Sql = sql!("UPDATE appointment SET reason = $3, key_version = $4 WHERE patient_id = $1 AND id = $2");
const KEEP_NOTE: Sql = sql!("UPDATE appointment SET note = $3, key_version = $4 WHERE patient_id = $1 AND id = $2");
const SAVE_NOTE: Sql = sql!(
    "UPDATE appointment SET note = $4, key_version = $5, updated_at = $6, version = version + 1, entry = $7
      WHERE patient_id = $1 AND id = $2 AND version = $3"
);

/// Every visit of a patient, the latest first, with a time that is kept for them right now.
pub async fn of_patient(tx: &mut Reader, scope: PatientScope, now: Instant) -> Result<Vec<Visit>, Error> {
    visits(tx.all(OF_PATIENT, args![scope.patient(), now]).await?)
}
/// One visit of a patient.
pub async fn one(tx: &mut Reader, scope: PatientScope, id: ResourceId) -> Result<Visit, Error> {
    tx.one::<Stored>(ONE, args![scope.patient(), id]).await?.visit()
}
/// The visit that comes next, or is going on.
pub async fn next(tx: &mut Reader, scope: PatientScope, now: Instant) -> Result<Option<Visit>, Error> {
    tx.maybe::<Stored>(NEXT, args![scope.patient(), now]).await?.map(Stored::visit).transpose()
}
/// The visits that begin within a stretch of time: everybody's, or one practitioner's.
pub async fn between(
    tx: &mut Reader,
    from: Instant,
    until: Instant,
    practitioner: Option<PractitionerId>,
) -> Result<Vec<Visit>, Error> {
    visits(tx.all(OF_DAY, args![from, until, practitioner]).await?)
}

/// A time that is kept for a patient right now.
pub struct Kept {
    /// The visit.
    pub id: ResourceId,
    /// With whom.
    pub practitioner: PractitionerId,
    /// Where.
    pub location: ResourceId,
    /// What kind.
    pub service: ResourceId,
    /// When.
    pub start: Instant,
    /// The visit that it would replace.
    pub replaces: Option<ResourceId>,
}
row!(Kept {
    id: id,
    practitioner: practitioner_id,
    location: location_id,
    service: service_id,
    start: start_at,
    replaces: replaces
});

/// The times that are kept for a patient right now.
pub async fn kept(tx: &mut Reader, scope: PatientScope, now: Instant) -> Result<Vec<Kept>, Error> {
    Ok(tx.all(HELD, args![scope.patient(), now]).await?)
}

/// Keeps a time no longer.
pub async fn give_up(
    change: &mut Change<'_>,
    scope: PatientScope,
    id: ResourceId,
    now: Instant,
) -> Result<bool, Error> {
    let entry = change.entry();
    change.save_row("appointment", id, GIVE_UP, args![scope.patient(), id, now, entry]).await
}

/// A visit as it is first written: a time that is kept.
pub struct New {
    /// Its id.
    pub id: ResourceId,
    /// With whom.
    pub practitioner: PractitionerId,
    /// Where.
    pub location: ResourceId,
    /// The place's zone.
    pub timezone: String,
    /// What kind.
    pub service: ResourceId,
    /// How people meet.
    pub meeting: Meeting,
    /// When it begins.
    pub start: Instant,
    /// When it ends.
    pub end: Instant,
    /// What it takes of the practitioner.
    pub busy: Busy,
    /// Until when the time is kept.
    pub until: Instant,
    /// The visit that it is to replace.
    pub replaces: Option<ResourceId>,
    /// What is known already of what it is about, sealed, and under which version of the key.
    pub reason: Option<(Vec<u8>, i64)>,
}

/// Writes a time that is kept.
pub async fn add(
    change: &mut Change<'_>,
    scope: PatientScope,
    by: AccountId,
    new: &New,
    now: Instant,
) -> Result<(), Error> {
    let columns = [
        ("id", new.id.into()),
        ("patient_id", scope.patient().into()),
        ("practitioner_id", new.practitioner.into()),
        ("location_id", new.location.into()),
        ("service_id", new.service.into()),
        ("start_at", new.start.into()),
        ("end_at", new.end.into()),
        ("busy_from", new.busy.from.into()),
        ("busy_until", new.busy.until.into()),
        ("timezone", (&new.timezone).into()),
        ("meeting", new.meeting.word().into()),
        ("state", "held".into()),
        ("held_until", Some(new.until).into()),
        ("state_at", None::<Instant>.into()),
        ("cancel_reason", None::<String>.into()),
        ("cancelled_by", None::<String>.into()),
        ("replaces", new.replaces.into()),
        ("reason", new.reason.as_ref().map(|(sealed, _)| sealed.clone()).into()),
        ("note", None::<Vec<u8>>.into()),
        ("booked_by", by.into()),
        ("created_at", now.into()),
        ("updated_at", now.into()),
        ("key_version", new.reason.as_ref().map_or(1, |(_, version)| *version).into()),
        ("version", 1_i64.into()),
        ("entry", change.entry().into()),
    ];
    change.insert(&RowWritten { table: "appointment", id: new.id.to_string(), version: 1, columns: &columns }).await
}

/// Writes what a visit is about, in a change that saves its state right after.
pub async fn write_reason(
    change: &mut Change<'_>,
    scope: PatientScope,
    id: ResourceId,
    sealed: (Vec<u8>, i64),
) -> Result<(), Error> {
    Ok(change.one_row(SAVE_REASON, args![scope.patient(), id, sealed.0, sealed.1]).await?)
}

/// Keeps what colleagues wrote for the visit that this one replaces, in a change that saves its state right after.
pub async fn write_note(
    change: &mut Change<'_>,
    scope: PatientScope,
    id: ResourceId,
    sealed: (Vec<u8>, i64),
) -> Result<(), Error> {
    Ok(change.one_row(KEEP_NOTE, args![scope.patient(), id, sealed.0, sealed.1]).await?)
}

/// Moves a visit to another state; false when somebody else was faster.
pub async fn save(change: &mut Change<'_>, visit: &Visit, state: State, now: Instant) -> Result<bool, Error> {
    let entry = change.entry();
    let (at, reason, by) = match state {
        State::Held { .. } | State::Booked => (None, None, None),
        State::Arrived { at } | State::Fulfilled { at } | State::NoShow { at } => (Some(at), None, None),
        State::Cancelled { at, by, reason } => (Some(at), Some(reason.word()), Some(by.word())),
    };
    let values = args![visit.patient, visit.id, visit.version, state.word(), at, reason, by, now, entry];
    change.save_row("appointment", visit.id, SAVE_STATE, values).await
}

/// Writes what colleagues should know, or takes it away; false when somebody else was faster.
pub async fn save_note(
    change: &mut Change<'_>,
    visit: &Visit,
    sealed: Option<Vec<u8>>,
    key_version: i64,
    now: Instant,
) -> Result<bool, Error> {
    let entry = change.entry();
    let values = args![visit.patient, visit.id, visit.version, sealed, key_version, now, entry];
    change.save_row("appointment", visit.id, SAVE_NOTE, values).await
}
