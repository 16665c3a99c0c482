//! Salus: the patient portal that a small or medium clinic owns and runs itself.
//!
//! Slices on a floor. The floor is [`access`] (who may do what, written down) and [`shell`] (what every page shares);
//! each slice is a folder with its model, SQL, pages, views, templates and tests. Start with `ARCHITECTURE.md`.

pub mod access;
pub mod shell;

pub mod audit_command;
pub mod config;
pub mod demo;
mod dev;
pub mod serve;
#[cfg(test)]
mod testing;
pub mod web;

pub mod accounts;

pub mod access_log;
pub mod audit;
pub mod clinic;
pub mod directory;
pub mod home;
pub mod import;
pub mod patients;
pub mod record;
pub mod staff;

use access::{App, Routes};

/// Every route of the portal, slice by slice.
pub fn routes(app: &App) -> Routes {
    let demo = if app.web().demo { dev::routes() } else { Routes::new() };
    demo.and(accounts::routes(app))
        .and(access_log::routes(app))
        .and(audit::routes(app))
        .and(clinic::routes(app))
        .and(staff::routes(app))
        .and(home::routes())
        .and(patients::routes())
        .and(record::routes())
        .and(directory::routes())
}
