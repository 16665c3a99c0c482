//! Providers in a process of their own, from packages of a lock file.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Lines},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    sync::OnceLock,
};

/// What was started; it ends with this.
pub struct Peer {
    child: Child,
    issuers: BTreeMap<String, String>,
    /// Held, so that it may go on talking.
    _said: Lines<BufReader<ChildStdout>>,
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        drop(self.child.wait());
    }
}

impl Peer {
    /// Starts a script of the folder `peer`. It says `KEY ISSUER` of each provider, and then that it is ready.
    pub fn start(script: &str) -> Option<Self> {
        let folder = packages()?;
        let mut child = Command::new("node")
            .arg(script)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut peer = Self { child, issuers: BTreeMap::new(), _said: said };
        for line in peer._said.by_ref().map_while(Result::ok) {
            match line.split_once(' ') {
                Some((key, issuer)) => drop(peer.issuers.insert(key.to_owned(), issuer.to_owned())),
                None if line == "ready" => return Some(peer),
                None => break,
            }
        }
        panic!("{script} does not start")
    }

    /// The issuer of the provider with this key.
    pub fn issuer(&self, key: &str) -> &str {
        self.issuers.get(key).unwrap_or_else(|| panic!("no provider {key}"))
    }
}

/// Packages from the lock file and the scripts, in a folder beside what is compiled; once, whoever asks first.
fn packages() -> Option<&'static Path> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOLDER.get_or_init(install).as_deref()
}

fn install() -> Option<PathBuf> {
    let has = |program: &str| Command::new(program).arg("--version").output().is_ok_and(|said| said.status.success());
    if !has("node") || !has("npm") {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "node and npm are not here, and this is CI");
        eprintln!("skipped: node and npm are not here");
        return None;
    }
    let peer = Path::new(env!("CARGO_MANIFEST_DIR")).join("peer");
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("oidc-peer");
    std::fs::create_dir_all(&folder).unwrap();
    let copy = |files: &[&str]| {
        for file in files {
            std::fs::copy(peer.join(file), folder.join(file)).unwrap();
        }
    };
    copy(&["provider.mjs", "vendors.mjs"]);
    let lock = |from: &Path| std::fs::read(from.join("package-lock.json")).ok();
    if lock(&folder) != lock(&peer) || !folder.join("node_modules/.package-lock.json").exists() {
        copy(&["package.json", ".npmrc", "package-lock.json"]);
        let npm = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
        let done = Command::new("npm").args(npm).current_dir(&folder).status().unwrap();
        assert!(done.success(), "npm ci in {}", folder.display());
    }
    Some(folder)
}
