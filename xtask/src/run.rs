//! Places in the repository, and processes: run one, keep what it said, and say how long it took.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

/// The repository's root, wherever the command was started.
pub fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("xtask"), PathBuf::from);
    here.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// Where cargo puts what it builds.
pub fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A folder under `target/`, made if need be. Logs and scratch copies lie here, also when cargo builds elsewhere.
pub fn scratch(name: &str) -> Result<PathBuf> {
    let folder = root().join("target").join(name);
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    Ok(folder)
}

/// Whether this is CI: nothing is skipped, nothing is rewritten.
pub fn is_ci() -> bool {
    std::env::var("CI").as_deref() == Ok("true")
}

/// Whether a program is on the path.
pub fn here(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// `cargo` in the repository; under CI it refuses to change the lock file.
pub fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).stdin(Stdio::null());
    let (first, rest) = arguments.split_at_checked(1).unwrap_or_default();
    command.args(first);
    if is_ci() && matches!(first, ["build" | "test" | "clippy" | "run" | "tree"]) {
        command.arg("--locked");
    }
    command.args(rest);
    // What cargo told xtask about itself is not for what xtask starts.
    for (name, _) in std::env::vars_os() {
        let about_us = ["CARGO_PKG_", "CARGO_BIN_", "CARGO_MANIFEST_"];
        if name.to_str().is_some_and(|name| about_us.iter().any(|begin| name.starts_with(begin))) {
            command.env_remove(name);
        }
    }
    command
}

/// `git` in the repository; what it printed.
pub fn git(arguments: &[&str]) -> Result<String> {
    output(Command::new("git").current_dir(root()).args(arguments))
}

/// Runs a command to its end and gives what it printed; an error when it failed.
pub fn output(command: &mut Command) -> Result<String> {
    let done = command.stdin(Stdio::null()).output().with_context(|| format!("starting {}", name(command)))?;
    if !done.status.success() {
        bail!("{} failed: {}", name(command), String::from_utf8_lossy(&done.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}

/// Runs a command with its output on the terminal; an error when it failed.
pub fn succeed(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("starting {}", name(command)))?;
    if status.success() { Ok(()) } else { bail!("{} failed ({status})", name(command)) }
}

fn name(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.truncate(6);
    words.join(" ")
}

/// What a command said, and whether it succeeded.
pub struct Said {
    /// It ended by itself, with success, in time.
    pub ok: bool,
    /// Standard output and standard error, line by line as they came.
    pub text: String,
}

/// Runs a command, appends all it says to a log file, and shows the lines that `shown` picks.
pub fn logged(command: &mut Command, log: &Path, patience: Duration, shown: fn(&str) -> bool) -> Result<Said> {
    let file = fs::OpenOptions::new().create(true).append(true).open(log)?;
    let kept = Mutex::new((file, String::new()));
    let keep = |line: &str| {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        drop(writeln!(kept.0, "{line}"));
        kept.1.push_str(line);
        kept.1.push('\n');
        if shown(line) {
            println!("  {line}");
        }
    };
    keep(&format!("$ {}", name(command)));
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let ok = std::thread::scope(|threads| {
        let readers =
            [threads.spawn(|| out.map(|out| lines(out, &keep))), threads.spawn(|| err.map(|err| lines(err, &keep)))];
        let ok = ends_well(&mut child, patience);
        if ok.is_none() {
            keep(&format!("stopped: it took longer than {} minutes", patience.as_secs() / 60));
            stop_with_descendants(child.id());
        }
        for reader in readers {
            drop(reader.join());
        }
        ok.unwrap_or(false)
    });
    drop(child.wait());
    let (_, text) = kept.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(Said { ok, text })
}

fn lines(from: impl Read, keep: &impl Fn(&str)) {
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    while matches!(from.read_until(b'\n', &mut line), Ok(1..)) {
        keep(String::from_utf8_lossy(&line).trim_end());
        line.clear();
    }
}

/// Waits for the end; `None` when it does not come in time.
pub fn ends_well(child: &mut Child, patience: Duration) -> Option<bool> {
    let begun = Instant::now();
    while begun.elapsed() < patience {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status.success()),
            Ok(None) => pause(Duration::from_millis(50)),
            Err(_) => return Some(false),
        }
    }
    None
}

/// Stops a process of ours and what it started, by their ids.
fn stop_with_descendants(id: u32) {
    let mut family = vec![id];
    let mut at = 0;
    while let Some(parent) = family.get(at).copied() {
        family.extend(children(parent));
        at += 1;
    }
    for id in &family {
        drop(Command::new("kill").args(["-KILL", &id.to_string()]).stderr(Stdio::null()).status());
    }
}

fn children(parent: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter_map(|entry| {
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            // `id (name) state parent …`, and the name may hold anything.
            let told: u32 = stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()?;
            if told == parent { entry.file_name().to_str()?.parse().ok() } else { None }
        })
        .collect()
}

/// Asks a process to end.
pub fn terminate(child: &Child) -> Result<()> {
    succeed(Command::new("kill").args(["-TERM", &child.id().to_string()]))
}

/// Waits a little.
#[expect(clippy::disallowed_methods, reason = "real processes live on the real clock")]
pub fn pause(time: Duration) {
    std::thread::sleep(time);
}

/// A free port on 127.0.0.1. Somebody else may take it before it is used; then the command says so.
pub fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// One GET over plain HTTP on this machine: status line, headers and body as they came.
pub fn get(port: u16, path: &str) -> Result<String> {
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// `74 s` or `3 min 20 s`.
pub fn told(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 120 { format!("{seconds} s") } else { format!("{} min {} s", seconds / 60, seconds % 60) }
}
