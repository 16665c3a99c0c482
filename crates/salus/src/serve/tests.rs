//! The server as a peer meets it: over real sockets on loopback, with certificates made here.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use rustls::pki_types::{CertificateDer, ServerName};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    sync::oneshot,
};
use tokio_rustls::TlsConnector;

use super::{Limits, listen, plain::may_speak_plainly, serve_until};
use crate::{
    access::{App, WebConfig},
    config::Server,
    salus_test,
    testing::{Postbox, World},
};

/// Longer than anything here is meant to take.
const LONG: Duration = Duration::from_secs(30);

/// Slow peers have a second and a half.
const QUICK: Limits = Limits { headers: Duration::from_millis(1500), silence: Duration::from_secs(3) };

fn loopback() -> Server {
    Server { bind: "127.0.0.1:0".parse().unwrap(), ..Server::default() }
}

/// A server of its own, until the test ends.
async fn serving(app: &App, server: Server) -> SocketAddr {
    let (told, address) = oneshot::channel();
    let app = app.clone();
    tokio::spawn(async move {
        serve_until(app, Postbox::new().ports(), &server, QUICK, std::future::pending(), |address| {
            told.send(address).unwrap()
        })
        .await
        .unwrap();
    });
    tokio::time::timeout(LONG, address).await.unwrap().unwrap()
}

/// Sends this and reads until the other side is done.
async fn tell(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), text: &[u8]) -> String {
    // A server that has heard enough closes while we still speak.
    drop(stream.write_all(text).await);
    let mut answer = Vec::new();
    drop(tokio::time::timeout(LONG, stream.read_to_end(&mut answer)).await.expect("an end"));
    String::from_utf8_lossy(&answer).into_owned()
}

async fn ask(address: SocketAddr, text: &str) -> String {
    tell(&mut TcpStream::connect(address).await.unwrap(), text.as_bytes()).await
}

fn get(path: &str, headers: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: portal.example.org\r\nconnection: close\r\n{headers}\r\n")
}

/// A certificate for localhost and its key, as files.
struct Pair {
    certificate: PathBuf,
    key: PathBuf,
    root: CertificateDer<'static>,
    _folder: tempfile::TempDir,
}

fn pair() -> Pair {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    Pair { certificate, key, root: made.cert.der().clone(), _folder: folder }
}

fn with_tls(pair: &Pair) -> Server {
    Server { tls_certificate: Some(pair.certificate.clone()), tls_key: Some(pair.key.clone()), ..loopback() }
}

fn client(pair: &Pair, version: &'static rustls::SupportedProtocolVersion) -> TlsConnector {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(pair.root.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

/// The first words of a client that knows this version and these suites: rustls would never say them.
fn client_hello(version: u16, suites: &[u16]) -> Vec<u8> {
    fn counted(bytes: &[u8]) -> Vec<u8> {
        [&u16::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
    }
    let extensions: [(u16, &[u8]); 4] = [
        (0x000a, &[0, 4, 0x00, 0x1d, 0x00, 0x17]),
        (0x000b, &[1, 0]),
        (0x000d, &[0, 6, 0x04, 0x03, 0x08, 0x04, 0x04, 0x01]),
        (0x0017, &[]),
    ];
    let extensions: Vec<u8> =
        extensions.iter().flat_map(|(kind, bytes)| [&kind.to_be_bytes()[..], &counted(bytes)].concat()).collect();
    let suites: Vec<u8> = suites.iter().flat_map(|suite| suite.to_be_bytes()).collect();
    let body = [&version.to_be_bytes()[..], &[7; 32], &[0], &counted(&suites), &[1, 0], &counted(&extensions)].concat();
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    let handshake = [&[1][..], &length[1..], &body].concat();
    [&[0x16, 3, 1][..], &counted(&handshake)].concat()
}

/// Whether the server goes on (a handshake), or with which alert it ends.
async fn answer_to(address: SocketAddr, hello: &[u8]) -> Result<(), u8> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(hello).await.unwrap();
    let mut record = [0; 7];
    tokio::time::timeout(LONG, stream.read_exact(&mut record)).await.unwrap().unwrap();
    match record {
        [0x16, ..] => Ok(()),
        [0x15, .., alert] => Err(alert),
        other => panic!("neither handshake nor alert: {other:?}"),
    }
}

salus_test! {
/// ASVS V12.1.1, V12.1.2, ENC-13.
async fn tls_is_spoken_in_new_versions_and_modern_suites_alone(w: World) {
    const PROTOCOL_VERSION: u8 = 70;
    const HANDSHAKE_FAILURE: u8 = 40;
    let pair = pair();
    let address = serving(&w.app, with_tls(&pair)).await;
    for version in [&rustls::version::TLS13, &rustls::version::TLS12] {
        let stream = TcpStream::connect(address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let mut stream = client(&pair, version).connect(name, stream).await.unwrap();
        assert_eq!(stream.get_ref().1.protocol_version(), Some(version.version));
        let answer = tell(&mut stream, get("/sign-in", "").as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(answer.contains("strict-transport-security: max-age=63072000; includeSubDomains"), "{answer}");
    }
    // The client by hand is understood where what it offers is good: ECDHE with AES-128-GCM.
    let (good, cbc, cbc_256, without_secrecy) = (0xc02b, 0xc009, 0xc023, 0x009c);
    assert_eq!(answer_to(address, &client_hello(0x0303, &[good])).await, Ok(()));
    for old in [0x0301, 0x0302] {
        assert_eq!(answer_to(address, &client_hello(old, &[good, cbc])).await, Err(PROTOCOL_VERSION), "{old:x}");
    }
    assert_eq!(answer_to(address, &client_hello(0x0303, &[cbc, cbc_256])).await, Err(HANDSHAKE_FAILURE));
    assert_eq!(answer_to(address, &client_hello(0x0303, &[without_secrecy])).await, Err(HANDSHAKE_FAILURE));
    // Where TLS is spoken, plain HTTP is not (ASVS V12.2.1).
    let plain = ask(address, &get("/sign-in", "")).await;
    assert!(!plain.contains("HTTP/1.1 200"), "{plain}");
}
}

/// Why it does not start with these files.
async fn refused(app: &App, server: Server) -> String {
    let ready = |address: SocketAddr| panic!("it serves on {address}");
    let starting = serve_until(app.clone(), Postbox::new().ports(), &server, QUICK, std::future::pending(), ready);
    format!("{:#}", tokio::time::timeout(LONG, starting).await.unwrap().unwrap_err())
}

salus_test! {
async fn certificate_files_that_do_not_fit_are_refused_before_anything_listens(w: World) {
    let (one, other) = (pair(), pair());
    let server = |certificate: &PathBuf, key: &PathBuf| Server { tls_certificate: Some(certificate.clone()), tls_key: Some(key.clone()), ..loopback() };
    let said = refused(&w.app, server(&one.certificate, &other.key)).await;
    assert!(said.contains("cert.pem and ") && said.contains("key.pem do not belong together"), "{said}");
    let said = refused(&w.app, server(&one.key, &one.key)).await;
    assert!(said.ends_with("key.pem has no certificate in it"), "{said}");
    let said = refused(&w.app, server(&one.certificate, &one.certificate)).await;
    assert!(said.contains("cert.pem is no private key"), "{said}");
    let said = refused(&w.app, server(&one.certificate.with_extension("gone"), &one.key)).await;
    assert!(said.contains("cert.gone is no certificate chain"), "{said}");
}
}

/// ASVS V12.2.1: a proxy in front does not make every other machine one.
#[test]
fn plain_http_is_spoken_with_this_machine_and_named_proxies_alone() {
    let proxies = ["10.0.0.1".parse().unwrap()];
    let may = |peer: &str| may_speak_plainly(peer.parse().unwrap(), &proxies);
    assert!(may("127.0.0.1") && may("::1") && may("::ffff:127.0.0.1"));
    assert!(may("10.0.0.1") && may("::ffff:10.0.0.1"));
    assert!(!may("10.0.0.2") && !may("::ffff:10.0.0.2") && !may("2001:db8::1"));
}

salus_test! {
/// ASVS V15.2.2: whoever is slow holds nothing.
async fn a_peer_that_keeps_us_waiting_is_cut_off(w: World) {
    let address = serving(&w.app, loopback()).await;
    let begun = std::time::Instant::now();
    // Says nothing; says half of HTTP/2's greeting; begins a request and never ends it.
    let http2 = b"PRI * HTTP/2.0\r\n\r\n";
    let half = b"GET /sign-in HTTP/1.1\r\nhost: portal.example.org\r\nx-slow: ";
    let open = || async { TcpStream::connect(address).await.unwrap() };
    let (mut first, mut second, mut third) = (open().await, open().await, open().await);
    let (nothing, greeting, head) = tokio::join!(tell(&mut first, b""), tell(&mut second, http2), tell(&mut third, half));
    for answer in [nothing, greeting, head] {
        assert!(!answer.contains("200 OK"), "{answer}");
    }
    assert!(begun.elapsed() >= QUICK.headers, "nobody was cut off by a limit");
    // Drips a byte at a time: each is no silence, and the head still has to be there in time.
    let mut drip = open().await;
    drip.write_all(half).await.unwrap();
    let begun = std::time::Instant::now();
    while drip.write_all(b"x").await.is_ok() {
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(begun.elapsed() < LONG, "a drip goes on for ever");
    }
    // Who asks, and then is silent for long, is let go as well.
    let mut idle = open().await;
    let answer = tell(&mut idle, get("/healthz", "").replace("connection: close\r\n", "").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    // Everybody else is served meanwhile.
    assert!(ask(address, &get("/healthz", "")).await.ends_with("ok\n"));
}
}

salus_test! {
async fn too_much_of_a_head_is_refused(w: World) {
    let address = serving(&w.app, loopback()).await;
    let many = |count: usize| (0..count).map(|n| format!("x-{n}: 1\r\n")).collect::<String>();
    assert!(ask(address, &get("/healthz", &many(90))).await.starts_with("HTTP/1.1 200 "));
    assert!(ask(address, &get("/healthz", &many(101))).await.starts_with("HTTP/1.1 431 "));
    let large = |bytes: usize| format!("x-large: {}\r\n", "x".repeat(bytes));
    assert!(ask(address, &get("/healthz", &large(16 * 1024))).await.starts_with("HTTP/1.1 200 "));
    let answer = ask(address, &get("/healthz", &large(64 * 1024))).await;
    assert!(!answer.contains(" 200 "), "{answer}");
    // Two ideas of where a request ends are none (ASVS V4.2.1).
    for smuggled in ["content-length: 3\r\ncontent-length: 4\r\n\r\nabcd", "transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n", "content-length: +3\r\n\r\nabc"] {
        let answer = ask(address, &format!("POST /sign-in HTTP/1.1\r\nhost: portal.example.org\r\n{smuggled}")).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{smuggled}: {answer}");
    }
}
}

salus_test! {
async fn too_large_a_body_gets_a_page_with_a_reference_number(w: World) {
    let address = serving(&w.app, loopback()).await;
    let head = "POST /sign-in HTTP/1.1\r\nhost: portal.example.org\r\nconnection: close\r\ncontent-type: application/x-www-form-urlencoded\r\n";
    // What says at once that it is too large is not even read.
    let told = ask(address, &format!("{head}content-length: 10000000\r\n\r\n")).await;
    // What does not say is read up to the limit.
    let chunk = "x".repeat(0x4_4000);
    let unsaid = ask(address, &format!("{head}transfer-encoding: chunked\r\n\r\n44000\r\n{chunk}\r\n")).await;
    for answer in [told, unsaid] {
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        assert!(answer.contains("Give this reference: <strong class=\"s-mono\">0"), "{answer}");
        assert!(answer.contains("content-security-policy: "), "{answer}");
    }
}
}

/// Tries to sign in, and says which address the ledger has for it.
async fn address_in_ledger(w: &World, server: SocketAddr, forwarded: &str) -> String {
    let page = ask(server, &get("/sign-in", "")).await;
    let cookie = page.split("set-cookie: ").nth(1).unwrap().split(';').next().unwrap();
    let csrf = page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let form = [("csrf", csrf), ("email", "nobody@example.org"), ("password", "wrong")];
    let form = serde_urlencoded::to_string(form).unwrap();
    let answer = ask(
        server,
        &format!(
            "POST /sign-in HTTP/1.1\r\nhost: portal.example.org\r\nconnection: close\r\ncookie: {cookie}\r\n{forwarded}\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
            form.len()
        ),
    )
    .await;
    assert!(answer.starts_with("HTTP/1.1 422 "), "{answer}");
    let mut reader = w.ledger.reader(&salus_db::Sight::of_run("audit")).await.unwrap();
    let rows = reader.search(&salus_db::ledger::Filter::default(), None, 10).await.unwrap();
    let newest = rows.iter().find_map(|row| row.entry()?.draft.address).unwrap();
    newest.to_string()
}

salus_test! {
/// ASVS V4.1.3, V15.3.4, FLAW-07.
async fn an_undeclared_client_can_not_say_where_it_is(w: World) {
    let forwarded = "x-forwarded-for: 203.0.113.7\r\nforwarded: for=203.0.113.7\r\nx-real-ip: 203.0.113.7\r\nx-forwarded-proto: http\r\nx-forwarded-host: evil.example\r\n";
    let address = serving(&w.app, loopback()).await;
    assert_eq!(address_in_ledger(&w, address, forwarded).await, "127.0.0.1");
    // The same headers from a proxy that was named are its word.
    let now = w.now();
    let proxies = vec!["127.0.0.1".parse().unwrap()];
    let web = WebConfig { trusted_proxies: proxies.clone(), ..WebConfig::default() };
    let behind = App::open(w.db.clone(), w.ledger.clone(), &w.root, Arc::new(move || now), web).await.unwrap();
    let address = serving(&behind, Server { trusted_proxies: proxies, ..loopback() }).await;
    assert_eq!(address_in_ledger(&w, address, forwarded).await, "203.0.113.7");
    // It appends whom it saw to what the client wrote, and that alone is its word.
    for appended in ["203.0.113.7, x, 198.51.100.2", "203.0.113.7, x\r\nx-forwarded-for: 198.51.100.2"] {
        let forwarded = format!("x-forwarded-for: {appended}\r\n");
        assert_eq!(address_in_ledger(&w, address, &forwarded).await, "198.51.100.2", "{appended}");
    }
    // Rotating it does not help against the count of failures.
    let address = serving(&w.app, loopback()).await;
    let mut slowed = false;
    for n in 0..8 {
        let page = ask(address, &get("/sign-in", "")).await;
        let cookie = page.split("set-cookie: ").nth(1).unwrap().split(';').next().unwrap().to_owned();
        let csrf = page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let form = serde_urlencoded::to_string([("csrf", csrf.as_str()), ("email", "ana@example.org"), ("password", "wrong")]).unwrap();
        let answer = ask(address, &format!("POST /sign-in HTTP/1.1\r\nhost: portal.example.org\r\nconnection: close\r\ncookie: {cookie}\r\nx-forwarded-for: 198.51.100.{n}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}", form.len())).await;
        slowed |= answer.starts_with("HTTP/1.1 429 ");
    }
    assert!(slowed, "eight wrong passwords from one address, and nothing slowed them down");
}
}

#[tokio::test]
async fn a_rush_is_kept_until_it_is_served() {
    // Nobody takes these connections yet. The machine's own limit may be lower than ours; 500 it has everywhere.
    let listener = listen("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    let mut kept = Vec::new();
    for number in 0..500 {
        let connection = tokio::time::timeout(Duration::from_millis(500), TcpStream::connect(address)).await;
        kept.push(connection.unwrap_or_else(|_| panic!("connection {number} waits")).unwrap());
    }
}
