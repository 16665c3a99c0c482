//! The recovery key: an age identity. Its public half lies in the data folder, its private half with people.

use std::{io::Read as _, path::Path};

use age::{
    secrecy::ExposeSecret as _,
    x25519::{Identity, Recipient},
};
use anyhow::{Context as _, anyhow, bail};
use zeroize::Zeroizing;

use crate::{config::Config, demo::say};

/// Public halves in the data folder: one `age1…` a line; empty lines and lines that begin with `#` are passed over.
pub const FILE: &str = "recovery.pub";
/// The longest recovery key file that is read.
const LONGEST: u64 = 64 * 1024;

/// What to do with recovery keys.
#[derive(Debug, clap::Subcommand)]
pub enum RecoveryCommand {
    /// Make a new one: backups from now on open with it, too. Its private half is printed once and kept nowhere.
    New,
}

/// Runs one of them.
pub fn run(command: &RecoveryCommand, config: &Config) -> anyhow::Result<()> {
    match command {
        RecoveryCommand::New => {
            let (identity, recipient) = make();
            add(&config.data_dir, &recipient)?;
            say(&format!(
                "{}\n\nThis is the private half. Print it, keep it in two places away from this machine, and nowhere on it.\nThe public half is {recipient}",
                identity.as_str()
            ));
            Ok(())
        }
    }
}

/// A new recovery key: the private half (`AGE-SECRET-KEY-1…`), shown once and kept nowhere, and the public one (`age1…`).
pub fn make() -> (Zeroizing<String>, String) {
    let identity = Identity::generate();
    (Zeroizing::new(identity.to_string().expose_secret().to_owned()), identity.to_public().to_string())
}

/// Adds a public half to the data folder.
pub fn add(data_dir: &Path, recipient: &str) -> anyhow::Result<()> {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
    recipient.parse::<Recipient>().map_err(|why| anyhow!("no public half of a recovery key: {why}"))?;
    let path = data_dir.join(FILE);
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(&path)
        .with_context(|| path.display().to_string())?;
    writeln!(file, "{recipient}")?;
    Ok(file.sync_all()?)
}

/// Everybody for whom a backup is encrypted. None is an error: nobody could open it.
pub(super) fn recipients(data_dir: &Path) -> anyhow::Result<Vec<Recipient>> {
    let path = data_dir.join(FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).with_context(|| path.display().to_string()),
    };
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let recipients = lines
        .map(|line| line.parse().map_err(|why| anyhow!("{}: {why}; a line is `age1…`", path.display())))
        .collect::<anyhow::Result<Vec<Recipient>>>()?;
    if recipients.is_empty() {
        bail!("there is no recovery key: {} has no line `age1…`; `salus recovery-key new` makes one", path.display());
    }
    Ok(recipients)
}

/// The private half, from a file or from standard input: never from the arguments, which other users of the machine see.
pub(super) fn identity(file: Option<&Path>) -> anyhow::Result<Identity> {
    let mut text = Zeroizing::new(String::new());
    match file {
        Some(path) => {
            let file = std::fs::File::open(path).with_context(|| path.display().to_string())?;
            file.take(LONGEST).read_to_string(&mut text).with_context(|| path.display().to_string())?;
        }
        None => {
            std::io::stdin().take(LONGEST).read_to_string(&mut text).context("standard input")?;
        }
    }
    let line = text.lines().map(str::trim).find(|line| line.starts_with("AGE-SECRET-KEY-1"));
    let line = line.context("this is no recovery key: it has no line that begins with AGE-SECRET-KEY-1")?;
    line.parse().map_err(|_| anyhow!("the recovery key has a letter wrong or is cut off"))
}
