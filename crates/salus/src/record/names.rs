//! The names of people and places that a page refers to: one look-up for all of them.

use std::collections::{BTreeSet, HashMap};

use jiff::tz::TimeZone;
use salus_db::{Reader, Sql, args, row, sql};
use salus_fhir::{
    references::Target,
    show::{Link, LocationDetails, OrganizationDetails, PractitionerDetails, Telecom},
};
use salus_kernel::ResourceId;

use crate::shell::{dates, error::Error};

/// The people and places of a page, by their ids.
#[derive(Default)]
pub struct Names(HashMap<ResourceId, Named>);

struct Named {
    kind: String,
    id: ResourceId,
    name: String,
    timezone: Option<String>,
    resource: String,
}
row!(Named { kind: kind, id: id, name: name, timezone: timezone, resource: resource });

const NAMES: Sql = sql!(
    "WITH RECURSIVE place (n) AS (
         SELECT 0 UNION ALL SELECT n + 1 FROM place WHERE n + 1 < CAST($2 AS BIGINT)),
     wanted (id) AS MATERIALIZED (
         SELECT substr(CAST($1 AS TEXT), n * 36 + 1, 36) FROM place)
     SELECT 'Practitioner' AS kind, t.id AS id, t.name AS name, t.timezone AS timezone, t.resource AS resource
       FROM wanted CROSS JOIN practitioner t WHERE t.id = wanted.id
     UNION ALL
     SELECT 'PractitionerRole', t.id, t.name, t.timezone, t.resource FROM wanted CROSS JOIN practitioner_role t WHERE t.id = wanted.id
     UNION ALL
     SELECT 'Organization', t.id, t.name, t.timezone, t.resource FROM wanted CROSS JOIN organization t WHERE t.id = wanted.id
     UNION ALL
     SELECT 'Location', t.id, t.name, t.timezone, t.resource FROM wanted CROSS JOIN location t WHERE t.id = wanted.id"
);

/// The local id in a reference such as `Practitioner/0197…`, with its type's name. The import points references at our
/// rows, whose ids are version 7; what it could not place keeps the source's id, which is almost never that.
pub fn local(reference: &str) -> Option<(&str, ResourceId)> {
    match Target::parse(reference)? {
        Target::Named { type_name, id } if !reference.contains(':') => {
            let id: ResourceId = id.parse().ok()?;
            (id.uuid().get_version_num() == 7).then_some((type_name, id))
        }
        _ => None,
    }
}

fn shared(link: &Link) -> Option<ResourceId> {
    let (type_name, id) = local(link.reference.as_deref()?)?;
    matches!(type_name, "Practitioner" | "PractitionerRole" | "Organization" | "Location").then_some(id)
}

/// Whom and what a page names.
pub struct Wanted(BTreeSet<ResourceId>);

impl Wanted {
    /// The people and places among these links.
    pub fn of<'a>(links: impl IntoIterator<Item = &'a Link>) -> Self {
        Self(links.into_iter().filter_map(shared).collect())
    }
}

impl Names {
    /// Looks them up; no statement when they are nothing of ours.
    pub async fn look_up(tx: &mut Reader, wanted: Wanted) -> Result<Self, Error> {
        if wanted.0.is_empty() {
            return Ok(Self::default());
        }
        let ids: Vec<String> = wanted.0.iter().map(ToString::to_string).collect();
        let found: Vec<Named> = tx.all(NAMES, args![ids.concat(), i64::try_from(ids.len()).unwrap_or(0)]).await?;
        Ok(Self(found.into_iter().map(|named| (named.id, named)).collect()))
    }

    fn find(&self, link: &Link) -> Option<&Named> {
        self.0.get(&shared(link)?)
    }

    /// What a link names: as we know it, else in the source's words.
    pub fn of(&self, link: &Link) -> Option<String> {
        self.find(link).map(|named| named.name.clone()).filter(|name| !name.is_empty()).or_else(|| link.text.clone())
    }

    /// Several names in one line, each once.
    pub fn of_all(&self, links: &[Link]) -> Option<String> {
        let mut names: Vec<String> = Vec::new();
        for name in links.iter().filter_map(|link| self.of(link)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        (!names.is_empty()).then(|| names.join(", "))
    }

    /// The zone in which a place tells its times.
    pub fn zone(&self, link: &Link) -> Option<TimeZone> {
        let name = self.find(link)?.timezone.as_deref().filter(|name| !name.is_empty())?;
        Some(dates::zone(name))
    }

    /// A telephone number, where one is known.
    pub fn phone(&self, link: &Link) -> Option<String> {
        let named = self.find(link)?;
        let resource = serde_json::from_str(&named.resource).ok()?;
        let telecom = match named.kind.as_str() {
            "Practitioner" => PractitionerDetails::read(&resource).telecom,
            "Organization" => OrganizationDetails::read(&resource).telecom,
            "Location" => LocationDetails::read(&resource).telecom,
            _ => Vec::new(),
        };
        phone(&telecom)
    }
}

/// The first telephone number.
pub fn phone(telecom: &[Telecom]) -> Option<String> {
    telecom.iter().find(|telecom| telecom.kind == "phone").map(|telecom| telecom.text.clone())
}

/// The statement of this file, for the test that prepares them all.
#[cfg(test)]
pub fn every() -> Vec<Sql> {
    vec![NAMES]
}
