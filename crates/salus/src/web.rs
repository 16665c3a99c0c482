//! The whole portal as one service: every slice's routes behind the walls of the web.

use std::{collections::HashSet, convert::Infallible, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, post},
};
use http_body_util::Limited;
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};

use crate::{
    access::{App, Asked, LARGEST_UPLOAD, RouteInfo, ask},
    shell::{error, urls},
};

mod reports;
#[cfg(test)]
mod tests;

/// How long a request may take.
pub(crate) const TIME: Duration = Duration::from_secs(30);
/// How long it may take where it brings a file: ten megabytes on a bad line.
const TIME_OF_A_FILE: Duration = Duration::from_secs(3 * 60);
/// The most that a request may weigh.
const LARGEST_BODY: usize = 256 * 1024;

/// How long a request may take and how much it may weigh: one route takes files, another does not.
#[derive(Clone)]
struct Bounds {
    time: Duration,
    files: Arc<HashSet<&'static str>>,
}

impl Bounds {
    fn of(table: &[RouteInfo], time: Duration) -> Self {
        let files = table.iter().filter(|route| route.takes_file).map(|route| route.path).collect();
        Self { time, files: Arc::new(files) }
    }
}

/// Scripts, styles, pictures and forms from this origin and nowhere else; no inline anything; nobody frames us. Reports go by
/// `report-uri`, which every browser knows and sends at once.
const CONTENT_POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
     connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types salus; report-uri /csp-report";

/// The table of routes, and the service.
pub fn router(app: &App) -> (Vec<RouteInfo>, Router) {
    let (table, routes) = crate::routes(app).into_parts();
    let bounds = Bounds::of(&table, TIME);
    (table, behind_walls(app, routes, bounds))
}

/// Routes behind the walls. What a wall answers by itself (a panic, too long, too large) gets its page from
/// [`error::pages`], so that one stands outside of them.
fn behind_walls(app: &App, routes: Router<App>, bounds: Bounds) -> Router {
    let panicked = || {
        CatchPanicLayer::custom(|_panic: Box<dyn std::any::Any + Send>| {
            tracing::error!("A request panicked");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        })
    };
    routes
        .layer(panicked())
        .layer(from_fn_with_state(bounds, bounded))
        .layer(from_fn_with_state(app.clone(), error::pages))
        // For the error pages themselves: then the answer is bare.
        .layer(panicked())
        .layer(from_fn(log))
        .layer(from_fn_with_state(app.clone(), ask))
        // What follows is the same for everybody and needs nothing of the floor: no guard, no session, no cookie.
        .route("/assets/{*path}", get(asset))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route(reports::PATH, takes_reports())
        .layer(from_fn(headers))
        .with_state(app.clone())
}

/// Cuts off what takes too long or weighs too much.
async fn bounded(State(bounds): State<Bounds>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let (time, largest) = match path.is_some_and(|path| bounds.files.contains(path)) {
        true => (TIME_OF_A_FILE, LARGEST_UPLOAD),
        false => (bounds.time, LARGEST_BODY),
    };
    let says = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if says.is_some_and(|length: usize| length > largest) {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    let request = request.map(|body| Body::new(Limited::new(body, largest)));
    let answered = tokio::time::timeout(time, next.run(request)).await;
    answered.unwrap_or_else(|_| StatusCode::SERVICE_UNAVAILABLE.into_response())
}

/// The walls that are headers. Pages are never cached; assets, which hold nothing of anybody, are.
async fn headers(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let asset = path.starts_with("/assets/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name: &'static str, value: &'static str| {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    };
    set("content-security-policy", CONTENT_POLICY);
    set("strict-transport-security", "max-age=63072000; includeSubDomains");
    set("x-content-type-options", "nosniff");
    set("x-frame-options", "DENY");
    // Not `no-referrer`: with it a browser sends `Origin: null` with our own forms, and they would be refused.
    set("referrer-policy", "same-origin");
    set("cross-origin-opener-policy", "same-origin");
    set("cross-origin-resource-policy", "same-origin");
    set("cross-origin-embedder-policy", "require-corp");
    set(
        "permissions-policy",
        "camera=(), geolocation=(), microphone=(), payment=(), publickey-credentials-create=(self), publickey-credentials-get=(self), usb=()",
    );
    set("x-robots-tag", "noindex, nofollow");
    // The clinic's colours and logo hold nothing of anybody; the handlers say how long they keep.
    let look = path == urls::THEME_CSS || path == urls::LOGO;
    if !(asset || look) || !response.status().is_success() {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// One line a request, at its end: the route's pattern, never the path, which has ids.
async fn log(request: Request, next: Next) -> Response {
    let pattern = request.extensions().get::<MatchedPath>().map_or("-", |path| path.as_str()).to_owned();
    let method = request.method().clone();
    let asked = request.extensions().get::<Asked>().cloned();
    let begun = std::time::Instant::now();
    let response = next.run(request).await;
    let milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    let status = response.status().as_u16();
    let request = asked.map(|asked| asked.request.to_string()).unwrap_or_default();
    tracing::info!(%method, route = pattern, status, milliseconds, request, "Answered");
    response
}

/// One embedded file, packed when the browser takes it.
async fn asset(uri: Uri, asked: HeaderMap) -> Response {
    let Some(asset) = salus_assets::find(uri.path()) else { return StatusCode::NOT_FOUND.into_response() };
    let accepts = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let takes =
        |name: &str| accepts.split(',').any(|part| part.split(';').next().is_some_and(|word| word.trim() == name));
    let (bytes, packing) = match (asset.brotli, asset.gzip) {
        (Some(bytes), _) if takes("br") => (bytes, Some("br")),
        (_, Some(bytes)) if takes("gzip") => (bytes, Some("gzip")),
        _ => (asset.bytes, None),
    };
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(salus_assets::CACHE_CONTROL));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(packing) = packing {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(packing));
    }
    response
}

/// The door for what browsers tell of the content policy.
fn takes_reports() -> MethodRouter<App> {
    let reports = Arc::new(reports::Reports::default());
    post(async move |headers: HeaderMap, body: Bytes| reports.take(&headers, &body))
        .layer::<_, Infallible>(DefaultBodyLimit::max(reports::LARGEST))
        .layer::<_, Infallible>(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIME))
}

/// Ready means: the main database answers and the ledger takes entries.
async fn ready(State(app): State<App>) -> Response {
    match app.ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response(),
    }
}
