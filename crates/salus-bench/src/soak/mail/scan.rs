//! Looks for what people typed in mail, however it is written there.

use base64::{
    Engine as _,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// The shortest run of letters that is read as base64.
const SHORTEST: usize = 8;

/// What is typed and may be in no mail: a word that nobody else's name has, and a date and a phone number that are no
/// clinic's.
#[derive(Clone)]
pub struct Marks {
    word: String,
}

impl Marks {
    /// As it is typed.
    pub const BORN: &'static str = "7 23 1931";
    /// As it is typed.
    pub const PHONE: &'static str = "503 555 0147";
    /// The two of them as they could be written.
    const WRITTEN: [&'static str; 8] = [
        "1931-07-23",
        "7/23/1931",
        "07/23/1931",
        "july 23, 1931",
        "23 july 1931",
        "503 555 0147",
        "5035550147",
        "555-0147",
    ];

    /// Marks of this run.
    pub fn new() -> Self {
        Self { word: format!("kanari{:08x}", u32::from_le_bytes(salus_vault::random())) }
    }

    /// The name of somebody.
    pub fn name(&self, number: u64) -> String {
        format!("Ana{} Ruiz{number}", self.word)
    }

    /// The first mark that is in a message: as it is, in quoted-printable, in a header's encoded word, or in base64.
    pub fn in_message(&self, message: &[u8]) -> Option<&str> {
        let plain = words(message);
        let quoted = words(&unquoted(message));
        let coded = unbase64(message);
        let coded: Vec<String> = coded.iter().map(|part| words(part)).collect();
        let marks = std::iter::once(self.word.as_str()).chain(Self::WRITTEN);
        let mut found = marks.filter(|mark| {
            plain.contains(mark) || quoted.contains(mark) || coded.iter().any(|part| part.contains(mark))
        });
        found.next()
    }

    /// Messages that have marks in them, one written in each way.
    pub fn planted(&self) -> Vec<String> {
        let base64 = base64::engine::general_purpose::STANDARD;
        let (word, (first, second)) = (&self.word, self.word.split_at(9));
        let date = base64.encode("She was born on July 23, 1931.");
        let name = base64.encode(format!("Dear Ana{word},\nthere is news."));
        let (begin, end) = name.split_at(name.len() / 8 * 4);
        vec![
            format!("Subject: plain\n\nDear Ana{word},\n"),
            format!("Subject: quoted\nContent-Transfer-Encoding: quoted-printable\n\nDear Ana{first}=\n{second},\n"),
            format!("Subject: coded\nContent-Transfer-Encoding: base64\n\n{begin}\n{end}\n"),
            format!("Subject: =?utf-8?b?{date}?=\n\nHello.\n"),
            "Subject: =?utf-8?q?July_23=2C_1931?=\n\nHello.\n".to_owned(),
            "Subject: wrapped\n\nCall\n503\n555 0147.\n".to_owned(),
        ]
    }
}

/// As text in small letters, with one space between words.
fn words(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// RFC 2045, section 6.7, and RFC 2047, section 4.2, which writes a space as an underscore.
fn unquoted(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match (*first, after) {
            (b'=', [b'\r', b'\n', more @ ..] | [b'\n', more @ ..]) => rest = more,
            (b'=', [high, low, more @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                let digits = [*high, *low];
                let code = std::str::from_utf8(&digits).ok().and_then(|hex| u8::from_str_radix(hex, 16).ok());
                plain.extend(code);
                rest = more;
            }
            (b'_', _) => plain.push(b' '),
            (other, _) => plain.push(other),
        }
    }
    plain
}

/// Whatever can be read as base64, lines put together: a run of its letters from wherever it begins.
fn unbase64(bytes: &[u8]) -> Vec<Vec<u8>> {
    let lenient = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let engine = GeneralPurpose::new(&base64::alphabet::STANDARD, lenient);
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let joined: Vec<u8> = bytes.iter().filter(|byte| !matches!(byte, b'\r' | b'\n')).copied().collect();
    let mut parts = Vec::new();
    for run in [bytes, &joined].into_iter().flat_map(|text| text.split(|byte| !is_letter(byte))) {
        for from in 0..4 {
            let letters = run.get(from..).unwrap_or_default();
            // One letter more than whole groups says nothing.
            let letters = if letters.len() % 4 == 1 { letters.get(1..).unwrap_or_default() } else { letters };
            if letters.len() >= SHORTEST
                && let Ok(part) = engine.decode(letters)
            {
                parts.push(part);
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_found_however_it_is_written_and_only_where_it_is() {
        let marks = Marks::new();
        for planted in marks.planted() {
            assert!(marks.in_message(planted.as_bytes()).is_some(), "not seen: {planted}");
            assert!(marks.in_message(planted.replace('\n', "\r\n").as_bytes()).is_some(), "not seen: {planted}");
        }
        let letter = "To: person-1931@example.org\nMessage-ID: <01931072-3193-7193-8193-107230193107@clinic.example>\n\n\
                      Hello,\n\nuntil Thursday, July 23, 2026, 10:20 am. Call us: (555) 555-0100\n";
        assert_eq!(marks.in_message(letter.as_bytes()), None);
        assert!(marks.in_message(marks.name(7).as_bytes()).is_some());
    }
}
