//! What follows from a registration: a mail with a link, and after a day without an answer everything typed is emptied.

use salus_kernel::{
    AccountId, InviteId, MINUTE,
    actions::{ForgetRegistration as Forgets, SendLink},
};
use salus_ports::Ports;
use serde::{Deserialize, Serialize};

use super::store;
use crate::{
    access::{Job, JobError, JobRun, Retry, invites::For},
    notices::{self, About, Letter},
    shell::{dates, urls},
};

/// How long the link lives (IDN-08: a day for what comes by mail).
pub const LINK_LASTS: i64 = 24 * 60 * MINUTE;

/// Mails the link that verifies an address; or, to an address that signs in here already, that it does.
#[derive(Debug, Serialize, Deserialize)]
pub struct VerifyAddress {
    /// Whose.
    pub registration: AccountId,
    /// The blind index of the address.
    pub address: String,
}

impl Job for VerifyAddress {
    type Does = SendLink;
    const NAME: &'static str = "registrations.verify-address";
    /// As long as the link lives.
    const RETRY: Retry = Retry::for_hours(24);

    fn once(&self) -> String {
        self.registration.to_string()
    }

    async fn run(self, run: &JobRun<SendLink>, ports: &Ports) -> Result<(), JobError> {
        let clinic = run.clinic().await;
        let mail = ports.email(dates::on(run.now(), &jiff::tz::TimeZone::UTC))?;
        let mut of = run.account(self.registration).await?;
        let Some(typed) = store::to_mail(&mut of.tx, self.registration).await? else { return Ok(()) };
        let (to, birth_date) = (typed.email.open(&of)?, typed.birth_date.open(&of)?);
        drop(of); // a connection to the database is not kept for as long as a mail server takes
        let ends_at = typed.created_at.plus(LINK_LASTS);
        if run.now() >= ends_at {
            return Ok(());
        }
        if run.account_with(&self.address).await?.is_some() {
            let letter = Letter::of(About::AlreadyHere, run.link(urls::SIGN_IN), typed.created_at);
            return notices::send(mail, run.id(), &clinic, typed.created_at, to, &letter).await;
        }
        let invite = InviteId::from_uuid(run.id().uuid());
        let mut change = run.begin(self.registration).await?;
        let purpose = For::Register { registration: self.registration, birth_date };
        let Some(code) = change.mailed_invite(invite, purpose, typed.created_at, LINK_LASTS).await? else {
            return Ok(());
        };
        change.commit().await?;
        let letter = Letter::of(About::VerifyAddress, run.link(&urls::verify(code.text())), ends_at);
        notices::send(mail, run.id(), &clinic, typed.created_at, to, &letter).await
    }
}

/// Empties a registration whose link nobody used.
#[derive(Debug, Serialize, Deserialize)]
pub struct ForgetRegistration {
    /// Whose.
    pub registration: AccountId,
}

impl Job for ForgetRegistration {
    type Does = Forgets;
    const NAME: &'static str = "registrations.forget";
    const RETRY: Retry = Retry::for_hours(30 * 24);
    const WAIT: i64 = LINK_LASTS + 60 * MINUTE;

    fn once(&self) -> String {
        self.registration.to_string()
    }

    async fn run(self, run: &JobRun<Forgets>, _: &Ports) -> Result<(), JobError> {
        drop(run.account(self.registration).await?);
        let mut change = run.begin(self.registration).await?;
        store::empty(&mut change, self.registration).await?;
        Ok(change.commit().await?)
    }
}
