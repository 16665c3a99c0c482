//! Photos of the papers: added and thrown away by who asks, seen by them and by the front desk.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use salus_kernel::{
    ResourceId,
    actions::{AskCaregiver, ViewActingFor, ViewCaregiverRequests},
};
use serde::Deserialize;

use super::{
    InPath, PHOTOS, PhotoInPath,
    asking::{one_view, own_request},
    store::{self, State},
};
use crate::{
    access::{Posted, SentFile, SignedIn, Worklist, columns::caregiver_photo::Photo},
    shell::{
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other, see_other_with},
        photo, urls, words,
    },
};

/// Adds a photo to what is still open: drawn anew, and sealed under the account's key.
pub async fn add(own: SignedIn<AskCaregiver>, InPath(id): InPath, file: SentFile) -> PageResult {
    let mut tx = own.read().await?;
    let Some(request) = own_request(&mut tx, &own, id).await? else { return Err(Error::NotFound) };
    let full = store::photos(&mut tx, id).await?.len() >= PHOTOS;
    drop(tx);
    let late = || Ok(see_other_with(&urls::asked_caregiver(id), Flash::PhotoLate));
    if request.state != State::Open || full {
        return late();
    }
    let drawn = match file {
        SentFile::Nothing => Err("proxies-problem-photo-nothing".to_owned()),
        SentFile::TooLarge => Err("proxies-problem-photo-large".to_owned()),
        SentFile::Busy => Err("proxies-problem-photo-busy".to_owned()),
        SentFile::Bytes(bytes, _place) => {
            photo::drawn_anew(bytes).await.map_err(|why| format!("proxies-problem-photo-{}", why.word()))
        }
    };
    let drawn = match drawn {
        Ok(drawn) => drawn,
        Err(problem) => return page::again(&own, &one_view(&own, id, Some(words::t(&problem))).await?),
    };
    let photo = ResourceId::new(own.now(), salus_vault::random());
    let sealed = own.seal::<Photo>(&photo.to_string(), &drawn);
    let mut change = own.begin().await?;
    change.concerns("DocumentReference", &photo.to_string());
    if !store::add_photo(&mut change, (photo, id), own.account(), sealed, own.now()).await? {
        return late();
    }
    change.commit().await?;
    Ok(see_other_with(&urls::asked_caregiver(id), Flash::PhotoAdded))
}

/// Which one goes.
#[derive(Deserialize)]
pub struct RemoveForm {
    #[serde(default)]
    photo: String,
}

/// Throws one's own photo away.
pub async fn remove(own: SignedIn<AskCaregiver>, InPath(id): InPath, Posted(form): Posted<RemoveForm>) -> PageResult {
    let Some(request) = own_request(&mut own.read().await?, &own, id).await? else { return Err(Error::NotFound) };
    let to = urls::asked_caregiver(id);
    let photo = form.photo.parse::<ResourceId>().ok().filter(|_| request.state == State::Open);
    let Some(photo) = photo else { return Ok(see_other(&to)) };
    let mut change = own.begin().await?;
    change.concerns("DocumentReference", &photo.to_string());
    store::remove_photo(&mut change, id, photo, own.account()).await?;
    change.commit().await?;
    Ok(see_other_with(&to, Flash::PhotoRemoved))
}

/// One's own photo.
pub async fn mine(own: SignedIn<ViewActingFor>, InPath(id): InPath, PhotoInPath(photo): PhotoInPath) -> PageResult {
    let mut tx = own.read().await?;
    if own_request(&mut tx, &own, id).await?.is_none() {
        return Err(Error::NotFound);
    }
    let photo = store::photo(&mut tx, id, photo).await?.ok_or(Error::NotFound)?;
    Ok(jpeg(photo.open_bytes(&own)?))
}

/// A photo of somebody's papers, for the front desk. The ledger has named whose.
pub async fn of_desk(
    list: Worklist<ViewCaregiverRequests>,
    InPath(id): InPath,
    PhotoInPath(photo): PhotoInPath,
) -> PageResult {
    let request = store::one(&mut list.read().await?, id).await?;
    let account = request.ok_or(Error::NotFound)?.account;
    let mut of = list.applicants(&[account]).await?;
    let photo = store::photo(&mut of.tx, id, photo).await?.ok_or(Error::NotFound)?;
    Ok(jpeg(photo.open_bytes(&of)?))
}

/// We drew it ourselves, so it is what it says; it is kept by no browser.
fn jpeg(bytes: Vec<u8>) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline; filename=\"photo.jpg\""));
    response
}
