//! Exports: read back with public keys alone, here and by a second verifier in another language.

use std::{io::BufReader, path::Path, process::Command};

use super::{Dice, Ledger, keys, mutations, purge, vectors_dir};
use crate::{words::len64, *};

fn verify(file: &[u8], trusted: &[VerifyingKey]) -> Result<Report, ExportError> {
    verify_export(BufReader::with_capacity(64, file), trusted, |_| ())
}

#[test]
fn an_export_says_what_the_ledger_says() {
    let ledger = Ledger::new([30, 9], 8);
    let report = verify(&ledger.export(), &keys()).unwrap();
    assert!(report.is_intact(), "{report}");
    assert_eq!(report, ledger.verify(ledger.evidence()));
}

#[test]
fn the_key_in_the_file_is_not_believed() {
    let report = verify(&Ledger::new([10, 3], 8).export(), &[]).unwrap();
    assert_eq!(report.signatures, Signatures::NotChecked);
    assert!(report.limits()[0].starts_with("No trusted key"));
    let stranger = SigningKey::from_seed("salus/test-clinic", &[3; 32]).unwrap();
    let report = verify(&Ledger::new([10, 3], 8).export(), &[stranger.verifying_key().clone()]).unwrap();
    assert_eq!(report.first().map(|finding| finding.fault), Some(Fault::BadSignature));
}

#[test]
fn a_file_cut_anywhere_is_never_intact() {
    let file = Ledger::new([5, 2], 8).export();
    for end in (0..file.len()).step_by(7) {
        assert!(verify(&file[..end], &keys()).is_ok_and(|report| report.is_intact()) == (end == file.len()), "{end}");
    }
}

#[test]
fn lines_that_do_not_belong_are_refused_by_number() {
    let file = String::from_utf8(Ledger::new([5, 2], 8).export()).unwrap();
    let lines: Vec<_> = file.lines().collect();
    let last = lines.len() - 1;
    let refused = |lines: &[&str], line: u64| {
        let error = verify(format!("{}\n", lines.join("\n")).as_bytes(), &keys()).unwrap_err();
        assert!(matches!(error, ExportError::Line { line: l, .. } if l == line), "{error}");
    };
    refused(&lines[1..], 1);
    refused(&[&lines[..], &lines[last..]].concat(), len64(last) + 2);
    refused(&[&lines[..last], &lines[1..2], &lines[last..]].concat(), len64(last) + 1);
    refused(&[&lines[..1], &["{\"type\":\"joke\"}"], &lines[1..]].concat(), 2);
    let long = format!("{{\"type\":\"manifest\",\"note\":\"{}\"}}", "x".repeat(3 << 20));
    refused(&[&lines[..1], &[&long], &lines[1..]].concat(), 2);
    let extra = lines[0].replace("{\"type\"", "{\"more\":1,\"type\"");
    refused(&[&[extra.as_str()], &lines[1..]].concat(), 1);
}

/// AUD-19: the two verifiers agree on sound, unsound and cut exports, and on which entry is the first bad one.
#[test]
fn a_second_verifier_made_from_the_page_agrees() {
    let Ok(found) = Command::new("python3").arg("--version").output() else {
        eprintln!("SKIPPED: python3 is not here, so the independent verifier did not run");
        assert!(std::env::var_os("CI").is_none(), "under CI the independent verifier must run");
        return;
    };
    assert!(found.status.success());
    let folder = std::env::temp_dir().join(format!("salus-ledger-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut wanted = Vec::new();
    for (case, export) in corpus().into_iter().enumerate() {
        let path = folder.join(format!("{case:03}.ndjson"));
        std::fs::write(&path, &export).unwrap();
        wanted.push((path, says(verify(&export, &keys()))));
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/independent.py");
    let run = Command::new("python3")
        .arg(script)
        .args(["--vectors", &vectors_dir(), "--vkey", &keys()[0].to_string()])
        .args(wanted.iter().map(|(path, _)| path))
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8(run.stdout).unwrap(), String::from_utf8(run.stderr).unwrap());
    let mut lines = out.lines();
    assert_eq!(lines.next(), Some("vectors: INTACT"), "{out}{err}");
    for (path, wanted) in &wanted {
        assert_eq!(
            lines.next().and_then(|line| line.split(": ").nth(1)),
            Some(wanted.as_str()),
            "{}\n{err}",
            path.display()
        );
    }
    std::fs::remove_dir_all(folder).unwrap();
}

/// What both verifiers must say: the first bad place, but not the class.
fn says(report: Result<Report, ExportError>) -> String {
    let Ok(report) = report else { return String::from("MALFORMED") };
    match report.first() {
        None => String::from("INTACT"),
        Some(Finding { fault, chain: Some(chain), seq: Some(seq), .. }) if fault.breaks_chain() => {
            format!("BAD {chain} {seq}")
        }
        Some(_) => String::from("BAD"),
    }
}

fn corpus() -> Vec<Vec<u8>> {
    let sound = Ledger::new([23, 9], 8);
    let mut files = vec![sound.export(), Ledger::new([1, 0], 8).export(), Ledger::new([70, 33], 16).export()];
    for round in 0..3 {
        files.extend(mutations::crimes(&sound, &mut Dice(round)).iter().map(Ledger::export));
    }
    files.extend(purge::cases().iter().map(|(ledger, _)| ledger.export()));
    for round in 0..24 {
        files.push(purge::Case::rolled(&mut Dice(round)).ledger.export());
    }
    let mut cut = sound.export();
    cut.truncate(cut.len() * 2 / 3);
    files.push(cut);
    files.push(b"{}\n".to_vec());
    files
}
