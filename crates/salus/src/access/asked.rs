//! What is known of a request before anybody is: its id, the moment, the address, the browser.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts, Request, State},
    http::{HeaderMap, header, request::Parts},
    middleware::Next,
    response::Response,
};
use salus_kernel::{Instant, RequestId};

use super::App;
use crate::shell::error::Error;

/// Stands in every request's extensions from the first layer on.
#[derive(Debug, Clone)]
pub struct Asked {
    /// On error pages, in the log and in the ledger.
    pub request: RequestId,
    /// The one moment of this request: taken once, passed on.
    pub now: Instant,
    /// Who is at the other end of the wire; a header is believed only from a declared proxy.
    pub address: IpAddr,
    /// As the browser calls itself, cut at 400 characters; sealed wherever it is kept.
    pub agent: String,
}

/// Puts [`Asked`] into the request. Outermost of our layers.
pub async fn ask(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::from([127, 0, 0, 1]), |peer| peer.0.ip().to_canonical());
    let asked = Asked {
        request: RequestId::from_uuid(salus_kernel::uuid_v7(app.now(), salus_vault::random())),
        now: app.now(),
        address: address(peer, request.headers(), &app.web().trusted_proxies),
        agent: request
            .headers()
            .get(header::USER_AGENT)
            .map(|value| String::from_utf8_lossy(value.as_bytes()).chars().take(400).collect())
            .unwrap_or_default(),
    };
    request.extensions_mut().insert(asked);
    next.run(request).await
}

/// The rightmost address in `X-Forwarded-For` that is not a proxy of ours, and only when a proxy of ours is speaking.
fn address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    if !trusted.contains(&peer) {
        return peer;
    }
    headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map_while(|text| text.trim().parse::<IpAddr>().ok())
        .filter(|address| !trusted.contains(address))
        .last()
        .unwrap_or(peer)
}

impl FromRequestParts<App> for Asked {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Error> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Error::broken("a request without Asked"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FLAW-07, ASVS V6.3.1: nobody picks their own address.
    #[test]
    fn a_header_is_believed_only_from_a_declared_proxy() {
        let peer = IpAddr::from([203, 0, 113, 9]);
        let proxy = IpAddr::from([127, 0, 0, 1]);
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "198.51.100.1, 198.51.100.2".parse().unwrap());
        assert_eq!(address(peer, &headers, &[]), peer);
        assert_eq!(address(peer, &headers, &[proxy]), peer);
        assert_eq!(address(proxy, &headers, &[proxy]), IpAddr::from([198, 51, 100, 2]));
        headers.insert("x-forwarded-for", "198.51.100.1, 127.0.0.1".parse().unwrap());
        assert_eq!(address(proxy, &headers, &[proxy]), IpAddr::from([198, 51, 100, 1]));
        headers.insert("x-forwarded-for", "rubbish".parse().unwrap());
        assert_eq!(address(proxy, &headers, &[proxy]), proxy);
    }
}
