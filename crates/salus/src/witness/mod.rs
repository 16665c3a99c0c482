//! The witness: somebody elsewhere who remembers how long the ledger was, and refuses to go back.
//!
//! ```text
//! the portal ── newest signed manifest, at each checkpoint ──▶ `salus witness`, on another host
//!     │  ◀── accepted, or 409: shorter than it was, or another past
//!     └── witness.json in the data folder: when one was last accepted ──▶ `salus doctor`
//! ```
//!
//! What it keeps is a handful of sizes and hashes, signed: it learns nothing of any patient. Whoever rewrites the ledger
//! and holds its key can't rewrite what lies here, so `salus audit verify --anchor` with these files finds it.

mod command;
pub mod config;
mod kept;
mod push;
mod server;
mod state;
#[cfg(test)]
mod tests;

pub use command::{WitnessArgs, run};
pub use push::start;
pub use state::{State, state};
