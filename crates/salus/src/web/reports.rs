//! What browsers tell of things that the content policy made them refuse (ASVS V3.4.7): a fault of ours, or somebody's try to slip
//! something in. A line in the log says what was refused and from where; never on which page, because addresses have ids.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    body::Bytes,
    http::{HeaderMap, StatusCode, Uri, header},
};
use serde_json::Value;

/// Where they are sent.
pub const PATH: &str = "/csp-report";
/// The most that one may weigh.
pub const LARGEST: usize = 16 * 1024;
/// How many lines an hour may have. Anybody may send them, and nobody fills the disk.
const MOST: u32 = 60;
const HOUR: Duration = Duration::from_secs(60 * 60);

/// How many came within this hour.
pub struct Reports(Mutex<(Instant, u32)>);

impl Default for Reports {
    fn default() -> Self {
        Self(Mutex::new((Instant::now(), 0)))
    }
}

impl Reports {
    /// Takes one, or as many as a browser sends together.
    pub fn take(&self, headers: &HeaderMap, body: &Bytes) -> StatusCode {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !["application/csp-report", "application/reports+json"].contains(&kind.split(';').next().unwrap_or_default())
        {
            return StatusCode::UNSUPPORTED_MEDIA_TYPE;
        }
        let Ok(report) = serde_json::from_slice::<Value>(body) else { return StatusCode::BAD_REQUEST };
        for refused in refused(&report) {
            if !self.counts() {
                return StatusCode::TOO_MANY_REQUESTS;
            }
            tracing::warn!(
                directive = refused.directive,
                blocked = refused.blocked,
                "A browser refused something on a page"
            );
        }
        StatusCode::NO_CONTENT
    }

    fn counts(&self) -> bool {
        let mut count = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if count.0.elapsed() > HOUR {
            *count = (Instant::now(), 0);
        }
        count.1 = count.1.saturating_add(1);
        count.1 <= MOST
    }
}

/// What a browser refused.
#[derive(Debug, PartialEq, Eq)]
struct Refused {
    /// The part of the policy.
    directive: String,
    /// `inline`, `eval` and the like, or the origin that it would have come from.
    blocked: String,
}

/// Both ways of telling: an object with `csp-report` (Content Security Policy Level 2), and a list (Reporting API).
fn refused(report: &Value) -> Vec<Refused> {
    let text = |body: &Value, names: [&str; 2]| {
        names.iter().find_map(|name| body.get(name)?.as_str()).unwrap_or_default().to_owned()
    };
    let one = |body: &Value| Refused {
        directive: word(text(body, ["effective-directive", "effectiveDirective"])),
        blocked: source(&text(body, ["blocked-uri", "blockedURL"])),
    };
    match report {
        Value::Object(report) => report.get("csp-report").map(one).into_iter().collect(),
        Value::Array(reports) => reports
            .iter()
            .filter(|report| report.get("type").and_then(Value::as_str) == Some("csp-violation"))
            .filter_map(|report| report.get("body"))
            .map(one)
            .take(10)
            .collect(),
        _ => Vec::new(),
    }
}

/// A word as policies have them; anything else is not repeated.
fn word(text: String) -> String {
    let plain =
        !text.is_empty() && text.len() <= 40 && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    if plain { text } else { "?".to_owned() }
}

/// An address without what may be somebody's.
fn source(blocked: &str) -> String {
    match blocked.parse::<Uri>().ok().as_ref().and_then(|uri| Some((uri.scheme_str()?, uri.host()?))) {
        Some((scheme, host)) if host.len() <= 100 => format!("{scheme}://{host}"),
        _ => word(blocked.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn take(reports: &Reports, kind: &str, body: &str) -> u16 {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, kind.parse().unwrap());
        reports.take(&headers, &Bytes::copy_from_slice(body.as_bytes())).as_u16()
    }

    #[test]
    fn a_report_says_what_was_refused_and_not_where() {
        let old = json!({ "csp-report": {
            "document-uri": "https://portal.example.org/p/0197/record", "effective-directive": "script-src-elem",
            "blocked-uri": "https://evil.example/steal.js?who=0197", "script-sample": "fetch(" } });
        let told = |directive: &str, blocked: &str| Refused { directive: directive.into(), blocked: blocked.into() };
        assert_eq!(refused(&old), [told("script-src-elem", "https://evil.example")]);
        let new = json!([
            { "type": "csp-violation", "body": { "effectiveDirective": "style-src-attr", "blockedURL": "inline" } },
            { "type": "deprecation", "body": {} },
            { "type": "csp-violation", "body": { "effectiveDirective": "x\ny=1 <b>", "blockedURL": "data" } },
            { "type": "csp-violation" },
        ]);
        assert_eq!(refused(&new), [told("style-src-attr", "inline"), told("?", "data")]);
        assert_eq!(refused(&json!("nothing")), []);
    }

    #[test]
    fn anybody_may_send_them_and_nobody_fills_the_disk() {
        let reports = Reports::default();
        let one = r#"{ "csp-report": { "effective-directive": "img-src", "blocked-uri": "https://evil.example/x" } }"#;
        assert_eq!(take(&reports, "text/plain", one), 415);
        assert_eq!(take(&reports, "application/csp-report", "{"), 400);
        for _ in 0..MOST {
            assert_eq!(take(&reports, "application/csp-report", one), 204);
        }
        assert_eq!(take(&reports, "application/csp-report", one), 429);
    }
}
