//! The file on its way in: bytes and lines are counted, the largest resource is watched, the first bytes are looked at.

use std::cell::{Cell, RefCell};
use std::io::{self, Read};

use super::ReadError;

/// Where reading stands. Shared by the reader below and the visitors above the JSON parser.
pub(super) struct Progress {
    largest: u64,
    bytes: Cell<u64>,
    stop_at: Cell<u64>,
    too_large: Cell<bool>,
    line: Cell<usize>,
    expected: Cell<&'static str>,
    path: RefCell<Vec<Step>>,
    pub(super) entry: Cell<Option<usize>>,
}

/// One step of the path.
pub(super) enum Step {
    Name(String),
    At(usize),
}

impl Progress {
    pub(super) const fn new(largest: u64) -> Self {
        Self {
            largest,
            bytes: Cell::new(0),
            stop_at: Cell::new(u64::MAX),
            too_large: Cell::new(false),
            line: Cell::new(1),
            expected: Cell::new(""),
            path: RefCell::new(Vec::new()),
            entry: Cell::new(None),
        }
    }

    /// Something of limited size begins, and it should be `expected`.
    pub(super) fn begin(&self, expected: &'static str) {
        self.stop_at.set(self.bytes.get().saturating_add(self.largest));
        self.expected.set(expected);
    }

    pub(super) fn line(&self) -> usize {
        self.line.get()
    }

    pub(super) const fn is_too_large(&self) -> bool {
        self.too_large.get()
    }

    pub(super) const fn expected(&self) -> &'static str {
        self.expected.get()
    }

    /// One step in. After an error the path stays where it was, which is the place to name.
    pub(super) fn enter(&self, step: Step) {
        self.path.borrow_mut().push(step);
    }

    pub(super) fn leave(&self) {
        self.path.borrow_mut().pop();
    }

    pub(super) fn forget_path(&self) {
        self.path.borrow_mut().clear();
    }

    /// The path in words. A name that is not like a FHIR element's is not shown, as it might be a value.
    pub(super) fn path(&self) -> String {
        let mut text = String::new();
        for (depth, step) in self.path.borrow().iter().enumerate() {
            if depth == 24 {
                text.push('…');
                break;
            }
            match step {
                Step::At(index) => {
                    text.push('[');
                    text.push_str(&index.to_string());
                    text.push(']');
                }
                Step::Name(name) => {
                    if !text.is_empty() {
                        text.push('.');
                    }
                    let like_fhir = name.len() <= 48
                        && name.bytes().enumerate().all(|(at, byte)| {
                            byte.is_ascii_alphabetic() || (at > 0 && byte.is_ascii_digit()) || byte == b'_'
                        });
                    text.push_str(if like_fhir && !name.is_empty() { name } else { "?" });
                }
            }
        }
        text
    }

    /// An error here and now.
    pub(super) fn error(&self, what: impl Into<String>) -> ReadError {
        ReadError { entry: self.entry.get(), path: self.path(), line: Some(self.line()), what: what.into() }
    }
}

/// A reader that counts. The JSON parser asks for one byte at a time, so giving one must be quick.
pub(super) struct Input<'p, R> {
    source: R,
    buffer: Vec<u8>,
    at: usize,
    progress: &'p Progress,
}

impl<'p, R: Read> Input<'p, R> {
    /// Looks at the first bytes: skips a UTF-8 mark, names what is no JSON at all.
    pub(super) fn open(mut reader: R, progress: &'p Progress) -> Result<Self, ReadError> {
        let mut start = Vec::with_capacity(4);
        let read = Read::by_ref(&mut reader).take(4).read_to_end(&mut start);
        let refuse =
            |what: &str| Err(ReadError { entry: None, path: String::new(), line: Some(1), what: what.to_owned() });
        if let Err(error) = read {
            return refuse(&format!("the file could not be read ({})", error.kind()));
        }
        match start.as_slice() {
            [0xEF, 0xBB, 0xBF, ..] => {
                start.drain(..3);
            }
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0, ..] | [_, 0, ..] => {
                return refuse("the text is not UTF-8 (it looks like UTF-16). Save it as UTF-8");
            }
            [0x1F, 0x8B, ..] => return refuse("the file is packed with gzip. Unpack it first"),
            [b'P', b'K', 3 | 5, ..] => return refuse("the file is a ZIP archive. Unpack it first"),
            [b'<', ..] => return refuse("this is XML or HTML. FHIR in JSON is needed"),
            _ => {}
        }
        Ok(Self { source: reader, buffer: start, at: 0, progress })
    }
}

impl<R: Read> Input<'_, R> {
    /// Takes in the next piece of the file; false at its end.
    fn refill(&mut self) -> io::Result<bool> {
        self.buffer.resize(64 * 1024, 0);
        self.at = 0;
        let count = loop {
            match self.source.read(&mut self.buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        self.buffer.truncate(*count.as_ref().unwrap_or(&0));
        count.map(|count| count > 0)
    }
}

impl<R: Read> Read for Input<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(slot) = buffer.first_mut() else {
            return Ok(0);
        };
        if self.at >= self.buffer.len() && !self.refill()? {
            return Ok(0);
        }
        let Some(byte) = self.buffer.get(self.at) else {
            return Ok(0);
        };
        *slot = *byte;
        self.at += 1;
        let progress = self.progress;
        let bytes = progress.bytes.get() + 1;
        progress.bytes.set(bytes);
        if bytes > progress.stop_at.get() {
            progress.too_large.set(true);
            return Err(io::Error::other("too large"));
        }
        if *slot == b'\n' {
            progress.line.set(progress.line.get() + 1);
        }
        Ok(1)
    }
}
