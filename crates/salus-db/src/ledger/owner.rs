//! What only the ledger's owner does: migrations, grants, and emptying entries after six years.

use salus_kernel::Instant;
pub use salus_ledger::SIX_YEARS;
use salus_ledger::{EntryDraft, Kind, Micros, System};

use super::{Ledger, LedgerError, to_u64};
use crate::{
    Db, DbConfig, DbError, Engine, OwnerConfig, Sight, Sql, args,
    migrate::{LEDGER, run},
    rls, sql,
};

/// Who reads which lines. The privacy officer, the verifier and the writer's restart see all.
const AUDITOR: &str = "{role} = 'privacy-officer' OR {run} IN ('ledger', 'audit')";

/// One rule: table, command, whether the writing role (else the reading one), condition.
struct Rule(&'static str, &'static str, bool, &'static str);

const RULES: &[Rule] = &[
    Rule("entry", "INSERT", true, "TRUE"),
    Rule("entry_patient", "INSERT", true, "TRUE"),
    Rule("checkpoint", "INSERT", true, "TRUE"),
    Rule("manifest", "INSERT", true, "TRUE"),
    Rule("schema_migration", "SELECT", false, "TRUE"),
    Rule(
        "entry",
        "SELECT",
        false,
        "patient_id = {patient} OR account_id = {account} OR {auditor}
         OR EXISTS (SELECT 1 FROM entry_patient p
                     WHERE p.chain_id = entry.chain_id AND p.seq = entry.seq AND p.patient_id = {patient})",
    ),
    Rule("entry_patient", "SELECT", false, "patient_id = {patient} OR {auditor}"),
    Rule("checkpoint", "SELECT", false, "{auditor}"),
    Rule("manifest", "SELECT", false, "{auditor}"),
    Rule("purge_permit", "SELECT", false, "{auditor}"),
];

const TABLES: &[&str] = &["schema_migration", "entry", "entry_patient", "checkpoint", "manifest", "purge_permit"];

/// Brings the ledger's database up to date. On PostgreSQL the two roles exist already: one will only insert, the other
/// only read; neither owns anything.
pub async fn migrate(owner: &OwnerConfig, writer_role: &str, reader_role: &str) -> Result<(), DbError> {
    let script = |engine| match engine {
        Engine::Sqlite => Ok(None),
        Engine::Postgres => script(writer_role, reader_role).map(Some),
    };
    run(owner, LEDGER, script, |tables| match tables.iter().find(|table| !TABLES.contains(&table.as_str())) {
        Some(unknown) => Err(DbError::broken(format!("table {unknown} of the ledger has no rule: say who reads it"))),
        None => Ok(()),
    })
    .await
}

fn script(writer: &str, reader: &str) -> Result<String, DbError> {
    let mut script = rls::preamble(&[writer, reader])?;
    for table in TABLES {
        script.push_str(&rls::closed_but_to_owner(table)?);
    }
    for Rule(table, command, writes, condition) in RULES {
        let condition = rls::expand(&condition.replace("{auditor}", AUDITOR));
        script.push_str(&rls::opened(table, command, if *writes { writer } else { reader }, &condition)?);
    }
    Ok(script)
}

/// Where each chain begins to be younger than the cutoff. What stands behind that is not emptied, whatever its date: the
/// verifier accepts emptied rows at the beginning of a chain only.
const HOW_MANY: Sql = sql!(
    "
    SELECT COUNT(*) FROM entry e
      JOIN (SELECT chain_id, MIN(CASE WHEN recorded_at >= $1 THEN seq ELSE 9223372036854775807 END) AS seq
              FROM entry GROUP BY chain_id) young ON young.chain_id = e.chain_id
     WHERE e.seq < young.seq AND e.canonical IS NOT NULL"
);
const PERMIT: Sql = sql!("INSERT INTO purge_permit (cutoff, made_at, entry) VALUES ($1, $2, $3)");
const EMPTY: Sql = sql!(
    "
    UPDATE entry SET canonical = NULL
      FROM (SELECT chain_id, MIN(CASE WHEN recorded_at >= $1 THEN seq ELSE 9223372036854775807 END) AS seq
              FROM entry GROUP BY chain_id) young
     WHERE young.chain_id = entry.chain_id AND entry.seq < young.seq AND entry.canonical IS NOT NULL"
);

/// Empties entries recorded before `cutoff`, which must lie six years back, from the beginning of each chain: leaves and
/// heads stay, so the chain still verifies. The purge is written down and signed first, by `draft` (of kind
/// [`System::Purge`]; its count and cutoff are filled in): without a signed entry the verifier accepts no emptied row.
pub async fn purge(
    owner: &OwnerConfig,
    ledger: &Ledger,
    now: Instant,
    cutoff: Instant,
    mut draft: EntryDraft,
) -> Result<u64, LedgerError> {
    if cutoff > now.plus(-SIX_YEARS) {
        return Err(LedgerError::TooYoung);
    }
    let owned = Db::connect(&DbConfig { url: owner.url.clone(), readers: 1 }).await?;
    let (count,): (i64,) = owned.read(&Sight::default()).await?.one(HOW_MANY, args![cutoff]).await?;
    draft.kind = Kind::System(System::Purge);
    draft.count = Some(to_u64(count));
    draft.cutoff = Some(Micros(cutoff.micros()));
    let position = ledger.append(vec![draft]).await?.into_iter().next().ok_or(LedgerError::Closed)?;
    // The writer has a clock of its own, and the verifier goes by that.
    let written = ledger.reader(&Sight::of_run("audit")).await?.at(position).await?.ok_or(LedgerError::Closed)?;
    if cutoff > written.recorded.plus(-SIX_YEARS) {
        return Err(LedgerError::TooYoung);
    }
    ledger.checkpoint().await?;
    let mut tx = owned.begin(&Sight::default()).await?;
    tx.execute(PERMIT, args![cutoff, now, position.to_string()]).await?;
    let emptied = tx.execute(EMPTY, args![cutoff]).await?;
    tx.commit().await?;
    owned.close().await;
    Ok(emptied)
}
