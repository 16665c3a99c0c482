//! Care teams with their people, and goals: short lists, shown whole.

use salus_fhir::show::{CareTeamDetails, Member};
use salus_kernel::{ResourceId, actions::ViewCarePlans};

use super::telling;
use crate::{
    access::{Chart, columns::care_team},
    patients,
    record::{
        entry::{Entry, Telling},
        names::Wanted,
        sections::{self, Goals},
        store, views,
    },
    shell::{
        page::{self, PageResult},
        urls::{self, Section},
        view::Fact,
        words,
    },
};

/// The people who take care of the patient.
pub async fn care_teams(chart: Chart<ViewCarePlans>) -> PageResult {
    let mut tx = chart.read().await?;
    let banner = patients::banner(&chart, &mut tx).await?;
    let mut teams: Vec<(ResourceId, CareTeamDetails)> = Vec::new();
    for row in store::all(&mut tx, store::CARE_TEAM, chart.scope()).await? {
        let resource = sections::open::<ViewCarePlans, care_team::Resource>(&chart, chart.scope(), &row)?;
        teams.push((row.id, CareTeamDetails::read(&resource)));
    }
    let named = teams
        .iter()
        .flat_map(|(_, team)| team.members.iter().filter_map(|member| member.who.as_ref()).chain(&team.organizations));
    let telling = telling(&chart, &mut tx, Wanted::of(named)).await?;
    drop(tx);

    let own = chart.relation().is_of_the_patient();
    let teams = teams.iter().map(|(id, team)| {
        let entry = Entry::from(team.clone());
        views::Team {
            name: team.name.clone(),
            when: entry.timing.brief(&telling.zone),
            status: entry.status,
            url: Some(urls::item(chart.patient(), Section::CareTeam, id)),
            members: team.members.iter().map(|member| person(&telling, team, member, own)).collect(),
        }
    });
    page::show(&chart, &views::CareTeams { patient: chart.patient().to_string(), teams: teams.collect(), banner })
}

fn person(telling: &Telling, team: &CareTeamDetails, member: &Member, own: bool) -> views::TeamMember {
    let named = member.who.as_ref().and_then(|who| telling.names.of(who));
    let name = match (member.is_patient, own) {
        (true, true) => words::t("record-team-you"),
        (true, false) => words::t("record-team-patient"),
        (false, _) => named.unwrap_or_else(|| words::t("record-team-nobody")),
    };
    let organization = || telling.names.of_all(&team.organizations).unwrap_or_default();
    let phone = || {
        let own = member.who.as_ref().and_then(|who| telling.names.phone(who));
        own.or_else(|| team.organizations.iter().find_map(|organization| telling.names.phone(organization)))
    };
    views::TeamMember {
        name,
        role: if member.is_patient { String::new() } else { member.roles.join(", ") },
        place: if member.is_patient { String::new() } else { organization() },
        phone: if member.is_patient { String::new() } else { phone().unwrap_or_default() },
    }
}

/// What the patient works toward.
pub async fn goals(chart: Chart<ViewCarePlans>) -> PageResult {
    let mut tx = chart.read().await?;
    let banner = patients::banner(&chart, &mut tx).await?;
    let mut goals: Vec<(ResourceId, Entry)> = Vec::new();
    for row in store::all(&mut tx, store::GOAL, chart.scope()).await? {
        goals.push((row.id, sections::read::<Goals>(&chart, chart.scope(), &row)?));
    }
    let telling = telling(&chart, &mut tx, Wanted::of(goals.iter().flat_map(|(_, goal)| goal.names_in_list()))).await?;
    drop(tx);

    let goals = goals.iter().map(|(id, goal)| {
        let row = telling.row(Section::Goals, *id, goal);
        let began = (!row.when.is_empty()).then(|| Fact::new(words::t("record-fact-began"), row.when));
        views::GoalLine {
            text: row.title,
            url: row.url,
            status: row.status,
            facts: row.facts.into_iter().chain(began).collect(),
        }
    });
    page::show(&chart, &views::Goals { patient: chart.patient().to_string(), goals: goals.collect(), banner })
}
