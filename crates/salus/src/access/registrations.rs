//! Registrations: the second door. Anybody may ask for an account; nobody gets to a chart by what they typed.
//!
//! Three sides: a visitor writes one under the id and key of the account that may come of it; the front desk opens those
//! whose address was verified, each named in the ledger first; and the front desk makes a chart for whoever has none.

use std::{
    collections::{HashMap, HashSet},
    marker::PhantomData,
};

use axum::{extract::FromRequestParts, http::request::Parts};
use salus_db::Reader;
use salus_kernel::{AccountId, Action, ActionType, Column, PatientId, Relation, Subject, actions::MakeChart};
use salus_ledger::{Kind, Outcome, Resource};
use salus_vault::{BlindIndex, DataKey, Discloses};

use super::{
    App, Change, Chart, Sight, Visitor, Wanted, Worklist,
    audit::{self, Line, Who, word},
    chart::id_in_path,
    store,
};
use crate::shell::error::Error;

/// Somebody who registers: one new row under an account's id that nobody has, and the key that seals it.
pub struct Registering<'a> {
    /// The account that may come of it.
    pub account: AccountId,
    /// Its key.
    pub key: DataKey,
    /// May write this registration, and void those before it with the same address.
    pub change: Change<'a>,
}

impl Visitor {
    /// Somebody registers with this address. The ledger has it first.
    pub async fn register(&self, address: &BlindIndex) -> Result<Registering<'_>, Error> {
        let account = AccountId::new(self.now(), salus_vault::random());
        let who = Who::account(account);
        let line = Line {
            who: &who,
            asked: self.asked(),
            action: Action::Register,
            relation: Some(Relation::Myself),
            role: None,
            patient: None,
        };
        let entry = line.intent(self.app(), Some(account.to_string())).await?;
        let sight = Sight { account: Some(account), token: Some(address.as_str().to_owned()), ..Sight::default() };
        let mut change = Change::begin(self.app(), &sight, entry, &line).await?;
        let key = store::new_key(&mut change, self.app().vault(), Subject::Account(account), self.now()).await?;
        Ok(Registering { account, key, change })
    }

    /// Somebody asks for another password: a change that can leave a job and nothing else.
    pub async fn ask_for_reset(&self) -> Result<Change<'_>, Error> {
        let who = Who::nobody();
        let line = Line {
            who: &who,
            asked: self.asked(),
            action: Action::AskForReset,
            relation: None,
            role: None,
            patient: None,
        };
        let entry = line.intent(self.app(), None).await?;
        let sight = Sight { token: Some("reset".to_owned()), ..Sight::default() };
        Change::begin(self.app(), &sight, entry, &line).await
    }
}

/// The account in an address of the staff's part: who registered, or gets back in.
pub struct InPath(pub AccountId);

impl FromRequestParts<App> for InPath {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        id_in_path(parts, app, "account").await.map(Self)
    }
}

/// People who registered, have lost what they sign in with, or ask to act for somebody, as the desk may open them: the ledger has named each.
pub struct Applicants<A> {
    /// Sees what they typed.
    pub tx: Reader,
    keys: HashMap<Subject, DataKey>,
    action: PhantomData<fn() -> A>,
}

impl<A: ActionType> Applicants<A> {
    /// Seals a value that only this person opens.
    pub fn seal<C: Column>(&self, account: AccountId, row: &str, plain: &[u8]) -> Result<Vec<u8>, Error> {
        let key = self.key_of(Subject::Account(account)).ok_or_else(|| Error::broken("somebody who was not named"))?;
        Ok(key.seal::<C>(row, plain))
    }
}

impl<A: ActionType> Discloses<A> for Applicants<A> {
    fn key_of(&self, subject: Subject) -> Option<&DataKey> {
        self.keys.get(&subject)
    }
}

async fn applicants<A: ActionType>(
    app: &App,
    sight: &Sight,
    line: &Line<'_>,
    accounts: &[AccountId],
) -> Result<Applicants<A>, Error> {
    let drafts = accounts.iter().map(|account| {
        let mut draft = line.draft(app, Kind::Read, Outcome::Allowed);
        draft.resource = Some(Resource { kind: word("Account"), id: Some(account.to_string()) });
        draft
    });
    if !accounts.is_empty() {
        audit::append_all(app, drafts.collect()).await?;
    }
    let mut tx = app.db().read(sight).await?;
    let mut keys = HashMap::new();
    for account in accounts {
        let subject = Subject::Account(*account);
        keys.insert(subject, store::key(&mut tx, app.vault(), subject).await?);
    }
    Ok(Applicants { tx, keys, action: PhantomData })
}

impl<A: ActionType> Worklist<A> {
    /// Writes down exactly these people who registered, then hands out what opens what they typed.
    pub async fn applicants(&self, accounts: &[AccountId]) -> Result<Applicants<A>, Error> {
        let who = Who::session(self.session());
        applicants(self.app(), &self.session().sight(), &self.line(&who), accounts).await
    }
}

impl<A: ActionType> Chart<A> {
    /// Somebody who registered, beside this chart: named in the ledger of both.
    pub async fn applicant(&self, account: AccountId) -> Result<Applicants<A>, Error> {
        let who = Who::session(self.session());
        applicants(self.app(), &self.sight(), &self.line(&who), &[account]).await
    }

    /// How many other charts fit this, for whoever may look patients up: twins, and people who are called the same.
    pub async fn others_like(&self, wanted: &Wanted) -> Result<usize, Error> {
        if !self.may(Action::FindPatients) {
            return Err(Error::NotFound);
        }
        let found = self.app().directory.find(self.app(), wanted, &HashSet::new(), 20).await?;
        Ok(found.iter().filter(|found| found.patient != self.patient()).count())
    }
}

impl Worklist<MakeChart> {
    /// A new chart: its id, its key, and the change that writes it. The ledger has named it.
    pub async fn begin_chart(&self) -> Result<(PatientId, DataKey, Change<'_>), Error> {
        let patient = PatientId::new(self.now(), salus_vault::random());
        let who = Who::session(self.session());
        let line = Line { patient: Some(patient), ..self.line(&who) };
        let entry = line.intent(self.app(), None).await?;
        let sight = Sight { patient: Some(patient), ..self.session().sight() };
        let mut change = Change::begin(self.app(), &sight, entry, &line).await?;
        let key = store::new_key(&mut change, self.app().vault(), Subject::Patient(patient), self.now()).await?;
        Ok((patient, key, change))
    }
}
