//! What a browser was asked to sign, or to bring back from another provider. One at a time for each browser or session and each thing
//! to do; answered once, whatever comes of it, and within minutes (ASVS V6.7.2).

use salus_db::{DbError, args, sql};
use salus_kernel::{Instant, MINUTE};
use salus_vault::BlindIndex;

use crate::{
    access::{self, App},
    shell::error::Error,
};

/// What it is for. What was asked for one is no answer to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Signing in with a passkey.
    SignIn,
    /// Making one.
    Add,
    /// Saying "it is still I" with one.
    Prove,
    /// Signing in at another provider.
    SignInThere,
    /// Connecting an account there with one's own.
    Connect,
    /// Saying "it is still I" there.
    ProveThere,
}

impl Purpose {
    /// As it is counted.
    pub const fn word(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Add => "add",
            Self::Prove => "prove",
            Self::SignInThere => "sign-in-there",
            Self::Connect => "connect",
            Self::ProveThere => "prove-there",
        }
    }
    /// For how long it can be answered: a little longer than browsers wait for a finger, and than a password and a code elsewhere
    /// take to be typed.
    pub const fn lasts(self) -> i64 {
        match self {
            Self::SignIn | Self::Add | Self::Prove => 6 * MINUTE,
            Self::SignInThere | Self::Connect | Self::ProveThere => 15 * MINUTE,
        }
    }
}

/// Whose challenge it is.
pub struct Challenge {
    key: BlindIndex,
    lasts: i64,
}

const KEEP: salus_db::Sql = sql!(
    "INSERT INTO passkey_challenge (key, state, ends_at) VALUES ($1, $2, $3)
     ON CONFLICT (key) DO UPDATE SET state = excluded.state, ends_at = excluded.ends_at"
);
const FIND: salus_db::Sql = sql!("SELECT state FROM passkey_challenge WHERE key = $1 AND ends_at > $2");
const USE: salus_db::Sql = sql!("DELETE FROM passkey_challenge WHERE key = $1 AND state = $2");

impl Challenge {
    /// Of this browser or session.
    pub fn of(purpose: Purpose, whose: &str, index: impl Fn(&str, &str) -> BlindIndex) -> Self {
        let key = index("passkey-challenge", &format!("{} {whose}", purpose.word()));
        Self { key, lasts: purpose.lasts() }
    }

    /// Keeps what was asked, in place of what was asked before.
    pub async fn keep(&self, app: &App, state: &str, now: Instant) -> Result<(), Error> {
        let mut tx = access::counts(app, &[self.key.as_str()]).await?;
        tx.execute(KEEP, args![self.key.as_str(), state, now.plus(self.lasts)]).await?;
        Ok(tx.commit().await?)
    }

    /// Takes it; gone from then on, before anybody looks at the answer. None when there is none, or somebody was faster.
    pub async fn take(&self, app: &App, now: Instant) -> Result<Option<String>, Error> {
        let mut tx = access::counts(app, &[self.key.as_str()]).await?;
        let found: Option<(String,)> = tx.maybe(FIND, args![self.key.as_str(), now]).await?;
        let Some((state,)) = found else { return Ok(None) };
        match tx.one_row(USE, args![self.key.as_str(), state.as_str()]).await {
            Ok(()) => {}
            Err(DbError::Stale) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        tx.commit().await?;
        Ok(Some(state))
    }
}
