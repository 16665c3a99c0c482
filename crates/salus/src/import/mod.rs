//! Import: `salus import FILE...` takes FHIR R4 files into the record.
//!
//! A file is a Bundle (transaction or collection) or NDJSON, plain or packed with gzip. It is taken in whole or not at
//! all, and a second time it changes nothing:
//!
//! ```text
//! first pass    read, check, and note for each resource: identity -> (type, local id, what is stored already)
//!               nothing is written, so a file that is cut off or unsound ends here
//! ledger        the entry: this run is about to change records
//! second pass   read again; point references at local ids; seal; insert, update or leave alone; all in one transaction
//! ledger        after the commit: a digest of every row that was written, patient by patient
//! ```
//!
//! **Identity** is the blind index of the configured source and the resource's `fullUrl`, else its `Type/id`. The files
//! at hand name the same organization, place or practitioner by the same `fullUrl` in every file (165 practitioners are
//! 48 rows), so that is enough for them; business identifiers are not used, because a row that two names find would
//! flip between two contents at every import. The one exception is a practitioner's NPI: two identities with one NPI
//! are one row, which keeps the content of the identity that came first.
//!
//! **Memory** does not grow with the size of the resources: a few megabytes are in hand at a time. It does grow with
//! their number, by some 300 bytes for each (its identity here, its digest for the ledger).
//!
//! **What is kept**: records whole, sealed under each patient's own key; of practitioners, organizations and places only
//! what is public (`public.rs`), because their rows are not sealed.
//!
//! An import gives nobody access: FHIR's CareTeam is something to read, not a permission.
//!
//! Invariant: no message, log line or progress holds a value from a file. Start with [`import_file`].

mod canonical;
mod command;
mod counts;
mod fault;
mod first_pass;
mod identity;
mod input;
mod known;
mod progress;
mod public;
mod reading;
mod rows;
mod second_pass;
mod stored;
#[cfg(test)]
mod tests;

pub use command::command;
pub use counts::{Counts, Tally};
pub use fault::{Fault, ImportError};
pub use input::{Input, Source};
pub use progress::{Bar, Progress, Silent};

pub use rows::{ChartMadeHere, number_from}; // used by registrations

use crate::access::SystemRun;
use fault::Stop;

/// Takes one file in, whole or not at all. What is counted is committed. The run's name must be `import`: row-level
/// security lets that name look for rows by their source in any record.
pub async fn import_file(
    run: &SystemRun,
    source: &Source,
    input: &Input,
    progress: &dyn Progress,
) -> Result<Counts, ImportError> {
    progress.begin(input.name());
    let outcome = Box::pin(both_passes(run, source, input, progress)).await;
    progress.end();
    outcome.map_err(|stop| match stop {
        Stop::File(fault) => ImportError::File { file: input.name().to_owned(), fault },
        Stop::Broken(error) => ImportError::Broken(error),
    })
}

async fn both_passes(run: &SystemRun, source: &Source, input: &Input, progress: &dyn Progress) -> Result<Counts, Stop> {
    let first = first_pass::read(run, source, input, progress).await?;
    let mut change = run.begin().await?;
    match second_pass::write(run, source, input, progress, &first, &mut change).await {
        Ok(counts) => {
            change.commit().await?;
            Ok(counts)
        }
        Err(stop) => {
            // The file's fault is what the caller needs to hear; the ledger's own trouble goes to the log.
            if let Err(error) = change.give_up().await {
                tracing::error!(%error, "An import failed, and the ledger did not take that");
            }
            Err(stop)
        }
    }
}
