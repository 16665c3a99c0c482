//! Who answers, and closing a conversation.

use axum::extract::Path;
use salus_kernel::actions::{ClaimThread, CloseThread};
use serde::Deserialize;

use super::thread_id;
use crate::{
    access::{Chart, Posted},
    messages::{model::Claim, store},
    shell::{
        error::Error,
        flash::Flash,
        page::{PageResult, see_other, see_other_with},
        urls,
    },
};

/// What is done, and from whom it is taken over.
#[derive(Debug, Deserialize)]
pub struct ClaimForm {
    #[serde(default)]
    what: String,
    #[serde(default)]
    holder: String,
}

/// Takes a conversation, takes it over from somebody, or gives it back. Of two at once, one is faster.
pub async fn claim(
    chart: Chart<ClaimThread>,
    Path((_, id)): Path<(String, String)>,
    Posted(form): Posted<ClaimForm>,
) -> PageResult {
    let id = thread_id(&id)?;
    let what = Claim::from_word(&form.what).ok_or(Error::Malformed)?;
    store::thread(&mut chart.read().await?, chart.scope(), id).await?;
    let mut change = chart.begin().await?;
    let account = chart.session().account;
    let done =
        store::claim(&mut change, chart.scope(), id, (account, what), form.holder.parse().ok(), chart.now()).await?;
    if done {
        change.commit().await?;
    }
    let flash = match (done, what) {
        (false, _) => Flash::ThreadOthers,
        (true, Claim::Take | Claim::TakeOver) => Flash::ThreadTaken,
        (true, Claim::GiveBack) => Flash::ThreadGivenBack,
    };
    Ok(see_other_with(&urls::thread(chart.patient(), id), flash))
}

/// Whether it is to be closed.
#[derive(Debug, Deserialize)]
pub struct StateForm {
    #[serde(default)]
    closed: String,
}

/// Closes a conversation, or opens it again.
pub async fn close(
    chart: Chart<CloseThread>,
    Path((_, id)): Path<(String, String)>,
    Posted(form): Posted<StateForm>,
) -> PageResult {
    let id = thread_id(&id)?;
    let closed = form.closed == "yes";
    store::thread(&mut chart.read().await?, chart.scope(), id).await?;
    let mut change = chart.begin().await?;
    let to = urls::thread(chart.patient(), id);
    if !store::close(&mut change, chart.scope(), id, chart.session().account, closed, chart.now()).await? {
        return Ok(see_other(&to)); // it is so already
    }
    change.commit().await?;
    Ok(see_other_with(&to, if closed { Flash::ThreadClosed } else { Flash::ThreadOpened }))
}
