//! The front desk's side: who asks, what they typed, which charts it could be about, and saying no.

use jiff::{civil::Date, tz::TimeZone};
use salus_kernel::{
    ActionType, MINUTE, ResourceId,
    actions::{RefuseCaregiver, ViewCaregiverRequests},
};
use salus_vault::Opens;
use serde::Deserialize;

use super::{
    InPath, MOST, OpensTyped, REASONS,
    store::{self, Request, State},
    views::{
        Photo,
        desk::{One, Queue},
    },
};
use crate::{
    access::{Applicants, Posted, Worklist, columns::caregiver_request},
    notices::{About, TellOwner},
    proxies::giving,
    registrations,
    shell::{
        dates,
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other_with},
        urls,
        view::{Choice, Fact, Waiting},
        words,
    },
};

/// What somebody typed who asks, opened.
pub struct Opened {
    /// The request.
    pub row: Request,
    /// Who asks.
    pub who: String,
    /// Whom for.
    pub name: String,
    /// `YYYY-MM-DD`.
    pub birth_date: String,
    phone: String,
    note: String,
}

/// Opens what somebody typed. The ledger has named them.
pub(super) fn open<A: OpensTyped + Opens<caregiver_request::AccountName>>(
    of: &Applicants<A>,
    row: Request,
) -> Result<Opened, Error> {
    Ok(Opened {
        who: row.account_name.open(of)?,
        name: row.name.open(of)?,
        birth_date: row.birth_date.open(of)?,
        phone: row.phone.open(of)?,
        note: row.note.open(of)?,
        row,
    })
}

impl Opened {
    /// Who asks, as facts in words.
    pub(super) fn asker(&self, zone: &TimeZone) -> Vec<Fact> {
        let known = if self.row.own_patient.is_some() { "proxies-asker-known" } else { "proxies-asker-unknown" };
        let phone = if self.phone.is_empty() { words::t("registrations-no-phone") } else { self.phone.clone() };
        vec![
            Fact::new(words::t("registrations-name"), self.who.clone()),
            Fact::new(words::t("proxies-asker-account"), words::t(known)),
            Fact::new(words::t("registrations-phone-unverified"), phone),
            Fact::new(words::t("proxies-asked-since"), dates::day_and_time(self.row.created_at, zone)),
        ]
    }

    /// Whom for and why, as facts in words.
    pub(super) fn wish(&self, today: Date) -> Vec<Fact> {
        let scopes: Vec<String> = self.row.scopes.iter().map(giving::in_words).collect();
        let mut facts = vec![
            Fact::new(words::t("registrations-name"), self.name.clone()),
            Fact::new(words::t("registrations-birth-date"), registrations::born_in_words(&self.birth_date, today)),
            Fact::new(words::t("proxies-desk-says"), words::t(&format!("proxies-ask-basis-{}", self.row.basis.word()))),
            Fact::new(words::t("proxies-desk-wants"), scopes.join("\n")),
        ];
        if !self.note.is_empty() {
            facts.push(Fact::new(words::t("proxies-desk-note"), self.note.clone()));
        }
        facts
    }
}

/// Who waits, the longest first, and who was answered of late.
pub async fn queue(list: Worklist<ViewCaregiverRequests>) -> PageResult {
    let zone = list.app().clinic().await.zone();
    let days = list.app().web().registration_days;
    let mut tx = list.read().await?;
    let mut open_rows = store::open(&mut tx, MOST + 1).await?;
    let decided = store::decided(&mut tx, MOST).await?;
    drop(tx);
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    let more = open_rows.len() > most;
    open_rows.truncate(most);
    let mut accounts: Vec<_> = open_rows.iter().chain(&decided).map(|row| row.account).collect();
    accounts.sort();
    accounts.dedup();
    let of = list.applicants(&accounts).await?;
    let line = |row: Request| {
        let since = row.decided_at.unwrap_or(row.created_at);
        let late = row.state == State::Open && list.now().since(since) > i64::from(days) * 24 * 60 * MINUTE;
        let opened = open(&of, row)?;
        Ok(Waiting {
            url: urls::caregiver_request(opened.row.id),
            name: opened.who,
            about: opened.name,
            since: dates::day_and_time(since, &zone),
            state: words::t(&format!("proxies-desk-state-{}", opened.row.state.word())),
            late,
        })
    };
    let lines = |rows: Vec<Request>| rows.into_iter().map(line).collect::<Result<Vec<_>, Error>>();
    let (waiting, decided) = (lines(open_rows)?, lines(decided)?);
    page::show(&list, &Queue { waiting, decided, more })
}

/// Somebody who asks, and the charts that it could be about.
pub async fn one(list: Worklist<ViewCaregiverRequests>, InPath(id): InPath) -> PageResult {
    let (opened, photos) = found(&list, id).await?;
    let proposed = match opened.row.state {
        State::Open => {
            registrations::charts_like(&list, (&opened.name, &opened.birth_date), |patient| {
                urls::grant_caregiver(patient, id)
            })
            .await?
        }
        _ => Vec::new(),
    };
    page::show(&list, &One { proposed, ..view(&list, &opened, photos).await })
}

async fn found<A>(list: &Worklist<A>, id: ResourceId) -> Result<(Opened, Vec<Photo>), Error>
where
    A: OpensTyped + Opens<caregiver_request::AccountName>,
{
    let mut tx = list.read().await?;
    let row = store::one(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let photos = store::photos(&mut tx, id).await?;
    drop(tx);
    let of = list.applicants(&[row.account]).await?;
    Ok((open(&of, row)?, photos_of(id, &photos)))
}

/// The photos as the desk sees them.
pub(super) fn photos_of(request: ResourceId, photos: &[ResourceId]) -> Vec<Photo> {
    photos.iter().map(|photo| Photo::new(photo, urls::caregiver_photo(request, photo))).collect()
}

async fn view<A: ActionType>(list: &Worklist<A>, opened: &Opened, photos: Vec<Photo>) -> One {
    let zone = list.app().clinic().await.zone();
    let row = &opened.row;
    One {
        request: row.id.to_string(),
        asker: opened.asker(&zone),
        asker_chart: row.own_patient.map(urls::profile),
        wish: opened.wish(dates::on(list.now(), &zone)),
        photos,
        state: row.state,
        decided: row.decided_at.map(|at| {
            let by = row.decided_by.clone().unwrap_or_default();
            let when = dates::day_and_time(at, &zone);
            words::t_with("registrations-decided", [("by", by.into()), ("when", when.into())])
        }),
        evidence: row.evidence.as_ref().map(|word| words::t(&format!("proxies-evidence-{word}"))),
        reason: row.reason.as_ref().map(|word| words::t(&format!("proxies-reason-{word}"))),
        chart: row.patient.map(urls::caregivers),
        proposed: Vec::new(),
        charts_hidden: false,
        reasons: REASONS.map(|word| Choice::new(word, words::t(&format!("proxies-reason-{word}")), false)).to_vec(),
        problem: None,
    }
}

/// What the form sends that says no.
#[derive(Deserialize)]
pub struct RefuseForm {
    #[serde(default)]
    reason: String,
}

/// Says no, with a reason that they read.
pub async fn refuse(
    list: Worklist<RefuseCaregiver>,
    InPath(id): InPath,
    Posted(form): Posted<RefuseForm>,
) -> PageResult {
    let Some(reason) = REASONS.into_iter().find(|word| *word == form.reason) else {
        let (opened, photos) = found(&list, id).await?;
        let problem = Some(words::t("registrations-problem-reason"));
        return page::again(&list, &One { problem, charts_hidden: true, ..view(&list, &opened, photos).await });
    };
    let row = store::one(&mut list.read().await?, id).await?;
    let account = row.ok_or(Error::NotFound)?.account;
    let mut change = list.begin().await?;
    change.concerns("Account", &account.to_string());
    if !store::refuse(&mut change, id, reason, list.session().account, list.now()).await? {
        return Ok(see_other_with(&urls::caregiver_request(id), Flash::RegistrationDecided));
    }
    change.enqueue(&TellOwner::of(account, About::Answered, list.now())).await?;
    change.commit().await?;
    Ok(see_other_with(urls::CAREGIVER_REQUESTS, Flash::CaregiverRefused))
}
