//! Pools: who answers. A name, what the pool is for, and which people who work here are in it.
//!
//! No FHIR resource of its own; a task's `performerType` will name one. Patients choose a topic, never a pool. A pool is closed, not
//! deleted, and a member who leaves keeps a row.

pub mod views;

mod pages;
mod store;
#[cfg(test)]
pub mod tests;

use crate::{
    access::{App, Routes},
    shell::urls,
};

/// The slice's routes.
pub fn routes(app: &App) -> Routes {
    Routes::new()
        .get(urls::POOLS, pages::index)
        .get(urls::POOLS_NEW, pages::new)
        .post(urls::POOLS, pages::add, app)
        .get(urls::POOL, pages::edit)
        .post(urls::POOL, pages::change, app)
        .post(urls::POOL_STATE, pages::state, app)
}
