//! Lists the migrations, so that adding a file is all it takes.

use std::{collections::BTreeMap, env, error::Error, fmt::Write, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let root = env::var("CARGO_MANIFEST_DIR")?;
    let migrations = Path::new(&root).join("migrations");
    let mut code = String::new();
    for (constant, folder) in [("MAIN", migrations.clone()), ("LEDGER", migrations.join("ledger"))] {
        println!("cargo::rerun-if-changed={}", folder.display());
        list(&mut code, constant, &folder)?;
    }
    fs::write(Path::new(&env::var("OUT_DIR")?).join("migrations.rs"), code)?;
    Ok(())
}

fn list(code: &mut String, constant: &str, folder: &Path) -> Result<(), Box<dyn Error>> {
    // name -> (common file, PostgreSQL's own file)
    let mut found: BTreeMap<String, (Option<String>, Option<String>)> = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".sql"))
        else {
            continue;
        };
        let text = Some(path.display().to_string());
        match name.strip_suffix(".postgres") {
            Some(common) => found.entry(common.to_owned()).or_default().1 = text,
            None => found.entry(name.to_owned()).or_default().0 = text,
        }
    }
    writeln!(code, "pub(crate) const {constant}: &[Migration] = &[")?;
    for (name, (common, postgres)) in found {
        let common = common.ok_or_else(|| format!("{name}.postgres.sql has no {name}.sql beside it"))?;
        if name.len() < 14 || !name.bytes().take(12).all(|digit| digit.is_ascii_digit()) {
            return Err(format!("{name}.sql does not begin with a time stamp of twelve digits").into());
        }
        let postgres = postgres.map_or_else(|| "None".to_owned(), |path| format!("Some(include_str!({path:?}))"));
        writeln!(code, "    Migration {{ name: {name:?}, common: include_str!({common:?}), postgres: {postgres} }},")?;
    }
    writeln!(code, "];")?;
    Ok(())
}
