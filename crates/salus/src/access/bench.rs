//! A chart without its guard, or with a part of it: what `salus-bench` measures guards against. Only under the feature
//! `bench`, and in no table of routes: [`Bare`] is no guard, so `Routes` refuses a handler that begins with it.

use axum::{extract::FromRequestParts, http::request::Parts};
use salus_db::Reader;
use salus_kernel::{ActionType, PatientId, Subject};
use salus_vault::{DataKey, Discloses};

use super::{
    App, Asked, PatientScope, Sight,
    chart::path_id,
    policy::who_may,
    signed_in::{self, Surroundings},
    store,
};
use crate::shell::{
    error::Error,
    page::{Chrome, Frames},
};

/// How long a session that does not exist seems to have left.
const SECONDS_LEFT: u64 = 30 * 60;

/// How much of the guard runs. The ledger's part is never among it: nothing is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upto {
    /// Nothing: the key is read and unwrapped.
    Nothing,
    /// The session is found.
    Session,
    /// The relation is found, and policy is asked.
    Policy,
}

/// Keys and frame of a chart that nobody asked for, and of which nothing was written down.
pub struct Bare {
    asked: Asked,
    scope: PatientScope,
    key: DataKey,
    surroundings: Surroundings,
}

impl Bare {
    /// The patient in the path, with the key unwrapped, and a transaction that sees the chart.
    pub async fn open<A: ActionType>(upto: Upto, parts: &mut Parts, app: &App) -> Result<(Self, Reader), Error> {
        let asked = Asked::from_request_parts(parts, app).await?;
        let surroundings = Surroundings::of(parts, app).await;
        let patient = path_id(parts, app, "patient").await.and_then(|text| text.parse::<PatientId>().ok());
        let patient = patient.ok_or(Error::NotFound)?;
        let subject = Subject::Patient(patient);
        let (mut sight, mut wrapped) = (Sight { patient: Some(patient), ..Sight::default() }, None);
        if upto != Upto::Nothing {
            let towards = Some(patient).filter(|_| upto == Upto::Policy);
            let mut session = signed_in::full_session(parts, app, &asked, A::ACTION, towards).await?;
            sight = Sight { patient: Some(patient), ..session.sight() };
            if upto == Upto::Policy {
                if !session.standing().is_some_and(|standing| who_may(A::ACTION).includes(standing)) {
                    return Err(Error::NotFound);
                }
                wrapped = session.towards.wrapped_key.take();
            }
        }
        let mut tx = app.db().read(&sight).await?;
        let (version, wrapped) = match wrapped {
            Some(wrapped) => wrapped,
            None => store::wrapped_key(&mut tx, subject).await?,
        };
        let key = store::unwrap(app, subject, version, &wrapped)?;
        Ok((Self { asked, scope: PatientScope::new(patient, salus_kernel::Reach::All), key, surroundings }, tx))
    }
    /// For queries.
    pub fn scope(&self) -> PatientScope {
        self.scope
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
        let mut chrome = self.surroundings.chrome(
            &self.asked,
            None,
            Some((self.scope.patient(), salus_kernel::Relation::Myself.into())),
        );
        chrome.name = Some("Nobody Atall".to_owned());
        chrome.seconds_left = SECONDS_LEFT;
        Ok(chrome)
    }
}
