//! The registry against the database, and every SQL text against both engines.

use std::{fs, path::Path};

use salus_kernel::Class;

use crate::{access::columns::REGISTRY, salus_test};

salus_test! {
async fn every_column_of_the_database_has_a_class(w: World) {
    // ENC-07, HIP-05.
    let differences = w.db.schema().await.unwrap().differences(REGISTRY);
    assert!(differences.is_empty(), "{differences:#?}");
    // The check itself sees a column that has no class, and one that is not there.
    let short: Vec<_> = REGISTRY.iter().filter(|table| table.name != "condition").copied().collect();
    assert!(!w.db.schema().await.unwrap().differences(&short).is_empty());
}
}

/// No clinical column is bare text of unbounded meaning: what is bare is on this list of shapes.
#[test]
fn bare_columns_hold_ids_moments_words_and_counts() {
    const FREE_TEXT: &[&str] = &["name", "phone", "resource", "npi", "address", "brand", "timezone", "route", "holder"];
    // A CHECK keeps it to those who will work here.
    const OF_STAFF: (&str, &str) = ("invite", "name");
    // Written from the place's own row, which everybody sees.
    const OF_PLACE: (&str, &str) = ("appointment", "timezone");
    for table in REGISTRY {
        let about_patients = table.columns.iter().any(|column| column.name == "patient_id");
        for column in table
            .columns
            .iter()
            .filter(|column| column.class == Class::Bare && ![OF_STAFF, OF_PLACE].contains(&(table.name, column.name)))
        {
            assert!(!(about_patients && FREE_TEXT.contains(&column.name)), "{}.{} is bare", table.name, column.name);
        }
    }
}

salus_test! {
async fn every_statement_prepares(w: World) {
    let mut count = 0;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("access/tests/columns.rs") {
                let text = fs::read_to_string(&path).unwrap();
                for part in text.split("sql!(").skip(1) {
                    let Some(sql) = part.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next()) else { continue };
                    count += 1;
                    if let Err(error) = w.db.prepare(sql).await {
                        panic!("{}: {sql}\n{error:?}", path.display());
                    }
                }
            }
        }
    }
    assert!(count > 50, "only {count} statements were found");
}
}
