//! Transactions, and errors that mean the same on both engines.

use std::time::Duration;

use super::*;
use crate::row;

const NAME: Sql = sql!("SELECT name FROM clinic WHERE id = $1");
const RENAME: Sql = sql!("UPDATE clinic SET name = $1, version = version + 1 WHERE id = $2 AND version = $3");
const VERSION: Sql = sql!("SELECT version FROM clinic WHERE id = $1");

fn setup() -> Sight {
    Sight::of_run("setup")
}

async fn clinic(db: &Db) {
    let mut tx = db.begin(&setup()).await.unwrap();
    tx.execute(NEW_CLINIC, args!["c", "Elm Street", at(0)]).await.unwrap();
    tx.commit().await.unwrap();
}

on_both! {
    async fn a_commit_keeps_and_a_drop_forgets(dbs: TestDbs) {
        let db = Db::open(&dbs.config).await.unwrap();
        clinic(&db).await;
        let mut tx = db.begin(&setup()).await.unwrap();
        tx.one_row(RENAME, args!["Oak Street", "c", 1]).await.unwrap();
        let inside: (String,) = tx.one(NAME, args!["c"]).await.unwrap();
        assert_eq!(inside.0, "Oak Street");
        drop(tx);
        assert_eq!(texts(&db, &setup(), NAME, args!["c"]).await, ["Elm Street"]);
        let none: Result<(String,), _> = db.read(&setup()).await.unwrap().one(NAME, args!["x"]).await;
        assert!(matches!(none, Err(DbError::NotFound)));
    }
}

on_both! {
    async fn a_read_is_one_snapshot(dbs: TestDbs) {
        let db = Db::open(&dbs.config).await.unwrap();
        clinic(&db).await;
        let mut reader = db.read(&setup()).await.unwrap();
        let before: (String,) = reader.one(NAME, args!["c"]).await.unwrap();
        let mut tx = db.begin(&setup()).await.unwrap();
        tx.one_row(RENAME, args!["Oak Street", "c", 1]).await.unwrap();
        tx.commit().await.unwrap();
        let after: (String,) = reader.one(NAME, args!["c"]).await.unwrap();
        assert_eq!(before, after);
        drop(reader);
        assert_eq!(texts(&db, &setup(), NAME, args!["c"]).await, ["Oak Street"]);
    }
}

on_both! {
    async fn an_old_version_is_stale_and_a_taken_one_says_which(dbs: TestDbs) {
        let db = Db::open(&dbs.config).await.unwrap();
        clinic(&db).await;
        two_patients(&db).await;
        let mut tx = db.begin(&setup()).await.unwrap();
        assert!(matches!(tx.one_row(RENAME, args!["x", "c", 7]).await, Err(DbError::Stale)));
        drop(tx);

        let mut tx = db.begin(&sees_patient(3)).await.unwrap();
        let again = tx.execute(NEW_PATIENT, args![patient(3), "v1:01", vec![3], at(0)]).await.unwrap_err();
        assert!(
            matches!(&again, DbError::Taken(words) if words == "patient.source_index" || words == "patient.mrn_index"),
            "{again:?}"
        );
        assert!(!format!("{again} {again:?}").contains("v1:01"));
        // What follows a failure is not kept, on either engine, and the commit says so.
        assert!(tx.commit().await.is_err());

        let mut tx = db.begin(&setup()).await.unwrap();
        let again = tx.execute(NEW_CLINIC, args!["c", "Elm Street", at(0)]).await.unwrap_err();
        assert!(matches!(&again, DbError::Taken(words) if words == "clinic.id"), "{again:?}");
        drop(tx);

        // Two columns together.
        let key = sql!("INSERT INTO subject_key (subject_kind, subject_id, version, wrapped, created_at) VALUES ('clinic', '', 1, $1, 0)");
        let mut tx = db.begin(&setup()).await.unwrap();
        tx.execute(key.clone(), args![vec![1u8]]).await.unwrap();
        let again = tx.execute(key, args![vec![1u8]]).await.unwrap_err();
        let words = "subject_key.subject_kind, subject_key.subject_id, subject_key.version";
        assert!(matches!(&again, DbError::Taken(found) if found == words), "{again:?}");
    }
}

on_both! {
    async fn a_broken_rule_shows_no_values(dbs: TestDbs) {
        let db = Db::open(&dbs.config).await.unwrap();
        let canary = "Zebulon Quackenbush";
        let mut tx = db.begin(&Sight::of_run("accounts")).await.unwrap();
        let error = tx
            .execute(
                sql!("INSERT INTO staff_member (account_id, name, role, active, created_at, version, entry) VALUES ($1, $1, $1, TRUE, 0, 1, '')"),
                args![canary],
            )
            .await
            .unwrap_err();
        let DbError::Broken(cause) = &error else { panic!("{error:?}") };
        assert!(!format!("{error} {error:?} {cause}").contains(canary), "{error:?}");
        assert!(cause.to_string().contains("staff_member") || cause.to_string().contains("role IN"), "{cause}");
        drop(tx);
        // No such patient: a foreign key.
        let mut tx = db.begin(&sees_patient(9)).await.unwrap();
        let error = tx.execute(NEW_CONDITION, args!["x", patient(9), vec![9u8], at(0)]).await;
        let error = match error {
            // PostgreSQL asks at once, SQLite too unless deferred.
            Ok(_) => tx.commit().await.unwrap_err(),
            Err(error) => {
                drop(tx);
                error
            }
        };
        assert!(matches!(error, DbError::Broken(_)), "{error:?}");
        let wrong: Result<Vec<(i64,)>, _> =
            db.read(&setup()).await.unwrap().all(sql!("SELECT 'Zebulon Quackenbush' AS name"), Vec::new()).await;
        let wrong = wrong.unwrap_err();
        assert!(!format!("{wrong:?}").contains(canary));
    }
}

on_both! {
    async fn a_reader_can_not_write(dbs: TestDbs) {
        let db = Db::open(&dbs.config).await.unwrap();
        let mut reader = db.read(&setup()).await.unwrap();
        let tried: Result<Vec<(String,)>, _> = reader
            .all(
                sql!("UPDATE clinic SET name = 'x' RETURNING id"),
                Vec::new(),
            )
            .await;
        assert!(matches!(tried, Err(DbError::Refused)), "{tried:?}");
    }
}

on_both! {
    async fn beginning_twice_takes_turns(dbs: TestDbs) {
        let db = Db::open(&dbs.config).await.unwrap();
        clinic(&db).await;
        // Lost updates: each adds one to what it read; versions make the slower one try again.
        let mut tasks = Vec::new();
        for _ in 0..16 {
            let db = db.clone();
            tasks.push(tokio::spawn(async move {
                loop {
                    let mut tx = db.begin(&setup()).await.unwrap();
                    let (version,): (i64,) = tx.one(VERSION, args!["c"]).await.unwrap();
                    tokio::task::yield_now().await;
                    match tx.one_row(RENAME, args![format!("name {version}"), "c", version]).await {
                        Ok(()) => return tx.commit().await.unwrap(),
                        Err(DbError::Stale) => {}
                        Err(error) => panic!("{error:?}"),
                    }
                }
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        let (version,): (i64,) = db.read(&setup()).await.unwrap().one(VERSION, args!["c"]).await.unwrap();
        assert_eq!(version, 17);
    }
}

#[tokio::test]
async fn sqlite_has_one_writer() {
    let dbs = TestDbs::sqlite(&registry()).await;
    let db = Db::open(&dbs.config).await.unwrap();
    clinic(&db).await;
    let first = db.begin(&setup()).await.unwrap();
    let second = tokio::time::timeout(Duration::from_millis(200), db.begin(&setup())).await;
    assert!(second.is_err(), "the second writer must wait");
    // Readers don't.
    assert_eq!(texts(&db, &setup(), NAME, args!["c"]).await, ["Elm Street"]);
    drop(first);
    db.begin(&setup()).await.unwrap();
}

on_both! {
    async fn every_kind_of_value_comes_back(dbs: TestDbs) {
        #[derive(Debug, PartialEq)]
        struct Line {
            who: PatientId,
            text: String,
            number: i64,
            yes: bool,
            bytes: Vec<u8>,
            when: Instant,
            absent: Option<String>,
            nobody: Option<AccountId>,
            work: salus_kernel::Role,
        }
        row!(Line { who: a, text: b, number: c, yes: d, bytes: e, when: f, absent: g, nobody: h, work: i });
        let db = Db::open(&dbs.config).await.unwrap();
        let none: Option<String> = None;
        let nobody: Option<AccountId> = None;
        let line: Line = db
            .read(&Sight::default())
            .await
            .unwrap()
            .one(
                sql!("SELECT $1 AS a, $2 AS b, $3 AS c, $4 AS d, $5 AS e, $6 AS f, $7 AS g, $8 AS h, $9 AS i"),
                args![patient(1), "naïve 名", i64::MIN, true, vec![0u8, 255], at(5), none, nobody, salus_kernel::Role::FrontDesk],
            )
            .await
            .unwrap();
        let expected = Line {
            who: patient(1), text: "naïve 名".to_owned(), number: i64::MIN, yes: true, bytes: vec![0, 255], when: at(5),
            absent: None, nobody: None, work: salus_kernel::Role::FrontDesk,
        };
        assert_eq!(line, expected);
        let small: (i64,) = db.read(&Sight::default()).await.unwrap().one(sql!("SELECT 1"), Vec::new()).await.unwrap();
        assert_eq!(small.0, 1);
        let empty: Result<(String,), _> =
            db.read(&Sight::default()).await.unwrap().one(sql!("SELECT CAST(NULL AS TEXT)"), Vec::new()).await;
        assert!(matches!(empty, Err(DbError::Broken(_))));
    }
}

on_both! {
    async fn preparing_finds_a_misspelt_column(dbs: TestDbs) {
        let db = Db::open(&dbs.config).await.unwrap();
        db.prepare("SELECT name FROM clinic WHERE id = $1").await.unwrap();
        assert!(db.prepare("SELECT nmae FROM clinic").await.is_err());
        assert!(db.prepare("SELECT name FROM clinics").await.is_err());
    }
}
