//! SQL of accounts: who signs in, their factors, their sessions.

use salus_db::{DbError, Reader, Tx, args, row, sql};
use salus_kernel::{AccountId, Instant, InviteId, SessionId, Subject};
use salus_vault::Phi;

use crate::{
    access::{
        Change, TAKEN_BACK_WITHIN,
        columns::{account, authenticator, session},
        end_all,
    },
    accounts::undo,
    recovery,
    shell::error::Error,
};

/// What signing in needs to know.
pub struct LoginRow {
    /// Whose.
    pub id: AccountId,
    /// Argon2id.
    pub password_hash: String,
    /// `active`, or not.
    pub status: String,
}
row!(LoginRow { id: id, password_hash: password_hash, status: status });

const BY_EMAIL: salus_db::Sql = sql!("SELECT id, password_hash, status FROM account WHERE email_index = $1");
const PASSWORD: salus_db::Sql = sql!("SELECT id, password_hash, status FROM account WHERE id = $1");

/// The account with this address, by its blind index.
pub async fn by_email(tx: &mut Reader, index: &str) -> Result<Option<LoginRow>, Error> {
    Ok(tx.maybe(BY_EMAIL, args![index]).await?)
}

/// The account's own password.
pub async fn login(tx: &mut Reader, account: AccountId) -> Result<LoginRow, Error> {
    Ok(tx.one(PASSWORD, args![account]).await?)
}

/// A second factor.
pub struct Authenticator {
    /// Its id.
    pub id: String,
    /// What phone and clinic both know.
    pub secret: Phi<authenticator::Secret>,
    /// When a code proved that the phone has it.
    pub confirmed_at: Option<Instant>,
}

const AUTHENTICATORS: salus_db::Sql = sql!(
    "SELECT id, account_id, secret, confirmed_at FROM authenticator WHERE account_id = $1 AND kind = 'totp' ORDER BY created_at DESC"
);
const ADD_AUTHENTICATOR: salus_db::Sql = sql!(
    "INSERT INTO authenticator (id, account_id, kind, secret, created_at, last_step, key_version, version)
     VALUES ($1, $2, 'totp', $3, $4, 0, $5, 1)"
);
const DROP_UNCONFIRMED: salus_db::Sql =
    sql!("DELETE FROM authenticator WHERE account_id = $1 AND confirmed_at IS NULL AND id <> $2");
const SINCE: salus_db::Sql =
    sql!("SELECT MAX(confirmed_at) FROM authenticator WHERE account_id = $1 AND kind = 'totp'");
const FORGET_OTHERS: salus_db::Sql =
    sql!("DELETE FROM authenticator WHERE account_id = $1 AND id <> $2 AND kind = 'totp'");
const USE_STEP: salus_db::Sql =
    sql!("UPDATE authenticator SET last_step = $2, version = version + 1 WHERE id = $1 AND last_step < $2");
const CONFIRM: salus_db::Sql = sql!(
    "UPDATE authenticator SET confirmed_at = $2, last_step = $3, version = version + 1 WHERE id = $1 AND confirmed_at IS NULL"
);

/// An account's second factors, newest first.
pub async fn authenticators(tx: &mut Reader, account: AccountId) -> Result<Vec<Authenticator>, Error> {
    let rows: Vec<(String, AccountId, Vec<u8>, Option<Instant>)> = tx.all(AUTHENTICATORS, args![account]).await?;
    Ok(rows
        .into_iter()
        .map(|(id, owner, secret, confirmed_at)| Authenticator {
            secret: Phi::sealed(id.clone(), Subject::Account(owner), secret),
            id,
            confirmed_at,
        })
        .collect())
}

const HOLD: salus_db::Sql = sql!("UPDATE account SET version = version WHERE id = $1");
const SECOND_STEPS: salus_db::Sql = sql!(
    "SELECT (SELECT COUNT(*) FROM authenticator WHERE account_id = $1 AND confirmed_at IS NOT NULL),
            (SELECT COUNT(*) FROM passkey WHERE account_id = $1),
            (SELECT COUNT(*) FROM recovery_code WHERE account_id = $1)"
);

/// Whoever changes the same account's second steps waits here until this change is done.
pub async fn hold(tx: &mut Tx, account: AccountId) -> Result<(), Error> {
    Ok(tx.one_row(HOLD, args![account]).await?)
}

/// What an account's second step may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecondSteps {
    /// A code of an app.
    pub app: bool,
    /// A passkey.
    pub passkey: bool,
    /// Codes on paper. Who has nothing else has a sheet of them; also when all are used: then the clinic lets them back in.
    pub codes: bool,
}

impl SecondSteps {
    /// Whether a password alone is not enough.
    pub fn any(self) -> bool {
        self.app || self.passkey || self.codes
    }
    /// Whether codes on paper are all there is.
    pub fn is_sheet(self) -> bool {
        self.codes && !self.app && !self.passkey
    }
}

/// What the account's second step may be.
pub async fn second_steps(tx: &mut Reader, account: AccountId) -> Result<SecondSteps, Error> {
    let (apps, passkeys, codes): (i64, i64, i64) = tx.one(SECOND_STEPS, args![account]).await?;
    Ok(SecondSteps { app: apps > 0, passkey: passkeys > 0, codes: codes > 0 })
}

/// Whether a password alone is not enough.
pub async fn has_second_step(tx: &mut Reader, account: AccountId) -> Result<bool, Error> {
    Ok(second_steps(tx, account).await?.any())
}

/// Since when the account has its authenticator app.
pub async fn authenticator_since(tx: &mut Reader, account: AccountId) -> Result<Option<Instant>, Error> {
    let (since,): (Option<Instant>,) = tx.one(SINCE, args![account]).await?;
    Ok(since)
}

/// Ends every other app of the account.
pub async fn forget_other_apps(tx: &mut Tx, account: AccountId, but: &str) -> Result<(), Error> {
    tx.execute(FORGET_OTHERS, args![account, but]).await?;
    Ok(())
}

/// Adds a factor that no code has confirmed yet, in place of other such ones.
pub async fn add_authenticator(
    tx: &mut Tx,
    id: &str,
    account: AccountId,
    sealed: (Vec<u8>, i64),
    now: Instant,
) -> Result<(), Error> {
    tx.execute(DROP_UNCONFIRMED, args![account, id]).await?;
    tx.execute(ADD_AUTHENTICATOR, args![id, account, sealed.0, now, sealed.1]).await?;
    Ok(())
}

/// Uses a step's code up; false when it, or a later one, was used before.
pub async fn use_step(tx: &mut Tx, authenticator: &str, step: i64) -> Result<bool, Error> {
    Ok(tx.execute(USE_STEP, args![authenticator, step]).await? == 1)
}

/// The code was right: the factor counts from now on. False when it does so already.
pub async fn confirm(tx: &mut Tx, authenticator: &str, step: i64, now: Instant) -> Result<bool, Error> {
    Ok(tx.execute(CONFIRM, args![authenticator, now, step]).await? == 1)
}

const CLEAR_CODES: salus_db::Sql = sql!("DELETE FROM recovery_code WHERE account_id = $1");
const ADD_CODE: salus_db::Sql =
    sql!("INSERT INTO recovery_code (account_id, number, code_hash, made_at) VALUES ($1, $2, $3, $4)");
const USE_CODE: salus_db::Sql =
    sql!("UPDATE recovery_code SET used_at = $3 WHERE account_id = $1 AND code_hash = $2 AND used_at IS NULL");
const CODES_LEFT: salus_db::Sql = sql!("SELECT COUNT(*) FROM recovery_code WHERE account_id = $1 AND used_at IS NULL");

/// Puts new recovery codes in place of the old ones.
pub async fn replace_codes(tx: &mut Tx, account: AccountId, hashes: Vec<[u8; 32]>, now: Instant) -> Result<(), Error> {
    tx.execute(CLEAR_CODES, args![account]).await?;
    for (number, hash) in (1_i64..).zip(hashes) {
        tx.execute(ADD_CODE, args![account, number, hash, now]).await?;
    }
    Ok(())
}

/// Uses a recovery code up; false when there is none such, or it was used before.
pub async fn use_code(tx: &mut Tx, account: AccountId, hash: [u8; 32], now: Instant) -> Result<bool, Error> {
    Ok(tx.execute(USE_CODE, args![account, hash, now]).await? == 1)
}

const CODES_MADE: salus_db::Sql = sql!("SELECT MAX(made_at) FROM recovery_code WHERE account_id = $1");

/// When the recovery codes were made.
pub async fn codes_made(tx: &mut Reader, account: AccountId) -> Result<Option<Instant>, Error> {
    let (made,): (Option<Instant>,) = tx.one(CODES_MADE, args![account]).await?;
    Ok(made)
}

/// How many recovery codes are left.
pub async fn codes_left(tx: &mut Reader, account: AccountId) -> Result<u64, Error> {
    let (count,): (i64,) = tx.one(CODES_LEFT, args![account]).await?;
    Ok(u64::try_from(count).unwrap_or(0))
}

const BROWSERS: salus_db::Sql = sql!(
    "SELECT id, account_id, user_agent FROM session
      WHERE account_id = $1 AND id <> $2 AND stage = 'full' AND user_agent IS NOT NULL
      ORDER BY created_at DESC LIMIT 200"
);

/// What the browsers called themselves in which the account was signed in before this session, newest first.
pub async fn earlier_browsers(
    tx: &mut Reader,
    account: AccountId,
    this: SessionId,
) -> Result<Vec<Phi<session::UserAgent>>, Error> {
    let rows: Vec<(SessionId, AccountId, Vec<u8>)> = tx.all(BROWSERS, args![account, this]).await?;
    let sealed = |(id, owner, agent): (SessionId, _, _)| Phi::sealed(id.to_string(), Subject::Account(owner), agent);
    Ok(rows.into_iter().map(sealed).collect())
}

/// A session, as its owner sees it.
pub struct OwnSession {
    /// Its id.
    pub id: SessionId,
    /// When it began.
    pub created_at: Instant,
    /// When it was last heard of.
    pub last_seen: Instant,
    /// From where.
    pub address: String,
    /// The browser's words about itself.
    pub agent: Option<Phi<session::UserAgent>>,
}

struct OpenSessionRow {
    id: SessionId,
    account_id: AccountId,
    created_at: Instant,
    last_seen: Instant,
    address: String,
    user_agent: Option<Vec<u8>>,
}
row!(OpenSessionRow { id, account_id, created_at, last_seen, address, user_agent });

const OPEN_SESSIONS: salus_db::Sql = sql!(
    "SELECT id, account_id, created_at, last_seen, address, user_agent FROM session
      WHERE account_id = $1 AND stage = 'full' AND ended_at IS NULL AND last_seen > $2 AND ends_at > $3
      ORDER BY last_seen DESC LIMIT 200"
);
const END_SESSION: salus_db::Sql = sql!(
    "UPDATE session SET ended_at = $3, end_reason = 'ended-by-owner' WHERE id = $1 AND account_id = $2 AND ended_at IS NULL"
);
const END_OTHERS: salus_db::Sql =
    sql!("UPDATE session SET ended_at = $3, end_reason = $4 WHERE account_id = $1 AND id <> $2 AND ended_at IS NULL");
const WENT_ON: salus_db::Sql = sql!(
    "UPDATE session SET ended_at = $2, end_reason = 'went-on' WHERE id = $1 AND stage = 'password' AND ended_at IS NULL"
);
const STILL_HERE: salus_db::Sql = sql!("UPDATE session SET last_seen = last_seen WHERE id = $1 AND ended_at IS NULL");

/// The account's open sessions, last heard of after `since`.
pub async fn open_sessions(
    tx: &mut Reader,
    account: AccountId,
    since: Instant,
    now: Instant,
) -> Result<Vec<OwnSession>, Error> {
    let rows: Vec<OpenSessionRow> = tx.all(OPEN_SESSIONS, args![account, since, now]).await?;
    Ok(rows
        .into_iter()
        .map(|row| OwnSession {
            id: row.id,
            created_at: row.created_at,
            last_seen: row.last_seen,
            address: row.address,
            agent: row.user_agent.map(|agent| Phi::sealed(row.id.to_string(), Subject::Account(row.account_id), agent)),
        })
        .collect())
}

/// Ends one of the account's sessions; false when there is none such.
pub async fn end_session(tx: &mut Tx, session: SessionId, account: AccountId, now: Instant) -> Result<bool, Error> {
    Ok(tx.execute(END_SESSION, args![session, account, now]).await? == 1)
}

/// The session between password and second step is over: whoever it was went on with another one.
pub async fn went_on(tx: &mut Tx, session: SessionId, now: Instant) -> Result<(), Error> {
    tx.execute(WENT_ON, args![session, now]).await?;
    Ok(())
}

/// Ends every session of the account but one, and says why.
pub async fn end_others(
    tx: &mut Tx,
    account: AccountId,
    but: SessionId,
    why: &'static str,
    now: Instant,
) -> Result<(), Error> {
    tx.execute(END_OTHERS, args![account, but, now, why]).await?;
    Ok(())
}

/// Fails when the session was ended meanwhile; and whoever changes the same account's factors in it waits here until this
/// change is done.
pub async fn still_here(tx: &mut Tx, session: SessionId) -> Result<(), Error> {
    match tx.one_row(STILL_HERE, args![session]).await {
        Err(DbError::Stale) => Err(Error::SignIn { next: None }),
        other => Ok(other?),
    }
}

const RENEW_LOGIN: salus_db::Sql = sql!(
    "UPDATE account SET email = $2, email_index = $3, password_hash = $4, password_changed_at = $5, updated_at = $5,
            email_changed_at = NULL, key_version = $6, version = version + 1, entry = $7 WHERE id = $1 AND key_version = $6"
);
const FORGET_FACTORS: salus_db::Sql = sql!("DELETE FROM authenticator WHERE account_id = $1");
const FORGET_PASSKEYS: salus_db::Sql = sql!("DELETE FROM passkey WHERE account_id = $1");

/// Gives an account another address and password; false when the address is somebody else's.
pub async fn renew_login(
    tx: &mut Change<'_>,
    account: AccountId,
    email: (Vec<u8>, i64),
    email_index: &str,
    password_hash: String,
    now: Instant,
) -> Result<bool, Error> {
    let entry = tx.entry();
    match tx.one_row(RENEW_LOGIN, args![account, email.0, email_index, password_hash, now, email.1, entry]).await {
        Ok(()) => {}
        Err(DbError::Taken(_)) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    tx.wrote_row("account", &account.to_string()).await?;
    Ok(true)
}

const RENEW_PASSWORD: salus_db::Sql = sql!(
    "UPDATE account SET password_hash = $2, password_changed_at = $3, updated_at = $3, version = version + 1, entry = $4
      WHERE id = $1 AND status = 'active'
        AND password_changed_at <= (SELECT i.created_at FROM invite i WHERE i.id = $5)
        AND (email_changed_at IS NULL OR email_changed_at <= (SELECT i.created_at FROM invite i WHERE i.id = $5))
        AND (EXISTS (SELECT 1 FROM authenticator f WHERE f.account_id = account.id AND f.confirmed_at IS NOT NULL)
             OR EXISTS (SELECT 1 FROM passkey p WHERE p.account_id = account.id)
             OR EXISTS (SELECT 1 FROM recovery_code c WHERE c.account_id = account.id))"
);

/// Gives an account another password by this link, and ends its sessions: whoever was in with the old one is out. False when
/// the account was closed, got another password or address since the link was asked for, or has no second step: mail alone
/// must not be enough.
pub async fn renew_password(
    tx: &mut Change<'_>,
    account: AccountId,
    invite: InviteId,
    hash: String,
    now: Instant,
) -> Result<bool, Error> {
    let entry = tx.entry();
    match tx.one_row(RENEW_PASSWORD, args![account, hash, now, entry, invite]).await {
        Ok(()) => {}
        Err(DbError::Stale) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    tx.wrote_row("account", &account.to_string()).await?;
    end_all(tx, account, "password-changed", now).await?;
    Ok(true)
}

/// Whom a mail to choose another password goes to, and what may be in it.
pub struct ToReset {
    /// The address.
    pub email: Phi<account::Email>,
    /// Whether the holder may sign in at all.
    pub active: bool,
    /// Whether a second step is asked after the password: mail alone must not be enough.
    pub has_second_step: bool,
    /// When the address was last changed.
    pub email_changed_at: Option<Instant>,
}

const TO_RESET: salus_db::Sql = sql!(
    "SELECT a.email AS email, a.status AS status, a.email_changed_at AS moved, m.active AS works,
            (SELECT COUNT(*) FROM authenticator f WHERE f.account_id = a.id AND f.confirmed_at IS NOT NULL)
              + (SELECT COUNT(*) FROM passkey p WHERE p.account_id = a.id)
              + (SELECT COUNT(*) FROM recovery_code c WHERE c.account_id = a.id) AS factors
       FROM account a LEFT JOIN staff_member m ON m.account_id = a.id WHERE a.id = $1"
);

/// The account that somebody who forgot their password may mean.
pub async fn to_reset(tx: &mut Reader, account: AccountId) -> Result<Option<ToReset>, Error> {
    type Row = (Vec<u8>, String, Option<Instant>, Option<bool>, i64);
    let row: Option<Row> = tx.maybe(TO_RESET, args![account]).await?;
    Ok(row.map(|(email, status, email_changed_at, works, factors)| ToReset {
        email: Phi::sealed(account.to_string(), Subject::Account(account), email),
        active: status == "active" && works != Some(false),
        has_second_step: factors > 0,
        email_changed_at,
    }))
}

const MAY_ASK: salus_db::Sql = sql!(
    "SELECT id FROM account
      WHERE id = $1 AND status = 'active'
        AND (email_changed_at IS NULL OR email_changed_at <= (SELECT i.created_at FROM invite i WHERE i.id = $2))"
);

/// Whether somebody may ask by this link to be let back in: the account is open, and has the address to which the link went.
pub async fn may_ask(tx: &mut Reader, account: AccountId, invite: InviteId) -> Result<bool, Error> {
    Ok(tx.maybe::<(AccountId,)>(MAY_ASK, args![account, invite]).await?.is_some())
}

const START_ANEW: salus_db::Sql = sql!(
    "UPDATE account SET password_hash = $2, password_changed_at = $3, updated_at = $3, version = version + 1, entry = $4
      WHERE id = $1 AND status = 'active' AND (email_changed_at IS NULL OR email_changed_at <= $5)
        AND NOT EXISTS (SELECT 1 FROM staff_member m WHERE m.account_id = account.id AND m.active = FALSE)"
);

/// Gives an account another password, for somebody whom the clinic knows again since they asked for it at `asked_at`. False when it was
/// closed, or has another address since then, or one that is still new: the one who asked may be somebody else.
pub async fn start_anew(
    tx: &mut Change<'_>,
    account: AccountId,
    hash: String,
    asked_at: Instant,
    now: Instant,
) -> Result<bool, Error> {
    let (entry, settled) = (tx.entry(), asked_at.min(now.plus(-TAKEN_BACK_WITHIN)));
    match tx.one_row(START_ANEW, args![account, hash, now, entry, settled]).await {
        Ok(()) => {}
        Err(DbError::Stale) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    tx.wrote_row("account", &account.to_string()).await?;
    Ok(true)
}

const NAME: salus_db::Sql = sql!("SELECT name FROM account WHERE id = $1");

/// What the account's holder is called, sealed.
pub async fn name(tx: &mut Reader, account: AccountId) -> Result<Vec<u8>, Error> {
    let (name,): (Vec<u8>,) = tx.one(NAME, args![account]).await?;
    Ok(name)
}

/// Ends an account's second factors, recovery codes and sessions, and whatever would bring them back: whoever has them is out.
pub async fn forget_factors(tx: &mut Change<'_>, account: AccountId, now: Instant) -> Result<(), Error> {
    tx.execute(FORGET_FACTORS, args![account]).await?;
    tx.execute(FORGET_PASSKEYS, args![account]).await?;
    super::providers::store::forget(tx, account).await?;
    tx.execute(CLEAR_CODES, args![account]).await?;
    undo::forget(tx, account).await?;
    recovery::withdraw(tx, account).await?;
    end_all(tx, account, "let-back-in", now).await
}

/// What settings show.
pub struct SettingsRow {
    /// The address.
    pub email: Vec<u8>,
    /// When the password was last changed.
    pub password_changed_at: Instant,
    /// Counts changes.
    pub version: i64,
}
row!(SettingsRow { email: email, password_changed_at: password_changed_at, version: version });

const SETTINGS: salus_db::Sql = sql!("SELECT email, password_changed_at, version FROM account WHERE id = $1");

/// The account's own settings, and its address.
pub async fn settings(tx: &mut Reader, account: AccountId) -> Result<(SettingsRow, Phi<account::Email>), Error> {
    let mut row: SettingsRow = tx.one(SETTINGS, args![account]).await?;
    let email = Phi::sealed(account.to_string(), Subject::Account(account), std::mem::take(&mut row.email));
    Ok((row, email))
}
