//! Mail: one message to one address. Knows nothing of people, templates or repeated tries.

pub mod local;
mod smtp;

#[cfg(test)]
mod certificate;
#[cfg(test)]
mod contract;
#[cfg(any(test, feature = "testing"))]
pub mod peer;
#[cfg(test)]
mod tests;

use std::{fmt, pin::Pin, str::FromStr, time::Duration};

use lettre::{
    Address, Message,
    message::{
        Mailbox, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
};
use salus_kernel::Instant;
use uuid::Uuid;

pub use local::Local;
pub use smtp::{Elsewhere, Login, Server, Smtp};

use crate::vendor::DataRecipient;

/// A message as it is handed over. Its subject is a constant, so that nothing about anybody gets into one.
pub struct Email {
    /// The same key, the same message: its `Message-ID`, and the name of its file.
    pub key: Uuid,
    /// When what it tells of happened: its date, however late it leaves.
    pub written: Instant,
    /// The address, alone.
    pub to: String,
    /// What a mailbox shows, and a lock screen.
    pub subject: &'static str,
    /// Plain text.
    pub text: String,
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Email({})", self.key)
    }
}

/// The message was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Under this name.
    pub message_id: String,
}

/// The message was not taken. The two things that a caller can act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Another time it may be.
    #[error("not now: {}", .0.word())]
    TryLater(Cause),
    /// It never will be.
    #[error("refused: {}", .0.word())]
    Refused(Cause),
}

/// Why, as a word. What a server says may repeat the address, so it is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Nobody answers.
    Unreachable,
    /// Somebody answers too slowly.
    Slow,
    /// The connection would not be private, or the other side is not who it should be.
    Insecure,
    /// Name or password were not taken.
    SignIn,
    /// The server is busy, or asks to wait.
    Busy,
    /// The server does not take this address or this message.
    Mailbox,
    /// This is no address.
    Address,
    /// The file could not be written.
    Disk,
    /// The agreement with whoever carries mail is over.
    Agreement,
}

impl Cause {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Unreachable,
        Self::Slow,
        Self::Insecure,
        Self::SignIn,
        Self::Busy,
        Self::Mailbox,
        Self::Address,
        Self::Disk,
        Self::Agreement,
    ];

    /// As it is kept and looked up.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unreachable => "mail-unreachable",
            Self::Slow => "mail-slow",
            Self::Insecure => "mail-insecure",
            Self::SignIn => "mail-sign-in",
            Self::Busy => "mail-busy",
            Self::Mailbox => "mail-mailbox",
            Self::Address => "mail-address",
            Self::Disk => "mail-disk",
            Self::Agreement => "mail-agreement",
        }
    }
}

/// What came of sending, when it is known.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<Sent, SendError>> + Send + 'a>>;

/// Sends one message to one address; every adapter keeps the promises in `contract.rs`.
pub trait EmailSender: Send + Sync {
    /// Hands the message over. A second time under the same key it is the same message, with the same `Message-ID`.
    fn send<'a>(&'a self, email: &'a Email) -> Sending<'a>;
    /// Who receives the data, and until when there is an agreement with them.
    fn recipient(&self) -> DataRecipient;
}

/// Whom mail is from: `portal@clinic.example`, or with a name before it, `Patient portal <portal@clinic.example>`.
#[derive(Debug, Clone)]
pub struct MailFrom(Mailbox);

/// This is no address of a sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("that is no mail address")]
pub struct NoAddress;

impl FromStr for MailFrom {
    type Err = NoAddress;
    fn from_str(text: &str) -> Result<Self, NoAddress> {
        text.parse().map(Self).map_err(|_| NoAddress)
    }
}

impl MailFrom {
    fn domain(&self) -> &str {
        self.0.email.domain()
    }
}

/// The most bytes of an address, as it goes over the wire (RFC 5321, section 4.5.3.1.3, less two brackets).
const LONGEST_ADDRESS: usize = 254;

/// Whether mail can be sent to this address, as far as its text says: every adapter refuses what is none, and nothing else.
/// Letters beyond ASCII before the @ are for the server to take or not (SMTPUTF8); behind it they are written another way.
pub fn is_address(text: &str) -> bool {
    address(text).is_some()
}

fn address(text: &str) -> Option<Address> {
    if text.chars().any(char::is_control) {
        return None;
    }
    let mut address: Address = text.parse().ok()?;
    if !address.domain().is_ascii() {
        let host = idna::domain_to_ascii(address.domain()).ok()?;
        // One postbox has one spelling: what is dropped or replaced on the way would be another one for who counts them.
        let (back, read) = idna::domain_to_unicode(&host);
        if read.is_err() || back != address.domain().to_lowercase() {
            return None;
        }
        address = Address::new(address.user(), host).ok()?;
    }
    let written: &str = address.as_ref();
    // lettre reads it once more in the head of a message, by stricter rules: a number in brackets is no host there.
    let heads_a_message = written.parse::<Mailbox>().is_ok_and(|mailbox| mailbox.email == address);
    (written.len() <= LONGEST_ADDRESS && heads_a_message).then_some(address)
}

/// The longest that a server may take for one message, all steps together.
const LONGEST: Duration = Duration::from_secs(60);

impl Email {
    fn message_id(&self, from: &MailFrom) -> String {
        format!("<{}@{}>", self.key, from.domain())
    }

    /// The message's text as all adapters hand it over, byte by byte the same.
    fn message(&self, from: &MailFrom) -> Result<Message, SendError> {
        let refused = SendError::Refused(Cause::Address);
        let to = Mailbox::new(None, address(&self.to).ok_or(refused)?);
        let since = Duration::from_micros(u64::try_from(self.written.micros()).unwrap_or(0));
        // So that no holiday notice answers.
        let automatic = HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
        Message::builder()
            .message_id(Some(self.message_id(from)))
            .date(std::time::SystemTime::UNIX_EPOCH + since)
            .from(from.0.clone())
            .to(to)
            .subject(self.subject)
            .raw_header(automatic)
            .singlepart(SinglePart::builder().header(ContentType::TEXT_PLAIN).body(self.text.clone()))
            .map_err(|_| refused)
    }
}
