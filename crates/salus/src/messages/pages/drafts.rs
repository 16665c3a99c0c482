//! Drafts: kept on the server, so that they are there on another device and after a crash.

use axum::extract::Path;
use salus_kernel::{ThreadId, actions::SaveDraft};

use super::{Typed, thread_id};
use crate::{
    access::{Chart, Posted, columns::communication_draft},
    messages::store::{self, NewDraft},
    shell::{
        error::Error,
        flash::Flash,
        page::{PageResult, see_other, see_other_with},
        urls,
    },
};

/// Keeps what is written for a new conversation; `from` is a closed one in which it was begun.
pub async fn save_new_draft(chart: Chart<SaveDraft>, Posted(mut typed): Posted<Typed>) -> PageResult {
    let to = urls::messages_new(chart.patient());
    let Ok(from) = typed.from.parse::<ThreadId>() else { return save(&chart, None, &typed, None, &to).await };
    // Moved here: what was begun here before stays in front of it.
    let mut tx = chart.read().await?;
    let thread = store::thread(&mut tx, chart.scope(), from).await?;
    let there = store::draft(&mut tx, chart.scope(), chart.session().account, None).await?;
    drop(tx);
    typed.topic = thread.topic.word().to_owned();
    if let Some(there) = there {
        typed.subject = there.subject.open(&chart)?;
        typed.body = [there.body.open(&chart)?, std::mem::take(&mut typed.body)].join("\n\n").trim().to_owned();
        typed.topic = there.topic.unwrap_or(thread.topic).word().to_owned();
    }
    typed.submission = String::new();
    save(&chart, None, &typed, Some(from), &to).await
}

/// Keeps what is written as an answer.
pub async fn save_draft(
    chart: Chart<SaveDraft>,
    Path((_, id)): Path<(String, String)>,
    Posted(typed): Posted<Typed>,
) -> PageResult {
    let id = thread_id(&id)?;
    store::thread(&mut chart.read().await?, chart.scope(), id).await?;
    save(&chart, Some(id), &typed, None, &urls::thread(chart.patient(), id)).await
}

/// Keeps a draft, and empties the one from which it was moved here.
async fn save(
    chart: &Chart<SaveDraft>,
    thread: Option<ThreadId>,
    typed: &Typed,
    from: Option<ThreadId>,
    to: &str,
) -> PageResult {
    let account = chart.session().account;
    let submission = typed.submission(chart);
    let mut tx = chart.read().await?;
    // What was sent meanwhile, from here or from another device, is no draft any more.
    if store::sent(&mut tx, chart.scope(), account, submission).await?.is_some() {
        return Ok(see_other(to));
    }
    let keys = chart.threads(&mut tx, thread.as_slice()).await?;
    drop(tx);
    let nothing = typed.body.trim().is_empty() && typed.subject.trim().is_empty();
    let mut change = chart.begin().await?;
    if typed.discard == "yes" || nothing {
        store::empty_draft(&mut change, chart.scope(), account, thread, chart.now()).await?;
        change.commit().await?;
        return Ok(see_other_with(to, Flash::DraftGone));
    }
    let seal = |row: &str| -> Result<_, Error> {
        let ((subject, _), (body, version)) = match thread {
            Some(thread) => (
                keys.seal::<communication_draft::SubjectLine>(thread, row, &typed.subject)?,
                keys.seal::<communication_draft::Body>(thread, row, &typed.body)?,
            ),
            None => (
                chart.seal::<communication_draft::SubjectLine>(row, typed.subject.as_bytes()),
                chart.seal::<communication_draft::Body>(row, typed.body.as_bytes()),
            ),
        };
        Ok((subject, body, version))
    };
    let new = NewDraft { thread, account, submission, topic: typed.topic(), seal };
    if store::put_draft(&mut change, chart.scope(), new, chart.now()).await? {
        if from.is_some() {
            store::empty_draft(&mut change, chart.scope(), account, from, chart.now()).await?;
        }
        change.commit().await?;
    }
    // What saves itself says so beside the field, and nothing on the page that comes next.
    Ok(if typed.itself == "yes" { see_other(to) } else { see_other_with(to, Flash::DraftSaved) })
}
