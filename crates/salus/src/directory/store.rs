//! SQL of people and places.

use salus_db::{Reader, Sql, args, row, sql};
use salus_kernel::{ResourceId, Role};

use crate::shell::error::Error;

/// How many lines each list of the page shows.
pub const PAGE: u64 = 50;

/// Someone who works here.
pub struct StaffRow {
    /// The name.
    pub name: String,
    /// What they work as.
    pub role: Role,
    /// Which practitioner they are.
    pub practitioner: Option<ResourceId>,
}
row!(StaffRow { name: name, role: role, practitioner: practitioner_id });

/// A person or a place, as stored.
pub struct Shared {
    /// Its id.
    pub id: ResourceId,
    /// Its name.
    pub name: String,
    /// The zone in which its times are told.
    pub timezone: Option<String>,
    /// The FHIR resource.
    pub resource: String,
}
row!(Shared { id: id, name: name, timezone: timezone, resource: resource });

struct Counted {
    row: Shared,
    total: i64,
}

impl salus_db::FromRow for Counted {
    fn from_row(row: &salus_db::Row<'_>) -> Result<Self, salus_db::DbError> {
        Ok(Self { total: row.column("total")?, row: Shared::from_row(row)? })
    }
}

/// A part of a list.
pub struct Part {
    /// Its rows.
    pub rows: Vec<Shared>,
    /// Which part, from 1.
    pub number: u64,
    /// How many rows the list has.
    pub total: u64,
}

const STAFF: Sql =
    sql!("SELECT name, role, practitioner_id FROM staff_member WHERE active = TRUE ORDER BY name, account_id");
const ROLES: Sql = sql!("SELECT id, name, timezone, resource FROM practitioner_role ORDER BY name, id");

/// Which list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// Practitioners.
    People,
    /// Locations that are not closed for good.
    Places,
    /// Organizations.
    Organizations,
}

impl List {
    fn sql(self) -> Sql {
        match self {
            Self::People => sql!(
                // Not those who are not active: they were invited and have not come yet, or left where the record was made.
                "SELECT p.id AS id, p.name AS name, p.timezone AS timezone, p.resource AS resource, COUNT(*) OVER () AS total
                   FROM practitioner p
                  WHERE p.resource NOT LIKE '%\"active\":false%'
                     OR EXISTS (SELECT 1 FROM staff_member m WHERE m.practitioner_id = p.id AND m.active)
                  ORDER BY p.name, p.id LIMIT $1 OFFSET $2"
            ),
            Self::Places => sql!(
                "SELECT id, name, timezone, resource, (SELECT COUNT(*) FROM location l WHERE NOT EXISTS
                            (SELECT 1 FROM location_opening o WHERE o.id = l.id AND o.closed_at IS NOT NULL)) AS total
                   FROM location WHERE NOT EXISTS
                            (SELECT 1 FROM location_opening o WHERE o.id = location.id AND o.closed_at IS NOT NULL)
                  ORDER BY name, id LIMIT $1 OFFSET $2"
            ),
            Self::Organizations => sql!(
                "SELECT id, name, timezone, resource, (SELECT COUNT(*) FROM organization) AS total
                   FROM organization ORDER BY name, id LIMIT $1 OFFSET $2"
            ),
        }
    }
}

/// Who works here.
pub async fn staff(tx: &mut Reader) -> Result<Vec<StaffRow>, Error> {
    Ok(tx.all(STAFF, Vec::new()).await?)
}

/// What practitioners do where.
pub async fn roles(tx: &mut Reader) -> Result<Vec<Shared>, Error> {
    Ok(tx.all(ROLES, Vec::new()).await?)
}

/// A part of a list, by name. A part that does not exist is the first part.
pub async fn part(tx: &mut Reader, list: List, number: u64) -> Result<Part, Error> {
    let mut number = number.clamp(1, 1_000_000);
    let size = i64::try_from(PAGE).unwrap_or(i64::MAX);
    let before = |number: u64| i64::try_from(number.saturating_sub(1).saturating_mul(PAGE)).unwrap_or(i64::MAX);
    let mut rows: Vec<Counted> = tx.all(list.sql(), args![size, before(number)]).await?;
    if rows.is_empty() && number > 1 {
        number = 1;
        rows = tx.all(list.sql(), args![size, before(number)]).await?;
    }
    let total = rows.first().map_or(0, |row| u64::try_from(row.total).unwrap_or(0));
    Ok(Part { rows: rows.into_iter().map(|counted| counted.row).collect(), number, total })
}
