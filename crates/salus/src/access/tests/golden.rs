//! What a reviewer wants to know is a file in git; these tests regenerate the files and fail when they differ.

use salus_kernel::{Archetype, Class};

use crate::{
    access::{columns::REGISTRY, opens::OPENS, policy},
    salus_test,
    testing::golden,
};

#[test]
fn access_matrix() {
    golden("access.txt", &policy::matrix());
}

#[test]
fn column_registry() {
    let mut text = String::from("Every column, how it is kept, and why. Generated from access/columns.rs.\n");
    for table in REGISTRY {
        let archetype = match table.archetype {
            Archetype::Chart => "chart: rows of the open patient",
            Archetype::Record => "record: rows of the open patient, and of what is kept private as much as they reach",
            Archetype::Account => "account: rows of the signed-in account",
            Archetype::Token => "token: the row whose hash is known, and the account's own",
            Archetype::Lookup => "lookup: rows whose key is known",
            Archetype::Ruled => "ruled: by rules of its own",
            Archetype::Shared => "shared: the same for everyone at the clinic",
            Archetype::Runner => "runner: anyone adds, the runner takes, administrators look",
            Archetype::Keys => "keys: wrapped keys, leases, outcomes on their way",
        };
        text.push_str(&format!("\n{} ({archetype})\n", table.name));
        for column in table.columns {
            assert!(!column.reason.is_empty(), "{}.{} has no reason", table.name, column.name);
            text.push_str(&format!("  {:<20} {:<8} {}\n", column.name, column.class.word(), column.reason));
        }
    }
    golden("columns.txt", &text);
}

#[test]
fn which_action_opens_what() {
    let mut text = String::from("Which action opens which sealed column. Generated from access/opens.rs.\n\n");
    for line in OPENS {
        let columns: Vec<String> = line.columns.iter().map(|(table, column)| format!("{table}.{column}")).collect();
        text.push_str(&format!("{:<22} {}\n", line.action.word(), columns.join(" ")));
        for (table, column) in line.columns {
            let class = REGISTRY
                .iter()
                .find(|entry| entry.name == *table)
                .and_then(|entry| entry.columns.iter().find(|entry| entry.name == *column))
                .unwrap()
                .class;
            assert_eq!(class, Class::Sealed);
        }
    }
    golden("opens.txt", &text);
}

salus_test! {
async fn route_table(w: World) {
    golden("routes.txt", &crate::access::route_table(&w.routes));
}
}

salus_test! {
async fn schema(w: World) {
    golden("schema.txt", &w.db.schema_dump().await.unwrap());
}
}
