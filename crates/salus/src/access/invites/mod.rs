//! Invites: whoever shows one may make an account, and nothing of what it is for shows before.
//!
//! What the holder shows is a code: 256 bits in a link for those who will work here, 60 bits on a printed slip for a
//! patient, who also says their date of birth. The database keeps two keyed hashes: one finds the row, the other holds the
//! code together with what the invite is for and the date of birth, so that neither a slip alone nor a changed row opens
//! a chart. Five wrong dates end an invite (IDN-09). A date is counted before it is compared, so that guesses at the
//! same moment don't get a sixth.
//!
//! Two more come by mail: a link that verifies the address of somebody who registered, who says the date of birth again
//! (so that a mail to a mistyped address makes no account), and a link to choose another password. Their code is not kept
//! anywhere either: it is made again from the invite's id, so that a mail that is sent twice is the same mail.

use salus_db::{DbError, Reader, Sql, Tx, args, ledger::Position, row, sql};
use salus_kernel::{
    AccountId, Action, Instant, InviteId, PatientId, PractitionerId, Role, Subject, actions::RedeemInvite,
};
use salus_vault::{BlindIndex, DataKey, Discloses, Phi, Vault, same};

mod code;

use super::{
    App, Asked, Change, RowWritten, RunChange, Sight, Visitor,
    audit::{Line, Who},
    columns, store,
};
use crate::shell::error::Error;

pub use code::Code;

/// How many wrong dates of birth end an invite.
pub const WRONG_DATES: i64 = 5;

/// What the codes of mailed invites are made for, and no others.
const MAIL: &str = "invite-mail";

/// What an invite is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum For {
    /// Working here.
    Staff {
        /// As colleagues and patients will know them.
        name: String,
        /// What they will work as.
        role: Role,
        /// Who they are as a practitioner, if they treat patients.
        practitioner: Option<PractitionerId>,
    },
    /// Reading one's own chart.
    Patient {
        /// Whose.
        patient: PatientId,
        /// `YYYY-MM-DD`, which the holder must say too.
        birth_date: String,
        /// How the desk knew who the person is.
        evidence: &'static str,
    },
    /// Back in to an account that is there: a new password, a new second factor, and the old ones end.
    Return {
        /// Whose.
        account: AccountId,
        /// The chart that it opens, and the date of birth that its owner must say.
        chart: (PatientId, String),
        /// How somebody knew who the person is.
        evidence: &'static str,
    },
    /// An account for somebody who registered.
    Register {
        /// The account's id, and the registration's.
        registration: AccountId,
        /// `YYYY-MM-DD`, as it was typed then: the holder must say it too.
        birth_date: String,
    },
    /// Another password; the second factor stays, and is asked.
    Reset {
        /// Whose.
        account: AccountId,
    },
}

/// What somebody shows, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// A printed slip: to a chart, or back in to one.
    Slip,
    /// A link to work here.
    Work,
    /// A mailed link that verifies an address.
    Register,
    /// A mailed link to choose another password.
    Reset,
}

/// What a code must fit: the row's id and purpose, and for a chart the date of birth.
pub(super) fn message(id: &str, code: &Code, what: &str, birth_date: &str) -> Vec<u8> {
    let mut message = Vec::new();
    for part in [id, code.text(), what, birth_date] {
        message.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        message.extend_from_slice(part.as_bytes());
    }
    message
}

fn staff_purpose(role: Role, practitioner: Option<PractitionerId>) -> String {
    format!("staff {} {}", role.word(), practitioner.map(|id| id.to_string()).unwrap_or_default())
}

fn patient_purpose(patient: PatientId) -> String {
    format!("patient {patient}")
}

fn register_purpose(registration: AccountId) -> String {
    format!("register {registration}")
}

fn reset_purpose(account: AccountId) -> String {
    format!("reset {account}")
}

fn return_purpose(account: AccountId, patient: PatientId) -> String {
    format!("return {account} {patient}")
}

/// What tells invites apart, as columns.
#[derive(Default)]
struct Columns {
    kind: &'static str,
    patient: Option<PatientId>,
    role: Option<Role>,
    practitioner: Option<PractitionerId>,
    for_account: Option<AccountId>,
    registration: Option<AccountId>,
    name: Option<String>,
    evidence: Option<&'static str>,
}

/// A new invite as a row, and its code, which exists nowhere else.
struct NewInvite {
    id: InviteId,
    code: Code,
    row: Vec<(&'static str, salus_db::Value)>,
}

impl NewInvite {
    /// Makes one; `entry` is the ledger's place of the entry under which it is written.
    fn of(
        vault: &Vault,
        id: InviteId,
        purpose: For,
        made_by: Option<AccountId>,
        entry: String,
        now: Instant,
        ends_at: Instant,
    ) -> Self {
        let nothing = Columns::default();
        let row = id.to_string();
        let (columns, code, proof) = match purpose {
            For::Staff { name, role, practitioner } => {
                let code = Code::for_link();
                let proof = message(&row, &code, &staff_purpose(role, practitioner), "");
                (Columns { kind: "staff", role: Some(role), practitioner, name: Some(name), ..nothing }, code, proof)
            }
            For::Patient { patient, birth_date, evidence } => {
                let code = Code::for_slip();
                let proof = message(&row, &code, &patient_purpose(patient), &birth_date);
                (Columns { kind: "patient", patient: Some(patient), evidence: Some(evidence), ..nothing }, code, proof)
            }
            For::Return { account, chart, evidence } => {
                let (patient, birth_date) = chart;
                let code = Code::for_slip();
                let proof = message(&row, &code, &return_purpose(account, patient), &birth_date);
                let (patient, for_account, evidence) = (Some(patient), Some(account), Some(evidence));
                (Columns { kind: "return", patient, for_account, evidence, ..nothing }, code, proof)
            }
            For::Register { registration, birth_date } => {
                let code = Code::for_mail(vault, MAIL, id.uuid());
                let proof = message(&row, &code, &register_purpose(registration), &birth_date);
                (Columns { kind: "register", registration: Some(registration), ..nothing }, code, proof)
            }
            For::Reset { account } => {
                let code = Code::for_mail(vault, MAIL, id.uuid());
                let proof = message(&row, &code, &reset_purpose(account), "");
                (Columns { kind: "reset", for_account: Some(account), ..nothing }, code, proof)
            }
        };
        let row = vec![
            ("id", id.into()),
            ("key", vault.index("invite", code.text()).into_string().into()),
            ("proof", vault.digest("invite", &proof).into()),
            ("kind", columns.kind.into()),
            ("patient_id", columns.patient.into()),
            ("role", columns.role.map(|role| role.word().to_owned()).into()),
            ("practitioner_id", columns.practitioner.into()),
            ("for_account", columns.for_account.into()),
            ("registration_id", columns.registration.into()),
            ("name", columns.name.into()),
            ("evidence", columns.evidence.map(str::to_owned).into()),
            ("state", "open".into()),
            ("wrong_dates", 0_i64.into()),
            ("made_by", made_by.into()),
            ("created_at", now.into()),
            ("ends_at", ends_at.into()),
            ("decided_at", None::<Instant>.into()),
            ("account_id", None::<AccountId>.into()),
            ("version", 1_i64.into()),
            ("entry", entry.into()),
        ];
        Self { id, code, row }
    }
    fn row(&self) -> RowWritten<'_> {
        RowWritten { table: "invite", id: self.id.to_string(), version: 1, columns: &self.row }
    }
}

struct InviteRow {
    id: InviteId,
    proof: Vec<u8>,
    kind: String,
    patient_id: Option<PatientId>,
    role: Option<String>,
    practitioner_id: Option<PractitionerId>,
    for_account: Option<AccountId>,
    registration_id: Option<AccountId>,
    name: Option<String>,
    state: String,
    ends_at: Instant,
}
row!(InviteRow {
    id: id,
    proof: proof,
    kind: kind,
    patient_id: patient_id,
    role: role,
    practitioner_id: practitioner_id,
    for_account: for_account,
    registration_id: registration_id,
    name: name,
    state: state,
    ends_at: ends_at,
});

impl InviteRow {
    /// What the proof is over, beside code and date of birth.
    fn purpose(&self) -> Result<String, Error> {
        let broken = || Error::broken("an invite to nothing");
        Ok(match self.kind.as_str() {
            "staff" => staff_purpose(self.role()?, self.practitioner_id),
            "patient" => patient_purpose(self.patient_id.ok_or_else(broken)?),
            "return" => return_purpose(self.for_account.ok_or_else(broken)?, self.patient_id.ok_or_else(broken)?),
            "register" => register_purpose(self.registration_id.ok_or_else(broken)?),
            "reset" => reset_purpose(self.for_account.ok_or_else(broken)?),
            _ => return Err(broken()),
        })
    }
    /// Where its holder shows it. None for a link of old that let a colleague back in by one administrator alone.
    fn door(&self) -> Option<Door> {
        match (self.kind.as_str(), self.patient_id) {
            ("register", _) => Some(Door::Register),
            ("reset", _) => Some(Door::Reset),
            ("staff", _) => Some(Door::Work),
            (_, Some(_)) => Some(Door::Slip),
            (_, None) => None,
        }
    }
    fn role(&self) -> Result<Role, Error> {
        self.role.as_deref().and_then(Role::from_word).ok_or_else(|| Error::broken("an unknown role"))
    }
    fn open(&self, now: Instant) -> bool {
        self.state == "open" && now < self.ends_at
    }
}

const BY_KEY: Sql = sql!(
    "SELECT id, proof, kind, patient_id, role, practitioner_id, for_account, registration_id, name, state, ends_at
       FROM invite WHERE key = $1"
);
const COUNT_A_DATE: Sql = sql!(
    "UPDATE invite SET wrong_dates = wrong_dates + 1, version = version + 1, entry = $2
      WHERE id = $1 AND wrong_dates < 5"
);
const THE_DATE_WAS_RIGHT: Sql =
    sql!("UPDATE invite SET wrong_dates = wrong_dates - 1, version = version + 1, entry = $2 WHERE id = $1");
const DEAD_AFTER_FIVE: Sql = sql!(
    "UPDATE invite SET state = 'dead', decided_at = $2, version = version + 1 WHERE id = $1 AND state = 'open' AND wrong_dates = 5"
);
const REDEEM: Sql = sql!(
    "UPDATE invite SET state = 'redeemed', account_id = $2, decided_at = $3, version = version + 1, entry = $4
      WHERE id = $1 AND state = 'open' AND ends_at > $3"
);
const VERIFIED: Sql = sql!(
    "UPDATE registration SET state = 'waiting', verified_at = $2, version = version + 1, entry = $3
      WHERE account_id = $1 AND state = 'mailed'"
);
const AS_TYPED: Sql = sql!("SELECT name, email FROM registration WHERE account_id = $1");
const STILL_BOUND: Sql = sql!(
    "SELECT id FROM access_grant
      WHERE account_id = $1 AND patient_id = $2 AND basis = 'self' AND (ends_at IS NULL OR ends_at > $3)
        AND NOT EXISTS (SELECT 1 FROM recovery r
                         WHERE r.account_id = $1 AND r.state = 'done'
                           AND r.decided_at >= (SELECT i.created_at FROM invite i WHERE i.id = $4))"
);

/// Why nobody was let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotRedeemed {
    /// There is no such invite, or the date of birth is wrong: the same, for whoever asks.
    NoMatch,
    /// Everything matches, but the invite was used, taken back, or has ended.
    Ended,
    /// Everything matches, and the chart is closed: the person has died.
    Closed,
}

/// What a link says, before anybody does anything.
pub enum Link {
    /// It makes an account for somebody who will work here.
    Work {
        /// As colleagues and patients will know them.
        name: String,
        /// What they will work as.
        role: Role,
    },
    /// It verifies an address, or lets its holder choose another password.
    Mailed,
    /// It was used, taken back, or has ended.
    Ended,
}

impl Visitor {
    /// What a link says that belongs to this door. Looking uses nothing up.
    pub async fn link(&self, door: Door, code: &Code) -> Result<Option<Link>, Error> {
        let Some((_, row)) = self.look(code).await?.filter(|(_, row)| row.door() == Some(door)) else {
            return Ok(None);
        };
        Ok(Some(match door {
            _ if !row.open(self.now()) => Link::Ended,
            // A slip is no link; nobody asks what one says.
            Door::Register | Door::Reset | Door::Slip => Link::Mailed,
            Door::Work => Link::Work { role: row.role()?, name: row.name.unwrap_or_default() },
        }))
    }

    /// Somebody shows a link that says all there is to say.
    pub async fn redeem_link(&self, door: Door, code: &Code) -> Result<Result<Redeemer, NotRedeemed>, Error> {
        let Some((key, row)) = self.find_invite(door, code).await? else { return Ok(Err(NotRedeemed::NoMatch)) };
        let proof = self.digest("invite", &message(&row.id.to_string(), code, &row.purpose()?, ""));
        if !same(&proof, &row.proof) {
            return Err(Error::broken("an invite whose row was altered"));
        }
        if !row.open(self.now()) {
            self.app().refusals.note(self.app(), self.asked(), Action::RedeemInvite, "invite-ended").await?;
            return Ok(Err(NotRedeemed::Ended));
        }
        let work = match door {
            Door::Work => Some(Work {
                name: row.name.clone().unwrap_or_default(),
                role: row.role()?,
                practitioner: row.practitioner_id,
            }),
            Door::Slip | Door::Register | Door::Reset => None,
        };
        Redeemer::enter(self, key, &row, work).await.map(Ok)
    }

    /// Somebody shows a slip or a link, and says a date of birth (`YYYY-MM-DD`).
    pub async fn redeem_with_date(
        &self,
        door: Door,
        code: &Code,
        birth_date: &str,
    ) -> Result<Result<Redeemer, NotRedeemed>, Error> {
        let Some((key, row)) = self.find_invite(door, code).await? else { return Ok(Err(NotRedeemed::NoMatch)) };
        let patient = row.patient_id;
        let proof = self.digest("invite", &message(&row.id.to_string(), code, &row.purpose()?, birth_date));
        let right = same(&proof, &row.proof);
        // Also where it has ended: what lies in a bin must not say whether a date is right for ever.
        if !self.count_a_date(&key, row.id, patient, right).await? {
            self.line(patient).refusal(self.app(), "wrong-birth-date").await?;
            return Ok(Err(NotRedeemed::NoMatch));
        }
        if !row.open(self.now()) {
            self.line(patient).refusal(self.app(), "invite-ended").await?;
            return Ok(Err(NotRedeemed::Ended));
        }
        if let Some(patient) = patient
            && store::has_died(self.app(), patient).await?
        {
            self.line(Some(patient)).refusal(self.app(), "patient-deceased").await?;
            return Ok(Err(NotRedeemed::Closed));
        }
        Redeemer::enter(self, key, &row, None).await.map(Ok)
    }

    async fn look(&self, code: &Code) -> Result<Option<(BlindIndex, InviteRow)>, Error> {
        let key = self.index("invite", code.text());
        let row = self.read(&[key.as_str()]).await?.maybe(BY_KEY, args![key.as_str()]).await?;
        Ok(row.map(|row| (key, row)))
    }

    /// The invite of a code, if it is for this door. Who shows none is noted.
    async fn find_invite(&self, door: Door, code: &Code) -> Result<Option<(BlindIndex, InviteRow)>, Error> {
        let found = self.look(code).await?.filter(|(_, row)| row.door() == Some(door));
        if found.is_none() {
            self.app().refusals.note(self.app(), self.asked(), Action::RedeemInvite, "no-such-invite").await?;
        }
        Ok(found)
    }

    /// Counts a date of birth before anything is made of it, and gives it back when it is right. False when it is wrong,
    /// or when others have used the dates up.
    async fn count_a_date(
        &self,
        key: &BlindIndex,
        id: InviteId,
        patient: Option<PatientId>,
        right: bool,
    ) -> Result<bool, Error> {
        let line = self.line(patient);
        let entry = line.intent(self.app(), Some(id.to_string())).await?;
        let sight = Sight { token: Some(key.as_str().to_owned()), ..Sight::default() };
        let mut change = Change::begin(self.app(), &sight, entry, &line).await?;
        let place = change.entry();
        match change.one_row(COUNT_A_DATE, args![id, &place]).await {
            Ok(()) => {}
            Err(DbError::Stale) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        if right {
            change.one_row(THE_DATE_WAS_RIGHT, args![id, &place]).await?;
        } else {
            change.execute(DEAD_AFTER_FIVE, args![id, self.now()]).await?;
        }
        change.wrote_row("invite", &id.to_string()).await?;
        change.commit().await?;
        Ok(right)
    }

    fn line(&self, patient: Option<PatientId>) -> Line<'_> {
        Line { who: &NOBODY, asked: self.asked(), action: Action::RedeemInvite, relation: None, role: None, patient }
    }
}

static NOBODY: std::sync::LazyLock<Who> = std::sync::LazyLock::new(Who::nobody);

/// What an invited person will work as.
#[derive(Debug, Clone)]
pub struct Work {
    /// As colleagues and patients will know them.
    pub name: String,
    /// What they will work as.
    pub role: Role,
    /// Who they are as a practitioner.
    pub practitioner: Option<PractitionerId>,
}

/// Whoever has shown an invite: may make one account. The ledger's entry is committed before this exists.
pub struct Redeemer {
    app: App,
    asked: Asked,
    who: Who,
    key: BlindIndex,
    invite: InviteId,
    patient: Option<PatientId>,
    registers: bool,
    work: Option<Work>,
    account: AccountId,
    returns: bool,
    entry: Position,
}

impl Redeemer {
    async fn enter(visitor: &Visitor, key: BlindIndex, row: &InviteRow, work: Option<Work>) -> Result<Self, Error> {
        let account = row.for_account.or(row.registration_id);
        let account = account.unwrap_or_else(|| AccountId::new(visitor.now(), salus_vault::random()));
        let (app, who) = (visitor.app().clone(), Who::account(account));
        let line = line(&who, visitor.asked(), work.as_ref(), row.patient_id);
        let entry = line.intent(&app, Some(account.to_string())).await?;
        let asked = visitor.asked().clone();
        let (returns, registers) = (row.for_account.is_some(), row.registration_id.is_some());
        let (invite, patient) = (row.id, row.patient_id);
        Ok(Self { app, asked, who, key, invite, patient, registers, work, account, returns, entry })
    }

    /// The account that will be made, or let back in.
    pub fn account(&self) -> AccountId {
        self.account
    }
    /// The invite that was shown.
    pub fn invite(&self) -> InviteId {
        self.invite
    }
    /// What the person will work as, if they will.
    pub fn work(&self) -> Option<&Work> {
        self.work.as_ref()
    }

    /// Uses the invite up and makes the account's key, in a change that may make this one account and what the invite
    /// gives it. None when somebody was faster.
    pub async fn begin(&self) -> Result<Option<Redeeming<'_>>, Error> {
        let sight = Sight {
            account: Some(self.account),
            patient: self.patient,
            token: Some(self.key.as_str().to_owned()),
            ..Sight::default()
        };
        let line = line(&self.who, &self.asked, self.work.as_ref(), self.patient);
        let mut change = Change::begin(&self.app, &sight, self.entry, &line).await?;
        let place = change.entry();
        match change.one_row(REDEEM, args![self.invite, self.account, self.asked.now, place]).await {
            Ok(()) => {}
            Err(DbError::Stale) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        change.wrote_row("invite", &self.invite.to_string()).await?;
        // Back in to the account that opens this chart: whoever was unbound since may open another one, and whoever came back in another
        // way since needs no slip.
        if let (true, Some(patient)) = (self.returns, self.patient) {
            let bound: Option<(String,)> =
                change.maybe(STILL_BOUND, args![self.account, patient, self.asked.now, self.invite]).await?;
            if bound.is_none() {
                return Ok(None);
            }
        }
        let subject = Subject::Account(self.account);
        let mut email = None;
        let (key, name) = match (&self.work, self.patient) {
            _ if self.returns => (store::key(&mut change, self.app.vault(), subject).await?, None),
            _ if self.registers => match self.verify(&mut change).await? {
                Some(typed) => {
                    email = Some(typed.email);
                    (typed.key, Some(typed.name))
                }
                None => return Ok(None),
            },
            (Some(work), _) => (self.new_key(&mut change).await?, Some(work.name.clone())),
            (None, Some(patient)) => {
                let name = self.name_in_chart(&mut change, patient).await?;
                (self.new_key(&mut change).await?, Some(name))
            }
            (None, None) => return Err(Error::broken("an invite to nothing")),
        };
        Ok(Some(Redeeming { change, key, name, email, patient: self.patient }))
    }

    /// The address of a registration is verified: it waits for the front desk from here on. None when it was voided.
    async fn verify(&self, change: &mut Change<'_>) -> Result<Option<Typed>, Error> {
        let (id, entry) = (self.account.to_string(), change.entry());
        match change.one_row(VERIFIED, args![self.account, self.asked.now, entry]).await {
            Ok(()) => {}
            Err(DbError::Stale) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        change.wrote_row("registration", &id).await?;
        let subject = Subject::Account(self.account);
        let key = OneKey(store::key(change, self.app.vault(), subject).await?);
        let (name, email): (Vec<u8>, Vec<u8>) = change.one(AS_TYPED, args![self.account]).await?;
        let name = Phi::<columns::registration::Name>::sealed(id.clone(), subject, name).open(&key)?;
        let email = Phi::<columns::registration::Email>::sealed(id, subject, email).open(&key)?;
        Ok(Some(Typed { key: key.0, name, email }))
    }

    async fn new_key(&self, tx: &mut Tx) -> Result<DataKey, Error> {
        store::new_key(tx, self.app.vault(), Subject::Account(self.account), self.asked.now).await
    }

    async fn name_in_chart(&self, tx: &mut Reader, patient: PatientId) -> Result<String, Error> {
        const NAME: Sql = sql!("SELECT name FROM patient WHERE patient_id = $1");
        let subject = Subject::Patient(patient);
        let key = OneKey(store::key(tx, self.app.vault(), subject).await?);
        let (name,): (Vec<u8>,) = tx.one(NAME, args![patient]).await?;
        Ok(Phi::<columns::patient::Name>::sealed(patient.to_string(), subject, name).open(&key)?)
    }
}

/// What somebody typed who registered.
struct Typed {
    key: DataKey,
    name: String,
    email: String,
}

/// Opens what redeeming an invite may open: a name for the account, and of a registration the address.
pub struct OneKey(pub DataKey);

impl Discloses<RedeemInvite> for OneKey {
    fn key_of(&self, subject: Subject) -> Option<&DataKey> {
        Some(&self.0).filter(|key| key.subject() == subject)
    }
}

/// An invite that is used up when this commits.
pub struct Redeeming<'a> {
    /// May write the account's row, and what the invite gives it.
    pub change: Change<'a>,
    /// The account's key.
    pub key: DataKey,
    /// What the person is called, for a new account; nothing where the account is there already.
    pub name: Option<String>,
    /// The address, where it was verified with this.
    pub email: Option<String>,
    /// Whose chart it opens.
    pub patient: Option<PatientId>,
}

fn line<'a>(who: &'a Who, asked: &'a Asked, work: Option<&Work>, patient: Option<PatientId>) -> Line<'a> {
    let relation = Some(salus_kernel::Relation::Myself);
    Line { who, asked, action: Action::RedeemInvite, relation, role: work.map(|work| work.role), patient }
}

impl Change<'_> {
    /// Makes an invite; its code exists nowhere but in what this returns.
    pub async fn invite(&mut self, purpose: For, made_by: AccountId, lasts: i64) -> Result<Code, Error> {
        let (entry, now) = (self.entry(), self.now());
        let id = InviteId::new(now, salus_vault::random());
        let new = NewInvite::of(self.vault(), id, purpose, Some(made_by), entry, now, now.plus(lasts));
        self.insert(&new.row()).await?;
        Ok(new.code)
    }

    /// The invite of a mail, made at the first try to send it; its code is the same in every try. None when it was used or
    /// taken back since: then there is nothing to mail.
    pub async fn mailed_invite(
        &mut self,
        id: InviteId,
        purpose: For,
        from: Instant,
        lasts: i64,
    ) -> Result<Option<Code>, Error> {
        const THERE: Sql = sql!("SELECT state FROM invite WHERE id = $1");
        if let Some((state,)) = self.maybe::<(String,)>(THERE, args![id]).await? {
            return Ok((state == "open").then(|| Code::for_mail(self.vault(), MAIL, id.uuid())));
        }
        let new = NewInvite::of(self.vault(), id, purpose, None, self.entry(), from, from.plus(lasts));
        self.insert(&new.row()).await?;
        Ok(Some(new.code))
    }

    /// Voids the links to choose another password that an account asked for before this one. False when it asked again
    /// since: then this one is void itself.
    pub async fn void_resets(&mut self, account: AccountId, but: InviteId, from: Instant) -> Result<bool, Error> {
        const NEWER: Sql =
            sql!("SELECT id FROM invite WHERE for_account = $1 AND kind = 'reset' AND created_at > $2 LIMIT 1");
        const OPEN: Sql =
            sql!("SELECT id FROM invite WHERE for_account = $1 AND kind = 'reset' AND state = 'open' AND id <> $2");
        if self.maybe::<(InviteId,)>(NEWER, args![account, from]).await?.is_some() {
            return Ok(false);
        }
        const VOID: Sql = sql!(
            "UPDATE invite SET state = 'withdrawn', decided_at = $2, version = version + 1, entry = $3 WHERE id = $1 AND state = 'open'"
        );
        let open: Vec<(InviteId,)> = self.all(OPEN, args![account, but]).await?;
        let (now, entry) = (self.now(), self.entry());
        for (id,) in open {
            self.one_row(VOID, args![id, now, entry.as_str()]).await?;
            self.wrote_row("invite", &id.to_string()).await?;
        }
        Ok(true)
    }
}

impl RunChange<'_> {
    /// Makes an invite for somebody who will work here: the first administrator.
    pub async fn invite(&mut self, purpose: For, now: Instant, lasts: i64) -> Result<Code, Error> {
        let id = InviteId::new(now, salus_vault::random());
        let new = NewInvite::of(self.vault(), id, purpose, None, self.entry(), now, now.plus(lasts));
        self.insert(None, &new.row()).await?;
        Ok(new.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_proof_don_t_run_into_each_other() {
        let id = "01890000-0000-7000-8000-000000000000";
        let code = Code::of_link;
        assert_ne!(message(id, &code("A"), "BC", ""), message(id, &code("AB"), "C", ""));
        assert_ne!(message(id, &code("A"), "B", "C"), message(id, &code("A"), "BC", ""));
    }
}
