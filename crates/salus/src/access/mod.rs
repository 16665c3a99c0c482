//! Access: who may do what, and the proof that it was written down.
//!
//! A handler's first argument is a guard. A guard answers three questions at once: who are you, may you, has it been
//! written down. And it is the only thing that hands out a transaction and a key, so there is nothing to forget:
//!
//! ```text
//! pub async fn problems(chart: Chart<ViewProblems>) -> PageResult {
//!     let mut tx = chart.read().await?;                        // sees this patient's rows and no other's
//!     let rows = store::page(&mut tx, chart.scope(), ..).await?;
//!     let text = rows[0].resource.open(&chart)?;               // compiles only if ViewProblems opens this column
//!     ...
//! }
//! ```
//!
//! | Guard | Means | Gives |
//! |---|---|---|
//! | [`Visitor`] | nobody in particular | sign-in's own look-ups |
//! | [`Claimant`] | shows a passkey of an account, or a link mailed to it | what that is compared with |
//! | [`invites::Redeemer`] | showed an invite | one new account, and what the invite is for |
//! | [`Halfway`] | the password was right | the own factors |
//! | [`SignedIn`] | an account, no patient chosen | the own account's rows |
//! | [`Chart`] | may do this in this patient's record | that patient's rows and key |
//! | [`Worklist`] | staff, may do this across patients | lists, opened by `disclose` |
//! | [`SystemRun`] | a command under its own name | what the command needs |
//! | [`JobRun`] | a job under its own name | an account and its key |
//!
//! Invariant: no clinical row is opened without a ledger entry that is already committed. Invariant: this module never
//! names a slice. Invariant: the database handle and the vault do not leave it.

mod ages;
mod app;
mod asked;
mod audit;
#[cfg(feature = "bench")]
pub mod bench;
mod birthdays;
mod breached;
pub mod caregivers;
mod chart;
mod claimant;
pub mod columns;
mod directory;
mod duties;
mod features;
pub mod founding;
pub mod invites;
mod job_run;
mod jobs;
pub mod labels;
mod mailed;
pub mod opens;
mod outcomes;
pub mod policy;
mod queue;
mod refusals;
mod refused;
mod registrations;
pub mod restored;
mod reviews;
mod routes;
pub mod rows;
pub mod seals;
mod session;
mod signed_in;
mod store;
mod sweep;
mod system;
mod threads;
mod tx;
mod typed_text;
mod uploads;
mod visitor;
mod worklist;

pub use ages::{AgeRule, AgeRuleRow, Ages, Birth, Version as AgesVersion, decided as decided_ages};
pub use app::{App, ClinicFace, Clock, Floor, WebConfig};
pub use asked::{Asked, ask};
pub use birthdays::OfAge;
pub use breached::Breached;
pub use chart::{Chart, PatientScope, id_in_path};
pub use claimant::Claimant;
pub use directory::{Found as FoundPatient, Wanted};
#[cfg(test)]
pub use duties::ALWAYS;
pub use duties::{Duties, Duty};
pub use features::{Feature, Features};
pub use job_run::{JobRun, OfAccount, Ran, run_job};
pub use jobs::{Job, JobError, Retry};
pub use mailed::Mailed;
pub use policy::Proof;
pub use queue::Claimed;
pub use registrations::{Applicants, InPath, Registering};
pub use reviews::{Compared, ReviewRun};
pub use routes::{Access, Guard, RouteInfo, Routes, table as route_table};
pub use session::{
    COOKIE, Session, Stage, TAKEN_BACK_WITHIN, Token, cookie, end_all, ends_at, idle_at, no_cookie, settles_at,
};
pub use signed_in::{Halfway, SignedIn, forms_of_before, no_forms_of_before};
pub use system::{RunChange, SystemRun};
pub use threads::{NewThread, WithThreads};
pub use tx::{Change, RowWritten};
pub use typed_text::{Posted, kept};
pub use uploads::{LARGEST_FILE, LARGEST_UPLOAD, SentFile};
pub use visitor::{Visitor, counts};
pub use worklist::{Disclosed, EndsSessions, FindsByNumber, Worklist};

#[cfg(test)]
mod tests;

pub(crate) use salus_db::Sight;
