//! The witness as a server: takes notes, says what it has, and does nothing else.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use axum_server::accept::DefaultAcceptor;
use salus_ledger::{ChainId, ClinicId, VerifyingKey};
use tower_http::{limit::RequestBodyLimitLayer, timeout::TimeoutLayer};

use super::kept::{Kept, Verdict};
use crate::serve::{Patience, Watching};

/// The largest note.
const LARGEST: usize = 1 << 20;
/// How long a request may take.
const TIME: Duration = Duration::from_secs(10);
/// How long a peer may say nothing. The portal says all it has at once.
pub(super) const PATIENCE: Patience = Patience { greeting: TIME, silence: Duration::from_secs(30) };

#[derive(Clone)]
struct Witness {
    /// One judges at a time.
    kept: Arc<Mutex<Kept>>,
    keys: Arc<[VerifyingKey]>,
}

impl Witness {
    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Kept, &[VerifyingKey]) -> anyhow::Result<T> + Send + 'static,
    ) -> Result<T, Response> {
        let this = self.clone();
        let asked = move || question(&this.kept.lock().unwrap_or_else(PoisonError::into_inner), &this.keys);
        match tokio::task::spawn_blocking(asked).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => {
                tracing::error!("The witness can't read or write what it keeps: {error:#}");
                Err(StatusCode::INTERNAL_SERVER_ERROR.into_response())
            }
            Err(_) => Err(StatusCode::INTERNAL_SERVER_ERROR.into_response()),
        }
    }
}

async fn take(State(witness): State<Witness>, note: String) -> Response {
    let verdict = match witness.ask(move |kept, keys| kept.take(&note, keys)).await {
        Ok(verdict) => verdict,
        Err(response) => return response,
    };
    match verdict {
        Verdict::Accepted => (StatusCode::OK, "accepted\n").into_response(),
        Verdict::Refused(why) => {
            tracing::error!("Refused: {why}");
            (StatusCode::CONFLICT, format!("{why}\n")).into_response()
        }
        Verdict::Unknown(why) => (StatusCode::FORBIDDEN, format!("{why}\n")).into_response(),
    }
}

async fn kept(witness: Witness, clinic: &str, chain: Option<&str>) -> Response {
    let chain = chain.map(str::parse::<ChainId>).transpose();
    let (Ok(clinic), Ok(chain)) = (clinic.parse::<ClinicId>(), chain) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match witness.ask(move |kept, _| kept.note(clinic, chain)).await {
        Ok(Some(note)) => note.into_response(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(response) => response,
    }
}

/// What it answers: `POST /notes`, `GET /<clinic>/manifest`, `GET /<clinic>/checkpoint/<chain>`, `GET /healthz`.
pub(super) fn router(kept_in: Kept, keys: Vec<VerifyingKey>) -> Router {
    let witness = Witness { kept: Arc::new(Mutex::new(kept_in)), keys: keys.into() };
    Router::new()
        .route("/notes", post(take))
        .route(
            "/{clinic}/manifest",
            get(|State(witness), Path(clinic): Path<String>| async move { kept(witness, &clinic, None).await }),
        )
        .route(
            "/{clinic}/checkpoint/{chain}",
            get(|State(witness), Path((clinic, chain)): Path<(String, String)>| async move {
                kept(witness, &clinic, Some(&chain)).await
            }),
        )
        .route("/healthz", get(|| async { "ok\n" }))
        .with_state(witness)
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIME))
        .layer(RequestBodyLimitLayer::new(LARGEST))
}

/// Serves until the process ends: there is nothing to put away.
pub(super) async fn serve(
    router: Router,
    bind: SocketAddr,
    tls: Option<axum_server::tls_rustls::RustlsConfig>,
    patience: Patience,
    ready: impl FnOnce(SocketAddr),
) -> anyhow::Result<()> {
    let listener = crate::serve::listen(bind)?;
    ready(listener.local_addr()?);
    let service = router.into_make_service();
    match tls {
        Some(tls) => {
            let mut serving =
                axum_server::from_tcp_rustls(listener, tls)?.map(|acceptor| Watching::new(acceptor, patience));
            patient(serving.http_builder());
            Ok(serving.serve(service).await?)
        }
        None => {
            let mut serving =
                axum_server::from_tcp(listener)?.map(|acceptor: DefaultAcceptor| Watching::new(acceptor, patience));
            patient(serving.http_builder());
            Ok(serving.serve(service).await?)
        }
    }
}

/// A peer that says nothing is not waited for.
fn patient(http: &mut hyper_util::server::conn::auto::Builder<hyper_util::rt::TokioExecutor>) {
    http.http1().timer(hyper_util::rt::TokioTimer::new()).header_read_timeout(TIME);
    http.http2().timer(hyper_util::rt::TokioTimer::new()).keep_alive_interval(TIME);
}
