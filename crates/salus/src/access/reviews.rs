//! What goes through the ledger by itself, to find looks that nothing explains; the slice `reviews` says which those are.
//!
//! It reads the ledger; and of records, after an entry that names them, who the person is, for nothing but comparing last names
//! and addresses. What it writes is that somebody looked, and how the two are connected, sealed under the patient's key.

use std::collections::HashMap;

use salus_db::{Reader, args, ledger::LedgerReader, sql};
use salus_kernel::{Action, ActionType, Column, Instant, PatientId, RequestId, Subject, actions::FindUnusual};
use salus_ledger::{Actor, ActorKind, EntryDraft, Kind, Outcome};
use salus_vault::{DataKey, Discloses, Phi};

use super::{
    App, Asked, Change, Sight,
    audit::{self, Line, Who, word},
    columns::patient,
    store,
};
use crate::shell::error::{Error, chain};

/// What row-level security knows it by.
const RUN: &str = "review";
/// How many records one entry names.
const NAMED: usize = 200;

const WHO: salus_db::Sql = sql!("SELECT resource FROM patient WHERE patient_id = $1");

/// One time of going through the ledger, under its own name.
pub struct ReviewRun {
    app: App,
    who: Who,
    asked: Asked,
}

impl ReviewRun {
    /// Begins; writes nothing of its own yet.
    pub fn new(app: &App) -> Self {
        let now = app.now();
        Self {
            app: app.clone(),
            who: Who { actor: Actor::new(ActorKind::Job, "access-review"), session: None },
            asked: Asked::by_itself(RequestId::new(now, salus_vault::random()), now),
        }
    }

    /// The floor.
    pub fn app(&self) -> &App {
        &self.app
    }
    /// The run's moment.
    pub fn now(&self) -> Instant {
        self.asked.now
    }

    /// What explains looks, and what was found so far: no name, and no key.
    pub async fn read(&self) -> Result<Reader, Error> {
        Ok(self.app.db().read(&Sight::of_run(RUN)).await?)
    }

    /// The whole ledger, once it says that it is read.
    pub async fn ledger(&self) -> Result<LedgerReader, Error> {
        audit::append(&self.app, self.draft(Kind::Read, Outcome::Allowed)).await?;
        self.app.ledger().reader(&Sight::of_run("audit")).await.map_err(|error| Error::broken(chain(&error)))
    }

    /// Writes down exactly these patients, then hands out who they are, closed, and what opens it. Erased records are not among them.
    pub async fn compare(&self, patients: &[PatientId]) -> Result<Compared, Error> {
        let mut compared = Compared::default();
        for part in patients.chunks(NAMED) {
            let mut draft = self.draft(Kind::Read, Outcome::Allowed);
            draft.patients = part.iter().map(ToString::to_string).collect();
            audit::append(&self.app, draft).await?;
            let mut tx = self.app.db().read(&Sight { listed: part.to_vec(), ..Sight::of_run(RUN) }).await?;
            for patient in part {
                let subject = Subject::Patient(*patient);
                let key = match store::key(&mut tx, self.app.vault(), subject).await {
                    Ok(key) => key,
                    Err(Error::NotFound) => continue,
                    Err(error) => return Err(error),
                };
                let (resource,): (Vec<u8>,) = tx.one(WHO, args![*patient]).await?;
                compared.people.insert(*patient, (key, resource));
            }
        }
        Ok(compared)
    }

    /// A change to what was found, under an entry of its own.
    pub async fn begin(&self) -> Result<Change<'_>, Error> {
        let entry = audit::append(&self.app, self.draft(Kind::Change, Outcome::Allowed)).await?;
        let outcome = self.draft(Kind::Outcome, Outcome::Done);
        Change::under(&self.app, &Sight::of_run(RUN), entry, outcome, self.asked.now).await
    }

    fn draft(&self, kind: Kind, outcome: Outcome) -> EntryDraft {
        let action: Action = FindUnusual::ACTION;
        let line = Line { who: &self.who, asked: &self.asked, action, relation: None, role: None, patient: None };
        let mut draft = line.draft(&self.app, kind, outcome);
        draft.purpose = word("audit-review");
        draft.address = None; // nobody is at the other end of a wire
        draft
    }
}

/// Patients whom the ledger names: who they are, and what seals what is said of them.
#[derive(Default)]
pub struct Compared {
    people: HashMap<PatientId, (DataKey, Vec<u8>)>,
}

impl Compared {
    /// Who a patient is, closed; none where the record was erased.
    pub fn who(&self, patient: PatientId) -> Option<Phi<patient::Resource>> {
        let (_, resource) = self.people.get(&patient)?;
        Some(Phi::sealed(patient.to_string(), Subject::Patient(patient), resource.clone()))
    }
    /// Seals a value under the patient's key; none where the record was erased.
    pub fn seal<C: Column>(&self, patient: PatientId, row: &str, plain: &[u8]) -> Option<(Vec<u8>, i64)> {
        let (key, _) = self.people.get(&patient)?;
        Some((key.seal::<C>(row, plain), i64::from(key.version())))
    }
}

impl Discloses<FindUnusual> for Compared {
    fn key_of(&self, subject: Subject) -> Option<&DataKey> {
        let Subject::Patient(patient) = subject else { return None };
        self.people.get(&patient).map(|(key, _)| key)
    }
}
