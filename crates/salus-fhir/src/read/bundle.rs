//! The shape of a file: a Bundle with its entries, or a resource that stands alone.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::error::in_words;
use super::input::{Progress, Step};
use super::value::{TWICE, field};
use super::{RawEntry, ReadError, Stopped};
use crate::ResourceType;
use crate::references::is_type_name;

/// The types a Bundle may have in R4, of which the first two are taken.
const BUNDLE_TYPES: [&str; 9] = [
    "transaction",
    "collection",
    "batch",
    "searchset",
    "history",
    "document",
    "message",
    "transaction-response",
    "batch-response",
];

/// What goes on while one file is read.
pub(super) struct Job<'p, F, E> {
    progress: &'p Progress,
    on_entry: F,
    failure: Option<Stopped<E>>,
    urls: HashSet<u64>,
    hasher: RandomState,
    pub(super) count: usize,
    pub(super) types: BTreeMap<String, usize>,
}

impl<'p, F, E> Job<'p, F, E>
where
    F: FnMut(RawEntry) -> Result<(), E>,
{
    pub(super) fn new(progress: &'p Progress, on_entry: F) -> Self {
        Self {
            progress,
            on_entry,
            failure: None,
            urls: HashSet::new(),
            hasher: RandomState::new(),
            count: 0,
            types: BTreeMap::new(),
        }
    }

    /// Why the JSON reader gave up.
    pub(super) fn stopped(&mut self, error: &serde_json::Error) -> Stopped<E> {
        if let Some(failure) = self.failure.take() {
            return failure;
        }
        if self.progress.is_too_large() {
            return Stopped::Read(self.progress.error("this resource is too large"));
        }
        if error.is_data() && error.to_string().starts_with(TWICE) {
            return Stopped::Read(self.progress.error("this name comes twice in the same object"));
        }
        Stopped::Read(self.progress.error(in_words(error, self.progress.expected())))
    }

    /// The file is at fault, outside of any entry.
    pub(super) fn refused(&self, what: &str) -> Stopped<E> {
        self.progress.forget_path();
        self.progress.entry.set(None);
        Stopped::Read(self.progress.error(what))
    }

    /// The path of a resource that stands alone.
    pub(super) fn place(&self) {
        self.progress.forget_path();
        self.progress.enter(Step::Name("resource".to_owned()));
        self.progress.enter(Step::At(self.count));
        self.progress.entry.set(Some(self.count));
    }

    fn fail<X: serde::de::Error>(&mut self, what: impl Into<String>) -> X {
        let error: ReadError = self.progress.error(what);
        self.failure = Some(Stopped::Read(error));
        X::custom("stopped")
    }

    /// Hands out one resource; the path stands at it.
    fn hand_out<X: serde::de::Error>(
        &mut self,
        full_url: Option<String>,
        resource: Value,
        line: usize,
    ) -> Result<(), X> {
        let Some(fields) = resource.as_object() else {
            return Err(self.fail("a resource should be an object, which begins with {"));
        };
        let type_name = match fields.get("resourceType") {
            None => return Err(self.fail("the resource has no resourceType")),
            Some(Value::String(name)) if is_type_name(name) => name.clone(),
            Some(_) => {
                return Err(self.fail("resourceType should be the name of a FHIR type, such as Patient"));
            }
        };
        let entry = RawEntry {
            index: self.count,
            full_url,
            kind: ResourceType::named(&type_name),
            path: self.progress.path(),
            line,
            resource,
            type_name: type_name.clone(),
        };
        self.count += 1;
        *self.types.entry(type_name).or_default() += 1;
        (self.on_entry)(entry).map_err(|error| {
            self.failure = Some(Stopped::Caller(error));
            X::custom("stopped")
        })
    }

    fn url_is_new(&mut self, url: &str) -> bool {
        self.urls.insert(self.hasher.hash_one(url))
    }
}

/// One value at the top of the file; gives true for a Bundle.
pub(super) struct Document<'j, 'p, F, E> {
    pub(super) job: &'j mut Job<'p, F, E>,
}

impl<'de, F, E> DeserializeSeed<'de> for Document<'_, '_, F, E>
where
    F: FnMut(RawEntry) -> Result<(), E>,
{
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, F, E> Visitor<'de> for Document<'_, '_, F, E>
where
    F: FnMut(RawEntry) -> Result<(), E>,
{
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let progress = self.job.progress;
        let line = progress.line();
        let before = self.job.count;
        let mut fields = Map::new();
        let mut entries_seen = false;
        let mut without_resource = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            let type_name = fields.get("resourceType").and_then(Value::as_str);
            // A List has `entry` too, so the name alone doesn't tell.
            if name == "entry" && type_name.is_none_or(|name| name == "Bundle") {
                progress.enter(Step::Name("Bundle".to_owned()));
                if let Some(kind) = fields.get("type") {
                    check_type(self.job, Some(kind))?;
                }
                progress.enter(Step::Name(name));
                if entries_seen {
                    return Err(A::Error::custom(TWICE));
                }
                entries_seen = true;
                progress.begin("a list of entries, which begins with [");
                without_resource = map.next_value_seed(Entries { job: self.job, is_bundle: type_name.is_some() })?;
                progress.leave();
                progress.leave();
                progress.entry.set(None);
                progress.begin("");
            } else {
                let value = field(progress, &mut map, &fields, &name)?;
                fields.insert(name, value);
            }
        }
        if fields.get("resourceType").and_then(Value::as_str) == Some("Bundle") {
            progress.enter(Step::Name("Bundle".to_owned()));
            check_type(self.job, fields.get("type"))?;
            if !without_resource.is_empty() {
                progress.enter(Step::Name("entry".to_owned()));
                return Err(self.job.fail(NO_RESOURCE));
            }
            progress.forget_path();
            return Ok(true);
        }
        if entries_seen {
            if self.job.count > before {
                return Err(self.job.fail("there are entries, but resourceType is not Bundle"));
            }
            fields.insert("entry".to_owned(), Value::Array(without_resource));
        }
        self.job.place();
        self.job.hand_out(None, Value::Object(fields), line)?;
        progress.forget_path();
        progress.entry.set(None);
        Ok(false)
    }
}

const NO_RESOURCE: &str = "an entry has no resource";

fn check_type<F, E, X: serde::de::Error>(job: &mut Job<'_, F, E>, kind: Option<&Value>) -> Result<(), X>
where
    F: FnMut(RawEntry) -> Result<(), E>,
{
    match kind.and_then(Value::as_str) {
        Some("transaction" | "collection") => Ok(()),
        Some(other) => match BUNDLE_TYPES.into_iter().find(|known| *known == other) {
            Some(known) => {
                Err(job.fail(format!("a Bundle of type {known} can't be taken in, only transaction or collection")))
            }
            None => Err(job.fail("the Bundle's type should be transaction or collection")),
        },
        None => Err(job.fail("the Bundle has no type. It should be transaction or collection")),
    }
}

/// The `entry` list; gives the entries that had no resource while it wasn't yet known whether this is a Bundle.
struct Entries<'j, 'p, F, E> {
    job: &'j mut Job<'p, F, E>,
    is_bundle: bool,
}

impl<'de, F, E> DeserializeSeed<'de> for Entries<'_, '_, F, E>
where
    F: FnMut(RawEntry) -> Result<(), E>,
{
    type Value = Vec<Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<Value>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, F, E> Visitor<'de> for Entries<'_, '_, F, E>
where
    F: FnMut(RawEntry) -> Result<(), E>,
{
    type Value = Vec<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<Value>, A::Error> {
        let progress = self.job.progress;
        let mut kept = Vec::new();
        loop {
            // Kept entries are all of a List, which is one resource: the limit goes on.
            if kept.is_empty() {
                progress.begin("an entry, which begins with {");
            }
            progress.entry.set(Some(self.job.count + kept.len()));
            progress.enter(Step::At(self.job.count + kept.len()));
            let Some(entry) = seq.next_element_seed(Entry { job: self.job, is_bundle: self.is_bundle })? else {
                progress.leave();
                return Ok(kept);
            };
            if let Some(entry) = entry {
                if self.job.count > 0 {
                    return Err(self.job.fail(NO_RESOURCE));
                }
                kept.push(entry);
            } else if !kept.is_empty() {
                return Err(self.job.fail("an entry before this one has no resource"));
            }
            progress.leave();
        }
    }
}

/// One entry; gives it back when it has no resource and this may be a List.
struct Entry<'j, 'p, F, E> {
    job: &'j mut Job<'p, F, E>,
    is_bundle: bool,
}

impl<'de, F, E> DeserializeSeed<'de> for Entry<'_, '_, F, E>
where
    F: FnMut(RawEntry) -> Result<(), E>,
{
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Value>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, F, E> Visitor<'de> for Entry<'_, '_, F, E>
where
    F: FnMut(RawEntry) -> Result<(), E>,
{
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Option<Value>, A::Error> {
        let Self { job, is_bundle } = self;
        let progress = job.progress;
        let mut line = progress.line();
        let mut fields = collect(progress, map, &mut line)?;
        let Some(resource) = fields.remove("resource") else {
            if is_bundle {
                return Err(job.fail(NO_RESOURCE));
            }
            return Ok(Some(Value::Object(fields)));
        };
        match fields.get("request").map(|request| request.get("method").and_then(Value::as_str)) {
            None | Some(Some("POST" | "PUT")) => {}
            Some(_) => {
                progress.enter(Step::Name("request".to_owned()));
                return Err(job.fail("request.method should be POST or PUT"));
            }
        }
        let full_url = match fields.remove("fullUrl") {
            None | Some(Value::Null) => None,
            Some(Value::String(url)) if !url.trim().is_empty() => Some(url),
            Some(_) => {
                progress.enter(Step::Name("fullUrl".to_owned()));
                return Err(job.fail("fullUrl should be a text"));
            }
        };
        if let Some(url) = &full_url
            && !job.url_is_new(url)
        {
            progress.enter(Step::Name("fullUrl".to_owned()));
            return Err(job.fail("another entry has the same fullUrl"));
        }
        progress.enter(Step::Name("resource".to_owned()));
        job.hand_out(full_url, resource, line)?;
        progress.leave();
        Ok(None)
    }
}

/// The fields of an entry, and the line where its resource begins.
fn collect<'de, A: MapAccess<'de>>(
    progress: &Progress,
    mut map: A,
    line: &mut usize,
) -> Result<Map<String, Value>, A::Error> {
    let mut fields = Map::new();
    while let Some(name) = map.next_key::<String>()? {
        if name == "resource" {
            *line = progress.line();
        }
        let value = field(progress, &mut map, &fields, &name)?;
        fields.insert(name, value);
    }
    Ok(fields)
}
