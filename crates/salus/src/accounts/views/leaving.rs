//! What the pages after a session receive.

use askama::Template;

use crate::shell::urls;
use crate::shell::view::{Layout, View};
use crate::shell::words::{self, filters};

/// Before somebody goes on to another service, and comes back.
#[derive(Clone, Template)]
#[template(path = "accounts/templates/go_on.html")]
pub struct GoOn {
    /// What it is called.
    pub provider: String,
    /// Where it is.
    pub address: String,
}

impl View for GoOn {
    fn title(&self) -> String {
        words::t1("accounts-go-on-title", "provider", self.provider.clone())
    }

    fn layout(&self) -> Layout {
        Layout::Gate
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let of =
            |name: &str| Self { provider: name.to_owned(), address: "https://login.example.org/authorize".to_owned() };
        vec![
            ("normal", of("Okta")),
            ("long-names", of("Riverside Health Network single sign-on for everybody who works here")),
        ]
    }
}

/// After signing out.
#[derive(Clone, Template)]
#[template(path = "accounts/templates/signed_out.html")]
pub struct SignedOut {
    /// Whether every session was ended.
    pub everywhere: bool,
}

impl View for SignedOut {
    fn title(&self) -> String {
        words::t("accounts-signed-out-title")
    }

    fn layout(&self) -> Layout {
        Layout::Gate
    }

    fn samples() -> Vec<(&'static str, Self)> {
        vec![("normal", Self { everywhere: false }), ("everywhere", Self { everywhere: true })]
    }
}

/// The session ended by itself.
#[derive(Clone, Template)]
#[template(path = "accounts/templates/session_ended.html")]
pub struct SessionEnded {
    /// Minutes without use after which it ended.
    pub minutes: u64,
    /// Whether typed text was kept and comes back after sign-in.
    pub text_kept: bool,
    /// Where to go after sign-in: a path of ours, or empty.
    pub next: String,
}

impl SessionEnded {
    fn sign_in(&self) -> String {
        if self.next.is_empty() { urls::SIGN_IN.to_owned() } else { urls::sign_in_then(&self.next) }
    }
}

impl View for SessionEnded {
    fn title(&self) -> String {
        words::t("accounts-ended-title")
    }

    fn layout(&self) -> Layout {
        Layout::Gate
    }

    fn samples() -> Vec<(&'static str, Self)> {
        vec![
            ("normal", Self { minutes: 30, text_kept: false, next: "/home".to_owned() }),
            ("text-kept", Self { minutes: 15, text_kept: true, next: "/clinic/look".to_owned() }),
        ]
    }
}
