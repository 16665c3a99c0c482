//! What can go wrong in a request, and the page that says so: a sentence, a way on, a reference number.
//!
//! The browser never sees a cause. Absent and forbidden look the same.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};

use super::{
    page,
    page::Frames,
    urls,
    view::{ErrorKind, ErrorPage, LinkLine},
    words,
};
use crate::access::{App, Visitor};

/// Why a request ends without what it asked for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Absent, or not for you: the same.
    #[error("not found")]
    NotFound,
    /// Nobody is signed in.
    #[error("sign in first")]
    SignIn {
        /// Where to go on afterwards.
        next: Option<String>,
    },
    /// The session ended by itself; typed text was kept.
    #[error("the session ended")]
    SessionEnded {
        /// Where to go on afterwards.
        next: Option<String>,
    },
    /// The password was right, the second factor is missing.
    #[error("second factor first")]
    SecondFactor {
        /// Whether there is none yet.
        enrolling: bool,
    },
    /// It is long ago that somebody proved who they are.
    #[error("say the password again first")]
    Prove {
        /// Where to go on afterwards.
        next: String,
        /// Whether the second step is asked as well.
        both_steps: bool,
    },
    /// The clinic wants a passkey of whoever works there.
    #[error("add a passkey first")]
    Passkey {
        /// Where to go on afterwards.
        next: String,
    },
    /// The record is watched: say why it is opened.
    #[error("say why first")]
    Reason {
        /// The page that asks, which knows where to go on.
        next: String,
    },
    /// This is not the page for you now.
    #[error("elsewhere")]
    Elsewhere(&'static str),
    /// The form was not posted from a page of ours, or from too old a one.
    #[error("a form that is not ours")]
    FormNotOurs,
    /// The request can't be read.
    #[error("malformed")]
    Malformed,
    /// Too large.
    #[error("too large")]
    TooLarge,
    /// Too many tries.
    #[error("too many tries")]
    TooMany {
        /// Seconds until the next try counts.
        seconds: i64,
    },
    /// The ledger can't be written, so nothing is shown.
    #[error("the ledger is silent: {0}")]
    LedgerSilent(String),
    /// A bug or a broken machine; the text is for the log and holds no values.
    #[error("broken: {0}")]
    Broken(String),
}

impl Error {
    /// A bug or a broken machine.
    pub fn broken(cause: impl Into<String>) -> Self {
        Self::Broken(cause.into())
    }
    /// The ledger did not take an entry.
    pub fn ledger_silent(cause: &dyn std::error::Error) -> Self {
        Self::LedgerSilent(chain(cause))
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::SignIn { .. }
            | Self::SessionEnded { .. }
            | Self::SecondFactor { .. }
            | Self::Prove { .. }
            | Self::Passkey { .. }
            | Self::Reason { .. }
            | Self::Elsewhere(_) => StatusCode::SEE_OTHER,
            Self::FormNotOurs => StatusCode::FORBIDDEN,
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::LedgerSilent(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// An error and its causes, on one line.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

impl From<salus_db::DbError> for Error {
    fn from(error: salus_db::DbError) -> Self {
        match error {
            salus_db::DbError::NotFound => Self::NotFound,
            other => Self::Broken(chain(&other)),
        }
    }
}
impl From<salus_vault::CannotOpen> for Error {
    fn from(error: salus_vault::CannotOpen) -> Self {
        Self::Broken(chain(&error))
    }
}
impl From<askama::Error> for Error {
    fn from(error: askama::Error) -> Self {
        Self::Broken(chain(&error))
    }
}

/// Marks a response that still needs its page; [`pages`] makes it.
#[derive(Clone, Copy)]
struct Needs(ErrorKind);

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        match &self {
            Self::Broken(cause) => tracing::error!(cause, "A request broke"),
            Self::LedgerSilent(cause) => tracing::error!(cause, "The ledger can't be written; nothing is shown"),
            _ => {}
        }
        let kind = match &self {
            Self::SignIn { next } => {
                return Redirect::to(&urls::sign_in_then(next.as_deref().unwrap_or(urls::HOME))).into_response();
            }
            Self::SessionEnded { next } => {
                return Redirect::to(&urls::session_ended_then(next.as_deref().unwrap_or(urls::HOME))).into_response();
            }
            Self::SecondFactor { enrolling } => {
                return Redirect::to(if *enrolling { urls::ENROLL } else { urls::SIGN_IN_CODE }).into_response();
            }
            Self::Prove { next, both_steps } => {
                return Redirect::to(&urls::still_you(next, *both_steps)).into_response();
            }
            Self::Passkey { next } => {
                return Redirect::to(&urls::with_next(urls::PASSKEY_ADD, next)).into_response();
            }
            Self::Reason { next } => return Redirect::to(next).into_response(),
            Self::Elsewhere(place) => return Redirect::to(place).into_response(),
            Self::NotFound => ErrorKind::NotFound,
            Self::FormNotOurs => ErrorKind::Forbidden,
            Self::Malformed => ErrorKind::BadRequest,
            Self::TooLarge => ErrorKind::TooLarge,
            Self::TooMany { .. } => ErrorKind::TooMany,
            Self::LedgerSilent(_) => ErrorKind::Unavailable,
            Self::Broken(_) => ErrorKind::Internal,
        };
        let mut response = self.status().into_response();
        if let Self::TooMany { seconds } = self {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        response.extensions_mut().insert(Needs(kind));
        response
    }
}

/// Gives each error its page. A layer inside the one that knows the request's id.
pub async fn pages(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let visitor = Visitor::from_request_parts(&mut parts, &app).await;
    let response = next.run(Request::from_parts(parts, body)).await;
    let bare =
        response.headers().get(header::CONTENT_TYPE).is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    let kind = match response.extensions().get::<Needs>() {
        Some(Needs(kind)) => *kind,
        None if bare => match response.status() {
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => ErrorKind::NotFound,
            StatusCode::BAD_REQUEST => ErrorKind::BadRequest,
            StatusCode::PAYLOAD_TOO_LARGE => ErrorKind::TooLarge,
            StatusCode::REQUEST_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE => ErrorKind::Unavailable,
            StatusCode::INTERNAL_SERVER_ERROR => ErrorKind::Internal,
            _ => return response,
        },
        None => return response,
    };
    let Ok(visitor) = visitor else { return response };
    let status = response.status();
    let seconds: Option<u64> =
        response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    let Ok(chrome) = visitor.chrome() else { return response };
    let view = ErrorPage {
        kind,
        reference: chrome.reference,
        clinic_phone: chrome.clinic.phone.clone(),
        retry_after: seconds.map(|seconds| words::t1("accounts-wait-minutes", "minutes", seconds.div_ceil(60))),
        way_back: LinkLine::new(words::t("shell-error-way-back"), urls::HOME, ""),
    };
    match page::show(&visitor, &view) {
        Ok(mut page) => {
            *page.status_mut() = if status == StatusCode::METHOD_NOT_ALLOWED { StatusCode::NOT_FOUND } else { status };
            if let Some(after) = response.headers().get(header::RETRY_AFTER) {
                page.headers_mut().insert(header::RETRY_AFTER, after.clone());
            }
            page
        }
        Err(_) => response,
    }
}
