//! Backup and restore from end to end, on both engines and from one to the other.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use age::x25519::{Identity, Recipient};
use salus_db::{
    Engine, Sight, Value,
    copy::{Pages, Source, Store, Target},
    sql,
    testing::TestDbs,
};
use salus_kernel::{MINUTE, PatientId};
use salus_ledger::{Fault, Manifest};
use serde_json::json;

use super::{
    archive::{self, Writing},
    frames::{Contents, Letter, StoreBegins, StoreEnds, Sum, TableBegins, TableSum},
    recovery,
    restore::{Reason, RestoreArgs, Restored, restore},
    save::{Origin, Saved, copy, write_down},
};
use crate::{
    access::{
        App, WebConfig,
        columns::REGISTRY,
        founding::{self, Opened},
        rows,
    },
    audit_command,
    config::Config,
    salus_test,
    shell::urls::{self, Section},
    testing::{Browser, World},
};

mod kill;
mod thefts;

/// A folder with an archive in it, and who opens it.
struct Vaulted {
    folder: tempfile::TempDir,
    identity: Identity,
    file: PathBuf,
}

impl Vaulted {
    fn new(w: &World) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (identity, recipient) = recovery::make();
        recovery::add(w.folder.path(), &recipient).unwrap();
        let key = folder.path().join("recovery.key");
        fs::write(&key, format!("# keep this away\n{}\n", identity.as_str())).unwrap();
        let file = folder.path().join("clinic.salus");
        Self { folder, identity: identity.parse().unwrap(), file }
    }
    fn recipient(&self) -> Recipient {
        self.identity.to_public()
    }
    fn args(&self) -> RestoreArgs {
        RestoreArgs {
            archive: self.file.clone(),
            identity: Some(self.folder.path().join("recovery.key")),
            reason: Reason::Rehearsal,
            anchor: Vec::new(),
            despite_findings: false,
        }
    }
}

fn origin(w: &World) -> Origin {
    Origin { data_dir: w.folder.path().to_owned(), main: w.dbs.owner.clone(), ledger: w.dbs.ledger_owner.clone() }
}

async fn save(w: &World, vaulted: &Vaulted) -> Saved {
    // What was written before belongs to an earlier tick of the clock.
    w.advance(1);
    let id = write_down(&w.ledger, w.now()).await.unwrap();
    w.ledger.checkpoint().await.unwrap();
    let writing = Writing::begin(&vaulted.file, &[vaulted.recipient()]).unwrap();
    copy(&origin(w), id, w.now(), writing).await.unwrap()
}

/// An empty machine, on one of the engines. The databases live as long as this does.
struct Machine {
    config: Config,
    _folder: tempfile::TempDir,
    _dbs: Option<TestDbs>,
}

impl Machine {
    async fn empty(engine: Engine) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config { data_dir: folder.path().join("data"), ..Config::default() };
        let mut dbs = None;
        if engine == Engine::Postgres {
            let made = TestDbs::postgres(REGISTRY).await?;
            let raw = made.raw.clone().unwrap();
            config.database.url = raw.app;
            config.database.owner_url = raw.owner;
            config.ledger.url = raw.ledger_writer;
            config.ledger.reader_url = raw.ledger_reader;
            config.ledger.owner_url = raw.ledger_owner;
            dbs = Some(made);
        }
        Some(Self { config, _folder: folder, _dbs: dbs })
    }
    async fn open(&self, w: &World) -> Opened {
        let root = self.config.root().unwrap();
        let (main, ledger) = (self.config.main(&root), self.config.ledger(&root));
        founding::open(&main, ledger, &self.config.seed().unwrap(), w.clock(), true).await.unwrap()
    }
    async fn restored(&self, w: &World, args: &RestoreArgs) -> anyhow::Result<Restored> {
        Box::pin(restore(args, &self.config, w.clock())).await
    }
}

/// What each table of a database is.
async fn sums(owner: &salus_db::OwnerConfig, store: Store) -> Vec<TableSum> {
    let mut source = Source::open(owner).await.unwrap();
    let mut sums = Vec::new();
    for table in source.tables.clone() {
        let (mut sum, mut pages) = (Sum::default(), Pages::default());
        loop {
            let rows = pages.next(&mut source.reader, &table).await.unwrap();
            if rows.is_empty() {
                break;
            }
            rows.iter().for_each(|row| sum.add(row));
        }
        sums.push(sum.of_table(store.word(), &table.name));
    }
    source.close().await;
    sums.sort_by(|left, right| left.table.cmp(&right.table));
    sums
}

async fn some_clinic(w: &World) -> crate::testing::Person {
    let ana = w.patient("Ana Zebulon").await;
    w.practitioner("Dr. Lena Park").await;
    for (section, id) in w.one_of_each(ana.patient, "quackenbush").await {
        ana.get(&urls::item(ana.patient, section, id)).await.is_ok();
    }
    ana
}

async fn condition(w: &World, patient: PatientId, text: &str) {
    let resource =
        json!({ "resourceType": "Condition", "subject": { "reference": "Patient/x" }, "code": { "text": text } });
    w.row("condition", patient, Some(w.now()), resource).await;
}

salus_test! {
async fn a_clinic_comes_back_as_it_was(w: World) {
    let ana = some_clinic(&w).await;
    let erased = w.chart("Ben Okafor", "1990-01-02").await;
    w.erase(erased).await;
    w.an_invite_of_each_kind().await;
    // One that counts, with somebody who has it.
    let ada = w.staff("Ada Stone", salus_kernel::Role::Administrator).await;
    crate::roles::tests::a_role(&w, &ada).await;
    crate::proxies::tests::code(&ana, ana.patient, &crate::proxies::tests::asked("Rosa", &["visits"])).await;
    w.caregiver("Cara Giver", &ana, &["visits"]).await;
    // A change that can be taken back, and an address that waits.
    ana.get(urls::FACTORS).await.is_ok();
    ana.post(urls::FACTORS_CODES, &[]).await.is_ok();
    ana.post(urls::ADDRESS, &[("email", "ana@example.net")]).await.goes_to(urls::ADDRESS);
    let vaulted = Vaulted::new(&w);
    let saved = save(&w, &vaulted).await;
    assert_eq!(fs::metadata(&vaulted.file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(&vaulted.file).unwrap().len(), saved.bytes);
    let before = (sums(&w.dbs.owner, Store::Main).await, sums(&w.dbs.ledger_owner, Store::Ledger).await);

    // To the engine it came from, and to the other one.
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some(machine) = Machine::empty(engine).await else { continue };
        let restored = machine.restored(&w, &vaulted.args()).await.unwrap();
        assert_eq!(restored.rows, saved.rows);
        assert!(restored.seals > 20 && restored.compared > 15, "{restored:?}");
        assert_eq!(restored.findings, Vec::<String>::new());
        for key in ["root.key", "ledger-signing.key"] {
            let path = machine.config.data_dir.join(key);
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o400);
            assert_eq!(fs::read(&path).unwrap(), fs::read(w.folder.path().join(key)).unwrap());
        }
        let root = machine.config.root().unwrap();
        let after = sums(&machine.config.main_owner(&root), Store::Main).await;
        for (before, after) in before.0.iter().zip(&after) {
            assert_eq!(before.table, after.table);
            // Sessions have ended, invites and jobs too, chains are retired and one has begun, and the ledger was told.
            if !["session", "invite", "recovery", "related_person", "job", "account_undo", "email_change", "ledger_lease", "ledger_outcome"].contains(&before.table.as_str()) {
                assert_eq!(before, after);
            }
        }
        let after = sums(&machine.config.ledger_owner(&root), Store::Ledger).await;
        let rows = |sums: &[TableSum]| sums.iter().find(|sum| sum.table == "entry").unwrap().rows;
        assert_eq!(rows(&after), rows(&before.1) + 6, "and the epoch, and that invites and a code were taken back: three charts, and staff");

        let mut source = Source::open(&machine.config.main_owner(&root)).await.unwrap();
        let open = sql!("SELECT COUNT(*) FROM session WHERE ended_at IS NULL");
        let (open,): (i64,) = source.reader.one(open, Vec::new()).await.unwrap();
        assert_eq!(open, 0, "signing out was undone");
        for (what, count) in [
            ("open invites", sql!("SELECT COUNT(*) FROM invite WHERE state = 'open'")),
            ("open codes", sql!("SELECT COUNT(*) FROM related_person WHERE state = 'offered'")),
            ("people about to be let back in", sql!("SELECT COUNT(*) FROM recovery WHERE state = 'vouched'")),
            ("links that take a change back", sql!("SELECT COUNT(*) FROM account_undo")),
            ("links to a new address", sql!("SELECT COUNT(*) FROM email_change")),
            ("jobs that would mail somebody", sql!("SELECT COUNT(*) FROM job WHERE state IN ('queued', 'running')")),
        ] {
            let (count,): (i64,) = source.reader.one(count, Vec::new()).await.unwrap();
            assert_eq!(count, 0, "{what}");
        }
        let given_up = sql!("SELECT COUNT(*) FROM job WHERE state = 'given-up' AND last_error = 'restored'");
        let (given_up,): (i64,) = source.reader.one(given_up, Vec::new()).await.unwrap();
        assert!(given_up > 0);
        source.close().await;

        // It serves, and Ana reads what she read; but she signs in again.
        let Opened { db, ledger } = machine.open(&w).await;
        let report = rows::compare(&db, &ledger, &root, w.now()).await.unwrap();
        assert!(report.is_intact(), "{report:?}");
        let app = App::open(db, ledger, &root, w.clock(), WebConfig::default()).await.unwrap();
        let (_, router) = crate::web::router(&app);
        let browser = Browser::new(router);
        w.advance(MINUTE);
        w.sign_in_with(&ana, &browser).await;
        browser.get(&urls::section(ana.patient, Section::Problems)).await.is_ok().shows("Quackenbush");
        app.shut_down().await.unwrap();
    }
}
}

salus_test! {
async fn writers_do_not_disturb_a_backup_and_it_does_not_disturb_them(w: World) {
    let ana = some_clinic(&w).await;
    let vaulted = Vaulted::new(&w);
    // Enough that the copy takes a while.
    for number in 0..30 {
        condition(&w, ana.patient, &format!("before {number}")).await;
    }
    let (stop, started) = (AtomicBool::new(false), AtomicBool::new(false));
    let writing = async |name: &'static str| {
        let mut written = 0;
        while !stop.load(Ordering::SeqCst) {
            w.advance(1000);
            condition(&w, ana.patient, name).await;
            ana.get(&urls::section(ana.patient, Section::Problems)).await.is_ok();
            started.store(true, Ordering::SeqCst);
            written += 1;
        }
        written
    };
    let saving = async {
        while !started.load(Ordering::SeqCst) {
            tokio::task::yield_now().await;
        }
        let saved = save(&w, &vaulted).await;
        stop.store(true, Ordering::SeqCst);
        saved
    };
    let (saved, one, two) = tokio::join!(saving, writing("one"), writing("two"));
    assert!(one + two > 1, "nobody wrote meanwhile");
    for engine in [w.db.engine(), other(w.db.engine())] {
        let Some(machine) = Machine::empty(engine).await else { continue };
        let restored = machine.restored(&w, &vaulted.args()).await.unwrap();
        assert_eq!((restored.rows, restored.findings.len()), (saved.rows, 0));
        // Also later: what was written after the copy is not missed.
        let Opened { db, ledger } = machine.open(&w).await;
        let report = rows::compare(&db, &ledger, &machine.config.root().unwrap(), w.now()).await.unwrap();
        assert!(report.is_intact(), "{report:?}");
        ledger.close().await.unwrap();
        db.close().await;
    }
}
}

const fn other(engine: Engine) -> Engine {
    match engine {
        Engine::Sqlite => Engine::Postgres,
        Engine::Postgres => Engine::Sqlite,
    }
}

salus_test! {
async fn without_the_recovery_key_nothing_opens(w: World) {
    some_clinic(&w).await;
    let vaulted = Vaulted::new(&w);
    save(&w, &vaulted).await;
    let bytes = fs::read(&vaulted.file).unwrap();
    let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    let root = fs::read_to_string(w.folder.path().join("root.key")).unwrap();
    let digits = root.trim().rsplit(' ').next().unwrap();
    for needle in ["Zebulon", "quackenbush", "salus-root-v1", "salus-ledger-signing-v1", digits, "condition", "Riverside"] {
        assert!(!holds(needle.as_bytes()), "{needle}");
    }
    assert!(!holds(&hex::decode(digits).unwrap()));

    let machine = Machine::empty(w.db.engine()).await.unwrap();
    let mut args = vaulted.args();
    let told = |error: anyhow::Error| format!("{error:#}");
    let key = vaulted.folder.path().join("other.key");
    for (text, wanted) in [
        (recovery::make().0.as_str(), "this recovery key does not open this archive"),
        (vaulted.recipient().to_string().as_str(), "it has no line that begins with AGE-SECRET-KEY-1"),
        ("AGE-SECRET-KEY-1QQQ", "a letter wrong or is cut off"),
    ] {
        fs::write(&key, text).unwrap();
        args.identity = Some(key.clone());
        let error = told(machine.restored(&w, &args).await.unwrap_err());
        assert!(error.contains(wanted), "{error}");
        assert!(!machine.config.data_dir.join("root.key").exists());
    }

    // Altered or cut off anywhere: refused, and nothing is left of it.
    for place in [0, 40, 200, bytes.len() / 2, bytes.len() - 1] {
        let mut altered = bytes.clone();
        altered[place] ^= 1;
        for damaged in [altered, bytes[..place].to_vec()] {
            let machine = Machine::empty(w.db.engine()).await.unwrap();
            args = vaulted.args();
            args.archive = vaulted.folder.path().join("damaged");
            fs::write(&args.archive, damaged).unwrap();
            let error = told(machine.restored(&w, &args).await.unwrap_err());
            assert!(!machine.config.data_dir.join("root.key").exists() && !machine.config.data_dir.join("restoring").exists(), "{error}");
        }
    }
}
}

salus_test! {
async fn nothing_is_overwritten(w: World) {
    w.patient("Ana Ruiz").await;
    let vaulted = Vaulted::new(&w);
    save(&w, &vaulted).await;
    let again = Writing::begin(&vaulted.file, &[vaulted.recipient()]).err().unwrap();
    assert!(again.to_string().contains("never overwritten"), "{again}");
    // Somebody else's file comes while ours is being written.
    let late = vaulted.folder.path().join("late.salus");
    let writing = Writing::begin(&late, &[vaulted.recipient()]).unwrap();
    fs::write(&late, "theirs").unwrap();
    assert!(writing.end().unwrap_err().to_string().contains("never overwritten"));
    assert_eq!(fs::read_to_string(&late).unwrap(), "theirs");
    assert!(parts(vaulted.folder.path()).is_empty());

    let machine = Machine::empty(w.db.engine()).await.unwrap();
    machine.restored(&w, &vaulted.args()).await.unwrap();
    let error = machine.restored(&w, &vaulted.args()).await.unwrap_err().to_string();
    assert!(error.contains("is not empty, it has root.key"), "{error}");
    if machine.config.database.url.starts_with("postgres") {
        // An empty folder, and databases that are not.
        let folder = tempfile::tempdir().unwrap();
        let config = Config { data_dir: folder.path().join("data"), ..machine.config.clone() };
        let error = Box::pin(restore(&vaulted.args(), &config, w.clock())).await.unwrap_err().to_string();
        assert!(error.contains("the main database is not empty"), "{error}");
    }
}
}

/// Files that a backup has begun and not ended.
fn parts(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.filter(|path| path.to_string_lossy().ends_with(".part")).collect()
}

#[test]
fn a_clinic_without_a_recovery_key_is_not_saved() {
    let folder = tempfile::tempdir().unwrap();
    let why = |folder: &Path| recovery::recipients(folder).err().map(|error| error.to_string());
    assert!(why(folder.path()).unwrap().contains("there is no recovery key"));
    fs::write(folder.path().join("recovery.pub"), "# nobody yet\n\n").unwrap();
    assert!(why(folder.path()).unwrap().contains("there is no recovery key"));
    let (_, one) = recovery::make();
    recovery::add(folder.path(), &one).unwrap();
    recovery::add(folder.path(), &recovery::make().1).unwrap();
    assert_eq!(recovery::recipients(folder.path()).unwrap().len(), 2);
    fs::write(folder.path().join("recovery.pub"), "age1nonsense\n").unwrap();
    assert!(why(folder.path()).unwrap().contains("a line is `age1…`"));
    assert!(recovery::add(folder.path(), "AGE-SECRET-KEY-1QQQ").is_err());
}
