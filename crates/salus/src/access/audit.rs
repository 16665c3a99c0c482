//! What the guards write into the ledger, and how they wait for it.

use salus_db::ledger::Position;
use salus_kernel::{AccountId, Action, PatientId, Relation, Role};
use salus_ledger::{Actor, ActorKind, Digest, EntryDraft, Kind, Outcome, Resource, Word};

use super::{Asked, Floor, Session};
use crate::shell::error::Error;

/// Who is asking, as the ledger names them.
#[derive(Clone)]
pub(super) struct Who {
    pub(super) actor: Actor,
    pub(super) session: Option<Digest>,
}

impl Who {
    pub(super) fn nobody() -> Self {
        Self { actor: Actor::nobody(), session: None }
    }
    pub(super) fn session(session: &Session) -> Self {
        let mut actor = Actor::new(ActorKind::Account, &session.account.to_string());
        // As what they do this first, and what they are where that is another.
        let own = session.duties.as_ref().map(|duties| duties.base()).filter(|own| Some(*own) != session.role);
        actor.roles = session.role.into_iter().chain(own).map(|role| word(role.word())).collect();
        Self { actor, session: Some(Digest::new(session.token_hash)) }
    }
    pub(super) fn account(account: AccountId) -> Self {
        Self { actor: Actor::new(ActorKind::Account, &account.to_string()), session: None }
    }
    pub(super) fn command(name: &str) -> Self {
        Self { actor: Actor::new(ActorKind::Command, name), session: None }
    }
}

/// A word of ours is always one of the ledger's: the alphabet is checked by a test over all of them.
pub(super) fn word(text: &str) -> Word {
    Word::new(text).unwrap_or_else(|_| Word::new("unknown").unwrap_or_else(|_| unreachable!("a plain word is a word")))
}

/// What the look is for, as far as the relation tells.
fn purpose(relation: Option<Relation>, role: Option<Role>) -> &'static str {
    match (relation, role) {
        (Some(Relation::Myself | Relation::Caregiver), _) | (None, None) => "patient-request",
        (Some(Relation::Emergency), _) => "emergency",
        (Some(Relation::CareTeam | Relation::Practitioner | Relation::Nurse), _)
        | (None, Some(Role::Practitioner | Role::Nurse)) => "treatment",
        (Some(Relation::Biller), _) | (None, Some(Role::Biller)) => "payment",
        (Some(Relation::FrontDesk | Relation::Administrator), _)
        | (None, Some(Role::FrontDesk | Role::Administrator)) => "operations",
        (Some(Relation::PrivacyOfficer), _) | (None, Some(Role::PrivacyOfficer)) => "audit-review",
    }
}

/// Where the sealed user agent stands: an entry has no row, so the request's id takes that place.
pub(super) const AGENT: (&str, &str) = ("audit_event", "user_agent");

/// One entry about to be written.
pub(super) struct Line<'a> {
    pub(super) who: &'a Who,
    pub(super) asked: &'a Asked,
    pub(super) action: Action,
    pub(super) relation: Option<Relation>,
    pub(super) role: Option<Role>,
    pub(super) patient: Option<PatientId>,
}

impl Line<'_> {
    /// The draft, with everything that every entry of a request has.
    pub(super) fn draft(&self, floor: &Floor, kind: Kind, outcome: Outcome) -> EntryDraft {
        use salus_ledger::Relation as Written;
        let mut draft = EntryDraft::new(
            kind,
            self.asked.request.uuid().into_bytes(),
            self.who.actor.clone(),
            word(self.action.word()),
            word(purpose(self.relation, self.role)),
            outcome,
        );
        draft.relation = match self.relation {
            Some(Relation::Myself) => Written::Myself,
            Some(Relation::Caregiver) => Written::Caregiver,
            Some(Relation::CareTeam) => Written::CareTeam,
            Some(Relation::FrontDesk) => Written::FrontDesk,
            Some(Relation::Administrator) => Written::Administrator,
            Some(Relation::PrivacyOfficer) => Written::PrivacyOfficer,
            // The ledger's own list is shorter; the actor's role and the purpose say the rest.
            Some(Relation::Emergency | Relation::Practitioner | Relation::Nurse | Relation::Biller) | None => {
                Written::None
            }
        };
        draft.patient = self.patient.map(|patient| patient.to_string());
        draft.resource = Some(Resource { kind: word(self.action.resource()), id: None });
        draft.address = Some(self.asked.address);
        draft.session = self.who.session;
        if !self.asked.agent.is_empty() {
            let row = self.asked.request.to_string();
            draft.user_agent = Some(floor.clinic_key().seal_at(AGENT.0, AGENT.1, &row, self.asked.agent.as_bytes()));
        }
        draft
    }

    /// What a job is about to do with an account, by itself.
    pub(super) fn of_account(&self, floor: &Floor, account: AccountId) -> EntryDraft {
        let mut draft = self.draft(floor, Kind::Change, Outcome::Allowed);
        draft.purpose = word("operations");
        draft.address = None; // nobody is at the other end of a wire
        draft.resource = Some(Resource { kind: word(self.action.resource()), id: Some(account.to_string()) });
        draft
    }

    /// The intent: committed when this returns, and nothing has been opened yet.
    pub(super) async fn intent(&self, floor: &Floor, resource: Option<String>) -> Result<Position, Error> {
        let kind = match self.action.kind() {
            salus_kernel::Kind::Read => Kind::Read,
            salus_kernel::Kind::Change => Kind::Change,
        };
        let mut draft = self.draft(floor, kind, Outcome::Allowed);
        if let Some(id) = resource {
            draft.resource = Some(Resource { kind: word(self.action.resource()), id: Some(id) });
        }
        append(floor, draft).await
    }

    /// Someone known was turned away: always listed.
    pub(super) async fn refusal(&self, floor: &Floor, reason: &str) -> Result<(), Error> {
        append(floor, self.draft(floor, Kind::Refusal, Outcome::Refused(word(reason)))).await.map(drop)
    }
}

/// Writes one entry and waits for its commit.
pub(super) async fn append(floor: &Floor, draft: EntryDraft) -> Result<Position, Error> {
    append_all(floor, vec![draft]).await?.pop().ok_or_else(|| Error::broken("an entry without a place"))
}

/// Writes entries in one commit. If they can't be written, nothing is shown: 503.
pub(super) async fn append_all(floor: &Floor, drafts: Vec<EntryDraft>) -> Result<Vec<Position>, Error> {
    floor.ledger().append(drafts).await.map_err(|error| Error::ledger_silent(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_ours_is_a_word_of_the_ledgers() {
        for action in Action::ALL {
            assert_eq!(word(action.word()).as_str(), action.word());
            assert_eq!(word(action.resource()).as_str(), action.resource());
        }
        for role in Role::ALL {
            assert_eq!(word(role.word()).as_str(), role.word());
        }
    }
}
