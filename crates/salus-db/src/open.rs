//! Opening connections, and refusing to start on what is not safe.

use std::{
    fmt, fs,
    io::Read as _,
    path::{Path, PathBuf},
    str::FromStr as _,
    time::Duration,
};

use sqlx::{
    ConnectOptions as _, PgPool, SqlitePool,
    postgres::{PgConnectOptions, PgPoolOptions, PgSslMode},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::DbError;

/// Where a database is.
#[derive(Clone)]
pub enum Url {
    /// A file encrypted by SQLCipher.
    Sqlite {
        /// The file.
        path: PathBuf,
        /// Its key.
        key: [u8; 32],
    },
    /// A server. Unless it is on this machine, the address must say `sslmode=verify-full`.
    Postgres {
        /// `postgres://role:password@host/database`
        url: String,
    },
}

impl fmt::Debug for Url {
    /// Without key, password and address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite { .. } => "Sqlite(..)",
            Self::Postgres { .. } => "Postgres(..)",
        })
    }
}

/// How the application reaches the main database.
#[derive(Debug, Clone)]
pub struct DbConfig {
    /// Where it is; on PostgreSQL with the application's role, which owns nothing.
    pub url: Url,
    /// Connections for reading (SQLite) or in all (PostgreSQL).
    pub readers: u32,
}

impl DbConfig {
    /// With the usual number of connections.
    pub fn new(url: Url) -> Self {
        let readers = match url {
            Url::Sqlite { .. } => 4,
            Url::Postgres { .. } => 16,
        };
        Self { url, readers }
    }
}

/// How long a writer waits for another process that writes to the same file, and anybody for a free connection.
const PATIENCE: Duration = Duration::from_secs(15);

/// Opens one writer and some readers. With `create`, a missing file is made, readable by its owner alone.
pub(crate) async fn sqlite(
    path: &Path,
    key: &[u8; 32],
    readers: u32,
    create: bool,
) -> Result<(SqlitePool, SqlitePool), DbError> {
    refuse_plain_file(path)?;
    if create && !path.exists() {
        create_private(path)?;
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        // Raw key: 64 hexadecimal digits, no derivation. sqlx runs this pragma before any other.
        .pragma("key", format!("\"x'{}'\"", hex::encode(key)))
        .journal_mode(SqliteJournalMode::Wal)
        // A medical record should survive a pulled plug.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        .pragma("temp_store", "MEMORY")
        .pragma("secure_delete", "ON")
        .pragma("trusted_schema", "OFF")
        // Else INSERT OR REPLACE would delete a ledger row without asking its trigger.
        .pragma("recursive_triggers", "ON")
        .pragma("cell_size_check", "ON")
        .statement_cache_capacity(512)
        // Statements are logged nowhere: the first one is the key.
        .disable_statement_logging();
    let writer = sqlite_pool(1, options.clone()).await?;
    let version: Option<String> = sqlx::query_scalar("PRAGMA cipher_version")
        .fetch_optional(&writer)
        .await
        .map_err(|error| DbError::from_driver(&error, None, ""))?;
    if version.is_none_or(|version| version.is_empty()) {
        return Err(DbError::broken("this SQLite was built without SQLCipher: the file would not be encrypted"));
    }
    let readers = sqlite_pool(readers.max(1), options.pragma("query_only", "ON")).await?;
    #[cfg(any(test, feature = "testing"))]
    of_tests::note(path, [&writer, &readers]);
    Ok((writer, readers))
}

/// The pools of tests by file. A thread that still closes a file while the process ends uses libcrypto after libcrypto's
/// own end, and crashes: so each test waits here until its files are closed.
#[cfg(any(test, feature = "testing"))]
pub(crate) mod of_tests {
    use std::{
        path::{Path, PathBuf},
        sync::{Mutex, PoisonError},
    };

    use sqlx::SqlitePool;

    static OPEN: Mutex<Vec<(PathBuf, SqlitePool)>> = Mutex::new(Vec::new());

    pub(crate) fn note(path: &Path, pools: [&SqlitePool; 2]) {
        let pools = pools.into_iter().map(|pool| (path.to_owned(), pool.clone()));
        OPEN.lock().unwrap_or_else(PoisonError::into_inner).extend(pools);
    }

    pub(crate) async fn close(paths: &[PathBuf]) {
        let pools: Vec<_> = {
            let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
            open.extract_if(.., |(path, _)| paths.contains(path)).collect()
        };
        for (_, pool) in pools {
            drop(tokio::time::timeout(std::time::Duration::from_secs(5), pool.close()).await);
        }
    }
}

async fn sqlite_pool(connections: u32, options: SqliteConnectOptions) -> Result<SqlitePool, DbError> {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(PATIENCE * 2)
        .test_before_acquire(false)
        .connect_with(options)
        .await
        .map_err(|error| match DbError::from_driver(&error, None, "") {
            // What SQLite says of a file that does not open with this key.
            DbError::Broken(cause) if cause.to_string().contains("not a database") => {
                DbError::broken("the file does not open with this key")
            }
            other => other,
        })
}

/// Invariant: no handle on a database file is ever closed by us. Closing one drops every POSIX lock that this process
/// holds on the file (sqlite.org/howtocorrupt.html, 2.2), and the next process to end would take the journal away.
fn refuse_plain_file(path: &Path) -> Result<(), DbError> {
    let mut start = [0; 15];
    let read = fs::File::open(path).and_then(|mut file| {
        let read = file.read_exact(&mut start);
        std::mem::forget(file);
        read
    });
    match read {
        Ok(()) if start == *b"SQLite format 3" => {
            Err(DbError::broken("the database file is not encrypted: refusing to use it"))
        }
        // Missing or still empty.
        _ => Ok(()),
    }
}

fn create_private(path: &Path) -> Result<(), DbError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|error| DbError::broken(format!("creating the file: {}", error.kind())))
}

pub(crate) async fn postgres(url: &str, connections: u32) -> Result<PgPool, DbError> {
    let options = postgres_options(url)?;
    PgPoolOptions::new()
        .max_connections(connections.max(1))
        .min_connections(0)
        .idle_timeout(Duration::from_secs(600))
        .max_lifetime(Duration::from_secs(3600))
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .connect_with(options)
        .await
        .map_err(|error| DbError::from_driver(&error, None, ""))
}

/// Refuses an address whose connection could be read or answered by someone in between.
pub(crate) fn postgres_options(url: &str) -> Result<PgConnectOptions, DbError> {
    let options = PgConnectOptions::from_str(url).map_err(|error| DbError::from_driver(&error, None, ""))?;
    let host = options.get_host();
    let local = options.get_socket().is_some()
        || host.starts_with('/')
        || host == "localhost"
        || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    if !local && !matches!(options.get_ssl_mode(), PgSslMode::VerifyFull) {
        return Err(DbError::broken("PostgreSQL is on another machine, so its address must say sslmode=verify-full"));
    }
    Ok(options
        .application_name("salus")
        .statement_cache_capacity(512)
        .options([
            ("statement_timeout", "60s"),
            ("lock_timeout", "15s"),
            ("idle_in_transaction_session_timeout", "120s"),
            ("standard_conforming_strings", "on"),
            // What was answered for is on disk, whatever the server's default.
            ("synchronous_commit", "on"),
        ])
        .disable_statement_logging())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_machine_needs_verified_tls() {
        for fine in [
            "postgres://u:p@localhost/d",
            "postgres://u:p@127.0.0.1:5433/d",
            "postgres://u:p@[::1]/d",
            "postgres://u:p@localhost/d?host=/run/postgresql",
            "postgres://u:p@db.example.org/d?sslmode=verify-full",
        ] {
            assert!(postgres_options(fine).is_ok(), "{fine}");
        }
        for bad in [
            "postgres://u:p@db.example.org/d",
            "postgres://u:p@10.0.0.7/d?sslmode=require",
            "postgres://u:p@db.example.org/d?sslmode=verify-ca",
            "postgres://u:p@localhost.example.org/d?sslmode=prefer",
            "postgres://u:p@localhost/d?host=10.0.0.7",
        ] {
            assert!(postgres_options(bad).is_err(), "{bad}");
        }
    }
}
