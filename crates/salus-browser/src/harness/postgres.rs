//! A private PostgreSQL server on a free port of 127.0.0.1, for the demo to make its databases in.

use std::{
    fs,
    net::TcpStream,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

use super::{kept::Kept, on_path};

/// The server; ends with this.
pub struct Postgres {
    /// Where its superuser connects.
    pub admin_url: String,
    _server: Kept,
}

impl Postgres {
    /// The one of this test process, started by whoever asks first. None where PostgreSQL is not installed.
    pub fn of_this_process() -> Option<&'static Self> {
        static SERVER: OnceLock<Option<Postgres>> = OnceLock::new();
        SERVER.get_or_init(Self::start).as_ref()
    }

    fn start() -> Option<Self> {
        let bin = bin()?;
        let folder = tempfile::Builder::new().prefix("salus-browser-pg-").tempdir().expect("a folder").keep();
        // The server's user must get through.
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o711)).expect("permissions");
        let root = fs::metadata(&folder).expect("our folder").uid() == 0;
        let (home, password_file) = (folder.join("home"), folder.join("password"));
        fs::create_dir(&home).expect("a folder");
        fs::write(&password_file, "browser").expect("a file");
        if root {
            for path in [&home, &password_file] {
                succeed(Command::new("chown").arg("postgres").arg(path));
            }
        }
        let data = home.join("data");
        let as_server: &[&str] =
            if root { &["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] } else { &["env"] };
        let (first, rest) = as_server.split_first().expect("a program");
        succeed(
            Command::new(first)
                .args(rest)
                .arg(bin.join("initdb"))
                .arg("-D")
                .arg(&data)
                .args(["-U", "postgres", "--auth=password", "--encoding=UTF8", "--locale=C", "--no-sync"])
                .arg(format!("--pwfile={}", password_file.display())),
        );
        let port = super::free_port();
        let settings = format!(
            "listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = ''\nmax_connections = 100\n\
             fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nlogging_collector = off\n"
        );
        let conf = data.join("postgresql.conf");
        let old = fs::read_to_string(&conf).expect("its settings");
        fs::write(&conf, format!("{old}{settings}")).expect("its settings");
        let mut program = as_server.to_vec();
        let postgres = bin.join("postgres");
        program.extend([path(&postgres), "-D", path(&data)]);
        // SIGINT: ends connections and stops; SIGTERM would wait for them.
        let server = Kept::start(&program, "INT", Some(&folder), &folder.join("log"));
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if began.elapsed() > Duration::from_secs(20) {
                panic!("PostgreSQL does not start: {}", fs::read_to_string(folder.join("log")).unwrap_or_default());
            }
            super::pause(Duration::from_millis(50));
        }
        Some(Self { admin_url: format!("postgres://postgres:browser@127.0.0.1:{port}/postgres"), _server: server })
    }
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}

fn succeed(command: &mut Command) {
    let done = command.current_dir("/").stdin(Stdio::null()).output();
    let well = done.as_ref().is_ok_and(|done| done.status.success());
    assert!(well, "{command:?}: {done:?}");
}

/// Where PostgreSQL's programs are: `SALUS_POSTGRES_BIN`, Debian's newest, or on the path.
fn bin() -> Option<PathBuf> {
    if let Some(told) = std::env::var_os("SALUS_POSTGRES_BIN") {
        return Some(PathBuf::from(told));
    }
    let mut debian: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))
        })
        .filter(|(_, bin)| bin.join("initdb").exists())
        .collect();
    debian.sort();
    let on_path = || on_path("initdb").and_then(|program| Some(program.parent()?.to_owned()));
    debian.pop().map(|(_, bin)| bin).or_else(on_path)
}
