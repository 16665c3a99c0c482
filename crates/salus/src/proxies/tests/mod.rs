//! Caregivers, through the front door on both engines.

mod ages;
mod private;
mod requests;
mod story;
mod walls;

use salus_kernel::PatientId;

use crate::{
    shell::urls,
    testing::{Page, Person, World, between},
};

/// What a form for a code sends from the patient's own page, with these scopes.
pub fn asked<'a>(name: &'a str, scopes: &[&'a str]) -> Vec<(&'a str, &'a str)> {
    [("name", name), ("months", "12")].into_iter().chain(scopes.iter().map(|scope| (*scope, "yes"))).collect()
}

/// The same from the front desk.
fn asked_at_desk<'a>(name: &'a str, basis: &'a str, scopes: &[&'a str]) -> Vec<(&'a str, &'a str)> {
    asked(name, scopes).into_iter().chain([("basis", basis), ("evidence", "seen")]).collect()
}

/// A code out of the page that shows it.
pub async fn code(by: &Person, patient: PatientId, fields: &[(&str, &str)]) -> String {
    by.get(&urls::caregivers(patient)).await.is_ok();
    let page = by.post(&urls::caregivers(patient), fields).await;
    between(page.is_ok(), "s-secret s-mono\" translate=\"no\">", "</p>").to_owned()
}

/// A code from the front desk, for this reason.
pub async fn code_at_desk(desk: &Person, patient: PatientId, basis: &str, scopes: &[&str]) -> String {
    code(desk, patient, &asked_at_desk("somebody", basis, scopes)).await
}

/// The chart says from now on that its patient has died.
async fn died(w: &World, patient: PatientId) {
    let sight = salus_db::Sight { patient: Some(patient), ..salus_db::Sight::default() };
    let mut tx = w.db.begin(&sight).await.unwrap();
    let died = salus_db::sql!("UPDATE patient SET deceased = TRUE WHERE patient_id = $1");
    tx.execute(died, salus_db::args![patient]).await.unwrap();
    tx.commit().await.unwrap();
}

/// Shows a code.
async fn shows_code(who: &Person, code: &str, born: &str) -> Page {
    who.get(urls::ACTING_FOR).await.is_ok();
    who.post(urls::ACTING_FOR, &[("slip", code), ("birth_date", born)]).await
}

/// Somebody with an account of their own and no chart, signed in.
async fn somebody(w: &World, name: &str) -> Person {
    let person = w.account(name, None, None).await;
    w.sign_in(&person).await;
    person
}

/// Somebody who acts for a grown-up patient, who gave them this.
pub async fn caregiver(w: &World, name: &str, patient: &Person, scopes: &[&str]) -> Person {
    let person = somebody(w, name).await;
    let code = code(patient, patient.patient, &asked(name, scopes)).await;
    shows_code(&person, &code, "3 14 1985").await.goes_to(&urls::patient_home(patient.patient));
    person
}

/// Somebody who acts for a child, as the front desk writes it down.
pub async fn parent(
    w: &World,
    name: &str,
    (desk, child): (&Person, PatientId),
    basis: &str,
    born: &str,
    scopes: &[&str],
) -> Person {
    let person = somebody(w, name).await;
    let code = code(desk, child, &asked_at_desk(name, basis, scopes)).await;
    shows_code(&person, &code, born).await.goes_to(&urls::patient_home(child));
    person
}

/// What somebody sends who asks the clinic to act for a child of theirs.
fn wishes<'a>(name: &'a str, born: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("name", name), ("birth_date", born), ("basis", "parent"), ("visits", "yes"), ("messages", "yes")]
}

/// Asks the clinic to act for a child; the request's id.
pub async fn asks_to_act(who: &Person, name: &str, born: &str) -> String {
    asks_with(who, name, born, "parent").await
}

/// The same for another reason.
async fn asks_with(who: &Person, name: &str, born: &str, basis: &str) -> String {
    who.get(urls::ASK_CAREGIVER).await.is_ok();
    let mut wish = wishes(name, born);
    wish.push(("basis", basis));
    let page = who.post(urls::ASK_CAREGIVER, &wish).await;
    page.is(303);
    page.location().rsplit('/').next().expect("an id").to_owned()
}

/// A photo, as a phone makes it.
fn a_photo(side: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(side, side / 2, image::Rgb([20, 90, 120]));
    picture.write_to(&mut bytes, image::ImageFormat::Png).expect("a picture");
    bytes.into_inner()
}

/// Adds a photo of the papers; its id.
pub async fn sends_a_photo(who: &Person, request: &str) -> String {
    who.get(&urls::asked_caregiver(request)).await.is_ok();
    who.browser.post_file(&urls::asked_caregiver(request), &a_photo(40)).await.goes_to(&urls::asked_caregiver(request));
    let page = who.get(&urls::asked_caregiver(request)).await;
    page.body
        .rsplit("name=\"photo\" value=\"")
        .next()
        .and_then(|rest| rest.split('"').next())
        .expect("an id")
        .to_owned()
}

/// How many mails to somebody say this.
async fn mails(postbox: &crate::testing::Postbox, to: &Person, words: &str) -> usize {
    let mails = postbox.mails().await;
    let plain = |mail: &String| mail.replace("=\r\n", "").replace("\r\n", " ");
    mails.iter().filter(|mail| mail.contains(&format!("To: {}\r\n", to.email)) && plain(mail).contains(words)).count()
}

/// What a mail says of caregivers, and of anything to read.
const WHO_ACTS: &str = "who may act for whom";
const NEWS: &str = "there is news";

/// The id of the first one whom a patient's page can end.
fn first_id(page: &Page) -> String {
    between(page, "name=\"id\" value=\"", "\"").to_owned()
}
