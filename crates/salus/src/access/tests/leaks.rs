//! The canary: a patient made of marker strings, every page opened, and then a search through everything that is kept.
//! HIP-05, ENC-10, THR-11, ASVS V14.2.1, V16.2.5.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use salus_db::{Sql, Value, Values, testing::raw};
use salus_kernel::{PatientId, Role};

use crate::{
    access::columns::REGISTRY,
    salus_test,
    shell::urls,
    testing::{PASSWORD, Postbox, World},
};

/// Everything that any test of this process logs.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn log() -> &'static Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    LOG.get_or_init(|| {
        let log = Log::default();
        let writer = log.clone();
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .init();
        log
    })
}

/// Where the mark was found. Texts are compared without case, and as base64 and hex too.
struct Search {
    forms: Vec<Vec<u8>>,
    found: Vec<String>,
}

impl Search {
    fn new(mark: &str) -> Self {
        use base64::Engine;
        // Base64 of a text inside a longer one starts at any of three offsets; the middle of each is fixed.
        let shifted = (0..3).map(|shift| {
            let text = base64::prelude::BASE64_STANDARD.encode(format!("{}{mark}", "x".repeat(shift)));
            text.get(4..text.len() - 4).unwrap().as_bytes().to_ascii_lowercase()
        });
        let forms = shifted
            .chain([
                mark.to_ascii_lowercase().into_bytes(),
                hex::encode(mark).into_bytes(),
                hex::encode(mark.to_lowercase()).into_bytes(),
            ])
            .collect();
        Self { forms, found: Vec::new() }
    }
    fn look(&mut self, place: &str, bytes: &[u8]) {
        let lower = bytes.to_ascii_lowercase();
        if self.forms.iter().any(|form| lower.windows(form.len()).any(|window| window == form)) {
            self.found.push(place.to_owned());
        }
    }
    fn look_in_files(&mut self, folder: &Path) {
        let mut folders: Vec<PathBuf> = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Ok(bytes) = fs::read(&path) {
                    self.look(&path.display().to_string(), &bytes);
                }
            }
        }
    }
}

/// Every value of every table, as the database itself holds it: what an export of the opened file would show.
async fn everything_in_the_main_database(
    w: &World,
    patient: PatientId,
    accounts: &[salus_kernel::AccountId],
    search: &mut Search,
) -> usize {
    let mut count = 0;
    for account in accounts {
        let sight = salus_db::Sight {
            patient: Some(patient),
            account: Some(*account),
            role: Some(Role::Administrator),
            run: Some("import"),
            ..Default::default()
        };
        let mut tx = w.db.read(&sight).await.unwrap();
        for table in REGISTRY {
            let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
            let rows: Vec<Values> = tx
                .all(Sql::owned(format!("SELECT {} FROM {}", names.join(", "), table.name)), Vec::new())
                .await
                .unwrap();
            for Values(values) in rows {
                for (name, value) in names.iter().zip(values) {
                    count += 1;
                    let place = format!("{}.{name}", table.name);
                    match value {
                        Value::Text(Some(text)) => search.look(&place, text.as_bytes()),
                        Value::Bytes(Some(bytes)) => search.look(&place, &bytes),
                        _ => {}
                    }
                }
            }
        }
    }
    count
}

async fn everything_in_the_ledger(w: &World, search: &mut Search) -> usize {
    let mut count = 0;
    let mut reader = w.ledger.reader(&salus_db::Sight::of_run("audit")).await.unwrap();
    for chain in reader.chains().await.unwrap() {
        for row in reader.rows(chain, 0, 100_000).await.unwrap() {
            count += 1;
            search.look("ledger", row.canonical.as_deref().unwrap_or_default());
            search.look(
                "ledger columns",
                format!("{} {} {:?} {:?}", row.kind, row.action, row.account, row.patient).as_bytes(),
            );
        }
    }
    count
}

salus_test! {
async fn a_patient_made_of_marks_leaves_none_of_them_behind(w: World) {
    let log = log();
    let mark = format!("kanari{}", hex::encode(salus_vault::random::<4>()));
    let ana = w.patient(&format!("Ana{mark} Ruiz{mark}")).await;
    let rows = w.one_of_each(ana.patient, &mark).await;
    let lena = w.practitioner("Dr. Lena Park").await;
    w.assign(&lena, ana.patient).await;
    let rosa = w.staff("Rosa Desk", Role::FrontDesk).await;
    let omar = w.staff("Omar Haddad", Role::PrivacyOfficer).await;

    // Every page of the chart, by the patient and by the practitioner; the search for the name; typed text that is kept.
    let mut shown = 0;
    let mut links = Vec::new();
    // What the patient and the clinic write themselves: a visit, what it is about, a note for it, a message, its answer, a draft.
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let vic = w.bookable(&ada).await;
    let time = vic.first_time(&ana).await;
    let visit = vic.book(&ana, &time, &format!("reason{mark}")).await;
    lena.get(&urls::visit(ana.patient, &visit)).await.is_ok();
    lena.post(&urls::visit_note(ana.patient, &visit), &[("note", &format!("note{mark}")), ("version", "2")]).await.is(303);
    let colleague = w.practitioner("Dr. Cole League").await;
    colleague.get(&urls::emergency(ana.patient)).await.is_ok();
    let fields = [("reason", format!("emergency{mark}")), ("password", PASSWORD.to_owned())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    colleague.post(&urls::emergency(ana.patient), &fields).await.is(303);
    omar.get(urls::EMERGENCIES).await.is_ok().shows(&format!("emergency{mark}"));
    let thread = w.a_conversation(&ana, ana.patient, &mark).await;
    lena.get(&urls::thread(ana.patient, &thread)).await.is_ok();
    lena.post(&urls::thread(ana.patient, &thread), &[("body", &format!("answer{mark}"))]).await.is(303);
    ana.get(&urls::thread(ana.patient, &thread)).await.is_ok().shows(&format!("answer{mark}"));
    ana.post(&urls::thread_draft(ana.patient, &thread), &[("body", &format!("draft{mark}"))]).await.is(303);
    for (person, url) in [(&rosa, urls::DAY), (&lena, urls::INBOX)] {
        person.get(url).await.is_ok();
    }
    rosa.get(&urls::day("2026-11-23")).await.is_ok().shows(&mark);
    lena.get(urls::INBOX).await.is_ok().shows(&mark);
    let written = [
        urls::visit(ana.patient, &visit),
        urls::visits(ana.patient),
        urls::messages(ana.patient),
        urls::thread(ana.patient, &thread),
    ];
    ana.get(&urls::visit_calendar(ana.patient, &visit)).await.is_ok().shows("BEGIN:VEVENT").hides(&mark);
    let postbox = Postbox::new();
    postbox.work(&w).await;
    let mails = postbox.mails().await;
    assert!(mails.iter().any(|mail| mail.contains("there is news for you")), "nobody was told: {mails:?}");

    for person in [&ana, &lena] {
        let mut addresses: Vec<String> = rows.iter().flat_map(|(section, id)| [urls::section(ana.patient, section), urls::item(ana.patient, section, id)]).collect();
        addresses.extend([urls::record(ana.patient), urls::profile(ana.patient)]);
        addresses.extend(written.iter().cloned());
        for url in addresses {
            let page = person.get(&url).await;
            page.is_ok();
            shown += usize::from(page.body.contains(&mark));
            links.extend(page.body.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned));
            assert!(!page.body.split("<title>").nth(1).unwrap().split("</title>").next().unwrap().contains(&mark), "the title of {url}");
        }
    }
    assert!(shown > 60, "only {shown} pages showed the mark: the search would prove nothing");
    rosa.get("/staff/patients").await.is_ok();
    rosa.post("/staff/patients", &[("query", &format!("ana{mark}"))]).await.is_ok().shows(&mark);
    omar.get("/audit").await.is_ok();
    let page = omar.post("/audit", &[("from", ""), ("to", ""), ("account", ""), ("patient", &ana.patient.to_string()), ("action", "")]).await;
    page.is_ok().hides(&mark);
    w.advance(20 * salus_kernel::MINUTE);
    rosa.post("/staff/patients", &[("query", &format!("typed {mark}"))]).await.goes_to("/session/ended").hides(&mark);
    w.ledger.checkpoint().await.unwrap();

    let mut search = Search::new(&mark);
    for link in &links {
        search.look("a link", link.as_bytes());
    }
    for mail in &mails {
        search.look("a mail", mail.replace(&ana.email, "").as_bytes());
    }
    let accounts = [ana.account, lena.account, rosa.account];
    assert!(everything_in_the_main_database(&w, ana.patient, &accounts, &mut search).await > 500);
    assert!(everything_in_the_ledger(&w, &mut search).await > 50);
    if let Some(urls) = &w.raw {
        raw(&urls.superuser, "CHECKPOINT").await.unwrap();
        let folder = urls.superuser.split("host=").nth(1).unwrap();
        search.look_in_files(Path::new(folder));
    } else if let salus_db::Url::Sqlite { path, .. } = &w.dbs.config.url {
        search.look_in_files(path.parent().unwrap());
    }
    search.look("the log", &log.0.lock().unwrap());
    assert!(!log.0.lock().unwrap().is_empty(), "nothing was logged: the search would prove nothing");
    assert!(search.found.is_empty(), "the mark is in {:?}", search.found);

    // And a planted find, so that a search that finds nothing means something.
    let mut tx = w.db.begin(&salus_db::Sight { role: Some(Role::Administrator), ..Default::default() }).await.unwrap();
    tx.execute(salus_db::sql!("UPDATE clinic SET name = $1"), salus_db::args![mark.as_str()]).await.unwrap();
    tx.commit().await.unwrap();
    tracing::info!("{mark}");
    let mut planted = Search::new(&mark);
    everything_in_the_main_database(&w, ana.patient, &accounts, &mut planted).await;
    planted.look("the log", &log.0.lock().unwrap());
    assert_eq!(planted.found.iter().filter(|place| *place == "clinic.name").count(), 3);
    assert!(planted.found.contains(&"the log".to_owned()));
    if let Some(urls) = &w.raw {
        raw(&urls.superuser, "CHECKPOINT").await.unwrap();
        planted.look_in_files(Path::new(urls.superuser.split("host=").nth(1).unwrap()));
        assert!(planted.found.iter().any(|place| place.contains("/data/")), "PostgreSQL's files were not searched");
    }
}
}
