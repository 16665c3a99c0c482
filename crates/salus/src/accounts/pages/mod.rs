//! The pages of signing in and of one's own account.

pub mod enroll;
pub mod factors;
pub mod forgotten;
pub mod own;
pub mod sheet;
pub mod sign_in;
pub mod still_you;

use crate::{
    access::{Stage, Token},
    shell::urls,
};
use axum::{
    http::{HeaderValue, header},
    response::Response,
};

/// Hands the browser its session.
pub fn with_session(mut response: Response, token: &Token) -> Response {
    set_cookie(&mut response, &token.cookie());
    response
}

pub fn set_cookie(response: &mut Response, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// A path of ours to go on to; everything else leads home (ASVS V1.3.6: no open redirect).
pub fn safe_next(next: &str) -> &str {
    let ours = next.starts_with('/')
        && !next.starts_with("//")
        && !next.starts_with(urls::LEAVE)
        && next.len() < 500
        && next.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\\"<>".contains(&byte));
    if ours { next } else { urls::HOME }
}

/// The page that asks for what is missing at this stage.
pub fn after_password(stage: Stage, next: &str) -> String {
    let page = match stage {
        Stage::Enrolling => urls::ENROLL,
        Stage::Password | Stage::Full => urls::SIGN_IN_CODE,
    };
    urls::with_next(page, safe_next(next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_ours_are_gone_on_to() {
        for ours in ["/home", "/p/0192/record?page=2", "/kept/0192"] {
            assert_eq!(safe_next(ours), ours);
        }
        for foreign in [
            "",
            "home",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "/x\n",
            "/ü",
            "javascript:alert(1)",
            "/leave",
        ] {
            assert_eq!(safe_next(foreign), urls::HOME, "{foreign}");
        }
    }
}
