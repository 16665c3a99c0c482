//! The `salus` program: reads its arguments and its configuration, and runs one command.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use clap::{Parser, Subcommand};
use salus::{
    access::{
        App, Clock, SystemRun,
        columns::REGISTRY,
        founding::{self, Opened},
    },
    audit_command::{self, AuditCommand},
    config::{Config, role_in},
    demo, import, serve,
};
use salus_kernel::{Action, Instant};

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
    /// Serve the portal.
    Serve,
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
    /// The ledger: verify it, export it.
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_env("SALUS_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,sqlx=warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
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

async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let clock = system_clock();
    match cli.command {
        Command::Demo(args) => demo::run(args, clock).await?,
        Command::Serve => {
            let config = Config::load(cli.config.as_deref())?;
            let web = config.web()?;
            let root = config.root()?;
            let Opened { db, ledger } =
                founding::open(&config.main(&root), config.ledger(&root), &config.seed()?, clock.clone(), true).await?;
            founding::log_started(&ledger, clock(), "serve").await?;
            let app = App::open(db, ledger, &root, clock, web).await?;
            serve::serve(app, &config.server, |address| tracing::info!(%address, "Serving")).await?;
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
