//! Somebody has lost the second step: asking, being called, and coming back. And a colleague for whom two people say yes.

use crate::{
    browser_test,
    harness::{Test, View, urls},
};

use super::first_day::checked;

/// The patient is not used by any other test: afterwards they sign in in another way.
async fn lost_and_back(test: &Test, view: View, number: usize) {
    assert!(test.demo.of_role("patient").len() > number, "somebody whom no other test signs in as");
    let patient = test.demo.person("patient", number);
    let browser = test.browser(view).await;
    browser.password(patient).await;
    browser.follow("main a[href='/lost']").await;
    checked(&browser, &view, "lost").await;
    browser.expect_on_console("status of 422");
    browser.fill("email", "nobody").await;
    browser.submit().await;
    browser.shows("Enter an email address, like name@example.com").await;
    browser.fill("email", &patient.email).await;
    browser.submit().await;
    browser.arrives_at("/forgotten/sent").await;
    browser.open(&test.demo.mailed(&patient.email, "reset")).await;
    browser.shows("How can we check that it is you?").await;
    checked(&browser, &view, "ask-back-in").await;
    browser.submit().await;
    browser.shows("Choose how we can check that it is you").await;
    checked(&browser, &view, "ask-back-in-error").await;
    browser.click("#wanted-1").await;
    browser.submit().await;
    browser.arrives_at("/lost/asked").await;
    checked(&browser, &view, "asked-back-in").await;

    let with_scripts = View { scripts: true, ..view };
    let desk = test.browser(with_scripts).await;
    desk.sign_in_by_hand(test.demo.person("front-desk", 0)).await;
    desk.open("/staff/back-in").await;
    desk.shows(patient.plain_name()).await;
    checked(&desk, &with_scripts, "recoveries").await;
    let own: String = desk
        .script_with(
            "const [name] = arguments; return [...document.querySelectorAll('main a')].find(a => a.textContent.includes(name)).pathname",
            vec![patient.plain_name().into()],
        )
        .await;
    desk.open(&own).await;
    desk.shows("Whose chart they would read").await;
    checked(&desk, &with_scripts, "recovery").await;
    desk.expect_on_console("status of 422");
    desk.submit().await;
    desk.shows("Choose how you checked who this is").await;
    checked(&desk, &with_scripts, "recovery-error").await;
    desk.click("#evidence-1").await;
    desk.submit().await;
    desk.shows("Tell them this code").await;
    checked(&desk, &with_scripts, "recovery-code").await;
    let code = desk.inner("main .s-secret").await;

    browser.open(&test.demo.mailed(&patient.email, "back-in")).await;
    checked(&browser, &view, "back-in").await;
    let password = "nine calm boats under the bridge";
    browser.fill("code", "1234").await;
    browser.fill("password", "short").await;
    browser.submit().await;
    browser.shows("Enter the 8 digits").await;
    checked(&browser, &view, "back-in-error").await;
    browser.fill("code", &code).await;
    browser.fill("password", password).await;
    browser.fill("again", password).await;
    browser.submit().await;
    browser.arrives_at(urls::ENROLL).await;
    checked(&browser, &view, "back-in-enroll").await;
}

browser_test! {
async fn a_lost_second_step_is_set_up_anew_by_the_keyboard_alone(test: &Test) {
    lost_and_back(test, View::NARROW.by_keyboard(), 6).await;
}
}

browser_test! {
once: async fn a_lost_second_step_is_set_up_anew_without_scripts(test: &Test) {
    lost_and_back(test, View::PHONE.without_scripts(), 7).await;
}
}

browser_test! {
async fn two_people_say_yes_to_a_colleague_by_the_keyboard_alone(test: &Test) {
    let view = View::NARROW.by_keyboard();
    let (admin, nurse) = (test.demo.person("administrator", 0), test.demo.person("nurse", 0));
    let biller = test.demo.person("biller", 0);
    let first = test.browser(view).await;
    first.sign_in_by_hand(admin).await;
    first.open("/clinic/staff").await;
    let vouch: String = first
        .script_with(
            "const [name] = arguments; const row = [...document.querySelectorAll('main tr')].find(row => row.textContent.includes(name));
             const button = row.querySelector(\"form[action='/clinic/staff/return'] button\"); button.id = 'vouch'; return button.id",
            vec![biller.plain_name().into()],
        )
        .await;
    first.follow(&format!("#{vouch}")).await;
    first.shows("Now ask somebody else who works here").await;
    first.shows("A second person is needed").await;
    checked(&first, &view, "staff-vouched").await;
    first.open("/staff/colleagues").await;
    first.shows("You said yes already").await;
    checked(&first, &view, "colleagues-own").await;

    let second = test.browser(view).await;
    second.sign_in_by_hand(nurse).await;
    second.open(urls::STAFF).await;
    second.follow("main a[href='/staff/colleagues']").await;
    second.shows(biller.plain_name()).await;
    checked(&second, &view, "colleagues").await;
    // No, so that the demo is as it was.
    second.follow("main form[action$='/refuse'] button").await;
    second.shows("They are not let back in").await;
    second.shows("Nobody is waiting").await;
    checked(&second, &view, "colleagues-none").await;
}
}
