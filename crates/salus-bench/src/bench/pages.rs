//! The chart page against the same page without its guard, in one process, over real HTTP on this machine.

use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, Result, bail, ensure};
use axum::http::{HeaderName, HeaderValue};
use salus::{
    access::{App, Clock},
    web,
};

use super::{
    Plan, bare,
    load::{self, Side},
    numbers::{number, percentile},
    report::{PageLine, Rung, Speed},
};
use crate::{
    ground::{Cluster, Demo},
    http::Connection,
    people::Browser,
};

/// How long a peer may take to send a request's headers: as the portal's own server has it.
const HEADERS: Duration = Duration::from_secs(10);
/// A cookie that gives forms their token where nobody is signed in.
const VISIT: &str = "cookie: __Host-salus-visit=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n";
/// Headers that an answer has of its own.
const OWN: &[&str] = &["content-type", "content-length", "date", "set-cookie"];
/// The pages: a short list, and the heaviest one, of fifty rows.
const PAGES: [&str; 2] = ["problems", "observations"];
/// What runs of the guard, as the bare route knows it, between nothing and all.
const STEPS: [&str; 2] = ["session", "policy"];

/// Measures both pages at each number of connections.
pub async fn measure(demo: &Demo, plan: &Plan, clock: &Clock) -> Result<Vec<PageLine>> {
    let config = demo.config()?;
    let opened = demo.open(Arc::clone(clock), true).await?;
    let app = App::open(opened.db, opened.ledger, &config.root()?, Arc::clone(clock), config.web()?).await?;
    let walls = bare::Walls::default();
    let router = web::router(&app).1.merge(bare::router(&app, &walls));

    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let handle = axum_server::Handle::new();
    let mut serving = axum_server::from_tcp(listener)?.handle(handle.clone());
    serving.http_builder().http1().header_read_timeout(HEADERS).timer(hyper_util::rt::TokioTimer::new());
    let serving = tokio::spawn(serving.serve(router.into_make_service_with_connect_info::<SocketAddr>()));

    let database = demo.cluster.as_ref().and_then(Cluster::process);
    let reader = reader(demo, address, clock).await?;
    let mut lines = Vec::new();
    for page in PAGES {
        let (requests, bytes) = same_page(address, &reader, page, &walls, plan.ladder).await?;
        for connections in &plan.connections {
            eprintln!("{}: {page}, {connections} connections", demo.engine.word());
            let sides = load::alternate(address, requests.clone(), *connections, plan, database).await?;
            lines.push(line(demo, page, bytes, *connections, sides)?);
        }
    }
    handle.shutdown();
    serving.await??;
    app.shut_down().await?;
    Ok(lines)
}

/// A patient, signed in, whose record fills a page.
struct Reader {
    browser: Browser,
    patient: String,
}

async fn reader(demo: &Demo, address: SocketAddr, clock: &Clock) -> Result<Reader> {
    for person in demo.of_role("patient") {
        let Some(patient) = person.patient.clone() else { continue };
        let browser = Browser::sign_in(address, person, clock).await?;
        let request = browser.get(address, &format!("/p/{patient}/record/observations"), None);
        let answer = Connection::open(address).await?.ask(&request).await?.text();
        if answer.contains("?page=2") {
            return Ok(Reader { browser, patient });
        }
    }
    bail!("no patient of this demo has more than a page of observations")
}

/// The requests for a page, guarded, bare, and what is between, after a look that all show the same.
async fn same_page(
    address: SocketAddr,
    reader: &Reader,
    page: &str,
    walls: &bare::Walls,
    ladder: bool,
) -> Result<(Vec<Arc<Vec<u8>>>, usize)> {
    let Reader { browser, patient } = reader;
    let guarded = browser.get(address, &format!("/p/{patient}/record/{page}"), None);
    let bare = format!(
        "GET /bare/nothing/{patient}/record/{page} HTTP/1.1\r\nhost: {address}\r\nuser-agent: salus-bench\r\n{VISIT}\r\n"
    );
    let mut requests = vec![guarded, bare.into_bytes()];
    for step in STEPS.iter().filter(|_| ladder) {
        requests.push(browser.get(address, &format!("/bare/{step}/{patient}/record/{page}"), None));
    }
    let mut connection = Connection::open(address).await?;
    let mut first: Option<(String, usize)> = None;
    for request in &requests {
        let answer = connection.ask(request).await?;
        ensure!(answer.status == 200, "{page}: status {}", answer.status);
        walls.get_or_init(|| {
            let all = answer.all_headers().filter(|(name, _)| !OWN.contains(name));
            let known = |(name, value)| Some((HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?));
            all.filter_map(known).collect()
        });
        let text = answer.text();
        let main = text.split_once("<main").and_then(|(_, rest)| rest.split_once("</main>"));
        let main = main.context("a page without <main>")?.0.to_owned();
        let (shown, _) = first.get_or_insert_with(|| (main.clone(), text.len()));
        ensure!(
            *shown == main,
            "{page}: the bare page shows something else than the guarded one; is bench/bare.rs behind the record?"
        );
    }
    let bytes = first.map_or(0, |(_, bytes)| bytes);
    Ok((requests.into_iter().map(Arc::new).collect(), bytes))
}

fn line(demo: &Demo, page: &'static str, bytes: usize, connections: usize, sides: Vec<Side>) -> Result<PageLine> {
    let rate = |(count, time): &(usize, Duration)| number(*count) / time.as_secs_f64();
    let mut sides = sides.into_iter();
    let (Some(mut guarded), Some(mut bare)) = (sides.next(), sides.next()) else { bail!("two variants at least") };
    let mut ratios: Vec<f64> =
        guarded.slices.iter().zip(&bare.slices).map(|(guarded, bare)| rate(guarded) / rate(bare)).collect();
    let speed = |side: &mut Side| Speed {
        requests: side.micros.len(),
        per_second: number(side.micros.len()) / side.slices.iter().map(|slice| slice.1.as_secs_f64()).sum::<f64>(),
        p50_ms: f64::from(percentile(&mut side.micros, 50)) / 1000.0,
        p99_ms: f64::from(percentile(&mut side.micros, 99)) / 1000.0,
        cpu_micros: side.cpu.as_secs_f64() * 1_000_000.0 / number(side.micros.len().max(1)),
    };
    let steps: Vec<f64> = sides.map(|mut side| speed(&mut side).cpu_micros).collect();
    let (guarded, bare) = (speed(&mut guarded), speed(&mut bare));
    let rungs = [("all", guarded.cpu_micros), ("nothing", bare.cpu_micros)];
    let mut ladder: Vec<Rung> = Vec::new();
    if !steps.is_empty() {
        let between = STEPS.into_iter().zip(steps);
        ladder.extend(rungs.into_iter().chain(between).map(|(upto, micros)| Rung { upto, micros }));
        ladder.sort_by_key(|rung| ["nothing", "session", "policy", "all"].iter().position(|upto| *upto == rung.upto));
    }
    Ok(PageLine {
        engine: demo.engine.word(),
        page,
        bytes,
        connections,
        ratio: guarded.per_second / bare.per_second,
        cpu_ratio: bare.cpu_micros / guarded.cpu_micros,
        quarter: percentile(&mut ratios, 25),
        three_quarters: percentile(&mut ratios, 75),
        guarded,
        bare,
        ladder,
    })
}
