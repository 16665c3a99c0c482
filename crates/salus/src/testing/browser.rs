//! A browser for tests: cookies, and forms that are sent with the token of the page last seen.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use http_body_util::BodyExt;
use tower::ServiceExt;

/// One browser: its cookies, and the form token of the page it saw last.
pub struct Browser {
    router: Router,
    state: Mutex<State>,
}

#[derive(Default, Clone)]
struct State {
    cookies: BTreeMap<String, String>,
    csrf: String,
}

/// What came back.
#[derive(Debug)]
pub struct Page {
    /// The address asked for.
    pub url: String,
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: String,
    /// The same, as it was sent.
    pub bytes: Vec<u8>,
}

impl Browser {
    pub fn new(router: Router) -> Self {
        Self { router, state: Mutex::default() }
    }

    fn state(&self) -> State {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A copy with the same cookies: a second tab, or a thief.
    pub fn copy(&self) -> Self {
        Self { router: self.router.clone(), state: Mutex::new(self.state()) }
    }

    /// One cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.state().cookies.get(name).cloned()
    }

    /// Sets a cookie, as a thief would.
    pub fn set_cookie(&self, name: &str, value: &str) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).cookies.insert(name.to_owned(), value.to_owned());
    }

    /// Loses a cookie, as when a session is closed.
    pub fn forget_cookie(&self, name: &str) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).cookies.remove(name);
    }

    /// The form token of the page last seen.
    pub fn csrf(&self) -> String {
        self.state().csrf
    }

    /// Asks for a page. Redirects are not followed: tests look at them.
    pub async fn get(&self, url: &str) -> Page {
        self.send(Method::GET, url, &[], None).await
    }

    /// Sends a form with the token of the page last seen.
    pub async fn post(&self, url: &str, fields: &[(&str, &str)]) -> Page {
        let csrf = self.csrf();
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        self.post_raw(url, &all, &[]).await
    }

    /// Sends exactly these fields and headers.
    pub async fn post_raw(&self, url: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Page {
        let body = serde_urlencoded::to_string(fields).expect("a form");
        self.send(Method::POST, url, headers, Some(body)).await
    }

    /// Sends a file with the token of the page last seen.
    pub async fn post_file(&self, url: &str, file: &[u8]) -> Page {
        self.post_file_with(url, &self.csrf(), file, &[]).await
    }

    /// Sends a file with this token and these headers.
    pub async fn post_file_with(&self, url: &str, csrf: &str, file: &[u8], headers: &[(&str, &str)]) -> Page {
        let head = format!(
            "--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n--b\r\n\
             Content-Disposition: form-data; name=\"file\"; filename=\"../a.php\"\r\nContent-Type: text/html\r\n\r\n"
        );
        let body = [head.as_bytes(), file, b"\r\n--b--\r\n"].concat();
        self.send_as(Method::POST, url, headers, Some(("multipart/form-data; boundary=b", body))).await
    }

    /// Sends a request as it is.
    pub async fn send(&self, method: Method, url: &str, headers: &[(&str, &str)], form: Option<String>) -> Page {
        let form = form.map(|form| ("application/x-www-form-urlencoded", form.into_bytes()));
        self.send_as(method, url, headers, form).await
    }

    async fn send_as(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: Option<(&str, Vec<u8>)>,
    ) -> Page {
        let state = self.state();
        let cookies: Vec<String> = state.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::builder().method(method).uri(url);
        if headers.iter().all(|(name, _)| *name != "host") {
            request = request.header(header::HOST, "portal.example.org");
        }
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match body {
            Some((kind, body)) => {
                request = request.header(header::CONTENT_TYPE, kind);
                Body::from(body)
            }
            None => Body::empty(),
        };
        let response = self.router.clone().oneshot(request.body(body).expect("a request")).await.expect("a response");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        let page = Page {
            url: url.to_owned(),
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
            bytes: bytes.to_vec(),
        };
        self.remember(&page);
        page
    }

    fn remember(&self, page: &Page) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for value in page.headers.get_all(header::SET_COOKIE) {
            let text = value.to_str().expect("a cookie");
            let (pair, attributes) = text.split_once(';').unwrap_or((text, ""));
            let (name, value) = pair.split_once('=').expect("a cookie");
            assert!(name.starts_with("__Host-"), "{name} is not bound to this host");
            // ASVS V3.3.5.
            assert!(pair.len() <= 4096, "{name} is longer than browsers keep");
            for needed in ["Secure", "HttpOnly", "Path=/", "SameSite=Lax"] {
                assert!(attributes.contains(needed), "{name} lacks {needed}");
            }
            if attributes.contains("Max-Age=0") || value.is_empty() {
                state.cookies.remove(name);
            } else {
                state.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        if let Some(csrf) = page.body.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()) {
            state.csrf = csrf.to_owned();
        }
    }
}

impl Page {
    /// A page that was shown.
    #[track_caller]
    pub fn is_ok(&self) -> &Self {
        assert_eq!(self.status, StatusCode::OK, "{} is not shown:\n{}", self.url, self.text());
        self
    }
    /// Absent, or not for you.
    #[track_caller]
    pub fn is_not_found(&self) -> &Self {
        assert_eq!(self.status, StatusCode::NOT_FOUND, "{} is there:\n{}", self.url, self.text());
        self
    }
    /// This status.
    #[track_caller]
    pub fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{} is not {status}:\n{}", self.url, self.text());
        self
    }
    /// A redirect whose path (without `?next=`) is this one.
    #[track_caller]
    pub fn goes_to(&self, path: &str) -> &Self {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{} does not lead to {path}:\n{}", self.url, self.text());
        let led = self.location().split('?').next().unwrap_or_default();
        assert_eq!(led, path, "{} leads to {}, not to {path}", self.url, self.location());
        self
    }
    /// Where a redirect leads.
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
    /// Shows this text.
    #[track_caller]
    pub fn shows(&self, text: &str) -> &Self {
        assert!(self.text().contains(text), "no “{text}” on {}:\n{}", self.url, self.text());
        self
    }
    /// Has this text somewhere, in a field too.
    #[track_caller]
    pub fn holds(&self, text: &str) -> &Self {
        assert!(self.body.contains(text), "no “{text}” on {}:\n{}", self.url, self.body);
        self
    }
    /// Does not have this text anywhere, markup and headers included.
    #[track_caller]
    pub fn hides(&self, text: &str) -> &Self {
        assert!(!self.body.contains(text) && !format!("{:?}", self.headers).contains(text), "“{text}” on {}", self.url);
        self
    }
    /// The page as text: markup gone, spaces joined.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(self.body.len());
        let mut inside = false;
        for c in self.body.chars() {
            match c {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    text.push(' ');
                }
                c if !inside => text.push(c),
                _ => {}
            }
        }
        let text = text
            .replace("&#x27;", "'")
            .replace("&#39;", "'")
            .replace("&amp;", "&")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&#34;", "\"")
            .replace(['\u{2068}', '\u{2069}'], "");
        text.split_whitespace().collect::<Vec<_>>().join(" ").replace('\u{a0}', " ")
    }
}
