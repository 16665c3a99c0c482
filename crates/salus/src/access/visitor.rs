//! `Visitor`: nobody in particular. What sign-in needs, and nothing clinical.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
};
use salus_db::{DbError, Reader, Tx, args, sql};
use salus_kernel::{AccountId, Action, Instant, Role, SessionId, Subject};
use salus_ledger::{Kind, Outcome, Resource};
use salus_vault::BlindIndex;

use super::{
    App, Asked, Session, Sight, Stage, Token,
    audit::{self, Line, Who, word},
    columns,
    routes::{Access, Guard},
    session::{self, Found},
    signed_in::Surroundings,
    store,
};
use crate::shell::{
    error::Error,
    page::{Chrome, Frames},
};

/// Nobody in particular.
pub struct Visitor {
    app: App,
    asked: Asked,
    surroundings: Surroundings,
    token: Option<Token>,
    headers: HeaderMap,
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        Ok(Self {
            asked: Asked::from_request_parts(parts, app).await?,
            surroundings: Surroundings::of(parts, app).await,
            token: Token::in_cookie(&parts.headers),
            headers: parts.headers.clone(),
            app: app.clone(),
        })
    }
}

impl Guard for Visitor {
    const ACCESS: Access = Access::Visitor;
}

const NEW_SESSION: salus_db::Sql = sql!(
    "INSERT INTO session (id, token_hash, account_id, stage, created_at, last_seen, ends_at, address, user_agent, key_version)
     VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9)"
);

const STILL_SO: salus_db::Sql =
    sql!("UPDATE account SET version = version WHERE id = $1 AND password_hash = $2 AND status = 'active'");

impl Visitor {
    /// A transaction that sees only rows whose look-up key it names.
    pub async fn read(&self, keys: &[&str]) -> Result<Reader, Error> {
        Ok(self.app.db().read(&by_keys(keys)).await?)
    }
    /// The same, to change such rows: counts of failed tries.
    pub async fn begin(&self, keys: &[&str]) -> Result<Tx, Error> {
        counts(&self.app, keys).await
    }
    /// The blind index of a value that was typed.
    pub fn index(&self, purpose: &str, value: &str) -> BlindIndex {
        self.app.vault().index(purpose, value)
    }
    /// A keyed digest, for what is compared and never shown.
    pub fn digest(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        self.app.vault().digest(purpose, message)
    }
    /// What the forms of this browser carry: tells browsers apart.
    pub fn browser(&self) -> &str {
        &self.surroundings.csrf
    }
    /// The request's headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }
    /// The request's moment.
    pub fn now(&self) -> Instant {
        self.asked.now
    }
    /// What is known of the request.
    pub fn asked(&self) -> &Asked {
        &self.asked
    }
    /// The floor.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Writes down a try to sign in, and what came of it.
    pub async fn attempt(&self, account: Option<AccountId>, refused: Option<&str>) -> Result<(), Error> {
        let line = Line {
            who: &Who::nobody(),
            asked: &self.asked,
            action: Action::SignIn,
            relation: None,
            role: None,
            patient: None,
        };
        let outcome = refused.map_or(Outcome::Done, |reason| Outcome::Refused(word(reason)));
        let mut draft = line.draft(&self.app, Kind::SignIn, outcome);
        draft.resource = Some(Resource { kind: word("Account"), id: account.map(|id| id.to_string()) });
        audit::append(&self.app, draft).await.map(drop)
    }

    /// Notes that nobody in particular was turned away at signing in: each minute some by name, the others as a number.
    pub async fn turned_away(&self, reason: &str) -> Result<(), Error> {
        self.app.refusals.note(&self.app, &self.asked, Action::SignIn, reason).await
    }

    /// What is asked next of an account whose password was right, and what it works as; nothing when it was closed.
    pub async fn stage_after_password(&self, account: AccountId) -> Result<Option<(Stage, Option<Role>)>, Error> {
        stage(&mut self.app.db().read(&of_account(account)).await?, account).await
    }

    /// Begins a session at its first stage, for whoever has just made the account or was let back in to it. The try is in
    /// the ledger already.
    pub async fn begin_session(&self, account: AccountId, stage: Stage, role: Option<Role>) -> Result<Token, Error> {
        let tx = self.app.db().begin(&of_account(account)).await?;
        self.insert_session(tx, account, stage, role).await
    }

    /// Begins a session at its first stage, for whoever knew the password with this hash. None when the account was closed
    /// or got another password while it was compared: a change ends every session, and this one would come after it.
    pub async fn begin_session_by_password(
        &self,
        account: AccountId,
        password_hash: &str,
    ) -> Result<Option<(Token, Stage)>, Error> {
        let mut tx = self.app.db().begin(&of_account(account)).await?;
        // Holds the row until the session is there: whoever changes it waits, and ends the session too.
        match tx.one_row(STILL_SO, args![account, password_hash]).await {
            Ok(()) => {}
            Err(DbError::Stale) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        let Some((stage, role)) = stage(&mut tx, account).await? else { return Ok(None) };
        Ok(Some((self.insert_session(tx, account, stage, role).await?, stage)))
    }

    async fn insert_session(
        &self,
        mut tx: Tx,
        account: AccountId,
        stage: Stage,
        role: Option<Role>,
    ) -> Result<Token, Error> {
        let (_, token) = add_session(&self.app, &self.asked, &mut tx, account, stage, role).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// The session of this browser, if it has one, without keeping it alive: for the warning before it ends.
    pub async fn session(&self) -> Result<Option<Session>, Error> {
        match self.found().await? {
            Found::Here(session) => Ok(Some(*session)),
            Found::Ended { .. } | Found::Nobody => Ok(None),
        }
    }

    /// After how many minutes of silence this browser's session ended by itself, if it did.
    pub async fn ended_after(&self) -> Result<Option<u64>, Error> {
        match self.found().await? {
            Found::Ended { minutes, .. } => Ok(Some(minutes)),
            Found::Here(_) | Found::Nobody => Ok(None),
        }
    }

    async fn found(&self) -> Result<Found, Error> {
        let Some(token) = &self.token else { return Ok(Found::Nobody) };
        session::find(&self.app, token, None, self.asked.now).await
    }

    /// Ends this browser's session, whatever its stage; the ledger has it first.
    pub async fn end_session(&self) -> Result<(), Error> {
        const END: salus_db::Sql =
            sql!("UPDATE session SET ended_at = $2, end_reason = 'signed-out' WHERE id = $1 AND ended_at IS NULL");
        let Some(session) = self.session().await? else { return Ok(()) };
        let who = Who::session(&session);
        let line = Line {
            who: &who,
            asked: &self.asked,
            action: Action::SignOut,
            relation: Some(salus_kernel::Relation::Myself),
            role: session.role,
            patient: None,
        };
        let entry = line.intent(&self.app, Some(session.account.to_string())).await?;
        let mut tx = super::Change::begin(&self.app, &session.sight(), entry, &line).await?;
        tx.execute(END, args![session.id, self.asked.now]).await?;
        tx.commit().await
    }
}

/// A new session under a new token.
pub(super) async fn add_session(
    app: &App,
    asked: &Asked,
    tx: &mut Tx,
    account: AccountId,
    stage: Stage,
    role: Option<Role>,
) -> Result<(SessionId, Token), Error> {
    let token = Token::fresh();
    let id = SessionId::new(asked.now, salus_vault::random());
    let key = store::key(tx, app.vault(), Subject::Account(account)).await?;
    let agent = key.seal::<columns::session::UserAgent>(&id.to_string(), asked.agent.as_bytes());
    let (ends_at, address) = (session::ends_at(asked.now, stage, role), asked.address.to_string());
    let version = i64::from(key.version());
    let values = args![id, token.hash(), account, stage.word(), asked.now, ends_at, address, agent, version];
    tx.execute(NEW_SESSION, values).await?;
    Ok((id, token))
}

pub(super) fn of_account(account: AccountId) -> Sight {
    Sight { account: Some(account), ..Sight::default() }
}

/// What is asked next of an account whose password was right, and what it works as; nothing when it was closed.
pub(super) async fn stage(tx: &mut Reader, account: AccountId) -> Result<Option<(Stage, Option<Role>)>, Error> {
    const CONFIRMED: salus_db::Sql = sql!(
        "SELECT (SELECT COUNT(*) FROM authenticator WHERE account_id = $1 AND confirmed_at IS NOT NULL)
              + (SELECT COUNT(*) FROM passkey WHERE account_id = $1)
              + (SELECT COUNT(*) FROM recovery_code WHERE account_id = $1)"
    );
    const ROLE: salus_db::Sql = sql!("SELECT role, active FROM staff_member WHERE account_id = $1");
    let (confirmed,): (i64,) = tx.one(CONFIRMED, args![account]).await?;
    let work: Option<(String, bool)> = tx.maybe(ROLE, args![account]).await?;
    let stage = if confirmed > 0 { Stage::Password } else { Stage::Enrolling };
    Ok(match work {
        Some((_, false)) => None,
        Some((word, true)) => Some((stage, Role::from_word(&word))),
        None => Some((stage, None)),
    })
}

/// A transaction that sees only rows whose look-up key it names, to count tries.
pub async fn counts(app: &App, keys: &[&str]) -> Result<Tx, Error> {
    Ok(app.db().begin(&by_keys(keys)).await?)
}

fn by_keys(keys: &[&str]) -> Sight {
    Sight { token: Some(keys.join(",")), ..Sight::default() }
}

impl Frames for Visitor {
    fn chrome(&self) -> Result<Chrome, Error> {
        Ok(self.surroundings.chrome(&self.asked, None, None))
    }
}
