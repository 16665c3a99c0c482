//! Tries from one address at doors that anybody may knock at: slips, links, registration. A door's tries are counted by
//! themselves, so that somebody who mistypes a slip can still sign in.

use axum::{
    http::{StatusCode, header},
    response::Response,
};
use salus_kernel::{AccountId, Instant, SessionId};
use salus_vault::{BlindIndex, normal};

use super::{
    password,
    store::LoginRow,
    throttle::{self, Count, Key},
};
use crate::{
    access::{self, App, Visitor},
    shell::{dates, error::Error, page::PageResult, words},
};

/// Whose count it is that all share. No network is called so.
pub const EVERYBODY: &str = "everybody";

/// What a try at a door is counted by.
pub struct Knock(Vec<Key>);

impl Knock {
    /// A try at this door.
    pub fn at(visitor: &Visitor, door: &str) -> Self {
        Self::from(visitor, door, Count::Address)
    }
    /// Somebody asks for a mail.
    pub fn asks(visitor: &Visitor, door: &str) -> Self {
        let Self(mut keys) = Self::from(visitor, door, Count::Asking);
        keys.push(key(visitor, Count::Everybody, door, EVERYBODY));
        Self(keys)
    }
    /// A browser wants to know what a passkey is to sign.
    pub fn wants_challenge(visitor: &Visitor) -> Self {
        let address = visitor.asked().address.to_string();
        let whose = site(&address).unwrap_or(address);
        Self(vec![key(visitor, Count::Challenges, "passkey", &whose)])
    }
    /// A browser goes to another provider to sign in.
    pub fn goes_elsewhere(visitor: &Visitor) -> Self {
        let address = visitor.asked().address.to_string();
        let whose = site(&address).unwrap_or(address);
        Self(vec![key(visitor, Count::Challenges, "provider", &whose)])
    }
    fn from(visitor: &Visitor, door: &str, count: Count) -> Self {
        let address = visitor.asked().address.to_string();
        let near = key(visitor, count, door, &network(&address));
        let wide = site(&address).map(|site| key(visitor, Count::Site, door, &site));
        Self(std::iter::once(near).chain(wide).collect())
    }
    /// Somebody who is signed in says the password again. Counted by session: guesses at a screen that was left do not keep the
    /// owner out elsewhere.
    fn again(session: SessionId, index: impl Fn(&str, &str) -> BlindIndex) -> Self {
        let key = index("throttle", &format!("again {session}")).into_string();
        Self(vec![Key { count: Count::Code, key }])
    }
    /// And shows a code.
    pub fn shows_again(session: SessionId, index: impl Fn(&str, &str) -> BlindIndex) -> Self {
        let key = index("throttle", &format!("shows again {session}")).into_string();
        Self(vec![Key { count: Count::Code, key }])
    }
    /// Somebody who is signed in has a mail written to an address that is to be theirs: they fill no stranger's postbox.
    pub fn writes_to_new(account: AccountId, index: impl Fn(&str, &str) -> BlindIndex) -> Self {
        let key = index("throttle", &format!("new-address {account}")).into_string();
        Self(vec![Key { count: Count::Postbox, key }])
    }
    /// A mail to this address: nobody's postbox is filled by strangers. Whoever asks is told nothing of it, because it would
    /// tell that somebody asked before.
    pub fn postbox(visitor: &Visitor, door: &str, email: &str) -> Self {
        Self(vec![key(visitor, Count::Postbox, door, &format!("about {}", normal::email(email)))])
    }

    /// Takes a try, before anything is made of it. None when it counts; else the seconds until one does.
    pub async fn take(&self, app: &App, now: Instant) -> Result<Option<i64>, Error> {
        let mut tx = access::counts(app, &self.keys()).await?;
        let wait = throttle::take(&mut tx, &self.0, now).await?;
        if wait.is_none() {
            tx.commit().await?;
        }
        Ok(wait)
    }

    /// It was no guess: gives the try back.
    pub async fn succeeded(&self, app: &App) -> Result<(), Error> {
        let mut tx = access::counts(app, &self.keys()).await?;
        throttle::succeeded(&mut tx, &self.0).await?;
        Ok(tx.commit().await?)
    }

    fn keys(&self) -> Vec<&str> {
        self.0.iter().map(|key| key.key.as_str()).collect()
    }
}

fn key(visitor: &Visitor, count: Count, door: &str, whose: &str) -> Key {
    Key { count, key: visitor.index("throttle", &format!("{door} {whose}")).into_string() }
}

/// What came of saying the own password again.
pub enum Again {
    /// It is the one.
    Right,
    /// It is another one.
    Wrong,
    /// There were too many others: it was not looked at, and counts again in so many seconds.
    Wait(i64),
}

impl Again {
    /// Compares what was typed with the own password. Whoever sits at a session that somebody else left does not guess it.
    pub async fn said(
        app: &App,
        now: Instant,
        session: SessionId,
        login: &LoginRow,
        typed: String,
        index: impl Fn(&str, &str) -> BlindIndex,
    ) -> Result<Self, Error> {
        let knock = Knock::again(session, index);
        if let Some(seconds) = knock.take(app, now).await? {
            return Ok(Self::Wait(seconds));
        }
        if !password::verify(typed, Some(login.password_hash.clone()), &app.passwords).await? {
            return Ok(Self::Wrong);
        }
        knock.succeeded(app).await?;
        Ok(Self::Right)
    }
}

/// "There were many tries … try again at 10:42 am Central Time": the first whole minute at which a try counts.
pub async fn in_words(app: &App, now: Instant, seconds: i64) -> String {
    let zone = app.clinic().await.zone();
    let minutes = (seconds + 59) / 60;
    let at = now.plus(minutes * salus_kernel::MINUTE);
    words::t1("accounts-problem-throttled", "time", dates::time_with_zone(at, &zone))
}

/// The page again, with the status and the header that programs understand.
pub fn too_many(mut page: Response, seconds: i64) -> PageResult {
    *page.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    page.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    Ok(page)
}

/// An address as guessers are counted: IPv4 whole, IPv6 by its /64.
pub fn network(address: &str) -> String {
    begins(address, 4).unwrap_or_else(|| address.to_owned())
}

/// What an IPv6 address is a part of, by its /48: whoever has one has 65,536 networks.
pub fn site(address: &str) -> Option<String> {
    begins(address, 3).map(|begin| format!("{begin}/48"))
}

fn begins(address: &str, parts: usize) -> Option<String> {
    let six = address.parse::<std::net::Ipv6Addr>().ok()?;
    Some(six.segments().iter().take(parts).map(|part| format!("{part:x}:")).collect())
}
