//! The clinic: who works here, and how the portal looks.
//!
//! An administrator sees the staff's accounts as colleagues know them; the addresses they sign in with are sealed under
//! each account's own key, and no list opens them. The clinic's colour must be one on which white text is easy to read;
//! what follows from it (darker, softer, dark mode) is made by [`salus_assets::Theme`].

pub mod views;

mod ages;
#[cfg(test)]
mod ages_tests;
mod features;
#[cfg(test)]
mod features_tests;
mod look;
mod pages;
mod people;
mod posts;
mod store;
#[cfg(test)]
mod tests;

pub use look::Look; // used by init
pub use people::LINK_LASTS; // used by founding and invites
pub use posts::{role_choices, role_in_words}; // used by access_log, audit, invites and roles
pub use store::{NewPractitioner, Treating, treating}; // used by accounts' commands, availability and care_team

use crate::{
    access::{App, Routes},
    shell::urls,
};

/// The slice's routes.
pub fn routes(app: &App) -> Routes {
    Routes::new()
        .get(urls::CLINIC_STAFF, people::staff)
        .post(urls::CLINIC_STAFF_INVITE, people::invite, app)
        .post(urls::CLINIC_STAFF_WITHDRAW, people::withdraw, app)
        .post(urls::CLINIC_STAFF_ACCESS, people::access, app)
        .post(urls::CLINIC_STAFF_RETURN, people::vouch, app)
        .post(urls::CLINIC_STAFF_RETURN_STOP, people::stop, app)
        .get("/clinic/staff/{account}/role", posts::form)
        .post("/clinic/staff/{account}/role", posts::change, app)
        .get(urls::CLINIC, pages::index)
        .get(urls::CLINIC_LOOK, pages::look)
        .post(urls::CLINIC_LOOK, pages::save_look, app)
        .get(urls::CLINIC_FEATURES, features::features)
        .post(urls::CLINIC_FEATURES, features::switch, app)
        .get(urls::CLINIC_AGES, ages::page)
        .post(urls::CLINIC_AGES, ages::save, app)
        .get(urls::THEME_CSS, pages::theme)
        .get(urls::LOGO, pages::logo)
}
