//! The person's side before the clinic knows them: asking, and taking that back.

use salus_kernel::{ResourceId, Subject, actions::ChangeFactor};
use salus_vault::Phi;
use serde::Deserialize;

use super::{
    model::{State, WANTED},
    store::{self, New},
    views,
};
use crate::{
    access::{
        Posted, SignedIn, Visitor,
        columns::{account, recovery},
        invites::{Code, Door, Link, OneKey},
    },
    accounts,
    notices::{About, TellOwner},
    shell::{
        flash::Flash,
        page::{self, PageResult, see_other, see_other_with},
        urls,
        view::{Choice, LinkLine, Notice},
        words,
    },
};

/// The form behind the mailed link. Looking at it uses nothing up.
pub async fn form(visitor: Visitor, code: Code) -> PageResult {
    match visitor.link(Door::Reset, &code).await? {
        Some(Link::Mailed) => page::show(&visitor, &view(&visitor, &code, "", None).await),
        _ => over(&visitor).await,
    }
}

async fn view(visitor: &Visitor, code: &Code, chosen: &str, problem: Option<String>) -> views::Ask {
    let choice = |word| Choice::new(word, words::t(&format!("recovery-wanted-{word}")), word == chosen);
    views::Ask {
        action: urls::reset_lost(code.text()),
        wanted: WANTED.map(choice).to_vec(),
        problem,
        clinic_phone: visitor.app().clinic().await.phone.clone(),
    }
}

/// What it sends.
#[derive(Deserialize)]
pub struct AskForm {
    #[serde(default)]
    wanted: String,
}

/// Asks the clinic. The link is used up, and the holder is told.
pub async fn ask(visitor: Visitor, code: Code, Posted(form): Posted<AskForm>) -> PageResult {
    let Some(wanted) = WANTED.into_iter().find(|word| *word == form.wanted) else {
        let problem = Some(words::t("recovery-problem-wanted"));
        return page::again(&visitor, &view(&visitor, &code, &form.wanted, problem).await);
    };
    let Ok(redeemer) = visitor.redeem_link(Door::Reset, &code).await? else { return over(&visitor).await };
    let Some(redeeming) = redeemer.begin().await? else { return over(&visitor).await };
    let (account, at) = (redeemer.account(), visitor.now());
    let (mut change, key) = (redeeming.change, OneKey(redeeming.key));
    accounts::hold(&mut change, account).await?;
    if !accounts::may_ask(&mut change, account, redeemer.invite()).await? {
        return over(&visitor).await;
    }
    // Whoever opens an old letter again, or is in a hurry, keeps what the clinic has done already.
    let patient = store::own_chart(&mut change, account, at).await?;
    let going_on = store::going_on(&mut change, account, patient, at).await?;
    if let Some(state) = going_on {
        change.commit().await?;
        return match state {
            State::Approved => told(&visitor).await,
            _ => Ok(see_other(urls::LOST_ASKED)),
        };
    }
    let id = ResourceId::new(at, salus_vault::random());
    let name = match store::works_here(&mut change, account).await? {
        true => None,
        false => {
            let name = accounts::name(&mut change, account).await?;
            let name = Phi::<account::Name>::sealed(account.to_string(), Subject::Account(account), name).open(&key)?;
            let sealed = key.0.seal::<recovery::Name>(&id.to_string(), name.as_bytes());
            Some((sealed, i64::from(key.0.version())))
        }
    };
    let new = New { id, account, patient, name, wanted, vouched_by: None, evidence: None };
    if !store::add(&mut change, new, at).await? {
        return Ok(see_other(urls::LOST_ASKED));
    }
    change.enqueue(&TellOwner::of(account, About::AskedBackIn, at)).await?;
    change.commit().await?;
    Ok(see_other(urls::LOST_ASKED))
}

/// Link and code are on their way already.
async fn told(visitor: &Visitor) -> PageResult {
    let view = Notice {
        heading: words::t("recovery-told-title"),
        paragraphs: vec![words::t("recovery-told-text"), words::t("recovery-told-next")],
        way_on: LinkLine::new(words::t("invites-sign-in"), urls::SIGN_IN, ""),
        clinic_phone: visitor.app().clinic().await.phone.clone(),
    };
    page::show(visitor, &view)
}

/// What happens next: the same for everybody.
pub async fn asked(visitor: Visitor) -> PageResult {
    let view = Notice {
        heading: words::t("recovery-asked-title"),
        paragraphs: vec![
            words::t("recovery-asked-text"),
            words::t("recovery-asked-next"),
            words::t("recovery-asked-found"),
        ],
        way_on: LinkLine::new(words::t("invites-sign-in"), urls::SIGN_IN, ""),
        clinic_phone: visitor.app().clinic().await.phone.clone(),
    };
    page::show(&visitor, &view)
}

/// Whoever has found what was lost, or has not asked at all, takes it back.
pub async fn withdraw(own: SignedIn<ChangeFactor>) -> PageResult {
    let mut change = own.begin().await?;
    accounts::hold(&mut change, own.account()).await?;
    if store::withdraw(&mut change, own.account()).await? {
        change.enqueue(&TellOwner::of(own.account(), About::AskedNoMore, own.now())).await?;
    }
    change.commit().await?;
    Ok(see_other_with(urls::SETTINGS, Flash::RecoveryWithdrawn))
}

async fn over(visitor: &Visitor) -> PageResult {
    let view = Notice {
        heading: words::t("accounts-reset-ended-title"),
        paragraphs: vec![words::t("accounts-reset-ended-text"), words::t("recovery-link-next")],
        way_on: LinkLine::new(words::t("accounts-reset-ended-go"), urls::LOST, ""),
        clinic_phone: visitor.app().clinic().await.phone.clone(),
    };
    page::show(visitor, &view)
}
