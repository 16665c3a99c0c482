//! What somebody did to an archive or put back by hand is found, and what can't be known is not claimed.

use super::*;

/// Writes an archive anew with altered rows, as somebody does who holds the recovery key and hides it well: counts and
/// digests fit again.
fn forge(vaulted: &Vaulted, mut alter: impl FnMut(&str, &[String], &mut Vec<Value>)) -> PathBuf {
    let mut frames = archive::open(&vaulted.file, &vaulted.identity).unwrap();
    let forged = vaulted.folder.path().join("forged.salus");
    drop(fs::remove_file(&forged));
    let mut writing = Writing::begin(&forged, &[vaulted.recipient()]).unwrap();
    let out = &mut writing.out;
    let (mut store, mut table, mut sum) = (String::new(), None::<TableBegins>, Sum::default());
    let (mut ended, mut all): (Vec<TableSum>, Vec<TableSum>) = (Vec::new(), Vec::new());
    while let Some(frame) = frames.next().unwrap() {
        if matches!(frame.letter, Letter::Table | Letter::End)
            && let Some(table) = table.take()
        {
            ended.push(std::mem::take(&mut sum).of_table(&store, &table.table));
        }
        match frame.letter {
            Letter::Rows => {
                let table = table.as_ref().unwrap();
                for mut row in frame.rows(table.columns.len()).unwrap() {
                    alter(&table.table, &table.columns, &mut row);
                    if !row.is_empty() {
                        sum.add(&row);
                        out.row(&row).unwrap();
                    }
                }
                continue;
            }
            Letter::Store => store = frame.json::<StoreBegins>().unwrap().store,
            Letter::Table => table = Some(frame.json().unwrap()),
            Letter::End => {
                all.extend(ended.clone());
                out.json(Letter::End, &StoreEnds { tables: std::mem::take(&mut ended) }).unwrap();
                continue;
            }
            Letter::Contents => {
                let contents: Contents = frame.json().unwrap();
                out.json(Letter::Contents, &Contents { tables: all.clone(), ..contents }).unwrap();
                continue;
            }
            Letter::Header | Letter::File => {}
        }
        let body: serde_json::Value = frame.json().unwrap();
        out.json(frame.letter, &body).unwrap();
    }
    writing.end().unwrap();
    forged
}

/// What a restore says of a forged archive.
async fn said(w: &World, vaulted: &Vaulted, forged: PathBuf) -> Vec<String> {
    let machine = Machine::empty(w.db.engine()).await.unwrap();
    let mut args = RestoreArgs { archive: forged, ..vaulted.args() };
    let refused = machine.restored(w, &args).await;
    if refused.is_ok() {
        return Vec::new();
    }
    assert!(!machine.config.data_dir.join("root.key").exists(), "put into service");
    // Whoever must have it gets it, and hears what is wrong.
    args.despite_findings = true;
    let machine = Machine::empty(w.db.engine()).await.unwrap();
    machine.restored(w, &args).await.unwrap().findings
}

salus_test! {
async fn what_was_altered_in_an_archive_is_found(w: World) {
    let ana = some_clinic(&w).await;
    let ben = w.chart("Ben Okafor", "1990-01-02").await;
    condition(&w, ana.patient, "first").await;
    condition(&w, ben, "second").await;
    let vaulted = Vaulted::new(&w);
    save(&w, &vaulted).await;
    let place = |columns: &[String], name: &str| columns.iter().position(|column| column == name).unwrap();

    assert_eq!(said(&w, &vaulted, forge(&vaulted, |_, _, _| {})).await, Vec::<String>::new());

    // A bare column.
    let forged = forge(&vaulted, |table, columns, row| {
        if table == "condition" {
            row[place(columns, "state")] = "resolved".into();
        }
    });
    let findings = said(&w, &vaulted, forged).await;
    assert!(!findings.is_empty(), "an altered column is not told");
    assert!(findings.iter().all(|line| line.starts_with("altered: condition ")), "{findings:?}");

    // A sealed value: a bit, and one that belongs to another row.
    let mut other: Option<Value> = None;
    for swap in [false, true] {
        let mut done = false;
        let forged = forge(&vaulted, |table, columns, row| {
            if table == "condition" && !done {
                let place = place(columns, "resource");
                if swap {
                    if let Some(other) = other.replace(row[place].clone()) {
                        row[place] = other;
                        done = true;
                    }
                } else if let Value::Bytes(Some(bytes)) = &mut row[place] {
                    *bytes.last_mut().unwrap() ^= 1;
                    done = true;
                }
            }
        });
        let findings = said(&w, &vaulted, forged).await;
        assert!(findings.iter().any(|line| line.starts_with("condition.resource ")), "{findings:?}");
    }

    // A row taken out.
    let mut taken = false;
    let forged = forge(&vaulted, |table, _, row| {
        if table == "condition" && !taken {
            taken = true;
            row.clear();
        }
    });
    let findings = said(&w, &vaulted, forged).await;
    assert!(findings.iter().any(|line| line.starts_with("gone: condition ")), "{findings:?}");

    // The ledger.
    let mut taken = 0;
    let forged = forge(&vaulted, |table, _, row| {
        taken += u32::from(table == "entry");
        if table == "entry" && taken == 7 {
            row.clear();
        }
    });
    let findings = said(&w, &vaulted, forged).await;
    assert!(findings.iter().any(|line| line.starts_with("ledger: ") && line.contains("deleted")), "{findings:?}");
}
}

/// Puts what the databases hold now into empty ones, as somebody does who copies files: no epoch, chains go on.
async fn copied_by_hand(w: &World, into: &Machine) {
    for (owner, store, to) in [
        (&w.dbs.owner, Store::Main, into.config.main_owner(&w.root)),
        (&w.dbs.ledger_owner, Store::Ledger, into.config.ledger_owner(&w.root)),
    ] {
        let mut source = Source::open(owner).await.unwrap();
        let mut target = Target::begin(&to, store, &source.migrations).await.unwrap();
        for table in source.tables.clone() {
            let mut pages = Pages::default();
            loop {
                let rows = pages.next(&mut source.reader, &table).await.unwrap();
                if rows.is_empty() {
                    break;
                }
                target.insert(&table, rows).await.unwrap();
            }
        }
        target.commit().await.unwrap();
        source.close().await;
    }
    let role = crate::config::role_in;
    let Config { database, ledger, .. } = &into.config;
    salus_db::migrate(&into.config.main_owner(&w.root), REGISTRY, &role(&database.url)).await.unwrap();
    let (writer, reader) = (role(&ledger.url), role(&ledger.reader_url));
    salus_db::ledger::migrate(&into.config.ledger_owner(&w.root), &writer, &reader).await.unwrap();
}

salus_test! {
async fn an_older_copy_put_back_is_told_from_a_restore(w: World) {
    let ana = some_clinic(&w).await;
    w.ledger.checkpoint().await.unwrap();
    let vaulted = Vaulted::new(&w);
    save(&w, &vaulted).await;
    let by_hand = Machine::empty(w.db.engine()).await.unwrap();
    fs::create_dir_all(&by_hand.config.data_dir).unwrap();
    copied_by_hand(&w, &by_hand).await;

    // The clinic goes on, and a manifest leaves the machine.
    w.advance(MINUTE);
    for _ in 0..20 {
        ana.get(&urls::section(ana.patient, Section::Problems)).await.is_ok();
    }
    w.ledger.checkpoint().await.unwrap();
    let mut reader = w.ledger.reader(&Sight::of_run("audit")).await.unwrap();
    let anchors = vaulted.folder.path().join("anchors");
    fs::create_dir(&anchors).unwrap();
    let anchor = anchors.join("2026-11-22T15.note");
    let note = reader.last_manifest().await.unwrap().unwrap();
    drop(reader);
    // As `salus audit anchor > newest.note` writes it, and as somebody saves it who adds a line.
    assert_eq!(format!("{}\n", audit_command::newest(&w.ledger).await.unwrap()), note);
    fs::write(&anchor, format!("{note}\n")).unwrap();
    let clinic = w.app.clinic().await.id;
    let signing = founding::signing_key(clinic, &w.seed).unwrap();
    let keys = [signing.verifying_key().clone()];
    w.advance(MINUTE);

    // The older copy, in use again for a while: as old as it is, and then longer than what is known.
    for lines in [0, 40] {
        let (main, ledger) = (by_hand.config.main(&w.root), by_hand.config.ledger(&w.root));
        let Opened { db, ledger } = founding::open(&main, ledger, &w.seed, w.clock(), true).await.unwrap();
        for _ in 0..lines {
            founding::log_started(&ledger, w.now(), "serve").await.unwrap();
        }
        ledger.checkpoint().await.unwrap();
        let alone = audit_command::verify(&ledger, clinic, &keys, &[]).await.unwrap();
        assert!(alone.is_intact() && alone.restored.is_empty(), "claimed what can't be known: {alone}");
        let anchored = audit_command::verify(&ledger, clinic, &keys, std::slice::from_ref(&anchor)).await.unwrap();
        let found: Vec<Fault> = anchored.findings.iter().map(|finding| finding.fault).collect();
        let wanted = if lines == 0 { Fault::RolledBack } else { Fault::Forked };
        assert!(found.contains(&wanted), "{anchored}");
        assert!(!anchored.to_string().contains("restored on"));
        ledger.close().await.unwrap();
        db.close().await;
    }

    // The same, restored: the ledger says so, names what is gone, and goes on for years.
    let machine = Machine::empty(w.db.engine()).await.unwrap();
    let args = RestoreArgs { anchor: vec![anchor.clone()], ..vaulted.args() };
    let told = machine.restored(&w, &args).await.unwrap();
    let Opened { db, ledger } = machine.open(&w).await;
    // What it printed is the newest manifest: a witness is shown this one, or one that follows it.
    let newest = format!("{}\n", audit_command::newest(&ledger).await.unwrap());
    let newest = Manifest::open(&newest, &keys).unwrap();
    assert_eq!(newest.hash().to_base64(), told.manifest, "printed one that is too old");
    for _ in 0..40 {
        founding::log_started(&ledger, w.now(), "serve").await.unwrap();
    }
    ledger.checkpoint().await.unwrap();
    let report = audit_command::verify(&ledger, clinic, &keys, &[anchors]).await.unwrap();
    assert!(report.is_intact(), "{report}");
    let [restored] = report.restored.as_slice() else { panic!("{report}") };
    assert_eq!(restored.epoch.reason.as_str(), "rehearsal");
    assert!(!restored.epoch.lost.is_empty() && !restored.beyond.is_empty(), "{restored:?}");
    assert!(report.to_string().contains("NOTE restored on 2026-11-22T"), "{report}");
    ledger.close().await.unwrap();
    db.close().await;
}
}
