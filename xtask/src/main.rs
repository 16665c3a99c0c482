//! What `./x` calls: every recipe that needs more than one line.
//!
//! Each command is a module with one `run`. Nothing here is part of Salus; it may use `std` and processes freely.

#![expect(clippy::print_stdout, reason = "a tool for the terminal")]

mod arch;
mod bench;
mod bless;
mod check;
mod coldstart;
mod count;
mod deps;
mod documents;
mod migration;
mod peers;
mod results;
mod run;
mod smoke;
mod source;
mod test;
mod walls;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let Some((command, rest)) = words.split_first() else {
        eprintln!("Run ./x to see the commands.");
        return ExitCode::from(2);
    };
    let outcome = match *command {
        "arch" => arch::run(),
        "bench" => bench::run("bench", rest),
        "bless" => bless::run(),
        "check" => check::run(),
        "coldstart" => coldstart::run(rest),
        "count" => count::run(),
        "deps" => deps::run(),
        "migration" => migration::run(rest),
        "peers" => peers::run(rest),
        "smoke" => smoke::run(),
        "soak" => bench::run("soak", rest),
        "t" => test::by_name(rest),
        "test" => test::run(rest),
        "walls" => walls::run(rest),
        unknown => Err(anyhow::anyhow!("there is no command '{unknown}': run ./x to see them")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
