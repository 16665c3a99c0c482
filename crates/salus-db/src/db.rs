//! The main database: read transactions, write transactions, on either engine.

use std::{
    collections::HashMap,
    fmt,
    ops::{Deref, DerefMut},
    sync::Arc,
};

use sqlx::{AssertSqlSafe, Executor as _, PgPool, Postgres, SqlSafeStr as _, Sqlite, SqlitePool, Transaction};

use crate::{
    DbConfig, DbError, FromRow, Row, Sight, Sql, Value,
    error::UniqueNames,
    migrate,
    open::{self, Url},
    sql::{Engines, bind_lite, bind_pg},
};

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// A file, encrypted by SQLCipher.
    Sqlite,
    /// A server.
    Postgres,
}

impl Engine {
    /// `sqlite` or `postgres`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// An open database. Clones share their connections.
#[derive(Clone)]
pub struct Db {
    pub(crate) pools: Pools,
}

#[derive(Clone)]
pub(crate) enum Pools {
    Lite { writer: SqlitePool, readers: SqlitePool },
    Pg { pool: PgPool, names: UniqueNames },
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Db({})", self.engine().word())
    }
}

impl Db {
    /// Opens the main database, and refuses one that is not encrypted, not reached over verified TLS, or not migrated.
    pub async fn open(config: &DbConfig) -> Result<Self, DbError> {
        let db = Self::connect(config).await?;
        migrate::refuse_unless_current(&db, migrate::MAIN).await?;
        Ok(db)
    }

    /// Opens without asking for migrations.
    pub(crate) async fn connect(config: &DbConfig) -> Result<Self, DbError> {
        let pools = match &config.url {
            Url::Sqlite { path, key } => {
                let (writer, readers) = open::sqlite(path, key, config.readers, false).await?;
                Pools::Lite { writer, readers }
            }
            Url::Postgres { url } => {
                let pool = open::postgres(url, config.readers).await?;
                let names = unique_names(&pool).await?;
                warn_about_fsync(&pool).await?;
                Pools::Pg { pool, names }
            }
        };
        Ok(Self { pools })
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match self.pools {
            Pools::Lite { .. } => Engine::Sqlite,
            Pools::Pg { .. } => Engine::Postgres,
        }
    }

    /// Begins a read transaction: one consistent snapshot. It ends when it is dropped.
    ///
    /// On PostgreSQL BEGIN and the settings travel together: one round trip, and one more for each statement.
    pub async fn read(&self, sight: &Sight) -> Result<Reader, DbError> {
        match &self.pools {
            Pools::Lite { readers, .. } => Reader::lite(readers, "BEGIN").await,
            Pools::Pg { pool, names } => {
                let begin = format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {}", sight.as_literals()?);
                Reader::pg(pool, &begin, names).await
            }
        }
    }

    /// Begins a write transaction; dropped without [`Tx::commit`], it is rolled back.
    ///
    /// On SQLite there is one writer: a second caller waits here until the first is done.
    pub async fn begin(&self, sight: &Sight) -> Result<Tx, DbError> {
        let reader = match &self.pools {
            Pools::Lite { writer, .. } => Reader::lite(writer, "BEGIN IMMEDIATE").await?,
            Pools::Pg { pool, names } => Reader::pg(pool, &format!("BEGIN; {}", sight.as_literals()?), names).await?,
        };
        Ok(Tx { reader })
    }

    /// Asks the engine whether it understands a statement: tables, columns and types. Nothing runs.
    pub async fn prepare(&self, text: &str) -> Result<(), DbError> {
        let text = AssertSqlSafe(text.to_owned()).into_sql_str();
        match &self.pools {
            Pools::Lite { readers, .. } => readers.prepare(text).await.map(drop),
            Pools::Pg { pool, .. } => pool.prepare(text).await.map(drop),
        }
        .map_err(|error| DbError::from_driver(&error, None, ""))
    }

    /// Closes all connections; on SQLite this also folds the write-ahead log into the file.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Lite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Pg { pool, .. } => pool.close().await,
        }
    }
}

/// PostgreSQL's unique constraints by name, as `table.column` words: see [`DbError::Taken`].
async fn unique_names(pool: &PgPool) -> Result<UniqueNames, DbError> {
    const UNIQUE: &str = "
        SELECT i.relname::text,
               string_agg(t.relname::text || '.' || a.attname::text, ', ' ORDER BY k.place)
          FROM pg_index x
          JOIN pg_class i ON i.oid = x.indexrelid
          JOIN pg_class t ON t.oid = x.indrelid
          JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public'
         CROSS JOIN LATERAL unnest(x.indkey::int2[]) WITH ORDINALITY AS k (number, place)
          JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number
         WHERE x.indisunique
         GROUP BY i.relname";
    let rows: Vec<(String, String)> =
        sqlx::query_as(UNIQUE).fetch_all(pool).await.map_err(|error| DbError::from_driver(&error, None, ""))?;
    Ok(Arc::new(HashMap::from_iter(rows)))
}

/// A server that does not wait for its disk loses what it answered for. Tests run on such a one.
async fn warn_about_fsync(pool: &PgPool) -> Result<(), DbError> {
    let fsync: String = sqlx::query_scalar("SELECT current_setting('fsync')")
        .fetch_one(pool)
        .await
        .map_err(|error| DbError::from_driver(&error, None, ""))?;
    if fsync != "on" {
        tracing::warn!("PostgreSQL runs with fsync off: a power cut loses or breaks what it holds");
    }
    Ok(())
}

/// A read transaction.
pub struct Reader {
    conn: Conn,
    /// Some statement failed. PostgreSQL would turn the commit into a rollback without a word; here it is an error.
    failed: bool,
}

enum Conn {
    Lite(Transaction<'static, Sqlite>),
    Pg(Transaction<'static, Postgres>, UniqueNames),
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reader(..)")
    }
}

impl Reader {
    async fn lite(pool: &SqlitePool, begin: &'static str) -> Result<Self, DbError> {
        let transaction = pool.begin_with(begin).await.map_err(|error| DbError::from_driver(&error, None, ""))?;
        Ok(Self { conn: Conn::Lite(transaction), failed: false })
    }

    async fn pg(pool: &PgPool, begin: &str, names: &UniqueNames) -> Result<Self, DbError> {
        // Connections are not tested before use (a round trip each time), so after a restart of the server the pool
        // may hand out every dead connection once.
        let mut attempts = pool.options().get_max_connections();
        loop {
            match pool.begin_with(AssertSqlSafe(begin.to_owned())).await {
                Ok(transaction) => return Ok(Self { conn: Conn::Pg(transaction, names.clone()), failed: false }),
                Err(sqlx::Error::Io(_)) if attempts > 0 => attempts -= 1,
                // The server says that it is shutting down, or that it was told to end this connection.
                Err(error) if attempts > 0 && ended_by_server(&error) => attempts -= 1,
                Err(error) => return Err(DbError::from_driver(&error, None, "")),
            }
        }
    }

    /// All rows, in the statement's order.
    pub async fn all<T: FromRow>(&mut self, sql: Sql, values: Vec<Value>) -> Result<Vec<T>, DbError> {
        self.all_by(sql, values, T::from_row).await
    }

    /// All rows, each read by a function that knows more than a type does.
    pub(crate) async fn all_by<T>(
        &mut self,
        sql: Sql,
        values: Vec<Value>,
        read: impl Fn(&Row<'_>) -> Result<T, DbError>,
    ) -> Result<Vec<T>, DbError> {
        let place = sql.place();
        match &mut self.conn {
            Conn::Lite(conn) => match lite_rows(conn, sql, values).await {
                Ok(rows) => rows.iter().map(|row| read(&Row(Engines::Lite(row)))).collect(),
                Err(error) => Err(self.failure(&error, &place)),
            },
            Conn::Pg(conn, _) => match pg_rows(conn, sql, values).await {
                Ok(rows) => rows.iter().map(|row| read(&Row(Engines::Pg(row)))).collect(),
                Err(error) => Err(self.failure(&error, &place)),
            },
        }
    }

    /// The first row; [`DbError::NotFound`] if there is none.
    pub async fn one<T: FromRow>(&mut self, sql: Sql, values: Vec<Value>) -> Result<T, DbError> {
        self.maybe(sql, values).await?.ok_or(DbError::NotFound)
    }

    /// The first row, if there is one.
    pub async fn maybe<T: FromRow>(&mut self, sql: Sql, values: Vec<Value>) -> Result<Option<T>, DbError> {
        Ok(self.all(sql, values).await?.into_iter().next())
    }

    /// From here on the transaction sees what `sight` sees. SQLite has nothing to set.
    pub async fn look_as(&mut self, sight: &Sight) -> Result<(), DbError> {
        let Conn::Pg(conn, _) = &mut self.conn else { return Ok(()) };
        let (text, values) = sight.as_statement();
        match pg_rows(conn, Sql::owned(text), values).await {
            Ok(_) => Ok(()),
            Err(error) => Err(self.failure(&error, "")),
        }
    }

    /// The first row, if there is one. From here on the transaction also sees as the account that the row names in its
    /// column `account_id`: one round trip where asking and [`Self::look_as`] are two.
    pub async fn maybe_as_its_account<T: FromRow>(
        &mut self,
        sql: Sql,
        values: Vec<Value>,
    ) -> Result<Option<T>, DbError> {
        if self.engine() == Engine::Sqlite {
            return self.maybe(sql, values).await;
        }
        let text = sql.text();
        let with = format!("SELECT q.*, set_config('salus.account', q.account_id, true) AS seen_as FROM ({text}) q");
        self.maybe(Sql::owned(with), values).await
    }

    /// Which engine this runs on.
    pub fn engine(&self) -> Engine {
        match self.conn {
            Conn::Lite(_) => Engine::Sqlite,
            Conn::Pg(..) => Engine::Postgres,
        }
    }

    fn failure(&mut self, error: &sqlx::Error, place: &str) -> DbError {
        self.failed = true;
        let names = match &self.conn {
            Conn::Lite(_) => None,
            Conn::Pg(_, names) => Some(names),
        };
        DbError::from_driver(error, names, place)
    }
}

async fn lite_rows(
    conn: &mut Transaction<'static, Sqlite>,
    sql: Sql,
    values: Vec<Value>,
) -> Result<Vec<sqlx::sqlite::SqliteRow>, sqlx::Error> {
    sqlx::query_with(sql.into_driver(), bind_lite(values)?).fetch_all(&mut **conn).await
}

async fn pg_rows(
    conn: &mut Transaction<'static, Postgres>,
    sql: Sql,
    values: Vec<Value>,
) -> Result<Vec<sqlx::postgres::PgRow>, sqlx::Error> {
    sqlx::query_with(sql.into_driver(), bind_pg(values)?).fetch_all(&mut **conn).await
}

fn ended_by_server(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|database| database.code()).is_some_and(|code| code.starts_with("57P"))
}

/// A write transaction: everything a [`Reader`] can, and changes. Dropped without [`Tx::commit`], it is rolled back.
#[derive(Debug)]
pub struct Tx {
    reader: Reader,
}

impl Deref for Tx {
    type Target = Reader;
    fn deref(&self) -> &Reader {
        &self.reader
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Reader {
        &mut self.reader
    }
}

impl Tx {
    /// Runs a statement and says how many rows it touched.
    pub async fn execute(&mut self, sql: Sql, values: Vec<Value>) -> Result<u64, DbError> {
        let place = sql.place();
        let outcome = match &mut self.reader.conn {
            Conn::Lite(conn) => match bind_lite(values) {
                Ok(values) => sqlx::query_with(sql.into_driver(), values)
                    .execute(&mut **conn)
                    .await
                    .map(|done| done.rows_affected()),
                Err(error) => Err(error),
            },
            Conn::Pg(conn, _) => match bind_pg(values) {
                Ok(values) => sqlx::query_with(sql.into_driver(), values)
                    .execute(&mut **conn)
                    .await
                    .map(|done| done.rows_affected()),
                Err(error) => Err(error),
            },
        };
        outcome.map_err(|error| self.reader.failure(&error, &place))
    }

    /// Runs a statement that must touch a row, such as `UPDATE ... WHERE id = $1 AND version = $2`: none means that
    /// someone was faster, [`DbError::Stale`].
    pub async fn one_row(&mut self, sql: Sql, values: Vec<Value>) -> Result<(), DbError> {
        match self.execute(sql, values).await? {
            0 => Err(DbError::Stale),
            _ => Ok(()),
        }
    }

    /// Keeps everything. After a failed statement it keeps nothing and says so, on both engines.
    pub async fn commit(self) -> Result<(), DbError> {
        if self.reader.failed {
            return Err(DbError::broken("commit after a failed statement: nothing was kept"));
        }
        match self.reader.conn {
            Conn::Lite(conn) => conn.commit().await,
            Conn::Pg(conn, _) => conn.commit().await,
        }
        .map_err(|error| DbError::from_driver(&error, None, " (commit)"))
    }
}
