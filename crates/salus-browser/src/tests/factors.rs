//! How somebody signs in, by the keyboard alone: other recovery codes, the form for another phone, and the password again.

use crate::{
    browser_test,
    checks::axe,
    harness::{Test, View, urls},
};

use super::screens::keep;

browser_test! {
async fn recovery_codes_are_made_by_the_keyboard_alone(test: &Test) {
    let patient = test.demo.person("patient", 3);
    let browser = test.browser(View::NARROW.by_keyboard()).await;
    browser.sign_in_by_hand(patient).await;
    browser.open(urls::SETTINGS).await;
    keep(&browser, "settings").await;
    browser.follow("main a[href='/settings/sign-in']").await;
    axe::finds_nothing(&browser).await;
    keep(&browser, "factors").await;
    browser.follow("main a[href='/settings/sign-in/app']").await;
    browser.shows("Until you confirm, the old one still works").await;
    axe::finds_nothing(&browser).await;
    keep(&browser, "another-phone").await;
    browser.expect_on_console("status of 422");
    browser.fill("code", "000000").await;
    browser.submit().await;
    browser.shows("That code didn’t match").await;
    browser.open("/settings/sign-in").await;
    browser.follow("main form[action='/settings/sign-in/codes'] button").await;
    browser.shows("We can’t show these codes again").await;
    assert_eq!(browser.count(".s-codes li").await, 10);
    axe::finds_nothing(&browser).await;
    keep(&browser, "recovery-codes").await;
    browser.follow("main a.s-button").await;
    browser.shows("10 left").await;

    browser.open("/still-you?next=/settings/sign-in").await;
    axe::finds_nothing(&browser).await;
    keep(&browser, "still-you").await;
    browser.fill("password", "not it").await;
    browser.submit().await;
    browser.shows("This is not your current password").await;
    axe::finds_nothing(&browser).await;
    browser.fill("password", &patient.password).await;
    browser.submit().await;
    browser.arrives_at("/settings/sign-in").await;
}
}

/// From another address and back again, so that the demo is as it was.
async fn there_and_back(test: &Test, view: View, number: usize) {
    assert!(test.demo.of_role("patient").len() > number, "somebody whom no other test signs in as");
    let patient = test.demo.person("patient", number);
    let new = format!("moved-{number}@example.net");
    let browser = test.browser(view).await;
    let looks = async |name: &str| {
        if view.scripts {
            axe::finds_nothing(&browser).await;
            keep(&browser, name).await;
        }
    };
    browser.sign_in_by_hand(patient).await;
    browser.open(urls::SETTINGS).await;
    browser.follow("main a[href='/settings/email']").await;
    looks("address").await;
    browser.expect_on_console("status of 422");
    browser.fill("email", "not an address").await;
    browser.submit().await;
    browser.shows("Enter an email address, like name@example.com").await;
    assert_eq!(browser.value("email").await, "not an address");
    looks("address-error").await;
    browser.fill("email", &new).await;
    browser.submit().await;
    browser.shows(&format!("We wrote to {new}")).await;
    looks("address-waiting").await;
    browser.open(&test.demo.mailed(&new, "settings/email/confirm")).await;
    browser.shows("Use this address from now on?").await;
    looks("address-confirm").await;
    browser.submit().await;
    browser.arrives_at(urls::SETTINGS).await;
    browser.shows(&new).await;
    // The letter to the address of before takes it back, signed in or not.
    browser.open(&test.demo.mailed(&patient.email, "undo")).await;
    browser.shows("Your email address was changed on").await;
    looks("taking-back").await;
    browser.submit().await;
    browser.arrives_at(urls::SIGN_IN).await;
    browser.shows("All is as it was before, and everyone is signed out").await;
    browser.sign_in_by_hand(patient).await;
    browser.open(urls::SETTINGS).await;
    browser.shows(&patient.email).await;
    browser.open("/settings/email/new").await;
    browser.shows("This opens again on").await;
    looks("address-new").await;
    browser.open(&format!("/p/{}/caregivers", patient.chart())).await;
    browser.shows("Your email address is new").await;
    looks("caregivers-new-address").await;
}

browser_test! {
async fn the_address_is_changed_and_taken_back_by_the_keyboard_alone(test: &Test) {
    there_and_back(test, View::NARROW.by_keyboard(), 4).await;
}
}

browser_test! {
once: async fn the_address_is_changed_and_taken_back_without_scripts(test: &Test) {
    there_and_back(test, View::PHONE.without_scripts(), 5).await;
}
}
