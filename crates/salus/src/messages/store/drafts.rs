//! What somebody has begun to write. One row for each conversation and one for a new one; emptied when it is sent.

use salus_db::{Reader, Sql, Value, args, row, sql};
use salus_kernel::{AccountId, Instant, MessageId, PatientId, Subject, ThreadId};
use salus_vault::Phi;

use crate::{
    access::{Change, PatientScope, RowWritten, columns::communication_draft},
    messages::model::Topic,
    shell::error::Error,
};

/// A draft, still sealed.
pub struct Draft {
    /// The form that it will be sent with.
    pub submission: MessageId,
    /// What it is about, if that was chosen.
    pub topic: Option<Topic>,
    /// The subject, for a new conversation.
    pub subject: Phi<communication_draft::SubjectLine>,
    /// The message.
    pub body: Phi<communication_draft::Body>,
    /// When it was last saved.
    pub saved_at: Instant,
}

struct Row {
    id: String,
    submission: MessageId,
    topic: Option<String>,
    subject: Vec<u8>,
    body: Vec<u8>,
    saved_at: Instant,
}
row!(Row { id: id, submission: submission, topic: topic, subject: subject, body: body, saved_at: saved_at });

// A save that comes in the same moment as the sending leaves no draft: what was sent is none.
const DRAFT: Sql = sql!(
    "SELECT d.id AS id, d.submission AS submission, d.topic AS topic, d.subject AS subject, d.body AS body,
            d.updated_at AS saved_at
       FROM communication_draft d
      WHERE d.patient_id = $1 AND d.account_id = $2 AND d.thread_id = $3 AND d.body IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM communication c WHERE c.account_id = d.account_id AND c.submission = d.submission)"
);
const DRAFTS: Sql = sql!(
    "SELECT d.thread_id FROM communication_draft d
      WHERE d.patient_id = $1 AND d.account_id = $2 AND d.body IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM communication c WHERE c.account_id = d.account_id AND c.submission = d.submission)"
);
const PLACE: Sql =
    sql!("SELECT id FROM communication_draft WHERE patient_id = $1 AND account_id = $2 AND thread_id = $3");
const PUT: Sql = sql!(
    "UPDATE communication_draft SET submission = $2, topic = $3, subject = $4, body = $5, key_version = $6,
            updated_at = $7, version = version + 1, entry = $8
      WHERE id = $1"
);
const EMPTY: Sql = sql!(
    "UPDATE communication_draft SET topic = NULL, subject = NULL, body = NULL,
            updated_at = $2, version = version + 1, entry = $3
      WHERE id = $1 AND body IS NOT NULL"
);

fn place(thread: Option<ThreadId>) -> String {
    thread.map(|thread| thread.to_string()).unwrap_or_default()
}

/// What this account has begun to write in a conversation, or for a new one.
pub async fn draft(
    tx: &mut Reader,
    scope: PatientScope,
    account: AccountId,
    thread: Option<ThreadId>,
) -> Result<Option<Draft>, Error> {
    let row: Option<Row> = tx.maybe(DRAFT, args![scope.patient(), account, place(thread)]).await?;
    let subject = thread.map_or(scope.subject(), Subject::Thread);
    Ok(row.map(|row| Draft {
        submission: row.submission,
        topic: row.topic.as_deref().and_then(Topic::from_word),
        subject: Phi::sealed(row.id.as_str(), subject, row.subject),
        body: Phi::sealed(row.id.as_str(), subject, row.body),
        saved_at: row.saved_at,
    }))
}

/// In which conversations this account has begun to write something; nothing stands for a new one.
pub async fn drafts(tx: &mut Reader, scope: PatientScope, account: AccountId) -> Result<Vec<Option<ThreadId>>, Error> {
    let rows: Vec<(String,)> = tx.all(DRAFTS, args![scope.patient(), account]).await?;
    Ok(rows.into_iter().map(|(thread,)| thread.parse().ok()).collect())
}

/// Where a draft is kept, and under which id: what it says is sealed for that id.
pub async fn draft_id(
    tx: &mut Reader,
    scope: PatientScope,
    account: AccountId,
    thread: Option<ThreadId>,
) -> Result<Option<String>, Error> {
    let row: Option<(String,)> = tx.maybe(PLACE, args![scope.patient(), account, place(thread)]).await?;
    Ok(row.map(|(id,)| id))
}

/// A draft that is about to be saved.
pub struct NewDraft<F> {
    /// In which conversation, or in a new one.
    pub thread: Option<ThreadId>,
    /// Whose account.
    pub account: AccountId,
    /// The form that it will be sent with.
    pub submission: MessageId,
    /// What it is about, if that was chosen.
    pub topic: Option<Topic>,
    /// Seals subject and message for the row of this id; gives the key's version too.
    pub seal: F,
}

/// Saves a draft in the place of the one before; false when another request did in the same moment, and then this change
/// can only be dropped.
pub async fn put_draft<F>(
    change: &mut Change<'_>,
    scope: PatientScope,
    new: NewDraft<F>,
    now: Instant,
) -> Result<bool, Error>
where
    F: FnOnce(&str) -> Result<(Vec<u8>, Vec<u8>, i64), Error>,
{
    let topic = new.topic.map(|topic| topic.word().to_owned());
    let entry = change.entry();
    if let Some(id) = draft_id(change, scope, new.account, new.thread).await? {
        let (subject, body, key_version) = (new.seal)(&id)?;
        let args = args![id.as_str(), new.submission, topic, subject, body, key_version, now, entry];
        return change.save_row("communication_draft", &id, PUT, args).await;
    }
    let id = MessageId::new(now, salus_vault::random()).to_string();
    let (subject, body, key_version) = (new.seal)(&id)?;
    let patient: PatientId = scope.patient();
    let columns: Vec<(&'static str, Value)> = vec![
        ("id", id.as_str().into()),
        ("patient_id", patient.into()),
        ("account_id", new.account.into()),
        ("thread_id", place(new.thread).into()),
        ("submission", new.submission.into()),
        ("topic", topic.into()),
        ("subject", subject.into()),
        ("body", body.into()),
        ("key_version", key_version.into()),
        ("created_at", now.into()),
        ("updated_at", now.into()),
        ("version", 1_i64.into()),
        ("entry", entry.into()),
    ];
    change.insert_unless_taken(&RowWritten { table: "communication_draft", id, version: 1, columns: &columns }).await
}

/// Empties a draft: it was sent, or thrown away.
pub async fn empty_draft(
    change: &mut Change<'_>,
    scope: PatientScope,
    account: AccountId,
    thread: Option<ThreadId>,
    now: Instant,
) -> Result<(), Error> {
    if let Some(id) = draft_id(change, scope, account, thread).await? {
        let args = args![id.as_str(), now, change.entry()];
        change.save_row("communication_draft", &id, EMPTY, args).await?;
    }
    Ok(())
}
