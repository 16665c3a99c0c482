//! `SignedIn<A>`: an account, no patient chosen. `Halfway<A>`: the password was right, the second factor is missing.

use std::{marker::PhantomData, sync::Arc};

use axum::{extract::FromRequestParts, http::request::Parts};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use salus_db::{DbError, Reader, Sql, Tx, args, ledger::Position, sql};
use salus_kernel::{
    AccountId, Action, ActionType, Instant, PatientId, Relation, SECOND, Subject, actions::SayPassword,
};
use salus_ledger::{Kind, Outcome, Resource};
use salus_vault::{DataKey, Discloses, Opens};

use super::{
    App, Asked, Change, ClinicFace, Features, Session, Sight, Stage, Token,
    audit::{self, Line, Who, word},
    columns,
    policy::{Proof, Standing, WHO_SAY_WHY, who_may},
    routes::{Access, Guard},
    session::{self, Found, cookie, no_cookie},
    store,
    typed_text::{Fields, keep},
};
use crate::shell::{
    error::Error,
    flash,
    page::{Chrome, Frames},
    urls,
};

/// The cookie that binds a form to a browser before anybody is signed in.
const VISIT: &str = "__Host-salus-visit";
/// The cookie of the token that a session had before its holder said the password again: forms that stand open in other tabs are bound
/// to it. It opens nothing.
const BEFORE: &str = "__Host-salus-before";

/// The token that a form must carry to be from us: derived from the browser's cookie, checked without a database.
pub(super) fn form_token(floor: &super::Floor, secret: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(floor.vault().digest("form-token", secret))
}

/// The secrets of this browser, any of which a form's token may come from.
pub(super) fn form_secrets(headers: &axum::http::HeaderMap) -> Vec<Vec<u8>> {
    let session = Token::in_cookie(headers).map(|token| token.bytes().to_vec());
    let other = |name: &str| cookie(headers, name).filter(|text| text.len() == 43).map(|text| text.as_bytes().to_vec());
    let before = session.as_ref().and_then(|_| other(BEFORE));
    session.into_iter().chain(other(VISIT)).chain(before).collect()
}

/// What a page around any content needs, whoever asks.
pub(super) struct Surroundings {
    clinic: Arc<ClinicFace>,
    features: Arc<Features>,
    logo_url: Option<String>,
    pub(super) csrf: String,
    set_cookie: Option<String>,
    flash: Option<flash::Flash>,
}

impl Surroundings {
    pub(super) async fn of(parts: &Parts, app: &App) -> Self {
        let (secret, set_cookie) = match form_secrets(&parts.headers).into_iter().next() {
            Some(secret) => (secret, None),
            None => {
                let visit = BASE64_URL_SAFE_NO_PAD.encode(salus_vault::random::<32>());
                let set = format!("{VISIT}={visit}; Path=/; Secure; HttpOnly; SameSite=Lax");
                (visit.into_bytes(), Some(set))
            }
        };
        Self {
            clinic: app.clinic().await,
            features: app.features().await,
            logo_url: app.web().logo.as_ref().map(|logo| urls::logo(&logo.tag)),
            csrf: form_token(app, &secret),
            set_cookie,
            flash: cookie(&parts.headers, flash::COOKIE).and_then(flash::Flash::from_word),
        }
    }

    pub(super) fn chrome(
        &self,
        asked: &Asked,
        signed_in: Option<(&Session, String)>,
        patient: Option<(PatientId, Standing)>,
    ) -> Chrome {
        let own = signed_in.as_ref().and_then(|(session, _)| session.own_patient);
        let seconds_left = signed_in.as_ref().map_or(0, |(session, _)| session.idle_at.since(asked.now) / SECOND);
        Chrome {
            clinic: Arc::clone(&self.clinic),
            features: Arc::clone(&self.features),
            logo_url: self.logo_url.clone(),
            csrf: self.csrf.clone(),
            set_cookie: self.set_cookie.clone(),
            flash: self.flash,
            reference: asked.request.to_string(),
            reading_font: signed_in.as_ref().map(|(session, _)| session.reading_font.clone()).unwrap_or_default(),
            colour_scheme: signed_in.as_ref().map(|(session, _)| session.colour_scheme.clone()).unwrap_or_default(),
            duties: signed_in.as_ref().and_then(|(session, _)| session.duties.clone()),
            name: signed_in.map(|(_, name)| name),
            seconds_left: u64::try_from(seconds_left).unwrap_or(0),
            patient: patient.or(own.map(|own| (own, Relation::Myself.into()))),
            acting_for: None,
        }
    }
}

/// The session of a request with both factors, and what its holder is to a patient.
pub(super) async fn full_session(
    parts: &Parts,
    app: &App,
    asked: &Asked,
    action: Action,
    patient: Option<PatientId>,
) -> Result<Session, Error> {
    let session = any_session(parts, app, asked, action, patient).await?;
    match session.stage {
        Stage::Full => Ok(session),
        Stage::Password | Stage::Enrolling => {
            refuse(app, asked, &session, action, "second-factor-missing").await?;
            Err(Error::SecondFactor { enrolling: session.stage == Stage::Enrolling })
        }
    }
}

/// The same for what is the clinic's or a patient's: whoever works here has the passkey that the clinic wants of them.
pub(super) async fn working_session(
    parts: &Parts,
    app: &App,
    asked: &Asked,
    action: Action,
    patient: Option<PatientId>,
) -> Result<Session, Error> {
    let session = full_session(parts, app, asked, action, patient).await?;
    if session.wants_passkey() {
        refuse(app, asked, &session, action, "passkey-missing").await?;
        return Err(Error::Passkey { next: goes_on_at(parts, app, &session, asked).await? });
    }
    Ok(session)
}

async fn any_session(
    parts: &Parts,
    app: &App,
    asked: &Asked,
    action: Action,
    patient: Option<PatientId>,
) -> Result<Session, Error> {
    let next = || Error::SignIn { next: parts.uri.path_and_query().map(|path| path.as_str().to_owned()) };
    let Some(token) = Token::in_cookie(&parts.headers) else {
        app.refusals.note(app, asked, action, "not-signed-in").await?;
        return Err(next());
    };
    match session::find(app, &token, patient, asked.now).await? {
        Found::Here(session) => Ok(*session),
        Found::Ended { .. } => {
            app.refusals.note(app, asked, action, "session-ended").await?;
            Err(Error::SessionEnded { next: parts.uri.path_and_query().map(|path| path.as_str().to_owned()) })
        }
        Found::Nobody => {
            app.refusals.note(app, asked, action, "not-signed-in").await?;
            Err(next())
        }
    }
}

async fn refuse(app: &App, asked: &Asked, session: &Session, action: Action, reason: &str) -> Result<(), Error> {
    let who = Who::session(session);
    Line { who: &who, asked, action, relation: None, role: session.role, patient: None }.refusal(app, reason).await
}

/// Whoever has a new address waits with what can't be taken back when it turns out that it was not they who changed it.
async fn settle(app: &App, session: &Session, line: &Line<'_>) -> Result<(), Error> {
    let waits = line.relation.is_some_and(|relation| who_may(line.action).waits_to_settle(relation));
    if !waits || session.settles_at.is_none() {
        return Ok(());
    }
    line.refusal(app, "address-new").await?;
    Err(Error::Elsewhere(urls::ADDRESS_NEW))
}

/// Whoever has to prove first that it is still they goes to the page that asks for the password, and what they typed is kept.
/// Where nothing was typed, it is the page with the button that comes next: nobody sends what they can't see.
pub(super) async fn prove(parts: &Parts, app: &App, session: &Session, line: &Line<'_>) -> Result<(), Error> {
    settle(app, session, line).await?;
    let wanted = line.relation.and_then(|relation| who_may(line.action).wants_proof(relation));
    if session.proves(wanted, line.asked.now) {
        return Ok(());
    }
    line.refusal(app, "proof-missing").await?;
    let next = goes_on_at(parts, app, session, line.asked).await?;
    Err(Error::Prove { next, both_steps: wanted == Some(Proof::BothSteps) })
}

/// Whoever opens a watched record because they may open all goes to the page that asks why, and what they typed is kept.
pub(super) async fn say_why(parts: &Parts, app: &App, session: &Session, line: &Line<'_>) -> Result<(), Error> {
    let asked = line.relation.is_some_and(|relation| WHO_SAY_WHY.contains(&relation));
    let (true, true, Some(patient)) = (asked, session.towards.reason_missing, line.patient) else { return Ok(()) };
    if matches!(line.action, Action::AskReason | Action::GiveReason) {
        return Ok(());
    }
    line.refusal(app, "reason-missing").await?;
    let next = goes_on_at(parts, app, session, line.asked).await?;
    Err(Error::Reason { next: urls::with_next(&urls::reason(patient), &next) })
}

/// Where somebody goes on who was led away: where they were going, or where what they typed is kept.
async fn goes_on_at(parts: &Parts, app: &App, session: &Session, asked: &Asked) -> Result<String, Error> {
    match parts.extensions.get::<Fields>() {
        Some(fields) if fields.hold_text() => keep(app, session.account, parts.uri.path(), fields, asked.now).await,
        Some(_) => Ok(came_from(&parts.headers)),
        None => Ok(parts.uri.path_and_query().map(|path| path.as_str().to_owned()).unwrap_or_default()),
    }
}

/// The path of the page with the form, which the browser names to its own origin; home, where it does not.
fn came_from(headers: &axum::http::HeaderMap) -> String {
    let referer = headers.get(axum::http::header::REFERER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let path = referer.split_once("://").and_then(|(_, rest)| rest.find('/').and_then(|at| rest.get(at..)));
    path.unwrap_or(urls::HOME).to_owned()
}

/// What an account is to itself.
const OWN: Option<Relation> = Some(Relation::Myself);

/// An account doing `A` with what is its own.
pub struct SignedIn<A> {
    own: Own,
    action: PhantomData<fn() -> A>,
}

/// An account between password and second factor, doing `A` with its own factors.
pub struct Halfway<A> {
    own: Own,
    action: PhantomData<fn() -> A>,
}

struct Own {
    app: App,
    asked: Asked,
    session: Session,
    entry: Position,
    key: DataKey,
    surroundings: Surroundings,
}

impl Own {
    async fn of(parts: &Parts, app: &App, asked: Asked, action: Action, mut session: Session) -> Result<Self, Error> {
        if !who_may(action).includes(Relation::Myself) {
            refuse(app, &asked, &session, action, "not-allowed").await?;
            return Err(Error::NotFound);
        }
        let who = Who::session(&session);
        let line = Line { who: &who, asked: &asked, action, relation: OWN, role: session.role, patient: None };
        prove(parts, app, &session, &line).await?;
        let entry = line.intent(app, Some(session.account.to_string())).await?;
        session.touch(app, asked.now).await?;
        let surroundings = Surroundings::of(parts, app).await;
        Ok(Self { key: session.key(app)?, app: app.clone(), asked, session, entry, surroundings })
    }
    async fn read(&self) -> Result<Reader, Error> {
        Ok(self.app.db().read(&self.session.sight()).await?)
    }
    async fn begin(&self, action: Action) -> Result<Change<'_>, Error> {
        let who = Who::session(&self.session);
        let line =
            Line { who: &who, asked: &self.asked, action, relation: OWN, role: self.session.role, patient: None };
        Change::begin(&self.app, &self.session.sight(), self.entry, &line).await
    }
}

impl<A: ActionType> FromRequestParts<App> for SignedIn<A> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let asked = Asked::from_request_parts(parts, app).await?;
        let session = full_session(parts, app, &asked, A::ACTION, None).await?;
        Ok(Self { own: Own::of(parts, app, asked, A::ACTION, session).await?, action: PhantomData })
    }
}

impl<A: ActionType> FromRequestParts<App> for Halfway<A> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let asked = Asked::from_request_parts(parts, app).await?;
        let session = any_session(parts, app, &asked, A::ACTION, None).await?;
        if session.stage == Stage::Full {
            return Err(Error::Elsewhere(crate::shell::urls::HOME));
        }
        Ok(Self { own: Own::of(parts, app, asked, A::ACTION, session).await?, action: PhantomData })
    }
}

impl<A: ActionType> Guard for SignedIn<A> {
    const ACCESS: Access = Access::SignedIn(A::ACTION);
}
impl<A: ActionType> Guard for Halfway<A> {
    const ACCESS: Access = Access::Halfway(A::ACTION);
}

macro_rules! own_account {
    ($guard:ident) => {
        impl<A: ActionType> $guard<A> {
            /// A read transaction over the account's own rows.
            pub async fn read(&self) -> Result<Reader, Error> {
                self.own.read().await
            }
            /// A read transaction over what whoever does this across patients may list; nothing where they don't.
            pub async fn read_for(&self, action: Action) -> Result<Option<Reader>, Error> {
                match self.own.session.sight_for(action) {
                    Some(sight) => Ok(Some(self.own.app.db().read(&sight).await?)),
                    None => Ok(None),
                }
            }
            /// A change to the account's own rows.
            pub async fn begin(&self) -> Result<Change<'_>, Error> {
                self.own.begin(A::ACTION).await
            }
            /// Whose.
            pub fn account(&self) -> AccountId {
                self.own.session.account
            }
            /// The session itself.
            pub fn session(&self) -> &Session {
                &self.own.session
            }
            /// The request's moment.
            pub fn now(&self) -> Instant {
                self.own.asked.now
            }
            /// What is known of the request.
            pub fn asked(&self) -> &Asked {
                &self.own.asked
            }
            /// Seals a value of the account's own.
            pub fn seal<C: salus_kernel::Column>(&self, row: &str, plain: &[u8]) -> (Vec<u8>, i64) {
                (self.own.key.seal::<C>(row, plain), i64::from(self.own.key.version()))
            }
            /// The blind index of a value.
            pub fn index(&self, purpose: &str, value: &str) -> salus_vault::BlindIndex {
                self.own.app.vault().index(purpose, value)
            }
            /// A keyed digest, for what is compared and never shown.
            pub fn digest(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
                self.own.app.vault().digest(purpose, message)
            }
            /// Writes down that a password or a factor was wrong.
            pub async fn refused(&self, reason: &str) -> Result<(), Error> {
                let who = Who::session(&self.own.session);
                let line = Line {
                    who: &who,
                    asked: &self.own.asked,
                    action: A::ACTION,
                    relation: OWN,
                    role: self.own.session.role,
                    patient: None,
                };
                let mut draft = line.draft(&self.own.app, Kind::SignIn, Outcome::Refused(word(reason)));
                draft.resource =
                    Some(Resource { kind: word("Account"), id: Some(self.own.session.account.to_string()) });
                audit::append(&self.own.app, draft).await.map(drop)
            }
            /// The floor, for what is not this account's.
            pub fn app(&self) -> &App {
                &self.own.app
            }
        }

        impl<A: ActionType> Discloses<A> for $guard<A> {
            fn key_of(&self, subject: Subject) -> Option<&DataKey> {
                Some(&self.own.key).filter(|key| key.subject() == subject)
            }
        }
    };
}
own_account!(SignedIn);
own_account!(Halfway);

impl<A: ActionType + Opens<columns::account::Name>> Frames for SignedIn<A> {
    fn chrome(&self) -> Result<Chrome, Error> {
        let name = self.own.session.name.open(self)?;
        Ok(self.own.surroundings.chrome(&self.own.asked, Some((&self.own.session, name)), None))
    }
}
impl<A: ActionType> Frames for Halfway<A> {
    fn chrome(&self) -> Result<Chrome, Error> {
        Ok(self.own.surroundings.chrome(&self.own.asked, None, None))
    }
}

impl SignedIn<SayPassword> {
    /// It is still they: that counts for a quarter of an hour. The session goes on under a new token, and the one before is worth
    /// nothing: whoever stole that does not get the proof as well (ASVS V7.2.4).
    pub async fn prove(&self, tx: &mut Change<'_>, with: Proof) -> Result<Token, Error> {
        // Of two who prove it at once under one token, one goes on.
        const PASSWORD: Sql = sql!(
            "UPDATE session SET token_hash = $2, proved_at = $3 WHERE id = $1 AND token_hash = $4 AND ended_at IS NULL"
        );
        const BOTH: Sql = sql!(
            "UPDATE session SET token_hash = $2, proved_at = $3, both_steps_at = $3
              WHERE id = $1 AND token_hash = $4 AND ended_at IS NULL"
        );
        let token = Token::fresh();
        let statement = match with {
            Proof::Password => PASSWORD,
            Proof::BothSteps => BOTH,
        };
        let (session, hash) = (self.session().id, token.hash());
        match tx.one_row(statement, args![session, hash, self.now(), self.session().token_hash]).await {
            Ok(()) => Ok(token),
            Err(DbError::Stale) => Err(Error::SignIn { next: None }),
            Err(error) => Err(error.into()),
        }
    }
}

/// The cookie by which forms that stand open in other tabs still count once the session has another token.
pub fn forms_of_before(headers: &axum::http::HeaderMap) -> Option<String> {
    let before = Token::in_cookie(headers)?;
    Some(before.named(BEFORE))
}

/// The cookie that ends that: whoever signs in here next is somebody else.
pub fn no_forms_of_before() -> String {
    no_cookie(BEFORE)
}

impl<A: ActionType> Halfway<A> {
    /// A transaction that also sees the counts of failed tries under these keys.
    pub async fn counting(&self, keys: &[&str]) -> Result<Tx, Error> {
        let sight = Sight { token: Some(keys.join(",")), ..self.own.session.sight() };
        Ok(self.own.app.db().begin(&sight).await?)
    }

    /// Both factors were right: the session is new, under a new token, and the old token is worth nothing.
    pub async fn complete(&self, tx: &mut Change<'_>) -> Result<Token, Error> {
        const COMPLETE: Sql = sql!(
            "UPDATE session SET token_hash = $2, stage = 'full', created_at = $3, last_seen = $3, ends_at = $4
              WHERE id = $1 AND stage <> 'full' AND ended_at IS NULL"
        );
        let session = self.session();
        let token = Token::fresh();
        let ends_at = session::ends_at(self.now(), Stage::Full, session.role);
        tx.one_row(COMPLETE, args![session.id, token.hash(), self.now(), ends_at]).await?;
        Ok(token)
    }
}

/// The account's key, for the layer that keeps typed text.
pub(super) async fn account_key(app: &App, account: AccountId) -> Result<DataKey, Error> {
    let mut tx = app.db().read(&Sight { account: Some(account), ..Sight::default() }).await?;
    store::key(&mut tx, app.vault(), Subject::Account(account)).await
}
