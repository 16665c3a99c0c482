//! What the pages say about one resource. Each type's facts are put together once, here, for its row in the list and
//! for its own page; names of people and places come in when the page is told.

mod care;
mod done;
mod papers;

use jiff::tz::TimeZone;
use salus_fhir::{
    When,
    show::{Flag, Link, ObservationValue, Status, Tone as Look},
};
use salus_kernel::{PatientId, ResourceId};

use super::{
    names::{Names, local},
    sections,
    views::{Item, Note, Privacy, Row},
    when::{self, Timing},
};
use crate::shell::{
    urls::{self, Section},
    view::{ChartBanner, Fact, LinkGroup, LinkLine, Tag, Tone},
    words,
};

/// What there is to say about one resource.
#[derive(Default)]
pub struct Entry {
    /// What it is.
    pub title: String,
    /// Its state in words, where it says more than that all went as usual.
    pub status: Option<Tag>,
    /// When it was or is.
    pub timing: Timing,
    /// Whose zone its times are told in; the clinic's, where nothing is known of a place.
    pub places: Vec<Link>,
    /// What is known, in the order of the page.
    facts: Vec<Known>,
    /// Texts that are longer than a fact.
    notes: Vec<Text>,
    /// Other entries that belong with it.
    related: Vec<(String, Vec<Link>)>,
    /// Links of this page's own, made from the id.
    own: Vec<OwnLink>,
}

struct Known {
    label: String,
    says: Says,
    on: On,
}

/// Where a fact is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum On {
    /// In the list and on the page.
    Both,
    /// In the list alone: its page says it at more length.
    List,
    /// On the page alone.
    Page,
}

enum Says {
    Text(String),
    Day(When),
    Names(Vec<Link>),
}

struct Text {
    heading: String,
    by: Vec<Link>,
    when: Option<When>,
    text: String,
}

/// A link that every entry of a kind has.
pub(super) enum OwnLink {
    /// All results of the same test.
    TestHistory,
}

impl Entry {
    fn new(title: String, timing: Timing) -> Self {
        Self { title, timing, ..Self::default() }
    }

    fn status(mut self, status: Option<Status>) -> Self {
        self.status = status.map(tag);
        self
    }

    fn fact(mut self, id: &str, text: Option<impl Into<String>>, on: On) -> Self {
        let text = text.map(Into::into).filter(|text| !text.trim().is_empty());
        self.facts.extend(text.map(|text| Known { label: words::t(id), says: Says::Text(text), on }));
        self
    }

    /// A fact for the list and the page.
    fn listed(self, id: &str, text: Option<impl Into<String>>) -> Self {
        self.fact(id, text, On::Both)
    }

    /// A fact for the page alone.
    fn known(self, id: &str, text: Option<impl Into<String>>) -> Self {
        self.fact(id, text, On::Page)
    }

    /// A fact whose label is the source's.
    fn labelled(mut self, label: String, text: String) -> Self {
        self.facts.push(Known { label, says: Says::Text(text), on: On::Page });
        self
    }

    /// Several texts as one fact.
    fn list(self, id: &str, texts: &[String], on: On) -> Self {
        self.fact(id, (!texts.is_empty()).then(|| texts.join(", ")), on)
    }

    fn day(mut self, id: &str, when: Option<When>) -> Self {
        self.facts.extend(when.map(|when| Known { label: words::t(id), says: Says::Day(when), on: On::Page }));
        self
    }

    fn names(self, id: &str, links: Vec<Link>, on: On) -> Self {
        self.names_as(words::t(id), links, on)
    }

    fn names_as(mut self, label: String, links: Vec<Link>, on: On) -> Self {
        if !links.is_empty() {
            self.facts.push(Known { label, says: Says::Names(links), on });
        }
        self
    }

    fn note(mut self, heading_id: &str, text: Option<String>) -> Self {
        self.notes.extend(text.filter(|text| !text.trim().is_empty()).map(|text| Text {
            heading: words::t(heading_id),
            by: Vec::new(),
            when: None,
            text,
        }));
        self
    }

    fn writing(mut self, heading: String, by: Vec<Link>, when: Option<When>, text: String) -> Self {
        self.notes.push(Text { heading, by, when, text });
        self
    }

    fn related(mut self, heading_id: &str, links: impl IntoIterator<Item = Link>) -> Self {
        let links: Vec<Link> = links.into_iter().collect();
        if !links.is_empty() {
            self.related.push((words::t(heading_id), links));
        }
        self
    }

    fn own_link(mut self, link: OwnLink) -> Self {
        self.own.push(link);
        self
    }

    /// Whom and what a list names.
    pub fn names_in_list(&self) -> impl Iterator<Item = &Link> {
        self.facts.iter().filter(|fact| fact.on != On::Page).flat_map(|fact| fact.says.links()).chain(&self.places)
    }

    /// Whom and what its own page names.
    pub fn names_on_page(&self) -> impl Iterator<Item = &Link> {
        self.facts
            .iter()
            .flat_map(|fact| fact.says.links())
            .chain(self.notes.iter().flat_map(|note| &note.by))
            .chain(&self.places)
    }
}

impl Says {
    fn links(&self) -> &[Link] {
        match self {
            Self::Names(links) => links,
            Self::Text(_) | Self::Day(_) => &[],
        }
    }
}

/// What turns entries into words on one page: names, zone and patient.
pub struct Telling {
    /// Whose chart.
    pub patient: PatientId,
    /// The clinic's zone.
    pub zone: TimeZone,
    /// Whom the entries name.
    pub names: Names,
    /// What the reader may see: nothing else is linked or named.
    pub open: Vec<Section>,
}

impl Telling {
    /// The zone of an entry's place, else the clinic's.
    pub fn zone_of(&self, entry: &Entry) -> TimeZone {
        entry.places.iter().find_map(|place| self.names.zone(place)).unwrap_or_else(|| self.zone.clone())
    }

    fn fact(&self, known: &Known, zone: &TimeZone) -> Option<Fact> {
        let value = match &known.says {
            Says::Text(text) => text.clone(),
            Says::Day(at) => when::brief(*at, zone),
            Says::Names(links) => self.names.of_all(links)?,
        };
        Some(Fact::new(known.label.clone(), value))
    }

    /// The facts for an entry's own page.
    pub fn facts(&self, entry: &Entry) -> Vec<Fact> {
        let zone = self.zone_of(entry);
        let told = entry.facts.iter().filter(|known| known.on != On::List).filter_map(|known| self.fact(known, &zone));
        told.chain(entry.related.iter().filter_map(|(heading, links)| self.elsewhere(heading, links))).collect()
    }

    /// The texts of an entry.
    pub fn notes(&self, entry: &Entry) -> Vec<Note> {
        let zone = self.zone_of(entry);
        let by = |text: &Text| {
            let parts = self.names.of_all(&text.by).into_iter().chain(text.when.map(|when| when::brief(when, &zone)));
            parts.collect::<Vec<_>>().join(", ")
        };
        entry
            .notes
            .iter()
            .map(|text| Note { heading: text.heading.clone(), by: by(text), text: text.text.clone() })
            .collect()
    }

    /// The links from an entry's page to others of this record.
    pub fn links(&self, id: ResourceId, entry: &Entry) -> Vec<LinkGroup> {
        let own = entry.own.iter().map(|link| match link {
            OwnLink::TestHistory => LinkGroup {
                heading: words::t("record-history-title"),
                lines: vec![LinkLine::new(words::t("record-history-see"), urls::test_history(self.patient, id), "")],
            },
        });
        let related = entry.related.iter().filter_map(|(heading, links)| {
            let lines: Vec<LinkLine> = links.iter().filter_map(|link| self.link(link)).collect();
            (!lines.is_empty()).then(|| LinkGroup { heading: heading.clone(), lines })
        });
        own.chain(related).collect()
    }

    /// Whether a link leads to what the reader may not see.
    fn is_closed(&self, link: &Link) -> bool {
        let section = link.reference.as_deref().and_then(local).and_then(|(name, _)| sections::of_type(name));
        section.is_some_and(|(section, _)| !self.open.contains(&section))
    }

    /// A link to another entry, when it is in this record.
    fn link(&self, link: &Link) -> Option<LinkLine> {
        if self.is_closed(link) {
            return None;
        }
        let (type_name, id) = local(link.reference.as_deref()?)?;
        let (section, kind) = sections::of_type(type_name)?;
        let unnamed = || {
            if section == Section::Encounters {
                words::t("record-see-visit")
            } else {
                words::t1("record-see", "what", kind.one())
            }
        };
        let text = link.text.clone().unwrap_or_else(unnamed);
        Some(LinkLine::new(text, urls::item(self.patient, section, id), ""))
    }

    /// What is not in this record but has words in the source is told as a fact.
    fn elsewhere(&self, heading: &str, links: &[Link]) -> Option<Fact> {
        let elsewhere = links.iter().filter(|link| !self.is_closed(link) && self.link(link).is_none());
        let words: Vec<String> = elsewhere.filter_map(|link| self.names.of(link)).collect();
        (!words.is_empty()).then(|| Fact::new(heading, words.join(", ")))
    }

    /// An entry as a row of its section's list.
    pub fn row(&self, section: Section, id: ResourceId, entry: &Entry) -> Row {
        let zone = self.zone_of(entry);
        Row {
            title: entry.title.clone(),
            url: Some(urls::item(self.patient, section, id)),
            when: entry.timing.brief(&zone),
            status: entry.status.clone(),
            facts: entry
                .facts
                .iter()
                .filter(|known| known.on != On::Page)
                .filter_map(|known| self.fact(known, &zone))
                .collect(),
        }
    }

    /// An entry's own page.
    pub fn item(
        &self,
        section: Section,
        id: ResourceId,
        entry: &Entry,
        banner: Option<ChartBanner>,
        privacy: Option<Privacy>,
    ) -> Item {
        Item {
            patient: self.patient.to_string(),
            section,
            heading: entry.title.clone(),
            status: entry.status.clone(),
            when: entry.timing.full(&self.zone_of(entry)),
            facts: self.facts(entry),
            notes: self.notes(entry),
            links: self.links(id, entry),
            banner,
            privacy,
        }
    }
}

/// A state as a tag.
pub fn tag(status: Status) -> Tag {
    Tag::new(status.word, tone(status.tone))
}

fn tone(look: Look) -> Tone {
    match look {
        Look::Ok => Tone::Good,
        Look::Warn => Tone::Caution,
        Look::Bad => Tone::Bad,
        Look::Quiet => Tone::Plain,
    }
}

/// How a value stands to what is usual, in our words.
pub fn flag_tag(flag: &Flag) -> Tag {
    let word = match flag.word.as_str() {
        "Normal" => words::t("record-in-range"),
        "High" => words::t("record-high"),
        "Low" => words::t("record-low"),
        "Critical, high" => words::t("record-very-high"),
        "Critical, low" => words::t("record-very-low"),
        "Not normal" | "Critical" => words::t("record-out-of-range"),
        other => other.to_owned(),
    };
    Tag::new(word, tone(flag.tone))
}

/// Several values in one tag: how many are outside what is usual, or that all are in range; none when nobody rated them.
pub fn flags_tag<'a>(values: impl IntoIterator<Item = &'a ObservationValue>) -> Option<Tag> {
    let (mut outside, mut worst, mut rated, mut unrated) = (0_u64, Tone::Caution, 0_u64, 0_u64);
    for value in values {
        match &value.flag {
            Some(flag) if matches!(flag.tone, Look::Warn | Look::Bad) => {
                outside += 1;
                if flag.tone == Look::Bad {
                    worst = Tone::Bad;
                }
            }
            Some(flag) if flag.tone == Look::Ok => rated += 1,
            _ => unrated += 1,
        }
    }
    match (outside, rated, unrated) {
        (0, 1.., 0) => Some(Tag::new(words::t("record-in-range"), Tone::Good)),
        (0, ..) => None,
        (outside, ..) => Some(Tag::new(words::t1("record-outside", "count", outside), worst)),
    }
}
