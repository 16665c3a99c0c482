//! Against a real provider on this machine: `oidc-provider`, whose own pages are filled in as a person would.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test, in the time of the provider's own clock"
)]

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Lines},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::SystemTime,
};

use reqwest::{Client, StatusCode, Url, header, redirect::Policy};
use salus_kernel::{Instant, MINUTE};
use salus_oidc::{Answer, Attempt, Failure, Provider, Settings, testing};

const BACK: &str = "https://portal.example.org/sign-in/with/okta/back";

/// The server; it ends with this.
struct Peer {
    child: Child,
    issuer: String,
    /// Held, so that it may go on talking.
    _said: Lines<BufReader<ChildStdout>>,
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        drop(self.child.wait());
    }
}

/// Packages from the lock file, in a folder beside what is compiled.
fn packages(peer: &Path) -> Option<PathBuf> {
    let has = |program: &str| Command::new(program).arg("--version").output().is_ok_and(|said| said.status.success());
    if !has("node") || !has("npm") {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "node and npm are not here, and this is CI");
        return None;
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("oidc-peer");
    std::fs::create_dir_all(&folder).unwrap();
    let lock = |from: &Path| std::fs::read(from.join("package-lock.json")).ok();
    if lock(&folder) != lock(peer) || !folder.join("node_modules/.package-lock.json").exists() {
        for file in ["package.json", ".npmrc"] {
            std::fs::copy(peer.join(file), folder.join(file)).unwrap();
        }
        std::fs::copy(peer.join("package-lock.json"), folder.join("package-lock.json")).unwrap();
        let npm = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
        let done = Command::new("npm").args(npm).current_dir(&folder).status().unwrap();
        assert!(done.success(), "npm ci in {}", folder.display());
    }
    Some(folder)
}

fn start() -> Option<Peer> {
    let peer = Path::new(env!("CARGO_MANIFEST_DIR")).join("peer");
    let folder = packages(&peer)?;
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut child = Command::new("node")
        .arg(peer.join("provider.mjs"))
        .args([port.to_string(), folder.display().to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    let ready = said.by_ref().map_while(Result::ok).any(|line| line == "ready");
    let peer = Peer { child, issuer: format!("http://127.0.0.1:{port}"), _said: said };
    assert!(ready, "the provider does not start");
    Some(peer)
}

/// Somebody's browser: it keeps cookies, follows what leads on, and types a name where it is asked for one.
#[derive(Default)]
struct Person {
    cookies: BTreeMap<String, String>,
    /// How often a name was asked for.
    asked: usize,
}

impl Person {
    async fn follow(&mut self, address: &str, name: &str) -> Answer {
        let client = Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
        let mut url: Url = address.parse().unwrap();
        let mut form: Option<String> = None;
        for _ in 0..12 {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let request = match form.take() {
                Some(body) => client
                    .post(url.clone())
                    .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .body(body),
                None => client.get(url.clone()),
            };
            let answer = request.header(header::COOKIE, cookies.join("; ")).send().await.unwrap();
            for cookie in answer.headers().get_all(header::SET_COOKIE) {
                let pair = cookie.to_str().unwrap().split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
            if answer.status().is_redirection() {
                let to = answer.headers()[header::LOCATION].to_str().unwrap().to_owned();
                if let Some(query) = to.strip_prefix(BACK) {
                    return serde_urlencoded::from_str(query.trim_start_matches('?')).unwrap();
                }
                url = url.join(&to).unwrap();
                continue;
            }
            let status = answer.status();
            let page = answer.text().await.unwrap();
            assert_eq!(status, StatusCode::OK, "{page}");
            let (_, rest) = page.split_once("action=\"").unwrap_or_else(|| panic!("no form on {page}"));
            url = url.join(rest.split('"').next().unwrap()).unwrap();
            let login = page.contains("name=\"login\"");
            self.asked += usize::from(login);
            form = Some(match login {
                true => format!("prompt=login&login={name}&password=x"),
                false => "prompt=consent".to_owned(),
            });
        }
        panic!("the provider asks and asks");
    }
}

fn now() -> Instant {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    Instant::from_micros(i64::try_from(since.as_micros()).unwrap())
}

fn attempt(number: u8) -> Attempt {
    testing::attempt(number, BACK)
}

#[tokio::test]
async fn a_real_provider_names_who_signs_in() {
    let Some(peer) = start() else { return };
    let provider = Provider::new(Settings {
        key: "okta".to_owned(),
        name: "A real one".to_owned(),
        issuer: peer.issuer.clone(),
        client_id: "salus-at-riverside".to_owned(),
        client_secret: Some("a secret & a half".to_owned().into()),
        second_step: vec!["mfa".to_owned()],
        asks_anew: true,
    })
    .unwrap();
    let mut dana = Person::default();
    let address = provider.address(&attempt(1), now()).await.unwrap();
    let answer = dana.follow(&address, "dana").await;
    assert_eq!(answer.iss.as_deref(), Some(peer.issuer.as_str()), "RFC 9207");
    let named = provider.identity(&attempt(1), &answer, now()).await.unwrap();
    assert_eq!((named.issuer.as_str(), named.subject.as_str()), (peer.issuer.as_str(), "dana"));
    assert!(!named.second_step, "it asked for a name alone");
    assert_eq!(provider.identity(&attempt(1), &answer, now()).await, Err(Failure::Code), "a code counts once");

    // Whoever is signed in there is asked again, and the provider says when.
    let address = provider.address(&attempt(2), now()).await.unwrap();
    let answer = dana.follow(&address, "dana").await;
    let named = provider.identity(&attempt(2), &answer, now()).await.unwrap();
    assert_eq!(dana.asked, 2, "asked anew");
    assert!(named.signed_in_at.is_some_and(|at| now().since(at) < MINUTE), "{named:?}");

    // Another verifier, and another address to come back to, are refused there.
    let address = provider.address(&attempt(4), now()).await.unwrap();
    let answer = dana.follow(&address, "dana").await;
    let other =
        Attempt { verifier: "another-verifier-0123456789012345678901234567890".to_owned().into(), ..attempt(4) };
    assert_eq!(provider.identity(&other, &answer, now()).await, Err(Failure::Code));
}
