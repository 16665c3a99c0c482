//! For whom one acts: the list, a code to act for somebody else, and the end of it.

use salus_kernel::{
    ResourceId,
    actions::{AcceptCaregiver, LeaveCaregiver, ViewActingFor},
};
use salus_vault::Opens;
use serde::Deserialize;

use super::{giving, requests, store, views};
use crate::{
    access::{
        Posted, SignedIn,
        caregivers::Shown,
        columns::{account, caregiver_request, related_person},
        invites::Code,
    },
    notices::{self, About, TellOwner},
    shell::{
        dates,
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other, see_other_with},
        urls,
        view::Field,
        words,
    },
};

/// How many letters a code has.
const CODE: usize = 12;

/// For whom one acts.
pub async fn list(own: SignedIn<ViewActingFor>) -> PageResult {
    let view = view(&own, Field::empty(), Field::empty()).await?;
    page::show(&own, &view)
}

async fn view<A>(own: &SignedIn<A>, code: Field, birth_date: Field) -> Result<views::ActingFor, Error>
where
    A: salus_kernel::ActionType
        + Opens<account::Name>
        + Opens<related_person::PatientName>
        + Opens<caregiver_request::Name>,
{
    let clinic = own.app().clinic().await;
    let zone = clinic.zone();
    let mut people = Vec::new();
    for one in own.acting_for().await? {
        people.push(views::Person {
            id: one.id.to_string(),
            name: one.name.open(own)?,
            url: urls::patient_home(one.patient),
            scopes: one.scopes.iter().map(giving::in_words).collect(),
            shrinks: one.shrinks.map(|day| words::t1("proxies-shrinks", "day", dates::date(day))),
            until: {
                let end = dates::on(one.until, &zone);
                words::t1(
                    "proxies-until",
                    "day",
                    dates::date(giving::last_of(one.outgrown.map_or(end, |day| day.min(end)))),
                )
            },
        });
    }
    Ok(views::ActingFor {
        own: own.session().own_patient.map(urls::patient_home),
        staff: own.session().role.is_some(),
        people,
        asked: requests::lines(own).await?,
        code,
        birth_date,
        clinic_phone: clinic.phone.clone(),
    })
}

/// What the form with a code sends.
#[derive(Deserialize)]
pub struct CodeForm {
    #[serde(default)]
    slip: String,
    #[serde(default)]
    birth_date: String,
}

/// Shows a code, and says the date of birth of whom it is for.
pub async fn accept(own: SignedIn<AcceptCaregiver>, Posted(form): Posted<CodeForm>) -> PageResult {
    let code = Code::of_slip(&form.slip);
    let born = dates::typed(&form.birth_date);
    let problem = |is: bool, id: &str| is.then(|| words::t(id));
    let fields = [
        Field { value: form.slip, problem: problem(code.text().len() != CODE, "proxies-problem-code") },
        Field { value: form.birth_date, problem: problem(born.is_none(), "proxies-problem-birth-date") },
    ];
    let (true, Some(born)) = (fields.iter().all(|field| field.problem.is_none()), born) else {
        let [code, birth_date] = fields;
        let view = view(&own, code, birth_date).await?;
        return page::again(&own, &view);
    };
    let problem = match own.accept(&code, &born.to_string()).await? {
        Shown::Right(accepting) => {
            let (mut change, scope, now) = (accepting.change, accepting.scope, own.now());
            // Both are told, and whoever made the code for the patient is the patient or the front desk.
            let owners = notices::owners(&mut change, scope, now).await?;
            for account in owners.into_iter().chain([own.account()]) {
                change.enqueue(&TellOwner::of(account, About::Caregivers, now)).await?;
            }
            change.commit().await?;
            return Ok(see_other_with(&urls::patient_home(scope.patient()), Flash::CaregiverAccepted));
        }
        Shown::NoMatch => "proxies-problem-no-match",
        Shown::Ended => "proxies-problem-ended",
        Shown::Closed => "proxies-problem-closed",
        Shown::Own => "proxies-problem-own",
        Shown::Work => "proxies-problem-staff",
    };
    let [code, birth_date] = fields;
    let view = view(&own, Field::wrong(code.value, words::t(problem)), birth_date).await?;
    page::again(&own, &view)
}

/// Which one ends.
#[derive(Deserialize)]
pub struct StopForm {
    #[serde(default)]
    id: String,
}

/// Acts for somebody no longer.
pub async fn stop(own: SignedIn<LeaveCaregiver>, Posted(form): Posted<StopForm>) -> PageResult {
    let Ok(id) = form.id.parse::<ResourceId>() else { return Ok(see_other(urls::ACTING_FOR)) };
    let mut change = own.begin().await?;
    if !store::leave(&mut change, id, own.account(), own.now()).await? {
        return Ok(see_other(urls::ACTING_FOR)); // ended before
    }
    change.commit().await?;
    Ok(see_other_with(urls::ACTING_FOR, Flash::CaregiverLeft))
}
