//! Mail by SMTP: encrypted, unless the server is on this machine; a time limit for all of it.

use std::{fmt, net::IpAddr, time::Duration};

use lettre::{
    Message,
    transport::smtp::{
        Error,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::{ClientId, Extension, MailParameter},
    },
};
use zeroize::Zeroizing;

use super::{Cause, Email, EmailSender, LONGEST, MailFrom, SendError, Sending, Sent};
use crate::vendor::{DataRecipient, OnRecord};

/// The port on which a server speaks TLS from the first byte; on others it is asked for it (STARTTLS).
const WRAPPED: u16 = 465;

/// Which server, and how to sign in there.
#[derive(Debug, Clone)]
pub struct Server {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How to sign in, if it asks for that.
    pub login: Option<Login>,
}

/// Name and password.
#[derive(Clone)]
pub struct Login {
    /// The name.
    pub user: String,
    /// The password.
    pub password: Zeroizing<String>,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(…)")
    }
}

/// The server is not on this machine, so its vendor has to be on record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not on this machine")]
pub struct Elsewhere(pub String);

/// How what is said stays private.
enum Privacy {
    /// It does not leave this machine.
    Here,
    /// TLS is asked for (STARTTLS), and nothing is said without it.
    Asked(TlsParameters),
    /// TLS from the first byte.
    Wrapped(TlsParameters),
}

/// A mail server.
pub struct Smtp {
    server: Server,
    privacy: Privacy,
    from: MailFrom,
    recipient: DataRecipient,
    longest: Duration,
}

impl Server {
    /// Whether mail for it stays on this machine.
    pub fn is_here(&self) -> bool {
        let bare = self.host.trim_start_matches('[').trim_end_matches(']');
        self.host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
    }
}

impl Smtp {
    /// A server on this machine; nobody else can listen on the way, so it may be spoken to as it is.
    pub fn here(server: Server, from: MailFrom) -> Result<Self, Elsewhere> {
        if !server.is_here() {
            return Err(Elsewhere(server.host));
        }
        Ok(Self::new(server, from, Privacy::Here, DataRecipient::ThisMachine))
    }

    /// A vendor's server, over TLS alone.
    pub fn of_vendor(server: Server, from: MailFrom, vendor: &OnRecord) -> Result<Self, SendError> {
        let parameters = TlsParameters::new_rustls(server.host.clone()).map_err(|_| insecure())?;
        let tls = always(server.port, parameters);
        Ok(Self::new(server, from, tls, vendor.recipient()))
    }

    fn new(server: Server, from: MailFrom, privacy: Privacy, recipient: DataRecipient) -> Self {
        Self { server, privacy, from, recipient, longest: LONGEST }
    }

    async fn hand_over(&self, email: &Email) -> Result<Sent, SendError> {
        let message = email.message(&self.from)?;
        match tokio::time::timeout(self.longest, self.speak(&message)).await {
            Ok(Ok(())) => Ok(Sent { message_id: email.message_id(&self.from) }),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(SendError::TryLater(Cause::Slow)),
        }
    }

    async fn speak(&self, message: &Message) -> Result<(), SendError> {
        let mut connection = self.connect().await.map_err(|error| in_words(&error))?;
        let taken = deliver(&mut connection, message).await;
        match taken {
            Ok(()) => drop(connection.quit().await),
            Err(_) => connection.abort().await,
        }
        taken
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let Server { host, port, login } = &self.server;
        let hello = ClientId::Domain(self.from.domain().to_owned());
        let wrapped = match &self.privacy {
            Privacy::Wrapped(parameters) => Some(parameters.clone()),
            Privacy::Here | Privacy::Asked(_) => None,
        };
        let address = (host.trim_start_matches('[').trim_end_matches(']'), *port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(address, Some(LONGEST / 2), &hello, wrapped, None).await?;
        if let Privacy::Asked(parameters) = &self.privacy {
            connection.starttls(parameters.clone(), &hello).await?;
        }
        if let Some(login) = login {
            let credentials = Credentials::new(login.user.clone(), login.password.as_str().to_owned());
            connection.auth(DEFAULT_MECHANISMS, &credentials).await?;
        }
        Ok(connection)
    }
}

/// One message, step by step: only a server that refuses the recipient says something about the address. Whatever else it
/// refuses for good (us as a sender, this hour's wording) an operator may mend.
async fn deliver(connection: &mut AsyncSmtpConnection, message: &Message) -> Result<(), SendError> {
    let later = |error: Error| in_words(&error);
    let envelope = message.envelope();
    let mut options = Vec::new();
    if envelope.from().into_iter().chain(envelope.to()).any(|address| !AsRef::<str>::as_ref(address).is_ascii()) {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(SendError::TryLater(Cause::Mailbox));
        }
        options.push(MailParameter::SmtpUtfEight);
    }
    connection.command(Mail::new(envelope.from().cloned(), options)).await.map_err(later)?;
    for to in envelope.to() {
        let told = connection.command(Rcpt::new(to.clone(), Vec::new())).await;
        told.map_err(|error| match in_words(&error) {
            SendError::TryLater(Cause::Mailbox) => SendError::Refused(Cause::Mailbox),
            other => other,
        })?;
    }
    connection.command(Data).await.map_err(later)?;
    connection.message(&message.formatted()).await.map_err(later)?;
    Ok(())
}

impl EmailSender for Smtp {
    fn send<'a>(&'a self, email: &'a Email) -> Sending<'a> {
        Box::pin(self.hand_over(email))
    }
    fn recipient(&self) -> DataRecipient {
        self.recipient.clone()
    }
}

fn always(port: u16, parameters: TlsParameters) -> Privacy {
    if port == WRAPPED { Privacy::Wrapped(parameters) } else { Privacy::Asked(parameters) }
}

fn insecure() -> SendError {
    SendError::TryLater(Cause::Insecure)
}

/// What a server said, as one of our words, to be tried again. Codes: RFC 5321, section 4.2.3; RFC 4954, section 6.
fn in_words(error: &Error) -> SendError {
    let code = error.status().map(u16::from);
    match code {
        // An operator can mend these, and the message is still good.
        Some(454 | 530 | 534 | 535 | 538) => SendError::TryLater(Cause::SignIn),
        Some(_) if error.is_permanent() => SendError::TryLater(Cause::Mailbox),
        Some(_) => SendError::TryLater(Cause::Busy),
        None if error.is_timeout() => SendError::TryLater(Cause::Slow),
        // The client's own "no": the server offers no TLS, or no way to sign in that we know.
        None if error.is_tls() || error.is_client() || is_distrust(error) => insecure(),
        None => SendError::TryLater(Cause::Unreachable),
    }
}

/// Whether a handshake failed: rustls wraps what it does not believe into an I/O error of this kind.
fn is_distrust(error: &(dyn std::error::Error + 'static)) -> bool {
    let is = |error: &std::io::Error| error.kind() == std::io::ErrorKind::InvalidData;
    std::iter::successors(Some(error), |error| error.source())
        .any(|error| error.downcast_ref::<std::io::Error>().is_some_and(is))
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;
    use tokio::net::TcpListener;

    use super::*;
    use crate::{
        email::{certificate::TestCertificate, contract, peer::Peer},
        vendor::Vendor,
    };

    fn at(port: u16) -> Server {
        Server { host: "127.0.0.1".to_owned(), port, login: None }
    }

    fn with_login(port: u16, password: &str) -> Server {
        let password = Zeroizing::new(password.to_owned());
        Server { login: Some(Login { user: "portal".to_owned(), password }), ..at(port) }
    }

    async fn tried(server: Server, to: &str) -> Result<Sent, SendError> {
        Smtp::here(server, contract::from()).unwrap().send(&contract::email(1, to)).await
    }

    #[tokio::test]
    async fn a_mail_server_keeps_the_contract() {
        let Some(peer) = Peer::start(&[]).await else { return };
        let sender = Smtp::here(at(peer.port), contract::from()).unwrap();
        contract::holds(&sender, &peer).await;
        // A second mail under one key is two deliveries of one message: whoever gets them can tell.
        let email = contract::email(9, "twice@example.org");
        assert_eq!(sender.send(&email).await, sender.send(&email).await);
        let twice: Vec<String> = peer.mails().into_iter().filter(|mail| mail.contains("twice@example.org")).collect();
        assert_eq!(twice.len(), 2);
        assert_eq!(contract::header(&twice[0], "Message-ID"), contract::header(&twice[1], "Message-ID"));
    }

    #[tokio::test]
    async fn what_a_server_answers_is_later_or_never() {
        let Some(peer) = Peer::start(&["--login".to_owned()]).await else { return };
        let right = || with_login(peer.port, "right");
        assert!(tried(right(), "ana@example.org").await.is_ok());
        assert_eq!(tried(right(), "refused@example.org").await, Err(SendError::Refused(Cause::Mailbox)));
        assert_eq!(tried(right(), "later@example.org").await, Err(SendError::TryLater(Cause::Busy)));
        // "No" for good, but not to the address: that may be mended.
        assert_eq!(tried(right(), "unwelcome@example.org").await, Err(SendError::TryLater(Cause::Mailbox)));
        let wrong = with_login(peer.port, "wrong");
        assert_eq!(tried(wrong, "ana@example.org").await, Err(SendError::TryLater(Cause::SignIn)));
        assert_eq!(tried(at(peer.port), "ana@example.org").await, Err(SendError::TryLater(Cause::SignIn)));
        assert_eq!(peer.mails().len(), 1);
    }

    #[tokio::test]
    async fn a_server_that_refuses_us_is_asked_again() {
        for option in ["--no-greeting", "--no-sender"] {
            let Some(peer) = Peer::start(&[option.to_owned()]).await else { return };
            let sent = tried(at(peer.port), "ana@example.org").await;
            assert_eq!(sent, Err(SendError::TryLater(Cause::Mailbox)), "{option}");
        }
    }

    #[tokio::test]
    async fn a_server_that_is_away_or_silent_is_for_later() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut sender = Smtp::here(at(port), contract::from()).unwrap();
        sender.longest = Duration::from_millis(300);
        let sent = sender.send(&contract::email(1, "ana@example.org")).await;
        assert_eq!(sent, Err(SendError::TryLater(Cause::Slow)), "a silent server was waited for");
        drop(listener);
        assert_eq!(tried(at(port), "ana@example.org").await, Err(SendError::TryLater(Cause::Unreachable)));
    }

    #[test]
    fn only_a_server_on_this_machine_is_spoken_to_as_it_is() {
        for here in ["localhost", "127.0.0.1", "127.8.0.1", "::1", "[::1]", "::ffff:127.0.0.1"] {
            assert!(Smtp::here(Server { host: here.to_owned(), ..at(25) }, contract::from()).is_ok(), "{here}");
        }
        for elsewhere in
            ["mail.example.org", "localhost.example.org", "10.0.0.1", "0.0.0.0", "127.0.0.1.example.org", ""]
        {
            let made = Smtp::here(Server { host: elsewhere.to_owned(), ..at(25) }, contract::from()).map(drop);
            assert_eq!(made, Err(Elsewhere(elsewhere.to_owned())), "spoken to without a vendor record");
        }
    }

    #[tokio::test]
    async fn a_vendor_s_server_is_spoken_to_over_tls_alone() {
        let today = Date::constant(2026, 11, 25);
        let vendors =
            [Vendor { name: "Postbox".to_owned(), purpose: "mail".to_owned(), baa_signed: today, baa_expires: today }];
        let vendor = OnRecord::of(&vendors, "Postbox", today).unwrap();
        let email = contract::email(1, "ana@example.org");
        let in_the_open = Peer::start(&[]).await;
        if let Some(peer) = &in_the_open {
            let sender = Smtp::of_vendor(at(peer.port), contract::from(), &vendor).unwrap();
            assert_eq!(sender.send(&email).await, Err(insecure()), "mail went out in the open");
            assert!(peer.mails().is_empty());
            assert_eq!(sender.recipient(), vendor.recipient());
        }
        let certificate = TestCertificate::make("localhost");
        let Some(peer) = Peer::start(&certificate.arguments()).await else { return };
        // Nobody whom we know has signed this one.
        let named = || Server { host: "localhost".to_owned(), ..at(peer.port) };
        let sender = Smtp::of_vendor(named(), contract::from(), &vendor).unwrap();
        assert_eq!(sender.send(&email).await, Err(insecure()), "an unknown certificate was believed");
        let known = TlsParameters::builder("localhost".to_owned())
            .add_root_certificate(certificate.root())
            .build_rustls()
            .unwrap();
        let sender = Smtp::new(named(), contract::from(), always(peer.port, known), vendor.recipient());
        contract::holds(&sender, &peer).await;
        // The right certificate of somebody else.
        let other = TlsParameters::builder("mail.example.org".to_owned())
            .add_root_certificate(certificate.root())
            .build_rustls()
            .unwrap();
        let sender = Smtp::new(named(), contract::from(), always(peer.port, other), vendor.recipient());
        assert_eq!(sender.send(&email).await, Err(insecure()));
    }
}
