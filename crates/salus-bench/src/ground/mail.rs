//! A mail server on this machine that can be killed: aiosmtpd, which puts each message into a Maildir and answers when the
//! disk has it.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};

use super::{Den, Process, pause};

/// Debian's Python has what Debian's package brings; another one may have it too.
const PYTHONS: [&str; 2] = ["/usr/bin/python3", "python3"];
/// How long a start may take.
const START: Duration = Duration::from_secs(20);

/// The server, and where it puts mail. The mail outlives it.
pub struct MailServer {
    den: Arc<Den>,
    python: &'static str,
    /// Where it listens, however often it is started.
    pub port: u16,
    server: Option<Process>,
}

impl MailServer {
    /// Starts one.
    pub fn start(den: &Arc<Den>) -> Result<Self> {
        let python = PYTHONS.into_iter().find(|python| has_it(python));
        let python = python.context("aiosmtpd is not here: apt-get install python3-aiosmtpd")?;
        let mut server = Self { den: Arc::clone(den), python, port: kept_port()?, server: None };
        server.start_again()?;
        Ok(server)
    }

    /// Starts it where it was, unless it runs.
    pub fn start_again(&mut self) -> Result<()> {
        if self.server.as_mut().is_some_and(|server| !server.has_ended()) {
            return Ok(());
        }
        let folder = self.folder();
        let mut command = Command::new(self.python);
        command.args(["-m", "aiosmtpd", "-n", "-c", "aiosmtpd.handlers.Mailbox"]).arg(&folder);
        command.args(["-l", &format!("127.0.0.1:{}", self.port)]).current_dir("/");
        let mut server = self.den.start(&mut command, "TERM", &folder.with_extension("log"))?;
        let begun = Instant::now();
        while !self.greets() {
            if server.has_ended() || begun.elapsed() > START {
                bail!("aiosmtpd does not start: {}", server.complaints());
            }
            pause(Duration::from_millis(20));
        }
        ensure!(!server.has_ended(), "somebody else answers on port {}", self.port);
        self.server = Some(server);
        Ok(())
    }

    fn greets(&self) -> bool {
        let Ok(stream) = TcpStream::connect(("127.0.0.1", self.port)) else { return false };
        drop(stream.set_read_timeout(Some(Duration::from_secs(1))));
        BufReader::new(stream).lines().next().is_some_and(|line| line.is_ok_and(|line| line.starts_with("220")))
    }

    /// SIGKILL. What it answered for is in the folder, and perhaps a message more.
    pub fn kill(&mut self) -> Result<()> {
        self.server.take().map_or(Ok(()), Process::kill)
    }

    /// Every delivery, as it arrived.
    pub fn mails(&self) -> Result<Vec<Vec<u8>>> {
        let mut files: Vec<PathBuf> = Vec::new();
        for entry in fs::read_dir(self.folder().join("new"))? {
            files.push(entry?.path());
        }
        files.sort();
        files.into_iter().map(|file| Ok(fs::read(file)?)).collect()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        fs::read_dir(self.folder().join("new")).map_or(0, Iterator::count)
    }

    /// Hands a message over as any client would.
    pub fn take(&self, to: &str, message: &str) -> Result<()> {
        let stream = TcpStream::connect(("127.0.0.1", self.port))?;
        let mut answers = BufReader::new(stream.try_clone()?).lines();
        let mut answered = |wanted: char| -> Result<()> {
            loop {
                let line = answers.next().context("it hung up")??;
                ensure!(line.starts_with(wanted), "it said {line}");
                // A hyphen says that more lines follow.
                if line.as_bytes().get(3) != Some(&b'-') {
                    return Ok(());
                }
            }
        };
        answered('2')?;
        let text = message.replace('\n', "\r\n");
        for (said, wanted) in [
            ("EHLO clinic.example".to_owned(), '2'),
            ("MAIL FROM:<portal@clinic.example>".to_owned(), '2'),
            (format!("RCPT TO:<{to}>"), '2'),
            ("DATA".to_owned(), '3'),
            (format!("{text}\r\n."), '2'),
            ("QUIT".to_owned(), '2'),
        ] {
            write!(&stream, "{said}\r\n")?;
            answered(wanted)?;
        }
        Ok(())
    }

    fn folder(&self) -> PathBuf {
        self.den.folder().join("mail")
    }
}

/// A free port that nobody is given who asks for any: it has to be free also while the server is away.
fn kept_port() -> Result<u16> {
    for _ in 0..100 {
        let port = 20_000 + u16::from_le_bytes(salus_vault::random()) % 10_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("no free port from 20000 on")
}

fn has_it(python: &str) -> bool {
    let asked = Command::new(python)
        .args(["-c", "import aiosmtpd"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    asked.is_ok_and(|status| status.success())
}
