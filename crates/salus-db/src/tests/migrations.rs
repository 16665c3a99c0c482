//! Migrations: applied once, never changed, the same schema on both engines.

use super::*;
use crate::{
    Engine, OwnerConfig, ledger, migrate,
    migrate::{LEDGER, MAIN, Migration, still_to_run},
    testing,
};

#[test]
fn a_changed_or_unknown_migration_is_refused() {
    let right = |engine| {
        let mut done: Vec<(String, String)> = Vec::new();
        for migration in MAIN {
            let text = migration.text(engine);
            let sum = hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes()));
            done.push((migration.name.to_owned(), sum));
        }
        done
    };
    for engine in [Engine::Sqlite, Engine::Postgres] {
        assert!(still_to_run(MAIN, right(engine), engine).unwrap().is_empty());
        let fresh: Vec<&Migration> = still_to_run(MAIN, Vec::new(), engine).unwrap();
        assert_eq!(fresh.len(), MAIN.len());
        let mut changed = right(engine);
        changed[0].1 = "0".repeat(64);
        assert!(still_to_run(MAIN, changed, engine).is_err());
        let mut newer = right(engine);
        newer.push(("999912312359_tomorrow".to_owned(), String::new()));
        assert!(still_to_run(MAIN, newer, engine).is_err());
    }
}

on_both! {
    async fn migrating_again_changes_nothing(dbs: TestDbs) {
        let db = Db::open(&dbs.config).await.unwrap();
        two_patients(&db).await;
        let before = db.schema_dump().await.unwrap();
        migrate(&dbs.owner, &registry(), testing::APP_ROLE).await.unwrap();
        migrate(&dbs.owner, &registry(), testing::APP_ROLE).await.unwrap();
        ledger::migrate(&dbs.ledger_owner, testing::LEDGER_WRITER_ROLE, testing::LEDGER_READER_ROLE).await.unwrap();
        assert_eq!(db.schema_dump().await.unwrap(), before);
        let own = sql!("SELECT id FROM condition WHERE patient_id = $1");
        assert_eq!(texts(&db, &sees_patient(1), own, args![patient(1)]).await, ["condition-1"]);
    }
}

on_both! {
    async fn a_changed_checksum_stops_start_and_migration(dbs: TestDbs) {
        let forge = sql!("UPDATE schema_migration SET checksum = 'forged'");
        let owner = Db::connect(&crate::DbConfig { url: dbs.owner.url.clone(), readers: 1 }).await.unwrap();
        let mut tx = owner.begin(&Sight::default()).await.unwrap();
        assert!(tx.execute(forge, Vec::new()).await.unwrap() > 0);
        tx.commit().await.unwrap();
        owner.close().await;
        for error in [
            Db::open(&dbs.config).await.unwrap_err(),
            migrate(&dbs.owner, &registry(), testing::APP_ROLE).await.unwrap_err(),
        ] {
            let DbError::Broken(cause) = error else { panic!("{error:?}") };
            assert!(cause.to_string().contains("was changed"), "{cause}");
        }
    }
}

on_both! {
    async fn a_table_without_an_archetype_is_refused(dbs: TestDbs) {
        let mut short = registry();
        short.pop();
        let error = migrate(&dbs.owner, &short, testing::APP_ROLE).await.unwrap_err();
        let DbError::Broken(cause) = error else { panic!("{error:?}") };
        assert!(cause.to_string().contains("table provenance is not in the registry"), "{cause}");
        // Nothing of the refused migration stays: the walls stand as before.
        let db = Db::open(&dbs.config).await.unwrap();
        two_patients(&db).await;
        let mut long = registry();
        long.push(TableEntry { name: "unicorn", archetype: Archetype::Chart, columns: &[] });
        assert!(migrate(&dbs.owner, &long, testing::APP_ROLE).await.is_err());
    }
}

#[tokio::test]
async fn an_empty_database_is_refused_until_migrated() {
    let folder = tempfile::tempdir().unwrap();
    let url = crate::Url::Sqlite { path: folder.path().join("empty.db"), key: [1; 32] };
    let config = crate::DbConfig::new(url.clone());
    let none: Vec<Migration> = Vec::new();
    crate::migrate::run(&OwnerConfig { url: url.clone() }, &none, |_| Ok(None), |_| Ok(())).await.unwrap();
    let error = Db::open(&config).await.unwrap_err();
    let DbError::Broken(cause) = error else { panic!("{error:?}") };
    assert!(cause.to_string().contains("salus migrate"), "{cause}");
    migrate(&OwnerConfig { url }, &registry(), "").await.unwrap();
    Db::open(&config).await.unwrap();
}

#[tokio::test]
async fn a_powerful_application_role_is_refused() {
    let Some(dbs) = TestDbs::postgres(&registry()).await else { return };
    for role in ["postgres", "salus_owner"] {
        let error = migrate(&dbs.owner, &registry(), role).await.unwrap_err();
        assert!(matches!(error, DbError::Refused), "{role}: {error:?}");
    }
    assert!(migrate(&dbs.owner, &registry(), "nobody_of_this_name").await.is_err());
    assert!(migrate(&dbs.owner, &registry(), "evil\"; DROP TABLE x; --").await.is_err());
}

#[tokio::test]
async fn both_engines_have_the_same_schema() {
    let Some(postgres) = TestDbs::postgres(&registry()).await else { return };
    let sqlite = TestDbs::sqlite(&registry()).await;
    let dump = async |dbs: &TestDbs| Db::open(&dbs.config).await.unwrap().schema_dump().await.unwrap();
    let (lite, pg) = (dump(&sqlite).await, dump(&postgres).await);
    assert_eq!(lite, pg);
    for line in [
        "table condition\n    id TEXT NOT NULL\n",
        "    event_at BIGINT\n",
        "    deceased BOOLEAN NOT NULL\n",
        "    primary key (subject_kind, subject_id, version)\n",
        "    unique (email_index)\n",
        "    index (patient_id, event_at DESC, id)\n",
        "    foreign key (patient_id) references patient (patient_id)\n",
    ] {
        assert!(lite.contains(line), "{line:?} in {lite}");
    }
    let ledger = async |dbs: &TestDbs| {
        let url = dbs.ledger_owner.url.clone();
        Db::connect(&crate::DbConfig { url, readers: 1 }).await.unwrap().schema_dump().await.unwrap()
    };
    let (lite, pg) = (ledger(&sqlite).await, ledger(&postgres).await);
    assert_eq!(lite, pg);
    assert!(lite.contains("foreign key (chain_id, seq) references entry (chain_id, seq)"), "{lite}");
    assert_eq!(LEDGER.len(), 2);
}
