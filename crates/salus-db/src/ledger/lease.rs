//! Which chain this process writes to: a row in the main database, held for a while, renewed, and reused after it ends.
//!
//! Without leases every call of a command would begin a chain of its own. A lease only keeps writers apart politely; if
//! two ever met on one chain (a process that slept through its lease), the ledger's primary key lets exactly one of
//! them have the next number, and the other starts again from what is stored.

use salus_kernel::{ChainId, Instant, SECOND};

use crate::{Db, DbError, Sight, Sql, args, row, sql};

/// How long a chain stays with a writer that says nothing more.
const HELD_FOR: i64 = 90 * SECOND;
/// When a writer says that it is still there.
const RENEW_BEFORE: i64 = 60 * SECOND;
/// Holder of a chain that can't be taken up: it stays as it is, for `audit verify` to name what is wrong.
const DAMAGED: &str = "damaged";

const ALL: Sql =
    sql!("SELECT chain_id, leased_until FROM ledger_lease WHERE holder <> 'damaged' ORDER BY created_at, chain_id");
const TAKE: Sql =
    sql!("UPDATE ledger_lease SET holder = $1, leased_until = $2 WHERE chain_id = $3 AND leased_until = $4");
const NEW: Sql = sql!("INSERT INTO ledger_lease (chain_id, holder, leased_until, created_at) VALUES ($1, $2, $3, $4)");
const RENEW: Sql = sql!("UPDATE ledger_lease SET leased_until = $1 WHERE chain_id = $2 AND holder = $3");
const END: Sql = sql!("UPDATE ledger_lease SET holder = $1, leased_until = $2 WHERE chain_id = $3 AND holder = $4");

struct Row {
    chain: ChainId,
    until: i64,
}
row!(Row { chain: chain_id, until: leased_until });

/// A chain that is this writer's for now.
#[derive(Debug, Clone)]
pub(super) struct Lease {
    pub(super) chain: ChainId,
    holder: String,
    until: Instant,
}

impl Lease {
    /// Takes the oldest free chain, or begins a new one.
    pub(super) async fn take(main: &Db, now: Instant, random: [u8; 10]) -> Result<Self, DbError> {
        let holder = hex::encode(random);
        let until = now.plus(HELD_FOR);
        // Someone may be faster with each chain that looks free.
        for _ in 0..32 {
            let mut tx = main.begin(&Sight::of_run("ledger")).await?;
            let chains: Vec<Row> = tx.all(ALL, Vec::new()).await?;
            let Some(free) = chains.iter().find(|chain| chain.until <= now.micros()) else {
                let chain = ChainId::new(now, random);
                tx.execute(NEW, args![chain, &holder, until, now]).await?;
                tx.commit().await?;
                return Ok(Self { chain, holder, until });
            };
            match tx.one_row(TAKE, args![&holder, until, free.chain, free.until]).await {
                Ok(()) => {
                    tx.commit().await?;
                    return Ok(Self { chain: free.chain, holder, until });
                }
                Err(DbError::Stale) => {}
                Err(error) => return Err(error),
            }
        }
        Err(DbError::Stale)
    }

    pub(super) fn holds(&self, now: Instant) -> bool {
        now < self.until
    }

    pub(super) fn renewal_due(&self, now: Instant) -> bool {
        self.until.since(now) < RENEW_BEFORE
    }

    /// Says that the writer is still there; [`DbError::Stale`] if the chain has gone to another one.
    pub(super) async fn renew(&mut self, main: &Db, now: Instant) -> Result<(), DbError> {
        let until = now.plus(HELD_FOR);
        let mut tx = main.begin(&Sight::of_run("ledger")).await?;
        tx.one_row(RENEW, args![until, self.chain, &self.holder]).await?;
        tx.commit().await?;
        self.until = until;
        Ok(())
    }

    /// Gives the chain back.
    pub(super) async fn release(self, main: &Db) -> Result<(), DbError> {
        self.end(main, "", 0).await
    }

    /// Leaves the chain as it is, for good.
    pub(super) async fn abandon(self, main: &Db) -> Result<(), DbError> {
        self.end(main, DAMAGED, i64::MAX).await
    }

    async fn end(self, main: &Db, holder: &str, until: i64) -> Result<(), DbError> {
        let mut tx = main.begin(&Sight::of_run("ledger")).await?;
        tx.execute(END, args![holder, until, self.chain, &self.holder]).await?;
        tx.commit().await
    }
}
