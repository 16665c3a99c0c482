//! Plain HTTP is for this machine and for proxies that were named; to nobody else is it spoken.

use std::{
    future::{Ready, ready},
    io,
    net::IpAddr,
    sync::Arc,
};

use axum_server::accept::Accept;
use tokio::net::TcpStream;

/// Whether this peer may speak without TLS.
pub(super) fn may_speak_plainly(peer: IpAddr, proxies: &[IpAddr]) -> bool {
    // On a socket for both families an IPv4 peer comes as `::ffff:10.0.0.1`.
    let peer = peer.to_canonical();
    peer.is_loopback() || proxies.contains(&peer)
}

/// Accepts from this machine and from the named proxies alone.
#[derive(Debug, Clone)]
pub(super) struct FromProxies(pub(super) Arc<[IpAddr]>);

impl<S> Accept<TcpStream, S> for FromProxies {
    type Stream = TcpStream;
    type Service = S;
    type Future = Ready<io::Result<(TcpStream, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        ready(stream.peer_addr().and_then(|peer| {
            if may_speak_plainly(peer.ip(), &self.0) {
                Ok((stream, service))
            } else {
                tracing::warn!("Plain HTTP from an address that is no named proxy; the connection was closed");
                Err(io::ErrorKind::PermissionDenied.into())
            }
        }))
    }
}
