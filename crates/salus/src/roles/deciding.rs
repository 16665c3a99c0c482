//! The second of two: what a role is to be waits for somebody else than who said it, and than who has it.

use std::collections::BTreeSet;

use axum::extract::Path;
use salus_kernel::{
    ResourceId,
    actions::{ConfirmRole, ViewProposed},
};

use super::{
    model,
    pages::beyond,
    store::{self, OwnRole},
    views::{Proposal, Proposed},
};
use crate::{
    access::Worklist,
    clinic::role_in_words,
    notices::{About, TellOwner},
    shell::{
        dates,
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other_with},
        urls, words,
    },
};

/// Which roles wait, and what would change.
pub async fn list(list: Worklist<ViewProposed>) -> PageResult {
    let zone = list.app().clinic().await.zone();
    let (own, mut tx) = (list.session().account, list.read().await?);
    let all = store::live(&mut tx, list.now()).await?;
    let mut lines = Vec::new();
    for it in all.iter().filter(|it| !it.counts()) {
        let before = all.iter().find(|other| other.counts() && other.role_id == it.role_id);
        let was = match before {
            Some(before) => before.items(),
            None => model::of_base(it.base),
        };
        let by = it.proposer.clone().unwrap_or_default();
        let when = dates::day_and_time(it.proposed_at, &zone);
        lines.push(Proposal {
            id: it.id.to_string(),
            name: it.name.clone(),
            called_before: before.map(|before| before.name.clone()).filter(|name| *name != it.name).unwrap_or_default(),
            base: role_in_words(it.base),
            is_new: before.is_none(),
            holders: u64::try_from(it.holders).unwrap_or(0),
            gained: beyond(&it.items(), &was),
            lost: beyond(&was, &it.items()),
            all: beyond(&it.items(), &BTreeSet::new()),
            said: words::t_with("roles-proposed", [("by", by.into()), ("when", when.into())]),
            own: it.proposed_by == own,
            has_it: store::holders(&mut tx, it.role_id).await?.contains(&own),
        });
    }
    drop(tx);
    let waits = list.session().settles_at.map(|until| dates::day_and_time(until, &zone)).unwrap_or_default();
    page::show(&list, &Proposed { lines, waits })
}

/// Somebody was faster, or it is not for the reader to say.
fn decided() -> PageResult {
    Ok(see_other_with(urls::PROPOSED_ROLES, Flash::RoleDecided))
}

/// What waits, where the reader can be the second person; and what counts until now.
async fn found(list: &Worklist<ConfirmRole>, id: &str) -> Result<Option<(OwnRole, Option<OwnRole>)>, Error> {
    let id: ResourceId = id.parse().map_err(|_| Error::NotFound)?;
    let (own, mut tx) = (list.session().account, list.read().await?);
    let mut all = store::live(&mut tx, list.now()).await?;
    let Some(at) = all.iter().position(|it| it.id == id && !it.counts() && it.proposed_by != own) else {
        return Ok(None);
    };
    let waits = all.swap_remove(at);
    if store::holders(&mut tx, waits.role_id).await?.contains(&own) {
        return Ok(None);
    }
    let before = all.into_iter().find(|it| it.role_id == waits.role_id);
    Ok(Some((waits, before)))
}

/// The role is what was said, from the next request of whoever has it on; a mail tells them.
pub async fn confirm(list: Worklist<ConfirmRole>, Path(id): Path<String>) -> PageResult {
    let Some((waits, before)) = found(&list, &id).await? else { return decided() };
    let (own, now) = (list.session().account, list.now());
    let mut change = list.begin().await?;
    change.concerns("PractitionerRole", &waits.role_id.to_string());
    if let Some(before) = before
        && !store::leave(&mut change, before.id, "replaced", now).await?
    {
        return decided();
    }
    if !store::decide(&mut change, waits.id, "current", own, now).await? {
        return decided();
    }
    for account in store::holders(&mut change, waits.role_id).await? {
        change.enqueue(&TellOwner::of(account, About::RoleChanged, now)).await?;
    }
    change.commit().await?;
    Ok(see_other_with(urls::PROPOSED_ROLES, Flash::RoleConfirmed))
}

/// The second of two says no: everything stays as it is.
pub async fn refuse(list: Worklist<ConfirmRole>, Path(id): Path<String>) -> PageResult {
    let Some((waits, _)) = found(&list, &id).await? else { return decided() };
    let mut change = list.begin().await?;
    change.concerns("PractitionerRole", &waits.role_id.to_string());
    if !store::decide(&mut change, waits.id, "refused", list.session().account, list.now()).await? {
        return decided();
    }
    change.commit().await?;
    Ok(see_other_with(urls::PROPOSED_ROLES, Flash::RoleRefused))
}
