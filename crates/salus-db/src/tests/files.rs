//! The SQLite file is encrypted, opens with its key alone, and is readable by its owner alone.

use std::fs;

use super::*;
use crate::{DbConfig, OwnerConfig, Url, migrate};

fn path_of(dbs: &TestDbs) -> std::path::PathBuf {
    match &dbs.config.url {
        Url::Sqlite { path, .. } => path.clone(),
        Url::Postgres { .. } => panic!("not a file"),
    }
}

#[tokio::test]
async fn no_byte_of_a_row_is_readable_in_file_or_log() {
    let dbs = TestDbs::sqlite(&registry()).await;
    let closer = dbs.closer();
    let db = Db::open(&dbs.config).await.unwrap();
    let canary = "Zebulon Quackenbush";
    let mut tx = db.begin(&Sight::of_run("setup")).await.unwrap();
    tx.execute(NEW_CLINIC, args!["c", canary, at(0)]).await.unwrap();
    tx.commit().await.unwrap();
    let path = path_of(&dbs);
    let holds = |path: &std::path::Path, needle: &[u8]| {
        fs::read(path).unwrap().windows(needle.len()).any(|window| window == needle)
    };
    let log = path.with_file_name("salus.db-wal");
    assert!(fs::metadata(&log).unwrap().len() > 0);
    for file in [&path, &log] {
        assert!(!holds(file, canary.as_bytes()), "{file:?}");
        assert!(!holds(file, b"CREATE TABLE"), "{file:?}");
    }
    db.close().await;
    assert!(!fs::read(&path).unwrap().starts_with(b"SQLite format 3"));
    assert!(!holds(&path, canary.as_bytes()));
    closer.close().await;
}

#[tokio::test]
async fn a_wrong_key_does_not_open_it() {
    let dbs = TestDbs::sqlite(&registry()).await;
    let closer = dbs.closer();
    let wrong = Url::Sqlite { path: path_of(&dbs), key: [9; 32] };
    let error = Db::open(&DbConfig::new(wrong.clone())).await.unwrap_err();
    let DbError::Broken(cause) = error else { panic!("{error:?}") };
    assert_eq!(cause.to_string(), "the file does not open with this key");
    assert!(migrate(&OwnerConfig { url: wrong }, &registry(), "").await.is_err());
    Db::open(&dbs.config).await.unwrap();
    closer.close().await;
}

#[tokio::test]
async fn a_plain_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plain.db");
    fs::write(&path, b"SQLite format 3\0 and so on").unwrap();
    let url = Url::Sqlite { path, key: [1; 32] };
    let error = Db::open(&DbConfig::new(url.clone())).await.unwrap_err();
    let DbError::Broken(cause) = error else { panic!("{error:?}") };
    assert!(cause.to_string().contains("not encrypted"), "{cause}");
    assert!(migrate(&OwnerConfig { url }, &registry(), "").await.is_err());
}

/// Closing any handle on a file drops every POSIX lock that the process holds on it. Then the next process to end takes
/// the journal away, and with it what was acknowledged: it happened (100 of 347 answers were gone).
#[cfg(target_os = "linux")]
#[tokio::test]
async fn opening_a_file_twice_keeps_its_locks() {
    use std::os::unix::fs::MetadataExt as _;
    let dbs = TestDbs::sqlite(&registry()).await;
    let closer = dbs.closer();
    let inode = format!(":{} ", fs::metadata(path_of(&dbs)).unwrap().ino());
    let ours = format!(" {} ", std::process::id());
    let locks = || {
        let all = fs::read_to_string("/proc/locks").unwrap();
        all.lines().filter(|line| line.contains(&inode) && line.contains(&ours)).count()
    };
    assert_eq!(locks(), 0);
    let first = Db::open(&dbs.config).await.unwrap();
    first.read(&Sight::default()).await.unwrap();
    assert!(locks() > 0);
    let second = Db::open(&dbs.config).await.unwrap();
    assert!(locks() > 0);
    second.close().await;
    assert!(locks() > 0, "a process that ends now would take the journal away");
    // What must not be done: the test sees it.
    drop(fs::File::open(path_of(&dbs)).unwrap());
    assert_eq!(locks(), 0);
    drop(first);
    closer.close().await;
}

#[tokio::test]
async fn a_missing_file_is_not_made_by_opening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none.db");
    assert!(Db::open(&DbConfig::new(Url::Sqlite { path: path.clone(), key: [1; 32] })).await.is_err());
    assert!(!path.exists());
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new.db");
    let owner = OwnerConfig { url: Url::Sqlite { path: path.clone(), key: [1; 32] } };
    migrate(&owner, &registry(), "").await.unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn connections_are_set_up_as_promised() {
    let dbs = TestDbs::sqlite(&registry()).await;
    let closer = dbs.closer();
    let db = Db::open(&dbs.config).await.unwrap();
    let crate::db::Pools::Lite { writer, readers } = &db.pools else { panic!() };
    let number = async |pool: &sqlx::SqlitePool, pragma: &'static str| -> i64 {
        sqlx::query_scalar(pragma).fetch_one(pool).await.unwrap()
    };
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(writer).await.unwrap();
    assert_eq!(mode, "wal");
    // 2 is FULL, 2 is MEMORY.
    for (pragma, expected) in [
        ("PRAGMA synchronous", 2),
        ("PRAGMA foreign_keys", 1),
        ("PRAGMA temp_store", 2),
        ("PRAGMA secure_delete", 1),
        ("PRAGMA recursive_triggers", 1),
        ("PRAGMA query_only", 0),
    ] {
        assert_eq!(number(writer, pragma).await, expected, "{pragma}");
    }
    assert_eq!(number(readers, "PRAGMA query_only").await, 1);
    assert_eq!(number(readers, "PRAGMA synchronous").await, 2);
    closer.close().await;
}
