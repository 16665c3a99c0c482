//! Conversations across patients, for somebody who treats them: of those in whose care team they are now, and no others.

use salus_db::{Reader, Sql, args, row, sql};
use salus_kernel::{AccountId, Instant, PatientId, PractitionerId, Subject, ThreadId};
use salus_vault::Phi;

use super::{count_of, topic};
use crate::{
    access::columns::communication_thread,
    messages::model::{Filter, Topic},
    shell::error::Error,
};

/// A conversation in an inbox, closed.
pub struct Waiting {
    /// Its id.
    pub thread: ThreadId,
    /// Whose chart.
    pub patient: PatientId,
    /// What it is about.
    pub topic: Topic,
    /// In the words of who began it.
    pub subject: Phi<communication_thread::SubjectLine>,
    /// Who has taken it.
    pub claimed_by: Option<AccountId>,
    /// Their name.
    pub claimed_name: Option<String>,
    /// Since when the patient waits for an answer.
    pub waiting_since: Option<Instant>,
    /// When something was last written.
    pub last_at: Instant,
    /// Whether it is closed.
    pub closed: bool,
}

struct Row {
    id: ThreadId,
    patient_id: PatientId,
    topic: String,
    subject: Vec<u8>,
    claimed_by: Option<AccountId>,
    claimed_name: Option<String>,
    closed_at: Option<Instant>,
    last_at: Instant,
    waiting_since: Option<Instant>,
}
row!(Row {
    id: id,
    patient_id: patient_id,
    topic: topic,
    subject: subject,
    claimed_by: claimed_by,
    claimed_name: claimed_name,
    closed_at: closed_at,
    last_at: last_at,
    waiting_since: waiting_since,
});

// A conversation waits since the first message of the patient's that nobody has answered; a closed one does not wait.
const INBOX: Sql = sql!(
    "SELECT q.id AS id, q.patient_id AS patient_id, q.topic AS topic, q.subject AS subject, q.claimed_by AS claimed_by,
            m.name AS claimed_name, q.closed_at AS closed_at, q.last_at AS last_at, q.waiting_since AS waiting_since
       FROM (SELECT t.id AS id, t.patient_id AS patient_id, t.topic AS topic, t.subject AS subject,
                    t.claimed_by AS claimed_by, t.closed_at AS closed_at,
                    (SELECT MAX(c.created_at) FROM communication c WHERE c.thread_id = t.id) AS last_at,
                    (SELECT MIN(c.created_at) FROM communication c
                      WHERE c.thread_id = t.id AND c.side = 'patient' AND t.closed_at IS NULL
                        AND c.number > (SELECT COALESCE(MAX(a.number), 0) FROM communication a
                                         WHERE a.thread_id = t.id AND a.side = 'team')) AS waiting_since
               FROM communication_thread t
              WHERE EXISTS (SELECT 1 FROM care_team_member k
                             WHERE k.patient_id = t.patient_id AND k.practitioner_id = $1
                               AND k.starts_at <= $2 AND (k.ends_at IS NULL OR k.ends_at > $2))) q
       LEFT JOIN staff_member m ON m.account_id = q.claimed_by
      WHERE $4 = 'all'
         OR ($4 = 'unclaimed' AND q.waiting_since IS NOT NULL AND q.claimed_by IS NULL)
         OR ($4 = 'mine' AND q.claimed_by = $3)
         OR ($4 = 'answered' AND q.waiting_since IS NULL)
      ORDER BY CASE WHEN q.waiting_since IS NULL THEN 1 ELSE 0 END, q.waiting_since, q.last_at DESC, q.id
      LIMIT $5 OFFSET $6"
);
const WAITING: Sql = sql!(
    "SELECT COUNT(*) FROM communication_thread t
       JOIN communication l ON l.thread_id = t.id
        AND l.number = (SELECT MAX(n.number) FROM communication n WHERE n.thread_id = t.id)
      WHERE t.closed_at IS NULL AND l.side = 'patient'
        AND EXISTS (SELECT 1 FROM care_team_member k
                     WHERE k.patient_id = t.patient_id AND k.practitioner_id = $1
                       AND k.starts_at <= $2 AND (k.ends_at IS NULL OR k.ends_at > $2))"
);

/// What somebody's inbox shows through a filter: what waits longest first, then the rest, the newest first.
pub async fn inbox(
    tx: &mut Reader,
    practitioner: PractitionerId,
    account: AccountId,
    filter: Filter,
    (limit, offset): (u64, u64),
    now: Instant,
) -> Result<Vec<Waiting>, Error> {
    let (limit, offset) = (i64::try_from(limit).unwrap_or(i64::MAX), i64::try_from(offset).unwrap_or(i64::MAX));
    let args = args![practitioner, now, account, filter.word(), limit, offset];
    let rows: Vec<Row> = tx.all(INBOX, args).await?;
    let waiting = |row: Row| {
        Ok(Waiting {
            thread: row.id,
            patient: row.patient_id,
            topic: topic(&row.topic)?,
            subject: Phi::sealed(row.id.to_string(), Subject::Thread(row.id), row.subject),
            claimed_by: row.claimed_by,
            claimed_name: row.claimed_name,
            waiting_since: row.waiting_since,
            last_at: row.last_at,
            closed: row.closed_at.is_some(),
        })
    };
    rows.into_iter().map(waiting).collect()
}

/// How many conversations of patients in somebody's care wait for an answer: for the staff's home.
pub async fn waiting(tx: &mut Reader, practitioner: PractitionerId, now: Instant) -> Result<u64, Error> {
    let (count,): (i64,) = tx.one(WAITING, args![practitioner, now]).await?;
    Ok(count_of(count))
}
