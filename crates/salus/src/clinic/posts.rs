//! What people work as, and giving somebody another role: one of ours, or one of the clinic's own.

use salus_kernel::{AccountId, Role, actions::ChangeRole};

use super::{
    people::{PersonForm, Problems, colleague, practitioner, shut_out},
    store::{self, Post},
    views::RoleForm,
};
use crate::{
    access::{InPath, Posted, Worklist},
    notices::{About, TellOwner},
    roles::{self, OwnRole},
    shell::{
        flash::Flash,
        page::{self, PageResult, see_other_with},
        urls,
        view::{Choice, Field},
        words,
    },
};

/// What someone works as, in words.
pub fn role_in_words(role: Role) -> String {
    words::t(&format!("clinic-role-{}", role.word()))
}

/// What somebody may work as, one of it chosen.
pub fn role_choices(chosen: &str) -> Vec<Choice> {
    let choice = |role: &Role| Choice::new(role.word(), role_in_words(*role), role.word() == chosen);
    Role::ALL.iter().map(choice).collect()
}

/// What somebody works as, by the name that their clinic gave it.
pub(super) fn post_in_words(post: &Post) -> String {
    match (&post.own_name, post.own) {
        (Some(name), _) => name.clone(),
        // It was removed while the account was closed: whoever has it does nothing.
        (None, Some(_)) => words::t("clinic-role-gone"),
        (None, None) => role_in_words(post.role),
    }
}

/// Asks what a colleague is to work as.
pub async fn form(list: Worklist<ChangeRole>, InPath(account): InPath) -> PageResult {
    let (name, now) = colleague(&list, account).await?;
    let role = now.own.map_or_else(|| now.role.word().to_owned(), |own| own.to_string());
    let form = PersonForm { name, role, npi: String::new() };
    let mut tx = list.read().await?;
    let known = store::practitioner_of(&mut tx, account).await?.is_some();
    let own = roles::current(&mut tx, list.now()).await?;
    page::show(&list, &view(&form, account, &now, &own, known, Problems::default()))
}

fn view(
    form: &PersonForm,
    account: AccountId,
    now: &Post,
    own: &[OwnRole],
    known: bool,
    problems: Problems,
) -> RoleForm {
    let own = own.iter().map(|it| {
        let id = it.role_id.to_string();
        let label = words::t_with(
            "clinic-role-own",
            [("name", it.name.clone().into()), ("base", role_in_words(it.base).into())],
        );
        Choice::new(id.clone(), label, id == form.role)
    });
    RoleForm {
        account: account.to_string(),
        name: form.name.clone(),
        now: post_in_words(now),
        roles: role_choices(&form.role).into_iter().chain(own).collect(),
        role_problem: problems.role,
        npi: Some(Field { value: form.npi.clone(), problem: problems.npi }).filter(|_| !known),
    }
}

/// Gives a colleague another role. What they could do before ends with their sessions, in every browser and on every machine, and what lets
/// somebody in by their hand is taken back. Nobody does it for themselves, so there is always an administrator left.
pub async fn change(
    list: Worklist<ChangeRole>,
    InPath(account): InPath,
    Posted(form): Posted<PersonForm>,
) -> PageResult {
    let (name, now) = colleague(&list, account).await?;
    let form = PersonForm { name, ..form };
    let mut tx = list.read().await?;
    let known = store::practitioner_of(&mut tx, account).await?.is_some();
    let own = roles::current(&mut tx, list.now()).await?;
    drop(tx);
    let again = |problems: Problems| page::again(&list, &view(&form, account, &now, &own, known, problems));
    // One of the clinic's own goes by its number, and stands on one of ours.
    let chosen = own.iter().find(|it| it.role_id.to_string() == form.role);
    let plain = PersonForm {
        name: form.name.clone(),
        role: chosen.map_or_else(|| form.role.clone(), |own| own.base.word().to_owned()),
        npi: form.npi.clone(),
    };
    let wish = match plain.parse() {
        Ok(wish) => wish,
        Err(problems) => return again(problems),
    };
    let next = Post { role: wish.role, own: chosen.map(|own| own.role_id), own_name: None };
    if (next.role, next.own) == (now.role, now.own) {
        return Ok(see_other_with(urls::CLINIC_STAFF, Flash::RoleKept));
    }
    let mut change = list.begin().await?;
    change.concerns("Account", &account.to_string());
    store::still_administrator(&mut change, list.session().account, account).await?;
    // First, because it holds the account's row: whoever signs in waits, and gets the new role.
    shut_out(&list, &mut change, account).await?;
    // Who treated patients before is the same practitioner again.
    let practitioner = match store::practitioner_of(&mut change, account).await? {
        Some(_) => Ok(None),
        None => practitioner(&list, &mut change, &wish).await?,
    };
    let practitioner = match practitioner {
        Ok(practitioner) => practitioner,
        Err(problem) => {
            drop(change);
            return again(Problems { npi: Some(problem), ..Problems::default() });
        }
    };
    store::set_post(&mut change, account, &now, &next, practitioner).await?;
    change.enqueue(&TellOwner::of(account, About::RoleChanged, list.now())).await?;
    change.commit().await?;
    Ok(see_other_with(urls::CLINIC_STAFF, Flash::RoleChanged))
}
