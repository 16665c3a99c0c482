//! Another address to sign in with. It counts once a link was opened that was mailed there, in a session of the same account: a
//! mistyped address takes nobody's account away, and whoever reads that mailbox alone gets nothing (ADR 0025).
//!
//! The page does the same whether the address is somebody's or not; the mail to it is where that shows (THR-05).

mod pages;
pub mod store;
pub mod views;

#[cfg(test)]
mod tests;

use salus_kernel::{AccountId, Instant, MINUTE, ResourceId, actions::SendLink};
use salus_ports::Ports;
use serde::{Deserialize, Serialize};

use crate::{
    access::{Job, JobError, JobRun, Mailed, Retry},
    notices::{self, About, Letter},
    shell::{dates, urls},
};

pub use pages::{ask, change, confirm, forget, form, settling};

/// How long the link lives (IDN-08: a day for what comes by mail).
pub const LINK_LASTS: i64 = 24 * 60 * MINUTE;

/// Mails the link to the new address; or, where the address signs in here already, that it does.
#[derive(Debug, Serialize, Deserialize)]
pub struct ConfirmAddress {
    /// Whose account.
    pub account: AccountId,
    /// What was asked for.
    pub asked: ResourceId,
    /// The blind index of the address.
    pub address: String,
    /// When it was asked for.
    pub at: Instant,
}

impl Job for ConfirmAddress {
    type Does = SendLink;
    const NAME: &'static str = "accounts.confirm-address";
    /// As long as the link lives.
    const RETRY: Retry = Retry::for_hours(24);

    fn once(&self) -> String {
        self.asked.to_string()
    }

    async fn run(self, run: &JobRun<SendLink>, ports: &Ports) -> Result<(), JobError> {
        let clinic = run.clinic().await;
        let mail = ports.email(dates::on(run.now(), &jiff::tz::TimeZone::UTC))?;
        let mut of = run.account(self.account).await?;
        // Taken back, or another one was asked for since.
        let asked = store::asked(&mut of.tx, self.account, run.now()).await?.filter(|asked| asked.id == self.asked);
        let Some(asked) = asked else { return Ok(()) };
        let to = asked.email.open(&of)?;
        drop(of); // a connection to the database is not kept for as long as a mail server takes
        let letter = if run.account_with(&self.address).await?.is_some() {
            Letter::of(About::AddressTaken, run.link(urls::SIGN_IN), self.at)
        } else {
            let code = run.code_of_link(Mailed::NewAddress, self.asked);
            Letter::of(About::NewAddress, run.link(&urls::address_confirm(code.text())), asked.ends_at)
        };
        notices::send(mail, run.id(), &clinic, self.at, to, &letter).await
    }
}
