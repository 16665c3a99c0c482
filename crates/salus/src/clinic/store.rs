//! SQL of the clinic itself and of the people who work here.

use salus_db::{DbError, Reader, Sql, Tx, args, row, sql};
use salus_kernel::{AccountId, Instant, InviteId, PractitionerId, ResourceId, Role};

use super::look::Look;
use crate::{
    access::{AgeRuleRow, Change, ClinicFace, Feature, RowWritten},
    shell::error::Error,
};

/// What somebody works as.
#[derive(Debug, Clone)]
pub struct Post {
    /// A role of ours.
    pub role: Role,
    /// One of the clinic's own, which stands on that.
    pub own: Option<ResourceId>,
    /// What that is called.
    pub own_name: Option<String>,
}

/// Somebody who works here, as colleagues know them.
pub struct StaffRow {
    /// The account.
    pub account: AccountId,
    /// The name.
    pub name: String,
    role: Role,
    own: Option<ResourceId>,
    own_name: Option<String>,
    /// Whether they may sign in.
    pub active: bool,
    /// Since when the account is here.
    pub created_at: Instant,
}
row!(StaffRow {
    account: account_id,
    name: name,
    role: role,
    own: own,
    own_name: own_name,
    active: active,
    created_at: created_at,
});

impl StaffRow {
    /// What they work as.
    pub fn post(&self) -> Post {
        Post { role: self.role, own: self.own, own_name: self.own_name.clone() }
    }
}

const STAFF: Sql = sql!(
    "SELECT m.account_id AS account_id, m.name AS name, m.role AS role, m.custom_role_id AS own, o.name AS own_name, m.active AS active,
            m.created_at AS created_at
       FROM staff_member m LEFT JOIN custom_role o ON o.role_id = m.custom_role_id AND o.state = 'current'
      ORDER BY m.active DESC, m.name, m.account_id LIMIT $1 OFFSET $2"
);
const HOW_MANY: Sql = sql!("SELECT COUNT(*) FROM staff_member");
const SAVE: Sql = sql!(
    "UPDATE clinic SET name = $2, phone = $3, brand = $4, updated_at = $5, version = version + 1 WHERE id = $1 AND version = $6"
);

/// A page of the staff, and how many there are.
pub async fn staff(tx: &mut Reader, page: u64, size: u32) -> Result<(Vec<StaffRow>, u64), Error> {
    let (count,): (i64,) = tx.one(HOW_MANY, Vec::new()).await?;
    let before = i64::try_from(page.saturating_sub(1)).unwrap_or(i64::MAX).saturating_mul(i64::from(size));
    let rows = tx.all(STAFF, args![size, before]).await?;
    Ok((rows, u64::try_from(count).unwrap_or(0)))
}

/// Writes the clinic's look; false when somebody else was faster.
pub async fn save(
    tx: &mut Change<'_>,
    clinic: &ClinicFace,
    look: &Look,
    version: i64,
    now: Instant,
) -> Result<bool, Error> {
    let values = args![clinic.id, &look.name, &look.phone, &look.colour, now, version];
    tx.save_row("clinic", clinic.id, SAVE, values).await
}

/// What somebody decided about a feature.
pub struct FeatureRow {
    /// Its word.
    pub name: String,
    /// Whether it is on.
    pub is_on: bool,
    /// Counts changes.
    pub version: i64,
}
row!(FeatureRow { name, is_on, version });

const HOW_OFTEN: Sql = sql!("SELECT COUNT(*) FROM age_rule");
const FEATURES: Sql = sql!("SELECT name, is_on, version FROM feature");
const SWITCH: Sql = sql!(
    "INSERT INTO feature (name, is_on, updated_at, version, entry) VALUES ($1, $2, $3, $5 + 1, $4)
     ON CONFLICT (name) DO UPDATE SET is_on = excluded.is_on, updated_at = excluded.updated_at, entry = excluded.entry,
                                      version = feature.version + 1
      WHERE feature.version = $5"
);

/// What was decided so far.
pub async fn features(tx: &mut Reader) -> Result<Vec<FeatureRow>, Error> {
    Ok(tx.all(FEATURES, Vec::new()).await?)
}

/// Switches a feature; false when somebody else was faster. The version of what nobody decided yet is 0.
pub async fn switch(
    tx: &mut Change<'_>,
    feature: Feature,
    on: bool,
    version: i64,
    now: Instant,
) -> Result<bool, Error> {
    let known = features(tx).await?.iter().any(|row| row.name == feature.key());
    if !known && version != 0 {
        return Ok(false);
    }
    let entry = tx.entry();
    if tx.execute(SWITCH, args![feature.key(), on, now, entry, version]).await? != 1 {
        return Ok(false);
    }
    tx.wrote_row("feature", feature.key()).await?;
    Ok(true)
}

/// Decides the ages anew; false when somebody else was faster, so that its number is not the next.
pub async fn decide_ages(
    tx: &mut Change<'_>,
    id: ResourceId,
    rule: &AgeRuleRow,
    by: AccountId,
    now: Instant,
) -> Result<bool, Error> {
    let columns = [
        ("id", id.into()),
        ("number", rule.number.into()),
        ("starts_on", rule.starts_on.to_string().into()),
        ("teen", i64::from(rule.teen).into()),
        ("adult", i64::from(rule.adult).into()),
        ("law", (&rule.law).into()),
        ("counsel", (&rule.counsel).into()),
        ("decided_on", rule.decided_on.to_string().into()),
        ("decided_by", by.into()),
        ("created_at", now.into()),
        ("version", 1_i64.into()),
        ("entry", tx.entry().into()),
    ];
    let (count,): (i64,) = tx.one(HOW_OFTEN, Vec::new()).await?;
    if count.checked_add(1) != Some(rule.number) {
        return Ok(false);
    }
    tx.insert_unless_taken(&RowWritten { table: "age_rule", id: id.to_string(), version: 1, columns: &columns }).await
}

/// A link that still counts: for somebody who was invited and has not come yet.
pub struct InviteRow {
    /// The invite.
    pub id: InviteId,
    /// The name.
    pub name: String,
    /// What they will work as.
    pub role: Role,
    /// Until when the link counts.
    pub ends_at: Instant,
}
row!(InviteRow { id: id, name: name, role: role, ends_at: ends_at });

const OPEN_INVITES: Sql = sql!(
    "SELECT id, name, role, ends_at FROM invite
      WHERE kind = 'staff' AND state = 'open' AND ends_at > $1 ORDER BY name, id LIMIT 200"
);
const OPEN_OF: Sql = sql!(
    "SELECT id FROM invite WHERE kind IN ('staff', 'return') AND state = 'open' AND (made_by = $1 OR for_account = $1) ORDER BY id"
);
const WITHDRAW: Sql = sql!(
    "UPDATE invite SET state = 'withdrawn', decided_at = $2, version = version + 1, entry = $3
      WHERE id = $1 AND patient_id IS NULL AND state = 'open'"
);
const WITHDRAW_OF: Sql = sql!(
    "UPDATE invite SET state = 'withdrawn', decided_at = $2, version = version + 1, entry = $3 WHERE id = $1 AND state = 'open'"
);
const COLLEAGUE: Sql = sql!(
    "SELECT m.account_id AS account_id, m.name AS name, m.role AS role, m.custom_role_id AS own, o.name AS own_name, m.active AS active,
            m.created_at AS created_at
       FROM staff_member m LEFT JOIN custom_role o ON o.role_id = m.custom_role_id AND o.state = 'current'
      WHERE m.account_id = $1 AND m.active = TRUE"
);
const SET_ACTIVE: Sql =
    sql!("UPDATE staff_member SET active = $2, version = version + 1, entry = $3 WHERE account_id = $1");
const SET_POST: Sql = sql!(
    "UPDATE staff_member SET role = $3, practitioner_id = COALESCE($4, practitioner_id), custom_role_id = $6,
                             version = version + 1, entry = $5
      WHERE account_id = $1 AND role = $2 AND COALESCE(custom_role_id, '') = $7 AND active = TRUE"
);
const PRACTITIONER_OF: Sql = sql!("SELECT practitioner_id FROM staff_member WHERE account_id = $1");
const ADD_PRACTITIONER: Sql = sql!(
    "INSERT INTO practitioner (id, source_index, content_digest, name, npi, resource, created_at, updated_at, version)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 1)"
);

const BY_NPI: Sql = sql!(
    "SELECT p.id AS id, p.name AS name, (SELECT MIN(m.name) FROM staff_member m WHERE m.practitioner_id = p.id AND m.active) AS works_here
       FROM practitioner p WHERE p.npi = $1"
);

/// A practitioner whom we know by the national number.
pub struct Known {
    /// Who.
    pub id: PractitionerId,
    /// What they are called.
    pub name: String,
    /// What they are called as somebody who signs in and works here, if they do.
    pub works_here: Option<String>,
}
row!(Known { id: id, name: name, works_here: works_here });

/// The practitioner with this national number.
pub async fn by_npi(tx: &mut Reader, npi: &str) -> Result<Option<Known>, Error> {
    Ok(tx.maybe(BY_NPI, args![npi]).await?)
}

/// The links that still count.
pub async fn open_invites(tx: &mut Reader, now: Instant) -> Result<Vec<InviteRow>, Error> {
    Ok(tx.all(OPEN_INVITES, args![now]).await?)
}

/// Takes a link back, if it still counts.
pub async fn withdraw_invite(tx: &mut Change<'_>, invite: InviteId, now: Instant) -> Result<(), Error> {
    let entry = tx.entry();
    if tx.execute(WITHDRAW, args![invite, now, entry]).await? == 1 {
        tx.wrote_row("invite", &invite.to_string()).await?;
    }
    Ok(())
}

/// Lets somebody who works here sign in, or no longer.
pub async fn set_active(tx: &mut Change<'_>, account: AccountId, active: bool) -> Result<(), Error> {
    let entry = tx.entry();
    if tx.execute(SET_ACTIVE, args![account, active, entry]).await? != 1 {
        return Err(Error::NotFound);
    }
    tx.wrote_row("staff_member", &account.to_string()).await
}

const HOLD_MEMBER: Sql = sql!("UPDATE staff_member SET version = version WHERE account_id = $1");
const IS_ADMINISTRATOR: Sql = sql!(
    "SELECT account_id FROM staff_member
          WHERE account_id = $1 AND role = 'administrator' AND custom_role_id IS NULL AND active = TRUE"
);

/// Fails when whoever changes a colleague is no administrator any more: of two who change each other one is faster, so that there is
/// always one left.
pub async fn still_administrator(tx: &mut Tx, own: AccountId, colleague: AccountId) -> Result<(), Error> {
    // Always in the same order, so that the two wait for each other and not in a circle.
    for account in [own.min(colleague), own.max(colleague)] {
        tx.execute(HOLD_MEMBER, args![account]).await?;
    }
    match tx.maybe::<(AccountId,)>(IS_ADMINISTRATOR, args![own]).await? {
        Some(_) => Ok(()),
        None => Err(Error::NotFound),
    }
}

/// Gives somebody another role; `practitioner` is who they are as one, where that is new. Fails when it is another one meanwhile.
pub async fn set_post(
    tx: &mut Change<'_>,
    account: AccountId,
    before: &Post,
    next: &Post,
    practitioner: Option<PractitionerId>,
) -> Result<(), Error> {
    let (entry, own) = (tx.entry(), before.own.map(|own| own.to_string()).unwrap_or_default());
    let values = args![account, before.role.word(), next.role.word(), practitioner, entry, next.own, own];
    tx.one_row(SET_POST, values).await?;
    tx.wrote_row("staff_member", &account.to_string()).await
}

/// Who somebody who works here is as a practitioner, if they ever treated patients.
pub async fn practitioner_of(tx: &mut Reader, account: AccountId) -> Result<Option<PractitionerId>, Error> {
    let (practitioner,): (Option<PractitionerId>,) = tx.one(PRACTITIONER_OF, args![account]).await?;
    Ok(practitioner)
}

/// Name of somebody who works here, and what they work as.
pub async fn colleague(tx: &mut Reader, account: AccountId) -> Result<(String, Post), Error> {
    let row: StaffRow = tx.one(COLLEAGUE, args![account]).await?;
    let post = row.post();
    Ok((row.name, post))
}

/// Takes every link back that was made by, or for, somebody whose account is closed or who does something else now: also the slips
/// with which they let patients back in. First slips of patients stay: the administrator does not see them.
pub async fn withdraw_of(tx: &mut Change<'_>, account: AccountId, now: Instant) -> Result<(), Error> {
    let open: Vec<(InviteId,)> = tx.all(OPEN_OF, args![account]).await?;
    for (invite,) in open {
        let entry = tx.entry();
        if tx.execute(WITHDRAW_OF, args![invite, now, entry]).await? == 1 {
            tx.wrote_row("invite", &invite.to_string()).await?;
        }
    }
    Ok(())
}

/// Somebody who works here and treats patients.
pub struct Treating {
    /// As a practitioner.
    pub id: PractitionerId,
    /// As colleagues and patients know them.
    pub name: String,
    /// What they work as.
    pub role: Role,
}
row!(Treating { id: id, name: name, role: role });

const TREATING: Sql = sql!(
    "SELECT practitioner_id AS id, MIN(name) AS name, MIN(role) AS role FROM staff_member
      WHERE practitioner_id IS NOT NULL AND active = TRUE AND role IN ('practitioner', 'nurse')
      GROUP BY practitioner_id ORDER BY MIN(name), practitioner_id"
);

/// Everybody who works here and treats patients, by name.
pub async fn treating(tx: &mut Reader) -> Result<Vec<Treating>, Error> {
    Ok(tx.all(TREATING, Vec::new()).await?)
}

/// A practitioner of the clinic's own, as FHIR and as a row.
pub struct NewPractitioner<'a> {
    id: PractitionerId,
    name: &'a str,
    npi: Option<&'a str>,
    /// FHIR Practitioner.
    pub resource: String,
}

impl<'a> NewPractitioner<'a> {
    /// Somebody who was invited: in no list of people before they come.
    pub fn invited(id: PractitionerId, name: &'a str, npi: Option<&'a str>) -> Self {
        Self::new(id, name, npi, false)
    }
    /// From the name that colleagues use.
    pub fn named(id: PractitionerId, name: &'a str, npi: Option<&'a str>) -> Self {
        Self::new(id, name, npi, true)
    }
    fn new(id: PractitionerId, name: &'a str, npi: Option<&'a str>, active: bool) -> Self {
        let (family, given) = name.rsplit_once(' ').map_or((name, ""), |(given, family)| (family, given));
        let given = given.trim_start_matches("Dr. ");
        let mut resource = serde_json::json!({
            "resourceType": "Practitioner", "id": id.to_string(), "active": active,
            "name": [{ "use": "official", "text": name, "family": family, "given": [given] }],
        });
        if let (Some(npi), Some(fields)) = (npi, resource.as_object_mut()) {
            let system = "http://hl7.org/fhir/sid/us-npi";
            fields.insert("identifier".into(), serde_json::json!([{ "system": system, "value": npi }]));
        }
        Self { id, name, npi, resource: resource.to_string() }
    }
    /// The row, for a transaction that may write it; false when somebody else has the national number, and then the
    /// transaction can only be dropped.
    pub async fn insert_unless_taken(
        &self,
        tx: &mut Tx,
        index: &str,
        digest: [u8; 32],
        now: Instant,
    ) -> Result<bool, Error> {
        match self.insert(tx, index, digest, now).await {
            Ok(()) => Ok(true),
            Err(DbError::Taken(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
    /// The row, for a transaction that may write it.
    pub async fn insert(&self, tx: &mut Tx, index: &str, digest: [u8; 32], now: Instant) -> Result<(), DbError> {
        let npi = self.npi.map(str::to_owned);
        tx.execute(ADD_PRACTITIONER, args![self.id, index, digest, self.name, npi, self.resource.as_str(), now])
            .await?;
        Ok(())
    }
}
