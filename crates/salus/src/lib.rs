//! Salus: the patient portal that a small or medium clinic owns and runs itself.
//!
//! Slices on a floor. The floor is [`access`] (who may do what, written down) and [`shell`] (what every page shares);
//! each slice is a folder with its model, SQL, pages, views, templates and tests. Start with `ARCHITECTURE.md`.

pub mod access;
pub mod shell;

pub mod audit_command;
pub mod backup;
pub mod config;
pub mod config_email;
pub mod demo;
mod dev;
pub mod doctor;
mod files;
pub mod init;
pub mod serve;
#[cfg(test)]
mod testing;
pub mod web;
pub mod witness;

pub mod accounts;

pub mod access_log;
pub mod appointments;
pub mod audit;
pub mod availability;
pub mod care_team;
pub mod clinic;
pub mod directory;
pub mod emergency;
pub mod home;
pub mod import;
pub mod invites;
pub mod jobs;
pub mod locations;
pub mod messages;
pub mod notices;
pub mod patients;
pub mod pools;
pub mod proxies;
pub mod record;
pub mod recovery;
pub mod registrations;
pub mod reviews;
pub mod roles;
pub mod staff;
pub mod visit_types;

use access::{App, Routes};

/// Every route of the portal, slice by slice.
pub fn routes(app: &App) -> Routes {
    let demo = if app.web().demo { dev::routes() } else { Routes::new() };
    demo.and(accounts::routes(app))
        .and(access_log::routes(app))
        .and(appointments::routes(app))
        .and(audit::routes(app))
        .and(availability::routes(app))
        .and(care_team::routes(app))
        .and(emergency::routes(app))
        .and(clinic::routes(app))
        .and(invites::routes(app))
        .and(recovery::routes(app))
        .and(proxies::routes(app))
        .and(jobs::routes(app))
        .and(locations::routes(app))
        .and(messages::routes(app))
        .and(pools::routes(app))
        .and(staff::routes(app))
        .and(visit_types::routes(app))
        .and(home::routes())
        .and(patients::routes())
        .and(record::routes(app))
        .and(directory::routes(app))
        .and(registrations::routes(app))
        .and(reviews::routes(app))
        .and(roles::routes(app))
}
