//! Requests as bytes, because a browser would not send most of these; and the two lists that lie beside.

use std::{
    fmt::Write as _,
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

/// What a browser says of itself; without it a request is suspect.
const BROWSER: &str = "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n";
const REST: &str = "Accept: text/html\r\nConnection: close\r\n";
const FORM: &str = "application/x-www-form-urlencoded";

/// An attack of the list.
pub struct Attack {
    /// Its heading.
    pub family: &'static str,
    /// Its line.
    pub line: &'static str,
    kind: &'static str,
    what: &'static str,
}

/// `attacks.txt`.
pub fn attacks() -> Vec<Attack> {
    let mut family = "";
    let mut all = Vec::new();
    for line in lines(include_str!("attacks.txt")) {
        if let Some(heading) = line.strip_prefix('[') {
            family = heading.trim_end_matches(']');
        } else {
            let (kind, what) = line.split_once("  ").unwrap_or_else(|| panic!("{line}: two spaces are missing"));
            all.push(Attack { family, line, kind, what: what.trim_start() });
        }
    }
    all
}

/// `ordinary.txt`.
pub fn ordinary() -> Vec<String> {
    lines(include_str!("ordinary.txt")).map(|line| line.replace("\\n", "\r\n")).collect()
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

impl Attack {
    /// Every byte of it, for who calls themselves this.
    pub fn bytes(&self, host: &str) -> Vec<u8> {
        let what = written_out(self.what, host);
        match self.kind {
            "query" => get(host, &format!("/sign-in?x={}", encoded(&what)), ""),
            "path" => get(host, &what, ""),
            "cookie" => get(host, "/sign-in", &format!("Cookie: seen={}\r\n", what.replace(';', "%3b"))),
            "header" => get(host, "/sign-in", &format!("{what}\r\n")),
            "field" => post(host, "/sign-in", &[("next", &what)]),
            "name" => post(host, "/sign-in", &[(&what, "1")]),
            "file" => file(host, "/acting-for/asked/x", &what, b"x"),
            "raw" => what.into_bytes(),
            other => panic!("{other} is no way to send an attack"),
        }
    }
}

/// `\r`, `{host}` and the like.
fn written_out(what: &str, host: &str) -> String {
    let mut text = what.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0").replace("{host}", host);
    while let Some((before, rest)) = text.split_once("{A*") {
        let (times, after) = rest.split_once('}').expect("{A*…}");
        text = format!("{before}{}{after}", "A".repeat(times.parse().expect("a number")));
    }
    let body = text.split_once("\r\n\r\n").map_or(0, |(_, body)| body.len());
    text.replace("{length}", &body.to_string())
}

/// A page.
pub fn get(host: &str, path: &str, headers: &str) -> Vec<u8> {
    let browser = if headers.starts_with("User-Agent:") { "" } else { BROWSER };
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{browser}{REST}{headers}\r\n").into_bytes()
}

/// A form.
pub fn post(host: &str, path: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let fields: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    sent(host, path, FORM, fields.join("&").as_bytes())
}

/// A form with a file of this name.
pub fn file(host: &str, path: &str, name: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!(
        "--5f1e\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: image/jpeg\r\n\r\n"
    );
    let body = [head.as_bytes(), bytes, b"\r\n--5f1e--\r\n"].concat();
    sent(host, path, "multipart/form-data; boundary=5f1e", &body)
}

/// A body of this kind.
pub fn sent(host: &str, path: &str, kind: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\n{BROWSER}{REST}Content-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut all, byte| {
        if byte.is_ascii_alphanumeric() {
            all.push(char::from(byte));
        } else {
            write!(all, "%{byte:02X}").expect("a string");
        }
        all
    })
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// None for a line that was cut.
    pub status: Option<u16>,
    /// Head and body.
    pub text: String,
}

impl Answer {
    /// Whether the portal wrote it: nginx's own pages have another policy, and its bare answers none.
    pub fn is_the_portals(&self) -> bool {
        self.text.contains("content-security-policy: default-src 'self'")
            || self.text.contains("Content-Security-Policy: default-src 'self'")
    }
}

/// Sends bytes to a port of this machine, and reads until the other side has nothing more to say.
pub fn send(port: u16, bytes: &[u8]) -> Answer {
    let mut line = TcpStream::connect(("127.0.0.1", port)).expect("somebody who listens");
    line.set_read_timeout(Some(Duration::from_secs(30))).expect("a time limit");
    // Whoever refuses what is too large does not read it to its end.
    let _ = line.write_all(bytes);
    let mut all = Vec::new();
    let _ = line.read_to_end(&mut all);
    let text = String::from_utf8_lossy(&all).into_owned();
    let status = text.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok());
    Answer { status, text }
}
