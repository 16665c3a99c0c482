//! Passwords that were found in breaches elsewhere: a list that the clinic keeps as a file (ASVS V6.2.12; NIST SP 800-63B-4,
//! section 3.1.1.2).
//!
//! The file is as "Have I Been Pwned" hands it out: a line for each password, 40 digits of its SHA-1 in hexadecimal, a colon and how
//! often it was found, in the order of the hashes. It is some 40 GB, so it stays where it is, and a password is looked up in it by
//! halves; nothing is sent anywhere.

use std::{cmp::Ordering, fs::File, io, os::unix::fs::FileExt as _, path::Path, sync::Arc};

use anyhow::{Context as _, ensure};
use salus_vault::sha1_of_published_lists as sha1;

/// Digits of a hash.
const DIGITS: usize = 40;
/// More than two lines are long.
const WINDOW: usize = 192;

/// The list, or none.
#[derive(Debug, Clone, Default)]
pub struct Breached(Option<Arc<File>>);

impl Breached {
    /// Opens a list.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let file = File::open(path).with_context(|| path.display().to_string())?;
        let begin = line_from(&file, 0)?.map(|(_, line)| line).unwrap_or_default();
        let is_hash = begin.get(..DIGITS).is_some_and(|hash| hash.iter().all(u8::is_ascii_hexdigit));
        ensure!(
            is_hash && begin.get(DIGITS).is_none_or(|after| *after == b':'),
            "{} does not begin with a SHA-1 in hexadecimal, a colon and a number",
            path.display()
        );
        Ok(Self(Some(Arc::new(file))))
    }

    /// Whether there is a list.
    pub fn is_there(&self) -> bool {
        self.0.is_some()
    }

    /// Whether the password is on it.
    pub fn has(&self, password: &str) -> io::Result<bool> {
        let Some(file) = &self.0 else { return Ok(false) };
        let wanted = hex::encode_upper(sha1(password.as_bytes()));
        let (mut from, mut to) = (0, file.metadata()?.len());
        // The line, if there is one, begins in this range.
        while from < to {
            let middle = from + (to - from) / 2;
            let Some((at, line)) = line_from(file, middle)?.filter(|(at, _)| *at < to) else {
                to = middle;
                continue;
            };
            let hash = line.get(..DIGITS).unwrap_or(&line).to_ascii_uppercase();
            match hash.as_slice().cmp(wanted.as_bytes()) {
                Ordering::Equal => return Ok(true),
                Ordering::Less => from = at + u64::try_from(line.len()).unwrap_or(0) + 1,
                Ordering::Greater => to = middle,
            }
        }
        Ok(false)
    }
}

/// The first line that begins there or later, and where.
fn line_from(file: &File, place: u64) -> io::Result<Option<(u64, Vec<u8>)>> {
    let mut window = [0; WINDOW];
    // With the byte before, which says whether a line begins here.
    let begin = place.saturating_sub(1);
    let mut filled = 0;
    while let Some(rest) = window.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read_at(rest, begin + u64::try_from(filled).unwrap_or(0))? {
            0 => break,
            more => filled += more,
        }
    }
    let read = window.get(..filled).unwrap_or_default();
    let skipped = if place == 0 { 0 } else { read.iter().position(|byte| *byte == b'\n').map_or(filled, |at| at + 1) };
    let line: Vec<u8> = read.iter().skip(skipped).take_while(|byte| **byte != b'\n').copied().collect();
    let at = begin + u64::try_from(skipped).unwrap_or(0);
    Ok(Some((at, line)).filter(|(_, line)| !line.is_empty()))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn list(passwords: &[String], end: &str) -> (tempfile::NamedTempFile, Breached) {
        let mut lines: Vec<String> = passwords
            .iter()
            .enumerate()
            .map(|(n, word)| format!("{}:{}", hex::encode_upper(sha1(word.as_bytes())), n * n * n * 37 + 1))
            .collect();
        lines.sort();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all((lines.join(end) + end).as_bytes()).unwrap();
        let breached = Breached::open(file.path()).unwrap();
        (file, breached)
    }

    #[test]
    fn each_line_of_a_list_is_found_and_nothing_else() {
        // The hash of "password" as everybody knows it.
        assert_eq!(hex::encode_upper(sha1(b"password")), "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8");
        for (count, end) in [(1, "\r\n"), (2, "\n"), (3, "\r\n"), (500, "\r\n"), (1000, "\n")] {
            let words: Vec<String> = (0..count).map(|n| format!("a leaked password {n}")).collect();
            let (_file, breached) = list(&words, end);
            assert!(breached.is_there());
            for word in &words {
                assert!(breached.has(word).unwrap(), "{word} of {count}");
                assert!(!breached.has(&format!("{word}!")).unwrap(), "{word}! of {count}");
            }
        }
    }

    #[test]
    fn without_a_list_nothing_is_on_it_and_another_file_is_no_list() {
        assert!(!Breached::default().has("password").unwrap() && !Breached::default().is_there());
        for text in [
            "",
            "password\n",
            "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD\n",
            "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8F\n",
        ] {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(text.as_bytes()).unwrap();
            assert!(Breached::open(file.path()).is_err(), "{text}");
        }
        assert!(Breached::open(Path::new("/nowhere/at/all")).is_err());
    }
}
