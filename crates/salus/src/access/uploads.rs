//! The layer in front of a form that brings a file: is it from us, and from somebody who is signed in?
//!
//! It is the form's own layer ([`super::typed_text`]) for what weighs more. Whoever is not signed in is sent away before a
//! byte is read; of the others a few are read at once, one of each person, up to a limit and no slower than a bad line; what is
//! larger is read to its end and dropped, so that the page can say so beside the field.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, FromRequestParts, Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::StreamExt as _;
use multer::{Constraints, Multipart, SizeLimit};
use salus_kernel::AccountId;
use salus_vault::same;

use super::{
    App, Asked, Stage, Token,
    session::{self, Found},
    signed_in::{form_secrets, form_token},
    typed_text::from_our_own_pages,
};
use crate::shell::error::Error;

/// The most a file may weigh.
pub const LARGEST_FILE: usize = 10 * 1024 * 1024;
/// The most that is read to say that a file is too large; beyond it the line is cut.
pub const LARGEST_UPLOAD: usize = 32 * 1024 * 1024;
/// The most a form with a file is kept of: the file, and what stands around it.
const LARGEST_FORM: usize = LARGEST_FILE + 64 * 1024;
/// How many files are read or looked at at one time, of as many people.
const PLACES: usize = 12;
/// How long a line may be silent.
const SILENCE: Duration = Duration::from_secs(15);
/// The fewest bytes a second of a line that is not only held.
const SLOWEST: u64 = 4 * 1024;

/// Who has a file here now.
static HERE: Mutex<BTreeSet<AccountId>> = Mutex::new(BTreeSet::new());

type Here = &'static Mutex<BTreeSet<AccountId>>;

/// A place for a file, given back when nobody has the file any more.
#[derive(Debug)]
pub struct Place(Here, AccountId);

impl Place {
    fn take(here: Here, account: AccountId) -> Option<Arc<Self>> {
        let mut taken = here.lock().unwrap_or_else(PoisonError::into_inner);
        (taken.len() < PLACES && taken.insert(account)).then(|| Arc::new(Self(here, account)))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}

/// A file that was sent; the form beside it has nothing but its token.
#[derive(Debug, Clone)]
pub enum SentFile {
    /// Nothing was chosen.
    Nothing,
    /// More than [`LARGEST_FILE`].
    TooLarge,
    /// Others send files at this moment, or the same person does.
    Busy,
    /// What it holds, and the place that it takes. Its name and its kind are the sender's words, and nobody asks for them.
    Bytes(Vec<u8>, Arc<Place>),
}

/// Checks where the form comes from and who sends it, then reads it and hands the file on.
pub(super) async fn before_guard(State(app): State<App>, request: Request, next: Next) -> Response {
    match read(&app, request).await {
        Ok(request) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

async fn read(app: &App, request: Request) -> Result<Request, Error> {
    let (mut parts, body) = request.into_parts();
    let asked = Asked::from_request_parts(&mut parts, app).await?;
    from_our_own_pages(app, &parts.headers)?;
    let found = match Token::in_cookie(&parts.headers) {
        Some(token) => session::find(app, &token, None, asked.now).await?,
        None => Found::Nobody,
    };
    let account = match found {
        Found::Here(session) if session.stage == Stage::Full => session.account,
        // The page with the form stands at the same address; a file is chosen once more.
        Found::Ended { .. } => return Err(Error::SessionEnded { next: Some(parts.uri.path().to_owned()) }),
        // The guard sends them to sign in, and there is no file that a handler could take.
        Found::Here(_) | Found::Nobody => return Ok(Request::from_parts(parts, Body::empty())),
    };
    let boundary = boundary(&parts.headers).ok_or(Error::FormNotOurs)?;
    let Some(place) = Place::take(&HERE, account) else {
        parts.extensions.insert(SentFile::Busy);
        return Ok(Request::from_parts(parts, Body::empty()));
    };
    let (bytes, all) = collected(body).await.ok_or(Error::Malformed)?;
    let (token, what) = fields(boundary, bytes, all).await.ok_or(Error::Malformed)?;
    if !form_secrets(&parts.headers).iter().any(|secret| same(form_token(app, secret).as_bytes(), token.as_bytes())) {
        return Err(Error::FormNotOurs);
    }
    parts.extensions.insert(match what {
        Field::Nothing => SentFile::Nothing,
        Field::TooLarge => SentFile::TooLarge,
        Field::Bytes(bytes) => SentFile::Bytes(bytes, place),
    });
    Ok(Request::from_parts(parts, Body::empty()))
}

fn boundary(headers: &HeaderMap) -> Option<String> {
    multer::parse_boundary(headers.get(header::CONTENT_TYPE)?.to_str().ok()?).ok()
}

/// A body up to the limit, and whether that is all of it. What comes slower than anybody's line is cut off.
async fn collected(body: Body) -> Option<(Vec<u8>, bool)> {
    let begun = std::time::Instant::now();
    let (mut kept, mut seen) = (Vec::new(), 0_usize);
    let mut stream = body.into_data_stream();
    while let Some(chunk) = tokio::time::timeout(SILENCE, stream.next()).await.ok()? {
        let chunk = chunk.ok()?;
        seen = seen.saturating_add(chunk.len());
        let expected = begun.elapsed().saturating_sub(SILENCE).as_secs().saturating_mul(SLOWEST);
        if u64::try_from(seen).unwrap_or(u64::MAX) < expected {
            return None;
        }
        if kept.len() + chunk.len() <= LARGEST_FORM {
            kept.extend_from_slice(&chunk);
        } else if kept.len() < LARGEST_FORM {
            let rest = LARGEST_FORM - kept.len();
            kept.extend_from_slice(chunk.get(..rest).unwrap_or_default());
        }
    }
    let all = seen == kept.len();
    Some((kept, all))
}

/// What stands in the field of a file.
#[derive(Debug, PartialEq, Eq)]
enum Field {
    Nothing,
    TooLarge,
    Bytes(Vec<u8>),
}

/// The form's token and its file; nothing of what is no such form. It is parsed in one piece: whoever drips bytes makes nobody look
/// for a boundary again and again.
async fn fields(boundary: String, bytes: Vec<u8>, all: bool) -> Option<(String, Field)> {
    let constraints =
        Constraints::new().allowed_fields(vec!["csrf", "file"]).size_limit(SizeLimit::new().for_field("csrf", 1024));
    let whole = futures_util::stream::iter([Ok::<_, std::convert::Infallible>(Bytes::from(bytes))]);
    let mut form = Multipart::with_constraints(whole, boundary, constraints);
    let (mut token, mut file) = (String::new(), Field::Nothing);
    while let Some(field) = form.next_field().await.ok()? {
        if field.name() == Some("csrf") {
            token = field.text().await.ok()?;
            continue;
        }
        // A form of ours says its token first, so it is here although the file is not.
        if !all {
            return Some((token, Field::TooLarge));
        }
        let bytes = field.bytes().await.ok()?;
        file = match bytes.len() {
            0 => Field::Nothing,
            1..=LARGEST_FILE => Field::Bytes(bytes.to_vec()),
            _ => Field::TooLarge,
        };
    }
    Some((token, file))
}

impl FromRequest<App> for SentFile {
    type Rejection = Error;
    async fn from_request(mut request: Request, _: &App) -> Result<Self, Error> {
        request.extensions_mut().remove().ok_or_else(|| Error::broken("a file in a route that takes none"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(parts: &[(&str, &[u8])]) -> Body {
        let mut text = Vec::new();
        for (name, bytes) in parts {
            text.extend_from_slice(
                format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n").as_bytes(),
            );
            text.extend_from_slice(bytes);
            text.extend_from_slice(b"\r\n");
        }
        text.extend_from_slice(b"--b--\r\n");
        Body::from(text)
    }

    #[tokio::test]
    async fn a_file_is_read_up_to_its_limit_and_nothing_else_is_taken() {
        let of = async |parts: &[(&str, &[u8])]| {
            let (bytes, all) = collected(form(parts)).await.unwrap();
            assert!(bytes.len() <= LARGEST_FORM, "more is kept than a file's worth");
            fields("b".to_owned(), bytes, all).await
        };
        assert_eq!(of(&[("csrf", b"t"), ("file", b"x")]).await, Some(("t".into(), Field::Bytes(b"x".to_vec()))));
        assert_eq!(of(&[("csrf", b"t"), ("file", b"")]).await, Some(("t".into(), Field::Nothing)));
        assert_eq!(of(&[("csrf", b"t")]).await, Some(("t".into(), Field::Nothing)));
        let just = vec![0; LARGEST_FILE];
        assert_eq!(of(&[("csrf", b"t"), ("file", &just)]).await, Some(("t".into(), Field::Bytes(just.clone()))));
        for large in [LARGEST_FILE + 1, 2 * LARGEST_FILE] {
            assert_eq!(of(&[("csrf", b"t"), ("file", &vec![0; large])]).await, Some(("t".into(), Field::TooLarge)));
        }
        assert_eq!(of(&[("csrf", b"t"), ("other", b"x")]).await, None, "a field that no form of ours has");
        assert_eq!(of(&[("csrf", &[b't'; 2000]), ("file", b"x")]).await, None, "a token of 2,000 letters");
        assert_eq!(fields("b".to_owned(), b"--b\r\nContent-Disp".to_vec(), true).await, None, "a line that broke");
    }

    #[test]
    fn a_person_has_one_place_and_there_are_few() {
        static THERE: Mutex<BTreeSet<AccountId>> = Mutex::new(BTreeSet::new());
        let account = |n: u8| AccountId::new(salus_kernel::Instant::from_micros(1), [n; 10]);
        let first = Place::take(&THERE, account(0)).unwrap();
        assert!(Place::take(&THERE, account(0)).is_none(), "one person has two");
        let more: Vec<_> = (1..40).filter_map(|n| Place::take(&THERE, account(n))).collect();
        assert!(more.len() < PLACES, "{} files at once", more.len() + 1);
        drop((first, more));
        assert!(Place::take(&THERE, account(0)).is_some(), "a place was not given back");
    }
}
