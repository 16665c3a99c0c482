//! A sheet of codes as the second step, for those who have neither smartphone nor passkey (NIST SP 800-63B-4, section 3.1.2: look-up
//! secrets). Who works here has none.
//!
//! A sheet follows from the session and the clinic's key until somebody types one of its codes from their paper: it is the same on each
//! look, and nothing is written down, nor is the one before worth nothing, for a page that was only looked at.

use salus_kernel::{
    AccountId,
    actions::{ChangeFactor, EnrollFactor},
};
use serde::Deserialize;

use super::{enroll::still_first, sign_in::signed_in_halfway};
use crate::{
    access::{App, Halfway, Posted, SignedIn, Stage},
    accounts::{
        second_step, store, totp,
        undo::{self, Changed},
        views::{self, AfterSheet},
    },
    notices::{About, TellOwner},
    recovery,
    shell::{
        dates,
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other, see_other_with},
        urls,
        view::SecretField,
        words,
    },
};

/// A sheet, and what is known of it.
struct Sheet {
    codes: Vec<String>,
    hashes: Vec<[u8; 32]>,
    /// Which of its codes is asked for.
    number: u32,
}

impl Sheet {
    /// The sheet of an account in a session; `after` tells it from those before.
    fn of(account: AccountId, session: &str, after: &str, digest: impl Fn(&str, &[u8]) -> [u8; 32]) -> Self {
        let draw = |what: &str| digest("code-sheet", format!("{session} {after} {what}").as_bytes());
        let [first, ..] = draw("which");
        let codes = totp::sheet(|number| draw(&number.to_string()));
        let hashes = codes.iter().map(|code| second_step::code_hash(&digest, account, code)).collect();
        Self { codes, hashes, number: u32::from(first) % totp::ON_A_SHEET + 1 }
    }

    /// The hash of what was typed, if it is the code that was asked for.
    fn is_shown(&self, typed: [u8; 32]) -> bool {
        let at = usize::try_from(self.number).unwrap_or(0).checked_sub(1);
        at.and_then(|at| self.hashes.get(at)) == Some(&typed)
    }

    async fn view(&self, app: &App, now: salus_kernel::Instant, first: bool, code: SecretField) -> views::Sheet {
        let clinic = app.clinic().await;
        let step = words::t_with("accounts-step", [("step", 2.into()), ("steps", 2.into())]);
        let action = if first { urls::ENROLL_SHEET } else { urls::FACTORS_SHEET };
        views::Sheet {
            step: if first { step } else { String::new() },
            codes: self.codes.clone(),
            made: dates::day(now, &clinic.zone()),
            clinic_name: clinic.name.clone(),
            after: AfterSheet { action, first, number: self.number, code },
        }
    }

    fn wrong(&self) -> SecretField {
        SecretField::wrong(words::t1("accounts-problem-sheet", "number", self.number))
    }
}

fn first_sheet(halfway: &Halfway<EnrollFactor>) -> Sheet {
    let session = halfway.session().id.to_string();
    Sheet::of(halfway.account(), &session, "first", |purpose, message| halfway.digest(purpose, message))
}

/// Whether a sheet is for them: patients, who have no second step yet.
async fn may(halfway: &Halfway<EnrollFactor>) -> Result<bool, Error> {
    if halfway.session().stage != Stage::Enrolling || halfway.session().role.is_some() {
        return Ok(false);
    }
    still_first(&mut halfway.read().await?, halfway.account()).await?;
    Ok(true)
}

/// Shows the first sheet, to be printed or copied by hand.
pub async fn form(halfway: Halfway<EnrollFactor>) -> PageResult {
    if !may(&halfway).await? {
        return Ok(see_other(urls::ENROLL));
    }
    let sheet = first_sheet(&halfway);
    page::show(&halfway, &sheet.view(halfway.app(), halfway.now(), true, SecretField::empty()).await)
}

/// What the forms send.
#[derive(Deserialize)]
pub struct SheetForm {
    #[serde(default)]
    code: String,
}

/// One of its codes, read from paper: the sheet counts from now on, and this code is used.
pub async fn confirm(halfway: Halfway<EnrollFactor>, Posted(form): Posted<SheetForm>) -> PageResult {
    if !may(&halfway).await? {
        return Ok(see_other(urls::ENROLL));
    }
    let sheet = first_sheet(&halfway);
    let digest = |purpose: &str, message: &[u8]| halfway.digest(purpose, message);
    let typed = second_step::code_hash(digest, halfway.account(), &form.code);
    if !sheet.is_shown(typed) {
        halfway.refused("wrong-code").await?;
        return page::again(&halfway, &sheet.view(halfway.app(), halfway.now(), true, sheet.wrong()).await);
    }
    let mut tx = halfway.begin().await?;
    store::hold(&mut tx, halfway.account()).await?;
    still_first(&mut tx, halfway.account()).await?;
    store::replace_codes(&mut tx, halfway.account(), sheet.hashes, halfway.now()).await?;
    store::use_code(&mut tx, halfway.account(), typed, halfway.now()).await?;
    let token = halfway.complete(&mut tx).await?;
    tx.enqueue(&TellOwner::of(halfway.account(), About::SecondFactor, halfway.now())).await?;
    tx.commit().await?;
    Ok(signed_in_halfway(&halfway, &token, see_other_with(urls::HOME, Flash::SheetCounts)))
}

/// The sheet that takes the place of the one they have; nothing for who has none.
async fn next_sheet(own: &SignedIn<ChangeFactor>) -> Result<Option<Sheet>, Error> {
    let mut tx = own.read().await?;
    if !store::second_steps(&mut tx, own.account()).await?.is_sheet() {
        return Ok(None);
    }
    let after = store::codes_made(&mut tx, own.account()).await?.map(|made| made.micros().to_string());
    let session = own.session().id.to_string();
    let digest = |purpose: &str, message: &[u8]| own.digest(purpose, message);
    Ok(Some(Sheet::of(own.account(), &session, &after.unwrap_or_default(), digest)))
}

/// Shows it. The one before counts until a code of this one was typed.
pub async fn other(own: SignedIn<ChangeFactor>) -> PageResult {
    let Some(sheet) = next_sheet(&own).await? else { return Ok(see_other(urls::FACTORS)) };
    page::show(&own, &sheet.view(own.app(), own.now(), false, SecretField::empty()).await)
}

/// One of its codes: it counts from now on, and the one before is worth nothing.
pub async fn confirm_other(own: SignedIn<ChangeFactor>, Posted(form): Posted<SheetForm>) -> PageResult {
    let Some(sheet) = next_sheet(&own).await? else { return Ok(see_other(urls::FACTORS)) };
    let typed = second_step::code_hash(|purpose, message| own.digest(purpose, message), own.account(), &form.code);
    if !sheet.is_shown(typed) {
        own.refused("wrong-code").await?;
        return page::again(&own, &sheet.view(own.app(), own.now(), false, sheet.wrong()).await);
    }
    let mut tx = own.begin().await?;
    undo::before_change(&mut tx, &own, own.account(), Changed::Codes, own.now()).await?;
    recovery::withdraw(&mut tx, own.account()).await?;
    store::still_here(&mut tx, own.session().id).await?;
    store::replace_codes(&mut tx, own.account(), sheet.hashes, own.now()).await?;
    store::use_code(&mut tx, own.account(), typed, own.now()).await?;
    store::end_others(&mut tx, own.account(), own.session().id, "factor-changed", own.now()).await?;
    tx.commit().await?;
    Ok(see_other_with(urls::FACTORS, Flash::SheetCounts))
}
