//! Free times without a chart, for `salus-bench` to measure. Only under the feature `bench`, and in no table of routes.

use jiff::tz::TimeZone;
use salus_db::Reader;
use salus_kernel::{Instant, MINUTE, PractitionerId, ResourceId};

use super::{book::Offer, free::Range};
use crate::{
    shell::{dates, error::Error},
    visit_types,
};

/// How many free times one practitioner has for a kind of visit in so many days from a moment on, found as a page of times finds
/// them: from hours, places and what is taken.
pub async fn free_times(
    tx: &mut Reader,
    service: ResourceId,
    practitioner: PractitionerId,
    from: Instant,
    days: i64,
) -> Result<usize, Error> {
    let kind = visit_types::offered(tx).await?.into_iter().find(|kind| kind.id == service).ok_or(Error::NotFound)?;
    let offer = Offer::of(tx, kind, 0, None, dates::on(from, &TimeZone::UTC), from).await?;
    let within = Range { from, until: from.plus(days.saturating_mul(24 * 60 * MINUTE)) };
    Ok(offer.free(tx, Some(practitioner), within, from).await?.len())
}
