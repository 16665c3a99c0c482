//! The layer in front of every POST: is the form from us, and is its text kept when the session has ended?
//!
//! Guards refuse before a body is read, so a text typed for twenty minutes would be lost with the session. This layer
//! reads the form first, checks its token, and when the session that it was typed in has ended by itself, seals the
//! fields under the account's key. After sign-in the same account, and nobody else, gets them back. The same for whoever has to
//! say the password again before a form counts.

use std::collections::BTreeMap;

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, FromRequestParts, Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use salus_db::{args, sql};
use salus_kernel::{AccountId, Instant, ParkedFormId, Subject};
use salus_vault::{DataKey, Phi, same};
use serde::de::DeserializeOwned;

use super::{
    Access, App, Asked, Sight, SignedIn, Token,
    columns::parked_form,
    session::{self, Found},
    signed_in::{account_key, form_secrets, form_token},
};
use crate::shell::{error::Error, urls};

/// The most a form may weigh.
const LARGEST_FORM: usize = 256 * 1024;
/// Fields that are never kept: secrets.
const SECRETS: &[&str] = &["password", "old", "again", "code", "credential", "csrf"];
/// How long kept text waits for its owner.
pub(super) const KEPT_FOR: i64 = 7 * 24 * 60 * salus_kernel::MINUTE;
/// How many texts of an account wait before another one is kept.
const MOST_KEPT: i64 = 50;

/// What was sent: every field, in order.
#[derive(Debug, Clone, Default)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// Whether somebody typed a text that would be lost. Ids, numbers, and words of ours that were ticked or chosen are none.
    pub(super) fn hold_text(&self) -> bool {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let ours = |value: &str| value.len() <= 36 && value.bytes().all(plain);
        self.0.iter().any(|(name, value)| !SECRETS.contains(&name.as_str()) && !ours(value))
    }
}

/// Checks the form's origin and token, keeps its text if the session has ended, and hands the fields on.
pub async fn before_guard(State((app, access)): State<(App, Access)>, request: Request, next: Next) -> Response {
    match read_form(&app, access, request).await {
        Ok(request) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

async fn read_form(app: &App, access: Access, request: Request) -> Result<Request, Error> {
    let (mut parts, body) = request.into_parts();
    let asked = Asked::from_request_parts(&mut parts, app).await?;
    from_our_own_pages(app, &parts.headers)?;
    let body = axum::body::to_bytes(body, LARGEST_FORM).await.map_err(|_| Error::TooLarge)?;
    let fields = parse(&parts.headers, &body)?;
    let token = fields.0.iter().find(|(name, _)| name == "csrf").map(|(_, value)| value.as_str()).unwrap_or_default();
    if !form_secrets(&parts.headers).iter().any(|secret| same(form_token(app, secret).as_bytes(), token.as_bytes())) {
        return Err(Error::FormNotOurs);
    }
    // Signing in is what somebody does whose session has ended; only what needs a session is kept.
    let needs_session = matches!(access, Access::SignedIn(_) | Access::Chart(_) | Access::Worklist(_));
    if needs_session && let Some(account) = ended_session(app, &parts.headers, asked.now).await? {
        let kept = keep(app, account, parts.uri.path(), &fields, asked.now).await?;
        return Err(Error::SessionEnded { next: Some(kept) });
    }
    parts.extensions.insert(fields);
    Ok(Request::from_parts(parts, Body::empty()))
}

/// Fetch metadata first, then the origin: a page of somebody else's never posts here (ASVS V3.5.3).
pub(super) fn from_our_own_pages(app: &App, headers: &HeaderMap) -> Result<(), Error> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if text("sec-fetch-site").is_some_and(|site| site != "same-origin") {
        return Err(Error::FormNotOurs);
    }
    let Some(origin) = text("origin") else { return Ok(()) };
    let host = text("host").unwrap_or_default();
    let ours = origin.split_once("://").is_some_and(|(_, authority)| authority == host)
        || app.web().origins.iter().any(|own| own == origin);
    if ours { Ok(()) } else { Err(Error::FormNotOurs) }
}

fn parse(headers: &HeaderMap, body: &Bytes) -> Result<Fields, Error> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(Error::FormNotOurs);
    }
    serde_urlencoded::from_bytes(body).map(Fields).map_err(|_| Error::Malformed)
}

async fn ended_session(app: &App, headers: &HeaderMap, now: Instant) -> Result<Option<AccountId>, Error> {
    let Some(token) = Token::in_cookie(headers) else { return Ok(None) };
    match session::find(app, &token, None, now).await? {
        Found::Ended { account, .. } => Ok(Some(account)),
        Found::Here(_) | Found::Nobody => Ok(None),
    }
}

const KEEP: salus_db::Sql = sql!(
    "INSERT INTO parked_form (id, account_id, route, body, created_at, key_version) VALUES ($1, $2, $3, $4, $5, $6)"
);
const FORGET: salus_db::Sql = sql!(
    "DELETE FROM parked_form WHERE account_id = $1 AND (created_at < $2
            OR id NOT IN (SELECT id FROM parked_form WHERE account_id = $1 ORDER BY id DESC LIMIT $3))"
);
const KEPT: salus_db::Sql =
    sql!("SELECT route, body FROM parked_form WHERE id = $1 AND account_id = $2 AND created_at >= $3");

/// Keeps what was typed; gives the path at which its owner finds it.
pub(super) async fn keep(
    app: &App,
    account: AccountId,
    route: &str,
    fields: &Fields,
    now: Instant,
) -> Result<String, Error> {
    let id = ParkedFormId::new(now, salus_vault::random());
    let key: DataKey = account_key(app, account).await?;
    let kept: Vec<&(String, String)> = fields.0.iter().filter(|(name, _)| !SECRETS.contains(&name.as_str())).collect();
    let text = serde_json::to_vec(&kept).map_err(|_| Error::broken("a form that can't be kept"))?;
    let sealed = key.seal::<parked_form::Body>(&id.to_string(), &text);
    let mut tx = app.db().begin(&Sight { account: Some(account), ..Sight::default() }).await?;
    tx.execute(FORGET, args![account, now.plus(-KEPT_FOR), MOST_KEPT]).await?;
    tx.execute(KEEP, args![id, account, route, sealed, now, i64::from(key.version())]).await?;
    tx.commit().await?;
    Ok(urls::kept(id))
}

/// What was kept for this account under this id: where it was going, and its fields.
pub async fn kept<A>(own: &SignedIn<A>, id: ParkedFormId) -> Result<(String, Vec<(String, String)>), Error>
where
    A: salus_kernel::ActionType + salus_vault::Opens<parked_form::Body>,
{
    let mut tx = own.read().await?;
    let (route, body): (String, Vec<u8>) = tx.one(KEPT, args![id, own.account(), own.now().plus(-KEPT_FOR)]).await?;
    let body = Phi::<parked_form::Body>::sealed(id.to_string(), Subject::Account(own.account()), body);
    let fields =
        serde_json::from_slice(&body.open_bytes(own)?).map_err(|_| Error::broken("kept text that can't be read"))?;
    Ok((route, fields))
}

/// The fields of a form, as a struct of texts. A field that is missing is an empty text where the struct says so.
pub struct Posted<F>(pub F);

impl<F: DeserializeOwned> FromRequest<App> for Posted<F> {
    type Rejection = Error;
    async fn from_request(mut request: Request, _: &App) -> Result<Self, Error> {
        if request.method() != Method::POST {
            return Err(Error::broken("Posted in a route that is not a POST"));
        }
        let fields =
            request.extensions_mut().remove::<Fields>().ok_or_else(|| Error::broken("a form that nobody checked"))?;
        // The last of two fields of one name counts; a form of ours never has two.
        let fields: BTreeMap<String, String> = fields.0.into_iter().filter(|(name, _)| name != "csrf").collect();
        let text = serde_urlencoded::to_string(&fields).map_err(|_| Error::Malformed)?;
        serde_urlencoded::from_str(&text).map(Posted).map_err(|_| Error::Malformed)
    }
}
