//! `salus init`: a clinic moves in. Keys, databases, the clinic's row, and a link with which the first administrator makes
//! their own account: no default password exists anywhere.
//!
//! Either all of it is there afterwards or nothing: what fails half-way takes away again what it made, files and, on PostgreSQL,
//! databases and roles.

use std::{
    fs,
    io::{BufRead, IsTerminal, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use salus_db::{Db, Provisioned, ledger, migrate};
use salus_kernel::{Action, Role};
use salus_vault::{RootKey, SigningSeed};

use crate::{
    access::{
        Clock, SystemRun,
        columns::REGISTRY,
        founding::{self, NewClinic, Opened},
        invites::For,
    },
    backup::{self, recovery},
    clinic::{LINK_LASTS, Look},
    config::{self, Config},
    demo::say,
    files,
    shell::{dates, urls},
};

/// What `salus init` is told; what is missing is asked for at a terminal.
#[derive(Debug, Clone, clap::Args)]
pub struct InitArgs {
    /// The clinic's name, as patients know it.
    #[arg(long)]
    pub name: Option<String>,
    /// The telephone number on every page.
    #[arg(long)]
    pub phone: Option<String>,
    /// The time zone of the main place, such as America/Chicago.
    #[arg(long)]
    pub timezone: Option<String>,
    /// The name of the first administrator.
    #[arg(long)]
    pub administrator: Option<String>,
    /// Where people will reach the portal, such as https://portal.example.org.
    #[arg(long)]
    pub url: Option<String>,
    /// Where keys and databases will be.
    #[arg(long, default_value = "var")]
    pub data_dir: PathBuf,
    /// Use PostgreSQL: the address of a cluster's administrator, who makes roles and databases of the clinic's own.
    #[arg(long)]
    pub postgres: Option<String>,
}

#[cfg(test)]
impl InitArgs {
    /// A clinic for tests, in this folder.
    pub fn sample(data_dir: PathBuf) -> Self {
        Self {
            name: Some("Riverside Clinic".into()),
            phone: Some("(503) 555-0100".into()),
            timezone: Some("America/Chicago".into()),
            administrator: Some("Ada Stone".into()),
            url: Some("http://localhost:8080".into()),
            data_dir,
            postgres: None,
        }
    }
}

/// Makes a clinic. `file` is where its settings go.
pub async fn run(args: InitArgs, file: &Path, clock: Clock) -> anyhow::Result<()> {
    refuse_what_is_there(&args.data_dir, file)?;
    let answers = Answers::collect(&args)?;
    let mut made = Made::default();
    match make(&args, &answers, file, &clock, &mut made).await {
        Ok(told) => {
            say(&told);
            Ok(())
        }
        Err(error) => {
            made.take_away().await;
            Err(error.context("nothing was set up"))
        }
    }
}

fn refuse_what_is_there(data_dir: &Path, file: &Path) -> anyhow::Result<()> {
    let names = ["root.key", "ledger-signing.key", recovery::FILE, "salus.db", "ledger.db", backup::NEWEST];
    for there in names.iter().map(|name| data_dir.join(name)).chain([file.to_path_buf()]) {
        if there.exists() {
            bail!(
                "{} is there already: this clinic is set up, or half of another one is. `salus doctor` says what works; \
                 to begin anew choose another --data-dir and --config",
                there.display()
            );
        }
    }
    Ok(())
}

/// Everything that has to be known.
#[derive(Debug)]
struct Answers {
    look: Look,
    timezone: String,
    administrator: String,
    url: String,
}

impl Answers {
    fn collect(args: &InitArgs) -> anyhow::Result<Self> {
        let mut ask = Ask { at_terminal: std::io::stdin().is_terminal(), missing: Vec::new() };
        let name = ask.for_(&args.name, "--name", "The clinic's name, as patients know it", name_of)?;
        let phone = ask.for_(&args.phone, "--phone", "The telephone number on every page", phone_of)?;
        let timezone = ask.for_(&args.timezone, "--timezone", "Its time zone, such as America/Chicago", zone_of)?;
        let administrator =
            ask.for_(&args.administrator, "--administrator", "The name of the first administrator", name_of)?;
        let url = ask.for_(
            &args.url,
            "--url",
            "Where people will reach the portal (http://localhost:8080 to try it here)",
            url_of,
        )?;
        let (Some(name), Some(phone), Some(timezone), Some(administrator), Some(url)) =
            (name, phone, timezone, administrator, url)
        else {
            bail!("say these too, or run this at a terminal: {}", ask.missing.join(", "));
        };
        let look =
            Look::parse(&name, &phone, "").map_err(|_| anyhow::anyhow!("a name or a number that no page can carry"))?;
        Ok(Self { look, timezone, administrator, url })
    }
}

struct Ask {
    at_terminal: bool,
    missing: Vec<&'static str>,
}

impl Ask {
    /// The answer from the arguments, or asked for until it is right.
    fn for_(
        &mut self,
        given: &Option<String>,
        option: &'static str,
        question: &str,
        check: impl Fn(&str) -> Result<String, String>,
    ) -> anyhow::Result<Option<String>> {
        if let Some(given) = given {
            return check(given).map(Some).map_err(|problem| anyhow::anyhow!("{option}: {problem}"));
        }
        if !self.at_terminal {
            self.missing.push(option);
            return Ok(None);
        }
        loop {
            let mut out = std::io::stderr();
            write!(out, "{question}: ")?;
            out.flush()?;
            let mut line = String::new();
            if std::io::stdin().lock().read_line(&mut line)? == 0 {
                bail!("the questions ended early");
            }
            match check(line.trim()) {
                Ok(answer) => return Ok(Some(answer)),
                Err(problem) => writeln!(out, "  {problem}")?,
            }
        }
    }
}

fn name_of(text: &str) -> Result<String, String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let wrong = text.is_empty() || text.chars().count() > 80 || text.chars().any(char::is_control);
    if wrong { Err("a name of 1 to 80 characters".into()) } else { Ok(text) }
}

fn phone_of(text: &str) -> Result<String, String> {
    Look::parse("Clinic", text, "").map(|look| look.phone).map_err(|_| "a number like (555) 555-0100".into())
}

fn zone_of(text: &str) -> Result<String, String> {
    jiff::tz::TimeZone::get(text.trim())
        .ok()
        .and_then(|zone| zone.iana_name().map(str::to_owned))
        .ok_or_else(|| "a name from the time zone database, such as America/New_York or America/Los_Angeles".into())
}

fn url_of(text: &str) -> Result<String, String> {
    let text = text.trim().trim_end_matches('/');
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://localhost"));
    let plain = host.is_some_and(|host| !host.contains(['/', '?', '#', '@', ' ', '"', '\\']));
    if plain && text != "https:/" {
        Ok(text.to_owned())
    } else {
        Err("https:// and a host, nothing behind it; or http://localhost with a port, for this machine alone".into())
    }
}

/// What this run has made, and nothing that was there before.
#[derive(Default)]
struct Made {
    files: Vec<PathBuf>,
    /// In the cluster of the administrator with this address.
    databases: Option<(String, Provisioned)>,
}

impl Made {
    async fn take_away(&self) {
        if let Some((admin, provisioned)) = &self.databases {
            provisioned.take_away(admin).await;
        }
        for path in self.files.iter().rev() {
            let gone = if path.is_dir() { fs::remove_dir(path) } else { fs::remove_file(path) };
            if let Err(error) = gone
                && error.kind() != std::io::ErrorKind::NotFound
            {
                tracing::warn!(path = %path.display(), "Could not be taken away: {error}");
            }
        }
    }
}

async fn make(
    args: &InitArgs,
    answers: &Answers,
    file: &Path,
    clock: &Clock,
    made: &mut Made,
) -> anyhow::Result<String> {
    if !args.data_dir.exists() {
        fs::create_dir_all(&args.data_dir).with_context(|| args.data_dir.display().to_string())?;
        made.files.push(args.data_dir.clone());
    }
    fs::set_permissions(&args.data_dir, fs::Permissions::from_mode(0o700))?;
    let text = settings(args, answers, made).await?;
    write_private(file, &text)?;
    made.files.push(file.to_path_buf());
    let config = Config::load(Some(file))?;
    let web = config.web()?;
    let root = RootKey::create(&config.data_dir.join("root.key"))?;
    made.files.push(config.data_dir.join("root.key"));
    let seed = SigningSeed::create(&config.data_dir.join("ledger-signing.key"))?;
    made.files.push(config.data_dir.join("ledger-signing.key"));

    let (identity, recipient) = recovery::make();
    let public = config.data_dir.join(recovery::FILE);
    write_private(&public, &format!("{recipient}\n"))?;
    made.files.push(public);

    // The engine makes these; what is there before it does is somebody else's.
    let databases = ["salus.db", "salus.db-wal", "salus.db-shm", "ledger.db", "ledger.db-wal", "ledger.db-shm"];
    made.files.extend(databases.map(|name| config.data_dir.join(name)).into_iter().filter(|path| !path.exists()));
    let role = config::role_in;
    migrate(&config.main_owner(&root), REGISTRY, &role(&config.database.url)).await?;
    ledger::migrate(&config.ledger_owner(&root), &role(&config.ledger.url), &role(&config.ledger.reader_url)).await?;
    let new = NewClinic {
        name: answers.look.name.clone(),
        phone: answers.look.phone.clone(),
        timezone: answers.timezone.clone(),
    };
    let db = Db::open(&config.main(&root)).await?;
    founding::found(&db, &root, &new, clock()).await?;
    db.close().await;
    let Opened { db, ledger } =
        founding::open(&config.main(&root), config.ledger(&root), &seed, clock.clone(), true).await?;
    founding::log_started(&ledger, clock(), "init").await?;
    let run = SystemRun::new("accounts", Action::ManageAccounts, db, ledger, &root, clock()).await?;
    let link = invite(&run, &web, &answers.administrator, Role::Administrator).await?;
    run.end().await?;
    let zone = dates::zone(&answers.timezone);
    Ok(format!(
        "\n{} is set up.\n\n\
         1. Start the portal:      salus --config {} serve\n\
         2. {} opens this link, chooses a password and sets up a sign-in app.\n   \
            It works once, until {}:\n\n   {link}\n\n\
         3. Check the machine:     salus --config {} doctor\n\n\
         4. Print the recovery key, twice, and keep it in two safe places and on no machine. It opens backups, which hold\n   \
            the keys in {} too; without it and without this machine nothing can be read again:\n\n   {}\n",
        answers.look.name,
        file.display(),
        answers.administrator,
        dates::day_and_time(clock().plus(LINK_LASTS), &zone).replace('\u{a0}', " "),
        file.display(),
        config.data_dir.display(),
        identity.as_str(),
    ))
}

/// A link for somebody who will work here.
pub async fn invite(run: &SystemRun, web: &crate::access::WebConfig, name: &str, role: Role) -> anyhow::Result<String> {
    let mut change = run.begin().await?;
    let purpose = For::Staff { name: name.to_owned(), role, practitioner: None };
    let code = change.invite(purpose, run.now(), LINK_LASTS).await?;
    change.commit().await?;
    Ok(web.link(&urls::join(code.text())))
}

/// `salus.toml`: the example, with what was answered taken in.
async fn settings(args: &InitArgs, answers: &Answers, made: &mut Made) -> anyhow::Result<String> {
    let data_dir = fs::canonicalize(&args.data_dir)?.display().to_string();
    let mut text = config::EXAMPLE
        .replace("#data_dir = \"var\"", &format!("data_dir = {data_dir:?}"))
        .replace("#public_url = \"\"", &format!("public_url = {:?}", answers.url));
    if answers.url.starts_with("https://") {
        text = text.replace("#origins = []", &format!("origins = [{:?}]", answers.url));
    }
    if let Some(admin) = &args.postgres {
        let name = format!("salus_{}", hex::encode(salus_vault::random::<4>()));
        let provisioned = config::provision(admin, &name).await?;
        text = config::with_postgres(&text, &provisioned);
        made.databases = Some((admin.clone(), provisioned));
    }
    Ok(text)
}

fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
    let written = files::create(path)?.write_all(text.as_bytes());
    if written.is_err() {
        drop(fs::remove_file(path));
    }
    written.with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use salus_db::testing::TestDbs;

    use super::*;

    /// What a folder holds, by name.
    fn held(folder: &Path) -> std::collections::BTreeMap<String, String> {
        let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        files
            .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(path).unwrap()))
            .collect()
    }

    fn args(data_dir: PathBuf, postgres: Option<String>) -> InitArgs {
        InitArgs { postgres, ..InitArgs::sample(data_dir) }
    }

    fn clock() -> Clock {
        std::sync::Arc::new(|| salus_kernel::Instant::from_micros(1_795_359_600_000_000))
    }

    #[tokio::test]
    async fn what_fails_late_leaves_nothing_in_postgresql_and_a_second_try_works() {
        let Some(dbs) = TestDbs::postgres(REGISTRY).await else { return };
        let admin = dbs.raw.clone().unwrap().superuser;
        let folder = tempfile::tempdir().unwrap();
        let (data_dir, file) = (folder.path().join("data"), folder.path().join("salus.toml"));
        // The names that `init` gives; nobody else's look like them.
        let left = async || {
            let all = "SELECT datname FROM pg_database WHERE datname ~ '^salus_[0-9a-f]{8}_' \
                       UNION ALL SELECT rolname FROM pg_roles WHERE rolname ~ '^salus_[0-9a-f]{8}_'";
            salus_db::testing::raw(&admin, all).await.unwrap()
        };
        assert_eq!(left().await, 0);
        // Databases and roles stand, and then the settings can't be written, or the recovery key can't.
        let nowhere = folder.path().join("no/such/salus.toml");
        Box::pin(run(args(data_dir.clone(), Some(admin.clone())), &nowhere, clock())).await.unwrap_err();
        assert_eq!(left().await, 0, "databases and roles of a try that failed");
        fs::create_dir_all(&data_dir).unwrap();
        std::os::unix::fs::symlink("nowhere/at/all", data_dir.join(recovery::FILE)).unwrap();
        Box::pin(run(args(data_dir.clone(), Some(admin.clone())), &file, clock())).await.unwrap_err();
        assert_eq!(left().await, 0, "databases and roles of a try that failed");
        assert!(!file.exists() && !data_dir.join("root.key").exists());
        fs::remove_file(data_dir.join(recovery::FILE)).unwrap();

        Box::pin(run(args(data_dir, Some(admin.clone())), &file, clock())).await.unwrap();
        assert_eq!(left().await, 7, "two databases and five roles");
        nobody_has_an_account(&file).await;
    }

    /// ASVS V6.3.2: no account comes with the program.
    async fn nobody_has_an_account(file: &Path) {
        const ACCOUNTS: salus_db::Sql = salus_db::sql!("SELECT COUNT(*) FROM account");
        let config = Config::load(Some(file)).unwrap();
        let db = salus_db::Db::open(&config.main(&config.root().unwrap())).await.unwrap();
        let mut tx = db.read(&salus_db::Sight::of_run("accounts")).await.unwrap();
        let (count,): (i64,) = tx.one(ACCOUNTS, Vec::new()).await.unwrap();
        assert_eq!(count, 0);
        drop(tx);
        db.close().await;
    }

    #[tokio::test]
    async fn a_new_clinic_has_no_account() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("salus.toml");
        Box::pin(run(args(folder.path().join("data"), None), &file, clock())).await.unwrap();
        nobody_has_an_account(&file).await;
    }

    #[tokio::test]
    async fn what_was_there_before_is_neither_written_to_nor_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        // Keys of another clinic: nothing begins. A log of another database, and settings that can't be written: what was
        // begun goes, and nothing else.
        for (name, settings) in [
            (recovery::FILE, "salus.toml"),
            ("ledger-signing.key", "salus.toml"),
            (backup::NEWEST, "salus.toml"),
            ("salus.db-wal", "no/such/salus.toml"),
        ] {
            let data_dir = folder.path().join(format!("of-{name}"));
            fs::create_dir(&data_dir).unwrap();
            fs::write(data_dir.join(name), "theirs").unwrap();
            let told = run(args(data_dir.clone(), None), &folder.path().join(settings), clock()).await;
            assert!(told.is_err(), "{name}");
            assert_eq!(held(&data_dir), [(name.to_owned(), "theirs".to_owned())].into(), "{name}");
            assert!(!folder.path().join(settings).exists());
        }
    }

    #[test]
    fn answers_are_checked() {
        assert_eq!(zone_of("America/Chicago").unwrap(), "America/Chicago");
        assert!(zone_of("Chicago").is_err() && zone_of("").is_err());
        assert_eq!(url_of("https://portal.example.org/").unwrap(), "https://portal.example.org");
        assert_eq!(url_of("http://localhost:8080").unwrap(), "http://localhost:8080");
        for wrong in [
            "",
            "portal.example.org",
            "http://portal.example.org",
            "https://x.example/y",
            "https://a@b.example",
            "https://",
        ] {
            assert!(url_of(wrong).is_err(), "{wrong}");
        }
        assert!(phone_of("call us").is_err() && phone_of("(555) 555-0100").is_ok());
        assert!(name_of(" ").is_err() && name_of(&"x".repeat(81)).is_err());
    }
}
