//! Writing: a new conversation, and an answer.

use axum::extract::{Path, Query};
use salus_db::Reader;
use salus_kernel::{
    ActionType, MessageId, Scope, ThreadId,
    actions::{ViewMessages, WriteMessage},
};
use serde::Deserialize;

use super::{Typed, fresh, of_draft, readers, thread, thread_id};
use crate::{
    access::{
        Change, Chart, Posted,
        columns::{communication, communication_thread},
    },
    messages::{
        model::{self, CanReply, Side, Topic, can_reply},
        store::{self, NewMessage},
        views::{New, Writing},
    },
    notices::{self, About},
    patients::{self, MayFrame},
    shell::{
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other_with},
        urls,
    },
};

/// `?topic=`.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    topic: String,
}

/// The form for a new conversation, with what was begun.
pub async fn form(chart: Chart<ViewMessages>, Query(wanted): Query<Wanted>) -> PageResult {
    let mut tx = chart.read().await?;
    let draft = store::draft(&mut tx, chart.scope(), chart.session().account, None).await?;
    let form = match &draft {
        Some(draft) => of_draft::<ViewMessages>(draft, &chart, &chart.app().clinic().await.zone())?,
        None => Writing::empty(fresh(&chart).to_string(), Topic::from_word(&wanted.topic)),
    };
    let view = new_view(&chart, &mut tx, form).await?;
    drop(tx);
    page::show(&chart, &view)
}

async fn new_view<A: MayFrame>(chart: &Chart<A>, tx: &mut Reader, form: Writing) -> Result<New, Error> {
    Ok(New {
        patient: chart.patient().to_string(),
        banner: patients::banner(chart, tx).await?,
        readers: readers(chart, tx).await?,
        form,
        sent_before: false,
        answer_days: chart.app().web().message_days.into(),
        clinic_phone: chart.app().clinic().await.phone.clone(),
    })
}

/// What became of this form before.
enum Before {
    /// Nothing yet.
    Nothing,
    /// It was sent: the same message.
    Same(ThreadId),
    /// It was sent with other words, so these would get lost.
    Other,
}

async fn before(
    chart: &Chart<WriteMessage>,
    tx: &mut Reader,
    submission: MessageId,
    typed: &Typed,
) -> Result<Before, Error> {
    let account = chart.session().account;
    let Some(sent) = store::sent(tx, chart.scope(), account, submission).await? else { return Ok(Before::Nothing) };
    let keys = chart.threads(tx, &[sent.thread]).await?;
    let same = model::body(&typed.body).is_ok_and(|body| sent.body.open(&keys).is_ok_and(|sent| sent == body));
    Ok(if same { Before::Same(sent.thread) } else { Before::Other })
}

fn to_thread<A: ActionType>(chart: &Chart<A>, id: ThreadId) -> axum::response::Response {
    see_other_with(&urls::thread(chart.patient(), id), Flash::MessageSent)
}

/// Sends a message that begins a conversation.
pub async fn begin(chart: Chart<WriteMessage>, Posted(typed): Posted<Typed>) -> PageResult {
    let submission = typed.submission(&chart);
    let mut form = typed.again(submission);
    let mut tx = chart.read().await?;
    match before(&chart, &mut tx, submission, &typed).await? {
        Before::Same(thread) => return Ok(to_thread(&chart, thread)),
        Before::Other => return sent_before(&chart, &mut tx, &typed).await,
        Before::Nothing => {}
    }
    let (heading, body) = (typed.heading(&mut form), typed.body(&mut form));
    let side = Side::of(chart.relation());
    let read = side == Side::Team || !readers(&chart, &mut tx).await?.is_empty();
    let ((topic, subject), body) = match (heading, body) {
        (Some(heading), Some(body)) if read => (heading, body),
        _ => {
            let view = new_view(&chart, &mut tx, form).await?;
            return page::again(&chart, &view);
        }
    };
    drop(tx);

    let id = ThreadId::new(chart.now(), salus_vault::random());
    let account = chart.session().account;
    let mut change = chart.begin().await?;
    change.concerns("Communication", &id.to_string());
    let new = chart.new_thread(id);
    let subject = new.keys.seal::<communication_thread::SubjectLine>(id, &id.to_string(), &subject)?;
    store::insert_thread(&mut change, chart.patient(), id, topic, subject, chart.now()).await?;
    let message = sealed(&chart, id, submission, |row| new.keys.seal::<communication::Body>(id, row, &body))?;
    new.write_key(&mut change, chart.patient(), chart.now()).await?;
    if !store::insert_message(&mut change, chart.patient(), message, chart.now()).await? {
        drop(change);
        return repeated(&chart, submission, &typed, None).await;
    }
    store::empty_draft(&mut change, chart.scope(), account, None, chart.now()).await?;
    sent(&chart, change, side).await?;
    Ok(to_thread(&chart, id))
}

fn sealed(
    chart: &Chart<WriteMessage>,
    thread: ThreadId,
    submission: MessageId,
    seal: impl FnOnce(&str) -> Result<(Vec<u8>, i64), Error>,
) -> Result<NewMessage, Error> {
    let id = MessageId::new(chart.now(), salus_vault::random());
    let (account, side) = (chart.session().account, Side::of(chart.relation()));
    Ok(NewMessage { id, thread, side, account, submission, body: seal(&id.to_string())? })
}

/// Commits a message. The patient is told, by mail, that there is news.
async fn sent(chart: &Chart<WriteMessage>, mut change: Change<'_>, side: Side) -> Result<(), Error> {
    if side == Side::Team {
        notices::tell_patient(chart, &mut change, Scope::Messages, About::News).await?;
    }
    change.commit().await
}

/// The same form came twice in one moment, and the other request was faster.
async fn repeated(
    chart: &Chart<WriteMessage>,
    submission: MessageId,
    typed: &Typed,
    thread: Option<ThreadId>,
) -> PageResult {
    let mut tx = chart.read().await?;
    match (before(chart, &mut tx, submission, typed).await?, thread) {
        (Before::Same(thread), _) => Ok(to_thread(chart, thread)),
        (_, Some(thread)) => answered_before(chart, &mut tx, thread, typed).await,
        (_, None) => sent_before(chart, &mut tx, typed).await,
    }
}

/// The form was sent already, with other words: they come back, in a form of their own.
async fn sent_before(chart: &Chart<WriteMessage>, tx: &mut Reader, typed: &Typed) -> PageResult {
    let view = New { sent_before: true, ..new_view(chart, tx, typed.again(fresh(chart))).await? };
    page::again(chart, &view)
}

async fn answered_before(chart: &Chart<WriteMessage>, tx: &mut Reader, id: ThreadId, typed: &Typed) -> PageResult {
    let (mut view, _) = thread::view(chart, tx, id, None, typed.again(fresh(chart))).await?;
    view.sent_before = true;
    page::again(chart, &view)
}

/// Sends an answer. On the team's side the conversation is theirs from then on.
pub async fn reply(
    chart: Chart<WriteMessage>,
    Path((_, id)): Path<(String, String)>,
    Posted(typed): Posted<Typed>,
) -> PageResult {
    let id = thread_id(&id)?;
    let submission = typed.submission(&chart);
    let mut form = typed.again(submission);
    let (account, side) = (chart.session().account, Side::of(chart.relation()));
    let mut tx = chart.read().await?;
    let there = store::thread(&mut tx, chart.scope(), id).await?;
    match before(&chart, &mut tx, submission, &typed).await? {
        Before::Same(thread) => return Ok(to_thread(&chart, thread)),
        Before::Other => return answered_before(&chart, &mut tx, id, &typed).await,
        Before::Nothing => {}
    }
    let body = typed.body(&mut form);
    let claimed = there.claimed.as_ref().map(|(claimed, _)| claimed);
    let readers = readers(&chart, &mut tx).await?.len();
    let can = can_reply(side, account, there.closed_at.is_some(), claimed, readers);
    let (Some(body), CanReply::Yes) = (body, can) else {
        let (view, _) = thread::view(&chart, &mut tx, id, None, form).await?;
        return page::again(&chart, &view);
    };
    let keys = chart.threads(&mut tx, &[id]).await?;
    drop(tx);

    let mut change = chart.begin().await?;
    if !store::hold(&mut change, chart.scope(), id, (account, side), chart.now()).await? {
        drop(change);
        // Somebody else took or closed it meanwhile: the page says who, and what was typed stays.
        let (view, _) = thread::view(&chart, &mut chart.read().await?, id, None, form).await?;
        return page::again(&chart, &view);
    }
    let message = sealed(&chart, id, submission, |row| keys.seal::<communication::Body>(id, row, &body))?;
    if !store::insert_message(&mut change, chart.patient(), message, chart.now()).await? {
        drop(change);
        return repeated(&chart, submission, &typed, Some(id)).await;
    }
    store::empty_draft(&mut change, chart.scope(), account, Some(id), chart.now()).await?;
    sent(&chart, change, side).await?;
    Ok(to_thread(&chart, id))
}
