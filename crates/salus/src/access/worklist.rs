//! `Worklist<A>`: staff, may do A across patients. Lists come closed; `disclose` names exactly whom it opens.

use std::{
    collections::{HashMap, HashSet},
    marker::PhantomData,
};

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::request::Parts,
};
use salus_db::{
    Reader, args,
    ledger::{LedgerReader, Position},
    sql,
};
use salus_kernel::{
    AccountId, ActionType, Instant, PatientId, Relation, Subject,
    actions::{ChangeClinic, ChangeRole, ChangeStaff, ChangeWatched, SearchAudit},
};
use salus_ledger::{Kind, Outcome};
use salus_vault::{BlindIndex, DataKey, Discloses, Opens, normal};

use super::{
    App, Asked, Change, FoundPatient, Session, Sight, Wanted,
    audit::{self, Line, Who},
    columns,
    policy::of_role,
    routes::{Access, Guard},
    session,
    signed_in::{self, Surroundings},
    store,
};
use crate::shell::{
    error::{Error, chain},
    page::{Chrome, Frames},
};

/// Staff doing `A` across patients.
pub struct Worklist<A> {
    app: App,
    asked: Asked,
    session: Session,
    relation: Relation,
    entry: Position,
    account_key: DataKey,
    surroundings: Surroundings,
    action: PhantomData<fn() -> A>,
}

impl<A: ActionType> FromRequestParts<App> for Worklist<A> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let (asked, session, relation) = who_asks::<A>(parts, app).await?;
        match relation {
            Some(relation) => Self::enter(parts, app, asked, session, relation).await,
            None => {
                let (who, relation) = (Who::session(&session), session.role.map(of_role));
                let line =
                    Line { who: &who, asked: &asked, action: A::ACTION, relation, role: session.role, patient: None };
                line.refusal(app, "not-allowed").await?;
                Err(Error::NotFound)
            }
        }
    }
}

/// For a page that several roles share: whose role may not do `A` gets the page without it, and nobody was refused.
impl<A: ActionType> OptionalFromRequestParts<App> for Worklist<A> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, Error> {
        let (asked, session, relation) = who_asks::<A>(parts, app).await?;
        match relation {
            Some(relation) => Self::enter(parts, app, asked, session, relation).await.map(Some),
            None => Ok(None),
        }
    }
}

/// Who asks, and as what they do it, if they may: from here on the session is of that role.
async fn who_asks<A: ActionType>(parts: &mut Parts, app: &App) -> Result<(Asked, Session, Option<Relation>), Error> {
    let asked = Asked::from_request_parts(parts, app).await?;
    let mut session = signed_in::working_session(parts, app, &asked, A::ACTION, None).await?;
    let hat = session.duties.as_ref().and_then(|duties| duties.hat(A::ACTION));
    session.role = hat.or(session.role);
    Ok((asked, session, hat.map(of_role)))
}

impl<A: ActionType> Guard for Worklist<A> {
    const ACCESS: Access = Access::Worklist(A::ACTION);
}

impl<A: ActionType> Worklist<A> {
    async fn enter(
        parts: &Parts,
        app: &App,
        asked: Asked,
        mut session: Session,
        relation: Relation,
    ) -> Result<Self, Error> {
        let who = Who::session(&session);
        let line = Line {
            who: &who,
            asked: &asked,
            action: A::ACTION,
            relation: Some(relation),
            role: session.role,
            patient: None,
        };
        signed_in::prove(parts, app, &session, &line).await?;
        let entry = line.intent(app, None).await?;
        session.touch(app, asked.now).await?;
        Ok(Self {
            account_key: session.key(app)?,
            surroundings: Surroundings::of(parts, app).await,
            app: app.clone(),
            asked,
            session,
            relation,
            entry,
            action: PhantomData,
        })
    }

    /// A read transaction over what this role may list.
    pub async fn read(&self) -> Result<Reader, Error> {
        Ok(self.app.db().read(&self.session.sight()).await?)
    }
    /// A change that this role makes.
    pub async fn begin(&self) -> Result<Change<'_>, Error> {
        let who = Who::session(&self.session);
        let line = self.line(&who);
        Change::begin(&self.app, &self.session.sight(), self.entry, &line).await
    }
    /// The request's moment.
    pub fn now(&self) -> Instant {
        self.asked.now
    }
    /// Who asks.
    pub fn session(&self) -> &Session {
        &self.session
    }
    /// What they are to patients in general.
    pub fn relation(&self) -> Relation {
        self.relation
    }
    /// The floor.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// The blind index of a value.
    pub fn index(&self, purpose: &str, value: &str) -> BlindIndex {
        self.app.vault().index(purpose, value)
    }
    /// A keyed digest, for what is compared and never shown.
    pub fn digest(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        self.app.vault().digest(purpose, message)
    }

    /// Who might be meant; nothing of them is shown until [`Self::disclose`]. Whose record is watched is found by who treats them, and
    /// else only by a name together with the birth date, or by the record number: a name alone does not tell that they come here.
    pub async fn find(&self, wanted: &Wanted, limit: usize) -> Result<Vec<FoundPatient>, Error> {
        let hidden = if wanted.is_close() { HashSet::new() } else { self.watched_by_others().await? };
        self.app.directory.find(&self.app, wanted, &hidden, limit).await
    }

    /// Whose record is watched, of all who are not in the care of who asks: on their care team, or with a visit about now.
    pub async fn watched_by_others(&self) -> Result<HashSet<PatientId>, Error> {
        const WATCHED: salus_db::Sql = sql!(
            "SELECT w.patient_id FROM watched_record w
              WHERE w.ended_at IS NULL
                AND NOT EXISTS (SELECT 1 FROM care_team_member c
                                 WHERE c.patient_id = w.patient_id AND c.practitioner_id = $1
                                   AND c.starts_at <= $2 AND (c.ends_at IS NULL OR c.ends_at > $2))
                AND NOT EXISTS (SELECT 1 FROM appointment v
                                 WHERE v.patient_id = w.patient_id AND v.practitioner_id = $1
                                   AND v.state IN ('booked', 'arrived', 'fulfilled') AND v.start_at > $3 AND v.start_at < $4)"
        );
        let (practitioner, now) = (self.session.practitioner, self.asked.now);
        let sight = Sight { practitioner, role: self.session.role, ..Sight::of_run("directory") };
        let mut tx = self.app.db().read(&sight).await?;
        let about_now = (now.plus(-session::TREATS.1), now.plus(session::TREATS.0));
        let rows: Vec<(PatientId,)> = tx.all(WATCHED, args![practitioner, now, about_now.0, about_now.1]).await?;
        Ok(rows.into_iter().map(|(patient,)| patient).collect())
    }

    /// Writes down exactly these patients, then hands out what opens them.
    pub async fn disclose(&self, patients: &[PatientId]) -> Result<Disclosed<'_, A>, Error> {
        let who = Who::session(&self.session);
        let line = self.line(&who);
        if !patients.is_empty() {
            let mut draft = line.draft(&self.app, Kind::Read, Outcome::Allowed);
            draft.patients = patients.iter().map(ToString::to_string).collect();
            audit::append(&self.app, draft).await?;
        }
        let sight = Sight { listed: patients.to_vec(), ..self.session.sight() };
        let mut tx = self.app.db().read(&sight).await?;
        let mut keys = HashMap::new();
        let mut erased = HashMap::new();
        for patient in patients {
            let subject = Subject::Patient(*patient);
            match store::key(&mut tx, self.app.vault(), subject).await {
                Ok(key) => drop(keys.insert(subject, key)),
                // One erased record does not take the list of all others away.
                Err(Error::NotFound) => match store::erased_at(&mut tx, subject).await? {
                    Some(at) => drop(erased.insert(*patient, at)),
                    None => return Err(Error::NotFound),
                },
                Err(error) => return Err(error),
            }
        }
        Ok(Disclosed { tx, keys: Keys { keys, list: self }, erased })
    }

    pub(super) fn line<'b>(&'b self, who: &'b Who) -> Line<'b> {
        Line {
            who,
            asked: &self.asked,
            action: A::ACTION,
            relation: Some(self.relation),
            role: self.session.role,
            patient: None,
        }
    }
}

impl Worklist<SearchAudit> {
    /// The ledger, as far as this role sees it: the privacy officer sees all of it.
    pub async fn ledger(&self) -> Result<LedgerReader, Error> {
        self.app.ledger().reader(&self.session.sight()).await.map_err(|error| Error::broken(chain(&error)))
    }

    /// The account with this address, by its blind index: nothing is opened.
    pub async fn account_of_email(&self, typed: &str) -> Result<Option<AccountId>, Error> {
        const BY_EMAIL: salus_db::Sql = sql!("SELECT id FROM account WHERE email_index = $1");
        let index = self.app.vault().index("account.email", &normal::email(typed));
        let sight = Sight { token: Some(index.as_str().to_owned()), ..self.session.sight() };
        let found: Option<(AccountId,)> =
            self.app.db().read(&sight).await?.maybe(BY_EMAIL, args![index.as_str()]).await?;
        Ok(found.map(|(account,)| account))
    }
}

/// What may look a record up by its number.
pub trait FindsByNumber: ActionType {}
impl FindsByNumber for SearchAudit {}
impl FindsByNumber for ChangeWatched {}

impl<A: FindsByNumber> Worklist<A> {
    /// The patient with this record number, by its blind index, or with an id that ends like this: nothing is opened.
    pub async fn patient_of_number(&self, typed: &str) -> Result<Option<PatientId>, Error> {
        const BY_MRN: salus_db::Sql = sql!("SELECT patient_id FROM patient WHERE mrn_index = $1");
        const BY_ENDING: salus_db::Sql =
            sql!("SELECT patient_id FROM patient WHERE patient_id LIKE $1 ORDER BY patient_id LIMIT 2");
        let mut tx = self.app.db().read(&Sight::of_run("directory")).await?;
        let index = self.app.vault().index("patient.mrn", &normal::mrn(typed));
        if let Some((patient,)) = tx.maybe(BY_MRN, args![index.as_str()]).await? {
            return Ok(Some(patient));
        }
        let ending = typed.trim().trim_start_matches('…').to_ascii_lowercase();
        if ending.len() < 8 || !ending.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-') {
            return Ok(None);
        }
        let found: Vec<(PatientId,)> = tx.all(BY_ENDING, args![format!("%{ending}")]).await?;
        match found.as_slice() {
            [(patient,)] => Ok(Some(*patient)),
            _ => Ok(None),
        }
    }
}

/// What ends the sessions of somebody else who works here.
pub trait EndsSessions: ActionType {}
impl EndsSessions for ChangeStaff {}
impl EndsSessions for ChangeRole {}

impl<A: EndsSessions> Worklist<A> {
    /// Ends the sessions of an account that this change closes, or gives another role: opening it again must not bring them back.
    pub async fn end_sessions(&self, change: &mut Change<'_>, account: AccountId) -> Result<(), Error> {
        session::end_for(change, &self.session.sight(), account, "closed", self.asked.now).await
    }
}

impl Worklist<ChangeClinic> {
    /// Every page shows the clinic's new face from here on.
    pub async fn refresh_clinic(&self) -> Result<(), Error> {
        self.app.refresh_clinic().await
    }
}

/// Patients whom an entry names: their listed rows, and their keys.
pub struct Disclosed<'a, A> {
    /// Sees the listed patients' rows.
    pub tx: Reader,
    /// Opens the columns that the action declares.
    pub keys: Keys<'a, A>,
    /// Of these nothing opens any more: the record was erased at that moment.
    pub erased: HashMap<PatientId, Instant>,
}

/// The keys of the patients whom an entry names.
pub struct Keys<'a, A> {
    keys: HashMap<Subject, DataKey>,
    list: &'a Worklist<A>,
}

impl<A: ActionType> Discloses<A> for Keys<'_, A> {
    fn key_of(&self, subject: Subject) -> Option<&DataKey> {
        self.keys.get(&subject).or_else(|| self.list.key_of(subject))
    }
}

impl<A: ActionType> Discloses<A> for Worklist<A> {
    fn key_of(&self, subject: Subject) -> Option<&DataKey> {
        Some(&self.account_key).filter(|key| key.subject() == subject)
    }
}

impl<A: ActionType + Opens<columns::account::Name>> Frames for Worklist<A> {
    fn chrome(&self) -> Result<Chrome, Error> {
        let name = self.session.name.open(self)?;
        Ok(self.surroundings.chrome(&self.asked, Some((&self.session, name)), None))
    }
}
