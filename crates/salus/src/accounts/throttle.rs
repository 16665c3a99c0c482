//! Slowing down guesses, without letting a stranger lock anybody out.
//!
//! Counts run side by side, each under a keyed hash, each forgotten after a day without failures (asking for a mail: after
//! an hour). Keys are always taken in the same order, everybody's last: so nobody waits for each other in a circle, and
//! the row that all share is held shortest.
//!
//! | Count | Free tries | Then |
//! |---|---|---|
//! | account and address | 5 | 1 minute, doubling to 15 |
//! | address alone | 30 | 1 minute, doubling to 15 |
//! | the wider network of an IPv6 address (/48) | 120 | 1 minute, doubling to 15 |
//! | account alone | 10 | 30 seconds between tries, never more |
//! | asking for a mail, from one address | 30 | 1 minute, doubling to 15 |
//! | mails to one postbox | 5 | 1 minute, doubling to 15; nobody is told, because it would tell |
//! | codes of one account, where it signed in before | 5 | 1 minute, doubling to 15 |
//! | codes of one account, anywhere else | 5 | one every 10 minutes |
//! | wrong codes of one account, until a right one | all | from the third on its owner is told |
//! | challenges for passkeys, for one network (IPv6: site) | 120 | one every 2 seconds |
//! | everybody's passwords; everybody's asking for mail, by door | 300 | one every 6 seconds |
//! | everybody's codes | 60 | one a minute |
//!
//! "Account alone" bounds a guesser with many addresses to two tries a minute, the last two bound one with many addresses and
//! many accounts: what they count drains away at the pace at which tries go on. One network can't use them up: its own counts
//! end first. Whoever signed in from this browser before is not counted by the wider network, the account alone and everybody,
//! so nobody locks the owner out of a browser of their own (IDN-02, ASVS V6.3.1). Slips and mailed links have no count of
//! everybody: they can't be guessed, and a flood must not close them. A try is taken before it is looked at; a success gives it
//! back, and forgets the first count. Wrong codes on a new device are forgiven by time alone: else whoever has one account could
//! make wrong codes without end.

use salus_db::{Reader, Tx, args, row, sql};
use salus_kernel::{Instant, MINUTE, SECOND};

use crate::shell::error::Error;

const FORGOTTEN_AFTER: i64 = 24 * 60 * MINUTE;
const LONGEST_PAUSE: i64 = 15 * MINUTE;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Tries on one account from one address.
    Pair,
    /// Tries from one address.
    Address,
    /// Tries from one site: what a household, a company or a part of a carrier's network has of IPv6.
    Site,
    /// Tries on one account.
    Account,
    /// Wrong codes of someone who has the password, and signed in from this browser before.
    Code,
    /// Wrong codes of someone who has the password, anywhere else.
    CodeElsewhere,
    /// Wrong codes of one account, until a right one or a day without: nothing is slowed down by it, and its owner is told.
    WrongCodes,
    /// Asking for a mail from one address: also honest people do it.
    Asking,
    /// Mails to one address that somebody asked for, whoever it was.
    Postbox,
    /// Challenges for a passkey that one network asks for. Nobody guesses a signature; they only take up room.
    Challenges,
    /// Tries at one door, whoever makes them: passwords, asking for mail.
    Everybody,
    /// Codes of everybody who has a password.
    EverybodysCodes,
}

/// How tries are counted that never stop coming: so many at once, and then one after each pause.
struct Pace {
    free: i64,
    every: i64,
}

impl Count {
    fn word(self) -> &'static str {
        match self {
            Self::Pair => "account-and-address",
            Self::Address => "address",
            Self::Site => "site",
            Self::Account => "account",
            Self::Code => "code",
            Self::CodeElsewhere => "code-elsewhere",
            Self::WrongCodes => "wrong-codes",
            Self::Asking => "asking",
            Self::Postbox => "postbox",
            Self::Challenges => "challenges",
            Self::Everybody => "everybody",
            Self::EverybodysCodes => "everybody-s-codes",
        }
    }
    fn pace(self) -> Option<Pace> {
        match self {
            Self::Challenges => Some(Pace { free: 120, every: 2 * SECOND }),
            Self::CodeElsewhere => Some(Pace { free: 5, every: 10 * MINUTE }),
            Self::Everybody => Some(Pace { free: 300, every: 6 * SECOND }),
            Self::EverybodysCodes => Some(Pace { free: 60, every: MINUTE }),
            _ => None,
        }
    }
    /// After how long without a try it begins anew.
    fn forgotten_after(self) -> i64 {
        if self == Self::Asking { 60 * MINUTE } else { FORGOTTEN_AFTER }
    }
    /// How long nothing counts after this many failures.
    fn pause(self, failures: i64) -> i64 {
        let doubling = |free: i64| match failures - free {
            over if over < 0 => 0,
            over => MINUTE.saturating_mul(1 << over.min(4)).min(LONGEST_PAUSE),
        };
        match self {
            Self::Pair | Self::Code => doubling(5),
            Self::Address | Self::Asking => doubling(30),
            Self::Site => doubling(120),
            Self::Postbox => doubling(5),
            Self::Account => {
                if failures >= 10 {
                    30 * SECOND
                } else {
                    0
                }
            }
            Self::Challenges | Self::CodeElsewhere | Self::WrongCodes | Self::Everybody | Self::EverybodysCodes => 0,
        }
    }
    /// What a row says after one more try, which it counts already.
    fn after(self, row: &ThrottleRow, now: Instant) -> After {
        let Some(pace) = self.pace() else {
            // No pause is longer; what says so was written by a clock that ran ahead.
            let wait = Some(row.blocked_until.since(now)).filter(|wait| *wait <= LONGEST_PAUSE).unwrap_or(0);
            // Requests that overlap come here in another order than they began in: without a pause nothing is written that
            // would hold up one that began a moment earlier.
            let pause = self.pause(row.failures);
            let blocked_until = if pause == 0 { row.blocked_until } else { now.plus(pause) };
            return After { wait, failures: row.failures, at: now, blocked_until };
        };
        let since = now.since(row.last_at);
        let drained = since.max(0) / pace.every;
        let before = if since < -LONGEST_PAUSE { 0 } else { (row.failures - 1).saturating_sub(drained).max(0) };
        let at = if before == 0 { now } else { row.last_at.plus(drained.saturating_mul(pace.every)) };
        let wait = if before >= pace.free { at.plus(pace.every).since(now).min(pace.every) } else { 0 };
        After { wait, failures: before + 1, at, blocked_until: now }
    }
}

/// A row after a try.
#[derive(Debug, PartialEq, Eq)]
struct After {
    /// How long no try counts. The row stays as it was then.
    wait: i64,
    failures: i64,
    at: Instant,
    blocked_until: Instant,
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
    failures: i64,
    last_at: Instant,
    blocked_until: Instant,
}
row!(ThrottleRow { failures, last_at, blocked_until });

const FIND: salus_db::Sql = sql!("SELECT failures, last_at, blocked_until FROM throttle WHERE key = $1");
/// Counts one more, and holds the row until the end of the transaction: who comes at the same moment waits.
const COUNT: salus_db::Sql = sql!(
    "INSERT INTO throttle (key, kind, failures, first_at, last_at, blocked_until) VALUES ($1, $2, 1, $3, $3, 0)
     ON CONFLICT (key) DO UPDATE
        SET failures = CASE WHEN throttle.last_at > $4 THEN throttle.failures + 1 ELSE 1 END,
            blocked_until = CASE WHEN throttle.last_at > $4 THEN throttle.blocked_until ELSE 0 END"
);
const BLOCK: salus_db::Sql = sql!("UPDATE throttle SET failures = $2, last_at = $3, blocked_until = $4 WHERE key = $1");
const GIVE_BACK: salus_db::Sql =
    sql!("UPDATE throttle SET failures = failures - 1, blocked_until = 0 WHERE key = $1 AND failures > 0");
const FORGET: salus_db::Sql = sql!("DELETE FROM throttle WHERE key = $1");

/// Takes a try under each key, before anything is made of it, so that two hundred at the same moment get as many as two
/// hundred one after the other (ASVS V6.3.1). None when it counts now; else the seconds until one does, and the transaction has to be
/// dropped.
pub async fn take(tx: &mut Tx, keys: &[Key], now: Instant) -> Result<Option<i64>, Error> {
    let mut longest = 0;
    for key in keys {
        tx.execute(COUNT, args![key.key.as_str(), key.count.word(), now, now.plus(-key.count.forgotten_after())])
            .await?;
        let row: ThrottleRow = tx.one(FIND, args![key.key.as_str()]).await?;
        let after = key.count.after(&row, now);
        longest = longest.max(after.wait);
        tx.execute(BLOCK, args![key.key.as_str(), after.failures, after.at, after.blocked_until]).await?;
    }
    Ok((longest > 0).then(|| (longest + SECOND - 1) / SECOND))
}

/// It was no failure: gives the try back under each key. A count of one account from one place begins anew.
pub async fn succeeded(tx: &mut Tx, keys: &[Key]) -> Result<(), Error> {
    for key in keys {
        match key.count {
            Count::Pair | Count::Code | Count::WrongCodes => tx.execute(FORGET, args![key.key.as_str()]).await?,
            _ => tx.execute(GIVE_BACK, args![key.key.as_str()]).await?,
        };
    }
    Ok(())
}

/// How many tries failed lately.
pub async fn failures(tx: &mut Reader, key: &Key) -> Result<i64, Error> {
    Ok(tx.maybe::<ThrottleRow>(FIND, args![key.key.as_str()]).await?.map_or(0, |row| row.failures))
}

#[cfg(test)]
mod tests;
