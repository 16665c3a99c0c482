//! Sessions: a cookie of 256 random bits, kept as a hash, on the server's clock.

use axum::http::{HeaderMap, header};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use salus_db::{Reader, args, row, sql};
use salus_kernel::{AccountId, Instant, MINUTE, PatientId, PractitionerId, Role, SessionId, Subject};
use salus_vault::{DataKey, Phi, sha256};
use zeroize::Zeroizing;

use super::{App, Sight, columns::account, store};
use crate::shell::error::Error;

/// The session's cookie. `__Host-`: this host alone, over TLS alone, never set by a neighbour.
pub const COOKIE: &str = "__Host-salus";
/// How long a session lives at most, whatever happens in it: a day for patients, half a day for staff (IDN-05).
const LONGEST: (i64, i64) = (24 * 60 * MINUTE, 12 * 60 * MINUTE);
/// How long a session lives without a request: 30 minutes for patients, 15 for staff (HIP-04).
const IDLE: (i64, i64) = (30 * MINUTE, 15 * MINUTE);
/// How long someone may take between password and second factor.
const HALFWAY: i64 = 15 * MINUTE;

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
        format!("{COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Lax", self.0.as_str())
    }
    /// The bytes for deriving what belongs to this session, such as its form token.
    pub fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
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
    /// What they work as here; patients have none.
    pub role: Option<Role>,
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
    pub(super) wrapped_key: (i64, Vec<u8>),
    pub(super) token_hash: [u8; 32],
    last_seen: Instant,
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
}
row!(SessionRow {
    id: id,
    account_id: account_id,
    stage: stage,
    created_at: created_at,
    last_seen: last_seen,
    ends_at: ends_at,
    ended_at: ended_at
});

struct HolderRow {
    status: String,
    name: Vec<u8>,
    reading_font: String,
    colour_scheme: String,
    key_version: i64,
    wrapped: Vec<u8>,
    role: Option<String>,
    practitioner_id: Option<PractitionerId>,
    staff_name: Option<String>,
    active: Option<bool>,
    own_patient: Option<PatientId>,
}
row!(HolderRow {
    status: status,
    name: name,
    reading_font: reading_font,
    colour_scheme: colour_scheme,
    key_version: key_version,
    wrapped: wrapped,
    role: role,
    practitioner_id: practitioner_id,
    staff_name: staff_name,
    active: active,
    own_patient: own_patient,
});

const BY_TOKEN: salus_db::Sql =
    sql!("SELECT id, account_id, stage, created_at, last_seen, ends_at, ended_at FROM session WHERE token_hash = $1");
const HOLDER: salus_db::Sql = sql!(
    "SELECT a.status AS status, a.name AS name, a.reading_font AS reading_font, a.colour_scheme AS colour_scheme, k.version AS key_version, k.wrapped AS wrapped,
            m.role AS role, m.practitioner_id AS practitioner_id, m.name AS staff_name, m.active AS active,
            (SELECT MIN(g.patient_id) FROM access_grant g
              WHERE g.account_id = a.id AND g.basis = 'self' AND g.starts_at <= $2 AND (g.ends_at IS NULL OR g.ends_at > $2)) AS own_patient
       FROM account a
       JOIN subject_key k ON k.subject_kind = 'account' AND k.subject_id = a.id AND k.destroyed_at IS NULL
       LEFT JOIN staff_member m ON m.account_id = a.id
      WHERE a.id = $1
      ORDER BY k.version DESC LIMIT 1"
);
const TOUCH: salus_db::Sql =
    sql!("UPDATE session SET last_seen = $2 WHERE id = $1 AND last_seen < $2 AND ended_at IS NULL");

/// Finds the session of a token, inside a transaction that may see by token only; leaves it seeing as the account.
pub(super) async fn find(tx: &mut Reader, token: &Token, now: Instant) -> Result<Found, Error> {
    let token_hash = token.hash();
    let Some(found) = tx.maybe::<SessionRow>(BY_TOKEN, args![token_hash]).await? else { return Ok(Found::Nobody) };
    tx.look_as(&Sight { account: Some(found.account_id), ..Sight::default() }).await?;
    let Some(holder) = tx.maybe::<HolderRow>(HOLDER, args![found.account_id, now]).await? else {
        return Ok(Found::Nobody);
    };
    let role = match (holder.active, holder.role) {
        (Some(true), Some(word)) => Some(Role::from_word(&word).ok_or_else(|| Error::broken("an unknown role"))?),
        (Some(false), _) => return Ok(Found::Nobody),
        _ => None,
    };
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
    Ok(Found::Here(Box::new(Session {
        id: found.id,
        account: found.account_id,
        stage,
        role,
        practitioner: holder.practitioner_id.filter(|_| role == Some(Role::Practitioner)),
        staff_name: holder.staff_name,
        name: Phi::sealed(found.account_id.to_string(), Subject::Account(found.account_id), holder.name),
        reading_font: holder.reading_font,
        colour_scheme: holder.colour_scheme,
        own_patient: holder.own_patient,
        idle_at,
        wrapped_key: (holder.key_version, holder.wrapped),
        token_hash,
        last_seen: found.last_seen,
    })))
}

/// When silence ends a session that was last heard of then.
pub fn idle_at(last_seen: Instant, stage: Stage, role: Option<Role>) -> Instant {
    let idle = match (stage, role) {
        (Stage::Password | Stage::Enrolling, _) => HALFWAY,
        (Stage::Full, None) => IDLE.0,
        (Stage::Full, Some(_)) => IDLE.1,
    };
    last_seen.plus(idle)
}

/// When a session that begins now ends, come what may.
pub fn ends_at(now: Instant, stage: Stage, role: Option<Role>) -> Instant {
    now.plus(match (stage, role) {
        (Stage::Password | Stage::Enrolling, _) => 2 * HALFWAY,
        (Stage::Full, None) => LONGEST.0,
        (Stage::Full, Some(_)) => LONGEST.1,
    })
}

impl Session {
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
