//! The archive as a file: encrypted with age as it is written, and under its name only when it is whole.

use std::{
    fs,
    io::{self, BufReader, BufWriter, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use age::{
    DecryptError, Decryptor, Encryptor,
    stream::{StreamReader, StreamWriter},
    x25519::{Identity, Recipient},
};
use anyhow::{Context as _, bail, ensure};

use super::frames::{FrameReader, FrameWriter};
use crate::files;

/// What is written into.
pub(super) type Out = FrameWriter<StreamWriter<BufWriter<fs::File>>>;
/// What is read from.
pub(super) type In = FrameReader<StreamReader<BufReader<fs::File>>>;

/// An archive that is being written, beside the name that it will have.
pub(super) struct Writing {
    /// Where frames go.
    pub(super) out: Out,
    part: PathBuf,
    target: PathBuf,
}

impl Writing {
    /// Begins under a name of its own, readable by its owner alone. A file that is there already is not touched.
    pub(super) fn begin(target: &Path, recipients: &[Recipient]) -> anyhow::Result<Self> {
        refuse_existing(target)?;
        let name = target.file_name().context("a backup needs the name of a file")?.to_string_lossy();
        let part = target.with_file_name(format!(".{name}.{}.part", hex::encode(salus_vault::random::<4>())));
        let file = files::create(&part)?;
        let recipients = recipients.iter().map(|recipient| {
            let recipient: &dyn age::Recipient = recipient;
            recipient
        });
        let out = Encryptor::with_recipients(recipients)
            .context("the recovery keys")
            .and_then(|encryptor| Ok(encryptor.wrap_output(BufWriter::with_capacity(1 << 20, file))?))
            .and_then(|stream| Ok(FrameWriter::begin(stream)?));
        match out {
            Ok(out) => Ok(Self { out, part, target: target.to_owned() }),
            Err(error) => {
                drop(fs::remove_file(&part));
                Err(error)
            }
        }
    }

    /// Gives the archive its name, when all of it is on the disk. Says how many bytes it has.
    pub(super) fn end(self) -> anyhow::Result<u64> {
        let Self { out, part, target } = self;
        let ended = (|| {
            let mut file = out.end()?.finish()?;
            file.flush()?;
            let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.sync_all()?;
            let bytes = file.metadata()?.len();
            name(&part, &target)?;
            Ok(bytes)
        })();
        if ended.is_err() {
            drop(fs::remove_file(&part));
        }
        ended
    }

    /// Leaves nothing behind.
    pub(super) fn give_up(self) {
        drop(self.out);
        drop(fs::remove_file(&self.part));
    }
}

fn refuse_existing(target: &Path) -> anyhow::Result<()> {
    ensure!(
        fs::symlink_metadata(target).is_err(),
        "{} is there already; a backup is never overwritten",
        target.display()
    );
    Ok(())
}

/// A second name and then one less: unlike a rename, this never takes the place of a file that came meanwhile.
fn name(part: &Path, target: &Path) -> anyhow::Result<()> {
    match fs::hard_link(part, target) {
        Ok(()) => fs::remove_file(part)?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => refuse_existing(target)?,
        // Not every file system has second names.
        Err(_) => {
            refuse_existing(target)?;
            fs::rename(part, target)?;
        }
    }
    files::sync_folder(target)
}

/// Opens an archive with the recovery key.
pub(super) fn open(archive: &Path, identity: &Identity) -> anyhow::Result<In> {
    let file = fs::File::open(archive).with_context(|| archive.display().to_string())?;
    let decryptor = Decryptor::new_buffered(BufReader::with_capacity(1 << 20, file)).map_err(told)?;
    let identity: &dyn age::Identity = identity;
    FrameReader::begin(decryptor.decrypt(std::iter::once(identity)).map_err(told)?)
}

fn told(error: DecryptError) -> anyhow::Error {
    match error {
        DecryptError::NoMatchingKeys => {
            anyhow::anyhow!("this recovery key does not open this archive: it was encrypted for another one")
        }
        DecryptError::Io(error) => anyhow::Error::new(error).context("the archive can't be read"),
        DecryptError::InvalidHeader | DecryptError::UnknownFormat => {
            anyhow::anyhow!("this is no backup: age does not know it")
        }
        _ => anyhow::anyhow!("the archive was altered: age refuses it"),
    }
}

/// A small file that is there for the first time, with this mode.
pub(super) fn write_new(path: &Path, text: &str, mode: u32) -> anyhow::Result<()> {
    if path.exists() {
        bail!("{} is there already", path.display());
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
    file.write_all(text.as_bytes())?;
    Ok(file.sync_all()?)
}
