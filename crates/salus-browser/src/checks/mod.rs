//! What must hold on every page, whatever it shows.

pub mod axe;
pub mod focus;
pub mod layout;
pub mod walk;

/// Fails with everything that was found, not with the first of it.
#[track_caller]
pub fn none(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{} {what}:\n\n{}\n", found.len(), found.join("\n"));
}
