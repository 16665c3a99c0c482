//! Caregivers: who acts for a patient, with what, and until when. FHIR: RelatedPerson, and the Consent that goes with it.
//!
//! The patient, or the front desk, makes a code and says what it gives. Whoever signs in, shows it and says the patient's date
//! of birth acts for the patient under their own name: `/p/{patient}` is the patient's, the frame says for whom, the ledger
//! says who. The patient ends it without anybody being told. What may be done with it is [`crate::access::policy`]'s alone,
//! and what counts at which age is [`crate::access::caregivers`]'. ADR 0023.

mod acting;
mod giving;
mod pages;
mod preview;
pub mod requests;
mod store;
pub mod views;

#[cfg(test)]
pub mod tests;

pub use giving::with_ages; // used by clinic
pub use requests::{begun_by_photos, refuse_all_of, waiting_count}; // used by registrations, staff
pub use store::{end_given_by, take_back_of}; // used by registrations, clinic

use std::collections::HashMap;

use salus_db::Reader;
use salus_kernel::{AccountId, ActionType};
use salus_vault::Opens;

use crate::{
    access::{App, Chart, Routes, columns::related_person},
    shell::{error::Error, urls},
};

/// How long a code counts.
const CODE_LASTS: i64 = 7 * 24 * 60 * salus_kernel::MINUTE;

/// What those are called who act, or acted, for a patient, by their account: for what they wrote and opened.
pub async fn names<A: ActionType + Opens<related_person::AccountName>>(
    tx: &mut Reader,
    chart: &Chart<A>,
) -> Result<HashMap<AccountId, String>, Error> {
    let rows = store::names(tx, chart.scope()).await?;
    rows.into_iter().map(|(account, name)| Ok((account, name.open(chart)?))).collect()
}

/// The slice's routes.
pub fn routes(app: &App) -> Routes {
    Routes::new()
        .get("/p/{patient}/caregivers", pages::list)
        .post("/p/{patient}/caregivers", pages::invite, app)
        .post("/p/{patient}/caregivers/end", pages::end, app)
        .get("/p/{patient}/caregivers/{caregiver}", preview::page)
        .get(urls::ACTING_FOR, acting::list)
        .post(urls::ACTING_FOR, acting::accept, app)
        .post(urls::ACTING_FOR_STOP, acting::stop, app)
        .and(requests::routes(app))
}
