//! Taking a change back: whoever had the address before a change of address, password or second step gets a link there that
//! puts everything back as it was, for 72 hours, without signing in (ADR 0025).
//!
//! Invariant: what is put back is what the account signed in with before, and nothing else: nobody gets in who could not have got
//! in then. The letter about a removed passkey has no link; the link of an earlier change still brings it back.
//! Invariant: a change and what was before it are one transaction, under the account's row.

mod pages;
mod store;
pub mod views;

#[cfg(test)]
pub mod tests;

use salus_kernel::{AccountId, ActionType, Instant, ResourceId, Subject, actions::UndoChange};
use salus_vault::{Discloses, Opens};

use super::store as accounts;
use crate::{
    access::{
        Change, Claimant, Mailed, TAKEN_BACK_WITHIN,
        columns::{account, account_undo},
        end_all,
    },
    notices::{self, About},
    recovery,
    shell::error::Error,
};

pub use pages::{form, put_back};
pub use store::forget;

/// What is about to be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// The address.
    Address,
    /// The password.
    Password,
    /// The authenticator app.
    App,
    /// One passkey more.
    Passkey,
    /// The recovery codes.
    Codes,
    /// One more account elsewhere.
    Provider,
}

impl Changed {
    const ALL: [Self; 6] = [Self::Address, Self::Password, Self::App, Self::Passkey, Self::Codes, Self::Provider];

    const fn word(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Password => "password",
            Self::App => "app",
            Self::Passkey => "passkey",
            Self::Codes => "codes",
            Self::Provider => "provider",
        }
    }
    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|changed| changed.word() == word)
    }
    const fn letter(self) -> About {
        match self {
            Self::Address => About::AddressChanged,
            Self::Password => About::PasswordChanged,
            Self::App => About::AppChanged,
            Self::Passkey => About::PasskeyAdded,
            Self::Codes => About::RecoveryCodes,
            Self::Provider => About::ProviderConnected,
        }
    }
}

/// Notes what the account signs in with before a change, in the change's own transaction, and tells its holder of the change, at
/// the address of before, with a link that takes it back. Holds the account's row: what is noted is what the change finds.
pub async fn before_change<A>(
    change: &mut Change<'_>,
    holder: &impl Discloses<A>,
    account: AccountId,
    changed: Changed,
    now: Instant,
) -> Result<(), Error>
where
    A: ActionType + Opens<account::Email>,
{
    accounts::hold(change, account).await?;
    let now = store::moment(change, account, now).await?;
    let id = ResourceId::new(now, salus_vault::random());
    let (before, email) = store::present(change, account).await?;
    let email = email.open(holder)?;
    let key = holder.key_of(Subject::Account(account)).ok_or_else(|| Error::broken("a change without a key"))?;
    let (row, text) = (id.to_string(), before.kept()?);
    let new = store::NewUndo {
        id,
        key: change.key_of_link(Mailed::Undo, id),
        about: changed.word(),
        email: key.seal::<account_undo::Email>(&row, email.as_bytes()),
        before: key.seal::<account_undo::Before>(&row, &text),
        key_version: i64::from(key.version()),
    };
    store::add(change, account, new, now).await?;
    notices::tell_everywhere(change, account, changed.letter(), now, Some(id)).await
}

/// What a link takes back.
struct Undo {
    id: ResourceId,
    account: AccountId,
    changed: Changed,
    at: Instant,
}

/// Why nothing was put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NotPutBack {
    /// The link was used, or another one that takes back more.
    Ended,
    /// The address is somebody else's by now, or the account was closed.
    Taken,
}

/// What was put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PutBack {
    /// All that was changed of late.
    All,
    /// What was changed before this still stands, and could be taken back as well.
    SinceThen,
    /// But no second step is left: nobody signs in before the front desk has seen who it is.
    AtDesk,
}

/// Puts everything back as it was before the change, and what came after the change with it; ends every session.
async fn undo(
    change: &mut Change<'_>,
    claimant: &Claimant<UndoChange>,
    undo: &Undo,
    now: Instant,
) -> Result<Result<PutBack, NotPutBack>, Error> {
    let account = undo.account;
    accounts::hold(change, account).await?;
    let Some(row) = store::take(change, undo.id, account).await? else { return Ok(Err(NotPutBack::Ended)) };
    let (then, was) = (store::Before::open(&row.before.open_bytes(claimant)?)?, row.email.open(claimant)?);
    let (present, is) = store::present(change, account).await?;
    let is = is.open(claimant)?;
    let moved = present.email_index != then.email_index;
    let sealed = claimant.seal::<account::Email>(&account.to_string(), was.as_bytes());
    // Where the address goes back, it is new again: nobody who has come to read this mailbox alone goes on from there.
    let address = store::Address { sealed, moved_at: if moved { Some(now) } else { present.email_changed_at } };
    let mut later = Vec::new();
    for before in store::later(change, account, row.created_at).await? {
        later.push(store::Before::open(&before.open_bytes(claimant)?)?);
    }
    store::put_back_factors(change, account, &then, &present, &later).await?;
    if !store::put_back_login(change, account, &then, address, now).await? {
        return Ok(Err(NotPutBack::Taken));
    }
    store::forget_since(change, account, row.created_at).await?;
    recovery::withdraw(change, account).await?;
    let earlier = store::any_left(change, account, now).await?;
    end_all(change, account, "put-back", now).await?;
    let now = store::moment(change, account, now).await?;
    if moved {
        let id = ResourceId::new(now, salus_vault::random());
        let text = id.to_string();
        let (email, key_version) = claimant.seal::<account_undo::Email>(&text, is.as_bytes());
        let (before, _) = claimant.seal::<account_undo::Before>(&text, b"");
        let key = change.key_of_link(Mailed::Undo, id);
        let told = store::NewUndo { id, key, about: store::UNDONE, email, before, key_version };
        store::add(change, account, told, now).await?;
    }
    notices::tell_everywhere(change, account, About::Undone, now, None).await?;
    Ok(Ok(match accounts::has_second_step(change, account).await? {
        false => PutBack::AtDesk,
        true if earlier => PutBack::SinceThen,
        true => PutBack::All,
    }))
}

/// Until when a change that was made then can be taken back.
fn ends_at(at: Instant) -> Instant {
    at.plus(TAKEN_BACK_WITHIN)
}
