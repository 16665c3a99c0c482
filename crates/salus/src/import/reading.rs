//! Reads a file on a thread of its own and hands its resources over in chunks, so that reading and writing overlap.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use salus_fhir::read::{RawEntry, Stopped, Summary, entries};
use tokio::{sync::mpsc, task::JoinHandle};

use super::{
    fault::{Fault, Stop},
    input::Input,
};
use crate::shell::error::Error;

/// A chunk is handed over when it has so many resources …
const MANY: usize = 1000;
/// … or when so many bytes of JSON went into it.
const LARGE: u64 = 2 * 1024 * 1024;
/// So many chunks may wait: with the one being filled and the one being used, this bounds what is in memory.
const WAITING: usize = 1;

/// What `take` makes of the resources, chunk by chunk.
pub(super) struct Chunks<T> {
    chunks: mpsc::Receiver<Vec<T>>,
    packed: Arc<AtomicU64>,
    task: JoinHandle<Result<Finished, Fault>>,
}

/// A file that was read to its end.
pub(super) struct Finished {
    /// What it held.
    pub(super) summary: Summary,
    /// Its bytes' digest.
    pub(super) digest: Vec<u8>,
}

impl<T: Send + 'static> Chunks<T> {
    /// Begins to read. `take` sees each resource once, in order, and keeps of it what is needed.
    pub(super) fn start(
        input: &Input,
        mut take: impl FnMut(RawEntry) -> Result<Option<T>, Fault> + Send + 'static,
    ) -> Result<Self, Fault> {
        let (mut reader, packed) =
            input.read().map_err(|error| Fault::of_file(format!("the file could not be read ({})", error.kind())))?;
        let (sender, chunks) = mpsc::channel(WAITING);
        let task = tokio::task::spawn_blocking(move || {
            let count = reader.count();
            let (mut chunk, mut begun) = (Vec::new(), 0);
            // Nobody waits for the message: whoever stopped listening knows why.
            let gone = || Fault::of_file("the reading was stopped");
            let summary = entries(&mut reader, |entry| {
                if let Some(item) = take(entry)? {
                    chunk.push(item);
                }
                let now = count.load(Ordering::Relaxed);
                if chunk.len() >= MANY || now.saturating_sub(begun) >= LARGE {
                    begun = now;
                    sender.blocking_send(std::mem::take(&mut chunk)).map_err(|_| gone())?;
                }
                Ok(())
            });
            let summary = summary.map_err(|stopped: Stopped<Fault>| match stopped {
                Stopped::Read(error) => Fault::from(error),
                Stopped::Caller(fault) => fault,
            })?;
            sender.blocking_send(chunk).map_err(|_| gone())?;
            Ok(Finished { summary, digest: reader.digest() })
        });
        Ok(Self { chunks, packed, task })
    }

    /// The next chunk; none at the end, and none when the file is at fault: ask [`Self::finish`].
    pub(super) async fn next(&mut self) -> Option<Vec<T>> {
        self.chunks.recv().await
    }

    /// How much of the file has been read, in bytes on disk.
    pub(super) fn position(&self) -> u64 {
        self.packed.load(Ordering::Relaxed)
    }

    /// What the whole file was, or what is wrong with it.
    pub(super) async fn finish(self) -> Result<Finished, Stop> {
        drop(self.chunks);
        match self.task.await {
            Ok(finished) => finished.map_err(Stop::File),
            Err(_) => Err(Stop::Broken(Error::broken("the thread that read a file has died"))),
        }
    }
}

#[cfg(test)]
#[expect(clippy::as_conversions, reason = "numbers in tests are small")]
mod tests {
    use std::io::{self, Read};

    use super::*;

    /// NDJSON without end, as far as memory goes: the same large line again and again.
    struct Lines {
        line: Vec<u8>,
        left: usize,
        at: usize,
    }

    impl Read for Lines {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.left == 0 {
                return Ok(0);
            }
            let rest = &self.line[self.at..];
            let count = rest.len().min(buffer.len());
            buffer[..count].copy_from_slice(&rest[..count]);
            self.at += count;
            if self.at == self.line.len() {
                (self.at, self.left) = (0, self.left - 1);
            }
            Ok(count)
        }
    }

    #[tokio::test]
    async fn reading_waits_for_whoever_writes() {
        // 100 MB of documents, 100 kB each, of which nobody ever holds more than a few chunks.
        let line = format!("{{\"resourceType\":\"Binary\",\"data\":\"{}\"}}\n", "A".repeat(100_000)).into_bytes();
        let (size, count) = (line.len() as u64, 1000);
        let input =
            Input::new("endless", size * 1000, move || Ok(Box::new(Lines { line: line.clone(), left: count, at: 0 })));
        let mut chunks = Chunks::start(&input, |entry| Ok(Some(entry))).unwrap();
        let (mut taken, mut ahead) = (0_u64, 0);
        while let Some(chunk) = chunks.next().await {
            // Whoever writes is slow.
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            ahead = ahead.max(chunks.position().saturating_sub(taken * size));
            taken += chunk.len() as u64;
        }
        assert_eq!(chunks.finish().await.map(|finished| finished.summary.entries).ok(), Some(count));
        assert_eq!(taken, 1000);
        // The chunk in use, the one that waits, the one that waits to wait, the one being filled.
        assert!(ahead <= 4 * (LARGE + size) + 128 * 1024, "{ahead}");
    }

    #[tokio::test]
    async fn whoever_stops_listening_ends_the_reading() {
        let line = b"{\"resourceType\":\"Binary\"}\n".to_vec();
        let input =
            Input::new("endless", 0, move || Ok(Box::new(Lines { line: line.clone(), left: usize::MAX, at: 0 })));
        let mut chunks = Chunks::start(&input, |entry| Ok(Some(entry))).unwrap();
        assert_eq!(chunks.next().await.map(|chunk| chunk.len()), Some(MANY));
        assert!(matches!(chunks.finish().await, Err(Stop::File(_))));
    }
}
