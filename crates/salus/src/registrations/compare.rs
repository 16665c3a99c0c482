//! Somebody who registered beside a chart: binding the two, and unbinding.

use salus_kernel::{
    AccountId, Action,
    actions::{CompareAccount, LinkAccount},
};
use serde::Deserialize;

use super::{
    desk::{Opened, OpensTyped, facts, open},
    likeness::{self, Likeness},
    store::{self, Decision, State},
    views::desk::{Closed, Compare, Unlink},
};
use crate::{
    access::{Chart, InPath, Posted, RowWritten, Wanted},
    accounts::making,
    invites::{self, EVIDENCE, Refused, may_sign_in},
    notices::{About, TellOwner},
    patients::{self, MayFrame, Person},
    proxies,
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

/// What the form for binding sends.
#[derive(Debug, Default, Deserialize)]
pub struct LinkForm {
    #[serde(default)]
    evidence: String,
    #[serde(default)]
    sure: String,
}

/// Both, side by side.
struct Both {
    typed: Opened,
    person: Person,
    birth_date: String,
    like: Likeness,
    others: usize,
    closed: Option<Closed>,
}

impl Both {
    /// Whether the desk has to say that it looked twice.
    fn is_suspect(&self) -> bool {
        self.like.is_suspect() || self.others > 0
    }
}

async fn both<A: MayFrame + OpensTyped>(chart: &Chart<A>, account: AccountId) -> Result<Both, Error> {
    let mut tx = chart.read().await?;
    let person = patients::person(chart, &mut tx).await?;
    let state = store::there(&mut tx, account).await?.ok_or(Error::NotFound)?;
    let taken = !store::bound(&mut tx, chart.scope(), chart.now()).await?.is_empty();
    drop(tx);
    let typed = open(&mut chart.applicant(account).await?, account).await?;
    let birth_date = person.birth_date().map(|born| born.to_string()).unwrap_or_default();
    let wanted = Wanted {
        name: likeness::last_name(&person.name),
        birth_date: Some(typed.birth_date.clone()),
        ..Wanted::default()
    };
    let closed = match may_sign_in(chart, &person).await {
        _ if !state.open() => Some(Closed::Decided),
        _ if taken => Some(Closed::Taken),
        Err(Refused::TooYoung(adult)) => Some(Closed::TooYoung(adult)),
        Err(Refused::Deceased) => Some(Closed::Deceased),
        Err(Refused::NoBirthDate) | Ok(_) => None,
    };
    Ok(Both {
        like: Likeness::of((&typed.name, &typed.birth_date), (&person.name, &birth_date)),
        others: chart.others_like(&wanted).await?,
        typed,
        person,
        birth_date,
        closed,
    })
}

async fn view<A: MayFrame>(
    chart: &Chart<A>,
    both: &Both,
    form: &LinkForm,
    evidence_problem: Option<String>,
    sure_problem: Option<String>,
) -> Compare {
    let zone = chart.app().clinic().await.zone();
    let today = dates::on(chart.now(), &zone);
    let mut in_chart = vec![
        Fact::new(words::t("registrations-name"), both.person.name.clone()),
        Fact::new(words::t("registrations-birth-date"), super::desk::born_in_words(&both.birth_date, today)),
        Fact::new(words::t("registrations-mrn"), both.person.mrn.clone()),
    ];
    let details = &both.person.details;
    in_chart.extend(
        details.telecom.iter().map(|telecom| Fact::new(words::t("registrations-contact"), telecom.text.clone())),
    );
    in_chart.extend(
        details.addresses.iter().map(|address| Fact::new(words::t("registrations-address"), address.lines.join("\n"))),
    );
    Compare {
        patient: chart.patient().to_string(),
        account: both.typed.row.account.to_string(),
        banner: patients::banner_of(&both.person, chart).await,
        typed: facts(&both.typed, today, &zone),
        in_chart,
        like: both.like,
        others: u64::try_from(both.others).unwrap_or(u64::MAX),
        suffix: likeness::has_suffix(&both.typed.name) || likeness::has_suffix(&both.person.name),
        suspect: both.is_suspect(),
        closed: both.closed,
        evidence: EVIDENCE
            .map(|word| Choice::new(word, words::t(&format!("invites-evidence-{word}")), word == form.evidence))
            .to_vec(),
        evidence_problem,
        sure: form.sure == "yes",
        sure_problem,
    }
}

/// Both, side by side, and the form that binds them.
pub async fn page(chart: Chart<CompareAccount>, InPath(account): InPath) -> PageResult {
    let both = both(&chart, account).await?;
    page::show(&chart, &view(&chart, &both, &LinkForm::default(), None, None).await)
}

/// Binds the account to the chart. Somebody says how they knew; where it could be somebody else, that they looked twice.
pub async fn link(chart: Chart<LinkAccount>, InPath(account): InPath, Posted(form): Posted<LinkForm>) -> PageResult {
    let both = both(&chart, account).await?;
    let evidence = EVIDENCE.into_iter().find(|word| *word == form.evidence);
    let sure = !both.is_suspect() || form.sure == "yes";
    let evidence = match evidence {
        Some(evidence) if sure && both.closed.is_none() => evidence,
        _ => {
            let open = both.closed.is_none();
            let missing = (open && evidence.is_none()).then(|| words::t("invites-problem-evidence"));
            let unsure = (open && !sure).then(|| words::t("registrations-problem-sure"));
            return page::again(&chart, &view(&chart, &both, &form, missing, unsure).await);
        }
    };
    let decided = || Ok(see_other_with(&urls::compare(chart.patient(), account), Flash::RegistrationDecided));
    let mut change = chart.begin().await?;
    // A slip that is still out would make a second account for this chart.
    invites::withdraw(&mut change, chart.scope(), chart.now()).await?;
    // While it still waits: the database lets the front desk bind nobody else.
    let (grant, columns) = making::own_chart(account, chart.patient(), chart.now(), change.entry());
    if both.typed.row.state == State::Unlinked {
        let (by, at) = (chart.session().account, chart.now());
        let again = Decision { state: State::Waiting, reason: None, evidence: None, patient: None, by, at };
        if !store::decide(&mut change, account, State::Unlinked, &again).await? {
            return decided();
        }
    }
    let row = RowWritten { table: "access_grant", id: grant, version: 1, columns: &columns };
    if !change.insert_unless_taken(&row).await? {
        return decided();
    }
    let decision = Decision {
        state: State::Linked,
        reason: None,
        evidence: Some(evidence),
        patient: Some(chart.patient()),
        by: chart.session().account,
        at: chart.now(),
    };
    if !store::decide(&mut change, account, State::Waiting, &decision).await? {
        return decided();
    }
    change.enqueue(&TellOwner::of(account, About::Answered, chart.now())).await?;
    change.commit().await?;
    Ok(see_other_with(urls::REGISTRATIONS, Flash::AccountLinked))
}

/// Asks whether to unbind.
pub async fn ask_unlink(chart: Chart<CompareAccount>) -> PageResult {
    let mut tx = chart.read().await?;
    let person = patients::person(&chart, &mut tx).await?;
    let bound = store::bound(&mut tx, chart.scope(), chart.now()).await?;
    let mut acts = Vec::new();
    for (_, account) in &bound {
        acts.extend(proxies::begun_by_photos(&mut tx, *account).await?.into_iter().map(urls::caregivers));
    }
    drop(tx);
    let view = Unlink {
        patient: chart.patient().to_string(),
        banner: patients::banner_of(&person, &chart).await,
        bound: u64::try_from(bound.len()).unwrap_or(u64::MAX),
        acts,
    };
    page::show(&chart, &view)
}

/// Unbinds whoever signs in to this chart, at once, and has them told.
pub async fn unlink(chart: Chart<LinkAccount>) -> PageResult {
    let mut change = chart.begin().await?;
    let (by, at) = (chart.session().account, chart.now());
    // Also a slip back in to the account that is unbound: it may open somebody else's chart from now on.
    invites::withdraw(&mut change, chart.scope(), at).await?;
    for (grant, account) in store::bound(&mut change, chart.scope(), at).await? {
        if !store::unbind(&mut change, &grant, at).await? {
            continue; // somebody else did, a moment ago
        }
        // And what was asked or answered because of this chart.
        proxies::refuse_all_of(&mut change, account, by, at).await?;
        proxies::end_given_by(&mut change, chart.scope(), account, by, at).await?;
        let decision =
            Decision { state: State::Unlinked, reason: Some("unlinked"), evidence: None, patient: None, by, at };
        store::decide(&mut change, account, State::Linked, &decision).await?;
        change.enqueue(&TellOwner::of(account, About::Unlinked, at)).await?;
    }
    change.commit().await?;
    let to = match chart.may(Action::ViewInvites) {
        true => urls::invites(chart.patient()),
        false => urls::profile(chart.patient()),
    };
    Ok(see_other_with(&to, Flash::AccountUnlinked))
}
