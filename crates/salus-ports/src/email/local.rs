//! Mail as files: `KEY.eml` in a folder of its owner's, for the demo, for tests, and until a mail server is named.

use std::{
    io::ErrorKind,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use salus_kernel::{Instant, SECOND};
use tokio::{fs, io::AsyncWriteExt as _};
use uuid::Uuid;

use super::{Cause, Email, EmailSender, MailFrom, SendError, Sending, Sent};
use crate::vendor::DataRecipient;

/// A folder that mail is put into. Nobody fetches it from there.
#[derive(Debug, Clone)]
pub struct Local {
    folder: PathBuf,
    from: MailFrom,
}

impl Local {
    /// This folder; it is made with the first mail.
    pub fn new(folder: PathBuf, from: MailFrom) -> Self {
        Self { folder, from }
    }

    async fn put(&self, email: &Email) -> Result<Sent, SendError> {
        let message = email.message(&self.from)?;
        let sent = Sent { message_id: email.message_id(&self.from) };
        let file = file(&self.folder, email.key);
        if fs::try_exists(&file).await.unwrap_or(false) {
            return Ok(sent);
        }
        write(&self.folder, &file, &message.formatted()).await.map_err(|_| SendError::TryLater(Cause::Disk))?;
        Ok(sent)
    }
}

impl EmailSender for Local {
    fn send<'a>(&'a self, email: &'a Email) -> Sending<'a> {
        Box::pin(self.put(email))
    }
    fn recipient(&self) -> DataRecipient {
        DataRecipient::ThisMachine
    }
}

/// Whole or not at all: a reader never sees half a mail, and neither does who sends it again after a fall.
async fn write(folder: &Path, file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    match fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).await {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
        _ => fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).await?,
    }
    let half = file.with_extension("half");
    drop(fs::remove_file(&half).await);
    let mut out = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&half).await?;
    out.write_all(bytes).await?;
    out.sync_all().await?;
    fs::rename(&half, file).await
}

fn file(folder: &Path, key: Uuid) -> PathBuf {
    folder.join(format!("{}.eml", key.hyphenated()))
}

/// The keys of all mail in such a folder, newest first: keys tell when they were made.
pub async fn list(folder: &Path) -> std::io::Result<Vec<Uuid>> {
    let mut entries = match fs::read_dir(folder).await {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut keys = Vec::new();
    while let Some(entry) = entries.next_entry().await? {
        let name = entry.file_name();
        keys.extend(name.to_str().and_then(|name| name.strip_suffix(".eml")).and_then(|key| key.parse::<Uuid>().ok()));
    }
    keys.sort();
    keys.reverse();
    Ok(keys)
}

/// Removes mail that was asked for before a moment, and what a process left half-written that died; how many there were. Keys
/// tell when they were made. What has another name is not ours.
pub async fn forget(folder: &Path, before: Instant) -> std::io::Result<usize> {
    let mut entries = match fs::read_dir(folder).await {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let (mut gone, mut failed) = (0, None);
    while let Some(entry) = entries.next_entry().await? {
        let path = entry.path();
        let ours = path.extension().is_some_and(|ending| ending == "eml" || ending == "half");
        let made = path.file_stem().and_then(|stem| stem.to_str()?.parse::<Uuid>().ok()).and_then(made_at);
        if ours && made.is_some_and(|made| made < before) {
            // One that can't be removed keeps no other.
            match fs::remove_file(&path).await {
                Ok(()) => gone += 1,
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => failed = Some(error),
            }
        }
    }
    failed.map_or(Ok(gone), Err)
}

fn made_at(key: Uuid) -> Option<Instant> {
    let (seconds, nanos) = key.get_timestamp()?.to_unix();
    let micros = i64::try_from(seconds).ok()?.checked_mul(SECOND)?;
    Some(Instant::from_micros(micros).plus(i64::from(nanos / 1000)))
}

/// One mail as it stands in such a folder.
pub async fn read(folder: &Path, key: Uuid) -> std::io::Result<Option<String>> {
    match fs::read_to_string(file(folder, key)).await {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::email::contract::{self, Inbox};

    impl Inbox for PathBuf {
        async fn mails(&self) -> Vec<String> {
            let mut mails = Vec::new();
            for key in list(self).await.unwrap() {
                mails.push(read(self, key).await.unwrap().unwrap());
            }
            mails
        }
    }

    #[tokio::test]
    async fn files_keep_the_contract() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("data/mail");
        let sender = Local::new(folder.clone(), contract::from());
        contract::holds(&sender, &folder).await;
        assert_eq!(sender.recipient(), DataRecipient::ThisMachine);
    }

    #[tokio::test]
    async fn a_second_mail_under_one_key_leaves_one_file_for_its_owner_alone() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("mail");
        let sender = Local::new(folder.clone(), contract::from());
        let email = contract::email(1, "ana@example.org");
        // What a process left that died while it wrote.
        fs::create_dir(&folder).await.unwrap();
        fs::write(file(&folder, email.key).with_extension("half"), "From: ").await.unwrap();
        let first = sender.send(&email).await.unwrap();
        assert_eq!(sender.send(&email).await.unwrap(), first);
        assert_eq!(list(&folder).await.unwrap(), [email.key], "one key, more than one file");
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&file(&folder, email.key))), (0o700, 0o600));
        assert_eq!(read(&folder, contract::email(2, "").key).await.unwrap(), None);
    }

    #[tokio::test]
    async fn mail_is_forgotten_by_its_age_and_nothing_else_is() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("mail");
        // 2026-11-22T15:00:00Z
        let noon = Instant::from_micros(1_795_359_600_000_000);
        assert_eq!(forget(&folder, noon).await.unwrap(), 0, "there is no folder yet");
        let sender = Local::new(folder.clone(), contract::from());
        let key = |at: Instant| salus_kernel::uuid_v7(at, [7; 10]);
        let (old, new) = (key(noon.plus(-SECOND)), key(noon));
        for key in [old, new] {
            sender.send(&Email { key, ..contract::email(1, "ana@example.org") }).await.unwrap();
        }
        let half = file(&folder, key(noon.plus(-2 * SECOND))).with_extension("half");
        fs::write(&half, "To: ana@example.org").await.unwrap();
        let theirs = ["notes.eml", "0000000a-0000-4000-8000-000000000000.eml", &format!("{old}.txt")]
            .map(|name| folder.join(name));
        for file in &theirs {
            fs::write(file, "theirs").await.unwrap();
        }
        assert_eq!(forget(&folder, noon).await.unwrap(), 2);
        assert!(!half.exists() && !file(&folder, old).exists(), "an address lies there for good");
        assert!(file(&folder, new).exists() && theirs.iter().all(|file| file.exists()));
    }

    #[tokio::test]
    async fn a_folder_that_can_not_be_made_is_for_later() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("file");
        fs::write(&file, "").await.unwrap();
        let sender = Local::new(file.join("mail"), contract::from());
        let sent = sender.send(&contract::email(1, "ana@example.org")).await;
        assert_eq!(sent, Err(SendError::TryLater(Cause::Disk)));
    }
}
