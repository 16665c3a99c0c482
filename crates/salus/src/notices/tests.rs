//! Notices: who is told what and when, and what no letter ever holds.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use salus_kernel::{Action, MINUTE, PatientId, Role};

use super::{
    About, SUBJECT,
    letters::{Facts, TEMPLATES, letter},
};
use crate::{
    access::{App, Breached, WebConfig},
    accounts::{
        admin::{self, NewAccount},
        password::NewPassword,
        totp::TotpSecret,
        undo::tests::told,
    },
    salus_test,
    shell::urls,
    testing::{Browser, CHOSEN as OTHER, PASSWORD, Person, Postbox, World, between, mailed},
};

const CHROME: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36";
const NEXT_CHROME: &str =
    "Mozilla/5.0 (Windows NT 11.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/151.0.0.0 Safari/537.36";
const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Version/19.1 Mobile/15E148 Safari/604.1";

/// Signs in with both factors, with a browser that calls itself this.
async fn sign_in_as(w: &World, person: &Person, browser: &Browser, agent: &str) {
    browser.forget_cookie("__Host-salus");
    let send = async |url: &str, fields: &[(&str, &str)]| {
        browser.get(url).await.is_ok();
        let csrf = browser.csrf();
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        browser.post_raw(url, &all, &[("user-agent", agent)]).await
    };
    send(urls::SIGN_IN, &[("email", &person.email), ("password", PASSWORD)]).await.goes_to(urls::SIGN_IN_CODE);
    send(urls::SIGN_IN_CODE, &[("code", &person.totp.code(w.now()))]).await.goes_to(urls::HOME);
    w.advance(MINUTE / 2);
}

/// Whether this stands there by itself: in the middle of a random token, and in the mail's own identifier, any four digits come up sooner or later.
fn has_word(mail: &str, word: &str) -> bool {
    let lines = mail.lines().filter(|line| !line.starts_with("Message-ID: "));
    lines.flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric())).any(|part| part == word)
}

#[test]
fn a_year_is_found_in_a_mail_and_not_in_its_tokens() {
    for mail in ["born 1985", "1985-03-14", "on 3/14/1985.", "Message-ID: <x>\r\nborn 1985"] {
        assert!(has_word(mail, "1985"), "{mail}");
    }
    for mail in ["Message-ID: <912d-1985-e2@clinic.example>", "/reset/01Ix1985lEJ9", "no year"] {
        assert!(!has_word(mail, "1985"), "{mail}");
    }
}

salus_test! {
async fn a_new_kind_of_browser_is_told_of_once(w: World) {
    // THR-04.
    let ana = w.account("Ana Ruiz", None, None).await;
    let postbox = Postbox::new();
    let mut told = Vec::new();
    for agent in [CHROME, CHROME, NEXT_CHROME, SAFARI, CHROME, SAFARI, ""] {
        sign_in_as(&w, &ana, &w.browser(), agent).await;
        postbox.work(&w).await;
        told.push(postbox.mails().await.len());
    }
    assert_eq!(told, [1, 1, 1, 2, 2, 2, 3], "after each sign-in");
    // Who knows the password and not the code was never here.
    let thief = w.browser();
    thief.get(urls::SIGN_IN).await.is_ok();
    let csrf = thief.csrf();
    let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0";
    let fields = [("csrf", csrf.as_str()), ("email", &ana.email), ("password", PASSWORD)];
    thief.post_raw(urls::SIGN_IN, &fields, &[("user-agent", firefox)]).await.goes_to(urls::SIGN_IN_CODE);
    sign_in_as(&w, &ana, &w.browser(), firefox).await;
    postbox.work(&w).await;
    let mails = postbox.mails().await;
    assert_eq!(mails.len(), 4, "a half sign-in made a browser known");
    for mail in &mails {
        assert!(mail.contains(&format!("Subject: {SUBJECT}\r\n")) && mail.contains(&format!("To: {}\r\n", ana.email)), "{mail}");
        assert!(mail.contains("had not used with us before") && mail.contains("Central Time"), "{mail}");
        assert!(mail.contains("\r\n\r\nhttps://portal.example.org/sign-in\r\n\r\n"), "{mail}");
    }
}
}

salus_test! {
async fn wrong_codes_after_the_right_password_are_told_once_a_day(w: World) {
    // ASVS V6.3.5.
    let ana = w.patient("Ana Ruiz").await;
    let postbox = Postbox::new();
    postbox.work(&w).await;
    let before = postbox.mails().await.len();
    let thief = w.browser();
    let guess = async |page: &str| {
        thief.get(page).await.is_ok();
        thief.post(page, &[("code", "000000")]).await
    };
    thief.get(urls::SIGN_IN).await.is_ok();
    thief.post(urls::SIGN_IN, &[("email", &ana.email), ("password", PASSWORD)]).await.goes_to(urls::SIGN_IN_CODE);
    // Slowly, so that nothing slows them down.
    for page in [urls::SIGN_IN_CODE, urls::SIGN_IN_RECOVERY] {
        guess(page).await.is(422);
        postbox.work(&w).await;
        assert_eq!(postbox.mails().await.len(), before, "two wrong codes are a slip of the thumb");
        w.advance(11 * MINUTE);
    }
    for page in [urls::SIGN_IN_CODE, urls::SIGN_IN_CODE, urls::SIGN_IN_RECOVERY] {
        guess(page).await;
    }
    postbox.work(&w).await;
    let mails = postbox.mails().await;
    assert_eq!(mails.len(), before + 1, "and many are told once");
    let mail = mails.last().unwrap();
    assert!(mail.contains(&format!("To: {}\r\n", ana.email)) && mail.contains("somebody entered the right password"), "{mail}");
    // The owner, with a right code, is told nothing more; and another day is another mail.
    w.sign_in(&ana).await;
    w.advance(25 * 60 * MINUTE);
    thief.post(urls::SIGN_IN, &[("email", &ana.email), ("password", PASSWORD)]).await;
    thief.get(urls::SIGN_IN).await.is_ok();
    thief.post(urls::SIGN_IN, &[("email", &ana.email), ("password", PASSWORD)]).await.goes_to(urls::SIGN_IN_CODE);
    for _ in 0..3 {
        guess(urls::SIGN_IN_CODE).await;
    }
    postbox.work(&w).await;
    let again = postbox.mails().await.iter().filter(|mail| mail.contains("somebody entered the right password")).count();
    assert_eq!(again, 2);
}
}

salus_test! {
async fn a_new_password_and_a_second_factor_are_told(w: World) {
    // IDN-06.
    let postbox = Postbox::new();
    let nora = enrolled(&w, "Nora New", "nora@example.org", "").await;
    postbox.work(&w).await;
    let mails = postbox.mails().await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("second step of signing in") && mails[0].contains("To: nora@example.org\r\n"), "{}", mails[0]);
    w.advance(MINUTE);
    nora.get(urls::SETTINGS_PASSWORD).await.is_ok();
    let wrong = [("old", "not it at all, no"), ("password", "a much longer battery staple"), ("again", "a much longer battery staple")];
    nora.post(urls::SETTINGS_PASSWORD, &wrong).await.is(422);
    let right = [("old", PASSWORD), wrong[1], wrong[2]];
    nora.post(urls::SETTINGS_PASSWORD, &right).await.goes_to(urls::SETTINGS);
    postbox.work(&w).await;
    let mails = postbox.mails().await;
    assert_eq!(mails.len(), 2, "one for the change, none for the try");
    assert!(mails[1].contains("the password of your account at Riverside Clinic\r\nwas changed on"), "{}", mails[1]);
}
}

/// Someone who signs in for the first time and sets a second factor up.
async fn enrolled(w: &World, name: &str, email: &str, agent: &str) -> Browser {
    let run = w.run("accounts", Action::ManageAccounts).await;
    let mut change = run.begin().await.unwrap();
    let password = NewPassword::parse(PASSWORD, &[], &Breached::default()).ok().unwrap();
    let new = NewAccount { email: email.into(), name: name.into(), password, staff: None };
    admin::create(&run, &mut change, new).await.unwrap();
    change.commit().await.unwrap();
    let browser = w.browser();
    browser.get(urls::SIGN_IN).await.is_ok();
    let csrf = browser.csrf();
    let fields = [("csrf", csrf.as_str()), ("email", email), ("password", PASSWORD)];
    browser.post_raw(urls::SIGN_IN, &fields, &[("user-agent", agent)]).await.goes_to(urls::ENROLL);
    let text = browser.get(urls::ENROLL).await.text();
    let words: Vec<&str> = text.split_whitespace().collect();
    let group =
        |word: &&str| word.len() == 4 && word.bytes().all(|b| b.is_ascii_uppercase() || (b'2'..=b'7').contains(&b));
    let groups = words.windows(8).find(|words| words.iter().all(group)).unwrap();
    let secret = TotpSecret::from_base32(&groups.concat()).unwrap();
    browser.post(urls::ENROLL, &[("code", &secret.code(w.now()))]).await.is_ok();
    browser
}

salus_test! {
async fn a_closed_account_is_told_nothing(w: World) {
    let ana = w.account("Ana Ruiz", None, None).await;
    w.sign_in(&ana).await;
    let close = salus_db::sql!("UPDATE account SET status = 'disabled' WHERE id = $1");
    let mut tx = w.db.begin(&salus_db::Sight::of_run("accounts")).await.unwrap();
    tx.one_row(close, salus_db::args![ana.account]).await.unwrap();
    tx.commit().await.unwrap();
    let postbox = Postbox::new();
    postbox.work(&w).await;
    assert_eq!((postbox.tries(), w.job_states().await), (0, vec!["done".to_owned()]));
}
}

salus_test! {
async fn no_mark_of_a_patient_is_in_any_mail_or_job(w: World) {
    // THR-11, ENC-10, FLAW-03: a patient made of marks, every event, everything that lies in the queue and goes out.
    let mark = format!("kanari{}", hex::encode(salus_vault::random::<4>()));
    let chart: PatientId = w.chart(&format!("Ana{mark} Ruiz{mark}"), "1985-03-14").await;
    w.one_of_each(chart, &mark).await;
    let agent = format!("{CHROME} {mark}");
    let browser = enrolled(&w, &format!("Ana{mark}"), "quiet@example.org", &agent).await;
    let run = w.run("accounts", Action::ManageAccounts).await;
    let mut change = run.begin().await.unwrap();
    let account = admin::by_email(&mut change, run.vault().index("account.email", "quiet@example.org").as_str()).await.unwrap();
    admin::grant_own_chart(&run, &mut change, account, chart).await.unwrap();
    change.commit().await.unwrap();
    browser.get(&urls::record(chart)).await.is_ok();
    browser.get(&urls::profile(chart)).await.is_ok().shows(&mark);
    let ben = w.account(&format!("Ben{mark}"), None, None).await;
    sign_in_as(&w, &ben, &w.browser(), &agent).await;
    browser.get(urls::FACTORS).await.is_ok();
    browser.post(urls::FACTORS_CODES, &[]).await.is_ok();
    browser.get(urls::SETTINGS_PASSWORD).await.is_ok();
    let password = format!("{mark} a much longer battery");
    browser.post(urls::SETTINGS_PASSWORD, &[("old", PASSWORD), ("password", &password), ("again", &password)]).await.goes_to(urls::SETTINGS);

    // The doors: who registers, who has an account already, who forgot the password with and without a second step, who
    // is turned down, and whose account is unbound.
    let postbox = Postbox::new();
    let name = format!("Zoe {mark}");
    let zoe = w.registered(&postbox, &name, "3 14 1985", "zoe@example.org").await;
    w.ask(&w.browser(), &name, "3 14 1985", &ben.email).await.goes_to(urls::REGISTER_SENT);
    let run = w.run("accounts", Action::ManageAccounts).await;
    let mut change = run.begin().await.unwrap();
    let new = NewAccount {
        email: "new@example.org".into(),
        name: format!("New {mark}"),
        password: NewPassword::parse(PASSWORD, &[], &Breached::default()).unwrap_or_else(|why| panic!("{why:?}")),
        staff: None,
    };
    admin::create(&run, &mut change, new).await.unwrap();
    change.commit().await.unwrap();
    for email in [ben.email.as_str(), "new@example.org", "nobody@example.org"] {
        let browser = w.browser();
        browser.get(urls::FORGOTTEN).await.is_ok();
        browser.post(urls::FORGOTTEN, &[("email", email)]).await.goes_to(urls::FORGOTTEN_SENT);
    }
    // Another address: one that signs in already, one that does not, a forgotten password there, and all of it taken back.
    browser.get(urls::ADDRESS).await.is_ok();
    for email in ["new@example.org", "moved@example.org"] {
        browser.post(urls::ADDRESS, &[("email", email)]).await.goes_to(urls::ADDRESS);
        postbox.work(&w).await;
    }
    let link = mailed(&postbox, "moved@example.org", "settings/email/confirm").await.unwrap();
    browser.get(&link).await.is_ok();
    browser.post(&link, &[]).await.goes_to(urls::SETTINGS);
    let other = w.browser();
    other.get(urls::FORGOTTEN).await.is_ok();
    other.post(urls::FORGOTTEN, &[("email", "moved@example.org")]).await.goes_to(urls::FORGOTTEN_SENT);
    postbox.work(&w).await;
    let link = told(&postbox, "quiet@example.org").await.into_iter().rev().find_map(|(_, link)| link).unwrap();
    other.get(&link).await.is_ok();
    other.post(&link, &[]).await.goes_to(urls::SIGN_IN);
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    desk.get(&urls::registration(zoe.account)).await.is_ok();
    desk.post(&urls::refuse_registration(zoe.account), &[("reason", "not-found")]).await.goes_to(urls::REGISTRATIONS);
    desk.post(&urls::invites(chart), &[("evidence", "photo-id")]).await.is_ok();
    desk.post(&urls::unlink(chart), &[]).await.goes_to(&urls::invites(chart));
    postbox.work(&w).await;
    // The second step is lost: the clinic is asked and says no, is asked and says yes, is asked and asked no more.
    let recovery = urls::recovery(zoe.account);
    let asks = async || {
        w.advance(20 * MINUTE);
        w.asks_back_in(&postbox, "zoe@example.org").await;
        postbox.work(&w).await;
        w.sign_in(&desk).await;
        desk.get(&recovery).await.is_ok().shows(&name);
    };
    asks().await;
    desk.post(&urls::refuse_recovery(zoe.account), &[("reason", "not-reached")]).await.goes_to(urls::RECOVERIES);
    asks().await;
    let page = desk.post(&recovery, &[("evidence", "photo-id")]).await;
    let code = between(page.is_ok(), "<p class=\"s-secret s-mono\" translate=\"no\">", "</p>").to_owned();
    postbox.work(&w).await;
    let link = mailed(&postbox, "zoe@example.org", "back-in").await.unwrap();
    let sent = w.browser();
    sent.get(&link).await.is_ok();
    let fields = [("code", code.as_str()), ("password", OTHER), ("again", OTHER)];
    sent.post(&link, &fields).await.goes_to(urls::ENROLL);
    let app = w.enroll(&sent).await;
    postbox.work(&w).await;
    // Asked by somebody else, and taken back by who is signed in.
    asks().await;
    sent.get(urls::SETTINGS).await.is_ok();
    sent.post(urls::STILL_YOU, &[("password", OTHER), ("code", &app.code(w.now())), ("both", "yes")]).await.is(303);
    sent.get(urls::SETTINGS).await.is_ok();
    sent.post(urls::SETTINGS_BACK_IN, &[]).await.goes_to(urls::SETTINGS);
    postbox.work(&w).await;
    let (mails, jobs) = (postbox.mails().await, w.jobs().await);
    for words in [
        "second step of signing in", "other recovery codes", "had not used with us before", "was changed on", "there is an answer", "opens was changed",
        "with this address. To go on", "It has one already", "To choose another one", "a way back in to your account", "We do not let anybody in by mail alone", "asked us to let you back in", "took back the request", "we checked that it is you", "could not be sure that it came from you", "got back in to your account",
        "the email address of your account", "with this address since", "wants to use this address to sign in at", "to another account at",
        "we send no link to a new address", "was taken back on",
    ] {
        assert!(mails.iter().any(|mail| mail.replace("=\r\n", "").replace("\r\n", " ").contains(words)), "no mail says {words}");
    }
    assert!(!mails.iter().any(|mail| mail.contains("nobody@example.org")));
    // The others say that there is news, an emergency, looks to review, a watched record, another caregiver, app, passkey, service or role, what a colleague said, what a role is to be, wrong codes, or who was signed out: their own tests drive them.
    assert_eq!(About::ALL.len(), 40, "each kind of letter stands above");
    for mail in &mails {
        // The test's own address has the mark in it; it is where Ben's mail goes, and nothing else.
        let rest = mail.replace(&format!("To: {}\r\n", ben.email), "").replace("=\r\n", "");
        assert!(!rest.contains(&mark) && !has_word(&rest, "1985") && !rest.contains(&chart.to_string()), "{mail}");
        assert!(rest.contains("Riverside Clinic"), "nothing was searched");
    }
    for job in jobs {
        let text = format!("{job:?}");
        assert!(!text.contains(&mark) && !text.contains('@') && !text.contains(&chart.to_string()), "{text}");
    }
}
}

salus_test! {
async fn mail_is_shown_in_the_demo_alone(w: World) {
    let ana = w.account("Ana Ruiz", None, None).await;
    w.sign_in(&ana).await;
    let postbox = Postbox::new();
    w.browser().get("/dev/mail").await.is_not_found();
    ana.get("/dev/mail").await.is_not_found();
    let now = w.now();
    let public_url = "https://elsewhere.example.org".to_owned();
    let web = WebConfig { demo: true, mail: Some(postbox.folder()), public_url, ..WebConfig::default() };
    let demo = App::open(w.db.clone(), w.ledger.clone(), &w.root, Arc::new(move || now), web).await.unwrap();
    postbox.work_in(&demo).await;
    let browser = Browser::new(crate::web::router(&demo).1);
    let list = browser.get("/dev/mail").await;
    list.is_ok().shows(&ana.email).shows(SUBJECT);
    let link = list.body.split("href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let mail = browser.get(&link).await;
    mail.is_ok();
    assert_eq!(mail.headers["content-type"], "text/plain; charset=utf-8");
    assert_eq!(mail.body, postbox.mails().await[0]);
    // Links lead where the settings say, whatever host the requests named.
    assert!(mail.body.contains("https://elsewhere.example.org/sign-in") && !mail.body.contains("portal.example.org"), "{}", mail.body);
    for other in ["/dev/mail/01890000-0000-7000-8000-000000000000", "/dev/mail/..", "/dev/mail/%2e%2e%2fsecret", "/dev/mail/x"] {
        browser.get(other).await.is_not_found();
    }
}
}

/// What may stand between two braces.
const ALLOWED: [&str; 4] = ["clinic_name", "clinic_phone", "link", "when"];

/// What stands between braces in a template.
fn placeholders(text: &str) -> Vec<String> {
    text.split("{{").skip(1).map(|rest| rest.split("}}").next().unwrap_or_default().trim().to_owned()).collect()
}

#[test]
fn every_letter_holds_four_facts_and_nothing_else() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/notices/templates");
    let read = |path: &Path| std::fs::read_to_string(path).unwrap();
    let there: BTreeSet<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|file| format!("notices/templates/{}", file.unwrap().file_name().to_str().unwrap()))
        .collect();
    let used: BTreeSet<String> = TEMPLATES.iter().map(|(_, path)| (*path).to_owned()).collect();
    assert_eq!(there, used, "each template is some letter's");
    assert_eq!(TEMPLATES.iter().map(|(about, _)| *about).collect::<Vec<_>>(), About::ALL);
    for path in &there {
        let text = read(&folder.parent().unwrap().parent().unwrap().join(path));
        assert!(!text.contains("{%"), "{path} decides something");
        for placeholder in placeholders(&text) {
            assert!(ALLOWED.contains(&placeholder.as_str()), "{path} holds {placeholder}");
        }
    }
    assert_eq!(placeholders("{{ when }} {{patient_name|upper}}"), ["when", "patient_name|upper"]);
    // Every letter about everything, as it goes out.
    let facts = Facts {
        clinic_name: "Riverside Clinic",
        clinic_phone: "(503) 555-0100",
        link: "https://portal.example.org/sign-in",
        when: "Sunday, November 22, 2026, 9:00 am Central Time",
    };
    for about in About::ALL {
        let text = letter(about, &facts).unwrap();
        for fact in [facts.clinic_name, facts.clinic_phone, facts.link, facts.when] {
            assert!(text.contains(fact), "{about:?} lacks {fact}");
        }
        assert!(text.contains("\n\nhttps://portal.example.org/sign-in\n\n"), "paragraphs are lost: {text}");
        assert!(!text.contains(['{', '}', '<', '&']) && text.is_ascii(), "{text}");
        assert!(text.lines().all(|line| line.len() <= 78), "{text}");
        // Words that would tell what somebody is to us, or of what.
        for word in ["patient", "doctor", "visit", "appointment", "result", "record", "health", "medic"] {
            assert!(!text.to_lowercase().contains(word), "{about:?} says {word}");
        }
    }
    assert!(!SUBJECT.contains("Clinic"));
}
