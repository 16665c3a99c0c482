//! A chart without session, policy and ledger: what `salus-bench` measures guards against. Only under the feature
//! `bench`, and in no table of routes: [`Bare`] is no guard, so `Routes` refuses a handler that begins with it.

use axum::{extract::FromRequestParts, http::request::Parts};
use salus_db::Reader;
use salus_kernel::{ActionType, Instant, PatientId, Subject};
use salus_vault::{DataKey, Discloses};

use super::{App, Asked, PatientScope, Sight, chart::path_id, signed_in::Surroundings, store};
use crate::shell::{
    error::Error,
    page::{Chrome, Frames},
};

/// How long a session that does not exist seems to have left.
const SECONDS_LEFT: u64 = 30 * 60;

/// Keys and frame of a chart that nobody asked for, and of which nothing was written down.
pub struct Bare {
    asked: Asked,
    scope: PatientScope,
    key: DataKey,
    surroundings: Surroundings,
}

impl Bare {
    /// The patient in the path, with the key unwrapped, and the transaction in which it was read.
    pub async fn open(parts: &mut Parts, app: &App) -> Result<(Self, Reader), Error> {
        let asked = Asked::from_request_parts(parts, app).await?;
        let surroundings = Surroundings::of(parts, app).await;
        let patient = path_id(parts, app, "patient")
            .await
            .and_then(|text| text.parse::<PatientId>().ok())
            .ok_or(Error::NotFound)?;
        let subject = Subject::Patient(patient);
        let mut tx = app.db().read(&Sight { patient: Some(patient), ..Sight::default() }).await?;
        let (version, wrapped) = store::wrapped_key(&mut tx, subject).await?;
        let key = store::unwrap(app, subject, version, &wrapped)?;
        Ok((Self { asked, scope: PatientScope::new(patient), key, surroundings }, tx))
    }
    /// For queries.
    pub fn scope(&self) -> PatientScope {
        self.scope
    }
    /// The request's moment.
    pub fn now(&self) -> Instant {
        self.asked.now
    }
}

impl<A: ActionType> Discloses<A> for Bare {
    fn key_of(&self, subject: Subject) -> Option<&DataKey> {
        Some(&self.key).filter(|key| key.subject() == subject)
    }
}

impl Frames for Bare {
    /// As large as the frame of a patient who is signed in.
    fn chrome(&self) -> Result<Chrome, Error> {
        let mut chrome = self.surroundings.chrome(&self.asked, None, Some(self.scope.patient()));
        chrome.name = Some("Nobody Atall".to_owned());
        chrome.seconds_left = SECONDS_LEFT;
        Ok(chrome)
    }
}
