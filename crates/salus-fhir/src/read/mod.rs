//! Streams the resources of a file, one at a time: a Bundle, NDJSON, or a single resource.

mod bundle;
mod error;
mod input;
mod value;

use std::collections::BTreeMap;
use std::fmt;
use std::io::Read;

use serde::de::DeserializeSeed as _;
use serde_json::Value;

use crate::ResourceType;
use bundle::{Document, Job};
pub use error::{ReadError, Stopped};
use input::{Input, Progress};

/// How much is taken in at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest resource, in bytes of JSON. What is larger is refused before it is in memory.
    pub resource_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { resource_bytes: 16 * 1024 * 1024 }
    }
}

/// One resource as it stands in the file. `Debug` leaves out what may be health information.
#[derive(Clone, PartialEq)]
pub struct RawEntry {
    /// Its place in the file, from 0.
    pub index: usize,
    /// The entry's `fullUrl`; a line of NDJSON has none.
    pub full_url: Option<String>,
    /// The resource's type, known to Salus or not.
    pub type_name: String,
    /// The resource's type, if Salus reads it.
    pub kind: Option<ResourceType>,
    /// The resource.
    pub resource: Value,
    /// Where it stands, such as `Bundle.entry[12].resource`: the start of paths in messages.
    pub path: String,
    /// The line on which it begins, from 1.
    pub line: usize,
}

impl RawEntry {
    /// By what the resource is known at its source: `fullUrl`, else `Type/id`; see [`crate::identity`].
    pub fn identity(&self) -> Option<String> {
        crate::identity(self.full_url.as_deref(), &self.type_name, &self.resource)
    }
}

impl fmt::Debug for RawEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawEntry").field("type_name", &self.type_name).field("path", &self.path).finish_non_exhaustive()
    }
}

/// What kind of file it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A Bundle of type `transaction` or `collection`.
    Bundle,
    /// Resources one after another: NDJSON, or one resource alone.
    Lines,
}

/// What a file held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// What kind of file it was.
    pub shape: Shape,
    /// How many resources it held.
    pub entries: usize,
    /// How many of each type, those that Salus doesn't read included.
    pub types: BTreeMap<String, usize>,
}

impl Summary {
    /// The types that Salus doesn't read, with their counts.
    pub fn unread(&self) -> impl Iterator<Item = (&str, usize)> {
        self.types
            .iter()
            .filter(|(name, _)| ResourceType::named(name).is_none())
            .map(|(name, count)| (name.as_str(), *count))
    }
}

/// Hands every resource of a file to `on_entry`, one at a time, in memory bounded by the largest resource.
///
/// The file is plain JSON (the caller unpacks gzip). What has been handed out before an error must be thrown away: a
/// Bundle's `type` may stand behind its entries, and a file may be cut off, so that only the end says that all is well.
/// Beside the resource, 8 bytes for each `fullUrl` are kept, to refuse a Bundle that has one twice.
pub fn entries<R, F, E>(reader: R, on_entry: F) -> Result<Summary, Stopped<E>>
where
    R: Read,
    F: FnMut(RawEntry) -> Result<(), E>,
{
    entries_within(Limits::default(), reader, on_entry)
}

/// [`entries`] with other limits.
pub fn entries_within<R, F, E>(limits: Limits, reader: R, on_entry: F) -> Result<Summary, Stopped<E>>
where
    R: Read,
    F: FnMut(RawEntry) -> Result<(), E>,
{
    let progress = Progress::new(limits.resource_bytes);
    let input = Input::open(reader, &progress).map_err(Stopped::Read)?;
    let mut json = serde_json::Deserializer::from_reader(input);
    let mut job = Job::new(&progress, on_entry);
    let mut bundles = 0_usize;
    loop {
        match json.end() {
            Ok(()) => break,
            Err(error) if error.is_io() => return Err(job.stopped(&error)),
            Err(_) => {}
        }
        if bundles > 0 {
            return Err(job.refused("there is more after the end of the Bundle. Put each Bundle in a file of its own"));
        }
        let before = job.count;
        progress.begin("a Bundle or a resource, which begins with {");
        if before > 0 {
            // In NDJSON every line after the first is a resource.
            job.place();
        }
        let was_bundle = match (Document { job: &mut job }).deserialize(&mut json) {
            Ok(was_bundle) => was_bundle,
            Err(error) => return Err(job.stopped(&error)),
        };
        if was_bundle {
            bundles += 1;
            if before > 0 {
                return Err(job.refused("there is a Bundle among single resources. Put it in a file of its own"));
            }
        }
    }
    if bundles == 0 && job.count == 0 {
        return Err(job.refused("the file is empty"));
    }
    let shape = if bundles > 0 { Shape::Bundle } else { Shape::Lines };
    Ok(Summary { shape, entries: job.count, types: job.types })
}
