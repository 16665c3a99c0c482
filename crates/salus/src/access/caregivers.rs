//! Caregivers: who acts for a patient, as far as they were given it. FHIR: RelatedPerson.
//!
//! The patient, or the front desk, makes a code; whoever shows it signed in, and says the patient's date of birth, acts for
//! the patient under their own name from then on. What they were given stands in the row; the code's keyed hash covers it,
//! so that a row that was changed before opens nothing. What a parent was given for a child counts up to an age
//! ([`super::ages`]), which is looked at anew in every request: the date of birth is sealed, so no query could compare it. ADR 0023.

use jiff::civil::Date;
use salus_db::{DbError, Reader, Sql, args, ledger::Position, row, sql};
use salus_kernel::{
    AccountId, Action, ActionType, Column, Instant, PatientId, Reach, Relation, ResourceId, Scope, Scopes, Subject,
    actions::{AcceptCaregiver, GrantCaregiver, InviteCaregiver},
};
use salus_vault::{DataKey, Phi, same};

pub use super::ages::Basis;
use super::{
    App, Asked, Change, Chart, PatientScope, RowWritten, Sight, SignedIn,
    ages::{Birth, Born},
    audit::{Line, Who},
    columns::{self, related_person},
    invites::{Code, message},
    store,
};
use crate::shell::{dates, error::Error};

/// What a row says of a caregiver, for the guard.
pub(super) struct Found {
    pub(super) id: ResourceId,
    pub(super) basis: String,
    pub(super) scopes: String,
    pub(super) patient_name: Vec<u8>,
    pub(super) since: Instant,
    pub(super) born: Option<Vec<u8>>,
}

/// What a caregiver may do now, and how they call the patient.
pub(super) struct Given {
    pub(super) scopes: Scopes,
    id: ResourceId,
    patient_name: Vec<u8>,
}

impl Found {
    /// What of it counts at this moment. The guard looks at the date of birth itself, and nothing of it is shown.
    pub(super) async fn given(
        self,
        app: &App,
        patient: PatientId,
        wrapped: Option<&(i64, Vec<u8>)>,
        now: Instant,
    ) -> Result<Option<Given>, Error> {
        let Some(basis) = Basis::from_word(&self.basis) else { return Ok(None) };
        let Some((version, wrapped)) = wrapped else { return Ok(None) };
        let mut scopes = Scopes::from_words(&self.scopes);
        if basis.asks_age() {
            let key = store::unwrap(app, Subject::Patient(patient), *version, wrapped)?;
            let (born, zone) = (Born::open(&key, self.born)?, app.clinic().await.zone());
            let (since, today) = (dates::on(self.since, &zone), dates::on(now, &zone));
            match app.ages().await.given(basis, scopes, born.birth(), since, today) {
                None => return Ok(None),
                Some(left) => scopes = left,
            }
        }
        Ok(Some(Given { scopes, id: self.id, patient_name: self.patient_name }))
    }
}

impl Given {
    /// How the patient is called in the frame of a page: under the caregiver's own key, because that is all it takes.
    pub(super) fn name(&self, account_key: &DataKey) -> Result<String, Error> {
        type Name = related_person::PatientName;
        let name = account_key.open_at(Name::TABLE, Name::NAME, &self.id.to_string(), &self.patient_name)?;
        String::from_utf8(name).map_err(|_| Error::broken("a name that is not text"))
    }
}

/// What somebody is given.
pub struct Offer<'a> {
    /// What they are called by who asks for it.
    pub name: &'a str,
    /// Why they may.
    pub basis: Basis,
    /// What they are given.
    pub scopes: Scopes,
    /// How the desk knew; nothing where the patient asks.
    pub evidence: Option<&'static str>,
    /// `YYYY-MM-DD`: the patient's date of birth, which the code's holder must say.
    pub birth_date: String,
    /// Until when it counts at most.
    pub until: Instant,
    /// How long the code counts.
    pub lasts: i64,
}

/// What a code is for, as its proof covers it.
fn purpose(patient: PatientId, basis: &str, scopes: &str, until: Instant) -> String {
    format!("caregiver {patient} {basis} {scopes} {}", until.micros())
}

/// What makes a code for somebody.
pub trait Offers: ActionType {}
impl Offers for InviteCaregiver {}
impl Offers for GrantCaregiver {}

impl<A: Offers> Chart<A> {
    /// Writes an offer; its code exists nowhere but in what this returns.
    pub async fn offer(&self, change: &mut Change<'_>, offer: &Offer<'_>) -> Result<Code, Error> {
        let (now, patient, entry) = (self.now(), self.patient(), change.entry());
        let id = ResourceId::new(now, salus_vault::random());
        let row = id.to_string();
        let code = Code::for_slip();
        let scopes = offer.scopes.words();
        let purpose = purpose(patient, offer.basis.word(), &scopes, offer.until);
        let proof = self.app().vault().digest("caregiver", &message(&row, &code, &purpose, &offer.birth_date));
        let (name, key_version) = self.seal::<related_person::Name>(&row, offer.name.as_bytes());
        let columns = [
            ("id", id.into()),
            ("patient_id", patient.into()),
            ("account_id", None::<AccountId>.into()),
            ("key", self.app().vault().index("caregiver", code.text()).into_string().into()),
            ("proof", proof.into()),
            ("basis", offer.basis.word().into()),
            ("scopes", scopes.into()),
            ("evidence", offer.evidence.map(str::to_owned).into()),
            ("name", name.into()),
            ("account_name", None::<Vec<u8>>.into()),
            ("patient_name", None::<Vec<u8>>.into()),
            ("account_key_version", None::<i64>.into()),
            ("state", "offered".into()),
            ("wrong_dates", 0_i64.into()),
            ("made_by", self.session().account.into()),
            ("created_at", now.into()),
            ("offer_ends_at", now.plus(offer.lasts).into()),
            ("starts_at", None::<Instant>.into()),
            ("ends_at", offer.until.into()),
            ("ended_at", None::<Instant>.into()),
            ("ended_by", None::<AccountId>.into()),
            ("updated_at", now.into()),
            ("key_version", key_version.into()),
            ("version", 1_i64.into()),
            ("entry", entry.into()),
        ];
        change.insert(&RowWritten { table: "related_person", id: row, version: 1, columns: &columns }).await?;
        Ok(code)
    }
}

impl<A: ActionType> Chart<A> {
    /// The accounts of those who act for this patient now, and were given this: who is told of news.
    pub async fn caregivers_with(&self, tx: &mut Reader, scope: Scope) -> Result<Vec<AccountId>, Error> {
        const WITH: Sql = sql!(
            "SELECT account_id, basis, scopes, starts_at FROM related_person
              WHERE patient_id = $1 AND state = 'active' AND ends_at > $2 ORDER BY account_id"
        );
        let rows: Vec<(AccountId, String, String, Instant)> = tx.all(WITH, args![self.patient(), self.now()]).await?;
        let mut with: Vec<AccountId> = Vec::new();
        let (ages, zone) = (self.app().ages().await, self.app().clinic().await.zone());
        let Some(born) = Born::of_living(tx, &self.patient_key).await? else { return Ok(with) };
        let today = dates::on(self.now(), &zone);
        for (account, basis, scopes, since) in rows {
            let Some(basis) = Basis::from_word(&basis) else { continue };
            let given = ages.given(basis, Scopes::from_words(&scopes), born.birth(), dates::on(since, &zone), today);
            if given.is_some_and(|given| given.contains(scope)) && !with.contains(&account) {
                with.push(account);
            }
        }
        Ok(with)
    }
}

/// The accounts with which a patient signs in.
pub async fn owners(tx: &mut Reader, patient: PatientId, at: Instant) -> Result<Vec<AccountId>, Error> {
    const OWNERS: Sql = sql!(
        "SELECT account_id FROM access_grant
          WHERE patient_id = $1 AND basis = 'self' AND starts_at <= $2 AND (ends_at IS NULL OR ends_at > $2)"
    );
    let owners: Vec<(AccountId,)> = tx.all(OWNERS, args![patient, at]).await?;
    Ok(owners.into_iter().map(|(account,)| account).collect())
}

/// Somebody for whom an account acts.
pub struct ActingFor {
    /// The row.
    pub id: ResourceId,
    /// For whom.
    pub patient: PatientId,
    /// What they are called.
    pub name: Phi<related_person::PatientName>,
    /// What was given.
    pub scopes: Scopes,
    /// Until when at most.
    pub until: Instant,
    /// The first day on which it counts no longer because of an age.
    pub outgrown: Option<Date>,
    /// The day on which what is sensitive becomes the patient's own.
    pub shrinks: Option<Date>,
}

struct ActingRow {
    id: ResourceId,
    patient_id: PatientId,
    basis: String,
    scopes: String,
    patient_name: Vec<u8>,
    starts_at: Instant,
    ends_at: Instant,
}
row!(ActingRow {
    id: id,
    patient_id: patient_id,
    basis: basis,
    scopes: scopes,
    patient_name: patient_name,
    starts_at: starts_at,
    ends_at: ends_at,
});

impl<A: ActionType> SignedIn<A> {
    /// For whom this account acts now, in the order in which it began. Whom it acts for no longer because of an age is not
    /// among them.
    pub async fn acting_for(&self) -> Result<Vec<ActingFor>, Error> {
        const LIST: Sql = sql!(
            "SELECT id, patient_id, basis, scopes, patient_name, starts_at, ends_at FROM related_person
              WHERE account_id = $1 AND state = 'active' AND ends_at > $2 ORDER BY starts_at, id"
        );
        let (app, own) = (self.app(), self.session().sight());
        let (ages, zone) = (app.ages().await, app.clinic().await.zone());
        let today = dates::on(self.now(), &zone);
        let mut tx = app.db().read(&own).await?;
        let rows: Vec<ActingRow> = tx.all(LIST, args![self.account(), self.now()]).await?;
        let mut list = Vec::new();
        for row in rows {
            let Some(basis) = Basis::from_word(&row.basis) else { continue };
            tx.look_as(&Sight { patient: Some(row.patient_id), ..self.session().sight() }).await?;
            let subject = Subject::Patient(row.patient_id);
            if store::erased_at(&mut tx, subject).await?.is_some() {
                continue;
            }
            let key = store::key(&mut tx, app.vault(), subject).await?;
            let Some(born) = Born::of_living(&mut tx, &key).await? else { continue };
            let (given, since) = (Scopes::from_words(&row.scopes), dates::on(row.starts_at, &zone));
            let Some(scopes) = ages.given(basis, given, born.birth(), since, today) else { continue };
            let owner = Subject::Account(self.account());
            list.push(ActingFor {
                id: row.id,
                patient: row.patient_id,
                name: Phi::sealed(row.id.to_string(), owner, row.patient_name),
                scopes,
                until: row.ends_at,
                shrinks: ages.shrinks(basis, given, born.birth(), since).filter(|day| *day > today),
                outgrown: born.birth().and_then(|birth| ages.outgrown(basis, birth.earliest, since)),
            });
        }
        Ok(list)
    }
}

struct OfferRow {
    id: ResourceId,
    patient_id: PatientId,
    proof: Vec<u8>,
    basis: String,
    scopes: String,
    state: String,
    offer_ends_at: Instant,
    ends_at: Instant,
}
row!(OfferRow {
    id: id,
    patient_id: patient_id,
    proof: proof,
    basis: basis,
    scopes: scopes,
    state: state,
    offer_ends_at: offer_ends_at,
    ends_at: ends_at,
});

const BY_KEY: Sql = sql!(
    "SELECT id, patient_id, proof, basis, scopes, state, offer_ends_at, ends_at FROM related_person WHERE key = $1"
);
// Five wrong dates end a code, as they end an invite.
const COUNT_A_DATE: Sql = sql!(
    "UPDATE related_person SET wrong_dates = wrong_dates + 1, updated_at = $2, version = version + 1, entry = $3
      WHERE id = $1 AND state = 'offered' AND wrong_dates < 5"
);
const DEAD_AFTER_FIVE: Sql = sql!(
    "UPDATE related_person SET state = 'ended', ended_at = $2 WHERE id = $1 AND state = 'offered' AND wrong_dates = 5"
);
const ACCEPT: Sql = sql!(
    "UPDATE related_person SET account_id = $2, account_name = $3, patient_name = $4, account_key_version = $5, state = 'active',
            wrong_dates = wrong_dates - 1, starts_at = $6, updated_at = $6
      WHERE id = $1 AND state = 'offered'"
);
const BEFORE: Sql =
    sql!("SELECT id FROM related_person WHERE account_id = $1 AND patient_id = $2 AND state = 'active' AND id <> $3");
const END: Sql = sql!(
    "UPDATE related_person SET state = 'ended', ended_at = $2, ended_by = $3, updated_at = $2, version = version + 1, entry = $4
      WHERE id = $1 AND state <> 'ended'"
);
const WHOSE: Sql = sql!("SELECT name, birth_date, deceased FROM patient WHERE patient_id = $1");

/// What came of showing a code.
pub enum Shown<'a> {
    /// There is no such code, or the date of birth is wrong: the same, for whoever asks.
    NoMatch,
    /// It was used, taken back, or has ended.
    Ended,
    /// The person has died.
    Closed,
    /// It is for the own record.
    Own,
    /// Work accounts act for nobody.
    Work,
    /// Everything matches.
    Right(Box<Accepting<'a>>),
}

/// Somebody acts for a patient when this commits.
pub struct Accepting<'a> {
    /// May leave what follows.
    pub change: Change<'a>,
    /// Whom for.
    pub scope: PatientScope,
    /// Who made the code.
    pub made_by: AccountId,
}

impl SignedIn<AcceptCaregiver> {
    /// Somebody shows a code, and says a date of birth (`YYYY-MM-DD`). A date is counted before anything is made of it.
    pub async fn accept(&self, code: &Code, birth_date: &str) -> Result<Shown<'_>, Error> {
        let app = self.app();
        if self.session().role.is_some() {
            self.line(&Who::session(self.session()), None, false).refusal(app, "not-allowed").await?;
            return Ok(Shown::Work);
        }
        let key = app.vault().index("caregiver", code.text());
        let sight = Sight { token: Some(key.as_str().to_owned()), ..self.session().sight() };
        let found: Option<OfferRow> = app.db().read(&sight).await?.maybe(BY_KEY, args![key.as_str()]).await?;
        let Some(row) = found else {
            self.line(&Who::session(self.session()), None, false).refusal(app, "no-such-invite").await?;
            return Ok(Shown::NoMatch);
        };
        let (who, now, patient) = (Who::session(self.session()), self.now(), row.patient_id);
        // Who only tries is nothing to the patient yet.
        let line = self.line(&who, Some(patient), false);
        // No word on the date: what lies in a bin must not say for ever whether one is right.
        if row.state != "offered" || now >= row.offer_ends_at || now >= row.ends_at {
            line.refusal(app, "invite-ended").await?;
            return Ok(Shown::Ended);
        }
        if self.session().own_patient == Some(patient) {
            line.refusal(app, "own-record").await?;
            return Ok(Shown::Own);
        }
        let purpose = purpose(patient, &row.basis, &row.scopes, row.ends_at);
        let proof = app.vault().digest("caregiver", &message(&row.id.to_string(), code, &purpose, birth_date));
        let right = same(&proof, &row.proof);
        let line = self.line(&who, Some(patient), right);
        let entry: Position = line.intent(app, Some(row.id.to_string())).await?;
        let sight = Sight { patient: Some(patient), ..sight };
        let mut change = Change::begin(app, &sight, entry, &line).await?;
        let place = change.entry();
        match change.one_row(COUNT_A_DATE, args![row.id, now, &place]).await {
            Ok(()) => {}
            Err(DbError::Stale) => return Ok(Shown::Ended),
            Err(error) => return Err(error.into()),
        }
        if !right {
            change.execute(DEAD_AFTER_FIVE, args![row.id, now]).await?;
            change.wrote_row("related_person", &row.id.to_string()).await?;
            change.commit().await?;
            line.refusal(app, "wrong-birth-date").await?;
            return Ok(Shown::NoMatch);
        }
        let patient_key = store::key(&mut change, app.vault(), Subject::Patient(patient)).await?;
        let (name, born, deceased): (Vec<u8>, Option<Vec<u8>>, bool) = change.one(WHOSE, args![patient]).await?;
        let basis = Basis::from_word(&row.basis).ok_or_else(|| Error::broken("an unknown basis"))?;
        let today = dates::on(now, &app.clinic().await.zone());
        // By the rule of today, whatever counted when the code was made.
        let (ages, birth) = (app.ages().await, Born::open(&patient_key, born)?.birth());
        let fits = |birth: Birth| basis.fits(dates::years(birth.earliest, today), ages.on(today));
        let in_time = birth.map_or(!basis.asks_age(), fits);
        if deceased || !in_time {
            drop(change);
            line.refusal(app, if deceased { "patient-deceased" } else { "invite-ended" }).await?;
            return Ok(if deceased { Shown::Closed } else { Shown::Ended });
        }
        type Name = columns::patient::Name;
        let name = patient_key.open_at(Name::TABLE, Name::NAME, &patient.to_string(), &name)?;
        let id = row.id.to_string();
        let own_name = self.session().name.open(self)?;
        let account_name = patient_key.seal::<related_person::AccountName>(&id, own_name.as_bytes());
        let (patient_name, version) = self.seal::<related_person::PatientName>(&id, &name);
        let before: Vec<(ResourceId,)> = change.all(BEFORE, args![self.account(), patient, row.id]).await?;
        for (before,) in before {
            change.one_row(END, args![before, now, self.account(), &place]).await?;
            change.wrote_row("related_person", &before.to_string()).await?;
        }
        let values = args![row.id, self.account(), account_name, patient_name, version, now];
        match change.one_row(ACCEPT, values).await {
            Ok(()) => {}
            // Another code of the same person for the same patient was faster.
            Err(DbError::Taken(_)) => return Ok(Shown::Ended),
            Err(error) => return Err(error.into()),
        }
        change.wrote_row("related_person", &id).await?;
        let (made_by,): (AccountId,) =
            change.one(sql!("SELECT made_by FROM related_person WHERE id = $1"), args![row.id]).await?;
        Ok(Shown::Right(Box::new(Accepting { change, scope: PatientScope::new(patient, Reach::Plain), made_by })))
    }

    fn line<'a>(&'a self, who: &'a Who, patient: Option<PatientId>, acts: bool) -> Line<'a> {
        let (asked, role): (&Asked, _) = (self.asked(), self.session().role);
        let relation = acts.then_some(Relation::Caregiver);
        Line { who, asked, action: Action::AcceptCaregiver, relation, role, patient }
    }
}
