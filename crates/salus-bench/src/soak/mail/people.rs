//! People who ask for accounts, each once and with an address of their own: so each mail can be told from all others.

use std::{
    collections::BTreeSet,
    net::{Ipv6Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use anyhow::Result;
use tokio::task::JoinSet;

use super::scan::Marks;
use crate::{http::Connection, people::Browser};

/// How many ask at once.
const TOGETHER: usize = 3;
/// How many of them ask between two kills, at most: more would meet the limit on everybody's asking.
const MOST: u64 = 60;

/// Everybody who asked so far.
#[derive(Default)]
pub struct People {
    /// Whose request was answered: they are to be told, whatever is killed.
    pub acknowledged: BTreeSet<String>,
    /// Whoever asked, answered or not.
    pub asked: BTreeSet<String>,
    /// Answers that nobody expected.
    pub unexpected: Vec<String>,
    number: Arc<AtomicU64>,
}

impl People {
    /// Keep asking until the server is gone or enough have asked.
    pub async fn ask(mut self, host: SocketAddr, marks: Marks) -> Result<Self> {
        let until = self.number.load(Ordering::Relaxed).saturating_add(MOST);
        let mut asking = JoinSet::new();
        for _ in 0..TOGETHER {
            let (number, marks) = (Arc::clone(&self.number), marks.clone());
            asking.spawn(async move {
                let mut one = Self { number, ..Self::default() };
                // The connection's end is the end of it.
                drop(one.ask_until(host, &marks, until).await);
                one
            });
        }
        while let Some(one) = asking.join_next().await {
            let mut one = one?;
            self.acknowledged.append(&mut one.acknowledged);
            self.asked.append(&mut one.asked);
            self.unexpected.append(&mut one.unexpected);
        }
        Ok(self)
    }

    async fn ask_until(&mut self, host: SocketAddr, marks: &Marks, until: u64) -> Result<()> {
        let mut connection = Connection::open(host).await?;
        let mut browser = Browser::default();
        let form = browser.get(host, "/register", None);
        browser.send(&mut connection, &form).await?;
        loop {
            let number = self.number.fetch_add(1, Ordering::Relaxed);
            if number >= until {
                return Ok(());
            }
            let email = format!("person-{number}@example.org");
            let name = marks.name(number);
            let fields =
                [("name", name.as_str()), ("birth_date", Marks::BORN), ("email", &email), ("phone", Marks::PHONE)];
            let request = browser.post(host, "/register", &fields, Some(&network(number).to_string()))?;
            self.asked.insert(email.clone());
            let page = browser.send(&mut connection, &request).await?;
            match page.status {
                303 if page.location == "/register/sent" => drop(self.acknowledged.insert(email)),
                // A server that is being stopped, or whose database was.
                500 | 503 => {}
                status => self.unexpected.push(format!("POST /register: status {status} {}", page.location)),
            }
        }
    }
}

/// Each asks from a site of their own, as the server is made to believe: out of fd00::/8, which nobody routes.
fn network(number: u64) -> Ipv6Addr {
    const OURS: u128 = 0xfd5a_0000_0000_0000_0000_0000_0000_0000;
    Ipv6Addr::from_bits(OURS | (u128::from(number) << 80) | 1)
}
