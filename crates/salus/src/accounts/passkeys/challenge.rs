//! What a browser was asked to sign. One at a time for each browser or session and each thing to do; answered once, whatever comes
//! of it, and within minutes (ASVS V6.7.2).

use salus_db::{DbError, args, sql};
use salus_kernel::{Instant, MINUTE};
use salus_vault::BlindIndex;

use crate::{
    access::{self, App},
    shell::error::Error,
};

/// A little longer than browsers wait.
const LASTS: i64 = 6 * MINUTE;

/// What is done with the passkey. What was asked for one is no answer to another.
#[derive(Debug, Clone, Copy)]
pub enum Purpose {
    /// Signing in.
    SignIn,
    /// Making one.
    Add,
    /// Saying "it is still I".
    Prove,
}

/// Whose challenge it is.
pub struct Challenge(BlindIndex);

const KEEP: salus_db::Sql = sql!(
    "INSERT INTO passkey_challenge (key, state, ends_at) VALUES ($1, $2, $3)
     ON CONFLICT (key) DO UPDATE SET state = excluded.state, ends_at = excluded.ends_at"
);
const FIND: salus_db::Sql = sql!("SELECT state FROM passkey_challenge WHERE key = $1 AND ends_at > $2");
const USE: salus_db::Sql = sql!("DELETE FROM passkey_challenge WHERE key = $1 AND state = $2");

impl Challenge {
    /// Of this browser or session.
    pub fn of(purpose: Purpose, whose: &str, index: impl Fn(&str, &str) -> BlindIndex) -> Self {
        let purpose = match purpose {
            Purpose::SignIn => "sign-in",
            Purpose::Add => "add",
            Purpose::Prove => "prove",
        };
        Self(index("passkey-challenge", &format!("{purpose} {whose}")))
    }

    /// Keeps what was asked, in place of what was asked before.
    pub async fn keep(&self, app: &App, state: &str, now: Instant) -> Result<(), Error> {
        let mut tx = access::counts(app, &[self.0.as_str()]).await?;
        tx.execute(KEEP, args![self.0.as_str(), state, now.plus(LASTS)]).await?;
        Ok(tx.commit().await?)
    }

    /// Takes it; gone from then on, before anybody looks at the answer. None when there is none, or somebody was faster.
    pub async fn take(&self, app: &App, now: Instant) -> Result<Option<String>, Error> {
        let mut tx = access::counts(app, &[self.0.as_str()]).await?;
        let found: Option<(String,)> = tx.maybe(FIND, args![self.0.as_str(), now]).await?;
        let Some((state,)) = found else { return Ok(None) };
        match tx.one_row(USE, args![self.0.as_str(), state.as_str()]).await {
            Ok(()) => {}
            Err(DbError::Stale) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        tx.commit().await?;
        Ok(Some(state))
    }
}
