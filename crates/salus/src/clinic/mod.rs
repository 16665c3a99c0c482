//! The clinic: who works here, and how the portal looks.
//!
//! An administrator sees the staff's accounts as colleagues know them; the addresses they sign in with are sealed under
//! each account's own key, and no list opens them. The clinic's colour must be one on which white text is easy to read;
//! what follows from it (darker, softer, dark mode) is made by [`salus_assets::Theme`].

pub mod views;

mod look;
mod pages;
mod store;
#[cfg(test)]
mod tests;

pub use pages::role_in_words; // used by access_log and audit

use crate::{
    access::{App, Routes},
    shell::urls,
};

/// The slice's routes.
pub fn routes(app: &App) -> Routes {
    Routes::new()
        .get(urls::CLINIC_STAFF, pages::staff)
        .get(urls::CLINIC_LOOK, pages::look)
        .post(urls::CLINIC_LOOK, pages::save_look, app)
        .get(urls::THEME_CSS, pages::theme)
        .get(urls::LOGO, pages::logo)
}
