//! `salus restore ARCHIVE`: a clinic out of its backup, on an empty machine, verified and declared.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail, ensure};
use salus_db::{
    OwnerConfig, Sight,
    copy::{CopiedTable, Source, Store, Target},
    ledger::{self, Ledger},
    migrate,
};
use salus_kernel::{Action, ClinicId, Instant};
use salus_ledger::{
    Actor, ActorKind, ChainState, Checkpoint, Digest, Epoch, EpochChain, Manifest, Micros, VerifyingKey, Word,
};
use salus_vault::{RootKey, SigningSeed};

use super::{
    FILES, archive, check,
    frames::{Contents, File, Frame, Header, Letter, StoreBegins, StoreEnds, TableBegins, TableSum},
    newest, recovery,
};
use crate::{
    access::{
        Clock, SystemRun,
        columns::REGISTRY,
        founding::{self, Opened},
        restored,
    },
    audit_command,
    config::{Config, role_in},
    demo::say,
    files,
};

/// Where keys and files wait until all is verified. Without its keys in the data folder nothing serves.
const WAITING: &str = "restoring";
/// Names that an empty data folder has not, and their files beside them.
const OURS: [&str; 10] = [
    "root.key",
    "ledger-signing.key",
    "recovery.pub",
    "salus.db",
    "salus.db-wal",
    "ledger.db",
    "ledger.db-wal",
    "witness.json",
    newest::FILE,
    WAITING,
];

/// What the command line asks for.
#[derive(Debug, clap::Args)]
pub struct RestoreArgs {
    /// The archive.
    pub archive: PathBuf,
    /// The file with the recovery key; without it the key is read from standard input.
    #[arg(long)]
    pub identity: Option<PathBuf>,
    /// Why, in a word; the ledger keeps it.
    #[arg(long, value_enum)]
    pub reason: Reason,
    /// The newest manifest or checkpoint known from elsewhere: the ledger then says what is gone.
    #[arg(long)]
    pub anchor: Vec<PathBuf>,
    /// Put the clinic into service although something in it is not as it was written. What it is has been said.
    #[arg(long)]
    pub despite_findings: bool,
}

/// Why a backup is restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Reason {
    /// The machine or its disk is gone.
    DiskFailure,
    /// Somebody altered or destroyed data.
    Attack,
    /// Something was deleted or changed by mistake.
    Mistake,
    /// The clinic moves to another machine or engine.
    Move,
    /// To see that it works.
    Rehearsal,
}

impl Reason {
    const fn word(self) -> &'static str {
        match self {
            Self::DiskFailure => "disk-failure",
            Self::Attack => "attack",
            Self::Mistake => "mistake",
            Self::Move => "move",
            Self::Rehearsal => "rehearsal",
        }
    }
}

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// How many rows of both databases.
    pub rows: u64,
    /// How many sealed values opened.
    pub seals: u64,
    /// How many rows are as the ledger says they were written.
    pub compared: u64,
    /// What was not as it should be; empty unless it was asked to go on nevertheless.
    pub findings: Vec<String>,
    /// The hash of the manifest with which the restore ended: a witness asks for it.
    pub manifest: String,
}

/// Restores a clinic into an empty data folder and empty databases.
pub async fn restore(args: &RestoreArgs, config: &Config, clock: Clock) -> anyhow::Result<Restored> {
    refuse_unless_empty(&config.data_dir)?;
    let identity = recovery::identity(args.identity.as_deref())?;
    let mut from = archive::open(&args.archive, &identity)?;
    drop(identity);
    files::folder(&config.data_dir)?;
    let waiting = config.data_dir.join(WAITING);
    files::folder(&waiting)?;
    // The same clinic as the configuration names, with its files in the waiting room.
    let staged = Config { data_dir: waiting.clone(), ..config.clone() };
    let outcome = Box::pin(restore_into(args, &staged, &clock, &mut from)).await;
    if outcome.is_err() {
        drop(fs::remove_dir_all(&waiting));
    }
    let restored = outcome?;
    put_into_service(&waiting, &config.data_dir)?;
    for line in [
        format!("{} rows of both databases, as they were copied", restored.rows),
        format!("{} sealed values opened", restored.seals),
        format!("{} rows compared with what the ledger says was written", restored.compared),
        format!("the ledger declares the restore; its new manifest is {}", restored.manifest),
        format!(
            "a witness refuses it until somebody there says `salus witness accept-epoch --dir … --manifest {}`",
            restored.manifest
        ),
    ] {
        say(&line);
    }
    Ok(restored)
}

async fn restore_into(
    args: &RestoreArgs,
    staged: &Config,
    clock: &Clock,
    from: &mut archive::In,
) -> anyhow::Result<Restored> {
    let taken = Box::pin(take_in(staged, from, clock())).await?;
    let (root, seed) = (staged.root()?, staged.seed()?);
    // The schema of this program, which may be later than the archive's, and on PostgreSQL who may see what.
    migrate(&staged.main_owner(&root), REGISTRY, &role_in(&staged.database.url)).await?;
    let (writer, reader) = (role_in(&staged.ledger.url), role_in(&staged.ledger.reader_url));
    ledger::migrate(&staged.ledger_owner(&root), &writer, &reader).await?;

    let Opened { db, ledger } =
        founding::open(&staged.main(&root), staged.ledger(&root), &seed, clock.clone(), true).await?;
    let declared = Box::pin(declare(args, &taken, &db, &ledger, &root, &seed, clock)).await;
    ledger.close().await?;
    db.close().await;
    let (findings, compared) = declared?;
    let signing = founding::signing_key(taken.header.clinic.parse()?, &seed)?;
    Ok(Restored {
        rows: taken.tables.iter().map(|table| table.rows).sum(),
        seals: taken.opened,
        compared,
        findings,
        manifest: last_manifest(&staged.ledger_owner(&root), signing.verifying_key()).await?,
    })
}

/// The hash of the newest manifest. Whoever asks before the ledger is closed hears of one too old: closing signs once more.
async fn last_manifest(ledger: &OwnerConfig, key: &VerifyingKey) -> anyhow::Result<String> {
    let mut source = Source::open(ledger).await?;
    let note = source.last_manifest().await?;
    source.close().await;
    let note = note.context("a ledger without a manifest")?;
    Ok(Manifest::open(&note, std::slice::from_ref(key))?.hash().to_base64())
}

/// Verifies, then tells the ledger. Says what was not as it should be, and how many rows are.
async fn declare(
    args: &RestoreArgs,
    taken: &Taken,
    db: &salus_db::Db,
    ledger: &Ledger,
    root: &RootKey,
    seed: &SigningSeed,
    clock: &Clock,
) -> anyhow::Result<(Vec<String>, u64)> {
    let clinic: ClinicId = taken.header.clinic.parse().context("the archive's clinic")?;
    let signing = founding::signing_key(clinic, seed)?;
    let key = signing.verifying_key();
    let made_at = Instant::from_micros(taken.header.made_at);
    let found = check::ledger(db, ledger, root, clinic, key, made_at).await?;
    let mut findings = taken.closed.clone();
    findings.extend(found.lines());
    findings.iter().take(100).for_each(|line| say(line));
    let whole = findings.is_empty() && found.is_intact();
    if !whole && !args.despite_findings {
        bail!(
            "{} things are not as they were written, so nothing was put into service; --despite-findings does it nevertheless",
            findings.len()
        );
    }
    say(&format!("verified with the public key {key}: compare it with the one that was kept elsewhere"));
    let epoch = epoch(args, taken, ledger, key).await?;
    let request = salus_kernel::uuid_v7(clock(), salus_vault::random()).into_bytes();
    ledger.append(vec![epoch.draft(request, Actor::new(ActorKind::Command, "restore"))?]).await?;
    let run = SystemRun::new("restore", Action::ManageAccounts, db.clone(), ledger.clone(), root, clock()).await?;
    let rested = restored::put_to_rest(&run).await?;
    say(&format!(
        "{} open invites and {} codes for caregivers taken back, {} jobs not done given up",
        rested.invites, rested.codes, rested.jobs
    ));
    if rested.recoveries > 0 {
        say(&format!("{} people who asked to be let back in ask anew", rested.recoveries));
    }
    if rested.caregivers > 0 {
        say(&format!(
            "{} caregivers act for patients, as when the backup was made: whoever was ended since acts again until ended anew",
            rested.caregivers
        ));
    }
    ledger.checkpoint().await?;
    let report = audit_command::verify(ledger, clinic, std::slice::from_ref(key), &args.anchor).await?;
    say(&report.to_string());
    if !report.is_intact() && !args.despite_findings {
        bail!("what is known from elsewhere does not agree with this archive, so nothing was put into service");
    }
    Ok((findings, found.rows.compared))
}

async fn newest_manifest(ledger: &Ledger, key: &VerifyingKey) -> anyhow::Result<Option<Manifest>> {
    let note = ledger.reader(&Sight::of_run("audit")).await?.last_manifest().await?;
    Ok(note.map(|note| Manifest::open(&note, std::slice::from_ref(key))).transpose()?)
}

/// What the ledger is told: the archive, every chain as it came out of it, and what is known to be gone.
async fn epoch(args: &RestoreArgs, taken: &Taken, ledger: &Ledger, key: &VerifyingKey) -> anyhow::Result<Epoch> {
    let mut chains = Vec::new();
    let mut reader = ledger.reader(&Sight::of_run("audit")).await?;
    for chain in reader.chains().await? {
        let (mut frontier, mut next) = (salus_ledger::Frontier::new(), 0);
        loop {
            let rows = reader.rows(chain, next, 1000).await?;
            let Some(last) = rows.last() else { break };
            next = last.seq + 1;
            rows.iter().for_each(|row| frontier.append(row.stored().leaf));
        }
        let chain = salus_ledger::ChainId::new(chain.uuid());
        chains.push(EpochChain { chain, size: frontier.size(), root: frontier.root() });
    }
    drop(reader);
    let manifest = newest_manifest(ledger, key).await?.map(|manifest| (manifest.number(), manifest.hash()));
    let mut lost: Vec<EpochChain> = Vec::new();
    for file in &args.anchor {
        lost.extend(known_from(file, key)?.into_iter().filter(|known| {
            chains.iter().find(|here| here.chain == known.chain).is_none_or(|here| here.size < known.size)
        }));
    }
    lost.sort_by_key(|known| (known.chain, known.size));
    lost.dedup_by_key(|known| known.chain);
    Ok(Epoch {
        archive: taken.header.id.clone(),
        made: Micros(taken.header.made_at),
        digest: Digest::new(taken.digest),
        reason: Word::new(args.reason.word())?,
        chains,
        manifest,
        lost,
    })
}

fn known_from(file: &Path, key: &VerifyingKey) -> anyhow::Result<Vec<EpochChain>> {
    let note = audit_command::note_in(file)?;
    let keys = std::slice::from_ref(key);
    let states = match Manifest::open(&note, keys) {
        Ok(manifest) => manifest.chains().to_vec(),
        Err(_) => {
            let checkpoint = Checkpoint::open(&note, keys);
            let checkpoint = checkpoint
                .with_context(|| format!("{} is no checkpoint or manifest of this ledger", file.display()))?;
            vec![ChainState::from(&checkpoint)]
        }
    };
    Ok(states.into_iter().map(|ChainState { chain, size, root, .. }| EpochChain { chain, size, root }).collect())
}

/// What came out of the archive.
struct Taken {
    header: Header,
    tables: Vec<TableSum>,
    /// The digest of the archive's last frame.
    digest: [u8; 32],
    opened: u64,
    /// Sealed values that don't open.
    closed: Vec<String>,
}

/// Reads the whole archive: files into the waiting room, rows into the databases.
async fn take_in(staged: &Config, from: &mut archive::In, now: Instant) -> anyhow::Result<Taken> {
    let header: Header = expect(from, Letter::Header)?.json()?;
    let mut frame = expect_any(from)?;
    while frame.letter == Letter::File {
        put_file(&staged.data_dir, &frame.json()?)?;
        frame = expect_any(from)?;
    }
    let root = staged.root().context("the archive has no root key that can be used")?;
    staged.seed().context("the archive has no signing key that can be used")?;
    let mut tables = Vec::new();
    let (sums, seals) = store(Store::Main, &staged.main_owner(&root), frame, from, Some((&root, now))).await?;
    tables.extend(sums);
    let frame = expect_any(from)?;
    tables.extend(store(Store::Ledger, &staged.ledger_owner(&root), frame, from, None).await?.0);
    let frame = expect(from, Letter::Contents)?;
    let contents: Contents = frame.json()?;
    ensure!(contents.header == header && contents.tables == tables, "the archive's end does not fit its beginning");
    ensure!(from.next()?.is_none(), "the archive goes on after its end");
    let digest = salus_vault::sha256(&frame.body);
    Ok(Taken { header, tables, digest, opened: seals.opened, closed: seals.closed })
}

/// One database: its tables, and a look at what was put in before it is kept.
async fn store(
    which: Store,
    owner: &OwnerConfig,
    begins: Frame,
    from: &mut archive::In,
    main: Option<(&RootKey, Instant)>,
) -> anyhow::Result<(Vec<TableSum>, crate::access::seals::SealsReport)> {
    ensure!(begins.letter == Letter::Store, "the archive lacks a database");
    let begins: StoreBegins = begins.json()?;
    ensure!(begins.store == which.word(), "the archive's databases are in another order");
    let mut target = Target::begin(owner, which, &begins.migrations).await.map_err(in_words)?;
    let outcome = async {
        let sums = put_in(&mut target, from).await?;
        let seals = check::tables(&mut target, which.word(), &sums, main.map(|(root, _)| root)).await?;
        if let Some((_, now)) = main {
            target.retire_chains().await?;
            target.end_sessions(now).await?;
        }
        Ok::<_, anyhow::Error>((sums, seals))
    }
    .await;
    match outcome {
        Ok(kept) => {
            target.commit().await?;
            Ok(kept)
        }
        Err(error) => {
            target.give_up().await;
            Err(error)
        }
    }
}

async fn put_in(target: &mut Target, from: &mut archive::In) -> anyhow::Result<Vec<TableSum>> {
    let mut table: Option<CopiedTable> = None;
    loop {
        let frame = expect_any(from)?;
        match frame.letter {
            Letter::Table => {
                let begins: TableBegins = frame.json()?;
                let known = target.tables.iter().find(|known| known.name == begins.table);
                let known = known.filter(|known| known.columns == begins.columns);
                table =
                    Some(known.with_context(|| format!("no table {} as the archive has it", begins.table))?.clone());
            }
            Letter::Rows => {
                let table = table.as_ref().context("rows of no table")?;
                let rows = frame.rows(table.columns.len())?;
                ensure!(rows.iter().all(|row| table.takes(row)), "a row of {} has a value of another kind", table.name);
                target.insert(table, rows).await.map_err(in_words)?;
            }
            Letter::End => return Ok(frame.json::<StoreEnds>()?.tables),
            _ => bail!("the archive's parts are in another order"),
        }
    }
}

/// A database's error with its cause, which holds no values.
fn in_words(error: salus_db::DbError) -> anyhow::Error {
    match std::error::Error::source(&error).map(ToString::to_string) {
        Some(cause) => anyhow::anyhow!("{cause}"),
        None => error.into(),
    }
}

fn expect_any(from: &mut archive::In) -> anyhow::Result<Frame> {
    from.next()?.context("the archive is cut off")
}

fn expect(from: &mut archive::In, letter: Letter) -> anyhow::Result<Frame> {
    let frame = expect_any(from)?;
    ensure!(frame.letter == letter, "the archive's parts are in another order");
    Ok(frame)
}

fn put_file(folder: &Path, file: &File) -> anyhow::Result<()> {
    ensure!(FILES.contains(&file.name.as_str()), "the archive has a file that does not belong there");
    let mode = if file.name == recovery::FILE { 0o600 } else { 0o400 };
    archive::write_new(&folder.join(&file.name), &file.text, mode)
}

fn refuse_unless_empty(data_dir: &Path) -> anyhow::Result<()> {
    let there: Vec<&str> = OURS.into_iter().filter(|name| fs::symlink_metadata(data_dir.join(name)).is_ok()).collect();
    if there.contains(&WAITING) {
        bail!("a restore into {} was not finished; remove {WAITING} in it and begin again", data_dir.display());
    }
    ensure!(
        there.is_empty(),
        "{} is not empty, it has {}; nothing is overwritten",
        data_dir.display(),
        there.join(", ")
    );
    Ok(())
}

/// The databases first and the root key last: until it is there, nothing serves.
fn put_into_service(waiting: &Path, data_dir: &Path) -> anyhow::Result<()> {
    for log in ["salus.db-wal", "ledger.db-wal"] {
        ensure!(!waiting.join(log).exists(), "{log} is still in use; nothing was put into service");
    }
    for name in ["salus.db", "ledger.db", "recovery.pub", "ledger-signing.key", "root.key"] {
        let (from, to) = (waiting.join(name), data_dir.join(name));
        if from.exists() {
            fs::rename(&from, &to).with_context(|| to.display().to_string())?;
        }
    }
    files::sync_folder(&data_dir.join("root.key"))?;
    fs::remove_dir_all(waiting).context("the folder of the restore could not be removed")
}
