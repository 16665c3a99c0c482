//! `salus backup FILE`: both databases and the keys, as they are at one moment, while the portal serves.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, ensure};
use salus_db::{
    OwnerConfig,
    copy::{Pages, Source, Store},
    ledger::Ledger,
    sql,
};
use salus_kernel::Instant;
use salus_ledger::{Actor, ActorKind, EntryDraft, Kind, Outcome, Word};

use super::{
    FILES,
    archive::Writing,
    frames::{Contents, File, Header, Letter, StoreBegins, StoreEnds, Sum, TableBegins, TableSum},
    newest, recovery,
};
use crate::{
    access::{Clock, founding},
    config::Config,
    demo::say,
};

/// What the command line asks for.
#[derive(Debug, clap::Args)]
pub struct BackupArgs {
    /// The file to write. It must not be there yet; best it is on another disk.
    pub file: PathBuf,
}

/// What was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// The archive's id: the ledger names it.
    pub id: String,
    /// How many rows of both databases.
    pub rows: u64,
    /// How large the file is.
    pub bytes: u64,
}

/// Where a clinic is: its data folder, and its databases as their owners reach them.
pub(super) struct Origin {
    pub(super) data_dir: PathBuf,
    pub(super) main: OwnerConfig,
    pub(super) ledger: OwnerConfig,
}

/// Saves a clinic. The portal may serve meanwhile.
pub async fn save(args: &BackupArgs, config: &Config, clock: Clock) -> anyhow::Result<Saved> {
    // Before anything is written down: is there anybody to encrypt for, and is the name free?
    let recipients = recovery::recipients(&config.data_dir)?;
    let (root, seed) = (config.root()?, config.seed()?);
    let writing = Writing::begin(&args.file, &recipients)?;
    let origin = Origin {
        data_dir: config.data_dir.clone(),
        main: config.main_owner(&root),
        ledger: config.ledger_owner(&root),
    };
    let opened = founding::open(&config.main(&root), config.ledger(&root), &seed, clock.clone(), true).await;
    let written_down = match &opened {
        Ok(opened) => write_down(&opened.ledger, clock()).await,
        Err(_) => Ok(String::new()),
    };
    let (opened, id) = match (opened, written_down) {
        (Ok(opened), Ok(id)) => (opened, id),
        (Err(error), _) => {
            writing.give_up();
            return Err(error.into());
        }
        (_, Err(error)) => {
            writing.give_up();
            return Err(error);
        }
    };
    // The entry is signed by now, and in the archive.
    opened.ledger.close().await?;
    opened.db.close().await;
    let saved = copy(&origin, id, clock(), writing).await?;
    // The backup is whole; that `salus doctor` does not know of it makes it no worse.
    if let Err(error) = newest::remember(&config.data_dir, &args.file, clock()) {
        tracing::warn!("When this backup ended could not be kept: {error:#}");
    }
    let keys = recipients.len();
    say(&format!("{} rows in {}, {} bytes, for {keys} recovery keys", saved.rows, args.file.display(), saved.bytes));
    Ok(saved)
}

/// Tells the ledger that everything is about to be copied, and gives the archive its id.
pub(super) async fn write_down(ledger: &Ledger, now: Instant) -> anyhow::Result<String> {
    let id = salus_kernel::uuid_v7(now, salus_vault::random());
    let draft = EntryDraft::new(
        Kind::Read,
        id.into_bytes(),
        Actor::new(ActorKind::Command, "backup"),
        Word::new("make-backup")?,
        Word::new("operations")?,
        Outcome::Allowed,
    );
    ledger.append(vec![draft]).await?;
    Ok(id.hyphenated().to_string())
}

/// Copies everything into the archive, which gets its name at the end.
pub(super) async fn copy(origin: &Origin, id: String, now: Instant, mut writing: Writing) -> anyhow::Result<Saved> {
    match fill(origin, id, now, &mut writing).await {
        Ok((id, rows)) => Ok(Saved { id, rows, bytes: writing.end()? }),
        Err(error) => {
            writing.give_up();
            Err(error)
        }
    }
}

async fn fill(origin: &Origin, id: String, now: Instant, writing: &mut Writing) -> anyhow::Result<(String, u64)> {
    const CLINIC: salus_db::Sql = sql!("SELECT id FROM clinic");
    let out = &mut writing.out;
    let mut main = Source::open(&origin.main).await.context("the main database, as its owner")?;
    let (clinic,): (String,) = main.reader.one(CLINIC, Vec::new()).await?;
    let header = Header {
        id: id.clone(),
        clinic,
        // The last moment of which all that was told is in the copy. What is told at this very tick may miss it.
        made_at: now.micros() - 1,
        engine: main.engine().word().into(),
        program: env!("CARGO_PKG_VERSION").into(),
    };
    out.json(Letter::Header, &header)?;
    for name in FILES {
        if let Some(text) = text_of(&origin.data_dir.join(name))? {
            out.json(Letter::File, &File { name: name.into(), text })?;
        } else {
            ensure!(name == recovery::FILE, "{name} is missing in the data folder");
        }
    }
    let mut tables = store(Store::Main, &mut main, writing).await?;
    main.close().await;
    // Only now: every row that was copied has its entry in what is copied from here on.
    let mut ledger = Source::open(&origin.ledger).await.context("the ledger, as its owner")?;
    let manifest = ledger.last_manifest().await?;
    tables.extend(store(Store::Ledger, &mut ledger, writing).await?);
    ledger.close().await;
    let rows = tables.iter().map(|table| table.rows).sum();
    writing.out.json(Letter::Contents, &Contents { header, tables, manifest })?;
    Ok((id, rows))
}

async fn store(which: Store, source: &mut Source, writing: &mut Writing) -> anyhow::Result<Vec<TableSum>> {
    let out = &mut writing.out;
    let migrations = source.migrations.clone();
    out.json(Letter::Store, &StoreBegins { store: which.word().into(), migrations })?;
    let mut tables = Vec::new();
    for table in std::mem::take(&mut source.tables) {
        out.json(Letter::Table, &TableBegins { table: table.name.clone(), columns: table.columns.clone() })?;
        let (mut sum, mut pages) = (Sum::default(), Pages::default());
        loop {
            let rows = pages.next(&mut source.reader, &table).await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                sum.add(row);
                out.row(row)?;
            }
        }
        let counted = source.count(&table).await?;
        ensure!(counted == sum.rows, "{} has {counted} rows, and {} were copied", table.name, sum.rows);
        tables.push(sum.of_table(which.word(), &table.name));
    }
    out.json(Letter::End, &StoreEnds { tables: tables.clone() })?;
    Ok(tables)
}

/// What a file says, if it is there.
fn text_of(path: &Path) -> anyhow::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}
