//! The profile: name, birth date, contact, and what else the clinic knows about the person.

use salus_fhir::show::{Address, Telecom};
use salus_kernel::{Action, actions::ViewProfile};

use super::{
    Person, banner_of, person,
    views::{FactGroup, Profile},
};
use crate::{
    access::Chart,
    record::{self, Names, Wanted},
    shell::{
        dates,
        page::{self, PageResult},
        urls,
        view::Fact,
        words,
    },
};

/// The profile.
pub async fn profile(chart: Chart<ViewProfile>) -> PageResult {
    let mut tx = chart.read().await?;
    let person = person(&chart, &mut tx).await?;
    let names = Names::look_up(&mut tx, Wanted::of(&person.details.general_practitioners)).await?;
    drop(tx);
    let clinic = chart.app().clinic().await;
    let own = chart.relation().is_of_the_patient();
    let banner = if own { None } else { Some(banner_of(&person, &chart).await) };
    let (who_title, contact_title) =
        if own { ("patients-who", "patients-contact") } else { ("patients-who-staff", "patients-contact-staff") };
    let groups = [
        (words::t(who_title), who(&person, &chart, &clinic.zone())),
        (words::t(contact_title), contact(&person)),
        (words::t("patients-call"), call(&person)),
        (words::t("patients-more"), more(&person, &names)),
    ];
    let groups =
        groups.into_iter().filter(|(_, facts)| !facts.is_empty()).map(|(heading, facts)| FactGroup { heading, facts });
    let invites_url = chart.may(Action::ViewInvites).then(|| urls::invites(chart.patient()));
    let team_url = chart.may(Action::ViewCareTeam).then(|| urls::care_team(chart.patient()));
    let caregivers_url = chart.may(Action::ViewCaregivers).then(|| urls::caregivers(chart.patient()));
    let clinic_phone = clinic.phone.clone();
    page::show(
        &chart,
        &Profile { groups: groups.collect(), banner, team_url, invites_url, caregivers_url, clinic_phone },
    )
}

/// Facts that have a value, with their labels.
fn facts(all: impl IntoIterator<Item = (&'static str, Option<String>)>) -> Vec<Fact> {
    let told = all.into_iter().filter_map(|(id, value)| Some((id, value.filter(|value| !value.is_empty())?)));
    told.map(|(id, value)| Fact::new(words::t(id), value)).collect()
}

fn joined(texts: &[String]) -> Option<String> {
    (!texts.is_empty()).then(|| texts.join(", "))
}

fn who(person: &Person, chart: &Chart<ViewProfile>, zone: &jiff::tz::TimeZone) -> Vec<Fact> {
    let it = &person.details;
    let born = person.born.map(|born| record::brief(born, zone));
    let born = match (born, person.age(dates::on(chart.now(), zone))) {
        (Some(born), Some(age)) if !person.deceased => Some(format!("{born} ({age})")),
        (born, _) => born,
    };
    let died = person
        .deceased
        .then(|| it.died.map_or_else(|| words::t("patients-died-yes"), |when| record::brief(when, zone)));
    let languages: Vec<String> = it.languages.iter().map(|language| language.name.clone()).collect();
    facts([
        ("patients-name", Some(person.name.clone())),
        ("patients-other-names", joined(&it.other_names)),
        ("patients-born", born),
        ("patients-died", died),
        ("patients-sex", it.gender.map(str::to_owned)),
        ("patients-birth-sex", it.birth_sex.clone().filter(|sex| Some(sex.as_str()) != it.gender)),
        ("patients-mrn", Some(person.mrn.clone())),
        ("patients-language", joined(&languages)),
        ("patients-state", it.status.clone().filter(|_| !person.deceased).map(|status| status.word)),
    ])
}

fn contact(person: &Person) -> Vec<Fact> {
    let it = &person.details;
    let mut told: Vec<Fact> =
        it.addresses.iter().map(|address| Fact::new(address_label(address), address.lines.join("\n"))).collect();
    told.extend(it.telecom.iter().map(|telecom| Fact::new(telecom_label(telecom), telecom.text.clone())));
    told
}

/// "Address", "Address (Home)".
fn address_label(address: &Address) -> String {
    labelled(words::t("patients-address"), address.at)
}

/// "Phone (Home)", "Email".
pub(super) fn telecom_label(telecom: &Telecom) -> String {
    let label = match telecom.kind.as_str() {
        "phone" => words::t("patients-phone"),
        "email" => words::t("patients-email"),
        _ => telecom.label.to_owned(),
    };
    labelled(label, telecom.at)
}

fn labelled(label: String, at: Option<&'static str>) -> String {
    match at {
        Some(at) => format!("{label} ({at})"),
        None => label,
    }
}

fn call(person: &Person) -> Vec<Fact> {
    let people = person.details.contacts.iter().map(|contact| {
        let label = joined(&contact.relationships).unwrap_or_else(|| words::t("patients-contact-person"));
        let lines = contact.name.iter().cloned().chain(contact.telecom.iter().map(|telecom| telecom.text.clone()));
        let lines: Vec<String> = lines.chain(contact.address.iter().map(Address::one_line)).collect();
        Fact::new(label, lines.join("\n"))
    });
    people.filter(|fact| !fact.value.is_empty()).collect()
}

fn more(person: &Person, names: &Names) -> Vec<Fact> {
    let it = &person.details;
    facts([
        ("patients-race", it.race.clone()),
        ("patients-ethnicity", it.ethnicity.clone()),
        ("patients-married", it.marital_status.clone()),
        ("patients-doctor", names.of_all(&it.general_practitioners)),
    ])
}
