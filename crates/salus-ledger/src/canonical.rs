//! The one way an entry is written as bytes: deterministic CBOR (RFC 8949, section 4.2.1).
//!
//! A map with small integer keys in ascending order, definite lengths, shortest integers; what is absent has no key.
//! Read it beside the table in `docs/formats.md`: writing and reading below follow the same order.

use minicbor::{Decoder, Encoder, decode};

use crate::{
    entry::{Actor, ActorKind, Entry, EntryDraft, Invalid, Kind, OnBehalfOf, Outcome, Relation, Resource, RowVersion},
    hash::Digest,
    words::{Micros, Word, len64},
};

/// The longest canonical form, in bytes: a day list of thousands fits, a flood does not.
pub const MAX_CANONICAL: usize = 1 << 20;

const VERSION: u64 = 1;

/// Why bytes are not an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// A version this program does not know.
    #[error("entry version {0} is not known")]
    UnknownVersion(u64),
    /// A key that does not belong here, or not in this place.
    #[error("unexpected key {0}")]
    UnexpectedKey(u64),
    /// A key that every entry has.
    #[error("key {0} is missing")]
    MissingKey(u64),
    /// Not CBOR, or a value of the wrong type or outside its words.
    #[error("malformed: {0}")]
    Malformed(String),
    /// The right content in another spelling.
    #[error("not the canonical spelling")]
    NotCanonical,
    /// It breaks a rule that every entry keeps.
    #[error(transparent)]
    Invalid(#[from] Invalid),
}

impl From<decode::Error> for DecodeError {
    fn from(error: decode::Error) -> Self {
        Self::Malformed(error.to_string())
    }
}

impl Entry {
    /// The entry's bytes: what is hashed, stored and exported.
    pub fn canonical(&self) -> Result<Vec<u8>, Invalid> {
        self.check()?;
        let mut map = MapWriter::new();
        write_entry(&mut map, self).map_err(|_| Invalid::Encoder)?;
        let bytes = map.finish().map_err(|_| Invalid::Encoder)?;
        if bytes.len() > MAX_CANONICAL { Err(Invalid::TooLarge) } else { Ok(bytes) }
    }

    /// Reads an entry back; refuses every spelling but the canonical one.
    pub fn from_canonical(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() > MAX_CANONICAL {
            return Err(Invalid::TooLarge.into());
        }
        let entry = read_entry(&mut Decoder::new(bytes))?;
        // Invariant: one entry, one encoding. Longer integers, indefinite lengths, empty lists that should be absent,
        // trailing bytes: none of them survives being written again.
        if entry.canonical()? == bytes { Ok(entry) } else { Err(DecodeError::NotCanonical) }
    }
}

type Cbor = Encoder<Vec<u8>>;
type Written = Result<(), minicbor::encode::Error<std::convert::Infallible>>;

/// Collects the fields of a map, to know how many there are before the map's head is written.
struct MapWriter {
    body: Cbor,
    fields: u64,
}

impl MapWriter {
    fn new() -> Self {
        Self { body: Encoder::new(Vec::new()), fields: 0 }
    }

    fn put(&mut self, key: u64, value: impl FnOnce(&mut Cbor) -> Written) -> Written {
        self.fields = self.fields.saturating_add(1);
        self.body.u64(key)?;
        value(&mut self.body)
    }

    fn put_text(&mut self, key: u64, text: &str) -> Written {
        self.put(key, |c| c.str(text)?.ok())
    }

    fn put_number(&mut self, key: u64, number: u64) -> Written {
        self.put(key, |c| c.u64(number)?.ok())
    }

    fn put_bytes(&mut self, key: u64, bytes: Option<&[u8]>) -> Written {
        bytes.map_or(Ok(()), |bytes| self.put(key, |c| c.bytes(bytes)?.ok()))
    }

    fn put_list<T>(&mut self, key: u64, list: &[T], each: impl Fn(&mut Cbor, &T) -> Written) -> Written {
        if list.is_empty() {
            return Ok(());
        }
        self.put(key, |c| {
            c.array(len64(list.len()))?;
            list.iter().try_for_each(|item| each(c, item))
        })
    }

    fn put_map(&mut self, key: u64, inner: Self) -> Written {
        let inner = inner.finish()?;
        self.put(key, |c| {
            c.writer_mut().extend_from_slice(&inner);
            Ok(())
        })
    }

    fn finish(self) -> Result<Vec<u8>, minicbor::encode::Error<std::convert::Infallible>> {
        let mut head = Encoder::new(Vec::new());
        head.map(self.fields)?;
        let mut bytes = head.into_writer();
        bytes.append(&mut self.body.into_writer());
        Ok(bytes)
    }
}

fn write_entry(map: &mut MapWriter, entry: &Entry) -> Written {
    let draft = &entry.draft;
    map.put_number(0, VERSION)?;
    map.put_text(1, &entry.clinic.to_string())?;
    map.put_text(2, &entry.chain.to_string())?;
    map.put_number(3, entry.seq)?;
    map.put(4, |c| c.i64(entry.recorded.0)?.ok())?;
    map.put_number(
        5,
        Kind::ALL.iter().find(|(kind, ..)| *kind == draft.kind).map_or(0, |(_, number, _)| u64::from(*number)),
    )?;
    map.put_bytes(6, Some(&draft.request))?;
    map.put_map(7, actor_map(&draft.actor)?)?;
    map.put_text(8, draft.relation.word())?;
    draft.patient.iter().try_for_each(|id| map.put_text(9, id))?;
    map.put_list(10, &draft.patients, |c, id| c.str(id)?.ok())?;
    map.put_text(11, draft.action.as_str())?;
    if let Some(resource) = &draft.resource {
        let mut inner = MapWriter::new();
        inner.put_text(0, resource.kind.as_str())?;
        resource.id.iter().try_for_each(|id| inner.put_text(1, id))?;
        map.put_map(12, inner)?;
    }
    map.put_text(13, draft.purpose.as_str())?;
    let (outcome, reason) = match &draft.outcome {
        Outcome::Allowed => (1, None),
        Outcome::Refused(reason) => (2, Some(reason)),
        Outcome::Done => (3, None),
        Outcome::Failed => (4, None),
    };
    map.put_number(14, outcome)?;
    reason.into_iter().try_for_each(|reason| map.put_text(15, reason.as_str()))?;
    draft.address.iter().try_for_each(|address| map.put_text(16, &address.to_string()))?;
    map.put_bytes(17, draft.user_agent.as_deref())?;
    map.put_bytes(18, draft.session.as_ref().map(|session| session.as_bytes().as_slice()))?;
    draft.about.iter().try_for_each(|about| map.put_number(19, *about))?;
    map.put_list(20, &draft.rows, |c, row| {
        c.array(4)?.str(row.table.as_str())?.str(&row.id)?.u64(row.version)?.bytes(row.digest.as_bytes())?.ok()
    })?;
    map.put_bytes(21, draft.detail.as_deref())?;
    draft.count.iter().try_for_each(|count| map.put_number(22, *count))?;
    draft.cutoff.iter().try_for_each(|cutoff| map.put(23, |c| c.i64(cutoff.0)?.ok()))
}

fn actor_map(actor: &Actor) -> Result<MapWriter, minicbor::encode::Error<std::convert::Infallible>> {
    let mut map = MapWriter::new();
    map.put_number(0, ActorKind::ALL.iter().find(|(kind, _)| *kind == actor.kind).map_or(0, |(_, n)| u64::from(*n)))?;
    actor.id.iter().try_for_each(|id| map.put_text(1, id))?;
    map.put_list(2, &actor.roles, |c, role| c.str(role.as_str())?.ok())?;
    if let Some(whom) = &actor.on_behalf_of {
        let (tag, id) = match whom {
            OnBehalfOf::Account(id) => (1, id),
            OnBehalfOf::Patient(id) => (2, id),
        };
        map.put(3, |c| c.array(2)?.u64(tag)?.str(id)?.ok())?;
    }
    Ok(map)
}

type Read<T> = Result<T, DecodeError>;

/// The fields of a map, asked for in ascending order.
struct MapReader<'d, 'b> {
    cbor: &'d mut Decoder<'b>,
    left: u64,
    next: Option<u64>,
}

impl<'d, 'b> MapReader<'d, 'b> {
    fn open(cbor: &'d mut Decoder<'b>) -> Read<Self> {
        let left = cbor.map()?.ok_or(DecodeError::NotCanonical)?;
        let mut reader = Self { cbor, left, next: None };
        reader.advance()?;
        Ok(reader)
    }

    fn advance(&mut self) -> Read<()> {
        self.next = None;
        if let Some(left) = self.left.checked_sub(1) {
            self.left = left;
            self.next = Some(self.cbor.u64()?);
        }
        Ok(())
    }

    fn get<T>(&mut self, key: u64, read: impl FnOnce(&mut Decoder<'b>) -> Read<T>) -> Read<Option<T>> {
        if self.next != Some(key) {
            return Ok(None);
        }
        let value = read(self.cbor)?;
        self.advance()?;
        Ok(Some(value))
    }

    fn must<T>(&mut self, key: u64, read: impl FnOnce(&mut Decoder<'b>) -> Read<T>) -> Read<T> {
        self.get(key, read)?.ok_or(DecodeError::MissingKey(key))
    }

    fn close(self) -> Read<()> {
        self.next.map_or(Ok(()), |key| Err(DecodeError::UnexpectedKey(key)))
    }
}

fn read_entry(cbor: &mut Decoder<'_>) -> Read<Entry> {
    let mut map = MapReader::open(cbor)?;
    let version = map.must(0, number)?;
    if version != VERSION {
        return Err(DecodeError::UnknownVersion(version));
    }
    let entry = Entry {
        clinic: map.must(1, |c| c.str()?.parse().map_err(malformed))?,
        chain: map.must(2, |c| c.str()?.parse().map_err(malformed))?,
        seq: map.must(3, number)?,
        recorded: map.must(4, micros)?,
        draft: EntryDraft {
            kind: map.must(5, |c| {
                let kind = c.u8()?;
                Kind::ALL.iter().find(|(_, n, _)| *n == kind).map(|(k, ..)| *k).ok_or_else(|| malformed("kind"))
            })?,
            request: map.must(6, |c| c.bytes()?.try_into().map_err(malformed))?,
            actor: map.must(7, actor)?,
            relation: map.must(8, |c| {
                let word = c.str()?;
                Relation::ALL.iter().find(|(_, w)| *w == word).map(|(r, _)| *r).ok_or_else(|| malformed("relation"))
            })?,
            patient: map.get(9, text)?,
            patients: map.get(10, |c| list(c, text))?.unwrap_or_default(),
            action: map.must(11, word)?,
            resource: map.get(12, resource)?,
            purpose: map.must(13, word)?,
            outcome: {
                let outcome = map.must(14, number)?;
                let reason = map.get(15, word)?;
                match (outcome, reason) {
                    (1, None) => Outcome::Allowed,
                    (2, Some(reason)) => Outcome::Refused(reason),
                    (3, None) => Outcome::Done,
                    (4, None) => Outcome::Failed,
                    _ => return Err(malformed("outcome")),
                }
            },
            address: map.get(16, |c| c.str()?.parse().map_err(malformed))?,
            user_agent: map.get(17, blob)?,
            session: map.get(18, digest)?,
            about: map.get(19, number)?,
            rows: map.get(20, |c| list(c, row))?.unwrap_or_default(),
            detail: map.get(21, blob)?,
            count: map.get(22, number)?,
            cutoff: map.get(23, micros)?,
        },
    };
    map.close()?;
    Ok(entry)
}

fn actor(cbor: &mut Decoder<'_>) -> Read<Actor> {
    let mut map = MapReader::open(cbor)?;
    let actor = Actor {
        kind: map.must(0, |c| {
            let kind = c.u8()?;
            ActorKind::ALL.iter().find(|(_, n)| *n == kind).map(|(k, _)| *k).ok_or_else(|| malformed("actor"))
        })?,
        id: map.get(1, text)?,
        roles: map.get(2, |c| list(c, word))?.unwrap_or_default(),
        on_behalf_of: map.get(3, |c| {
            array(c, 2)?;
            match c.u8()? {
                1 => Ok(OnBehalfOf::Account(text(c)?)),
                2 => Ok(OnBehalfOf::Patient(text(c)?)),
                _ => Err(malformed("on behalf of")),
            }
        })?,
    };
    map.close()?;
    Ok(actor)
}

fn resource(cbor: &mut Decoder<'_>) -> Read<Resource> {
    let mut map = MapReader::open(cbor)?;
    let resource = Resource { kind: map.must(0, word)?, id: map.get(1, text)? };
    map.close()?;
    Ok(resource)
}

fn row(cbor: &mut Decoder<'_>) -> Read<RowVersion> {
    array(cbor, 4)?;
    Ok(RowVersion { table: word(cbor)?, id: text(cbor)?, version: number(cbor)?, digest: digest(cbor)? })
}

fn array(cbor: &mut Decoder<'_>, length: u64) -> Read<()> {
    if cbor.array()? == Some(length) { Ok(()) } else { Err(malformed("array length")) }
}

fn list<'b, T>(cbor: &mut Decoder<'b>, item: impl Fn(&mut Decoder<'b>) -> Read<T>) -> Read<Vec<T>> {
    let length = cbor.array()?.ok_or(DecodeError::NotCanonical)?;
    // The claimed length is not believed: a list grows only as fast as bytes are there.
    (0..length).map(|_| item(cbor)).collect::<Result<_, _>>()
}

fn number(cbor: &mut Decoder<'_>) -> Read<u64> {
    Ok(cbor.u64()?)
}

fn micros(cbor: &mut Decoder<'_>) -> Read<Micros> {
    Ok(Micros(cbor.i64()?))
}

fn text(cbor: &mut Decoder<'_>) -> Read<String> {
    Ok(String::from(cbor.str()?))
}

fn blob(cbor: &mut Decoder<'_>) -> Read<Vec<u8>> {
    Ok(cbor.bytes()?.to_vec())
}

fn word(cbor: &mut Decoder<'_>) -> Read<Word> {
    Word::new(cbor.str()?).map_err(malformed)
}

fn digest(cbor: &mut Decoder<'_>) -> Read<Digest> {
    Digest::from_slice(cbor.bytes()?).ok_or_else(|| malformed("32 bytes expected"))
}

fn malformed(why: impl ToString) -> DecodeError {
    DecodeError::Malformed(why.to_string())
}
