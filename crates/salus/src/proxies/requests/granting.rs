//! Saying yes: the request beside the chart, and what is given.

use salus_kernel::{
    ResourceId,
    actions::{CompareCaregiver, GrantCaregiver},
};
use salus_vault::Opens;
use serde::Deserialize;

use super::{
    InPath, OpensTyped, YES_LASTS,
    desk::{self, Opened},
    store::{self, Grant, State},
    views::desk::{Closed, Compare},
};
use crate::{
    access::{
        Applicants, Chart, Posted, Wanted,
        caregivers::{Basis, Offer},
        columns::caregiver_request::{AccountName, Code as SealedCode},
    },
    notices::{self, About, TellOwner},
    patients::{self, MayFrame, Person},
    proxies::{
        giving::{self, Ticked},
        pages::{Invitable, may_invite},
    },
    registrations::{self, Likeness},
    shell::{
        dates,
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other_with},
        urls,
        view::{Choice, Fact},
        words,
    },
};

/// How the desk can know: what is seen at the desk, and what was sent by somebody who is known by their own chart.
const EVIDENCE: [&str; 3] = ["seen", "paper", "photos"];

/// What the form sends that says yes.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct GrantForm {
    basis: String,
    evidence: String,
    months: String,
    sure: String,
    /// Which photos stood on the page.
    photos: String,
    #[serde(flatten)]
    ticked: Ticked,
}

#[derive(Default)]
struct Wrong {
    basis: Option<String>,
    evidence: Option<String>,
    scopes: Option<String>,
    months: Option<String>,
    sure: Option<String>,
}

/// Both, side by side.
struct Both<A> {
    of: Applicants<A>,
    opened: Opened,
    person: Person,
    like: Likeness,
    others: usize,
    photos: Vec<ResourceId>,
    can: Result<Invitable, Closed>,
}

impl<A> Both<A> {
    /// Whether the desk has to say that it looked twice.
    fn is_suspect(&self) -> bool {
        self.like.is_suspect() || self.others > 0
    }
    /// Why somebody may, of what fits the patient's age; nobody gives for the patient what the patient wants.
    fn bases(&self) -> impl Iterator<Item = Basis> {
        let can = self.can.as_ref().ok().copied();
        let fits = move |basis: Basis| can.is_some_and(|can| basis.fits(can.age, can.rule));
        Basis::ALL.into_iter().filter(move |basis| *basis != Basis::Adult && fits(*basis))
    }
    /// Whether the photos are those that stood on the page: who asked may have put others in their place.
    fn are_seen(&self, form: &GrantForm) -> bool {
        self.photos.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ") == form.photos
    }
    /// How the desk can know. Photos alone say nothing of who sent them.
    fn evidence(&self) -> impl Iterator<Item = &'static str> {
        let photos = self.opened.row.own_patient.is_some() && !self.photos.is_empty();
        EVIDENCE.into_iter().filter(move |word| photos || *word != "photos")
    }
}

async fn both<A>(chart: &Chart<A>, id: ResourceId) -> Result<Both<A>, Error>
where
    A: MayFrame + OpensTyped + Opens<AccountName>,
{
    let mut tx = chart.read().await?;
    let person = patients::person(chart, &mut tx).await?;
    let row = store::one(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let photos = store::photos(&mut tx, id).await?;
    drop(tx);
    let of = chart.applicant(row.account).await?;
    let opened = desk::open(&of, row)?;
    let born = person.birth_date().map(|born| born.to_string()).unwrap_or_default();
    let wanted = Wanted {
        name: registrations::last_name(&person.name),
        birth_date: Some(opened.birth_date.clone()),
        ..Wanted::default()
    };
    let can = match may_invite(chart, &person).await? {
        _ if opened.row.state != State::Open => Err(Closed::Decided),
        _ if opened.row.own_patient == Some(chart.patient()) => Err(Closed::Own),
        Err(refused) => Err(Closed::Refused(refused)),
        // The date of birth is what who asked knows of the patient: it is a part of the yes.
        Ok(_) if born != opened.birth_date => Err(Closed::OtherDate),
        Ok(can) => Ok(can),
    };
    Ok(Both {
        like: Likeness::of((&opened.name, &opened.birth_date), (&person.name, &born)),
        others: chart.others_like(&wanted).await?,
        of,
        opened,
        person,
        photos,
        can,
    })
}

async fn view<A: MayFrame>(chart: &Chart<A>, both: &Both<A>, form: Option<&GrantForm>, wrong: Wrong) -> Compare {
    let clinic = chart.app().clinic().await;
    let zone = clinic.zone();
    let today = dates::on(chart.now(), &zone);
    let born = both.person.birth_date().map(|born| born.to_string()).unwrap_or_default();
    let in_chart = vec![
        Fact::new(words::t("registrations-name"), both.person.name.clone()),
        Fact::new(words::t("registrations-birth-date"), registrations::born_in_words(&born, today)),
        Fact::new(words::t("registrations-mrn"), both.person.mrn.clone()),
    ];
    let row = &both.opened.row;
    let can = both.can.as_ref().ok().map(|can| giving::what_for(*can)).into_iter().flatten();
    let rule = chart.app().ages().await.on(today);
    let typed = |field: fn(&GrantForm) -> &str| form.map(field).unwrap_or_default();
    let basis = |basis: Basis| {
        let chosen = if form.is_some() { typed(|form| &form.basis) == basis.word() } else { basis == row.basis };
        Choice::new(basis.word(), words::t(&format!("proxies-basis-{}", basis.word())), chosen)
    };
    let evidence = |word: &'static str| {
        Choice::new(word, words::t(&format!("proxies-evidence-{word}")), typed(|form| &form.evidence) == word)
    };
    Compare {
        patient: chart.patient().to_string(),
        request: row.id.to_string(),
        banner: patients::banner_of(&both.person, chart).await,
        asker: both.opened.asker(&zone),
        asker_chart: row.own_patient.map(urls::profile),
        wish: both.opened.wish(today),
        in_chart,
        photos: desk::photos_of(row.id, &both.photos),
        photos_changed: form.is_some_and(|form| !both.are_seen(form)),
        like: both.like,
        others: u64::try_from(both.others).unwrap_or(u64::MAX),
        suspect: both.is_suspect(),
        closed: both.can.as_ref().err().copied(),
        bases: both.bases().map(basis).collect(),
        basis_hint: giving::with_ages("proxies-basis-hint", rule),
        basis_problem: wrong.basis,
        evidence: both.evidence().map(evidence).collect(),
        evidence_problem: wrong.evidence,
        ticks: giving::ticks(can, |scope| match form {
            Some(form) => form.ticked.has(scope),
            None => row.scopes.contains(scope),
        }),
        scopes_problem: wrong.scopes,
        months: giving::months_choices(false, typed(|form| &form.months)),
        months_problem: wrong.months,
        sure: typed(|form| &form.sure) == "yes",
        sure_problem: wrong.sure,
        clinic_phone: clinic.phone.clone(),
    }
}

/// Both, side by side, and the form that says yes.
pub async fn page(chart: Chart<CompareCaregiver>, InPath(id): InPath) -> PageResult {
    let both = both(&chart, id).await?;
    page::show(&chart, &view(&chart, &both, None, Wrong::default()).await)
}

/// Says yes: an offer as any other, whose code only the account opens that asked. Both are told.
pub async fn grant(chart: Chart<GrantCaregiver>, InPath(id): InPath, Posted(form): Posted<GrantForm>) -> PageResult {
    let both = both(&chart, id).await?;
    let Ok(can) = both.can else {
        return page::again(&chart, &view(&chart, &both, Some(&form), Wrong::default()).await);
    };
    let basis = both.bases().find(|basis| basis.word() == form.basis);
    let evidence = both.evidence().find(|word| *word == form.evidence);
    let scopes = form.ticked.of(giving::what_for(can));
    let months = giving::months_for(false).find(|months| months.to_string() == form.months);
    let sure = !both.is_suspect() || form.sure == "yes";
    let problem = |is: bool, id: &str| is.then(|| words::t(id));
    let mut wrong = Wrong {
        basis: problem(basis.is_none(), "proxies-problem-basis"),
        evidence: None,
        scopes: problem(scopes.is_empty(), "proxies-problem-scopes"),
        months: problem(months.is_none(), "proxies-problem-months"),
        sure: problem(!sure, "proxies-problem-sure"),
    };
    // A teenager agrees in person, so somebody sees both.
    let evidence = evidence.filter(|word| *word == "seen" || basis != Some(Basis::Teen));
    wrong.evidence = problem(
        evidence.is_none(),
        match basis {
            Some(Basis::Teen) => "proxies-problem-teen",
            _ => "proxies-problem-evidence",
        },
    );
    let fine = sure && !scopes.is_empty() && both.are_seen(&form);
    let (Some(basis), Some(evidence), Some(months), true) = (basis, evidence, months, fine) else {
        return page::again(&chart, &view(&chart, &both, Some(&form), wrong).await);
    };
    let (account, now) = (both.opened.row.account, chart.now());
    let offer = Offer {
        name: &both.opened.who,
        basis,
        scopes,
        // What was seen at the desk; photos are named in the request.
        evidence: Some(evidence).filter(|word| *word != "photos"),
        birth_date: can.born.to_string(),
        until: giving::after(now, months, &chart.app().clinic().await.zone()),
        lasts: YES_LASTS,
    };
    let mut change = chart.begin().await?;
    let code = chart.offer(&mut change, &offer).await?;
    let code = both.of.seal::<SealedCode>(account, &id.to_string(), code.text().as_bytes())?;
    let yes = Grant { evidence, code, patient: chart.patient(), by: chart.session().account, now };
    if !store::grant(&mut change, id, yes).await? {
        return Ok(see_other_with(&urls::caregiver_request(id), Flash::RegistrationDecided));
    }
    change.enqueue(&TellOwner::of(account, About::Answered, now)).await?;
    for owner in notices::owners(&mut change, chart.scope(), now).await? {
        change.enqueue(&TellOwner::of(owner, About::Caregivers, now)).await?;
    }
    change.commit().await?;
    Ok(see_other_with(urls::CAREGIVER_REQUESTS, Flash::CaregiverGranted))
}
