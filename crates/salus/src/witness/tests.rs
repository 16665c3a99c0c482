//! The witness refuses to go back, remembers over a restart, and nobody waits for it.

use std::{net::SocketAddr, time::Duration};

use axum_server::tls_rustls::RustlsConfig;
use salus_db::Sight;
use salus_kernel::{Instant, MINUTE};
use salus_ledger::{ChainId, ChainState, Checkpoint, ClinicId, Digest, Manifest, Micros, SigningKey, VerifyingKey};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    sync::oneshot,
};

use super::{
    command::accept_epoch,
    config::WitnessSettings,
    kept::{Kept, Verdict},
    push::{self, Pusher},
    server,
    state::{self, State, state},
};
use crate::{access::founding, config::Config, salus_test, serve::Patience};

const CLINIC: &str = "0193a5b2-7c00-7000-8000-00000000c11c";
const OTHER: &str = "0193a5b2-7c00-7000-8000-00000000c11d";
const A: &str = "0193a5b2-7c00-7000-8000-00000000000a";
const B: &str = "0193a5b2-7c00-7000-8000-00000000000b";

fn key_of(clinic: &str, seed: u8) -> SigningKey {
    SigningKey::from_seed(&format!("salus/{clinic}"), &[seed; 32]).unwrap()
}

fn chain(id: &str, size: u64, mark: u8) -> ChainState {
    ChainState { chain: id.parse().unwrap(), size, root: Digest::new([mark; 32]), head: Digest::new([mark; 32]) }
}

fn next(previous: Option<&Manifest>, time: i64, chains: &[ChainState]) -> Manifest {
    Manifest::new(CLINIC.parse().unwrap(), previous, Micros(time), chains.to_vec()).unwrap()
}

struct Witnessing {
    folder: tempfile::TempDir,
    keys: Vec<VerifyingKey>,
}

impl Witnessing {
    fn new() -> Self {
        let keys = [key_of(CLINIC, 7), key_of(OTHER, 8)].map(|key| key.verifying_key().clone());
        Self { folder: tempfile::tempdir().unwrap(), keys: keys.into() }
    }
    /// Opened anew each time: what it knows is on the disk.
    fn kept(&self) -> Kept {
        Kept::open(self.folder.path()).unwrap()
    }
    fn note(&self, note: &str) -> Verdict {
        self.kept().take(note, &self.keys).unwrap()
    }
    fn take(&self, manifest: &Manifest) -> Verdict {
        self.note(&manifest.sign(&key_of(CLINIC, 7)).unwrap())
    }
    fn refuses(&self, manifest: &Manifest, wanted: &str) {
        let Verdict::Refused(why) = self.take(manifest) else { panic!("taken: {wanted}") };
        assert!(why.contains(wanted), "{why}");
    }
}

#[test]
fn it_refuses_to_go_back_and_to_believe_two_pasts() {
    let witness = Witnessing::new();
    let zero = next(None, 1, &[chain(A, 10, 1), chain(B, 5, 1)]);
    let one = next(Some(&zero), 2, &[chain(A, 12, 2), chain(B, 5, 1)]);
    for manifest in [&zero, &one, &one] {
        assert_eq!(witness.take(manifest), Verdict::Accepted);
    }
    let newest = one.sign(&key_of(CLINIC, 7)).unwrap();
    assert_eq!(witness.kept().note(one.clinic(), None).unwrap(), Some(newest.clone()));
    // An echo, and a copy that was put back.
    witness.refuses(&zero, "the ledger went back");
    // Another manifest under the same number, and one that follows another.
    witness.refuses(&next(Some(&zero), 3, &[chain(A, 12, 2), chain(B, 6, 3)]), "two pasts");
    witness.refuses(&next(Some(&next(Some(&zero), 3, &[])), 4, &[chain(A, 13, 2), chain(B, 6, 1)]), "does not follow");
    // Further on, where the one in between is not known.
    let beyond = |chains: &[ChainState]| next(Some(&next(Some(&one), 5, &[])), 6, chains);
    witness.refuses(&beyond(&[chain(A, 11, 2), chain(B, 5, 1)]), "it went back");
    witness.refuses(&beyond(&[chain(A, 12, 9), chain(B, 5, 1)]), "another root at 12 entries");
    witness.refuses(&beyond(&[chain(A, 12, 2)]), "is not listed any more");
    assert_eq!(witness.kept().note(one.clinic(), None).unwrap(), Some(newest), "it remembers what it had");
    assert_eq!(witness.take(&beyond(&[chain(A, 13, 4), chain(B, 5, 1)])), Verdict::Accepted);
}

#[test]
fn it_refuses_checkpoints_that_go_back_too() {
    let witness = Witnessing::new();
    let sign = |size, mark| {
        let ChainState { chain, size, root, head } = chain(A, size, mark);
        let checkpoint = Checkpoint { clinic: CLINIC.parse().unwrap(), chain, size, root, head, time: Micros(1) };
        checkpoint.sign(&key_of(CLINIC, 7)).unwrap()
    };
    assert_eq!(witness.note(&sign(10, 1)), Verdict::Accepted);
    assert!(matches!(witness.note(&sign(9, 1)), Verdict::Refused(_)));
    assert!(matches!(witness.note(&sign(10, 2)), Verdict::Refused(_)));
    // The two are held against each other.
    witness.refuses(&next(None, 1, &[chain(A, 9, 1)]), "it went back");
    assert_eq!(witness.take(&next(None, 1, &[chain(A, 20, 3)])), Verdict::Accepted);
    assert!(matches!(witness.note(&sign(19, 1)), Verdict::Refused(_)));
    assert_eq!(witness.note(&sign(20, 3)), Verdict::Accepted);
    let (clinic, id): (ClinicId, ChainId) = (CLINIC.parse().unwrap(), A.parse().unwrap());
    assert_eq!(witness.kept().note(clinic, Some(id)).unwrap(), Some(sign(20, 3)));
}

#[test]
fn it_takes_nothing_that_the_clinics_own_key_did_not_sign() {
    let witness = Witnessing::new();
    let manifest = next(None, 1, &[chain(A, 10, 1)]);
    for note in [
        manifest.sign(&key_of(CLINIC, 9)).unwrap(),
        // The key of another clinic whose notes it takes.
        manifest.sign(&key_of(OTHER, 8)).unwrap(),
        manifest.sign(&key_of(CLINIC, 7)).unwrap().replace("number 0", "number 1"),
        "hello".to_owned(),
    ] {
        assert!(matches!(witness.note(&note), Verdict::Unknown(_)), "{note}");
    }
    assert_eq!(witness.kept().clinics().unwrap(), []);
}

#[test]
fn a_person_alone_lets_a_new_epoch_begin() {
    let witness = Witnessing::new();
    let zero = next(None, 1, &[chain(A, 10, 1)]);
    let lost = next(Some(&zero), 100, &[chain(A, 50, 2)]);
    assert_eq!(witness.take(&zero), Verdict::Accepted);
    assert_eq!(witness.take(&lost), Verdict::Accepted);
    // Restored from a backup of the time of the first one; a chain of its own goes on.
    let restored = next(Some(&zero), 200, &[chain(A, 10, 1), chain(B, 1, 3)]);
    let later = next(Some(&restored), 300, &[chain(A, 10, 1), chain(B, 9, 4)]);
    // An echo of what is older does not take its place.
    witness.refuses(&zero, "went back");
    assert!(witness.kept().refused(zero.clinic()).unwrap().is_empty());
    // Somebody who has the clinic's key was here before.
    let forged = next(Some(&zero), 150, &[chain(A, 11, 9)]);
    witness.refuses(&forged, "two pasts");
    witness.refuses(&restored, "two pasts");
    witness.refuses(&later, "two pasts");
    let kept = witness.kept();
    assert_eq!(kept.refused(zero.clinic()).unwrap(), [forged, restored.clone()], "the first of each line waits");
    assert!(kept.accept_epoch(zero.clinic(), later.hash()).is_err(), "a person says which");
    kept.accept_epoch(zero.clinic(), restored.hash()).unwrap();
    assert!(kept.refused(zero.clinic()).unwrap().is_empty());
    // An echo of a checkpoint from before would make the clinic look as if it went back.
    let ChainState { chain: id, size, root, head } = chain(A, 50, 2);
    let echo = Checkpoint { clinic: zero.clinic(), chain: id, size, root, head, time: Micros(100) };
    let Verdict::Refused(why) = witness.note(&echo.sign(&key_of(CLINIC, 7)).unwrap()) else { panic!("taken") };
    assert!(why.contains("a checkpoint of"), "{why}");
    assert_eq!(witness.take(&later), Verdict::Accepted);
    witness.refuses(&lost, "went back");
    // What was known stays, aside.
    let aside: Vec<_> = std::fs::read_dir(witness.folder.path().join(CLINIC).join("epochs")).unwrap().collect();
    assert_eq!(aside.len(), 1);
}

#[test]
fn what_a_restore_printed_is_accepted_as_it_is() {
    // The portal's first manifest after the restore came here, or the restore's own.
    for portal_was_first in [true, false] {
        let witness = Witnessing::new();
        let zero = next(None, 1, &[chain(A, 10, 1)]);
        let lost = next(Some(&zero), 100, &[chain(A, 50, 2)]);
        assert_eq!(witness.take(&zero), Verdict::Accepted);
        assert_eq!(witness.take(&lost), Verdict::Accepted);
        let printed = next(Some(&zero), 200, &[chain(A, 10, 1), chain(B, 1, 3)]);
        let served = next(Some(&printed), 300, &[chain(A, 10, 1), chain(B, 9, 4)]);
        let beyond = next(Some(&served), 400, &[chain(A, 10, 1), chain(B, 12, 5)]);
        let first = if portal_was_first { &served } else { &printed };
        witness.refuses(first, "two pasts");
        let accept = |hash: Digest| accept_epoch(&witness.kept(), Some(&hash.to_base64()));
        for wrong in [lost.hash(), beyond.hash(), Digest::ZERO] {
            assert!(accept(wrong).is_err(), "{wrong:?}");
        }
        accept(printed.hash()).unwrap();
        assert_eq!(witness.kept().newest(zero.clinic()).unwrap(), Some(first.clone()));
        assert_eq!(witness.take(&beyond), Verdict::Accepted);
    }
}

#[test]
fn two_pasts_since_a_restore_are_not_chosen_from() {
    let witness = Witnessing::new();
    let zero = next(None, 1, &[chain(A, 50, 2)]);
    assert_eq!(witness.take(&zero), Verdict::Accepted);
    let printed = next(None, 200, &[chain(A, 10, 1), chain(B, 1, 3)]);
    let [one, other] = [4, 5].map(|mark| next(Some(&printed), 300, &[chain(A, 10, 1), chain(B, 9, mark)]));
    witness.refuses(&one, "two pasts");
    witness.refuses(&other, "two pasts");
    let told = accept_epoch(&witness.kept(), Some(&printed.hash().to_base64())).unwrap_err().to_string();
    assert!(told.contains("two pasts since the restore"), "{told}");
    assert_eq!(witness.kept().newest(zero.clinic()).unwrap(), Some(zero));
}

/// Impatient enough for a test.
const QUICK: Patience = Patience { greeting: Duration::from_secs(1), silence: Duration::from_secs(5) };

#[tokio::test]
async fn a_peer_that_says_nothing_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let address = serving(Kept::open(folder.path()).unwrap(), key_of(CLINIC, 7).verifying_key().clone(), None).await;
    // Nothing at all, and half of HTTP/2's greeting.
    for said in ["", "PRI * HTTP/2"] {
        let mut peer = tokio::net::TcpStream::connect(address).await.unwrap();
        peer.write_all(said.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(5), peer.read_to_end(&mut answer)).await;
        assert!(ended.is_ok(), "a silent peer holds its connection");
    }
    assert_eq!(reqwest::get(format!("http://{address}/healthz")).await.unwrap().text().await.unwrap(), "ok\n");
}

/// A witness on loopback, until the test ends.
async fn serving(kept: Kept, key: VerifyingKey, tls: Option<RustlsConfig>) -> SocketAddr {
    let (told, address) = oneshot::channel();
    tokio::spawn(async move {
        let bind = "127.0.0.1:0".parse().unwrap();
        let router = server::router(kept, vec![key]);
        server::serve(router, bind, tls, QUICK, |address| told.send(address).unwrap()).await.unwrap();
    });
    address.await.unwrap()
}

fn config(folder: &std::path::Path, address: impl std::fmt::Display) -> Config {
    let witness = WitnessSettings { url: format!("http://{address}"), certificate: None };
    Config { data_dir: folder.to_owned(), witness, ..Config::default() }
}

salus_test! {
async fn the_portal_hands_over_its_manifests_and_knows_since_when(w: World) {
    let folder = tempfile::tempdir().unwrap();
    let clinic = w.app.clinic().await.id;
    let key = founding::signing_key(clinic, &w.seed).unwrap().verifying_key().clone();
    let kept = Kept::open(&folder.path().join("witness")).unwrap();
    let address = serving(kept.clone(), key, None).await;
    let config = config(w.folder.path(), address);
    assert_eq!(state(&Config::default(), w.now()), State::None);
    assert!(State::None.is_warning());
    assert!(state(&config, w.now()).is_alarm(), "nothing was accepted yet");

    let mut pusher = Pusher::new(&config, w.ledger.clone(), w.clock()).unwrap().unwrap();
    w.patient("Ana Ruiz").await;
    w.ledger.checkpoint().await.unwrap();
    pusher.look().await;
    assert_eq!(state(&config, w.now()), State::Fresh { minutes: 0 });
    let clinic = salus_ledger::ClinicId::new(clinic.uuid());
    let newest = async || w.ledger.reader(&Sight::of_run("audit")).await.unwrap().last_manifest().await.unwrap();
    assert_eq!(kept.note(clinic, None).unwrap(), newest().await);
    let over_http = reqwest::get(format!("http://{address}/{clinic}/manifest")).await.unwrap().text().await.unwrap();
    assert_eq!(Some(over_http), newest().await);

    // Nothing new: still it says now and then that it is there.
    w.advance(6 * MINUTE);
    assert_eq!(state(&config, w.now()), State::Fresh { minutes: 6 });
    pusher.look().await;
    assert_eq!(state(&config, w.now()), State::Fresh { minutes: 0 });
    w.advance(16 * MINUTE);
    let stale = state(&config, w.now());
    assert_eq!(stale, State::Stale { minutes: Some(16) });
    assert!(stale.is_alarm());

    // Somebody elsewhere knows more than we have: our ledger went back.
    let ours = Manifest::parse(salus_ledger::SignedNote::parse(&newest().await.unwrap()).unwrap().text()).unwrap();
    let signing = founding::signing_key(w.app.clinic().await.id, &w.seed).unwrap();
    let more: Vec<ChainState> = ours.chains().iter().map(|state| ChainState { size: state.size + 9, ..*state }).collect();
    let ahead = Manifest::new(clinic, Some(&ours), Micros(w.now().micros()), more).unwrap().sign(&signing).unwrap();
    assert_eq!(kept.take(&ahead, &[signing.verifying_key().clone()]).unwrap(), Verdict::Accepted);
    pusher.look().await;
    let State::Refused { why } = state(&config, w.now()) else { panic!("not refused") };
    assert!(why.contains("the ledger went back"), "{why}");
}
}

salus_test! {
async fn over_tls_the_witness_is_the_one_that_was_meant(w: World) {
    let folder = tempfile::tempdir().unwrap();
    let key = founding::signing_key(w.app.clinic().await.id, &w.seed).unwrap().verifying_key().clone();
    let pair = |name: &str| {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let (certificate, key) = (folder.path().join(format!("{name}.pem")), folder.path().join(format!("{name}.key")));
        std::fs::write(&certificate, made.cert.pem()).unwrap();
        std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        (certificate, key)
    };
    let (ours, theirs) = (pair("ours"), pair("theirs"));
    let tls = crate::serve::tls(&ours.0, &ours.1).unwrap();
    let kept = Kept::open(&folder.path().join("witness")).unwrap();
    let address = serving(kept, key, Some(tls)).await;
    founding::log_started(&w.ledger, w.now(), "serve").await.unwrap();
    w.ledger.checkpoint().await.unwrap();
    for (certificate, fine) in [(Some(theirs.0), false), (None, false), (Some(ours.0), true)] {
        let witness = WitnessSettings { url: format!("https://localhost:{}", address.port()), certificate };
        let config = Config { data_dir: w.folder.path().to_owned(), witness, ..Config::default() };
        Pusher::new(&config, w.ledger.clone(), w.clock()).unwrap().unwrap().look().await;
        let state = state(&config, w.now());
        assert_eq!(!state.is_alarm(), fine, "{:?}: {state}", config.witness.certificate);
    }
}
}

salus_test! {
async fn nobody_waits_for_a_witness_that_is_not_there(w: World) {
    // A port that takes connections and never answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let config = config(w.folder.path(), silent.local_addr().unwrap());
    let pushing = push::start(&config, w.ledger.clone(), w.clock()).unwrap().unwrap();
    w.ledger.checkpoint().await.unwrap();
    let ana = w.patient("Ana Ruiz").await;
    ana.get("/settings").await.is_ok();
    w.ledger.checkpoint().await.unwrap();
    assert!(state(&config, w.now()).is_alarm());
    pushing.abort();
}
}

#[tokio::test]
async fn plain_http_is_for_this_machine_alone() {
    let folder = tempfile::tempdir().unwrap();
    for (url, fine) in [
        ("http://127.0.0.1:8086", true),
        ("http://[::1]:8086", true),
        ("http://localhost:8086", true),
        ("https://witness.example.org", true),
        ("http://witness.example.org", false),
        ("http://localhost.example.org", false),
        ("ftp://127.0.0.1", false),
        ("witness", false),
    ] {
        assert_eq!(push::address(url).is_ok(), fine, "{url}");
    }
    state::remember(folder.path(), &state::Remembered { accepted_at: Some(0), refused: None }).unwrap();
    let config = config(folder.path(), "127.0.0.1:1");
    assert_eq!(state(&config, Instant::from_micros(15 * MINUTE)), State::Fresh { minutes: 15 });
    assert!(state(&config, Instant::from_micros(15 * MINUTE + 1)).is_alarm());
    std::fs::write(folder.path().join("witness.json"), "nonsense").unwrap();
    assert!(matches!(state(&config, Instant::from_micros(0)), State::Unreadable { .. }));
}
