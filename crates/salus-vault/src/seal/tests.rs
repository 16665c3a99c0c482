//! Sealed values open where they were sealed and nowhere else (ENC-02, ENC-03, HIP-07, ASVS V11.3.2); published vectors.

use proptest::prelude::*;
use salus_kernel::{AccountId, Instant, PatientId, Subject};

use super::*;
use crate::{ClinicKey, DataKey, RootKey, Vault};

fn patient(n: u8) -> Subject {
    Subject::Patient(PatientId::new(Instant::from_micros(1_700_000_000_000_000), [n; 10]))
}

fn key(n: u8) -> DataKey {
    DataKey::known(patient(n), 1, [n; 32])
}

#[test]
fn a_value_opens_only_at_its_own_place() {
    let sealed = key(1).seal_at("patient", "name", "row-1", "Ana Ruiz".as_bytes());
    let opens = |key: &DataKey, table, column, row| key.open_at(table, column, row, &sealed);
    assert_eq!(opens(&key(1), "patient", "name", "row-1").unwrap(), b"Ana Ruiz");
    assert_eq!(opens(&key(1), "account", "name", "row-1"), Err(CannotOpen::Misplaced));
    assert_eq!(opens(&key(1), "patient", "mrn", "row-1"), Err(CannotOpen::Misplaced));
    assert_eq!(opens(&key(1), "patient", "name", "row-2"), Err(CannotOpen::Misplaced));
    assert_eq!(opens(&key(2), "patient", "name", "row-1"), Err(CannotOpen::Misplaced));
    // The same key bytes for another subject, and another version of the key.
    assert_eq!(opens(&DataKey::known(patient(2), 1, [1; 32]), "patient", "name", "row-1"), Err(CannotOpen::Misplaced));
    assert_eq!(opens(&DataKey::known(patient(1), 2, [1; 32]), "patient", "name", "row-1"), Err(CannotOpen::NoKey));
}

/// Each part of the associated data on its own, with one column key, so that the key derivation can't stand in for it.
#[test]
fn each_part_of_the_place_is_bound() {
    let here = Place { table: "patient", column: "name", row: "1", subject: patient(1) };
    let sealed = seal(&[9; 32], 1, here, b"Ana");
    assert!(open(&[9; 32], 1, here, &sealed).is_ok());
    let account = Subject::Account(AccountId::new(Instant::from_micros(1_700_000_000_000_000), [1; 10]));
    let elsewhere = [
        ("table", Place { table: "patienu", ..here }),
        ("column", Place { column: "mame", ..here }),
        ("row", Place { row: "2", ..here }),
        ("subject id", Place { subject: patient(2), ..here }),
        ("subject kind", Place { subject: account, ..here }),
        ("lengths", Place { table: "patientn", column: "ame", ..here }),
    ];
    for (part, place) in elsewhere {
        assert_eq!(open(&[9; 32], 1, place, &sealed), Err(CannotOpen::Misplaced), "{part} is not bound");
    }
    let mut other_version = sealed.clone();
    other_version[5] = 2;
    assert_eq!(open(&[9; 32], 2, here, &other_version), Err(CannotOpen::Misplaced), "the key version is not bound");
    // Another format or algorithm is refused before anything is opened, so look at the bytes themselves. The word in
    // front keeps sealed values apart from whatever else is ever sealed with one of these keys.
    for (part, form) in [("format", [FORMAT + 1, AES_GCM]), ("algorithm", [FORMAT, AES_GCM + 1])] {
        assert_ne!(here.bound(form, 1), here.bound(FORM, 1), "the {part} is not bound");
    }
    assert!(here.bound(FORM, 1).starts_with(&parts(&[b"salus-sealed"])), "the word is not bound");
}

#[test]
fn an_unknown_version_or_algorithm_is_refused() {
    let sealed = key(1).seal_at("t", "c", "r", b"x");
    for (at, value) in [(0, 0), (0, 2), (1, 0), (1, 2)] {
        let mut bytes = sealed.clone();
        bytes[at] = value;
        assert_eq!(key(1).open_at("t", "c", "r", &bytes), Err(CannotOpen::UnknownFormat));
    }
    for length in 0..sealed.len() {
        assert!(key(1).open_at("t", "c", "r", &sealed[..length]).is_err());
    }
}

#[test]
fn a_wrapped_key_belongs_to_one_subject_one_version_and_one_root() {
    let root = RootKey::known([1; 32]);
    let clinic = ClinicKey::fresh(1);
    let wrapped_clinic = clinic.wrap(&root);
    assert!(ClinicKey::unwrap(&RootKey::known([2; 32]), 1, &wrapped_clinic).is_err());
    assert!(ClinicKey::unwrap(&root, 2, &wrapped_clinic).is_err());
    let again = Vault::new(ClinicKey::unwrap(&root, 1, &wrapped_clinic).unwrap());
    let vault = Vault::new(clinic);
    assert_eq!(vault.index("account.email", "a@b"), again.index("account.email", "a@b"));
    assert_ne!(vault.index("account.email", "a@b"), vault.index("patient.mrn", "a@b"));

    let (made, wrapped) = vault.new_data_key(patient(1), 1);
    let sealed = made.seal_at("t", "c", "r", b"x");
    let opened = again.unwrap_data_key(patient(1), 1, &wrapped).unwrap();
    assert_eq!(opened.open_at("t", "c", "r", &sealed).unwrap(), b"x");
    assert!(again.unwrap_data_key(patient(2), 1, &wrapped).is_err());
    assert!(again.unwrap_data_key(patient(1), 2, &wrapped).is_err());
}

#[test]
fn nonces_do_not_repeat() {
    let seen: std::collections::HashSet<Vec<u8>> =
        (0..100_000).map(|_| key(1).seal_at("t", "c", "r", b"")[HEADER..HEADER + NONCE].to_vec()).collect();
    assert_eq!(seen.len(), 100_000);
}

/// The published vectors: a second implementation reads them, and they can never change quietly.
#[test]
fn published_vectors_hold() {
    let subject = Subject::Patient("018bcfe5-6800-7101-8101-010101010101".parse().unwrap());
    let mut lines = Vec::new();
    for (row, plain, nonce) in
        [("018bcfe5-6800-7202-8202-020202020202", "Ana Ruiz", 3), ("x", "", 4), ("x", "日本語 🙂", 5)]
    {
        let key = DataKey::known(subject, 1, [0x42; 32]);
        let sealed = key.seal_known("patient", "name", row, plain.as_bytes(), [nonce; 12]);
        lines.push(format!(
            "    {{ \"row\": \"{row}\", \"plain\": \"{plain}\", \"nonce\": \"{}\", \"sealed\": \"{}\" }}",
            hex::encode([nonce; 12]),
            hex::encode(sealed)
        ));
    }
    let index = crate::IndexKey::new(1, zeroize::Zeroizing::new([0x24; 32])).of("ana.ruiz@example.org");
    let now = format!(
        "{{\n  \"data_key\": \"{}\", \"key_version\": 1, \"subject\": \"{subject}\", \"table\": \"patient\", \"column\": \"name\",\n  \"values\": [\n{}\n  ],\n  \"index\": {{ \"key\": \"{}\", \"value\": \"ana.ruiz@example.org\", \"index\": \"{}\" }}\n}}\n",
        hex::encode([0x42; 32]),
        lines.join(",\n"),
        hex::encode([0x24; 32]),
        index.as_str()
    );
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/sealed.json");
    if std::env::var_os("SALUS_BLESS").is_some() {
        std::fs::write(path, &now).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), now, "the sealed format changed: it can never change quietly");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_flipped_bit_is_seen(plain in proptest::collection::vec(any::<u8>(), 0..200), at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let mut sealed = key(1).seal_at("t", "c", "r", &plain);
        prop_assert_eq!(key(1).open_at("t", "c", "r", &sealed).unwrap(), plain);
        let at = at.index(sealed.len());
        sealed[at] ^= 1 << bit;
        prop_assert!(key(1).open_at("t", "c", "r", &sealed).is_err());
    }

    #[test]
    fn any_bytes_are_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        prop_assert!(key(1).open_at("t", "c", "r", &bytes).is_err());
    }
}
