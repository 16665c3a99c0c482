//! The people who work here: who they are, inviting them, letting them in or no longer.

use axum::extract::Query;
use jiff::tz::TimeZone;
use salus_kernel::{
    AccountId, Action, ActionType, InviteId, MINUTE, PractitionerId, Role,
    actions::{ChangeStaff, InviteStaff, ViewStaff, VouchColleague},
};
use serde::Deserialize;

use super::{
    posts::{post_in_words, role_choices, role_in_words},
    store::{self, NewPractitioner, Post},
    views::{InviteForm, InviteLink, OpenInvite, Returning, StaffAccounts, StaffLine},
};
use crate::{
    access::{
        Change, EndsSessions, Posted, Worklist,
        invites::{Code, For},
    },
    notices::{About, TellOwner},
    proxies,
    recovery::{self, State},
    shell::{
        dates,
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other_with},
        urls,
        view::{Field, Pager, Tag, Tone},
        words,
    },
};

/// How many people a page of the staff shows.
const PAGE: u32 = 50;
/// How long a link counts.
pub const LINK_LASTS: i64 = 7 * 24 * 60 * MINUTE;

/// `?page=`.
#[derive(Debug, Default, Deserialize)]
pub struct Page {
    #[serde(default)]
    page: String,
}

/// Everyone who can sign in and work here, and who was invited to.
pub async fn staff(list: Worklist<ViewStaff>, Query(query): Query<Page>) -> PageResult {
    let page = query.page.parse().unwrap_or(1_u64).clamp(1, 10_000);
    let zone = list.app().clinic().await.zone();
    let may_change = list.session().may(Action::ChangeStaff);
    let mut tx = list.read().await?;
    let (rows, total) = store::staff(&mut tx, page, PAGE).await?;
    let invites = if may_change { store::open_invites(&mut tx, list.now()).await? } else { Vec::new() };
    let returning = if may_change { recovery::colleagues(&mut tx).await? } else { Vec::new() };
    drop(tx);
    let lines = rows
        .into_iter()
        .map(|row| StaffLine {
            role: post_in_words(&row.post()),
            name: row.name,
            since: dates::date(dates::on(row.created_at, &zone)),
            state: if row.active {
                Tag::new(words::t("clinic-staff-active"), Tone::Good)
            } else {
                Tag::new(words::t("clinic-staff-closed"), Tone::Plain)
            },
            active: row.active,
            account: Some(row.account)
                .filter(|account| may_change && *account != list.session().account)
                .map(|id| id.to_string()),
        })
        .collect();
    let invites = invites
        .into_iter()
        .map(|row| OpenInvite {
            id: row.id.to_string(),
            name: row.name,
            role: role_in_words(row.role),
            until: dates::day_and_time(row.ends_at, &zone),
        })
        .collect();
    let returning = returning.into_iter().map(|row| returning_line(&list, row, &zone)).collect::<Result<_, _>>()?;
    let pager = Pager::new(urls::CLINIC_STAFF, page, u64::from(PAGE), total);
    let form = may_change.then(|| form_view(&PersonForm::default(), Problems::default()));
    let waits = list.session().settles_at.map(|until| dates::day_and_time(until, &zone)).unwrap_or_default();
    page::show(&list, &StaffAccounts { lines, returning, invites, form, waits, pager })
}

/// A colleague who gets back in, and whether the reader can vouch.
fn returning_line<A>(list: &Worklist<A>, row: recovery::Colleague, zone: &TimeZone) -> Result<Returning, Error>
where
    A: ActionType,
{
    let own = list.session().account;
    let (word, since) = match row.state(list.now())? {
        State::Waiting => ("asked", row.asked_at),
        State::Approved => ("approved", row.asked_at),
        State::Ended => ("ended", row.asked_at),
        _ => ("vouched", row.vouched_at.unwrap_or(row.asked_at)),
    };
    let given =
        [("by", row.voucher.clone().unwrap_or_default().into()), ("when", dates::day_and_time(since, zone).into())];
    Ok(Returning {
        state: words::t_with(&format!("clinic-returning-{word}"), given),
        role: role_in_words(row.role),
        account: Some(row.account.to_string()).filter(|_| row.account != own),
        name: row.name,
        vouches: row.account != own && ["asked", "ended"].contains(&word),
    })
}

/// What the form that invites somebody sends, and the one that gives another role, without a name.
#[derive(Default, Deserialize)]
pub struct PersonForm {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) role: String,
    #[serde(default)]
    pub(super) npi: String,
}

/// What is wrong with it, beside each field.
#[derive(Default)]
pub(super) struct Problems {
    pub(super) name: Option<String>,
    pub(super) role: Option<String>,
    pub(super) npi: Option<String>,
}

fn form_view(form: &PersonForm, problems: Problems) -> InviteForm {
    InviteForm {
        name: Field { value: form.name.clone(), problem: problems.name },
        roles: role_choices(&form.role),
        role_problem: problems.role,
        npi: Field { value: form.npi.clone(), problem: problems.npi },
    }
}

/// A person as the form names one: name, role, and for who treats patients the national number, if it is known.
pub(super) struct Wish {
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) npi: Option<String>,
}

impl PersonForm {
    pub(super) fn parse(&self) -> Result<Wish, Problems> {
        let name = self.name.split_whitespace().collect::<Vec<_>>().join(" ");
        let name_is_wrong = name.is_empty() || name.chars().count() > 120 || name.chars().any(char::is_control);
        let role = Role::from_word(&self.role);
        let npi: String = self.npi.chars().filter(|c| !c.is_whitespace()).collect();
        let npi_is_wrong = !npi.is_empty() && !is_npi(&npi);
        match role {
            Some(role) if !name_is_wrong && !npi_is_wrong => {
                Ok(Wish { name, role, npi: Some(npi).filter(|npi| role.treats() && !npi.is_empty()) })
            }
            role => Err(Problems {
                name: name_is_wrong.then(|| words::t("clinic-problem-person-name")),
                role: role.is_none().then(|| words::t("clinic-problem-role")),
                npi: npi_is_wrong.then(|| words::t("clinic-problem-npi")),
            }),
        }
    }
}

/// Ten digits whose last one checks the others: the Luhn sum with the prefix 80840 (45 CFR 162.406; ISO/IEC 7812).
fn is_npi(text: &str) -> bool {
    if text.len() != 10 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let digits = format!("80840{text}");
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .enumerate()
        .map(|(place, digit)| if place % 2 == 1 { doubled(digit) } else { digit })
        .sum();
    sum.is_multiple_of(10)
}

/// Makes a link. It is on this page and nowhere else.
pub async fn invite(list: Worklist<InviteStaff>, Posted(form): Posted<PersonForm>) -> PageResult {
    let wish = match form.parse() {
        Ok(wish) => wish,
        Err(problems) => return page::again(&list, &form_view(&form, problems)),
    };
    let mut change = list.begin().await?;
    let practitioner = match practitioner(&list, &mut change, &wish).await? {
        Ok(practitioner) => practitioner,
        Err(problem) => {
            drop(change);
            let problems = Problems { npi: Some(problem), ..Problems::default() };
            return page::again(&list, &form_view(&form, problems));
        }
    };
    let purpose = For::Staff { name: wish.name.clone(), role: wish.role, practitioner };
    let code = change.invite(purpose, list.session().account, LINK_LASTS).await?;
    change.commit().await?;
    page::show(&list, &link_view(&list, wish.name, wish.role, &code).await)
}

/// Who the invited is as a practitioner, if they treat patients: one whom we know by the national number, or a new one. A
/// number that is somebody else's is a problem beside its field, because whoever has it reads their patients' charts.
pub(super) async fn practitioner<A: ActionType>(
    list: &Worklist<A>,
    change: &mut Change<'_>,
    wish: &Wish,
) -> Result<Result<Option<PractitionerId>, String>, Error> {
    if !wish.role.treats() {
        return Ok(Ok(None));
    }
    if let Some(npi) = &wish.npi
        && let Some(known) = store::by_npi(change, npi).await?
    {
        return Ok(match known.works_here {
            Some(name) => Err(words::t1("clinic-problem-npi-works-here", "name", name)),
            None if !same_family(&known.name, &wish.name) => {
                Err(words::t1("clinic-problem-npi-other", "name", known.name))
            }
            None => Ok(Some(known.id)),
        });
    }
    let id = PractitionerId::new(list.now(), salus_vault::random());
    let index = list.index("import", &format!("clinic|Practitioner/{id}"));
    let new = NewPractitioner::invited(id, &wish.name, wish.npi.as_deref());
    let digest = list.digest("import", new.resource.as_bytes());
    let made = new.insert_unless_taken(change, index.as_str(), digest, list.now()).await?;
    Ok(if made { Ok(Some(id)) } else { Err(words::t("clinic-problem-npi-taken")) })
}

/// Whether two names can be one person's: a word of three letters or more is in both, titles aside.
fn same_family(one: &str, other: &str) -> bool {
    let words = |name: &str| -> Vec<String> {
        let words = name.split(|c: char| !c.is_alphabetic()).map(str::to_lowercase);
        words.filter(|word| word.chars().count() > 2).collect()
    };
    let other = words(other);
    words(one).iter().any(|word| other.contains(word))
}

/// Whose account.
#[derive(Deserialize)]
pub struct ReturnForm {
    #[serde(default)]
    account: String,
}

/// Says that somebody who works here is to be let back in: when password or second step are lost, and the administrator has checked
/// who asks. One more person has to say so. Nobody does it for themselves.
pub async fn vouch(list: Worklist<VouchColleague>, Posted(form): Posted<ReturnForm>) -> PageResult {
    let account = form.colleague(&list).await?;
    let flash = if recovery::vouch(&list, account).await? { Flash::ColleagueVouched } else { Flash::RecoveryDecided };
    Ok(see_other_with(urls::CLINIC_STAFF, flash))
}

/// Takes that back.
pub async fn stop(list: Worklist<ChangeStaff>, Posted(form): Posted<ReturnForm>) -> PageResult {
    let account = form.colleague(&list).await?;
    let mut change = list.begin().await?;
    change.concerns("Account", &account.to_string());
    if recovery::withdraw(&mut change, account).await? {
        change.enqueue(&TellOwner::of(account, About::NotLetBackIn, list.now())).await?;
    }
    change.commit().await?;
    Ok(see_other_with(urls::CLINIC_STAFF, Flash::ColleagueStopped))
}

impl ReturnForm {
    async fn colleague<A: ActionType>(&self, list: &Worklist<A>) -> Result<AccountId, Error> {
        let account = self.account.parse().map_err(|_| Error::NotFound)?;
        colleague(list, account).await?;
        Ok(account)
    }
}

/// Name and role of somebody else, who works here and may sign in.
pub(super) async fn colleague<A: ActionType>(list: &Worklist<A>, account: AccountId) -> Result<(String, Post), Error> {
    if account == list.session().account {
        return Err(Error::NotFound);
    }
    store::colleague(&mut list.read().await?, account).await
}

async fn link_view(list: &Worklist<InviteStaff>, name: String, role: Role, code: &Code) -> InviteLink {
    let zone = list.app().clinic().await.zone();
    InviteLink {
        name,
        role: role_in_words(role),
        link: list.app().web().link(&urls::join(code.text())),
        until: dates::day_and_time(list.now().plus(LINK_LASTS), &zone),
    }
}

/// Which invite.
#[derive(Deserialize)]
pub struct WithdrawForm {
    #[serde(default)]
    invite: String,
}

/// Takes a link back.
pub async fn withdraw(list: Worklist<ChangeStaff>, Posted(form): Posted<WithdrawForm>) -> PageResult {
    let invite: InviteId = form.invite.parse().map_err(|_| Error::NotFound)?;
    let mut change = list.begin().await?;
    store::withdraw_invite(&mut change, invite, list.now()).await?;
    change.commit().await?;
    Ok(see_other_with(urls::CLINIC_STAFF, Flash::InviteWithdrawn))
}

/// Whose account, and whether it may sign in.
#[derive(Deserialize)]
pub struct AccessForm {
    #[serde(default)]
    account: String,
    #[serde(default)]
    active: String,
}

/// Closes an account of the staff, or opens it again. Closing ends its sessions, and takes back what lets somebody in by its
/// hand or with its name. Nobody closes their own, so there is always an administrator left.
pub async fn access(list: Worklist<ChangeStaff>, Posted(form): Posted<AccessForm>) -> PageResult {
    let account: AccountId = form.account.parse().map_err(|_| Error::NotFound)?;
    let active = match form.active.as_str() {
        "yes" => true,
        "no" => false,
        _ => return Err(Error::Malformed),
    };
    if account == list.session().account {
        return Err(Error::NotFound);
    }
    let mut change = list.begin().await?;
    change.concerns("Account", &account.to_string());
    store::still_administrator(&mut change, list.session().account, account).await?;
    store::set_active(&mut change, account, active).await?;
    if !active {
        shut_out(&list, &mut change, account).await?;
    }
    change.commit().await?;
    Ok(see_other_with(urls::CLINIC_STAFF, if active { Flash::StaffOpened } else { Flash::StaffClosed }))
}

/// Ends the sessions of somebody who works here, and takes back what lets somebody in by their hand or with their name.
pub(super) async fn shut_out(
    list: &Worklist<impl EndsSessions>,
    change: &mut Change<'_>,
    account: AccountId,
) -> Result<(), Error> {
    // First, because it holds the account's row: everybody takes that before other rows of the account.
    list.end_sessions(change, account).await?;
    store::withdraw_of(change, account, list.now()).await?;
    recovery::withdraw_of(change, account).await?;
    proxies::take_back_of(change, account, list.session().account, list.now()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_npi_checks_itself() {
        // The standard's own example is 1234567893.
        for good in ["1234567893", "1999999984", "1888888892"] {
            assert!(is_npi(good), "{good}");
        }
        for bad in ["1234567890", "123456789", "12345678931", "12345678x3", ""] {
            assert!(!is_npi(bad), "{bad}");
        }
    }

    #[test]
    fn names_of_one_person_share_a_word() {
        assert!(same_family("Lena Park", "Dr. Lena Park-Ito"));
        assert!(same_family("PARK", "lena park"));
        assert!(!same_family("Dr. Lena Park", "Dr. Omar Haddad"));
        assert!(!same_family("", "Lena Park"));
    }

    #[test]
    fn every_problem_is_told_at_once() {
        let problems = PersonForm { name: " ".into(), role: "boss".into(), npi: "12".into() }.parse().err().unwrap();
        assert!(problems.name.is_some() && problems.role.is_some() && problems.npi.is_some());
        let wish = PersonForm { name: " Dana  Whitfield ".into(), role: "nurse".into(), npi: "1234 567 893".into() };
        let wish = wish.parse().ok().unwrap();
        assert_eq!((wish.name.as_str(), wish.npi.as_deref()), ("Dana Whitfield", Some("1234567893")));
        let desk = PersonForm { name: "Jo".into(), role: "front-desk".into(), npi: "1234567893".into() };
        assert_eq!(desk.parse().ok().unwrap().npi, None, "the desk treats nobody");
    }
}
