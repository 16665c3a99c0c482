//! The shell: what every page shares. Frame, words, dates, errors, addresses.
//!
//! Invariant: nothing here opens a sealed value or names a slice's rows.

pub mod dates;
pub mod device;
pub mod error;
pub mod flash;
pub mod gallery;
pub mod logo;
mod notices;
pub mod page;
pub mod photo;
pub mod qr;
pub mod typed;
pub mod urls;
pub mod view;
pub mod words;
