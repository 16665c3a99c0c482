//! What changes: a message is added, somebody claims, a conversation is closed, and what was read is noted.

use salus_db::{Reader, Sql, Value, args, sql};
use salus_kernel::{AccountId, Instant, MessageId, PatientId, Subject, ThreadId};
use salus_vault::Phi;

use crate::{
    access::{Change, PatientScope, RowWritten, columns::communication},
    messages::model::{Claim, Side, Topic},
    shell::error::Error,
};

const HOLD_PATIENT: Sql = sql!(
    "UPDATE communication_thread SET updated_at = $3, version = version + 1, entry = $4
      WHERE patient_id = $1 AND id = $2 AND closed_at IS NULL"
);
const HOLD_TEAM: Sql = sql!(
    "UPDATE communication_thread
        SET claimed_by = $3, claimed_at = CASE WHEN claimed_by = $3 THEN claimed_at ELSE $4 END,
            updated_at = $4, version = version + 1, entry = $5
      WHERE patient_id = $1 AND id = $2 AND closed_at IS NULL AND (claimed_by IS NULL OR claimed_by = $3)"
);
const TAKE: Sql = sql!(
    "UPDATE communication_thread SET claimed_by = $3, claimed_at = $4, updated_at = $4, version = version + 1, entry = $5
      WHERE patient_id = $1 AND id = $2 AND closed_at IS NULL AND claimed_by IS NULL"
);
const TAKE_OVER: Sql = sql!(
    "UPDATE communication_thread SET claimed_by = $3, claimed_at = $4, updated_at = $4, version = version + 1, entry = $5
      WHERE patient_id = $1 AND id = $2 AND closed_at IS NULL AND claimed_by = $6 AND claimed_by <> $3"
);
const GIVE_BACK: Sql = sql!(
    "UPDATE communication_thread SET claimed_by = NULL, claimed_at = NULL, updated_at = $4, version = version + 1, entry = $5
      WHERE patient_id = $1 AND id = $2 AND claimed_by = $3"
);
const CLOSE: Sql = sql!(
    "UPDATE communication_thread SET closed_by = $3, closed_at = $4, updated_at = $4, version = version + 1, entry = $5
      WHERE patient_id = $1 AND id = $2 AND closed_at IS NULL"
);
const REOPEN: Sql = sql!(
    "UPDATE communication_thread SET closed_by = NULL, closed_at = NULL, updated_at = $3, version = version + 1, entry = $4
      WHERE patient_id = $1 AND id = $2 AND closed_at IS NOT NULL"
);
const NEXT_NUMBER: Sql = sql!("SELECT COALESCE(MAX(number), 0) + 1 FROM communication WHERE thread_id = $1");
const SENT: Sql =
    sql!("SELECT id, thread_id, body FROM communication WHERE patient_id = $1 AND account_id = $2 AND submission = $3");
const RECEIPT: Sql = sql!(
    "INSERT INTO communication_receipt (communication_id, patient_id, side, account_id, read_at, entry)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING"
);

/// A conversation's row, under its own key.
pub async fn insert_thread(
    change: &mut Change<'_>,
    patient: PatientId,
    id: ThreadId,
    topic: Topic,
    (subject, key_version): (Vec<u8>, i64),
    now: Instant,
) -> Result<(), Error> {
    let columns: Vec<(&'static str, Value)> = vec![
        ("id", id.into()),
        ("patient_id", patient.into()),
        ("topic", topic.word().into()),
        ("subject", subject.into()),
        ("claimed_by", None::<AccountId>.into()),
        ("claimed_at", None::<Instant>.into()),
        ("closed_by", None::<AccountId>.into()),
        ("closed_at", None::<Instant>.into()),
        ("key_version", key_version.into()),
        ("created_at", now.into()),
        ("updated_at", now.into()),
        ("version", 1_i64.into()),
        ("entry", change.entry().into()),
    ];
    let row = RowWritten { table: "communication_thread", id: id.to_string(), version: 1, columns: &columns };
    change.insert(&row).await
}

/// Somebody is about to write in a conversation: nobody else does until this change ends, and on the team's side it is
/// theirs from now on. False when it is closed, or when somebody else has it.
pub async fn hold(
    change: &mut Change<'_>,
    scope: PatientScope,
    thread: ThreadId,
    (account, side): (AccountId, Side),
    now: Instant,
) -> Result<bool, Error> {
    let entry = change.entry();
    let (sql, args) = match side {
        Side::Patient => (HOLD_PATIENT, args![scope.patient(), thread, now, entry]),
        Side::Team => (HOLD_TEAM, args![scope.patient(), thread, account, now, entry]),
    };
    change.save_row("communication_thread", thread, sql, args).await
}

/// A message that is about to be written.
pub struct NewMessage {
    /// Its id.
    pub id: MessageId,
    /// In which conversation.
    pub thread: ThreadId,
    /// Who speaks.
    pub side: Side,
    /// Whose account.
    pub account: AccountId,
    /// The form that it came with.
    pub submission: MessageId,
    /// What they wrote, sealed, and the key's version.
    pub body: (Vec<u8>, i64),
}

/// Writes a message at the end of a conversation that this change holds; false when this form was sent already, and then
/// this change can only be dropped.
pub async fn insert_message(
    change: &mut Change<'_>,
    patient: PatientId,
    new: NewMessage,
    now: Instant,
) -> Result<bool, Error> {
    let (number,): (i64,) = change.one(NEXT_NUMBER, args![new.thread]).await?;
    let columns: Vec<(&'static str, Value)> = vec![
        ("id", new.id.into()),
        ("thread_id", new.thread.into()),
        ("patient_id", patient.into()),
        ("number", number.into()),
        ("side", new.side.word().into()),
        ("account_id", new.account.into()),
        ("submission", new.submission.into()),
        ("body", new.body.0.into()),
        ("key_version", new.body.1.into()),
        ("created_at", now.into()),
        ("version", 1_i64.into()),
        ("entry", change.entry().into()),
    ];
    let row = RowWritten { table: "communication", id: new.id.to_string(), version: 1, columns: &columns };
    change.insert_unless_taken(&row).await
}

/// What a form became that was sent already.
pub struct Sent {
    /// In which conversation.
    pub thread: ThreadId,
    /// What was written.
    pub body: Phi<communication::Body>,
}

/// The message that this account's form has become already, if it has.
pub async fn sent(
    tx: &mut Reader,
    scope: PatientScope,
    account: AccountId,
    submission: MessageId,
) -> Result<Option<Sent>, Error> {
    let row: Option<(MessageId, ThreadId, Vec<u8>)> =
        tx.maybe(SENT, args![scope.patient(), account, submission]).await?;
    Ok(row.map(|(id, thread, body)| Sent { thread, body: Phi::sealed(id.to_string(), Subject::Thread(thread), body) }))
}

/// Takes a conversation, from nobody or from `holder`, or gives it back; false when somebody else was faster.
pub async fn claim(
    change: &mut Change<'_>,
    scope: PatientScope,
    thread: ThreadId,
    (account, claim): (AccountId, Claim),
    holder: Option<AccountId>,
    now: Instant,
) -> Result<bool, Error> {
    let mut args = args![scope.patient(), thread, account, now, change.entry()];
    let sql = match claim {
        Claim::Take => TAKE,
        Claim::TakeOver => {
            args.push(holder.into());
            TAKE_OVER
        }
        Claim::GiveBack => GIVE_BACK,
    };
    change.save_row("communication_thread", thread, sql, args).await
}

/// Closes a conversation, or opens it again; false when it is so already.
pub async fn close(
    change: &mut Change<'_>,
    scope: PatientScope,
    thread: ThreadId,
    account: AccountId,
    closed: bool,
    now: Instant,
) -> Result<bool, Error> {
    let entry = change.entry();
    let (sql, args) = if closed {
        (CLOSE, args![scope.patient(), thread, account, now, entry])
    } else {
        (REOPEN, args![scope.patient(), thread, now, entry])
    };
    change.save_row("communication_thread", thread, sql, args).await
}

/// Notes that somebody has read these messages. What was noted in the same moment by another request stays as it is.
pub async fn mark_read(
    change: &mut Change<'_>,
    scope: PatientScope,
    messages: &[MessageId],
    (account, side): (AccountId, Side),
    now: Instant,
) -> Result<(), Error> {
    let entry = change.entry();
    for message in messages {
        let args = args![*message, scope.patient(), side.word(), account, now, entry.as_str()];
        if change.execute(RECEIPT, args).await? > 0 {
            change.wrote_row("communication_receipt", &format!("{message} {account}")).await?;
        }
    }
    Ok(())
}
