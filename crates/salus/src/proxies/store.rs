//! SQL of caregivers. Offers are written, and taken up, by the floor.

use salus_db::{Reader, Sql, args, row, sql};
use salus_kernel::{AccountId, Instant, ResourceId, Scopes};
use salus_vault::Phi;

use crate::{
    access::{Change, PatientScope, caregivers::Basis, columns::related_person},
    shell::error::Error,
};

/// Somebody who acts for the patient, will, or did.
pub struct Caregiver {
    /// The row.
    pub id: ResourceId,
    /// What they are called by who asked for it.
    pub name: Phi<related_person::Name>,
    /// What their account is called; nothing before they showed the code.
    pub account_name: Option<Phi<related_person::AccountName>>,
    /// Why they may.
    pub basis: Basis,
    /// What they were given.
    pub scopes: Scopes,
    /// Where it stands.
    pub state: State,
    /// When the code was made.
    pub created_at: Instant,
    /// Until when the code counts.
    pub offer_ends_at: Instant,
    /// Until when it counts at most.
    pub ends_at: Instant,
    /// When it began.
    pub starts_at: Option<Instant>,
    /// When it was ended, or its code ran out.
    pub ended_at: Option<Instant>,
    /// Who works here and made the code.
    pub made_by: Option<String>,
}

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The code waits.
    Offered,
    /// They act for the patient.
    Active,
    /// No longer.
    Ended,
}

struct Row {
    id: ResourceId,
    account_id: Option<AccountId>,
    name: Vec<u8>,
    account_name: Option<Vec<u8>>,
    basis: String,
    scopes: String,
    state: String,
    created_at: Instant,
    offer_ends_at: Instant,
    ends_at: Instant,
    starts_at: Option<Instant>,
    ended_at: Option<Instant>,
    made_by: Option<String>,
}
row!(Row {
    id: id,
    account_id: account_id,
    name: name,
    account_name: account_name,
    basis: basis,
    scopes: scopes,
    state: state,
    created_at: created_at,
    offer_ends_at: offer_ends_at,
    ends_at: ends_at,
    starts_at: starts_at,
    ended_at: ended_at,
    made_by: made_by,
});

// The same columns in both: a row as the list shows it.
macro_rules! caregivers {
    ($rest:literal) => {
        sql!(concat!(
            "SELECT r.id AS id, r.account_id AS account_id, r.name AS name, r.account_name AS account_name, r.basis AS basis,
                    r.scopes AS scopes, r.state AS state, r.created_at AS created_at, r.offer_ends_at AS offer_ends_at,
                    r.ends_at AS ends_at, r.starts_at AS starts_at, r.ended_at AS ended_at, m.name AS made_by
               FROM related_person r LEFT JOIN staff_member m ON m.account_id = r.made_by
              WHERE r.patient_id = $1 ",
            $rest
        ))
    };
}
const LIST: Sql = caregivers!(
    "ORDER BY CASE r.state WHEN 'active' THEN 0 WHEN 'offered' THEN 1 ELSE 2 END, r.created_at DESC, r.id DESC LIMIT $2"
);
const ONE: Sql = caregivers!("AND r.id = $2");
const NAMES: Sql = sql!(
    "SELECT id, account_id, account_name FROM related_person WHERE patient_id = $1 AND account_id IS NOT NULL ORDER BY starts_at, id"
);
const OPEN: Sql =
    sql!("SELECT COUNT(*) FROM related_person
              WHERE patient_id = $1 AND ends_at > $2 AND (state = 'active' OR (state = 'offered' AND offer_ends_at > $2))");
const END: Sql = sql!(
    "UPDATE related_person SET state = 'ended', ended_at = $3, ended_by = $4, updated_at = $3, version = version + 1, entry = $5
      WHERE id = $1 AND patient_id = $2 AND state <> 'ended'"
);
const MADE_BY: Sql =
    sql!("SELECT id FROM related_person WHERE patient_id = $1 AND made_by = $2 AND state <> 'ended' ORDER BY id");
const CODES_OF: Sql = sql!("SELECT id FROM related_person WHERE made_by = $1 AND state = 'offered' ORDER BY id");
const TAKE_BACK: Sql = sql!(
    "UPDATE related_person SET state = 'ended', ended_at = $2, ended_by = $3, updated_at = $2, version = version + 1, entry = $4
      WHERE id = $1 AND state = 'offered'"
);
const LEAVE: Sql = sql!(
    "UPDATE related_person SET state = 'ended', ended_at = $2, ended_by = $3, updated_at = $2, version = version + 1, entry = $4
      WHERE id = $1 AND account_id = $3 AND state = 'active'"
);

/// Who acts for the patient, whose code waits, and who did, the newest first.
pub async fn list(tx: &mut Reader, scope: PatientScope, now: Instant, most: i64) -> Result<Vec<Caregiver>, Error> {
    let rows: Vec<Row> = tx.all(LIST, args![scope.patient(), most]).await?;
    rows.into_iter().map(|row| caregiver(row, scope, now)).collect()
}

/// One of a patient's.
pub async fn one(
    tx: &mut Reader,
    scope: PatientScope,
    id: ResourceId,
    now: Instant,
) -> Result<Option<Caregiver>, Error> {
    let row: Option<Row> = tx.maybe(ONE, args![scope.patient(), id]).await?;
    row.map(|row| caregiver(row, scope, now)).transpose()
}

fn caregiver(row: Row, scope: PatientScope, now: Instant) -> Result<Caregiver, Error> {
    let id = row.id.to_string();
    let state = match row.state.as_str() {
        "offered" if now < row.offer_ends_at => State::Offered,
        "active" if now < row.ends_at => State::Active,
        _ => State::Ended,
    };
    let account_name = row.account_id.and(row.account_name);
    Ok(Caregiver {
        name: Phi::sealed(id.as_str(), scope.subject(), row.name),
        account_name: account_name.map(|name| Phi::sealed(id.as_str(), scope.subject(), name)),
        basis: Basis::from_word(&row.basis).ok_or_else(|| Error::broken("an unknown basis"))?,
        scopes: Scopes::from_words(&row.scopes),
        ended_at: row.ended_at.or(row.starts_at.is_none().then_some(row.offer_ends_at)),
        state,
        id: row.id,
        created_at: row.created_at,
        offer_ends_at: row.offer_ends_at,
        ends_at: row.ends_at,
        starts_at: row.starts_at,
        made_by: row.made_by,
    })
}

/// What the accounts are called that act or acted for the patient; the newest name of each comes last.
pub async fn names(
    tx: &mut Reader,
    scope: PatientScope,
) -> Result<Vec<(AccountId, Phi<related_person::AccountName>)>, Error> {
    let rows: Vec<(ResourceId, AccountId, Vec<u8>)> = tx.all(NAMES, args![scope.patient()]).await?;
    let name = |(id, account, name): (ResourceId, _, _)| (account, Phi::sealed(id.to_string(), scope.subject(), name));
    Ok(rows.into_iter().map(name).collect())
}

/// How many act for the patient or have a code.
pub async fn open(tx: &mut Reader, scope: PatientScope, now: Instant) -> Result<u64, Error> {
    let (count,): (i64,) = tx.one(OPEN, args![scope.patient(), now]).await?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Ends one of a patient's; false when it had ended, or is none of theirs.
pub async fn end(
    change: &mut Change<'_>,
    scope: PatientScope,
    id: ResourceId,
    by: AccountId,
    now: Instant,
) -> Result<bool, Error> {
    let args = args![id, scope.patient(), now, by, change.entry()];
    change.save_row("related_person", id, END, args).await
}

/// Ends what an account gave that does not count as the patient any more: whoever was the wrong person let in nobody.
pub async fn end_given_by(
    change: &mut Change<'_>,
    scope: PatientScope,
    account: AccountId,
    by: AccountId,
    now: Instant,
) -> Result<(), Error> {
    let given: Vec<(ResourceId,)> = change.all(MADE_BY, args![scope.patient(), account]).await?;
    for (id,) in given {
        end(change, scope, id, by, now).await?;
    }
    Ok(())
}

/// Takes back the codes that somebody made who works here no longer.
pub async fn take_back_of(
    change: &mut Change<'_>,
    account: AccountId,
    by: AccountId,
    now: Instant,
) -> Result<(), Error> {
    let codes: Vec<(ResourceId,)> = change.all(CODES_OF, args![account]).await?;
    for (id,) in codes {
        let args = args![id, now, by, change.entry()];
        change.save_row("related_person", id, TAKE_BACK, args).await?;
    }
    Ok(())
}

/// Ends one's own; false when it had ended, or is none.
pub async fn leave(change: &mut Change<'_>, id: ResourceId, own: AccountId, now: Instant) -> Result<bool, Error> {
    let args = args![id, now, own, change.entry()];
    change.save_row("related_person", id, LEAVE, args).await
}
