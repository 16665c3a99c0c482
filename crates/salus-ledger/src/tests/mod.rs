//! Tests of the format: its bytes, its proofs, and what a verifier sees of every attack in the book.

mod canonical;
mod epochs;
mod export;
mod findings;
mod merkle;
mod mutations;
mod notes;
mod purge;
mod vectors;
mod writer;

use crate::*;

pub const CLINIC: &str = "0193a5b2-7c00-7000-8000-00000000c11c";
pub const CHAIN_A: &str = "0193a5b2-7c00-7000-8000-00000000000a";
pub const CHAIN_B: &str = "0193a5b2-7c00-7000-8000-00000000000b";
/// 2026-11-22T09:00:00Z.
pub const START: i64 = 1_795_338_000_000_000;

pub fn clinic() -> ClinicId {
    CLINIC.parse().unwrap()
}

pub fn chain(text: &str) -> ChainId {
    text.parse().unwrap()
}

pub fn word(text: &str) -> Word {
    Word::new(text).unwrap()
}

/// The key of the published vectors: its seed is the byte 7, 32 times. Worthless on purpose.
pub fn key() -> SigningKey {
    SigningKey::from_seed("salus/test-clinic", &[7; 32]).unwrap()
}

pub fn keys() -> Vec<VerifyingKey> {
    vec![key().verifying_key().clone()]
}

/// The `n`th entry of a day at the clinic: reads, changes with outcomes, refusals, lists.
pub fn draft(n: u64) -> EntryDraft {
    let nurse = Actor { roles: vec![word("nurse")], ..Actor::new(ActorKind::Account, &format!("account-{}", n % 5)) };
    let mut request = [0; 16];
    request[8..].copy_from_slice(&n.to_be_bytes());
    let kind = match n % 5 {
        0 | 4 => Kind::Read,
        1 => Kind::Change,
        2 => Kind::Outcome,
        _ => Kind::Refusal,
    };
    let outcome = match kind {
        Kind::Outcome => Outcome::Done,
        Kind::Refusal => Outcome::Refused(word("not-on-care-team")),
        _ => Outcome::Allowed,
    };
    let mut draft = EntryDraft::new(kind, request, nurse, word("view-appointments"), word("treatment"), outcome);
    draft.relation = Relation::CareTeam;
    draft.about = (kind == Kind::Outcome).then(|| n - 1);
    draft.address = Some("192.0.2.7".parse().unwrap());
    if n % 5 == 4 {
        draft.patients = vec![format!("patient-{n}"), format!("patient-{}", n + 1)];
    } else {
        draft.patient = Some(format!("patient-{}", n % 7));
    }
    draft
}

/// A ledger as it lies in a database, with the notes signed on the way.
#[derive(Clone)]
pub struct Ledger {
    pub chains: Vec<Vec<StoredEntry>>,
    pub checkpoints: Vec<Checkpoint>,
    pub manifests: Vec<Manifest>,
}

pub fn stored(chain: ChainId, row: &Appended) -> StoredEntry {
    let index = Entry::from_canonical(&row.canonical).ok().map(|entry| IndexColumns::of(&entry));
    let Appended { seq, canonical, leaf, head } = row.clone();
    StoredEntry { chain, seq, canonical: Some(canonical), leaf, head, index }
}

/// The bytes of a row that has them.
pub fn bytes(row: &StoredEntry) -> &[u8] {
    row.canonical.as_deref().unwrap()
}

/// Where the published vectors lie.
pub fn vectors_dir() -> String {
    format!("{}/vectors", env!("CARGO_MANIFEST_DIR"))
}

/// When the `n`th entry of a ledger is written.
pub fn at(n: u64) -> Micros {
    Micros(START + i64::try_from(n).unwrap() * 1_000_000)
}

impl Ledger {
    /// Two chains; a checkpoint every `every` entries and at the end, and a manifest after each of these.
    pub fn new(sizes: [u64; 2], every: u64) -> Self {
        let mut writers = [CHAIN_A, CHAIN_B].map(|id| ChainWriter::new(clinic(), chain(id)));
        let mut ledger = Self { chains: vec![Vec::new(), Vec::new()], checkpoints: Vec::new(), manifests: Vec::new() };
        for n in 0..sizes[0].max(sizes[1]) {
            for (which, writer) in writers.iter_mut().enumerate().filter(|(which, _)| n < sizes[*which]) {
                let row = writer.append(draft(n), at(n)).unwrap();
                ledger.chains[which].push(stored(writer.chain(), &row));
                if (n + 1) % every == 0 || n + 1 == sizes[which] {
                    ledger.checkpoints.push(writer.checkpoint(&key(), at(n)).unwrap().checkpoint);
                }
            }
            if (n + 1) % every == 0 || n + 1 == sizes[0] || n + 1 == sizes[1] {
                let states = ledger.latest_states();
                let manifest = Manifest::new(clinic(), ledger.manifests.last(), at(n), states).unwrap();
                ledger.manifests.push(manifest);
            }
        }
        ledger
    }

    fn latest_states(&self) -> Vec<ChainState> {
        [CHAIN_A, CHAIN_B]
            .iter()
            .filter_map(|id| self.checkpoints.iter().rfind(|checkpoint| checkpoint.chain == chain(id)))
            .map(ChainState::from)
            .collect()
    }

    /// What the notes of this ledger prove when they are signed with the true key.
    pub fn evidence(&self) -> Evidence {
        let mut evidence = Evidence::new(clinic(), &keys());
        self.manifests.iter().for_each(|manifest| evidence.manifest(&manifest.sign(&key()).unwrap()));
        self.checkpoints.iter().for_each(|checkpoint| evidence.checkpoint(&checkpoint.sign(&key()).unwrap()));
        evidence
    }

    /// What was kept elsewhere: the manifests, the last one included.
    pub fn anchors(&self, evidence: &mut Evidence) {
        for manifest in &self.manifests {
            evidence.anchor_manifest(&manifest.sign(&key()).unwrap()).unwrap();
        }
    }

    pub fn verify(&self, evidence: Evidence) -> Report {
        let mut verifier = Verifier::new(evidence);
        self.chains.iter().flatten().for_each(|row| verifier.entry(row));
        verifier.finish()
    }

    pub fn export(&self) -> Vec<u8> {
        let mut out = ExportWriter::begin(Vec::new(), clinic(), &keys()).unwrap();
        self.manifests.iter().for_each(|manifest| out.manifest(&manifest.sign(&key()).unwrap()).unwrap());
        self.checkpoints.iter().for_each(|checkpoint| out.checkpoint(&checkpoint.sign(&key()).unwrap()).unwrap());
        self.chains.iter().flatten().for_each(|row| out.entry(row).unwrap());
        out.finish().unwrap()
    }
}

/// Numbers and hashes rows anew from `from` on, as an attacker would: the chain is right again, only not the same.
pub fn rehash(rows: &mut [StoredEntry], from: usize) {
    let mut head = from.checked_sub(1).map_or(Digest::ZERO, |last| rows[last].head);
    for (place, row) in rows.iter_mut().enumerate().skip(from) {
        let mut entry = Entry::from_canonical(bytes(row)).unwrap();
        entry.seq = u64::try_from(place).unwrap();
        // A clever attacker dates what is moved, too.
        entry.recorded = at(entry.seq);
        entry.draft.about = entry.draft.about.filter(|about| *about < entry.seq);
        row.seq = entry.seq;
        row.canonical = entry.canonical().ok();
        row.leaf = leaf_hash(bytes(row));
        row.head = chain_head(&head, &row.leaf);
        row.index = Some(IndexColumns::of(&entry));
        head = row.head;
    }
}

/// Numbers the column `seq` anew, without touching what is hashed.
pub fn renumber(rows: &mut [StoredEntry]) {
    rows.iter_mut().zip(0..).for_each(|(row, seq)| row.seq = seq);
}

/// A small generator, so that a failing case can be run again by its number.
pub struct Dice(pub u64);

impl Dice {
    /// A number below `n`.
    pub fn roll(&mut self, n: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(n).unwrap()).unwrap()
    }
}
