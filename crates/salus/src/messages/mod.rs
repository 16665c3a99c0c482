//! Messages: a patient and those who treat them write to one another, in conversations that each have one topic.
//!
//! FHIR: [Communication]; a conversation is `communication_thread`, and a message is part of it. Each conversation has a key
//! of its own (ADR 0020). Who has read what are rows, and what is unread is counted from them. A conversation waits when the
//! patient wrote last; somebody on the team claims it and answers.
//!
//! Start with [`model`]: who may write, and what may be written.
//!
//! [Communication]: https://hl7.org/fhir/R4/communication.html

mod model;
mod pages;
mod store;
pub mod views;

pub use store::{unread, waiting}; // used by the homes

#[cfg(test)]
pub mod tests;

use crate::{
    access::{App, Feature, Routes},
    shell::urls,
};

/// The slice's routes.
pub fn routes(app: &App) -> Routes {
    Routes::new()
        .get("/p/{patient}/messages", pages::list)
        .post("/p/{patient}/messages", pages::begin, app)
        .get("/p/{patient}/messages/new", pages::form)
        .post("/p/{patient}/messages/draft", pages::save_new_draft, app)
        .get("/p/{patient}/messages/{id}", pages::read)
        .post("/p/{patient}/messages/{id}", pages::reply, app)
        .post("/p/{patient}/messages/{id}/draft", pages::save_draft, app)
        .post("/p/{patient}/messages/{id}/claim", pages::claim, app)
        .post("/p/{patient}/messages/{id}/state", pages::close, app)
        .get(urls::INBOX, pages::inbox)
        .only_with(Feature::Messages, app)
}
