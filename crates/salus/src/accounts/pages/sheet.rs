//! A sheet of codes as the second step, for those who have neither smartphone nor passkey (NIST SP 800-63B-4, section 3.1.2: look-up
//! secrets). Who works here has none.

use salus_kernel::{ActionType, actions::EnrollFactor};
use serde::Deserialize;

use super::{enroll::still_first, sign_in::signed_in_halfway};
use crate::{
    access::{Halfway, Posted, Stage},
    accounts::{
        second_step, store, totp,
        views::{self, Shown},
    },
    notices::{About, TellOwner},
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

/// The sheet of this sign-in. It is the same on each look, and nothing is written down before somebody has shown that they have it.
fn codes(halfway: &Halfway<impl ActionType>) -> Vec<String> {
    let session = halfway.session().id;
    totp::sheet(|number| halfway.digest("code-sheet", format!("{session} {number}").as_bytes()))
}

/// Which of its codes is asked for.
fn asked(halfway: &Halfway<impl ActionType>) -> u32 {
    let [first, ..] = halfway.digest("code-sheet", format!("{} which", halfway.session().id).as_bytes());
    u32::from(first) % totp::ON_A_SHEET + 1
}

async fn view(halfway: &Halfway<EnrollFactor>, code: SecretField) -> views::Sheet {
    let clinic = halfway.app().clinic().await;
    views::Sheet {
        step: words::t_with("accounts-step", [("step", 2.into()), ("steps", 2.into())]),
        codes: codes(halfway),
        made: dates::day(halfway.now(), &clinic.zone()),
        clinic_name: clinic.name.clone(),
        shown: Shown::Asks { number: asked(halfway), code },
    }
}

/// Whether a sheet is for them: patients, who have no second step yet.
async fn may(halfway: &Halfway<EnrollFactor>) -> Result<bool, Error> {
    if halfway.session().stage != Stage::Enrolling || halfway.session().role.is_some() {
        return Ok(false);
    }
    still_first(&mut halfway.read().await?, halfway.account()).await?;
    Ok(true)
}

/// Shows the sheet, to be printed or copied by hand.
pub async fn form(halfway: Halfway<EnrollFactor>) -> PageResult {
    if !may(&halfway).await? {
        return Ok(see_other(urls::ENROLL));
    }
    page::show(&halfway, &view(&halfway, SecretField::empty()).await)
}

/// What the form sends.
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
    let (codes, number) = (codes(&halfway), asked(&halfway));
    let digest = |purpose: &str, message: &[u8]| halfway.digest(purpose, message);
    let hash = |code: &str| second_step::code_hash(digest, halfway.account(), code);
    let typed = hash(&form.code);
    let wanted =
        usize::try_from(number).ok().and_then(|number| codes.get(number.checked_sub(1)?)).map(|code| hash(code));
    if wanted != Some(typed) {
        halfway.refused("wrong-code").await?;
        let wrong = SecretField::wrong(words::t1("accounts-problem-sheet", "number", number));
        return page::again(&halfway, &view(&halfway, wrong).await);
    }
    let mut tx = halfway.begin().await?;
    store::hold(&mut tx, halfway.account()).await?;
    still_first(&mut tx, halfway.account()).await?;
    store::replace_codes(&mut tx, halfway.account(), codes.iter().map(|code| hash(code)).collect(), halfway.now())
        .await?;
    store::use_code(&mut tx, halfway.account(), typed, halfway.now()).await?;
    let token = halfway.complete(&mut tx).await?;
    tx.enqueue(&TellOwner::of(halfway.account(), About::SecondFactor, halfway.now())).await?;
    tx.commit().await?;
    Ok(signed_in_halfway(&halfway, &token, see_other_with(urls::HOME, Flash::SheetCounts)))
}
