//! `Chart<A>`: may do A in this one patient's record, and it is written down.

use std::marker::PhantomData;

use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::request::Parts,
};
use salus_db::{
    Reader,
    ledger::{LedgerReader, Position},
};
use salus_kernel::{
    AccountId, Action, ActionType, Column, Instant, PatientId, Reach, Relation, Subject, actions::SignPatientOut,
};
use salus_vault::{BlindIndex, DataKey, Discloses};

use super::{
    App, Asked, Change, Session, Sight,
    audit::{Line, Who},
    columns,
    policy::{Standing, who_may},
    routes::{Access, Guard},
    session, signed_in, store,
};
use crate::shell::{
    error::{Error, chain},
    page::{Chrome, Frames},
};

/// A patient whose rows a query may read: only guards make one, so an id from a form can't become a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PatientScope(PatientId, Reach);

impl PatientScope {
    pub(super) fn new(patient: PatientId, reach: Reach) -> Self {
        Self(patient, reach)
    }
    /// For `WHERE patient_id = $1`.
    pub fn patient(self) -> PatientId {
        self.0
    }
    /// How far they see into what is kept private, for queries that compare it.
    pub fn reach(self) -> i64 {
        self.1.number()
    }
    /// Whose key.
    pub fn subject(self) -> Subject {
        Subject::Patient(self.0)
    }
}

/// May do `A` in this patient's record. The ledger's entry is committed before this exists.
pub struct Chart<A> {
    app: App,
    asked: Asked,
    session: Session,
    standing: Standing,
    patient: PatientId,
    entry: Position,
    pub(super) patient_key: DataKey,
    account_key: DataKey,
    chrome: signed_in::Surroundings,
    action: PhantomData<fn() -> A>,
}

impl<A: ActionType> FromRequestParts<App> for Chart<A> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let asked = Asked::from_request_parts(parts, app).await?;
        let surroundings = signed_in::Surroundings::of(parts, app).await;
        let patient = path_id(parts, app, "patient").await.and_then(|text| text.parse::<PatientId>().ok());
        let mut session = signed_in::working_session(parts, app, &asked, A::ACTION, patient).await?;

        let standing = session.standing();
        let relation = standing.map(|standing| standing.relation);
        let known = patient.filter(|_| session.towards.there);
        let who = Who::session(&session);
        let line = Line { who: &who, asked: &asked, action: A::ACTION, relation, role: session.role, patient: known };
        let Some(patient) = known else {
            line.refusal(app, "no-such-patient").await?;
            return Err(Error::NotFound);
        };
        if standing.is_none() {
            line.refusal(app, "no-relation").await?;
            return Err(Error::NotFound);
        }
        let Some((role, standing)) = session.in_chart(A::ACTION) else {
            line.refusal(app, "not-allowed").await?;
            return Err(Error::NotFound);
        };
        session.role = role;
        let who = Who::session(&session);
        let relation = Some(standing.relation);
        let line = Line { who: &who, relation, role, ..line };
        signed_in::say_why(parts, app, &session, &line).await?;
        signed_in::prove(parts, app, &session, &line).await?;
        let Some((version, wrapped)) = session.towards.wrapped_key.take() else {
            line.refusal(app, "key-destroyed").await?;
            return Err(Error::NotFound);
        };
        let resource = path_id(parts, app, "id").await.filter(|id| id.parse::<salus_kernel::ResourceId>().is_ok());
        let entry = line.intent(app, resource).await?;

        session.touch(app, asked.now).await?;
        Ok(Self {
            patient_key: store::unwrap(app, Subject::Patient(patient), version, &wrapped)?,
            account_key: session.key(app)?,
            app: app.clone(),
            asked,
            session,
            standing,
            patient,
            entry,
            chrome: surroundings,
            action: PhantomData,
        })
    }
}

/// One id out of the path.
pub(super) async fn path_id(parts: &mut Parts, app: &App, name: &str) -> Option<String> {
    let params = RawPathParams::from_request_parts(parts, app).await.ok()?;
    params.iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
}

/// An id of this name in an address. What is no id is no page of ours.
pub async fn id_in_path<I: std::str::FromStr>(parts: &mut Parts, app: &App, name: &str) -> Result<I, Error> {
    path_id(parts, app, name).await.and_then(|text| text.parse().ok()).ok_or(Error::NotFound)
}

impl<A: ActionType> Guard for Chart<A> {
    const ACCESS: Access = Access::Chart(A::ACTION);
}

impl<A: ActionType> Chart<A> {
    /// A read transaction: one snapshot, this patient's rows.
    pub async fn read(&self) -> Result<Reader, Error> {
        Ok(self.app.db().read(&self.sight()).await?)
    }
    /// A change to this patient's rows; its outcome follows into the ledger after the commit.
    pub async fn begin(&self) -> Result<Change<'_>, Error> {
        let who = Who::session(&self.session);
        Change::begin(&self.app, &self.sight(), self.entry, &self.line(&who)).await
    }
    /// Seals a value of this patient's for a row, and says under which version of the key.
    pub fn seal<C: Column>(&self, row: &str, plain: &[u8]) -> (Vec<u8>, i64) {
        (self.patient_key.seal::<C>(row, plain), i64::from(self.patient_key.version()))
    }
    /// The blind index of a value.
    pub fn index(&self, purpose: &str, value: &str) -> BlindIndex {
        self.app.vault().index(purpose, value)
    }
    /// For queries.
    pub fn scope(&self) -> PatientScope {
        PatientScope::new(self.patient, self.standing.reach())
    }
    /// Whose chart.
    pub fn patient(&self) -> PatientId {
        self.patient
    }
    /// What the one who asks is to the patient.
    pub fn relation(&self) -> Relation {
        self.standing.relation
    }
    /// The same, with what a caregiver was given.
    pub fn standing(&self) -> Standing {
        self.standing
    }
    /// Whether they may do something else here too: for links, and for what a page leaves out.
    pub fn may(&self, action: Action) -> bool {
        self.session.in_chart(action).is_some()
    }
    /// What a caregiver calls the patient for whom they act.
    pub fn acting_for(&self) -> Result<Option<String>, Error> {
        let given = self.session.towards.caregiver.as_ref().filter(|_| self.relation() == Relation::Caregiver);
        given.map(|given| given.name(&self.account_key)).transpose()
    }
    /// Until when the record is open, where it was opened in an emergency.
    pub fn emergency_until(&self) -> Option<Instant> {
        self.session.towards.emergency.filter(|_| self.relation() == Relation::Emergency)
    }
    /// Whether the record is watched, and the one who asks has to say why they open it.
    pub fn reason_missing(&self) -> bool {
        self.session.towards.reason_missing
    }
    /// The request's moment.
    pub fn now(&self) -> Instant {
        self.asked.now
    }
    /// Who asks.
    pub fn session(&self) -> &Session {
        &self.session
    }
    /// The floor, for what is not this patient's.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// The same person doing something else on the same page, if they may and have nothing to prove first: its entry is committed first.
    pub async fn also<B: ActionType>(&self) -> Result<Option<Also<'_, B>>, Error> {
        let policy = who_may(B::ACTION);
        let proved = self.session.proves(policy.wants_proof(self.relation()), self.now());
        // As what they are on this page, and as nothing else.
        let same = self.session.in_chart(B::ACTION).is_some_and(|(_, standing)| standing == self.standing);
        if !same || !proved {
            return Ok(None);
        }
        let who = Who::session(&self.session);
        Line { action: B::ACTION, ..self.line(&who) }.intent(&self.app, None).await?;
        Ok(Some(Also { keys: [&self.patient_key, &self.account_key], action: PhantomData }))
    }

    /// The ledger, as far as it is about this patient; for those whom policy lets see who opened the record.
    pub async fn ledger(&self) -> Result<LedgerReader, Error> {
        if !self.may(Action::ViewAccessLog) {
            return Err(Error::NotFound);
        }
        self.app.ledger().reader(&self.sight()).await.map_err(|error| Error::broken(chain(&error)))
    }

    pub(super) fn line<'b>(&'b self, who: &'b Who) -> Line<'b> {
        Line {
            who,
            asked: &self.asked,
            action: A::ACTION,
            relation: Some(self.relation()),
            role: self.session.role,
            patient: Some(self.patient),
        }
    }

    pub(in crate::access) fn sight(&self) -> Sight {
        Sight { patient: Some(self.patient), reach: self.standing.reach(), ..self.session.sight() }
    }
}

/// A second action within a [`Chart`]: opens what `B` declares.
pub struct Also<'a, B> {
    keys: [&'a DataKey; 2],
    action: PhantomData<fn() -> B>,
}

impl<B: ActionType> Discloses<B> for Also<'_, B> {
    fn key_of(&self, subject: Subject) -> Option<&DataKey> {
        self.keys.into_iter().find(|key| key.subject() == subject)
    }
}

impl Chart<SignPatientOut> {
    /// Ends the sessions of an account that signs in to this chart.
    pub async fn end_sessions(&self, change: &mut Change<'_>, account: AccountId) -> Result<(), Error> {
        session::end_for(change, &self.sight(), account, "signed-out-by-clinic", self.asked.now).await
    }
}

impl<A: ActionType> Discloses<A> for Chart<A> {
    fn key_of(&self, subject: Subject) -> Option<&DataKey> {
        [&self.patient_key, &self.account_key].into_iter().find(|key| key.subject() == subject)
    }
}

impl<A: ActionType + salus_vault::Opens<columns::account::Name>> Frames for Chart<A> {
    fn chrome(&self) -> Result<Chrome, Error> {
        let name = self.session.name.open(self)?;
        let chrome = self.chrome.chrome(&self.asked, Some((&self.session, name)), Some((self.patient, self.standing)));
        Ok(Chrome { acting_for: self.acting_for()?, ..chrome })
    }
}
