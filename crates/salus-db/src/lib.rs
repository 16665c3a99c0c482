//! The two engines, transactions, migrations, row-level security, and the ledger's appender.
//!
//! Salus keeps its data in a SQLite file encrypted by SQLCipher, or in PostgreSQL. One SQL text runs on both, and this
//! crate has the only `match engine`. The ledger is a second database with roles of its own ([`ledger`]).
//!
//! Invariant: only this crate names a driver, so nobody else can open a connection.

// Named so that its feature (SQLCipher) is chosen here, and not by whoever else happens to need SQLite.
use libsqlite3_sys as _;

pub mod copy;
mod db;
mod error;
pub mod ledger;
mod migrate;
mod open;
mod provision;
mod rls;
mod schema;
mod sight;
mod sql;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod values;

pub use db::{Db, Engine, Reader, Tx};
pub use error::DbError;
pub use migrate::{OwnerConfig, migrate};
pub use open::{DbConfig, Url};
pub use provision::{Provisioned, provision};
pub use schema::{ColumnShape, Schema, TableShape};
pub use sight::Sight;
pub use sql::{At, FromColumn, FromRow, Row, Sql, Value};
pub use values::Values;

#[cfg(test)]
mod tests;
