//! Processor time that was spent on answers: by this process and by its database server, without the load itself. Other
//! people's work on the machine hardly changes it, while it changes every time on the clock.

use std::{fs, path::Path, time::Duration};

/// Time spent so far by all threads of this process but the calling one, and by a database server with its children.
pub fn spent(database: Option<u32>) -> Duration {
    let own =
        fs::read_dir("/proc/self/task").into_iter().flatten().flatten().map(|task| of(&task.path())).sum::<Duration>();
    let database = database.map_or(Duration::ZERO, of_family);
    (own + database).saturating_sub(of(Path::new("/proc/thread-self")))
}

/// Nanoseconds on a processor are the first number of `schedstat`.
fn of(task: &Path) -> Duration {
    let text = fs::read_to_string(task.join("schedstat")).unwrap_or_default();
    Duration::from_nanos(text.split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or(0))
}

fn of_family(server: u32) -> Duration {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ours = processes.filter(|process| {
        let id = process.file_name().to_str().and_then(|name| name.parse::<u32>().ok());
        let Some(id) = id else { return false };
        // `id (name) state parent …`, and the name may hold anything.
        let stat = fs::read_to_string(process.path().join("stat")).unwrap_or_default();
        let parent = stat.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(1)?.parse().ok());
        id == server || parent == Some(server)
    });
    ours.map(|process| of(&process.path())).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_of_another_thread_counts_and_our_own_does_not() {
        let work = || (0..20_000_000_u64).fold(0, |sum: u64, number| std::hint::black_box(sum.wrapping_add(number)));
        let before = spent(None);
        std::hint::black_box(work());
        let own = spent(None).saturating_sub(before);
        let (say, hear) = std::sync::mpsc::channel::<()>();
        let (done, worked) = std::sync::mpsc::channel();
        let before = spent(None);
        let other = std::thread::spawn(move || {
            std::hint::black_box(work());
            done.send(()).unwrap();
            // A thread that is gone is not counted any more.
            let _ended = hear.recv();
        });
        worked.recv().unwrap();
        let others = spent(None).saturating_sub(before);
        drop(say);
        other.join().unwrap();
        assert!(others > Duration::from_millis(1) && others > own, "{others:?}, and {own:?} of our own");
    }
}
