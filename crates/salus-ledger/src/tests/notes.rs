//! Signed notes, checkpoints and manifests: others' notes open, and nothing that was altered does.

use proptest::prelude::*;

use super::{CHAIN_A, Ledger, at, chain, clinic, key, keys};
use crate::*;

/// The example in the documentation of Go's `golang.org/x/mod/sumdb/note`, which C2SP's format comes from.
#[test]
fn a_note_made_by_go_opens() {
    let peter = VerifyingKey::parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").unwrap();
    let note = "If you think cryptography is the answer to your problem,\n\
                then you don't know what your problem is.\n\n\
                — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    SignedNote::parse(note).unwrap().verify(std::slice::from_ref(&peter)).unwrap();
    let other = SignedNote::parse(&note.replace("problem", "Problem")).unwrap();
    assert_eq!(other.verify(&[peter]), Err(NoteError::BadSignature(String::from("PeterNeumann"))));
}

#[test]
fn a_key_is_read_back_from_its_text_and_only_from_that() {
    let text = keys()[0].to_string();
    assert_eq!(VerifyingKey::parse(&text).as_ref(), Ok(&keys()[0]));
    for bad in [text.replace("salus", "salvs"), text.replace('+', "-"), format!("{text}A"), text[1..].to_owned()] {
        assert!(VerifyingKey::parse(&bad).is_err(), "{bad}");
    }
    assert!(SigningKey::from_seed("two words", &[1; 32]).is_err());
    assert_eq!(format!("{:?}", key()), "SigningKey(salus/test-clinic)");
}

fn checkpoint() -> Checkpoint {
    Ledger::new([20, 5], 8).checkpoints.into_iter().find(|checkpoint| checkpoint.chain == chain(CHAIN_A)).unwrap()
}

#[test]
fn a_checkpoint_is_read_back_by_those_who_trust_the_key() {
    let note = checkpoint().sign(&key()).unwrap();
    assert_eq!(Checkpoint::open(&note, &keys()), Ok(checkpoint()));
    let stranger = SigningKey::from_seed("salus/test-clinic", &[8; 32]).unwrap();
    let open = Checkpoint::open(&note, &[stranger.verifying_key().clone()]);
    assert_eq!(open, Err(CheckpointError::Note(NoteError::NoKnownKey)));
    assert!(Checkpoint::open(&note, &[]).is_err());
}

#[test]
fn a_witness_may_sign_below() {
    let note = checkpoint().sign(&key()).unwrap();
    let witness = SigningKey::from_seed("witness.example/w1", &[9; 32]).unwrap();
    let theirs = SignedNote::sign(&checkpoint().text(), &witness).unwrap();
    let both = note + theirs.rsplit_once("\n\n").unwrap().1;
    assert_eq!(Checkpoint::open(&both, &keys()), Ok(checkpoint()));
    assert_eq!(Checkpoint::open(&both, &[witness.verifying_key().clone()]), Ok(checkpoint()));
}

#[test]
fn a_checkpoint_has_one_spelling() {
    let text = checkpoint().text();
    assert_eq!(Checkpoint::parse(&text), Ok(checkpoint()));
    for bad in [
        text.replace("\n8\n", "\n08\n"),
        text.replace("\n8\n", "\n+8\n"),
        format!("{text}more\n"),
        text.replace("time ", "time  "),
    ] {
        assert!(Checkpoint::parse(&bad).is_err(), "{bad}");
    }
}

#[test]
fn a_manifest_is_read_back_and_never_taken_for_a_checkpoint() {
    let manifest = Ledger::new([20, 5], 8).manifests.remove(1);
    let note = manifest.sign(&key()).unwrap();
    assert_eq!(Manifest::open(&note, &keys()), Ok(manifest.clone()));
    assert!(Checkpoint::open(&note, &keys()).is_err());
    assert!(Manifest::open(&checkpoint().sign(&key()).unwrap(), &keys()).is_err());
    let mut lines: Vec<_> = manifest.text().lines().map(String::from).collect();
    lines.swap(5, 6);
    assert!(Manifest::parse(&(lines.join("\n") + "\n")).is_err(), "chains must ascend");
    let twice = [manifest.chains()[0], manifest.chains()[0]];
    assert!(Manifest::new(clinic(), None, at(0), twice).is_err());
}

#[test]
fn a_text_that_would_break_the_note_is_not_signed() {
    for text in ["", "\n", "no newline", "a\tb\n", "a\r\n"] {
        assert_eq!(SignedNote::sign(text, &key()), Err(NoteError::Malformed), "{text:?}");
    }
    for note in ["", "\n\n", "a\n\n", "a\n\n— key\n", "a\n\n— key AAAA", "a\n\n- key AAAAAAA=\n"] {
        assert_eq!(SignedNote::parse(note), Err(NoteError::Malformed), "{note:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A note with any character altered either does not open, or opens to the same checkpoint (an altered stranger's line).
    #[test]
    fn an_altered_checkpoint_does_not_open(at: prop::sample::Index, to in "[ -~]") {
        let note = checkpoint().sign(&key()).unwrap();
        let mut letters: Vec<char> = note.chars().collect();
        let at = at.index(letters.len());
        prop_assume!(letters[at] != to.chars().next().unwrap());
        letters[at] = to.chars().next().unwrap();
        prop_assert!(Checkpoint::open(&letters.into_iter().collect::<String>(), &keys()).is_err());
    }
}

#[test]
fn an_origin_names_the_clinic_and_the_chain() {
    assert_eq!(checkpoint().chain, chain(CHAIN_A));
    assert_eq!(checkpoint().origin(), format!("salus/{}/{CHAIN_A}", super::CLINIC));
}
