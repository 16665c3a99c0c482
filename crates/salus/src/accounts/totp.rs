//! Time-based codes (RFC 6238): six digits, thirty seconds, one step of grace, each code once.

use base64::Engine as _;
use salus_kernel::Instant;
use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

use crate::shell::{error::Error, qr};

/// Seconds in a step.
const STEP: u64 = 30;

/// What phone and clinic both know: 160 random bits.
pub struct TotpSecret(Zeroizing<Vec<u8>>);

impl TotpSecret {
    /// A new one (RFC 4226 asks for 160 bits).
    pub fn fresh() -> Self {
        Self(Zeroizing::new(salus_vault::random::<20>().to_vec()))
    }
    /// From the opened column.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }
    /// From the text that people type into an app; none when it is not base32.
    pub fn from_base32(text: &str) -> Option<Self> {
        Secret::try_from_base32(text.replace(' ', "")).ok().map(|secret| Self::from_bytes(secret.as_bytes().to_vec()))
    }
    /// For the sealed column.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
    /// For typing into an app: base32, in groups of four.
    pub fn text(&self) -> String {
        let text = self.base32();
        let groups: Vec<String> =
            text.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
        groups.join(" ")
    }
    /// Base32 without spaces (RFC 4648, without padding).
    pub fn base32(&self) -> String {
        Secret::from(self.0.to_vec()).to_base32()
    }
    /// The address that apps read from the picture.
    fn address(&self, issuer: &str, account: &str) -> String {
        let issuer = escaped(issuer);
        format!(
            "otpauth://totp/{issuer}:{}?secret={}&issuer={issuer}&algorithm=SHA1&digits=6&period={STEP}",
            escaped(account),
            self.base32()
        )
    }
    /// The picture, as SVG without styles, so that the strict content policy holds.
    pub fn picture(&self, issuer: &str, account: &str) -> Result<String, Error> {
        qr::svg(&self.address(issuer, account))
    }
    fn totp(&self) -> Totp {
        Builder::new()
            .with_secret(Secret::from(self.0.to_vec()))
            .with_skew(1)
            .with_step_duration(STEP)
            .build_noncompliant()
    }
    /// The code at a moment; the demo prints it.
    pub fn code(&self, now: Instant) -> String {
        self.totp().generate(seconds(now)).to_string()
    }
    /// The step whose code this is, if it is one of the three steps around now.
    pub fn step_of(&self, code: &str, now: Instant) -> Option<i64> {
        let digits = digits(code)?;
        let step = seconds(now) / STEP;
        [step.saturating_sub(1), step, step + 1]
            .into_iter()
            .find(|step| salus_vault::same(self.totp().generate(step * STEP).to_string().as_bytes(), digits.as_bytes()))
            .and_then(|step| i64::try_from(step).ok())
    }
}

/// Whether somebody typed what apps show: six digits.
pub fn looks_like_a_code(typed: &str) -> bool {
    digits(typed).is_some()
}

fn digits(typed: &str) -> Option<String> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    Some(digits).filter(|digits| digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

fn seconds(now: Instant) -> u64 {
    u64::try_from(now.seconds()).unwrap_or(0)
}

fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

/// Ten codes of 80 bits for the day the phone is gone, in groups that can be read aloud.
pub fn recovery_codes() -> Vec<String> {
    (0..10)
        .map(|_| {
            let text = Secret::from(salus_vault::random::<10>().to_vec()).to_base32().to_lowercase();
            let groups: Vec<String> =
                text.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
            groups.join("-")
        })
        .collect()
}

/// How many codes a sheet has: for a visit to the portal every week, it lasts most of a year.
pub const ON_A_SHEET: u32 = 40;

/// The codes of a sheet for those who have no phone: ten digits each, which every keyboard has and everybody can read aloud. `draw` gives
/// random bytes for each number.
pub fn sheet(draw: impl Fn(u32) -> [u8; 32]) -> Vec<String> {
    const CODES: u64 = 10_000_000_000;
    let code = |number: u32| {
        let [a, b, c, d, e, f, g, h, ..] = draw(number);
        let digits = format!("{:010}", u64::from_le_bytes([a, b, c, d, e, f, g, h]) % CODES);
        let (first, rest) = digits.split_at(3);
        let (second, third) = rest.split_at(3);
        format!("{first} {second} {third}")
    };
    (1..=ON_A_SHEET).map(code).collect()
}

/// A recovery code as it is hashed: what people type differs in case, spaces and hyphens, and 0 and 1 stand for o and l.
pub fn normal_recovery_code(typed: &str) -> String {
    typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| match c.to_ascii_lowercase() {
            '0' => 'o',
            '1' => 'l',
            '8' => 'b',
            c => c,
        })
        .collect()
}

/// A random password for the demo's accounts: 120 bits in letters and digits.
pub fn demo_password() -> String {
    base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(salus_vault::random::<15>())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, SHA-1, cut to six digits.
    #[test]
    fn the_standard_s_own_examples_hold() {
        let secret = TotpSecret::from_bytes(b"12345678901234567890".to_vec());
        for (at, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
        {
            let now = Instant::from_micros(at * 1_000_000);
            assert_eq!(secret.code(now), code);
            assert_eq!(secret.step_of(code, now), Some(at / 30));
            assert_eq!(secret.step_of(&format!(" {} {} ", &code[..3], &code[3..]), now), Some(at / 30));
            assert_eq!(secret.step_of(code, now.plus(30_000_000)), Some(at / 30), "one step of grace");
            assert_eq!(secret.step_of(code, now.plus(90_000_000)), None);
        }
        assert_eq!(secret.step_of("28708", Instant::from_micros(59_000_000)), None);
        assert_eq!(secret.step_of("２８７０８２", Instant::from_micros(59_000_000)), None);
    }

    #[test]
    fn the_picture_carries_issuer_account_and_secret() {
        let secret = TotpSecret::from_bytes(b"12345678901234567890".to_vec());
        assert_eq!(
            secret.address("Riverside Clinic", "maya@example.org"),
            "otpauth://totp/Riverside%20Clinic:maya%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Riverside%20Clinic&algorithm=SHA1&digits=6&period=30"
        );
        let picture = secret.picture("Riverside Clinic", "maya@example.org").unwrap();
        assert!(picture.starts_with("<svg") && !picture.contains("style"));
    }

    /// ASVS V6.5.4: at least 20 bits each.
    #[test]
    fn codes_of_a_sheet_are_ten_digits_and_differ() {
        let codes = sheet(|_| salus_vault::random());
        assert_eq!(codes.len(), 40);
        assert_eq!(codes.iter().collect::<std::collections::BTreeSet<_>>().len(), 40);
        for code in &codes {
            assert_eq!(code.len(), 12, "{code}");
            assert!(
                code.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ') && !looks_like_a_code(code),
                "{code}"
            );
            assert_eq!(normal_recovery_code(code), normal_recovery_code(&code.replace(' ', "-")));
        }
        let low = sheet(|number| [u8::try_from(number).unwrap(); 32]);
        assert_eq!(low, sheet(|number| [u8::try_from(number).unwrap(); 32]), "the same bytes are the same sheet");
    }

    #[test]
    fn recovery_codes_differ_and_forgive_how_they_are_typed() {
        let codes = recovery_codes();
        assert_eq!(codes.len(), 10);
        assert_eq!(codes.iter().collect::<std::collections::BTreeSet<_>>().len(), 10);
        for code in &codes {
            assert_eq!(code.len(), 19);
            let kept = normal_recovery_code(code);
            assert_eq!(normal_recovery_code(&code.to_uppercase().replace('-', " ")), kept);
            assert_eq!(normal_recovery_code(&code.replace('o', "0").replace('l', "1")), kept);
        }
    }
}
