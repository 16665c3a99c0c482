//! A draft that is kept while it is written.

use crate::{
    browser_test,
    checks::axe,
    harness::{Test, View},
};

browser_test! {
async fn what_is_written_is_kept_by_itself_and_is_there_on_the_next_device(test: &Test) {
    let patient = test.demo.person("patient", 1);
    let new = format!("{}/messages/new", patient.home());
    let phone = test.browser(View::NARROW).await;
    phone.sign_in(patient).await;
    let written = "Since Monday my ears ring 👂, mostly at night.";
    // Written before the page's own scripts came, as on a slow line. Pasted, because keys of a driver have no emoji.
    phone.at_once(&format!("document.querySelector('#subject').value = 'Ringing'; const body = document.querySelector('#body'); body.focus(); body.value = '{written}'")).await;
    phone.open(&new).await;
    phone.until("the draft is kept", "return document.querySelector('[data-draft-status]').textContent.includes('saved')").await;
    assert_eq!(phone.path().await, new, "keeping it leaves the page");
    assert_eq!(phone.script::<String>("return document.activeElement.id").await, "body", "keeping it takes the cursor away");
    axe::finds_nothing(&phone).await;

    // The phone is never heard of again. At a desk, without scripts, it is there, and is kept by a button.
    let desk = test.browser(View::WIDE.without_scripts()).await;
    desk.sign_in(patient).await;
    desk.open(&new).await;
    assert_eq!(desk.value("body").await, written);
    assert_eq!(desk.value("subject").await, "Ringing");
    assert!(!desk.text().await.contains("Your draft is saved"), "what saved itself speaks on another page");
    desk.fill("body", "My ears ring.").await;
    desk.follow("main form button[formaction$='/draft']").await;
    assert_eq!(desk.value("body").await, "My ears ring.");
    desk.follow("main form button[name=discard]").await;
    desk.open(&new).await;
    assert_eq!(desk.value("body").await, "");
}
}
