//! The homes.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use salus_fhir::{When, show::EncounterDetails};
use salus_kernel::{
    Action, Relation, ResourceId,
    actions::{ViewEncounters, ViewHome, ViewOwnAccount, ViewResults},
};

use super::{
    store,
    views::{Card, PatientHome, Quick, Registered, SectionCount, UnlinkedHome},
};
use crate::{
    access::{Chart, Feature, SignedIn, columns::encounter},
    access_log, appointments, messages,
    record::{self, Count, Entry, Mixed, Names, OpenReport, Telling, Wanted},
    registrations,
    shell::{
        dates,
        error::Error,
        page::{self, PageResult, see_other},
        urls::{self, Section},
        view::{LinkLine, More, Tone},
        words,
    },
};

/// How many reports and how many visits are looked at for what is new.
const OF_EACH: u32 = 4;
/// How many of them the page shows below the newest.
const NEWS: usize = 6;
/// "In the last 30 days."
const DAYS: u32 = 30;

/// Sends each to their own home.
pub async fn dispatch(own: SignedIn<ViewOwnAccount>) -> PageResult {
    let session = own.session();
    if session.role.is_some() {
        return Ok(see_other(urls::STAFF));
    }
    if let Some(patient) = session.own_patient {
        return Ok(see_other(&urls::patient_home(patient)));
    }
    match own.acting_for().await?.as_slice() {
        [] => {}
        [one] => return Ok(see_other(&urls::patient_home(one.patient))),
        _ => return Ok(see_other(urls::ACTING_FOR)),
    }
    let clinic = own.app().clinic().await;
    let registration = registrations::own(&mut own.read().await?, own.account()).await?;
    let days = own.app().web().registration_days;
    let registered = registration.map(|it| Registered {
        state: it.state,
        reason: it.reason.map(|word| words::t(&format!("registrations-reason-{word}"))),
        since: dates::day_and_time(it.since, &clinic.zone()),
        days: days.into(),
    });
    let view = UnlinkedHome {
        registered,
        greeting: greeting(&session.name.open(&own)?, own.now(), &clinic.zone()),
        clinic_name: clinic.name.clone(),
        clinic_phone: clinic.phone.clone(),
    };
    page::show(&own, &view)
}

/// What the phone's bar has no room for.
pub async fn more(chart: Chart<ViewHome>) -> PageResult {
    if !chart.relation().is_of_the_patient() {
        return Ok(see_other(&urls::record(chart.patient())));
    }
    let features = chart.app().features().await;
    page::show(&chart, &More::for_patient(&chart.patient().to_string(), chart.standing(), &features))
}

/// A patient's home. Staff who come here by an address go on to the chart.
pub async fn patient(chart: Chart<ViewHome>) -> PageResult {
    if !chart.relation().is_of_the_patient() {
        return Ok(see_other(&urls::record(chart.patient())));
    }
    let clinic = chart.app().clinic().await;
    let session = chart.session();
    let mut tx = chart.read().await?;
    let last_here = store::last_here(&mut tx, session).await?;
    // A caregiver's page neither counts nor names what they were not given.
    let reads = chart.may(Action::ViewEncounters);
    let counts: Vec<Count> = match chart.may(Action::ViewRecord) {
        true => record::counts(&mut tx, chart.scope(), last_here).await?,
        false => Vec::new(),
    };
    let counts: Vec<Count> = counts.into_iter().filter(|count| chart.may(count.section.action())).collect();
    let rows = record::newest(&mut tx, chart.scope(), OF_EACH).await?;
    let rows: Vec<Mixed> = rows.into_iter().filter(|row| chart.may(row.section.action())).collect();
    let looks = async {
        match chart.may(Action::ViewAccessLog) {
            true => access_log::looks_lately(&chart, DAYS).await.map(Some),
            false => Ok(None),
        }
    };
    let (news, looks) = tokio::try_join!(News::open(&chart, &mut tx, &rows, clinic.zone()), looks)?;
    let features = chart.app().features().await;
    let messages = match features.on(Feature::Messages) && chart.may(Action::ViewMessages) {
        true => Some(messages::unread(&mut tx, chart.scope(), session.account).await?),
        false => None,
    };
    drop(tx);
    let next = appointments::next(&chart).await?;

    let mut lines = news.lines.iter();
    let card = match next {
        Some(next) => Some(coming(next)),
        None => lines.next().map(|line| news.card(line)),
    };
    let view = PatientHome {
        patient: chart.patient().to_string(),
        greeting: greeting(&session.name.open(&chart)?, chart.now(), &clinic.zone()),
        summary: if reads { summary(&counts, last_here.is_some()) } else { String::new() },
        card,
        quick: quick(&chart, messages),
        reads,
        news: lines.take(NEWS).map(|line| news.link(line)).collect(),
        sections: counts.iter().map(|count| SectionCount { section: count.section, count: count.all }).collect(),
        looks,
        clinic_phone: clinic.phone.clone(),
    };
    page::show(&chart, &view)
}

/// Where to go on, as far as the reader may.
fn quick(chart: &Chart<ViewHome>, messages: Option<u64>) -> Vec<Quick> {
    let patient = chart.patient();
    // "My results", and "Results" for whoever acts for somebody.
    let whose = if chart.relation() == Relation::Caregiver { "theirs" } else { "own" };
    let read = |unread: u64| Quick {
        url: urls::messages(patient),
        icon: "message",
        text: words::t_with(
            &format!("home-quick-messages-{whose}"),
            [("count", unread.into()), ("number", words::number(unread).into())],
        ),
    };
    let others = [
        (Action::HoldVisit, urls::visit_new(patient), "calendar", "book"),
        (Action::ViewResults, urls::section(patient, Section::Results), "flask", "results"),
        (Action::ViewMedicines, urls::section(patient, Section::Medicines), "pill", "medicines"),
        (Action::ViewRecord, urls::record(patient), "document", "record"),
        (Action::ViewAccessLog, urls::access_log(patient), "eye", "access"),
    ];
    let others = others.into_iter().filter(|(action, ..)| chart.may(*action));
    messages
        .map(read)
        .into_iter()
        .chain(others.map(|(_, url, icon, id)| Quick {
            url,
            icon,
            text: words::t(&format!("home-quick-{id}-{whose}")),
        }))
        .collect()
}

/// The visit that comes next, in the large card.
fn coming(next: appointments::Next) -> Card {
    let day = dates::on(next.start, &next.zone);
    let part = |format: &str| day.strftime(format).to_string();
    Card {
        kicker: words::t("home-next-visit"),
        heading: next.what,
        lines: vec![next.when, next.told],
        weekday: part("%a"),
        day: part("%-d"),
        month: part("%b"),
        button: words::t("home-newest-visit-see"),
        url: next.url,
    }
}

/// "Good morning, Maya", by the clinic's clock.
fn greeting(name: &str, now: salus_kernel::Instant, zone: &TimeZone) -> String {
    words::t1(&format!("home-good-{}", dates::part_of_day(now, zone)), "name", first_name(name))
}

/// The name to greet with: the first word that is not a title.
fn first_name(name: &str) -> &str {
    let mut words =
        name.split_whitespace().filter(|word| !matches!(*word, "Dr." | "Prof." | "Mr." | "Mrs." | "Ms." | "Mx."));
    words.next().unwrap_or(name)
}

/// One sentence on what matters now.
fn summary(counts: &[Count], been_here: bool) -> String {
    let all: u64 = counts.iter().map(|count| count.all).sum();
    let fresh: u64 = counts.iter().map(|count| count.fresh).sum();
    match (all, been_here, fresh) {
        (0, ..) => words::t("home-summary-nothing"),
        (_, false, _) => words::t("home-summary-first"),
        (_, true, 0) => words::t("home-summary-quiet"),
        (_, true, fresh) => {
            words::t_with("home-summary-new", [("count", fresh.into()), ("number", words::number(fresh).into())])
        }
    }
}

/// The newest reports and visits, opened.
struct News {
    telling: Telling,
    lines: Vec<Piece>,
    values: HashMap<ResourceId, salus_fhir::show::ObservationValue>,
}

enum Piece {
    Report(OpenReport),
    Visit(ResourceId, EncounterDetails),
}

impl News {
    /// Opens them as what they are: results as results, visits as visits, each with its own entry in the ledger.
    async fn open(
        chart: &Chart<ViewHome>,
        tx: &mut salus_db::Reader,
        rows: &[Mixed],
        zone: TimeZone,
    ) -> Result<Self, Error> {
        let scope = chart.scope();
        let of = |section: Section| rows.iter().filter(move |mixed| mixed.section == section).map(|mixed| &mixed.row);
        let (has_results, has_visits) =
            (of(Section::Results).next().is_some(), of(Section::Encounters).next().is_some());
        let results = async { if has_results { chart.also::<ViewResults>().await } else { Ok(None) } };
        let visits = async { if has_visits { chart.also::<ViewEncounters>().await } else { Ok(None) } };
        let (results, visits) = tokio::try_join!(results, visits)?;

        let mut reports: Vec<OpenReport> = Vec::new();
        let mut values = HashMap::new();
        if let Some(keys) = &results {
            for row in of(Section::Results) {
                reports.push(OpenReport::open(keys, scope, row)?);
            }
            values = OpenReport::all_values(&reports, keys, tx, scope).await?;
        }
        let mut lines: Vec<Piece> = reports.into_iter().map(Piece::Report).collect();
        if let Some(keys) = &visits {
            for row in of(Section::Encounters) {
                let resource = record::open::<ViewEncounters, encounter::Resource>(keys, scope, row)?;
                lines.push(Piece::Visit(row.id, EncounterDetails::read(&resource)));
            }
        }
        lines.sort_by_key(|piece| std::cmp::Reverse(piece.when().and_then(When::micros)));
        let wanted = Wanted::of(lines.iter().filter_map(Piece::visit).flat_map(places_and_people));
        let names = Names::look_up(tx, wanted).await?;
        Ok(Self {
            telling: Telling {
                patient: chart.patient(),
                zone,
                names,
                open: Section::ALL.into_iter().filter(|section| chart.may(section.action())).collect(),
            },
            lines,
            values,
        })
    }

    fn url(&self, piece: &Piece) -> String {
        match piece {
            Piece::Report(report) => urls::item(self.telling.patient, Section::Results, report.id),
            Piece::Visit(id, _) => urls::item(self.telling.patient, Section::Encounters, id),
        }
    }

    /// The newest, in the large card.
    fn card(&self, piece: &Piece) -> Card {
        let zone = self.zone(piece);
        let (kicker, button, heading, more) = match piece {
            Piece::Report(report) => {
                let (text, tag) = record::summary(report, &self.values);
                (
                    "home-newest-result",
                    "home-newest-result-see",
                    report.details.title.clone(),
                    in_a_line([text, tag.map(|tag| tag.text).unwrap_or_default()]),
                )
            }
            Piece::Visit(_, visit) => {
                let with = self.telling.names.of_all(&visit.participants).unwrap_or_default();
                let place =
                    visit.locations.iter().chain(&visit.organization).find_map(|place| self.telling.names.of(place));
                (
                    "home-newest-visit",
                    "home-newest-visit-see",
                    visit.title.clone(),
                    in_a_line([with, place.unwrap_or_default()]),
                )
            }
        };
        let day = piece.when().and_then(|when| record::day(when, &zone));
        let part = |format: &str| day.map(|day| day.strftime(format).to_string()).unwrap_or_default();
        Card {
            kicker: words::t(kicker),
            heading,
            lines: [piece.told(&zone), more].into_iter().filter(|line| !line.is_empty()).collect(),
            weekday: part("%a"),
            day: part("%-d"),
            month: part("%b"),
            button: words::t(button),
            url: self.url(piece),
        }
    }

    /// The others, as lines.
    fn link(&self, piece: &Piece) -> LinkLine {
        let when = piece.when().map(|when| record::brief(when, &self.zone(piece))).unwrap_or_default();
        let (title, id) = match piece {
            Piece::Report(report) => (report.details.title.clone(), "home-news-result"),
            Piece::Visit(_, visit) => (visit.title.clone(), "home-news-visit"),
        };
        let line = LinkLine::new(title, self.url(piece), words::t1(id, "when", when));
        match piece {
            Piece::Report(report) => match record::summary(report, &self.values).1 {
                Some(tag) if tag.tone != Tone::Good => line.tagged(tag.text, tag.tone),
                _ => line,
            },
            Piece::Visit(..) => line,
        }
    }

    fn zone(&self, piece: &Piece) -> TimeZone {
        let place =
            piece.visit().and_then(|visit| visit.locations.iter().find_map(|place| self.telling.names.zone(place)));
        place.unwrap_or_else(|| self.telling.zone.clone())
    }
}

/// Whom and what a visit's card names.
fn places_and_people(visit: &EncounterDetails) -> impl Iterator<Item = &salus_fhir::show::Link> {
    visit.participants.iter().chain(&visit.locations).chain(&visit.organization)
}

impl Piece {
    fn visit(&self) -> Option<&EncounterDetails> {
        match self {
            Self::Report(_) => None,
            Self::Visit(_, visit) => Some(visit),
        }
    }
    fn when(&self) -> Option<When> {
        match self {
            Self::Report(report) => report.details.when,
            Self::Visit(_, visit) => visit.span.start.or(visit.span.end),
        }
    }
    fn told(&self, zone: &TimeZone) -> String {
        match self {
            Self::Report(report) => report.details.when.map(|when| record::full(when, zone)).unwrap_or_default(),
            Self::Visit(_, visit) => Entry::from(visit.clone()).timing.full(zone),
        }
    }
}

/// Texts in one line, without those that say nothing.
fn in_a_line(texts: [String; 2]) -> String {
    texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::first_name;

    #[test]
    fn people_are_greeted_by_their_first_name() {
        assert_eq!(first_name("Maya Okafor"), "Maya");
        assert_eq!(first_name("Ms. Maya Okafor"), "Maya");
        assert_eq!(first_name("Cher"), "Cher");
        assert_eq!(first_name("ليلى عبد الرحمن"), "ليلى");
        assert_eq!(first_name(""), "");
    }
}
