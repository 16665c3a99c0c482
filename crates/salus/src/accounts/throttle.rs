//! Slowing down guesses, without letting a stranger lock anybody out.
//!
//! Three counts run side by side, each under a keyed hash, each forgotten after a day without failures:
//!
//! | Count | Free tries | Then |
//! |---|---|---|
//! | account and address | 5 | 1 minute, doubling to 15 |
//! | address alone | 30 | 1 minute, doubling to 15 |
//! | account alone | 10 | 30 seconds between tries, never more |
//!
//! The last one bounds a guesser with many addresses to two tries a minute; whoever signed in from this browser before
//! is not counted by it, so a stranger can slow the owner down on a new device by seconds and lock them out never
//! (IDN-02, ASVS V6.3.1). A success forgets the first count.

use salus_db::{Reader, Tx, args, row, sql};
use salus_kernel::{Instant, MINUTE, SECOND};

use crate::shell::error::Error;

const FORGOTTEN_AFTER: i64 = 24 * 60 * MINUTE;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Tries on one account from one address.
    Pair,
    /// Tries from one address.
    Address,
    /// Tries on one account.
    Account,
    /// Wrong codes of someone who has the password.
    Code,
}

impl Count {
    fn word(self) -> &'static str {
        match self {
            Self::Pair => "account-and-address",
            Self::Address => "address",
            Self::Account => "account",
            Self::Code => "code",
        }
    }
    /// How long nothing counts after this many failures.
    fn pause(self, failures: i64) -> i64 {
        let doubling = |free: i64| match failures - free {
            over if over < 0 => 0,
            over => MINUTE.saturating_mul(1 << over.min(4)).min(15 * MINUTE),
        };
        match self {
            Self::Pair | Self::Code => doubling(5),
            Self::Address => doubling(30),
            Self::Account => {
                if failures >= 10 {
                    30 * SECOND
                } else {
                    0
                }
            }
        }
    }
}

/// One count's key.
#[derive(Debug, Clone)]
pub struct Key {
    /// What is counted.
    pub count: Count,
    /// A keyed hash of whose.
    pub key: String,
}

struct ThrottleRow {
    key: String,
    failures: i64,
    last_at: Instant,
    blocked_until: Instant,
}
row!(ThrottleRow { key: key, failures: failures, last_at: last_at, blocked_until: blocked_until });

const FIND: salus_db::Sql = sql!("SELECT key, failures, last_at, blocked_until FROM throttle WHERE key = $1");
const FAILED: salus_db::Sql = sql!(
    "INSERT INTO throttle (key, kind, failures, first_at, last_at, blocked_until) VALUES ($1, $2, $3, $4, $4, $5)
     ON CONFLICT (key) DO UPDATE SET failures = $3, last_at = $4, blocked_until = $5"
);
const FORGET: salus_db::Sql = sql!("DELETE FROM throttle WHERE key = $1");

/// The seconds until a try counts again; none when it counts now.
pub async fn wait(tx: &mut Reader, keys: &[Key], now: Instant) -> Result<Option<i64>, Error> {
    let mut longest = 0;
    for key in keys {
        if let Some(row) = find(tx, key, now).await? {
            longest = longest.max(row.blocked_until.since(now));
        }
    }
    Ok((longest > 0).then(|| (longest + SECOND - 1) / SECOND))
}

/// Notes a failure under each key.
pub async fn failed(tx: &mut Tx, keys: &[Key], now: Instant) -> Result<(), Error> {
    for key in keys {
        let failures = find(tx, key, now).await?.map_or(0, |row| row.failures) + 1;
        let until = now.plus(key.count.pause(failures));
        tx.execute(FAILED, args![key.key.as_str(), key.count.word(), failures, now, until]).await?;
    }
    Ok(())
}

/// A success: this count begins anew.
pub async fn succeeded(tx: &mut Tx, key: &Key) -> Result<(), Error> {
    tx.execute(FORGET, args![key.key.as_str()]).await?;
    Ok(())
}

async fn find(tx: &mut Reader, key: &Key, now: Instant) -> Result<Option<ThrottleRow>, Error> {
    let row: Option<ThrottleRow> = tx.maybe(FIND, args![key.key.as_str()]).await?;
    Ok(row.filter(|row| row.key == key.key && now.since(row.last_at) < FORGOTTEN_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_bounded() {
        let pauses =
            |count: Count, failures: &[i64]| failures.iter().map(|n| count.pause(*n) / SECOND).collect::<Vec<_>>();
        assert_eq!(
            pauses(Count::Pair, &[1, 4, 5, 6, 7, 8, 9, 100, i64::MAX]),
            [0, 0, 60, 120, 240, 480, 900, 900, 900]
        );
        assert_eq!(pauses(Count::Address, &[29, 30, 31, 1000]), [0, 60, 120, 900]);
        assert_eq!(
            pauses(Count::Account, &[9, 10, 1_000_000]),
            [0, 30, 30],
            "a stranger never locks anybody out for good"
        );
    }
}
