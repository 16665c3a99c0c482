//! `salus audit`: verify the ledger, export it, verify an export with public keys alone, empty what is older than six
//! years.

use std::{
    fs::File,
    io::{BufReader, BufWriter},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use salus_db::{
    Db, Sight,
    ledger::{Ledger, LedgerReader, purge},
};
use salus_kernel::{ChainId, ClinicId, SECOND};
use salus_ledger::{
    Actor, ActorKind, EntryDraft, Evidence, ExportWriter, Kind, Outcome, Report, System, Verifier, VerifyingKey, Word,
    verify_export,
};

use crate::{
    access::{
        Clock,
        founding::{self, Opened},
        rows,
    },
    config::Config,
    demo::say,
    files,
};

/// What to do with the ledger.
#[derive(Debug, clap::Subcommand)]
pub enum AuditCommand {
    /// Read the whole ledger back: names the first bad entry and its class.
    Verify {
        /// Compare also each row of the record with what was written.
        #[arg(long)]
        rows: bool,
        /// A checkpoint or manifest kept elsewhere, or a folder of them: shows a cut tail or an older copy.
        #[arg(long)]
        anchor: Vec<PathBuf>,
        /// Verify this export instead; needs no database and no secret.
        #[arg(long)]
        export: Option<PathBuf>,
        /// A public key to trust, as `salus audit key` prints it; with --export.
        #[arg(long)]
        key: Vec<String>,
    },
    /// Write the ledger to a file that verifies with public keys alone, and that its owner alone may read.
    Export {
        /// The file; a folder that is not there yet is made.
        file: PathBuf,
    },
    /// Print the public key that verifies this ledger's checkpoints: keep it elsewhere.
    Key,
    /// Print the newest manifest: keep it elsewhere, it makes a cut tail visible.
    Anchor,
    /// Empty entries older than this many years, at least six; their hashes stay, and so does the proof.
    Purge {
        /// Years.
        #[arg(long, default_value_t = 6)]
        years: u16,
    },
}

/// Runs one of them.
pub async fn run(command: AuditCommand, config: &Config, clock: Clock) -> anyhow::Result<ExitCode> {
    if let AuditCommand::Verify { export: Some(file), key, anchor, .. } = &command {
        return verify_file(file, key, anchor);
    }
    let root = config.root()?;
    let seed = config.seed()?;
    let Opened { db, ledger } =
        founding::open(&config.main(&root), config.ledger(&root), &seed, clock.clone(), true).await?;
    let clinic = clinic(&db).await?;
    let signing = founding::signing_key(clinic, &seed)?;
    let public = signing.verifying_key();
    let code = match command {
        AuditCommand::Verify { rows: with_rows, anchor, .. } => {
            let report = verify(&ledger, clinic, std::slice::from_ref(public), &anchor).await?;
            say(&report.to_string());
            let mut intact = report.is_intact();
            if with_rows {
                let report = rows::compare(&db, &ledger, &root, clock()).await?;
                say(&format!(
                    "rows: {} compared, {} altered, {} gone",
                    report.compared,
                    report.altered.len(),
                    report.gone.len()
                ));
                for line in report
                    .altered
                    .iter()
                    .map(|row| format!("altered: {row}"))
                    .chain(report.gone.iter().map(|row| format!("gone: {row}")))
                    .take(100)
                {
                    say(&line);
                }
                if report.unopened > 0 {
                    say(&format!("unopened: {} kept outcomes were altered or put there", report.unopened));
                }
                for (table, count) in &report.unknown {
                    say(&format!("unknown: {count} rows of {table} have no entry"));
                }
                intact &= report.is_intact();
            }
            if intact { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        AuditCommand::Export { file } => {
            ledger.checkpoint().await?;
            let out = private_file(&file)?;
            let count = export(&ledger, clinic, public, BufWriter::new(out)).await?;
            say(&format!("{count} entries in {}; public key {public}", file.display()));
            ExitCode::SUCCESS
        }
        AuditCommand::Key => {
            say(&public.to_string());
            ExitCode::SUCCESS
        }
        AuditCommand::Anchor => {
            ledger.checkpoint().await?;
            say(&newest(&ledger).await?);
            ExitCode::SUCCESS
        }
        AuditCommand::Purge { years } => {
            let now = clock();
            let cutoff = now.plus(-i64::from(years) * 366 * 86_400 * SECOND);
            let draft = EntryDraft::new(
                Kind::System(System::Purge),
                salus_kernel::uuid_v7(now, salus_vault::random()).into_bytes(),
                Actor::new(ActorKind::Command, "audit-purge"),
                Word::new("purge-ledger")?,
                Word::new("operations")?,
                Outcome::Done,
            );
            let count = purge(&config.ledger_owner(&root), &ledger, now, cutoff, draft).await?;
            say(&format!("{count} entries emptied; their hashes stay"));
            ExitCode::SUCCESS
        }
    };
    ledger.close().await?;
    db.close().await;
    Ok(code)
}

/// The newest manifest as a line ends it: whoever prints it ends the last one, and the file is the note, byte by byte.
pub async fn newest(ledger: &Ledger) -> anyhow::Result<String> {
    let mut reader = ledger.reader(&Sight::of_run("audit")).await?;
    let note = reader.last_manifest().await?.unwrap_or_default();
    Ok(note.strip_suffix('\n').map(str::to_owned).unwrap_or(note))
}

/// A note in a file. One blank line behind it is forgiven: some ways of saving a text add it.
pub fn note_in(file: &Path) -> anyhow::Result<String> {
    let mut note = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    if note.ends_with("\n\n") {
        note.pop();
    }
    Ok(note)
}

async fn clinic(db: &Db) -> anyhow::Result<ClinicId> {
    const CLINIC: salus_db::Sql = salus_db::sql!("SELECT id FROM clinic");
    let mut tx = db.read(&Sight::of_run("setup")).await?;
    let (id,): (ClinicId,) = tx.one(CLINIC, Vec::new()).await?;
    Ok(id)
}

/// Reads the whole ledger back.
pub async fn verify(
    ledger: &Ledger,
    clinic: ClinicId,
    keys: &[VerifyingKey],
    anchors: &[PathBuf],
) -> anyhow::Result<Report> {
    let mut reader = ledger.reader(&Sight::of_run("audit")).await?;
    let mut evidence = Evidence::new(salus_ledger::ClinicId::new(clinic.uuid()), keys);
    for note in reader.manifests().await? {
        evidence.manifest(&note);
    }
    for note in reader.checkpoints().await? {
        evidence.checkpoint(&note);
    }
    for file in anchors {
        anchor(&mut evidence, file)?;
    }
    let mut verifier = Verifier::new(evidence);
    for chain in reader.chains().await? {
        each(&mut reader, chain, |row| {
            verifier.entry(&row.stored());
            Ok(())
        })
        .await?;
    }
    Ok(verifier.finish())
}

async fn export(
    ledger: &Ledger,
    clinic: ClinicId,
    key: &VerifyingKey,
    out: impl std::io::Write,
) -> anyhow::Result<u64> {
    let mut reader = ledger.reader(&Sight::of_run("audit")).await?;
    let mut writer = ExportWriter::begin(out, salus_ledger::ClinicId::new(clinic.uuid()), std::slice::from_ref(key))?;
    for note in reader.manifests().await? {
        writer.manifest(&note)?;
    }
    for note in reader.checkpoints().await? {
        writer.checkpoint(&note)?;
    }
    let mut count = 0;
    for chain in reader.chains().await? {
        each(&mut reader, chain, |row| {
            count += 1;
            Ok(writer.entry(&row.stored())?)
        })
        .await?;
    }
    writer.finish()?;
    Ok(count)
}

/// A file for its owner alone, empty: an export says who opened whose record. A folder that is not there yet is made, for its
/// owner alone, too; one that is there is somebody's, and stays as it is.
fn private_file(path: &Path) -> anyhow::Result<File> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        files::folder(folder)?;
    }
    // What an earlier export left there may be open to others, also to who reads it at this moment: it is not written on.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| path.display().to_string())
        }
        _ => files::create(path),
    }
}

async fn each(
    reader: &mut LedgerReader,
    chain: ChainId,
    mut take: impl FnMut(&salus_db::ledger::LedgerRow) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut next = 0;
    loop {
        let rows = reader.rows(chain, next, 1000).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        next = last.seq + 1;
        for row in &rows {
            take(row)?;
        }
    }
}

fn anchor(evidence: &mut Evidence, file: &PathBuf) -> anyhow::Result<()> {
    if file.is_dir() {
        let files = std::fs::read_dir(file).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
        let mut notes: Vec<PathBuf> =
            files.with_context(|| file.display().to_string())?.iter().map(std::fs::DirEntry::path).collect();
        notes.retain(|path| path.extension().is_some_and(|ending| ending == "note"));
        anyhow::ensure!(!notes.is_empty(), "{} has no file that ends in .note", file.display());
        notes.sort();
        return notes.iter().try_for_each(|note| anchor(evidence, note));
    }
    let note = note_in(file)?;
    evidence
        .anchor_manifest(&note)
        .or_else(|_| evidence.anchor_checkpoint(&note))
        .with_context(|| format!("{} is no checkpoint or manifest of this ledger", file.display()))
}

fn verify_file(file: &PathBuf, keys: &[String], anchors: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let keys: Vec<VerifyingKey> = keys
        .iter()
        .map(|key| VerifyingKey::parse(key).context("--key is no public key"))
        .collect::<anyhow::Result<_>>()?;
    let reader = BufReader::new(File::open(file).with_context(|| file.display().to_string())?);
    let mut trouble = Ok(());
    let report = verify_export(reader, &keys, |evidence| {
        trouble = anchors.iter().try_for_each(|file| anchor(evidence, file));
    })?;
    trouble?;
    say(&report.to_string());
    Ok(if report.is_intact() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[cfg(test)]
mod tests {
    use std::{
        fs::{self, Permissions},
        os::unix::fs::PermissionsExt as _,
        process::ExitCode,
        sync::Arc,
    };

    use salus_kernel::Instant;

    use super::*;
    use crate::init::{self, InitArgs};

    #[tokio::test]
    async fn an_export_is_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let settings = folder.path().join("salus.toml");
        let clock: Clock = Arc::new(|| Instant::from_micros(1_795_359_600_000_000));
        let args = InitArgs::sample(folder.path().join("data"));
        Box::pin(init::run(args, &settings, clock.clone())).await.unwrap();
        let config = Config::load(Some(&settings)).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;

        // Into folders that are not there, and over a file that everybody reads, in a folder that everybody sees.
        let (new, open) = (folder.path().join("for/the/auditor"), folder.path().join("open"));
        fs::create_dir(&open).unwrap();
        fs::set_permissions(&open, Permissions::from_mode(0o755)).unwrap();
        fs::write(open.join("ledger.jsonl"), "an earlier one, and a long one at that".repeat(1000)).unwrap();
        fs::set_permissions(open.join("ledger.jsonl"), Permissions::from_mode(0o644)).unwrap();
        for place in [&new, &open] {
            let file = place.join("ledger.jsonl");
            let code = run(AuditCommand::Export { file: file.clone() }, &config, clock.clone()).await.unwrap();
            assert_eq!(code, ExitCode::SUCCESS);
            assert_eq!(mode(&file), 0o600, "{}: others read the ledger", file.display());
            // And it is whole: nothing of the earlier one is behind it.
            assert_eq!(verify_file(&file, &[public_key(&config).await], &[]).unwrap(), ExitCode::SUCCESS);
        }
        assert_eq!((mode(&new), mode(&folder.path().join("for"))), (0o700, 0o700));
        assert_eq!(mode(&open), 0o755, "a folder that was there is somebody's");
    }

    async fn public_key(config: &Config) -> String {
        let (root, seed) = (config.root().unwrap(), config.seed().unwrap());
        let db = Db::open(&config.main(&root)).await.unwrap();
        let clinic = clinic(&db).await.unwrap();
        db.close().await;
        founding::signing_key(clinic, &seed).unwrap().verifying_key().to_string()
    }
}
