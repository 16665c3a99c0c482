//! What people do, and what must hold on every page while they do it.

mod accessibility;
mod caregivers;
mod emergency;
mod factors;
mod first_day;
mod first_visit;
mod front;
mod gallery;
mod keyboard;
mod layout;
mod messages;
mod passkeys;
mod reading;
mod recovery;
mod reviews;
mod screens;
mod session;
mod staff;
mod visits;
mod walls;
