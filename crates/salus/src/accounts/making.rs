//! How an account is made: what a person chooses, and the rows that follow. Used by invites and by commands.

use salus_db::Value;
use salus_kernel::{AccountId, Instant, PatientId, PractitionerId, ResourceId, Role};
use salus_ports::email::is_address;
use salus_vault::{BlindIndex, DataKey};

use super::password::{NewPassword, Weakness};
use crate::{
    access::{Breached, columns::account},
    shell::words,
};

/// What somebody chose to sign in with; nothing of it is checked yet.
#[derive(Debug, Default, serde::Deserialize)]
pub struct LoginForm {
    /// The address.
    #[serde(default)]
    pub email: String,
    /// The password.
    #[serde(default)]
    pub password: String,
    /// The password again.
    #[serde(default)]
    pub again: String,
}

/// What is wrong with each field, in words.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct LoginProblems {
    /// With the address.
    pub email: Option<String>,
    /// With the password.
    pub password: Option<String>,
    /// With its repetition.
    pub again: Option<String>,
}

impl LoginProblems {
    /// Whether there are none.
    pub fn none(&self) -> bool {
        *self == Self::default()
    }
    /// The password is too easy to guess.
    pub fn guessable() -> Self {
        Self { password: Some(weakness_in_words(Weakness::Guessable)), ..Self::default() }
    }
}

impl LoginForm {
    /// Checks all fields at once. `about` is what others know of the person.
    pub fn check(&self, about: &[&str], breached: &Breached) -> Result<NewPassword, LoginProblems> {
        let about: Vec<&str> = about.iter().copied().chain([self.email.trim()]).collect();
        let email = (!looks_like_an_address(&self.email)).then(|| words::t("accounts-problem-email"));
        match (self.check_password(&about, breached), email) {
            (Ok(password), None) => Ok(password),
            (Ok(_), email) => Err(LoginProblems { email, ..LoginProblems::default() }),
            (Err(problems), email) => Err(LoginProblems { email, ..problems }),
        }
    }
    /// The same for a form that has no address, because it is known.
    pub fn check_password(&self, about: &[&str], breached: &Breached) -> Result<NewPassword, LoginProblems> {
        let again = (self.again != self.password).then(|| words::t("accounts-problem-password-again"));
        let problems = LoginProblems { again, ..LoginProblems::default() };
        match NewPassword::parse(&self.password, about, breached) {
            Ok(password) if problems.none() => Ok(password),
            Ok(_) => Err(problems),
            Err(weakness) => Err(LoginProblems { password: Some(weakness_in_words(weakness)), ..problems }),
        }
    }
}

/// Why a password was refused, in words.
pub fn weakness_in_words(weakness: Weakness) -> String {
    words::t(match weakness {
        Weakness::Short => "accounts-problem-password-short",
        Weakness::Long => "accounts-problem-password-long",
        Weakness::Guessable => "accounts-problem-password-weak",
        Weakness::Breached => "accounts-problem-password-breached",
        Weakness::NotLooked => "accounts-problem-password-not-looked",
    })
}

/// Whether mail can be sent to this address: what is taken here is never refused later for what it looks like. A host without
/// a dot is a slip of the hand.
pub fn looks_like_an_address(typed: &str) -> bool {
    let typed = typed.trim();
    is_address(typed) && typed.rsplit_once('@').is_some_and(|(_, host)| host.contains('.'))
}

/// A new account, with everything that its rows need.
pub struct AccountRow<'a> {
    /// Its id.
    pub id: AccountId,
    /// Its own key.
    pub key: &'a DataKey,
    /// The address, as typed.
    pub email: &'a str,
    /// The address's blind index.
    pub email_index: BlindIndex,
    /// What the person is called.
    pub name: &'a str,
    /// Argon2id.
    pub password_hash: String,
    /// The moment.
    pub now: Instant,
    /// The ledger's place of the entry under which the rows are written.
    pub entry: String,
}

/// A row's columns, by name.
pub type Columns = Vec<(&'static str, Value)>;

impl AccountRow<'_> {
    /// The row of the table `account`.
    pub fn columns(&self) -> Columns {
        let row = self.id.to_string();
        vec![
            ("id", self.id.into()),
            ("email", self.key.seal::<account::Email>(&row, self.email.trim().as_bytes()).into()),
            ("email_index", self.email_index.as_str().into()),
            ("name", self.key.seal::<account::Name>(&row, self.name.as_bytes()).into()),
            ("password_hash", self.password_hash.as_str().into()),
            ("status", "active".into()),
            ("reading_font", "standard".into()),
            ("colour_scheme", "device".into()),
            ("password_changed_at", self.now.into()),
            ("created_at", self.now.into()),
            ("updated_at", self.now.into()),
            ("key_version", i64::from(self.key.version()).into()),
            ("version", 1_i64.into()),
            ("entry", self.entry.as_str().into()),
            ("email_changed_at", None::<Instant>.into()),
        ]
    }
    /// The row of the table `staff_member`.
    pub fn staff(&self, role: Role, practitioner: Option<PractitionerId>) -> Columns {
        vec![
            ("account_id", self.id.into()),
            ("name", self.name.into()),
            ("role", role.word().into()),
            ("practitioner_id", practitioner.into()),
            ("active", true.into()),
            ("created_at", self.now.into()),
            ("version", 1_i64.into()),
            ("entry", self.entry.as_str().into()),
            ("custom_role_id", None::<String>.into()),
        ]
    }
}

/// The row of the table `access_grant` that binds an account to its own chart, and its id.
pub fn own_chart(account: AccountId, patient: PatientId, now: Instant, entry: String) -> (String, Columns) {
    let id = ResourceId::new(now, salus_vault::random()).to_string();
    let columns = vec![
        ("id", id.as_str().into()),
        ("account_id", account.into()),
        ("patient_id", patient.into()),
        ("basis", "self".into()),
        ("starts_at", now.into()),
        ("ends_at", None::<Instant>.into()),
        ("created_at", now.into()),
        ("entry", entry.into()),
    ];
    (id, columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(email: &str, password: &str, again: &str) -> LoginForm {
        LoginForm { email: email.into(), password: password.into(), again: again.into() }
    }

    #[test]
    fn every_field_has_its_own_problem() {
        let good = "purple lantern over quiet water";
        assert!(form("maya@example.org", good, good).check(&[], &Breached::default()).is_ok());
        let problems = form("maya", "short", "shirt").check(&[], &Breached::default()).err().unwrap();
        assert!(problems.email.is_some() && problems.password.is_some() && problems.again.is_some());
        let problems = form("maya@example.org", good, "other").check(&[], &Breached::default()).err().unwrap();
        assert_eq!((problems.email, problems.password.is_none()), (None, true));
    }

    #[test]
    fn addresses_are_told_from_other_text() {
        for good in ["a@b.co", " Maya.Okafor+clinic@Example.ORG ", "ü@bücher.example", "😀@example.org"] {
            assert!(looks_like_an_address(good), "{good}");
        }
        // The whole table is beside `is_address`.
        for bad in [
            "",
            "@",
            "a@b",
            "@b.co",
            "a@b@c.de",
            "a b@c.de",
            "a..b@c.de",
            "a@[192.0.2.1]",
            "\"a b\"@c.de",
            "a@b.co\nBcc: x@y.zz",
            &format!("{}@b.co", "a".repeat(65)),
            &format!("{}@b.co", "a".repeat(400)),
        ] {
            assert!(!looks_like_an_address(bad), "{bad}");
        }
    }
}
