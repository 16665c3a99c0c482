//! Where resources come from: a configured source, and a file that can be read twice.

use std::{
    fmt,
    fs::File,
    io::{self, BufReader, Cursor, Read},
    path::Path,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use aws_lc_rs::digest::{Context, SHA256};
use flate2::read::MultiGzDecoder;

/// The system that a file comes from. Part of every identity: two systems may both have a `Patient/1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source(String);

/// The name can't be a source's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a source's name has 1 to 32 of the characters a-z, 0-9 and -")]
pub struct NotASource;

impl Source {
    /// The configured name.
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl Default for Source {
    fn default() -> Self {
        Self("import".to_owned())
    }
}

impl FromStr for Source {
    type Err = NotASource;
    fn from_str(name: &str) -> Result<Self, NotASource> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if (1..=32).contains(&name.len()) && name.bytes().all(plain) {
            Ok(Self(name.to_owned()))
        } else {
            Err(NotASource)
        }
    }
}

type Open = Arc<dyn Fn() -> io::Result<Box<dyn Read + Send>> + Send + Sync>;

/// A file that can be read from its start as often as needed.
#[derive(Clone)]
pub struct Input {
    name: String,
    size: u64,
    open: Open,
}

impl fmt::Debug for Input {
    /// Without the name: files are often named after patients.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input").field("size", &self.size).finish_non_exhaustive()
    }
}

impl Input {
    /// A file on disk.
    pub fn file(path: &Path) -> io::Result<Self> {
        let found = std::fs::metadata(path)?;
        if !found.is_file() {
            return Err(io::Error::from(if found.is_dir() {
                io::ErrorKind::IsADirectory
            } else {
                io::ErrorKind::InvalidInput
            }));
        }
        let (name, path) = (path.display().to_string(), path.to_owned());
        Ok(Self::new(name, found.len(), move || Ok(Box::new(File::open(&path)?))))
    }

    /// Anything else; `open` gives the same bytes each time.
    pub fn new(
        name: impl Into<String>,
        size: u64,
        open: impl Fn() -> io::Result<Box<dyn Read + Send>> + Send + Sync + 'static,
    ) -> Self {
        Self { name: name.into(), size, open: Arc::new(open) }
    }

    /// As the operator named it.
    pub fn name(&self) -> &str {
        &self.name
    }
    /// In bytes, packed if it is packed.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Its content, unpacked.
    pub fn open(&self) -> io::Result<impl Read + use<>> {
        self.read().map(|(reader, _)| reader)
    }

    /// Opens it, unpacks it if it begins like gzip, and counts.
    pub(super) fn read(&self) -> io::Result<(Unpacked, Arc<AtomicU64>)> {
        let mut raw = Counted { inner: (self.open)()?, count: Arc::new(AtomicU64::new(0)) };
        let packed = Arc::clone(&raw.count);
        let mut start = Vec::with_capacity(2);
        raw.by_ref().take(2).read_to_end(&mut start)?;
        let gzip = start == [0x1F, 0x8B];
        let whole = BufReader::with_capacity(64 * 1024, Cursor::new(start).chain(raw));
        let inner: Box<dyn Read + Send> = if gzip { Box::new(MultiGzDecoder::new(whole)) } else { Box::new(whole) };
        Ok((Unpacked { inner, count: Arc::new(AtomicU64::new(0)), digest: Context::new(&SHA256) }, packed))
    }
}

struct Counted {
    inner: Box<dyn Read + Send>,
    count: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.count.fetch_add(u64::try_from(count).unwrap_or(0), Ordering::Relaxed);
        Ok(count)
    }
}

/// A file's unpacked bytes, on their way counted and digested: both passes must see the same.
pub(super) struct Unpacked {
    inner: Box<dyn Read + Send>,
    count: Arc<AtomicU64>,
    digest: Context,
}

impl Unpacked {
    /// How much has come through so far.
    pub(super) fn count(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.count)
    }
    /// The digest of what has come through.
    pub(super) fn digest(self) -> Vec<u8> {
        self.digest.finish().as_ref().to_vec()
    }
}

impl Read for Unpacked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.digest.update(buffer.get(..count).unwrap_or_default());
        self.count.fetch_add(u64::try_from(count).unwrap_or(0), Ordering::Relaxed);
        Ok(count)
    }
}

#[cfg(test)]
#[expect(clippy::as_conversions, reason = "numbers in tests are small")]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn packed_and_plain_are_the_same() {
        let text = b"{\"resourceType\":\"Patient\"}\n".repeat(100);
        let mut packed = Vec::new();
        // Two members, as `cat a.gz b.gz` makes them.
        for half in text.chunks(text.len() / 2) {
            let mut pack = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            pack.write_all(half).unwrap();
            packed.extend(pack.finish().unwrap());
        }
        let read = |bytes: &[u8]| {
            let bytes = bytes.to_vec();
            let input = Input::new("x", 0, move || Ok(Box::new(Cursor::new(bytes.clone()))));
            let (mut reader, raw) = input.read().unwrap();
            let mut out = Vec::new();
            reader.read_to_end(&mut out).unwrap();
            (out, reader.count().load(Ordering::Relaxed), raw.load(Ordering::Relaxed), reader.digest())
        };
        let (plain, unpacked) = (read(&text), read(&packed));
        assert_eq!((&plain.0, &unpacked.0), (&text, &text));
        assert_eq!((plain.1, plain.2, unpacked.1, unpacked.2), (2700, 2700, 2700, packed.len() as u64));
        assert_eq!(plain.3, unpacked.3);
    }

    #[test]
    fn a_source_has_a_plain_name() {
        assert_eq!("north-2".parse::<Source>().unwrap().name(), "north-2");
        for bad in ["", "North", "a|b", "a b", "é", &"x".repeat(33)] {
            assert!(bad.parse::<Source>().is_err(), "{bad}");
        }
    }
}
