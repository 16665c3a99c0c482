//! Sessions: a cookie of 256 random bits, kept as a hash, on the server's clock.

use axum::http::{HeaderMap, header};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use salus_db::{Tx, args, row, sql};
use salus_kernel::{
    AccountId, Action, Instant, MINUTE, PatientId, PractitionerId, Relation, ResourceId, Role, SessionId, Subject,
};
use salus_vault::{DataKey, Phi, sha256};
use zeroize::Zeroizing;

use super::{
    App, Change, Feature, Sight,
    caregivers::{self, Given},
    columns::account,
    duties::Duties,
    policy::{self, Proof, Standing},
    store,
};
use crate::shell::error::Error;

/// The session's cookie. `__Host-`: this host alone, over TLS alone, never set by a neighbour.
pub const COOKIE: &str = "__Host-salus";
/// How long a session lives at most, whatever happens in it: a day for patients, half a day for staff (IDN-05).
const LONGEST: (i64, i64) = (24 * 60 * MINUTE, 12 * 60 * MINUTE);
/// How long a session lives without a request: 30 minutes for patients, 15 for staff (HIP-04).
const IDLE: (i64, i64) = (30 * MINUTE, 15 * MINUTE);
/// How long someone may take between password and second factor.
const HALFWAY: i64 = 15 * MINUTE;
/// How long someone may take to set up a second step: a sheet of codes is copied by hand. Such a session opens nothing else.
const ENROLLING: i64 = 45 * MINUTE;
/// How long it counts that somebody proved who they are, by signing in or by saying the password again (V7.5.3).
const PROVED: i64 = 15 * MINUTE;

/// How long a change of how somebody signs in can be taken back, and how long what can't be waits after a change of address.
pub const TAKEN_BACK_WITHIN: i64 = 72 * 60 * MINUTE;

/// Whoever has a visit with a patient treats them: so long before it, to prepare, and so long after it, to follow up. Longer
/// than that, the front desk puts them on the care team.
pub(super) const TREATS: (i64, i64) = (7 * 24 * 60 * MINUTE, 30 * 24 * 60 * MINUTE);

/// How far a sign-in has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The password was right; the second factor is asked.
    Password,
    /// The password was right; there is no second factor yet, and one must be set up.
    Enrolling,
    /// Both factors.
    Full,
}

impl Stage {
    /// As stored.
    pub fn word(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Enrolling => "enrolling",
            Self::Full => "full",
        }
    }
    fn from_word(word: &str) -> Result<Self, Error> {
        match word {
            "password" => Ok(Self::Password),
            "enrolling" => Ok(Self::Enrolling),
            "full" => Ok(Self::Full),
            _ => Err(Error::broken("a session in an unknown stage")),
        }
    }
}

/// A fresh session token: what the cookie carries. The database keeps its hash.
pub struct Token(Zeroizing<String>);

impl Token {
    /// 256 random bits.
    pub fn fresh() -> Self {
        Self(Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(salus_vault::random::<32>())))
    }
    /// The one in the request's cookie, if there is one that could be ours.
    pub fn in_cookie(headers: &HeaderMap) -> Option<Self> {
        cookie(headers, COOKIE).filter(|text| text.len() == 43).map(|text| Self(Zeroizing::new(text.to_owned())))
    }
    /// As stored.
    pub fn hash(&self) -> [u8; 32] {
        sha256(self.0.as_bytes())
    }
    /// The `Set-Cookie` value that hands it to the browser.
    pub fn cookie(&self) -> String {
        self.named(COOKIE)
    }
    /// The same as another cookie.
    pub(super) fn named(&self, name: &str) -> String {
        format!("{name}={}; Path=/; Secure; HttpOnly; SameSite=Lax", self.0.as_str())
    }
    /// The bytes for deriving what belongs to this session, such as its form token.
    pub fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// The `Set-Cookie` value that takes a cookie of ours away.
pub fn no_cookie(name: &str) -> String {
    format!("{name}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}

/// One cookie of a request.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// Who is signed in, and how far.
pub struct Session {
    /// The session's id.
    pub id: SessionId,
    /// Whose.
    pub account: AccountId,
    /// How far.
    pub stage: Stage,
    /// What they work as here, in this request: what they are, or who lends what they do. Patients have none.
    pub role: Option<Role>,
    /// What whoever works here does.
    pub duties: Option<Duties>,
    /// Which practitioner they are.
    pub practitioner: Option<PractitionerId>,
    /// The name colleagues and patients know.
    pub staff_name: Option<String>,
    /// The person's name, for the page's header.
    pub name: Phi<account::Name>,
    /// Which letters the pages use.
    pub reading_font: String,
    /// Light or dark.
    pub colour_scheme: String,
    /// The chart that is their own, for the navigation.
    pub own_patient: Option<PatientId>,
    /// When the server will have had enough of silence, as of this request.
    pub idle_at: Instant,
    /// Until when the account's address is new, if it is.
    pub settles_at: Option<Instant>,
    /// Whether the account has a passkey.
    has_passkey: bool,
    /// Whether somebody who works here may do without one.
    codes_will_do: bool,
    pub(super) towards: Towards,
    pub(super) wrapped_key: (i64, Vec<u8>),
    pub(super) token_hash: [u8; 32],
    last_seen: Instant,
    proved_at: Instant,
    both_steps_at: Instant,
}

/// What the database says of a session's holder and the patient of the request; without a patient, nothing.
#[derive(Default)]
pub(super) struct Towards {
    /// There is such a patient.
    pub(super) there: bool,
    /// It is their own chart.
    pub(super) myself: bool,
    /// They act for the patient, with this.
    pub(super) caregiver: Option<Given>,
    /// They are on the care team, or have a visit with the patient about now, if they are a practitioner.
    pub(super) care_team: bool,
    /// They opened the record in an emergency, and it is open until then.
    pub(super) emergency: Option<Instant>,
    /// The record is watched, and they have not said why they open it, or too long ago.
    pub(super) reason_missing: bool,
    /// The patient's key, unless it was destroyed.
    pub(super) wrapped_key: Option<(i64, Vec<u8>)>,
}

/// What came of looking for a session.
pub enum Found {
    /// There is one.
    Here(Box<Session>),
    /// There was one, of this account, and it ended; typed text may still be kept for its owner.
    Ended {
        /// Whose it was.
        account: AccountId,
        /// How many minutes of silence end such a session.
        minutes: u64,
    },
    /// There is none.
    Nobody,
}

struct SessionRow {
    id: SessionId,
    account_id: AccountId,
    stage: String,
    created_at: Instant,
    last_seen: Instant,
    ends_at: Instant,
    ended_at: Option<Instant>,
    proved_at: Option<Instant>,
    both_steps_at: Option<Instant>,
}
row!(SessionRow {
    id: id,
    account_id: account_id,
    stage: stage,
    created_at: created_at,
    last_seen: last_seen,
    ends_at: ends_at,
    ended_at: ended_at,
    proved_at: proved_at,
    both_steps_at: both_steps_at
});

struct HolderRow {
    status: String,
    email_changed_at: Option<Instant>,
    name: Vec<u8>,
    reading_font: String,
    colour_scheme: String,
    key_version: i64,
    wrapped: Vec<u8>,
    role: Option<String>,
    own_role: Option<ResourceId>,
    keeps: Option<String>,
    borrows: Option<String>,
    practitioner_id: Option<PractitionerId>,
    staff_name: Option<String>,
    active: Option<bool>,
    own_patient: Option<PatientId>,
    there: Option<i64>,
    grant_basis: Option<String>,
    care_basis: Option<String>,
    visit_basis: Option<String>,
    related_id: Option<ResourceId>,
    related_basis: Option<String>,
    related_scopes: Option<String>,
    related_name: Option<Vec<u8>>,
    related_since: Option<Instant>,
    related_born: Option<Vec<u8>>,
    emergency_until: Option<Instant>,
    watched: i64,
    reason_until: Option<Instant>,
    passkeys: i64,
    staff_codes: Option<bool>,
    patient_key_version: Option<i64>,
    patient_wrapped: Option<Vec<u8>>,
}
row!(HolderRow {
    status: status,
    email_changed_at: email_changed_at,
    name: name,
    reading_font: reading_font,
    colour_scheme: colour_scheme,
    key_version: key_version,
    wrapped: wrapped,
    role: role,
    own_role: own_role,
    keeps: keeps,
    borrows: borrows,
    practitioner_id: practitioner_id,
    staff_name: staff_name,
    active: active,
    own_patient: own_patient,
    there: there,
    grant_basis: grant_basis,
    care_basis: care_basis,
    visit_basis: visit_basis,
    related_id: related_id,
    related_basis: related_basis,
    related_scopes: related_scopes,
    related_name: related_name,
    related_since: related_since,
    related_born: related_born,
    emergency_until: emergency_until,
    watched: watched,
    reason_until: reason_until,
    passkeys: passkeys,
    staff_codes: staff_codes,
    patient_key_version: patient_key_version,
    patient_wrapped: patient_wrapped,
});

const BY_TOKEN: salus_db::Sql = sql!(
    "SELECT id, account_id, stage, created_at, last_seen, ends_at, ended_at, proved_at, both_steps_at FROM session WHERE token_hash = $1"
);
/// The holder, and what they are to the patient of the request, if it has one: one round trip for all of it.
const HOLDER: salus_db::Sql = sql!(
    "SELECT a.status AS status, a.email_changed_at AS email_changed_at, a.name AS name, a.reading_font AS reading_font, a.colour_scheme AS colour_scheme, k.version AS key_version, k.wrapped AS wrapped,
            m.role AS role, m.custom_role_id AS own_role, o.keeps AS keeps, o.borrows AS borrows,
            m.practitioner_id AS practitioner_id, m.name AS staff_name, m.active AS active,
            (SELECT MIN(g.patient_id) FROM access_grant g
              WHERE g.account_id = a.id AND g.basis = 'self' AND g.starts_at <= $2 AND (g.ends_at IS NULL OR g.ends_at > $2)) AS own_patient,
            (SELECT p.version FROM patient p WHERE p.patient_id = $3) AS there,
            (SELECT MIN(g.basis) FROM access_grant g
              WHERE g.account_id = a.id AND g.patient_id = $3 AND g.starts_at <= $2 AND (g.ends_at IS NULL OR g.ends_at > $2)) AS grant_basis,
            (SELECT MIN(c.basis) FROM care_team_member c
              WHERE c.patient_id = $3 AND c.practitioner_id = m.practitioner_id
                AND c.starts_at <= $2 AND (c.ends_at IS NULL OR c.ends_at > $2)) AS care_basis,
            (SELECT MIN(v.state) FROM appointment v
              WHERE v.patient_id = $3 AND v.practitioner_id = m.practitioner_id AND v.state IN ('booked', 'arrived', 'fulfilled')
                AND v.start_at > $4 AND v.start_at < $5) AS visit_basis,
            (SELECT MAX(e.ends_at) FROM emergency_access e
              WHERE e.patient_id = $3 AND e.account_id = a.id AND e.kind IS NULL AND e.starts_at <= $2 AND e.ends_at > $2) AS emergency_until,
            (SELECT COUNT(*) FROM watched_record w WHERE w.patient_id = $3 AND w.ended_at IS NULL) AS watched,
            (SELECT MAX(e.ends_at) FROM emergency_access e
              WHERE e.patient_id = $3 AND e.account_id = a.id AND e.kind = 'watched' AND e.starts_at <= $2 AND e.ends_at > $2) AS reason_until,
            (SELECT COUNT(*) FROM passkey y WHERE y.account_id = a.id) AS passkeys,
            (SELECT f.is_on FROM feature f WHERE f.name = $6) AS staff_codes,
            r.id AS related_id, r.basis AS related_basis, r.scopes AS related_scopes, r.patient_name AS related_name,
            r.starts_at AS related_since,
            (SELECT p.birth_date FROM patient p WHERE p.patient_id = r.patient_id) AS related_born,
            pk.version AS patient_key_version, pk.wrapped AS patient_wrapped
       FROM account a
       JOIN subject_key k ON k.subject_kind = 'account' AND k.subject_id = a.id AND k.destroyed_at IS NULL
       LEFT JOIN staff_member m ON m.account_id = a.id
       LEFT JOIN custom_role o ON o.role_id = m.custom_role_id AND o.base = m.role AND o.state = 'current'
       LEFT JOIN subject_key pk ON pk.subject_kind = 'patient' AND pk.subject_id = $3 AND pk.destroyed_at IS NULL
       LEFT JOIN related_person r ON r.account_id = a.id AND r.patient_id = $3 AND r.state = 'active' AND r.ends_at > $2
            AND NOT EXISTS (SELECT 1 FROM patient d WHERE d.patient_id = r.patient_id AND d.deceased = TRUE)
      WHERE a.id = $1
      ORDER BY k.version DESC, pk.version DESC, r.starts_at DESC, r.id DESC LIMIT 1"
);
const TOUCH: salus_db::Sql =
    sql!("UPDATE session SET last_seen = $2 WHERE id = $1 AND last_seen < $2 AND ended_at IS NULL");

/// Finds the session of a token, and what its holder is to a patient.
pub(super) async fn find(app: &App, token: &Token, patient: Option<PatientId>, now: Instant) -> Result<Found, Error> {
    let token_hash = token.hash();
    let mut tx = app.db().read(&Sight { token: Some(hex::encode(token_hash)), patient, ..Sight::default() }).await?;
    let found = tx.maybe_as_its_account::<SessionRow>(BY_TOKEN, args![token_hash]).await?;
    let Some(found) = found else { return Ok(Found::Nobody) };
    let codes = Feature::StaffCodes.key();
    let values = args![found.account_id, now, patient, now.plus(-TREATS.1), now.plus(TREATS.0), codes];
    let Some(holder) = tx.maybe::<HolderRow>(HOLDER, values).await? else {
        return Ok(Found::Nobody);
    };
    drop(tx);
    let role = match (holder.active, holder.role) {
        (Some(true), Some(word)) => Some(Role::from_word(&word).ok_or_else(|| Error::broken("an unknown role"))?),
        (Some(false), _) => return Ok(Found::Nobody),
        _ => None,
    };
    let named = holder.keeps.as_deref().zip(holder.borrows.as_deref());
    let duties = role.map(|role| Duties::stored(role, holder.own_role, named));
    if holder.status != "active" {
        return Ok(Found::Nobody);
    }
    let stage = Stage::from_word(&found.stage)?;
    let idle_at = idle_at(found.last_seen, stage, role);
    if found.ended_at.is_some() || now >= idle_at || now >= found.ends_at {
        let left_by_itself = found.ended_at.is_none() && stage == Stage::Full;
        let minutes = u64::try_from(idle_at.since(found.last_seen) / MINUTE).unwrap_or(0);
        return Ok(if left_by_itself { Found::Ended { account: found.account_id, minutes } } else { Found::Nobody });
    }
    debug_assert!(found.created_at <= found.ends_at);
    let wrapped_key = holder.patient_key_version.zip(holder.patient_wrapped);
    let related = holder.related_id.zip(holder.related_basis).zip(holder.related_scopes.zip(holder.related_name));
    let caregiver = match (related, patient) {
        (Some(((id, basis), (scopes, patient_name))), Some(patient)) => {
            let since = holder.related_since.ok_or_else(|| Error::broken("a caregiver who never began"))?;
            let found = caregivers::Found { id, basis, scopes, patient_name, since, born: holder.related_born };
            found.given(app, patient, wrapped_key.as_ref(), now).await?
        }
        _ => None,
    };
    Ok(Found::Here(Box::new(Session {
        id: found.id,
        account: found.account_id,
        stage,
        role,
        duties,
        practitioner: holder.practitioner_id.filter(|_| role.is_some_and(Role::treats)),
        staff_name: holder.staff_name,
        name: Phi::sealed(found.account_id.to_string(), Subject::Account(found.account_id), holder.name),
        reading_font: holder.reading_font,
        colour_scheme: holder.colour_scheme,
        own_patient: holder.own_patient,
        idle_at,
        settles_at: settles_at(holder.email_changed_at, now),
        has_passkey: holder.passkeys > 0,
        codes_will_do: role.is_none() || holder.staff_codes != Some(false) || !app.web().has_name(),
        towards: Towards {
            there: holder.there.is_some(),
            myself: holder.grant_basis.as_deref() == Some("self"),
            caregiver,
            care_team: holder.care_basis.is_some() || holder.visit_basis.is_some(),
            emergency: holder.emergency_until,
            reason_missing: holder.watched > 0 && holder.reason_until.is_none(),
            wrapped_key,
        },
        wrapped_key: (holder.key_version, holder.wrapped),
        token_hash,
        last_seen: found.last_seen,
        proved_at: found.proved_at.unwrap_or(found.created_at),
        both_steps_at: found.both_steps_at.unwrap_or(found.created_at),
    })))
}

/// Until when an address that was changed then is new; nothing once it is not any more.
pub fn settles_at(changed: Option<Instant>, now: Instant) -> Option<Instant> {
    changed.map(|changed| changed.plus(TAKEN_BACK_WITHIN)).filter(|settled| now < *settled)
}

/// When silence ends a session that was last heard of then.
pub fn idle_at(last_seen: Instant, stage: Stage, role: Option<Role>) -> Instant {
    let idle = match (stage, role) {
        (Stage::Password, _) => HALFWAY,
        (Stage::Enrolling, _) => ENROLLING,
        (Stage::Full, None) => IDLE.0,
        (Stage::Full, Some(_)) => IDLE.1,
    };
    last_seen.plus(idle)
}

/// When a session that begins now ends, come what may.
pub fn ends_at(now: Instant, stage: Stage, role: Option<Role>) -> Instant {
    now.plus(match (stage, role) {
        (Stage::Password, _) => 2 * HALFWAY,
        (Stage::Enrolling, _) => 2 * ENROLLING,
        (Stage::Full, None) => LONGEST.0,
        (Stage::Full, Some(_)) => LONGEST.1,
    })
}

impl Session {
    /// What the holder is to the patient for whom the session was found; nothing for strangers, and for patients who
    /// don't exist.
    pub(super) fn relation(&self) -> Option<Relation> {
        match self.duties.as_ref().map(Duties::base) {
            _ if !self.towards.there => None,
            None if self.towards.myself => Some(Relation::Myself),
            None => self.towards.caregiver.as_ref().map(|_| Relation::Caregiver),
            Some(role) if role.treats() && self.practitioner.is_none() => None,
            Some(role) if role.treats() && self.towards.care_team => Some(Relation::CareTeam),
            Some(role) if role.treats() && self.towards.emergency.is_some() => Some(Relation::Emergency),
            Some(role) => Some(policy::of_role(role)),
        }
    }

    /// The same, with what a caregiver was given.
    pub(super) fn standing(&self) -> Option<Standing> {
        let relation = self.relation()?;
        let given = self.towards.caregiver.as_ref().filter(|_| relation == Relation::Caregiver);
        Some(Standing { relation, scopes: given.map(|given| given.scopes).unwrap_or_default() })
    }

    /// What the holder does this as, in the chart for which the session was found; nothing where they may not.
    pub(super) fn in_chart(&self, action: Action) -> Option<(Option<Role>, Standing)> {
        let standing = self.standing()?;
        match &self.duties {
            Some(duties) => duties.in_chart(action, standing).map(|(role, standing)| (Some(role), standing)),
            None => policy::who_may(action).includes(standing).then_some((None, standing)),
        }
    }

    /// Whether whoever works here does this across patients.
    pub fn may(&self, action: Action) -> bool {
        self.duties.as_ref().is_some_and(|duties| duties.may(action))
    }

    /// Whether whoever treats patients does this for those in their care.
    pub fn may_in_care(&self, action: Action) -> bool {
        self.duties.as_ref().is_some_and(|duties| duties.may_in_care(action))
    }

    /// What the account's own transactions may see when it does this across patients; nothing where it may not.
    pub(super) fn sight_for(&self, action: Action) -> Option<Sight> {
        let hat = self.duties.as_ref().and_then(|duties| duties.hat(action))?;
        Some(Sight { role: Some(hat), ..self.sight() })
    }

    /// Whether the clinic wants a passkey of whoever this is, and they have none yet.
    pub fn wants_passkey(&self) -> bool {
        !self.codes_will_do && !self.has_passkey
    }
    /// Whether they have a passkey.
    pub fn has_passkey(&self) -> bool {
        self.has_passkey
    }
    /// Whether a code of an app is taken as the second step: always, but of those who work here where the clinic wants their
    /// passkey and they have one.
    pub fn takes_codes(&self) -> bool {
        self.codes_will_do || !self.has_passkey
    }

    /// Whether the holder proved within the last quarter of an hour, with what is wanted, that it is still they.
    pub(super) fn proves(&self, wanted: Option<Proof>, now: Instant) -> bool {
        let at = match wanted {
            None => return true,
            Some(Proof::Password) => self.proved_at,
            Some(Proof::BothSteps) => self.both_steps_at,
        };
        now.since(at) < PROVED
    }

    /// What this account's own transactions may see.
    pub(super) fn sight(&self) -> Sight {
        Sight { account: Some(self.account), practitioner: self.practitioner, role: self.role, ..Sight::default() }
    }

    /// The account's data key. Only guards call this, once their entry stands.
    pub(super) fn key(&self, app: &App) -> Result<DataKey, Error> {
        store::unwrap(app, Subject::Account(self.account), self.wrapped_key.0, &self.wrapped_key.1)
    }

    /// Notes that the person is there; written at most once a minute.
    pub(super) async fn touch(&mut self, app: &App, now: Instant) -> Result<(), Error> {
        self.idle_at = idle_at(now, self.stage, self.role);
        if now.since(self.last_seen) < MINUTE {
            return Ok(());
        }
        let mut tx = app.db().begin(&self.sight()).await?;
        tx.execute(TOUCH, args![self.id, now]).await?;
        tx.commit().await?;
        Ok(())
    }
}
const HOLD_ACCOUNT: salus_db::Sql = sql!("UPDATE account SET version = version WHERE id = $1");
const END_ALL: salus_db::Sql =
    sql!("UPDATE session SET ended_at = $2, end_reason = $3 WHERE account_id = $1 AND ended_at IS NULL");

/// Ends every session of an account, and says why.
pub async fn end_all(tx: &mut Tx, account: AccountId, why: &'static str, now: Instant) -> Result<(), Error> {
    tx.execute(END_ALL, args![account, now, why]).await?;
    Ok(())
}

/// Ends every session of another account than that of whoever makes this change.
pub(super) async fn end_for(
    change: &mut Change<'_>,
    own: &Sight,
    account: AccountId,
    why: &'static str,
    now: Instant,
) -> Result<(), Error> {
    change.look_as(&Sight { account: Some(account), ..own.clone() }).await?;
    // Whoever is signing in waits here, and finds the account closed; or was faster, and their session ends too.
    change.one_row(HOLD_ACCOUNT, args![account]).await?;
    end_all(change, account, why, now).await?;
    Ok(change.look_as(own).await?)
}
