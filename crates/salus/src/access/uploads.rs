//! The layer in front of a form that brings a file: is it from us, and from somebody who is signed in?
//!
//! It is the form's own layer ([`super::typed_text`]) for what weighs more. Whoever is not signed in is sent away before a
//! byte is read; of the others so many are read at once, each up to a limit, and what is larger is read to its end and
//! dropped, so that the page can say so beside the field.

use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts, Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use multer::{Constraints, Multipart, SizeLimit};
use salus_vault::same;
use tokio::sync::Semaphore;

use super::{
    App, Asked, Token,
    session::{self, Found},
    signed_in::{form_secrets, form_token},
    typed_text::from_our_own_pages,
};
use crate::shell::error::Error;

/// The most a file may weigh.
pub const LARGEST_FILE: usize = 10 * 1024 * 1024;
/// The most that is read to say that a file is too large; beyond it the line is cut.
pub const LARGEST_UPLOAD: usize = 32 * 1024 * 1024;
/// How many files are read at one time.
static PLACES: Semaphore = Semaphore::const_new(12);

/// A file that was sent; the form beside it has nothing but its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SentFile {
    /// Nothing was chosen.
    Nothing,
    /// More than [`LARGEST_FILE`].
    TooLarge,
    /// What it holds. Its name and its kind are the sender's words, and nobody asks for them.
    Bytes(Vec<u8>),
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
    match found {
        Found::Here(_) => {}
        // The page with the form stands at the same address; a file is chosen once more.
        Found::Ended { .. } => return Err(Error::SessionEnded { next: Some(parts.uri.path().to_owned()) }),
        // The guard sends them to sign in, and there is no file that a handler could take.
        Found::Nobody => return Ok(Request::from_parts(parts, Body::empty())),
    }
    let boundary = boundary(&parts.headers).ok_or(Error::FormNotOurs)?;
    let place = PLACES.acquire().await.map_err(|_| Error::broken("nobody reads files"))?;
    let (token, file) = fields(boundary, body).await.ok_or(Error::Malformed)?;
    drop(place);
    if !form_secrets(&parts.headers).iter().any(|secret| same(form_token(app, secret).as_bytes(), token.as_bytes())) {
        return Err(Error::FormNotOurs);
    }
    parts.extensions.insert(file);
    Ok(Request::from_parts(parts, Body::empty()))
}

fn boundary(headers: &HeaderMap) -> Option<String> {
    multer::parse_boundary(headers.get(header::CONTENT_TYPE)?.to_str().ok()?).ok()
}

/// The form's token and its file; nothing of what is no such form.
async fn fields(boundary: String, body: Body) -> Option<(String, SentFile)> {
    let whole = u64::try_from(LARGEST_UPLOAD).unwrap_or(u64::MAX);
    let limits = SizeLimit::new().whole_stream(whole).for_field("csrf", 1024);
    let constraints = Constraints::new().allowed_fields(vec!["csrf", "file"]).size_limit(limits);
    let mut form = Multipart::with_constraints(body.into_data_stream(), boundary, constraints);
    let (mut token, mut file) = (String::new(), SentFile::Nothing);
    while let Some(mut field) = form.next_field().await.ok()? {
        if field.name() == Some("csrf") {
            token = field.text().await.ok()?;
            continue;
        }
        let (mut bytes, mut large) = (Vec::new(), false);
        while let Some(chunk) = field.chunk().await.ok()? {
            large = large || bytes.len() + chunk.len() > LARGEST_FILE;
            if large {
                bytes = Vec::new();
            } else {
                bytes.extend_from_slice(&chunk);
            }
        }
        file = match (large, bytes.is_empty()) {
            (true, _) => SentFile::TooLarge,
            (false, true) => SentFile::Nothing,
            (false, false) => SentFile::Bytes(bytes),
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
        let of = async |parts: &[(&str, &[u8])]| fields("b".to_owned(), form(parts)).await;
        assert_eq!(of(&[("csrf", b"t"), ("file", b"x")]).await, Some(("t".into(), SentFile::Bytes(b"x".to_vec()))));
        assert_eq!(of(&[("csrf", b"t"), ("file", b"")]).await, Some(("t".into(), SentFile::Nothing)));
        assert_eq!(of(&[("csrf", b"t")]).await, Some(("t".into(), SentFile::Nothing)));
        let just = vec![0; LARGEST_FILE];
        assert_eq!(of(&[("file", &just), ("csrf", b"t")]).await, Some(("t".into(), SentFile::Bytes(just.clone()))));
        let large = vec![0; LARGEST_FILE + 1];
        assert_eq!(of(&[("file", &large), ("csrf", b"t")]).await, Some(("t".into(), SentFile::TooLarge)));
        assert_eq!(of(&[("csrf", b"t"), ("other", b"x")]).await, None, "a field that no form of ours has");
        assert_eq!(of(&[("csrf", &[b't'; 2000]), ("file", b"x")]).await, None, "a token of 2,000 letters");
        let vast = vec![0; LARGEST_UPLOAD + 1];
        assert_eq!(of(&[("csrf", b"t"), ("file", &vast)]).await, None, "more than is ever read");
        assert_eq!(fields("b".to_owned(), Body::from("--b\r\nContent-Disp")).await, None, "a line that broke");
    }
}
