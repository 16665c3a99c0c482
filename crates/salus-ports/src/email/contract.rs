//! What every adapter must do. The one that writes files and the one that speaks SMTP pass the same tests, so that the
//! first stays honest.

use salus_kernel::Instant;
use uuid::Uuid;

use super::{Cause, Email, EmailSender, MailFrom, SendError};

/// Where what was sent can be looked at.
pub(super) trait Inbox {
    /// Each message, as it arrived.
    async fn mails(&self) -> Vec<String>;
}

impl Inbox for super::peer::Peer {
    async fn mails(&self) -> Vec<String> {
        Self::mails(self)
    }
}

/// Lines that a mail could lose: dots alone, long ones, blanks at an end, letters that are not ASCII.
const TEXT: &str = "Hello\n.\n..two\n\n.three \nZoë’s café — 10:20 am\nFrom here on\na line with = and =3D in it\n";

pub(super) fn from() -> MailFrom {
    "Patient portal <portal@clinic.example>".parse().unwrap()
}

pub(super) fn email(number: u64, to: &str) -> Email {
    Email {
        key: Uuid::from_u64_pair(0x0197_f2c4_8a3e_7b10, 0x8000_0000_0000_0000 | number),
        // 2026-11-22T15:00:00Z
        written: Instant::from_micros(1_795_359_600_000_000),
        to: to.to_owned(),
        subject: "Security notice about your account",
        text: TEXT.to_owned(),
    }
}

/// The value of a header.
pub(super) fn header<'a>(mail: &'a str, name: &str) -> &'a str {
    let head = mail.split("\r\n\r\n").next().unwrap();
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{}:", name.to_lowercase())));
    line.and_then(|line| line.split_once(':')).map_or("", |(_, value)| value.trim())
}

/// The text of a message, as a reader sees it.
fn text(mail: &str) -> String {
    let (_, body) = mail.split_once("\r\n\r\n").unwrap();
    if !header(mail, "Content-Transfer-Encoding").eq_ignore_ascii_case("quoted-printable") {
        return body.replace("\r\n", "\n");
    }
    let joined = body.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let coded = (*first == b'=').then(|| std::str::from_utf8(&after[..2]).unwrap());
        bytes.push(coded.map_or(*first, |hex| u8::from_str_radix(hex, 16).unwrap()));
        rest = if coded.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
}

/// Sends, and looks at what arrived.
pub(super) async fn holds(sender: &dyn EmailSender, inbox: &impl Inbox) {
    let before = inbox.mails().await.len();
    let email = email(7, "ana.ruiz@example.org");
    let sent = sender.send(&email).await.expect("taken");
    assert_eq!(sent.message_id, format!("<{}@clinic.example>", email.key));
    let mails = inbox.mails().await;
    assert_eq!(mails.len(), before + 1);
    let mail = mails.iter().find(|mail| mail.contains(&email.key.to_string())).expect("the mail");
    for (name, value) in [
        ("Message-ID", sent.message_id.as_str()),
        ("To", "ana.ruiz@example.org"),
        ("Subject", email.subject),
        ("Auto-Submitted", "auto-generated"),
        ("Date", "Sun, 22 Nov 2026 15:00:00 +0000"),
    ] {
        assert_eq!(header(mail, name), value, "{name}");
    }
    assert!(header(mail, "From").ends_with("<portal@clinic.example>"));
    assert!(header(mail, "Content-Type").starts_with("text/plain; charset=utf-8"));
    assert_eq!(text(mail).trim_end(), TEXT.trim_end());

    // The same key is the same message.
    assert_eq!(sender.send(&email).await.expect("taken again"), sent);
    // What is no address is refused for good, and an address is nothing but one.
    let before = inbox.mails().await.len();
    for wrong in [
        "",
        "ana",
        "ana@",
        "ana@example.org\r\nBcc: eve@example.org",
        "ana@example.org, eve@example.org",
        "Ana <a@b.c>",
    ] {
        let sent = sender.send(&super::contract::email(8, wrong)).await;
        assert_eq!(sent, Err(SendError::Refused(Cause::Address)), "{wrong:?}");
    }
    assert_eq!(inbox.mails().await.len(), before);
}
