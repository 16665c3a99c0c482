//! `salus import FILE...`: takes the files in one after another and says what came of each.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use super::{Bar, Counts, Fault, ImportError, Input, Progress, Silent, Source, counts::grouped, import_file};
use crate::access::SystemRun;

/// Takes files in. A file that is at fault is named and left out, and the others go on; then the command fails.
pub async fn command(run: &SystemRun, files: &[PathBuf], source: &Source, quiet: bool) -> anyhow::Result<ExitCode> {
    let progress: Box<dyn Progress> = if quiet { Box::new(Silent) } else { Box::new(Bar::default()) };
    let (mut sum, mut refused) = (Counts::default(), 0_u64);
    for path in files {
        let outcome = match Input::file(path) {
            Ok(input) => Box::pin(import_file(run, source, &input, progress.as_ref())).await,
            Err(error) => {
                let fault = Fault::of_file(format!("the file could not be opened ({})", error.kind()));
                Err(ImportError::File { file: path.display().to_string(), fault })
            }
        };
        match outcome {
            Ok(counts) => {
                if !quiet {
                    writeln!(io::stdout(), "{}: {}", path.display(), counts.total())?;
                }
                sum.add(&counts);
            }
            Err(error @ ImportError::File { .. }) => {
                refused += 1;
                writeln!(io::stderr(), "{error}. Nothing of this file was kept.")?;
            }
            Err(error @ ImportError::Broken(_)) => {
                writeln!(io::stderr(), "{}: {error}. Nothing of this file was kept.", path.display())?;
                write!(io::stdout(), "{sum}")?;
                return Ok(ExitCode::FAILURE);
            }
        }
    }
    write!(io::stdout(), "{sum}")?;
    if refused > 0 {
        writeln!(
            io::stderr(),
            "{} of {} files were not taken in.",
            grouped(refused),
            grouped(u64::try_from(files.len()).unwrap_or(0))
        )?;
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}
