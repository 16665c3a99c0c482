//! What stands in front: attacks end there, what people write does not, and nothing that was sent is written down.

mod relay;
mod wire;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use relay::Relay;

use crate::{
    browser_test,
    checks::axe,
    harness::{Browser, Front, Test, View, urls, workspace},
};

/// Statuses with which nginx refuses.
const REFUSALS: [u16; 8] = [400, 403, 405, 413, 414, 421, 501, 505];

/// A front of a test's own before the demo's portal, with a count between them.
fn of_our_own(test: &Test) -> Option<(Front, Relay)> {
    test.demo.front.as_ref()?;
    let relay = Relay::to(test.demo.port);
    Some((Front::before(relay.port), relay))
}

browser_test! {
front: async fn an_attack_is_stopped_before_it_reaches_the_portal(test: &Test) {
    let Some((front, relay)) = of_our_own(test) else { return };
    let host = front.url.trim_start_matches("http://");
    let attacks = wire::attacks();
    assert!(attacks.len() >= 60, "{} attacks are few", attacks.len());

    // The count counts: what nobody would stop gets through.
    let page = wire::send(front.port, &wire::get(host, urls::SIGN_IN, ""));
    assert!(page.is_the_portals() && relay.reached() == 1, "the portal is not reached: {page:?}");

    let mut wrong = Vec::new();
    for attack in &attacks {
        let before = relay.reached();
        let answer = wire::send(front.port, &attack.bytes(host));
        if relay.reached() != before || answer.is_the_portals() {
            wrong.push(format!("reached the portal: [{}] {:.120}", attack.family, attack.line));
        } else if !answer.status.is_some_and(|status| REFUSALS.contains(&status)) {
            wrong.push(format!("{:?}: [{}] {:.120}", answer.status, attack.family, attack.line));
        }
    }
    assert!(wrong.is_empty(), "{} of {} attacks:\n{}", wrong.len(), attacks.len(), wrong.join("\n"));
    assert_eq!(relay.reached(), 1);

    // Sent past nginx, most of them do reach it: it was nginx that stopped them.
    let direct = format!("localhost:{}", test.demo.port);
    let arrived = attacks
        .iter()
        .filter(|attack| ["sql", "script", "command", "php", "java", "scanner"].contains(&attack.family))
        .filter(|attack| wire::send(test.demo.port, &attack.bytes(&direct)).is_the_portals())
        .count();
    assert!(arrived >= 40, "{arrived} attacks reached the portal without nginx in front");

    // The log says how many and of which family.
    let stopped = front.stopped();
    let of = |why: &str| stopped.lines().filter(|line| line.split(' ').nth(3) == Some(why)).count();
    for family in ["sql", "script", "file", "command", "php", "protocol", "typed-in-address"] {
        assert!(of(family) > 0, "the log has nothing of the family {family}:\n{stopped}");
    }
}
}

browser_test! {
front: async fn what_people_write_reaches_the_portal_from_every_field(test: &Test) {
    let Some((front, relay)) = of_our_own(test) else { return };
    let host = front.url.trim_start_matches("http://");
    let texts = wire::ordinary();
    assert!(texts.len() >= 40, "{} texts are few", texts.len());
    let fields = listed();
    let mut wrong = Vec::new();
    let mut sent = 0;
    for text in &texts {
        let all: Vec<(&str, &str)> = fields.iter().map(|field| (field.as_str(), text.as_str())).collect();
        sent += 1;
        // Without a token it is no form of the portal's; the portal says so, on a page of its own.
        let answer = wire::send(front.port, &wire::post(host, urls::SIGN_IN, &all));
        if !answer.is_the_portals() || relay.reached() != sent {
            sent = relay.reached();
            wrong.push(format!("{:?}: {text}", answer.status));
        }
    }
    assert!(wrong.is_empty(), "stopped:\n{}", wrong.join("\n"));
    // The rules are on: the same in a field that nobody types in is stopped, and so it is in an address.
    let attack = "1' OR 1=1 UNION SELECT 1--";
    for field in &fields {
        let answer = wire::send(front.port, &wire::get(host, &format!("{}?{field}=a", urls::SIGN_IN), ""));
        assert_eq!(answer.status, Some(403), "{field} in an address gets around the rules");
    }
    let answer = wire::send(front.port, &wire::post(host, urls::SIGN_IN, &[("body", attack), ("topic", attack)]));
    assert_eq!(answer.status, Some(403), "a field that nobody types in is not looked at");
    assert_eq!(relay.reached(), sent);
}
}

browser_test! {
front: async fn who_comes_back_from_the_clinics_directory_reaches_the_portal(test: &Test) {
    let Some((front, relay)) = of_our_own(test) else { return };
    let host = front.url.trim_start_matches("http://");
    // As Okta, Google and Entra ID send people back, and as a provider that declines does (RFC 6749, 4.1.2; RFC 9207).
    let mut sent = 0;
    for query in [
        "code=4/0AVG7fiQ-x_y&state=abc",
        "state=abc&iss=https%3A%2F%2Faccounts.google.com&code=4%2F0AVG7&scope=email%20profile%20https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fuserinfo.email%20openid&authuser=0&hd=clinic.example&prompt=login",
        "code=0.AXoA-x&state=abc&session_state=00aa-bb",
        "code=a&state=12--x&iss=https%3A%2F%2F10.0.0.5%2Frealms%2Fclinic&scope=openid%20https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fuserinfo.profile",
        "error=access_denied&error_description=The+resource+owner+or+authorization+server+denied+the+request.&state=x",
    ] {
        for way in ["/sign-in/with/okta/back", "/settings/sign-in/with/okta/back", "/still-you/with/okta/back"] {
            sent += 1;
            let answer = wire::send(front.port, &wire::get(host, &format!("{way}?{query}"), ""));
            assert!(answer.is_the_portals(), "{way}?{query}: {:?}", answer.status);
            assert_eq!(relay.reached(), sent);
        }
    }
    // Nothing else is let through there.
    for query in ["code=a&body=b", "code=a&x=1%27+OR+1%3D1+UNION+SELECT+1--"] {
        let answer = wire::send(front.port, &wire::get(host, &format!("/sign-in/with/okta/back?{query}"), ""));
        assert_eq!((answer.status, relay.reached()), (Some(403), sent), "{query}");
    }
}
}

browser_test! {
front: async fn photos_and_reports_of_browsers_reach_the_portal(test: &Test) {
    let Some((front, relay)) = of_our_own(test) else { return };
    let host = front.url.trim_start_matches("http://");
    // Every byte in every order, and what looks like the form's own lines; larger than the portal takes, so that it can say so.
    let mut state = 1_u32;
    let mut photo: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()
    })
    .flat_map(|bytes| [bytes[0], bytes[1]])
    .take(12_000_000)
    .collect();
    photo.splice(..0, *b"--elsewhere\r\nContent-Type: text/html\r\n\r\n<script>' OR 1=1 --\r\n--elsewhere--\r\n");
    let answer = wire::send(front.port, &wire::file(host, "/acting-for/asked/x", "IMG_0001 (O'Brien).jpg", &photo));
    // Who is not signed in is sent away before a byte of it is read, which may break the line that nginx sends it on.
    assert!(answer.is_the_portals() || answer.status == Some(502), "a photo is stopped: {:?}", answer.status);
    assert_eq!(relay.reached(), 1);
    let report = r#"{"csp-report":{"document-uri":"https://portal.harbor.example/p/0/record","blocked-uri":"http://127.0.0.1:9/x.js",
        "effective-directive":"script-src-elem","original-policy":"default-src 'self'; script-src 'self'","script-sample":"alert('<script>')"}}"#;
    let answer = wire::send(front.port, &wire::sent(host, "/csp-report", "application/csp-report", report.as_bytes()));
    assert_eq!((answer.status, relay.reached()), (Some(204), 2));
}
}

/// Puts a text into a field: keys of a driver have no emoji.
async fn paste(browser: &Browser, id: &str, text: &str) {
    let _: Option<bool> = browser
        .script_with("document.getElementById(arguments[0]).value = arguments[1]", vec![id.into(), text.into()])
        .await;
}

browser_test! {
front: async fn what_people_write_in_forms_is_kept_as_they_wrote_it(test: &Test) {
    if test.demo.front.is_none() {
        return;
    }
    let patient = test.demo.person("patient", 2);
    let browser = test.browser(View::WIDE.without_scripts()).await;
    browser.sign_in(patient).await;
    let new = format!("{}/messages/new", patient.home());
    for texts in wire::ordinary().chunks(10) {
        let text = texts.join("\r\n").replace("\r\n", "\n");
        browser.open(&new).await;
        paste(&browser, "body", &text).await;
        paste(&browser, "subject", &texts[0]).await;
        browser.follow("main form button[formaction$='/draft']").await;
        assert_eq!(browser.value("body").await.replace("\r\n", "\n"), text);
    }
    browser.follow("main form button[name=discard]").await;

    let desk = test.browser(View::WIDE.without_scripts()).await;
    desk.sign_in(test.demo.person("front-desk", 0)).await;
    desk.open(urls::PATIENTS).await;
    paste(&desk, "query", "O'Brien -- select * from; 1=1").await;
    desk.follow("form[role=search] button").await;
    assert_eq!(desk.value("query").await, "O'Brien -- select * from; 1=1");

    // A name that is refused for its length alone, and a password that is a classic.
    let stranger = test.browser(View::PHONE.without_scripts()).await;
    stranger.expect_on_console("status of 422");
    stranger.open("/register").await;
    paste(&stranger, "name", "Seán O'Brien; drop table --").await;
    stranger.submit().await;
    assert_eq!(stranger.value("name").await, "Seán O'Brien; drop table --");
    stranger.open(urls::SIGN_IN).await;
    stranger.fill("email", "o'brien@patients.example").await;
    stranger.fill("password", "' OR 1=1 --").await;
    stranger.submit().await;
    assert_eq!(stranger.value("email").await, "o'brien@patients.example");
}
}

/// A word that stands nowhere but in what these tests send.
const CANARY: &str = "zebrawood7731";

browser_test! {
front: async fn nothing_that_was_sent_is_in_what_nginx_writes(test: &Test) {
    let Some((front, relay)) = of_our_own(test) else { return };
    let host = front.url.trim_start_matches("http://");
    let large = "A".repeat(2_000_000);
    // More than nginx keeps in memory.
    let photo: Vec<u8> = CANARY.bytes().cycle().take(700_000).collect();
    let passed = [
        wire::get(host, &format!("/sign-in?next=/{CANARY}"), ""),
        wire::get(host, &format!("/p/{CANARY}"), &format!("X-Note: {CANARY}\r\nCookie: a={CANARY}\r\n")),
        wire::post(host, urls::SIGN_IN, &[("body", CANARY), ("password", &format!("' OR 1=1 -- {CANARY}"))]),
        wire::file(host, "/acting-for/asked/x", &format!("{CANARY}.jpg"), &photo),
    ];
    for request in &passed {
        assert!(wire::send(front.port, request).is_the_portals(), "{:.200}", String::from_utf8_lossy(request));
    }
    assert_eq!(relay.reached(), passed.len());
    let stopped = [
        wire::get(host, &format!("/sign-in?x=<script>{CANARY}</script>"), ""),
        wire::get(host, &format!("/p/{CANARY}?x=1'+UNION+SELECT+'{CANARY}"), ""),
        wire::get(host, &format!("/p/{CANARY}/../../../../etc/passwd"), ""),
        wire::get(host, &format!("/sign-in?body={CANARY}"), ""),
        wire::get(host, "/sign-in", &format!("User-Agent: sqlmap {CANARY}\r\n")),
        wire::get(host, "/sign-in", &format!("X-{CANARY}: ${{jndi:ldap://{CANARY}}}\r\n")),
        wire::get(host, "/sign-in", &format!("Referer: https://{CANARY}.example/<script>\r\n")),
        wire::get(&format!("{CANARY}.example"), &format!("/{CANARY}"), ""),
        wire::get(host, &format!("/{CANARY}%00"), ""),
        wire::get(host, &format!("/{CANARY}/{large}"), ""),
        wire::post(host, urls::SIGN_IN, &[("topic", &format!("1' OR 1=1 -- {CANARY}"))]),
        wire::post(host, &format!("/p/{CANARY}"), &[(CANARY, "<script>alert(1)</script>")]),
        wire::post(host, &format!("/p/{CANARY}"), &[("body", &format!("{CANARY}{large}"))]),
        wire::file(host, "/acting-for/asked/x", &format!("{CANARY}.php"), b"x"),
        wire::file(host, "/acting-for/asked/x", &format!("{CANARY}.php"), &photo),
        format!("POST /{CANARY} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 90000000\r\n\r\n").into_bytes(),
        format!("{CANARY} /{CANARY} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").into_bytes(),
    ];
    for request in &stopped {
        let answer = wire::send(front.port, request);
        assert!(answer.status.is_some_and(|status| REFUSALS.contains(&status)), "{:.200}: {answer:?}", String::from_utf8_lossy(request));
    }
    assert_eq!(relay.reached(), passed.len());
    let plain = wire::send(front.plain_port, &wire::get("localhost", &format!("/{CANARY}"), ""));
    assert!(plain.status == Some(301) && !plain.text.contains(CANARY), "{plain:?}");
    // Nobody behind it: what nginx would say of that has the whole request in it.
    let alone = Front::before(1);
    let answer = wire::send(alone.port, &wire::get(alone.url.trim_start_matches("http://"), &format!("/{CANARY}"), ""));
    assert_eq!(answer.status, Some(502));

    for front in [&front, &alone] {
        let files = files_in(&front.folder);
        assert!(files.len() > 8, "nginx has few files: {files:?}");
        assert_eq!(with_canary(&files), Vec::<PathBuf>::new());
    }
    let log = front.stopped();
    assert!(log.lines().count() == stopped.len(), "nothing is written down:\n{log}");
    assert!(!log.contains("127.0.0.1") && log.contains(" 127.0.0.0/24 403 "), "whole addresses:\n{log}");
    assert!(alone.stopped().contains(" 502 "), "{}", alone.stopped());
    assert!(fs::read_to_string(front.folder.join("logs/access.log")).is_ok_and(|log| log.is_empty()), "a log of every request");
    // And it would be found.
    fs::write(front.folder.join("logs/planted"), format!("… found within ARGS:body: {}", CANARY.to_uppercase())).expect("a file");
    assert_eq!(with_canary(&files_in(&front.folder)), [front.folder.join("logs/planted")]);
}
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files_in(&path) } else { vec![path] }).collect()
}

fn with_canary(files: &[PathBuf]) -> Vec<PathBuf> {
    let has = |path: &&PathBuf| {
        // What was there a moment ago may be gone: a file of a request that ended.
        fs::read(path).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).to_lowercase().contains(CANARY))
    };
    files.iter().filter(has).cloned().collect()
}

browser_test! {
front: async fn who_is_stopped_reads_what_to_do(test: &Test) {
    if test.demo.front.is_none() {
        return;
    }
    let browser = test.browser(View::PHONE).await;
    browser.expect_on_console("Failed to load resource");
    for (address, status, heading) in [
        ("/sign-in?x=<script>alert(1)</script>", 403, "We did not let that through"),
        ("/sign-in%00", 400, "We could not read that request"),
    ] {
        browser.open(address).await;
        assert_eq!((browser.status().await, browser.heading().await), (status, heading.to_owned()));
        browser.shows("Nothing was sent on and nothing was changed").await;
        axe::finds_nothing(&browser).await;
        // What they read out on the phone is in the log.
        let reference = browser.inner("main strong").await;
        let log = test.demo.front.as_ref().expect("nginx").stopped();
        assert!(reference.len() == 8 && log.lines().any(|line| line.ends_with(&reference)), "no {reference} in:\n{log}");
    }
    for name in ["stopped", "unreadable", "too-large", "too-many", "away"] {
        let page = fs::read_to_string(workspace().join(format!("packaging/nginx/{name}.html"))).expect("a page");
        for part in ["<html lang=\"en\">", "<title>", "<h1>", "Go back", "tel:", "salus_reference"].map(|part| (part, page.matches(part).count())) {
            // “go back” may stand within a sentence.
            assert!(part.1 > 0 || page.to_lowercase().contains(&part.0.to_lowercase()), "{name}.html has no {}", part.0);
        }
        assert!(!page.contains("went wrong") && !page.contains("<script"), "{name}.html");
    }
    let alone = Front::before(1);
    browser.driver().goto(alone.url.as_str()).await.expect("an answer");
    assert_eq!(browser.heading().await, "The portal does not answer");
    axe::finds_nothing(&browser).await;
    browser.forget();
}
}

/// The fields of the rule that keeps them out of addresses.
fn listed() -> Vec<String> {
    let rules = rules();
    let lists = rules.lines().filter(|line| line.trim_start().starts_with("SecRule ARGS_GET_NAMES"));
    let mut lists = lists.map(|line| {
        let names = line.split_once("(?i:").and_then(|(_, rest)| rest.split_once(')')).expect("a list").0;
        names.split('|').map(str::to_owned).collect::<Vec<_>>()
    });
    let (all, back) = lists.next().zip(lists.next()).expect("two rules");
    // Where a directory sends people back to, all but one.
    assert_eq!(back, all.iter().filter(|name| *name != "code").cloned().collect::<Vec<_>>());
    all
}

fn rules() -> String {
    fs::read_to_string(workspace().join("packaging/nginx/salus-rules.conf")).expect("the rules")
}

/// Fields for dates, hours, colours and codes: an apostrophe there is no part of anybody's name.
const NARROW: [&str; 10] = ["birth_date", "colour", "date", "from", "hours", "npi", "on", "slip", "to", "until"];

#[test]
fn every_field_that_people_type_in_is_on_the_list() {
    let mut typed: BTreeMap<String, PathBuf> = BTreeMap::new();
    let templates = files_in(&workspace().join("crates/salus/src"));
    for path in templates.into_iter().filter(|path| path.extension().is_some_and(|kind| kind == "html")) {
        let text = fs::read_to_string(&path).expect("a template");
        for name in typed_in(&text) {
            typed.insert(name, path.clone());
        }
    }
    assert!(typed.len() > 30, "few fields are found: {typed:?}");
    let mut listed = listed();
    let rules = rules();
    for (name, path) in &typed {
        let narrow = NARROW.contains(&name.as_str());
        assert!(
            narrow != listed.contains(name),
            "{name}, which {} asks for, is not on the list of salus-rules.conf",
            path.display()
        );
    }
    // What a passkey says is JSON, and nobody types it.
    listed.retain(|name| name != "credential");
    for name in &listed {
        assert!(typed.contains_key(name), "nobody types into {name}: take it from the list of salus-rules.conf");
    }
    let updates: Vec<&str> =
        rules.lines().filter(|line| line.starts_with("SecRuleUpdateTarget") && line.contains("!ARGS:body")).collect();
    assert!(updates.len() > 8, "{updates:?}");
    for (update, name) in updates.iter().flat_map(|update| listed.iter().map(move |name| (update, name))) {
        let has = update.split(['|', '"']).any(|target| target.strip_prefix("!ARGS:") == Some(name));
        assert!(has, "{name} is missing in {update:.60}");
    }
}

/// The names of what a template lets people type into.
fn typed_in(template: &str) -> Vec<String> {
    let mut names = Vec::new();
    for kind in ["text", "area", "password", "code"] {
        let call = format!("::{kind}(\"");
        names.extend(template.split(&call).skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
    }
    for tag in template
        .split('<')
        .filter(|tag| tag.starts_with("textarea") || (tag.starts_with("input") && tag.contains("type=\"text\"")))
    {
        let name = tag.split_once(" name=\"").and_then(|(_, rest)| rest.split_once('"')).map(|(name, _)| name);
        names.extend(name.filter(|name| !name.contains('{')).map(str::to_owned));
    }
    names
}
