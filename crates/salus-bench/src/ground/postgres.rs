//! A private PostgreSQL server on a free port of 127.0.0.1 that waits for its disk: what it answered for is written.

use std::{
    fs,
    net::TcpStream,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

use super::{Den, Process, free_port, pause};

/// How long a start may take, recovery included.
const START: Duration = Duration::from_secs(60);

/// The server; ends with this.
pub struct Cluster {
    den: Arc<Den>,
    bin: PathBuf,
    home: PathBuf,
    port: u16,
    as_root: bool,
    server: Option<Process>,
}

impl Cluster {
    /// Makes and starts one.
    pub fn start(den: &Arc<Den>) -> Result<Self> {
        let bin = bin().context("PostgreSQL is not here (initdb)")?;
        let home = den.folder().join("postgres");
        fs::create_dir(&home)?;
        // PostgreSQL refuses to run as root; then it runs as `postgres`.
        let as_root = fs::metadata(&home)?.uid() == 0;
        let mut cluster = Self { den: Arc::clone(den), bin, home, port: free_port()?, as_root, server: None };
        let password = cluster.home.join("password");
        fs::write(&password, "bench")?;
        if as_root {
            for path in [&cluster.home, &password] {
                succeed(Command::new("chown").arg("postgres").arg(path))?;
            }
        }
        succeed(
            cluster
                .command("initdb")
                .arg("-D")
                .arg(cluster.data())
                .args(["-U", "postgres", "--auth=password", "--encoding=UTF8", "--locale=C"])
                .arg(format!("--pwfile={}", password.display())),
        )?;
        let conf = cluster.data().join("postgresql.conf");
        let old = fs::read_to_string(&conf)?;
        let settings = format!(
            "listen_addresses = '127.0.0.1'\nport = {}\nunix_socket_directories = ''\nmax_connections = 100\n\
             fsync = on\nsynchronous_commit = on\nfull_page_writes = on\nlogging_collector = off\n",
            cluster.port
        );
        fs::write(&conf, format!("{old}{settings}"))?;
        cluster.start_again()?;
        Ok(cluster)
    }

    /// Starts the server on what is there.
    pub fn start_again(&mut self) -> Result<()> {
        self.server = None;
        let errors = self.home.join("log");
        let mut command = self.command("postgres");
        command.arg("-D").arg(self.data());
        // SIGINT: ends connections and stops; SIGTERM would wait for them.
        let mut server = self.den.start(&mut command, "INT", &errors)?;
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            if server.has_ended() || begun.elapsed() > START {
                bail!("PostgreSQL does not start: {}", server.complaints());
            }
            pause(Duration::from_millis(20));
        }
        self.server = Some(server);
        // It listens before it has recovered.
        while !self.takes_connections() {
            if begun.elapsed() > START {
                bail!("PostgreSQL does not take connections");
            }
            pause(Duration::from_millis(20));
        }
        Ok(())
    }

    /// `pg_ctl -m immediate stop`: no checkpoint, no goodbye; the next start recovers from the write-ahead log.
    pub fn stop_immediately(&mut self) -> Result<()> {
        succeed(self.command("pg_ctl").arg("-D").arg(self.data()).args(["-m", "immediate", "-w", "stop"]))?;
        self.server = None;
        Ok(())
    }

    /// The process whose children answer.
    pub fn process(&self) -> Option<u32> {
        self.server.as_ref().map(Process::id)
    }

    /// What it said since it was started.
    pub fn log(&self) -> String {
        fs::read_to_string(self.home.join("log")).unwrap_or_default()
    }

    /// Where its superuser connects.
    pub fn admin_url(&self) -> String {
        format!("postgres://postgres:bench@127.0.0.1:{}/postgres", self.port)
    }

    fn takes_connections(&self) -> bool {
        let mut asks = self.command("pg_isready");
        asks.args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()]);
        asks.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        asks.status().is_ok_and(|status| status.success())
    }

    fn data(&self) -> PathBuf {
        self.home.join("data")
    }

    fn command(&self, program: &str) -> Command {
        let program = self.bin.join(program);
        let mut command = if self.as_root {
            // Becomes the program itself, so that its id is the one we know.
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir("/");
        command
    }
}

fn succeed(command: &mut Command) -> Result<()> {
    let done = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).output();
    match done {
        Ok(done) if done.status.success() => Ok(()),
        Ok(done) => bail!("{command:?}: {}", String::from_utf8_lossy(&done.stderr).trim()),
        Err(error) => bail!("{command:?}: {error}"),
    }
}

/// Where PostgreSQL's programs are: `SALUS_POSTGRES_BIN`, Debian's newest, or on the path.
fn bin() -> Option<PathBuf> {
    if let Some(told) = std::env::var_os("SALUS_POSTGRES_BIN") {
        return Some(PathBuf::from(told));
    }
    let has_it = |bin: &Path| bin.join("initdb").exists();
    let mut debian: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))
        })
        .filter(|(_, bin)| has_it(bin))
        .collect();
    debian.sort();
    let on_path = || std::env::split_paths(&std::env::var_os("PATH")?).find(|bin| has_it(bin));
    debian.pop().map(|(_, bin)| bin).or_else(on_path)
}
