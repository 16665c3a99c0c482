//! `salus-bench`: measures Salus, and kills it under load.
//!
//! `./x bench` compares a chart page with the same page without session, policy and ledger, counts what the ledger
//! takes, and times the start. `./x soak kill` is an outside process that remembers every answer it got, kills the
//! program, and looks whether the ledger has each of them; `./x soak mail` does so with the mail that people are told
//! things by; `./x soak booking` has everybody book the same practitioner at once; `./x soak nodes` looks whether two
//! processes on one database know the same. `docs/performance.md` says how to read the numbers.
//!
//! Everything runs on this machine: servers on free ports of 127.0.0.1, data in a folder of its own that is removed
//! with all processes at the end, however that comes ([`ground::Den`]).

#![expect(clippy::print_stdout, reason = "a tool for the terminal")]

mod bench;
mod ground;
mod http;
mod people;
mod soak;

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand, ValueEnum};
use salus_db::Engine;

/// Measures Salus, and kills it under load.
#[derive(Parser)]
#[command(name = "salus-bench")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// The chart page against the same page without guard; the ledger; the start.
    Bench(bench::Options),
    /// Long runs under load.
    Soak {
        #[command(subcommand)]
        soak: Soak,
    },
}

#[derive(Subcommand)]
enum Soak {
    /// Kill the program (and at times its database) under load: everything acknowledged must be on record.
    Kill(soak::Options),
    /// Kill the program and the mail server while people are told things: each is told, and nobody twice.
    Mail(soak::mail::Options),
    /// Everybody books the same practitioner at once: no two visits at once, and as many as fit.
    Booking(soak::booking::Options),
    /// What one of two processes on one database is told, the other obeys at the next request.
    Nodes(soak::nodes::Options),
}

/// What every command asks for.
#[derive(Args)]
struct Common {
    /// On which engine.
    #[arg(long, value_enum, default_value_t = Engines::Both)]
    engine: Engines,
    /// The folder with the synthetic patients.
    #[arg(long, default_value = "testdata")]
    testdata: PathBuf,
    /// Where to make the folder for data, on a disk that keeps what it was told to; the system's temporary folder
    /// otherwise.
    #[arg(long)]
    dir: Option<PathBuf>,
}

/// One engine, or both.
#[derive(Clone, Copy, ValueEnum)]
enum Engines {
    /// A SQLCipher file.
    Sqlite,
    /// A private PostgreSQL server.
    Postgres,
    /// One after the other.
    Both,
}

impl Engines {
    fn each(self) -> &'static [Engine] {
        match self {
            Self::Sqlite => &[Engine::Sqlite],
            Self::Postgres => &[Engine::Postgres],
            Self::Both => &[Engine::Sqlite, Engine::Postgres],
        }
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("no runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(async {
        match cli.command {
            Command::Bench(options) => Box::pin(bench::run(options)).await,
            Command::Soak { soak: Soak::Kill(options) } => Box::pin(soak::run(options)).await,
            Command::Soak { soak: Soak::Mail(options) } => Box::pin(soak::mail::run(options)).await,
            Command::Soak { soak: Soak::Booking(options) } => Box::pin(soak::booking::run(options)).await,
            Command::Soak { soak: Soak::Nodes(options) } => Box::pin(soak::nodes::run(options)).await,
        }
    });
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
