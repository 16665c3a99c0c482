//! Roles and databases of a clinic's own come all together or not at all, and go without anything else.

use sqlx::{Connection as _, PgConnection};

use super::*;
use crate::{
    open, provision,
    testing::{TestDbs, raw},
};

/// How many databases and roles have names that begin so.
async fn there(admin: &str, name: &str) -> u64 {
    let named = format!(
        "SELECT datname FROM pg_database WHERE starts_with(datname, '{name}_') \
         UNION ALL SELECT rolname FROM pg_roles WHERE starts_with(rolname, '{name}_')"
    );
    raw(admin, &named).await.unwrap()
}

fn passwords() -> [String; 5] {
    ["a1", "b2", "c3", "d4", "e5"].map(str::to_owned)
}

#[tokio::test]
async fn what_was_made_goes_with_all_who_look_at_it() {
    let Some(dbs) = TestDbs::postgres(&registry()).await else { return };
    let admin = dbs.raw.clone().unwrap().superuser;
    let made = provision(&admin, "made_and_gone", &passwords()).await.unwrap();
    assert_eq!(there(&admin, "made_and_gone").await, 7);
    let looking = PgConnection::connect_with(&open::postgres_options(&made.app).unwrap()).await.unwrap();
    made.take_away(&admin).await;
    assert_eq!(there(&admin, "made_and_gone").await, 0);
    drop(looking);
    // The same once more: nothing is in its way.
    provision(&admin, "made_and_gone", &passwords()).await.unwrap().take_away(&admin).await;
    assert_eq!(there(&admin, "made_and_gone").await, 0);
}

#[tokio::test]
async fn what_was_there_before_stays_when_provisioning_fails() {
    let Some(dbs) = TestDbs::postgres(&registry()).await else { return };
    let admin = dbs.raw.clone().unwrap().superuser;
    // The fourth role, or the second database, is somebody else's.
    for (name, before) in [
        ("half_of_roles", "CREATE ROLE half_of_roles_ledger_reader"),
        ("half_of_databases", "CREATE DATABASE half_of_databases_ledger"),
    ] {
        raw(&admin, before).await.unwrap();
        assert!(provision(&admin, name, &passwords()).await.is_err(), "{name}");
        assert_eq!(there(&admin, name).await, 1, "{name}: theirs, and nothing else");
    }
}
