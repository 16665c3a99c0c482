//! An export: the whole ledger as one text file that verifies with public keys alone.
//!
//! One JSON object per line: a header, manifests by number, checkpoints, entries chain by chain, and an end line that
//! counts them. What vouches comes first, so that a reader needs to remember no entries.

use std::io::{self, BufRead, Read, Write};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use crate::{
    hash::Digest,
    keys::VerifyingKey,
    verify::{Evidence, Fault, Finding, IndexColumns, Report, StoredEntry, Verifier},
    words::{ChainId, ClinicId, Micros},
};

const FORMAT: &str = "salus-ledger-export-v1";
/// The longest line: the longest entry in base64, and the rest of the line.
const MAX_LINE: u64 = 1 << 21;

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
enum Line {
    Header { format: String, clinic: String, vkeys: Vec<String> },
    Manifest { note: String },
    Checkpoint { note: String },
    Entry { chain: String, seq: u64, canonical: String, leaf: String, head: String },
    Purged { chain: String, seq: u64, recorded: i64, leaf: String, head: String },
    End { manifests: u64, checkpoints: u64, entries: u64 },
}

/// Why a file is not an export, or could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A line is not what it should be there.
    #[error("line {line}: {what}")]
    Line {
        /// Which line, from 1.
        line: u64,
        /// What is wrong with it.
        what: String,
    },
}

/// Which part of the file comes next; there is no way back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Manifests,
    Checkpoints,
    Entries,
}

/// Writes an export line by line, as the database hands out rows.
#[derive(Debug)]
pub struct ExportWriter<W> {
    out: W,
    part: Part,
    manifests: u64,
    checkpoints: u64,
    entries: u64,
}

impl<W: Write> ExportWriter<W> {
    /// Begins with the header. The keys are a convenience: no verifier may trust them because they are in the file.
    pub fn begin(out: W, clinic: ClinicId, keys: &[VerifyingKey]) -> Result<Self, ExportError> {
        let mut writer = Self { out, part: Part::Manifests, manifests: 0, checkpoints: 0, entries: 0 };
        let vkeys = keys.iter().map(ToString::to_string).collect();
        writer.line(&Line::Header { format: String::from(FORMAT), clinic: clinic.to_string(), vkeys })?;
        Ok(writer)
    }

    /// Adds a manifest, by number.
    pub fn manifest(&mut self, note: &str) -> Result<(), ExportError> {
        self.enter(Part::Manifests)?;
        self.manifests = self.manifests.saturating_add(1);
        self.line(&Line::Manifest { note: String::from(note) })
    }

    /// Adds a checkpoint, in any order, after all manifests.
    pub fn checkpoint(&mut self, note: &str) -> Result<(), ExportError> {
        self.enter(Part::Checkpoints)?;
        self.checkpoints = self.checkpoints.saturating_add(1);
        self.line(&Line::Checkpoint { note: String::from(note) })
    }

    /// Adds a row as it is stored, right or wrong; chain by chain, ascending by `seq`, after all checkpoints.
    ///
    /// Of a purged row go its hashes and the column `recorded`; without that column, the end of time.
    pub fn entry(&mut self, row: &StoredEntry) -> Result<(), ExportError> {
        self.enter(Part::Entries)?;
        self.entries = self.entries.saturating_add(1);
        let (chain, seq) = (row.chain.to_string(), row.seq);
        let (leaf, head) = (row.leaf.to_base64(), row.head.to_base64());
        self.line(&match &row.canonical {
            Some(bytes) => Line::Entry { chain, seq, canonical: STANDARD.encode(bytes), leaf, head },
            None => Line::Purged { chain, seq, recorded: row.column_recorded().0, leaf, head },
        })
    }

    /// Ends with the counts; a file without them was cut off.
    pub fn finish(mut self) -> Result<W, ExportError> {
        let (manifests, checkpoints, entries) = (self.manifests, self.checkpoints, self.entries);
        self.line(&Line::End { manifests, checkpoints, entries })?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn enter(&mut self, part: Part) -> Result<(), ExportError> {
        if part < self.part {
            return Err(io::Error::other("an export has manifests first, then checkpoints, then entries").into());
        }
        self.part = part;
        Ok(())
    }

    fn line(&mut self, line: &Line) -> Result<(), ExportError> {
        serde_json::to_writer(&mut self.out, line).map_err(io::Error::from)?;
        Ok(self.out.write_all(b"\n")?)
    }
}

/// Verifies an export with the keys that the reader trusts, and nothing else.
///
/// The keys in the file are not used: with none trusted, the report says [`crate::Signatures::NotChecked`].
/// `prepare` may add anchors and set the clock's tolerance before the file's own evidence is read.
pub fn verify_export(
    mut reader: impl BufRead,
    trusted: &[VerifyingKey],
    prepare: impl FnOnce(&mut Evidence),
) -> Result<Report, ExportError> {
    let mut number = 0;
    let Some(Line::Header { format, clinic, .. }) = read_line(&mut reader, &mut number)? else {
        return Err(wrong(number, "an export begins with its header"));
    };
    if format != FORMAT {
        return Err(wrong(number, "another format than this program knows"));
    }
    let clinic = clinic.parse().map_err(|error| wrong(number, error))?;
    let mut evidence = Evidence::new(clinic, trusted);
    prepare(&mut evidence);

    let (mut manifests, mut checkpoints, mut entries) = (0_u64, 0_u64, 0_u64);
    let mut part = Part::Manifests;
    let mut line = read_line(&mut reader, &mut number)?;
    loop {
        let (note, next, count) = match &line {
            Some(Line::Manifest { note }) => (note, Part::Manifests, &mut manifests),
            Some(Line::Checkpoint { note }) => (note, Part::Checkpoints, &mut checkpoints),
            _ => break,
        };
        if next < part {
            return Err(wrong(number, "a manifest after the checkpoints"));
        }
        part = next;
        *count = count.saturating_add(1);
        if next == Part::Manifests {
            evidence.manifest(note)
        } else {
            evidence.checkpoint(note)
        }
        line = read_line(&mut reader, &mut number)?;
    }

    let mut verifier = Verifier::new(evidence);
    while let Some(row) = line.as_ref().and_then(stored) {
        entries = entries.saturating_add(1);
        verifier.entry(&row.map_err(|what| wrong(number, what))?);
        line = read_line(&mut reader, &mut number)?;
    }

    let mut report = verifier.finish();
    match line {
        Some(Line::End { manifests: m, checkpoints: c, entries: e }) => {
            if read_line(&mut reader, &mut number)?.is_some() {
                return Err(wrong(number, "something after the end"));
            }
            if (m, c, e) != (manifests, checkpoints, entries) {
                cut_off(&mut report, format!("the end counts {m} manifests, {c} checkpoints and {e} entries"));
            }
        }
        None => cut_off(&mut report, String::from("the file has no end line")),
        Some(_) => return Err(wrong(number, "manifests, checkpoints and entries come in this order")),
    }
    Ok(report)
}

fn cut_off(report: &mut Report, why: String) {
    let finding = Finding { fault: Fault::Truncated, chain: None, seq: None, since: None, until: None, why };
    report.findings.push(finding);
}

/// The row of a line, when the line is a row; or which member is wrong.
fn stored(line: &Line) -> Option<Result<StoredEntry, &'static str>> {
    let row = |chain: &String, seq: u64, leaf: &String, head: &String| {
        Ok(StoredEntry {
            chain: chain.parse::<ChainId>().map_err(|_| "chain")?,
            seq,
            canonical: None,
            leaf: Digest::from_base64(leaf).ok_or("leaf")?,
            head: Digest::from_base64(head).ok_or("head")?,
            index: None,
        })
    };
    Some(match line {
        Line::Entry { chain, seq, canonical, leaf, head } => row(chain, *seq, leaf, head).and_then(|row| {
            let bytes = STANDARD.decode(canonical).map_err(|_| "canonical")?;
            Ok(StoredEntry { canonical: Some(bytes), ..row })
        }),
        // Of a purged row no other column is looked at.
        Line::Purged { chain, seq, recorded, leaf, head } => row(chain, *seq, leaf, head).map(|row| {
            let index = IndexColumns { recorded: Micros(*recorded), ..IndexColumns::default() };
            StoredEntry { index: Some(index), ..row }
        }),
        _ => return None,
    })
}

/// Reads one line; `None` at the end of the file.
fn read_line(reader: &mut impl BufRead, number: &mut u64) -> Result<Option<Line>, ExportError> {
    let mut bytes = Vec::new();
    reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut bytes)?;
    if bytes.is_empty() {
        return Ok(None);
    }
    *number = number.saturating_add(1);
    if bytes.pop() != Some(b'\n') {
        // Half a line is the end of a file that was cut off, or a line without end.
        return if reader.fill_buf()?.is_empty() { Ok(None) } else { Err(wrong(*number, "the line is too long")) };
    }
    serde_json::from_slice(&bytes).map(Some).map_err(|error| wrong(*number, error))
}

fn wrong(line: u64, what: impl ToString) -> ExportError {
    ExportError::Line { line, what: what.to_string() }
}
