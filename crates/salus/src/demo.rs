//! `salus demo`: a clinic to look at, with synthetic patients and people of every role.

mod hours;

use std::{
    fs,
    io::{Cursor, Read},
    net::Ipv4Addr,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, bail};
use salus_db::{ledger, migrate};
use salus_kernel::{Action, PatientId, PractitionerId, Role};
use serde::{Deserialize, Serialize};

use crate::{
    access::{
        App, Breached, Clock, RunChange, SystemRun,
        columns::REGISTRY,
        founding::{self, NewClinic, Opened},
    },
    accounts::{
        admin::{self, NewAccount},
        password::NewPassword,
        totp::{self, TotpSecret},
    },
    config::{self, Config},
    files,
    import::{self, Input, Source},
    serve,
};

/// What the command line asks for.
#[derive(Debug, clap::Args)]
pub struct DemoArgs {
    /// The port on 127.0.0.1; 0 for a free one.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Where people reach it, if a proxy on this machine stands in front of it: `http://localhost:8000`. The proxy is then
    /// believed when it says from where somebody comes.
    #[arg(long)]
    url: Option<String>,
    /// Where the demo keeps its keys, databases and demo.json. An existing demo is taken up again.
    #[arg(long, default_value = "var/demo")]
    data_dir: PathBuf,
    /// How many synthetic patients, of 116.
    #[arg(long, default_value_t = 116)]
    patients: usize,
    /// The folder with the synthetic patients.
    #[arg(long, default_value = "testdata")]
    testdata: PathBuf,
    /// Use PostgreSQL: the address of a cluster's administrator, who makes roles and databases of the demo's own.
    #[arg(long)]
    postgres: Option<String>,
}

/// `demo.json`: how to sign in as each role. Readable by its owner alone.
#[derive(Debug, Serialize, Deserialize)]
struct DemoFile {
    url: String,
    config: PathBuf,
    people: Vec<DemoPerson>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct DemoPerson {
    role: String,
    name: String,
    email: String,
    password: String,
    /// Base32; empty for the one who sets up a second factor at the first sign-in.
    totp_secret: String,
    patient: Option<PatientId>,
    enrolled: bool,
}

/// Makes the demo clinic, or takes it up again, and serves it.
pub async fn run(args: DemoArgs, clock: Clock) -> anyhow::Result<()> {
    let begun = std::time::Instant::now();
    let file = args.data_dir.join("demo.json");
    let mut demo = if file.exists() {
        say("Taking up the demo clinic that is there already.");
        serde_json::from_slice(&fs::read(&file)?)
            .context("demo.json is not what the demo wrote; use another --data-dir")?
    } else {
        Box::pin(make(&args, &clock)).await?
    };
    let mut config = Config::load(Some(&demo.config))?;
    config.server.bind.set_port(if args.port == 0 { free_port()? } else { args.port });
    if let Some(url) = &args.url {
        config.server.public_url.clone_from(url);
        config.server.trusted_proxies = vec![Ipv4Addr::LOCALHOST.into()];
    }
    let ports = config.ports(clock())?;
    let root = config.root()?;
    let Opened { db, ledger } =
        founding::open(&config.main(&root), config.ledger(&root), &config.seed()?, clock.clone(), true).await?;
    founding::log_started(&ledger, clock(), "demo").await?;
    let mut web = config.web()?;
    web.demo = true;
    web.mail = Some(config.data_dir.join("mail"));
    let app = App::open(db, ledger, &root, clock.clone(), web).await?;
    let mut outcome = Ok(());
    serve::serve(app, ports, &config.server, |address| {
        demo.url = args.url.clone().unwrap_or_else(|| format!("http://localhost:{}", address.port()));
        outcome = serde_json::to_string_pretty(&demo).map_err(Into::into).and_then(|text| files::replace(&file, &text));
        describe(&demo, &clock, begun.elapsed());
    })
    .await?;
    outcome
}

/// One that was free a moment ago: links in mail name the port before the portal listens on it.
fn free_port() -> anyhow::Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

async fn make(args: &DemoArgs, clock: &Clock) -> anyhow::Result<DemoFile> {
    fs::create_dir_all(&args.data_dir)?;
    fs::set_permissions(&args.data_dir, fs::Permissions::from_mode(0o700))?;
    let inputs = inputs(&args.testdata, args.patients)?;
    let config_file = args.data_dir.join("salus.toml");
    let config = Box::pin(configure(args, &config_file)).await?;
    let root = salus_vault::RootKey::create(&config.data_dir.join("root.key"))?;
    let seed = salus_vault::SigningSeed::create(&config.data_dir.join("ledger-signing.key"))?;
    let roles = [&config.database.url, &config.ledger.url, &config.ledger.reader_url].map(|url| config::role_in(url));
    migrate(&config.main_owner(&root), REGISTRY, &roles[0]).await?;
    ledger::migrate(&config.ledger_owner(&root), &roles[1], &roles[2]).await?;
    let clinic = NewClinic {
        name: "Riverside Clinic".into(),
        phone: "(555) 555-0100".into(),
        timezone: "America/New_York".into(),
    };
    let db = salus_db::Db::open(&config.main(&root)).await?;
    founding::found(&db, &root, &clinic, clock()).await?;
    db.close().await;

    let Opened { db, ledger } =
        founding::open(&config.main(&root), config.ledger(&root), &seed, clock.clone(), true).await?;
    let run = |name, action| SystemRun::new(name, action, db.clone(), ledger.clone(), &root, clock());
    let importing = run("import", Action::ImportRecords).await?;
    let source = Source::default();
    let bar = import::Bar::default();
    let mut total = import::Counts::default();
    for (_, input) in &inputs {
        total.add(&import::import_file(&importing, &source, input, &bar).await?);
    }
    say(&format!("Imported {} files.", inputs.len()));
    let accounts = run("accounts", Action::ManageAccounts).await?;
    let mut people = Vec::new();
    Box::pin(staff_and_patients(&accounts, &source, &inputs, &mut people)).await?;
    ledger.close().await?;
    db.close().await;
    Ok(DemoFile { url: String::new(), config: config_file, people })
}

/// The demo's own `salus.toml`, and on PostgreSQL its roles and databases.
async fn configure(args: &DemoArgs, file: &Path) -> anyhow::Result<Config> {
    let data_dir = fs::canonicalize(&args.data_dir)?;
    let mut text =
        config::EXAMPLE.replace("#data_dir = \"var\"", &format!("data_dir = {:?}", data_dir.display().to_string()));
    if let Some(admin) = &args.postgres {
        let name = format!("salus_demo_{}", hex::encode(salus_vault::random::<4>()));
        text = config::with_postgres(&text, &config::provision(admin, &name).await?);
    }
    files::replace(file, &text)?;
    Config::load(Some(file))
}

/// The files of the first `most` patients: a quarter lifelong records, the rest small ones. Of the lifelong ones people who
/// can sign in come first, so that also a small demo has some, and then the smallest.
fn inputs(testdata: &Path, most: usize) -> anyhow::Result<Vec<(bool, Input)>> {
    let mut lifelong: Vec<(u64, PathBuf)> = fs::read_dir(testdata.join("synthea"))
        .with_context(|| format!("no synthetic patients in {}", testdata.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.to_string_lossy().ends_with(".json.gz"))
        .map(|path| Ok((fs::metadata(&path)?.len(), path)))
        .collect::<std::io::Result<_>>()?;
    lifelong.sort();
    if most < lifelong.len() {
        let asked: Vec<bool> = lifelong
            .iter()
            .map(|(_, path)| Ok(!first_may_sign_in(&Input::file(path)?)?))
            .collect::<anyhow::Result<_>>()?;
        let mut both: Vec<_> = asked.into_iter().zip(lifelong).collect();
        both.sort_by_key(|(can_not, _)| *can_not);
        lifelong = both.into_iter().map(|(_, file)| file).collect();
    }
    let small = small_records(&testdata.join("carebundle-100.tar.gz"))?;
    let long = if most >= lifelong.len() + small.len() {
        lifelong.len()
    } else {
        lifelong.len().min(most.div_ceil(4).max(most.min(6)))
    };
    let mut inputs = Vec::new();
    for (_, path) in lifelong.into_iter().take(long) {
        inputs.push((true, Input::file(&path)?));
    }
    for (name, bytes) in small.into_iter().take(most.saturating_sub(long)) {
        let bytes: Arc<[u8]> = bytes.into();
        let size = u64::try_from(bytes.len()).unwrap_or(0);
        inputs.push((false, Input::new(name, size, move || Ok(Box::new(Cursor::new(Arc::clone(&bytes)))))));
    }
    Ok(inputs)
}

fn small_records(archive: &Path) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let packed = fs::File::open(archive).with_context(|| format!("{} is missing", archive.display()))?;
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(packed));
    let mut records = Vec::new();
    for entry in archive.entries()? {
        let mut entry = entry?;
        let name = entry.path()?.to_string_lossy().into_owned();
        if name.ends_with(".json") {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            records.push((name, bytes));
        }
    }
    records.sort_by(|left, right| left.0.cmp(&right.0));
    Ok(records)
}

/// Who is in a file, and whether the demo gives them an account: they are alive and grown up.
struct Someone {
    identity: String,
    name: String,
    may_sign_in: bool,
}

impl Someone {
    fn of(entry: &salus_fhir::read::RawEntry) -> Option<Self> {
        if entry.kind != Some(salus_fhir::ResourceType::Patient) {
            return None;
        }
        let details = salus_fhir::show::PatientDetails::read(&entry.resource);
        let alive = entry.resource.get("deceasedDateTime").is_none() && entry.resource.get("deceasedBoolean").is_none();
        let born = entry.resource.get("birthDate").and_then(|date| date.as_str()).unwrap_or_default();
        let grown_up = ("1900".."2008").contains(&born);
        Some(Self { identity: entry.identity()?, name: details.name, may_sign_in: alive && grown_up })
    }
}

fn patients_in(input: &Input) -> anyhow::Result<Vec<Someone>> {
    let mut found = Vec::new();
    let read = salus_fhir::read::entries(input.open()?, |entry| {
        found.extend(Someone::of(&entry));
        Ok::<(), std::convert::Infallible>(())
    });
    match read {
        Ok(_) => Ok(found),
        Err(_) => bail!("{} can't be read a second time", input.name()),
    }
}

/// Whether the first patient of a file gets an account; reads no further.
fn first_may_sign_in(input: &Input) -> anyhow::Result<bool> {
    let mut found = None;
    drop(salus_fhir::read::entries(input.open()?, |entry| {
        found = Someone::of(&entry);
        if found.is_some() { Err(()) } else { Ok(()) }
    }));
    Ok(found.is_some_and(|someone| someone.may_sign_in))
}

/// Names of the demo clinic's own people, none of them real.
const PRACTITIONERS: [(&str, &str, usize, &str); 4] = [
    ("Dr. Lena Park", "1999999984", 0, "Family medicine"),
    ("Dr. Samuel Osei", "1999999992", 0, "Internal medicine"),
    ("Dr. Priya Nair", "1888888884", 1, "Pediatrics"),
    ("Tomás Alvarez, NP", "1888888892", 1, "Nurse practitioner"),
];

async fn staff_and_patients(
    run: &SystemRun,
    source: &Source,
    inputs: &[(bool, Input)],
    people: &mut Vec<DemoPerson>,
) -> anyhow::Result<()> {
    let mut change = run.begin().await?;
    let places = [
        (
            "Riverside Clinic Boston",
            "America/New_York",
            ["12 Harbor Street", "Boston", "MA", "02110"],
            "(555) 555-0100",
        ),
        ("Riverside Clinic Denver", "America/Denver", ["480 Aspen Avenue", "Denver", "CO", "80203"], "(555) 555-0200"),
    ];
    let mut locations = Vec::new();
    for (name, zone, address, phone) in places {
        locations.push((admin::location(run, &mut change, name, zone, &address, phone).await?, name, zone));
    }
    let mut practitioners: Vec<PractitionerId> = Vec::new();
    let mut bookable = Vec::new();
    for (name, npi, place, specialty) in PRACTITIONERS {
        let id = admin::practitioner(run, &mut change, name, npi).await?;
        if let Some((location, place, zone)) = locations.get(place) {
            admin::practitioner_role(run, &mut change, (id, name), (location, place), specialty).await?;
            bookable.push((id, location.clone(), *zone));
        }
        practitioners.push(id);
        let email = format!("{}@riverside.example", word_of(name));
        people.push(account(run, &mut change, name, &email, Some((Role::Practitioner, Some(id))), true).await?);
    }
    hours::set_up(run, &mut change, &bookable).await?;
    // A nurse treats patients too, and is on nobody's care team yet.
    let nurse = admin::practitioner(run, &mut change, "Dana Whitfield, RN", "1234567893").await?;
    let dana = Some((Role::Nurse, Some(nurse)));
    people.push(account(run, &mut change, "Dana Whitfield, RN", "dana@riverside.example", dana, true).await?);
    for (name, email, role) in [
        ("Rosa Delgado", "rosa@riverside.example", Role::FrontDesk),
        ("Ben Ortiz", "ben@riverside.example", Role::Biller),
        ("Grace Kim", "grace@riverside.example", Role::Administrator),
        ("Omar Haddad", "omar@riverside.example", Role::PrivacyOfficer),
    ] {
        people.push(account(run, &mut change, name, email, Some((role, None)), true).await?);
    }

    // Somebody who helps a patient, once one has made them a code.
    let carla = account(run, &mut change, "Carla Reyes", "carla.reyes@patients.example", None, true).await?;
    people.push(DemoPerson { role: "caregiver".to_owned(), ..carla });

    // Three lifelong records, five small ones, and two people who sign in for the first time.
    let mut patient_accounts = 0;
    let mut practitioner = 0;
    for (lifelong, input) in inputs.iter() {
        for someone in patients_in(input)? {
            let Some(patient) = patient_of(run, &mut change, source, &someone.identity).await? else {
                bail!("an imported patient is missing")
            };
            let Some(id) = practitioners.get(practitioner % practitioners.len()) else { bail!("no practitioners") };
            change.look_at(patient).await?;
            admin::assign(run, &mut change, *id, patient).await?;
            practitioner += 1;
            let wanted = someone.may_sign_in && patient_accounts < if *lifelong { 3 } else { 10 };
            if wanted {
                patient_accounts += 1;
                let email = format!("{}@patients.example", word_of(&someone.name));
                let mut person = account(run, &mut change, &someone.name, &email, None, patient_accounts < 9).await?;
                person.patient = Some(patient);
                let login = run.vault().index("account.email", &person.email);
                let id = admin::by_email(&mut change, login.as_str()).await?;
                admin::grant_own_chart(run, &mut change, id, patient).await?;
                people.push(person);
            }
        }
    }
    change.commit().await?;
    let order =
        ["patient", "caregiver", "practitioner", "nurse", "front-desk", "biller", "administrator", "privacy-officer"];
    people.sort_by_key(|person| order.iter().position(|role| *role == person.role));
    Ok(())
}

async fn patient_of(
    run: &SystemRun,
    change: &mut RunChange<'_>,
    source: &Source,
    identity: &str,
) -> anyhow::Result<Option<PatientId>> {
    const FIND: salus_db::Sql = salus_db::sql!("SELECT patient_id FROM patient WHERE source_index = $1");
    let index = run.vault().index("import", &format!("{}|{identity}", source.name())).into_string();
    change.see_imported().await?;
    let found: Option<(PatientId,)> = change.tx.maybe(FIND, salus_db::args![index]).await?;
    change.see_own().await?;
    Ok(found.map(|(patient,)| patient))
}

async fn account(
    run: &SystemRun,
    change: &mut RunChange<'_>,
    name: &str,
    email: &str,
    staff: Option<(Role, Option<PractitionerId>)>,
    enrolled: bool,
) -> anyhow::Result<DemoPerson> {
    let password = totp::demo_password();
    let parsed = NewPassword::parse(&password, &[], &Breached::default())
        .map_err(|_| anyhow::anyhow!("a random password that is too weak"))?;
    let id = admin::create(
        run,
        change,
        NewAccount { email: email.to_owned(), name: name.to_owned(), password: parsed, staff },
    )
    .await?;
    let totp_secret = if enrolled { admin::enroll(run, change, id).await?.base32() } else { String::new() };
    let role = staff.map_or("patient", |(role, _)| role.word()).to_owned();
    Ok(DemoPerson {
        role,
        name: name.to_owned(),
        email: email.to_owned(),
        password,
        totp_secret,
        patient: None,
        enrolled,
    })
}

/// An address's first part from a name: its letters, in lower case, with dots.
fn word_of(name: &str) -> String {
    let plain = salus_vault::normal::name(
        &["Dr. ", "Mr. ", "Ms. ", "Mrs. ", ", NP"].iter().fold(name.to_owned(), |name, part| name.replace(part, "")),
    );
    plain.chars().filter(|c| c.is_ascii_alphanumeric() || *c == ' ').collect::<String>().replace(' ', ".")
}

fn describe(demo: &DemoFile, clock: &Clock, took: std::time::Duration) {
    let mut text = format!(
        "\nRiverside Clinic is open at {}\n\nSign in as (a code lasts 30 seconds and works once; the secret goes into any authenticator app):\n",
        demo.url
    );
    for person in &demo.people {
        let code =
            TotpSecret::from_base32(&person.totp_secret).filter(|_| person.enrolled).map(|secret| secret.code(clock()));
        text.push_str(&format!(
            "\n  {:<16} {}\n    e-mail   {}\n    password {}\n",
            person.role, person.name, person.email, person.password
        ));
        match code {
            Some(code) => text.push_str(&format!("    code     {code} now, secret {}\n", person.totp_secret)),
            None => text.push_str("    code     none yet: sets up a second factor at the first sign-in\n"),
        }
    }
    text.push_str(&format!("\nMail is shown at {}/dev/mail, and leaves this machine nowhere.\n", demo.url));
    text.push_str("\nThe same is in demo.json in the data folder.\nStop with Ctrl-C.\n");
    text.push_str(&format!("\nready {} in {:.1} s", demo.url, took.as_secs_f64()));
    say(&text);
}

/// Tells the person at the terminal.
#[expect(clippy::print_stdout, reason = "what the person at the terminal asked for")]
pub fn say(text: &str) {
    println!("{text}");
}
