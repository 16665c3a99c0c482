//! A real mail server on this machine, for tests: aiosmtpd, started by a test and ended with it, however that ends.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "only tests use it, and they end where it fails")]

use std::{
    net::TcpListener,
    path::PathBuf,
    process::Stdio,
    sync::atomic::{AtomicU32, Ordering},
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

const SCRIPT: &str = include_str!("peer.py");
/// Debian's Python has what Debian's package brings; another one may have it too.
const PYTHONS: [&str; 2] = ["/usr/bin/python3", "python3"];

/// The server, and the folder that it puts mail into. It can be away, and come back.
pub struct Peer {
    python: &'static str,
    options: Vec<String>,
    /// Where it listens, however often it is started.
    pub port: u16,
    folder: TempDir,
    /// Gone with this value; so is the server, by its own process.
    server: Option<Child>,
}

impl Peer {
    /// Starts one; says so when there is none to start.
    pub async fn start(options: &[String]) -> Option<Self> {
        let Some(python) = python().await else {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "aiosmtpd is not here, and this is CI");
            println!("skipped: aiosmtpd is not here");
            return None;
        };
        // A port that was free a moment ago may be taken; then another one is tried.
        for port in ports().take(5) {
            let folder = tempfile::tempdir().expect("a folder");
            let mut peer = Self { python, options: options.to_vec(), port, folder, server: None };
            if peer.begins().await {
                return Some(peer);
            }
        }
        panic!("aiosmtpd does not start")
    }

    /// Ends it. Its mail stays.
    pub async fn goes_away(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.kill().await.expect("an end");
        }
    }

    /// Starts it again, on its port.
    pub async fn comes_back(&mut self) {
        assert!(self.begins().await, "somebody else is on port {} by now", self.port);
    }

    async fn begins(&mut self) -> bool {
        let mut server = Command::new(self.python)
            .args(["-c", SCRIPT])
            .arg(self.folder.path())
            .args(&self.options)
            .env("PORT", self.port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("a process");
        let mut said = String::new();
        BufReader::new(server.stdout.take().expect("its words")).read_line(&mut said).await.expect("its words");
        self.server = Some(server);
        said.trim() == "ready"
    }

    /// Each message, as it arrived, in the order in which it did.
    pub fn mails(&self) -> Vec<String> {
        let mut files: Vec<PathBuf> = std::fs::read_dir(self.folder.path())
            .expect("a folder")
            .map(|entry| entry.expect("a file").path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
            .collect();
        files.sort();
        files.into_iter().map(|file| std::fs::read_to_string(file).expect("a mail")).collect()
    }
}

/// Free ports that nobody is given who asks for any: one has to be free also while its server is away.
fn ports() -> impl Iterator<Item = u16> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let first = std::process::id().wrapping_mul(97);
    let all = std::iter::repeat_with(move || first.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % 10_000);
    let all = all.take(10_000).filter_map(|step| u16::try_from(20_000 + step).ok());
    all.filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
}

async fn python() -> Option<&'static str> {
    for python in PYTHONS {
        let asked = Command::new(python)
            .args(["-c", "import aiosmtpd"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if asked.await.is_ok_and(|status| status.success()) {
            return Some(python);
        }
    }
    None
}
