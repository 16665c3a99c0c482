//! Home: what matters now. `/home` sends each to their own: staff to theirs, a patient to the home of their chart, and an
//! account without a chart to the page that says how to get one.

pub mod views;

mod pages;
mod store;

#[cfg(test)]
mod tests;

use crate::{access::Routes, shell::urls};

/// The slice's routes. The staff's home is in [`crate::staff`].
pub fn routes() -> Routes {
    Routes::new()
        .get(urls::HOME, pages::dispatch)
        .get("/p/{patient}", pages::patient)
        .get("/p/{patient}/more", pages::more)
}
