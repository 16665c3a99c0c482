//! The front desk's side: who was invited to a chart, a new slip, and taking one back.

use jiff::civil::Date;
use salus_kernel::{
    Action,
    actions::{InvitePatient, SignPatientOut, ViewInvites},
};
use serde::Deserialize;

use super::{
    SLIP_LASTS, store,
    views::{Line, PatientInvites, Refused, Slip},
};
use crate::{
    access::{Chart, Posted, invites::For},
    notices::{About, TellOwner},
    patients::{self, MayFrame, Person},
    shell::{
        dates,
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other_with},
        urls,
        view::{Choice, Tag, Tone, initials},
        words,
    },
};

/// How the desk can know who somebody is: words of the table, and of the list on the page.
pub const EVIDENCE: [&str; 4] = ["photo-id", "known-here", "other-document", "call-back"];

/// Why nobody can sign in to a chart of their own, if they can't; else the date of birth that a slip's holder will say.
pub async fn may_sign_in<A: MayFrame>(chart: &Chart<A>, person: &Person) -> Result<Date, Refused> {
    let today = dates::on(chart.now(), &chart.app().clinic().await.zone());
    if person.deceased {
        return Err(Refused::Deceased);
    }
    let Some(born) = person.birth_date() else { return Err(Refused::NoBirthDate) };
    let rule = chart.app().ages().await.on(today);
    if dates::years(born, today) < rule.adult {
        return Err(Refused::TooYoung(rule.adult));
    }
    Ok(born)
}

/// The invites to a chart, and the form for a new one.
pub async fn list(chart: Chart<ViewInvites>) -> PageResult {
    let person = patients::person(&chart, &mut chart.read().await?).await?;
    let refused = may_sign_in(&chart, &person).await.err();
    page::show(&chart, &list_view(&chart, &person, refused, None).await?)
}

async fn list_view<A: MayFrame>(
    chart: &Chart<A>,
    person: &Person,
    refused: Option<Refused>,
    problem: Option<String>,
) -> Result<PatientInvites, Error> {
    let clinic = chart.app().clinic().await;
    let zone = clinic.zone();
    let mut tx = chart.read().await?;
    let rows = store::lines(&mut tx, chart.scope()).await?;
    let has_login = store::login(&mut tx, chart.scope(), chart.now()).await?.is_some();
    drop(tx);
    let open = rows.iter().any(|row| row.state == "open" && chart.now() < row.ends_at);
    let lines = rows
        .into_iter()
        .map(|row| {
            let ended = row.state == "open" && chart.now() >= row.ends_at;
            let (word, tone) = match row.state.as_str() {
                _ if ended => ("ended", Tone::Plain),
                "open" => ("open", Tone::Caution),
                "redeemed" => ("redeemed", Tone::Good),
                "withdrawn" => ("withdrawn", Tone::Plain),
                _ => ("dead", Tone::Bad),
            };
            Line {
                made: dates::day_and_time(row.created_at, &zone),
                by: row.made_by.unwrap_or_default(),
                evidence: words::t(&format!("invites-evidence-{}", row.evidence)),
                state: Tag::new(words::t(&format!("invites-state-{word}")), tone),
                until: match row.decided_at {
                    Some(at) => dates::day_and_time(at, &zone),
                    None => dates::day_and_time(row.ends_at, &zone),
                },
            }
        })
        .collect();
    let evidence = EVIDENCE.map(|word| Choice {
        value: word.to_owned(),
        label: words::t(&format!("invites-evidence-{word}")),
        chosen: false,
    });
    Ok(PatientInvites {
        patient: chart.patient().to_string(),
        banner: patients::banner_of(person, chart).await,
        lines,
        open,
        has_login,
        unlinks: chart.may(Action::LinkAccount),
        refused,
        evidence: evidence.to_vec(),
        problem,
        clinic_phone: clinic.phone.clone(),
    })
}

/// What the form for a slip sends.
#[derive(Deserialize)]
pub struct SlipForm {
    #[serde(default)]
    evidence: String,
}

/// Makes a slip, and voids the one before. The code is on this page and nowhere else.
pub async fn make(chart: Chart<InvitePatient>, Posted(form): Posted<SlipForm>) -> PageResult {
    let person = patients::person(&chart, &mut chart.read().await?).await?;
    let born = match may_sign_in(&chart, &person).await {
        Ok(born) => born,
        Err(refused) => return page::again(&chart, &list_view(&chart, &person, Some(refused), None).await?),
    };
    let Some(evidence) = EVIDENCE.into_iter().find(|word| *word == form.evidence) else {
        let problem = Some(words::t("invites-problem-evidence"));
        return page::again(&chart, &list_view(&chart, &person, None, problem).await?);
    };
    let mut change = chart.begin().await?;
    store::withdraw(&mut change, chart.scope(), chart.now()).await?;
    let (patient, birth_date) = (chart.patient(), born.to_string());
    let account = store::login(&mut change, chart.scope(), chart.now()).await?;
    let purpose = match account {
        Some(account) => For::Return { account, chart: (patient, birth_date), evidence },
        None => For::Patient { patient, birth_date, evidence },
    };
    let code = change.invite(purpose, chart.session().account, SLIP_LASTS).await?;
    if let Some(account) = account {
        change.enqueue(&TellOwner::of(account, About::WayBack, chart.now())).await?;
    }
    change.commit().await?;
    let clinic = chart.app().clinic().await;
    let link = chart.app().web().link(urls::INVITE);
    let view = Slip {
        patient: chart.patient().to_string(),
        back: account.is_some(),
        initials: initials(&person.name),
        code: code.in_groups(),
        qr_svg: crate::shell::qr::svg(&link)?,
        link,
        until: dates::day(chart.now().plus(SLIP_LASTS), &clinic.zone()),
        clinic_name: clinic.name.clone(),
        clinic_phone: clinic.phone.clone(),
    };
    page::show(&chart, &view)
}

/// Signs the patient out, wherever they are signed in: a phone was lost, or somebody else sits there. What they sign in with stays.
pub async fn sign_out(chart: Chart<SignPatientOut>) -> PageResult {
    let mut change = chart.begin().await?;
    let Some(account) = store::login(&mut change, chart.scope(), chart.now()).await? else {
        return Err(Error::NotFound);
    };
    chart.end_sessions(&mut change, account).await?;
    change.enqueue(&TellOwner::of(account, About::SignedOut, chart.now())).await?;
    change.commit().await?;
    Ok(see_other_with(&urls::invites(chart.patient()), Flash::PatientSignedOut))
}

/// Takes the open invite back.
pub async fn withdraw(chart: Chart<InvitePatient>) -> PageResult {
    let mut change = chart.begin().await?;
    store::withdraw(&mut change, chart.scope(), chart.now()).await?;
    change.commit().await?;
    Ok(see_other_with(&urls::invites(chart.patient()), Flash::InviteWithdrawn))
}
