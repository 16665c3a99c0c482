//! Files in git that say what the code says.

use std::{fs, path::PathBuf};

/// Compares with the committed file; `SALUS_BLESS=1` writes it instead.
pub fn golden(name: &str, now: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/generated").join(name);
    if std::env::var_os("SALUS_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, now).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == now, "docs/generated/{name} is not what the code says; run ./x bless and read the diff");
}
