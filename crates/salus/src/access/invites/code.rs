//! What the holder of an invite shows: letters on a slip, or the end of a link.

use axum::{extract::FromRequestParts, http::request::Parts};
use salus_vault::Vault;
use uuid::Uuid;

use super::super::{App, chart::path_id};
use crate::shell::error::Error;

/// The letters of a slip's code: Crockford's base 32, without I, L, O and U.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What an invite's holder shows.
pub struct Code(String);

impl Code {
    /// 256 random bits, for a link.
    pub fn for_link() -> Self {
        use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
        Self(BASE64_URL_SAFE_NO_PAD.encode(salus_vault::random::<32>()))
    }
    /// 60 random bits in twelve letters, for a slip.
    pub fn for_slip() -> Self {
        let letters = salus_vault::random::<12>()
            .map(|byte| char::from(LETTERS.get(usize::from(byte % 32)).copied().unwrap_or(b'0')));
        Self(letters.iter().collect())
    }
    /// 256 bits for a link in a mail: nobody can say them without the clinic's key, and they are the same each time.
    pub(in crate::access) fn for_mail(vault: &Vault, purpose: &str, row: Uuid) -> Self {
        use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
        Self(BASE64_URL_SAFE_NO_PAD.encode(vault.digest(purpose, row.to_string().as_bytes())))
    }
    /// A link's code, as it stood in the link.
    pub fn of_link(text: &str) -> Self {
        Self(text.to_owned())
    }
    /// A slip's code, as somebody typed it: spaces and hyphens don't count, and what looks alike is alike.
    pub fn of_slip(typed: &str) -> Self {
        let letter = |c: char| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        };
        Self(typed.chars().filter(char::is_ascii_alphanumeric).map(letter).collect())
    }
    /// As it stands in a link.
    pub fn text(&self) -> &str {
        &self.0
    }
    /// As it stands on a slip: three groups of four.
    pub fn in_groups(&self) -> String {
        let groups: Vec<&str> = [0..4, 4..8, 8..12].into_iter().filter_map(|part| self.0.get(part)).collect();
        groups.join("-")
    }
}

/// The code of a link stands in its path.
impl FromRequestParts<App> for Code {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        path_id(parts, app, "code").await.map(|text| Self::of_link(&text)).ok_or(Error::NotFound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_forgives_how_it_is_typed() {
        for _ in 0..200 {
            let code = Code::for_slip();
            let shown = code.in_groups();
            assert_eq!(shown.len(), 14);
            assert!(!shown.contains(['I', 'L', 'O', 'U']));
            assert_eq!(Code::of_slip(&shown).text(), code.text());
            assert_eq!(Code::of_slip(&format!(" {} ", shown.to_lowercase().replace('-', " "))).text(), code.text());
            assert_eq!(Code::of_slip(&shown.replace('0', "o").replace('1', "l")).text(), code.text());
        }
    }

    #[test]
    fn codes_are_long_enough() {
        assert!(Code::for_slip().text().len() * 5 >= 50, "IDN-09: at least 50 bits");
        assert_eq!(Code::for_link().text().len(), 43);
        let many: std::collections::BTreeSet<String> = (0..500).map(|_| Code::for_slip().0).collect();
        assert_eq!(many.len(), 500);
    }
}
