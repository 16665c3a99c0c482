//! Opening a record in an emergency, and what the privacy officer makes of it.

use axum::extract::Path;
use salus_kernel::{
    ActionType, Relation, ResourceId,
    actions::{AskEmergency, OpenEmergency, SignEmergency, ViewEmergencies},
};
use salus_vault::Opens;
use serde::Deserialize;

use super::{
    model::{LATE_AFTER, REASON, Verdict},
    store::{self, Opened, Signed, Why},
    views::{Line, Open, Review},
};
use crate::{
    access::{
        Chart, Posted, Worklist,
        columns::{account, emergency_access},
    },
    accounts::{
        self,
        tries::{self, Again},
    },
    audit,
    notices::{self, About},
    patients::{self, MayFrame},
    shell::{
        dates,
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other, see_other_with},
        urls,
        view::{Field, SecretField},
        words,
    },
};

/// How many the officer's page shows.
const MOST: usize = 200;

/// The form. Who may read the record anyway is led there.
pub async fn form(chart: Chart<AskEmergency>) -> PageResult {
    if is_open(&chart) {
        return Ok(see_other(&urls::record(chart.patient())));
    }
    let view = view(&chart, Field::empty(), SecretField::empty()).await?;
    page::show(&chart, &view)
}

/// What to say of a reason that is none, or no sentence any more.
pub fn too_short_or_long(reason: &str) -> Option<String> {
    match reason.chars().count() {
        length if REASON.contains(&length) => None,
        length if length < *REASON.start() => Some(words::t("emergency-problem-reason")),
        _ => Some(words::t("emergency-problem-reason-long")),
    }
}

fn is_open<A: ActionType>(chart: &Chart<A>) -> bool {
    matches!(chart.relation(), Relation::CareTeam | Relation::Emergency)
}

async fn view<A: MayFrame + Opens<account::Email>>(
    chart: &Chart<A>,
    reason: Field,
    password: SecretField,
) -> Result<Open, Error> {
    let mut tx = chart.read().await?;
    let (_, email) = accounts::store::settings(&mut tx, chart.session().account).await?;
    Ok(Open {
        patient: chart.patient().to_string(),
        banner: patients::banner(chart, &mut tx).await?,
        email: email.open(chart)?,
        reason,
        password,
    })
}

/// Why, and the password again.
#[derive(Deserialize)]
pub struct OpenForm {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    password: String,
}

/// Opens the record for an hour, and tells the privacy officer.
pub async fn open(chart: Chart<OpenEmergency>, Posted(form): Posted<OpenForm>) -> PageResult {
    let to = urls::record(chart.patient());
    if is_open(&chart) {
        return Ok(see_other(&to)); // sent twice
    }
    let reason = form.reason.trim();
    if let Some(problem) = too_short_or_long(reason) {
        let view = view(&chart, Field::wrong(form.reason, problem), SecretField::empty()).await?;
        return page::again(&chart, &view);
    }
    let (app, now, own) = (chart.app(), chart.now(), chart.session().account);
    let login = accounts::store::login(&mut chart.read().await?, own).await?;
    match Again::said(app, now, chart.session().id, &login, form.password, |purpose, value| chart.index(purpose, value))
        .await?
    {
        Again::Right => {}
        Again::Wrong => {
            let wrong = SecretField::wrong(words::t("emergency-problem-password"));
            let view = view(&chart, Field::typed(form.reason), wrong).await?;
            return page::again(&chart, &view);
        }
        Again::Wait(seconds) => {
            let problem = tries::in_words(app, now, seconds).await;
            let view = view(&chart, Field::typed(form.reason), SecretField::wrong(problem)).await?;
            return tries::too_many(page::again(&chart, &view)?, seconds);
        }
    }
    let id = ResourceId::new(now, salus_vault::random());
    let reason = chart.seal::<emergency_access::Reason>(&id.to_string(), reason.as_bytes());
    let mut change = chart.begin().await?;
    store::open(&mut change, chart.scope(), own, id, Why { reason, watched: false }, now).await?;
    notices::tell_guards(&mut change, About::Emergency, now).await?;
    change.commit().await?;
    Ok(see_other_with(&to, Flash::EmergencyOpened))
}

/// Who opened records, and why: what waits comes first.
pub async fn review(list: Worklist<ViewEmergencies>) -> PageResult {
    let zone = list.app().clinic().await.zone();
    let mut rows = store::list(&mut list.read().await?, MOST + 1).await?;
    let more = rows.len() > MOST;
    rows.truncate(MOST);
    let mut patients: Vec<_> = rows.iter().map(|row| row.patient).collect();
    patients.sort_unstable();
    patients.dedup();
    let disclosed = list.disclose(&patients).await?;
    let line = |row: &Opened| -> Result<Line, Error> {
        let erased = disclosed.erased.contains_key(&row.patient);
        let late = row.reviewed_at.is_none() && list.now().since(row.starts_at) > LATE_AFTER;
        Ok(Line {
            id: row.id.to_string(),
            name: row.name.clone(),
            account: row.account.to_string(),
            patient: row.patient.to_string(),
            record: audit::ending(&row.patient.to_string()),
            when: dates::day_and_time(row.starts_at, &zone),
            reason: if erased { words::t("emergency-erased") } else { row.reason().open(&disclosed.keys)? },
            late,
            watched: row.is_watched(),
            signed: row.reviewed_at.zip(row.verdict()).map(|(at, verdict)| {
                let given = [
                    ("name", row.reviewer.clone().unwrap_or_default().into()),
                    ("when", dates::day_and_time(at, &zone).into()),
                ];
                words::t_with(&format!("emergency-signed-{}", verdict.word()), given)
            }),
            own: row.account == list.session().account,
        })
    };
    let lines = rows.iter().map(line).collect::<Result<Vec<_>, _>>()?;
    let (waiting, signed) = lines.into_iter().partition(|line| line.signed.is_none());
    page::show(&list, &Review { waiting, signed, more })
}

/// What the officer says.
#[derive(Deserialize)]
pub struct SignForm {
    #[serde(default)]
    verdict: String,
}

/// Signs one off. Twice is once.
pub async fn sign(list: Worklist<SignEmergency>, Path(id): Path<String>, Posted(form): Posted<SignForm>) -> PageResult {
    let id: ResourceId = id.parse().map_err(|_| Error::NotFound)?;
    let verdict = Verdict::from_word(&form.verdict).ok_or(Error::Malformed)?;
    let mut change = list.begin().await?;
    match store::sign(&mut change, id, list.session().account, verdict, list.now()).await? {
        Signed::Now => {
            change.commit().await?;
            Ok(see_other_with(urls::EMERGENCIES, Flash::EmergencySigned))
        }
        Signed::Before => Ok(see_other(urls::EMERGENCIES)),
        Signed::Own => Err(Error::NotFound),
    }
}
