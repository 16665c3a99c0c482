//! SQL as text, values going in, rows coming out. One text runs on both engines, with `$1` and the types `TEXT`, `BIGINT`,
//! `BOOLEAN` and `BYTEA`. A sum is `CAST(SUM(..) AS BIGINT)`: PostgreSQL's own has another type.

use std::{borrow::Cow, fmt, str::FromStr};

use salus_kernel::{
    AccountId, ChainId, ClinicId, Instant, InviteId, JobId, MessageId, ParkedFormId, PatientId, PractitionerId,
    RequestId, ResourceId, Role, SessionId, ThreadId,
};
use sqlx::{
    Arguments as _, AssertSqlSafe, Decode, Row as _, SqlSafeStr as _, Type,
    postgres::{PgArguments, PgRow, Postgres},
    sqlite::{Sqlite, SqliteArguments, SqliteRow},
};

use crate::DbError;

/// One statement and where it stands. Make it with [`sql!`](crate::sql).
#[derive(Debug, Clone)]
pub struct Sql {
    text: Cow<'static, str>,
    file: &'static str,
    line: u32,
}

impl Sql {
    /// Used by [`sql!`](crate::sql).
    pub const fn new(text: &'static str, file: &'static str, line: u32) -> Self {
        Self { text: Cow::Borrowed(text), file, line }
    }

    /// A statement put together at run time, for queries that are the same for every clinical table.
    ///
    /// Invariant: the varying parts are table and column names from the registry, never anything typed or imported.
    #[track_caller]
    pub fn owned(text: String) -> Self {
        let caller = std::panic::Location::caller();
        Self { text: Cow::Owned(text), file: caller.file(), line: caller.line() }
    }

    /// The statement itself.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// ` (file:line)`, for the log.
    pub(crate) fn place(&self) -> String {
        format!(" ({}:{})", self.file, self.line)
    }

    pub(crate) fn into_driver(self) -> sqlx::SqlStr {
        match self.text {
            Cow::Borrowed(text) => text.into_sql_str(),
            Cow::Owned(text) => AssertSqlSafe(text).into_sql_str(),
        }
    }
}

/// Makes a [`Sql`] that knows its file and line: `const UPCOMING: Sql = sql!("SELECT ...");`
#[macro_export]
macro_rules! sql {
    ($text:expr) => {
        $crate::Sql::new($text, file!(), line!())
    };
}

/// Something bound to a `$1`.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// TEXT.
    Text(Option<String>),
    /// BIGINT.
    Int(Option<i64>),
    /// BOOLEAN.
    Bool(Option<bool>),
    /// BYTEA.
    Bytes(Option<Vec<u8>>),
}

impl fmt::Debug for Value {
    /// The kind alone: values stay out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(..)",
            Self::Int(_) => "Int(..)",
            Self::Bool(_) => "Bool(..)",
            Self::Bytes(_) => "Bytes(..)",
        })
    }
}

/// The values of a statement, in order: `args![patient, now, 50]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::Value::from($value)),*] };
}

macro_rules! value_from {
    ($($type:ty => $variant:ident, $convert:expr;)+) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self::$variant(Some($convert(value)))
            }
        }
        impl From<Option<$type>> for Value {
            fn from(value: Option<$type>) -> Self {
                Self::$variant(value.map($convert))
            }
        }
    )+};
}

value_from! {
    &str => Text, str::to_owned;
    String => Text, |text: String| text;
    &String => Text, String::clone;
    i64 => Int, |number| number;
    i32 => Int, i64::from;
    u32 => Int, i64::from;
    bool => Bool, |yes| yes;
    Vec<u8> => Bytes, |bytes: Vec<u8>| bytes;
    &Vec<u8> => Bytes, Vec::clone;
    &[u8] => Bytes, <[u8]>::to_vec;
    [u8; 32] => Bytes, |bytes: [u8; 32]| bytes.to_vec();
    &[u8; 32] => Bytes, |bytes: &[u8; 32]| bytes.to_vec();
    Instant => Int, Instant::micros;
    Role => Text, |role: Role| role.word().to_owned();
}

/// A type that a column can be read as.
pub trait FromColumn: Sized {
    /// Reads the column of this name or at this place.
    fn from_column(row: &Row<'_>, at: At<'_>) -> Result<Self, DbError>;
}

macro_rules! ids {
    ($($id:ty),+ $(,)?) => {
        value_from! { $($id => Text, |id: $id| id.to_string();)+ }
        $(impl FromColumn for $id {
            fn from_column(row: &Row<'_>, at: At<'_>) -> Result<Self, DbError> {
                row.id(at)
            }
        }
        impl FromColumn for Option<$id> {
            fn from_column(row: &Row<'_>, at: At<'_>) -> Result<Self, DbError> {
                row.opt_id(at)
            }
        })+
    };
}

ids!(
    AccountId,
    ChainId,
    ClinicId,
    InviteId,
    JobId,
    MessageId,
    ThreadId,
    ParkedFormId,
    PatientId,
    PractitionerId,
    RequestId,
    ResourceId,
    SessionId
);

macro_rules! from_column {
    ($($type:ty => $one:ident, $opt:ident;)+) => {$(
        impl FromColumn for $type {
            fn from_column(row: &Row<'_>, at: At<'_>) -> Result<Self, DbError> {
                row.$one(at)
            }
        }
        impl FromColumn for Option<$type> {
            fn from_column(row: &Row<'_>, at: At<'_>) -> Result<Self, DbError> {
                row.$opt(at)
            }
        }
    )+};
}

from_column! {
    String => text, opt_text;
    i64 => int, opt_int;
    bool => boolean, opt_boolean;
    Vec<u8> => bytes, opt_bytes;
    Instant => instant, opt_instant;
}

impl FromColumn for Role {
    fn from_column(row: &Row<'_>, at: At<'_>) -> Result<Self, DbError> {
        Option::<Self>::from_column(row, at)?.ok_or_else(|| at.is("empty"))
    }
}

impl FromColumn for Option<Role> {
    fn from_column(row: &Row<'_>, at: At<'_>) -> Result<Self, DbError> {
        row.opt_text(at)?.map(|word| Role::from_word(&word).ok_or_else(|| at.is("not a role"))).transpose()
    }
}

impl FromColumn for [u8; 32] {
    fn from_column(row: &Row<'_>, at: At<'_>) -> Result<Self, DbError> {
        row.bytes(at)?.try_into().map_err(|_| at.is("not 32 bytes"))
    }
}

/// Which column: `"name"` or its place, counted from 0.
#[derive(Debug, Clone, Copy)]
pub enum At<'a> {
    /// By name.
    Name(&'a str),
    /// By place.
    Index(usize),
}

impl At<'_> {
    fn is(self, words: &str) -> DbError {
        match self {
            Self::Name(name) => DbError::broken(format!("column {name} is {words}")),
            Self::Index(index) => DbError::broken(format!("column {index} is {words}")),
        }
    }
}

impl<'a> From<&'a str> for At<'a> {
    fn from(name: &'a str) -> Self {
        Self::Name(name)
    }
}

impl From<usize> for At<'_> {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// One row of a result, from either engine.
pub struct Row<'r>(pub(crate) Engines<'r>);

pub(crate) enum Engines<'r> {
    Lite(&'r SqliteRow),
    Pg(&'r PgRow),
}

impl Row<'_> {
    fn get<'s, T>(&'s self, at: At<'_>) -> Result<Option<T>, DbError>
    where
        T: Decode<'s, Sqlite> + Type<Sqlite> + Decode<'s, Postgres> + Type<Postgres>,
    {
        match (&self.0, at) {
            (Engines::Lite(row), At::Name(name)) => row.try_get(name),
            (Engines::Lite(row), At::Index(index)) => row.try_get(index),
            (Engines::Pg(row), At::Name(name)) => row.try_get(name),
            (Engines::Pg(row), At::Index(index)) => row.try_get(index),
        }
        .map_err(|error| DbError::from_driver(&error, None, ""))
    }
}

macro_rules! getters {
    ($($(#[$doc:meta])* $one:ident, $opt:ident -> $type:ty;)+) => {
        impl Row<'_> {$(
            $(#[$doc])*
            pub fn $one<'a>(&self, at: impl Into<At<'a>>) -> Result<$type, DbError> {
                let at = at.into();
                self.get::<$type>(at)?.ok_or_else(|| at.is("empty"))
            }
            $(#[$doc])*
            ///
            /// `None` where the column is NULL.
            pub fn $opt<'a>(&self, at: impl Into<At<'a>>) -> Result<Option<$type>, DbError> {
                self.get::<$type>(at.into())
            }
        )+}
    };
}

getters! {
    /// A TEXT column.
    text, opt_text -> String;
    /// A BOOLEAN column.
    boolean, opt_boolean -> bool;
    /// A BYTEA column.
    bytes, opt_bytes -> Vec<u8>;
}

impl Row<'_> {
    /// A BIGINT column, or a small literal such as the one in `SELECT 1`.
    pub fn int<'a>(&self, at: impl Into<At<'a>>) -> Result<i64, DbError> {
        let at = at.into();
        self.opt_int(at)?.ok_or_else(|| at.is("empty"))
    }
    /// A BIGINT column, or `None` where the column is NULL.
    pub fn opt_int<'a>(&self, at: impl Into<At<'a>>) -> Result<Option<i64>, DbError> {
        let at = at.into();
        // PostgreSQL takes a literal 1 for an int4, which it won't hand out as an int8.
        self.get::<i64>(at).or_else(|error| match &self.0 {
            Engines::Pg(_) => self.get::<i32>(at).map(|number| number.map(i64::from)).map_err(|_| error),
            Engines::Lite(_) => Err(error),
        })
    }
    /// A moment: BIGINT, microseconds since 1970.
    pub fn instant<'a>(&self, at: impl Into<At<'a>>) -> Result<Instant, DbError> {
        self.int(at).map(Instant::from_micros)
    }
    /// A moment, or `None` where the column is NULL.
    pub fn opt_instant<'a>(&self, at: impl Into<At<'a>>) -> Result<Option<Instant>, DbError> {
        Ok(self.opt_int(at)?.map(Instant::from_micros))
    }
    /// An id, or anything else that reads itself from text.
    pub fn id<'a, T: FromStr>(&self, at: impl Into<At<'a>>) -> Result<T, DbError> {
        let at = at.into();
        self.opt_id(at)?.ok_or_else(|| at.is("empty"))
    }
    /// An id, or `None` where the column is NULL.
    pub fn opt_id<'a, T: FromStr>(&self, at: impl Into<At<'a>>) -> Result<Option<T>, DbError> {
        let at = at.into();
        self.opt_text(at)?.map(|text| text.parse().map_err(|_| at.is("not an id"))).transpose()
    }
    /// Any type that a column can be read as.
    pub fn column<'a, T: FromColumn>(&self, at: impl Into<At<'a>>) -> Result<T, DbError> {
        T::from_column(self, at.into())
    }
}

/// A type that a row can be read as. Make it with [`row!`](crate::row).
pub trait FromRow: Sized {
    /// Reads the row.
    fn from_row(row: &Row<'_>) -> Result<Self, DbError>;
}

/// Says how a type is read from a row: `row!(Visit { id, patient: patient_id, version });`
#[macro_export]
macro_rules! row {
    ($type:ident { $($field:ident $(: $column:ident)?),+ $(,)? }) => {
        impl $crate::FromRow for $type {
            fn from_row(row: &$crate::Row<'_>) -> Result<Self, $crate::DbError> {
                Ok(Self { $($field: row.column($crate::row!(@name $field $($column)?))?),+ })
            }
        }
    };
    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $column:ident) => { stringify!($column) };
}

macro_rules! tuples {
    ($(($($name:ident $index:tt),+);)+) => {$(
        impl<$($name: FromColumn),+> FromRow for ($($name,)+) {
            fn from_row(row: &Row<'_>) -> Result<Self, DbError> {
                Ok(($(row.column::<$name>($index)?,)+))
            }
        }
    )+};
}

tuples! {
    (A 0);
    (A 0, B 1);
    (A 0, B 1, C 2);
    (A 0, B 1, C 2, D 3);
    (A 0, B 1, C 2, D 3, E 4);
    (A 0, B 1, C 2, D 3, E 4, F 5);
}

pub(crate) fn bind_lite(values: Vec<Value>) -> Result<SqliteArguments, sqlx::Error> {
    let mut arguments = SqliteArguments::default();
    for value in values {
        match value {
            Value::Text(text) => arguments.add(text),
            Value::Int(number) => arguments.add(number),
            Value::Bool(yes) => arguments.add(yes),
            Value::Bytes(bytes) => arguments.add(bytes),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

pub(crate) fn bind_pg(values: Vec<Value>) -> Result<PgArguments, sqlx::Error> {
    let mut arguments = PgArguments::default();
    for value in values {
        match value {
            Value::Text(text) => arguments.add(text),
            Value::Int(number) => arguments.add(number),
            Value::Bool(yes) => arguments.add(yes),
            Value::Bytes(bytes) => arguments.add(bytes),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}
