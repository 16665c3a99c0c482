//! What `salus doctor` says of a machine that wears out.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use salus_kernel::{Instant, MINUTE};

use super::{Check, Finding, machine, mail, providers, reachable};
use crate::{
    backup::{self, BackupArgs, recovery},
    config::Config,
    init::{self, InitArgs},
};

const HOUR: i64 = 60 * MINUTE;

fn moment(text: &str) -> Instant {
    text.parse::<jiff::Timestamp>().unwrap().into()
}

/// Settings that name a certificate of these days, signed by one of those.
fn with_certificate(folder: &Path, days: [(i32, u8, u8); 2], issuer: [(i32, u8, u8); 2]) -> Config {
    let params = |[begins, ends]: [(i32, u8, u8); 2]| {
        let mut params = CertificateParams::new(vec!["portal.example.org".to_owned()]).unwrap();
        params.not_before = date_time_ymd(begins.0, begins.1, begins.2);
        params.not_after = date_time_ymd(ends.0, ends.1, ends.2);
        params
    };
    let (key, authority) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let above = params(issuer);
    let signed = above.self_signed(&authority).unwrap();
    let one = params(days).signed_by(&key, &rcgen::Issuer::new(above, authority)).unwrap();
    fs::write(folder.join("cert.pem"), one.pem() + &signed.pem()).unwrap();
    fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
    let mut config = Config::default();
    config.server.tls_certificate = Some(folder.join("cert.pem"));
    config.server.tls_key = Some(folder.join("key.pem"));
    config
}

#[test]
fn a_certificate_is_missed_before_it_ends() {
    use Finding::{Bad, Good, Warn};
    let folder = tempfile::tempdir().unwrap();
    let long = [(2020, 1, 1), (2040, 1, 1)];
    let winter = [(2026, 11, 1), (2027, 2, 1)];
    for (now, finding, says) in [
        ("2026-10-30T12:00:00Z", Bad, "counts only from 2026-11-01"),
        ("2026-11-25T12:00:00Z", Good, "until 2027-02-01"),
        ("2027-01-10T23:59:59Z", Good, "until 2027-02-01"),
        ("2027-01-11T00:00:00Z", Warn, "ends on 2027-02-01, in 21 days"),
        ("2027-01-31T12:00:00Z", Warn, "in 0 days"),
        ("2027-02-01T00:00:00Z", Bad, "ended on 2027-02-01"),
    ] {
        // Whichever of the chain ends first.
        for days in [[winter, long], [long, winter]] {
            let config = with_certificate(folder.path(), days[0], days[1]);
            let check = machine::certificate(&config, moment(now)).unwrap();
            assert_eq!(check.finding, finding, "{now}: {check:?}");
            assert!(check.told.contains(says), "{now}: {}", check.told);
        }
    }
    // The last day that a certificate can name.
    let config = with_certificate(folder.path(), [(2020, 1, 1), (9999, 12, 31)], long);
    assert_eq!(machine::certificate(&config, moment("2026-11-25T12:00:00Z")).unwrap().finding, Good);
    let other = KeyPair::generate().unwrap();
    fs::write(folder.path().join("key.pem"), other.serialize_pem()).unwrap();
    let check = machine::certificate(&config, moment("2026-11-25T12:00:00Z")).unwrap();
    assert!(check.finding == Bad && check.told.contains("do not belong together"), "{check:?}");
    assert_eq!(machine::certificate(&Config::default(), moment("2026-11-25T12:00:00Z")), None);
}

#[tokio::test]
async fn a_sign_in_provider_that_is_not_there_is_told_of() {
    let now = moment("2026-11-25T12:00:00Z");
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("okta.secret");
    fs::write(&secret, "a secret").unwrap();
    let fake = salus_oidc::testing::Fake::start(move || now).await;
    let of = fake.settings("okta");
    let mut config = Config::default();
    assert_eq!(providers(&config, now).await, []);
    config.sign_in_with.push(crate::config::ProviderSettings {
        key: of.key,
        name: of.name,
        issuer: of.issuer,
        client_id: of.client_id,
        client_secret_file: Some(secret.clone()),
        second_step: Vec::new(),
        asks_anew: true,
    });
    let told = async |mode: u32| {
        fs::set_permissions(&secret, fs::Permissions::from_mode(mode)).unwrap();
        providers(&config, now).await.remove(0)
    };
    let (open, shut) = (told(0o644).await, told(0o600).await);
    assert!(open.finding == Finding::Warn && open.told.contains("chmod 600"), "{open:?}");
    assert!(shut.finding == Finding::Good && shut.told.ends_with("answers"), "{shut:?}");
    drop(fake);
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    let gone = told(0o600).await;
    assert!(gone.finding == Finding::Warn && gone.told.contains("with their passwords"), "{gone:?}");
}

#[test]
fn a_disk_that_fills_up_is_told_of() {
    const GB: u64 = 1_000_000_000;
    let of = |free: u64, all: u64| machine::room_of(Path::new("/srv"), free, all);
    for (free, all, finding) in [
        (20 * GB, 100 * GB, Finding::Good),
        (10 * GB, 100 * GB, Finding::Good),
        (10 * GB - 1, 100 * GB, Finding::Warn),
        (2 * GB, 4 * GB, Finding::Good),
        (2 * GB - 1, 4 * GB, Finding::Warn),
        (0, 0, Finding::Warn),
    ] {
        assert_eq!(of(free, all).finding, finding, "{free} of {all}");
    }
    assert_eq!(
        of(1_250_000_000, 40 * GB).told,
        "only 1.2 GB of 40.0 GB are free at /srv: make room. On a full disk the portal opens nothing any more"
    );
    // And a real one.
    let folder = tempfile::tempdir().unwrap();
    let config = Config { data_dir: folder.path().to_owned(), ..Config::default() };
    let [check] = machine::room(&config).try_into().unwrap();
    assert!(check.told.contains(&format!(" GB are free at {}", folder.path().display())), "{check:?}");
    let config = Config { data_dir: folder.path().join("nowhere"), ..Config::default() };
    let [check] = machine::room(&config).try_into().unwrap();
    assert!(check.told.contains("can't be told"), "{check:?}");
}

#[tokio::test]
async fn a_backup_that_is_missing_or_old_is_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("salus.toml");
    let made = moment("2026-11-25T02:30:00Z");
    let clock = |at: Instant| -> crate::access::Clock { std::sync::Arc::new(move || at) };
    let args = InitArgs::sample(folder.path().join("data"));
    Box::pin(init::run(args, &file, clock(made))).await.unwrap();
    let config = Config::load(Some(&file)).unwrap();
    let check = machine::newest_backup(&config, made);
    assert!(check.finding == Finding::Warn && check.told.contains("none was made here yet"), "{check:?}");
    assert_eq!(machine::room(&config).len(), 1);

    let elsewhere = folder.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let args = BackupArgs { file: elsewhere.join("clinic.salus") };
    Box::pin(backup::save(&args, &config, clock(made))).await.unwrap();
    let old = |hours: i64| machine::newest_backup(&config, made.plus(hours * HOUR));
    assert_eq!(old(0).finding, Finding::Good, "{:?}", old(0));
    assert_eq!(old(26), Check::good("backup", format!("{}, 26 hours ago", args.file.display())));
    let check = old(27);
    assert!(check.finding == Finding::Warn && check.told.contains("27 hours ago"), "{check:?}");
    // Where backups go is looked at, too.
    let places: Vec<String> = machine::room(&config).into_iter().map(|check| check.told).collect();
    assert!(places.len() == 2 && places[1].contains(&elsewhere.display().to_string()), "{places:?}");
    fs::remove_file(&args.file).unwrap();
    assert!(old(1).told.ends_with("it does not lie there any more"), "{:?}", old(1));

    // One that fails is not remembered in the place of the last good one.
    let before = backup::newest(&config.data_dir).unwrap();
    fs::remove_file(config.data_dir.join(recovery::FILE)).unwrap();
    let args = BackupArgs { file: elsewhere.join("second.salus") };
    Box::pin(backup::save(&args, &config, clock(made.plus(HOUR)))).await.unwrap_err();
    assert_eq!(backup::newest(&config.data_dir).unwrap(), before);
    fs::write(config.data_dir.join(backup::NEWEST), "{").unwrap();
    assert_eq!(old(0).finding, Finding::Warn, "{:?}", old(0));
}

#[test]
fn a_proxy_that_nobody_named_is_told_of() {
    let mut config = Config::default();
    config.server.public_url = "https://portal.example.org".into();
    let check = reachable(&config);
    assert!(check.finding == Finding::Warn && check.told.contains("trusted_proxies = [\"127.0.0.1\"]"), "{check:?}");
    config.server.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    assert_eq!(reachable(&config), Check::good("address", "https://portal.example.org"));
    // Without a proxy: it speaks TLS itself.
    config.server.trusted_proxies.clear();
    (config.server.tls_certificate, config.server.tls_key) = (Some("cert.pem".into()), Some("key.pem".into()));
    config.server.bind = "0.0.0.0:443".parse().unwrap();
    assert_eq!(reachable(&config).finding, Finding::Good);
}

#[test]
fn mail_that_nobody_gets_is_told_of() {
    let now = moment("2026-11-25T12:00:00Z");
    let mut config = Config::default();
    let check = mail(&config, now);
    assert_eq!(check.finding, Finding::Warn, "{check:?}");
    for told in ["is not sent", "var/mail for 30 days", "kind = \"smtp\", host and from"] {
        assert!(check.told.contains(told), "{}", check.told);
    }
    config.email.kind = crate::config_email::EmailKind::Smtp;
    config.email.host = "localhost".into();
    config.email.from = "portal@clinic.example".into();
    assert_eq!(mail(&config, now), Check::good("mail", "goes to localhost"));
}
