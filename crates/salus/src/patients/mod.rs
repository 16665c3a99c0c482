//! Patients: who a person is and how to reach them, and the banner above a chart that staff look at.
//!
//! FHIR: Patient.

mod store;
pub mod views;

mod pages;

#[cfg(test)]
mod tests;

use jiff::civil::Date;
use salus_db::Reader;
use salus_fhir::{When, show::PatientDetails};
use salus_kernel::{Action, ActionType, PatientId};
use salus_vault::Opens;

use crate::{
    access::{
        Birth, Chart, Disclosed, Feature, Features, Routes,
        columns::{account, patient},
    },
    record,
    shell::{
        dates,
        error::Error,
        urls,
        view::{ChartBanner, Fact, LinkLine},
        words,
    },
};

/// The slice's routes.
pub fn routes() -> Routes {
    Routes::new().get("/p/{patient}/profile", pages::profile)
}

/// Actions whose pages stand in the frame of a chart: they open the reader's own name, and who the chart belongs to.
pub trait MayFrame:
    ActionType
    + Opens<account::Name>
    + Opens<patient::Name>
    + Opens<patient::BirthDate>
    + Opens<patient::Mrn>
    + Opens<patient::Resource>
{
}

impl<A> MayFrame for A where
    A: ActionType
        + Opens<account::Name>
        + Opens<patient::Name>
        + Opens<patient::BirthDate>
        + Opens<patient::Mrn>
        + Opens<patient::Resource>
{
}

/// Who a chart belongs to, opened.
pub struct Person {
    /// The full name.
    pub name: String,
    /// The birth date, as far as it is known.
    pub born: Option<When>,
    birth_text: String,
    /// The clinic's number for the person.
    pub mrn: String,
    /// All the rest.
    pub details: PatientDetails,
    /// Whether the person has died.
    pub deceased: bool,
}

/// Opens who a chart belongs to.
pub async fn person<A: MayFrame>(chart: &Chart<A>, tx: &mut Reader) -> Result<Person, Error> {
    let row = store::patient(tx, chart.scope()).await?;
    let resource = row.resource.open_bytes(chart)?;
    let resource = serde_json::from_slice(&resource).map_err(|_| Error::broken("a stored patient is not JSON"))?;
    let birth_text = row.birth_date.open(chart)?;
    Ok(Person {
        name: row.name.open(chart)?,
        born: When::parse(&birth_text),
        birth_text,
        mrn: row.mrn.open(chart)?,
        details: PatientDetails::read(&resource),
        deceased: row.deceased,
    })
}

/// The phone numbers in the chart of somebody on a list, whom the ledger has named.
pub async fn phones<A: ActionType + Opens<patient::Resource>>(
    disclosed: &mut Disclosed<'_, A>,
    patient: PatientId,
) -> Result<Vec<Fact>, Error> {
    let resource = store::resource(&mut disclosed.tx, patient).await?.open_bytes(&disclosed.keys)?;
    let resource = serde_json::from_slice(&resource).map_err(|_| Error::broken("a stored patient is not JSON"))?;
    let telecom = PatientDetails::read(&resource).telecom;
    let phones = telecom.into_iter().filter(|telecom| telecom.kind == "phone" && telecom.at != Some("Old"));
    Ok(phones.map(|phone| Fact::new(pages::telecom_label(&phone), phone.text)).collect())
}

impl Person {
    /// The birth date, when all of it is known.
    pub fn birth_date(&self) -> Option<Date> {
        match self.born? {
            When::Date(year, month, day) => Date::new(year, month, day).ok(),
            When::Instant(_) | When::YearMonth(..) | When::Year(_) => None,
        }
    }

    /// When the person was born, as far as the chart says.
    pub fn birth(&self) -> Option<Birth> {
        Birth::parse(&self.birth_text)
    }

    /// How old the person is, or was; `today` is the day by the clinic's clock.
    fn age(&self, today: Date) -> Option<String> {
        let day = |when: When| match when {
            When::Date(year, month, day) => Date::new(year, month, day).ok(),
            When::Instant(_) | When::YearMonth(..) | When::Year(_) => None,
        };
        let end = match self.details.died {
            Some(When::Instant(micros)) => {
                dates::on(salus_kernel::Instant::from_micros(micros), &jiff::tz::TimeZone::UTC)
            }
            Some(died) => day(died)?,
            None if self.deceased => return None,
            None => today,
        };
        Some(dates::age(day(self.born?)?, end)).filter(|age| !age.is_empty())
    }
}

/// Where somebody can go on in a chart, as far as they may.
fn links<A: ActionType>(chart: &Chart<A>, features: &Features) -> Vec<LinkLine> {
    let patient = chart.patient();
    let all = [
        (Action::ViewRecord, "shell-chart-record", urls::record(patient)),
        (Action::ViewVisits, "shell-chart-visits", urls::visits(patient)),
        (Action::ViewMessages, "shell-chart-messages", urls::messages(patient)),
        (Action::ViewProfile, "shell-chart-profile", urls::profile(patient)),
    ];
    let wanted = |action: &Action| *action != Action::ViewMessages || features.on(Feature::Messages);
    let may = |action: &Action| wanted(action) && chart.may(*action);
    all.into_iter()
        .filter(|(action, ..)| may(action))
        .map(|(_, id, url)| LinkLine::new(words::t(id), url, ""))
        .collect()
}

/// Who the chart belongs to, when staff look at it; patients know, and above a caregiver's pages stands for whom they act.
pub async fn banner<A: MayFrame>(chart: &Chart<A>, tx: &mut Reader) -> Result<Option<ChartBanner>, Error> {
    if chart.relation().is_of_the_patient() {
        return Ok(None);
    }
    Ok(Some(banner_of(&person(chart, tx).await?, chart).await))
}

/// The banner for a person who was opened already. It tells allergies only where a page puts them in: an empty line would
/// read as "none".
pub async fn banner_of<A: MayFrame>(person: &Person, chart: &Chart<A>) -> ChartBanner {
    let zone = chart.app().clinic().await.zone();
    let died = || {
        person.details.died.map_or_else(
            || words::t("patients-died"),
            |when| words::t1("patients-died-on", "when", record::brief(when, &zone)),
        )
    };
    ChartBanner {
        patient: chart.patient().to_string(),
        name: person.name.clone(),
        born: person.born.map(|when| record::brief(when, &zone)).unwrap_or_default(),
        age: person.age(dates::on(chart.now(), &zone)).unwrap_or_default(),
        sex: person.details.gender.unwrap_or_default().to_owned(),
        mrn: person.mrn.clone(),
        allergies: None,
        died: person.deceased.then(died),
        emergency: chart.emergency_until().map(|until| dates::time_with_zone(until, &zone)),
        links: links(chart, chart.app().features().await.as_ref()),
    }
}
