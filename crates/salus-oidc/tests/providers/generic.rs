//! `oidc-provider`, which asks for PKCE, asks anew and says when, and says in its answers whose they are.

use salus_kernel::MINUTE;
use salus_oidc::{Attempt, Failure, Provider, Settings, testing};

use crate::{attempt, now, peer::Peer, person::Person};

const KEY: &str = "generic";

#[tokio::test]
async fn a_real_provider_names_who_signs_in() {
    let Some(peer) = Peer::start("provider.mjs") else { return };
    let issuer = peer.issuer(KEY);
    let provider = Provider::new(Settings {
        key: KEY.to_owned(),
        name: "A real one".to_owned(),
        issuer: issuer.to_owned(),
        client_id: testing::CLIENT.to_owned(),
        client_secret: Some(testing::SECRET.to_owned().into()),
        second_step: vec!["mfa".to_owned()],
        asks_anew: true,
    })
    .unwrap();
    let mut dana = Person::default();
    let one = attempt(KEY, 1);
    let answer = dana.signs_in(&provider, &one, "dana").await;
    assert_eq!(answer.iss.as_deref(), Some(issuer), "RFC 9207");
    let named = provider.identity(&one, &answer, now()).await.unwrap();
    assert_eq!((named.issuer.as_str(), named.subject.as_str()), (issuer, "dana"));
    assert!(!named.second_step, "it asked for a name alone");
    assert_eq!(provider.identity(&one, &answer, now()).await, Err(Failure::Code), "a code counts once");

    // Whoever is signed in there is asked again, and the provider says when.
    let two = attempt(KEY, 2);
    let answer = dana.signs_in(&provider, &two, "dana").await;
    let named = provider.identity(&two, &answer, now()).await.unwrap();
    assert_eq!(dana.asked, 2, "asked anew");
    assert!(named.signed_in_at.is_some_and(|at| now().since(at) < MINUTE), "{named:?}");

    // Another verifier is refused there.
    let four = attempt(KEY, 4);
    let answer = dana.signs_in(&provider, &four, "dana").await;
    let other = Attempt { verifier: attempt(KEY, 5).verifier, ..four };
    assert_eq!(provider.identity(&other, &answer, now()).await, Err(Failure::Code));
}
