//! The staff's home, and patient search.

use std::collections::HashSet;

use jiff::civil::Date;
use salus_kernel::{
    Action, PatientId, Role,
    actions::{FindPatients, SearchAudit, ViewOwnAccount},
};
use serde::Deserialize;

use super::{
    search::{self, Problem, masked},
    store,
    views::{PatientLine, PatientSearch},
};
use crate::{
    access::{Feature, FoundPatient, Posted, SignedIn, Worklist},
    appointments, audit, clinic, emergency,
    home::views::StaffHome,
    jobs, messages, proxies, recovery, registrations, reviews, roles,
    shell::{
        dates,
        error::Error,
        page::{self, PageResult},
        urls,
        view::Field,
        words,
    },
};

/// How many patients a search shows.
const MOST: usize = 50;
/// How many of their own patients a practitioner's home shows.
const AT_HOME: usize = 20;

/// What each role does here. Patients have a home of their own.
pub async fn home(
    own: SignedIn<ViewOwnAccount>,
    patients: Option<Worklist<FindPatients>>,
    ledger: Option<Worklist<SearchAudit>>,
) -> PageResult {
    let Some(duties) = own.session().duties.clone() else { return Err(Error::Elsewhere(urls::HOME)) };
    let clinic = own.app().clinic().await;
    let name = match &own.session().staff_name {
        Some(name) => name.clone(),
        None => own.session().name.open(&own)?,
    };
    let mut view = StaffHome {
        greeting: words::t1(
            &format!("home-good-{}", dates::part_of_day(own.now(), &clinic.zone())),
            "name",
            salutation(&name),
        ),
        duties: vec![duties.clone()],
        patients: Vec::new(),
        patients_total: 0,
        visits_today: 0,
        messages_waiting: None,
        registrations_waiting: 0,
        recoveries_waiting: 0,
        caregivers_waiting: 0,
        colleagues_asking: 0,
        colleagues_waiting: recovery::vouched_for_others(&mut own.read().await?, own.account(), own.now()).await?,
        roles_waiting: roles::proposed_for(&mut own.read().await?, own.account(), own.now()).await?,
        emergencies_waiting: 0,
        reviews_waiting: 0,
        staff_total: 0,
        jobs_given_up: 0,
        audit_state: String::new(),
    };
    if let (true, Some(list)) = (duties.base().treats(), &patients) {
        let mine = mine(list).await?;
        view.patients_total = u64::try_from(mine.len()).unwrap_or(u64::MAX);
        view.patients = lines(list, mine.iter().copied().take(AT_HOME).collect(), &mine).await?;
    }
    if let Some(mut tx) = own.read_for(Action::ViewDay).await? {
        let of_all = duties.hat(Action::ViewDay) != Some(Role::Practitioner);
        let practitioner = own.session().practitioner.filter(|_| !of_all);
        let today = dates::on(own.now(), &clinic.zone());
        view.visits_today = appointments::count_on(&mut tx, today, practitioner).await?;
    }
    if let (Some(practitioner), true, true) =
        (own.session().practitioner, duties.may(Action::ViewInbox), own.app().features().await.on(Feature::Messages))
    {
        view.messages_waiting = Some(messages::waiting(&mut own.read().await?, practitioner, own.now()).await?);
    }
    if let Some(mut tx) = own.read_for(Action::ViewRegistrations).await? {
        view.registrations_waiting = registrations::waiting_count(&mut tx).await?;
    }
    if let Some(mut tx) = own.read_for(Action::ViewRecoveries).await? {
        view.recoveries_waiting = recovery::waiting_count(&mut tx).await?;
    }
    if let Some(mut tx) = own.read_for(Action::ViewCaregiverRequests).await? {
        view.caregivers_waiting = proxies::waiting_count(&mut tx).await?;
    }
    if let Some(mut tx) = own.read_for(Action::ViewStaff).await? {
        view.staff_total = store::staff_count(&mut tx).await?;
    }
    if let Some(mut tx) = own.read_for(Action::VouchColleague).await? {
        view.colleagues_asking = recovery::colleagues_asking(&mut tx, own.now()).await?;
    }
    if let Some(mut tx) = own.read_for(Action::ViewJobs).await? {
        view.jobs_given_up = jobs::given_up_count(&mut tx).await?;
    }
    if let Some(mut tx) = own.read_for(Action::ViewEmergencies).await? {
        view.emergencies_waiting = emergency::waiting(&mut tx).await?;
    }
    if let Some(mut tx) = own.read_for(Action::ViewReviews).await? {
        view.reviews_waiting = reviews::waiting_count(&mut tx, own.account(), own.now()).await?;
    }
    if let Some(ledger) = &ledger {
        view.audit_state = audit::state_in_a_line(ledger).await?;
    }
    page::show(&own, &view)
}

/// How somebody is greeted: "Dr. Park", "Jamie".
fn salutation(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next().unwrap_or_default();
    match words.next_back() {
        Some(last) if matches!(first, "Dr." | "Dr" | "Prof." | "Mr." | "Ms." | "Mrs.") => format!("{first} {last}"),
        _ => first.to_owned(),
    }
}

/// The form, and for a practitioner the patients in their care.
pub async fn search_form(list: Worklist<FindPatients>) -> PageResult {
    let mine = mine(&list).await?;
    let shown = lines(&list, mine.iter().copied().take(MOST).collect(), &mine).await?;
    page::show(&list, &PatientSearch { query: Field::empty(), found: None, more: mine.len() > MOST, mine: shown })
}

/// What the search form sends.
#[derive(Deserialize)]
pub struct SearchForm {
    #[serde(default)]
    query: String,
}

/// Searches. Nothing that was typed leaves the body of the form.
pub async fn search(list: Worklist<FindPatients>, Posted(form): Posted<SearchForm>) -> PageResult {
    let ways = match search::parse(&form.query) {
        Ok(ways) => ways,
        Err(problem) => {
            let text = match problem {
                Problem::Short => words::t("staff-problem-short"),
                Problem::Date => words::t("staff-problem-date"),
            };
            let view =
                PatientSearch { query: Field::wrong(form.query, text), found: None, more: false, mine: Vec::new() };
            return page::again(&list, &view);
        }
    };
    let mut found: Vec<FoundPatient> = Vec::new();
    for wanted in ways {
        found = list.find(&wanted, MOST + 1).await?;
        if !found.is_empty() {
            break;
        }
    }
    let more = found.len() > MOST;
    let shown = found.into_iter().take(MOST).map(|found| found.patient).collect();
    let mine = mine(&list).await?;
    let found = lines(&list, shown, &mine).await?;
    page::show(&list, &PatientSearch { query: Field::typed(form.query), found: Some(found), more, mine: Vec::new() })
}

/// The patients in the care of the practitioner who asks; nobody else has any.
async fn mine(list: &Worklist<FindPatients>) -> Result<Vec<PatientId>, Error> {
    match list.session().practitioner {
        Some(practitioner) => store::in_care_of(&mut list.read().await?, practitioner, list.now()).await,
        None => Ok(Vec::new()),
    }
}

/// The patients in words, by name. The ledger names exactly these before the first one is opened.
async fn lines(
    list: &Worklist<FindPatients>,
    patients: Vec<PatientId>,
    mine: &[PatientId],
) -> Result<Vec<PatientLine>, Error> {
    let mine: HashSet<PatientId> = mine.iter().copied().collect();
    let session = list.session();
    let desk = session.duties.as_ref().and_then(|duties| duties.hat(Action::ViewProfile));
    let today = dates::on(list.now(), &list.app().clinic().await.zone());
    let mut disclosed = list.disclose(&patients).await?;
    let mut lines = Vec::with_capacity(patients.len());
    for row in store::listed(&mut disclosed.tx, &patients).await? {
        if let Some(at) = disclosed.erased.get(&row.patient) {
            let day = dates::date(dates::on(*at, &list.app().clinic().await.zone()));
            lines.push(PatientLine {
                name: words::t("staff-erased"),
                url: None,
                born: words::t("staff-erased-nothing"),
                age: String::new(),
                mrn: words::t("staff-erased-nothing"),
                relation: words::t1("staff-erased-on", "date", day),
            });
            continue;
        }
        let (url, relation) = if mine.contains(&row.patient) && session.may_in_care(Action::ViewRecord) {
            (Some(urls::record(row.patient)), words::t("staff-in-your-care"))
        } else if let Some(role) = desk {
            (Some(urls::profile(row.patient)), clinic::role_in_words(role))
        } else if list.session().practitioner.is_some() && !mine.contains(&row.patient) {
            (Some(urls::emergency(row.patient)), words::t("staff-relation-emergency"))
        } else {
            (None, String::new())
        };
        let (born, age) = born(&row.birth_date.open(&disclosed.keys)?, today);
        lines.push(PatientLine {
            name: row.name.open(&disclosed.keys)?,
            url,
            born,
            age: if row.deceased { String::new() } else { age },
            mrn: masked(&row.mrn.open(&disclosed.keys)?),
            relation,
        });
    }
    lines.sort_by_cached_key(|line| line.name.to_lowercase());
    Ok(lines)
}

/// A birth date and an age in words; FHIR allows a year, or year and month, alone, and then there is no age.
fn born(text: &str, today: Date) -> (String, String) {
    match text.parse::<Date>() {
        Ok(date) => (dates::date(date), dates::age(date, today)),
        Err(_) => (text.to_owned(), String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_greeted_as_people() {
        assert_eq!(salutation("Dr. Lena Park"), "Dr. Park");
        assert_eq!(salutation("Jamie Ruiz"), "Jamie");
        assert_eq!(salutation("Dr."), "Dr.");
        assert_eq!(salutation(""), "");
    }

    #[test]
    fn a_birth_year_alone_has_no_age() {
        let today = Date::constant(2026, 11, 22);
        assert_eq!(born("1985", today), ("1985".to_owned(), String::new()));
        assert_eq!(born("1985-03-14", today).1, "41\u{a0}years");
    }
}
