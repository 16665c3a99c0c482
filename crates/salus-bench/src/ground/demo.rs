//! A demo clinic made by the real program, and the real program serving it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use salus::{
    access::{
        Clock,
        founding::{self, Opened},
    },
    config::Config,
};
use salus_db::Engine;
use serde::Deserialize;

use super::{Cluster, Den, MovedClock, Process, binary, free_port};
use crate::{http, people::Person};

/// How long making a clinic may take, in a debug build on a busy machine.
const MAKE: Duration = Duration::from_secs(300);
/// How long a start may take.
const START: Duration = Duration::from_secs(60);

/// The databases of a demo clinic; nobody serves them yet.
pub struct Demo {
    /// Where its data are.
    pub engine: Engine,
    /// The folder of keys, files and `demo.json`.
    pub data: PathBuf,
    /// Everybody who can sign in.
    pub people: Vec<Person>,
    /// On PostgreSQL: the server.
    pub cluster: Option<Cluster>,
    /// The port of this machine that takes its mail; none for files.
    pub mail_port: Option<u16>,
    /// A clock that its programs are told the time by; none for the machine's.
    pub clock: Option<MovedClock>,
    den: Arc<Den>,
}

#[derive(Deserialize)]
struct Said {
    people: Vec<Person>,
}

impl Demo {
    /// Makes one with so many patients: `salus demo`, ended as soon as it is ready.
    pub fn make(den: &Arc<Den>, engine: Engine, patients: u32, testdata: &Path) -> Result<Self> {
        let cluster = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(Cluster::start(den)?),
        };
        let data = den.folder().join("data");
        let testdata = fs::canonicalize(testdata).with_context(|| testdata.display().to_string())?;
        let mut program = Command::new(binary()?);
        program.args(["demo", "--port", "0", "--patients", &patients.to_string(), "--data-dir"]).arg(&data);
        program.arg("--testdata").arg(testdata).current_dir("/");
        if let Some(cluster) = &cluster {
            program.args(["--postgres", &cluster.admin_url()]);
        }
        let mut demo = den.start(&mut program, "TERM", &den.folder().join("demo.log"))?;
        demo.line(MAKE, |line| line.starts_with("ready").then_some(())).context("salus demo")?;
        demo.end(START);
        let said = fs::read(data.join("demo.json")).context("demo.json")?;
        let Said { people } = serde_json::from_slice(&said).context("demo.json")?;
        Ok(Self { engine, data, people, cluster, mail_port: None, clock: None, den: Arc::clone(den) })
    }

    /// The people of a role whose authenticator is set up.
    pub fn of_role(&self, role: &str) -> impl Iterator<Item = &Person> {
        self.people.iter().filter(move |person| person.role == role && person.enrolled)
    }

    /// Its configuration as the demo wrote it.
    pub fn config(&self) -> Result<Config> {
        Config::load(Some(&self.config_file()))
    }

    fn config_file(&self) -> PathBuf {
        self.data.join("salus.toml")
    }

    /// Opens its databases in this process. Nobody serves them at the same time who is about to be killed: a file that
    /// we hold open would not have to recover.
    pub async fn open(&self, clock: Clock, group_commit: bool) -> Result<Opened> {
        let config = self.config()?;
        let root = config.root()?;
        Ok(founding::open(&config.main(&root), config.ledger(&root), &config.seed()?, clock, group_commit).await?)
    }

    /// Runs another command of the program on this clinic: whether it succeeded, and what it said.
    pub fn command(&self, arguments: &[&str]) -> Result<(bool, String)> {
        let done = self.program()?.arg("--config").arg(self.config_file()).args(arguments).output()?;
        let text = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        Ok((done.status.success(), text))
    }

    fn program(&self) -> Result<Command> {
        let mut program = Command::new(binary()?);
        program.current_dir("/");
        if let Some(clock) = &self.clock {
            clock.tells(&mut program);
        }
        Ok(program)
    }

    /// Starts the program on a free port, and waits for its first page. It believes us who our clients are, so that each
    /// request can be told from all others in the ledger.
    pub async fn serve(&self) -> Result<Portal> {
        self.serve_beside(0).await
    }

    /// The same, beside others that serve the same clinic: each has a number.
    pub async fn serve_beside(&self, number: usize) -> Result<Portal> {
        let port = free_port()?;
        let file = self.data.join(format!("bench-{number}.toml"));
        let mut config: toml::Table = fs::read_to_string(self.config_file())?.parse()?;
        let server = config.entry("server").or_insert_with(|| toml::Table::new().into());
        let server = server.as_table_mut().context("server is not a table")?;
        server.insert("bind".into(), format!("127.0.0.1:{port}").into());
        server.insert("trusted_proxies".into(), vec!["127.0.0.1"].into());
        if let Some(port) = self.mail_port {
            // Links are the same wherever it listens.
            server.insert("public_url".into(), "https://portal.example.org".into());
            let mut email = toml::Table::new();
            email.insert("kind".into(), "smtp".into());
            email.insert("host".into(), "127.0.0.1".into());
            email.insert("port".into(), i64::from(port).into());
            email.insert("from".into(), "Patient portal <portal@clinic.example>".into());
            config.insert("email".into(), email.into());
        }
        fs::write(&file, toml::to_string(&config)?)?;
        let begun = std::time::Instant::now();
        let mut program = self.program()?;
        program.arg("--config").arg(&file).arg("serve");
        let mut process = self.den.start(&mut program, "TERM", &self.data.join(format!("serve-{number}.log")))?;
        let address = ([127, 0, 0, 1], port).into();
        while !http::shows(address, "/sign-in").await {
            if process.has_ended() || begun.elapsed() > START {
                bail!("salus serve does not start: {}", process.complaints());
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok(Portal { process, address, first_page: begun.elapsed() })
    }
}

/// The program, serving.
pub struct Portal {
    /// The process.
    pub process: Process,
    /// Where it listens.
    pub address: std::net::SocketAddr,
    /// From the start of the process to the last byte of its first page.
    pub first_page: Duration,
}

impl Portal {
    /// Resident memory in bytes.
    pub fn memory(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kilobytes * 1024)
    }
}
