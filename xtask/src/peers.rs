//! `./x peers up|down NAME`: real servers to test against, on this machine alone.
//!
//! Each has its data in `target/peers/NAME`, listens on a free port of 127.0.0.1, and is stopped by its process id.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};

use crate::run::{free_port, output, scratch, succeed};

/// `up postgres`, `down postgres`, or nothing to see what is up.
pub fn run(rest: &[&str]) -> Result<()> {
    match rest {
        [] => {
            match Postgres::here()?.url() {
                Some(url) => println!("postgres  {url}"),
                None => println!("Nothing is up. ./x peers up postgres"),
            }
            Ok(())
        }
        ["up", "postgres"] => Postgres::here()?.up(),
        ["down", "postgres"] => Postgres::here()?.down(),
        _ => bail!("./x peers up|down NAME; there is: postgres"),
    }
}

/// A cluster of our own, run by somebody who is not root.
struct Postgres {
    bin: PathBuf,
    folder: PathBuf,
    user: Option<&'static str>,
}

impl Postgres {
    fn here() -> Result<Self> {
        let bin = bin().context("PostgreSQL is not here: on Debian, apt-get install postgresql")?;
        let folder = scratch("peers")?;
        let root = fs::metadata("/proc/self")?.uid() == 0;
        let user = root.then_some("postgres");
        // A clone in a private home can't be reached by another user; then the data lies where it can.
        let folder = match user {
            Some(user) if !reaches(user, &folder) => std::env::temp_dir().join("salus-peers"),
            _ => folder,
        };
        Ok(Self { bin, folder: folder.join("postgres"), user })
    }

    fn command(&self, program: &str) -> Command {
        let program = self.bin.join(program);
        let mut command = match self.user {
            Some(user) => {
                let mut command = Command::new("runuser");
                command.args(["-u", user, "--"]).arg(program);
                command
            }
            None => Command::new(program),
        };
        command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// The first line of the server's own file: its process id, if it is alive.
    fn pid(&self) -> Option<String> {
        let file = fs::read_to_string(self.folder.join("data/postmaster.pid")).ok()?;
        let pid = file.lines().next()?.trim().to_owned();
        Path::new("/proc").join(&pid).exists().then_some(pid)
    }

    fn url(&self) -> Option<String> {
        self.pid()?;
        fs::read_to_string(self.folder.join("url")).ok().map(|url| url.trim().to_owned())
    }

    fn up(&self) -> Result<()> {
        if let Some(url) = self.url() {
            println!("{url}");
            return Ok(());
        }
        drop(fs::remove_dir_all(&self.folder));
        fs::create_dir_all(&self.folder)?;
        let word = output(Command::new("od").args(["-An", "-tx1", "-N16", "/dev/urandom"]))?
            .split_whitespace()
            .collect::<String>();
        let (password, url) = (self.folder.join("password"), self.folder.join("url"));
        private(&password, &word)?;
        if let Some(user) = self.user {
            succeed(Command::new("chown").arg("-R").arg(user).arg(&self.folder))?;
        }
        let data = self.folder.join("data");
        let port = free_port()?;
        succeed(
            self.command("initdb")
                .arg("-D")
                .arg(&data)
                .args(["-U", "postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"])
                .arg(format!("--pwfile={}", password.display())),
        )
        .context("initdb")?;
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={} -c max_connections=200",
            self.folder.display()
        );
        let log = self.folder.join("log");
        succeed(
            self.command("pg_ctl")
                .arg("-D")
                .arg(&data)
                .arg("-l")
                .arg(&log)
                .args(["-w", "-t", "60", "-o", &options, "start"]),
        )
        .with_context(|| format!("see {}", log.display()))?;
        fs::remove_file(&password)?;
        let address = format!("postgres://postgres:{word}@127.0.0.1:{port}/postgres");
        private(&url, &address)?;
        println!("{address}");
        Ok(())
    }

    fn down(&self) -> Result<()> {
        let Some(pid) = self.pid() else {
            println!("It is not up.");
            return Ok(());
        };
        // A fast stop, by the id that the server wrote down.
        succeed(Command::new("kill").args(["-INT", &pid]))?;
        for _ in 0..200 {
            if self.pid().is_none() {
                fs::remove_dir_all(&self.folder)?;
                return Ok(());
            }
            crate::run::pause(std::time::Duration::from_millis(100));
        }
        bail!("process {pid} does not stop")
    }
}

fn private(path: &Path, text: &str) -> Result<()> {
    fs::write(path, "")?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    Ok(fs::write(path, text)?)
}

fn reaches(user: &str, folder: &Path) -> bool {
    Command::new("runuser")
        .args(["-u", user, "--", "test", "-x"])
        .arg(folder)
        .current_dir("/")
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// `SALUS_POSTGRES_BIN`, Debian's newest, or the path: as the tests look for it.
fn bin() -> Option<PathBuf> {
    if let Some(told) = std::env::var_os("SALUS_POSTGRES_BIN") {
        return Some(PathBuf::from(told));
    }
    let has_it = |bin: &PathBuf| bin.join("initdb").exists() && bin.join("pg_ctl").exists();
    let mut debian: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, bin)| has_it(bin))
        .collect();
    debian.sort();
    debian.pop().map(|(_, bin)| bin).or_else(|| std::env::split_paths(&std::env::var_os("PATH")?).find(has_it))
}
