//! The macro that makes the registry and the types of sealed values from one list.

macro_rules! registry {
    ($all:ident: $( $(#[$doc:meta])* $table:ident: $archetype:ident { $( $column:ident: $class:ident $(as $type:ident)? $reason:literal, )+ } )+) => {
        /// Tables of the main database, as the migrations make them.
        pub const $all: &[TableEntry] = &[$(
            TableEntry {
                name: stringify!($table),
                archetype: Archetype::$archetype,
                columns: &[$( ColumnEntry { name: stringify!($column), class: Class::$class, reason: $reason }, )+],
            },
        )+];
        $( $(#[$doc])* pub mod $table {
            $( registry!(@type $table, $column, $class, $reason $(, $type)?); )+
        } )+
    };
    (@type $table:ident, $column:ident, Sealed, $reason:literal, $type:ident) => {
        #[doc = $reason]
        pub struct $type;
        impl super::Column for $type {
            const TABLE: &'static str = stringify!($table);
            const NAME: &'static str = stringify!($column);
        }
    };
    (@type $table:ident, $column:ident, $class:ident, $reason:literal) => {};
}
