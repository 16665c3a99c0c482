//! Embeds what `build.mjs` makes from npm's packages, and runs it when its inputs have changed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

fn main() -> ExitCode {
    match embed() {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

fn embed() -> Result<(), String> {
    let here = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(variable("OUT_DIR")?);
    let inputs = inputs(&here).map_err(|error| format!("salus-assets: its sources cannot be read: {error}"))?;
    println!("cargo:rerun-if-changed=build.rs");
    for folder in ["icons", "js", "scss"] {
        println!("cargo:rerun-if-changed={folder}");
    }
    for path in &inputs {
        println!("cargo:rerun-if-changed={path}");
    }

    let hash = hash(&here, &inputs).map_err(|error| format!("salus-assets: its sources cannot be read: {error}"))?;
    let made = here.join("../../target/assets").join(hash);
    if !made.join("manifest.tsv").exists() {
        make(&here)?;
    }
    let manifest = fs::read_to_string(made.join("manifest.tsv"))
        .map_err(|error| format!("salus-assets: build.mjs did not fill {}: {error}", made.display()))?;

    let mut code = String::from("&[\n");
    for line in manifest.lines() {
        let mut parts = line.split('\t');
        let (Some(name), Some(file), Some(kind), Some(packed)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(format!("salus-assets: manifest.tsv has a line that is not understood: {line}"));
        };
        // A copy in OUT_DIR keeps the binary's build independent of what happens to target/assets afterwards.
        let embed = |ending: &str| -> Result<String, String> {
            let file = format!("{file}{ending}");
            fs::copy(made.join(&file), out.join(&file))
                .map_err(|error| format!("salus-assets: {file} cannot be copied: {error}"))?;
            Ok(format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{file}\"))"))
        };
        let bytes = embed("")?;
        let (gzip, brotli) = if packed == "packed" {
            (format!("Some({})", embed(".gz")?), format!("Some({})", embed(".br")?))
        } else {
            ("None".to_owned(), "None".to_owned())
        };
        code.push_str(&format!(
            "Asset {{ name: {name:?}, path: \"/assets/{file}\", content_type: {kind:?}, bytes: {bytes}, gzip: {gzip}, brotli: {brotli} }},\n"
        ));
    }
    code.push(']');
    fs::write(out.join("embedded.rs"), code).map_err(|error| format!("salus-assets: cannot write: {error}"))
}

/// Runs the same command as `./x assets`.
fn make(here: &Path) -> Result<(), String> {
    let missing =
        "salus-assets: install Node.js 18 or newer with npm (on Debian: apt-get install nodejs npm), then build again.";
    let found = |program: &str| {
        Command::new(program)
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    if !found("node") || !found("npm") {
        return Err(missing.to_owned());
    }
    let done = Command::new("node")
        .arg(here.join("build.mjs"))
        .stdout(Stdio::null())
        .status()
        .map_err(|_| missing.to_owned())?;
    if done.success() {
        Ok(())
    } else {
        Err("salus-assets: build.mjs failed, see above; run `./x assets` to see it alone.".to_owned())
    }
}

fn variable(name: &str) -> Result<String, String> {
    std::env::var(name).map_err(|_| format!("salus-assets: cargo did not set {name}"))
}

/// Every file that the result depends on, in a fixed order. build.mjs has the same list.
fn inputs(here: &Path) -> io::Result<Vec<String>> {
    let mut found: Vec<String> =
        ["package.json", "package-lock.json", ".npmrc", "build.mjs"].map(str::to_owned).to_vec();
    let mut folders: Vec<String> = ["icons", "js", "scss"].map(str::to_owned).to_vec();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(here.join(&folder))? {
            let entry = entry?;
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}

/// FNV-1a, 64 bits: a name for a folder, not a safeguard. build.mjs computes the same.
fn hash(here: &Path, inputs: &[String]) -> io::Result<String> {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut eat = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    };
    for path in inputs {
        eat(path.as_bytes());
        eat(&[0]);
        eat(&fs::read(here.join(path))?);
        eat(&[0]);
    }
    Ok(format!("{hash:016x}"))
}
