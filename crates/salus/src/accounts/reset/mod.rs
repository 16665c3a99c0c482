//! The mail to somebody who has forgotten their password, or lost their second step.
//!
//! The page does the same for every address and looks nothing up; here it is found out whether the address signs in, and
//! nobody waits for the answer (THR-05).

pub mod views;

#[cfg(test)]
mod tests;

use salus_kernel::{Instant, InviteId, MINUTE, actions::SendLink};
use salus_ports::Ports;
use serde::{Deserialize, Serialize};

use super::store;
use crate::{
    access::{Job, JobError, JobRun, Retry, invites::For, settles_at},
    notices::{self, About, Letter},
    shell::{dates, urls},
};

/// How long the link lives.
pub const LINK_LASTS: i64 = 2 * 60 * MINUTE;

/// Mails a link to choose another password, or to ask the clinic to be let back in, if the address is somebody's.
#[derive(Debug, Serialize, Deserialize)]
pub struct ResetPassword {
    /// The blind index of the address.
    pub address: String,
    /// When it was asked for.
    pub at: Instant,
    /// Whether it is the second step that they have not got.
    #[serde(default)]
    pub lost: bool,
}

impl Job for ResetPassword {
    type Does = SendLink;
    const NAME: &'static str = "accounts.reset-password";
    /// As long as the link lives.
    const RETRY: Retry = Retry::for_hours(2);

    fn once(&self) -> String {
        format!("{} {}", self.address, self.at.micros())
    }

    async fn run(self, run: &JobRun<SendLink>, ports: &Ports) -> Result<(), JobError> {
        let ends_at = self.at.plus(LINK_LASTS);
        let clinic = run.clinic().await;
        let mail = ports.email(dates::on(run.now(), &jiff::tz::TimeZone::UTC))?;
        let Some(account) = run.account_with(&self.address).await? else { return Ok(()) };
        let mut of = run.account(account).await?;
        let Some(row) = store::to_reset(&mut of.tx, account).await?.filter(|row| row.active) else { return Ok(()) };
        let to = row.email.open(&of)?;
        drop(of); // a connection to the database is not kept for as long as a mail server takes
        if run.now() >= ends_at {
            return Ok(());
        }
        if let Some(until) = settles_at(row.email_changed_at, run.now()) {
            let letter = Letter::of(About::ResetLater, run.link(urls::SIGN_IN), until);
            return notices::send(mail, run.id(), &clinic, self.at, to, &letter).await;
        }
        let invite = InviteId::from_uuid(run.id().uuid());
        let mut change = run.begin(account).await?;
        if !change.void_resets(account, invite, self.at).await? {
            return Ok(());
        }
        let Some(code) = change.mailed_invite(invite, For::Reset { account }, self.at, LINK_LASTS).await? else {
            return Ok(());
        };
        change.commit().await?;
        // A password alone would let its holder set up the second step: who has none asks the clinic.
        let letter = match self.lost || !row.has_second_step {
            true => Letter::of(About::AskBackIn, run.link(&urls::reset_lost(code.text())), ends_at),
            false => Letter::of(About::ResetPassword, run.link(&urls::reset(code.text())), ends_at),
        };
        notices::send(mail, run.id(), &clinic, self.at, to, &letter).await
    }
}
