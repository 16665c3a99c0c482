//! SQL of invites to a chart.

use salus_db::{Reader, Sql, args, row, sql};
use salus_kernel::{AccountId, Instant, InviteId};

use crate::{
    access::{Change, PatientScope},
    shell::error::Error,
};

/// An invite as the desk sees it.
pub struct InviteLine {
    /// `open`, `redeemed`, `withdrawn` or `dead`.
    pub state: String,
    /// How the desk knew who the person is.
    pub evidence: String,
    /// When it was made.
    pub created_at: Instant,
    /// Until when it counts.
    pub ends_at: Instant,
    /// When it was used, taken back, or died.
    pub decided_at: Option<Instant>,
    /// Who made it.
    pub made_by: Option<String>,
}
row!(InviteLine {
    state: state,
    evidence: evidence,
    created_at: created_at,
    ends_at: ends_at,
    decided_at: decided_at,
    made_by: made_by,
});

const LINES: Sql = sql!(
    "SELECT i.state AS state, i.evidence AS evidence, i.created_at AS created_at, i.ends_at AS ends_at,
            i.decided_at AS decided_at, m.name AS made_by
       FROM invite i LEFT JOIN staff_member m ON m.account_id = i.made_by
      WHERE i.patient_id = $1 ORDER BY i.created_at DESC, i.id DESC LIMIT 50"
);
const OPEN: Sql = sql!("SELECT id FROM invite WHERE patient_id = $1 AND state = 'open'");
const WITHDRAW: Sql = sql!(
    "UPDATE invite SET state = 'withdrawn', decided_at = $2, version = version + 1, entry = $3 WHERE id = $1 AND state = 'open'"
);
const LOGIN: Sql = sql!(
    "SELECT account_id FROM access_grant
      WHERE patient_id = $1 AND basis = 'self' AND starts_at <= $2 AND (ends_at IS NULL OR ends_at > $2)
      ORDER BY id DESC LIMIT 1"
);

/// The newest invites to a chart.
pub async fn lines(tx: &mut Reader, scope: PatientScope) -> Result<Vec<InviteLine>, Error> {
    Ok(tx.all(LINES, args![scope.patient()]).await?)
}

/// The account with which the patient signs in to this chart already.
pub async fn login(tx: &mut Reader, scope: PatientScope, now: Instant) -> Result<Option<AccountId>, Error> {
    let found: Option<(AccountId,)> = tx.maybe(LOGIN, args![scope.patient(), now]).await?;
    Ok(found.map(|(account,)| account))
}

/// Takes the open invite to a chart back; false when there is none.
pub async fn withdraw(tx: &mut Change<'_>, scope: PatientScope, now: Instant) -> Result<bool, Error> {
    let Some((id,)) = tx.maybe::<(InviteId,)>(OPEN, args![scope.patient()]).await? else { return Ok(false) };
    let entry = tx.entry();
    tx.one_row(WITHDRAW, args![id, now, entry]).await?;
    tx.wrote_row("invite", &id.to_string()).await?;
    Ok(true)
}
