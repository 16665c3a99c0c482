//! The second pass: references are pointed at local ids, and what is new or changed is sealed and written.

use std::collections::{BTreeMap, HashMap, HashSet};

use salus_fhir::{Facts, ResourceType, facts, read::RawEntry, references};
use salus_kernel::{PatientId, ResourceId, Subject};
use salus_vault::{DataKey, IndexKey};

use super::{
    canonical::canonical,
    counts::Counts,
    fault::{Fault, Place, Stop},
    first_pass::First,
    identity::{Key, base, candidates},
    input::{Input, Source},
    known::{Before, Entry, Known},
    progress::Progress,
    public::keep_public,
    reading::Chunks,
    rows::{self, Common, PURPOSE, Prepared},
    stored::{self, Held},
};
use crate::{
    access::{
        RowWritten, RunChange, SystemRun,
        labels::{self, Made, Naming},
    },
    shell::dates,
};

/// More data keys than this are not kept at hand.
const KEYS: usize = 1000;

/// Which resources a round writes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Round {
    All,
    Patients,
    AllButPatients,
}

/// Writes the whole file into an open transaction.
pub(super) async fn write(
    run: &SystemRun,
    source: &Source,
    input: &Input,
    progress: &dyn Progress,
    first: &First,
    change: &mut RunChange<'_>,
) -> Result<Counts, Stop> {
    let zone = stored::clinic_zone(&mut change.tx).await?;
    let mut writing = Writing {
        run,
        source,
        known: &first.known,
        entry: change.entry(),
        change,
        indexes: run.vault().index_key(PURPOSE),
        outside: HashMap::new(),
        identifiers: HashMap::new(),
        keys: HashMap::new(),
        readable: HashSet::new(),
        zone,
        counts: Counts::default(),
        named: BTreeMap::new(),
    };
    // A row of a record needs its patient's row: where the file has patients late, they have a round of their own.
    let rounds: &[Round] =
        if first.known.patients_come_late() { &[Round::Patients, Round::AllButPatients] } else { &[Round::All] };
    for (before, round) in (1..).zip(rounds) {
        let done = input.size().saturating_mul(before);
        let of = input.size().saturating_mul(u64::try_from(rounds.len() + 1).unwrap_or(1));
        let round = *round;
        let mut chunks = Chunks::start(input, move |entry| {
            let wanted = match (entry.kind, round) {
                (None, _) => false,
                (Some(_), Round::All) => true,
                (Some(kind), round) => (kind == ResourceType::Patient) == (round == Round::Patients),
            };
            Ok(wanted.then_some(entry))
        })?;
        while let Some(entries) = chunks.next().await {
            Box::pin(writing.chunk(entries)).await?;
            progress.at(done.saturating_add(chunks.position()), of);
        }
        if chunks.finish().await?.digest != first.digest {
            return Err(changed().into());
        }
    }
    writing.keep_private().await?;
    let mut counts = writing.counts;
    counts.unread =
        first.summary.unread().map(|(name, count)| (name.to_owned(), u64::try_from(count).unwrap_or(0))).collect();
    Ok(counts)
}

fn changed() -> Fault {
    Fault::of_file("the file changed while it was being read")
}

/// Where a reference leads.
#[derive(Clone, Copy)]
struct Found {
    kind: ResourceType,
    id: ResourceId,
    /// Whose record it is in, if it is in one.
    patient: Option<PatientId>,
}

struct Writing<'a, 'b> {
    run: &'a SystemRun,
    source: &'a Source,
    known: &'a Known,
    entry: String,
    change: &'a mut RunChange<'b>,
    indexes: IndexKey,
    /// What references to things outside the file lead to: looked up once.
    outside: HashMap<Key, Option<Found>>,
    /// People and places by their identifiers, type by type, read when a conditional reference asks.
    identifiers: HashMap<ResourceType, HashMap<Key, Option<ResourceId>>>,
    keys: HashMap<PatientId, DataKey>,
    /// Whose records are known not to be erased.
    readable: HashSet<PatientId>,
    zone: String,
    counts: Counts,
    /// What each entry names, record by record: what is kept private takes along whatever names it.
    named: BTreeMap<PatientId, Naming>,
}

impl Writing<'_, '_> {
    async fn chunk(&mut self, entries: Vec<RawEntry>) -> Result<(), Stop> {
        self.look_outside(&entries).await?;
        let mut prepared = Vec::with_capacity(entries.len());
        for entry in entries {
            prepared.extend(self.prepare(entry).await?);
        }
        prepared.sort_by_key(Prepared::order);
        for rows in prepared.chunk_by(|one, next| one.order() == next.order()) {
            self.store(rows).await?;
        }
        Ok(())
    }

    /// Looks up what the file refers to and does not hold.
    async fn look_outside(&mut self, entries: &[RawEntry]) -> Result<(), Stop> {
        let mut wanted: HashMap<ResourceType, Vec<(Key, String)>> = HashMap::new();
        let mut asked = HashSet::new();
        for entry in entries {
            let from = base(entry.full_url.as_deref());
            for reference in references::all(&entry.resource) {
                let names = candidates(reference, from);
                if names
                    .iter()
                    .map(|name| Key::of(name))
                    .any(|key| self.known.named(key).is_some() || self.known.is_left_out(key))
                {
                    continue;
                }
                for name in names {
                    let key = Key::of(&name);
                    if self.outside.contains_key(&key) || !asked.insert(key) {
                        continue;
                    }
                    if let Some((type_name, _)) = name.split_once('?') {
                        let found = self.by_identifier(type_name, key).await?;
                        self.outside.insert(key, found);
                        continue;
                    }
                    self.outside.insert(key, None);
                    let kinds = match references::Target::parse(&name).and_then(|target| target.type_name()) {
                        Some(type_name) => ResourceType::named(type_name).into_iter().collect(),
                        // A URN does not say what it names.
                        None => ResourceType::ALL.to_vec(),
                    };
                    let index = self.indexes.of(&format!("{}|{name}", self.source.name())).into_string();
                    for kind in kinds {
                        wanted.entry(kind).or_default().push((key, index.clone()));
                    }
                }
            }
        }
        for (kind, names) in wanted {
            let indexes: Vec<String> = names.iter().map(|(_, index)| index.clone()).collect();
            let rows = stored::held(&mut self.change.tx, kind, &indexes).await?;
            for (key, index) in names {
                if let Some(row) = rows.get(&index) {
                    self.outside.insert(key, Some(Found { kind, id: row.id, patient: row.patient }));
                }
            }
        }
        Ok(())
    }

    /// Whom or what a conditional reference names, among people and places. Never a patient: whose record something
    /// goes into is not left to a number that other sources may use as well.
    async fn by_identifier(&mut self, type_name: &str, key: Key) -> Result<Option<Found>, Stop> {
        use ResourceType as T;
        let Some(kind) = ResourceType::named(type_name).filter(|kind| !kind.is_clinical() && *kind != T::Patient)
        else {
            return Ok(None);
        };
        if !self.identifiers.contains_key(&kind) {
            let all = stored::by_identifier(&mut self.change.tx, kind).await?;
            self.identifiers.insert(kind, all);
        }
        let id = self.identifiers.get(&kind).and_then(|all| all.get(&key).copied().flatten());
        Ok(id.map(|id| Found { kind, id, patient: None }))
    }

    /// Where a reference leads: in the file, else outside.
    fn resolve(&self, reference: &str, from: Option<&str>) -> Option<Found> {
        let keys: Vec<Key> = candidates(reference, from).iter().map(|name| Key::of(name)).collect();
        if let Some(entry) = keys.iter().find_map(|key| self.known.named(*key)) {
            return Some(Found { kind: entry.kind, id: entry.id, patient: self.patient_of(entry) });
        }
        keys.iter().find_map(|key| self.outside.get(key).copied().flatten())
    }

    /// Whose record an entry of the file goes into, as far as its one reference tells.
    fn patient_of(&self, entry: &Entry) -> Option<PatientId> {
        if entry.kind == ResourceType::Patient {
            return Some(patient_id(entry.id));
        }
        if let Some(patient) = entry.patient.iter().find_map(|key| self.known.named(*key)) {
            return (patient.kind == ResourceType::Patient).then(|| patient_id(patient.id));
        }
        let outside = entry.patient.iter().find_map(|key| self.outside.get(key).copied().flatten());
        outside.filter(|found| found.kind == ResourceType::Patient)?.patient
    }

    /// The patient into whose record a resource goes.
    fn patient(
        &self,
        kind: ResourceType,
        facts: &Facts,
        from: Option<&str>,
        place: &Place,
    ) -> Result<PatientId, Fault> {
        use ResourceType as T;
        let field = match kind {
            T::AllergyIntolerance | T::Immunization | T::Device => "patient",
            T::Coverage => "beneficiary",
            T::Provenance => "target",
            _ => "subject",
        };
        let found = match &facts.patient {
            Some(reference) => {
                self.resolve(reference, from).filter(|found| found.kind == T::Patient).and_then(|found| found.patient)
            }
            None => {
                let targets: Vec<Found> =
                    facts.targets.iter().filter_map(|target| self.resolve(target, from)).collect();
                let named = targets.iter().find(|found| found.kind == T::Patient).and_then(|found| found.patient);
                named.or_else(|| targets.iter().find_map(|found| found.patient))
            }
        };
        found.ok_or_else(|| {
            place.fault(
                &format!(".{field}"),
                "should lead to a patient who is in this file or was imported before from the same source",
            )
        })
    }

    /// The row of one resource, if it is new or has changed.
    async fn prepare(&mut self, entry: RawEntry) -> Result<Option<Prepared>, Stop> {
        let place = Place::of(&entry);
        let identity = entry.identity().ok_or_else(changed)?;
        let known = self.known;
        let (Some(kind), Some(seen)) = (entry.kind, known.entry(Key::of(&identity))) else {
            return Err(changed().into());
        };
        if seen.kind != kind {
            return Err(changed().into());
        }
        let RawEntry { full_url, mut resource, .. } = entry;
        let from = base(full_url.as_deref());
        keep_public(kind, &mut resource);
        let facts = facts(kind, &resource);
        let patient = match kind {
            ResourceType::Patient => Some(patient_id(seen.id)),
            kind if kind.is_clinical() => Some(self.patient(kind, &facts, from, &place)?),
            _ => None,
        };
        if let Some(patient) = patient {
            self.not_erased(patient, &place).await?;
        }
        let encounter = facts.encounter.as_deref().and_then(|reference| self.resolve(reference, from));
        let encounter = encounter
            .filter(|found| found.kind == ResourceType::Encounter && found.patient == patient)
            .map(|found| found.id);
        let (mut unresolved, mut names) = (0, Vec::new());
        references::rewrite(&mut resource, |reference| match self.resolve(reference, from) {
            Some(found) => {
                names.push(found.id);
                Some(format!("{}/{}", found.kind, found.id))
            }
            None => {
                unresolved += 1;
                None
            }
        });
        self.counts.unresolved += unresolved;
        if let Some(patient) = patient.filter(|_| kind.is_clinical()) {
            self.named.entry(patient).or_default().add(seen.id, names, labels::parts(&resource));
        }
        let text = canonical(&resource)?;
        let digest = self.run.vault().digest(PURPOSE, &text);
        let held: Option<&Held> = match &seen.before {
            Before::New => None,
            Before::Held(row) => Some(row),
            Before::SameNpi => {
                self.counts.types.entry(kind).or_default().same += 1;
                return Ok(None);
            }
        };
        if held.is_some_and(|row| row.patient != patient) {
            return Err(place.fault("", "is in another patient's record already").into());
        }
        let tally = self.counts.types.entry(kind).or_default();
        match held {
            None => tally.new += 1,
            Some(row) if row.digest == digest => {
                tally.same += 1;
                return Ok(None);
            }
            Some(_) => tally.changed += 1,
        }
        let common = Common {
            id: seen.id,
            index: self.indexes.of(&format!("{}|{identity}", self.source.name())).into_string(),
            digest,
            version: held.map_or(1, |row| row.version + 1),
            created: held.map_or(self.run.now(), |row| row.created),
            now: self.run.now(),
            text: &text,
        };
        let version = common.version;
        let columns = match patient {
            None => {
                let zone = match (kind, rows::zone(&resource), held) {
                    (ResourceType::Location, Some(zone), _) => Some(zone),
                    // Somebody at the clinic may have set it since.
                    (ResourceType::Location, None, Some(row)) => {
                        Some(stored::location_zone(&mut self.change.tx, row.id).await?)
                    }
                    (ResourceType::Location, None, None) => Some(self.zone.clone()),
                    _ => None,
                };
                rows::shared(kind, common, &resource, &facts, zone)
            }
            Some(patient) => {
                self.key_of(patient).await?;
                let Some(key) = self.keys.get(&patient) else { return Err(changed().into()) };
                if kind == ResourceType::Patient {
                    let vault = self.run.vault();
                    let number = match facts.mrn.first() {
                        Some((_, number)) => number.clone(),
                        None => rows::made_number(vault, self.source, &identity, known.numbered(seen.id)),
                    };
                    rows::chart(common, key, &resource, &number, rows::mrn_index(vault, &number), &self.entry)
                } else {
                    rows::record(kind, common, key, patient, &facts, encounter, &self.entry)
                }
            }
        };
        Ok(Some(Prepared { patient, kind, id: seen.id, version, columns }))
    }

    /// Keeps private what a rule calls sensitive, what names it, and what names anything that is kept in the record already.
    async fn keep_private(&mut self) -> Result<(), Stop> {
        for (patient, naming) in std::mem::take(&mut self.named) {
            self.change.look_at(patient).await?;
            let kept = self.change.kept_private(patient).await?;
            let sensitive = naming.entries().filter(|id| self.known.is_sensitive(*id));
            let made = naming.taken_along(sensitive.map(Made::by_rule).chain(kept).collect());
            if !made.is_empty() {
                self.counts.private += self.change.keep_private(patient, &made, self.run.now()).await?;
            }
        }
        Ok(())
    }

    /// Refuses what would go into a record that was erased: to take it in again would undo the erasure unasked.
    async fn not_erased(&mut self, patient: PatientId, place: &Place) -> Result<(), Stop> {
        if !self.keys.contains_key(&patient)
            && self.readable.insert(patient)
            && let Some(at) = self.change.erased_at(Subject::Patient(patient)).await?
        {
            let day = dates::on(at, &dates::zone(&self.zone));
            let what = format!("belongs to a record that was erased here on {day}; it is not taken in again");
            return Err(place.fault("", what).into());
        }
        Ok(())
    }

    /// Has the patient's key at hand; a new patient gets one.
    async fn key_of(&mut self, patient: PatientId) -> Result<(), Stop> {
        if !self.keys.contains_key(&patient) {
            if self.keys.len() >= KEYS {
                self.keys.clear();
            }
            let key = self.change.key_for(Subject::Patient(patient)).await?;
            self.keys.insert(patient, key);
        }
        Ok(())
    }

    /// Writes rows of one patient and one table that are all new, or all changed.
    async fn store(&mut self, prepared: &[Prepared]) -> Result<(), Stop> {
        let Some(first) = prepared.first() else { return Ok(()) };
        if let Some(patient) = first.patient {
            self.change.look_at(patient).await?;
        }
        let row = |row: &Prepared| (stored::table(row.kind), row.id.to_string());
        let rows: Vec<RowWritten<'_>> = prepared
            .iter()
            .map(|prepared| {
                let (table, id) = row(prepared);
                RowWritten { table, id, version: prepared.version, columns: &prepared.columns }
            })
            .collect();
        if first.version == 1 {
            self.change.insert_all(first.patient, &rows).await?;
        } else {
            for row in &rows {
                self.change.update(first.patient, stored::id_column(first.kind), row).await?;
            }
        }
        Ok(())
    }
}

fn patient_id(id: ResourceId) -> PatientId {
    PatientId::from_uuid(id.uuid())
}
