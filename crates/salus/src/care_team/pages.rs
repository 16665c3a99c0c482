//! The team, putting somebody on it, and taking somebody off.

use salus_kernel::{
    Action, ActionType, PractitionerId,
    actions::{ChangeCareTeam, ViewCareTeam},
};
use serde::Deserialize;

use super::{
    NewMember,
    store::{self, Member},
    views::{Line, Team},
};
use crate::{
    access::{Chart, Posted},
    clinic::{self, role_in_words},
    patients::{self, MayFrame},
    shell::{
        dates,
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other, see_other_with},
        urls,
        view::Choice,
        words,
    },
};

/// Who treats the patient, and who did.
pub async fn team(chart: Chart<ViewCareTeam>) -> PageResult {
    let view = view(&chart, None).await?;
    page::show(&chart, &view)
}

async fn view<A: ActionType + MayFrame>(chart: &Chart<A>, problem: Option<String>) -> Result<Team, Error> {
    let clinic = chart.app().clinic().await;
    let zone = clinic.zone();
    let may_change = chart.may(Action::ChangeCareTeam);
    let mut tx = chart.read().await?;
    let members = store::members(&mut tx, chart.scope()).await?;
    let colleagues = if may_change { clinic::treating(&mut tx).await? } else { Vec::new() };
    let banner = patients::banner(chart, &mut tx).await?;
    drop(tx);
    let on_it = |member: &Member| member.ends_at.is_none_or(|end| end > chart.now());
    let line = |member: &Member| Line {
        practitioner: member.practitioner.to_string(),
        name: member.name.clone(),
        role: member.role.map(role_in_words).unwrap_or_default(),
        since: dates::date(dates::on(member.starts_at, &zone)),
        until: member.ends_at.map(|end| dates::date(dates::on(end, &zone))),
    };
    let now: Vec<Line> = members.iter().filter(|member| on_it(member)).map(line).collect();
    let choices: Vec<Choice> = colleagues
        .into_iter()
        .filter(|colleague| !members.iter().any(|it| it.practitioner == colleague.id && on_it(it)))
        .map(|colleague| {
            let label = format!("{}, {}", colleague.name, role_in_words(colleague.role));
            Choice::new(colleague.id.to_string(), label, false)
        })
        .collect();
    let first = Choice::new("", words::t("care-team-choose"), true);
    Ok(Team {
        patient: chart.patient().to_string(),
        banner,
        own: chart.relation().is_of_the_patient(),
        now,
        before: members.iter().filter(|member| !on_it(member)).map(line).collect(),
        choices: if choices.is_empty() { choices } else { std::iter::once(first).chain(choices).collect() },
        may_change,
        problem,
        clinic_phone: clinic.phone.clone(),
    })
}

/// Who is put on the team or taken off.
#[derive(Deserialize)]
pub struct MemberForm {
    #[serde(default)]
    practitioner: String,
}

/// Puts somebody on the team who works here and treats patients. Who is on it already stays.
pub async fn add(chart: Chart<ChangeCareTeam>, Posted(form): Posted<MemberForm>) -> PageResult {
    let colleagues = clinic::treating(&mut chart.read().await?).await?;
    let Some(colleague) = colleagues.iter().find(|it| it.id.to_string() == form.practitioner) else {
        let view = view(&chart, Some(words::t("care-team-problem-who"))).await?;
        return page::again(&chart, &view);
    };
    let mut change = chart.begin().await?;
    let member = NewMember::of(chart.patient(), colleague.id, chart.now(), change.entry());
    let there = change.insert_unless_taken(&member.row()).await?;
    if there {
        change.commit().await?;
    }
    Ok(see_other_with(&urls::care_team(chart.patient()), Flash::CareTeamSaved))
}

/// Takes somebody off the team: the chart closes to them with their next request.
pub async fn end(chart: Chart<ChangeCareTeam>, Posted(form): Posted<MemberForm>) -> PageResult {
    let practitioner: PractitionerId = form.practitioner.parse().map_err(|_| Error::NotFound)?;
    let mut change = chart.begin().await?;
    let to = urls::care_team(chart.patient());
    if !store::end(&mut change, chart.scope(), practitioner, chart.now()).await? {
        return Ok(see_other(&to)); // somebody else was faster, or they never were on it
    }
    change.commit().await?;
    Ok(see_other_with(&to, Flash::CareTeamEnded))
}
