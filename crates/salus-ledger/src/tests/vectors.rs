//! The published vectors never change: a ledger written today must verify in ten years.

use serde_json::{Value, json};

use super::{CHAIN_A, Ledger, at, chain, clinic, draft, key, keys, purge, vectors_dir, word};
use crate::*;

/// Compares with the file; writes it only when asked with `SALUS_BLESS=1`, and never under CI.
fn golden(name: &str, now: &str) {
    let path = format!("{}/{name}", vectors_dir());
    if std::env::var_os("SALUS_BLESS").is_some() && std::env::var_os("CI").is_none() {
        std::fs::write(&path, now).unwrap();
    }
    let then = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(then == now, "{path} differs: the format has changed, and with it every ledger ever written. Now:\n{now}");
}

fn golden_json(name: &str, now: &Value) {
    golden(name, &(serde_json::to_string_pretty(now).unwrap() + "\n"));
}

/// Entries that between them use every field and every kind of value.
fn entries() -> Vec<(&'static str, EntryDraft)> {
    let bare = EntryDraft::new(
        Kind::SignIn,
        [0; 16],
        Actor::nobody(),
        word("sign-in"),
        word("patient-request"),
        Outcome::Failed,
    );
    let full = EntryDraft {
        kind: Kind::Outcome,
        relation: Relation::Caregiver,
        patient: Some(String::from("Añá-1")),
        patients: vec![String::from("p1"), String::from("p2")],
        resource: Some(Resource { kind: word("MedicationRequest"), id: Some(String::from("m-9")) }),
        outcome: Outcome::Done,
        address: Some("2001:db8::7".parse().unwrap()),
        user_agent: Some(vec![0xaa; 24]),
        session: Some(Digest::new([0x5e; 32])),
        about: Some(1),
        rows: vec![RowVersion {
            table: word("refill_request"),
            id: String::from("r-1"),
            version: 300,
            digest: Digest::new([0xd1; 32]),
        }],
        detail: Some(vec![0xde; 40]),
        count: Some(70_000),
        actor: Actor {
            roles: vec![word("caregiver"), word("staff")],
            on_behalf_of: Some(OnBehalfOf::Patient(String::from("p1"))),
            ..Actor::new(ActorKind::Account, "account-1")
        },
        ..EntryDraft::new(Kind::Read, [0x11; 16], Actor::nobody(), word("ask-refill"), word("treatment"), Outcome::Done)
    };
    let restore = EntryDraft {
        kind: Kind::System(System::RestoreEpoch),
        resource: Some(Resource { kind: word("backup"), id: None }),
        ..EntryDraft::new(
            Kind::Read,
            [0xff; 16],
            Actor::new(ActorKind::Command, "salus restore"),
            word("restore"),
            word("operations"),
            Outcome::Done,
        )
    };
    vec![
        ("a failed sign-in", bare),
        ("a change", draft(1)),
        ("every field", full),
        ("a restore", restore),
        ("a list", draft(4)),
    ]
}

#[test]
fn entries_are_written_as_they_always_were() {
    golden_json("entries.json", &written(entries()));
}

#[test]
fn a_purge_is_written_as_it_always_was() {
    let before_1970 = EntryDraft { cutoff: Some(Micros(-1)), ..purge::published_draft() };
    golden_json(
        "purge.json",
        &written(vec![("a purge", purge::published_draft()), ("a cutoff before 1970", before_1970)]),
    );
    golden("purged.ndjson", &String::from_utf8(purge::published().export()).unwrap());
}

/// Entries one after the other in a chain.
fn written(drafts: Vec<(&str, EntryDraft)>) -> Value {
    let mut writer = ChainWriter::new(clinic(), chain(CHAIN_A));
    let rows = drafts.into_iter().map(|(name, draft)| {
        let row = writer.append(draft, at(writer.next_seq())).unwrap();
        assert!(Entry::from_canonical(&row.canonical).is_ok());
        json!({
            "name": name,
            "seq": row.seq,
            "canonical": hex::encode(&row.canonical),
            "leaf": row.leaf.to_string(),
            "head": row.head.to_string(),
        })
    });
    rows.collect()
}

#[test]
fn trees_and_proofs_are_what_they_always_were() {
    let text = |hashes: &[Digest]| hashes.iter().map(ToString::to_string).collect::<Vec<_>>();
    let leaves: Vec<_> = (0..7_u8).map(|n| leaf_hash(&[n])).collect();
    let mut frontier = Frontier::new();
    leaves.iter().for_each(|leaf| frontier.append(*leaf));
    golden_json(
        "tree.json",
        &json!({
            "leaves": text(&leaves),
            "root": frontier.root().to_string(),
            "frontier": hex::encode(frontier.to_bytes()),
            "inclusion of leaf 4": text(&inclusion_proof(&leaves, 4).unwrap()),
            "root of the first 3": root_of(&leaves[..3]).to_string(),
            "consistency from 3": text(&consistency_proof(&leaves, 3).unwrap()),
        }),
    );
}

#[test]
fn notes_are_signed_as_they_always_were() {
    let ledger = Ledger::new([20, 5], 8);
    golden_json(
        "notes.json",
        &json!({
            "seed": hex::encode([7; 32]),
            "vkey": keys()[0].to_string(),
            "checkpoint": ledger.checkpoints[1].sign(&key()).unwrap(),
            "first manifest": ledger.manifests[0].sign(&key()).unwrap(),
            "second manifest": ledger.manifests[1].sign(&key()).unwrap(),
        }),
    );
}

#[test]
fn an_export_is_written_as_it_always_was() {
    golden("export.ndjson", &String::from_utf8(Ledger::new([6, 3], 4).export()).unwrap());
}

/// Table, id, version, columns.
type Row<'a> = (&'a str, &'a str, u64, &'a [(&'a str, &'a [u8])]);

#[test]
fn rows_are_digested_as_they_always_were() {
    let key = [0x42; 32];
    let cases: [Row<'_>; 3] = [
        ("appointment", "a-1", 1, &[]),
        ("appointment", "a-1", 2, &[("state", b"booked"), ("note", b"")]),
        ("refill_request", "r-1", u64::MAX, &[("blob", &[0, 1, 2, 255])]),
    ];
    let digests = cases.map(|(table, id, version, columns)| {
        let named: Vec<_> = columns.iter().map(|(name, value)| json!([name, hex::encode(value)])).collect();
        let digest = digest_row(&key, table, id, version, columns);
        let (version, digest) = (version.to_string(), digest.to_string());
        json!({"table": table, "id": id, "version": version, "columns": named, "digest": digest})
    });
    golden_json("rows.json", &json!({"key": hex::encode(key), "rows": digests}));
}

#[test]
fn a_row_digest_depends_on_everything_but_the_order_of_columns() {
    let of = |table, id, version, columns: &[(&str, &[u8])]| digest_row(&[1; 32], table, id, version, columns);
    let right = of("t", "1", 1, &[("a", b"x"), ("b", b"y")]);
    assert_eq!(right, of("t", "1", 1, &[("b", b"y"), ("a", b"x")]));
    let others = [
        of("u", "1", 1, &[("a", b"x"), ("b", b"y")]),
        of("t", "2", 1, &[("a", b"x"), ("b", b"y")]),
        of("t", "1", 2, &[("a", b"x"), ("b", b"y")]),
        of("t", "1", 1, &[("a", b"y"), ("b", b"x")]),
        of("t", "1", 1, &[("a", b"xb"), ("", b"y")]),
        of("t", "1", 1, &[("a", b"x"), ("b", b"")]),
        of("t", "1", 1, &[("a", b"x")]),
        digest_row(&[2; 32], "t", "1", 1, &[("a", b"x"), ("b", b"y")]),
    ];
    assert!(others.iter().all(|other| *other != right));
}
