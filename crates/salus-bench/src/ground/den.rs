//! A folder and processes that are gone when we are, however we went.
//!
//! A small shell waits at the end of a pipe and is told each process by its id. When the pipe breaks (we are done, panic,
//! are interrupted or killed), it ends those that are left and removes the folder.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    os::unix::{fs::PermissionsExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, RecvTimeoutError, channel},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

use super::pause;

/// `+ SIGNAL ID` remembers a process, `- SIGNAL ID` forgets it.
const WATCHER: &str = r#"
ours=
while read -r what signal id; do
    case $what in
    +) ours="$ours $signal:$id" ;;
    -)
        left=
        for one in $ours; do [ "${one#*:}" = "$id" ] || left="$left $one"; done
        ours=$left
        ;;
    esac
done
for one in $ours; do kill "-${one%%:*}" "${one#*:}"; done
tries=0
while [ "$tries" -lt 50 ]; do
    alive=
    for one in $ours; do kill -0 "${one#*:}" && alive=yes; done
    [ -n "$alive" ] || break
    sleep 0.1
    tries=$((tries + 1))
done
for one in $ours; do kill -KILL "${one#*:}"; done
for _ in 1 2 3 4 5; do
    rm -rf -- "$1"
    [ -e "$1" ] || break
    sleep 0.5
done
"#;

/// A folder, and what was started in it.
pub struct Den {
    folder: PathBuf,
    watcher: Mutex<(Child, Option<ChildStdin>)>,
}

impl Den {
    /// Makes one in this folder, or among the system's temporary ones.
    pub fn new(within: Option<&Path>) -> Result<Arc<Self>> {
        let mut builder = tempfile::Builder::new();
        builder.prefix("salus-bench-");
        let folder = match within {
            Some(within) => builder.tempdir_in(within),
            None => builder.tempdir(),
        };
        let folder = folder.context("making a folder")?.keep();
        // A database server under another user must get through.
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o711))?;
        let mut watcher = Command::new("sh")
            .args(["-c", WATCHER, "sh"])
            .arg(&folder)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Ctrl-C is for us; it hears of that by the pipe.
            .process_group(0)
            .spawn()
            .context("starting a shell")?;
        let pipe = watcher.stdin.take();
        Ok(Arc::new(Self { folder, watcher: Mutex::new((watcher, pipe)) }))
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts a program. `signal` asks it to end; what it says on its error output goes to a file.
    pub fn start(self: &Arc<Self>, command: &mut Command, signal: &'static str, errors: &Path) -> Result<Process> {
        let log = fs::File::create(errors).with_context(|| errors.display().to_string())?;
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .process_group(0)
            .spawn()
            .with_context(|| format!("starting {}", command.get_program().display()))?;
        self.tell('+', signal, child.id());
        let out = child.stdout.take().context("its output")?;
        let (say, lines) = channel();
        std::thread::spawn(move || {
            // Reads to the end even when nobody listens any more: a full pipe would stop the program.
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                drop(say.send(line));
            }
        });
        Ok(Process { child, den: Arc::clone(self), signal, errors: errors.to_owned(), lines, ended: false })
    }

    fn tell(&self, what: char, signal: &str, id: u32) {
        let mut watcher = self.watcher.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pipe) = &mut watcher.1 {
            drop(writeln!(pipe, "{what} {signal} {id}"));
        }
    }
}

impl Drop for Den {
    fn drop(&mut self) {
        let mut watcher = self.watcher.lock().unwrap_or_else(PoisonError::into_inner);
        drop(watcher.1.take());
        drop(watcher.0.wait());
    }
}

/// A program of ours that runs.
pub struct Process {
    child: Child,
    den: Arc<Den>,
    signal: &'static str,
    errors: PathBuf,
    lines: Receiver<String>,
    ended: bool,
}

impl Process {
    /// Its id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for a line of its output that `find` knows.
    pub fn line<T>(&mut self, patience: Duration, find: impl Fn(&str) -> Option<T>) -> Result<T> {
        let until = Instant::now() + patience;
        loop {
            match self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    if let Some(found) = find(&line) {
                        return Ok(found);
                    }
                }
                Err(RecvTimeoutError::Timeout) => bail!("not ready after {patience:?}: {}", self.complaints()),
                Err(RecvTimeoutError::Disconnected) => bail!("it ended: {}", self.complaints()),
            }
        }
    }

    /// The end of its error output.
    pub fn complaints(&self) -> String {
        let text = fs::read_to_string(&self.errors).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines.get(lines.len().saturating_sub(12)..).unwrap_or_default().join("\n")
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        self.ended = self.ended || !matches!(self.child.try_wait(), Ok(None));
        self.ended
    }

    /// SIGKILL, and waits until it is gone.
    pub fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        self.ended = true;
        Ok(())
    }

    /// Asks it to end, and waits; afterwards it is killed.
    pub fn end(&mut self, patience: Duration) {
        if !self.has_ended() {
            signal(self.signal, self.child.id());
            let begun = Instant::now();
            while !self.has_ended() && begun.elapsed() < patience {
                pause(Duration::from_millis(10));
            }
        }
        if !self.ended {
            drop(self.child.kill());
            drop(self.child.wait());
            self.ended = true;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end(Duration::from_secs(15));
        self.den.tell('-', self.signal, self.child.id());
    }
}

fn signal(name: &str, id: u32) {
    drop(Command::new("kill").args([&format!("-{name}"), &id.to_string()]).stderr(Stdio::null()).status());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_there(id: u32) -> bool {
        // A process that has ended and was not waited for is still listed.
        fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
    }

    #[test]
    fn what_was_started_in_a_den_ends_with_it() {
        let den = Den::new(None).unwrap();
        let errors = den.folder().join("errors");
        let start = || den.start(Command::new("sleep").arg("600"), "TERM", &errors).unwrap();
        let (mut asked, killed, left) = (start(), start(), start());
        let (first, second, third) = (asked.id(), killed.id(), left.id());
        asked.end(Duration::from_secs(5));
        killed.kill().unwrap();
        assert!(!is_there(first) && !is_there(second) && is_there(third));

        // As when we are killed: nobody waits, nobody asks.
        let pipe = den.watcher.lock().unwrap().1.take();
        drop(pipe);
        let begun = Instant::now();
        while is_there(third) && begun.elapsed() < Duration::from_secs(10) {
            pause(Duration::from_millis(20));
        }
        assert!(!is_there(third), "it outlives us");
        let folder = den.folder().to_owned();
        drop(left);
        drop(asked);
        drop(den);
        assert!(!folder.exists());
    }
}
