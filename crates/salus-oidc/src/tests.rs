//! The client against a provider that lies. ASVS V10.2.1, V10.2.2, V10.5.1, V10.5.3, V10.5.4, V6.8.2.

use salus_kernel::{Instant, MINUTE, SECOND};

use crate::{
    Answer, Attempt, Failure, Identity, Provider, Settings,
    testing::{self, CLIENT, Fake, SignIn, Twist},
};

const NOW: Instant = Instant::from_micros(1_795_359_600_000_000);
const BACK: &str = "https://portal.example.org/sign-in/with/okta/back";

fn attempt(number: u8) -> Attempt {
    testing::attempt(number, BACK)
}

fn answer(back: &str) -> Answer {
    let (place, query) = back.split_once('?').unwrap();
    assert_eq!(place, BACK);
    serde_urlencoded::from_str(query).unwrap()
}

async fn comes_back(fake: &Fake, provider: &Provider, sign_in: SignIn) -> Result<Identity, Failure> {
    let attempt = attempt(1);
    let address = provider.address(&attempt, NOW).await?;
    provider.identity(&attempt, &answer(&fake.signs_in(&address, sign_in)), NOW).await
}

async fn both() -> (Fake, Provider) {
    let fake = Fake::start(|| NOW).await;
    let provider = Provider::new(fake.settings("okta")).unwrap();
    (fake, provider)
}

#[tokio::test]
async fn whoever_signs_in_there_is_named() {
    let (fake, provider) = both().await;
    let named = comes_back(&fake, &provider, SignIn::of("00u1", NOW)).await.unwrap();
    let dana = Identity {
        issuer: provider.issuer().to_owned(),
        subject: "00u1".to_owned(),
        signed_in_at: Some(NOW),
        second_step: true,
    };
    assert_eq!(named, dana);
    let without = comes_back(&fake, &provider, SignIn::of("00u1", NOW).without_second_step()).await.unwrap();
    assert!(!without.second_step, "a password is one step");
    // What it says of itself is asked once; each code by itself.
    assert_eq!(fake.asked(), ["document", "keys", "token", "token"]);
    let silent = SignIn { auth_time: None, ..SignIn::of("00u1", NOW) };
    assert_eq!(comes_back(&fake, &provider, silent).await.unwrap().signed_in_at, None);
    let of_tomorrow = SignIn { auth_time: Some(NOW.plus(60 * MINUTE).micros() / SECOND), ..SignIn::of("00u1", NOW) };
    assert_eq!(comes_back(&fake, &provider, of_tomorrow).await.unwrap().signed_in_at, None);
}

#[tokio::test]
async fn a_provider_that_lies_names_nobody() {
    for twist in Twist::ALL {
        let (fake, provider) = both().await;
        if twist == Twist::Document {
            // It is read before anybody signs in.
            drop(fake.signs_in(
                &Provider::new(fake.settings("okta")).unwrap().address(&attempt(1), NOW).await.unwrap(),
                SignIn::of("00u1", NOW).with(twist),
            ));
        }
        let outcome = comes_back(&fake, &provider, SignIn::of("00u1", NOW).with(twist)).await;
        let expected = match twist {
            Twist::AnswerIssuer | Twist::NoAnswerIssuer => "provider-answer",
            Twist::Document | Twist::Endless | Twist::Elsewhere => "provider-silent",
            _ => "provider-token",
        };
        let failure = outcome.expect_err(&format!("{twist:?} names somebody"));
        assert_eq!(failure.word(), expected, "{twist:?}: {failure:?}");
        // The same person, when it does not lie: so it was the lie.
        let (fake, provider) = both().await;
        assert!(comes_back(&fake, &provider, SignIn::of("00u1", NOW)).await.is_ok(), "{twist:?}");
    }
}

#[tokio::test]
async fn an_answer_is_one_attempt_s() {
    let (fake, provider) = both().await;
    let address = provider.address(&attempt(1), NOW).await.unwrap();
    let back = fake.signs_in(&address, SignIn::of("00u1", NOW));
    assert_eq!(provider.identity(&attempt(2), &answer(&back), NOW).await, Err(Failure::Answer), "another browser's");
    // The state of one and the rest of another: the provider compares the verifier.
    let mixed = Attempt { state: attempt(1).state, ..attempt(2) };
    assert_eq!(provider.identity(&mixed, &answer(&back), NOW).await, Err(Failure::Code), "another verifier");
    let back = fake.signs_in(&address, SignIn::of("00u1", NOW));
    let mixed = Attempt { nonce: attempt(2).nonce, ..attempt(1) };
    assert_eq!(provider.identity(&mixed, &answer(&back), NOW).await, Err(Failure::Token("for another attempt")));
    let back = fake.signs_in(&address, SignIn::of("00u1", NOW));
    assert!(provider.identity(&attempt(1), &answer(&back), NOW).await.is_ok());
    assert!(provider.identity(&attempt(1), &answer(&back), NOW).await.is_err(), "a code counts once");
    let no = Answer {
        state: attempt(1).state,
        iss: Some(provider.issuer().to_owned()),
        error: "access_denied".to_owned(),
        ..Answer::default()
    };
    assert_eq!(provider.identity(&attempt(1), &no, NOW).await, Err(Failure::Declined("access_denied".to_owned())));
    let nothing = Answer { error: String::new(), ..no };
    assert_eq!(provider.identity(&attempt(1), &nothing, NOW).await, Err(Failure::Answer));
}

#[tokio::test]
async fn one_provider_s_answer_is_not_another_s() {
    // ASVS V10.2.2: the browser began with one, and is brought back to the other's address.
    let ((first, one), (_second, two)) = (both().await, both().await);
    let address = one.address(&attempt(1), NOW).await.unwrap();
    let back = first.signs_in(&address, SignIn::of("00u1", NOW));
    assert_eq!(two.identity(&attempt(1), &answer(&back), NOW).await, Err(Failure::Answer));
    assert!(one.identity(&attempt(1), &answer(&back), NOW).await.is_ok());
}

#[tokio::test]
async fn a_provider_that_is_not_there_is_said_to_be() {
    let (fake, provider) = both().await;
    drop(fake);
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    let failure = provider.address(&attempt(1), NOW).await.unwrap_err();
    assert_eq!(failure.word(), "provider-silent");
}

#[tokio::test]
async fn a_key_that_is_new_is_asked_for_and_one_that_is_not_there_only_once_a_minute() {
    let (fake, provider) = both().await;
    let unknown = || SignIn::of("00u1", NOW).with(Twist::UnknownKey);
    for _ in 0..5 {
        assert!(comes_back(&fake, &provider, unknown()).await.is_err());
    }
    assert_eq!(fake.asked().iter().filter(|asked| **asked == "keys").count(), 1);
    let later = NOW.plus(2 * MINUTE);
    let address = provider.address(&attempt(1), later).await.unwrap();
    let back = fake.signs_in(&address, unknown());
    assert!(provider.identity(&attempt(1), &answer(&back), later).await.is_err());
    assert_eq!(fake.asked().iter().filter(|asked| **asked == "keys").count(), 2);
}

#[tokio::test]
async fn whoever_is_signed_in_there_is_asked_anew_where_that_can_be() {
    let (fake, provider) = both().await;
    let anew = provider.address(&attempt(1), NOW).await.unwrap();
    assert!(anew.contains("prompt=login") && anew.contains("max_age=0"), "{anew}");
    let plain = Provider::new(Settings { asks_anew: false, ..fake.settings("okta") }).unwrap();
    let plain = plain.address(&attempt(1), NOW).await.unwrap();
    assert!(!plain.contains("prompt") && !plain.contains("verifier"), "{plain}");
}

#[tokio::test]
async fn a_provider_that_is_silent_is_not_asked_by_everybody_and_believed_for_hours() {
    let (fake, provider) = both().await;
    assert!(comes_back(&fake, &provider, SignIn::of("00u1", NOW)).await.is_ok());
    let hour = NOW.plus(61 * MINUTE);
    // Its document is another's for a while: what it said before still counts, and it is not asked each time.
    let address = provider.address(&attempt(1), NOW).await.unwrap();
    drop(fake.signs_in(&address, SignIn::of("00u1", NOW).with(Twist::Document)));
    for _ in 0..3 {
        assert!(provider.address(&attempt(1), hour).await.is_ok());
    }
    let asked = fake.asked().iter().filter(|asked| **asked == "document").count();
    assert_eq!(asked, 2, "asked by everybody");
    assert!(provider.address(&attempt(1), NOW.plus(13 * 60 * MINUTE)).await.is_err(), "believed for ever");
    // A clock that ran ahead keeps nothing for ever, either.
    let before = Provider::new(fake.settings("okta")).unwrap();
    drop(fake.signs_in(&address, SignIn::of("00u1", NOW)));
    assert!(before.address(&attempt(1), NOW.plus(24 * 60 * MINUTE)).await.is_ok());
    let asked = |fake: &Fake| fake.asked().iter().filter(|asked| **asked == "keys").count();
    let then = asked(&fake);
    assert!(before.address(&attempt(1), NOW).await.is_ok());
    assert_eq!(asked(&fake), then + 1);
}

#[tokio::test]
async fn why_a_provider_says_no_is_told_apart() {
    let (fake, provider) = both().await;
    let wrong =
        Provider::new(Settings { client_secret: Some("ended".to_owned().into()), ..fake.settings("okta") }).unwrap();
    let address = wrong.address(&attempt(1), NOW).await.unwrap();
    let back = fake.signs_in(&address, SignIn::of("00u1", NOW));
    assert_eq!(
        wrong.identity(&attempt(1), &answer(&back), NOW).await,
        Err(Failure::Refused("invalid_client".to_owned()))
    );
    assert_eq!(provider.identity(&attempt(1), &answer(&back), NOW).await.unwrap().subject, "00u1");
    // Dated back, as Entra ID does it.
    assert!(comes_back(&fake, &provider, SignIn::of("00u1", NOW).with(Twist::DatedBack)).await.is_ok());
}

#[test]
fn settings_that_are_not_right_are_said_to_be() {
    let good = || Settings {
        key: "okta".to_owned(),
        name: "Okta".to_owned(),
        issuer: "https://login.example.org".to_owned(),
        client_id: CLIENT.to_owned(),
        client_secret: None,
        second_step: Vec::new(),
        asks_anew: true,
    };
    assert!(Provider::new(good()).is_ok());
    assert!(Provider::new(Settings { issuer: "http://127.0.0.1:9".to_owned(), ..good() }).is_ok());
    for wrong in [
        Settings { key: "Okta/".to_owned(), ..good() },
        Settings { key: String::new(), ..good() },
        Settings { name: " ".to_owned(), ..good() },
        Settings { client_id: String::new(), ..good() },
        Settings { issuer: "http://login.example.org".to_owned(), ..good() },
        Settings { issuer: "https://login.example.org/?a=b".to_owned(), ..good() },
        Settings { issuer: "login.example.org".to_owned(), ..good() },
    ] {
        assert!(Provider::new(wrong).is_err());
    }
}
