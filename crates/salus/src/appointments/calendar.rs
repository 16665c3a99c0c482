//! A visit as a calendar file (RFC 5545): that there is one, when and where, and where to sign in. What kind of visit it is, with
//! whom and why is not in it: calendars are shared, and shown on lock screens.
//!
//! Written here: the libraries that write such files bring a second library of time with them, which `deny.toml` keeps out. A test has
//! another library read them back.

use salus_kernel::Instant;

use super::{model::State, store::Visit};
use crate::{shell::words, visit_types::Meeting};

/// A line may have so many octets (3.1); longer ones go on in the next line, behind a space.
const LONGEST: usize = 75;

/// A moment in UTC, which no reader can take for another zone's time (3.3.5, form 2).
fn utc(at: Instant) -> String {
    at.timestamp().strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A text as a value (3.3.11).
fn text(plain: &str) -> String {
    let plain = plain.replace("\r\n", "\n").replace('\r', "\n");
    plain.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}

/// Adds a line, folded between characters.
fn line(file: &mut String, name: &str, value: &str) {
    let mut octets = 0;
    for c in name.chars().chain([':']).chain(value.chars()) {
        if octets + c.len_utf8() > LONGEST {
            file.push_str("\r\n ");
            octets = 1;
        }
        octets += c.len_utf8();
        file.push(c);
    }
    file.push_str("\r\n");
}

/// The file of one visit. A newer file of the same visit takes the older one's place: its sequence is higher.
pub fn file(visit: &Visit, clinic: &str, link: &str, now: Instant) -> String {
    let place = match visit.meeting {
        Meeting::InPerson => visit.place.clone(),
        Meeting::Phone => words::t("visits-we-call"),
    };
    let status = match visit.state {
        State::Cancelled { .. } => "CANCELLED",
        _ => "CONFIRMED",
    };
    let mut file = String::new();
    for (name, value) in [
        ("BEGIN", "VCALENDAR".to_owned()),
        ("VERSION", "2.0".to_owned()),
        ("PRODID", "-//Salus//Salus//EN".to_owned()),
        ("BEGIN", "VEVENT".to_owned()),
        ("UID", format!("{}@salus", visit.id)),
        ("DTSTAMP", utc(now)),
        ("DTSTART", utc(visit.start)),
        ("DTEND", utc(visit.end)),
        ("SEQUENCE", visit.version.to_string()),
        ("SUMMARY", text(&words::t1("visits-calendar-summary", "clinic", clinic))),
        ("DESCRIPTION", text(&words::t1("visits-calendar-description", "link", link))),
        ("LOCATION", text(&place)),
        ("STATUS", status.to_owned()),
        ("END", "VEVENT".to_owned()),
        ("END", "VCALENDAR".to_owned()),
    ] {
        line(&mut file, name, &value);
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_folded_between_characters_and_read_back_whole() {
        let long = format!("Клиника на реке; room 5, \\ floor\n{}", "é".repeat(200));
        let mut file = String::new();
        line(&mut file, "SUMMARY", &text(&long));
        assert!(file.split("\r\n").all(|line| line.len() <= LONGEST), "{file}");
        let read = ical_vcard::Parser::new(file.as_bytes()).next().unwrap().unwrap();
        assert_eq!(read.value(), text(&long));
        assert!(text(&long).starts_with("Клиника на реке\\; room 5\\, \\\\ floor\\né"));
    }
}
