//! One `salus demo` per engine and test process, and the people in it.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use serde::Deserialize;

use super::{Engine, Front, free_port, kept::Kept, machine_seconds, postgres::Postgres, skipped, workspace};

/// How many patients are imported: six lifelong records, the rest small ones.
const PATIENTS: &str = "16";
/// The same for a demo of a test's own: enough for somebody with an account.
const FEW_PATIENTS: &str = "6";
/// How long import and start may take, in a debug build on a busy machine.
const START: Duration = Duration::from_secs(300);

/// Where Debian keeps the library that moves a program's clock.
const FAKETIME: &str = "/usr/lib/*/faketime/libfaketime.so.1";

/// A running demo.
pub struct Demo {
    /// Where its data lie.
    pub engine: Engine,
    /// `http://localhost:PORT`: nginx's, where that stands in front.
    pub url: String,
    /// The portal's own port.
    pub port: u16,
    /// What stands in front of it: on PostgreSQL nginx with its rules, so that every journey goes through it.
    pub front: Option<Front>,
    /// Everybody who can sign in.
    pub people: Vec<Person>,
    /// What is known of each account's sign-ins, by e-mail.
    pub(super) accounts:
        tokio::sync::Mutex<HashMap<String, std::sync::Arc<tokio::sync::Mutex<super::sign_in::Account>>>>,
    /// The addresses that each role can reach, once somebody has walked them.
    pub reachable: tokio::sync::Mutex<HashMap<String, Vec<String>>>,
    /// Where mail lies as files.
    mail: PathBuf,
    /// What the program says on its error output.
    log: PathBuf,
    /// How far its clock was moved, and the file that moves it.
    clock: Option<(AtomicU64, PathBuf)>,
    _salus: Kept,
}

/// Someone who can sign in, as `demo.json` has them.
#[derive(Clone, Debug, Deserialize)]
pub struct Person {
    /// `patient`, `practitioner`, `nurse`, `front-desk`, `biller`, `administrator` or `privacy-officer`.
    pub role: String,
    /// Their name.
    pub name: String,
    /// What they sign in with.
    pub email: String,
    /// New in each demo.
    pub password: String,
    /// Base32; empty for who has not set up an authenticator yet.
    #[serde(default)]
    pub totp_secret: Option<String>,
    /// Their own chart.
    #[serde(default)]
    pub patient: Option<String>,
    /// Whether their authenticator is set up.
    pub enrolled: bool,
}

impl Person {
    /// Their name without "Ms." and the like.
    pub fn plain_name(&self) -> &str {
        self.name.split_once(". ").map_or(&self.name, |(_, name)| name)
    }

    /// Their own chart.
    pub fn chart(&self) -> &str {
        self.patient.as_deref().unwrap_or_else(|| panic!("{} has no chart", self.name))
    }
}

#[derive(Deserialize)]
struct Said {
    url: String,
    people: Vec<Person>,
}

impl Demo {
    /// The demo on this engine, started by whoever asks first. None where something it needs is not installed.
    pub fn on(engine: Engine) -> Option<&'static Self> {
        static SQLITE: OnceLock<Option<Demo>> = OnceLock::new();
        static POSTGRES: OnceLock<Option<Demo>> = OnceLock::new();
        match engine {
            Engine::Sqlite => SQLITE.get_or_init(|| Self::start(engine, PATIENTS, None)),
            Engine::Postgres => POSTGRES.get_or_init(|| Self::start(engine, PATIENTS, None)),
        }
        .as_ref()
    }

    /// A small demo of a test's own, whose clock can be moved: the program asks libfaketime for the time. It runs until
    /// the test process ends.
    pub fn with_clock(engine: Engine) -> Option<&'static Self> {
        let Some(library) = faketime() else {
            skipped("libfaketime");
            return None;
        };
        Self::start(engine, FEW_PATIENTS, Some(&library)).map(|demo| &*Box::leak(Box::new(demo)))
    }

    fn start(engine: Engine, patients: &str, faketime: Option<&Path>) -> Option<Self> {
        if super::on_path("chromedriver").is_none() {
            skipped("chromedriver");
            return None;
        }
        let binary = binary();
        let began = Instant::now();
        let postgres = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => match Postgres::of_this_process() {
                Some(postgres) => Some(postgres),
                None => {
                    skipped("PostgreSQL");
                    return None;
                }
            },
        };
        let folder = tempfile::Builder::new().prefix("salus-browser-").tempdir().expect("a folder").keep();
        let data = folder.join("data");
        let records = workspace().join("testdata");
        let mut program = Vec::new();
        let clock = folder.join("clock");
        let (preload, file) = (
            format!("LD_PRELOAD={}", faketime.unwrap_or(&clock).display()),
            format!("FAKETIME_TIMESTAMP_FILE={}", clock.display()),
        );
        if faketime.is_some() {
            std::fs::write(&clock, "+0").expect("a file");
            // Timers run on; only the time of day is moved.
            program.extend(["env", &preload, &file, "FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1"]);
        }
        let port = free_port();
        let front = in_front(engine, port);
        let port_text = port.to_string();
        program.extend([text(binary), "demo", "--port", &port_text, "--data-dir", text(&data), "--patients", patients]);
        program.extend(["--testdata", text(&records)]);
        if let Some(front) = &front {
            program.extend(["--url", &front.url]);
        }
        if let Some(postgres) = postgres {
            program.extend(["--postgres", &postgres.admin_url]);
        }
        let errors = folder.join("errors.log");
        let salus = Kept::start(&program, "TERM", Some(&folder), &errors);
        if let Err(error) = salus.wait_for(START, |line| line.starts_with("ready").then_some(())) {
            let log = std::fs::read_to_string(&errors).unwrap_or_default();
            panic!("`salus demo` on {engine:?}: {error}\n{log}");
        }
        let said = std::fs::read(data.join("demo.json")).expect("demo.json");
        let Said { url, people } = serde_json::from_slice(&said).expect("demo.json as agreed");
        println!("{engine:?} was ready after {:?}", began.elapsed());
        let url = url.trim_end_matches('/').to_owned();
        let clock = faketime.map(|_| (AtomicU64::new(0), clock));
        Some(Self {
            engine,
            url,
            port,
            front,
            people,
            accounts: Default::default(),
            reachable: Default::default(),
            mail: data.join("mail"),
            log: errors,
            clock,
            _salus: salus,
        })
    }

    /// A clinic as `salus init` leaves it, with one imported chart, served; and the link of its first administrator.
    pub fn first_day(engine: Engine, chart: &serde_json::Value) -> Option<(&'static Self, String)> {
        let postgres = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(Postgres::of_this_process().or_else(|| {
                skipped("PostgreSQL");
                None
            })?),
        };
        let folder = tempfile::Builder::new().prefix("salus-browser-").tempdir().expect("a folder").keep();
        let (settings, data, bundle) = (folder.join("salus.toml"), folder.join("data"), folder.join("chart.json"));
        let port = free_port();
        let front = in_front(engine, port);
        let url = front.as_ref().map_or_else(|| format!("http://localhost:{port}"), |front| front.url.clone());
        let mut arguments = vec!["init", "--name", "Harbor Clinic", "--phone", "(555) 555-0123", "--url", &url];
        arguments.extend(["--timezone", "America/Chicago", "--administrator", "Grace Kim", "--data-dir", text(&data)]);
        if let Some(postgres) = postgres {
            arguments.extend(["--postgres", &postgres.admin_url]);
        }
        let told = said(&settings, &arguments);
        let link = told.split_whitespace().find(|word| word.contains("/join/")).expect("a link").to_owned();
        let written = std::fs::read_to_string(&settings).expect("salus.toml");
        let mut written = written.replace("#bind = \"127.0.0.1:8080\"", &format!("bind = \"127.0.0.1:{port}\""));
        if front.is_some() {
            written = written.replace("#trusted_proxies = []", "trusted_proxies = [\"127.0.0.1\"]");
            assert!(written.contains("\ntrusted_proxies ="), "salus.toml has no trusted_proxies to set");
        }
        std::fs::write(&settings, written).expect("salus.toml");
        std::fs::write(&bundle, chart.to_string()).expect("a chart");
        said(&settings, &["import", "--quiet", text(&bundle)]);
        let errors = folder.join("errors.log");
        let salus =
            Kept::start(&[text(binary()), "--config", text(&settings), "serve"], "TERM", Some(&folder), &errors);
        let until = Instant::now() + START;
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < until, "{}", std::fs::read_to_string(&errors).unwrap_or_default());
            super::pause(Duration::from_millis(50));
        }
        let demo = Self {
            engine,
            url,
            port,
            front,
            people: Vec::new(),
            accounts: Default::default(),
            reachable: Default::default(),
            mail: data.join("mail"),
            log: errors,
            clock: None,
            _salus: salus,
        };
        Some((Box::leak(Box::new(demo)), link))
    }

    /// What the program has written into its log so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).expect("a log")
    }

    /// The link to such a page in the mail to this address, once it is there.
    pub fn mailed(&self, email: &str, page: &str) -> String {
        let until = Instant::now() + START;
        let mark = format!("{}/{page}/", self.url);
        loop {
            let files = std::fs::read_dir(&self.mail).into_iter().flatten().flatten();
            let mails = files.filter_map(|file| std::fs::read_to_string(file.path()).ok());
            // Long lines go over the wire in pieces (RFC 2045, section 6.7).
            let mut mine =
                mails.filter(|mail| mail.contains(&format!("To: {email}"))).map(|mail| mail.replace("=\r\n", ""));
            if let Some(code) =
                mine.find_map(|mail| Some(mail.split_once(&mark)?.1.split_whitespace().next()?.to_owned()))
            {
                return format!("/{page}/{code}");
            }
            assert!(Instant::now() < until, "no mail to {email}");
            super::pause(Duration::from_millis(100));
        }
    }

    /// Moves its clock on.
    pub fn advance(&self, seconds: u64) {
        let (moved, file) = self.clock.as_ref().expect("a demo with a clock");
        let moved = moved.fetch_add(seconds, Ordering::SeqCst) + seconds;
        // In one step: the program reads the file at every look at the clock.
        let next = file.with_extension("next");
        std::fs::write(&next, format!("+{moved}")).and_then(|()| std::fs::rename(&next, file)).expect("a file");
    }

    /// Seconds since 1970 by its clock.
    pub fn seconds(&self) -> u64 {
        machine_seconds() + self.clock.as_ref().map_or(0, |(moved, _)| moved.load(Ordering::SeqCst))
    }

    /// The people of a role whose authenticator is set up, in the order of `demo.json`.
    pub fn of_role(&self, role: &str) -> Vec<&Person> {
        self.people.iter().filter(|person| person.role == role && person.enrolled).collect()
    }

    /// Somebody of a role. Asking for more than there are begins anew.
    pub fn person(&self, role: &str, number: usize) -> &Person {
        let all = self.of_role(role);
        assert!(!all.is_empty(), "nobody in demo.json is a {role} with an authenticator");
        all[number % all.len()]
    }
}

/// What stands in front of the portal on this port. SQLite's is reached without anything.
fn in_front(engine: Engine, port: u16) -> Option<Front> {
    if engine == Engine::Sqlite {
        return None;
    }
    if !Front::is_here() {
        skipped("nginx with ModSecurity and the core rule set");
        return None;
    }
    Some(Front::before(port))
}

/// What a command of the program under test says.
fn said(settings: &Path, arguments: &[&str]) -> String {
    let done = Command::new(binary()).arg("--config").arg(settings).args(arguments).output().expect("salus");
    assert!(done.status.success(), "salus {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).into_owned()
}

fn faketime() -> Option<PathBuf> {
    let (before, after) = FAKETIME.split_once('*')?;
    let libraries = std::fs::read_dir(before)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path().join(after.trim_start_matches('/'))));
    libraries.into_iter().find(|library| library.exists())
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}

/// The binary under test: `SALUS_BIN`, or the one that cargo builds beside these tests.
fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        if let Some(told) = std::env::var_os("SALUS_BIN") {
            return PathBuf::from(told);
        }
        // target/debug/deps/salus_browser-… beside target/debug/salus
        let tests = std::env::current_exe().expect("this program");
        let folder = tests.ancestors().nth(2).expect("target and profile").to_owned();
        let profile = match folder.file_name().and_then(|name| name.to_str()) {
            Some("debug") | None => "dev",
            Some(other) => other,
        };
        let done = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--package", "salus", "--bin", "salus", "--profile", profile])
            .current_dir(workspace())
            .status();
        assert!(done.is_ok_and(|status| status.success()), "salus does not build");
        folder.join("salus")
    })
}
