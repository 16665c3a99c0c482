//! Refusals of people nobody knows: the first ones of a minute are listed, the rest are counted, so that a flood fills
//! neither the disk nor the ledger.

use std::sync::{Mutex, PoisonError};

use salus_kernel::{Action, Instant, MINUTE};
use salus_ledger::{EntryDraft, Kind, Outcome, System};

use super::{
    Asked, Floor,
    audit::{self, Line, Who, word},
};
use crate::shell::error::Error;

/// How many anonymous refusals a minute stand one by one.
pub(super) const LISTED_PER_MINUTE: u64 = 60;

/// The count of the running minute.
#[derive(Default)]
pub(super) struct Refusals(Mutex<State>);

#[derive(Default)]
struct State {
    minute: i64,
    listed: u64,
    counted: u64,
    request: [u8; 16],
}

impl Refusals {
    /// Notes that nobody in particular was turned away.
    pub(super) async fn note(&self, floor: &Floor, asked: &Asked, action: Action, reason: &str) -> Result<(), Error> {
        let (list, older) = self.count(asked.now, asked.request.uuid().into_bytes());
        let mut drafts = Vec::new();
        if let Some((count, request)) = older {
            drafts.push(counted(count, request));
        }
        if list {
            let line = Line { who: &Who::nobody(), asked, action, relation: None, role: None, patient: None };
            drafts.push(line.draft(floor, Kind::Refusal, Outcome::Refused(word(reason))));
        }
        if drafts.is_empty() { Ok(()) } else { audit::append_all(floor, drafts).await.map(drop) }
    }

    /// Writes down what was only counted.
    pub(super) async fn flush(&self, floor: &Floor) -> Result<(), Error> {
        let (count, request) = {
            let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            (std::mem::take(&mut state.counted), state.request)
        };
        if count == 0 { Ok(()) } else { audit::append(floor, counted(count, request)).await.map(drop) }
    }

    fn count(&self, now: Instant, request: [u8; 16]) -> (bool, Option<(u64, [u8; 16])>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = now.micros().div_euclid(MINUTE);
        let older = (state.minute != minute && state.counted > 0).then_some((state.counted, state.request));
        if state.minute != minute {
            *state = State { minute, ..State::default() };
        }
        state.request = request;
        if state.listed < LISTED_PER_MINUTE {
            state.listed += 1;
            (true, older)
        } else {
            state.counted += 1;
            (false, older)
        }
    }
}

fn counted(count: u64, request: [u8; 16]) -> EntryDraft {
    let mut draft = EntryDraft::new(
        Kind::System(System::CountedRefusals),
        request,
        salus_ledger::Actor::nobody(),
        word("refuse"),
        word("security"),
        Outcome::Done,
    );
    draft.count = Some(count);
    draft
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_counted_and_the_next_minute_says_how_much() {
        let refusals = Refusals::default();
        let now = Instant::from_micros(10 * MINUTE);
        let listed = (0..1000).filter(|_| refusals.count(now, [0; 16]).0).count();
        assert_eq!(u64::try_from(listed).unwrap(), LISTED_PER_MINUTE);
        let (list, older) = refusals.count(now.plus(MINUTE), [1; 16]);
        assert!(list);
        assert_eq!(older, Some((1000 - LISTED_PER_MINUTE, [0; 16])));
        assert_eq!(refusals.count(now.plus(2 * MINUTE), [2; 16]).1, None);
    }
}
