//! nginx with ModSecurity and the core rule set, as a clinic puts them in front: the very files of `packaging/nginx`, on other
//! ports and in another folder.

use std::{
    fs,
    net::TcpStream,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use super::{free_port, kept::Kept, on_path, workspace};

/// Where Debian keeps the module and the rules.
const MODULE: &str = "/usr/lib/nginx/modules/ngx_http_modsecurity_module.so";
const RULES: &str = "/usr/share/modsecurity-crs/rules/REQUEST-901-INITIALIZATION.conf";

/// A running nginx; ends with this.
pub struct Front {
    /// `http://localhost:PORT`.
    pub url: String,
    /// Where it listens.
    pub port: u16,
    /// Where it sends whoever comes without encryption to the address that has it.
    pub plain_port: u16,
    /// Everything that it writes is in here.
    pub folder: PathBuf,
    _nginx: Kept,
}

impl Front {
    /// Whether all of it is installed.
    pub fn is_here() -> bool {
        nginx().is_some() && Path::new(MODULE).exists() && Path::new(RULES).exists()
    }

    /// Stands before what listens on this port of 127.0.0.1, now or later.
    pub fn before(upstream: u16) -> Self {
        let folder = tempfile::Builder::new().prefix("salus-browser-front-").tempdir().expect("a folder").keep();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).expect("permissions");
        let (port, plain_port) = (free_port(), free_port());
        for name in ["logs", "salus"] {
            fs::create_dir(folder.join(name)).expect("a folder");
        }
        let files = fs::read_dir(workspace().join("packaging/nginx")).expect("packaging/nginx").flatten();
        for file in files {
            let text = moved(&fs::read_to_string(file.path()).expect("a file"), &folder);
            let place = match file.file_name().to_str() {
                Some("salus.conf") => (folder.join("site.conf"), on_ports(&text, port, plain_port, upstream)),
                _ => (folder.join("salus").join(file.file_name()), text),
            };
            fs::write(place.0, place.1).expect("a file");
        }
        fs::write(folder.join("nginx.conf"), main(&folder)).expect("a file");
        let binary = nginx().expect("nginx");
        let program = [
            text(&binary),
            "-p",
            text(&folder),
            "-c",
            &format!("{}/nginx.conf", folder.display()),
            "-e",
            &format!("{}/logs/start.log", folder.display()),
        ];
        let errors = folder.join("logs/errors.log");
        let nginx = Kept::start(&program, "TERM", Some(&folder), &errors);
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let said = || fs::read_to_string(folder.join("logs/start.log")).unwrap_or_default();
            assert!(began.elapsed() < Duration::from_secs(20), "nginx does not start: {}", said());
            super::pause(Duration::from_millis(50));
        }
        Self { url: format!("http://localhost:{port}"), port, plain_port, folder, _nginx: nginx }
    }

    /// The log of what nginx answered by itself.
    pub fn stopped(&self) -> String {
        fs::read_to_string(self.folder.join("logs/salus-stopped.log")).expect("a log")
    }
}

/// The files' own paths, in our folder.
fn moved(text: &str, folder: &Path) -> String {
    let folder = folder.display();
    text.replace("/etc/nginx/salus/", &format!("{folder}/salus/"))
        .replace("/var/log/nginx/", &format!("{folder}/logs/"))
        .replace("/run/nginx-salus-body", &format!("{folder}/body"))
        .replace("Dir /run\n", &format!("Dir {folder}\n"))
}

/// The site without TLS, which browsers trust on this machine by the name `localhost`, and on these ports.
fn on_ports(site: &str, port: u16, plain_port: u16, upstream: u16) -> String {
    let mut site: String = site.lines().filter(|line| !is_tls(line)).flat_map(|line| [line, "\n"]).collect();
    for (theirs, ours) in [
        ("listen 443 ssl http2", format!("listen 127.0.0.1:{port}")),
        ("listen 80 ", format!("listen 127.0.0.1:{plain_port} ")),
        ("portal.harbor.example", "localhost".to_owned()),
        ("http://127.0.0.1:8080;", format!("http://127.0.0.1:{upstream};")),
    ] {
        assert!(site.contains(theirs), "packaging/nginx/salus.conf has no {theirs}");
        site = site.replace(theirs, &ours);
    }
    site
}

fn is_tls(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("ssl_") || line.starts_with("listen [::]:")
}

/// What Debian's `nginx.conf` has and the site has to live with, such as a log of every request and compressed pages.
fn main(folder: &Path) -> String {
    let root = fs::metadata(folder).expect("our folder").uid() == 0;
    let user = if root { "user root;" } else { "" };
    let folder = folder.display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {folder}/{kind};\n"))
        .concat();
    format!(
        "{user}\ndaemon off;\npid {folder}/pid;\nerror_log {folder}/logs/error.log;\nload_module {MODULE};\n\
         worker_processes 2;\nevents {{ worker_connections 768; }}\nhttp {{\ninclude /etc/nginx/mime.types;\n\
         default_type application/octet-stream;\naccess_log {folder}/logs/access.log;\ngzip on;\n{temporary}\
         include {folder}/site.conf;\n}}\n"
    )
}

/// Debian's is where the path of somebody who is not root does not lead.
fn nginx() -> Option<PathBuf> {
    let debian = PathBuf::from("/usr/sbin/nginx");
    on_path("nginx").or_else(|| debian.exists().then_some(debian))
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}
