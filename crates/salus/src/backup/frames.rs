//! What is inside an archive: frames, each with a letter, its length and its body.

use std::io::{self, Read, Write};

use anyhow::{Context as _, bail, ensure};
use salus_db::Value;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The first bytes inside.
pub(super) const FORMAT: &str = "salus-backup-v1\n";
/// Rows are put into a frame until it has so many bytes.
const FULL: usize = 256 * 1024;
/// The longest body that is read: one very large row.
const LONGEST: u32 = 256 * 1024 * 1024;

/// What a frame holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Letter {
    /// A [`Header`]: the first one.
    Header,
    /// A [`File`] of the data folder.
    File,
    /// A [`StoreBegins`]: its tables follow.
    Store,
    /// A [`TableBegins`]: its rows follow.
    Table,
    /// Rows, each value with its kind.
    Rows,
    /// A [`StoreEnds`].
    End,
    /// A [`Contents`]: the last one. An archive without it was cut off.
    Contents,
}

impl Letter {
    const ALL: [(Self, u8); 7] = [
        (Self::Header, b'H'),
        (Self::File, b'F'),
        (Self::Store, b'S'),
        (Self::Table, b'T'),
        (Self::Rows, b'R'),
        (Self::End, b'E'),
        (Self::Contents, b'C'),
    ];
}

/// What the archive is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    /// The archive's id.
    pub id: String,
    /// Whose clinic.
    pub clinic: String,
    /// The moment before the main database was copied, in microseconds.
    pub made_at: i64,
    /// `sqlite` or `postgres`.
    pub engine: String,
    /// The program's version.
    pub program: String,
}

/// A small file of the data folder.
#[derive(Serialize, Deserialize, zeroize::ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// Its name: one of [`super::FILES`].
    pub name: String,
    /// What it says.
    pub text: String,
}

/// A database begins.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoreBegins {
    /// `main` or `ledger`.
    pub store: String,
    /// The migrations that its schema comes from.
    pub migrations: Vec<String>,
}

/// A table begins.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TableBegins {
    /// As in SQL.
    pub table: String,
    /// In the order of the values that follow.
    pub columns: Vec<String>,
}

/// What a table was when it was copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TableSum {
    /// `main` or `ledger`.
    pub store: String,
    /// As in SQL.
    pub table: String,
    /// How many rows.
    pub rows: u64,
    /// See [`Sum`], in hexadecimal digits.
    pub digest: String,
}

/// A database ends.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoreEnds {
    /// What each table was.
    pub tables: Vec<TableSum>,
}

/// What is in the archive, said once more at its end.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Contents {
    /// As at the beginning.
    pub header: Header,
    /// Of both databases.
    pub tables: Vec<TableSum>,
    /// The ledger's newest manifest in it, as a signed note; none while nothing was signed.
    pub manifest: Option<String>,
}

/// How many rows, and all of their SHA-256 XORed: the same in any order, and on either engine. It finds accidents;
/// against people there are the seals, the ledger and the row digests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sum {
    /// How many.
    pub rows: u64,
    digest: [u8; 32],
}

impl Sum {
    pub(super) fn add(&mut self, row: &[Value]) {
        let mut bytes = Vec::new();
        put_row(&mut bytes, row);
        self.rows += 1;
        for (sum, byte) in self.digest.iter_mut().zip(salus_vault::sha256(&bytes)) {
            *sum ^= byte;
        }
    }
    pub(super) fn of_table(&self, store: &str, table: &str) -> TableSum {
        TableSum { store: store.into(), table: table.into(), rows: self.rows, digest: hex::encode(self.digest) }
    }
}

/// Writes frames.
pub(super) struct FrameWriter<W> {
    out: W,
    rows: Vec<u8>,
}

impl<W: Write> FrameWriter<W> {
    pub(super) fn begin(mut out: W) -> io::Result<Self> {
        out.write_all(FORMAT.as_bytes())?;
        Ok(Self { out, rows: Vec::new() })
    }
    pub(super) fn json(&mut self, letter: Letter, body: &impl Serialize) -> anyhow::Result<Vec<u8>> {
        self.full_rows()?;
        let body = serde_json::to_vec(body)?;
        self.frame(letter, &body)?;
        Ok(body)
    }
    pub(super) fn row(&mut self, row: &[Value]) -> anyhow::Result<()> {
        put_row(&mut self.rows, row);
        if self.rows.len() >= FULL { self.full_rows() } else { Ok(()) }
    }
    pub(super) fn end(mut self) -> anyhow::Result<W> {
        self.full_rows()?;
        Ok(self.out)
    }
    fn full_rows(&mut self) -> anyhow::Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let rows = std::mem::take(&mut self.rows);
        self.frame(Letter::Rows, &rows)
    }
    fn frame(&mut self, letter: Letter, body: &[u8]) -> anyhow::Result<()> {
        let byte = Letter::ALL.iter().find(|(known, _)| *known == letter).map_or(0, |(_, byte)| *byte);
        let length = u32::try_from(body.len()).ok().filter(|length| *length <= LONGEST);
        let length = length.context("a row that is too large for a backup")?;
        self.out.write_all(&[byte])?;
        self.out.write_all(&length.to_be_bytes())?;
        Ok(self.out.write_all(body)?)
    }
}

/// A frame that was read.
pub(super) struct Frame {
    pub(super) letter: Letter,
    pub(super) body: zeroize::Zeroizing<Vec<u8>>,
}

impl Frame {
    pub(super) fn json<T: DeserializeOwned>(&self) -> anyhow::Result<T> {
        serde_json::from_slice(&self.body).context("the archive holds something that this program does not know")
    }
    /// The rows of a table with so many columns.
    pub(super) fn rows(&self, columns: usize) -> anyhow::Result<Vec<Vec<Value>>> {
        let mut rest = self.body.as_slice();
        let mut rows = Vec::new();
        while !rest.is_empty() {
            let row = (0..columns).map(|_| take_value(&mut rest)).collect::<Option<Vec<_>>>();
            rows.push(row.filter(|row| !row.is_empty()).context("a row in the archive is not whole")?);
        }
        Ok(rows)
    }
}

/// Reads frames.
pub(super) struct FrameReader<R>(R);

impl<R: Read> FrameReader<R> {
    pub(super) fn begin(mut from: R) -> anyhow::Result<Self> {
        let mut format = [0; FORMAT.len()];
        from.read_exact(&mut format).context("the archive is empty or cut off")?;
        ensure!(format == *FORMAT.as_bytes(), "this is no backup of a version that this program knows");
        Ok(Self(from))
    }
    /// The next frame; none at the end.
    pub(super) fn next(&mut self) -> anyhow::Result<Option<Frame>> {
        let mut head = [0; 1];
        if self.0.read(&mut head).context("the archive can't be read, or was altered")? == 0 {
            return Ok(None);
        }
        let [byte] = head;
        let Some((letter, _)) = Letter::ALL.iter().find(|(_, known)| *known == byte) else {
            bail!("the archive holds something that this program does not know")
        };
        let mut length = [0; 4];
        self.0.read_exact(&mut length).context("the archive is cut off")?;
        let length = u32::from_be_bytes(length);
        ensure!(length <= LONGEST, "the archive holds a row that is too large");
        let mut body = zeroize::Zeroizing::new(Vec::new());
        let read = self.0.by_ref().take(length.into()).read_to_end(&mut body).context("the archive is cut off")?;
        ensure!(u32::try_from(read).is_ok_and(|read| read == length), "the archive is cut off");
        Ok(Some(Frame { letter: *letter, body }))
    }
}

/// A value: its kind in a byte, then a text or bytes with their length in 4, a number in 8, yes or no in 1.
fn put_row(out: &mut Vec<u8>, row: &[Value]) {
    let mut long = |kind: u8, bytes: &[u8]| {
        out.push(kind);
        out.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        out.extend_from_slice(bytes);
    };
    for value in row {
        match value {
            Value::Text(Some(text)) => long(b't', text.as_bytes()),
            Value::Bytes(Some(bytes)) => long(b'b', bytes),
            Value::Int(Some(number)) => long(b'i', &number.to_be_bytes()),
            Value::Bool(Some(yes)) => long(b'y', &[u8::from(*yes)]),
            // Of its column's kind, so that it can be put in again.
            Value::Text(None) => long(b'T', &[]),
            Value::Bytes(None) => long(b'B', &[]),
            Value::Int(None) => long(b'I', &[]),
            Value::Bool(None) => long(b'Y', &[]),
        }
    }
}

fn take_value(rest: &mut &[u8]) -> Option<Value> {
    let (kind, after) = rest.split_first()?;
    let (length, after) = after.split_first_chunk::<4>()?;
    let (bytes, after) = after.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    *rest = after;
    Some(match kind {
        b't' => Value::Text(Some(String::from_utf8(bytes.to_vec()).ok()?)),
        b'b' => Value::Bytes(Some(bytes.to_vec())),
        b'i' => Value::Int(Some(i64::from_be_bytes(bytes.try_into().ok()?))),
        b'y' => Value::Bool(Some(bytes == [1])),
        b'T' => Value::Text(None),
        b'B' => Value::Bytes(None),
        b'I' => Value::Int(None),
        b'Y' => Value::Bool(None),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_comes_out_as_it_went_in() {
        let row = vec![
            Value::Text(Some("Ana".into())),
            Value::Text(Some(String::new())),
            Value::Text(None),
            Value::Int(Some(i64::MIN)),
            Value::Int(None),
            Value::Bool(Some(true)),
            Value::Bool(Some(false)),
            Value::Bool(None),
            Value::Bytes(Some(vec![0, 255])),
            Value::Bytes(None),
        ];
        let mut out = FrameWriter::begin(Vec::new()).unwrap();
        out.row(&row).unwrap();
        out.row(&row).unwrap();
        let bytes = out.end().unwrap();
        let mut frames = FrameReader::begin(bytes.as_slice()).unwrap();
        let frame = frames.next().unwrap().unwrap();
        assert_eq!(frame.letter, Letter::Rows);
        assert!(frame.rows(row.len()).unwrap() == [row.clone(), row.clone()]);
        assert!(frame.rows(row.len() - 1).is_err() || frame.rows(row.len() - 1).unwrap().len() != 2);
        assert!(frames.next().unwrap().is_none());
        for cut in 1..bytes.len() {
            let read = |bytes: &[u8]| {
                let mut frames = FrameReader::begin(bytes)?;
                frames.next()
            };
            let cut = &bytes[..cut];
            assert!(read(cut).map_or(true, |frame| frame.is_none()), "{} bytes", cut.len());
        }
    }

    #[test]
    fn a_sum_does_not_ask_for_an_order() {
        let (one, two) = (vec![Value::Int(Some(1))], vec![Value::Int(Some(2))]);
        let sum = |rows: [&Vec<Value>; 2]| {
            let mut sum = Sum::default();
            rows.into_iter().for_each(|row| sum.add(row));
            sum
        };
        assert_eq!(sum([&one, &two]), sum([&two, &one]));
        assert_ne!(sum([&one, &two]), sum([&one, &vec![Value::Int(Some(3))]]));
        assert_ne!(sum([&one, &vec![Value::Text(None)]]), sum([&one, &vec![Value::Int(None)]]));
    }
}
