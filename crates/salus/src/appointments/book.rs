//! Booking, moving and calling off: the one way in which a visit changes, for patients and for the clinic.

use jiff::{ToSpan, civil::Date};
use salus_db::Reader;
use salus_kernel::{
    ActionType, Instant, MINUTE, PractitionerId, ResourceId, Scope,
    actions::{CancelVisit, HoldVisit},
};
use salus_vault::Opens;

use super::{
    free::{self, Need, Range},
    model::{CancelReason, CannotStep, HOLD, STEP, Side, State, Step},
    occupancy::{self, Claim},
    store::{self, New, Visit},
};
use crate::{
    access::{Chart, columns::appointment},
    availability::{self, Offering, Places},
    locations::Open,
    notices::{self, About},
    shell::{dates, error::Error},
    visit_types::{self, Offered, Shown},
};

/// The longest stretch that is looked through for the next free time, in days.
const LOOK: i64 = 120;
const DAY: i64 = 24 * 60 * MINUTE;

/// A time that can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Free {
    /// When it begins.
    pub start: Instant,
    /// With whom.
    pub practitioner: PractitionerId,
    /// Where.
    pub location: ResourceId,
}

/// What is known of a kind of visit when times for it are looked for.
pub struct Offer {
    /// The kind.
    pub kind: Offered,
    /// Who can be booked for it.
    pub people: Vec<Offering>,
    /// Where.
    pub places: Vec<Open>,
    known: Places,
    /// From when until when it may begin.
    pub range: Range,
    today: Date,
    /// The visit that is moved: its own time counts as free.
    pub replaces: Option<ResourceId>,
}

/// The kinds of visits that somebody in this relation can choose.
pub async fn kinds<A: ActionType>(chart: &Chart<A>) -> Result<Vec<Offered>, Error> {
    let mut kinds = visit_types::offered(&mut chart.read().await?).await?;
    kinds.retain(|kind| !chart.relation().is_of_the_patient() || kind.what.shown == Shown::Patients);
    Ok(kinds)
}

/// What is known of one kind of visit; nothing when nobody in this relation can choose it.
pub async fn offer<A: ActionType>(
    chart: &Chart<A>,
    service: ResourceId,
    replaces: Option<ResourceId>,
) -> Result<Option<Offer>, Error> {
    let Some(kind) = kinds(chart).await?.into_iter().find(|kind| kind.id == service) else { return Ok(None) };
    let now = chart.now();
    // The clinic's own people book at short notice too.
    let soonest = if chart.relation().is_of_the_patient() { kind.what.soonest_hours } else { 0 };
    let zone = chart.app().clinic().await.zone();
    Ok(Some(Offer::of(&mut chart.read().await?, kind, soonest, replaces, dates::on(now, &zone), now).await?))
}

impl Offer {
    /// What is known of a kind of visit, on a day at the clinic.
    pub(super) async fn of(
        tx: &mut Reader,
        kind: Offered,
        soonest_hours: i64,
        replaces: Option<ResourceId>,
        today: Date,
        now: Instant,
    ) -> Result<Self, Error> {
        // A place may be a day behind the clinic's own.
        let from = today.checked_sub(1.day()).unwrap_or(today);
        let people = availability::offering(tx, kind.id, from).await?;
        let (places, known) = availability::places(tx, from).await?;
        let range = Range {
            from: now.plus(soonest_hours.saturating_mul(60 * MINUTE)),
            until: now.plus(kind.what.furthest_days.saturating_mul(DAY)),
        };
        Ok(Self { kind, people, places, known, range, today: from, replaces })
    }

    /// The free times that begin within a range, in order; of one practitioner or of all.
    pub async fn times<A: ActionType>(
        &self,
        chart: &Chart<A>,
        who: Option<PractitionerId>,
        within: Range,
    ) -> Result<Vec<Free>, Error> {
        self.free(&mut chart.read().await?, who, within, chart.now()).await
    }

    /// The same, where a transaction is open.
    pub(super) async fn free(
        &self,
        tx: &mut Reader,
        who: Option<PractitionerId>,
        within: Range,
        now: Instant,
    ) -> Result<Vec<Free>, Error> {
        let within = Range { from: within.from.max(self.range.from), until: within.until.min(self.range.until) };
        if within.until <= within.from {
            return Ok(Vec::new());
        }
        let need = Need::of(&self.kind.what);
        let mut all = Vec::new();
        for person in self.people.iter().filter(|person| who.is_none_or(|who| who == person.practitioner)) {
            // Hours that began before the range decide where times within it begin.
            let around = Range { from: within.from.plus(-2 * DAY), until: within.until.plus(2 * DAY) };
            let busy = occupancy::busy(tx, person.practitioner, around, self.replaces, now).await?;
            let days = usize::try_from(within.until.since(within.from) / DAY + 4).unwrap_or(1);
            let first = dates::on(within.from, &jiff::tz::TimeZone::UTC).checked_sub(1.day()).unwrap_or(self.today);
            for day in person.plan.coming(first, days, &self.known) {
                for opening in &day.openings {
                    let times = free::times(opening, need, &busy, within).into_iter();
                    all.extend(times.map(|start| Free {
                        start,
                        practitioner: person.practitioner,
                        location: opening.location,
                    }));
                }
            }
        }
        all.sort_by_key(|free| free.start);
        Ok(all)
    }

    /// The first free time from a moment on.
    pub async fn soonest<A: ActionType>(
        &self,
        chart: &Chart<A>,
        who: Option<PractitionerId>,
        from: Instant,
    ) -> Result<Option<Free>, Error> {
        let mut from = from.max(self.range.from);
        let last = self.range.until.min(from.plus(LOOK * DAY));
        while from < last {
            let until = from.plus(14 * DAY).min(last);
            if let Some(free) = self.times(chart, who, Range { from, until }).await?.into_iter().next() {
                return Ok(Some(free));
            }
            from = until.plus(1);
        }
        Ok(None)
    }

    /// The three free times that are nearest to one that cannot be had, in order.
    pub async fn nearest<A: ActionType>(
        &self,
        chart: &Chart<A>,
        who: Option<PractitionerId>,
        to: Instant,
    ) -> Result<Vec<Free>, Error> {
        for days in [2, 14, LOOK] {
            let within = Range { from: to.plus(-days * DAY), until: to.plus(days * DAY) };
            let mut near = self.times(chart, who, within).await?;
            near.retain(|free| free.start != to);
            near.dedup_by_key(|free| free.start);
            if near.len() >= 3 || days == LOOK {
                near.sort_by_key(|free| free.start.since(to).abs());
                near.truncate(3);
                near.sort_by_key(|free| free.start);
                return Ok(near);
            }
        }
        Ok(Vec::new())
    }

    /// The zone of a place.
    pub fn zone_of(&self, place: ResourceId) -> jiff::tz::TimeZone {
        let place = self.places.iter().find(|one| one.id == place);
        dates::zone(place.map_or("UTC", |place| place.timezone.as_str()))
    }

    /// The place's zone, where somebody can be booked for this kind of visit then and there.
    fn zone_at(&self, wanted: Free) -> Option<&str> {
        let person = self.people.iter().find(|person| person.practitioner == wanted.practitioner)?;
        let first = dates::on(wanted.start, &jiff::tz::TimeZone::UTC).checked_sub(1.day()).ok()?;
        let days = person.plan.coming(first, 3, &self.known);
        let mut openings = days.iter().flat_map(|day| &day.openings);
        let need = Need::of(&self.kind.what);
        let fits = openings
            .any(|opening| opening.location == wanted.location && free::fits(opening, need, wanted.start, self.range));
        let place = self.places.iter().find(|place| place.id == wanted.location)?;
        fits.then_some(place.timezone.as_str())
    }
}

/// What came of asking for a time.
pub enum Kept {
    /// It is kept, as this visit.
    Here(ResourceId),
    /// Somebody else has it, or it can't be booked.
    Taken,
}

/// Keeps a time for ten minutes. Of one patient one time is kept: another one that they had is given up. Asking again for the
/// same one is one. What was said of the visit already goes with it; of a visit that is moved, what was said of that one.
pub async fn keep(chart: &Chart<HoldVisit>, offer: &Offer, wanted: Free, reason: &str) -> Result<Kept, Error> {
    let Some(zone) = offer.zone_at(wanted) else { return Ok(Kept::Taken) };
    let (scope, now) = (chart.scope(), chart.now());
    let before = store::kept(&mut chart.read().await?, scope, now).await?;
    let mut change = chart.begin().await?;
    let mut locks: Vec<PractitionerId> = before.iter().map(|kept| kept.practitioner).collect();
    locks.push(wanted.practitioner);
    occupancy::lock(&mut change, &locks).await?;
    for kept in store::kept(&mut change, scope, now).await? {
        let same = (kept.practitioner, kept.location, kept.service, kept.start, kept.replaces)
            == (wanted.practitioner, wanted.location, offer.kind.id, wanted.start, offer.replaces);
        if same && reason.is_empty() {
            return Ok(Kept::Here(kept.id));
        }
        store::give_up(&mut change, scope, kept.id, now).await?;
        occupancy::release(&mut change, kept.id).await?;
    }
    let old = match offer.replaces {
        Some(old) => Some(store::one(&mut change, scope, old).await?),
        None => None,
    };
    let old = old.as_ref().map(|old| opened::<HoldVisit>(old, chart)).transpose()?.unwrap_or_default();
    let said = if reason.is_empty() { old.as_str() } else { reason };
    let need = Need::of(&offer.kind.what);
    let id = ResourceId::new(now, salus_vault::random());
    let new = New {
        id,
        reason: (!said.is_empty()).then(|| chart.seal::<appointment::Reason>(&id.to_string(), said.as_bytes())),
        practitioner: wanted.practitioner,
        location: wanted.location,
        timezone: zone.to_owned(),
        service: offer.kind.id,
        meeting: offer.kind.what.meeting,
        start: wanted.start,
        end: need.end(wanted.start),
        busy: need.busy(wanted.start),
        until: now.plus(HOLD),
        replaces: offer.replaces,
    };
    store::add(&mut change, scope, chart.session().account, &new, now).await?;
    let claim = Claim { practitioner: new.practitioner, holder: new.id, busy: new.busy };
    if !occupancy::take(&mut change, &claim, Some(new.until), offer.replaces, now).await? {
        return Ok(Kept::Taken);
    }
    change.concerns("Appointment", &new.id.to_string());
    change.commit().await?;
    Ok(Kept::Here(new.id))
}

/// Keeps a time no longer; nothing happens when it is not kept any more.
pub async fn give_up<A: ActionType>(chart: &Chart<A>, id: ResourceId) -> Result<Visit, Error> {
    let visit = store::one(&mut chart.read().await?, chart.scope(), id).await?;
    if !matches!(visit.state, State::Held { until } if until > chart.now()) {
        return Ok(visit);
    }
    let mut change = chart.begin().await?;
    occupancy::lock(&mut change, &[visit.practitioner]).await?;
    if store::give_up(&mut change, chart.scope(), id, chart.now()).await? {
        occupancy::release(&mut change, id).await?;
        change.commit().await?;
    }
    Ok(visit)
}

/// What came of confirming.
pub enum Confirmed {
    /// It is booked, now or since an earlier click.
    Booked,
    /// The time is somebody else's by now.
    Gone,
    /// The visit that was to be moved is not on any more.
    NothingToMove,
}

/// Books a time that is kept. If it replaces another visit, that one is called off in the same transaction.
///
/// A time whose ten minutes are over is still had when nobody took it and it is still offered: hours may have changed since, and
/// notice has run. Without a reason the one that was given before stays. `note` seals for this visit what colleagues wrote for the
/// one that it replaces.
pub async fn confirm<A: ActionType>(
    chart: &Chart<A>,
    id: ResourceId,
    reason: &str,
    note: impl Fn(&Visit) -> Result<Option<(Vec<u8>, i64)>, Error>,
) -> Result<Confirmed, Error> {
    let (scope, now) = (chart.scope(), chart.now());
    let (visit, old) = {
        let mut tx = chart.read().await?;
        let visit = store::one(&mut tx, scope, id).await?;
        let old = match visit.replaces {
            Some(old) => Some(store::one(&mut tx, scope, old).await?),
            None => None,
        };
        (visit, old)
    };
    if matches!(visit.state, State::Held { until } if until <= now) && !still_offered(chart, &visit).await? {
        return Ok(Confirmed::Gone);
    }
    let mut change = chart.begin().await?;
    let locks: Vec<PractitionerId> = std::iter::once(&visit).chain(&old).map(|visit| visit.practitioner).collect();
    occupancy::lock(&mut change, &locks).await?;
    // As it stands under the lock.
    let visit = store::one(&mut change, scope, id).await?;
    let State::Held { until } = visit.state else { return Ok(Confirmed::Booked) };
    if visit.start <= now {
        return Ok(Confirmed::Gone);
    }
    if let Some(old) = old {
        let old = store::one(&mut change, scope, old.id).await?;
        let moved = Step::Cancel(Side::of(chart.relation()), CancelReason::Moved);
        let Ok(state) = old.state.after(moved, old.start, now) else { return Ok(Confirmed::NothingToMove) };
        if !store::save(&mut change, &old, state, now).await? {
            return Ok(Confirmed::NothingToMove);
        }
        occupancy::release(&mut change, old.id).await?;
        if let Some(note) = note(&old)? {
            store::write_note(&mut change, scope, id, note).await?;
        }
    }
    let claim = Claim { practitioner: visit.practitioner, holder: id, busy: visit.busy };
    if !occupancy::take(&mut change, &claim, None, None, now).await? {
        return Ok(Confirmed::Gone);
    }
    let state = State::Held { until: until.max(now.plus(1)) };
    let Ok(state) = state.after(Step::Confirm, visit.start, now) else { return Ok(Confirmed::Gone) };
    if !reason.is_empty() {
        let sealed = chart.seal::<appointment::Reason>(&id.to_string(), reason.as_bytes());
        store::write_reason(&mut change, scope, id, sealed).await?;
    }
    if !store::save(&mut change, &visit, state, now).await? {
        return Ok(Confirmed::Gone);
    }
    notices::tell_patient(chart, &mut change, Scope::Visits, About::News).await?;
    change.commit().await?;
    Ok(Confirmed::Booked)
}

/// Whether a time that was kept could be asked for now.
async fn still_offered<A: ActionType>(chart: &Chart<A>, visit: &Visit) -> Result<bool, Error> {
    let wanted = Free { start: visit.start, practitioner: visit.practitioner, location: visit.location };
    let offer = offer(chart, visit.service, visit.replaces).await?;
    Ok(offer.is_some_and(|offer| offer.zone_at(wanted).is_some()))
}

/// Calls a visit off. The patient is told, whoever did it.
pub async fn cancel(chart: &Chart<CancelVisit>, id: ResourceId, reason: CancelReason) -> Result<(), CannotCancel> {
    let (scope, now) = (chart.scope(), chart.now());
    let visit = store::one(&mut chart.read().await?, scope, id).await?;
    let mut change = chart.begin().await?;
    occupancy::lock(&mut change, &[visit.practitioner]).await?;
    let visit = store::one(&mut change, scope, id).await?;
    let step = Step::Cancel(Side::of(chart.relation()), reason);
    let state = visit.state.after(step, visit.start, now).map_err(CannotCancel::Step)?;
    if !store::save(&mut change, &visit, state, now).await? {
        return Err(CannotCancel::Step(CannotStep::NotNow));
    }
    occupancy::release(&mut change, id).await?;
    notices::tell_patient(chart, &mut change, Scope::Visits, About::News).await?;
    Ok(change.commit().await?)
}

/// Why a visit was not called off.
#[derive(Debug)]
pub enum CannotCancel {
    /// By the rules.
    Step(CannotStep),
    /// By the machine.
    Broken(Error),
}

impl From<Error> for CannotCancel {
    fn from(error: Error) -> Self {
        Self::Broken(error)
    }
}

/// Says that somebody arrived, was seen, or did not come, or takes that back; false when it does not go, or somebody was faster.
pub async fn run<A: ActionType>(chart: &Chart<A>, id: ResourceId, step: Step) -> Result<bool, Error> {
    let mut change = chart.begin().await?;
    let visit = store::one(&mut change, chart.scope(), id).await?;
    let Ok(state) = visit.state.after(step, visit.start, chart.now()) else { return Ok(false) };
    if !store::save(&mut change, &visit, state, chart.now()).await? {
        return Ok(false);
    }
    change.commit().await?;
    Ok(true)
}

/// A moment in a form, if it is one on a step.
pub fn moment(text: &str) -> Option<Instant> {
    let micros: i64 = text.parse().ok()?;
    (micros > 0 && micros % STEP == 0).then(|| Instant::from_micros(micros))
}

/// What a visit is about, for those who may read it.
pub fn opened<A: Opens<appointment::Reason>>(
    visit: &Visit,
    keys: &impl salus_vault::Discloses<A>,
) -> Result<String, Error> {
    Ok(visit.reason.as_ref().map(|reason| reason.open(keys)).transpose()?.unwrap_or_default())
}
