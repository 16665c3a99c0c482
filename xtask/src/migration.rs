//! `./x migration NAME`: an empty migration with a time stamp, so that two branches never take the same number.

use std::{fs, process::Command};

use anyhow::{Result, bail};

use crate::run::{output, root};

/// Writes the file and says where.
pub fn run(rest: &[&str]) -> Result<()> {
    let [name] = rest else { bail!("./x migration NAME, such as refill_requests") };
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if name.is_empty() || !name.bytes().all(plain) {
        bail!("a migration's name has a-z, 0-9 and _");
    }
    let stamp = output(Command::new("date").args(["-u", "+%Y%m%d%H%M"]))?;
    let path = format!("crates/salus-db/migrations/{}_{name}.sql", stamp.trim());
    let text = "-- One text for both engines: TEXT, BIGINT, BOOLEAN, BYTEA. Where they must differ, a sibling ending in\n\
        -- .postgres.sql replaces this file there. Every table and column also goes into crates/salus/src/access/columns.rs.\n";
    fs::File::create_new(root().join(&path))
        .and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes()))?;
    println!("{path}");
    Ok(())
}
