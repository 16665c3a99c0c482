//! What people work as: who may do what, and giving somebody another role.

use salus_kernel::{
    AccountId, Action, Relation, Role,
    actions::{ChangeRole, ViewStaff},
};

use super::{
    people::{PersonForm, Problems, colleague, practitioner, shut_out},
    store,
    views::{MayLine, RoleForm, Roles},
};
use crate::{
    access::{
        InPath, Posted, Worklist,
        policy::{of_role, who_may},
    },
    notices::{About, TellOwner},
    shell::{
        flash::Flash,
        page::{self, PageResult, see_other_with},
        urls,
        view::{Choice, Field, Tag, Tone},
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

/// Asks what a colleague is to work as.
pub async fn form(list: Worklist<ChangeRole>, InPath(account): InPath) -> PageResult {
    let (name, role) = colleague(&list, account).await?;
    let form = PersonForm { name, role: role.word().to_owned(), npi: String::new() };
    let known = store::practitioner_of(&mut list.read().await?, account).await?.is_some();
    page::show(&list, &view(&form, account, role, known, Problems::default()))
}

fn view(form: &PersonForm, account: AccountId, now: Role, known: bool, problems: Problems) -> RoleForm {
    RoleForm {
        account: account.to_string(),
        name: form.name.clone(),
        now: role_in_words(now),
        roles: role_choices(&form.role),
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
    let known = store::practitioner_of(&mut list.read().await?, account).await?.is_some();
    let again = |problems: Problems| page::again(&list, &view(&form, account, now, known, problems));
    let wish = match form.parse() {
        Ok(wish) => wish,
        Err(problems) => return again(problems),
    };
    if wish.role == now {
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
    store::set_role(&mut change, account, now, wish.role, practitioner).await?;
    change.enqueue(&TellOwner::of(account, About::RoleChanged, list.now())).await?;
    change.commit().await?;
    Ok(see_other_with(urls::CLINIC_STAFF, Flash::RoleChanged))
}

/// Who may do what: the policy itself, in words.
pub async fn roles(list: Worklist<ViewStaff>) -> PageResult {
    page::show(&list, &Roles { columns: Role::ALL.iter().map(|role| role_in_words(*role)).collect(), lines: matrix() })
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
            what: words::t(&format!("clinic-may-{}", action.word())),
            who: Role::ALL.iter().map(|role| of(action, *role)).collect(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_and_every_action_of_the_staff_has_words() {
        for role in Role::ALL {
            assert!(!role_in_words(*role).starts_with('['), "{}", role.word());
        }
        let lines = matrix();
        assert!(lines.len() > 15);
        for line in lines {
            assert!(!line.what.starts_with('['), "{}", line.what);
            assert_eq!(line.who.len(), Role::ALL.len());
        }
    }
}
