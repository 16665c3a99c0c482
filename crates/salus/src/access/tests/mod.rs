//! Tests over everything at once: every route, every column, every statement, every wall of the databases.

mod columns;
mod former;
mod golden;
mod jobs;
mod leaks;
mod ledger;
mod looking;
mod own_roles;
mod proof;
mod routes;
mod typed;
mod walls;
mod watched;
