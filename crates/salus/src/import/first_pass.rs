//! The first pass: is the file sound, who is in it, and what of it is stored already? Writes nothing.

use std::collections::HashMap;

use salus_db::Reader;
use salus_fhir::{
    ResourceType, check, facts, is_sensitive,
    read::{RawEntry, Summary},
};
use salus_kernel::ResourceId;
use salus_vault::IndexKey;

use super::{
    fault::{Fault, Place, Stop},
    identity::{Key, aliases, base, candidates},
    input::{Input, Source},
    known::{Before, Entry, Known},
    progress::Progress,
    public::keep_public,
    reading::Chunks,
    rows::{PURPOSE, made_number, mrn_index, npi},
    stored::{self, Held},
};
use crate::{access::SystemRun, shell::error::Error};

/// What the first pass gives to the second.
pub(super) struct First {
    pub(super) known: Known,
    pub(super) summary: Summary,
    pub(super) digest: Vec<u8>,
}

/// What is needed of a resource to know who it is.
struct Seen {
    place: Place,
    kind: ResourceType,
    identity: String,
    aliases: Vec<Key>,
    patient: Box<[Key]>,
    /// Whether a rule calls it sensitive.
    sensitive: bool,
    npi: Option<String>,
    mrn: Option<String>,
}

/// A resource, or the name of one that is not kept.
enum Item {
    Kept(Box<Seen>),
    LeftOut(Key),
}

/// Reads and checks the whole file.
pub(super) async fn read(
    run: &SystemRun,
    source: &Source,
    input: &Input,
    progress: &dyn Progress,
) -> Result<First, Stop> {
    let mut chunks = Chunks::start(input, look)?;
    let mut work = Identifying {
        run,
        source,
        tx: run.read().await?,
        indexes: run.vault().index_key(PURPOSE),
        known: Known::default(),
        npis: HashMap::new(),
        mrns: HashMap::new(),
    };
    while let Some(items) = chunks.next().await {
        work.identify(items).await?;
        progress.at(chunks.position(), input.size().saturating_mul(2));
    }
    let finished = chunks.finish().await?;
    Ok(First { known: work.known, summary: finished.summary, digest: finished.digest })
}

/// Checks one resource and takes down its names. Runs on the reading thread.
fn look(mut entry: RawEntry) -> Result<Option<Item>, Fault> {
    let identity = entry.identity();
    let Some(kind) = entry.kind else { return Ok(identity.map(|identity| Item::LeftOut(Key::of(&identity)))) };
    if let Err(problems) = check(kind, &entry.resource) {
        return Err(Fault::of_problems(&entry, &problems));
    }
    let place = Place::of(&entry);
    let Some(identity) = identity else {
        return Err(place.fault("", "needs a fullUrl or an id: without one, a second import could not find it again"));
    };
    keep_public(kind, &mut entry.resource);
    let facts = facts(kind, &entry.resource);
    let from = base(entry.full_url.as_deref());
    let patient =
        facts.patient.iter().flat_map(|reference| candidates(reference, from)).map(|name| Key::of(&name)).collect();
    Ok(Some(Item::Kept(Box::new(Seen {
        sensitive: kind.is_clinical() && is_sensitive(&entry.resource),
        aliases: aliases(kind, &entry),
        place,
        kind,
        identity,
        patient,
        npi: npi(&facts).filter(|_| kind == ResourceType::Practitioner),
        mrn: facts.mrn.into_iter().next().map(|(_, number)| number).filter(|_| kind == ResourceType::Patient),
    }))))
}

struct Identifying<'a> {
    run: &'a SystemRun,
    source: &'a Source,
    tx: Reader,
    indexes: IndexKey,
    known: Known,
    /// The practitioners of this file by NPI.
    npis: HashMap<String, ResourceId>,
    /// The patients of this file by the index of their record number.
    mrns: HashMap<Key, ResourceId>,
}

impl Identifying<'_> {
    async fn identify(&mut self, items: Vec<Item>) -> Result<(), Stop> {
        let mut kept = Vec::with_capacity(items.len());
        let mut wanted: HashMap<ResourceType, Vec<String>> = HashMap::new();
        let mut npis = Vec::new();
        let mut mrns = Vec::new();
        for item in items {
            match item {
                Item::LeftOut(key) => self.known.leave_out(key),
                Item::Kept(seen) => {
                    let index = self.indexes.of(&format!("{}|{}", self.source.name(), seen.identity)).into_string();
                    wanted.entry(seen.kind).or_default().push(index.clone());
                    npis.extend(seen.npi.clone());
                    if seen.kind == ResourceType::Patient {
                        let number = seen
                            .mrn
                            .clone()
                            .unwrap_or_else(|| made_number(self.run.vault(), self.source, &seen.identity, 0));
                        mrns.push(mrn_index(self.run.vault(), &number));
                    }
                    kept.push((seen, index));
                }
            }
        }
        let mut rows: HashMap<ResourceType, HashMap<String, Held>> = HashMap::new();
        for (kind, indexes) in wanted {
            rows.insert(kind, stored::held(&mut self.tx, kind, &indexes).await?);
        }
        let npis = stored::by_npi(&mut self.tx, &npis).await?;
        let mrns = stored::by_mrn(&mut self.tx, &mrns).await?;
        for (seen, index) in kept {
            let row = rows.get_mut(&seen.kind).and_then(|rows| rows.remove(&index));
            let (id, before) = match self.same_npi(&seen, &index, &npis) {
                Some(id) => (id, Before::SameNpi),
                None => match row {
                    Some(row) => (row.id, Before::Held(Box::new(row))),
                    None => (ResourceId::new(self.run.now(), salus_vault::random()), Before::New),
                },
            };
            if let Some(npi) = &seen.npi {
                self.npis.entry(npi.clone()).or_insert(id);
            }
            if seen.kind == ResourceType::Patient {
                self.record_number(&seen, id, &mrns).await?;
            }
            if seen.sensitive {
                self.known.sensitive(id);
            }
            let entry = Entry { kind: seen.kind, id, before, patient: seen.patient };
            if !self.known.add(Key::of(&seen.identity), &seen.aliases, entry) {
                return Err(seen.place.fault("", "another entry before this one has the same id").into());
            }
        }
        Ok(())
    }

    /// The practitioner with the same NPI, if that row belongs to another identity.
    fn same_npi(&self, seen: &Seen, index: &str, stored: &HashMap<String, (ResourceId, String)>) -> Option<ResourceId> {
        let npi = seen.npi.as_ref()?;
        match stored.get(npi) {
            Some((_, owner)) if owner == index => None,
            Some((id, _)) => Some(*id),
            None => self.npis.get(npi).copied(),
        }
    }

    /// Sees to it that no two patients have one record number.
    async fn record_number(
        &mut self,
        seen: &Seen,
        id: ResourceId,
        stored: &HashMap<String, ResourceId>,
    ) -> Result<(), Stop> {
        let vault = self.run.vault();
        if let Some(number) = &seen.mrn {
            let index = mrn_index(vault, number);
            let holder = self.mrns.insert(Key::of(&index), id).or_else(|| stored.get(&index).copied());
            return match holder {
                Some(holder) if holder != id => Err(seen
                    .place
                    .fault(
                        ".identifier",
                        "another patient has the same medical record number (an identifier of type MR)",
                    )
                    .into()),
                _ => Ok(()),
            };
        }
        // A made number of 40 bits is free nearly always; when it isn't, the next one is tried, in the same order each time.
        for attempt in 0..16 {
            let index = mrn_index(vault, &made_number(vault, self.source, &seen.identity, attempt));
            let stored = match attempt {
                0 => stored.get(&index).copied(),
                _ => stored::by_mrn(&mut self.tx, std::slice::from_ref(&index)).await?.get(&index).copied(),
            };
            let holder = self.mrns.get(&Key::of(&index)).copied().or(stored);
            if holder.is_none_or(|holder| holder == id) {
                self.mrns.insert(Key::of(&index), id);
                self.known.number(id, attempt);
                return Ok(());
            }
        }
        Err(Stop::Broken(Error::broken("no free record number")))
    }
}
