//! `World`: a clinic in a box, for tests through the front door on both engines.
//!
//! ```ignore
//! salus_test! {
//! async fn a_stranger_gets_404(w: World) {
//!     let ana = w.patient("Ana Ruiz").await;
//!     let ben = w.patient("Ben Okafor").await;
//!     ben.get(&urls::record(ana.patient)).await.is_not_found();
//! }
//! }
//! ```

mod browser;
mod dice;
mod doors;
mod golden;
mod passkey;
mod postbox;
mod samples;
mod settings;
mod visits;

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use axum::Router;
use salus_db::{
    Db,
    ledger::{Filter, Ledger, LedgerRow},
    testing::{RawUrls, TestDbs},
};
use salus_kernel::{AccountId, Action, Instant, MINUTE, PatientId, PractitionerId, ResourceId, Role, Subject};
use salus_vault::{RootKey, SigningSeed};

pub use browser::{Browser, Page};
pub use dice::Dice;
pub use doors::{CHOSEN, between, escaped, fastest, mailed};
pub use golden::golden;
pub use passkey::{How, SoftKey, asked};
pub use postbox::{Answer, Postbox};
pub use samples::{resource, table_of};
pub use visits::{Bookable, kept, picks};

use crate::{
    access::{
        App, Breached, Clock, RouteInfo, RowWritten, SystemRun, WebConfig,
        columns::{REGISTRY, patient},
        founding::{self, NewClinic, Opened},
    },
    accounts::{
        admin::{self, NewAccount},
        password::NewPassword,
        totp::TotpSecret,
    },
    shell::{logo::Logo, urls},
};

/// The password of every account in tests.
pub const PASSWORD: &str = "correct horse battery staple";

/// Writes one test for each engine: `name::sqlite` and `name::postgres`. Both count; a skipped one fails under CI. One that
/// is marked `slow` runs when `./x test` asks for everything, and says that it was ignored otherwise.
#[macro_export]
macro_rules! salus_test {
    (slow async fn $name:ident($world:ident: World) $body:block) => {
        $crate::salus_test! { @both [] [#[ignore = "takes a minute; ./x test runs it"]] $name $world $body }
    };
    ($(#[$meta:meta])* async fn $name:ident($world:ident: World) $body:block) => {
        $crate::salus_test! { @both [$(#[$meta])*] [] $name $world $body }
    };
    (@both [$($meta:tt)*] [$($when:tt)*] $name:ident $world:ident $body:block) => {
        $($meta)*
        mod $name {
            #[allow(clippy::allow_attributes, unused_imports, reason = "each test names what it needs")]
            use super::*;

            async fn body($world: $crate::testing::World) $body

            #[test]
            $($when)*
            fn sqlite() {
                $crate::testing::run_sqlite(body);
            }
            #[test]
            $($when)*
            fn postgres() {
                $crate::testing::run_postgres(body);
            }
        }
    };
}

/// Runs a test on SQLite.
pub fn run_sqlite<F: Future<Output = ()> + 'static>(body: impl FnOnce(World) -> F + 'static) {
    on_sqlite(boxed(body));
}

/// Runs a test on PostgreSQL; says so when there is none.
pub fn run_postgres<F: Future<Output = ()> + 'static>(body: impl FnOnce(World) -> F + 'static) {
    on_postgres(boxed(body));
}

/// A test of one type like every other: for each type of future the whole runtime would be compiled once more.
type Body = Box<dyn FnOnce(World) -> Pin<Box<dyn Future<Output = ()>>>>;

fn boxed<F: Future<Output = ()> + 'static>(body: impl FnOnce(World) -> F + 'static) -> Body {
    Box::new(|world| Box::pin(body(world)))
}

fn on_sqlite(body: Body) {
    runtime().block_on(async {
        let dbs = TestDbs::sqlite(REGISTRY).await;
        let closer = dbs.closer();
        body(World::new(dbs).await).await;
        closer.close().await;
    });
}

fn on_postgres(body: Body) {
    runtime().block_on(async {
        if let Some(dbs) = TestDbs::postgres(REGISTRY).await {
            body(World::new(dbs).await).await;
        }
    });
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

/// A clinic in a box.
pub struct World {
    /// The running application.
    pub app: App,
    /// The router, layers and all.
    pub router: Router,
    /// The table of routes.
    pub routes: Vec<RouteInfo>,
    /// For raw SQL as each role; PostgreSQL only.
    pub raw: Option<RawUrls>,
    /// The databases as opened.
    pub db: Db,
    /// The ledger.
    pub ledger: Ledger,
    /// The root key.
    pub root: Arc<RootKey>,
    /// The databases' configuration, to open them again.
    pub dbs: TestDbs,
    /// The signing seed, to open the ledger again.
    pub seed: Arc<SigningSeed>,
    now: Arc<AtomicI64>,
    number: AtomicU64,
    /// Where the two keys are, as in a data folder.
    pub folder: tempfile::TempDir,
}

/// Someone with an account, and a browser of their own.
pub struct Person {
    /// Their account.
    pub account: AccountId,
    /// Their chart, if they are a patient.
    pub patient: PatientId,
    /// Who they are as a practitioner.
    pub practitioner: Option<PractitionerId>,
    /// What they sign in with.
    pub email: String,
    /// Their second factor.
    pub totp: TotpSecret,
    /// Their browser, signed in.
    pub browser: Browser,
}

impl std::ops::Deref for Person {
    type Target = Browser;
    fn deref(&self) -> &Browser {
        &self.browser
    }
}

impl World {
    async fn new(dbs: TestDbs) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let root = Arc::new(RootKey::create(&folder.path().join("root.key")).expect("a root key"));
        let seed = Arc::new(SigningSeed::create(&folder.path().join("ledger-signing.key")).expect("a seed"));
        // Sunday, November 22, 2026, 9:00 am in Chicago.
        let now = Arc::new(AtomicI64::new(1_795_359_600_000_000));
        let clock = clock(&now);
        let db = Db::open(&dbs.config).await.expect("the main database");
        let clinic =
            NewClinic { name: "Riverside Clinic".into(), phone: "555 0100".into(), timezone: "America/Chicago".into() };
        founding::found(&db, &root, &clinic, clock()).await.expect("a clinic");
        let public_url = "https://portal.example.org".to_owned();
        let web = WebConfig {
            leave_to: "https://weather.example/".to_owned(),
            public_url,
            registration_days: 2,
            message_days: 2,
            logo: Some(Logo::sample()),
            ..WebConfig::default()
        };
        let Opened { db, ledger } =
            founding::open(&dbs.config, dbs.ledger.clone(), &seed, clock.clone(), true).await.expect("open databases");
        let app = App::open(db.clone(), ledger.clone(), &root, clock, web).await.expect("an app");
        let (routes, router) = crate::web::router(&app);
        Self {
            app,
            router,
            routes,
            raw: dbs.raw.clone(),
            db,
            ledger,
            root,
            dbs,
            seed,
            now,
            number: AtomicU64::new(1),
            folder,
        }
    }

    /// The clock.
    pub fn now(&self) -> Instant {
        Instant::from_micros(self.now.load(Ordering::SeqCst))
    }
    /// The clock itself, for what is opened beside the application.
    pub fn clock(&self) -> Clock {
        clock(&self.now)
    }
    /// Moves the clock.
    pub fn advance(&self, micros: i64) {
        self.now.fetch_add(micros, Ordering::SeqCst);
    }
    /// A browser that nobody has used.
    pub fn browser(&self) -> Browser {
        Browser::new(self.router.clone())
    }
    /// A command under a name.
    pub async fn run(&self, name: &'static str, action: Action) -> SystemRun {
        SystemRun::new(name, action, self.db.clone(), self.ledger.clone(), &self.root, self.now()).await.expect("a run")
    }
    fn next(&self) -> u64 {
        self.number.fetch_add(1, Ordering::SeqCst)
    }

    /// A patient with a chart and an account, signed in.
    pub async fn patient(&self, name: &str) -> Person {
        let patient = self.chart(name, "1985-03-14").await;
        let mut person = self.account(name, None, None).await;
        self.has_own_chart(&mut person, patient).await;
        self.sign_in(&person).await;
        person
    }

    /// Makes a chart somebody's own.
    pub async fn has_own_chart(&self, person: &mut Person, patient: PatientId) {
        let run = self.run("accounts", Action::ManageAccounts).await;
        let mut change = run.begin().await.expect("a change");
        admin::grant_own_chart(&run, &mut change, person.account, patient).await.expect("a grant");
        change.commit().await.expect("a commit");
        person.patient = patient;
    }

    /// A chart without an account.
    pub async fn chart(&self, name: &str, birth_date: &str) -> PatientId {
        self.chart_at(name, birth_date, "").await
    }

    /// A chart of somebody who lives there.
    pub async fn chart_at(&self, name: &str, birth_date: &str, street: &str) -> PatientId {
        let run = self.run("import", Action::ImportRecords).await;
        let mut change = run.begin().await.expect("a change");
        let id = PatientId::new(run.now(), salus_vault::random());
        change.look_at(id).await.expect("a look");
        let key = change.key_for(Subject::Patient(id)).await.expect("a key");
        let row = id.to_string();
        let mrn = format!("T{:05}", self.next());
        let (given, family) = name.split_once(' ').unwrap_or((name, ""));
        let lives = |street: &str| serde_json::json!({ "line": [street], "city": "Boise", "state": "ID", "postalCode": "83702" });
        let addresses: Vec<_> = Some(street).filter(|street| !street.is_empty()).map(lives).into_iter().collect();
        let resource = serde_json::json!({
            "resourceType": "Patient", "id": row, "gender": "female", "birthDate": birth_date,
            "name": [{ "use": "official", "family": family, "given": [given] }],
            "telecom": [
                { "system": "phone", "use": "home", "value": "(503) 555-0142" },
                { "system": "phone", "use": "old", "value": "(503) 555-0199" },
            ],
            "address": addresses,
        });
        let columns = vec![
            ("patient_id", id.into()),
            ("source_index", run.vault().index("import", &format!("test|{row}")).into_string().into()),
            ("mrn_index", run.vault().index("patient.mrn", &mrn).into_string().into()),
            ("content_digest", run.vault().digest("import", row.as_bytes()).into()),
            ("name", key.seal::<patient::Name>(&row, name.as_bytes()).into()),
            ("birth_date", key.seal::<patient::BirthDate>(&row, birth_date.as_bytes()).into()),
            ("mrn", key.seal::<patient::Mrn>(&row, mrn.as_bytes()).into()),
            ("resource", key.seal::<patient::Resource>(&row, resource.to_string().as_bytes()).into()),
            ("deceased", false.into()),
            ("key_version", 1_i64.into()),
            ("created_at", run.now().into()),
            ("updated_at", run.now().into()),
            ("version", 1_i64.into()),
            ("entry", change.entry().into()),
        ];
        change
            .insert(Some(id), &RowWritten { table: "patient", id: row, version: 1, columns: &columns })
            .await
            .expect("a chart");
        change.commit().await.expect("a commit");
        id
    }

    /// A clinical row in a chart: `w.row("condition", patient, json!({ "resourceType": "Condition", .. }))`.
    pub async fn row(
        &self,
        table: &'static str,
        patient: PatientId,
        event_at: Option<Instant>,
        mut resource: serde_json::Value,
    ) -> ResourceId {
        let run = self.run("import", Action::ImportRecords).await;
        let mut change = run.begin().await.expect("a change");
        change.look_at(patient).await.expect("a look");
        let key = change.key_for(Subject::Patient(patient)).await.expect("a key");
        let id = ResourceId::new(run.now(), salus_vault::random());
        let row = id.to_string();
        resource["id"] = row.as_str().into();
        let state = resource["status"].as_str().unwrap_or("active").to_owned();
        let columns = vec![
            ("id", id.into()),
            ("patient_id", patient.into()),
            ("source_index", run.vault().index("import", &format!("test|{row}")).into_string().into()),
            ("content_digest", run.vault().digest("import", row.as_bytes()).into()),
            ("event_at", event_at.into()),
            ("state", state.into()),
            (
                "encounter_id",
                resource["encounter"]["reference"]
                    .as_str()
                    .and_then(|text| text.strip_prefix("Encounter/"))
                    .map(str::to_owned)
                    .into(),
            ),
            ("resource", key.seal_at(table, "resource", &row, resource.to_string().as_bytes()).into()),
            ("key_version", 1_i64.into()),
            ("created_at", run.now().into()),
            ("updated_at", run.now().into()),
            ("version", 1_i64.into()),
            ("entry", change.entry().into()),
        ];
        change
            .insert(Some(patient), &RowWritten { table, id: row, version: 1, columns: &columns })
            .await
            .expect("a row");
        change.commit().await.expect("a commit");
        id
    }

    /// Destroys a patient's key, as an owner of the database does by hand: the application's own role may not.
    pub async fn erase(&self, patient: PatientId) {
        let at = self.now().micros();
        let sql = format!(
            "UPDATE subject_key SET destroyed_at = {at}, wrapped = {} WHERE subject_kind = 'patient' AND subject_id = '{patient}'",
            if self.raw.is_some() { "''::bytea" } else { "x''" }
        );
        if let Some(urls) = &self.raw {
            salus_db::testing::raw(&urls.owner, &sql).await.expect("an erasure");
        } else {
            let mut tx = self.db.begin(&salus_db::Sight::of_run("import")).await.expect("a change");
            tx.execute(salus_db::Sql::owned(sql), Vec::new()).await.expect("an erasure");
            tx.commit().await.expect("a commit");
        }
    }

    /// A practitioner of the clinic, signed in.
    pub async fn practitioner(&self, name: &str) -> Person {
        self.treating(name, Role::Practitioner).await
    }

    /// Somebody who treats patients here, signed in.
    pub async fn treating(&self, name: &str, role: Role) -> Person {
        let run = self.run("accounts", Action::ManageAccounts).await;
        let mut change = run.begin().await.expect("a change");
        let npi = format!("{:010}", 1_234_000_000 + self.next());
        let practitioner = admin::practitioner(&run, &mut change, name, &npi).await.expect("a practitioner");
        change.commit().await.expect("a commit");
        let mut person = self.account(name, Some(role), Some(practitioner)).await;
        person.practitioner = Some(practitioner);
        self.sign_in(&person).await;
        person
    }

    /// Someone who works here, signed in.
    pub async fn staff(&self, name: &str, role: Role) -> Person {
        let person = self.account(name, Some(role), None).await;
        self.sign_in(&person).await;
        person
    }

    /// Puts a practitioner on a patient's care team.
    pub async fn assign(&self, practitioner: &Person, patient: PatientId) {
        let run = self.run("accounts", Action::ManageAccounts).await;
        let mut change = run.begin().await.expect("a change");
        admin::assign(&run, &mut change, practitioner.practitioner.expect("a practitioner"), patient)
            .await
            .expect("an assignment");
        change.commit().await.expect("a commit");
    }

    /// An account with a second factor, not signed in yet.
    pub async fn account(&self, name: &str, role: Option<Role>, practitioner: Option<PractitionerId>) -> Person {
        let run = self.run("accounts", Action::ManageAccounts).await;
        let mut change = run.begin().await.expect("a change");
        let email = format!("{}.{}@example.org", name.to_lowercase().replace(' ', "."), self.next());
        let new = NewAccount {
            email: email.clone(),
            name: name.to_owned(),
            password: NewPassword::parse(PASSWORD, &[], &Breached::default()).unwrap_or_else(|why| panic!("{why:?}")),
            staff: role.map(|role| (role, practitioner)),
        };
        let account = admin::create(&run, &mut change, new).await.expect("an account");
        let totp = admin::enroll(&run, &mut change, account).await.expect("a factor");
        change.commit().await.expect("a commit");
        let nobody = PatientId::new(self.now(), [0; 10]);
        Person { account, patient: nobody, practitioner: None, email, totp, browser: self.browser() }
    }

    /// Signs someone in with both factors, in their own browser.
    pub async fn sign_in(&self, person: &Person) {
        self.sign_in_with(person, &person.browser).await;
    }

    /// Signs someone in with both factors, in this browser.
    pub async fn sign_in_with(&self, person: &Person, browser: &Browser) {
        browser.forget_cookie("__Host-salus");
        browser.get("/sign-in").await.is_ok();
        browser.post("/sign-in", &[("email", &person.email), ("password", PASSWORD)]).await.goes_to("/sign-in/code");
        browser.get("/sign-in/code").await.is_ok();
        let code = person.totp.code(self.now());
        browser.post("/sign-in/code", &[("code", &code)]).await.goes_to("/home");
        // The next sign-in of the same person needs the next code.
        self.advance(MINUTE / 2);
    }

    /// An open invite of each kind: to a chart, to work, and back in to a chart; and a colleague who is about to be let back in.
    pub async fn an_invite_of_each_kind(&self) {
        let desk = self.staff("Rosa Desk", Role::FrontDesk).await;
        let admin = self.staff("Grace Kim", Role::Administrator).await;
        let back = self.patient("Cleo Back").await;
        for chart in [self.chart("Dora New", "1990-01-02").await, back.patient] {
            desk.get(&urls::invites(chart)).await.is_ok();
            desk.post(&urls::invites(chart), &[("evidence", "photo-id")]).await.is_ok();
        }
        admin.get(urls::CLINIC_STAFF).await.is_ok();
        admin.post(urls::CLINIC_STAFF_INVITE, &[("name", "Dana"), ("role", "nurse"), ("npi", "")]).await.is_ok();
        self.vouched(&admin, desk.account).await;
    }

    /// Whether every row is as the ledger says it was written; what is not, else.
    pub async fn rows_are_intact(&self) {
        let rows = crate::access::rows::compare(&self.db, &self.ledger, &self.root, self.now()).await.expect("rows");
        assert!(rows.is_intact(), "{rows:?}");
    }

    /// What the ledger has about a patient: `kind action relation outcome`, oldest first.
    pub async fn ledger_of(&self, patient: PatientId) -> Vec<String> {
        let sight = salus_db::Sight { patient: Some(patient), ..salus_db::Sight::default() };
        let mut reader = self.ledger.reader(&sight).await.expect("the ledger");
        let rows = reader.entries_of_patient(patient, None, 10_000).await.expect("entries");
        in_words(rows)
    }

    /// What the ledger has about an account.
    pub async fn ledger_of_account(&self, account: AccountId) -> Vec<String> {
        let sight = salus_db::Sight::of_run("audit");
        let mut reader = self.ledger.reader(&sight).await.expect("the ledger");
        let rows = reader.search(&Filter::default(), None, 10_000).await.expect("entries");
        let account = account.to_string();
        let about = |row: &LedgerRow| {
            let entry = row.entry().expect("an entry");
            entry.draft.actor.account() == Some(account.as_str())
                || entry.draft.resource.and_then(|resource| resource.id).as_deref() == Some(account.as_str())
        };
        in_words(rows.into_iter().filter(about).collect())
    }

    /// What the ledger has.
    pub async fn ledger_all(&self) -> Vec<String> {
        let mut reader = self.ledger.reader(&salus_db::Sight::of_run("audit")).await.expect("the ledger");
        in_words(reader.search(&Filter::default(), None, 10_000).await.expect("entries"))
    }
}

fn in_words(rows: Vec<LedgerRow>) -> Vec<String> {
    let mut lines: Vec<String> = rows
        .iter()
        .filter_map(|row| row.entry())
        .map(|entry| {
            let outcome = match &entry.draft.outcome {
                salus_ledger::Outcome::Allowed => "allowed".to_owned(),
                salus_ledger::Outcome::Refused(why) => format!("refused {why}"),
                salus_ledger::Outcome::Done => "done".to_owned(),
                salus_ledger::Outcome::Failed => "failed".to_owned(),
            };
            format!("{} {} {} {outcome}", entry.draft.kind.word(), entry.draft.action, entry.draft.relation.word())
        })
        .collect();
    lines.reverse();
    lines
}

fn clock(now: &Arc<AtomicI64>) -> Clock {
    let now = Arc::clone(now);
    Arc::new(move || Instant::from_micros(now.load(Ordering::SeqCst)))
}
