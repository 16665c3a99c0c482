//! Every kind of job that there is. A row of a kind that is not here is given up, and says so.

use futures_util::future::BoxFuture;
use salus_ports::Ports;

use crate::{
    access::{App, Claimed, Job, Ran, Retry, run_job},
    accounts::{ConfirmAddress, ResetPassword},
    notices::TellOwner,
    recovery::LetBackIn,
    registrations::{ForgetRegistration, VerifyAddress},
};

/// A kind of job.
pub struct Kind {
    /// Its name, as rows have it.
    pub name: &'static str,
    /// How long it is worth trying.
    pub retry: Retry,
    /// Runs one of them.
    pub run: fn(App, Claimed, Ports) -> BoxFuture<'static, Ran>,
}

const fn kind<J: Job>() -> Kind {
    Kind { name: J::NAME, retry: J::RETRY, run: |app, claimed, ports| Box::pin(run_job::<J>(app, claimed, ports)) }
}

/// All of them.
pub const KINDS: &[Kind] = &[
    kind::<TellOwner>(),
    kind::<VerifyAddress>(),
    kind::<ForgetRegistration>(),
    kind::<ResetPassword>(),
    kind::<ConfirmAddress>(),
    kind::<LetBackIn>(),
];

/// The kind with this name.
pub fn find(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::jobs::views::kind_in_words;

    #[test]
    fn each_kind_has_a_name_of_its_own_and_words() {
        let names: BTreeSet<&str> = KINDS.iter().map(|kind| kind.name).collect();
        assert_eq!(names.len(), KINDS.len());
        for name in names {
            assert!(!kind_in_words(name).starts_with('['), "jobs-kind for {name}");
        }
        assert_eq!(kind_in_words("no.such"), "no.such");
    }
}
