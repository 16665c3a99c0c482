//! What a witness remembers, as files: signed notes, and nothing that is not in them.
//!
//! ```text
//! <dir>/<clinic>/manifest.note             the newest that was accepted
//! <dir>/<clinic>/checkpoint-<chain>.note   likewise, for who sends checkpoints
//! <dir>/<clinic>/history/<hour>.note       the last manifest of each hour, for good
//! <dir>/<clinic>/refused/<hash>.note       the first of each line that did not fit what was accepted; they wait for a person
//! <dir>/<clinic>/epochs/<number>.note      the last before a person accepted what did not fit
//! ```

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, ensure};
use salus_ledger::{ChainId, ChainState, Checkpoint, ClinicId, Digest, Manifest, SignedNote, VerifyingKey};

use crate::files;

/// What became of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It goes on from what is known, or is known.
    Accepted,
    /// It does not: somebody went back or has another past.
    Refused(String),
    /// It is no note of a clinic whose key is here.
    Unknown(String),
}

/// A note taken apart.
enum Note {
    Manifest(Manifest),
    Checkpoint(Checkpoint),
}

impl Note {
    fn clinic(&self) -> ClinicId {
        match self {
            Self::Manifest(manifest) => manifest.clinic(),
            Self::Checkpoint(checkpoint) => checkpoint.clinic,
        }
    }

    /// Reads a note that the key of its own clinic has signed.
    fn open(note: &str, keys: &[VerifyingKey]) -> Result<Self, String> {
        let signed = SignedNote::parse(note).map_err(|error| error.to_string())?;
        let read = match Manifest::parse(signed.text()) {
            Ok(manifest) => Self::Manifest(manifest),
            Err(_) => Checkpoint::parse(signed.text()).map(Self::Checkpoint).map_err(|error| error.to_string())?,
        };
        // A clinic's key vouches for that clinic alone.
        let name = format!("salus/{}", read.clinic());
        let keys: Vec<VerifyingKey> = keys.iter().filter(|key| key.name() == name).cloned().collect();
        signed.verify(&keys).map_err(|error| error.to_string())?;
        Ok(read)
    }
}

/// The folder of a witness.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    dir: PathBuf,
}

impl Kept {
    /// Takes a folder, and makes it if need be.
    pub(super) fn open(dir: &Path) -> anyhow::Result<Self> {
        files::folder(dir)?;
        Ok(Self { dir: dir.to_owned() })
    }

    fn folder(&self, clinic: ClinicId) -> PathBuf {
        self.dir.join(clinic.to_string())
    }

    /// The clinics of which something is kept.
    pub(super) fn clinics(&self) -> anyhow::Result<Vec<ClinicId>> {
        let names = fs::read_dir(&self.dir)?.collect::<io::Result<Vec<_>>>()?;
        Ok(names.iter().filter_map(|name| name.file_name().to_str()?.parse().ok()).collect())
    }

    /// A note as it is kept.
    pub(super) fn note(&self, clinic: ClinicId, chain: Option<ChainId>) -> anyhow::Result<Option<String>> {
        let name = chain.map_or_else(|| "manifest.note".to_owned(), |chain| format!("checkpoint-{chain}.note"));
        read(&self.folder(clinic).join(name))
    }

    fn manifest(&self, clinic: ClinicId, name: &str) -> anyhow::Result<Option<Manifest>> {
        let note = read(&self.folder(clinic).join(name))?;
        // It was verified when it came.
        note.map(|note| Ok(Manifest::parse(SignedNote::parse(&note)?.text())?)).transpose()
    }

    /// The first manifest of each line that did not fit, oldest first, while they wait for a person.
    pub(super) fn refused(&self, clinic: ClinicId) -> anyhow::Result<Vec<Manifest>> {
        let folder = self.folder(clinic).join("refused");
        let mut refused = Vec::new();
        for path in notes(&folder)? {
            refused.push(Manifest::parse(SignedNote::parse(&fs::read_to_string(path)?)?.text())?);
        }
        refused.sort_by_key(Manifest::time);
        Ok(refused)
    }

    /// Keeps a manifest that did not fit, unless it goes on from one that waits already: so each line is there once, with
    /// the manifest that `salus restore` printed, and somebody who floods us with others does not hide it.
    fn keep_refused(&self, manifest: &Manifest, note: &str) -> anyhow::Result<()> {
        let waiting = self.refused(manifest.clinic())?;
        let goes_on = |from: &Manifest| from.time() <= manifest.time() && contradicts(from, manifest).is_none();
        if waiting.len() >= WAITING || waiting.iter().any(goes_on) {
            return Ok(());
        }
        let folder = self.folder(manifest.clinic()).join("refused");
        files::folder(&folder)?;
        files::replace(&refused_note(&folder, manifest.hash()), note)
    }

    /// The newest manifest that was accepted.
    pub(super) fn newest(&self, clinic: ClinicId) -> anyhow::Result<Option<Manifest>> {
        self.manifest(clinic, "manifest.note")
    }

    /// Judges a note and keeps it when it goes on from what is known: it is on the disk when this returns.
    pub(super) fn take(&self, note: &str, keys: &[VerifyingKey]) -> anyhow::Result<Verdict> {
        let read = match Note::open(note, keys) {
            Ok(read) => read,
            Err(why) => return Ok(Verdict::Unknown(why)),
        };
        let folder = self.folder(read.clinic());
        match read {
            Note::Manifest(manifest) => {
                let newest = self.newest(manifest.clinic())?;
                if let Some(why) = self.contradicts(manifest.clinic(), newest.as_ref(), &manifest)? {
                    // What is older than the newest one is only late, or a stranger's echo.
                    if newest.is_some_and(|newest| newest.time() < manifest.time()) {
                        self.keep_refused(&manifest, note)?;
                    }
                    return Ok(Verdict::Refused(why));
                }
                files::folder(&folder.join("history"))?;
                let hour: String = manifest.time().to_string().chars().take(13).collect();
                files::replace(&folder.join("history").join(format!("{hour}.note")), note)?;
                files::replace(&folder.join("manifest.note"), note)?;
            }
            Note::Checkpoint(checkpoint) => {
                let state = ChainState::from(&checkpoint);
                // An echo: of the time before a restore, it would contradict what the clinic says now.
                if let Some(newest) = self.newest(checkpoint.clinic)?.filter(|newest| checkpoint.time < newest.time()) {
                    return Ok(Verdict::Refused(format!(
                        "a checkpoint of {}, and manifest {} is of {}",
                        checkpoint.time,
                        newest.number(),
                        newest.time()
                    )));
                }
                if let Some(why) = self.known(checkpoint.clinic)?.iter().find_map(|known| goes_back(known, &state)) {
                    return Ok(Verdict::Refused(why));
                }
                files::folder(&folder)?;
                files::replace(&folder.join(format!("checkpoint-{}.note", checkpoint.chain)), note)?;
            }
        }
        Ok(Verdict::Accepted)
    }

    /// Why a manifest does not go on from what is known.
    fn contradicts(
        &self,
        clinic: ClinicId,
        newest: Option<&Manifest>,
        next: &Manifest,
    ) -> anyhow::Result<Option<String>> {
        if let Some(why) = newest.and_then(|newest| contradicts(newest, next)) {
            return Ok(Some(why));
        }
        Ok(self.known(clinic)?.iter().find_map(|known| lacks(known, next)))
    }

    /// What is known of every chain, by the manifest and by checkpoints.
    fn known(&self, clinic: ClinicId) -> anyhow::Result<Vec<ChainState>> {
        let mut known = self.newest(clinic)?.map(|manifest| manifest.chains().to_vec()).unwrap_or_default();
        for path in self.checkpoints(clinic)? {
            let note = fs::read_to_string(&path)?;
            known.push(ChainState::from(&Checkpoint::parse(SignedNote::parse(&note)?.text())?));
        }
        Ok(known)
    }

    fn checkpoints(&self, clinic: ClinicId) -> anyhow::Result<Vec<PathBuf>> {
        let named = |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| name.starts_with("checkpoint-"))
        };
        Ok(notes(&self.folder(clinic))?.into_iter().filter(named).collect())
    }

    /// A person says that the refused manifest with this hash is right: the clinic was restored from a backup. What was
    /// known before stays, aside; what else was refused is wrong, or comes again.
    pub(super) fn accept_epoch(&self, clinic: ClinicId, hash: Digest) -> anyhow::Result<()> {
        let folder = self.folder(clinic);
        let (waits, now) = (refused_note(&folder.join("refused"), hash), folder.join("manifest.note"));
        let refused = self.refused(clinic)?;
        ensure!(refused.iter().any(|refused| refused.hash() == hash), "no refused manifest has this hash");
        let aside = folder.join("epochs");
        files::folder(&aside)?;
        if let Some(before) = self.newest(clinic)? {
            let name = format!("{}-{}.note", before.number(), before.time().0);
            files::replace(&aside.join(name), &fs::read_to_string(&now)?)?;
        }
        for path in self.checkpoints(clinic)? {
            fs::remove_file(path)?;
        }
        fs::rename(&waits, &now)?;
        fs::File::open(&folder)?.sync_all()?;
        Ok(fs::remove_dir_all(folder.join("refused"))?)
    }
}

/// How many lines that did not fit wait at most.
const WAITING: usize = 100;

fn refused_note(folder: &Path, hash: Digest) -> PathBuf {
    folder.join(format!("{}.note", hex::encode(hash.as_bytes())))
}

/// The notes in a folder, which need not be there.
fn notes(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let paths = fs::read_dir(folder)?.map(|file| file.map(|file| file.path())).collect::<io::Result<Vec<_>>>()?;
    Ok(paths.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "note")).collect())
}

/// Why a manifest does not go on from another one.
fn contradicts(known: &Manifest, next: &Manifest) -> Option<String> {
    let (number, before) = (next.number(), known.number());
    if number < before {
        return Some(format!("manifest {number} comes after manifest {before}: the ledger went back"));
    }
    if number == before && next.hash() != known.hash() {
        return Some(format!("manifest {number} is another one than was accepted: two pasts"));
    }
    if number == before.saturating_add(1) && next.previous() != known.hash() {
        return Some(format!("manifest {number} does not follow the one that was accepted: two pasts"));
    }
    known.chains().iter().find_map(|known| lacks(known, next))
}

/// Why what a manifest lists does not go on from what is known of a chain.
fn lacks(known: &ChainState, next: &Manifest) -> Option<String> {
    let ChainState { chain, size, .. } = *known;
    match next.chains().iter().find(|state| state.chain == chain) {
        None => Some(format!("chain {chain} had {size} entries and is not listed any more")),
        Some(state) => goes_back(known, state),
    }
}

/// Why a chain's state does not go on from what is known of it.
fn goes_back(known: &ChainState, next: &ChainState) -> Option<String> {
    let ChainState { chain, size, .. } = *known;
    if next.chain != chain {
        return None;
    }
    if next.size < size {
        return Some(format!("chain {chain} had {size} entries and now has {}: it went back", next.size));
    }
    let same = (next.root, next.head) == (known.root, known.head);
    (next.size == size && !same).then(|| format!("chain {chain} has another root at {size} entries: two pasts"))
}

fn read(path: &Path) -> anyhow::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}
