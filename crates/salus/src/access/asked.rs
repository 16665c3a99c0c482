//! What is known of a request before anybody is: its id, the moment, the address, the browser.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

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

impl Asked {
    /// What nobody asked for: what a job or a command does by itself.
    pub(super) fn by_itself(request: RequestId, now: Instant) -> Self {
        Self { request, now, address: IpAddr::V4(Ipv4Addr::LOCALHOST), agent: String::new() }
    }
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
        address: address(peer, request.headers(), &app.web().trusted_proxies, app.web().trusted_hops),
        agent: request
            .headers()
            .get(header::USER_AGENT)
            .map(|value| String::from_utf8_lossy(value.as_bytes()).chars().take(400).collect())
            .unwrap_or_default(),
    };
    request.extensions_mut().insert(asked);
    next.run(request).await
}

/// Who is behind our proxies, and only when one of ours is speaking. Each proxy appends whom it saw, so the list is read
/// from its end: the first that is no proxy of ours decides, and whatever stands before it is a claim. Where the outer
/// proxies have no address that could be named, `hops` says how many there are in all: that many from the end decides.
fn address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr], hops: u8) -> IpAddr {
    if !trusted.contains(&peer) {
        return peer;
    }
    let told: Vec<&[u8]> = headers
        .get_all("x-forwarded-for")
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .collect();
    for (text, hop) in told.into_iter().rev().zip(1..) {
        let Some(address) = std::str::from_utf8(text).ok().and_then(|text| text.trim().parse::<IpAddr>().ok()) else {
            return peer;
        };
        let address = address.to_canonical();
        let last = if hops == 0 { !trusted.contains(&address) } else { hop == u32::from(hops) };
        if last {
            return address;
        }
    }
    peer
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
        assert_eq!(address(peer, &headers, &[], 0), peer);
        assert_eq!(address(peer, &headers, &[proxy], 0), peer);
        assert_eq!(address(proxy, &headers, &[proxy], 0), IpAddr::from([198, 51, 100, 2]));
        headers.insert("x-forwarded-for", "198.51.100.1, 127.0.0.1".parse().unwrap());
        assert_eq!(address(proxy, &headers, &[proxy], 0), IpAddr::from([198, 51, 100, 1]));
        headers.insert("x-forwarded-for", "rubbish".parse().unwrap());
        assert_eq!(address(proxy, &headers, &[proxy], 0), proxy);
        headers.insert("x-forwarded-for", "::ffff:198.51.100.7".parse().unwrap());
        assert_eq!(address(proxy, &headers, &[proxy], 0), IpAddr::from([198, 51, 100, 7]));
    }

    /// A proxy that appends: what the client wrote stands before what the proxy saw, in one header or in several.
    #[test]
    fn a_client_behind_a_proxy_that_appends_can_not_pick_its_address() {
        let proxy = IpAddr::from([127, 0, 0, 1]);
        let seen = IpAddr::from([198, 51, 100, 2]);
        let told = |values: &[&[u8]]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append("x-forwarded-for", axum::http::HeaderValue::from_bytes(value).unwrap());
            }
            address(proxy, &headers, &[proxy], 0)
        };
        assert_eq!(told(&[b"203.0.113.7, x, 198.51.100.2"]), seen);
        assert_eq!(told(&[b"203.0.113.7, x", b"198.51.100.2"]), seen);
        assert_eq!(told(&[b"203.0.113.7", b"\xff", b"198.51.100.2, 127.0.0.1"]), seen);
        // Nothing behind what can't be read is believed.
        assert_eq!(told(&[b"203.0.113.7, x"]), proxy);
        assert_eq!(told(&[b"203.0.113.7", b"\xff"]), proxy);
        assert_eq!(told(&[b"203.0.113.7, "]), proxy);
    }

    /// FLAW-07, ASVS V4.1.3: a balancer without an address of its own, and a proxy on this machine behind it.
    #[test]
    fn hops_are_counted_from_the_end_and_no_client_adds_one() {
        let proxy = IpAddr::from([127, 0, 0, 1]);
        let seen = IpAddr::from([198, 51, 100, 2]);
        let told = |peer: IpAddr, value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", value.parse().unwrap());
            address(peer, &headers, &[proxy], 2)
        };
        assert_eq!(told(proxy, "198.51.100.2, 10.7.0.9"), seen);
        assert_eq!(told(proxy, "203.0.113.7, 192.0.2.1, 198.51.100.2, 10.7.0.9"), seen, "a client picked its address");
        assert_eq!(told(proxy, "10.7.0.9"), proxy, "whoever came past the balancer is nobody's client");
        let stranger = IpAddr::from([203, 0, 113, 9]);
        assert_eq!(told(stranger, "198.51.100.2, 10.7.0.9"), stranger);
    }
}
