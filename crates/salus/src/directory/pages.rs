//! The page of people and places.

use std::{
    collections::{HashMap, HashSet},
    convert::Infallible,
};

use axum::{extract::FromRequestParts, http::request::Parts};
use salus_fhir::show::{Address, Link, LocationDetails, OrganizationDetails, PractitionerDetails, RoleDetails};
use salus_kernel::{ResourceId, actions::ViewDirectory};
use serde_json::Value;

use super::{
    store::{self, List, Part, Shared, StaffRow},
    views::{Directory, Location, Person},
};
use crate::{
    access::{App, SignedIn},
    record::{Names, Wanted, local, phone},
    shell::{
        dates,
        error::Error,
        page::{self, PageResult},
        urls,
        view::Pager,
        words,
    },
};

/// Which part of each list is asked for; what is no number is the first.
pub struct Parted {
    people: u64,
    places: u64,
    organizations: u64,
}

/// The names of the parts in the address: people have the plain `page`.
const PLACES: &str = "places";
const ORGANIZATIONS: &str = "organizations";

impl FromRequestParts<App> for Parted {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default();
        let number = |name: &str| {
            let text = query
                .split('&')
                .filter_map(|pair| pair.split_once('='))
                .find(|(key, _)| *key == name)
                .map(|(_, text)| text);
            text.and_then(|text| text.parse().ok()).unwrap_or(1)
        };
        Ok(Self { people: number("page"), places: number(PLACES), organizations: number(ORGANIZATIONS) })
    }
}

fn pager(part: &Part, name: &str) -> Pager {
    let mut pager = Pager::new(urls::DIRECTORY, part.number, store::PAGE, part.total);
    if name != "page" {
        for url in [&mut pager.previous, &mut pager.next].into_iter().flatten() {
            *url = format!("{}#{name}", url.replace("?page=", &format!("?{name}=")));
        }
    }
    pager
}

/// People and places.
pub async fn index(own: SignedIn<ViewDirectory>, parted: Parted) -> PageResult {
    let mut tx = own.read().await?;
    let staff = store::staff(&mut tx).await?;
    let people = store::part(&mut tx, List::People, parted.people).await?;
    let places = store::part(&mut tx, List::Places, parted.places).await?;
    let organizations = store::part(&mut tx, List::Organizations, parted.organizations).await?;
    let roles = Roles::read(&store::roles(&mut tx).await?)?;
    let shown: HashSet<ResourceId> =
        people.rows.iter().map(|row| row.id).chain(staff.iter().filter_map(|row| row.practitioner)).collect();
    let names = Names::look_up(&mut tx, Wanted::of(roles.links(&shown))).await?;
    drop(tx);

    let view = Directory {
        staff: staff.iter().map(|row| of_staff(row, &roles, &names)).collect(),
        people: people.rows.iter().map(|row| practitioner(row, &roles, &names)).collect::<Result<_, Error>>()?,
        people_pager: pager(&people, "page"),
        roles_total: roles.total,
        others: roles.homeless.iter().map(|role| homeless(role, &names)).collect(),
        places: places.rows.iter().map(place).collect::<Result<_, Error>>()?,
        places_pager: pager(&places, PLACES),
        organizations: organizations.rows.iter().map(organization).collect::<Result<_, Error>>()?,
        organizations_pager: pager(&organizations, ORGANIZATIONS),
    };
    page::show(&own, &view)
}

fn json(row: &Shared) -> Result<Value, Error> {
    serde_json::from_str(&row.resource).map_err(|_| Error::broken("a stored resource is not JSON"))
}

/// What practitioners do where, by practitioner.
struct Roles {
    of: HashMap<ResourceId, Vec<RoleDetails>>,
    /// Roles of people whom we do not have.
    homeless: Vec<RoleDetails>,
    total: u64,
}

impl Roles {
    fn read(rows: &[Shared]) -> Result<Self, Error> {
        let mut roles =
            Self { of: HashMap::new(), homeless: Vec::new(), total: u64::try_from(rows.len()).unwrap_or(u64::MAX) };
        for row in rows {
            let role = RoleDetails::read(&json(row)?);
            match role.practitioner.as_ref().and_then(|who| local(who.reference.as_deref()?)) {
                Some((_, id)) => roles.of.entry(id).or_default().push(role),
                None => roles.homeless.push(role),
            }
        }
        Ok(roles)
    }

    fn of(&self, practitioner: ResourceId) -> &[RoleDetails] {
        self.of.get(&practitioner).map_or(&[], Vec::as_slice)
    }

    /// What the roles on the page name.
    fn links<'a>(&'a self, shown: &'a HashSet<ResourceId>) -> impl Iterator<Item = &'a Link> {
        let of = self.of.iter().filter(|(id, _)| shown.contains(id)).flat_map(|(_, roles)| roles);
        of.chain(&self.homeless).flat_map(|role| role.organization.iter().chain(&role.locations))
    }
}

/// "Pediatrics, Riverside Clinic".
fn role_words(role: &RoleDetails, names: &Names) -> String {
    let what = role.specialties.iter().chain(&role.roles).cloned().collect::<Vec<_>>().join(", ");
    let place = role.locations.iter().chain(&role.organization).find_map(|place| names.of(place));
    let parts =
        [what, place.unwrap_or_default()].into_iter().chain(role.status.iter().map(|status| status.word.clone()));
    let text = parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    if text.is_empty() { words::t("directory-role") } else { text }
}

fn of_staff(row: &StaffRow, roles: &Roles, names: &Names) -> Person {
    let own = row.practitioner.map_or(&[][..], |id| roles.of(id));
    let what: Vec<String> =
        own.iter().flat_map(|role| role.specialties.first().or(role.roles.first()).cloned()).collect();
    let mut places: Vec<String> = own
        .iter()
        .flat_map(|role| role.locations.iter().chain(&role.organization).find_map(|place| names.of(place)))
        .collect();
    places.dedup();
    Person {
        name: row.name.clone(),
        role: what.into_iter().next().unwrap_or_else(|| words::t(&format!("clinic-role-{}", row.role.word()))),
        places: places.join(", "),
        phone: String::new(),
        roles: Vec::new(),
    }
}

fn practitioner(row: &Shared, roles: &Roles, names: &Names) -> Result<Person, Error> {
    let details = PractitionerDetails::read(&json(row)?);
    Ok(Person {
        name: row.name.clone(),
        role: details.qualifications.join(", "),
        places: String::new(),
        phone: phone(&details.telecom).unwrap_or_default(),
        roles: roles.of(row.id).iter().map(|role| role_words(role, names)).collect(),
    })
}

fn homeless(role: &RoleDetails, names: &Names) -> Person {
    Person {
        name: role
            .practitioner
            .as_ref()
            .and_then(|who| who.text.clone())
            .unwrap_or_else(|| words::t("directory-nobody")),
        role: String::new(),
        places: String::new(),
        phone: String::new(),
        roles: vec![role_words(role, names)],
    }
}

fn place(row: &Shared) -> Result<Location, Error> {
    let details = LocationDetails::read(&json(row)?);
    Ok(Location {
        name: details.name,
        address: details.address.as_ref().map(lines).unwrap_or_default(),
        phone: phone(&details.telecom).unwrap_or_default(),
        zone: row
            .timezone
            .as_deref()
            .filter(|name| !name.is_empty())
            .map(|name| dates::zone_name(&dates::zone(name)))
            .unwrap_or_default(),
    })
}

fn organization(row: &Shared) -> Result<Location, Error> {
    let details = OrganizationDetails::read(&json(row)?);
    Ok(Location {
        name: details.name,
        address: details.addresses.first().map(lines).unwrap_or_default(),
        phone: phone(&details.telecom).unwrap_or_default(),
        zone: String::new(),
    })
}

fn lines(address: &Address) -> String {
    address.lines.join("\n")
}
