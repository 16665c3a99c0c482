//! The list of pools, and the form of one.

use axum::extract::Path;
use salus_kernel::{
    ActionType, ResourceId,
    actions::{ChangePools, ViewPools},
};

use super::{
    store::{self, Colleague, Pool, Wish},
    views::{Member, PoolForm, Pools},
};
use crate::{
    access::{Posted, Worklist},
    clinic::role_in_words,
    shell::{
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other_with},
        typed::{self, Form},
        urls,
        view::{Field, LinkLine, Tone},
        words,
    },
};

/// The longest name, and the longest purpose.
const LONGEST: (usize, usize) = (80, 300);

/// Every pool, the open ones first.
pub async fn index(list: Worklist<ViewPools>) -> PageResult {
    let pools = store::all(&mut list.read().await?).await?;
    page::show(&list, &Pools { lines: pools.iter().map(line).collect() })
}

fn line(pool: &Pool) -> LinkLine {
    let members = words::t1("pools-members-count", "count", u64::try_from(pool.members).unwrap_or(0));
    let line = LinkLine::new(&pool.name, urls::pool(pool.id), members);
    if pool.closed_at.is_some() { line.tagged(words::t("pools-closed"), Tone::Plain) } else { line }
}

fn known(id: &str) -> Result<ResourceId, Error> {
    id.parse().map_err(|_| Error::NotFound)
}

fn members(colleagues: &[Colleague], ticked: impl Fn(&Colleague) -> bool) -> Vec<Member> {
    let of = |colleague: &Colleague| Member {
        field: format!("member-{}", colleague.account),
        name: colleague.name.clone(),
        role: role_in_words(colleague.role),
        ticked: ticked(colleague),
    };
    colleagues.iter().map(of).collect()
}

/// The empty form.
pub async fn new(list: Worklist<ViewPools>) -> PageResult {
    let colleagues = store::colleagues(&mut list.read().await?, None).await?;
    page::show(&list, &PoolForm { members: members(&colleagues, |_| false), ..PoolForm::empty() })
}

/// One pool's form.
pub async fn edit(list: Worklist<ViewPools>, Path(id): Path<String>) -> PageResult {
    let view = as_stored(&list, known(&id)?).await?;
    page::show(&list, &view)
}

async fn as_stored<A: ActionType>(list: &Worklist<A>, id: ResourceId) -> Result<PoolForm, Error> {
    let mut tx = list.read().await?;
    let pool = store::one(&mut tx, id).await?;
    let colleagues = store::colleagues(&mut tx, Some(id)).await?;
    Ok(PoolForm {
        id: id.to_string(),
        heading: pool.name.clone(),
        name: Field::typed(pool.name),
        purpose: Field::typed(pool.purpose),
        members: members(&colleagues, |colleague| colleague.member),
        version: pool.version.to_string(),
        closed: pool.closed_at.is_some(),
        stale: false,
    })
}

/// What the form says, or the form again with every problem.
fn read(form: &Form, colleagues: &[Colleague]) -> Result<Wish, Box<PoolForm>> {
    let name = typed::line(form.text("name"), LONGEST.0);
    let purpose = typed::note(form.text("purpose"), LONGEST.1);
    match (name, purpose) {
        (Some(name), Some(purpose)) => {
            let ticked = form.ticked("member-");
            let accounts = colleagues.iter().map(|colleague| colleague.account);
            let members = accounts.filter(|account| ticked.contains(&account.to_string().as_str())).collect();
            Ok(Wish { name, purpose, members })
        }
        (name, purpose) => {
            let most = |longest: usize| i64::try_from(longest).unwrap_or(0);
            let typed = as_typed(form, colleagues);
            let name = name.is_none().then(|| words::t1("pools-problem-name", "most", most(LONGEST.0)));
            let purpose = purpose.is_none().then(|| words::t1("pools-problem-purpose", "most", most(LONGEST.1)));
            Err(Box::new(PoolForm {
                name: Field { problem: name, ..typed.name },
                purpose: Field { problem: purpose, ..typed.purpose },
                ..typed
            }))
        }
    }
}

fn as_typed(form: &Form, colleagues: &[Colleague]) -> PoolForm {
    let ticked = form.ticked("member-");
    PoolForm {
        name: Field::typed(form.text("name")),
        purpose: Field::typed(form.text("purpose")),
        members: members(colleagues, |colleague| ticked.contains(&colleague.account.to_string().as_str())),
        version: form.text("version").to_owned(),
        ..PoolForm::empty()
    }
}

/// Adds a pool.
pub async fn add(list: Worklist<ChangePools>, Posted(form): Posted<Form>) -> PageResult {
    let colleagues = store::colleagues(&mut list.read().await?, None).await?;
    let wish = match read(&form, &colleagues) {
        Ok(wish) => wish,
        Err(view) => return page::again(&list, &*view),
    };
    let mut change = list.begin().await?;
    store::add(&mut change, ResourceId::new(list.now(), salus_vault::random()), &wish, list.now()).await?;
    change.commit().await?;
    Ok(see_other_with(urls::POOLS, Flash::PoolSaved))
}

/// Changes a pool and who is in it.
pub async fn change(list: Worklist<ChangePools>, Path(id): Path<String>, Posted(form): Posted<Form>) -> PageResult {
    let id = known(&id)?;
    let version: i64 = form.text("version").parse().map_err(|_| Error::Malformed)?;
    let stored = as_stored(&list, id).await?;
    let colleagues = store::colleagues(&mut list.read().await?, Some(id)).await?;
    let of_this = |view: PoolForm| PoolForm {
        id: id.to_string(),
        heading: stored.heading.clone(),
        closed: stored.closed,
        ..view
    };
    let wish = match read(&form, &colleagues) {
        Ok(wish) => wish,
        Err(view) => return page::again(&list, &of_this(*view)),
    };
    let mut change = list.begin().await?;
    if store::change(&mut change, id, version, &wish, list.now()).await? {
        change.commit().await?;
        return Ok(see_other_with(urls::POOLS, Flash::PoolSaved));
    }
    drop(change);
    let version = store::one(&mut list.read().await?, id).await?.version.to_string();
    page::again(&list, &PoolForm { version, stale: true, ..of_this(as_typed(&form, &colleagues)) })
}

/// Closes a pool, or opens it again.
pub async fn state(list: Worklist<ChangePools>, Path(id): Path<String>, Posted(form): Posted<Form>) -> PageResult {
    let id = known(&id)?;
    let closes = match form.text("open") {
        "no" => true,
        "yes" => false,
        _ => return Err(Error::Malformed),
    };
    let version: i64 = form.text("version").parse().map_err(|_| Error::Malformed)?;
    store::one(&mut list.read().await?, id).await?;
    let mut change = list.begin().await?;
    if store::close(&mut change, id, version, closes.then(|| list.now()), list.now()).await? {
        change.commit().await?;
        return Ok(see_other_with(urls::POOLS, if closes { Flash::PoolClosed } else { Flash::PoolOpened }));
    }
    drop(change);
    let view = as_stored(&list, id).await?;
    page::again(&list, &PoolForm { stale: true, ..view })
}
