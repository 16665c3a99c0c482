//! `Claimant<A>`: somebody who is not signed in shows a passkey of an account, or the code of a link that was mailed to it. What
//! that is compared with may be opened, and nothing more is proved yet.

use std::marker::PhantomData;

use salus_db::{DbError, Reader, Sql, args, ledger::Position, sql};
use salus_kernel::{
    AccountId, ActionType, Instant, PatientId, Relation, SessionId, Subject,
    actions::{RecoverAccount, SignIn},
};
use salus_vault::{DataKey, Discloses};

use super::{
    App, Asked, Change, Feature, Sight, Stage, Token, Visitor,
    audit::{Line, Who},
    store,
    visitor::{add_session, of_account, stage},
};
use crate::shell::error::Error;

/// Whoever shows something of this account, and so says that it is theirs. The ledger's entry is committed before this exists,
/// under nobody's name: it is the account's only once what was shown was right.
pub struct Claimant<A> {
    app: App,
    asked: Asked,
    account: AccountId,
    sight: Sight,
    entry: Position,
    key: DataKey,
    action: PhantomData<fn() -> A>,
}

const STILL_OPEN: salus_db::Sql = sql!("UPDATE account SET version = version WHERE id = $1 AND status = 'active'");

fn line<'a, A: ActionType>(who: &'a Who, asked: &'a Asked) -> Line<'a> {
    Line { who, asked, action: A::ACTION, relation: None, role: None, patient: None }
}

impl Visitor {
    /// Whoever shows something of this account.
    pub async fn claims<A: ActionType>(&self, account: AccountId) -> Result<Claimant<A>, Error> {
        self.claims_as(account, of_account(account)).await
    }

    /// Whoever shows the code of a link that was mailed to this account, by the look-up key that is made of the code.
    pub async fn claims_by_link<A: ActionType>(&self, account: AccountId, key: &str) -> Result<Claimant<A>, Error> {
        self.claims_as(account, Sight { token: Some(key.to_owned()), ..of_account(account) }).await
    }

    async fn claims_as<A: ActionType>(&self, account: AccountId, sight: Sight) -> Result<Claimant<A>, Error> {
        let app = self.app().clone();
        let entry = line::<A>(&Who::nobody(), self.asked()).intent(&app, Some(account.to_string())).await?;
        let mut tx = app.db().read(&sight).await?;
        let key = store::key(&mut tx, app.vault(), Subject::Account(account)).await?;
        drop(tx);
        Ok(Claimant { app, asked: self.asked().clone(), account, sight, entry, key, action: PhantomData })
    }
}

impl<A: ActionType> Claimant<A> {
    /// The account's own rows.
    pub async fn read(&self) -> Result<Reader, Error> {
        Ok(self.app.db().read(&self.sight).await?)
    }
    /// The change that counts a try before it is compared: under an entry of its own, and nobody's in particular.
    pub async fn begin_to_count(&self) -> Result<Change<'_>, Error> {
        let who = Who::nobody();
        let line = line::<A>(&who, &self.asked);
        let entry = line.intent(&self.app, Some(self.account.to_string())).await?;
        Change::begin(&self.app, &self.sight, entry, &line).await
    }
    /// Whether the patient whose chart the account opens has died.
    pub async fn has_died(&self, patient: PatientId) -> Result<bool, Error> {
        store::has_died(&self.app, patient).await
    }
    /// The change in which it counts, once it was right: from here on it is the account's own.
    pub async fn begin(&self) -> Result<Change<'_>, Error> {
        let who = Who::account(self.account);
        let line = Line { relation: Some(Relation::Myself), ..line::<A>(&who, &self.asked) };
        Change::begin(&self.app, &self.sight, self.entry, &line).await
    }
    /// What was shown was wrong, or too late: the ledger has it under nobody's name.
    pub async fn refused(&self, reason: &str) -> Result<(), Error> {
        line::<A>(&Who::nobody(), &self.asked).refusal(&self.app, reason).await
    }
    /// Seals a value of the account's own.
    pub fn seal<C: salus_kernel::Column>(&self, row: &str, plain: &[u8]) -> (Vec<u8>, i64) {
        (self.key.seal::<C>(row, plain), i64::from(self.key.version()))
    }
}

impl<A: ActionType> Claimant<A> {
    /// Begins a session in the change that makes it right. None when the account was closed.
    async fn add_session(&self, change: &mut Change<'_>, at: Stage) -> Result<Option<(SessionId, Token)>, Error> {
        // Holds the row until the session is there: whoever ends the account's sessions waits, and ends this one too.
        match change.one_row(STILL_OPEN, args![self.account]).await {
            Ok(()) => {}
            Err(DbError::Stale) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        let Some((_, role)) = stage(change, self.account).await? else { return Ok(None) };
        add_session(&self.app, &self.asked, change, self.account, at, role).await.map(Some)
    }
}

impl Claimant<SignIn> {
    /// The passkey was right: begins a session with both factors. None when the account was closed.
    pub async fn begin_session(&self, change: &mut Change<'_>) -> Result<Option<(SessionId, Token)>, Error> {
        self.add_session(change, Stage::Full).await
    }

    /// Somebody whom the clinic trusts has seen who it is: begins a session that asks for the second step, or one with both where
    /// that was seen too and the clinic wants no passkey. It is proved as of when they were seen, and not of now. None when the
    /// account was closed, is nobody's who works here, or has no second step of its own: none is set up on another's word.
    pub async fn begin_session_seen(
        &self,
        change: &mut Change<'_>,
        both: bool,
        seen: Option<Instant>,
    ) -> Result<Option<(SessionId, Token, Stage)>, Error> {
        const AS_OF: Sql = sql!("UPDATE session SET proved_at = $2, both_steps_at = $2 WHERE id = $1");
        let Some((asks @ Stage::Password, Some(_))) = stage(change, self.account).await? else { return Ok(None) };
        let enough = both && self.app.features().await.on(Feature::StaffCodes);
        let at = if enough { Stage::Full } else { asks };
        let Some((session, token)) = self.add_session(change, at).await? else { return Ok(None) };
        let seen = seen.map_or(Instant::from_micros(0), |seen| seen.min(self.asked.now));
        change.one_row(AS_OF, args![session, seen]).await?;
        Ok(Some((session, token, at)))
    }
}

impl Claimant<RecoverAccount> {
    /// Everything is anew: begins the session in which the second step is set up. None when the account was closed.
    pub async fn begin_session(&self, change: &mut Change<'_>) -> Result<Option<(SessionId, Token)>, Error> {
        self.add_session(change, Stage::Enrolling).await
    }
}

impl<A: ActionType> Discloses<A> for Claimant<A> {
    fn key_of(&self, subject: Subject) -> Option<&DataKey> {
        Some(&self.key).filter(|key| key.subject() == subject)
    }
}
