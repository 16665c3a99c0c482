//! A backup that is killed leaves nothing under the name that it was to have.

use std::{
    io,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use super::*;

/// Where the victim finds out where to write.
const FOLDER: &str = "SALUS_TEST_BACKUP_FOLDER";

/// The victim of the test below, in a process of its own: it begins an archive, and never comes to its end.
#[test]
#[ignore = "started by a_killed_backup_has_no_name"]
fn victim() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let (identity, _) = recovery::make();
    let identity: Identity = identity.parse().unwrap();
    let file = Path::new(&folder).join("clinic.salus");
    let mut writing = Writing::begin(&file, &[identity.to_public()]).unwrap();
    loop {
        // More than a buffer holds, so that some of it is on the disk.
        writing.out.row(&[Value::Bytes(Some(vec![7; 1 << 20]))]).unwrap();
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "another process is watched, and that has no clock of ours")]
fn a_killed_backup_has_no_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "backup::tests::kill::victim", "--ignored"])
        .env(FOLDER, folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    let size = || parts(folder.path()).first().and_then(|part| fs::metadata(part).ok()).map_or(0, |part| part.len());
    while size() < 1 << 21 {
        assert!(begun.elapsed() < Duration::from_secs(60), "the victim wrote nothing");
        std::thread::sleep(Duration::from_millis(5));
    }
    // SIGKILL.
    victim.kill().unwrap();
    victim.wait().unwrap();
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(!folder.path().join("clinic.salus").exists());
    // And what is left opens with no key: it has no end.
    let io: io::Result<Vec<u8>> = fs::read(parts(folder.path()).remove(0));
    assert!(!io.unwrap().is_empty());
}
