//! What each role does, and saying what one of the clinic's own is to be.

use std::collections::BTreeSet;

use axum::extract::{Path, Query};
use salus_kernel::{
    Action, ActionType, Relation, ResourceId, Role,
    actions::{ProposeRole, ViewStaff},
};
use serde::Deserialize;

use super::{
    model::{self, CAN_STAND_ON, Item, Wish},
    store::{self, OwnRole},
    views::{DutyBox, MayLine, OwnRoleForm, OwnRoleLine, Roles},
};
use crate::{
    access::{
        Duty, Posted, Worklist,
        policy::{of_role, who_may},
    },
    clinic::{role_choices, role_in_words},
    notices::{self, About},
    shell::{
        dates,
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other_with},
        typed::{self, Form},
        urls,
        view::{Choice, Field, Tag, Tone},
        words,
    },
};

/// Who may do what: the policy itself, in words, and the clinic's own roles beside it.
pub async fn roles(list: Worklist<ViewStaff>) -> PageResult {
    let own = store::live(&mut list.read().await?, list.now()).await?;
    let counting: Vec<ResourceId> = own.iter().filter(|it| it.counts()).map(|it| it.role_id).collect();
    // What waits for a second person beside what counts is told on the role's own page.
    let lines = own.iter().filter(|it| it.counts() || !counting.contains(&it.role_id));
    let waits = |role: ResourceId| own.iter().any(|it| it.role_id == role && !it.counts());
    let view = Roles {
        own: lines
            .map(|it| OwnRoleLine {
                url: urls::own_role(it.role_id),
                name: it.name.clone(),
                base: role_in_words(it.base),
                holders: u64::try_from(it.holders).unwrap_or(0),
                state: state(it.counts(), waits(it.role_id)),
                gained: beyond(&it.items(), &model::of_base(it.base)),
                lost: beyond(&model::of_base(it.base), &it.items()),
            })
            .collect(),
        proposes: list.session().may(Action::ProposeRole),
        columns: Role::ALL.iter().map(|role| role_in_words(*role)).collect(),
        lines: matrix(),
    };
    page::show(&list, &view)
}

fn state(counts: bool, waits: bool) -> Tag {
    match (counts, waits) {
        (true, false) => Tag::new(words::t("roles-state-counts"), Tone::Good),
        (true, true) => Tag::new(words::t("roles-state-changes"), Tone::Caution),
        (false, _) => Tag::new(words::t("roles-state-waits"), Tone::Caution),
    }
}

/// One line for each action that somebody may do because of what they work as.
fn matrix() -> Vec<MayLine> {
    let of = |action: Action, role: Role| {
        let who = who_may(action);
        if who.includes(of_role(role)) {
            Tag::new(words::t("clinic-may-yes"), Tone::Good)
        } else if role.treats() && who.includes(Relation::CareTeam) {
            Tag::new(words::t("clinic-may-in-care"), Tone::Caution)
        } else {
            Tag::new(words::t("clinic-may-no"), Tone::Plain)
        }
    };
    let staff = |action: &Action| {
        Role::ALL.iter().any(|role| who_may(*action).includes(of_role(*role)))
            || who_may(*action).includes(Relation::CareTeam)
    };
    Action::ALL
        .iter()
        .copied()
        .filter(staff)
        .map(|action| MayLine {
            what: may_in_words(action),
            who: Role::ALL.iter().map(|role| of(action, *role)).collect(),
        })
        .collect()
}

fn may_in_words(action: Action) -> String {
    words::t(&format!("clinic-may-{}", action.word()))
}

/// What is in one and not in the other, in words.
pub fn beyond(one: &BTreeSet<Item>, other: &BTreeSet<Item>) -> Vec<String> {
    let in_words = |item: &Item| match item.for_all {
        true => words::t1("roles-for-all", "what", may_in_words(item.action)),
        false => may_in_words(item.action),
    };
    one.difference(other).map(in_words).collect()
}

/// On which role of ours a new one stands.
#[derive(Deserialize)]
pub struct Base {
    #[serde(default)]
    base: Option<String>,
    /// The form was sent: also with nothing chosen.
    #[serde(default)]
    asked: String,
}

/// The form for a new one: first on what it stands, then what it does.
pub async fn new(list: Worklist<ProposeRole>, Query(asked): Query<Base>) -> PageResult {
    let form = match asked.base.as_deref().map(Role::from_word) {
        Some(Some(base)) if CAN_STAND_ON.contains(&base) => as_typed(base, "", &model::own(base), &BTreeSet::new()),
        Some(_) => OwnRoleForm { base_problem: Some(words::t("roles-problem-base")), ..first() },
        None if asked.asked.is_empty() => first(),
        None => OwnRoleForm { base_problem: Some(words::t("roles-problem-base")), ..first() },
    };
    page::show(&list, &form)
}

fn first() -> OwnRoleForm {
    let can = |choice: &Choice| Role::from_word(&choice.value).is_some_and(|role| CAN_STAND_ON.contains(&role));
    OwnRoleForm { bases: role_choices("").into_iter().filter(can).collect(), ..OwnRoleForm::empty() }
}

/// The form with this in it.
fn as_typed(base: Role, name: &str, keeps: &BTreeSet<Action>, borrows: &BTreeSet<Action>) -> OwnRoleForm {
    let boxes = |begin: &str, of: &dyn Fn(Duty) -> Vec<Action>, ticked: &BTreeSet<Action>| -> Vec<DutyBox> {
        let offered = Duty::ALL.iter().map(|duty| (duty, of(*duty))).filter(|(_, actions)| !actions.is_empty());
        let duty_box = |(duty, actions): (&Duty, Vec<Action>)| DutyBox {
            field: format!("{begin}-{}", duty.word()),
            name: named(*duty, base, begin),
            made_of: actions.iter().map(|action| may_in_words(*action)).collect::<Vec<_>>().join("; "),
            ticked: actions.iter().all(|action| ticked.contains(action)),
        };
        offered.map(duty_box).collect()
    };
    OwnRoleForm {
        base: base.word().to_owned(),
        base_name: role_in_words(base),
        name: Field::typed(name),
        keeps: boxes("keep", &|duty| duty.own_of(base).collect(), keeps),
        more: boxes("more", &|duty| duty.lent_to(base).collect(), borrows),
        ..OwnRoleForm::empty()
    }
}

/// What a part of work is called. Who treats patients does some of it for those in their care, and can do it for all.
fn named(duty: Duty, base: Role, begin: &str) -> String {
    let name = words::t(&format!("roles-duty-{}", duty.word()));
    let twice = base.treats() && duty.own_of(base).next().is_some() && duty.lent_to(base).next().is_some();
    match (twice, begin) {
        (false, _) => name,
        (true, "keep") => words::t1("roles-in-care", "what", name),
        (true, _) => words::t1("roles-for-all", "what", name),
    }
}

/// The parts of work whose boxes are ticked.
fn ticked(form: &Form, begin: &str) -> Vec<Duty> {
    form.ticked(begin).into_iter().filter_map(Duty::from_word).collect()
}

/// What the form says, or the form again with every problem.
fn read(form: &Form, base: Role, others: &[OwnRole]) -> Result<Wish, Box<OwnRoleForm>> {
    let keeps = model::kept(base, &ticked(form, "keep-"));
    let borrows = model::borrowed(base, &ticked(form, "more-"));
    let name = typed::line(form.text("name"), model::LONGEST);
    let taken = name.as_ref().is_some_and(|name| {
        let same = |other: &str| other.to_lowercase() == name.to_lowercase();
        others.iter().any(|it| same(&it.name)) || Role::ALL.iter().any(|role| same(&role_in_words(*role)))
    });
    let nothing = keeps.is_empty() && borrows.is_empty();
    let as_it_is = borrows.is_empty() && keeps == Duty::whole(base).collect();
    match name {
        Some(name) if !taken && !nothing && !as_it_is => Ok(Wish { name, base, keeps, borrows }),
        name => {
            let problem = match name {
                None => Some(words::t1("roles-problem-name", "most", i64::try_from(model::LONGEST).unwrap_or(0))),
                Some(_) => taken.then(|| words::t("roles-problem-name-taken")),
            };
            let typed = as_typed(base, form.text("name"), &keeps, &borrows);
            Err(Box::new(OwnRoleForm {
                name: Field { problem, ..typed.name },
                duties_problem: match (nothing, as_it_is) {
                    (true, _) => Some(words::t("roles-problem-nothing")),
                    (false, true) => Some(words::t1("roles-problem-same", "base", role_in_words(base))),
                    (false, false) => None,
                },
                ..typed
            }))
        }
    }
}

/// Says what a new role is to be.
pub async fn propose(list: Worklist<ProposeRole>, Posted(form): Posted<Form>) -> PageResult {
    let base = Role::from_word(form.text("base")).filter(|base| CAN_STAND_ON.contains(base)).ok_or(Error::Malformed)?;
    let others = store::live(&mut list.read().await?, list.now()).await?;
    let wish = match read(&form, base, &others) {
        Ok(wish) => wish,
        Err(view) => return page::again(&list, &*view),
    };
    said(&list, ResourceId::new(list.now(), salus_vault::random()), &wish).await
}

async fn said(list: &Worklist<ProposeRole>, role: ResourceId, wish: &Wish) -> PageResult {
    let mut change = list.begin().await?;
    change.concerns("PractitionerRole", &role.to_string());
    if !store::propose(&mut change, role, wish, list.session().account, list.now()).await? {
        return Ok(see_other_with(urls::CLINIC_ROLES, Flash::RoleDecided));
    }
    // Also whoever says it: it may be somebody else in their name.
    notices::tell_guards_and(&mut change, list.session().account, About::RoleProposed, list.now()).await?;
    change.commit().await?;
    Ok(see_other_with(urls::CLINIC_ROLES, Flash::RoleProposed))
}

/// The rows of a role: what counts, and what waits for a second person.
struct Known {
    counts: Option<OwnRole>,
    waits: Option<OwnRole>,
    others: Vec<OwnRole>,
}

impl Known {
    async fn of<A: ActionType>(list: &Worklist<A>, id: &str) -> Result<Self, Error> {
        let id: ResourceId = id.parse().map_err(|_| Error::NotFound)?;
        let (own, others): (Vec<_>, Vec<_>) =
            store::live(&mut list.read().await?, list.now()).await?.into_iter().partition(|it| it.role_id == id);
        let (mut counts, mut waits) = (None, None);
        for row in own {
            let place = if row.counts() { &mut counts } else { &mut waits };
            *place = Some(row);
        }
        if counts.is_none() && waits.is_none() { Err(Error::NotFound) } else { Ok(Self { counts, waits, others }) }
    }
    /// What was said last.
    fn last(&self) -> Result<&OwnRole, Error> {
        self.waits.as_ref().or(self.counts.as_ref()).ok_or(Error::NotFound)
    }
    /// What the page tells around the form.
    async fn around(&self, list: &Worklist<ProposeRole>, form: OwnRoleForm) -> Result<OwnRoleForm, Error> {
        let last = self.last()?;
        let zone = list.app().clinic().await.zone();
        let waits = self.waits.as_ref().map(|it| {
            let by = it.proposer.clone().unwrap_or_default();
            let when = dates::day_and_time(it.proposed_at, &zone);
            words::t_with("roles-proposed", [("by", by.into()), ("when", when.into())])
        });
        Ok(OwnRoleForm {
            id: last.role_id.to_string(),
            row: last.id.to_string(),
            heading: self.counts.as_ref().unwrap_or(last).name.clone(),
            state: Some(state(self.counts.is_some(), self.waits.is_some())),
            holders: u64::try_from(last.holders).unwrap_or(0),
            waits: waits.unwrap_or_default(),
            ..form
        })
    }
}

/// The form of one that there is.
pub async fn edit(list: Worklist<ProposeRole>, Path(id): Path<String>) -> PageResult {
    let known = Known::of(&list, &id).await?;
    let last = known.last()?;
    let form = as_typed(last.base, &last.name, &last.keeps(), &last.borrows());
    page::show(&list, &known.around(&list, form).await?)
}

/// Says what it is to be from now on.
pub async fn propose_change(
    list: Worklist<ProposeRole>,
    Path(id): Path<String>,
    Posted(form): Posted<Form>,
) -> PageResult {
    let known = Known::of(&list, &id).await?;
    let last = known.last()?;
    let stale = form.text("row") != last.id.to_string();
    match read(&form, last.base, &known.others) {
        Ok(wish) if stale => {
            let typed = as_typed(wish.base, &wish.name, &wish.keeps, &wish.borrows);
            page::again(&list, &known.around(&list, OwnRoleForm { stale, ..typed }).await?)
        }
        Ok(wish) if last.counts() && last.is(&wish) => {
            let typed = as_typed(wish.base, &wish.name, &wish.keeps, &wish.borrows);
            let typed = OwnRoleForm { duties_problem: Some(words::t("roles-problem-as-it-is")), ..typed };
            page::again(&list, &known.around(&list, typed).await?)
        }
        Ok(wish) => said(&list, last.role_id, &wish).await,
        Err(view) => page::again(&list, &known.around(&list, *view).await?),
    }
}

/// Takes back what waits for a second person; else the role itself, which nobody has.
pub async fn end(list: Worklist<ProposeRole>, Path(id): Path<String>, Posted(form): Posted<Form>) -> PageResult {
    let known = Known::of(&list, &id).await?;
    // The button says what it does to what was there when the page was made.
    if form.text("row") != known.last()?.id.to_string() {
        return Ok(see_other_with(urls::CLINIC_ROLES, Flash::RoleDecided));
    }
    let mut change = list.begin().await?;
    change.concerns("PractitionerRole", &known.last()?.role_id.to_string());
    let (now, by) = (list.now(), list.session().account);
    let (done, flash) = match (&known.waits, &known.counts) {
        (Some(waits), _) => (store::decide(&mut change, waits.id, "withdrawn", by, now).await?, Flash::RoleWithdrawn),
        // Somebody who gets it in this moment keeps it: the statement looks again.
        (None, Some(counts)) if counts.holders == 0 => {
            (store::leave(&mut change, counts.id, "ended", now).await?, Flash::RoleEnded)
        }
        _ => return Ok(see_other_with(urls::CLINIC_ROLES, Flash::RoleInUse)),
    };
    if !done {
        return Ok(see_other_with(urls::CLINIC_ROLES, Flash::RoleDecided));
    }
    change.commit().await?;
    Ok(see_other_with(urls::CLINIC_ROLES, flash))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_and_every_part_of_the_work_has_words() {
        for role in &CAN_STAND_ON {
            assert!(!role_in_words(*role).starts_with('['), "{}", role.word());
            let form = as_typed(*role, "", &model::own(*role), &BTreeSet::new());
            assert!(form.keeps.iter().all(|it| it.ticked) && form.more.iter().all(|it| !it.ticked));
            for it in form.keeps.iter().chain(&form.more) {
                assert!(!it.name.starts_with('[') && !it.made_of.contains('['), "{} {}", it.name, it.made_of);
            }
            assert!(!form.more.is_empty());
        }
        let lines = matrix();
        assert!(lines.len() > 15);
        for line in lines {
            assert!(!line.what.starts_with('['), "{}", line.what);
            assert_eq!(line.who.len(), Role::ALL.len());
        }
    }
}
