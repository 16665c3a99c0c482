//! The load: several people, each with pages that are opened and settings that are changed, and a note of every answer.

use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use anyhow::{Result, ensure};
use salus::access::Clock;
use tokio::task::JoinSet;

use crate::{
    ground::{Demo, Portal},
    http::Connection,
    people::Browser,
};

/// How many open pages of one chart at once.
const READERS: usize = 2;
/// Pages of a chart that the patient and the care team may open.
const PAGES: &[&str] = &[
    "/record",
    "/record/problems",
    "/record/observations",
    "/record/results",
    "/record/medicines",
    "/record/immunizations",
    "/profile",
];
/// Every way the settings can be.
const SETTINGS: &[(&str, &str)] = &[
    ("standard", "device"),
    ("atkinson", "light"),
    ("standard", "dark"),
    ("atkinson", "device"),
    ("standard", "light"),
    ("atkinson", "dark"),
];

/// What must be in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The entry of a look.
    Read,
    /// The entry of a change, and its outcome.
    Change,
}

/// An answer that was received to its last byte.
#[derive(Clone, Debug)]
pub struct Acknowledged {
    /// What must be there.
    pub kept: Kept,
    /// The address that this request alone came from, as the server was made to believe: in the entry it stands open.
    pub from: IpAddr,
    /// The number that the page shows, where it shows one.
    pub reference: Option<String>,
    /// What was asked.
    pub path: String,
}

/// Everybody who is signed in, and what they last did. Sessions outlive the program.
pub struct Load {
    readers: Vec<Reader>,
    changers: Vec<Changer>,
    marks: Arc<AtomicU64>,
}

struct Reader {
    browser: Browser,
    chart: String,
}

/// Someone who changes their settings, one after the other.
struct Changer {
    browser: Browser,
    role: String,
    /// The place in [`SETTINGS`] that was acknowledged last; none before the first.
    known: Option<usize>,
    /// The one that was sent and not acknowledged.
    open: Option<usize>,
    turn: usize,
}

type Noted = (Vec<Acknowledged>, Vec<String>);

impl Load {
    /// Signs everybody in: patients look at their own charts, practitioners at those of their patients, all of them
    /// change their settings.
    pub async fn sign_in(demo: &Demo, portal: &Portal, clock: &Clock) -> Result<Self> {
        let host = portal.address;
        let mut load = Self { readers: Vec::new(), changers: Vec::new(), marks: Arc::default() };
        let charts: Vec<String> = demo.of_role("patient").filter_map(|person| person.patient.clone()).collect();
        ensure!(!charts.is_empty(), "nobody in this demo has a chart of their own");
        for person in demo.of_role("patient").chain(demo.of_role("practitioner")) {
            let browser = Browser::sign_in(host, person, clock).await?;
            let mut connection = Connection::open(host).await?;
            for chart in &charts {
                let request = browser.get(host, &format!("/p/{chart}/record"), None);
                if connection.ask(&request).await?.status == 200 {
                    let readers = if person.role == "patient" { READERS } else { 1 };
                    load.readers
                        .extend((0..readers).map(|_| Reader { browser: browser.clone(), chart: chart.clone() }));
                }
            }
            load.changers.push(Changer { browser, role: person.role.clone(), known: None, open: None, turn: 0 });
        }
        Ok(load)
    }

    /// Keeps asking until the server is gone.
    pub async fn run(mut self, host: SocketAddr) -> Result<(Vec<Acknowledged>, Vec<String>, Self)> {
        let mut reading = JoinSet::new();
        for reader in self.readers {
            let marks = Arc::clone(&self.marks);
            reading.spawn(async move {
                let mut noted = Noted::default();
                // The connection's end is the end of the load.
                drop(reader.read(host, &marks, &mut noted).await);
                (reader, noted)
            });
        }
        let mut changing = JoinSet::new();
        for mut changer in self.changers {
            let marks = Arc::clone(&self.marks);
            changing.spawn(async move {
                let mut noted = Noted::default();
                drop(changer.change(host, &marks, &mut noted).await);
                (changer, noted)
            });
        }
        let (mut acknowledged, mut unexpected) = Noted::default();
        (self.readers, self.changers) = (Vec::new(), Vec::new());
        while let Some(done) = reading.join_next().await {
            let (reader, noted) = done?;
            self.readers.push(reader);
            acknowledged.extend(noted.0);
            unexpected.extend(noted.1);
        }
        while let Some(done) = changing.join_next().await {
            let (changer, noted) = done?;
            self.changers.push(changer);
            acknowledged.extend(noted.0);
            unexpected.extend(noted.1);
        }
        Ok((acknowledged, unexpected, self))
    }

    /// Acknowledged changes that are not there any more.
    pub async fn lost_changes(&mut self, host: SocketAddr) -> Result<Vec<String>> {
        let mut lost = Vec::new();
        let mut connection = Connection::open(host).await?;
        for changer in &mut self.changers {
            let request = changer.browser.get(host, "/settings", None);
            let page = changer.browser.send(&mut connection, &request).await?;
            let shown = (page.chosen("font").unwrap_or_default(), page.chosen("scheme").unwrap_or_default());
            let now = SETTINGS.iter().position(|setting| *setting == shown);
            let possible = [changer.known, changer.open];
            if page.status != 200 || (changer.known.is_some() && !possible.contains(&now)) {
                lost.push(format!(
                    "settings of a {} are {shown:?} (status {}), not one of {possible:?}",
                    changer.role, page.status
                ));
            }
            (changer.known, changer.open) = (now, None);
        }
        Ok(lost)
    }
}

/// An address that no other request has: out of fd00::/8, which nobody routes.
fn mark(marks: &AtomicU64) -> Ipv6Addr {
    const OURS: u128 = 0xfd5a_1a50_0000_0000_0000_0000_0000_0000;
    Ipv6Addr::from_bits(OURS | u128::from(marks.fetch_add(1, Ordering::Relaxed)))
}

/// What a server says that is being stopped under load, or whose database was.
const fn is_excused(status: u16) -> bool {
    matches!(status, 500 | 503)
}

impl Reader {
    async fn read(&self, host: SocketAddr, marks: &AtomicU64, noted: &mut Noted) -> std::io::Result<()> {
        let mut connection = Connection::open(host).await?;
        let mut browser = self.browser.clone();
        for page in PAGES.iter().cycle() {
            let from = mark(marks);
            let path = format!("/p/{}{page}", self.chart);
            let request = browser.get(host, &path, Some(&from.to_string()));
            let page = browser.send(&mut connection, &request).await?;
            match page.status {
                200 => noted.0.push(Acknowledged {
                    kept: Kept::Read,
                    from: from.into(),
                    reference: page.reference().map(str::to_owned),
                    path,
                }),
                status if is_excused(status) => {}
                status => noted.1.push(format!("GET {path}: unexpected status {status} {}", page.location)),
            }
        }
        Ok(())
    }
}

impl Changer {
    async fn change(&mut self, host: SocketAddr, marks: &AtomicU64, noted: &mut Noted) -> Result<()> {
        let mut connection = Connection::open(host).await?;
        loop {
            self.turn = self.turn.wrapping_add(1);
            let next = self.turn.checked_rem(SETTINGS.len()).unwrap_or(0);
            let (font, scheme) = SETTINGS.get(next).copied().unwrap_or_default();
            let from = mark(marks);
            let request =
                self.browser.post(host, "/settings", &[("font", font), ("scheme", scheme)], Some(&from.to_string()))?;
            self.open = Some(next);
            let page = self.browser.send(&mut connection, &request).await?;
            match page.status {
                303 if page.location == "/settings" => {
                    (self.known, self.open) = (Some(next), None);
                    noted.0.push(Acknowledged {
                        kept: Kept::Change,
                        from: from.into(),
                        reference: None,
                        path: "/settings".to_owned(),
                    });
                }
                status if is_excused(status) => {
                    // Perhaps it was done and perhaps not; the next one would hide which.
                    return Ok(());
                }
                status => noted.1.push(format!("POST /settings: unexpected status {status} {}", page.location)),
            }
        }
    }
}
