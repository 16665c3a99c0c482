//! What every page is made of: the [`View`] trait, the frame [`Base`] around each fragment, and the small shared parts.
//!
//! A view is a plain struct of owned text that was already opened. A handler fills it, [`render`] makes the fragment,
//! the shell puts the fragment into one [`Base`]. Views have no `Debug`: what they hold must not end up in a log.

use std::any::Any;

use askama::Template;
use salus_kernel::{Action, Relation};

use super::urls::{self, Section};
use super::words::{self, filters};

use crate::access::{
    Duties, Feature, Features,
    policy::{self, Standing},
};

pub use super::notices::{ErrorKind, ErrorPage, More, Notice};

/// A page's main part.
pub trait View: Template {
    /// What the browser's tab says, without the clinic's name. Never anything about health.
    fn title(&self) -> String;

    /// Which entry of the navigation is the current one.
    fn place(&self) -> Place {
        Place::Elsewhere
    }

    /// Whether the page shows a form again with problems; the title then says "Error:".
    fn has_problems(&self) -> bool {
        false
    }

    /// The shape of the frame around it.
    fn layout(&self) -> Layout {
        Layout::Page
    }

    /// Every state worth looking at, by name: for the gallery, the render test and the accessibility check.
    fn samples() -> Vec<(&'static str, Self)>
    where
        Self: Sized;
}

/// The fragment of a view. `csrf` goes into each of its forms; pass an empty text for pages without a session.
pub fn render(view: &impl View, csrf: &str) -> askama::Result<String> {
    let token = csrf.to_owned();
    let token: &dyn Any = &token;
    view.render_with_values(&("csrf", token))
}

/// The whole page: the fragment in its frame.
pub fn page(base: &Base) -> askama::Result<String> {
    let token: &dyn Any = &base.csrf;
    base.render_with_values(&("csrf", token))
}

/// The shape of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Header, navigation, content, footer.
    Page,
    /// One narrow card without navigation: sign-in and errors.
    Gate,
}

/// Where in the navigation a page belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Home of a patient or of staff.
    Home,
    /// Visits.
    Visits,
    /// Messages.
    Messages,
    /// Results.
    Results,
    /// Medicines.
    Medicines,
    /// The other parts of the record.
    Record,
    /// Who opened my record.
    AccessLog,
    /// The rest, on the phone.
    More,
    /// Staff: the day's visits.
    Today,
    /// Staff: patient search and charts.
    Patients,
    /// Front desk: who registered.
    Registrations,
    /// Staff: people and places.
    Directory,
    /// Administrator: staff accounts.
    Staff,
    /// Administrator: the clinic's look.
    Clinic,
    /// Administrator: jobs in the background.
    Jobs,
    /// Privacy officer: audit search.
    Audit,
    /// Not in the navigation.
    Elsewhere,
}

/// The navigation of a page.
#[derive(Clone, Default)]
pub struct Nav {
    /// Its entries, in order; none for a page without navigation.
    pub items: Vec<NavItem>,
    /// Whether it becomes a bar at the bottom on a phone.
    pub bottom_bar: bool,
}

/// One entry of the navigation.
#[derive(Clone)]
pub struct NavItem {
    /// Its words.
    pub label: String,
    /// Where it leads.
    pub url: String,
    /// Its icon in the sprite.
    pub icon: &'static str,
    /// Whether it is the current page's place.
    pub current: bool,
    /// Whether only wide screens show it.
    pub wide_only: bool,
    /// Whether only phones show it.
    pub narrow_only: bool,
}

impl NavItem {
    fn new(id: &str, url: String, icon: &'static str, current: bool) -> Self {
        Self { label: words::t(id), url, icon, current, wide_only: false, narrow_only: false }
    }
}

impl Nav {
    /// No navigation: sign-in, errors without a session.
    pub fn none() -> Self {
        Self::default()
    }

    /// A patient's pages, for the patient and for whoever acts for them; `patient` is the id in the address.
    pub fn patient(patient: &str, standing: Standing, place: Place, features: &Features) -> Self {
        let home = match standing.relation {
            Relation::Caregiver => urls::patient_home(patient),
            _ => urls::HOME.to_owned(),
        };
        let results = urls::section(patient, Section::Results);
        let medicines = urls::section(patient, Section::Medicines);
        let all = [
            (Action::ViewHome, "home", home, "home", Place::Home, false),
            (Action::ViewVisits, "visits", urls::visits(patient), "calendar", Place::Visits, false),
            (Action::ViewMessages, "messages", urls::messages(patient), "message", Place::Messages, false),
            (Action::ViewResults, "results", results, "flask", Place::Results, false),
            (Action::ViewMedicines, "medicines", medicines, "pill", Place::Medicines, true),
            (Action::ViewRecord, "record", urls::record(patient), "document", Place::Record, true),
            (Action::ViewAccessLog, "access-log", urls::access_log(patient), "eye", Place::AccessLog, true),
            (Action::ViewHome, "more", urls::more(patient), "menu", Place::More, false),
        ];
        let wanted = |action: Action| action != Action::ViewMessages || features.on(Feature::Messages);
        let may = |action: Action| wanted(action) && policy::who_may(action).includes(standing);
        let item = |(_, word, url, icon, at, wide_only)| NavItem {
            wide_only,
            ..NavItem::new(&format!("shell-nav-{word}"), url, icon, place == at)
        };
        Self { items: all.into_iter().filter(|(action, ..)| may(*action)).map(item).collect(), bottom_bar: true }
    }

    /// An account that is not linked to a patient yet.
    pub fn unlinked(place: Place, features: &Features) -> Self {
        let home = NavItem::new("shell-nav-home", urls::HOME.to_owned(), "home", place == Place::Home);
        Self { items: [home].into_iter().chain(directory(place, features)).collect(), bottom_bar: false }
    }

    /// The staff's pages, as far as they do what is done there.
    pub fn staff(all: &[Duties], place: Place, features: &Features) -> Self {
        let may = |action: Action| all.iter().any(|duties| duties.may(action));
        let mut items = vec![NavItem::new("shell-nav-home", urls::STAFF.to_owned(), "home", place == Place::Home)];
        if may(Action::ViewDay) {
            items.push(NavItem::new("shell-nav-today", urls::DAY.to_owned(), "calendar", place == Place::Today));
        }
        if may(Action::FindPatients) {
            items.push(NavItem::new(
                "shell-nav-patients",
                urls::STAFF_PATIENTS.to_owned(),
                "search",
                matches!(place, Place::Patients | Place::Record | Place::Results | Place::Medicines),
            ));
        }
        if may(Action::ViewInbox) && features.on(Feature::Messages) {
            let current = place == Place::Messages;
            items.push(NavItem::new("shell-nav-messages", urls::INBOX.to_owned(), "message", current));
        }
        if may(Action::ViewRegistrations) {
            let current = place == Place::Registrations;
            items.push(NavItem::new("shell-nav-registrations", urls::REGISTRATIONS.to_owned(), "card", current));
        }
        items.extend(directory(place, features));
        if may(Action::ViewStaff) {
            items.push(NavItem::new("shell-nav-staff", urls::CLINIC_STAFF.to_owned(), "card", place == Place::Staff));
        }
        if may(Action::ViewClinic) {
            items.push(NavItem::new("shell-nav-clinic", urls::CLINIC.to_owned(), "steps", place == Place::Clinic));
        }
        if may(Action::ViewJobs) {
            items.push(NavItem::new("shell-nav-jobs", urls::JOBS.to_owned(), "list", place == Place::Jobs));
        }
        if may(Action::SearchAudit) {
            items.push(NavItem::new("shell-nav-audit", urls::AUDIT.to_owned(), "shield", place == Place::Audit));
        }
        Self { items, bottom_bar: false }
    }
}

/// The entry of people and places, where the clinic wants that page.
fn directory(place: Place, features: &Features) -> Option<NavItem> {
    let item = || NavItem::new("shell-nav-directory", urls::DIRECTORY.to_owned(), "people", place == Place::Directory);
    features.on(Feature::Directory).then(item)
}

/// The clinic as every page shows it.
#[derive(Clone)]
pub struct Clinic {
    /// Its name.
    pub name: String,
    /// Its telephone number, as people write it.
    pub phone: String,
    /// Its logo, when it has one of its own.
    pub logo_url: Option<String>,
    /// Whether it has colours of its own, served from `/theme.css`.
    pub own_colours: bool,
}

/// Who is signed in.
#[derive(Clone)]
pub struct SignedInAs {
    /// Their name.
    pub name: String,
    /// One or two letters for the round picture.
    pub initials: String,
    /// Seconds until the session ends by itself, by the server's clock.
    pub seconds_left: u64,
    /// Whether pages offer to leave at once: to patients, who may share a home with somebody they fear.
    pub leaves: bool,
}

/// The typeface that a reader chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReadingFont {
    /// Source Sans 3.
    #[default]
    Standard,
    /// Atkinson Hyperlegible Next.
    Atkinson,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColourScheme {
    /// As the device says.
    #[default]
    Device,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// A short message about what just happened, shown once.
#[derive(Clone)]
pub struct Flash {
    /// What kind of message.
    pub tone: Tone,
    /// The message.
    pub text: String,
}

/// The frame around every page.
#[derive(Clone, Template)]
#[template(path = "shell/templates/base.html")]
pub struct Base {
    /// The view's title.
    pub title: String,
    /// Whether the view shows problems.
    pub has_problems: bool,
    /// The view's fragment, rendered and safe.
    pub fragment: String,
    /// The view's shape.
    pub layout: Layout,
    /// The navigation.
    pub nav: Nav,
    /// What the reader calls the patient for whom they act.
    pub acting_for: Option<String>,
    /// The clinic.
    pub clinic: Clinic,
    /// Who is signed in, if anyone.
    pub signed_in: Option<SignedInAs>,
    /// The token for forms.
    pub csrf: String,
    /// A message about what just happened.
    pub flash: Option<Flash>,
    /// The request's reference number.
    pub reference: String,
    /// The reader's typeface.
    pub font: ReadingFont,
    /// The reader's colours.
    pub scheme: ColourScheme,
}

impl Base {
    /// The frame for this view and its fragment; the caller fills in who, where and what just happened.
    pub fn around(view: &impl View, fragment: String, clinic: Clinic) -> Self {
        Self {
            title: view.title(),
            has_problems: view.has_problems(),
            fragment,
            layout: view.layout(),
            nav: Nav::none(),
            acting_for: None,
            clinic,
            signed_in: None,
            csrf: String::new(),
            flash: None,
            reference: String::new(),
            font: ReadingFont::default(),
            scheme: ColourScheme::default(),
        }
    }

    fn session_remaining(&self) -> &'static str {
        urls::SESSION_REMAINING
    }

    fn session_extend(&self) -> &'static str {
        urls::SESSION_EXTEND
    }
}

/// One or two letters for the round picture: first and last word of a name, without "Dr.", "Jr." and the like.
pub fn initials(name: &str) -> String {
    let title = |word: &&str| word.ends_with('.') && word.chars().count() > 2;
    let words = name.split_whitespace().filter(|word| !title(word));
    let mut words = words.filter_map(|word| word.chars().find(|c| c.is_alphabetic()));
    let first = words.next();
    first.into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect()
}

/// How a tag or message is coloured; the words always say it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Nothing special.
    Plain,
    /// Good, done, usual.
    Good,
    /// Look at this.
    Caution,
    /// Bad, outside, refused.
    Bad,
}

impl Tone {
    /// The ending of its class name.
    pub fn class(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Good => "good",
            Self::Caution => "caution",
            Self::Bad => "bad",
        }
    }
}

/// A word or two in a coloured pill.
#[derive(Clone)]
pub struct Tag {
    /// The words.
    pub text: String,
    /// The colour.
    pub tone: Tone,
}

impl Tag {
    /// A tag.
    pub fn new(text: impl Into<String>, tone: Tone) -> Self {
        Self { text: text.into(), tone }
    }
}

/// A label and what it says. Line breaks in the value are kept.
#[derive(Clone)]
pub struct Fact {
    /// The label.
    pub label: String,
    /// The value.
    pub value: String,
}

impl Fact {
    /// A fact.
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into() }
    }
}

/// Somebody on a list of the front desk's who waits, or was answered.
#[derive(Clone)]
pub struct Waiting {
    /// Their page.
    pub url: String,
    /// Who.
    pub name: String,
    /// What tells them apart, or what they want.
    pub about: String,
    /// Since when, or when they were answered.
    pub since: String,
    /// Where it stands, in words.
    pub state: String,
    /// Whether it takes longer than was promised.
    pub late: bool,
}

/// A link with a line of small words under it.
#[derive(Clone)]
pub struct LinkLine {
    /// The link's words.
    pub text: String,
    /// Where it leads.
    pub url: String,
    /// The small words; empty for none.
    pub note: String,
    /// A tag at the end of the line.
    pub tag: Option<Tag>,
}

impl LinkLine {
    /// A link with a note.
    pub fn new(text: impl Into<String>, url: impl Into<String>, note: impl Into<String>) -> Self {
        Self { text: text.into(), url: url.into(), note: note.into(), tag: None }
    }

    /// The same with a tag.
    pub fn tagged(mut self, text: impl Into<String>, tone: Tone) -> Self {
        self.tag = Some(Tag::new(text, tone));
        self
    }
}

/// A group of links under a heading.
#[derive(Clone)]
pub struct LinkGroup {
    /// The heading.
    pub heading: String,
    /// The links.
    pub lines: Vec<LinkLine>,
}

/// A choice in a list of choices.
#[derive(Clone)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What people read.
    pub label: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl Choice {
    /// A choice.
    pub fn new(value: impl Into<String>, label: impl Into<String>, chosen: bool) -> Self {
        Self { value: value.into(), label: label.into(), chosen }
    }
}

/// "Showing 1 to 50 of 812", with links to the pages beside it.
#[derive(Clone)]
pub struct Pager {
    /// Number of the first row shown, from 1.
    pub first: u64,
    /// Number of the last row shown.
    pub last: u64,
    /// How many rows there are.
    pub total: u64,
    /// The page before, if any.
    pub previous: Option<String>,
    /// The page after, if any.
    pub next: Option<String>,
}

impl Pager {
    /// The pager for page `page` (from 1) of a list of `total` rows at `list`, `size` on a page.
    pub fn new(list: &str, page: u64, size: u64, total: u64) -> Self {
        let before = page.saturating_sub(1).saturating_mul(size);
        let last = before.saturating_add(size).min(total);
        Self {
            first: if total == 0 { 0 } else { before.saturating_add(1) },
            last,
            total,
            previous: (page > 1).then(|| urls::page(list, page.saturating_sub(1))),
            next: (last < total).then(|| urls::page(list, page.saturating_add(1))),
        }
    }

    /// "Showing 1 to 50 of 812".
    pub fn showing(&self) -> String {
        words::t_with(
            "shell-pager-showing",
            [
                ("first", words::number(self.first).into()),
                ("last", words::number(self.last).into()),
                ("total", words::number(self.total).into()),
            ],
        )
    }

    /// Whether there is more than one page.
    pub fn has_pages(&self) -> bool {
        self.previous.is_some() || self.next.is_some()
    }
}

/// A text field of a form: what was typed, and what is wrong with it.
#[derive(Clone, Default)]
pub struct Field {
    /// What was typed.
    pub value: String,
    /// What is wrong with it, in words.
    pub problem: Option<String>,
}

impl Field {
    /// Nothing typed yet.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Typed, and fine.
    pub fn typed(value: impl Into<String>) -> Self {
        Self { value: value.into(), problem: None }
    }

    /// Typed, with a problem.
    pub fn wrong(value: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { value: value.into(), problem: Some(problem.into()) }
    }
}

/// A field whose value is never shown again: passwords and codes.
#[derive(Clone, Default)]
pub struct SecretField {
    /// What is wrong with it, in words.
    pub problem: Option<String>,
}

impl SecretField {
    /// No problem.
    pub fn empty() -> Self {
        Self::default()
    }

    /// With a problem.
    pub fn wrong(problem: impl Into<String>) -> Self {
        Self { problem: Some(problem.into()) }
    }
}

/// A line of the error summary: the problem and the field that it leads to.
#[derive(Clone)]
pub struct Problem {
    /// The field's id.
    pub field: &'static str,
    /// The problem.
    pub text: String,
}

/// The problems of a form, in the order of its fields.
pub fn problems<const N: usize>(fields: [(&'static str, &Option<String>); N]) -> Vec<Problem> {
    fields.into_iter().filter_map(|(field, problem)| problem.clone().map(|text| Problem { field, text })).collect()
}

/// Who a chart belongs to, above each of its pages when staff look at it.
#[derive(Clone)]
pub struct ChartBanner {
    /// The patient's id, for links.
    pub patient: String,
    /// Full name.
    pub name: String,
    /// Birth date, in words.
    pub born: String,
    /// Age, in words: "41 years".
    pub age: String,
    /// Sex, in words.
    pub sex: String,
    /// Medical record number.
    pub mrn: String,
    /// Allergies in one line, empty when none are on record; none where the page did not look: it must not say that
    /// there are none.
    pub allergies: Option<String>,
    /// Whether the patient has died; the banner says so.
    pub died: Option<String>,
    /// Until when the record is open, where it was opened in an emergency.
    pub emergency: Option<String>,
    /// Where the reader can go on in this chart.
    pub links: Vec<LinkLine>,
}

/// The patient in samples.
pub const SAMPLE_PATIENT: &str = "0197f2c4-8a3e-7b10-9c55-2f6d1e0a4b77";

/// A long name for samples.
pub const SAMPLE_LONG_NAME: &str =
    "Wilhelmina-Alexandrina Featherstonehaugh-Cholmondeley van den Bergh-Oosterhuis de la Cruz y Montoya";

/// A right-to-left name for samples.
pub const SAMPLE_RTL_NAME: &str = "د. ليلى عبد الرحمن";

/// A telephone number for samples.
pub fn sample_phone() -> String {
    "(503) 555-0100".to_owned()
}

/// A chart's banner for samples.
pub fn sample_banner() -> ChartBanner {
    ChartBanner {
        patient: SAMPLE_PATIENT.to_owned(),
        name: "Maya Okafor".to_owned(),
        born: "March 14, 1985".to_owned(),
        age: "41 years".to_owned(),
        sex: "Female".to_owned(),
        mrn: "MRN-004182".to_owned(),
        allergies: Some("Penicillin (severe), peanuts".to_owned()),
        died: None,
        emergency: None,
        links: vec![
            LinkLine::new(words::t("shell-chart-record"), urls::record(SAMPLE_PATIENT), ""),
            LinkLine::new(words::t("shell-chart-visits"), urls::visits(SAMPLE_PATIENT), ""),
            LinkLine::new(words::t("shell-chart-profile"), urls::profile(SAMPLE_PATIENT), ""),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_of_names() {
        assert_eq!(initials("Maya Okafor"), "MO");
        assert_eq!(initials("Cher"), "C");
        assert_eq!(initials("Dr. Ana Maria de Souza"), "AS");
        assert_eq!(initials("Ms. J. Okafor"), "JO");
        assert_eq!(initials(""), "");
    }

    #[test]
    fn pager_counts() {
        let pager = Pager::new("/x", 17, 50, 812);
        assert_eq!((pager.first, pager.last), (801, 812));
        assert_eq!(pager.next, None);
        assert_eq!(pager.previous.as_deref(), Some("/x?page=16"));
        assert_eq!(Pager::new("/x", 1, 50, 0).first, 0);
        assert!(!Pager::new("/x", 1, 50, 50).has_pages());
    }
}
