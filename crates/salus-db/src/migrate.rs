//! Migrations: one ordered list per database, applied once, never changed.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use salus_kernel::TableEntry;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};

use crate::{
    Db, DbError, Engine, Sight, Sql,
    open::{self, Url},
    rls, sql,
};

/// One step of the schema.
pub(crate) struct Migration {
    pub(crate) name: &'static str,
    common: &'static str,
    postgres: Option<&'static str>,
}

include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

impl Migration {
    pub(crate) fn text(&self, engine: Engine) -> &'static str {
        match engine {
            Engine::Sqlite => self.common,
            Engine::Postgres => self.postgres.unwrap_or(self.common),
        }
    }

    fn checksum(&self, engine: Engine) -> String {
        hex::encode(digest(&SHA256, self.text(engine).as_bytes()))
    }
}

/// How the owner reaches a database: for migrations, for row-level security, for backup.
#[derive(Debug, Clone)]
pub struct OwnerConfig {
    /// On SQLite the same file and key as the application's; on PostgreSQL the address with the owner's role.
    pub url: Url,
}

const TABLE: &str = "
    CREATE TABLE IF NOT EXISTS schema_migration (
        name TEXT NOT NULL PRIMARY KEY,
        checksum TEXT NOT NULL
    )";
const APPLIED: Sql = sql!("SELECT name, checksum FROM schema_migration ORDER BY name");

/// Brings the main database up to date: migrations, then (on PostgreSQL) row-level security and grants, made anew each
/// time from the registry. All of it happens or none; a table that the registry does not know is refused.
///
/// `app_role` is the application's role on PostgreSQL: it exists already, is no superuser, and will own nothing.
pub async fn migrate(owner: &OwnerConfig, registry: &[TableEntry], app_role: &str) -> Result<(), DbError> {
    run(
        owner,
        MAIN,
        |engine| match engine {
            Engine::Sqlite => Ok(None),
            Engine::Postgres => rls::main_script(registry, app_role).map(Some),
        },
        |tables| rls::refuse_unknown_tables(tables, registry),
    )
    .await
}

/// Runs a list of migrations and then a script of the owner's, in one transaction.
pub(crate) async fn run(
    owner: &OwnerConfig,
    list: &[Migration],
    script: impl Fn(Engine) -> Result<Option<String>, DbError>,
    check: impl Fn(&[String]) -> Result<(), DbError>,
) -> Result<(), DbError> {
    let broken = |error: sqlx::Error| DbError::from_driver(&error, None, " (migration)");
    match &owner.url {
        Url::Sqlite { path, key } => {
            let (writer, readers) = open::sqlite(path, key, 1, true).await?;
            readers.close().await;
            let outcome = async {
                let mut connection = writer.acquire().await.map_err(broken)?;
                let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(broken)?;
                on_sqlite(&mut transaction, list).await?;
                let tables: Vec<String> = sqlx::query_scalar(
                    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
                )
                .fetch_all(&mut *transaction)
                .await
                .map_err(broken)?;
                check(&tables)?;
                transaction.commit().await.map_err(broken)
            }
            .await;
            writer.close().await;
            outcome
        }
        Url::Postgres { url } => {
            let options = open::postgres_options(url)?.application_name("salus migrate");
            let mut connection = PgConnection::connect_with(&options).await.map_err(broken)?;
            let mut transaction = connection.begin().await.map_err(broken)?;
            // Two programs that start together must not both migrate. The number is only ours.
            sqlx::raw_sql("SELECT pg_advisory_xact_lock(7305804402)")
                .execute(&mut *transaction)
                .await
                .map_err(broken)?;
            on_postgres(&mut transaction, list).await?;
            let tables: Vec<String> = sqlx::query_scalar(
                "SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                  WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')",
            )
            .fetch_all(&mut *transaction)
            .await
            .map_err(broken)?;
            check(&tables)?;
            if let Some(script) = script(Engine::Postgres)? {
                sqlx::raw_sql(AssertSqlSafe(script)).execute(&mut *transaction).await.map_err(broken)?;
            }
            transaction.commit().await.map_err(broken)?;
            connection.close().await.map_err(broken)
        }
    }
}

macro_rules! runner {
    ($name:ident, $connection:ty, $engine:expr) => {
        async fn $name(connection: &mut $connection, list: &[Migration]) -> Result<(), DbError> {
            let broken = |error: sqlx::Error| DbError::from_driver(&error, None, " (migration)");
            sqlx::raw_sql(TABLE).execute(&mut *connection).await.map_err(broken)?;
            let applied: Vec<(String, String)> =
                sqlx::query_as(APPLIED.into_driver()).fetch_all(&mut *connection).await.map_err(broken)?;
            for migration in still_to_run(list, applied, $engine)? {
                sqlx::raw_sql(migration.text($engine))
                    .execute(&mut *connection)
                    .await
                    .map_err(|error| DbError::from_driver(&error, None, &format!(" (migration {})", migration.name)))?;
                sqlx::query("INSERT INTO schema_migration (name, checksum) VALUES ($1, $2)")
                    .bind(migration.name)
                    .bind(migration.checksum($engine))
                    .execute(&mut *connection)
                    .await
                    .map_err(broken)?;
            }
            Ok(())
        }
    };
}

runner!(on_sqlite, SqliteConnection, Engine::Sqlite);
runner!(on_postgres, PgConnection, Engine::Postgres);

/// The migrations not yet applied, in order; refuses a history that is not this program's.
pub(crate) fn still_to_run(
    list: &[Migration],
    applied: Vec<(String, String)>,
    engine: Engine,
) -> Result<Vec<&Migration>, DbError> {
    let mut applied: BTreeMap<String, String> = applied.into_iter().collect();
    let mut missing = Vec::new();
    for migration in list {
        match applied.remove(migration.name) {
            None => missing.push(migration),
            Some(checksum) if checksum == migration.checksum(engine) => {}
            Some(_) => {
                let name = migration.name;
                return Err(DbError::broken(format!(
                    "migration {name} was changed after it had been applied: write a new one"
                )));
            }
        }
    }
    match applied.into_keys().next() {
        None => Ok(missing),
        Some(name) => Err(DbError::broken(format!("the database is newer than this program: it has migration {name}"))),
    }
}

/// Refuses to start on a database whose schema is not this program's.
pub(crate) async fn refuse_unless_current(db: &Db, list: &[Migration]) -> Result<(), DbError> {
    let applied = match db.read(&Sight::default()).await?.all(APPLIED, Vec::new()).await {
        Err(DbError::Broken(cause)) if cause.to_string().contains("schema_migration") => Vec::new(),
        other => other?,
    };
    match still_to_run(list, applied, db.engine())?.first() {
        None => Ok(()),
        Some(first) => {
            Err(DbError::broken(format!("the database lacks migration {}: run `salus migrate`", first.name)))
        }
    }
}
