//! Roles and empty databases in a PostgreSQL cluster, made with an administrator's address: the demo's, and what
//! `docs/operations.md` asks an operator to do by hand.

use std::str::FromStr as _;

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, postgres::PgConnectOptions};

use crate::{DbError, open};

/// The addresses of a clinic's two databases, by role.
#[derive(Clone)]
pub struct Provisioned {
    /// The application: owns nothing.
    pub app: String,
    /// The main database's owner: migrations and backup.
    pub owner: String,
    /// May only insert into the ledger.
    pub ledger_writer: String,
    /// May only read the ledger.
    pub ledger_reader: String,
    /// The ledger's owner.
    pub ledger_owner: String,
    /// The names of the roles that the grants go to: application, ledger writer, ledger reader.
    pub roles: [String; 3],
}

/// Makes five roles with these passwords and two databases, all named after `name`.
pub async fn provision(admin: &str, name: &str, passwords: &[String; 5]) -> Result<Provisioned, DbError> {
    let plain = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    if !plain(name) || !passwords.iter().all(|password| plain(password)) {
        return Err(DbError::broken("names and passwords of roles are of a-z, 0-9 and _"));
    }
    let options = open::postgres_options(admin)?;
    let mut connection = PgConnection::connect_with(&options).await.map_err(failed)?;
    let [app, owner, writer, reader, ledger_owner] =
        ["app", "owner", "ledger_writer", "ledger_reader", "ledger_owner"].map(|role| format!("{name}_{role}"));
    let (main, ledger) = (format!("{name}_main"), format!("{name}_ledger"));
    let mut statements = Vec::new();
    for (role, password) in [&app, &owner, &writer, &reader, &ledger_owner].into_iter().zip(passwords) {
        statements.push(format!("CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '{password}'"));
    }
    for (database, owner, readers) in
        [(&main, &owner, app.clone()), (&ledger, &ledger_owner, format!("{writer}, {reader}"))]
    {
        statements.push(format!("CREATE DATABASE {database} OWNER {owner}"));
        statements.push(format!("REVOKE ALL ON DATABASE {database} FROM PUBLIC"));
        statements.push(format!("GRANT CONNECT ON DATABASE {database} TO {readers}"));
    }
    for statement in statements {
        connection.execute(sqlx::raw_sql(AssertSqlSafe(statement))).await.map_err(failed)?;
    }
    connection.close().await.map_err(failed)?;
    let [app_password, owner_password, writer_password, reader_password, ledger_owner_password] = passwords;
    Ok(Provisioned {
        app: address(admin, &app, app_password, &main)?,
        owner: address(admin, &owner, owner_password, &main)?,
        ledger_writer: address(admin, &writer, writer_password, &ledger)?,
        ledger_reader: address(admin, &reader, reader_password, &ledger)?,
        ledger_owner: address(admin, &ledger_owner, ledger_owner_password, &ledger)?,
        roles: [app, writer, reader],
    })
}

/// The administrator's address with another role and database.
fn address(admin: &str, role: &str, password: &str, database: &str) -> Result<String, DbError> {
    let rest = admin
        .split_once("://")
        .map(|(_, rest)| rest)
        .ok_or_else(|| DbError::broken("the database's address is not one"))?;
    let at_host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let (host, query) = at_host.split_once('?').map_or((at_host, ""), |(host, query)| (host, query));
    let host = host.split('/').next().unwrap_or(host);
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    let address = format!("postgres://{role}:{password}@{host}/{database}{query}");
    PgConnectOptions::from_str(&address).map_err(failed)?;
    Ok(address)
}

fn failed(error: sqlx::Error) -> DbError {
    DbError::from_driver(&error, None, " (provision)")
}
