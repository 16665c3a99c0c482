//! A process that ends with this one, however this one ends.
//!
//! A small shell starts it in a session of its own and then waits at the end of a pipe. When the pipe breaks (we let go,
//! panic, or are killed), the shell ends every process of that session by its id, and removes the process's folder.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        Mutex, PoisonError,
        mpsc::{Receiver, RecvTimeoutError, channel},
    },
    time::{Duration, Instant},
};

/// $1 the signal, $2 the folder to remove or nothing, the rest is the program.
///
/// What the program says goes to the shell's own output; the shell lets go of it, so that its end is seen.
const KEEPER: &str = r#"
signal=$1 folder=$2; shift 2
setsid "$@" </dev/null &
pid=$!
exec >/dev/null 2>&1
read _
alive() { ps -o pid= --sid "$pid"; }
kill "-$signal" "$pid"
tries=0
while [ -n "$(alive)" ] && [ "$tries" -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
for left in $(alive); do kill -KILL "$left"; done
wait
[ -n "$folder" ] && rm -rf "$folder"
exit 0
"#;

/// A running program, what it says, and the pipe that keeps it running.
pub struct Kept {
    keeper: Child,
    pipe: Option<ChildStdin>,
    lines: Mutex<Receiver<String>>,
}

impl Kept {
    /// Starts a program. `signal` asks it to end; `folder` goes when it has ended. Its errors go to `errors`.
    pub fn start(program: &[&str], signal: &str, folder: Option<&Path>, errors: &Path) -> Self {
        use std::os::unix::process::CommandExt as _;
        let log = std::fs::File::create(errors).expect("a file for errors");
        let folder = folder.map(|path| path.to_str().expect("a plain path")).unwrap_or_default();
        let mut keeper = Command::new("sh")
            .args(["-c", KEEPER, "sh", signal, folder])
            .args(program)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            // Ctrl-C is for the tests; the keeper hears of it by the pipe.
            .process_group(0)
            .spawn()
            .expect("a shell");
        let (say, lines) = channel();
        let out = keeper.stdout.take().expect("its output");
        std::thread::spawn(move || {
            // Reads to the end even when nobody listens any more: a full pipe would stop the program.
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                let _ = say.send(line);
            }
        });
        let pipe = keeper.stdin.take();
        Self { keeper, pipe, lines: Mutex::new(lines) }
    }

    /// Waits for a line that `find` knows.
    pub fn wait_for<T>(&self, limit: Duration, find: impl Fn(&str) -> Option<T>) -> Result<T, String> {
        let until = Instant::now() + limit;
        let mut said = Vec::new();
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) => match find(&line) {
                    Some(found) => return Ok(found),
                    None => said.push(line),
                },
                Err(RecvTimeoutError::Timeout) => {
                    return Err(format!("not ready after {limit:?}; it said:\n{}", said.join("\n")));
                }
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(format!("ended at once; it said:\n{}", said.join("\n")));
                }
            }
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        drop(self.pipe.take());
        let _ = self.keeper.wait();
    }
}
