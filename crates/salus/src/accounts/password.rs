//! Passwords: long, not on a list, hard to guess; kept by argon2id. No composition rules, no expiry, paste works.
//!
//! Source: NIST SP 800-63B-4, section 3.1.1 (a verifier compares with a blocklist and asks for no mix of characters);
//! OWASP ASVS V6.2. Within two factors twelve characters are asked; 128 are the most, so that hashing stays bounded.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::{access::Breached, shell::error::Error};

/// The least number of characters.
pub const SHORTEST: usize = 12;
/// The most.
pub const LONGEST: usize = 128;

/// How many characters of it are judged.
const JUDGED: usize = 40;
/// How many words about the person it is held against.
const MOST_WORDS: usize = 20;

/// Why a new password was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// Fewer than [`SHORTEST`] characters.
    Short,
    /// More than [`LONGEST`] characters.
    Long,
    /// On the list of passwords that everybody tries, or close to the person's own name or address.
    Guessable,
    /// Found in a breach elsewhere.
    Breached,
    /// The list of those can't be read.
    NotLooked,
}

/// A password that may be set.
pub struct NewPassword(Zeroizing<String>);

impl NewPassword {
    /// Checks a wish. `about` is what others know of the person: name, address, the clinic's name. A list that can't be read says no
    /// rather than yes.
    pub fn parse(text: &str, about: &[&str], breached: &Breached) -> Result<Self, Weakness> {
        let length = text.chars().count();
        if length < SHORTEST {
            return Err(Weakness::Short);
        }
        if length > LONGEST {
            return Err(Weakness::Long);
        }
        let words: Vec<&str> = about
            .iter()
            .flat_map(|text| text.split(['@', '.', ' ', '-', '_']))
            .filter(|word| word.len() > 2)
            .chain(about.iter().copied())
            .filter(|word| word.len() <= LONGEST)
            .take(MOST_WORDS)
            .collect();
        // How long guessing takes to judge grows faster than the text: whoever is nobody yet may not have us think for
        // seconds. What is hard to guess by its beginning is hard to guess.
        let beginning: String = text.chars().take(JUDGED).collect();
        if zxcvbn::zxcvbn(&beginning, &words).score() < zxcvbn::Score::Three
            || repeats(text)
            || little_beside(text, &words)
        {
            return Err(Weakness::Guessable);
        }
        match breached.has(text) {
            Ok(false) => {}
            Ok(true) => return Err(Weakness::Breached),
            Err(error) => {
                tracing::error!(%error, "The list of breached passwords can't be read");
                return Err(Weakness::NotLooked);
            }
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }
}

/// Little is left when what others know of the person is taken out.
fn little_beside(text: &str, words: &[&str]) -> bool {
    // The whole address before its parts, so that dots and signs do not stay.
    let mut words = words.to_vec();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let rest = words.iter().fold(text.to_lowercase(), |rest, word| rest.replace(&word.to_lowercase(), ""));
    rest.chars().count() < 8
}

/// One character, or one short piece, over and over.
fn repeats(text: &str) -> bool {
    let characters: std::collections::BTreeSet<char> = text.chars().collect();
    characters.len() < 4
}

/// Argon2id with 19 MiB, two passes, one lane (OWASP's first recommendation; RFC 9106).
fn argon2() -> Result<Argon2<'static>, Error> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|_| Error::broken("argon2 parameters"))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Hashes a password for the database.
pub async fn hash(password: NewPassword, at_once: &Semaphore) -> Result<String, Error> {
    let _turn = at_once.acquire().await.map_err(|_| Error::broken("no turn for a password"))?;
    tokio::task::spawn_blocking(move || {
        argon2()?
            .hash_password(password.0.as_bytes())
            .map(|hash| hash.to_string())
            .map_err(|_| Error::broken("a password that can't be hashed"))
    })
    .await
    .map_err(|_| Error::broken("password hashing died"))?
}

/// A hash of 256 random bits that nobody kept: no password fits.
pub const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm9ibw$9sTvEwqTrg4cQW0uTW1q3m3Ww3dUzgRYsJm4kXx0b1E";

/// Compares a typed password with a kept hash. With no hash it takes as long and says no: who has an account does not
/// show in the time (THR-05, ASVS V6.3.8).
pub async fn verify(typed: String, kept: Option<String>, at_once: &Semaphore) -> Result<bool, Error> {
    let _turn = at_once.acquire().await.map_err(|_| Error::broken("no turn for a password"))?;
    tokio::task::spawn_blocking(move || {
        let typed = Zeroizing::new(typed);
        let known = kept.is_some();
        let kept = kept.unwrap_or_else(|| NOBODY.to_owned());
        let kept = PasswordHash::new(&kept).map_err(|_| Error::broken("a password hash that can't be read"))?;
        let shortened: String = typed.chars().take(LONGEST).collect();
        let fits = argon2()?.verify_password(shortened.as_bytes(), &kept).is_ok();
        Ok(fits && known && typed.chars().count() <= LONGEST)
    })
    .await
    .map_err(|_| Error::broken("password checking died"))?
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ASVS V6.2.1, V6.2.4, V6.2.5, V6.2.9, V6.2.11; IDN-01.
    #[test]
    fn length_and_guessability_count_and_nothing_else() {
        let refused = |text: &str| {
            NewPassword::parse(
                text,
                &["Maya Okafor", "maya.okafor@example.org", "Riverside Clinic"],
                &Breached::default(),
            )
            .err()
        };
        assert_eq!(refused("Short1!aB"), Some(Weakness::Short));
        for guessable in [
            "password1234",
            "aaaaaaaaaaaaaaaaaaaa",
            "mayaokafor2026",
            "123456789012345",
            "Password123456!",
            "qwertyuiop123",
        ] {
            assert_eq!(refused(guessable), Some(Weakness::Guessable), "{guessable}");
        }
        assert_eq!(refused(&"x7Q!".repeat(40)), Some(Weakness::Long));
        for fine in [
            "correct horse battery staple",
            "плавать в холодной реке",
            "  spaces  at  both  ends  ",
            "ünïcödé wörds äre fîne",
            "🐢 turtles 🐢 all the way",
        ] {
            assert_eq!(refused(fine), None, "{fine}");
        }
    }

    #[test]
    fn no_text_makes_us_think_for_long() {
        let cruel: String = "4@8({[<369 1!|70$5+%2".chars().cycle().take(LONGEST).collect();
        let words = "ab@cd.ef ".repeat(5_000);
        let begun = std::time::Instant::now();
        let _ = NewPassword::parse(&cruel, &[&words, &words], &Breached::default());
        let took = begun.elapsed();
        // Seconds without the bounds; this is a build that is not optimised.
        assert!(took < std::time::Duration::from_millis(1500), "{took:?}");
    }

    #[tokio::test]
    async fn only_the_right_password_opens_and_nobody_takes_as_long() {
        let turn = Semaphore::new(1);
        let hash = hash(NewPassword::parse("correct horse battery staple", &[], &Breached::default()).unwrap(), &turn)
            .await
            .unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("correct horse battery staple".into(), Some(hash.clone()), &turn).await.unwrap());
        assert!(!verify("correct horse battery stapl".into(), Some(hash.clone()), &turn).await.unwrap());
        assert!(!verify(String::new(), Some(hash), &turn).await.unwrap());
        assert!(!verify("correct horse battery staple".into(), None, &turn).await.unwrap());
    }
}
