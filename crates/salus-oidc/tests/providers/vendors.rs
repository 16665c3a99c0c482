//! Google, Microsoft and Okta, as `emulate` has them. It keeps to the protocol where the portal relies on it; where it differs from
//! the vendor, a test says in what, so that nobody takes for tried what was not.

use std::time::Duration;

use salus_oidc::{Answer, Attempt, Failure, Identity, Provider, Settings};

use crate::{attempt, now, peer::Peer, person::Person};

const SALUS: &str = "salus-at-riverside";
const ANOTHER: &str = "another-application";
const DANA: &str = "dana@riverside.example.org";
const ELI: &str = "eli@riverside.example.org";
/// Of another directory of Microsoft's.
const GAIL: &str = "gail@elsewhere.example.org";

/// Each vendor's key, its words for a second step, and whether it asks anew: as `docs/operations/single-sign-on.md` has them.
const VENDORS: [(&str, &[&str], bool); 3] =
    [("google", &[], false), ("microsoft", &[], true), ("okta", &["mfa"], true)];

fn settings(peer: &Peer, key: &str, client: &str) -> Settings {
    let (_, second_step, asks_anew) = VENDORS.into_iter().find(|(vendor, ..)| key.starts_with(vendor)).unwrap();
    Settings {
        key: key.to_owned(),
        name: key.to_owned(),
        issuer: peer.issuer(key).to_owned(),
        client_id: client.to_owned(),
        client_secret: Some(format!("{client}~at-{key}").into()),
        second_step: second_step.iter().map(|word| (*word).to_owned()).collect(),
        asks_anew,
    }
}

fn provider(peer: &Peer, key: &str) -> Provider {
    Provider::new(settings(peer, key, SALUS)).unwrap()
}

/// The three, as the portal's settings name them; none where they can't be had.
fn vendors() -> Option<(Peer, [Provider; 3])> {
    let peer = Peer::start("vendors.mjs")?;
    let all = VENDORS.map(|(key, ..)| provider(&peer, key));
    Some((peer, all))
}

/// A way there and back, with a browser of its own.
async fn way(provider: &Provider, number: u8, person: &str) -> (Attempt, Answer) {
    let attempt = attempt(provider.key(), number);
    let mut browser = Person::default();
    let answer = browser.signs_in(provider, &attempt, person).await;
    assert_eq!(browser.asked, 1, "{} has a page of accounts", provider.key());
    (attempt, answer)
}

async fn named(provider: &Provider, number: u8, person: &str) -> Result<Identity, Failure> {
    let (attempt, answer) = way(provider, number, person).await;
    provider.identity(&attempt, &answer, now()).await
}

#[tokio::test]
async fn each_vendor_names_who_signs_in_the_same_each_time_and_two_people_by_two_names() {
    let Some((peer, vendors)) = vendors() else { return };
    for vendor in &vendors {
        let key = vendor.key();
        let dana = named(vendor, 1, DANA).await.unwrap();
        assert_eq!(dana.issuer, peer.issuer(key));
        assert!(!dana.subject.contains('@'), "{key} names an address: {dana:?}");
        assert_eq!(named(vendor, 2, DANA).await.unwrap().subject, dana.subject, "{key}");
        let eli = named(vendor, 3, ELI).await.unwrap();
        assert_ne!(eli.subject, dana.subject, "{key}");
    }
}

#[tokio::test]
async fn a_code_of_a_vendor_counts_once() {
    let Some((_peer, vendors)) = vendors() else { return };
    for vendor in &vendors {
        let (attempt, answer) = way(vendor, 1, DANA).await;
        assert!(vendor.identity(&attempt, &answer, now()).await.is_ok(), "{}", vendor.key());
        assert_eq!(vendor.identity(&attempt, &answer, now()).await, Err(Failure::Code), "{}", vendor.key());
    }
}

#[tokio::test]
async fn each_vendor_refuses_another_verifier() {
    let Some((_peer, vendors)) = vendors() else { return };
    for vendor in &vendors {
        let key = vendor.key();
        let (own, answer) = way(vendor, 1, DANA).await;
        let other = Attempt { verifier: attempt(key, 2).verifier, ..attempt(key, 1) };
        assert_eq!(vendor.identity(&other, &answer, now()).await, Err(Failure::Code), "{key}");
        // The emulator keeps the code, so the same one shows that it was the verifier.
        assert!(vendor.identity(&own, &answer, now()).await.is_ok(), "{key}");
    }
}

#[tokio::test]
async fn a_token_that_was_made_for_another_attempt_names_nobody() {
    let Some((_peer, vendors)) = vendors() else { return };
    for vendor in &vendors {
        let key = vendor.key();
        let (_, answer) = way(vendor, 1, DANA).await;
        let other = Attempt { nonce: attempt(key, 2).nonce, ..attempt(key, 1) };
        let expected = Err(Failure::Token("for another attempt"));
        assert_eq!(vendor.identity(&other, &answer, now()).await, expected, "{key}");
    }
}

#[tokio::test]
async fn each_vendor_refuses_another_application_s_secret() {
    let Some((peer, vendors)) = vendors() else { return };
    for vendor in &vendors {
        let key = vendor.key();
        let (attempt, answer) = way(vendor, 1, DANA).await;
        let client_secret = settings(&peer, key, ANOTHER).client_secret;
        let wrong = Provider::new(Settings { client_secret, ..settings(&peer, key, SALUS) }).unwrap();
        let expected = Err(Failure::Refused("invalid_client".to_owned()));
        assert_eq!(wrong.identity(&attempt, &answer, now()).await, expected, "{key}");
        assert!(vendor.identity(&attempt, &answer, now()).await.is_ok(), "{key}: it was the secret");
    }
}

#[tokio::test]
async fn a_code_of_another_application_names_nobody() {
    let Some((peer, vendors)) = vendors() else { return };
    for vendor in &vendors {
        let key = vendor.key();
        let another = Provider::new(settings(&peer, key, ANOTHER)).unwrap();
        let (attempt, answer) = way(&another, 1, DANA).await;
        // RFC 6749, section 4.1.3: whoever gives a code out looks whose it is. The emulated Google and Microsoft do not, and make a
        // token for the other application; that is seen here.
        let expected = match key {
            "okta" => Failure::Code,
            _ => Failure::Token("for somebody else"),
        };
        assert_eq!(vendor.identity(&attempt, &answer, now()).await, Err(expected), "{key}");
    }
}

#[tokio::test]
async fn what_one_vendor_answers_counts_at_no_other() {
    let Some((_peer, vendors)) = vendors() else { return };
    for (here, elsewhere) in vendors.iter().flat_map(|here| vendors.iter().map(move |elsewhere| (here, elsewhere))) {
        if here.key() == elsewhere.key() {
            continue;
        }
        let both = format!("{} at {}", here.key(), elsewhere.key());
        let (attempt, mut answer) = way(here, 1, DANA).await;
        assert_eq!(elsewhere.identity(&attempt, &answer, now()).await, Err(Failure::Code), "{both}");
        // With RFC 9207 the code is not even handed on.
        answer.iss = Some(here.issuer().to_owned());
        assert_eq!(elsewhere.identity(&attempt, &answer, now()).await, Err(Failure::Answer), "{both}");
        assert!(here.identity(&attempt, &answer, now()).await.is_ok(), "{both}: it was good where it came from");
    }
}

#[tokio::test]
async fn a_token_of_another_directory_names_nobody_at_this_one() {
    let Some((peer, [_, microsoft, _])) = vendors() else { return };
    // The emulator shows everybody at each application, as one with accounts of any directory would.
    assert_eq!(named(&microsoft, 1, GAIL).await, Err(Failure::Token("another issuer's")));
    let at = |directory: &str| {
        let (host, rest) = peer.issuer("microsoft").split_once("://").unwrap();
        let (place, _) = rest.split_once('/').unwrap();
        let issuer = format!("{host}://{place}/{directory}/v2.0");
        Provider::new(Settings { issuer, ..settings(&peer, "microsoft", SALUS) }).unwrap()
    };
    // `common` is no issuer: there as here the document names another.
    let expected = Err(Failure::Silent("it says that it is another issuer".to_owned()));
    assert_eq!(at("common").is_there(now()).await, expected);
    // A directory's name is none either. Microsoft's document says so; the emulator's repeats the name, and its token says so.
    let by_name = at("riverside.example.org");
    assert_eq!(by_name.is_there(now()).await, Ok(()));
    assert_eq!(named(&by_name, 2, DANA).await, Err(Failure::Token("another issuer's")));
}

/// What the emulator does otherwise than the vendor: it is not tried here, and the document for operators says so.
#[tokio::test]
async fn in_what_the_emulator_differs_from_the_vendors() {
    let Some((peer, vendors)) = vendors() else { return };
    for vendor in &vendors {
        let key = vendor.key();
        let mut dana = Person::default();
        let one = attempt(key, 1);
        let answer = dana.signs_in(vendor, &one, DANA).await;
        assert_eq!(answer.iss, None, "{key} says in its answer whose it is");
        let back = now();
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        let identity = vendor.identity(&one, &answer, now()).await.unwrap();
        match identity.signed_in_at {
            None => assert_ne!(key, "okta", "it names no time"),
            // When the token was made, and not when Dana was on its page.
            Some(at) => assert!(key == "okta" && at >= back, "{key} at {at:?}"),
        }
        assert!(!identity.second_step, "{key} says how many steps there were");
        // Where the browser came back to is compared once more, except by the emulated Google.
        let two = attempt(key, 2);
        let answer = dana.signs_in(vendor, &two, DANA).await;
        // Nobody has a session there: whether one is asked anew where that was asked for (not of Google) does not show.
        assert_eq!(dana.asked, 2, "{key} has a session");
        let elsewhere = Attempt { redirect: "https://elsewhere.example.org".to_owned(), ..two };
        let compared = vendor.identity(&elsewhere, &answer, now()).await;
        assert_eq!(compared.err(), (key != "google").then_some(Failure::Code), "{key}");
    }
    // Microsoft names a person to each application by another name; the emulator by the same.
    let [_, microsoft, _] = &vendors;
    let another = Provider::new(settings(&peer, "microsoft", ANOTHER)).unwrap();
    let (here, there) = (named(microsoft, 3, DANA).await.unwrap(), named(&another, 4, DANA).await.unwrap());
    assert_eq!(here.subject, there.subject);
}

/// Google's document says that a secret may come in the header, and so the portal sends it. The emulator's says it too, and looks
/// into the body alone. What else is tried of Google here is tried with a document that names the body alone.
#[tokio::test]
async fn the_emulated_google_does_not_take_the_secret_as_its_document_says() {
    let Some(peer) = Peer::start("vendors.mjs") else { return };
    let to_the_letter = provider(&peer, "google-to-the-letter");
    assert_eq!(named(&to_the_letter, 1, DANA).await, Err(Failure::Refused("invalid_client".to_owned())));
    assert!(named(&provider(&peer, "google"), 1, DANA).await.is_ok());
}
