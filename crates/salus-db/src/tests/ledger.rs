//! The ledger's store: no gaps, nothing lost, nothing changed, taken up again after a crash.

use std::{
    collections::BTreeSet,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU8, Ordering},
    },
    time::Duration,
};

use salus_kernel::{ChainId, ClinicId, MINUTE, RequestId, Role};
use salus_ledger::{Actor, ActorKind, EntryDraft, Evidence, Fault, Kind, Outcome, Report, SigningKey, Verifier, Word};

use super::*;
use crate::{
    ledger::{Filter, Ledger, LedgerConfig, LedgerError, LedgerUrl, Mark, Position, SIX_YEARS, purge},
    testing,
};

mod purge;

/// A clock that tests move.
#[derive(Clone, Default)]
struct Hands(Arc<AtomicI64>);

impl Hands {
    fn now(&self) -> Instant {
        at(self.0.load(Ordering::SeqCst))
    }
    fn advance(&self, micros: i64) {
        self.0.fetch_add(micros, Ordering::SeqCst);
    }
}

fn key() -> SigningKey {
    SigningKey::from_seed("salus-test", &[7; 32]).unwrap()
}

fn clinic_id() -> ClinicId {
    ClinicId::new(at(0), ten(200))
}

fn config(url: &LedgerUrl, hands: &Hands) -> LedgerConfig {
    static DRAWN: AtomicU8 = AtomicU8::new(0);
    let hands = hands.clone();
    LedgerConfig {
        url: url.clone(),
        clinic: clinic_id(),
        key: Arc::new(key()),
        former_keys: Vec::new(),
        clock: Arc::new(move || hands.now()),
        random: Arc::new(|| ten(DRAWN.fetch_add(1, Ordering::SeqCst))),
        group_commit: true,
    }
}

async fn open(dbs: &TestDbs, hands: &Hands) -> (Db, Ledger) {
    let db = Db::open(&dbs.config).await.unwrap();
    let ledger = Ledger::open(config(&dbs.ledger, hands), &db).await.unwrap();
    (db, ledger)
}

fn draft(patient_of: Option<u8>) -> EntryDraft {
    let word = |text| Word::new(text).unwrap();
    let actor = Actor::new(ActorKind::Account, &account(1).to_string());
    let mut draft =
        EntryDraft::new(Kind::Read, [9; 16], actor, word("view-record"), word("treatment"), Outcome::Allowed);
    draft.patient = patient_of.map(|byte| patient(byte).to_string());
    draft
}

fn list(patients: &[u8]) -> EntryDraft {
    let mut draft = draft(None);
    draft.patients = patients.iter().map(|byte| patient(*byte).to_string()).collect();
    draft
}

fn auditor() -> Sight {
    Sight { role: Some(Role::PrivacyOfficer), ..Sight::default() }
}

async fn verify(ledger: &Ledger) -> Report {
    let mut reader = ledger.reader(&Sight::of_run("audit")).await.unwrap();
    let mut evidence = Evidence::new(salus_ledger::ClinicId::new(clinic_id().uuid()), &[key().verifying_key().clone()]);
    for note in reader.manifests().await.unwrap() {
        evidence.manifest(&note);
    }
    for note in reader.checkpoints().await.unwrap() {
        evidence.checkpoint(&note);
    }
    let mut verifier = Verifier::new(evidence);
    for chain in reader.chains().await.unwrap() {
        let mut next = 0;
        loop {
            let page = reader.rows(chain, next, 100).await.unwrap();
            let Some(last) = page.last() else { break };
            next = last.seq + 1;
            page.iter().for_each(|row| verifier.entry(&row.stored()));
        }
    }
    verifier.finish()
}

async fn is_sound(ledger: &Ledger) {
    let report = verify(ledger).await;
    assert!(report.findings.is_empty(), "{:?}", report.findings);
}

on_both! {
    async fn sixty_four_tasks_leave_no_gap(dbs: TestDbs) {
        let (_db, ledger) = open(&dbs, &Hands::default()).await;
        let mut tasks = Vec::new();
        for task in 0..64u8 {
            let ledger = ledger.clone();
            tasks.push(tokio::spawn(async move {
                let mut places = Vec::new();
                for round in 0..8 {
                    let several = if round % 4 == 0 { vec![draft(Some(task)), list(&[task, 1, 1])] } else { vec![draft(Some(task))] };
                    places.extend(ledger.append(several).await.unwrap());
                }
                places
            }));
        }
        let mut places: Vec<Position> = Vec::new();
        for task in tasks {
            places.extend(task.await.unwrap());
        }
        let chains: BTreeSet<ChainId> = places.iter().map(|place| place.chain).collect();
        assert_eq!(chains.len(), 1);
        let mut numbers: Vec<u64> = places.iter().map(|place| place.seq).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (0..640).collect::<Vec<u64>>());
        assert!(ledger.commits() < 512 / 2, "{} commits for 512 appends", ledger.commits());
        // 640 entries: two checkpoints are due on the way, one more on request.
        ledger.checkpoint().await.unwrap();
        ledger.checkpoint().await.unwrap();
        let report = verify(&ledger).await;
        assert!(report.findings.is_empty(), "{:?}", report.findings);
        assert!(report.checkpoints >= 2 && report.manifests >= 2, "{report:?}");
        ledger.close().await.unwrap();
        assert!(matches!(ledger.append(vec![draft(None)]).await, Err(LedgerError::Closed)));
    }
}

on_both! {
    async fn without_group_commit_each_append_is_a_commit(dbs: TestDbs) {
        let db = Db::open(&dbs.config).await.unwrap();
        let config = LedgerConfig { group_commit: false, ..config(&dbs.ledger, &Hands::default()) };
        let ledger = Ledger::open(config, &db).await.unwrap();
        let tasks: Vec<_> = (0..20).map(|_| {
            let ledger = ledger.clone();
            tokio::spawn(async move { ledger.append(vec![draft(None)]).await.unwrap() })
        }).collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(ledger.commits(), 20);
        ledger.close().await.unwrap();
    }
}

on_both! {
    async fn an_invalid_draft_refuses_its_caller_alone(dbs: TestDbs) {
        let (_db, ledger) = open(&dbs, &Hands::default()).await;
        let mut bad = draft(None);
        bad.about = Some(999);
        let refused = ledger.append(vec![draft(None), bad]).await;
        assert!(matches!(refused, Err(LedgerError::Invalid(_))), "{refused:?}");
        let fine = ledger.append(vec![draft(None)]).await.unwrap();
        assert_eq!(fine[0].seq, 0);
        is_sound(&ledger).await;
        ledger.close().await.unwrap();
    }
}

on_both! {
    async fn a_failed_commit_is_an_error_for_all_and_leaves_no_gap(dbs: TestDbs) {
        let (_db, ledger) = open(&dbs, &Hands::default()).await;
        ledger.append(vec![draft(None), draft(None)]).await.unwrap();
        let owner = Db::connect(&crate::DbConfig { url: dbs.ledger_owner.url.clone(), readers: 1 }).await.unwrap();
        let owner_runs = async |text: &str| {
            let mut tx = owner.begin(&Sight::default()).await.unwrap();
            tx.execute(Sql::owned(text.to_owned()), Vec::new()).await.unwrap();
            tx.commit().await.unwrap();
        };
        owner_runs("ALTER TABLE entry_patient RENAME TO elsewhere").await;
        // The list fails in the middle of the batch; whoever shares its commit fails with it.
        let tasks: Vec<_> = (0..10u8).map(|task| {
            let ledger = ledger.clone();
            tokio::spawn(async move { ledger.append(vec![draft(None), list(&[task])]).await })
        }).collect();
        for task in tasks {
            let outcome = task.await.unwrap();
            assert!(matches!(outcome, Err(LedgerError::NotWritten(_))), "answered before the commit: {outcome:?}");
        }
        owner_runs("ALTER TABLE elsewhere RENAME TO entry_patient").await;
        let next = ledger.append(vec![list(&[1])]).await.unwrap();
        assert_eq!(next[0].seq, 2);
        is_sound(&ledger).await;
        ledger.close().await.unwrap();
    }
}

on_both! {
    async fn a_restart_takes_the_same_chain_up_again(dbs: TestDbs) {
        let hands = Hands::default();
        let (_db, ledger) = open(&dbs, &hands).await;
        let first = ledger.append(vec![draft(None); 300]).await.unwrap();
        ledger.close().await.unwrap();
        let (_db, ledger) = open(&dbs, &hands).await;
        let second = ledger.append(vec![draft(None)]).await.unwrap();
        assert_eq!(second[0], Position { chain: first[0].chain, seq: 300 });
        is_sound(&ledger).await;
        ledger.close().await.unwrap();
    }
}

on_both! {
    async fn a_lease_keeps_writers_apart_until_it_ends(dbs: TestDbs) {
        let hands = Hands::default();
        let (_db, ledger) = open(&dbs, &hands).await;
        let first = ledger.append(vec![draft(None); 3]).await.unwrap();
        // A second process meanwhile: another chain.
        hands.advance(1);
        let (_other_db, other) = open(&dbs, &hands).await;
        let apart = other.append(vec![draft(None)]).await.unwrap();
        assert_ne!(apart[0].chain, first[0].chain);
        other.close().await.unwrap();

        // The first one sleeps through its lease (its clock stands still), and somebody takes the chain over.
        let later = Hands::default();
        later.advance(10 * MINUTE);
        let (_third_db, third) = open(&dbs, &later).await;
        let after = third.append(vec![draft(None)]).await.unwrap();
        assert_eq!(after[0], Position { chain: first[0].chain, seq: 3 });
        // It does not know yet, and its number is gone: nothing is written twice.
        let late = ledger.append(vec![draft(None)]).await;
        assert!(matches!(late, Err(LedgerError::NotWritten(_))), "{late:?}");
        // Once its clock moves it notices and goes on in the chain that the second process gave back.
        hands.advance(11 * MINUTE);
        let moved = ledger.append(vec![draft(None)]).await.unwrap();
        assert_eq!(moved[0], Position { chain: apart[0].chain, seq: 1 });
        is_sound(&third).await;
        third.close().await.unwrap();
        ledger.close().await.unwrap();
    }
}

on_both! {
    async fn a_lease_is_renewed_while_its_writer_lives(dbs: TestDbs) {
        let hands = Hands::default();
        let (db, ledger) = open(&dbs, &hands).await;
        let first = ledger.append(vec![draft(None)]).await.unwrap();
        let until = async || {
            let sql = sql!("SELECT leased_until FROM ledger_lease");
            let (until,): (i64,) = db.read(&Sight::of_run("ledger")).await.unwrap().one(sql, Vec::new()).await.unwrap();
            until
        };
        let before = until().await;
        hands.advance(MINUTE);
        for _ in 0..50 {
            if until().await > before {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert!(until().await > before);
        // 60 seconds and something new: a checkpoint was due as well.
        let mut reader = ledger.reader(&auditor()).await.unwrap();
        assert_eq!(reader.checkpoints().await.unwrap().len(), 1);
        assert_eq!(ledger.append(vec![draft(None)]).await.unwrap()[0].chain, first[0].chain);
        drop(reader);
        ledger.close().await.unwrap();
    }
}

on_both! {
    async fn a_damaged_chain_is_left_alone(dbs: TestDbs) {
        let hands = Hands::default();
        let (_db, ledger) = open(&dbs, &hands).await;
        let first = ledger.append(vec![draft(None); 3]).await.unwrap();
        ledger.close().await.unwrap();
        let owner = Db::connect(&crate::DbConfig { url: dbs.ledger_owner.url.clone(), readers: 1 }).await.unwrap();
        let mut tx = owner.begin(&Sight::default()).await.unwrap();
        // Past the triggers, as somebody with the owner's rights could: an entry that does not follow.
        tx.execute(
            sql!("INSERT INTO entry SELECT chain_id, 3, canonical, leaf, head, recorded_at, kind, action, account_id, patient_id, request_id FROM entry WHERE seq = 2"),
            Vec::new(),
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let (_db, ledger) = open(&dbs, &hands).await;
        let other = ledger.append(vec![draft(None)]).await.unwrap();
        assert_ne!(other[0].chain, first[0].chain);
        assert!(!verify(&ledger).await.findings.is_empty());
        ledger.close().await.unwrap();
        // And for good.
        let (_db, ledger) = open(&dbs, &hands).await;
        assert_eq!(ledger.append(vec![draft(None)]).await.unwrap()[0].chain, other[0].chain);
        ledger.close().await.unwrap();
    }
}

on_both! {
    async fn who_reads_sees_what_is_theirs(dbs: TestDbs) {
        let hands = Hands::default();
        let (_db, ledger) = open(&dbs, &hands).await;
        let mut own = draft(Some(1));
        own.actor = Actor::new(ActorKind::Account, &account(5).to_string());
        own.request = *RequestId::new(at(1), ten(5)).uuid().as_bytes();
        for entry in [own, draft(Some(2)), list(&[1, 2, 3]), draft(None)] {
            hands.advance(1);
            ledger.append(vec![entry]).await.unwrap();
        }
        let of = async |sight: Sight, byte: u8| -> Vec<u64> {
            let mut reader = ledger.reader(&sight).await.unwrap();
            let rows = reader.entries_of_patient(patient(byte), None, 50).await.unwrap();
            rows.iter().map(|row| row.seq).collect()
        };
        assert_eq!(of(sees_patient(1), 1).await, [2, 0]);
        assert_eq!(of(sees_patient(2), 2).await, [2, 1]);
        assert!(of(sees_patient(2), 1).await.is_empty());
        assert!(of(Sight::default(), 1).await.is_empty());
        assert!(of(Sight { role: Some(Role::Administrator), ..Sight::default() }, 1).await.is_empty());
        assert_eq!(of(auditor(), 1).await, [2, 0]);

        let found = async |sight: Sight, filter: Filter, before: Option<Mark>, limit: u32| {
            ledger.reader(&sight).await.unwrap().search(&filter, before, limit).await.unwrap()
        };
        assert_eq!(found(auditor(), Filter::default(), None, 50).await.len(), 4);
        assert!(found(Sight::default(), Filter::default(), None, 50).await.is_empty());
        // An account sees its own acts.
        let five = Sight { account: Some(account(5)), ..Sight::default() };
        let mine = Filter { account: Some(account(5)), ..Filter::default() };
        assert_eq!(found(five.clone(), mine, None, 50).await.len(), 1);
        assert!(found(five, Filter { account: Some(account(1)), ..Filter::default() }, None, 50).await.is_empty());
        // Filters and pages.
        let request = Filter { request: Some(RequestId::new(at(1), ten(5))), ..Filter::default() };
        assert_eq!(found(auditor(), request, None, 50).await.len(), 1);
        let window = Filter {
            from: Some(at(2)), until: Some(at(4)), action: Some("view-record".to_owned()), kind: Some("read".to_owned()),
            ..Filter::default()
        };
        assert_eq!(found(auditor(), window, None, 50).await.iter().map(|row| row.seq).collect::<Vec<_>>(), [2, 1]);
        let first = found(auditor(), Filter::default(), None, 3).await;
        let mark: Mark = first.last().unwrap().mark().to_string().parse().unwrap();
        let rest = found(auditor(), Filter::default(), Some(mark), 3).await;
        assert_eq!(rest.iter().map(|row| row.seq).collect::<Vec<_>>(), [0]);
        // One entry by its place, with whom it named.
        let place = first[1].position();
        let mut reader = ledger.reader(&sees_patient(3)).await.unwrap();
        assert!(reader.at(place).await.unwrap().is_some());
        assert!(reader.at(rest[0].position()).await.unwrap().is_none());
        assert!(reader.chains().await.unwrap().is_empty() && reader.checkpoints().await.unwrap().is_empty());
        drop(reader);
        let whole = ledger.reader(&auditor()).await.unwrap().at(place).await.unwrap().unwrap();
        assert_eq!(whole.patients.len(), 3);
        assert_eq!(whole.entry().unwrap().draft.patients.len(), 3);
        ledger.close().await.unwrap();
    }
}

on_both! {
    async fn what_is_old_is_emptied_and_what_is_young_is_not(dbs: TestDbs) {
        let hands = Hands::default();
        let (_db, ledger) = open(&dbs, &hands).await;
        ledger.append(vec![draft(Some(1)); 5]).await.unwrap();
        ledger.checkpoint().await.unwrap();
        // The last one is a week younger.
        hands.advance(7 * 24 * 60 * MINUTE);
        ledger.append(vec![draft(Some(1))]).await.unwrap();
        hands.advance(SIX_YEARS - 24 * 60 * MINUTE);
        let now = hands.now();
        let order = draft(None);
        let too_young = purge(&dbs.ledger_owner, &ledger, now, now.plus(-SIX_YEARS + 1), order.clone()).await;
        assert!(matches!(too_young, Err(LedgerError::TooYoung)));
        assert_eq!(purge(&dbs.ledger_owner, &ledger, now, now.plus(-SIX_YEARS), order).await.unwrap(), 5);
        let mut reader = ledger.reader(&auditor()).await.unwrap();
        let chain = reader.chains().await.unwrap()[0];
        let rows = reader.rows(chain, 0, 50).await.unwrap();
        let full: Vec<bool> = rows.iter().map(|row| row.canonical.is_some()).collect();
        assert_eq!(full, [false, false, false, false, false, true, true]);
        assert!(rows.iter().all(|row| row.leaf.len() == 32 && row.head.len() == 32));
        let order = rows[6].entry().unwrap().draft;
        assert_eq!((order.kind.word(), order.count), ("purge", Some(5)));
        assert_eq!(order.cutoff.map(|cutoff| cutoff.0), Some(now.plus(-SIX_YEARS).micros()));
        drop(reader);
        // The purge was signed before anything was emptied: nobody need wait for it to be accounted for.
        is_sound(&ledger).await;
        // A permit for younger ones can't be made, and without one nothing is emptied.
        let owner = Db::connect(&crate::DbConfig { url: dbs.ledger_owner.url.clone(), readers: 1 }).await.unwrap();
        let mut tx = owner.begin(&Sight::default()).await.unwrap();
        let permit = sql!("INSERT INTO purge_permit (cutoff, made_at, entry) VALUES ($1, $2, '')");
        assert!(tx.execute(permit, args![now.plus(-SIX_YEARS + 1), now]).await.is_err());
        drop(tx);
        for sql in [
            "UPDATE entry SET canonical = NULL WHERE seq = 5",
            "UPDATE entry SET canonical = NULL, patient_id = 'x' WHERE seq = 0",
            "UPDATE entry SET kind = 'x' WHERE seq = 0",
            "DELETE FROM entry WHERE seq = 6",
            "DELETE FROM purge_permit",
            "UPDATE manifest SET note = ''",
            "DELETE FROM manifest",
            "UPDATE checkpoint SET note = ''",
        ] {
            let mut tx = owner.begin(&Sight::default()).await.unwrap();
            let tried = tx.execute(Sql::owned(sql.to_owned()), Vec::new()).await;
            assert!(matches!(tried, Err(DbError::Refused)), "{sql}: {tried:?}");
        }
        // The chain goes on, also after a restart.
        ledger.close().await.unwrap();
        let (_db, ledger) = open(&dbs, &hands).await;
        assert_eq!(ledger.append(vec![draft(None)]).await.unwrap()[0], Position { chain, seq: 7 });
        ledger.close().await.unwrap();
    }
}

#[tokio::test]
async fn replacing_a_row_is_deleting_it() {
    let dbs = TestDbs::sqlite(&registry()).await;
    let (_db, ledger) = open(&dbs, &Hands::default()).await;
    ledger.append(vec![draft(None)]).await.unwrap();
    let owner = Db::connect(&crate::DbConfig { url: dbs.ledger_owner.url.clone(), readers: 1 }).await.unwrap();
    let mut tx = owner.begin(&Sight::default()).await.unwrap();
    let tried = tx.execute(sql!("INSERT OR REPLACE INTO entry SELECT * FROM entry"), Vec::new()).await;
    assert!(matches!(tried, Err(DbError::Refused)), "{tried:?}");
    drop(tx);
    ledger.close().await.unwrap();
}

#[tokio::test]
async fn the_ledgers_roles_can_do_their_one_thing() {
    let Some(dbs) = TestDbs::postgres(&registry()).await else { return };
    let raw = dbs.raw.clone().unwrap();
    let (_db, ledger) = open(&dbs, &Hands::default()).await;
    ledger.append(vec![draft(Some(1)), list(&[1, 2])]).await.unwrap();
    ledger.checkpoint().await.unwrap();
    for table in ["entry", "entry_patient", "checkpoint", "manifest", "purge_permit"] {
        for (who, url) in [("writer", &raw.ledger_writer), ("reader", &raw.ledger_reader)] {
            for refused in [
                format!("DELETE FROM {table}"),
                format!("TRUNCATE {table}"),
                format!("DROP TABLE {table}"),
                format!("ALTER TABLE {table} DISABLE TRIGGER ALL"),
                format!("ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"),
                format!(
                    "UPDATE {table} SET {}",
                    if table == "entry" {
                        "kind = 'x'"
                    } else if table == "purge_permit" {
                        "entry = ''"
                    } else if table == "entry_patient" {
                        "patient_id = ''"
                    } else {
                        "note = ''"
                    }
                ),
                "CREATE TABLE mine (a int)".to_owned(),
                "CREATE TEMPORARY TABLE mine (a int)".to_owned(),
                "SET session_replication_role = replica".to_owned(),
            ] {
                let tried = testing::raw(url, &refused).await;
                assert!(matches!(tried, Err(DbError::Refused)), "{who}: {refused}: {tried:?}");
            }
        }
        let tried = testing::raw(&raw.ledger_writer, &format!("SELECT * FROM {table}")).await;
        assert!(matches!(tried, Err(DbError::Refused)), "writer reads {table}: {tried:?}");
        assert_eq!(testing::raw(&raw.ledger_reader, &format!("SELECT * FROM {table}")).await.unwrap(), 0, "{table}");
    }
    for refused in [
        "INSERT INTO manifest (number, note) VALUES (9, '')",
        "INSERT INTO purge_permit (cutoff, made_at, entry) VALUES (0, 9000000000000000, '')",
    ] {
        let tried = testing::raw(&raw.ledger_reader, refused).await;
        assert!(matches!(tried, Err(DbError::Refused)), "{refused}: {tried:?}");
    }
    let tried = testing::raw(
        &raw.ledger_writer,
        "INSERT INTO purge_permit (cutoff, made_at, entry) VALUES (0, 9000000000000000, '')",
    )
    .await;
    assert!(matches!(tried, Err(DbError::Refused)), "{tried:?}");
    // The owner meets the triggers.
    for refused in ["DELETE FROM entry", "TRUNCATE entry CASCADE", "UPDATE entry SET kind = 'x'"] {
        let tried = testing::raw(&raw.ledger_owner, refused).await;
        assert!(matches!(tried, Err(DbError::Refused)), "{refused}: {tried:?}");
    }
    // The application's roles of one database do not even get into the other.
    let main = raw.app.split_once("/main_").unwrap().1.split_once('?').unwrap().0;
    let strange = raw.ledger_writer.replace("/ledger_", "/main_");
    assert!(strange.contains(main));
    assert!(testing::raw(&strange, "SELECT 1").await.is_err());
    // Patients see by their own rows and by lists; as raw SQL.
    let see = async |name: &str, value: String| {
        let sql = format!("BEGIN; SELECT set_config('salus.{name}', '{value}', true); SELECT * FROM entry;");
        testing::raw(&raw.ledger_reader, &sql).await.unwrap()
    };
    assert_eq!(see("patient", patient(1).to_string()).await, 2);
    assert_eq!(see("patient", patient(2).to_string()).await, 1);
    assert_eq!(see("patient", patient(3).to_string()).await, 0);
    assert_eq!(see("account", account(1).to_string()).await, 2);
    assert_eq!(see("role", "privacy-officer".to_owned()).await, 2);
    assert_eq!(see("role", "administrator".to_owned()).await, 0);
    ledger.close().await.unwrap();
}

// A real crash: this test binary runs itself, the child appends and says what was answered, and is killed.

const CHILD: &str = "SALUS_LEDGER_CHILD";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child_that_appends_until_it_is_killed() {
    let Ok(told) = std::env::var(CHILD) else { return };
    let parts: Vec<&str> = told.split('\n').collect();
    let bytes = |hex: &str| -> [u8; 32] { hex::decode(hex).unwrap().try_into().unwrap() };
    let hands = Hands::default();
    hands.advance(std::env::var("SALUS_LEDGER_CHILD_CLOCK").unwrap().parse().unwrap());
    let (main, ledger) = match parts[..] {
        ["sqlite", main, audit, key] => (
            crate::Url::Sqlite { path: main.into(), key: bytes(key) },
            LedgerUrl::Sqlite { path: audit.into(), key: bytes(key) },
        ),
        ["postgres", main, writer, reader] => (
            crate::Url::Postgres { url: main.to_owned() },
            LedgerUrl::Postgres { writer: writer.to_owned(), reader: reader.to_owned() },
        ),
        _ => panic!("child of nobody"),
    };
    let db = Db::open(&crate::DbConfig::new(main)).await.unwrap();
    let ledger = Ledger::open(config(&ledger, &hands), &db).await.unwrap();
    let tasks: Vec<_> = (0..16u8)
        .map(|task| {
            let ledger = ledger.clone();
            tokio::spawn(async move {
                // Until it is killed, or the test that should kill it is gone.
                for _ in 0..100_000 {
                    for place in ledger.append(vec![draft(Some(task)), list(&[task])]).await.unwrap() {
                        // To the file descriptor, past the test harness's capture.
                        use std::io::Write as _;
                        let line = format!("at {place}\n");
                        std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

on_both! {
    async fn a_killed_writer_loses_nothing_it_answered_for(dbs: TestDbs) {
        let told = match (&dbs.config.url, &dbs.ledger) {
            (crate::Url::Sqlite { path, key }, LedgerUrl::Sqlite { path: audit, .. }) => {
                format!("sqlite\n{}\n{}\n{}", path.display(), audit.display(), hex::encode(key))
            }
            (crate::Url::Postgres { url }, LedgerUrl::Postgres { writer, reader }) => format!("postgres\n{url}\n{writer}\n{reader}"),
            _ => panic!("two engines at once"),
        };
        let hands = Hands::default();
        let mut answered: Vec<Position> = Vec::new();
        for round in 0..3 {
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "tests::ledger::child_that_appends_until_it_is_killed", "--nocapture"])
                .env(CHILD, &told)
                .env("SALUS_LEDGER_CHILD_CLOCK", hands.now().since(at(0)).to_string())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            tokio::time::sleep(Duration::from_millis(700 + 130 * round)).await;
            child.kill().unwrap();
            let said = child.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&said.stdout).into_owned();
            answered.extend(said.lines().filter_map(|line| line.strip_prefix("at ")?.parse::<Position>().ok()));
            // Its lease ends only with time.
            hands.advance(10 * MINUTE);
            let (_db, ledger) = open(&dbs, &hands).await;
            let next = ledger.append(vec![draft(None)]).await.unwrap();
            answered.extend(next);
            is_sound(&ledger).await;
            let mut reader = ledger.reader(&auditor()).await.unwrap();
            for place in &answered {
                assert!(reader.at(*place).await.unwrap().is_some(), "{place} was answered for and is not there");
            }
            drop(reader);
            ledger.close().await.unwrap();
        }
        assert!(answered.len() > 100, "only {} entries", answered.len());
    }
}
