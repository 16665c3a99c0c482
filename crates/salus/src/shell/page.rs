//! One page: a view's fragment in its frame, with what the guard knows around it.

use std::sync::Arc;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use salus_kernel::PatientId;

use super::{
    error::Error,
    flash::{self, Flash},
    view::{self, Base, Clinic, ColourScheme, Nav, ReadingFont, SignedInAs, View},
    words,
};
use crate::access::{ClinicFace, Duties, Features, no_cookie, policy::Standing};

/// What a handler returns.
pub type PageResult = Result<Response, Error>;

/// What surrounds a page, whoever asks for it.
pub struct Chrome {
    /// The clinic.
    pub clinic: Arc<ClinicFace>,
    /// Which features are on.
    pub features: Arc<Features>,
    /// For forms.
    pub csrf: String,
    /// A cookie that the browser needs for its forms.
    pub set_cookie: Option<String>,
    /// Where its logo is, when it has one of its own.
    pub logo_url: Option<String>,
    /// What just happened.
    pub flash: Option<Flash>,
    /// The request's number.
    pub reference: String,
    /// Which letters the reader wants.
    pub reading_font: String,
    /// Light or dark.
    pub colour_scheme: String,
    /// What the one who asks does here, if they work here.
    pub duties: Option<Duties>,
    /// Their name, opened by the guard.
    pub name: Option<String>,
    /// Until the session ends in silence.
    pub seconds_left: u64,
    /// Whose chart the page is about, and what the reader is to them.
    pub patient: Option<(PatientId, Standing)>,
    /// What the reader calls the patient for whom they act.
    pub acting_for: Option<String>,
}

/// Guards frame their pages.
pub trait Frames {
    /// What surrounds the page.
    fn chrome(&self) -> Result<Chrome, Error>;
}

/// The page, with status 200.
pub fn show(guard: &impl Frames, view: &impl View) -> PageResult {
    let chrome = guard.chrome()?;
    let fragment = view::render(view, &chrome.csrf)?;
    let clinic = Clinic {
        name: chrome.clinic.name.clone(),
        phone: chrome.clinic.phone.clone(),
        logo_url: chrome.logo_url.clone(),
        own_colours: !chrome.clinic.brand.is_empty(),
    };
    let mut base = Base::around(view, fragment, clinic);
    base.nav = nav(&chrome, view);
    base.acting_for = chrome.acting_for;
    base.csrf = chrome.csrf;
    base.reference = chrome.reference;
    base.flash = chrome
        .flash
        .map(|flash| view::Flash { tone: flash.tone(), text: words::t(&format!("shell-flash-{}", flash.word())) });
    base.font = if chrome.reading_font == "atkinson" { ReadingFont::Atkinson } else { ReadingFont::Standard };
    base.scheme = match chrome.colour_scheme.as_str() {
        "light" => ColourScheme::Light,
        "dark" => ColourScheme::Dark,
        _ => ColourScheme::Device,
    };
    let (seconds_left, leaves) = (chrome.seconds_left, chrome.duties.is_none());
    base.signed_in = chrome.name.map(|name| SignedInAs { initials: view::initials(&name), name, seconds_left, leaves });
    let mut response = Html(view::page(&base)?).into_response();
    let mut set = |value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    };
    if let Some(cookie) = &chrome.set_cookie {
        set(cookie);
    }
    if chrome.flash.is_some() {
        set(&no_cookie(flash::COOKIE));
    }
    Ok(response)
}

/// The same page again, because of what was typed: status 422.
pub fn again(guard: &impl Frames, view: &impl View) -> PageResult {
    let mut response = show(guard, view)?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

/// On to another page.
pub fn see_other(to: &str) -> Response {
    Redirect::to(to).into_response()
}

/// On to another page, with a sentence about what just happened.
pub fn see_other_with(to: &str, flash: Flash) -> Response {
    let mut response = see_other(to);
    let cookie = format!("{}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=60", flash::COOKIE, flash.word());
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

fn nav(chrome: &Chrome, view: &impl View) -> Nav {
    if chrome.name.is_none() {
        return Nav::none();
    }
    match (&chrome.duties, chrome.patient) {
        (Some(duties), _) => Nav::staff(std::slice::from_ref(duties), view.place(), &chrome.features),
        (None, Some((patient, standing))) => {
            Nav::patient(&patient.to_string(), standing, view.place(), &chrome.features)
        }
        (None, None) => Nav::unlinked(view.place(), &chrome.features),
    }
}
