//! What a column is: the registry's words, and the type that a sealed value carries.

/// A sealed column at the level of types. The application's registry declares one type per sealed column.
pub trait Column: Send + Sync + 'static {
    /// The table, as in SQL.
    const TABLE: &'static str;
    /// The column, as in SQL.
    const NAME: &'static str;
}

/// What a column may hold, and so how it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Readable in the file once the file itself is open: ids, instants, states, counts. Each by a written reason.
    Bare,
    /// Sealed under its subject's key.
    Sealed,
    /// A keyed blind index: answers "is it this one?" to who holds the index key, and nothing else.
    Blind,
    /// A hash of a random secret, or of a password by argon2id.
    Hashed,
    /// A data key, wrapped by the key above it.
    Wrapped,
}

impl Class {
    /// As in `docs/generated/columns.txt`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Sealed => "sealed",
            Self::Blind => "blind",
            Self::Hashed => "hashed",
            Self::Wrapped => "wrapped",
        }
    }
}

/// Which rows of a table a PostgreSQL transaction may see: row-level security is generated from this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Archetype {
    /// Rows of the transaction's patient (`patient_id`).
    Chart,
    /// The same, for entries of a record: what is kept private, as far as the transaction reaches.
    Record,
    /// Rows of the transaction's account (`account_id`).
    Account,
    /// The row whose hash is the transaction's token, and the rows of the transaction's account.
    Token,
    /// Rows keyed by what the transaction knows and nobody can list: throttles, blind-index look-ups.
    Lookup,
    /// The same for everyone at the clinic: places, practitioners, the clinic's name.
    Shared,
    /// Data keys: the row of the transaction's patient, account, or the clinic.
    Keys,
    /// Jobs: anyone who changes something adds one, the runner takes them.
    Runner,
    /// What row-level security's own rules for the table open, and nothing else.
    Ruled,
}

/// One column of the registry.
#[derive(Debug, Clone, Copy)]
pub struct ColumnEntry {
    /// As in SQL.
    pub name: &'static str,
    /// How it is kept.
    pub class: Class,
    /// Why that is right.
    pub reason: &'static str,
}

/// One table of the registry.
#[derive(Debug, Clone, Copy)]
pub struct TableEntry {
    /// As in SQL.
    pub name: &'static str,
    /// Who sees which rows.
    pub archetype: Archetype,
    /// All columns, in order.
    pub columns: &'static [ColumnEntry],
}
