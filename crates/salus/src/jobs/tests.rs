//! Jobs from the change that asks for them to the mail that arrives, and the administrator's page.

use std::time::Duration;

use salus_kernel::{MINUTE, Role};
use salus_ports::{
    Ports,
    email::{Cause, SendError, Server, Smtp, peer::Peer},
};

use crate::{
    access::App,
    jobs::{self, Runner},
    salus_test,
    shell::urls,
    testing::{Answer, Person, Postbox, World},
};

const HOUR: i64 = 60 * MINUTE;
const AWAY: Answer = Answer::Says(SendError::TryLater(Cause::Unreachable));
const NOBODY: Answer = Answer::Says(SendError::Refused(Cause::Mailbox));

/// An outside world whose mail server is on this machine.
fn by_smtp(port: u16) -> Ports {
    let server = Server { host: "127.0.0.1".to_owned(), port, login: None };
    Ports::new(Smtp::here(server, "Portal <portal@clinic.example>".parse().unwrap()).unwrap())
}

/// Someone whose first sign-in is one with a new kind of browser.
async fn new_here(w: &World, name: &str) -> Person {
    let person = w.account(name, None, None).await;
    w.sign_in(&person).await;
    person
}

salus_test! {
async fn a_mail_server_that_is_away_for_a_day_gets_each_notice_once(w: World) {
    // FLAW-19, NPR-06.
    let (ana, ben) = (new_here(&w, "Ana Ruiz").await, new_here(&w, "Ben Okafor").await);
    let postbox = Postbox::new();
    postbox.answers(AWAY);
    for _ in 0..24 * 6 {
        postbox.work(&w).await;
        w.advance(10 * MINUTE);
    }
    // Often in the first hour, then every hour: no storm.
    assert!((2 * 24..2 * 34).contains(&postbox.tries()), "{} tries", postbox.tries());
    assert!(postbox.mails().await.is_empty());
    let jobs = w.jobs().await;
    assert!(jobs.iter().all(|job| job.state == "queued" && job.last_error == "mail-unreachable"), "{jobs:?}");

    postbox.answers(Answer::Takes);
    for _ in 0..12 {
        postbox.work(&w).await;
        w.advance(10 * MINUTE);
    }
    let mails = postbox.mails().await;
    assert_eq!(mails.len(), 2, "each notice once");
    for person in [&ana, &ben] {
        assert_eq!(mails.iter().filter(|mail| mail.contains(&format!("To: {}", person.email))).count(), 1);
    }
    assert_eq!(w.job_states().await, ["done", "done"]);
    // It still tells when it happened, in the clinic's zone.
    assert!(mails[0].contains("on Sunday, November 22, 2026, 9:00 am Central Time"), "{}", mails[0]);
    let tries = postbox.tries();
    w.advance(30 * HOUR);
    postbox.work(&w).await;
    assert_eq!(postbox.tries(), tries, "what is done is done again");
}
}

salus_test! {
async fn a_real_mail_server_that_is_away_for_a_day_gets_each_notice_once(w: World) {
    // FLAW-19, NPR-06: the same by SMTP, with a server that is not there.
    let Some(mut server) = Peer::start(&[]).await else { return };
    let runner = Runner::new(w.app.clone(), by_smtp(server.port));
    let work = async || while runner.round().await.unwrap() > 0 {};
    let early = new_here(&w, "Ana Ruiz").await;
    work().await;
    server.goes_away().await;
    let late = [new_here(&w, "Ben Okafor").await, new_here(&w, "Cleo Park").await];
    for _ in 0..24 * 6 {
        work().await;
        w.advance(10 * MINUTE);
    }
    let jobs = w.jobs().await;
    let waiting: Vec<(&str, &str)> = jobs.iter().map(|job| (job.state.as_str(), job.last_error.as_str())).collect();
    assert_eq!(waiting, [("done", ""), ("queued", "mail-unreachable"), ("queued", "mail-unreachable")]);
    assert!(jobs.iter().skip(1).all(|job| (24..34).contains(&job.attempts)), "{jobs:?}");

    server.comes_back().await;
    for _ in 0..12 {
        work().await;
        w.advance(10 * MINUTE);
    }
    let mails = server.mails();
    assert_eq!(mails.len(), 3, "each notice once");
    for (person, job) in std::iter::once(&early).chain(&late).zip(w.jobs().await) {
        let mine: Vec<&String> = mails.iter().filter(|mail| mail.contains(&format!("To: {}", person.email))).collect();
        assert_eq!((mine.len(), job.state.as_str()), (1, "done"));
        assert!(mine[0].contains("on Sunday, November 22, 2026, 9:0"), "{}", mine[0]);
    }
}
}

salus_test! {
async fn mail_that_lies_as_files_is_gone_after_thirty_days_also_when_a_server_is_named_since(w: World) {
    new_here(&w, "Ana Ruiz").await;
    let (files, server) = (Postbox::new(), Postbox::new());
    files.work(&w).await;
    assert_eq!(files.mails().await.len(), 1);
    // Each is a process that starts: the first thing that one does is to tidy.
    let starts = async || {
        let ports = server.ports().with_files(files.folder());
        Runner::new(w.app.clone(), ports).round().await.unwrap();
        files.mails().await.len()
    };
    w.advance(30 * 24 * HOUR - MINUTE);
    assert_eq!(starts().await, 1, "gone too early");
    w.advance(2 * MINUTE);
    assert_eq!(starts().await, 0, "an address lies there for good");
}
}

salus_test! {
async fn what_is_given_up_is_shown_and_runs_again(w: World) {
    let ana = new_here(&w, "Ana Ruiz").await;
    let grace = w.staff("Grace Kim", Role::Administrator).await;
    let postbox = Postbox::new();
    postbox.answers(AWAY);
    grace.get(urls::JOBS).await.is_ok().shows("All well").shows("Nothing was given up").shows("Waiting 2");
    grace.get(urls::STAFF).await.is_ok().shows("all well");
    for _ in 0..73 {
        postbox.work(&w).await;
        w.advance(HOUR);
    }
    postbox.work(&w).await;
    assert_eq!(w.job_states().await, ["given-up", "given-up"]);
    w.sign_in(&grace).await;
    grace.get(urls::STAFF).await.is_ok().shows("2 were given up and need you");
    let page = grace.get(urls::JOBS).await;
    page.is_ok().shows("Needs you").shows("Given up 2").shows("Mail about a change to someone’s sign-in");
    page.shows("The mail server did not answer.").shows("For what happened on Sunday, November 22, 2026, 9:00 am Central Time");
    page.hides(&ana.email).hides("Ana").hides(&ana.account.to_string());

    // An administrator who mends nothing sees it come back; one who does, not.
    let again = |page: &crate::testing::Page, which: usize| {
        let part = page.body.split("name=\"job\" value=\"").nth(which).unwrap();
        let value = |text: &str| text.split('"').next().unwrap().to_owned();
        [value(part), value(part.split("name=\"version\" value=\"").nth(1).unwrap())]
    };
    let [job, version] = again(&page, 1);
    postbox.answers(NOBODY);
    grace.post(urls::JOBS_AGAIN, &[("job", &job), ("version", &version)]).await.goes_to(urls::JOBS);
    grace.get(urls::JOBS).await.is_ok().shows("It runs again").shows("Given up 1");
    // A second click, or a colleague's, changes nothing.
    grace.post(urls::JOBS_AGAIN, &[("job", &job), ("version", &version)]).await.goes_to(urls::JOBS);
    grace.get(urls::JOBS).await.is_ok().shows("not given up any more").shows("Given up 1");
    postbox.work(&w).await;
    let page = grace.get(urls::JOBS).await;
    page.is_ok().shows("Given up 2").shows("The mail server did not take this mail").shows("Tried once");
    postbox.answers(Answer::Takes);
    for _ in 0..2 {
        let page = grace.get(urls::JOBS).await;
        let [job, version] = again(&page, 1);
        grace.post(urls::JOBS_AGAIN, &[("job", &job), ("version", &version)]).await.goes_to(urls::JOBS);
    }
    postbox.work(&w).await;
    assert_eq!(postbox.mails().await.len(), 2);
    grace.get(urls::JOBS).await.is_ok().shows("All well").shows("Done in the last 30 days");
    let entries = w.ledger_of_account(grace.account).await;
    for line in ["change run-job-again administrator allowed", "outcome run-job-again administrator done"] {
        assert!(entries.contains(&line.to_owned()), "{line} is not in {entries:?}");
    }
    // Nobody else sees or does any of it.
    let omar = w.staff("Omar Haddad", Role::PrivacyOfficer).await;
    for person in [&ana, &omar] {
        w.sign_in(person).await;
        person.get(urls::JOBS).await.is_not_found();
        person.get(urls::SETTINGS).await.is_ok();
        person.post(urls::JOBS_AGAIN, &[("job", &job), ("version", &version)]).await.is_not_found();
    }
}
}

salus_test! {
async fn a_process_that_dies_around_sending_sends_one_message(w: World) {
    new_here(&w, "Ana Ruiz").await;
    let postbox = Postbox::new();
    // It dies after it claimed the job.
    let claimed = w.app.claim_jobs(10).await.unwrap();
    assert_eq!(claimed.len(), 1);
    postbox.work(&w).await;
    assert!(postbox.mails().await.is_empty(), "a claimed job was run by another process");
    w.advance(6 * MINUTE);
    // The next one dies after it sent the mail and before it could note that.
    let claimed = w.app.claim_jobs(10).await.unwrap();
    let kind = jobs::kinds::find(&claimed[0].kind).unwrap();
    let ran = (kind.run)(w.app.clone(), claimed[0].clone(), postbox.ports()).await;
    assert_eq!(ran.result, Ok(()));
    let first = postbox.mails().await;
    assert_eq!((first.len(), w.job_states().await), (1, vec!["running".to_owned()]));
    w.advance(6 * MINUTE);
    // The third one does all of it.
    postbox.work(&w).await;
    assert_eq!((postbox.tries(), w.job_states().await), (2, vec!["done".to_owned()]));
    assert_eq!(postbox.mails().await, first, "the same message under the same name, once");
    assert!(first[0].contains(&format!("Message-ID: <{}@clinic.example>", claimed[0].id)));
}
}

salus_test! {
async fn a_clock_that_ran_ahead_holds_no_mail_back(w: World) {
    const AHEAD: i64 = 400 * 24 * HOUR;
    // One job is queued by that clock, and one is claimed by it, in a process that dies then.
    new_here(&w, "Ana Ruiz").await;
    w.advance(AHEAD);
    assert_eq!(w.app.claim_jobs(10).await.unwrap().len(), 1);
    new_here(&w, "Ben Okafor").await;
    w.advance(-AHEAD);
    let postbox = Postbox::new();
    postbox.work(&w).await;
    assert_eq!((postbox.mails().await.len(), w.job_states().await), (2, vec!["done".to_owned(), "done".to_owned()]));

    // What waits for a day, or is under way, is left alone.
    new_here(&w, "Cleo Park").await;
    assert_eq!(w.app.claim_jobs(10).await.unwrap().len(), 1);
    w.advance(-MINUTE);
    assert_eq!(w.app.claim_jobs(10).await.unwrap().len(), 0);
    let mut tx = w.db.begin(&salus_db::Sight::of_run("jobs")).await.unwrap();
    let wait = salus_db::sql!("UPDATE job SET state = 'queued', leased_until = NULL, run_after = $1 WHERE state = 'running'");
    tx.one_row(wait, salus_db::args![w.now().plus(25 * HOUR)]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(w.app.claim_jobs(10).await.unwrap().len(), 0);
}
}

salus_test! {
async fn what_falls_over_or_is_unknown_takes_nothing_with_it(w: World) {
    let postbox = Postbox::new();
    new_here(&w, "Ana Ruiz").await;
    postbox.answers(Answer::Panics);
    postbox.work(&w).await;
    assert_eq!(w.jobs().await[0].last_error, "broken");
    // A kind that this version does not have, and a body that it can't read.
    let mut tx = w.db.begin(&salus_db::Sight::of_run("jobs")).await.unwrap();
    for (id, kind) in [("01890000-0000-7000-8000-000000000001", "no.such"), ("01890000-0000-7000-8000-000000000002", "notices.tell-owner")] {
        let add = salus_db::sql!("INSERT INTO job (id, kind, body, dedupe_key, state, attempts, queued_at, run_after, leased_until, last_error, created_at, updated_at, version, entry) VALUES ($1, $2, '{}', $1, 'queued', 0, $3, $3, NULL, '', $3, $3, 1, '')");
        tx.execute(add, salus_db::args![id, kind, w.now()]).await.unwrap();
    }
    tx.commit().await.unwrap();
    postbox.answers(Answer::Takes);
    w.advance(2 * MINUTE);
    postbox.work(&w).await;
    let mut ends: Vec<(String, String)> = w.jobs().await.into_iter().map(|job| (job.state, job.last_error)).collect();
    ends.sort();
    let end = |state: &str, why: &str| (state.to_owned(), why.to_owned());
    assert_eq!(ends, [end("done", ""), end("given-up", "unknown-kind"), end("given-up", "unreadable")]);
    assert_eq!(postbox.mails().await.len(), 1);
}
}

salus_test! {
async fn a_job_that_is_cut_short_again_and_again_is_given_up(w: World) {
    new_here(&w, "Ana Ruiz").await;
    for _ in 0..73 {
        assert_eq!(w.app.claim_jobs(1).await.unwrap().len(), 1);
        w.advance(HOUR);
    }
    let postbox = Postbox::new();
    postbox.work(&w).await;
    assert_eq!((w.jobs().await[0].last_error.as_str(), postbox.tries()), ("cut-short", 0));
}
}

salus_test! {
async fn an_address_is_opened_only_under_an_entry(w: World) {
    let ana = new_here(&w, "Ana Ruiz").await;
    let before = w.ledger_of_account(ana.account).await.len();
    let postbox = Postbox::new();
    postbox.answers(AWAY);
    postbox.work(&w).await;
    postbox.answers(Answer::Takes);
    w.advance(2 * MINUTE);
    postbox.work(&w).await;
    let entries = w.ledger_of_account(ana.account).await;
    let (begun, failed, done) =
        ("change send-notice none allowed", "outcome send-notice none failed", "outcome send-notice none done");
    assert_eq!(entries[before..], [begun, failed, begun, done], "an address was opened without an entry");

    // The ledger takes nothing any more: nobody is told anything.
    new_here(&w, "Ben Okafor").await;
    w.ledger.close().await.unwrap();
    postbox.work(&w).await;
    assert_eq!(postbox.tries(), 2, "mail was sent without an entry");
    assert_eq!(w.jobs().await[1].last_error, "ledger-silent");
}
}

salus_test! {
async fn the_runner_wakes_up_on_a_change_and_ends_when_told(w: World) {
    let postbox = Postbox::new();
    let running = jobs::start(w.app.clone(), postbox.ports());
    // It has looked, and sleeps.
    tokio::time::sleep(Duration::from_millis(300)).await;
    new_here(&w, "Ana Ruiz").await;
    let arrived = async {
        while w.job_states().await != ["done"] {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    // Sooner than it looks by itself.
    tokio::time::timeout(Duration::from_millis(4_500), arrived).await.expect("a job that nobody was woken for");
    assert_eq!(postbox.mails().await.len(), 1);
    running.stop().await;
    new_here(&w, "Ben Okafor").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(w.job_states().await, ["done", "queued"], "a runner that was stopped went on");
}
}

salus_test! {
async fn two_runners_send_each_mail_once(w: World) {
    for number in 0..12 {
        new_here(&w, &format!("Mara Number{number}")).await;
    }
    let postbox = Postbox::new();
    let work = |app: App| {
        let runner = Runner::new(app, postbox.ports());
        tokio::spawn(async move { while runner.round().await.unwrap() > 0 {} })
    };
    for task in [work(w.app.clone()), work(w.app.clone()), work(w.app.clone())] {
        task.await.unwrap();
    }
    assert_eq!((postbox.tries(), postbox.mails().await.len()), (12, 12));
}
}
