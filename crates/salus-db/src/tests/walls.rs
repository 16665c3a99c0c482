//! Row-level security on PostgreSQL, asked as the real role with raw SQL. The default sight sees nothing.

use super::*;
use crate::{schema::Schema, testing};

/// Settings as an attacker with the application's role would make them.
fn raw_as(settings: &[(&str, &str)], then: &str) -> String {
    let set: String =
        settings.iter().map(|(name, value)| format!("SELECT set_config('salus.{name}', '{value}', true);")).collect();
    format!("BEGIN; {set} {then}; ")
}

async fn postgres() -> Option<(TestDbs, testing::RawUrls, Db)> {
    let dbs = TestDbs::postgres(&registry()).await?;
    let raw = dbs.raw.clone().unwrap();
    let db = Db::open(&dbs.config).await.unwrap();
    Some((dbs, raw, db))
}

#[tokio::test]
async fn another_patients_rows_are_not_there() {
    let Some((_dbs, raw, db)) = postgres().await else { return };
    two_patients(&db).await;
    let (ana, ben) = (patient(1).to_string(), patient(2).to_string());
    let count = async |sql: String| testing::raw(&raw.app, &sql).await.unwrap();
    assert_eq!(
        count(raw_as(&[("patient", &ana)], "SELECT * FROM condition")).await,
        1,
        "another patient's rows are seen"
    );
    assert_eq!(
        count(raw_as(&[("patient", &ana)], &format!("SELECT * FROM condition WHERE patient_id = '{ben}'"))).await,
        0
    );
    assert_eq!(
        count(raw_as(&[("patient", &ana)], &format!("UPDATE condition SET state = 'x' WHERE patient_id = '{ben}'")))
            .await,
        0
    );
    // Through the front door as well.
    assert_eq!(texts(&db, &sees_patient(1), CONDITIONS, Vec::new()).await, ["condition-1"]);
    assert_eq!(texts(&db, &sees_patient(2), CONDITIONS, Vec::new()).await, ["condition-2"]);
    // Import finds a row by its source in any chart, and writes into none but the open one.
    assert_eq!(texts(&db, &Sight::of_run("import"), CONDITIONS, Vec::new()).await.len(), 2);
    let mut tx = db.begin(&Sight { run: Some("import"), ..sees_patient(1) }).await.unwrap();
    let moved = tx.execute(NEW_CONDITION, args!["smuggled", patient(2), vec![1u8], at(0)]).await;
    assert!(matches!(moved, Err(DbError::Refused)), "{moved:?}");
    // Nor can a row be moved into another chart.
    let moved =
        testing::raw(&raw.app, &raw_as(&[("patient", &ana)], &format!("UPDATE condition SET patient_id = '{ben}'")))
            .await;
    assert!(matches!(moved, Err(DbError::Refused)), "{moved:?}");
    // A list shows the listed, and only in the table of patients.
    let listed = Sight { listed: vec![patient(2)], ..Sight::default() };
    assert_eq!(texts(&db, &listed, sql!("SELECT patient_id FROM patient"), Vec::new()).await, [ben]);
    assert!(texts(&db, &listed, CONDITIONS, Vec::new()).await.is_empty());
}

#[tokio::test]
async fn nothing_set_is_nothing_seen() {
    let Some((_dbs, raw, db)) = postgres().await else { return };
    two_patients(&db).await;
    fill_accounts(&db).await;
    for table in registry() {
        let rows = testing::raw(&raw.app, &format!("SELECT * FROM {}", table.name)).await.unwrap();
        assert_eq!(rows, 0, "{} is seen by nobody in particular", table.name);
        let empty: Vec<(&str, &str)> =
            ["account", "patient", "practitioner", "role", "token", "listed", "run"].map(|name| (name, "")).to_vec();
        let rows = testing::raw(&raw.app, &raw_as(&empty, &format!("SELECT * FROM {}", table.name))).await.unwrap();
        assert_eq!(rows, 0, "{} with empty settings", table.name);
    }
    // The same connection, after a transaction that saw something: settings must not survive it.
    let ana = patient(1).to_string();
    let sql = format!("{} COMMIT; SELECT * FROM condition", raw_as(&[("patient", &ana)], "SELECT * FROM condition"));
    assert_eq!(testing::raw(&raw.app, &sql).await.unwrap(), 0);
}

#[tokio::test]
async fn the_application_owns_nothing_and_makes_nothing() {
    let Some((_dbs, raw, _db)) = postgres().await else { return };
    for refused in [
        "CREATE TABLE mine (a int)",
        "CREATE TEMPORARY TABLE mine (a int)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE ROLE me",
        "CREATE DATABASE mine",
        "DROP TABLE condition",
        "TRUNCATE condition",
        "ALTER TABLE condition DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE condition NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY owner_all ON condition",
        "CREATE POLICY mine ON condition USING (true)",
        "DELETE FROM condition",
        "DELETE FROM patient",
        "DELETE FROM access_grant",
        "UPDATE subject_key SET wrapped = ''",
        "DELETE FROM subject_key",
        "UPDATE schema_migration SET checksum = ''",
        "SET ROLE salus_owner",
        "SET SESSION AUTHORIZATION salus_owner",
        "COPY condition TO PROGRAM 'cat'",
        "SELECT pg_read_file('/etc/passwd')",
        "ALTER SYSTEM SET fsync = off",
    ] {
        let tried = testing::raw(&raw.app, refused).await;
        assert!(matches!(tried, Err(DbError::Refused)), "{refused}: {tried:?}");
    }
    // `row_security = off` does not open a table; it makes the query fail instead of filtering.
    let tried = testing::raw(&raw.app, "SET row_security = off; SELECT * FROM condition").await;
    assert!(matches!(tried, Err(DbError::Refused)), "{tried:?}");
    // What one does not own can't be given on: PostgreSQL only warns, so look at what came of it.
    testing::raw(&raw.app, "GRANT SELECT ON condition TO PUBLIC").await.unwrap();
    let given =
        "SELECT 1 FROM information_schema.table_privileges WHERE grantee = 'PUBLIC' AND table_schema = 'public'";
    assert_eq!(testing::raw(&raw.superuser, given).await.unwrap(), 0);
    let owned = "SELECT 1 FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = 'salus_app'";
    assert_eq!(testing::raw(&raw.superuser, owned).await.unwrap(), 0);
}

#[tokio::test]
async fn every_table_is_closed_and_has_policies() {
    let Some((_dbs, raw, db)) = postgres().await else { return };
    let open = "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)";
    assert_eq!(testing::raw(&raw.superuser, open).await.unwrap(), 0, "tables are not closed, or not to their owner");
    let without = "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND (SELECT count(*) FROM pg_policies p
                          WHERE p.tablename = c.relname AND p.roles <> ARRAY['salus_owner']::name[]) = 0";
    assert_eq!(testing::raw(&raw.superuser, without).await.unwrap(), 0);
    // The owner is bound too, and has its explicit policy: a data migration and pg_dump see every row.
    two_patients(&db).await;
    assert_eq!(testing::raw(&raw.owner, "UPDATE condition SET state = state").await.unwrap(), 2);
    let schema = db.schema().await.unwrap();
    let unknown: Vec<&str> = schema
        .tables
        .iter()
        .map(|table| table.name.as_str())
        .filter(|name| *name != "schema_migration" && !registry().iter().any(|entry| entry.name == *name))
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    let _: &Schema = &schema;
}

async fn fill_accounts(db: &Db) {
    let mut tx = db.begin(&Sight::of_run("accounts")).await.unwrap();
    for byte in [1, 2] {
        tx.execute(
            sql!(
                "INSERT INTO account (id, email, email_index, name, password_hash, status, reading_font, colour_scheme,
                                       password_changed_at, created_at, updated_at, key_version, version, entry)
                  VALUES ($1, $2, $3, $2, '', 'active', 'standard', 'device', 0, 0, 0, 1, 1, '')"
            ),
            args![account(byte), vec![byte], format!("v1:{byte:02x}")],
        )
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
    for byte in [1, 2] {
        let mut tx = db.begin(&Sight { account: Some(account(byte)), ..Sight::default() }).await.unwrap();
        tx.execute(
            sql!("INSERT INTO session (id, token_hash, account_id, stage, created_at, last_seen, ends_at, address, key_version)
                  VALUES ($1, $2, $3, 'full', 0, 0, 9, '', 1)"),
            args![format!("s{byte}"), vec![byte; 32], account(byte)],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn accounts_and_sessions_are_found_by_what_one_knows() {
    let Some((_dbs, raw, db)) = postgres().await else { return };
    two_patients(&db).await;
    fill_accounts(&db).await;
    let knows = |token: &str| Sight { token: Some(token.to_owned()), ..Sight::default() };
    let accounts = sql!("SELECT email_index FROM account ORDER BY id");
    let sessions = sql!("SELECT id FROM session ORDER BY id");
    assert_eq!(texts(&db, &knows("v1:02"), accounts.clone(), Vec::new()).await, ["v1:02"]);
    assert!(texts(&db, &knows("v1:03"), accounts.clone(), Vec::new()).await.is_empty());
    let by_token = texts(&db, &knows(&hex::encode([1; 32])), sessions.clone(), Vec::new()).await;
    assert_eq!(by_token, ["s1"], "another account's sessions are seen");
    let both = format!("{},v1:02", hex::encode([1; 32]));
    assert_eq!(texts(&db, &knows(&both), accounts, Vec::new()).await, ["v1:02"]);
    let own = Sight { account: Some(account(2)), ..Sight::default() };
    assert_eq!(texts(&db, &own, sessions.clone(), Vec::new()).await, ["s2"], "another account's sessions are seen");
    // An account can't give itself a chart.
    let grant = format!(
        "INSERT INTO access_grant (id, account_id, patient_id, basis, starts_at, created_at, entry) VALUES ('g', '{}', '{}', 'self', 0, 0, '')",
        account(1),
        patient(2)
    );
    let (own, open) = (account(1).to_string(), patient(2).to_string());
    let tried = testing::raw(&raw.app, &raw_as(&[("account", &own), ("patient", &open)], &grant)).await;
    assert!(matches!(tried, Err(DbError::Refused)), "an account gave itself a chart: {tried:?}");
    let tried = testing::raw(&raw.app, &raw_as(&[("run", "accounts")], &grant)).await;
    assert!(tried.is_ok(), "{tried:?}");
    // Nor a place on a care team, nor a role.
    let tried = testing::raw(
        &raw.app,
        &raw_as(
            &[("account", &own), ("practitioner", "p"), ("patient", &open)],
            &format!("INSERT INTO care_team_member (patient_id, practitioner_id, starts_at, basis, created_at, entry) VALUES ('{open}', 'p', 0, '', 0, '')"),
        ),
    )
    .await;
    assert!(matches!(tried, Err(DbError::Refused)), "{tried:?}");
    let tried = testing::raw(
        &raw.app,
        &raw_as(&[("account", &own), ("role", "practitioner")],
            &format!("INSERT INTO staff_member (account_id, name, role, active, created_at, version, entry) VALUES ('{own}', '', 'administrator', TRUE, 0, 1, '')")),
    )
    .await;
    assert!(matches!(tried, Err(DbError::Refused)), "{tried:?}");
    // A care team: the front desk puts on the open chart's team who works here and treats patients, and ends that alone.
    let team = |patient: &str, who: &str| {
        format!(
            "INSERT INTO care_team_member (patient_id, practitioner_id, starts_at, basis, created_at, entry) VALUES ('{patient}', '{who}', 0, 'assigned', 0, '')"
        )
    };
    let mut tx = db.begin(&Sight::of_run("accounts")).await.unwrap();
    for (number, who, role, active) in [(1, "p-here", "practitioner", true), (2, "p-gone", "nurse", false)] {
        let person = sql!(
            "INSERT INTO practitioner (id, source_index, content_digest, name, resource, created_at, updated_at, version)
             VALUES ($1, $1, $2, '', '', 0, 0, 1)"
        );
        tx.execute(person, args![who, vec![0_u8]]).await.unwrap();
        let colleague = sql!(
            "INSERT INTO staff_member (account_id, name, role, practitioner_id, active, created_at, version, entry)
             VALUES ($1, '', $2, $3, $4, 0, 1, '')"
        );
        tx.execute(colleague, args![account(number), role, who, active]).await.unwrap();
    }
    tx.commit().await.unwrap();
    let desk = [("account", own.as_str()), ("role", "front-desk"), ("patient", open.as_str())];
    let other = patient(1).to_string();
    for (chart, who, why) in [
        (&other, "p-here", "in a chart that is not open"),
        (&open, "p-gone", "who was closed"),
        (&open, "p", "who does not work here"),
    ] {
        let tried = testing::raw(&raw.app, &raw_as(&desk, &team(chart, who))).await;
        assert!(matches!(tried, Err(DbError::Refused)), "the desk puts somebody on a team {why}: {tried:?}");
    }
    let then = |what: &str| raw_as(&desk, &format!("{}; UPDATE care_team_member SET {what}", team(&open, "p-here")));
    testing::raw(&raw.app, &then("ends_at = 5")).await.unwrap();
    for (what, why) in [
        ("practitioner_id = 'p-gone', ends_at = 5", "given to somebody else"),
        ("ends_at = NULL", "begun anew"),
        ("starts_at = 3, ends_at = 5", "moved"),
    ] {
        let tried = testing::raw(&raw.app, &then(what)).await;
        assert!(matches!(tried, Err(DbError::Refused)), "a place on a team was {why}: {tried:?}");
    }
    // A throttle's row is there for who knows its key.
    let mut tx = db.begin(&knows("k1")).await.unwrap();
    let throttle = sql!(
        "INSERT INTO throttle (key, kind, failures, first_at, last_at, blocked_until) VALUES ($1, 'sign-in', 1, 0, 0, 0)"
    );
    tx.execute(throttle, args!["k1"]).await.unwrap();
    tx.commit().await.unwrap();
    let keys = sql!("SELECT key FROM throttle");
    assert_eq!(texts(&db, &knows("k1"), keys.clone(), Vec::new()).await, ["k1"]);
    assert!(texts(&db, &knows("k2"), keys, Vec::new()).await.is_empty());
}

#[tokio::test]
async fn an_invite_opens_one_chart_and_makes_one_colleague() {
    let Some((_dbs, raw, db)) = postgres().await else { return };
    two_patients(&db).await;
    fill_accounts(&db).await;
    let (own, first, second) = (account(1).to_string(), patient(1).to_string(), patient(2).to_string());
    let invite = |key: &str, kind: &str, patient: &str, role: &str| {
        format!(
            "INSERT INTO invite (id, key, proof, kind, patient_id, role, name, evidence, state, wrong_dates, created_at, ends_at, account_id, version, entry)
             VALUES ('{key}', '{key}', '', '{kind}', {patient}, {role}, {name}, {evidence}, 'redeemed', 0, 0, 9, '{own}', 1, '')",
            name = if kind == "staff" { "'N'" } else { "NULL" },
            evidence = if kind == "staff" { "NULL" } else { "'photo-id'" },
        )
    };
    testing::raw(&raw.owner, &invite("k-chart", "patient", &format!("'{first}'"), "NULL")).await.unwrap();
    testing::raw(&raw.owner, &invite("k-staff", "staff", "NULL", "'nurse'")).await.unwrap();
    let grant = |patient: &str| {
        format!(
            "INSERT INTO access_grant (id, account_id, patient_id, basis, starts_at, created_at, entry) VALUES ('{patient}', '{own}', '{patient}', 'self', 0, 0, '')"
        )
    };
    let staff = |role: &str| {
        format!(
            "INSERT INTO staff_member (account_id, name, role, active, created_at, version, entry) VALUES ('{own}', 'N', '{role}', TRUE, 0, 1, '')"
        )
    };
    let chart = [("account", own.as_str()), ("patient", second.as_str()), ("token", "k-chart")];
    let work = [("account", own.as_str()), ("token", "k-staff")];
    let tries = [
        ("another chart than the invite's", raw_as(&chart, &grant(&second))),
        ("a role by a slip", raw_as(&chart, &staff("nurse"))),
        ("a chart by a link", raw_as(&[("account", &own), ("patient", &first), ("token", "k-staff")], &grant(&first))),
        ("another role than the link's", raw_as(&work, &staff("administrator"))),
        ("without the key", raw_as(&[("account", &own), ("patient", &first)], &grant(&first))),
        ("as somebody else", raw_as(&[("account", &account(2).to_string()), ("token", "k-staff")], &staff("nurse"))),
    ];
    for (what, sql) in tries {
        let tried = testing::raw(&raw.app, &sql).await;
        assert!(matches!(tried, Err(DbError::Refused)), "an invite gave {what}: {tried:?}");
    }
    for sql in [raw_as(&chart, &grant(&first)), raw_as(&work, &staff("nurse"))] {
        testing::raw(&raw.app, &sql).await.unwrap();
    }
    // The way back in is made for the owner of this chart alone, and for colleagues alone.
    let back = |account: u8, patient: &str| {
        format!(
            "INSERT INTO invite (id, key, proof, kind, patient_id, for_account, evidence, state, wrong_dates, created_at, ends_at, version, entry)
             VALUES ('b{account}', 'b{account}', '', 'return', {patient}, '{}', 'photo-id', 'open', 0, 0, 9, 1, '')",
            self::account(account)
        )
    };
    testing::raw(&raw.owner, &grant(&first)).await.unwrap();
    let desk = [("role", "front-desk"), ("patient", first.as_str())];
    let chart_of_first = format!("'{first}'");
    for sql in [
        raw_as(&desk, &back(2, &chart_of_first)),
        raw_as(&desk, &back(1, "NULL")),
        raw_as(&[("role", "administrator")], &back(2, "NULL")),
        raw_as(&[("role", "administrator"), ("patient", &first)], &back(1, &chart_of_first)),
        raw_as(&[("account", &own), ("patient", &first)], &back(1, &chart_of_first)),
    ] {
        let tried = testing::raw(&raw.app, &sql).await;
        assert!(matches!(tried, Err(DbError::Refused)), "a way back in to the wrong account: {tried:?}");
    }
    testing::raw(&raw.app, &raw_as(&desk, &back(1, &chart_of_first))).await.unwrap();
    // Nobody lists invites but who may make them.
    let invites = sql!("SELECT id FROM invite ORDER BY id");
    let sees = async |sight: &Sight| texts(&db, sight, invites.clone(), Vec::new()).await;
    assert!(sees(&sees_patient(1)).await.is_empty());
    let desk = Sight { role: Some(salus_kernel::Role::FrontDesk), ..sees_patient(1) };
    assert_eq!(sees(&desk).await, ["k-chart"]);
    let admin = Sight { role: Some(salus_kernel::Role::Administrator), ..Sight::default() };
    assert_eq!(sees(&admin).await, ["k-staff"]);
}

#[tokio::test]
async fn keys_come_with_their_subject() {
    let Some((_dbs, _raw, db)) = postgres().await else { return };
    let mut tx = db.begin(&Sight::of_run("setup")).await.unwrap();
    let insert = sql!(
        "INSERT INTO subject_key (subject_kind, subject_id, version, wrapped, created_at) VALUES ($1, $2, 1, $3, 0)"
    );
    for (kind, id) in [
        ("patient", patient(1).to_string()),
        ("patient", patient(2).to_string()),
        ("account", account(1).to_string()),
        ("clinic", String::new()),
    ] {
        tx.execute(insert.clone(), args![kind, id, vec![1u8]]).await.unwrap();
    }
    tx.commit().await.unwrap();
    let seen = async |sight: Sight| {
        texts(&db, &sight, sql!("SELECT subject_kind FROM subject_key ORDER BY subject_kind"), Vec::new()).await
    };
    assert_eq!(seen(sees_patient(1)).await, ["clinic", "patient"]);
    assert_eq!(seen(Sight { account: Some(account(1)), ..Sight::default() }).await, ["account", "clinic"]);
    assert_eq!(
        seen(Sight { listed: vec![patient(1), patient(2)], ..Sight::default() }).await,
        ["clinic", "patient", "patient"]
    );
    assert_eq!(seen(Sight::of_run("directory")).await, ["clinic", "patient", "patient"]);
    assert_eq!(seen(Sight { practitioner: Some(practitioner(1)), ..Sight::default() }).await, ["clinic"]);
    assert!(seen(Sight::default()).await.is_empty());
}

#[tokio::test]
async fn anyone_adds_a_job_and_the_runner_alone_takes_it() {
    let Some((_dbs, raw, db)) = postgres().await else { return };
    let add = |id: &str, state: &str| {
        format!(
            "INSERT INTO job (id, kind, body, dedupe_key, state, attempts, queued_at, run_after, last_error, created_at, updated_at, version, entry)
             VALUES ('{id}', 'k', '{{}}', '{id}', '{state}', 0, 0, 0, '', 0, 0, 1, '') ON CONFLICT DO NOTHING"
        )
    };
    let own = account(1).to_string();
    let asked = async |settings: &[(&str, &str)], sql: &str| testing::raw(&raw.app, &raw_as(settings, sql)).await;
    let committed = |sql: &str| format!("{sql}; COMMIT");
    asked(&[("account", &own)], &committed(&add("j1", "queued"))).await.unwrap();
    asked(&[("run", "accounts")], &committed(&add("j2", "given-up"))).await.unwrap();
    assert!(matches!(asked(&[], &add("j3", "queued")).await, Err(DbError::Refused)));
    // Once more is nothing, and tells nobody whether it was there.
    assert_eq!(asked(&[("account", &own)], &add("j1", "queued")).await.unwrap(), 0);

    let jobs = sql!("SELECT id FROM job ORDER BY id");
    let staff = |role| Sight { account: Some(account(1)), role: Some(role), ..Sight::default() };
    use salus_kernel::Role;
    for sight in [
        Sight { account: Some(account(1)), ..Sight::default() },
        staff(Role::Practitioner),
        staff(Role::PrivacyOfficer),
        Sight::of_run("import"),
        sees_patient(1),
    ] {
        assert!(texts(&db, &sight, jobs.clone(), Vec::new()).await.is_empty(), "{sight:?} sees jobs");
    }
    assert_eq!(texts(&db, &Sight::of_run("jobs"), jobs.clone(), Vec::new()).await, ["j1", "j2"]);
    assert_eq!(texts(&db, &staff(Role::Administrator), jobs, Vec::new()).await, ["j1", "j2"]);
    let administrator: &[(&str, &str)] = &[("account", &own), ("role", "administrator")];
    // An administrator has what was given up run again, and can neither take a job nor call one done.
    assert_eq!(asked(administrator, "UPDATE job SET state = 'queued' WHERE id = 'j2'").await.unwrap(), 1);
    for state in ["running", "done"] {
        let tried = asked(administrator, &format!("UPDATE job SET state = '{state}'")).await;
        assert!(matches!(tried, Err(DbError::Refused)), "an administrator made a job {state}: {tried:?}");
    }
    assert_eq!(asked(administrator, "DELETE FROM job").await.unwrap(), 0);
    assert_eq!(asked(&[("account", &own)], "UPDATE job SET state = 'done'").await.unwrap(), 0);
    assert_eq!(asked(&[("run", "jobs")], "UPDATE job SET state = 'running'").await.unwrap(), 2);
    assert_eq!(asked(&[("run", "jobs")], "DELETE FROM job").await.unwrap(), 2);
    // A job's own run sees its account's key, and no patient's.
    let job = Sight { account: Some(account(1)), ..Sight::of_run("jobs") };
    two_patients(&db).await;
    assert!(texts(&db, &job, CONDITIONS, Vec::new()).await.is_empty());
}

#[tokio::test]
async fn looking_as_someone_else_changes_what_is_seen() {
    let Some((_dbs, _raw, db)) = postgres().await else { return };
    two_patients(&db).await;
    let mut tx = db.begin(&sees_patient(1)).await.unwrap();
    let one: Vec<(String,)> = tx.all(CONDITIONS, Vec::new()).await.unwrap();
    tx.look_as(&sees_patient(2)).await.unwrap();
    let other: Vec<(String,)> = tx.all(CONDITIONS, Vec::new()).await.unwrap();
    assert_eq!((one[0].0.as_str(), other[0].0.as_str()), ("condition-1", "condition-2"));
    tx.look_as(&Sight::default()).await.unwrap();
    let none: Vec<(String,)> = tx.all(CONDITIONS, Vec::new()).await.unwrap();
    assert!(none.is_empty());
}

#[tokio::test]
async fn the_front_desk_binds_only_whose_registration_waits() {
    // IDN-13, as the real role: the fourth wall behind the desk's pages.
    let Some((_dbs, raw, db)) = postgres().await else { return };
    two_patients(&db).await;
    fill_accounts(&db).await;
    let (first, second) = (patient(1).to_string(), patient(2).to_string());
    let registration = |byte: u8, state: &str, verified: &str| {
        format!(
            "INSERT INTO registration (account_id, address_index, state, created_at, verified_at, key_version, version, entry)
             VALUES ('{}', 'v1:0{byte}', '{state}', 0, {verified}, 1, 1, '')",
            account(byte)
        )
    };
    testing::raw(&raw.owner, &registration(1, "waiting", "1")).await.unwrap();
    testing::raw(&raw.owner, &registration(2, "mailed", "NULL")).await.unwrap();
    let desk = [("role", "front-desk"), ("patient", first.as_str())];
    let grant = |byte: u8, patient: &str, basis: &str| {
        format!(
            "INSERT INTO access_grant (id, account_id, patient_id, basis, starts_at, created_at, entry)
             VALUES ('g{byte}', '{}', '{patient}', '{basis}', 0, 0, '')",
            account(byte)
        )
    };
    let own = account(1).to_string();
    for (what, sql) in [
        ("whose address nobody verified", raw_as(&desk, &grant(2, &first, "self"))),
        ("to a chart that is not open", raw_as(&desk, &grant(1, &second, "self"))),
        ("as an administrator", raw_as(&[("role", "administrator"), ("patient", &first)], &grant(1, &first, "self"))),
        ("oneself", raw_as(&[("account", &own), ("patient", &first)], &grant(1, &first, "self"))),
        (
            "a registration that is verified from the start",
            raw_as(&[("account", &account(3).to_string())], &registration(3, "waiting", "1")),
        ),
    ] {
        let tried = testing::raw(&raw.app, &sql).await;
        assert!(matches!(tried, Err(DbError::Refused)), "bound {what}: {tried:?}");
    }
    // Whose address nobody verified is nobody's business but their own.
    let seen = |settings: &[(&str, &str)]| raw_as(settings, "UPDATE registration SET reason = reason");
    assert_eq!(testing::raw(&raw.app, &seen(&desk)).await.unwrap(), 1);
    assert_eq!(testing::raw(&raw.app, &seen(&[("role", "practitioner")])).await.unwrap(), 0);
    assert_eq!(testing::raw(&raw.app, &seen(&[("account", &account(2).to_string())])).await.unwrap(), 1);
    testing::raw(&raw.app, &raw_as(&desk, &grant(1, &first, "self"))).await.unwrap();
    // What binds is ended by the desk, and never moved to somebody else, begun anew or doubled.
    testing::raw(&raw.owner, &grant(1, &first, "self")).await.unwrap();
    for change in [
        format!("UPDATE access_grant SET account_id = '{}' WHERE id = 'g1'", account(2)),
        format!("UPDATE access_grant SET account_id = '{}', ends_at = 5 WHERE id = 'g1'", account(2)),
        format!("UPDATE access_grant SET patient_id = '{second}' WHERE id = 'g1'"),
        "UPDATE access_grant SET starts_at = 0 WHERE id = 'g1'".to_owned(),
    ] {
        let tried = testing::raw(&raw.app, &raw_as(&desk, &change)).await;
        assert!(matches!(tried, Err(DbError::Refused)), "a grant was moved: {change}: {tried:?}");
    }
    let second_account = grant(2, &first, "self");
    assert!(testing::raw(&raw.owner, &second_account).await.is_err(), "two accounts opened one chart as their own");
    let end = format!("{} COMMIT", raw_as(&desk, "UPDATE access_grant SET ends_at = 5 WHERE id = 'g1'"));
    testing::raw(&raw.app, &end).await.unwrap();
    let again = testing::raw(&raw.app, &raw_as(&desk, "UPDATE access_grant SET ends_at = NULL WHERE id = 'g1'")).await;
    assert!(matches!(again, Ok(0) | Err(DbError::Refused)), "an ended grant was begun anew: {again:?}");
    // Nobody decides about themselves.
    let me = [("account", own.as_str())];
    for decided in ["linked", "refused"] {
        let tried = testing::raw(&raw.app, &raw_as(&me, &format!("UPDATE registration SET state = '{decided}'"))).await;
        assert!(tried.is_err(), "somebody decided about themselves: {tried:?}");
    }
}
