//! A whole row as values, whatever its columns: for digests over what is really there.

use sqlx::{Column as _, Row as _, TypeInfo as _, ValueRef as _};

use crate::{
    DbError, FromRow, Row, Value,
    sql::{At, Engines},
};

/// Every column of a row, in the order of the statement.
#[derive(Debug)]
pub struct Values(pub Vec<Value>);

impl FromRow for Values {
    fn from_row(row: &Row<'_>) -> Result<Self, DbError> {
        let kinds: Vec<String> = match &row.0 {
            // What is stored decides: SQLite's columns have affinities, its values have types.
            Engines::Lite(lite) => (0..lite.columns().len())
                .map(|index| lite.try_get_raw(index).map(|value| value.type_info().name().to_owned()))
                .collect::<Result<_, _>>()
                .map_err(|error| DbError::from_driver(&error, None, ""))?,
            Engines::Pg(pg) => pg.columns().iter().map(|column| column.type_info().name().to_owned()).collect(),
        };
        kinds
            .iter()
            .enumerate()
            .map(|(index, kind)| {
                let at = At::Index(index);
                match kind.as_str() {
                    "TEXT" | "VARCHAR" => row.opt_text(at).map(Value::Text),
                    "INTEGER" | "INT8" | "BIGINT" => row.opt_int(at).map(Value::Int),
                    "BOOLEAN" | "BOOL" => row.opt_boolean(at).map(Value::Bool),
                    "BLOB" | "BYTEA" => row.opt_bytes(at).map(Value::Bytes),
                    "NULL" => Ok(Value::Text(None)),
                    other => Err(DbError::broken(format!(
                        "column {index} has the type {other}, which no table of ours uses"
                    ))),
                }
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }
}
