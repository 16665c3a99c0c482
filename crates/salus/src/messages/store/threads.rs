//! Conversations of one patient, and what is unread in them: counted from receipts, and never kept as a number.

use salus_db::{Reader, Sql, args, row, sql};
use salus_kernel::{AccountId, Instant, MessageId, Role, Subject, ThreadId};
use salus_vault::Phi;

use super::{count_of, topic};
use crate::{
    access::{
        PatientScope,
        columns::{communication, communication_thread},
    },
    messages::model::{Claimed, Side, Topic},
    shell::error::Error,
};

/// A conversation, its subject still sealed.
pub struct Thread {
    /// Its id.
    pub id: ThreadId,
    /// What it is about.
    pub topic: Topic,
    /// In the words of who began it.
    pub subject: Phi<communication_thread::SubjectLine>,
    /// Who has taken it, and since when.
    pub claimed: Option<(Claimed, Instant)>,
    /// When it was closed.
    pub closed_at: Option<Instant>,
}

/// A conversation in a patient's list.
pub struct Listed {
    /// Itself.
    pub thread: Thread,
    /// When something was last written.
    pub last_at: Instant,
    /// Who wrote last.
    pub last_side: Side,
    /// How many of them the reader's side has not read.
    pub unread: u64,
}

struct Row {
    id: ThreadId,
    topic: String,
    subject: Vec<u8>,
    claimed_by: Option<AccountId>,
    claimed_name: Option<String>,
    claimed_at: Option<Instant>,
    closed_at: Option<Instant>,
    last_at: Instant,
    last_side: String,
    unread: i64,
}
row!(Row {
    id: id,
    topic: topic,
    subject: subject,
    claimed_by: claimed_by,
    claimed_name: claimed_name,
    claimed_at: claimed_at,
    closed_at: closed_at,
    last_at: last_at,
    last_side: last_side,
    unread: unread,
});

impl Row {
    fn listed(self) -> Result<Listed, Error> {
        let name = self.claimed_name.unwrap_or_default();
        Ok(Listed {
            last_at: self.last_at,
            last_side: Side::from_word(&self.last_side).ok_or_else(|| Error::broken("a message from nobody"))?,
            unread: count_of(self.unread),
            thread: Thread {
                id: self.id,
                topic: topic(&self.topic)?,
                subject: Phi::sealed(self.id.to_string(), Subject::Thread(self.id), self.subject),
                claimed: self.claimed_by.zip(self.claimed_at).map(|(by, at)| (Claimed { by, name }, at)),
                closed_at: self.closed_at,
            },
        })
    }
}

// Unread is, for the patient's account, what the team wrote and this account has not read; for the team, what the patient
// wrote and nobody on the team has read.
const LIST: Sql = sql!(
    "SELECT t.id AS id, t.topic AS topic, t.subject AS subject, t.claimed_by AS claimed_by, t.claimed_at AS claimed_at,
            t.closed_at AS closed_at, m.name AS claimed_name, l.created_at AS last_at, l.side AS last_side,
            (SELECT COUNT(*) FROM communication c
              WHERE c.thread_id = t.id AND c.side = $3
                AND NOT EXISTS (SELECT 1 FROM communication_receipt r
                                 WHERE r.communication_id = c.id
                                   AND (r.account_id = $2 OR (c.side = 'patient' AND r.side = 'team')))) AS unread
       FROM communication_thread t
       JOIN communication l ON l.thread_id = t.id
        AND l.number = (SELECT MAX(n.number) FROM communication n WHERE n.thread_id = t.id)
       LEFT JOIN staff_member m ON m.account_id = t.claimed_by
      WHERE t.patient_id = $1
      ORDER BY l.created_at DESC, t.id DESC LIMIT $4 OFFSET $5"
);
const COUNT: Sql = sql!("SELECT COUNT(*) FROM communication_thread WHERE patient_id = $1");
const ONE: Sql = sql!(
    "SELECT t.id AS id, t.topic AS topic, t.subject AS subject, t.claimed_by AS claimed_by, t.claimed_at AS claimed_at,
            t.closed_at AS closed_at, m.name AS claimed_name, l.created_at AS last_at, l.side AS last_side,
            CAST(0 AS BIGINT) AS unread
       FROM communication_thread t
       JOIN communication l ON l.thread_id = t.id
        AND l.number = (SELECT MAX(n.number) FROM communication n WHERE n.thread_id = t.id)
       LEFT JOIN staff_member m ON m.account_id = t.claimed_by
      WHERE t.patient_id = $1 AND t.id = $2"
);
const UNREAD: Sql = sql!(
    "SELECT COUNT(*) FROM communication c
      WHERE c.patient_id = $1 AND c.side = 'team'
        AND NOT EXISTS (SELECT 1 FROM communication_receipt r WHERE r.communication_id = c.id AND r.account_id = $2)"
);

/// A patient's conversations, the newest first.
pub async fn list(
    tx: &mut Reader,
    scope: PatientScope,
    reader: (AccountId, Side),
    (limit, offset): (u64, u64),
) -> Result<Vec<Listed>, Error> {
    let (account, side) = reader;
    let (limit, offset) = (i64::try_from(limit).unwrap_or(i64::MAX), i64::try_from(offset).unwrap_or(i64::MAX));
    let args = args![scope.patient(), account, side.other().word(), limit, offset];
    let rows: Vec<Row> = tx.all(LIST, args).await?;
    rows.into_iter().map(Row::listed).collect()
}

/// How many conversations a patient has.
pub async fn count(tx: &mut Reader, scope: PatientScope) -> Result<u64, Error> {
    let (count,): (i64,) = tx.one(COUNT, args![scope.patient()]).await?;
    Ok(count_of(count))
}

/// One conversation of this patient.
pub async fn thread(tx: &mut Reader, scope: PatientScope, id: ThreadId) -> Result<Thread, Error> {
    let row: Option<Row> = tx.maybe(ONE, args![scope.patient(), id]).await?;
    Ok(row.ok_or(Error::NotFound)?.listed()?.thread)
}

/// How many messages of the team this account has not read: for the patient's home.
pub async fn unread(tx: &mut Reader, scope: PatientScope, account: AccountId) -> Result<u64, Error> {
    let (count,): (i64,) = tx.one(UNREAD, args![scope.patient(), account]).await?;
    Ok(count_of(count))
}

/// One message, still sealed.
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Its place in the conversation, from 1.
    pub number: u64,
    /// Who speaks.
    pub side: Side,
    /// Whose account wrote it.
    pub account: AccountId,
    /// The name of who wrote it, when they work here.
    pub name: Option<String>,
    /// What they work as.
    pub role: Option<Role>,
    /// What they wrote.
    pub body: Phi<communication::Body>,
    /// When.
    pub at: Instant,
    /// When somebody on the other side first read it.
    pub read_at: Option<Instant>,
    /// Whether this reader has read it before.
    pub seen: bool,
}

struct MessageRow {
    id: MessageId,
    number: i64,
    side: String,
    account: AccountId,
    name: Option<String>,
    role: Option<Role>,
    body: Vec<u8>,
    at: Instant,
    read_at: Option<Instant>,
    seen: i64,
}
row!(MessageRow {
    id: id,
    number: number,
    side: side,
    account: account,
    name: name,
    role: role,
    body: body,
    at: at,
    read_at: read_at,
    seen: seen,
});

const MESSAGES: Sql = sql!(
    "SELECT c.id AS id, c.number AS number, c.side AS side, c.account_id AS account, m.name AS name, m.role AS role,
            c.body AS body, c.created_at AS at,
            (SELECT MIN(r.read_at) FROM communication_receipt r WHERE r.communication_id = c.id AND r.side <> c.side) AS read_at,
            (SELECT COUNT(*) FROM communication_receipt r WHERE r.communication_id = c.id AND r.account_id = $3) AS seen
       FROM communication c
       LEFT JOIN staff_member m ON m.account_id = c.account_id
      WHERE c.patient_id = $1 AND c.thread_id = $2 AND c.number < $4
      ORDER BY c.number DESC LIMIT $5"
);

/// The newest messages of a conversation before this one, oldest first.
pub async fn messages(
    tx: &mut Reader,
    scope: PatientScope,
    thread: ThreadId,
    reader: AccountId,
    before: Option<u64>,
    limit: u64,
) -> Result<Vec<Message>, Error> {
    let before = before.and_then(|before| i64::try_from(before).ok()).unwrap_or(i64::MAX);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows: Vec<MessageRow> = tx.all(MESSAGES, args![scope.patient(), thread, reader, before, limit]).await?;
    let message = |row: MessageRow| {
        Ok(Message {
            side: Side::from_word(&row.side).ok_or_else(|| Error::broken("a message from nobody"))?,
            body: Phi::sealed(row.id.to_string(), Subject::Thread(thread), row.body),
            id: row.id,
            number: count_of(row.number),
            account: row.account,
            name: row.name,
            role: row.role,
            at: row.at,
            read_at: row.read_at,
            seen: row.seen > 0,
        })
    };
    rows.into_iter().rev().map(message).collect()
}
