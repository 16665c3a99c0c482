//! The program itself, as somebody starts it who keeps what it says.

use std::{
    io,
    process::{Command, Output},
};

/// Runs `salus` where nothing is set up, with its output kept, as a journal or a file does.
fn salus(arguments: &[&str], no_colour: Option<&str>) -> io::Result<Output> {
    let nowhere = tempfile::tempdir()?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_salus"));
    command.args(arguments).current_dir(nowhere.path()).env_remove("NO_COLOR").env("TERM", "xterm-256color");
    command.envs(no_colour.map(|told| ("NO_COLOR", told))).output()
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn what_is_kept_has_no_colours() {
    let commands: [&[&str]; 13] = [
        // What they log.
        &["serve"],
        &["backup", "clinic.salus"],
        &["import", "nothing.json"],
        &["restore", "clinic.salus", "--reason", "rehearsal"],
        &["audit", "verify"],
        &["witness"],
        &["init", "--name", "Riverside Clinic"],
        &["invite-staff", "--name", "Ada"],
        &["migrate"],
        // What they print.
        &["doctor"],
        &["config", "example"],
        &["--help"],
        &["no-such-command"],
    ];
    for arguments in commands {
        for no_colour in [None, Some("1"), Some("")] {
            let said = text(&salus(arguments, no_colour).unwrap());
            assert!(!said.trim().is_empty(), "{arguments:?} says nothing");
            assert!(!said.contains('\u{1b}'), "{arguments:?} {no_colour:?}: {said:?}");
        }
    }
}

/// `script` makes a terminal; where it is not, there is none to try.
#[test]
fn a_person_at_a_terminal_has_colours_unless_they_said_no() {
    let nowhere = tempfile::tempdir().unwrap();
    let said = |no_colour: &str| {
        let command = format!("{} backup clinic.salus", env!("CARGO_BIN_EXE_salus"));
        let mut script = Command::new("script");
        script.args(["--quiet", "--return", "--command", &command, "/dev/null"]).current_dir(nowhere.path());
        script.env("TERM", "xterm-256color").env("NO_COLOR", no_colour).output().map(|output| text(&output))
    };
    let (Ok(coloured), Ok(plain)) = (said(""), said("1")) else { return };
    assert!(coloured.contains("\u{1b}["), "{coloured:?}");
    assert!(plain.contains("ERROR") && !plain.contains("\u{1b}["), "{plain:?}");
}
