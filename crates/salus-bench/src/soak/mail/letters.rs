//! What arrived, and what is wrong with it.

use std::collections::{BTreeMap, BTreeSet};

use super::scan::Marks;

/// Where the planted messages go.
pub const PLANTED: &str = "planted-";

/// What was found in the mailboxes. `wrong` has a line for whatever should not be.
#[derive(Default)]
pub struct Looked {
    /// Deliveries, the second ones too.
    pub deliveries: usize,
    /// Messages that were delivered more than once, the same each time: whoever gets them sees one.
    pub twice: usize,
    /// Who was to be told and was not.
    pub missing: usize,
    /// Who was told by two different messages, or by one that changed.
    pub split: usize,
    /// Messages to somebody who never asked.
    pub strangers: usize,
    /// Messages with something in them that people typed.
    pub leaks: usize,
    /// Planted messages that the search did not see.
    pub unseen: usize,
    /// In words.
    pub wrong: Vec<String>,
}

/// Looks at every delivery.
pub fn look(
    mails: &[Vec<u8>],
    acknowledged: &BTreeSet<String>,
    asked: &BTreeSet<String>,
    marks: &Marks,
    planted: usize,
) -> Looked {
    let mut looked = Looked::default();
    let mut boxes: BTreeMap<&str, Vec<(&str, String)>> = BTreeMap::new();
    let texts: Vec<String> = mails.iter().map(|mail| String::from_utf8_lossy(mail).replace('\r', "")).collect();
    let mut seen = 0_usize;
    for (mail, text) in mails.iter().zip(&texts) {
        let to = header(text, "X-RcptTo");
        let mark = marks.in_message(mail);
        if to.starts_with(PLANTED) {
            seen = seen.saturating_add(usize::from(mark.is_some()));
            continue;
        }
        looked.deliveries += 1;
        if let Some(mark) = mark {
            looked.leaks += 1;
            looked.wrong.push(format!("a mail to {to} has {mark} in it"));
        }
        boxes.entry(to).or_default().push((header(text, "Message-ID"), as_sent(text)));
    }
    looked.unseen = planted.saturating_sub(seen);
    for (to, messages) in &boxes {
        if !asked.contains(*to) {
            looked.strangers += 1;
            looked.wrong.push(format!("{to} never asked and got mail"));
        }
        let different: BTreeSet<&(&str, String)> = messages.iter().collect();
        if different.len() > 1 || different.iter().any(|(id, _)| id.is_empty()) {
            looked.split += 1;
            let ids: Vec<&str> = different.iter().map(|(id, _)| *id).collect();
            looked.wrong.push(format!("{to} got {} different messages: {}", different.len(), ids.join(" ")));
        } else if messages.len() > 1 {
            looked.twice += 1;
        }
    }
    for to in acknowledged.iter().filter(|to| !boxes.contains_key(to.as_str())) {
        looked.missing += 1;
        looked.wrong.push(format!("{to} was answered and got no mail"));
    }
    looked
}

/// The value of a header.
fn header<'a>(text: &'a str, name: &str) -> &'a str {
    let head = text.split("\n\n").next().unwrap_or_default();
    let line = head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then_some(value)
    });
    line.unwrap_or_default().trim()
}

/// Without the line that the server added about the connection.
fn as_sent(text: &str) -> String {
    text.lines().filter(|line| !line.starts_with("X-Peer:")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(to: &str, id: &str, text: &str) -> Vec<u8> {
        let peer = salus_vault::random::<2>();
        format!("Message-ID: <{id}>\nX-Peer: {peer:?}\nX-RcptTo: {to}\n\n{text}\n").into_bytes()
    }

    #[test]
    fn nothing_that_is_wrong_with_mail_goes_unseen() {
        let marks = Marks::new();
        let asked: BTreeSet<String> = ["a", "b", "c", "d", "e"].map(str::to_owned).into();
        let acknowledged: BTreeSet<String> = ["a", "b", "d", "e"].map(str::to_owned).into();
        let counts = |mails: &[Vec<u8>]| {
            let looked = look(mails, &acknowledged, &asked, &marks, 1);
            let wrong = [looked.missing, looked.split, looked.strangers, looked.leaks, looked.unseen];
            (looked.deliveries, looked.twice, wrong, looked.wrong.len())
        };
        let mut mails = vec![mail("planted-1", "p", &marks.name(1))];
        mails.extend(["a", "b", "d", "e"].map(|to| mail(to, to, "Hello")));
        assert_eq!(counts(&mails), (4, 0, [0; 5], 0));
        // The same again is one message; so is what nobody was promised.
        mails.push(mail("a", "a", "Hello"));
        mails.push(mail("c", "c", "Hello"));
        assert_eq!(counts(&mails), (6, 1, [0; 5], 0));

        let with = |one: Vec<u8>| counts(&[mails.clone(), vec![one]].concat()).2;
        assert_eq!(with(mail("b", "other", "Hello")), [0, 1, 0, 0, 0], "a second message under another name");
        assert_eq!(with(mail("b", "b", "Hello again")), [0, 1, 0, 0, 0], "the same name, and another text");
        assert_eq!(with(mail("f", "f", "Hello")), [0, 0, 1, 0, 0], "somebody who never asked");
        assert_eq!(with(mail("e", "e", &marks.name(1)))[3], 1, "a name in a mail");
        assert_eq!(counts(&mails[1..]).2, [0, 0, 0, 0, 1], "a search that sees nothing");
        mails.remove(2);
        assert_eq!(counts(&mails).2, [1, 0, 0, 0, 0], "somebody who was never told");
    }
}
