//! What wears out by itself while everything works: the certificate's days, room on the disks, the newest backup.

use std::path::Path;

use anyhow::Context as _;
use jiff::{civil::Date, tz::TimeZone};
use rustls::pki_types::CertificateDer;
use salus_kernel::{Instant, MINUTE, SECOND};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::Check;
use crate::{backup, config::Config, serve};

const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Time to renew a certificate by hand, also when somebody is on holiday.
const SOON: i64 = 21 * DAY;
/// A nightly backup is a day old at most; it may take a while and begin late.
const BACKUP_TOO_OLD: i64 = 26 * HOUR;
/// Less than this is little, however small the disk.
const LITTLE: u64 = 2_000_000_000;

/// The certificate, if the settings name one: whether it fits its key, and its days.
pub(super) fn certificate(config: &Config, now: Instant) -> Option<Check> {
    const WHAT: &str = "certificate";
    let (certificate, key) = (config.server.tls_certificate.as_ref()?, config.server.tls_key.as_ref()?);
    let days = serve::tls(certificate, key).and_then(|_| Days::of(certificate));
    let place = certificate.display();
    Some(match days {
        Err(error) => Check::bad(WHAT, format!("{error:#}")),
        Ok(Days { begins, .. }) if begins > now => {
            Check::bad(WHAT, format!("{place} counts only from {}: is this machine's clock right?", day(begins)))
        }
        Ok(Days { ends, .. }) if ends <= now => {
            Check::bad(WHAT, format!("{place} ended on {}: no browser takes it. Renew it, then restart", day(ends)))
        }
        Ok(Days { ends, .. }) if ends.since(now) <= SOON => Check::warn(
            WHAT,
            format!("{place} ends on {}, in {} days: renew it, then restart", day(ends), ends.since(now) / DAY),
        ),
        Ok(Days { ends, .. }) => Check::good(WHAT, format!("{place}, until {}", day(ends))),
    })
}

/// From when until when all of a chain counts: one that ended is as bad as all of them.
struct Days {
    begins: Instant,
    ends: Instant,
}

impl Days {
    fn of(certificate: &Path) -> anyhow::Result<Self> {
        let mut days: Option<Self> = None;
        for one in serve::chain(certificate)? {
            let next = Self::read(&one).with_context(|| format!("{} has no days", certificate.display()))?;
            days = Some(days.map_or(Self { ..next }, |days| Self {
                begins: days.begins.max(next.begins),
                ends: days.ends.min(next.ends),
            }));
        }
        days.with_context(|| format!("{} has no certificate in it", certificate.display()))
    }

    fn read(certificate: &CertificateDer<'_>) -> anyhow::Result<Self> {
        let (_, certificate) = X509Certificate::from_der(certificate)?;
        // Some end with the year 9999, a day after the last that can be written.
        let last = jiff::Timestamp::MAX.as_second();
        let moment = |seconds: i64| Instant::from_micros(seconds.min(last).saturating_mul(SECOND));
        let validity = certificate.validity();
        Ok(Self { begins: moment(validity.not_before.timestamp()), ends: moment(validity.not_after.timestamp()) })
    }
}

/// Room where the clinic lies, and where its newest backup does.
pub(super) fn room(config: &Config) -> Vec<Check> {
    let mut places = vec![config.data_dir.clone()];
    if let Ok(Some(newest)) = backup::newest(&config.data_dir) {
        places.extend(newest.file.parent().map(Path::to_owned));
    }
    places.iter().map(|place| room_at(place)).collect()
}

fn room_at(place: &Path) -> Check {
    match rustix::fs::statvfs(place) {
        Ok(disk) => {
            room_of(place, disk.f_bavail.saturating_mul(disk.f_frsize), disk.f_blocks.saturating_mul(disk.f_frsize))
        }
        Err(error) => Check::warn("disk", format!("how full it is at {} can't be told: {error}", place.display())),
    }
}

pub(super) fn room_of(place: &Path, free: u64, all: u64) -> Check {
    let told = format!("{} of {} are free at {}", gigabytes(free), gigabytes(all), place.display());
    if free < LITTLE || free < all / 10 {
        Check::warn("disk", format!("only {told}: make room. On a full disk the portal opens nothing any more"))
    } else {
        Check::good("disk", told)
    }
}

fn gigabytes(bytes: u64) -> String {
    let tenths = bytes / 100_000_000;
    format!("{}.{} GB", tenths / 10, tenths % 10)
}

/// How old the newest backup is.
pub(super) fn newest_backup(config: &Config, now: Instant) -> Check {
    const WHAT: &str = "backup";
    let newest = match backup::newest(&config.data_dir) {
        Err(error) => return Check::warn(WHAT, format!("when the last one ended can't be read: {error:#}")),
        Ok(None) => return Check::warn(WHAT, "none was made here yet: `salus backup FILE`, each night by a timer"),
        Ok(Some(newest)) => newest,
    };
    let age = now.since(newest.ended_at());
    let told = format!("{}, {} hours ago", newest.file.display(), age / HOUR);
    if age < 0 {
        return Check::warn(
            WHAT,
            format!("the newest, {}, is from tomorrow: look at this machine's clock", newest.file.display()),
        );
    }
    if age > BACKUP_TOO_OLD {
        return Check::warn(WHAT, format!("the newest is {told}: look why (`journalctl -u salus-backup`), make one"));
    }
    // Somebody may have fetched it, which is as it should be; or a disk is not there, which they should see.
    let gone = if newest.file.exists() { "" } else { "; it does not lie there any more" };
    Check::good(WHAT, format!("{told}{gone}"))
}

fn day(moment: Instant) -> Date {
    moment.timestamp().to_zoned(TimeZone::UTC).date()
}
