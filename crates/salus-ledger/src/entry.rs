//! One line of the audit log: who did what to whose chart, when, why, and what came of it.

use std::net::IpAddr;

use crate::{
    hash::Digest,
    words::{ChainId, ClinicId, Micros, Word},
};

/// The longest text of an id, in bytes.
pub const MAX_TEXT: usize = 256;
/// How long an entry stays whole: six years (45 CFR 164.316(b)(2)(i)), counted as 2192 days, in microseconds.
pub const SIX_YEARS: i64 = 2192 * 86_400 * 1_000_000;

/// An entry as it stands in a chain: where and when, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Whose ledger.
    pub clinic: ClinicId,
    /// Which chain of it.
    pub chain: ChainId,
    /// The place in the chain: from 0, without gaps.
    pub seq: u64,
    /// When the writer took it in.
    pub recorded: Micros,
    /// What is said.
    pub draft: EntryDraft,
}

/// What is to be written, before the chain gives it a place and a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryDraft {
    /// Whether this stands before the act, after it, or instead of it.
    pub kind: Kind,
    /// The request (or run of a job, or command) that it belongs to.
    pub request: [u8; 16],
    /// Who.
    pub actor: Actor,
    /// By what right: the actor's relation to the patient.
    pub relation: Relation,
    /// Whose chart, when it is one.
    pub patient: Option<String>,
    /// Whose, when it is a list: exactly the patients shown, in the order shown.
    pub patients: Vec<String>,
    /// What: `view-appointments`.
    pub action: Word,
    /// On which thing, when it is one.
    pub resource: Option<Resource>,
    /// What for: `treatment`, `payment`, `patient-request`.
    pub purpose: Word,
    /// What came of it, as far as is known when this is written.
    pub outcome: Outcome,
    /// From where.
    pub address: Option<IpAddr>,
    /// The browser's words about itself, sealed.
    pub user_agent: Option<Vec<u8>>,
    /// A hash that stands for the session.
    pub session: Option<Digest>,
    /// The intent in the same chain that this belongs to.
    pub about: Option<u64>,
    /// The rows as this change wrote them.
    pub rows: Vec<RowVersion>,
    /// More, sealed under the patient's key: it falls silent when the patient is shredded, and the log still verifies.
    pub detail: Option<Vec<u8>>,
    /// How many, where one entry stands for many ([`System::CountedRefusals`], [`System::Purge`]).
    pub count: Option<u64>,
    /// For a [`System::Purge`] of the ledger alone: entries recorded before this moment may have lost their bytes.
    pub cutoff: Option<Micros>,
}

impl EntryDraft {
    /// A draft with what every entry has; the rest is absent until set.
    pub fn new(kind: Kind, request: [u8; 16], actor: Actor, action: Word, purpose: Word, outcome: Outcome) -> Self {
        Self {
            kind,
            request,
            actor,
            relation: Relation::None,
            patient: None,
            patients: Vec::new(),
            action,
            resource: None,
            purpose,
            outcome,
            address: None,
            user_agent: None,
            session: None,
            about: None,
            rows: Vec::new(),
            detail: None,
            count: None,
            cutoff: None,
        }
    }
}

/// Which sort of line this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An intent: something is about to be shown. It stands alone; there is no outcome to wait for.
    Read,
    /// An intent: something is about to be changed. An [`Kind::Outcome`] answers it, or the process died in between.
    Change,
    /// What became of a [`Kind::Change`].
    Outcome,
    /// Somebody was turned away.
    Refusal,
    /// Somebody tried to sign in.
    SignIn,
    /// The ledger or the clinic's keys and data as a whole.
    System(System),
}

/// What happened to the system as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum System {
    /// A key was replaced.
    KeyRotation,
    /// Something reached the end of its retention.
    Purge,
    /// Records came in from elsewhere.
    Import,
    /// A backup was restored: the past after it is gone, on purpose.
    RestoreEpoch,
    /// Refusals that were counted and not listed one by one.
    CountedRefusals,
    /// Logging started, stopped, or was set up otherwise.
    LogStatus,
}

impl Kind {
    /// Every kind with its number in the format and its word in the index column.
    pub(crate) const ALL: [(Self, u8, &'static str); 11] = [
        (Self::Read, 1, "read"),
        (Self::Change, 2, "change"),
        (Self::Outcome, 3, "outcome"),
        (Self::Refusal, 4, "refusal"),
        (Self::SignIn, 5, "sign-in"),
        (Self::System(System::KeyRotation), 16, "key-rotation"),
        (Self::System(System::Purge), 17, "purge"),
        (Self::System(System::Import), 18, "import"),
        (Self::System(System::RestoreEpoch), 19, "restore-epoch"),
        (Self::System(System::CountedRefusals), 20, "counted-refusals"),
        (Self::System(System::LogStatus), 21, "log-status"),
    ];

    /// The kind's word, for the index column and for people.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(kind, ..)| *kind == self).map_or("", |(.., word)| word)
    }

    /// Whether this is written before it happens.
    pub const fn is_intent(self) -> bool {
        matches!(self, Self::Read | Self::Change)
    }
}

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// What sort of actor.
    pub kind: ActorKind,
    /// The account, the job's or the command's name; nobody has none.
    pub id: Option<String>,
    /// The roles held at that moment.
    pub roles: Vec<Word>,
    /// For whom, when not for oneself.
    pub on_behalf_of: Option<OnBehalfOf>,
}

impl Actor {
    /// Somebody who did not sign in.
    pub const fn nobody() -> Self {
        Self { kind: ActorKind::Nobody, id: None, roles: Vec::new(), on_behalf_of: None }
    }

    /// An actor with an id and nothing else.
    pub fn new(kind: ActorKind, id: &str) -> Self {
        Self { kind, id: Some(String::from(id)), roles: Vec::new(), on_behalf_of: None }
    }

    /// The account, when the actor is one: what the index column `account` holds.
    pub fn account(&self) -> Option<&str> {
        if self.kind == ActorKind::Account { self.id.as_deref() } else { None }
    }
}

/// What sort of actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActorKind {
    /// A person, signed in.
    Account,
    /// A job.
    Job,
    /// A command at the machine.
    Command,
    /// Not signed in.
    Nobody,
}

impl ActorKind {
    pub(crate) const ALL: [(Self, u8); 4] = [(Self::Account, 1), (Self::Job, 2), (Self::Command, 3), (Self::Nobody, 4)];
}

/// For whom somebody acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnBehalfOf {
    /// For another account.
    Account(String),
    /// For a patient, as their caregiver.
    Patient(String),
}

/// What the actor is to the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// The patient.
    Myself,
    /// A caregiver, acting for the patient.
    Caregiver,
    /// Of the patient's care team.
    CareTeam,
    /// At the front desk.
    FrontDesk,
    /// An administrator.
    Administrator,
    /// The privacy officer.
    PrivacyOfficer,
    /// None, or none that matters here.
    None,
}

impl Relation {
    pub(crate) const ALL: [(Self, &'static str); 7] = [
        (Self::Myself, "self"),
        (Self::Caregiver, "caregiver"),
        (Self::CareTeam, "care-team"),
        (Self::FrontDesk, "front-desk"),
        (Self::Administrator, "administrator"),
        (Self::PrivacyOfficer, "privacy-officer"),
        (Self::None, "none"),
    ];

    /// The relation's word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(relation, _)| *relation == self).map_or("none", |(_, word)| word)
    }
}

/// The thing acted on: a FHIR type and, when it exists already, its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// `Appointment`.
    pub kind: Word,
    /// Which one.
    pub id: Option<String>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The intent may go on.
    Allowed,
    /// Turned away, with the reason's code.
    Refused(Word),
    /// It happened.
    Done,
    /// It was allowed and did not happen.
    Failed,
}

/// A row as a change wrote it: what `audit verify --rows` compares with the row that is there now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowVersion {
    /// The table.
    pub table: Word,
    /// The row's id.
    pub id: String,
    /// The row's version after the change.
    pub version: u64,
    /// The keyed digest of the whole row: [`crate::digest_row`].
    pub digest: Digest,
}

/// Why something can't be an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// An id is empty or longer than [`MAX_TEXT`].
    #[error("an id must have 1 to {MAX_TEXT} bytes")]
    Id,
    /// An entry may only be about one before it.
    #[error("an entry can only be about an earlier one")]
    About,
    /// Nobody has no id, everybody else has one.
    #[error("an account, job or command has an id, and nobody has none")]
    Actor,
    /// Only a purge has a cutoff.
    #[error("only a purge has a cutoff")]
    Cutoff,
    /// Larger than [`crate::MAX_CANONICAL`].
    #[error("the entry is too large")]
    TooLarge,
    /// The chain has used up its numbers or the encoder failed; neither happens in practice.
    #[error("the entry can't be encoded")]
    Encoder,
}

impl Entry {
    /// Holds the entry against the rules that types alone can't keep.
    pub(crate) fn check(&self) -> Result<(), Invalid> {
        let draft = &self.draft;
        let acting_for = draft.actor.on_behalf_of.as_ref().map(|whom| match whom {
            OnBehalfOf::Account(id) | OnBehalfOf::Patient(id) => id,
        });
        let ids = [&draft.actor.id, &draft.patient]
            .into_iter()
            .flatten()
            .chain(acting_for)
            .chain(draft.resource.as_ref().and_then(|resource| resource.id.as_ref()))
            .chain(&draft.patients)
            .chain(draft.rows.iter().map(|row| &row.id));
        if ids.into_iter().any(|id| id.is_empty() || id.len() > MAX_TEXT) {
            return Err(Invalid::Id);
        }
        if draft.about.is_some_and(|about| about >= self.seq) {
            return Err(Invalid::About);
        }
        if (draft.actor.kind == ActorKind::Nobody) == draft.actor.id.is_some() {
            return Err(Invalid::Actor);
        }
        if draft.cutoff.is_some() && draft.kind != Kind::System(System::Purge) {
            return Err(Invalid::Cutoff);
        }
        Ok(())
    }
}
