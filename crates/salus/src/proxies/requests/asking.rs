//! The side of who asks: the form, where it stands, taking it back, and the beginning.

use axum::extract::Query;
use jiff::civil::Date;
use salus_kernel::{
    ResourceId,
    actions::{AcceptCaregiver, AskCaregiver, ViewActingFor},
};
use salus_vault::Opens;
use serde::Deserialize;

use super::{
    IN_A_MONTH, InPath, LONGEST_NOTE, MONTH, OPEN_AT_ONCE, OpensTyped, PHOTOS, TELLING, YES_LASTS, asked_for,
    store::{self, New, Request, State},
    views::{Ask, Asked, Photo, Turn},
};
use crate::{
    access::{
        Posted, SignedIn,
        caregivers::{Basis, Shown},
        columns::{
            account,
            caregiver_request::{AccountName, BirthDate, Name, Note, Phone},
        },
        invites::Code,
    },
    accounts,
    notices::{self, About, TellOwner},
    proxies::{
        giving::{self, Ticked},
        pages::LONGEST,
    },
    shell::{
        dates,
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other, see_other_with},
        typed, urls,
        view::{Choice, Field},
        words,
    },
};

/// Why somebody may: what can be asked for. Who is grown up and wants it makes the code.
const BASES: [Basis; 3] = [Basis::Parent, Basis::Guardian, Basis::Attorney];

/// What the form sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct AskForm {
    name: String,
    birth_date: String,
    basis: String,
    phone: String,
    note: String,
    #[serde(flatten)]
    ticked: Ticked,
}

/// What is wrong with a form, beside each field.
#[derive(Default)]
struct Wrong {
    name: Option<String>,
    birth_date: Option<String>,
    basis: Option<String>,
    scopes: Option<String>,
    phone: Option<String>,
    note: Option<String>,
}

/// `?before=`: what was asked before, and was answered with a no.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Before {
    before: String,
}

/// The form; whoever asks again finds what they typed.
pub async fn form(own: SignedIn<ViewActingFor>, Query(before): Query<Before>) -> PageResult {
    let form = match before.before.parse::<ResourceId>() {
        Ok(id) => own_request(&mut own.read().await?, &own, id).await?.map(|request| typed_before(&own, &request)),
        Err(_) => None,
    };
    page::show(&own, &view(&own, form.transpose()?.unwrap_or_default(), Wrong::default()).await?)
}

fn typed_before(own: &SignedIn<ViewActingFor>, request: &Request) -> Result<AskForm, Error> {
    Ok(AskForm {
        name: request.name.open(own)?,
        birth_date: request.birth_date.open(own)?,
        basis: request.basis.word().to_owned(),
        phone: request.phone.open(own)?,
        note: request.note.open(own)?,
        ticked: Ticked::before(request.scopes),
    })
}

async fn view<A>(own: &SignedIn<A>, form: AskForm, wrong: Wrong) -> Result<Ask, Error>
where
    A: salus_kernel::ActionType,
{
    let basis = |basis: &Basis| {
        let word = basis.word();
        Choice::new(word, words::t(&format!("proxies-ask-basis-{word}")), form.basis == word)
    };
    let clinic = own.app().clinic().await;
    let rule = own.app().ages().await.on(dates::on(own.now(), &clinic.zone()));
    Ok(Ask {
        turn: turn(own).await?,
        teenager: giving::with_ages("proxies-ask-teen", rule),
        name: Field { value: form.name, problem: wrong.name },
        birth_date: Field { value: form.birth_date, problem: wrong.birth_date },
        bases: BASES.iter().map(basis).collect(),
        basis_problem: wrong.basis,
        ticks: giving::ticks(asked_for(), |scope| form.ticked.has(scope)),
        scopes_problem: wrong.scopes,
        phone: Field { value: form.phone, problem: wrong.phone },
        note: Field { value: form.note, problem: wrong.note },
        known: own.session().own_patient.is_some(),
        clinic_phone: clinic.phone.clone(),
    })
}

/// Whether one can ask now.
async fn turn<A: salus_kernel::ActionType>(own: &SignedIn<A>) -> Result<Turn, Error> {
    if own.session().role.is_some() {
        return Ok(Turn::Work);
    }
    let since = own.now().plus(-MONTH);
    let (all, open) = store::counts(&mut own.read().await?, own.account(), since).await?;
    Ok(if open >= OPEN_AT_ONCE || all >= IN_A_MONTH { Turn::Enough } else { Turn::Open })
}

/// Asks the clinic. Nothing comes of it before somebody at the desk has looked.
pub async fn ask(own: SignedIn<AskCaregiver>, Posted(form): Posted<AskForm>) -> PageResult {
    let today = dates::on(own.now(), &own.app().clinic().await.zone());
    let rule = own.app().ages().await.on(today);
    let possible = |born: &Date| *born <= today && born.year() >= today.year() - 130;
    let name = typed::line(&form.name, LONGEST);
    let born = dates::typed(&form.birth_date).filter(possible);
    let basis = BASES.into_iter().find(|basis| basis.word() == form.basis);
    let scopes = form.ticked.of(asked_for());
    let phone = Some(form.phone.trim()).filter(|phone| phone.is_empty()).map(str::to_owned);
    let phone = phone.or_else(|| typed::phone(&form.phone));
    let note = typed::note(&form.note, LONGEST_NOTE);
    let problem = |is: bool, id: &str| is.then(|| words::t(id));
    let wrong = Wrong {
        name: problem(name.is_none(), "proxies-problem-name-of"),
        birth_date: problem(born.is_none(), "proxies-problem-birth-date"),
        basis: problem(basis.is_none(), "proxies-problem-ask-basis").or_else(|| {
            let age = born.map(|born| dates::years(born, today))?;
            match basis? {
                Basis::Parent => (age >= rule.adult).then(|| giving::with_ages("proxies-problem-ask-grown", rule)),
                Basis::Attorney => problem(age < rule.adult, "proxies-problem-ask-child"),
                _ => None,
            }
        }),
        scopes: problem(scopes.is_empty(), "proxies-problem-ask-scopes"),
        phone: problem(phone.is_none(), "registrations-problem-phone"),
        note: problem(note.is_none(), "proxies-problem-note"),
    };
    let fine = !scopes.is_empty() && wrong.basis.is_none() && turn(&own).await? == Turn::Open;
    let (Some(name), Some(born), Some(basis), Some(phone), Some(note), true) = (name, born, basis, phone, note, fine)
    else {
        return page::again(&own, &view(&own, form, wrong).await?);
    };
    let id = ResourceId::new(own.now(), salus_vault::random());
    let row = id.to_string();
    let who = own.session().name.open(&own)?;
    let (account_name, key_version) = own.seal::<AccountName>(&row, who.as_bytes());
    let sealed = [
        account_name,
        own.seal::<Phone>(&row, phone.as_bytes()).0,
        own.seal::<Name>(&row, name.as_bytes()).0,
        own.seal::<BirthDate>(&row, born.to_string().as_bytes()).0,
        own.seal::<Note>(&row, note.as_bytes()).0,
    ];
    let new = New {
        id,
        account: own.account(),
        // Whose address is new is not known by their chart: that is what a thief begins with.
        own_patient: own.session().own_patient.filter(|_| own.session().settles_at.is_none()),
        sealed,
        key_version,
        basis,
        scopes,
        now: own.now(),
    };
    let mut change = own.begin().await?;
    // One after the other, so that they are counted.
    accounts::hold(&mut change, own.account()).await?;
    let (all, open) = store::counts(&mut change, own.account(), own.now().plus(-MONTH)).await?;
    if open >= OPEN_AT_ONCE || all >= IN_A_MONTH {
        drop(change);
        return page::again(&own, &view(&own, form, Wrong::default()).await?);
    }
    store::add(&mut change, new).await?;
    change.commit().await?;
    Ok(see_other_with(&urls::asked_caregiver(id), Flash::CaregiverAsked))
}

/// Where one's own request stands, and its photos.
pub async fn one(own: SignedIn<ViewActingFor>, InPath(id): InPath) -> PageResult {
    page::show(&own, &one_view(&own, id, None).await?)
}

/// The page of one's own request; `problem` is what is wrong with a photo.
pub(super) async fn one_view<A>(own: &SignedIn<A>, id: ResourceId, problem: Option<String>) -> Result<Asked, Error>
where
    A: OpensTyped + Opens<account::Name>,
{
    let clinic = own.app().clinic().await;
    let zone = clinic.zone();
    let mut tx = own.read().await?;
    let request = own_request(&mut tx, own, id).await?;
    let Some(request) = request else { return Err(Error::NotFound) };
    let photos = store::photos(&mut tx, id).await?;
    let born = request.birth_date.open(own)?;
    let fact = crate::shell::view::Fact::new;
    let mut facts = vec![
        fact(words::t("proxies-ask-name"), request.name.open(own)?),
        fact(words::t("registrations-birth-date"), born.parse::<Date>().map(dates::date).unwrap_or(born)),
        fact(words::t("proxies-ask-basis"), words::t(&format!("proxies-ask-basis-{}", request.basis.word()))),
        fact(words::t("proxies-asked-since"), dates::day_and_time(request.created_at, &zone)),
    ];
    for (label, text) in
        [("proxies-ask-phone", request.phone.open(own)?), ("proxies-ask-note", request.note.open(own)?)]
    {
        if !text.is_empty() {
            facts.push(fact(words::t(label), text));
        }
    }
    Ok(Asked {
        request: id.to_string(),
        state: request.state,
        reason: request.reason.map(|word| match request.own_patient {
            None if TELLING.contains(&word.as_str()) => words::t("proxies-reason-stranger"),
            _ => words::t(&format!("proxies-reason-{word}")),
        }),
        known: request.own_patient.is_some(),
        begin_by: request
            .decided_at
            .filter(|_| request.state == State::Granted)
            .map(|at| dates::day(at.plus(YES_LASTS), &zone)),
        facts,
        scopes: request.scopes.iter().map(giving::in_words).collect(),
        full: photos.len() >= PHOTOS,
        photos: photos.into_iter().map(|photo| Photo::new(photo, urls::own_photo(id, photo))).collect(),
        problem,
        clinic_phone: clinic.phone.clone(),
    })
}

/// One's own request; nobody else's.
pub(super) async fn own_request<A: salus_kernel::ActionType>(
    tx: &mut salus_db::Reader,
    own: &SignedIn<A>,
    id: ResourceId,
) -> Result<Option<Request>, Error> {
    Ok(store::one(tx, id).await?.filter(|request| request.account == own.account()))
}

/// Takes it back, with its photos.
pub async fn withdraw(own: SignedIn<AskCaregiver>, InPath(id): InPath) -> PageResult {
    if own_request(&mut own.read().await?, &own, id).await?.is_none() {
        return Err(Error::NotFound);
    }
    let mut change = own.begin().await?;
    if !store::end(&mut change, id, own.account(), State::Withdrawn).await? {
        return Ok(see_other(&urls::asked_caregiver(id))); // answered, or begun
    }
    store::remove_photos(&mut change, id, own.account()).await?;
    change.commit().await?;
    Ok(see_other_with(urls::ACTING_FOR, Flash::CaregiverNotAsked))
}

/// Begins what the clinic said yes to: the code is in the request, and only its holder opens it.
pub async fn begin(own: SignedIn<AcceptCaregiver>, InPath(id): InPath) -> PageResult {
    let Some(request) = own_request(&mut own.read().await?, &own, id).await? else { return Err(Error::NotFound) };
    let Some(code) = request.code else { return Ok(see_other(&urls::asked_caregiver(id))) };
    let code = Code::of_slip(&code.open(&own)?);
    match own.accept(&code, &request.birth_date.open(&own)?).await? {
        Shown::Right(accepting) => {
            let (mut change, scope, now) = (accepting.change, accepting.scope, own.now());
            if !store::end(&mut change, id, own.account(), State::Begun).await? {
                return Ok(see_other(urls::ACTING_FOR)); // taken back in another window
            }
            for account in notices::owners(&mut change, scope, now).await?.into_iter().chain([own.account()]) {
                change.enqueue(&TellOwner::of(account, About::Caregivers, now)).await?;
            }
            change.commit().await?;
            Ok(see_other_with(&urls::patient_home(scope.patient()), Flash::CaregiverAccepted))
        }
        // It ran out, or was taken back: it waits for nobody any more.
        Shown::Ended | Shown::Closed | Shown::NoMatch | Shown::Own | Shown::Work => {
            let mut change = own.begin().await?;
            if store::end(&mut change, id, own.account(), State::Withdrawn).await? {
                change.commit().await?;
            }
            Ok(see_other_with(urls::ACTING_FOR, Flash::CaregiverNotBegun))
        }
    }
}

/// What one asked for, for the list of whom one acts for.
pub async fn lines<A>(own: &SignedIn<A>) -> Result<Vec<super::views::Line>, Error>
where
    A: salus_kernel::ActionType + Opens<crate::access::columns::caregiver_request::Name>,
{
    let rows = store::own(&mut own.read().await?, own.account(), super::MOST).await?;
    let shown = rows.into_iter().filter(|row| row.state != State::Begun);
    shown
        .map(|row| {
            Ok(super::views::Line {
                url: urls::asked_caregiver(row.id),
                name: row.name.open(own)?,
                state: words::t(&format!("proxies-asked-state-{}", row.state.word())),
                waits: row.state == State::Granted,
            })
        })
        .collect()
}
