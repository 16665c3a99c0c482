//! Serving: the sockets, TLS, limits on slow peers, and an end that leaves a signed checkpoint.

use std::{net::SocketAddr, path::Path, time::Duration};

use anyhow::Context;
use axum_server::{Handle, tls_rustls::RustlsConfig};

use crate::{access::App, config::Server, web};

/// How long a peer may take to send a request's headers.
const HEADERS: Duration = Duration::from_secs(10);
/// How long requests that are under way may take after the word to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(10);

/// Serves until told to stop; `ready` hears the address once the portal answers.
pub async fn serve(app: App, server: &Server, ready: impl FnOnce(SocketAddr)) -> anyhow::Result<()> {
    let (_, router) = web::router(&app);
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let listener =
        std::net::TcpListener::bind(server.bind).with_context(|| format!("can't listen on {}", server.bind))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let handle = Handle::new();
    tokio::spawn({
        let handle = handle.clone();
        async move {
            told_to_stop().await;
            tracing::info!("Stopping; requests under way may end");
            handle.graceful_shutdown(Some(LAST_REQUESTS));
        }
    });
    ready(address);
    if let (Some(certificate), Some(key)) = (&server.tls_certificate, &server.tls_key) {
        let tls = tls(certificate, key)?;
        let mut serving = axum_server::from_tcp_rustls(listener, tls)?.handle(handle);
        serving.http_builder().http1().header_read_timeout(HEADERS).timer(hyper_util::rt::TokioTimer::new());
        serving.serve(service).await?;
    } else {
        let mut serving = axum_server::from_tcp(listener)?.handle(handle);
        serving.http_builder().http1().header_read_timeout(HEADERS).timer(hyper_util::rt::TokioTimer::new());
        serving.serve(service).await?;
    }
    app.shut_down().await?;
    Ok(())
}

/// TLS 1.3, and 1.2 with forward secrecy and AEAD alone: rustls has no other suites. X25519MLKEM768 comes first.
fn tls(certificate: &Path, key: &Path) -> anyhow::Result<RustlsConfig> {
    use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(|| format!("{} is no certificate chain", certificate.display()))?;
    let key = PrivateKeyDer::from_pem_file(key).with_context(|| format!("{} is no private key", key.display()))?;
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .context("the certificate and the key do not belong together")?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(RustlsConfig::from_config(std::sync::Arc::new(config)))
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
