//! Databases for tests: a private PostgreSQL cluster, migrated templates, and a fresh clone for each test.
//!
//! Everything lies in one private folder per test process. A small shell waits at the end of a pipe: when the process
//! is gone, however it went, the shell stops the server and removes the folder.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use salus_kernel::TableEntry;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::{DbConfig, DbError, OwnerConfig, Url, ledger, ledger::LedgerUrl, migrate, open};

/// A fresh pair of databases, migrated. They are removed when this is dropped.
#[derive(Debug)]
pub struct TestDbs {
    /// The main database as the application opens it.
    pub config: DbConfig,
    /// The main database as its owner opens it.
    pub owner: OwnerConfig,
    /// The ledger as the application opens it.
    pub ledger: LedgerUrl,
    /// The ledger as its owner opens it.
    pub ledger_owner: OwnerConfig,
    /// Addresses with each role, for raw SQL; on PostgreSQL only.
    pub raw: Option<RawUrls>,
    _gone_with_it: Gone,
}

/// PostgreSQL addresses, one per role.
#[derive(Debug, Clone)]
pub struct RawUrls {
    /// The main database's owner.
    pub owner: String,
    /// The application.
    pub app: String,
    /// The ledger's owner.
    pub ledger_owner: String,
    /// May only insert into the ledger.
    pub ledger_writer: String,
    /// May only read the ledger.
    pub ledger_reader: String,
    /// The cluster's superuser, on the main database.
    pub superuser: String,
}

#[derive(Debug)]
enum Gone {
    Folder { _folder: TempDir },
    Databases(Vec<String>),
}

impl Drop for Gone {
    fn drop(&mut self) {
        if let Self::Databases(names) = self {
            // Dropping needs a connection and time: the next clone does it.
            OUTLIVED.lock().unwrap_or_else(PoisonError::into_inner).append(names);
        }
    }
}

static OUTLIVED: Mutex<Vec<String>> = Mutex::new(Vec::new());
static NUMBER: AtomicU64 = AtomicU64::new(0);
static SKIPPED: AtomicU64 = AtomicU64::new(0);
static DEN: Mutex<Option<Den>> = Mutex::new(None);
static SQLITE: OnceCell<(PathBuf, PathBuf, [u8; 32])> = OnceCell::const_new();
static CLUSTER: OnceCell<Option<Cluster>> = OnceCell::const_new();

/// The names of the roles in every test cluster.
pub const APP_ROLE: &str = "salus_app";
const OWNER_ROLE: &str = "salus_owner";
const LEDGER_OWNER_ROLE: &str = "salus_ledger_owner";
/// May only insert into the ledger.
pub const LEDGER_WRITER_ROLE: &str = "salus_ledger_writer";
/// May only read the ledger.
pub const LEDGER_READER_ROLE: &str = "salus_ledger_reader";

/// How many tests of this process went without PostgreSQL.
pub fn skipped() -> u64 {
    SKIPPED.load(Ordering::Relaxed)
}

/// Waits until everything that a test opened is closed; see `open::of_tests`.
#[derive(Debug)]
pub struct Closer(Vec<PathBuf>);

impl Closer {
    /// After the test's last use of its databases.
    pub async fn close(self) {
        open::of_tests::close(&self.0).await;
    }
}

impl TestDbs {
    /// For the end of the test; the files themselves go with this.
    pub fn closer(&self) -> Closer {
        let mut paths = Vec::new();
        if let Url::Sqlite { path, .. } = &self.config.url {
            paths.push(path.clone());
        }
        if let LedgerUrl::Sqlite { path, .. } = &self.ledger {
            paths.push(path.clone());
        }
        Closer(paths)
    }

    /// A copy of the migrated SQLite files. The registry of the first call in a process makes the template.
    ///
    /// # Panics
    ///
    /// When it can't be made: a test can do nothing about it.
    pub async fn sqlite(registry: &[TableEntry]) -> Self {
        Self::try_sqlite(registry).await.unwrap_or_else(|error| fail("SQLite", &error))
    }

    /// A clone of the migrated PostgreSQL databases; `None`, with a word about it, where PostgreSQL is not installed.
    ///
    /// # Panics
    ///
    /// When it can't be made, and under `CI=true` also when PostgreSQL is not installed.
    pub async fn postgres(registry: &[TableEntry]) -> Option<Self> {
        match Self::try_postgres(registry).await {
            Ok(Some(dbs)) => Some(dbs),
            Ok(None) => {
                assert!(std::env::var("CI").as_deref() != Ok("true"), "PostgreSQL is not here, and this is CI");
                SKIPPED.fetch_add(1, Ordering::Relaxed);
                say("skipped: PostgreSQL is not here");
                None
            }
            Err(error) => fail("PostgreSQL", &error),
        }
    }

    async fn try_sqlite(registry: &[TableEntry]) -> Result<Self, DbError> {
        let (main, ledger, key) = SQLITE.get_or_try_init(|| sqlite_template(registry)).await?;
        let folder = tempfile::Builder::new().prefix("files-").tempdir_in(den()?).map_err(io)?;
        let copy = |from: &Path, name: &str| {
            let to = folder.path().join(name);
            fs::copy(from, &to).map(|_| to).map_err(io)
        };
        let (main, ledger) = (copy(main, "salus.db")?, copy(ledger, "audit.db")?);
        let url = Url::Sqlite { path: main, key: *key };
        Ok(Self {
            config: DbConfig::new(url.clone()),
            owner: OwnerConfig { url },
            ledger: LedgerUrl::Sqlite { path: ledger.clone(), key: *key },
            ledger_owner: OwnerConfig { url: Url::Sqlite { path: ledger, key: *key } },
            raw: None,
            _gone_with_it: Gone::Folder { _folder: folder },
        })
    }

    async fn try_postgres(registry: &[TableEntry]) -> Result<Option<Self>, DbError> {
        let Some(cluster) = CLUSTER.get_or_try_init(|| Cluster::start(registry)).await? else { return Ok(None) };
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let (main, ledger) = (format!("main_{number}"), format!("ledger_{number}"));
        let outlived = std::mem::take(&mut *OUTLIVED.lock().unwrap_or_else(PoisonError::into_inner));
        let mut admin = cluster.admin("postgres").await?;
        for name in outlived {
            run(&mut admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
        }
        cluster.clone_database(&mut admin, "main_template", &main, OWNER_ROLE, &[APP_ROLE]).await?;
        let readers = &[LEDGER_WRITER_ROLE, LEDGER_READER_ROLE];
        cluster.clone_database(&mut admin, "ledger_template", &ledger, LEDGER_OWNER_ROLE, readers).await?;
        admin.close().await.map_err(driver)?;
        let raw = RawUrls {
            owner: cluster.url(OWNER_ROLE, &main),
            app: cluster.url(APP_ROLE, &main),
            ledger_owner: cluster.url(LEDGER_OWNER_ROLE, &ledger),
            ledger_writer: cluster.url(LEDGER_WRITER_ROLE, &ledger),
            ledger_reader: cluster.url(LEDGER_READER_ROLE, &ledger),
            superuser: cluster.url("postgres", &main),
        };
        let at = |url: &String| Url::Postgres { url: url.clone() };
        Ok(Some(Self {
            config: DbConfig::new(at(&raw.app)),
            owner: OwnerConfig { url: at(&raw.owner) },
            ledger: LedgerUrl::Postgres { writer: raw.ledger_writer.clone(), reader: raw.ledger_reader.clone() },
            ledger_owner: OwnerConfig { url: at(&raw.ledger_owner) },
            raw: Some(raw),
            _gone_with_it: Gone::Databases(vec![main, ledger]),
        }))
    }
}

/// Runs raw SQL with the role of an address, in one transaction that sees nothing until the SQL itself sets something,
/// and says how many rows came back or were touched.
pub async fn raw(url: &str, sql: &str) -> Result<u64, DbError> {
    let mut connection = PgConnection::connect_with(&open::postgres_options(url)?).await.map_err(driver)?;
    let mut steps = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).fetch_many(&mut connection);
    let mut touched = 0;
    while let Some(step) = std::future::poll_fn(|context| steps.as_mut().poll_next(context)).await {
        if let sqlx::Either::Left(done) = step.map_err(driver)? {
            touched = done.rows_affected();
        }
    }
    drop(steps);
    connection.close().await.map_err(driver)?;
    Ok(touched)
}

/// A PostgreSQL server of this process alone.
#[derive(Debug)]
struct Cluster {
    folder: PathBuf,
    password: String,
}

impl Cluster {
    async fn start(registry: &[TableEntry]) -> Result<Option<Self>, DbError> {
        let Some(bin) = postgres_bin() else { return Ok(None) };
        let den = den()?;
        let folder = den.join("pg");
        let password = random_hex()?;
        fs::create_dir(&folder).map_err(io)?;
        fs::write(den.join("password"), &password).map_err(io)?;
        let user = as_whom(&den)?;
        if user.is_some() {
            for path in [&folder, &den.join("password")] {
                succeed(Command::new("chown").arg("postgres").arg(path))?;
            }
        }
        let command = |program: &str| {
            let program = bin.join(program);
            match user {
                Some(user) => {
                    let mut command = Command::new("runuser");
                    command.args(["-u", user, "--"]).arg(program);
                    command
                }
                None => Command::new(program),
            }
        };
        let data = folder.join("data");
        // Before the server starts: how the watcher stops it.
        let prefix = user.map_or_else(String::new, |user| format!("runuser -u {user} -- "));
        let stop = format!("cd / && {prefix}{}/pg_ctl -D {} -m immediate stop", bin.display(), data.display());
        fs::write(den.join("stop"), stop).map_err(io)?;
        // Passwords in clear over a socket in a private folder: SCRAM costs 50 ms a connection in a debug build.
        succeed(
            command("initdb")
                .arg("-D")
                .arg(&data)
                .args(["-U", "postgres", "--auth=password", "--encoding=UTF8", "--locale=C", "--no-sync"])
                .arg(format!("--pwfile={}", den.join("password").display())),
        )?;
        let settings = format!(
            "listen_addresses = ''\nunix_socket_directories = '{}'\nmax_connections = 300\nshared_buffers = 64MB\n\
             fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nautovacuum = off\nlogging_collector = off\n",
            folder.display()
        );
        let conf = data.join("postgresql.conf");
        fs::OpenOptions::new()
            .append(true)
            .open(conf)
            .and_then(|mut file| file.write_all(settings.as_bytes()))
            .map_err(io)?;
        succeed(
            command("pg_ctl").arg("-D").arg(&data).arg("-l").arg(folder.join("log")).args(["-w", "-t", "60", "start"]),
        )?;
        let cluster = Self { folder, password };
        cluster.make_templates(registry).await?;
        Ok(Some(cluster))
    }

    fn url(&self, role: &str, database: &str) -> String {
        format!("postgres://{role}:{}@localhost/{database}?host={}", self.password, self.folder.display())
    }

    async fn admin(&self, database: &str) -> Result<PgConnection, DbError> {
        let options = open::postgres_options(&self.url("postgres", database))?;
        PgConnection::connect_with(&options).await.map_err(driver)
    }

    async fn make_templates(&self, registry: &[TableEntry]) -> Result<(), DbError> {
        let mut admin = self.admin("postgres").await?;
        for role in [OWNER_ROLE, APP_ROLE, LEDGER_OWNER_ROLE, LEDGER_WRITER_ROLE, LEDGER_READER_ROLE] {
            run(&mut admin, &format!("CREATE ROLE {role} LOGIN PASSWORD '{}'", self.password)).await?;
        }
        run(&mut admin, &format!("CREATE DATABASE main_template OWNER {OWNER_ROLE}")).await?;
        run(&mut admin, &format!("CREATE DATABASE ledger_template OWNER {LEDGER_OWNER_ROLE}")).await?;
        admin.close().await.map_err(driver)?;
        let owner = |role, database| OwnerConfig { url: Url::Postgres { url: self.url(role, database) } };
        migrate(&owner(OWNER_ROLE, "main_template"), registry, APP_ROLE).await?;
        let ledger = owner(LEDGER_OWNER_ROLE, "ledger_template");
        ledger::migrate(&ledger, LEDGER_WRITER_ROLE, LEDGER_READER_ROLE).await
    }

    /// A clone has the template's tables, policies and grants, but not the rights on the database itself.
    async fn clone_database(
        &self,
        admin: &mut PgConnection,
        template: &str,
        name: &str,
        owner: &str,
        roles: &[&str],
    ) -> Result<(), DbError> {
        run(admin, &format!("CREATE DATABASE {name} OWNER {owner} TEMPLATE {template}")).await?;
        let roles = roles.join(", ");
        run(admin, &format!("REVOKE ALL ON DATABASE {name} FROM PUBLIC; GRANT CONNECT ON DATABASE {name} TO {roles}"))
            .await
    }
}

async fn sqlite_template(registry: &[TableEntry]) -> Result<(PathBuf, PathBuf, [u8; 32]), DbError> {
    let folder = den()?;
    let (main, ledger) = (folder.join("main-template.db"), folder.join("ledger-template.db"));
    let mut key = [0; 32];
    aws_lc_rs::rand::fill(&mut key).map_err(|_| DbError::broken("no randomness"))?;
    let at = |path: &PathBuf| OwnerConfig { url: Url::Sqlite { path: path.clone(), key } };
    migrate(&at(&main), registry, APP_ROLE).await?;
    ledger::migrate(&at(&ledger), LEDGER_WRITER_ROLE, LEDGER_READER_ROLE).await?;
    Ok((main, ledger, key))
}

/// The private folder, and the shell that removes it.
struct Den {
    folder: PathBuf,
    /// Its standard input is the pipe that breaks when this process ends.
    _watcher: Child,
}

/// Again after a second, should `initdb` or the server have been about to begin.
const WATCHER: &str = r#"
    read _
    stop=$(cat "$1/stop" 2>/dev/null)
    for _ in 1 2 3 4 5 6 7 8 9; do
        sh -c "$stop"
        rm -rf "$1"
        sleep 1
        [ -e "$1" ] || break
    done"#;

fn den() -> Result<PathBuf, DbError> {
    let mut den = DEN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(den) = &*den {
        return Ok(den.folder.clone());
    }
    let folder = tempfile::Builder::new().prefix("salus-test-").tempdir().map_err(io)?.keep();
    let mut watcher = Command::new("sh");
    watcher.args(["-c", WATCHER, "sh"]).arg(&folder).current_dir("/");
    watcher.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    #[cfg(unix)]
    {
        use std::os::unix::{fs::PermissionsExt as _, process::CommandExt as _};
        // Not stopped together with the tests by Ctrl-C.
        watcher.process_group(0);
        // The server's user must get to its folder.
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o711)).map_err(io)?;
    }
    let watcher = watcher.spawn().map_err(io)?;
    *den = Some(Den { folder: folder.clone(), _watcher: watcher });
    Ok(folder)
}

/// PostgreSQL refuses to run as root; then it runs as `postgres`.
fn as_whom(ours: &Path) -> Result<Option<&'static str>, DbError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        Ok((fs::metadata(ours).map_err(io)?.uid() == 0).then_some("postgres"))
    }
    #[cfg(not(unix))]
    {
        let _ = ours;
        Ok(None)
    }
}

/// Where PostgreSQL's programs are: `SALUS_POSTGRES_BIN`, Debian's newest, or on the path.
fn postgres_bin() -> Option<PathBuf> {
    if let Some(told) = std::env::var_os("SALUS_POSTGRES_BIN") {
        return Some(PathBuf::from(told));
    }
    let has_it = |bin: &PathBuf| bin.join("initdb").exists() && bin.join("pg_ctl").exists();
    let mut debian: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))
        })
        .filter(|(_, bin)| has_it(bin))
        .collect();
    debian.sort();
    let on_path = || std::env::split_paths(&std::env::var_os("PATH")?).find(has_it);
    debian.pop().map(|(_, bin)| bin).or_else(on_path)
}

fn succeed(command: &mut Command) -> Result<(), DbError> {
    // Nothing of ours may stay open in the server: tests would wait for its end.
    let status = command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(DbError::broken(format!("{command:?}: {status}"))),
        Err(error) => Err(DbError::broken(format!("{command:?}: {error}"))),
    }
}

async fn run(connection: &mut PgConnection, sql: &str) -> Result<(), DbError> {
    // One at a time: CREATE DATABASE can't share a transaction.
    for statement in sql.split(';') {
        connection.execute(sqlx::raw_sql(AssertSqlSafe(statement.to_owned()))).await.map_err(driver)?;
    }
    Ok(())
}

fn random_hex() -> Result<String, DbError> {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| DbError::broken("no randomness"))?;
    Ok(hex::encode(bytes))
}

fn driver(error: sqlx::Error) -> DbError {
    DbError::from_driver(&error, None, " (test)")
}

fn io(error: std::io::Error) -> DbError {
    DbError::broken(format!("test folder: {error}"))
}

#[expect(clippy::print_stdout, reason = "a skipped engine must be seen")]
fn say(words: &str) {
    println!("{words}");
}

fn fail(engine: &str, error: &DbError) -> ! {
    let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    panic!("no {engine} for this test: {error}: {cause}")
}
