//! The `salus` program: reads its arguments and its configuration, and runs one command.

use std::{io::IsTerminal as _, path::PathBuf, process::ExitCode, sync::Arc};

use clap::{Parser, Subcommand};
use salus::{
    access::{
        App, Clock, SystemRun,
        columns::REGISTRY,
        founding::{self, Opened},
    },
    audit_command::{self, AuditCommand},
    backup,
    config::{Config, role_in},
    demo, doctor, import, init, serve, witness,
};
use salus_kernel::{Action, Instant, Role};

/// The patient portal that a clinic owns and runs itself.
#[derive(Parser)]
#[command(name = "salus", version)]
struct Cli {
    /// The configuration; without one every default holds, and data is kept in ./var.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Set a clinic up: keys, databases, and a link for the first administrator.
    Init(init::InitArgs),
    /// Serve the portal.
    Serve,
    /// Check everything that the portal needs, a line for each, and say what to do.
    Doctor,
    /// Settings.
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Invite somebody to work here by a link: the way back in when no administrator can sign in.
    InviteStaff {
        /// As patients know them.
        #[arg(long)]
        name: String,
        /// What they will work as.
        #[arg(long, default_value = "administrator", value_parser = role)]
        role: Role,
    },
    /// Make a clinic to look at, with synthetic patients, and serve it on this machine alone.
    Demo(demo::DemoArgs),
    /// Bring both databases up to date.
    Migrate,
    /// Take FHIR R4 files into the record: Bundles (transaction, collection) or NDJSON, plain or .gz.
    Import {
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// The system they come from: part of every identity.
        #[arg(long, default_value = "import")]
        source: String,
        /// No progress bar.
        #[arg(long)]
        quiet: bool,
    },
    /// Save the whole clinic to one file, also while the portal serves; only the recovery key opens it.
    Backup(backup::BackupArgs),
    /// Bring a clinic back from its backup, on an empty machine.
    Restore(backup::RestoreArgs),
    /// Remember, on another host, how long a clinic's ledger was, and refuse to go back.
    Witness(witness::WitnessArgs),
    /// The key that opens backups.
    RecoveryKey {
        #[command(subcommand)]
        command: backup::recovery::RecoveryCommand,
    },
    /// The ledger: verify it, export it.
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Print every setting with its default.
    Example,
}

fn role(word: &str) -> Result<Role, String> {
    Role::from_word(word)
        .ok_or_else(|| Role::ALL.iter().map(|role| role.word()).collect::<Vec<_>>().join(", "))
        .map_err(|known| format!("one of {known}"))
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_env("SALUS_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,sqlx=warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(in_colour()).with_writer(std::io::stderr).init();
    // A panic's own words may hold what it panicked about; its place is enough.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "A thread panicked");
    }));
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run(cli)));
    match outcome {
        Ok(code) => code,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether what is logged has colours: for a person at a terminal who did not say otherwise (no-color.org). In a file or a
/// journal they are only in the way.
fn in_colour() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|told| !told.is_empty());
    std::io::stderr().is_terminal() && !refused
}

async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let clock = system_clock();
    match cli.command {
        Command::Demo(args) => demo::run(args, clock).await?,
        Command::Init(args) => {
            let file = cli.config.unwrap_or_else(|| "salus.toml".into());
            Box::pin(init::run(args, &file, clock)).await?;
        }
        Command::Config { command: ConfigCommand::Example } => demo::say(salus::config::EXAMPLE.trim_end()),
        Command::Doctor => return doctor::run(cli.config.as_deref(), clock).await,
        Command::InviteStaff { name, role } => {
            let config = Config::load(cli.config.as_deref())?;
            let (root, web) = (config.root()?, config.web()?);
            let Opened { db, ledger } =
                founding::open(&config.main(&root), config.ledger(&root), &config.seed()?, clock.clone(), true).await?;
            let run = SystemRun::new("accounts", Action::ManageAccounts, db, ledger, &root, clock()).await?;
            let link = init::invite(&run, &web, &name, role).await?;
            run.end().await?;
            demo::say(&format!("{link}\n\nIt works once, for seven days."));
        }
        Command::Serve => {
            let config = Config::load(cli.config.as_deref())?;
            let web = config.web()?;
            let ports = config.ports(clock())?;
            let root = config.root()?;
            let Opened { db, ledger } =
                founding::open(&config.main(&root), config.ledger(&root), &config.seed()?, clock.clone(), true).await?;
            founding::log_started(&ledger, clock(), "serve").await?;
            let pushing = witness::start(&config, ledger.clone(), clock.clone())?;
            let app = App::open(db, ledger, &root, clock, web).await?;
            serve::serve(app, ports, &config.server, |address| tracing::info!(%address, "Serving")).await?;
            if let Some(pushing) = pushing {
                pushing.abort();
            }
        }
        Command::Migrate => {
            let config = Config::load(cli.config.as_deref())?;
            let root = config.root()?;
            let app = role_in(&config.database.url);
            salus_db::migrate(&config.main_owner(&root), REGISTRY, &app).await?;
            let (writer, reader) = (role_in(&config.ledger.url), role_in(&config.ledger.reader_url));
            salus_db::ledger::migrate(&config.ledger_owner(&root), &writer, &reader).await?;
            tracing::info!("Both databases are up to date");
        }
        Command::Import { files, source, quiet } => {
            let config = Config::load(cli.config.as_deref())?;
            let root = config.root()?;
            let Opened { db, ledger } =
                founding::open(&config.main(&root), config.ledger(&root), &config.seed()?, clock.clone(), true).await?;
            let run = SystemRun::new("import", Action::ImportRecords, db, ledger, &root, clock()).await?;
            let code = import::command(&run, &files, &source.parse()?, quiet).await?;
            run.end().await?;
            return Ok(code);
        }
        Command::Backup(args) => {
            let config = Config::load(cli.config.as_deref())?;
            drop(Box::pin(backup::save(&args, &config, clock)).await?);
        }
        Command::Restore(args) => {
            let config = Config::load(cli.config.as_deref())?;
            drop(Box::pin(backup::restore(&args, &config, clock)).await?);
        }
        Command::Witness(args) => witness::run(&args).await?,
        Command::RecoveryKey { command } => {
            backup::recovery::run(&command, &Config::load(cli.config.as_deref())?)?;
        }
        Command::Audit { command } => {
            return audit_command::run(command, &Config::load(cli.config.as_deref())?, clock).await;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The machine's clock: the one place that reads it.
#[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is handed")]
fn system_clock() -> Clock {
    Arc::new(|| Instant::from(jiff::Timestamp::now()))
}
