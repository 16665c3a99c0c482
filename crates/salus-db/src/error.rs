//! What can go wrong in storage: each variant says what the caller can do.

use std::{collections::HashMap, error::Error, sync::Arc};

/// Why a statement did not do what was asked. Neither `Display` nor the chain of causes shows a value from a row.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// No such row, or none that this transaction may see: 404.
    #[error("no such row")]
    NotFound,
    /// Someone else changed the row meanwhile: show it again.
    #[error("the row was changed by someone else")]
    Stale,
    /// A unique column already holds this: `table.column`, or `table.one, table.two`, the same words on both engines.
    #[error("already taken: {0}")]
    Taken(String),
    /// Row-level security, a missing grant, a read transaction or a trigger said no.
    #[error("the database refused")]
    Refused,
    /// Everything else; the cause is for the log.
    #[error("the database failed")]
    Broken(#[source] Box<dyn Error + Send + Sync>),
}

/// A cause in words of our own: what the driver says may hold values (`invalid input syntax for bigint: "..."`).
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Cause(String);

/// PostgreSQL names a broken constraint, SQLite its columns; this map turns the first into the second.
pub(crate) type UniqueNames = Arc<HashMap<String, String>>;

impl DbError {
    /// A failure in our own words, which must hold no values.
    pub(crate) fn broken(words: impl Into<String>) -> Self {
        Self::Broken(Box::new(Cause(words.into())))
    }

    pub(crate) fn from_driver(error: &sqlx::Error, names: Option<&UniqueNames>, place: &str) -> Self {
        let Some(database) = error.as_database_error() else {
            return Self::broken(format!("{}{place}", without_values(error)));
        };
        if let Some(postgres) = database.try_downcast_ref::<sqlx::postgres::PgDatabaseError>() {
            return from_postgres(postgres, names, place);
        }
        let code = database.code().and_then(|code| code.parse::<i32>().ok()).unwrap_or(0);
        from_sqlite(code, database.message(), place)
    }
}

/// Source: PostgreSQL 15 documentation, appendix A (error codes).
fn from_postgres(error: &sqlx::postgres::PgDatabaseError, names: Option<&UniqueNames>, place: &str) -> DbError {
    let code = error.code();
    match code {
        "23505" => {
            let constraint = error.constraint().unwrap_or_default();
            let words = names.and_then(|names| names.get(constraint)).map_or(constraint, String::as_str);
            DbError::Taken(words.to_owned())
        }
        // Insufficient privilege; read-only transaction.
        "42501" | "25006" => {
            tracing::warn!(code, "The database refused a statement{place}: {}", error.message());
            DbError::Refused
        }
        // Serialization failure; deadlock: the other one won.
        "40001" | "40P01" => DbError::Stale,
        // Classes 22 (data), 23 (constraints) and P0 (raised) quote values in their messages.
        _ if code.starts_with("22") || code.starts_with("23") || code.starts_with("P0") => DbError::broken(format!(
            "PostgreSQL {code}, table {}, constraint {}{place}",
            error.table().unwrap_or("?"),
            error.constraint().unwrap_or("?")
        )),
        _ => DbError::broken(format!("PostgreSQL {code}: {}{place}", error.message())),
    }
}

/// Source: sqlite.org/rescode.html. SQLite's messages name columns and never values.
fn from_sqlite(code: i32, message: &str, place: &str) -> DbError {
    const UNIQUE: i32 = 2067;
    const PRIMARY_KEY: i32 = 1555;
    const TRIGGER: i32 = 1811;
    const READ_ONLY: i32 = 8;
    const AUTH: i32 = 23;
    match code {
        UNIQUE | PRIMARY_KEY => {
            let columns = message.split_once("failed: ").map_or(message, |(_, columns)| columns);
            DbError::Taken(columns.to_owned())
        }
        _ if code == TRIGGER || code & 0xff == READ_ONLY || code == AUTH => {
            tracing::warn!(code, "The database refused a statement{place}: {message}");
            DbError::Refused
        }
        _ => DbError::broken(format!("SQLite {code}: {message}{place}")),
    }
}

/// The driver's own errors, without those parts that may quote what was read or sent.
fn without_values(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::ColumnDecode { index, .. } => format!("column {index} holds something else than expected"),
        sqlx::Error::ColumnNotFound(name) => format!("no column {name} in the result"),
        sqlx::Error::ColumnIndexOutOfBounds { index, len } => format!("no column {index} in a result of {len}"),
        sqlx::Error::Decode(_) => "a value could not be read".to_owned(),
        sqlx::Error::Encode(_) => "a value could not be sent".to_owned(),
        sqlx::Error::Configuration(_) => "the database's address is not one".to_owned(),
        sqlx::Error::PoolTimedOut => "no connection became free in time".to_owned(),
        sqlx::Error::PoolClosed => "the database is closed".to_owned(),
        sqlx::Error::Io(cause) => format!("connection: {}", cause.kind()),
        sqlx::Error::Tls(cause) => format!("TLS: {cause}"),
        sqlx::Error::Protocol(cause) => format!("protocol: {cause}"),
        other => {
            // The name of the variant, and nothing that it carries.
            let name = format!("{other:?}");
            name.split(['(', ' ', '{']).next().unwrap_or("unknown").to_owned()
        }
    }
}
