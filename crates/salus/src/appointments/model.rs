//! A visit and its states: what may become of which. Pure.

use salus_kernel::{Instant, MINUTE, Relation};

use crate::shell::words;

/// A step of a practitioner's time, in microseconds: five minutes.
pub const STEP: i64 = 5 * MINUTE;
/// How long a time is kept for somebody who has not confirmed.
pub const HOLD: i64 = 10 * MINUTE;
/// How long before its time somebody can be received.
const EARLY: i64 = 4 * 60 * MINUTE;

/// Who cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The patient, or whoever acts for them.
    Patient,
    /// Somebody who works here.
    Clinic,
}

impl Side {
    /// The side of whoever stands in this relation.
    pub const fn of(relation: Relation) -> Self {
        match relation {
            Relation::Myself | Relation::Caregiver => Self::Patient,
            _ => Self::Clinic,
        }
    }
    /// As stored.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::Clinic => "clinic",
        }
    }
    /// The reverse.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Patient, Self::Clinic].into_iter().find(|side| side.word() == word)
    }
}

/// Why a visit was cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelReason {
    /// The patient is better.
    Better,
    /// The patient can't come then.
    CannotCome,
    /// The patient goes elsewhere.
    Elsewhere,
    /// The patient asked the clinic to.
    PatientAsked,
    /// The practitioner is away.
    PractitionerAway,
    /// The place is closed.
    PlaceClosed,
    /// It was booked by mistake.
    Mistake,
    /// Something else.
    Other,
    /// It was moved: another visit replaces it.
    Moved,
}

impl CancelReason {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Better,
        Self::CannotCome,
        Self::Elsewhere,
        Self::PatientAsked,
        Self::PractitionerAway,
        Self::PlaceClosed,
        Self::Mistake,
        Self::Other,
        Self::Moved,
    ];

    /// Those that somebody on this side can give.
    pub const fn of(side: Side) -> &'static [Self] {
        match side {
            Side::Patient => &[Self::CannotCome, Self::Better, Self::Elsewhere, Self::Mistake, Self::Other],
            Side::Clinic => {
                &[Self::PatientAsked, Self::PractitionerAway, Self::PlaceClosed, Self::Mistake, Self::Other]
            }
        }
    }

    /// As stored, and the end of the words for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::CannotCome => "cannot-come",
            Self::Elsewhere => "elsewhere",
            Self::PatientAsked => "patient-asked",
            Self::PractitionerAway => "practitioner-away",
            Self::PlaceClosed => "place-closed",
            Self::Mistake => "mistake",
            Self::Other => "other",
            Self::Moved => "moved",
        }
    }
    /// The reverse.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }
    /// For people.
    pub fn in_words(self) -> String {
        words::t(&format!("visits-reason-{}", self.word()))
    }
}

/// Where a visit stands, with what is known in that state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The time is kept for somebody who has not confirmed.
    Held {
        /// Until when.
        until: Instant,
    },
    /// It will be.
    Booked,
    /// The patient is here.
    Arrived {
        /// Since when.
        at: Instant,
    },
    /// It was.
    Fulfilled {
        /// When somebody said so.
        at: Instant,
    },
    /// It will not be.
    Cancelled {
        /// Since when.
        at: Instant,
        /// Who said so.
        by: Side,
        /// Why.
        reason: CancelReason,
    },
    /// Nobody came.
    NoShow {
        /// When somebody said so.
        at: Instant,
    },
}

/// What can be done to a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Take the time that is kept.
    Confirm,
    /// Call it off.
    Cancel(Side, CancelReason),
    /// The patient is here.
    Arrive,
    /// The visit is over.
    Fulfil,
    /// Nobody came.
    MarkNoShow,
    /// That was a mistake: as it was booked.
    Undo,
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CannotStep {
    /// It is not in a state from which this goes.
    NotNow,
    /// The time that was kept has run out.
    HoldOver,
    /// It has begun: patients call.
    Began,
    /// It is too early for that.
    TooEarly,
}

impl State {
    /// As stored: FHIR's word, or ours for a time that is only kept.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Held { .. } => "held",
            Self::Booked => "booked",
            Self::Arrived { .. } => "arrived",
            Self::Fulfilled { .. } => "fulfilled",
            Self::Cancelled { .. } => "cancelled",
            Self::NoShow { .. } => "noshow",
        }
    }

    /// Whether the visit is still to come, or is going on.
    pub const fn still_on(self) -> bool {
        matches!(self, Self::Booked | Self::Arrived { .. })
    }

    /// What becomes of it. `start` is when the visit is to begin.
    pub fn after(self, step: Step, start: Instant, now: Instant) -> Result<Self, CannotStep> {
        use CannotStep::{Began, HoldOver, NotNow, TooEarly};
        let began = now >= start;
        match (self, step) {
            (Self::Held { until }, Step::Confirm) if now < until => Ok(Self::Booked),
            (Self::Held { .. }, Step::Confirm) => Err(HoldOver),
            (Self::Booked, Step::Cancel(Side::Patient, _)) if began => Err(Began),
            (Self::Booked, Step::Cancel(by, reason)) => Ok(Self::Cancelled { at: now, by, reason }),
            (Self::Booked | Self::NoShow { .. }, Step::Arrive) if now.plus(EARLY) >= start => {
                Ok(Self::Arrived { at: now })
            }
            (Self::Booked, Step::Arrive | Step::Fulfil | Step::MarkNoShow) if !began => Err(TooEarly),
            // Nobody arrives at a visit by phone.
            (Self::Booked | Self::Arrived { .. }, Step::Fulfil) => Ok(Self::Fulfilled { at: now }),
            (Self::Booked, Step::MarkNoShow) => Ok(Self::NoShow { at: now }),
            (Self::Arrived { .. } | Self::Fulfilled { .. } | Self::NoShow { .. }, Step::Undo) => Ok(Self::Booked),
            (
                Self::Held { .. }
                | Self::Booked
                | Self::Arrived { .. }
                | Self::Fulfilled { .. }
                | Self::Cancelled { .. }
                | Self::NoShow { .. },
                _,
            ) => Err(NotNow),
        }
    }
}

/// Each state and step, before the visit is to begin and after: `docs/generated/states/appointment.txt`.
#[cfg(test)]
pub fn table() -> String {
    let start = Instant::from_micros(1_800_000_000_000_000);
    let (day_before, after) = (start.plus(-24 * 60 * MINUTE), start.plus(MINUTE));
    let states = |now: Instant| {
        let cancelled = State::Cancelled { at: now, by: Side::Patient, reason: CancelReason::Other };
        let kept = State::Held { until: now.plus(MINUTE) };
        let over = State::Held { until: now };
        let named = [("held", kept), ("held, time over", over), ("booked", State::Booked)];
        let later = [
            ("arrived", State::Arrived { at: now }),
            ("fulfilled", State::Fulfilled { at: now }),
            ("cancelled", cancelled),
            ("noshow", State::NoShow { at: now }),
        ];
        named.into_iter().chain(later)
    };
    let steps = [
        ("confirm", Step::Confirm),
        ("cancel (patient)", Step::Cancel(Side::Patient, CancelReason::Other)),
        ("cancel (clinic)", Step::Cancel(Side::Clinic, CancelReason::Other)),
        ("arrive", Step::Arrive),
        ("fulfil", Step::Fulfil),
        ("no-show", Step::MarkNoShow),
        ("undo", Step::Undo),
    ];
    let mut out = String::from(
        "What becomes of a visit. Generated from appointments/model.rs; \".\" is refused.\n\
         To move a visit is to cancel it and to confirm another, in one transaction. A time that is kept ends by itself.\n",
    );
    for (heading, now) in [("The day before", day_before), ("After its time", after)] {
        let mut line = format!("\n{heading:<20}");
        for (name, _) in steps {
            line.push_str(&format!("{name:<18}"));
        }
        out.push_str(&format!("{}\n", line.trim_end()));
        for (name, state) in states(now) {
            let mut line = format!("{name:<20}");
            for (_, step) in steps {
                let then = state.after(step, start, now).map_or(".", State::word);
                line.push_str(&format!("{then:<18}"));
            }
            out.push_str(&format!("{}\n", line.trim_end()));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_has_its_own_way_on_and_no_other() {
        let start = Instant::from_micros(1_800_000_000_000_000);
        let (early, late) = (start.plus(-MINUTE), start.plus(MINUTE));
        let cancel = |side| Step::Cancel(side, CancelReason::Other);
        assert_eq!(State::Booked.after(cancel(Side::Patient), start, late), Err(CannotStep::Began));
        assert!(State::Booked.after(cancel(Side::Patient), start, early).is_ok());
        assert!(State::Booked.after(cancel(Side::Clinic), start, late).is_ok());
        assert_eq!(State::Booked.after(Step::MarkNoShow, start, early), Err(CannotStep::TooEarly));
        assert_eq!(State::Booked.after(Step::Arrive, start, early), Ok(State::Arrived { at: early }));
        assert_eq!(State::Held { until: early }.after(Step::Confirm, start, early), Err(CannotStep::HoldOver));
        let cancelled = State::Cancelled { at: early, by: Side::Clinic, reason: CancelReason::Moved };
        for step in [Step::Confirm, cancel(Side::Clinic), Step::Arrive, Step::Fulfil, Step::MarkNoShow, Step::Undo] {
            assert_eq!(cancelled.after(step, start, late), Err(CannotStep::NotNow));
        }
        let late_after_all = State::NoShow { at: late }.after(Step::Arrive, start, late);
        assert_eq!(late_after_all, Ok(State::Arrived { at: late }));
        for reason in CancelReason::ALL {
            assert_eq!(CancelReason::from_word(reason.word()), Some(reason));
        }
        for side in [Side::Patient, Side::Clinic] {
            assert!(!CancelReason::of(side).contains(&CancelReason::Moved), "nobody chooses that it was moved");
        }
    }
}
