//! What can be given, for how long, and how somebody knew: the same for a code that is made and for a request that is answered.

use jiff::{ToSpan, civil::Date, tz::TimeZone};
use salus_kernel::{Instant, Scope, Scopes};
use serde::Deserialize;

use super::{pages::Invitable, views::Tick};
use crate::{
    access::AgeRule,
    shell::{dates, view::Choice, words},
};

/// For how many months: of these a patient chooses, and the desk also the last.
const MONTHS: [i64; 4] = [6, 12, 18, 60];

/// What is ticked in a form.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Ticked {
    visits: String,
    messages: String,
    clinical: String,
    medicines: String,
    billing: String,
    documents: String,
    sensitive: String,
}

impl Ticked {
    /// As it was ticked before.
    pub fn before(scopes: Scopes) -> Self {
        let word = |scope| if scopes.contains(scope) { "yes".to_owned() } else { String::new() };
        Self {
            visits: word(Scope::Visits),
            messages: word(Scope::Messages),
            clinical: word(Scope::Clinical),
            medicines: word(Scope::Medicines),
            billing: word(Scope::Billing),
            documents: word(Scope::Documents),
            sensitive: word(Scope::Sensitive),
        }
    }
    /// Whether this is.
    pub fn has(&self, scope: Scope) -> bool {
        let field = match scope {
            Scope::Visits => &self.visits,
            Scope::Messages => &self.messages,
            Scope::Clinical => &self.clinical,
            Scope::Medicines => &self.medicines,
            Scope::Billing => &self.billing,
            Scope::Documents => &self.documents,
            Scope::Sensitive => &self.sensitive,
        };
        field == "yes"
    }
    /// What of this is.
    pub fn of(&self, can: impl Iterator<Item = Scope>) -> Scopes {
        can.filter(|scope| self.has(*scope)).collect()
    }
}

/// What can be given for this patient: what is a teenager's alone nobody is given.
pub fn what_for(can: Invitable) -> impl Iterator<Item = Scope> {
    Scope::ALL.iter().copied().filter(move |scope| can.sensitive || *scope != Scope::Sensitive)
}

/// Words that say from which age on what is whose.
pub fn with_ages(id: &str, rule: AgeRule) -> String {
    let last = rule.adult - 1;
    words::t_with(id, [("teen", rule.teen.into()), ("last", last.into()), ("adult", rule.adult.into())])
}

/// The boxes of a form.
pub fn ticks(can: impl Iterator<Item = Scope>, ticked: impl Fn(Scope) -> bool) -> Vec<Tick> {
    let tick = |scope: Scope| Tick {
        name: scope.word(),
        label: in_words(scope),
        hint: words::t(&format!("proxies-scope-{}-hint", scope.word())),
        ticked: ticked(scope),
    };
    can.map(tick).collect()
}

/// What was given, in words.
pub fn in_words(scope: Scope) -> String {
    words::t(&format!("proxies-scope-{}", scope.word()))
}

/// For how many months something can be given.
pub fn months_for(own: bool) -> impl Iterator<Item = i64> {
    MONTHS.into_iter().filter(move |months| !own || *months <= 18)
}

/// The same, to choose from: a year, unless something was typed.
pub fn months_choices(own: bool, typed: &str) -> Vec<Choice> {
    let choice = |count: i64| {
        let chosen = if typed.is_empty() { count == 12 } else { typed == count.to_string() };
        Choice::new(count.to_string(), words::t1("proxies-months", "count", count), chosen)
    };
    months_for(own).map(choice).collect()
}

/// The last day of what ends when this one begins.
pub fn last_of(end: Date) -> Date {
    end.saturating_sub(1.day())
}

/// The end of the day that comes so many months later, by the clinic's clock.
pub fn after(now: Instant, months: i64, zone: &TimeZone) -> Instant {
    let last = dates::on(now, zone).saturating_add(months.months());
    let next = last.saturating_add(1.day()).to_zoned(zone.clone());
    next.map_or(now, |midnight| Instant::from_micros(midnight.timestamp().as_microsecond()))
}
