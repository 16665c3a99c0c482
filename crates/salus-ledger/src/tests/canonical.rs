//! One entry, one encoding: what is written is read back, and nothing else is.

use std::net::IpAddr;

use proptest::{collection::vec, option, prelude::*};

use super::{at, chain, clinic, draft};
use crate::*;

fn any_word() -> impl Strategy<Value = Word> {
    "[A-Za-z0-9._:/-]{1,64}".prop_map(|text| Word::new(&text).unwrap())
}

fn any_id() -> impl Strategy<Value = String> {
    "\\PC{1,40}"
}

fn any_digest() -> impl Strategy<Value = Digest> {
    any::<[u8; 32]>().prop_map(Digest::new)
}

fn any_actor() -> impl Strategy<Value = Actor> {
    let whom = option::of(prop_oneof![any_id().prop_map(OnBehalfOf::Account), any_id().prop_map(OnBehalfOf::Patient)]);
    (0..4_usize, any_id(), vec(any_word(), 0..3), whom).prop_map(|(kind, id, roles, on_behalf_of)| {
        let kind = ActorKind::ALL[kind].0;
        Actor { kind, id: (kind != ActorKind::Nobody).then_some(id), roles, on_behalf_of }
    })
}

fn any_draft() -> impl Strategy<Value = EntryDraft> {
    let row = (any_word(), any_id(), any::<u64>(), any_digest()).prop_map(|(table, id, version, digest)| RowVersion {
        table,
        id,
        version,
        digest,
    });
    let resource = (any_word(), option::of(any_id())).prop_map(|(kind, id)| Resource { kind, id });
    let outcome = prop_oneof![
        Just(Outcome::Allowed),
        any_word().prop_map(Outcome::Refused),
        Just(Outcome::Done),
        Just(Outcome::Failed)
    ];
    let blob = || option::of(vec(any::<u8>(), 0..80));
    let first = (0..Kind::ALL.len(), any::<[u8; 16]>(), any_actor(), 0..Relation::ALL.len(), any_word(), any_word());
    let second = (option::of(any_id()), vec(any_id(), 0..40), option::of(resource), outcome, any::<Option<IpAddr>>());
    let third = (blob(), option::of(any_digest()), vec(row, 0..5), blob(), any::<Option<u64>>(), any::<Option<i64>>());
    (first, second, third).prop_map(|(a, b, c)| EntryDraft {
        kind: Kind::ALL[a.0].0,
        relation: Relation::ALL[a.3].0,
        patient: b.0,
        patients: b.1,
        resource: b.2,
        address: b.4,
        user_agent: c.0,
        session: c.1,
        rows: c.2,
        detail: c.3,
        count: c.4,
        cutoff: c.5.map(Micros).filter(|_| Kind::ALL[a.0].0 == Kind::System(System::Purge)),
        ..EntryDraft::new(Kind::Read, a.1, a.2, a.4, a.5, b.3)
    })
}

fn any_entry() -> impl Strategy<Value = Entry> {
    (any_draft(), 1..=u64::MAX, any::<i64>(), any::<Option<u64>>(), any::<[u128; 2]>()).prop_map(
        |(mut draft, seq, recorded, about, [clinic, chain])| {
            draft.about = about.map(|about| about % seq);
            Entry {
                clinic: ClinicId::new(uuid::Uuid::from_u128(clinic)),
                chain: ChainId::new(uuid::Uuid::from_u128(chain)),
                seq,
                recorded: Micros(recorded),
                draft,
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn what_is_written_is_read_back(entry in any_entry()) {
        prop_assert_eq!(Entry::from_canonical(&entry.canonical().unwrap()), Ok(entry));
    }

    /// Whatever bytes are accepted, they are the ones that would have been written.
    #[test]
    fn altered_bytes_are_refused_or_say_something_else(entry in any_entry(), at: prop::sample::Index, to: u8) {
        let right = entry.canonical().unwrap();
        let mut bytes = right.clone();
        let at = at.index(bytes.len());
        prop_assume!(bytes[at] != to);
        bytes[at] = to;
        if let Ok(other) = Entry::from_canonical(&bytes) {
            prop_assert_ne!(&other, &entry);
            prop_assert_eq!(other.canonical().unwrap(), bytes);
        }
    }

    #[test]
    fn noise_does_no_harm(bytes in vec(any::<u8>(), 0..300)) {
        prop_assert!(Entry::from_canonical(&bytes).is_err());
    }
}

fn entry() -> Entry {
    Entry { clinic: clinic(), chain: chain(super::CHAIN_A), seq: 7, recorded: at(7), draft: draft(7) }
}

/// The bytes of an entry with its head, key 0 and version cut off: a map of 13 fields (a1, not b8..).
fn split() -> (u8, Vec<u8>) {
    let bytes = entry().canonical().unwrap();
    (bytes[0], bytes[3..].to_vec())
}

#[test]
fn other_spellings_of_the_same_entry_are_refused() {
    let right = entry().canonical().unwrap();
    let (head, rest) = split();
    assert_eq!(&right[..3], &[head, 0x00, 0x01]);
    let spelled = |prefix: &[u8], suffix: &[u8]| Entry::from_canonical(&[prefix, &rest, suffix].concat());
    assert_eq!(spelled(&[head, 0x00, 0x01], &[]), Ok(entry()));
    // A longer integer, a longer key, a longer map head, an indefinite map, something after the end.
    assert_eq!(spelled(&[head, 0x00, 0x18, 0x01], &[]), Err(DecodeError::NotCanonical));
    assert_eq!(spelled(&[head, 0x18, 0x00, 0x01], &[]), Err(DecodeError::NotCanonical));
    assert_eq!(spelled(&[0xb8, head & 0x1f, 0x00, 0x01], &[]), Err(DecodeError::NotCanonical));
    assert_eq!(spelled(&[0xbf, 0x00, 0x01], &[0xff]), Err(DecodeError::NotCanonical));
    assert_eq!(spelled(&[head, 0x00, 0x01], &[0x00]), Err(DecodeError::NotCanonical));
    // Another version, an unknown key, a key twice, a missing key.
    assert_eq!(spelled(&[head, 0x00, 0x02], &[]), Err(DecodeError::UnknownVersion(2)));
    assert_eq!(spelled(&[head + 1, 0x00, 0x01], &[0x18, 0x18, 0x01]), Err(DecodeError::UnexpectedKey(24)));
    assert_eq!(spelled(&[head + 1, 0x00, 0x01], &[0x17, 0x01]), Err(DecodeError::Invalid(Invalid::Cutoff)));
    assert_eq!(spelled(&[head + 1, 0x00, 0x01, 0x00, 0x01], &[]), Err(DecodeError::MissingKey(1)));
    assert_eq!(spelled(&[head - 1], &[]), Err(DecodeError::MissingKey(0)));
}

#[test]
fn an_empty_list_is_absent_and_not_empty() {
    let right = entry().canonical().unwrap();
    let relation = right.windows(11).position(|bytes| bytes == b"\x08\x69care-team").unwrap();
    // Key 9 is the patient; put an empty key 10 behind it.
    let after_patient = relation + 11 + 2 + "patient-0".len();
    assert_eq!(right[after_patient], 11);
    let mut bytes = right.clone();
    bytes[0] += 1;
    bytes.splice(after_patient..after_patient, [0x0a, 0x80]);
    assert_eq!(Entry::from_canonical(&bytes), Err(DecodeError::NotCanonical));
}

#[test]
fn a_claimed_length_of_terabytes_is_refused_at_once() {
    let right = entry().canonical().unwrap();
    let relation = right.windows(11).position(|bytes| bytes == b"\x08\x69care-team").unwrap();
    let huge =
        [&right[..relation + 11], &[0x0a, 0x9b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x61, 0x61]].concat();
    assert!(matches!(Entry::from_canonical(&huge), Err(DecodeError::Malformed(_))));
}

#[test]
fn what_types_cannot_forbid_is_refused() {
    let with = |change: fn(&mut Entry)| {
        let mut entry = entry();
        change(&mut entry);
        entry.canonical().map(|_| ())
    };
    assert_eq!(with(|_| ()), Ok(()));
    assert_eq!(with(|e| e.draft.patient = Some(String::new())), Err(Invalid::Id));
    assert_eq!(with(|e| e.draft.patients = vec!["p".repeat(MAX_TEXT + 1)]), Err(Invalid::Id));
    assert_eq!(with(|e| e.draft.about = Some(7)), Err(Invalid::About));
    assert_eq!(with(|e| e.draft.actor.id = None), Err(Invalid::Actor));
    assert_eq!(with(|e| e.draft.cutoff = Some(Micros(0))), Err(Invalid::Cutoff));
    assert_eq!(with(|e| (e.draft.kind, e.draft.cutoff) = (Kind::System(System::Purge), Some(Micros(-1)))), Ok(()));
    assert_eq!(with(|e| e.draft.detail = Some(vec![0; MAX_CANONICAL])), Err(Invalid::TooLarge));
}
