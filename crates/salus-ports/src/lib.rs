//! Ports: the outside world behind small traits, each with an adapter that stays on this machine.
//!
//! Invariant: nothing here knows a patient, a template, a job or the database. Invariant: an adapter that leaves the
//! machine is made from a vendor record that is valid, so that none can start without one ([`vendor`]).

pub mod email;
pub mod vendor;

use std::{path::PathBuf, sync::Arc};

use jiff::civil::Date;
use salus_kernel::Instant;

use email::{Cause, EmailSender, SendError};
use vendor::DataRecipient;

/// What a job may use of the outside world.
#[derive(Clone)]
pub struct Ports {
    email: Arc<dyn EmailSender>,
    files: Option<PathBuf>,
}

impl Ports {
    /// These adapters.
    pub fn new(email: impl EmailSender + 'static) -> Self {
        Self { email: Arc::new(email), files: None }
    }

    /// The same, on a machine where mail lies as files in this folder, or lay there before a server was named.
    #[must_use]
    pub fn with_files(self, folder: PathBuf) -> Self {
        Self { files: Some(folder), ..self }
    }

    /// Removes mail that lies as files since before this moment; how many there were.
    pub async fn forget_files(&self, before: Instant) -> std::io::Result<usize> {
        match &self.files {
            Some(folder) => email::local::forget(folder, before).await,
            None => Ok(0),
        }
    }

    /// The one that sends mail, unless the agreement with whoever carries it ended since the start.
    pub fn email(&self, today: Date) -> Result<&dyn EmailSender, SendError> {
        match self.email.recipient() {
            DataRecipient::Vendor { until, .. } if until < today => Err(SendError::TryLater(Cause::Agreement)),
            _ => Ok(&*self.email),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use email::{Email, Sending};

    struct OfVendor(Date);
    impl EmailSender for OfVendor {
        fn send<'a>(&'a self, _: &'a Email) -> Sending<'a> {
            Box::pin(std::future::ready(Err(SendError::TryLater(Cause::Busy))))
        }
        fn recipient(&self) -> DataRecipient {
            DataRecipient::Vendor { name: "Postbox".to_owned(), until: self.0 }
        }
    }

    #[test]
    fn nothing_is_sent_after_the_agreement_ended() {
        // HIP-17: a program that runs for years.
        let last = Date::constant(2026, 11, 25);
        let ports = Ports::new(OfVendor(last));
        assert!(ports.email(last).is_ok());
        let after = ports.email(Date::constant(2026, 11, 26)).map(drop);
        assert_eq!(after, Err(SendError::TryLater(Cause::Agreement)), "mail goes out under an agreement that ended");
    }
}
