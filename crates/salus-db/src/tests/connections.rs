//! What a transaction costs, and what happens when the server ends connections.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{UnixListener, UnixStream},
};

use super::*;
use crate::{DbConfig, Url, testing};

#[tokio::test]
async fn a_read_survives_a_server_that_dropped_every_connection() {
    let Some(dbs) = TestDbs::postgres(&registry()).await else { return };
    let raw = dbs.raw.clone().unwrap();
    let db = Db::open(&dbs.config).await.unwrap();
    two_patients(&db).await;
    let mut held = Vec::new();
    for _ in 0..6 {
        held.push(db.read(&sees_patient(1)).await.unwrap());
    }
    drop(held);
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE usename = 'salus_app' AND datname = current_database()";
    assert!(testing::raw(&raw.superuser, end).await.unwrap() >= 6);
    assert_eq!(texts(&db, &sees_patient(1), CONDITIONS, Vec::new()).await, ["condition-1"]);
}

/// Stands between client and server and counts how often the client sends something and then waits.
async fn counting_proxy(to: String, listener: UnixListener, sent: Arc<AtomicUsize>) {
    while let Ok((client, _)) = listener.accept().await {
        let (mut from_client, mut to_client) = client.into_split();
        let (mut from_server, mut to_server) = UnixStream::connect(&to).await.unwrap().into_split();
        let sent = Arc::clone(&sent);
        tokio::spawn(async move {
            let mut buffer = vec![0; 1 << 16];
            while let Ok(length @ 1..) = from_client.read(&mut buffer).await {
                sent.fetch_add(1, Ordering::SeqCst);
                to_server.write_all(&buffer[..length]).await.unwrap();
            }
        });
        tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_of_one_statement_costs_two_round_trips() {
    let Some(dbs) = TestDbs::postgres(&registry()).await else { return };
    let raw = dbs.raw.clone().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let listener = UnixListener::bind(folder.path().join(".s.PGSQL.5432")).unwrap();
    let (before, socket) = raw.app.split_once("?host=").unwrap();
    let sent = Arc::new(AtomicUsize::new(0));
    tokio::spawn(counting_proxy(format!("{socket}/.s.PGSQL.5432"), listener, Arc::clone(&sent)));
    let url = Url::Postgres { url: format!("{before}?host={}", folder.path().display()) };
    let db = Db::open(&DbConfig { url, readers: 1 }).await.unwrap();
    two_patients(&db).await;
    // The first time prepares; afterwards BEGIN with the settings is one, and each statement one more. What is sent
    // after the end (ROLLBACK, a ping) nobody waits for; it may fall into the next measurement, so the least counts.
    let mut least = [usize::MAX; 2];
    for _ in 0..6 {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let start = sent.load(Ordering::SeqCst);
        let mut reader = db.read(&sees_patient(2)).await.unwrap();
        let _: Vec<(String,)> = reader.all(CONDITIONS, Vec::new()).await.unwrap();
        least[0] = least[0].min(sent.load(Ordering::SeqCst) - start);
        drop(reader);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let start = sent.load(Ordering::SeqCst);
        let mut tx = db.begin(&sees_patient(2)).await.unwrap();
        let _: Vec<(String,)> = tx.all(CONDITIONS, Vec::new()).await.unwrap();
        tx.commit().await.unwrap();
        least[1] = least[1].min(sent.load(Ordering::SeqCst) - start);
    }
    assert_eq!(least, [2, 3], "a read of one statement, a write of one statement");
}
