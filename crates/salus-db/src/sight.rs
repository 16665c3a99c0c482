//! What a transaction may see: the fourth wall, behind guards, scopes and keys.

use salus_kernel::{AccountId, PatientId, PractitionerId, Reach, Role};

use crate::{DbError, Value};

/// Whom a transaction acts for. Row-level security on PostgreSQL compares each row with it; the default sees nothing.
///
/// SQLite has no row-level security: there the same questions are answered by guards and by `WHERE patient_id = $1`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Sight {
    /// The account that is signed in.
    pub account: Option<AccountId>,
    /// The one patient whose chart is open.
    pub patient: Option<PatientId>,
    /// Who the account is as a practitioner.
    pub practitioner: Option<PractitionerId>,
    /// What the account works as.
    pub role: Option<Role>,
    /// What the transaction knows and nobody can guess: the session's token hash in hex, a blind index, a throttle's
    /// key. Several are separated by commas.
    pub token: Option<String>,
    /// Patients that a list has disclosed, so that their names may be read.
    pub listed: Vec<PatientId>,
    /// The job or command that runs under its own name.
    pub run: Option<&'static str>,
    /// How far it sees into what is kept private in the open chart.
    pub reach: Reach,
}

impl std::fmt::Debug for Sight {
    /// Without ids and without the token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sight")
            .field("account", &self.account.is_some())
            .field("patient", &self.patient.is_some())
            .field("practitioner", &self.practitioner.is_some())
            .field("role", &self.role)
            .field("token", &self.token.is_some())
            .field("listed", &self.listed.len())
            .field("run", &self.run)
            .field("reach", &self.reach)
            .finish()
    }
}

/// The settings' names, in the order of [`Sight::settings`].
const NAMES: [&str; 8] = [
    "salus.account",
    "salus.patient",
    "salus.practitioner",
    "salus.role",
    "salus.token",
    "salus.listed",
    "salus.run",
    "salus.reach",
];

impl Sight {
    /// What a job or a command sees under its own name.
    pub fn of_run(run: &'static str) -> Self {
        Self { run: Some(run), ..Self::default() }
    }

    fn settings(&self) -> [String; 8] {
        fn text(id: Option<impl ToString>) -> String {
            id.map(|id| id.to_string()).unwrap_or_default()
        }
        let listed: Vec<String> = self.listed.iter().map(ToString::to_string).collect();
        [
            text(self.account),
            text(self.patient),
            text(self.practitioner),
            text(self.role.map(Role::word)),
            self.token.clone().unwrap_or_default(),
            listed.join(","),
            text(self.run),
            text(Some(self.reach.number()).filter(|reach| *reach > 0)),
        ]
    }

    /// `SELECT set_config(...)` with the values in the text, so that it travels together with BEGIN: one round trip. What
    /// is not set stays out: settings end with their transaction, so before it they are empty.
    ///
    /// Invariant: only characters that ids, words, hex and blind indexes are made of; anything else is refused, so
    /// nothing can leave its quotes.
    pub(crate) fn as_literals(&self) -> Result<String, DbError> {
        let mut calls = Vec::with_capacity(NAMES.len());
        for (name, value) in NAMES.iter().zip(self.settings()).filter(|(_, value)| !value.is_empty()) {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_:.,/+=".contains(&byte);
            if !value.bytes().all(plain) {
                return Err(DbError::broken(format!("{name} holds a character that no id or index has")));
            }
            calls.push(format!("set_config('{name}', '{value}', true)"));
        }
        Ok(if calls.is_empty() { String::new() } else { format!("SELECT {}", calls.join(", ")) })
    }

    /// The same, all of them, with bound values, for use within a transaction.
    pub(crate) fn as_statement(&self) -> (String, Vec<Value>) {
        let calls: Vec<String> =
            NAMES.iter().zip(1..).map(|(name, number)| format!("set_config('{name}', ${number}, true)")).collect();
        (format!("SELECT {}", calls.join(", ")), self.settings().into_iter().map(Value::from).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_its_quotes() {
        let sight = |token: &str| Sight { token: Some(token.to_owned()), ..Sight::default() };
        assert!(sight("v1:00ff,ab").as_literals().unwrap().contains("set_config('salus.token', 'v1:00ff,ab', true)"));
        for evil in ["'", "\\", ";", "a b", "\u{2019}", "\n", "$$"] {
            assert!(sight(evil).as_literals().is_err(), "{evil:?}");
        }
    }

    #[test]
    fn the_default_sees_nothing() {
        assert!(Sight::default().settings().iter().all(String::is_empty));
        assert_eq!(Sight::default().as_literals().unwrap(), "");
    }
}
