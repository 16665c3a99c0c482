//! The mail with the link. The code that belongs to it is said by whoever decided, and stands in no mail.

use salus_kernel::{AccountId, Instant, ResourceId, actions::SendLink};
use salus_ports::Ports;
use serde::{Deserialize, Serialize};

use super::store;
use crate::{
    access::{Job, JobError, JobRun, Mailed, Retry, settles_at},
    accounts,
    notices::{self, About, Letter},
    shell::{dates, urls},
};

/// Mails the link.
#[derive(Debug, Serialize, Deserialize)]
pub struct LetBackIn {
    /// Whose account.
    pub account: AccountId,
    /// What was decided.
    pub recovery: ResourceId,
    /// When.
    pub at: Instant,
}

impl Job for LetBackIn {
    type Does = SendLink;
    const NAME: &'static str = "recovery.let-back-in";
    /// As long as the link lives.
    const RETRY: Retry = Retry::for_hours(24);

    fn once(&self) -> String {
        format!("{} {}", self.recovery, self.at.micros())
    }

    async fn run(self, run: &JobRun<SendLink>, ports: &Ports) -> Result<(), JobError> {
        let clinic = run.clinic().await;
        let mail = ports.email(dates::on(run.now(), &jiff::tz::TimeZone::UTC))?;
        let mut of = run.account(self.account).await?;
        // Decided anew since, or taken back.
        let still = store::still_approved(&mut of.tx, self.recovery, self.at, run.now()).await?;
        let Some(ends_at) = still else { return Ok(()) };
        let row = accounts::to_reset(&mut of.tx, self.account).await?.filter(|row| row.active);
        let Some(row) = row else { return Ok(()) };
        let to = row.email.open(&of)?;
        drop(of); // a connection to the database is not kept for as long as a mail server takes
        if let Some(until) = settles_at(row.email_changed_at, run.now()) {
            let letter = Letter::of(About::ResetLater, run.link(urls::SIGN_IN), until);
            return notices::send(mail, run.id(), &clinic, self.at, to, &letter).await;
        }
        let code = run.code_of_link(Mailed::BackIn, self.recovery);
        let letter = Letter::of(About::LetBackIn, run.link(&urls::back_in(code.text())), ends_at);
        notices::send(mail, run.id(), &clinic, self.at, to, &letter).await
    }
}
