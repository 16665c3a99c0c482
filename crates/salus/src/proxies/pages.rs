//! Who acts for a patient: the list, a code for somebody else, and the end of it.

use std::sync::Arc;

use jiff::{civil::Date, tz::TimeZone};
use salus_kernel::{
    ActionType, Instant, Relation, ResourceId, Scope, Scopes,
    actions::{EndCaregiver, InviteCaregiver, ViewCaregivers},
};
use salus_vault::Opens;
use serde::Deserialize;

use super::{
    CODE_LASTS,
    giving::{self, Ticked},
    store::{self, Caregiver, State},
    views::{self, Ask, Refused, Slip},
};
use crate::{
    access::{
        AgeRule, Ages, Birth, Chart, Posted,
        caregivers::{Basis, Offer},
        columns::related_person,
    },
    notices::{self, About, TellOwner},
    patients::{self, MayFrame, Person},
    shell::{
        dates,
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other, see_other_with},
        typed, urls,
        view::{Choice, Field, initials},
        words,
    },
};

/// How many a page shows.
const MOST: i64 = 100;
/// How many may act for a patient, or have a code, at one time.
const AT_ONCE: u64 = 12;
/// The longest name.
pub const LONGEST: usize = 100;
/// How the desk can know.
const EVIDENCE: [&str; 2] = ["seen", "paper"];

/// What frames these pages and opens their lists.
pub trait ShowsCaregivers: MayFrame + Opens<related_person::Name> + Opens<related_person::AccountName> {}
impl<A: MayFrame + Opens<related_person::Name> + Opens<related_person::AccountName>> ShowsCaregivers for A {}

/// Who acts for the patient.
pub async fn list(chart: Chart<ViewCaregivers>) -> PageResult {
    let person = patients::person(&chart, &mut chart.read().await?).await?;
    let view = view(&chart, &person, InviteForm::default(), [None, None, None, None, None]).await?;
    page::show(&chart, &view)
}

/// For whom a code can be made.
#[derive(Clone, Copy)]
pub struct Invitable {
    /// The date of birth that its holder says.
    pub born: Date,
    /// How old that is.
    pub age: i16,
    /// What counts at which age.
    pub rule: AgeRule,
    /// Whether what is sensitive can be given: not of a teenager.
    pub sensitive: bool,
}

/// Why no code can be made, if none can.
pub async fn may_invite<A: ActionType>(chart: &Chart<A>, person: &Person) -> Result<Result<Invitable, Refused>, Error> {
    let today = dates::on(chart.now(), &chart.app().clinic().await.zone());
    if person.deceased {
        return Ok(Err(Refused::Deceased));
    }
    let Some(born) = person.birth_date() else { return Ok(Err(Refused::NoBirthDate)) };
    let (age, own) = (dates::years(born, today), chart.relation() == Relation::Myself);
    let ages = chart.app().ages().await;
    let rule = ages.on(today);
    if own && age < rule.adult {
        return Ok(Err(Refused::TooYoung(rule)));
    }
    if store::open(&mut chart.read().await?, chart.scope(), chart.now()).await? >= AT_ONCE {
        return Ok(Err(Refused::Full));
    }
    if own && chart.session().settles_at.is_some() {
        return Ok(Err(Refused::NewAddress));
    }
    let whole = Scopes::from_iter([Scope::Sensitive]);
    let sensitive = ages.given(Basis::Guardian, whole, person.birth(), today, today) == Some(whole);
    Ok(Ok(Invitable { born, age, rule, sensitive }))
}

/// What the form for a code sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct InviteForm {
    name: String,
    basis: String,
    evidence: String,
    months: String,
    #[serde(flatten)]
    ticked: Ticked,
}

/// The page; what is wrong with name, reason, proof, scopes and length stands beside each.
async fn view<A: ShowsCaregivers>(
    chart: &Chart<A>,
    person: &Person,
    form: InviteForm,
    [name, basis, evidence, scopes, months]: [Option<String>; 5],
) -> Result<views::Caregivers, Error> {
    let clinic = chart.app().clinic().await;
    let zone = clinic.zone();
    let own = chart.relation() == Relation::Myself;
    let mut tx = chart.read().await?;
    let rows = store::list(&mut tx, chart.scope(), chart.now(), MOST).await?;
    drop(tx);
    let day = |when: Instant| dates::date(dates::on(when, &zone));
    // What was given for an age ends with it, whatever else was said.
    let time = Time::of(chart, person).await;
    let state = |row: &Caregiver| if time.left(row).is_none() { State::Ended } else { row.state };
    let line = |row: &Caregiver| -> Result<views::Line, Error> {
        let called = row.name.open(chart)?;
        let account = row.account_name.as_ref().map(|name| name.open(chart)).transpose()?;
        let when = match state(row) {
            State::Offered => words::t1("proxies-code-until", "day", day(row.offer_ends_at)),
            State::Active => {
                let since = day(row.starts_at.unwrap_or(row.created_at));
                let until = dates::date(giving::last_of(time.end(row)));
                words::t_with("proxies-since", [("since", since.into()), ("until", until.into())])
            }
            State::Ended => {
                let ended = dates::on(row.ended_at.unwrap_or(row.ends_at), &zone);
                words::t1("proxies-ended", "day", dates::date(ended.min(time.end(row)).min(time.today)))
            }
        };
        Ok(views::Line {
            id: row.id.to_string(),
            name: account.clone().unwrap_or_else(|| called.clone()),
            called: account.filter(|account| *account != called).map(|_| called),
            basis: basis_in_words(row.basis, own),
            scopes: time.given(row).unwrap_or_default().iter().map(giving::in_words).collect(),
            when,
            by: row.made_by.clone(),
        })
    };
    let of = |wanted: State| rows.iter().filter(|row| state(row) == wanted).map(line).collect::<Result<Vec<_>, _>>();
    let refused = may_invite(chart, person).await?;
    let bases = |can: Invitable| {
        let fits = Basis::ALL.into_iter().filter(move |basis| !own && basis.fits(can.age, can.rule));
        let word = |basis: Basis| words::t(&format!("proxies-basis-{}", basis.word()));
        fits.map(|basis| Choice::new(basis.word(), word(basis), form.basis == basis.word())).collect::<Vec<_>>()
    };
    let ask = match &refused {
        Err(refused) => Err(*refused),
        Ok(can) => Ok(Ask {
            name: Field { value: form.name.clone(), problem: name },
            bases: bases(*can),
            basis_hint: giving::with_ages("proxies-basis-hint", can.rule),
            basis_problem: basis,
            evidence: if own { Vec::new() } else { EVIDENCE.map(|word| evidence_choice(word, &form)).to_vec() },
            evidence_problem: evidence,
            ticks: giving::ticks(giving::what_for(*can), |scope| form.ticked.has(scope)),
            scopes_problem: scopes,
            months: giving::months_choices(own, &form.months),
            months_problem: months,
        }),
    };
    Ok(views::Caregivers {
        patient: chart.patient().to_string(),
        banner: if own { None } else { Some(patients::banner_of(person, chart).await) },
        active: of(State::Active)?,
        offered: of(State::Offered)?,
        ended: of(State::Ended)?,
        ask,
        clinic_phone: clinic.phone.clone(),
    })
}

/// Why somebody may, in the words of who reads.
pub fn basis_in_words(basis: Basis, own: bool) -> String {
    match basis {
        Basis::Adult if own => words::t("proxies-basis-own"),
        basis => words::t(&format!("proxies-basis-{}", basis.word())),
    }
}

/// What a patient's age makes of what was given, as the guard works it out.
pub struct Time {
    ages: Arc<Ages>,
    birth: Option<Birth>,
    deceased: bool,
    /// The clinic's zone.
    pub zone: TimeZone,
    /// The day by the clinic's clock.
    pub today: Date,
}

impl Time {
    /// For somebody, now.
    pub async fn of<A: ActionType>(chart: &Chart<A>, person: &Person) -> Self {
        let zone = chart.app().clinic().await.zone();
        let today = dates::on(chart.now(), &zone);
        let ages = chart.app().ages().await;
        Self { ages, birth: person.birth(), deceased: person.deceased, zone, today }
    }
    /// Since when it counts: what nobody took up begins today at the earliest.
    fn since(&self, row: &Caregiver) -> Date {
        row.starts_at.map_or(self.today, |at| dates::on(at, &self.zone))
    }
    /// The first day on which it counts no longer, because of an age or because it was given for so long.
    pub fn end(&self, row: &Caregiver) -> Date {
        let end = dates::on(row.ends_at, &self.zone);
        let outgrown = self.birth.and_then(|birth| self.ages.outgrown(row.basis, birth.earliest, self.since(row)));
        outgrown.map_or(end, |outgrown| outgrown.min(end))
    }
    /// What of it counts today; nothing once the patient has died.
    pub fn given(&self, row: &Caregiver) -> Option<Scopes> {
        if self.deceased { None } else { self.left(row) }
    }
    /// What of it is left today; nothing once it has ended, or would not begin any more.
    pub fn left(&self, row: &Caregiver) -> Option<Scopes> {
        let begins = || self.birth.is_none() || self.fits(row.basis, self.today);
        match row.state {
            State::Ended => None,
            State::Offered if !begins() => None,
            _ => self.ages.given(row.basis, row.scopes, self.birth, self.since(row), self.today),
        }
    }
    /// Whether it could be given on a day.
    pub fn fits(&self, basis: Basis, day: Date) -> bool {
        self.birth.is_some_and(|birth| basis.fits(dates::years(birth.earliest, day), self.ages.on(day)))
    }
    /// The days on which that changes from now on, and what counts then.
    pub fn changes(&self, row: &Caregiver) -> Vec<(Date, Option<Scopes>)> {
        if self.given(row).is_none() {
            return Vec::new();
        }
        let end = dates::on(row.ends_at, &self.zone);
        let ages = self.ages.changes(row.basis, row.scopes, self.birth, self.since(row));
        let coming = ages.into_iter().filter(|(day, _)| *day > self.today && *day < end);
        let mut changes: Vec<_> = coming.collect();
        if changes.last().is_none_or(|(_, given)| given.is_some()) {
            changes.push((end, None));
        }
        changes
    }
}

fn evidence_choice(word: &str, form: &InviteForm) -> Choice {
    Choice::new(word, words::t(&format!("proxies-evidence-{word}")), form.evidence == word)
}

/// Makes a code. It is on this page and nowhere else.
pub async fn invite(chart: Chart<InviteCaregiver>, Posted(form): Posted<InviteForm>) -> PageResult {
    let person = patients::person(&chart, &mut chart.read().await?).await?;
    let own = chart.relation() == Relation::Myself;
    let can = match may_invite(&chart, &person).await? {
        Ok(can) => can,
        Err(_) => {
            let view = view(&chart, &person, form, [None, None, None, None, None]).await?;
            return page::again(&chart, &view);
        }
    };
    let name = typed::line(&form.name, LONGEST);
    let basis = match own {
        true => Some(Basis::Adult),
        false => Basis::from_word(&form.basis).filter(|basis| basis.fits(can.age, can.rule)),
    };
    let evidence = EVIDENCE.into_iter().find(|word| *word == form.evidence);
    let scopes = form.ticked.of(giving::what_for(can));
    let months = giving::months_for(own).find(|months| months.to_string() == form.months);
    let wrong = |is: bool, id: &str| is.then(|| words::t(id));
    let problems = [
        wrong(name.is_none(), "proxies-problem-name"),
        wrong(basis.is_none(), "proxies-problem-basis"),
        wrong(!own && evidence.is_none(), "proxies-problem-evidence"),
        wrong(scopes.is_empty(), "proxies-problem-scopes"),
        wrong(months.is_none(), "proxies-problem-months"),
    ];
    let (Some(name), Some(basis), Some(months)) = (name, basis, months) else {
        let view = view(&chart, &person, form, problems).await?;
        return page::again(&chart, &view);
    };
    if problems.iter().any(Option::is_some) {
        let view = view(&chart, &person, form, problems).await?;
        return page::again(&chart, &view);
    }
    let clinic = chart.app().clinic().await;
    let zone = clinic.zone();
    let offer = Offer {
        name: &name,
        basis,
        scopes,
        evidence: evidence.filter(|_| !own),
        birth_date: can.born.to_string(),
        until: giving::after(chart.now(), months, &zone),
        lasts: CODE_LASTS,
    };
    let mut change = chart.begin().await?;
    let code = chart.offer(&mut change, &offer).await?;
    // Whoever does it themselves sees it; what the desk does is told.
    if !own {
        for account in notices::owners(&mut change, chart.scope(), chart.now()).await? {
            change.enqueue(&TellOwner::of(account, About::Caregivers, chart.now())).await?;
        }
    }
    change.commit().await?;
    let link = chart.app().web().link(urls::ACTING_FOR);
    let view = Slip {
        patient: chart.patient().to_string(),
        own,
        initials: initials(&person.name),
        code: code.in_groups(),
        qr_svg: crate::shell::qr::svg(&link)?,
        link,
        register: chart.app().web().link(urls::REGISTER),
        scopes: scopes.iter().map(giving::in_words).collect(),
        until: dates::day(chart.now().plus(CODE_LASTS), &zone),
        clinic_name: clinic.name.clone(),
        clinic_phone: clinic.phone.clone(),
    };
    page::show(&chart, &view)
}

/// Which one ends.
#[derive(Deserialize)]
pub struct EndForm {
    #[serde(default)]
    id: String,
}

/// Ends one: with their next request they see nothing any more. They are not told. What the desk ends, the patient is told.
pub async fn end(chart: Chart<EndCaregiver>, Posted(form): Posted<EndForm>) -> PageResult {
    let to = urls::caregivers(chart.patient());
    let Ok(id) = form.id.parse::<ResourceId>() else { return Ok(see_other(&to)) };
    let mut change = chart.begin().await?;
    if !store::end(&mut change, chart.scope(), id, chart.session().account, chart.now()).await? {
        return Ok(see_other(&to)); // ended before
    }
    if chart.relation() != Relation::Myself {
        for account in notices::owners(&mut change, chart.scope(), chart.now()).await? {
            change.enqueue(&TellOwner::of(account, About::Caregivers, chart.now())).await?;
        }
    }
    change.commit().await?;
    Ok(see_other_with(&to, Flash::CaregiverEnded))
}
