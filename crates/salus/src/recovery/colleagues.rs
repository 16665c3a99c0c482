//! Who works here and has lost what they sign in with: an administrator vouches, and somebody else confirms. Neither is enough.

use salus_kernel::{
    AccountId, ActionType, ResourceId, Role,
    actions::{ConfirmColleague, ViewVouched, VouchColleague},
};

use super::{
    desk,
    jobs::LetBackIn,
    model::{BY_COLLEAGUE, SpokenCode, State},
    store::{self, Colleague, New},
    views::colleagues::{Colleagues, Vouched},
};
use crate::{
    access::{InPath, Worklist},
    clinic,
    notices::{self, About, TellOwner},
    shell::{
        dates,
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other_with},
        urls, words,
    },
};

/// How an administrator knows a colleague.
const BY_ADMINISTRATOR: &str = "administrator";

/// The first of two: says that this colleague, who may sign in, is to be let back in. The privacy officers are told. False when it was
/// decided meanwhile.
pub async fn vouch(list: &Worklist<VouchColleague>, account: AccountId) -> Result<bool, Error> {
    let (own, now) = (list.session().account, list.now());
    let mut change = list.begin().await?;
    change.concerns("Account", &account.to_string());
    let open = store::colleagues(&mut change).await?.into_iter().find(|it| it.account == account);
    match open {
        Some(open) => {
            if !store::vouch(&mut change, open.id, own, BY_ADMINISTRATOR, now).await? {
                return Ok(false);
            }
        }
        None => {
            let id = ResourceId::new(now, salus_vault::random());
            let new = New {
                id,
                account,
                patient: None,
                name: None,
                wanted: BY_COLLEAGUE,
                vouched_by: Some(own),
                evidence: Some(BY_ADMINISTRATOR),
            };
            if !store::add(&mut change, new, now).await? {
                return Ok(false);
            }
        }
    }
    change.enqueue(&TellOwner::of(account, About::ColleagueVouched, now)).await?;
    notices::tell_role(&mut change, Role::PrivacyOfficer, About::ColleagueReturns, now).await?;
    change.commit().await?;
    Ok(true)
}

/// Which colleagues wait for a second person.
pub async fn list(list: Worklist<ViewVouched>) -> PageResult {
    let zone = list.app().clinic().await.zone();
    let own = list.session().account;
    let rows = store::colleagues(&mut list.read().await?).await?;
    let mut lines = Vec::new();
    for row in rows {
        let state = row.state(list.now())?;
        if state == State::Waiting || row.account == own {
            continue;
        }
        let by = row.voucher.clone().unwrap_or_default();
        let when = row.vouched_at.map(|at| dates::day_and_time(at, &zone)).unwrap_or_default();
        lines.push(Vouched {
            account: row.account.to_string(),
            name: row.name,
            role: clinic::role_in_words(row.role),
            vouched: words::t_with("recovery-vouched", [("by", by.into()), ("when", when.into())]),
            own: row.vouched_by == Some(own),
            on_the_way: match state {
                State::Approved => words::t("recovery-approve-again"),
                State::Ended => words::t("recovery-approve-ended"),
                _ => String::new(),
            },
        });
    }
    page::show(&list, &Colleagues { lines, waits: waits(&list).await })
}

/// Until when the reader's own address is new, in words; empty where it is not.
async fn waits<A: ActionType>(list: &Worklist<A>) -> String {
    let zone = list.app().clinic().await.zone();
    list.session().settles_at.map(|until| dates::day_and_time(until, &zone)).unwrap_or_default()
}

async fn find(list: &Worklist<ConfirmColleague>, account: AccountId) -> Result<Option<Colleague>, Error> {
    let rows = store::colleagues(&mut list.read().await?).await?;
    Ok(rows.into_iter().find(|it| it.account == account))
}

/// Somebody was faster, or it is not for the reader to say.
fn decided() -> PageResult {
    Ok(see_other_with(urls::COLLEAGUES, Flash::RecoveryDecided))
}

/// The second of two. The link is mailed; the code is on this page and nowhere else.
pub async fn confirm(list: Worklist<ConfirmColleague>, InPath(account): InPath) -> PageResult {
    let Some(row) = find(&list, account).await? else { return decided() };
    let code = SpokenCode::fresh();
    let proof = code.proof(|purpose, message| list.digest(purpose, message), row.id);
    let mut change = list.begin().await?;
    change.concerns("Account", &account.to_string());
    if !store::confirm(&mut change, row.id, list.session().account, proof, list.now()).await? {
        return decided();
    }
    change.enqueue(&LetBackIn { account, recovery: row.id, at: list.now() }).await?;
    change.commit().await?;
    page::show(&list, &desk::ready(&list, row.name, &code, urls::COLLEAGUES).await)
}

/// The second of two says no.
pub async fn refuse(list: Worklist<ConfirmColleague>, InPath(account): InPath) -> PageResult {
    let Some(row) = find(&list, account).await? else { return decided() };
    let mut change = list.begin().await?;
    change.concerns("Account", &account.to_string());
    if !store::refuse(&mut change, row.id, list.session().account, "not-asked", list.now()).await? {
        return decided();
    }
    change.enqueue(&TellOwner::of(account, About::NotLetBackIn, list.now())).await?;
    change.commit().await?;
    Ok(see_other_with(urls::COLLEAGUES, Flash::RecoveryRefused))
}
