//! `Claimant`: somebody shows a passkey of an account. Nothing is proved yet; what the proof is compared with may be opened.

use salus_db::{DbError, Reader, args, ledger::Position, sql};
use salus_kernel::{AccountId, Action, Relation, SessionId, Subject, actions::SignIn};
use salus_vault::{DataKey, Discloses};

use super::{
    App, Asked, Change, Stage, Token, Visitor,
    audit::{Line, Who},
    store,
    visitor::{add_session, of_account, stage},
};
use crate::shell::error::Error;

/// Whoever shows a passkey, and so says that this account is theirs. The ledger's entry is committed before this exists, under
/// nobody's name: it is the account's only once the passkey was right.
pub struct Claimant {
    app: App,
    asked: Asked,
    account: AccountId,
    entry: Position,
    key: DataKey,
}

const STILL_OPEN: salus_db::Sql = sql!("UPDATE account SET version = version WHERE id = $1 AND status = 'active'");

fn line<'a>(who: &'a Who, asked: &'a Asked) -> Line<'a> {
    Line { who, asked, action: Action::SignIn, relation: None, role: None, patient: None }
}

impl Visitor {
    /// Whoever shows a passkey of this account.
    pub async fn claims(&self, account: AccountId) -> Result<Claimant, Error> {
        let app = self.app().clone();
        let entry = line(&Who::nobody(), self.asked()).intent(&app, Some(account.to_string())).await?;
        let mut tx = app.db().read(&of_account(account)).await?;
        let key = store::key(&mut tx, app.vault(), Subject::Account(account)).await?;
        drop(tx);
        Ok(Claimant { app, asked: self.asked().clone(), account, entry, key })
    }
}

impl Claimant {
    /// The account's own rows.
    pub async fn read(&self) -> Result<Reader, Error> {
        Ok(self.app.db().read(&of_account(self.account)).await?)
    }
    /// The change in which the passkey counts, once it was right: from here on it is the account's own.
    pub async fn begin(&self) -> Result<Change<'_>, Error> {
        let who = Who::account(self.account);
        let line = Line { relation: Some(Relation::Myself), ..line(&who, &self.asked) };
        Change::begin(&self.app, &of_account(self.account), self.entry, &line).await
    }
    /// Seals a value of the account's own.
    pub fn seal<C: salus_kernel::Column>(&self, row: &str, plain: &[u8]) -> (Vec<u8>, i64) {
        (self.key.seal::<C>(row, plain), i64::from(self.key.version()))
    }

    /// The passkey was right: begins a session with both factors. None when the account was closed.
    pub async fn begin_session(&self, change: &mut Change<'_>) -> Result<Option<(SessionId, Token)>, Error> {
        // Holds the row until the session is there: whoever ends the account's sessions waits, and ends this one too.
        match change.one_row(STILL_OPEN, args![self.account]).await {
            Ok(()) => {}
            Err(DbError::Stale) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        let Some((_, role)) = stage(change, self.account).await? else { return Ok(None) };
        add_session(&self.app, &self.asked, change, self.account, Stage::Full, role).await.map(Some)
    }
}

impl Discloses<SignIn> for Claimant {
    fn key_of(&self, subject: Subject) -> Option<&DataKey> {
        Some(&self.key).filter(|key| key.subject() == subject)
    }
}
