//! What a restore must not bring back to life: invites, codes for caregivers, people to be let back in, mailed links, and jobs that were
//! not done.
//!
//! An invite, a code or a link that was open when the backup was made may have been used or taken back since, and mail that was waiting may
//! have been sent since. Who is meant gets a new invite; what was given up stands on `/clinic/jobs` and can be run again.

use salus_db::{args, sql};
use salus_kernel::{InviteId, PatientId, ResourceId};

use super::SystemRun;
use crate::shell::error::Error;

/// How much was put to rest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PutToRest {
    /// Invites that were withdrawn.
    pub invites: u64,
    /// Codes for caregivers that were taken back.
    pub codes: u64,
    /// People who had lost what they sign in with, and ask anew.
    pub recoveries: u64,
    /// Caregivers who act for a patient as of the backup: whoever was ended since acts again.
    pub caregivers: u64,
    /// Jobs that were given up.
    pub jobs: u64,
}

const OPEN: salus_db::Sql = sql!("SELECT id, patient_id FROM invite WHERE state = 'open' ORDER BY id");
const CODES: salus_db::Sql = sql!("SELECT id, patient_id FROM related_person WHERE state = 'offered' ORDER BY id");
const ACTING: salus_db::Sql = sql!("SELECT COUNT(*) FROM related_person WHERE state = 'active' AND ends_at > $1");
const TAKE_BACK: salus_db::Sql = sql!(
    "UPDATE related_person SET state = 'ended', ended_at = $2, updated_at = $2, version = version + 1, entry = $3
      WHERE id = $1 AND state = 'offered'"
);
const ASKING: salus_db::Sql =
    sql!("SELECT id, patient_id FROM recovery WHERE state IN ('waiting', 'vouched', 'approved') ORDER BY id");
const ASK_ANEW: salus_db::Sql = sql!(
    "UPDATE recovery SET state = 'withdrawn', version = version + 1, entry = $2
      WHERE id = $1 AND state IN ('waiting', 'vouched', 'approved')"
);
const UNDONE: salus_db::Sql =
    sql!("SELECT COUNT(*) FROM job WHERE state IN ('queued', 'running') AND kind <> 'registrations.forget'");
const WITHDRAW: salus_db::Sql = sql!(
    "UPDATE invite SET state = 'withdrawn', decided_at = $2, version = version + 1, entry = $3 WHERE id = $1 AND state = 'open'"
);
const GIVE_UP: salus_db::Sql = sql!(
    "UPDATE job SET state = 'given-up', last_error = 'restored', run_after = $1, leased_until = NULL, updated_at = $1, version = version + 1
      WHERE state IN ('queued', 'running') AND kind <> 'registrations.forget'"
);

const MAILED: salus_db::Sql = sql!("SELECT (SELECT COUNT(*) FROM account_undo) + (SELECT COUNT(*) FROM email_change)");
const LINKS: [salus_db::Sql; 2] = [sql!("DELETE FROM account_undo"), sql!("DELETE FROM email_change")];

/// Withdraws every open invite and code, forgets what mailed links would do, and gives up every job that is not done, under an entry
/// of its own. Nothing to do, no entry.
pub async fn put_to_rest(run: &SystemRun) -> Result<PutToRest, Error> {
    let mut tx = run.read().await?;
    let open: Vec<(InviteId, Option<PatientId>)> = tx.all(OPEN, Vec::new()).await?;
    let codes: Vec<(ResourceId, PatientId)> = tx.all(CODES, Vec::new()).await?;
    let asking: Vec<(ResourceId, Option<PatientId>)> = tx.all(ASKING, Vec::new()).await?;
    let (acting,): (i64,) = tx.one(ACTING, args![run.now()]).await?;
    let (undone,): (i64,) = tx.one(UNDONE, Vec::new()).await?;
    let (mailed,): (i64,) = tx.one(MAILED, Vec::new()).await?;
    drop(tx);
    let count = |many: usize| u64::try_from(many).unwrap_or(u64::MAX);
    let caregivers = u64::try_from(acting).unwrap_or(0);
    if open.is_empty() && codes.is_empty() && asking.is_empty() && undone == 0 && mailed == 0 {
        return Ok(PutToRest { caregivers, ..PutToRest::default() });
    }
    let mut change = run.begin().await?;
    let (now, entry) = (run.now(), change.entry());
    for (invite, patient) in &open {
        change.tx.one_row(WITHDRAW, args![*invite, now, &entry]).await?;
        change.wrote_row(*patient, "invite", &invite.to_string()).await?;
    }
    for (code, patient) in &codes {
        change.tx.one_row(TAKE_BACK, args![*code, now, &entry]).await?;
        change.wrote_row(Some(*patient), "related_person", &code.to_string()).await?;
    }
    for (recovery, patient) in &asking {
        change.tx.one_row(ASK_ANEW, args![*recovery, &entry]).await?;
        change.wrote_row(*patient, "recovery", &recovery.to_string()).await?;
    }
    for links in LINKS {
        change.tx.execute(links, Vec::new()).await?;
    }
    let jobs = change.tx.execute(GIVE_UP, args![now]).await?;
    change.commit().await?;
    let (invites, codes, recoveries) = (count(open.len()), count(codes.len()), count(asking.len()));
    Ok(PutToRest { invites, codes, recoveries, caregivers, jobs })
}
