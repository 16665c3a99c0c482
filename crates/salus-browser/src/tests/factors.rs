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
