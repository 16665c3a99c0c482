//! Emptying after six years, and what the verifier says of it.

use super::*;

/// Seven years, and a leap day or two.
const SEVEN_YEARS: i64 = SIX_YEARS + 366 * 24 * 60 * MINUTE;

/// SQL with the ledger's owner, past the trigger that keeps entries as they are.
async fn without_trigger(dbs: &TestDbs, text: &str) {
    let owner = Db::connect(&crate::DbConfig { url: dbs.ledger_owner.url.clone(), readers: 1 }).await.unwrap();
    let mut tx = owner.begin(&Sight::default()).await.unwrap();
    let on = if dbs.raw.is_some() { " ON entry" } else { "" };
    tx.execute(Sql::owned(format!("DROP TRIGGER IF EXISTS entry_unchanged{on}")), Vec::new()).await.unwrap();
    assert!(tx.execute(Sql::owned(text.to_owned()), Vec::new()).await.unwrap() > 0);
    tx.commit().await.unwrap();
    owner.close().await;
}

async fn first_finding(ledger: &Ledger) -> Option<(Fault, Option<u64>)> {
    verify(ledger).await.first().map(|finding| (finding.fault, finding.seq))
}

on_both! {
    async fn a_ledger_purged_after_seven_years_is_intact_and_says_what_is_gone(dbs: TestDbs) {
        let hands = Hands::default();
        let (_db, ledger) = open(&dbs, &hands).await;
        // A second chain, given back before the years pass.
        hands.advance(1);
        let (_other_db, other) = open(&dbs, &hands).await;
        other.append(vec![draft(Some(2)), list(&[1, 2])]).await.unwrap();
        other.close().await.unwrap();
        ledger.append(vec![draft(Some(1)); 20]).await.unwrap();
        ledger.checkpoint().await.unwrap();
        hands.advance(SEVEN_YEARS);
        ledger.append(vec![draft(Some(1)); 2]).await.unwrap();
        let now = hands.now();
        assert_eq!(purge(&dbs.ledger_owner, &ledger, now, now.plus(-SIX_YEARS), draft(None)).await.unwrap(), 22);
        let report = verify(&ledger).await;
        assert!(report.is_intact(), "{report}");
        assert_eq!(report.chains.iter().map(|chain| chain.emptied).sum::<u64>(), 22);
        assert!(report.limits().iter().any(|limit| limit.contains("were emptied")), "{report}");
        // Again is no harm, and the next day neither.
        hands.advance(24 * 60 * MINUTE);
        let now = hands.now();
        assert_eq!(purge(&dbs.ledger_owner, &ledger, now, now.plus(-SIX_YEARS), draft(None)).await.unwrap(), 0);
        is_sound(&ledger).await;
        // Another seven years: the first purge is itself purged, and the newest accounts for all.
        ledger.append(vec![draft(Some(1))]).await.unwrap();
        hands.advance(SEVEN_YEARS);
        let now = hands.now();
        assert_eq!(purge(&dbs.ledger_owner, &ledger, now, now.plus(-SIX_YEARS), draft(None)).await.unwrap(), 5);
        is_sound(&ledger).await;
        ledger.close().await.unwrap();
    }
}

on_both! {
    async fn an_entry_behind_a_younger_one_is_not_emptied(dbs: TestDbs) {
        let hands = Hands::default();
        hands.advance(365 * 24 * 60 * MINUTE);
        let (_db, ledger) = open(&dbs, &hands).await;
        ledger.append(vec![draft(None)]).await.unwrap();
        // The clock was wrong by a year, and is right again.
        hands.advance(-365 * 24 * 60 * MINUTE);
        ledger.append(vec![draft(None)]).await.unwrap();
        hands.advance(SIX_YEARS + MINUTE);
        let now = hands.now();
        assert_eq!(purge(&dbs.ledger_owner, &ledger, now, now.plus(-SIX_YEARS), draft(None)).await.unwrap(), 0);
        assert_eq!(first_finding(&ledger).await, Some((Fault::ClockWentBack, Some(1))));
        ledger.close().await.unwrap();
    }
}

on_both! {
    async fn an_entry_emptied_before_its_time_is_found(dbs: TestDbs) {
        let hands = Hands::default();
        let (_db, ledger) = open(&dbs, &hands).await;
        ledger.append(vec![draft(Some(1)); 5]).await.unwrap();
        ledger.checkpoint().await.unwrap();
        hands.advance(SEVEN_YEARS);
        for entries in [2, 3] {
            ledger.append(vec![draft(Some(1)); entries]).await.unwrap();
            ledger.checkpoint().await.unwrap();
        }
        // Old enough, but nobody has said so.
        without_trigger(&dbs, "UPDATE entry SET canonical = NULL WHERE seq < 3").await;
        assert_eq!(first_finding(&ledger).await, Some((Fault::Emptied, Some(0))));
        let now = hands.now();
        assert_eq!(purge(&dbs.ledger_owner, &ledger, now, now.plus(-SIX_YEARS), draft(None)).await.unwrap(), 2);
        is_sound(&ledger).await;
        // Too young, behind those that are rightly empty.
        without_trigger(&dbs, "UPDATE entry SET canonical = NULL WHERE seq = 5").await;
        assert_eq!(first_finding(&ledger).await, Some((Fault::Emptied, Some(5))));
        // Also when its column says that it is old: the eighth was written behind a checkpoint that is not.
        without_trigger(&dbs, "UPDATE entry SET canonical = NULL, recorded_at = 0 WHERE seq < 10").await;
        assert_eq!(first_finding(&ledger).await, Some((Fault::Emptied, Some(7))));
        // With the purge itself nothing is left to account for anything.
        without_trigger(&dbs, "UPDATE entry SET canonical = NULL WHERE seq = 10").await;
        assert_eq!(first_finding(&ledger).await, Some((Fault::Emptied, Some(0))));
        ledger.close().await.unwrap();
    }
}

on_both! {
    async fn a_chain_whose_unsigned_end_was_purged_is_taken_up_again(dbs: TestDbs) {
        let still = Hands::default();
        let (db, crashed) = open(&dbs, &still).await;
        let first = crashed.append(vec![draft(Some(1))]).await.unwrap();
        crashed.checkpoint().await.unwrap();
        crashed.append(vec![draft(Some(1)); 3]).await.unwrap();
        // As if it had died there: three are not signed. Its chain is kept from the next one, which purges.
        let lease = async |until: i64| {
            let mut tx = db.begin(&Sight::of_run("ledger")).await.unwrap();
            let sql = sql!("UPDATE ledger_lease SET holder = 'dead', leased_until = $1 WHERE chain_id = $2");
            tx.execute(sql, args![until, first[0].chain]).await.unwrap();
            tx.commit().await.unwrap();
        };
        lease(i64::MAX).await;
        let hands = Hands::default();
        hands.advance(SEVEN_YEARS);
        let (_db, other) = open(&dbs, &hands).await;
        let now = hands.now();
        assert_eq!(purge(&dbs.ledger_owner, &other, now, now.plus(-SIX_YEARS), draft(None)).await.unwrap(), 4);
        is_sound(&other).await;
        lease(0).await;
        let (_db, again) = open(&dbs, &hands).await;
        let next = again.append(vec![draft(None)]).await.unwrap();
        assert_eq!(next[0], Position { chain: first[0].chain, seq: 4 });
        again.checkpoint().await.unwrap();
        is_sound(&again).await;
        again.close().await.unwrap();
        other.close().await.unwrap();
        crashed.close().await.unwrap();
    }
}
