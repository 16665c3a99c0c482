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
    made: Vec<Made>,
}

/// Something in the cluster that was not there before.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Made {
    Role(String),
    Database(String),
}

impl Made {
    fn drop_it(&self) -> String {
        match self {
            Self::Role(name) => format!("DROP ROLE {name}"),
            // Connections may be open to it still; nobody but whoever made it has any.
            Self::Database(name) => format!("DROP DATABASE {name} WITH (FORCE)"),
        }
    }
}

impl Provisioned {
    /// Takes away exactly what was made, with all that is in it. What can't be is said in the log: a person can.
    pub async fn take_away(&self, admin: &str) {
        let connection = match open::postgres_options(admin) {
            Ok(options) => PgConnection::connect_with(&options).await.map_err(failed),
            Err(error) => Err(error),
        };
        match connection {
            Ok(mut connection) => take_away(&mut connection, &self.made).await,
            Err(error) => tracing::warn!(left = ?self.made, "Nothing in PostgreSQL could be taken away: {error}"),
        }
    }
}

async fn take_away(connection: &mut PgConnection, made: &[Made]) {
    // Databases before the roles that own them.
    for one in made.iter().rev() {
        if let Err(error) = connection.execute(sqlx::raw_sql(AssertSqlSafe(one.drop_it()))).await {
            tracing::warn!(left = ?one, "Could not be taken away: {}", failed(error));
        }
    }
}

/// Makes five roles with these passwords and two databases, all named after `name`; all of them or none.
pub async fn provision(admin: &str, name: &str, passwords: &[String; 5]) -> Result<Provisioned, DbError> {
    let plain = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    if !plain(name) || !passwords.iter().all(|password| plain(password)) {
        return Err(DbError::broken("names and passwords of roles are of a-z, 0-9 and _"));
    }
    let [app, owner, writer, reader, ledger_owner] =
        ["app", "owner", "ledger_writer", "ledger_reader", "ledger_owner"].map(|role| format!("{name}_{role}"));
    let (main, ledger) = (format!("{name}_main"), format!("{name}_ledger"));
    let [app_password, owner_password, writer_password, reader_password, ledger_owner_password] = passwords;
    let addresses = [
        address(admin, &app, app_password, &main)?,
        address(admin, &owner, owner_password, &main)?,
        address(admin, &writer, writer_password, &ledger)?,
        address(admin, &reader, reader_password, &ledger)?,
        address(admin, &ledger_owner, ledger_owner_password, &ledger)?,
    ];
    let options = open::postgres_options(admin)?;
    let mut connection = PgConnection::connect_with(&options).await.map_err(failed)?;
    let mut statements = Vec::new();
    for (role, password) in [&app, &owner, &writer, &reader, &ledger_owner].into_iter().zip(passwords) {
        statements.push((
            format!("CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '{password}'"),
            Some(Made::Role(role.clone())),
        ));
    }
    for (database, owner, readers) in
        [(&main, &owner, app.clone()), (&ledger, &ledger_owner, format!("{writer}, {reader}"))]
    {
        let made = Some(Made::Database(database.clone()));
        statements.push((format!("CREATE DATABASE {database} OWNER {owner}"), made));
        statements.push((format!("REVOKE ALL ON DATABASE {database} FROM PUBLIC"), None));
        statements.push((format!("GRANT CONNECT ON DATABASE {database} TO {readers}"), None));
    }
    let mut made = Vec::new();
    for (statement, makes) in statements {
        if let Err(error) = connection.execute(sqlx::raw_sql(AssertSqlSafe(statement))).await {
            take_away(&mut connection, &made).await;
            return Err(failed(error));
        }
        made.extend(makes);
    }
    // Everything is there: a connection that does not end well changes nothing about it.
    drop(connection.close().await);
    let [app_address, owner_address, writer_address, reader_address, ledger_owner_address] = addresses;
    Ok(Provisioned {
        app: app_address,
        owner: owner_address,
        ledger_writer: writer_address,
        ledger_reader: reader_address,
        ledger_owner: ledger_owner_address,
        roles: [app, writer, reader],
        made,
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
    // These would win over the role and the database that stand before them: everything would be the administrator's.
    let mut names = query.split('&').filter_map(|pair| pair.split('=').next());
    if names.any(|name| matches!(name, "user" | "password" | "dbname")) {
        return Err(DbError::broken("the administrator's address names its user before the @, not behind the ?"));
    }
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    let address = format!("postgres://{role}:{password}@{host}/{database}{query}");
    PgConnectOptions::from_str(&address).map_err(failed)?;
    Ok(address)
}

fn failed(error: sqlx::Error) -> DbError {
    DbError::from_driver(&error, None, " (provision)")
}
