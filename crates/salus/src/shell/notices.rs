//! Pages that say one thing: an error, a notice, and what the phone's bar has no room for.

use askama::Template;
use salus_kernel::{Action, Relation};

use crate::access::{
    Feature, Features,
    policy::{self, Standing},
};

use super::{
    urls::{self, Section},
    view::{Layout, LinkGroup, LinkLine, Place, SAMPLE_PATIENT, View, sample_phone},
    words::{self, filters},
};

/// An error, in words that say the same for what is absent and what is forbidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// 400: we could not read the request.
    BadRequest,
    /// 403: a form from another place or too old.
    Forbidden,
    /// 404: absent, or not for this account.
    NotFound,
    /// 413: too large.
    TooLarge,
    /// 429: too many tries.
    TooMany,
    /// 500: our fault.
    Internal,
    /// 503: not now; nothing was shown or changed.
    Unavailable,
}

impl ErrorKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::BadRequest,
        Self::Forbidden,
        Self::NotFound,
        Self::TooLarge,
        Self::TooMany,
        Self::Internal,
        Self::Unavailable,
    ];

    /// The HTTP status.
    pub fn status(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::TooLarge => 413,
            Self::TooMany => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }

    fn heading(self) -> String {
        words::t(&format!("shell-error-{}-title", self.status()))
    }

    fn text(self) -> String {
        words::t(&format!("shell-error-{}-text", self.status()))
    }

    fn way_on(self) -> String {
        words::t(&format!("shell-error-{}-next", self.status()))
    }
}

/// The page for an error.
#[derive(Clone, Template)]
#[template(path = "shell/templates/error.html")]
pub struct ErrorPage {
    /// What went wrong.
    pub kind: ErrorKind,
    /// The request's reference number.
    pub reference: String,
    /// The clinic's telephone number.
    pub clinic_phone: String,
    /// When to try again, in words ("2 minutes"), for too many tries.
    pub retry_after: Option<String>,
    /// Where the button leads: home, or sign-in.
    pub way_back: LinkLine,
}

impl View for ErrorPage {
    fn title(&self) -> String {
        self.kind.heading()
    }

    fn layout(&self) -> Layout {
        Layout::Gate
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let names = ["400", "403", "404", "413", "429", "500", "503"];
        names
            .into_iter()
            .zip(ErrorKind::ALL)
            .map(|(name, kind)| {
                let page = Self {
                    kind,
                    reference: "8F3K-2M7Q".to_owned(),
                    clinic_phone: sample_phone(),
                    retry_after: (kind == ErrorKind::TooMany).then(|| "2 minutes".to_owned()),
                    way_back: LinkLine::new(words::t("shell-error-home"), urls::HOME, ""),
                };
                (name, page)
            })
            .collect()
    }
}

/// A page that only says something, with one way on.
#[derive(Clone, Template)]
#[template(path = "shell/templates/notice.html")]
pub struct Notice {
    /// The heading, also the tab's title: nothing about health.
    pub heading: String,
    /// What it says.
    pub paragraphs: Vec<String>,
    /// The way on.
    pub way_on: LinkLine,
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl View for Notice {
    fn title(&self) -> String {
        self.heading.clone()
    }

    fn layout(&self) -> Layout {
        Layout::Gate
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let normal = Self {
            heading: "Your link is no longer valid".to_owned(),
            paragraphs: vec![
                "Links in our letters work for 24 hours.".to_owned(),
                "Ask us for a new one, and we will send it right away.".to_owned(),
            ],
            way_on: LinkLine::new("Go to sign in", urls::SIGN_IN, ""),
            clinic_phone: sample_phone(),
        };
        vec![("normal", normal)]
    }
}

/// What the phone's bar has no room for.
#[derive(Clone, Template)]
#[template(path = "shell/templates/more.html")]
pub struct More {
    /// The links, grouped.
    pub groups: Vec<LinkGroup>,
}

impl More {
    /// Everything that somebody who stands so can open.
    pub fn for_patient(patient: &str, standing: Standing, features: &Features) -> Self {
        let may = |action: Action| policy::who_may(action).includes(standing);
        let section = |which: Section| {
            may(which.action()).then(|| {
                LinkLine::new(
                    words::t(&format!("record-section-{}", which.slug())),
                    urls::section(patient, which),
                    words::t(&format!("record-short-{}", which.slug())),
                )
            })
        };
        let line = |id: &str, url: String| LinkLine::new(words::t(id), url, words::t(&format!("{id}-note")));
        let part = |action: Action, id: &str, url: String| may(action).then(|| line(id, url));
        let record = [
            part(Action::ViewRecord, "shell-more-all", urls::record(patient)),
            section(Section::Medicines),
            section(Section::Documents),
            section(Section::Observations),
            section(Section::Encounters),
            section(Section::CareTeam),
            section(Section::Coverage),
        ];
        let you = [
            part(Action::ViewProfile, "shell-more-profile", urls::profile(patient)),
            part(Action::ViewAccessLog, "shell-more-access-log", urls::access_log(patient)),
            part(Action::ViewCaregivers, "shell-more-caregivers", urls::caregivers(patient)),
            Some(line("shell-more-acting-for", urls::ACTING_FOR.to_owned())),
            Some(line("shell-more-settings", urls::SETTINGS.to_owned())),
            Some(line("shell-more-sessions", urls::SESSIONS.to_owned())),
        ];
        let group = |id: &str, lines: Vec<LinkLine>| LinkGroup { heading: words::t(id), lines };
        let mut groups = vec![
            group("shell-more-record", record.into_iter().flatten().collect()),
            group("shell-more-you", you.into_iter().flatten().collect()),
        ];
        groups.retain(|group| !group.lines.is_empty());
        if features.on(Feature::Directory) {
            groups.push(LinkGroup {
                heading: words::t("shell-more-clinic"),
                lines: vec![line("shell-more-directory", urls::DIRECTORY.to_owned())],
            });
        }
        Self { groups }
    }
}

impl View for More {
    fn title(&self) -> String {
        words::t("shell-more-title")
    }

    fn place(&self) -> Place {
        Place::More
    }

    fn samples() -> Vec<(&'static str, Self)> {
        vec![("normal", Self::for_patient(SAMPLE_PATIENT, Relation::Myself.into(), &Features::default()))]
    }
}
