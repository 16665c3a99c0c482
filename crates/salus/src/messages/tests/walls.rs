//! Whose messages nobody else sees: another patient's, those of patients who are not in one's care, sealed ones.

use salus_db::{Sight, Sql, sql};
use salus_kernel::{MINUTE, PatientId, Role, Subject};

use super::{begun, field, nurse, treats, typed};
use crate::{
    salus_test,
    shell::urls,
    testing::{Person, Postbox, World},
};

salus_test! {
async fn another_patient_s_conversation_is_not_there_on_any_route(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let ben = w.patient("Ben Okafor").await;
    let dana = nurse(&w, "Dana Whitfield", ana.patient).await;
    let omar = nurse(&w, "Omar Haddad", ben.patient).await;
    let hers = begun(&ana, ana.patient, "hers").await;
    begun(&ben, ben.patient, "bens").await;
    let routes: Vec<(&str, bool)> = w.routes.iter().filter(|route| route.path.starts_with("/p/{patient}/messages/{id}")).map(|route| (route.path, route.method == "POST")).collect();
    assert_eq!(routes.len(), 5);
    // The owners with exactly this address first; then the other patient's people, in either chart.
    for (path, post) in routes {
        let staff_only = path.ends_with("/claim") || path.ends_with("/state");
        let fields = [("body", "hers again"), ("what", "give-back"), ("closed", "no")];
        let ask = async |person: &Person, patient: PatientId| {
            person.get(urls::SETTINGS).await.is_ok();
            let url = path.replace("{patient}", &patient.to_string()).replace("{id}", &hers);
            if post { person.post(&url, &fields).await } else { person.get(&url).await }
        };
        let owner = ask(if staff_only { &dana } else { &ana }, ana.patient).await;
        assert!(owner.status == 200 || owner.status == 303, "{path}: {}", owner.status);
        for (person, patient) in [(&ben, ana.patient), (&ben, ben.patient), (&omar, ana.patient), (&omar, ben.patient)] {
            ask(person, patient).await.is_not_found().hides("hers");
        }
    }
    for wrong in ["", "x", "%00", "01890000-0000-7000-8000-000000000000", &hers.to_uppercase()] {
        ana.get(&format!("/p/{}/messages/{wrong}", ana.patient)).await.is_not_found();
    }
    ana.get(&urls::thread(ana.patient, &hers)).await.is_ok().shows("hers body").hides("bens");
}
}

/// Everything that somebody's pages of messages say.
async fn everything(person: &Person, patient: Option<PatientId>) -> String {
    let mut seen = String::new();
    let mut urls = vec![urls::HOME.to_owned()];
    match patient {
        Some(patient) => urls.extend([
            urls::messages(patient),
            urls::messages_new(patient),
            urls::access_log(patient),
            urls::patient_home(patient),
        ]),
        None => urls.extend(
            ["", "?show=unclaimed", "?show=mine", "?show=answered"].map(|show| format!("{}{show}", urls::INBOX)),
        ),
    }
    let mut next = 0;
    while let Some(url) = urls.get(next).cloned() {
        next += 1;
        let page = person.get(&url).await;
        let links = page
            .body
            .split("href=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .filter(|link| link.contains("/messages"));
        for link in links {
            if !urls.contains(&link.to_owned()) {
                urls.push(link.to_owned());
            }
        }
        seen.push_str(&page.body);
    }
    seen
}

salus_test! {
async fn a_message_never_shows_in_another_patient_s_list_count_inbox_or_notice(w: World) {
    // Generated: both patients are made of marks, and every page of messages of everybody is read.
    for round in 0..3 {
        let marks: Vec<String> = (0..2).map(|n| format!("mark{round}{n}{}", hex::encode(salus_vault::random::<4>()))).collect();
        let mut sides = Vec::new();
        for mark in &marks {
            let patient = w.patient(&format!("P{mark} F{mark}")).await;
            let nurse = nurse(&w, &format!("Nurse {mark}"), patient.patient).await;
            sides.push((patient, nurse));
        }
        let stranger = treats(&w, "Nobody's Nurse", Role::Nurse).await;
        let postbox = Postbox::new();
        postbox.work(&w).await;
        for ((patient, nurse), mark) in sides.iter().zip(&marks) {
            for n in 0..=round {
                let thread = urls::thread(patient.patient, begun(patient, patient.patient, &format!("{mark}{n}")).await);
                nurse.get(&thread).await.is_ok();
                nurse.post(&thread, &[("body", &format!("answer {mark}"))]).await.goes_to(&thread);
                patient.get(&thread).await.is_ok();
                patient.post(&format!("{thread}/draft"), &[("body", &format!("draft {mark}"))]).await.goes_to(&thread);
                nurse.post(&thread, &[("body", &format!("unread {mark}"))]).await.goes_to(&thread);
            }
        }
        postbox.work(&w).await;
        for (n, (patient, nurse)) in sides.iter().enumerate() {
            let (own, other) = (&marks[n], &marks[1 - n]);
            for seen in [everything(patient, Some(patient.patient)).await, everything(nurse, None).await, everything(nurse, Some(patient.patient)).await] {
                assert!(seen.contains(own.as_str()), "{own} is nowhere: the search would prove nothing");
                assert!(!seen.contains(other.as_str()), "{other} is on a page of {own}");
            }
            let list = patient.get(&urls::messages(patient.patient)).await.text();
            assert_eq!(list.matches("subject").count(), round + 1, "{list}");
        }
        let seen = everything(&stranger, None).await;
        assert!(marks.iter().all(|mark| !seen.contains(mark.as_str())), "a nurse without patients sees something");
        assert!(seen.contains("There are no messages of patients in your care"));
        for mail in postbox.mails().await {
            assert!(marks.iter().all(|mark| !mail.split("\n\n").nth(1).unwrap_or_default().contains(mark.as_str())), "{mail}");
        }
    }
}
}

salus_test! {
async fn who_leaves_the_team_reads_nothing_more_and_a_patient_without_a_team_is_told_whom_to_call(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let dana = nurse(&w, "Dana Whitfield", ana.patient).await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let thread = urls::thread(ana.patient, begun(&ana, ana.patient, "x").await);
    dana.get(&thread).await.is_ok().shows("x body");
    dana.get(urls::INBOX).await.is_ok().shows("Ana Ruiz");
    ana.get(&thread).await.is_ok();
    ana.post(&format!("{thread}/draft"), &[("body", "Are you there?")]).await.goes_to(&thread);
    desk.get(&urls::care_team(ana.patient)).await.is_ok();
    desk.post(&urls::care_team_end(ana.patient), &[("practitioner", &dana.practitioner.unwrap().to_string())]).await.is(303);

    dana.get(urls::INBOX).await.is_ok().hides("Ana Ruiz").hides("x subject").shows("No message from a patient in your care waits");
    for url in [thread.clone(), urls::messages(ana.patient), urls::messages_new(ana.patient)] {
        dana.get(&url).await.is_not_found().hides("x body");
    }
    dana.get(urls::SETTINGS).await.is_ok();
    for url in [thread.clone(), format!("{thread}/claim"), format!("{thread}/draft"), format!("{thread}/state"), urls::messages(ana.patient)] {
        dana.post(&url, &[("body", "still me"), ("what", "take"), ("topic", "other"), ("subject", "s")]).await.is_not_found();
    }
    // The patient reads whom to call, and loses nothing.
    let page = ana.get(&thread).await;
    page.is_ok().shows("Nobody is on your care team yet").shows("555 0100").shows("What you wrote is still here").hides("Send message");
    assert_eq!(typed(&page), "Are you there?");
    let page = ana.post(&thread, &[("body", "Hello? Anybody?")]).await;
    page.is(422).shows("Nobody is on your care team yet");
    assert_eq!(typed(&page), "Hello? Anybody?");
    assert_eq!(typed(&ana.get(&thread).await), "Are you there?");
    let fields = [("topic", "other"), ("subject", "Anybody"), ("body", "there?")];
    let page = ana.post(&urls::messages(ana.patient), &fields).await;
    page.is(422).shows("Nobody is on your care team yet").shows("555 0100");
    assert_eq!(typed(&page), "there?");
    ana.get(&urls::messages(ana.patient)).await.is_ok().shows("Nobody is on your care team yet").hides("Write a new message").hides("Anybody");
    // The front desk and those who run the clinic see none of it.
    for role in [Role::FrontDesk, Role::Biller, Role::Administrator, Role::PrivacyOfficer] {
        let person = w.staff("Somebody Else", role).await;
        person.get(&thread).await.is_not_found();
        person.get(&urls::messages(ana.patient)).await.is_not_found();
        assert_eq!(person.get(urls::INBOX).await.status, 404);
    }
}
}

/// One sealed value of a table, with its row's id.
async fn sealed(w: &World, patient: PatientId, account: salus_kernel::AccountId, sql: Sql) -> (String, Vec<u8>) {
    let sight = Sight { patient: Some(patient), account: Some(account), ..Sight::default() };
    w.db.read(&sight).await.unwrap().one(sql, Vec::new()).await.unwrap()
}

salus_test! {
async fn what_is_written_is_sealed_under_the_conversation_s_own_key(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    nurse(&w, "Dana Whitfield", ana.patient).await;
    let id = begun(&ana, ana.patient, "x").await;
    let other = begun(&ana, ana.patient, "y").await;
    let thread = urls::thread(ana.patient, &id);
    ana.get(&thread).await.is_ok();
    ana.post(&format!("{thread}/draft"), &[("body", "a draft")]).await.goes_to(&thread);
    let run = w.run("import", salus_kernel::Action::ImportRecords).await;
    let mut change = run.begin().await.unwrap();
    change.look_at(ana.patient).await.unwrap();
    let patient_key = change.key_for(Subject::Patient(ana.patient)).await.unwrap();
    drop(change);
    let sight = Sight { patient: Some(ana.patient), ..Sight::default() };
    let mut tx = w.db.read(&sight).await.unwrap();
    let keys: Vec<(String, Vec<u8>)> = tx.all(sql!("SELECT thread_id, wrapped FROM thread_key"), Vec::new()).await.unwrap();
    drop(tx);
    assert_eq!(keys.len(), 2);
    let key_of = |thread: &str| {
        let wrapped = &keys.iter().find(|(of, _)| of == thread).unwrap().1;
        patient_key.unwrap_within(Subject::Thread(thread.parse().unwrap()), 1, wrapped).unwrap()
    };
    for (table, column, text, sql) in [
        ("communication_thread", "subject", "x subject", Sql::owned(format!("SELECT id, subject FROM communication_thread WHERE id = '{id}'"))),
        ("communication", "body", "x body", Sql::owned(format!("SELECT id, body FROM communication WHERE thread_id = '{id}'"))),
        ("communication_draft", "body", "a draft", Sql::owned(format!("SELECT id, body FROM communication_draft WHERE thread_id = '{id}'"))),
    ] {
        let (row, bytes) = sealed(&w, ana.patient, ana.account, sql).await;
        assert_eq!(key_of(&id).open_at(table, column, &row, &bytes).unwrap(), text.as_bytes(), "{table}.{column}");
        assert!(key_of(&other).open_at(table, column, &row, &bytes).is_err(), "another conversation's key opens {table}.{column}");
        assert!(patient_key.open_at(table, column, &row, &bytes).is_err(), "the patient's key itself opens {table}.{column}");
    }
    // A wrapped key is bound to its conversation.
    let (_, wrapped) = keys.iter().find(|(of, _)| *of == id).unwrap();
    assert!(patient_key.unwrap_within(Subject::Thread(other.parse().unwrap()), 1, wrapped).is_err());
    assert!(patient_key.unwrap_within(Subject::Thread(id.parse().unwrap()), 2, wrapped).is_err());
}
}

salus_test! {
async fn once_a_patient_is_erased_nobody_reads_their_messages(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let ben = w.patient("Ben Okafor").await;
    let dana = nurse(&w, "Dana Whitfield", ana.patient).await;
    w.assign(&dana, ben.patient).await;
    let thread = urls::thread(ana.patient, begun(&ana, ana.patient, "gone").await);
    begun(&ben, ben.patient, "stays").await;
    dana.get(&thread).await.is_ok().shows("gone body");
    w.erase(ana.patient).await;
    for person in [&ana, &dana] {
        person.get(&thread).await.is_not_found().hides("gone body");
        person.get(&urls::messages(ana.patient)).await.is_not_found();
    }
    // One erased record does not take the inbox away.
    dana.get(urls::INBOX).await.is_ok().shows("stays subject").hides("gone subject");
}
}

salus_test! {
async fn a_clinic_can_do_without_messages(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let dana = nurse(&w, "Dana Whitfield", ana.patient).await;
    let admin = w.staff("Grace Kim", Role::Administrator).await;
    let thread = urls::thread(ana.patient, begun(&ana, ana.patient, "x").await);
    let home = urls::patient_home(ana.patient);
    assert!(ana.get(&home).await.body.contains("/messages\""));
    admin.get(urls::CLINIC_FEATURES).await.is_ok().shows("Messages");
    admin.post(urls::CLINIC_FEATURES, &[("feature", "messages"), ("on", "no"), ("version", "0")]).await.is(303);
    assert!(!ana.get(&home).await.body.contains("/messages\""));
    for url in [thread.clone(), urls::messages(ana.patient)] {
        ana.get(&url).await.is_not_found();
    }
    dana.get(urls::INBOX).await.is_not_found();
    admin.get(urls::CLINIC_FEATURES).await.is_ok();
    admin.post(urls::CLINIC_FEATURES, &[("feature", "messages"), ("on", "yes"), ("version", "1")]).await.is(303);
    ana.get(&thread).await.is_ok().shows("x body");
}
}

#[test]
fn the_application_s_role_changes_no_message_and_writes_under_no_other_name() {
    // The fourth wall, as the real role with raw SQL.
    crate::testing::run_postgres(async |w| {
        let ana = w.patient("Ana Ruiz").await;
        let ben = w.patient("Ben Okafor").await;
        let dana = nurse(&w, "Dana Whitfield", ana.patient).await;
        let thread = urls::thread(ana.patient, begun(&ana, ana.patient, "x").await);
        let page = dana.get(&thread).await;
        dana.post(&thread, &[("body", "answer"), ("submission", &field(&page, "submission"))]).await.goes_to(&thread);
        dana.post(&format!("{thread}/draft"), &[("body", "draft")]).await.goes_to(&thread);
        w.advance(MINUTE);
        let app = w.raw.as_ref().unwrap().app.clone();
        let asked = async |settings: &[(&str, String)], sql: &str| {
            let set: String = settings
                .iter()
                .map(|(name, value)| format!("SELECT set_config('salus.{name}', '{value}', false); "))
                .collect();
            salus_db::testing::raw(&app, &format!("{set}{sql}")).await
        };
        let (patient, other) = (("patient", ana.patient.to_string()), ("patient", ben.patient.to_string()));
        let of = |person: &Person| ("account", person.account.to_string());
        let role = |role: Role| ("role", role.word().to_owned());
        let nurse = [patient.clone(), of(&dana), role(Role::Nurse)];
        let rows =
            async |set: &[(&str, String)], table: &str| asked(set, &format!("SELECT * FROM {table}")).await.unwrap();
        for (table, count) in [
            ("communication_thread", 1),
            ("thread_key", 1),
            ("communication", 2),
            ("communication_receipt", 1),
            ("communication_draft", 1),
        ] {
            let base = rows(&nurse, table).await;
            assert_eq!(base, count, "{table}: the nurse with the chart open");
            for set in [
                vec![patient.clone(), of(&dana), role(Role::FrontDesk)],
                vec![patient.clone(), of(&dana), role(Role::Administrator)],
                vec![other.clone(), of(&ben)],
                vec![of(&ana)],
                vec![("run", "import".to_owned())],
                vec![],
            ] {
                // A draft is its writer's in whatever role; the front desk has no page that asks for one.
                if table == "communication_draft" && set.len() == 3 {
                    continue;
                }
                assert_eq!(rows(&set, table).await, 0, "{table}: {set:?}");
            }
        }
        assert_eq!(
            rows(&[patient.clone(), of(&ana)], "communication_draft").await,
            0,
            "the patient sees the nurse's draft"
        );
        for sql in [
            "UPDATE communication SET number = number",
            "UPDATE communication_receipt SET read_at = 0",
            "UPDATE thread_key SET version = 2",
            "DELETE FROM communication",
            "DELETE FROM communication_draft",
            "DELETE FROM communication_receipt",
        ] {
            assert!(asked(&nurse, sql).await.is_err(), "{sql}");
        }
        let message = |account: &Person, side: &str| {
            format!(
                "INSERT INTO communication SELECT '{side}' || id, thread_id, patient_id, number + 10, '{side}', '{}', id, body, key_version, created_at, version, entry FROM communication LIMIT 1",
                account.account
            )
        };
        let patient_alone = [patient.clone(), of(&ana)];
        assert!(asked(&patient_alone, &format!("BEGIN; {}; ROLLBACK", message(&ana, "patient"))).await.is_ok());
        assert!(asked(&patient_alone, &message(&dana, "patient")).await.is_err(), "under another name");
        assert!(asked(&patient_alone, &message(&ana, "team")).await.is_err(), "a patient as the team");
        assert!(asked(&nurse, &message(&dana, "patient")).await.is_err(), "the team as the patient");
        // The front desk sees nothing to copy, so this adds no row.
        let desk = [patient.clone(), of(&dana), role(Role::FrontDesk)];
        assert_eq!(asked(&desk, &message(&dana, "team")).await.unwrap_or(0), 0, "the front desk");
        // Across charts: of patients in one's care alone.
        let list = |person: &Person| {
            vec![of(person), role(Role::Nurse), ("practitioner", person.practitioner.unwrap().to_string())]
        };
        assert_eq!(rows(&list(&dana), "communication_thread").await, 1);
        let omar = treats(&w, "Omar Haddad", Role::Nurse).await;
        assert_eq!(rows(&list(&omar), "communication_thread").await, 0);
    });
}

#[test]
fn a_restore_opens_every_message_and_sees_one_that_does_not_open() {
    // On SQLite, where the test sees all rows as the owner does.
    crate::testing::run_sqlite(async |w| {
        let ana = w.patient("Ana Ruiz").await;
        nurse(&w, "Dana Whitfield", ana.patient).await;
        let thread = urls::thread(ana.patient, begun(&ana, ana.patient, "x").await);
        ana.get(&thread).await.is_ok();
        ana.post(&format!("{thread}/draft"), &[("body", "draft")]).await.goes_to(&thread);
        ana.get(&urls::messages_new(ana.patient)).await.is_ok();
        ana.post(&urls::messages_new_draft(ana.patient), &[("body", "draft")]).await.is(303);
        let look = async || {
            let mut tx = w.db.read(&Sight::of_run("import")).await.unwrap();
            let mut seals = crate::access::seals::Seals::begin(&mut tx, &w.root).await.unwrap();
            for table in crate::access::columns::REGISTRY.iter().filter(|table| table.name.starts_with("communication"))
            {
                let names: Vec<String> = table.columns.iter().map(|column| column.name.to_owned()).collect();
                let sql = Sql::owned(format!("SELECT {} FROM {}", names.join(", "), table.name));
                let rows: Vec<salus_db::Values> = tx.all(sql, Vec::new()).await.unwrap();
                for salus_db::Values(values) in rows {
                    seals.look_at(table, &names, &values);
                }
            }
            seals.report
        };
        let report = look().await;
        assert!(report.is_intact() && report.opened == 6, "{report:?}");
        let mut tx = w.db.begin(&Sight::of_run("import")).await.unwrap();
        tx.execute(sql!("UPDATE thread_key SET wrapped = (SELECT body FROM communication)"), Vec::new()).await.unwrap();
        tx.commit().await.unwrap();
        let report = look().await;
        assert!(
            report.closed.iter().any(|it| it.starts_with("thread_key"))
                && report.closed.iter().any(|it| it.starts_with("communication.body")),
            "{report:?}"
        );
        // Of an erased patient nothing opens, and nothing is wrong with that.
        w.erase(ana.patient).await;
        let report = look().await;
        assert!(report.is_intact() && report.erased == 6, "{report:?}");
    });
}
