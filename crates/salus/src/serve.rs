//! Serving: the sockets, TLS, limits on slow peers, and an end that leaves a signed checkpoint.

mod plain;
mod silence;
#[cfg(test)]
mod tests;

use std::{net::SocketAddr, path::Path, time::Duration};

use anyhow::{Context, bail};
use axum_server::{Handle, accept::DefaultAcceptor, tls_rustls::RustlsConfig};
use hyper_util::{
    rt::{TokioExecutor, TokioTimer},
    server::conn::auto,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use salus_ports::Ports;
use tokio::net::TcpSocket;

use crate::{access::App, config::Server, jobs, web};
use plain::FromProxies;
pub(crate) use silence::{Patience, Watching}; // used by witness

/// The most bytes of a request's line and headers.
const LARGEST_HEAD: u16 = 32 * 1024;
/// How long requests that are under way may take after the word to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(10);

/// How long peers are waited for.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// For a request's headers, and for a connection's first bytes.
    headers: Duration,
    /// For anything at all to move; longer than a request may take, so that an answer in the making is not cut off.
    silence: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { headers: Duration::from_secs(10), silence: web::TIME.saturating_mul(2) }
    }
}

/// Serves, and runs jobs, until told to stop; `ready` hears the address once the portal answers.
pub async fn serve(app: App, ports: Ports, server: &Server, ready: impl FnOnce(SocketAddr)) -> anyhow::Result<()> {
    serve_until(app, ports, server, Limits::default(), told_to_stop(), ready).await
}

async fn serve_until(
    app: App,
    ports: Ports,
    server: &Server,
    limits: Limits,
    stop: impl Future<Output = ()> + Send + 'static,
    ready: impl FnOnce(SocketAddr),
) -> anyhow::Result<()> {
    let (_, router) = web::router(&app);
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    // Before anything listens: what is wrong with the files is said, and nobody was told that the portal is there.
    let tls = match (&server.tls_certificate, &server.tls_key) {
        (Some(certificate), Some(key)) => Some(tls(certificate, key)?),
        _ => None,
    };
    let listener = listen(server.bind).with_context(|| format!("can't listen on {}", server.bind))?;
    let address = listener.local_addr()?;
    let handle = Handle::new();
    tokio::spawn({
        let handle = handle.clone();
        async move {
            stop.await;
            tracing::info!("Stopping; requests under way may end");
            handle.graceful_shutdown(Some(LAST_REQUESTS));
        }
    });
    ready(address);
    let jobs = jobs::start(app.clone(), ports);
    let patience = Patience { greeting: limits.headers, silence: limits.silence };
    if let Some(tls) = tls {
        let mut serving = axum_server::from_tcp_rustls(listener, tls)?
            .map(|acceptor| Watching::new(acceptor, patience))
            .handle(handle);
        limit(serving.http_builder(), limits);
        serving.serve(service).await?;
    } else {
        let proxies = FromProxies(app.web().trusted_proxies.clone().into());
        let mut serving =
            axum_server::from_tcp(listener)?.map(|DefaultAcceptor| Watching::new(proxies, patience)).handle(handle);
        limit(serving.http_builder(), limits);
        serving.serve(service).await?;
    }
    jobs.stop().await;
    app.shut_down().await?;
    Ok(())
}

/// How many connections the machine keeps for us until we take them, as far as its own limit (`somaxconn`) goes. With the
/// 128 of the standard library a rush at eight in the morning waits for a second try, or is turned away.
const QUEUE: u32 = 4096;

/// Listens.
pub(crate) fn listen(on: SocketAddr) -> std::io::Result<std::net::TcpListener> {
    let socket = if on.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.bind(on)?;
    socket.listen(QUEUE)?.into_std()
}

/// How large and how slow a request's head may be; of more than 100 headers hyper itself wants nothing. What is over it
/// gets a bare 431 or is cut off: none of our code has seen it by then.
fn limit(http: &mut auto::Builder<TokioExecutor>, limits: Limits) {
    http.http1().timer(TokioTimer::new()).header_read_timeout(limits.headers).max_buf_size(LARGEST_HEAD.into());
    http.http2().timer(TokioTimer::new()).max_header_list_size(LARGEST_HEAD.into());
}

/// TLS 1.3, and 1.2 with forward secrecy and AEAD alone: rustls has no other suites. X25519MLKEM768 comes first.
pub(crate) fn tls(certificate: &Path, key: &Path) -> anyhow::Result<RustlsConfig> {
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let chain = chain(certificate)?;
    let private = PrivateKeyDer::from_pem_file(key).with_context(|| format!("{} is no private key", key.display()))?;
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .with_context(|| format!("{} and {} do not belong together", certificate.display(), key.display()))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(RustlsConfig::from_config(std::sync::Arc::new(config)))
}

/// The certificates in a file, of which there is at least one.
pub(crate) fn chain(certificate: &Path) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(|| format!("{} is no certificate chain", certificate.display()))?;
    if chain.is_empty() {
        bail!("{} has no certificate in it", certificate.display());
    }
    Ok(chain)
}

async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupted = async { drop(tokio::signal::ctrl_c().await) };
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
