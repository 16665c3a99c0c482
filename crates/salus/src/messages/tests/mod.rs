//! Messages, through the front door on both engines.

mod talk;
mod walk;
mod walls;

use salus_kernel::{Action, PatientId, Role};

use crate::{
    accounts::admin,
    shell::urls,
    testing::{Page, Person, World},
};

/// Begins a conversation whose every text has `mark` in it; its id.
pub async fn begun(who: &Person, patient: PatientId, mark: &str) -> String {
    who.get(&urls::messages_new(patient)).await.is_ok();
    let subject = format!("{mark} subject");
    let fields = [("topic", "health"), ("subject", subject.as_str()), ("body", &format!("{mark} body"))];
    let page = who.post(&urls::messages(patient), &fields).await;
    page.is(303);
    page.location().rsplit('/').next().unwrap().to_owned()
}

/// A nurse with a place of her own among practitioners, on a patient's team.
async fn nurse(w: &World, name: &str, patient: PatientId) -> Person {
    let nurse = treats(w, name, Role::Nurse).await;
    w.assign(&nurse, patient).await;
    nurse
}

/// Somebody who treats patients, on nobody's team yet.
async fn treats(w: &World, name: &str, role: Role) -> Person {
    let run = w.run("accounts", Action::ManageAccounts).await;
    let mut change = run.begin().await.unwrap();
    let npi = format!("{:010}", u32::from_be_bytes(salus_vault::random()));
    let practitioner = admin::practitioner(&run, &mut change, name, &npi).await.unwrap();
    change.commit().await.unwrap();
    let mut person = w.account(name, Some(role), Some(practitioner)).await;
    person.practitioner = Some(practitioner);
    w.sign_in(&person).await;
    person
}

/// The value of a field on a page.
fn field(page: &Page, name: &str) -> String {
    let after = page.body.split(&format!("name=\"{name}\" value=\"")).nth(1);
    after.and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
}

/// What stands in the message's field.
fn typed(page: &Page) -> String {
    let area = page.body.split("<textarea").nth(1).and_then(|rest| rest.split_once('>')).map(|(_, rest)| rest);
    let text = area.and_then(|rest| rest.split("</textarea>").next()).unwrap_or_default();
    text.trim_start_matches('\n').replace("&#39;", "'").replace("&#34;", "\"").replace("&amp;", "&")
}
