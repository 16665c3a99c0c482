//! One’s own account: settings, password, sessions, and text that waits until its owner signed in or said the password again.

use axum::{
    Json,
    extract::{Path, Query},
    response::{IntoResponse, Response},
};
use salus_db::DbError;
use salus_kernel::{
    ParkedFormId, SECOND, SessionId,
    actions::{ChangeOwnSettings, EndOwnSessions, ViewOwnAccount, ViewOwnSessions},
};
use serde::Deserialize;

use super::sign_in::Everywhere;
use crate::{
    access::{self, Change, Posted, SignedIn, Stage, Visitor, idle_at, kept as kept_form},
    accounts::{
        making::weakness_in_words,
        password::{self, NewPassword},
        store,
        tries::{self, Again},
        undo::{self, Changed},
        views,
    },
    recovery,
    shell::{
        dates, device,
        error::Error,
        flash::Flash,
        page::{self, Frames, PageResult, see_other, see_other_with},
        urls,
        view::SecretField,
        words,
    },
};

/// Settings.
pub async fn settings(own: SignedIn<ViewOwnAccount>) -> PageResult {
    let mut tx = own.read().await?;
    let (_, email) = store::settings(&mut tx, own.account()).await?;
    let codes_left = store::codes_left(&mut tx, own.account()).await?;
    let sheet = store::second_steps(&mut tx, own.account()).await?.is_sheet();
    let asked = recovery::asked_at(&mut tx, own.account()).await?;
    let zone = own.app().clinic().await.zone();
    let view = views::Settings {
        name: own.session().name.open(&own)?,
        email: email.open(&own)?,
        fonts: views::Settings::font_choices(&own.session().reading_font),
        schemes: views::Settings::scheme_choices(&own.session().colour_scheme),
        codes_left,
        sheet,
        leaves: own.session().role.is_none(),
        back_in: asked.map(|at| dates::day_and_time(at, &zone)).unwrap_or_default(),
        own_patient: own.session().own_patient.map(|patient| patient.to_string()),
    };
    page::show(&own, &view)
}

/// What the settings form sends.
#[derive(Deserialize)]
pub struct SettingsForm {
    #[serde(default)]
    font: String,
    #[serde(default)]
    scheme: String,
}

/// Saves fonts and colours; an unknown word leaves the setting as it is.
pub async fn save_settings(own: SignedIn<ChangeOwnSettings>, Posted(form): Posted<SettingsForm>) -> PageResult {
    const SAVE: salus_db::Sql = salus_db::sql!(
        "UPDATE account SET reading_font = $2, colour_scheme = $3, updated_at = $4, version = version + 1, entry = $5 WHERE id = $1"
    );
    let session = own.session();
    let known =
        |value: &str, all: &[&str], now: &str| if all.contains(&value) { value.to_owned() } else { now.to_owned() };
    let font = known(&form.font, &["standard", "atkinson"], &session.reading_font);
    let scheme = known(&form.scheme, &["device", "light", "dark"], &session.colour_scheme);
    let mut tx = own.begin().await?;
    let entry = tx.entry();
    tx.one_row(SAVE, salus_db::args![own.account(), font, scheme, own.now(), entry]).await?;
    tx.wrote_row("account", &own.account().to_string()).await?;
    tx.commit().await?;
    Ok(see_other_with(urls::SETTINGS, Flash::SettingsSaved))
}

/// The form for a new password.
pub async fn password_form(own: SignedIn<ViewOwnAccount>) -> PageResult {
    page::show(&own, &password_view(&own, SecretField::empty(), SecretField::empty(), SecretField::empty()).await?)
}

async fn password_view<A>(
    own: &SignedIn<A>,
    old: SecretField,
    password: SecretField,
    again: SecretField,
) -> Result<views::ChoosePassword, Error>
where
    A: salus_kernel::ActionType + salus_vault::Opens<crate::access::columns::account::Email>,
{
    let mut tx = own.read().await?;
    let (_, email) = store::settings(&mut tx, own.account()).await?;
    Ok(views::ChoosePassword {
        step: String::new(),
        action: urls::SETTINGS_PASSWORD.to_owned(),
        email: email.open(own)?,
        old: Some(old),
        password,
        again,
    })
}

/// What the form for a new password sends.
#[derive(Deserialize)]
pub struct PasswordForm {
    #[serde(default)]
    old: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

/// Changes the password, and ends every other session.
pub async fn change_password(own: SignedIn<ChangeOwnSettings>, Posted(form): Posted<PasswordForm>) -> PageResult {
    const SAVE: salus_db::Sql = salus_db::sql!(
        "UPDATE account SET password_hash = $2, password_changed_at = $3, updated_at = $3, version = version + 1, entry = $4
          WHERE id = $1 AND password_hash = $5"
    );
    let mut tx = own.read().await?;
    let login = store::login(&mut tx, own.account()).await?;
    let (_, email) = store::settings(&mut tx, own.account()).await?;
    drop(tx);
    let (email, name, clinic) = (email.open(&own)?, own.session().name.open(&own)?, own.app().clinic().await);
    let turns = &own.app().passwords;

    let wish = NewPassword::parse(&form.password, &[&email, &name, &clinic.name], &own.app().web().breached);
    let right = match Again::said(own.app(), own.now(), own.session().id, &login, form.old, |purpose, value| {
        own.index(purpose, value)
    })
    .await?
    {
        Again::Right => true,
        Again::Wrong => {
            own.refused("wrong-password").await?;
            false
        }
        Again::Wait(seconds) => {
            let problem = tries::in_words(own.app(), own.now(), seconds).await;
            let view =
                password_view(&own, SecretField::wrong(problem), SecretField::empty(), SecretField::empty()).await?;
            return tries::too_many(page::again(&own, &view)?, seconds);
        }
    };
    let wish = match wish {
        Ok(wish) if right && form.again == form.password => wish,
        wish => {
            let problem = |id: &str| SecretField::wrong(words::t(id));
            let old = if right { SecretField::empty() } else { problem("accounts-problem-password-old") };
            let password = match &wish {
                Ok(_) => SecretField::empty(),
                Err(weakness) => SecretField::wrong(weakness_in_words(*weakness)),
            };
            let again = if form.again == form.password {
                SecretField::empty()
            } else {
                problem("accounts-problem-password-again")
            };
            return page::again(&own, &password_view(&own, old, password, again).await?);
        }
    };
    let hash = password::hash(wish, turns).await?;
    let mut tx = own.begin().await?;
    let entry = tx.entry();
    undo::before_change(&mut tx, &own, own.account(), Changed::Password, own.now()).await?;
    recovery::withdraw(&mut tx, own.account()).await?;
    // Somebody else may have changed it meanwhile, and then the old one is not the old one any more.
    match tx.one_row(SAVE, salus_db::args![own.account(), hash, own.now(), entry, login.password_hash]).await {
        Ok(()) => {}
        Err(DbError::Stale) => {
            drop(tx);
            let old = SecretField::wrong(words::t("accounts-problem-password-old"));
            let view = password_view(&own, old, SecretField::empty(), SecretField::empty()).await?;
            return page::again(&own, &view);
        }
        Err(error) => return Err(error.into()),
    }
    // Nor does it change in a session that was ended while the old one was compared.
    store::still_here(&mut tx, own.session().id).await?;
    tx.wrote_row("account", &own.account().to_string()).await?;
    store::end_others(&mut tx, own.account(), own.session().id, "password-changed", own.now()).await?;
    tx.commit().await?;
    Ok(see_other_with(urls::SETTINGS, Flash::PasswordChanged))
}

/// The own sessions, this one first.
pub async fn sessions(own: SignedIn<ViewOwnSessions>) -> PageResult {
    let clinic = own.app().clinic().await;
    let zone = clinic.zone();
    let mut tx = own.read().await?;
    let idle = idle_at(own.now(), Stage::Full, own.session().role).since(own.now());
    let mut open = store::open_sessions(&mut tx, own.account(), own.now().plus(-idle), own.now()).await?;
    open.sort_by_key(|session| session.id != own.session().id);
    let mut lines = Vec::with_capacity(open.len());
    for session in open {
        let current = session.id == own.session().id;
        let agent = session.agent.map(|agent| agent.open(&own)).transpose()?.unwrap_or_default();
        lines.push(views::SessionLine {
            id: session.id.to_string(),
            device: device::in_words(&agent),
            last_used: if current {
                words::t("accounts-session-now")
            } else {
                dates::day_and_time(session.last_seen, &zone)
            },
            began: dates::day_and_time(session.created_at, &zone),
            address: session.address,
            current,
        });
    }
    page::show(&own, &views::Sessions { sessions: lines, clinic_phone: clinic.phone.clone() })
}

/// Which session to end.
#[derive(Deserialize)]
pub struct EndForm {
    #[serde(default)]
    session: String,
}

/// Ends one of the own sessions; nobody else's can be named.
pub async fn end_session(own: SignedIn<EndOwnSessions>, Posted(form): Posted<EndForm>) -> PageResult {
    let session: SessionId = form.session.parse().map_err(|_| Error::NotFound)?;
    let mut tx: Change<'_> = own.begin().await?;
    if !store::end_session(&mut tx, session, own.account(), own.now()).await? {
        return Err(Error::NotFound);
    }
    tx.commit().await?;
    Ok(if session == own.session().id {
        see_other(urls::SIGN_OUT)
    } else {
        see_other_with(urls::SESSIONS, Flash::SessionEnded)
    })
}

/// Ends every own session, this one too.
pub async fn end_all(own: SignedIn<EndOwnSessions>) -> PageResult {
    let mut tx = own.begin().await?;
    access::end_all(&mut tx, own.account(), "signed-out-everywhere", own.now()).await?;
    tx.commit().await?;
    Ok(see_other(&format!("{}?everywhere=1", urls::SIGN_OUT)))
}

/// Seconds until silence ends this session, by the server's clock. Asking does not keep it alive.
pub async fn remaining(visitor: Visitor) -> Result<Response, Error> {
    let seconds = visitor
        .session()
        .await?
        .filter(|session| session.stage == Stage::Full)
        .map_or(0, |session| session.idle_at.since(visitor.now()) / SECOND);
    Ok(Json(serde_json::json!({ "seconds": seconds })).into_response())
}

/// "Stay signed in": the guard has noted that somebody is there.
pub async fn extend(own: SignedIn<ViewOwnAccount>) -> Result<Response, Error> {
    let seconds = own.session().idle_at.since(own.now()) / SECOND;
    Ok(Json(serde_json::json!({ "seconds": seconds })).into_response())
}

/// Text that was kept when a session ended: shown again, ready to be sent where it was going.
pub async fn kept(own: SignedIn<ViewOwnAccount>, Path(id): Path<String>, Query(_): Query<Everywhere>) -> PageResult {
    let id: ParkedFormId = id.parse().map_err(|_| Error::NotFound)?;
    // It may be of a patient.
    if own.session().wants_passkey() {
        return Err(Error::Passkey { next: urls::kept(id) });
    }
    let (route, fields) = kept_form(&own, id).await?;
    let chrome = own.chrome()?;
    let fields = fields.into_iter().filter(|(name, value)| !value.is_empty() && name != "next").collect();
    page::show(&own, &views::KeptText { action: route, fields, clinic_name: chrome.clinic.name.clone() })
}
