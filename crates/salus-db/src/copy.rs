//! Whole tables out of one database and into another, row by row: what backup and restore are made of.
//!
//! Both engines hand out and take the same rows, so that a clinic can move from one to the other. It is the owner who
//! copies: row-level security lets nobody else see everything.

use std::{collections::BTreeSet, path::Path};

use salus_kernel::Instant;

use crate::{
    Db, DbConfig, DbError, Engine, OwnerConfig, Reader, Schema, Sight, Sql, TableShape, Tx, Url, Value, args,
    migrate::{LEDGER, MAIN, Migration, run},
    sql,
    sql::{At, Row},
};

/// Which of a clinic's two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    /// The clinic's data.
    Main,
    /// The ledger.
    Ledger,
}

impl Store {
    /// `main` or `ledger`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Main => "main",
            Self::Ledger => "ledger",
        }
    }

    const fn migrations(self) -> &'static [Migration] {
        match self {
            Self::Main => MAIN,
            Self::Ledger => LEDGER,
        }
    }

    /// The first of the program's migrations, as many as are named; refuses names that it does not have.
    fn named(self, names: &[String]) -> Result<&'static [Migration], DbError> {
        let all = self.migrations();
        let known = all.iter().map(|migration| migration.name);
        match all.get(..names.len()).filter(|_| known.zip(names).all(|(known, name)| known == name)) {
            Some(list) => Ok(list),
            None => Err(DbError::broken(format!(
                "the {} database was copied from another version of this program, with migration {}",
                self.word(),
                names.last().map_or("none", String::as_str)
            ))),
        }
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Int,
    Bool,
    Bytes,
}

impl Kind {
    fn of(word: &str) -> Result<Self, DbError> {
        match word {
            "TEXT" => Ok(Self::Text),
            "BIGINT" => Ok(Self::Int),
            "BOOLEAN" => Ok(Self::Bool),
            "BYTEA" => Ok(Self::Bytes),
            other => Err(DbError::broken(format!("a column of the type {other}, which no table of ours uses"))),
        }
    }

    fn read(self, row: &Row<'_>, at: usize) -> Result<Value, DbError> {
        let at = At::Index(at);
        Ok(match self {
            Self::Text => Value::Text(row.opt_text(at)?),
            Self::Int => Value::Int(row.opt_int(at)?),
            Self::Bool => Value::Bool(row.opt_boolean(at)?),
            Self::Bytes => Value::Bytes(row.opt_bytes(at)?),
        })
    }

    const fn takes(self, value: &Value) -> bool {
        matches!(
            (self, value),
            (Self::Text, Value::Text(_))
                | (Self::Int, Value::Int(_))
                | (Self::Bool, Value::Bool(_))
                | (Self::Bytes, Value::Bytes(_))
        )
    }
}

/// A table that is copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopiedTable {
    /// As in SQL.
    pub name: String,
    /// In order.
    pub columns: Vec<String>,
    kinds: Vec<Kind>,
    /// The places of the primary key's columns.
    key: Vec<usize>,
}

impl CopiedTable {
    fn of(shape: &TableShape) -> Result<Self, DbError> {
        let columns: Vec<String> = shape.columns.iter().map(|column| column.name.clone()).collect();
        let place = |name: &String| columns.iter().position(|column| column == name);
        let key: Vec<usize> = shape.primary_key.iter().filter_map(place).collect();
        if key.is_empty() {
            return Err(DbError::broken(format!("table {} has no primary key to copy it by", shape.name)));
        }
        let kinds = shape.columns.iter().map(|column| Kind::of(&column.kind)).collect::<Result<_, _>>()?;
        Ok(Self { name: shape.name.clone(), columns, kinds, key })
    }

    /// Where a column stands.
    pub fn place(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|name| name == column)
    }

    /// Whether the values of a row are as many as the columns, and of their kinds.
    pub fn takes(&self, row: &[Value]) -> bool {
        row.len() == self.kinds.len() && self.kinds.iter().zip(row).all(|(kind, value)| kind.takes(value))
    }

    fn key_of(&self, row: &[Value]) -> Vec<Value> {
        self.key.iter().filter_map(|place| row.get(*place).cloned()).collect()
    }

    fn key_columns(&self) -> String {
        let names: Vec<&str> =
            self.key.iter().filter_map(|place| self.columns.get(*place)).map(String::as_str).collect();
        names.join(", ")
    }
}

/// Every table with rows of ours, each after those that it refers to.
async fn tables(reader: &mut Reader) -> Result<Vec<CopiedTable>, DbError> {
    let schema = Schema::read(reader).await?;
    let mut waiting: Vec<&TableShape> = schema.tables.iter().filter(|table| table.name != "schema_migration").collect();
    let mut placed: BTreeSet<&str> = BTreeSet::new();
    let mut ordered = Vec::new();
    while !waiting.is_empty() {
        let (ready, later): (Vec<&TableShape>, Vec<&TableShape>) = waiting
            .iter()
            .copied()
            .partition(|table| refers_to(table).all(|to| to == table.name || placed.contains(to)));
        if ready.is_empty() {
            return Err(DbError::broken("tables that refer to one another in a circle"));
        }
        for table in ready {
            ordered.push(CopiedTable::of(table)?);
            placed.insert(&table.name);
        }
        waiting = later;
    }
    Ok(ordered)
}

/// From `foreign key (account_id) references account (id)`: `account`.
fn refers_to(table: &TableShape) -> impl Iterator<Item = &str> {
    let foreign = table.others.iter().filter(|line| line.starts_with("foreign key"));
    foreign.filter_map(|line| line.split_once(") references ")?.1.split(' ').next())
}

/// The rows after a key, by key, at most so many.
async fn page(
    reader: &mut Reader,
    table: &CopiedTable,
    after: Option<Vec<Value>>,
    limit: u32,
) -> Result<Vec<Vec<Value>>, DbError> {
    let (key, mut values) = (table.key_columns(), after.unwrap_or_default());
    let places: Vec<String> = (1..=values.len()).map(|number| format!("${number}")).collect();
    let beyond = if values.is_empty() { String::new() } else { format!("WHERE ({key}) > ({})", places.join(", ")) };
    let columns = table.columns.join(", ");
    values.push(limit.into());
    let last = values.len();
    let text = format!("SELECT {columns} FROM {} {beyond} ORDER BY {key} LIMIT ${last}", table.name);
    let read = |row: &Row<'_>| table.kinds.iter().enumerate().map(|(at, kind)| kind.read(row, at)).collect();
    reader.all_by(Sql::owned(text), values, read).await
}

async fn count(reader: &mut Reader, table: &str) -> Result<u64, DbError> {
    let (rows,): (i64,) = reader.one(Sql::owned(format!("SELECT COUNT(*) FROM {table}")), Vec::new()).await?;
    Ok(u64::try_from(rows).unwrap_or(0))
}

/// Goes through a table page by page.
#[derive(Debug, Default)]
pub struct Pages {
    after: Option<Vec<Value>>,
    done: bool,
}

impl Pages {
    /// The next rows; none when there are no more.
    pub async fn next(&mut self, reader: &mut Reader, table: &CopiedTable) -> Result<Vec<Vec<Value>>, DbError> {
        /// Rows of a page. A row has a document at most, so that a page stays small.
        const ROWS: u32 = 200;
        if self.done {
            return Ok(Vec::new());
        }
        let rows = page(reader, table, self.after.take(), ROWS).await?;
        self.after = rows.last().map(|row| table.key_of(row));
        self.done = u32::try_from(rows.len()).unwrap_or(ROWS) < ROWS;
        Ok(rows)
    }
}

const LAST_MANIFEST: Sql = sql!("SELECT note FROM manifest ORDER BY number DESC LIMIT 1");
const APPLIED: Sql = sql!("SELECT name FROM schema_migration ORDER BY name");

/// A database as it was at one moment, while others go on writing.
#[derive(Debug)]
pub struct Source {
    db: Db,
    /// One snapshot for all that is read.
    pub reader: Reader,
    /// Every table, each after those that it refers to.
    pub tables: Vec<CopiedTable>,
    /// The schema's migrations.
    pub migrations: Vec<String>,
}

impl Source {
    /// Opens as the owner and takes the snapshot.
    pub async fn open(owner: &OwnerConfig) -> Result<Self, DbError> {
        let db = Db::connect(&DbConfig { url: owner.url.clone(), readers: 1 }).await?;
        let mut reader = db.read(&Sight::default()).await?;
        // On SQLite the first statement takes the snapshot.
        let migrations: Vec<(String,)> = reader.all(APPLIED, Vec::new()).await?;
        let tables = tables(&mut reader).await?;
        Ok(Self { db, reader, tables, migrations: migrations.into_iter().map(|(name,)| name).collect() })
    }

    /// The newest manifest in the snapshot of a ledger.
    pub async fn last_manifest(&mut self) -> Result<Option<String>, DbError> {
        let note: Option<(String,)> = self.reader.maybe(LAST_MANIFEST, Vec::new()).await?;
        Ok(note.map(|(note,)| note))
    }

    /// How many rows a table has.
    pub async fn count(&mut self, table: &CopiedTable) -> Result<u64, DbError> {
        count(&mut self.reader, &table.name).await
    }

    /// Which engine it runs on.
    pub fn engine(&self) -> Engine {
        self.db.engine()
    }

    /// Lets go of the snapshot.
    pub async fn close(self) {
        drop(self.reader);
        self.db.close().await;
    }
}

/// An empty database that is being filled, in one transaction: all of it or nothing.
#[derive(Debug)]
pub struct Target {
    db: Db,
    tx: Tx,
    /// Every table.
    pub tables: Vec<CopiedTable>,
}

impl Target {
    /// Makes the tables that these migrations make, and begins. A database with a row in it is refused, and a file that
    /// is there already.
    pub async fn begin(owner: &OwnerConfig, store: Store, migrations: &[String]) -> Result<Self, DbError> {
        if let Url::Sqlite { path, .. } = &owner.url {
            refuse_file(path)?;
        }
        run(owner, store.named(migrations)?, |_| Ok(None), |_| Ok(())).await?;
        let db = Db::connect(&DbConfig { url: owner.url.clone(), readers: 1 }).await?;
        let mut tx = db.begin(&Sight::default()).await?;
        let tables = tables(&mut tx).await?;
        for table in &tables {
            let rows = count(&mut tx, &table.name).await?;
            if rows > 0 {
                let (name, store) = (&table.name, store.word());
                return Err(DbError::broken(format!("the {store} database is not empty: {name} has {rows} rows")));
            }
        }
        Ok(Self { db, tx, tables })
    }

    /// Puts rows into a table.
    pub async fn insert(&mut self, table: &CopiedTable, mut rows: Vec<Vec<Value>>) -> Result<(), DbError> {
        let columns = table.columns.join(", ");
        // Few lengths, so that the engines can keep the statements.
        for size in [64, 8, 1] {
            while rows.len() >= size {
                let rest = rows.split_off(size);
                let mut numbers = 1..;
                let tuples: Vec<String> = rows
                    .iter()
                    .map(|row| {
                        let places: Vec<String> =
                            numbers.by_ref().take(row.len()).map(|number: u32| format!("${number}")).collect();
                        format!("({})", places.join(", "))
                    })
                    .collect();
                let text = format!("INSERT INTO {} ({columns}) VALUES {}", table.name, tuples.join(", "));
                self.tx.execute(Sql::owned(text), rows.into_iter().flatten().collect()).await?;
                rows = rest;
            }
        }
        Ok(())
    }

    /// What has been put in so far, for looking it over before it is kept.
    pub fn reader(&mut self) -> &mut Reader {
        &mut self.tx
    }

    /// Leaves every chain of the ledger as it was copied: what is written from here on begins a chain of its own. For the
    /// main database.
    pub async fn retire_chains(&mut self) -> Result<(), DbError> {
        const RETIRE: Sql =
            sql!("UPDATE ledger_lease SET holder = 'restored', leased_until = $1 WHERE holder <> 'damaged'");
        self.tx.execute(RETIRE, args![i64::MAX]).await.map(drop)
    }

    /// Ends every session that was open: signing out since the copy was made must not be undone.
    pub async fn end_sessions(&mut self, now: Instant) -> Result<u64, DbError> {
        const END: Sql = sql!("UPDATE session SET ended_at = $1, end_reason = 'restored' WHERE ended_at IS NULL");
        self.tx.execute(END, args![now]).await
    }

    /// Keeps everything.
    pub async fn commit(self) -> Result<(), DbError> {
        self.tx.commit().await?;
        self.db.close().await;
        Ok(())
    }

    /// Keeps nothing.
    pub async fn give_up(self) {
        drop(self.tx);
        self.db.close().await;
    }
}

fn refuse_file(path: &Path) -> Result<(), DbError> {
    if path.exists() {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        return Err(DbError::broken(format!("there is a file {name} already")));
    }
    Ok(())
}
