//! A mail server for tests: files in a folder, and an answer that a test chooses.

use std::{
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use salus_ports::{
    Ports,
    email::{Email, EmailSender, Local, SendError, Sending, local},
    vendor::DataRecipient,
};

use super::World;
use crate::{access::App, jobs::Runner};

/// What a postbox does with mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Keeps it.
    Takes,
    /// Says this.
    Says(SendError),
    /// Falls over.
    Panics,
}

/// Where mail goes in tests. Clones are the same.
#[derive(Clone)]
pub struct Postbox(Arc<Inside>);

struct Inside {
    folder: tempfile::TempDir,
    local: Local,
    answer: Mutex<Answer>,
    tries: AtomicUsize,
}

impl Postbox {
    /// One that takes everything.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let local =
            Local::new(folder.path().join("mail"), "Portal <portal@clinic.example>".parse().expect("an address"));
        Self(Arc::new(Inside { folder, local, answer: Mutex::new(Answer::Takes), tries: AtomicUsize::new(0) }))
    }
    /// From now on it does this.
    pub fn answers(&self, answer: Answer) {
        *self.0.answer.lock().unwrap_or_else(PoisonError::into_inner) = answer;
    }
    /// How often somebody tried to send.
    pub fn tries(&self) -> usize {
        self.0.tries.load(Ordering::SeqCst)
    }
    /// The folder of mail.
    pub fn folder(&self) -> std::path::PathBuf {
        self.0.folder.path().join("mail")
    }
    /// All mail, oldest first.
    pub async fn mails(&self) -> Vec<String> {
        let folder: &Path = &self.folder();
        let mut mails = Vec::new();
        for key in local::list(folder).await.expect("a folder").into_iter().rev() {
            mails.push(local::read(folder, key).await.expect("a file").expect("a mail"));
        }
        mails
    }
    /// An outside world with this postbox.
    pub fn ports(&self) -> Ports {
        Ports::new(self.clone())
    }
    /// Runs what is due until nothing is.
    pub async fn work(&self, w: &World) {
        self.work_in(&w.app).await;
    }
    /// The same in another process.
    pub async fn work_in(&self, app: &App) {
        let runner = Runner::new(app.clone(), self.ports());
        while runner.round().await.expect("a round") > 0 {}
    }
}

impl EmailSender for Postbox {
    fn send<'a>(&'a self, email: &'a Email) -> Sending<'a> {
        self.0.tries.fetch_add(1, Ordering::SeqCst);
        let answer = *self.0.answer.lock().unwrap_or_else(PoisonError::into_inner);
        match answer {
            Answer::Takes => self.0.local.send(email),
            Answer::Says(error) => Box::pin(std::future::ready(Err(error))),
            Answer::Panics => panic!("a postbox that falls over"),
        }
    }
    fn recipient(&self) -> DataRecipient {
        DataRecipient::ThisMachine
    }
}

/// A job as it lies in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRow {
    /// Its kind.
    pub kind: String,
    /// Its state.
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// Why it did not work.
    pub last_error: String,
    /// Under which entry it was written.
    pub entry: String,
    /// Everything that it holds.
    pub body: String,
}
salus_db::row!(JobRow { kind, state, attempts, last_error, entry, body });

impl World {
    /// All jobs, oldest first.
    pub async fn jobs(&self) -> Vec<JobRow> {
        const ALL: salus_db::Sql = salus_db::sql!(
            "SELECT kind, state, attempts, last_error, entry, body || ' ' || dedupe_key AS body FROM job ORDER BY created_at, id"
        );
        let mut tx = self.db.read(&salus_db::Sight::of_run("jobs")).await.expect("a look");
        tx.all(ALL, Vec::new()).await.expect("jobs")
    }
    /// Their states, oldest first.
    pub async fn job_states(&self) -> Vec<String> {
        self.jobs().await.into_iter().map(|job| job.state).collect()
    }
}
