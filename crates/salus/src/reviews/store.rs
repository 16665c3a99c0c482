//! SQL of reviews.

use std::collections::HashMap;

use salus_db::{DbError, Reader, Sql, args, row, sql};
use salus_kernel::{AccountId, Instant, PatientId, ResourceId, Role, Subject};
use salus_vault::Phi;

use super::{
    looks::Said,
    model::{BEHIND_AFTER, Due, Verdict},
    signs::Sign,
};
use crate::{
    access::{Change, Compared, RowWritten, columns::access_finding},
    shell::error::Error,
};

/// A week.
pub struct Week {
    /// Its id.
    pub id: ResourceId,
    /// Its Monday.
    pub first_day: String,
    /// Its end.
    pub ends_at: Instant,
    /// How far the ledger was gone through.
    pub read_until: Instant,
    /// Entries.
    pub entries: i64,
    /// Looks at records by who works here.
    pub looks: i64,
    /// Of these, what nothing explains.
    pub unexplained: i64,
    /// Refusals of who works here.
    pub refused: i64,
    /// When it was signed off.
    pub signed_at: Option<Instant>,
    /// By whom.
    pub signer: Option<String>,
    /// How many of them nobody has judged.
    pub open: i64,
    /// How many are followed up.
    pub followed_up: i64,
    version: i64,
}
row!(Week {
    id,
    first_day,
    ends_at,
    read_until,
    entries,
    looks,
    unexplained,
    refused,
    signed_at,
    signer,
    open,
    followed_up,
    version
});

impl Week {
    /// Whether it is over and was gone through to its end.
    pub fn is_complete(&self, now: Instant) -> bool {
        self.read_until >= self.ends_at && now >= self.ends_at
    }
}

/// A look that stood out.
pub struct Finding {
    /// Its id.
    pub id: ResourceId,
    /// Who looked.
    pub account: AccountId,
    /// Their name.
    pub name: String,
    role: String,
    /// Whose record; none where it is about many.
    pub patient: Option<PatientId>,
    /// The first look.
    pub first_at: Instant,
    /// The last one.
    pub last_at: Instant,
    /// How many looks, or how many records.
    pub looks: i64,
    /// When it was judged.
    pub judged_at: Option<Instant>,
    /// By whom.
    pub judge: Option<String>,
    verdict: Option<String>,
    signs: Option<Vec<u8>>,
}
row!(Finding {
    id,
    account: account_id,
    name,
    role,
    patient: patient_id,
    first_at,
    last_at,
    looks,
    judged_at,
    judge,
    verdict,
    signs
});

impl Finding {
    /// What was said of it.
    pub fn verdict(&self) -> Option<Verdict> {
        self.verdict.as_deref().and_then(Verdict::from_word)
    }
    /// What they work as now.
    pub fn role(&self) -> Option<Role> {
        Role::from_word(&self.role)
    }
    /// How the two are connected, closed.
    pub fn signs(&self) -> Option<Phi<access_finding::Signs>> {
        let (patient, signs) = self.patient.zip(self.signs.clone())?;
        Some(Phi::sealed(self.id.to_string(), Subject::Patient(patient), signs))
    }
}

const WEEKS: &str = "SELECT w.id AS id, w.first_day AS first_day, w.ends_at AS ends_at, w.read_until AS read_until, w.entries AS entries,
            w.looks AS looks, w.unexplained AS unexplained, w.refused AS refused, w.signed_at AS signed_at, m.name AS signer,
            (SELECT COUNT(*) FROM access_finding f WHERE f.review_id = w.id AND f.judged_at IS NULL) AS open,
            (SELECT COUNT(*) FROM access_finding f WHERE f.review_id = w.id AND f.verdict = 'follow-up') AS followed_up,
            w.version AS version
       FROM access_review w LEFT JOIN staff_member m ON m.account_id = w.signed_by";
// What waits for judgement comes first, then what is followed up; one person's looks stand together.
const FINDINGS: Sql = sql!(
    "SELECT f.id AS id, f.account_id AS account_id, m.name AS name, m.role AS role, f.patient_id AS patient_id, f.first_at AS first_at, f.last_at AS last_at,
            f.looks AS looks, f.judged_at AS judged_at, j.name AS judge, f.verdict AS verdict, f.signs AS signs
       FROM access_finding f
       JOIN staff_member m ON m.account_id = f.account_id
       LEFT JOIN staff_member j ON j.account_id = f.judged_by
      WHERE f.review_id = $1
      ORDER BY CASE WHEN f.judged_at IS NULL THEN 0 WHEN f.verdict = 'follow-up' THEN 1 ELSE 2 END, m.name, f.account_id, f.patient_id, f.first_at, f.id
      LIMIT $2"
);
// What somebody else has to do does not wait for this one.
const WAITING: Sql = sql!(
    "SELECT (SELECT COUNT(*) FROM access_finding WHERE judged_at IS NULL AND account_id <> $1)
          + (SELECT COUNT(*) FROM access_review w WHERE w.signed_at IS NULL AND w.read_until >= w.ends_at
                AND NOT EXISTS (SELECT 1 FROM access_finding f
                                 WHERE f.review_id = w.id AND f.judged_at IS NULL AND f.account_id = $1))
          + (SELECT COUNT(*) FROM clinic c WHERE COALESCE((SELECT MAX(read_until) FROM access_review), c.created_at) < $2)"
);
const READ_UNTIL: Sql = sql!("SELECT (SELECT MAX(read_until) FROM access_review), created_at FROM clinic");
const OF_FINDING: Sql = sql!(
    "SELECT f.review_id, f.account_id, f.version, CASE WHEN w.signed_at IS NULL OR f.verdict = 'follow-up' THEN 1 ELSE 0 END
       FROM access_finding f JOIN access_review w ON w.id = f.review_id WHERE f.id = $1"
);
const JUDGE: Sql = sql!(
    "UPDATE access_finding SET judged_at = $3, judged_by = $4, verdict = $5, updated_at = $3, version = version + 1, entry = $6
      WHERE id = $1 AND version = $2"
);
const SIGN: Sql = sql!(
    "UPDATE access_review SET signed_at = $3, signed_by = $4, updated_at = $3, version = version + 1, entry = $5
      WHERE id = $1 AND version = $2 AND signed_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM access_finding f WHERE f.review_id = access_review.id AND f.judged_at IS NULL)"
);
const WEEK_OF: Sql = sql!("SELECT id FROM access_review WHERE first_day = $1");
const GO_ON: Sql = sql!(
    "UPDATE access_review SET read_until = $3, entries = entries + $4, looks = looks + $5, unexplained = unexplained + $6,
            refused = refused + $7, updated_at = $8, version = version + 1, entry = $9, ends_at = $10
      WHERE first_day = $1 AND read_until = $2 AND signed_at IS NULL"
);
const VISITS: Sql = sql!(
    "SELECT patient_id, start_at FROM appointment WHERE state NOT IN ('held', 'cancelled') AND start_at >= $1 AND start_at <= $2"
);
const COLLEAGUES: Sql = sql!("SELECT account_id, name FROM staff_member");
// Whatever was watched for a part of the day: nobody ends it for an hour, and begins anew.
const WATCHED: Sql = sql!(
    "SELECT patient_id, account_id FROM watched_record
      WHERE created_at < $2 AND (ended_at IS NULL OR ended_at > $1) ORDER BY created_at"
);
const SAID_WHY: Sql = sql!(
    "SELECT account_id, patient_id, starts_at, ends_at FROM emergency_access
      WHERE kind = 'watched' AND ends_at > $1 AND starts_at < $2"
);
const OWN_CHARTS: Sql = sql!("SELECT account_id, patient_id FROM access_grant WHERE basis = 'self'");
const ACTING: Sql = sql!("SELECT account_id, patient_id FROM related_person WHERE account_id IS NOT NULL");

/// The newest weeks.
pub async fn weeks(tx: &mut Reader, most: usize) -> Result<Vec<Week>, Error> {
    let sql = Sql::owned(format!("{WEEKS} ORDER BY w.first_day DESC LIMIT $1"));
    Ok(tx.all(sql, args![i64::try_from(most).unwrap_or(i64::MAX)]).await?)
}

/// One week.
pub async fn week(tx: &mut Reader, id: ResourceId) -> Result<Week, Error> {
    let sql = Sql::owned(format!("{WEEKS} WHERE w.id = $1"));
    tx.maybe(sql, args![id]).await?.ok_or(Error::NotFound)
}

/// What stood out in a week.
pub async fn findings(tx: &mut Reader, week: ResourceId, most: usize) -> Result<Vec<Finding>, Error> {
    Ok(tx.all(FINDINGS, args![week, i64::try_from(most).unwrap_or(i64::MAX)]).await?)
}

/// How many looks wait for somebody's judgement, weeks for their sign-off, and whether the log was not gone through for long.
pub async fn waiting_count(tx: &mut Reader, account: AccountId, now: Instant) -> Result<u64, Error> {
    let (count,): (i64,) = tx.one(WAITING, args![account, now.plus(-BEHIND_AFTER)]).await?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Until when the ledger was gone through, and since when there is a clinic.
pub async fn read_until(tx: &mut Reader) -> Result<(Option<Instant>, Instant), Error> {
    Ok(tx.one(READ_UNTIL, Vec::new()).await?)
}

/// What came of judging.
pub enum Judged {
    /// It is said.
    Now(ResourceId),
    /// It is one's own look.
    Own,
    /// It was judged for good, or somebody else was faster.
    TooLate(ResourceId),
    /// There is none such.
    Gone,
}

/// Says what came of a look. Nobody does so for themselves.
pub async fn judge(
    change: &mut Change<'_>,
    id: ResourceId,
    by: AccountId,
    verdict: Verdict,
    now: Instant,
) -> Result<Judged, Error> {
    let (week, version) = match change.maybe::<(ResourceId, AccountId, i64, i64)>(OF_FINDING, args![id]).await? {
        None => return Ok(Judged::Gone),
        Some((_, whose, ..)) if whose == by => return Ok(Judged::Own),
        Some((week, .., 0)) => return Ok(Judged::TooLate(week)),
        Some((week, _, version, _)) => (week, version),
    };
    let entry = change.entry();
    let saved =
        change.save_row("access_finding", id, JUDGE, args![id, version, now, by, verdict.word(), entry]).await?;
    Ok(if saved { Judged::Now(week) } else { Judged::TooLate(week) })
}

/// Signs a week off; false while something of it waits for judgement, or when somebody else was faster.
pub async fn sign(change: &mut Change<'_>, week: &Week, by: AccountId, now: Instant) -> Result<bool, Error> {
    let entry = change.entry();
    change.save_row("access_review", week.id, SIGN, args![week.id, week.version, now, by, entry]).await
}

/// What is counted of a day.
pub struct Counts {
    /// Entries.
    pub entries: i64,
    /// Looks.
    pub looks: i64,
    /// Looks that nothing explains.
    pub unexplained: i64,
    /// Refusals.
    pub refused: i64,
}

/// Notes that a day was gone through; its week's id. None when another process was faster, and then the change can only be dropped.
pub async fn go_on(
    change: &mut Change<'_>,
    due: Due,
    counts: &Counts,
    now: Instant,
) -> Result<Option<ResourceId>, Error> {
    let (monday, entry) = (due.monday.to_string(), change.entry());
    if let Some((id,)) = change.maybe::<(ResourceId,)>(WEEK_OF, args![monday.as_str()]).await? {
        let Counts { entries, looks, unexplained, refused } = *counts;
        let values = args![
            monday.as_str(),
            due.from,
            due.until,
            entries,
            looks,
            unexplained,
            refused,
            now,
            entry,
            due.week_ends
        ];
        return match change.one_row(GO_ON, values).await {
            Ok(()) => {
                change.wrote_row("access_review", &id.to_string()).await?;
                Ok(Some(id))
            }
            Err(DbError::Stale) => Ok(None),
            Err(error) => Err(error.into()),
        };
    }
    let id = ResourceId::new(now, salus_vault::random());
    let columns = [
        ("id", id.into()),
        ("first_day", monday.into()),
        ("ends_at", due.week_ends.into()),
        ("read_until", due.until.into()),
        ("entries", counts.entries.into()),
        ("looks", counts.looks.into()),
        ("unexplained", counts.unexplained.into()),
        ("refused", counts.refused.into()),
        ("signed_at", None::<Instant>.into()),
        ("signed_by", None::<AccountId>.into()),
        ("created_at", now.into()),
        ("updated_at", now.into()),
        ("version", 1_i64.into()),
        ("entry", entry.into()),
    ];
    let row = RowWritten { table: "access_review", id: id.to_string(), version: 1, columns: &columns };
    Ok(change.insert_unless_taken(&row).await?.then_some(id))
}

/// A look that stands out, as it is written down.
pub struct NewFinding {
    /// Who looked.
    pub account: AccountId,
    /// Whose record, and how the two are connected.
    pub of: Option<(PatientId, Vec<Sign>)>,
    /// The first look.
    pub first: Instant,
    /// The last one.
    pub last: Instant,
    /// How many looks, or how many records.
    pub looks: i64,
}

/// Writes down what stood out. Of a record that was erased since there is nothing to say.
pub async fn write(
    change: &mut Change<'_>,
    week: ResourceId,
    found: &NewFinding,
    compared: &Compared,
    now: Instant,
) -> Result<(), Error> {
    let id = ResourceId::new(now, salus_vault::random());
    let (patient, signs, key_version) = match &found.of {
        None => (None, None, 0),
        Some((patient, signs)) => {
            let words: Vec<&str> = signs.iter().map(|sign| sign.word()).collect();
            let row = id.to_string();
            let sealed = compared.seal::<access_finding::Signs>(*patient, &row, words.join(" ").as_bytes());
            let Some((signs, version)) = sealed else { return Ok(()) };
            (Some(*patient), Some(signs), version)
        }
    };
    let entry = change.entry();
    let columns = [
        ("id", id.into()),
        ("review_id", week.into()),
        ("account_id", found.account.into()),
        ("patient_id", patient.into()),
        ("signs", signs.into()),
        ("first_at", found.first.into()),
        ("last_at", found.last.into()),
        ("looks", found.looks.into()),
        ("judged_at", None::<Instant>.into()),
        ("judged_by", None::<AccountId>.into()),
        ("verdict", None::<String>.into()),
        ("created_at", now.into()),
        ("updated_at", now.into()),
        ("key_version", key_version.into()),
        ("version", 1_i64.into()),
        ("entry", entry.into()),
    ];
    change.insert(&RowWritten { table: "access_finding", id: id.to_string(), version: 1, columns: &columns }).await
}

/// When visits are or were, within two moments.
pub async fn visits(tx: &mut Reader, from: Instant, until: Instant) -> Result<Vec<(PatientId, Instant)>, Error> {
    Ok(tx.all(VISITS, args![from, until]).await?)
}

/// Who said why they open which watched record, and from when until when that counts, as far as it counts within two moments.
pub async fn said_why(tx: &mut Reader, from: Instant, until: Instant) -> Result<Vec<Said>, Error> {
    Ok(tx.all(SAID_WHY, args![from, until]).await?)
}

/// Who works here, which records are watched and whose they are, and who acts for whom or did. Ids, and the names of colleagues.
#[derive(Default)]
pub struct People {
    /// By account.
    pub colleagues: HashMap<AccountId, String>,
    watched: HashMap<PatientId, Option<AccountId>>,
    patients: HashMap<AccountId, PatientId>,
    acting: Vec<(AccountId, PatientId)>,
}

impl People {
    /// As of a day.
    pub async fn read(tx: &mut Reader, from: Instant, until: Instant) -> Result<Self, Error> {
        let colleagues: Vec<(AccountId, String)> = tx.all(COLLEAGUES, Vec::new()).await?;
        let watched: Vec<(PatientId, Option<AccountId>)> = tx.all(WATCHED, args![from, until]).await?;
        let patients: Vec<(AccountId, PatientId)> = tx.all(OWN_CHARTS, Vec::new()).await?;
        Ok(Self {
            colleagues: colleagues.into_iter().collect(),
            watched: watched.into_iter().collect(),
            patients: patients.into_iter().collect(),
            acting: tx.all(ACTING, Vec::new()).await?,
        })
    }

    /// A colleague's own record, where it is watched.
    pub fn own_record(&self, account: AccountId) -> Option<PatientId> {
        self.watched.iter().find(|(_, own)| **own == Some(account)).map(|(patient, _)| *patient)
    }

    /// Whether one of the two patients acts for the other, or did.
    fn act(&self, one: PatientId, other: PatientId) -> bool {
        self.acting.iter().any(|(account, patient)| {
            let own = self.patients.get(account);
            (own == Some(&one) && *patient == other) || (own == Some(&other) && *patient == one)
        })
    }

    /// What connects the two without opening anything.
    pub fn signs(&self, looker: AccountId, patient: PatientId) -> Vec<Sign> {
        let whose = self.watched.get(&patient).map(|whose| match whose {
            Some(account) if *account == looker => Sign::Own,
            Some(_) => Sign::Colleague,
            None => Sign::Watched,
        });
        let own = self.own_record(looker);
        let acts = own.filter(|own| self.act(*own, patient)).map(|_| Sign::ActsFor);
        whose.into_iter().chain(acts).collect()
    }
}
