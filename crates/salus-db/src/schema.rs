//! The schema as it really is, in words that are the same for both engines.

use std::fmt::Write as _;

use salus_kernel::TableEntry;

use crate::{Db, DbError, Engine, Reader, Sight, Sql, row, sql};

/// All tables of a database, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// By name.
    pub tables: Vec<TableShape>,
}

/// One table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableShape {
    /// As in SQL.
    pub name: String,
    /// In order.
    pub columns: Vec<ColumnShape>,
    /// The primary key's columns, in its order.
    pub primary_key: Vec<String>,
    /// Lines such as `unique (email_index)`, `index (patient_id, event_at DESC)` and
    /// `foreign key (account_id) references account (id)`, sorted.
    pub others: Vec<String>,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnShape {
    /// As in SQL.
    pub name: String,
    /// `TEXT`, `BIGINT`, `BOOLEAN` or `BYTEA`.
    pub kind: String,
    /// Whether it may be NULL.
    pub nullable: bool,
}

row!(ColumnShape { name, kind, nullable });

const LITE_TABLES: Sql =
    sql!("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name");
const LITE_COLUMNS: Sql =
    sql!("SELECT name, upper(type) AS kind, \"notnull\" = 0 AS nullable FROM pragma_table_info($1) ORDER BY cid");
const LITE_KEY: Sql = sql!("SELECT name FROM pragma_table_info($1) WHERE pk > 0 ORDER BY pk");
const LITE_INDEXES: Sql = sql!(
    "
    SELECT (CASE WHEN l.\"unique\" = 1 THEN 'unique (' ELSE 'index (' END)
           || (SELECT group_concat(part, ', ') FROM (
                   SELECT name || (CASE WHEN \"desc\" = 1 THEN ' DESC' ELSE '' END) AS part
                     FROM pragma_index_xinfo(l.name) WHERE \"key\" = 1 ORDER BY seqno)) || ')'
      FROM pragma_index_list($1) AS l
     WHERE l.origin <> 'pk'"
);
const LITE_FOREIGN: Sql = sql!("
    SELECT 'foreign key (' || f.\"from\" || ') references ' || f.\"table\" || ' (' || f.\"to\" || ')'
           || (CASE WHEN f.on_delete = 'NO ACTION' THEN '' ELSE ' on delete ' || lower(f.on_delete) END)
      FROM pragma_foreign_key_list($1) AS f
     WHERE (SELECT count(*) FROM pragma_foreign_key_list($1) AS o WHERE o.id = f.id) = 1
    UNION ALL
    SELECT 'foreign key (' || group_concat(part, ', ') || ') references ' || target || ' (' || group_concat(goal, ', ') || ')'
      FROM (SELECT f.id AS id, f.\"from\" AS part, f.\"table\" AS target, f.\"to\" AS goal
              FROM pragma_foreign_key_list($1) AS f
             WHERE (SELECT count(*) FROM pragma_foreign_key_list($1) AS o WHERE o.id = f.id) > 1
             ORDER BY f.id, f.seq)
     GROUP BY id, target");

const PG_TABLES: Sql = sql!(
    "
    SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY c.relname::text COLLATE \"C\""
);
const PG_COLUMNS: Sql = sql!("
    SELECT attname::text AS name, upper(format_type(atttypid, atttypmod)) AS kind, NOT attnotnull AS nullable
      FROM pg_attribute WHERE attrelid = ('public.' || $1)::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum");
const PG_KEY: Sql = sql!(
    "
    SELECT a.attname::text
      FROM pg_index x CROSS JOIN LATERAL unnest(x.indkey::int2[]) WITH ORDINALITY AS k (number, place)
      JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.number
     WHERE x.indrelid = ('public.' || $1)::regclass AND x.indisprimary ORDER BY k.place"
);
const PG_INDEXES: Sql = sql!(
    "
    SELECT (CASE WHEN x.indisunique THEN 'unique (' ELSE 'index (' END)
           || string_agg(a.attname::text || (CASE WHEN pg_index_column_has_property(x.indexrelid, k.place::int, 'desc')
                                             THEN ' DESC' ELSE '' END), ', ' ORDER BY k.place) || ')'
      FROM pg_index x CROSS JOIN LATERAL unnest(x.indkey::int2[]) WITH ORDINALITY AS k (number, place)
      JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.number
     WHERE x.indrelid = ('public.' || $1)::regclass AND NOT x.indisprimary
     GROUP BY x.indexrelid, x.indisunique"
);
const PG_FOREIGN: Sql = sql!("
    SELECT 'foreign key (' || (SELECT string_agg(a.attname::text, ', ' ORDER BY k.place)
                                 FROM unnest(c.conkey) WITH ORDINALITY AS k (number, place)
                                 JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number)
           || ') references ' || t.relname::text || ' ('
           || (SELECT string_agg(a.attname::text, ', ' ORDER BY k.place)
                 FROM unnest(c.confkey) WITH ORDINALITY AS k (number, place)
                 JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.number) || ')'
           || (CASE c.confdeltype WHEN 'a' THEN '' WHEN 'c' THEN ' on delete cascade' WHEN 'n' THEN ' on delete set null'
                                  ELSE ' on delete ' || c.confdeltype::text END)
      FROM pg_constraint c JOIN pg_class t ON t.oid = c.confrelid
     WHERE c.conrelid = ('public.' || $1)::regclass AND c.contype = 'f'");

impl Schema {
    pub(crate) async fn read(reader: &mut Reader) -> Result<Self, DbError> {
        let [tables, columns, key, indexes, foreign] = match reader.engine() {
            Engine::Sqlite => [LITE_TABLES, LITE_COLUMNS, LITE_KEY, LITE_INDEXES, LITE_FOREIGN],
            Engine::Postgres => [PG_TABLES, PG_COLUMNS, PG_KEY, PG_INDEXES, PG_FOREIGN],
        };
        let names: Vec<(String,)> = reader.all(tables, Vec::new()).await?;
        let mut shapes = Vec::with_capacity(names.len());
        for (name,) in names {
            let of_table = || crate::args![&name];
            let only = |rows: Vec<(String,)>| rows.into_iter().map(|(text,)| text).collect::<Vec<_>>();
            let mut others = only(reader.all(indexes.clone(), of_table()).await?);
            others.extend(only(reader.all(foreign.clone(), of_table()).await?));
            others.sort();
            shapes.push(TableShape {
                columns: reader.all(columns.clone(), of_table()).await?,
                primary_key: only(reader.all(key.clone(), of_table()).await?),
                others,
                name,
            });
        }
        Ok(Self { tables: shapes })
    }

    /// Where the registry and the database differ: tables and columns, in order. Empty when they agree.
    pub fn differences(&self, registry: &[TableEntry]) -> Vec<String> {
        let mut found = Vec::new();
        for table in self.tables.iter().filter(|table| table.name != "schema_migration") {
            match registry.iter().find(|entry| entry.name == table.name) {
                None => found.push(format!("{} is not in the registry", table.name)),
                Some(entry) => {
                    let real: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
                    let told: Vec<&str> = entry.columns.iter().map(|column| column.name).collect();
                    if real != told {
                        found.push(format!("{}: the database has {real:?}, the registry {told:?}", table.name));
                    }
                }
            }
        }
        for entry in registry {
            if !self.tables.iter().any(|table| table.name == entry.name) {
                found.push(format!("{} is not in the database", entry.name));
            }
        }
        found
    }
}

impl std::fmt::Display for Schema {
    /// As in `docs/generated/schema.sql`: the same text for both engines.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for table in &self.tables {
            let mut lines: Vec<String> = table
                .columns
                .iter()
                .map(|column| {
                    format!("{} {}{}", column.name, column.kind, if column.nullable { "" } else { " NOT NULL" })
                })
                .collect();
            lines.push(format!("primary key ({})", table.primary_key.join(", ")));
            lines.extend(table.others.iter().cloned());
            let mut body = String::new();
            for line in lines {
                writeln!(body, "    {line}")?;
            }
            writeln!(f, "table {}\n{body}", table.name)?;
        }
        Ok(())
    }
}

impl Db {
    /// The schema as it really is.
    pub async fn schema(&self) -> Result<Schema, DbError> {
        Schema::read(&mut self.read(&Sight::default()).await?).await
    }

    /// [`Db::schema`] as text: equal on both engines, kept in `docs/generated/schema.sql`.
    pub async fn schema_dump(&self) -> Result<String, DbError> {
        Ok(self.schema().await?.to_string())
    }
}
