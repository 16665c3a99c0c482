//! A chart for somebody who has none: typed at the front desk, or taken over from what somebody typed who registered.
//!
//! FHIR: Patient, with what the desk may know: names, date of birth, sex, how to reach the person.

use jiff::civil::Date;
use salus_kernel::{
    AccountId, PatientId,
    actions::{MakeChart, ViewRegistrations},
};
use salus_vault::normal;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{
    desk, register,
    store::{self, State},
    views::desk::NewChart,
};
use crate::{
    access::{InPath, Posted, RowWritten, Wanted, Worklist},
    import::{ChartMadeHere, number_from},
    shell::{
        dates,
        error::Error,
        page::{self, PageResult, see_other},
        urls,
        view::{Choice, Field},
        words,
    },
    staff,
};

/// FHIR AdministrativeGender, and the end of the words for it.
const SEXES: [&str; 4] = ["female", "male", "other", "unknown"];
/// How many charts like the new one are shown.
const ALIKE: usize = 5;

/// What the form sends.
#[derive(Default, Deserialize)]
pub struct ChartForm {
    #[serde(default)]
    given: String,
    #[serde(default)]
    family: String,
    #[serde(default)]
    birth_date: String,
    #[serde(default)]
    sex: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    mrn: String,
    #[serde(default)]
    another: String,
    /// Who registered and is to be compared with the new chart.
    #[serde(default)]
    registration: String,
}

/// What it says, when all of it can be true.
struct Wish {
    given: String,
    family: String,
    born: Date,
    sex: &'static str,
    email: String,
    phone: String,
    mrn: String,
}

impl ChartForm {
    fn view(&self) -> NewChart {
        NewChart {
            given: Field::typed(&self.given),
            family: Field::typed(&self.family),
            birth_date: Field::typed(&self.birth_date),
            sexes: SEXES
                .map(|word| Choice::new(word, words::t(&format!("registrations-sex-{word}")), word == self.sex))
                .to_vec(),
            sex_problem: None,
            email: Field::typed(&self.email),
            phone: Field::typed(&self.phone),
            mrn: Field::typed(&self.mrn),
            registration: self.registration.parse::<AccountId>().ok().map(|id| id.to_string()),
            alike: Vec::new(),
        }
    }

    fn parse(&self, today: Date) -> Result<Wish, Box<NewChart>> {
        let given = register::typed_name(&self.given);
        let family = register::typed_name(&self.family);
        let born = dates::typed(&self.birth_date).filter(|born| *born <= today && born.year() >= today.year() - 130);
        let sex = SEXES.into_iter().find(|word| *word == self.sex);
        let email = Some(self.email.trim().to_owned())
            .filter(|email| email.is_empty() || crate::accounts::making::looks_like_an_address(email));
        let phone = register::typed_phone(&self.phone);
        let mrn = Some(self.mrn.trim().to_owned())
            .filter(|mrn| mrn.chars().count() <= 40 && !mrn.chars().any(char::is_control));
        match (given, family, born, sex, email, phone, mrn) {
            (Some(given), Some(family), Some(born), Some(sex), Some(email), Some(phone), Some(mrn)) => {
                Ok(Wish { given, family, born, sex, email, phone, mrn })
            }
            (given, family, born, sex, email, phone, mrn) => {
                let mut view = self.view();
                let problem = |wrong: bool, id: &str| wrong.then(|| words::t(id));
                view.given.problem = problem(given.is_none(), "registrations-problem-given");
                view.family.problem = problem(family.is_none(), "registrations-problem-family");
                view.birth_date.problem = problem(born.is_none(), "registrations-problem-birth-date");
                view.sex_problem = problem(sex.is_none(), "registrations-problem-sex");
                view.email.problem = problem(email.is_none(), "accounts-problem-email");
                view.phone.problem = problem(phone.is_none(), "registrations-problem-phone");
                view.mrn.problem = problem(mrn.is_none(), "registrations-problem-mrn");
                Err(Box::new(view))
            }
        }
    }
}

impl Wish {
    fn name(&self) -> String {
        format!("{} {}", self.given, self.family)
    }
    /// The FHIR resource.
    fn resource(&self, number: &str) -> Json {
        let given: Vec<&str> = self.given.split(' ').collect();
        let contact = [("phone", &self.phone), ("email", &self.email)]
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(system, value)| json!({ "system": system, "value": value }));
        json!({
            "resourceType": "Patient",
            "active": true,
            "identifier": [{
                "type": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR" }] },
                "value": number,
            }],
            "name": [{ "use": "official", "given": given, "family": self.family }],
            "gender": self.sex,
            "birthDate": self.born.to_string(),
            "telecom": contact.collect::<Vec<_>>(),
        })
    }
}

/// The empty form.
pub async fn form(list: Worklist<MakeChart>) -> PageResult {
    page::show(&list, &ChartForm::default().view())
}

/// The form with what somebody typed who registered.
pub async fn form_for(list: Worklist<ViewRegistrations>, InPath(account): InPath) -> PageResult {
    if store::there(&mut list.read().await?, account).await?.is_none_or(|state| !state.open()) {
        return Err(Error::NotFound);
    }
    let typed = desk::open(&mut list.applicants(&[account]).await?, account).await?;
    let (given, family) = typed.name.rsplit_once(' ').unwrap_or((typed.name.as_str(), ""));
    let born = typed.birth_date.parse::<Date>();
    let form = ChartForm {
        given: given.to_owned(),
        family: family.to_owned(),
        birth_date: born.map(|born| format!("{}/{}/{}", born.month(), born.day(), born.year())).unwrap_or_default(),
        email: typed.email,
        phone: typed.phone,
        registration: account.to_string(),
        ..ChartForm::default()
    };
    page::show(&list, &form.view())
}

/// Makes the chart. Where there is one like it, somebody has to say that this is another person.
pub async fn make(list: Worklist<MakeChart>, Posted(form): Posted<ChartForm>) -> PageResult {
    let today = dates::on(list.now(), &list.app().clinic().await.zone());
    let wish = match form.parse(today) {
        Ok(wish) => wish,
        Err(view) => return page::again(&list, &*view),
    };
    let registration = form.registration.parse::<AccountId>().ok();
    if form.another != "yes" {
        let alike = alike(&list, &wish, registration).await?;
        if !alike.is_empty() {
            return page::again(&list, &NewChart { alike, ..form.view() });
        }
    }
    let (patient, key, mut change) = list.begin_chart().await?;
    let number = match wish.mrn.as_str() {
        "" => number_from(list.digest("import.mrn", format!("made-here|{patient}").as_bytes())),
        typed => typed.to_owned(),
    };
    let resource = wish.resource(&number);
    let text = serde_json::to_vec(&resource).map_err(|_| Error::broken("a chart that can't be written down"))?;
    let columns = ChartMadeHere {
        patient,
        source_index: list.index("import", &format!("made-here|{patient}")).into_string(),
        mrn_index: list.index("patient.mrn", &normal::mrn(&number)).into_string(),
        digest: list.digest("import", &text),
        key: &key,
        resource: &resource,
        text: &text,
        number: &number,
        now: list.now(),
        entry: &change.entry(),
    }
    .columns();
    let row = RowWritten { table: "patient", id: patient.to_string(), version: 1, columns: &columns };
    if !change.insert_unless_taken(&row).await? {
        let mut view = form.view();
        view.mrn.problem = Some(words::t("registrations-problem-mrn-taken"));
        return page::again(&list, &view);
    }
    change.commit().await?;
    Ok(see_other(&next(&list, patient, registration).await?))
}

/// Where the desk goes on: to compare with whoever registered, or to the new chart.
async fn next(
    list: &Worklist<MakeChart>,
    patient: PatientId,
    registration: Option<AccountId>,
) -> Result<String, Error> {
    let Some(account) = registration else { return Ok(urls::profile(patient)) };
    let waits = store::there(&mut list.read().await?, account).await?.is_some_and(State::open);
    Ok(if waits { urls::compare(patient, account) } else { urls::profile(patient) })
}

/// Charts with the same date of birth and last name.
async fn alike(
    list: &Worklist<MakeChart>,
    wish: &Wish,
    registration: Option<AccountId>,
) -> Result<Vec<(String, String)>, Error> {
    let wanted = Wanted {
        name: super::likeness::last_name(&wish.name()),
        birth_date: Some(wish.born.to_string()),
        ..Wanted::default()
    };
    let found: Vec<PatientId> = list.find(&wanted, ALIKE).await?.into_iter().map(|found| found.patient).collect();
    let mut disclosed = list.disclose(&found).await?;
    let mut alike = Vec::new();
    for row in staff::listed(&mut disclosed.tx, &found).await? {
        if disclosed.erased.contains_key(&row.patient) {
            continue;
        }
        let url = match registration {
            Some(account) => urls::compare(row.patient, account),
            None => urls::profile(row.patient),
        };
        alike.push((row.name.open(&disclosed.keys)?, url));
    }
    Ok(alike)
}
