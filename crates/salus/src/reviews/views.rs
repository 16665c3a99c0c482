//! What the pages of the weekly review receive.

use askama::Template;

use super::{model::Verdict, signs::Sign};
use crate::shell::{
    urls,
    view::{
        Choice, Fact, Field, Place, Problem, SAMPLE_LONG_NAME, SAMPLE_PATIENT, SAMPLE_RTL_NAME, Tag, Tone, View,
        problems,
    },
    words::{self, filters},
};

/// A week in the list.
#[derive(Clone)]
pub struct WeekLine {
    /// Its id.
    pub id: String,
    /// Its days.
    pub title: String,
    /// How it stands.
    pub tag: Tag,
    /// What waits in it, and who signed it off.
    pub notes: Vec<String>,
}

/// All weeks.
#[derive(Clone, Template)]
#[template(path = "reviews/templates/weeks.html")]
pub struct Weeks {
    /// The newest first.
    pub weeks: Vec<WeekLine>,
    /// That the ledger was not gone through for long, in words.
    pub behind: Option<String>,
    /// There are older ones.
    pub more: bool,
}

/// How a week stands.
pub fn tag(signed: bool, over: bool, late: bool) -> Tag {
    match (signed, over, late) {
        (true, ..) => Tag::new(words::t("reviews-tag-signed"), Tone::Good),
        (_, false, _) => Tag::new(words::t("reviews-tag-going-on"), Tone::Plain),
        (.., true) => Tag::new(words::t("reviews-tag-late"), Tone::Bad),
        _ => Tag::new(words::t("reviews-tag-waiting"), Tone::Caution),
    }
}

impl View for Weeks {
    fn title(&self) -> String {
        words::t("reviews-title")
    }
    fn place(&self) -> Place {
        Place::Audit
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let week = |title: &str, tag: Tag, notes: &[String]| WeekLine {
            id: "0192f3a0-0000-7000-8000-0000000000e1".to_owned(),
            title: title.to_owned(),
            tag,
            notes: notes.to_vec(),
        };
        let open = |count: u64| words::t1("reviews-open", "count", count);
        let signed = |name: &str| {
            let when = "Monday, November\u{a0}23, 2026, 9:04\u{a0}am Central\u{a0}Time";
            words::t_with("reviews-signed", [("name", name.into()), ("when", when.into())])
        };
        let normal = Self {
            weeks: vec![
                week("November 30 to December 6, 2026", tag(false, false, false), &[open(1)]),
                week("November 23 to 29, 2026", tag(false, true, false), &[open(2)]),
                week("November 16 to 22, 2026", tag(false, true, true), &[open(0)]),
                week(
                    "November 9 to 15, 2026",
                    tag(true, true, false),
                    &[words::t1("reviews-followed-up", "count", 1_u64), signed("Omar Haddad")],
                ),
            ],
            behind: None,
            more: false,
        };
        let behind = Self {
            behind: Some(words::t1("reviews-behind", "until", "Thursday, November\u{a0}26, 2026")),
            ..normal.clone()
        };
        let long = Self {
            weeks: vec![week(
                "November 9 to 15, 2026",
                tag(true, true, false),
                &[signed(SAMPLE_LONG_NAME), signed(SAMPLE_RTL_NAME)],
            )],
            ..normal.clone()
        };
        let many = Self {
            weeks: vec![normal.weeks.last().cloned(); 50].into_iter().flatten().collect(),
            more: true,
            ..normal.clone()
        };
        let empty = Self { weeks: Vec::new(), ..normal.clone() };
        vec![("normal", normal), ("behind", behind), ("empty", empty), ("long-names", long), ("50-rows", many)]
    }
}

/// A look that stood out.
#[derive(Clone)]
pub struct FindingLine {
    /// Its id.
    pub id: String,
    /// Who looked.
    pub name: String,
    /// What they work as.
    pub role: String,
    /// Whose record, by the end of its number, or how many records.
    pub whose: String,
    /// When, and how often.
    pub when: String,
    /// What connects the two.
    pub signs: Vec<String>,
    /// What was said of it, by whom and when.
    pub said: Option<String>,
    /// It was not right, and may have to be told.
    pub breach: bool,
    /// What can be said: word and words. Nothing where the reader may not.
    pub choices: Vec<(&'static str, String)>,
    /// It was the reader.
    pub own: bool,
    /// For the audit search: account, patient, day.
    pub account: String,
    /// Whose record, for the same.
    pub patient: String,
    /// The day, for the same.
    pub day: String,
}

/// What keeps a week from being signed off.
#[derive(Clone, PartialEq, Eq)]
pub enum SignOff {
    /// Nothing.
    Ready,
    /// Why not yet, in words.
    NotYet(String),
    /// By whom it was, and when.
    Done(String),
}

/// One week.
#[derive(Clone, Template)]
#[template(path = "reviews/templates/week.html")]
pub struct Week {
    /// Its id.
    pub id: String,
    /// Its days.
    pub title: String,
    /// How it stands.
    pub tag: Tag,
    /// What was counted.
    pub counts: Vec<Fact>,
    /// What waits for a word.
    pub waiting: Vec<FindingLine>,
    /// What was said already.
    pub judged: Vec<FindingLine>,
    /// That there are more, in words.
    pub more: Option<String>,
    /// Whether it can be signed off.
    pub sign_off: SignOff,
}

/// What the privacy officer can say.
pub fn choices() -> Vec<(&'static str, String)> {
    Verdict::ALL.iter().map(|verdict| (verdict.word(), words::t(&format!("reviews-say-{}", verdict.word())))).collect()
}

/// What connects two people, in words.
pub fn sign_in_words(sign: Sign) -> String {
    words::t(&format!("reviews-sign-{}", sign.word()))
}

impl View for Week {
    fn title(&self) -> String {
        self.title.clone()
    }
    fn place(&self) -> Place {
        Place::Audit
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let day = "Tuesday, November\u{a0}24, 2026, 3:12\u{a0}pm Central\u{a0}Time";
        let line = |name: &str, signs: &[Sign]| FindingLine {
            id: "0192f3a0-0000-7000-8000-0000000000e1".to_owned(),
            name: name.to_owned(),
            role: "Front desk".to_owned(),
            whose: words::t1("reviews-record", "number", "…1e0a4b77"),
            when: words::t1("reviews-when-one", "when", day),
            signs: signs.iter().map(|sign| sign_in_words(*sign)).collect(),
            said: None,
            breach: false,
            choices: choices(),
            own: false,
            account: "0192f3a0-0000-7000-8000-0000000000a1".to_owned(),
            patient: SAMPLE_PATIENT.to_owned(),
            day: "2026-11-24".to_owned(),
        };
        let said = |verdict: Verdict| {
            let given = [("name", "Omar Haddad".into()), ("when", day.into())];
            words::t_with(&format!("reviews-said-{}", verdict.word()), given)
        };
        let judged = |verdict: Verdict, left: bool| FindingLine {
            said: Some(said(verdict)),
            breach: verdict == Verdict::NotRight,
            choices: if left { choices() } else { Vec::new() },
            ..line("Dana Whitfield", &[Sign::Surname])
        };
        let burst = FindingLine {
            whose: words::t1("reviews-many", "count", 23_u64),
            signs: vec![words::t("reviews-sign-many")],
            patient: String::new(),
            ..line("Bill Carver", &[])
        };
        let counts = [
            ("reviews-entries", "18,204"),
            ("reviews-looks", "2,310"),
            ("reviews-unexplained", "64"),
            ("reviews-refused", "3"),
            ("reviews-until", "Monday, November\u{a0}30, 2026, 12:00\u{a0}am Central\u{a0}Time"),
        ];
        let title = |first: &str, last: &str| {
            words::t_with("reviews-week-title", [("first", first.into()), ("last", last.into())])
        };
        let normal = Self {
            id: "0192f3a0-0000-7000-8000-0000000000f1".to_owned(),
            title: title("November 23", "29, 2026"),
            tag: tag(false, true, false),
            counts: counts.map(|(label, value)| Fact::new(words::t(label), value)).to_vec(),
            waiting: vec![
                line("Jamie Ruiz", &[Sign::Home, Sign::Surname]),
                line("Jamie Ruiz", &[Sign::Colleague]),
                burst,
            ],
            judged: vec![
                judged(Verdict::Reason, true),
                judged(Verdict::FollowUp, true),
                judged(Verdict::NotRight, true),
            ],
            more: None,
            sign_off: SignOff::NotYet(words::t("reviews-not-open")),
        };
        let ready = Self { waiting: Vec::new(), sign_off: SignOff::Ready, ..normal.clone() };
        let nothing = Self { judged: Vec::new(), ..ready.clone() };
        let signed = words::t_with("reviews-signed", [("name", "Omar Haddad".into()), ("when", day.into())]);
        let done = Self {
            tag: tag(true, true, false),
            judged: vec![
                judged(Verdict::Reason, false),
                judged(Verdict::FollowUp, true),
                judged(Verdict::NotRight, false),
            ],
            sign_off: SignOff::Done(signed),
            ..ready.clone()
        };
        let own = Self {
            tag: tag(false, true, true),
            waiting: vec![FindingLine { own: true, choices: Vec::new(), ..line("Omar Haddad", &[Sign::Neighbour]) }],
            sign_off: SignOff::NotYet(words::t("reviews-not-own")),
            ..nothing.clone()
        };
        let goes_on = Self {
            tag: tag(false, false, false),
            waiting: vec![line("Jamie Ruiz", &[Sign::ActsFor])],
            sign_off: SignOff::NotYet(words::t1("reviews-not-later", "day", "Monday, December\u{a0}7, 2026")),
            ..nothing.clone()
        };
        let long = Self {
            waiting: vec![line(SAMPLE_LONG_NAME, &Sign::ALL), line(SAMPLE_RTL_NAME, &Sign::ALL)],
            ..normal.clone()
        };
        let many = Self {
            waiting: vec![line("Jamie Ruiz", &[Sign::Surname]); 50],
            judged: vec![judged(Verdict::Mistake, true); 50],
            more: Some(words::t("reviews-more-findings")),
            ..normal.clone()
        };
        vec![
            ("normal", normal),
            ("ready", ready),
            ("nothing", nothing),
            ("signed", done),
            ("own", own),
            ("goes-on", goes_on),
            ("long-names", long),
            ("50-rows", many),
        ]
    }
}

/// A record that is watched.
#[derive(Clone)]
pub struct WatchedLine {
    /// The row's id.
    pub id: String,
    /// Whose it is, in words.
    pub whose: String,
    /// The end of its number.
    pub record: String,
    /// Since when, by whom.
    pub since: String,
    /// Until when it was watched, and who ended it.
    pub ended: Option<String>,
}

/// Which records are watched.
#[derive(Clone, Template)]
#[template(path = "reviews/templates/watched.html")]
pub struct Watched {
    /// The newest first.
    pub lines: Vec<WatchedLine>,
    /// What was watched until lately.
    pub before: Vec<WatchedLine>,
    /// Which record, as typed.
    pub number: Field,
    /// Whose it is.
    pub whose: Vec<Choice>,
    /// What is wrong with that.
    pub whose_problem: Option<String>,
}

impl Watched {
    fn problems(&self) -> Vec<Problem> {
        problems([("number", &self.number.problem), ("whose", &self.whose_problem)])
    }
}

impl View for Watched {
    fn title(&self) -> String {
        words::t("reviews-watched-title")
    }
    fn place(&self) -> Place {
        Place::Audit
    }
    fn has_problems(&self) -> bool {
        !self.problems().is_empty()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let line = |whose: String, by: &str| WatchedLine {
            id: "0192f3a0-0000-7000-8000-0000000000c1".to_owned(),
            whose,
            record: "…1e0a4b77".to_owned(),
            since: words::t_with(
                "reviews-watched-since",
                [("when", "November\u{a0}24, 2026".into()), ("name", by.into())],
            ),
            ended: None,
        };
        let until = [
            ("when", "Friday, November\u{a0}27, 2026, 9:04\u{a0}am Central\u{a0}Time".into()),
            ("name", "Omar Haddad".into()),
        ];
        let ended = Some(words::t_with("reviews-watched-until", until));
        let colleague = |name: &str| words::t1("reviews-watched-colleague", "name", name);
        let choice = |value: &str, text: &str, chosen| Choice::new(value, text, chosen);
        let whose = vec![
            choice("", &words::t("reviews-watched-choose"), true),
            choice("0192f3a0-0000-7000-8000-0000000000a1", "Jamie Ruiz", false),
            choice("other", &words::t("reviews-watched-other"), false),
        ];
        let normal = Self {
            lines: vec![
                line(colleague("Jamie Ruiz"), "Omar Haddad"),
                line(words::t("reviews-watched-known"), "Omar Haddad"),
            ],
            before: vec![WatchedLine { ended, ..line(colleague("Dana Whitfield"), "Omar Haddad") }],
            number: Field::empty(),
            whose,
            whose_problem: None,
        };
        let error = Self {
            number: Field::wrong("MRN-1", words::t("reviews-watched-problem-number")),
            whose_problem: Some(words::t("reviews-watched-problem-whose")),
            ..normal.clone()
        };
        let empty = Self { lines: Vec::new(), before: Vec::new(), ..normal.clone() };
        let long = Self {
            lines: vec![
                line(colleague(SAMPLE_LONG_NAME), SAMPLE_LONG_NAME),
                line(colleague(SAMPLE_RTL_NAME), SAMPLE_RTL_NAME),
            ],
            ..normal.clone()
        };
        let many = Self { lines: vec![line(colleague("Jamie Ruiz"), "Omar Haddad"); 50], ..normal.clone() };
        vec![("normal", normal), ("error", error), ("empty", empty), ("long-names", long), ("50-rows", many)]
    }
}
