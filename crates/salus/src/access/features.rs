//! Features that a clinic may not want: a typed list, looked up like the clinic's look, and a guard that shuts their doors.
//!
//! What is switched off answers 404, whoever asks, and no page links to it. A slice says which feature its routes belong to
//! with [`Routes::only_with`](super::Routes::only_with); pages ask `app.features().await.on(feature)`. One of them has no pages:
//! whether codes will do for staff is asked by the statement that finds a session.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use salus_db::{Sql, sql};
use salus_kernel::actions::ChangeFeatures;

use super::{App, Floor, Sight, Worklist};
use crate::shell::error::Error;

macro_rules! features {
    ($($(#[$doc:meta])* $name:ident = $key:literal),+ $(,)?) => {
        /// Something that a clinic may not want. What every clinic must have (sign-in, the record, who opened it, slips) is no
        /// feature.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Feature { $($(#[$doc])* $name),+ }
        impl Feature {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];
            /// The word in the table, in forms and in the ends of messages.
            pub const fn key(self) -> &'static str { match self { $(Self::$name => $key),+ } }
            /// The reverse.
            pub fn from_key(key: &str) -> Option<Self> { match key { $($key => Some(Self::$name),)+ _ => None } }
        }
    };
}

features! {
    /// The page of people and places.
    Directory = "directory",
    /// Patients and their care team write to one another.
    Messages = "messages",
    /// Somebody without a slip asks for an account.
    SelfRegistration = "self_registration",
    /// Whoever works here may have an app's codes as their second step; off, they have a passkey or go no further.
    StaffCodes = "staff_codes",
}

/// Which features are on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Features(BTreeMap<Feature, bool>);

impl Features {
    /// Whether it is on; it is until somebody at the clinic switches it off.
    pub fn on(&self, feature: Feature) -> bool {
        self.0.get(&feature).copied().unwrap_or(true)
    }
    /// The same features, but for this one.
    #[must_use]
    pub fn with(mut self, feature: Feature, on: bool) -> Self {
        self.0.insert(feature, on);
        self
    }
}

const DECIDED: Sql = sql!("SELECT name, is_on FROM feature");

impl Floor {
    /// Which features are on.
    pub async fn features(&self) -> Arc<Features> {
        Arc::clone(&*self.features.read().await)
    }
    /// Reads them again, after a change.
    pub(super) async fn refresh_features(&self) -> Result<(), Error> {
        let mut features = self.features.write().await;
        *features = Arc::new(decided(self.db()).await?);
        Ok(())
    }
}

/// What somebody at the clinic decided; a word of a newer or older release is left out.
pub(super) async fn decided(db: &salus_db::Db) -> Result<Features, Error> {
    let rows: Vec<(String, bool)> = db.read(&Sight::of_run("setup")).await?.all(DECIDED, Vec::new()).await?;
    Ok(Features(rows.into_iter().filter_map(|(key, on)| Some((Feature::from_key(&key)?, on))).collect()))
}

impl Worklist<ChangeFeatures> {
    /// Every request finds the doors as they are now from here on.
    pub async fn refresh_features(&self) -> Result<(), Error> {
        self.app().refresh_features().await
    }
}

/// Answers 404 where the feature is off, before anything else is looked at.
pub(super) async fn shut_unless_on(
    State((app, feature)): State<(App, Feature)>,
    request: Request,
    next: Next,
) -> Response {
    if app.features().await.on(feature) { next.run(request).await } else { Error::NotFound.into_response() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_back_and_nothing_decided_is_on() {
        for feature in Feature::ALL {
            assert_eq!(Feature::from_key(feature.key()), Some(*feature));
            assert!(Features::default().on(*feature));
            assert!(Features::default().with(*feature, true).on(*feature));
            assert!(!Features::default().with(*feature, false).on(*feature));
        }
        assert_eq!(Feature::from_key("flying"), None);
    }
}
