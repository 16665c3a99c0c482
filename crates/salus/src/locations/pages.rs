//! The list of places, and the form of one.

use axum::extract::{Path, Query};
use salus_fhir::show::LocationDetails;
use salus_kernel::{
    ResourceId,
    actions::{ChangeLocations, ViewLocations},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    model::{self, Closure, Hours},
    store::{self, LocationRow, Written},
    views::{LocationForm, Locations},
};
use crate::{
    access::{Posted, Worklist},
    shell::{
        dates,
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other_with},
        typed::{self, Form},
        urls,
        view::{Field, LinkLine, Pager, Tone},
        words,
    },
};

/// How many places a page shows.
const PAGE: u32 = 50;
/// The longest name.
const NAME: usize = 80;
/// The most lines of an address, and the longest of them.
const ADDRESS: (usize, usize) = (5, 80);

/// `?page=`.
#[derive(Debug, Default, Deserialize)]
pub struct Page {
    #[serde(default)]
    page: String,
}

/// Every place, the open ones first.
pub async fn index(list: Worklist<ViewLocations>, Query(query): Query<Page>) -> PageResult {
    let page = query.page.parse().unwrap_or(1_u64).clamp(1, 10_000);
    let mut tx = list.read().await?;
    let (rows, total) = store::page(&mut tx, page, PAGE).await?;
    drop(tx);
    let lines = rows.iter().map(line).collect::<Result<_, Error>>()?;
    page::show(&list, &Locations { lines, pager: Pager::new(urls::LOCATIONS, page, u64::from(PAGE), total) })
}

fn line(row: &LocationRow) -> Result<LinkLine, Error> {
    let zone = dates::zone_name(&dates::zone(&row.timezone));
    let hours = if row.hours()?.is_empty() { words::t("locations-no-hours") } else { String::new() };
    let note = [zone, hours].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(". ");
    let line = LinkLine::new(&row.name, urls::location(row.id), note);
    Ok(if row.closed_at.is_some() { line.tagged(words::t("locations-closed"), Tone::Plain) } else { line })
}

/// The empty form, in the clinic's own zone.
pub async fn new(list: Worklist<ViewLocations>) -> PageResult {
    let clinic = list.app().clinic().await;
    page::show(&list, &LocationForm { zones: typed::zones(&clinic.timezone), ..LocationForm::empty() })
}

/// One place's form.
pub async fn edit(list: Worklist<ViewLocations>, Path(id): Path<String>) -> PageResult {
    let id = known(&id)?;
    let mut tx = list.read().await?;
    let row = store::one(&mut tx, id).await?;
    let today = dates::on(list.now(), &dates::zone(&row.timezone));
    let closures = store::closures(&mut tx, id, today).await?;
    drop(tx);
    page::show(&list, &as_stored(&row, &closures)?)
}

fn known(id: &str) -> Result<ResourceId, Error> {
    id.parse().map_err(|_| Error::NotFound)
}

fn json_of(row: &LocationRow) -> Result<Value, Error> {
    serde_json::from_str(&row.resource).map_err(|_| Error::broken("a stored place is not JSON"))
}

fn as_stored(row: &LocationRow, closures: &[Closure]) -> Result<LocationForm, Error> {
    let details = LocationDetails::read(&json_of(row)?);
    let hours = row.hours()?;
    Ok(LocationForm {
        id: row.id.to_string(),
        heading: row.name.clone(),
        name: Field::typed(&row.name),
        address: Field::typed(details.address.as_ref().map(|address| address.lines.join("\n")).unwrap_or_default()),
        phone: Field::typed(phone_of(&details)),
        zones: typed::zones(&row.timezone),
        zone_problem: None,
        hours: std::array::from_fn(|day| Field::typed(hours.typed(day))),
        closures: Field::typed(model::closures_typed(closures)),
        version: row.version.to_string(),
        closed: row.closed_at.is_some(),
        stale: false,
    })
}

fn phone_of(details: &LocationDetails) -> String {
    details.telecom.iter().find(|telecom| telecom.kind == "phone").map(|phone| phone.text.clone()).unwrap_or_default()
}

/// A place as the form names one.
struct Wish {
    name: String,
    address: Vec<String>,
    phone: String,
    timezone: String,
    hours: Hours,
    closures: Vec<Closure>,
}

/// What the form says, or the form again with every problem.
fn read(form: &Form, now: salus_kernel::Instant, known: &[Closure]) -> Result<Wish, Box<LocationForm>> {
    let field = |name: &str| form.text(name);
    let days: [String; 7] = std::array::from_fn(|day| format!("hours-{}", day + 1));
    let name = typed::line(field("name"), NAME);
    let address = typed::lines(field("address"), ADDRESS.0, ADDRESS.1);
    let phone = if field("phone").trim().is_empty() { Some(String::new()) } else { typed::phone(field("phone")) };
    let timezone = typed::zone(field("timezone"));
    let hours = Hours::parse(std::array::from_fn(|day| days.get(day).map_or("", |name| field(name))));
    let today = timezone.as_deref().map(|zone| dates::on(now, &dates::zone(zone)));
    let today = today.unwrap_or_else(|| dates::on(now, &jiff::tz::TimeZone::UTC));
    let closures = model::closures(field("closures"), today, known);
    match (name, address, phone, timezone, hours, closures) {
        (Some(name), Some(address), Some(phone), Some(timezone), Ok(hours), Ok(closures)) => {
            Ok(Wish { name, address, phone, timezone, hours, closures })
        }
        (name, address, phone, timezone, hours, closures) => {
            let mut hours = hours
                .err()
                .map(|problems| *problems)
                .unwrap_or_default()
                .map(|problem| problem.map(|problem| problem.in_words()));
            let wrong = |is: bool, id: &str| is.then(|| words::t(id));
            let as_typed = as_typed(form);
            Err(Box::new(LocationForm {
                name: Field { problem: wrong(name.is_none(), "locations-problem-name"), ..as_typed.name },
                address: Field { problem: wrong(address.is_none(), "locations-problem-address"), ..as_typed.address },
                phone: Field { problem: wrong(phone.is_none(), "locations-problem-phone"), ..as_typed.phone },
                zone_problem: wrong(timezone.is_none(), "locations-problem-zone"),
                hours: std::array::from_fn(|day| Field {
                    value: days.get(day).map_or("", |name| field(name)).to_owned(),
                    problem: hours.get_mut(day).and_then(Option::take),
                }),
                closures: Field { problem: closures.err().map(|problem| problem.in_words()), ..as_typed.closures },
                ..as_typed
            }))
        }
    }
}

/// The form with what was typed, and no problem.
fn as_typed(form: &Form) -> LocationForm {
    LocationForm {
        name: Field::typed(form.text("name")),
        address: Field::typed(form.text("address")),
        phone: Field::typed(form.text("phone")),
        zones: typed::zones(form.text("timezone")),
        hours: std::array::from_fn(|day| Field::typed(form.text(&format!("hours-{}", day + 1)))),
        closures: Field::typed(form.text("closures")),
        version: form.text("version").to_owned(),
        ..LocationForm::empty()
    }
}

/// Puts what was typed into the FHIR resource; what is the same stays as its source wrote it.
fn into_resource(mut resource: Value, wish: &Wish) -> Result<String, Error> {
    let before = LocationDetails::read(&resource);
    let fields = resource.as_object_mut().ok_or_else(|| Error::broken("a stored place is no object"))?;
    fields.insert("name".into(), json!(wish.name));
    if before.address.as_ref().map(|address| address.lines.as_slice()).unwrap_or_default() != wish.address {
        let text = wish.address.join("\n");
        match wish.address.as_slice() {
            [] => drop(fields.remove("address")),
            lines => drop(fields.insert("address".into(), json!({ "text": text, "line": lines }))),
        }
    }
    if phone_of(&before) != wish.phone {
        let others = fields.remove("telecom").and_then(|telecom| telecom.as_array().cloned()).unwrap_or_default();
        let phone = (!wish.phone.is_empty()).then(|| json!({ "system": "phone", "value": wish.phone }));
        let others =
            others.into_iter().filter(|telecom| telecom.get("system").and_then(Value::as_str) != Some("phone"));
        let telecom: Vec<Value> = phone.into_iter().chain(others).collect();
        if !telecom.is_empty() {
            fields.insert("telecom".into(), Value::Array(telecom));
        }
    }
    Ok(resource.to_string())
}

/// Adds a place.
pub async fn add(list: Worklist<ChangeLocations>, Posted(form): Posted<Form>) -> PageResult {
    let wish = match read(&form, list.now(), &[]) {
        Ok(wish) => wish,
        Err(view) => return page::again(&list, &*view),
    };
    let id = ResourceId::new(list.now(), salus_vault::random());
    let resource = json!({ "resourceType": "Location", "id": id.to_string(), "status": "active" });
    let resource = into_resource(resource, &wish)?;
    let index = list.index("import", &format!("clinic|Location/{id}"));
    let digest = list.digest("import", resource.as_bytes());
    let mut change = list.begin().await?;
    store::add(&mut change, id, index.as_str(), digest, &written(&wish, &resource, list.now()), list.now()).await?;
    change.commit().await?;
    Ok(see_other_with(urls::LOCATIONS, Flash::LocationSaved))
}

fn written<'a>(wish: &'a Wish, resource: &'a str, now: salus_kernel::Instant) -> Written<'a> {
    Written {
        name: &wish.name,
        timezone: &wish.timezone,
        resource,
        hours: &wish.hours,
        closures: &wish.closures,
        today: dates::on(now, &dates::zone(&wish.timezone)),
    }
}

/// Changes a place, unless a field is wrong or somebody else saved in the meantime; what was typed stays in either case.
pub async fn change(list: Worklist<ChangeLocations>, Path(id): Path<String>, Posted(form): Posted<Form>) -> PageResult {
    let id = known(&id)?;
    let version: i64 = form.text("version").parse().map_err(|_| Error::Malformed)?;
    let mut tx = list.read().await?;
    let row = store::one(&mut tx, id).await?;
    // Days that are over may stand in a form that was opened yesterday.
    let closures = store::closures(&mut tx, id, jiff::civil::Date::MIN).await?;
    drop(tx);
    let of_this = |view: LocationForm| LocationForm {
        id: id.to_string(),
        heading: row.name.clone(),
        closed: row.closed_at.is_some(),
        ..view
    };
    let wish = match read(&form, list.now(), &closures) {
        Ok(wish) => wish,
        Err(view) => return page::again(&list, &of_this(*view)),
    };
    let resource = into_resource(json_of(&row)?, &wish)?;
    let mut change = list.begin().await?;
    if store::change(&mut change, id, version, &written(&wish, &resource, list.now()), list.now()).await? {
        change.commit().await?;
        return Ok(see_other_with(urls::LOCATIONS, Flash::LocationSaved));
    }
    drop(change);
    let now = store::one(&mut list.read().await?, id).await?;
    page::again(&list, &LocationForm { version: now.version.to_string(), stale: true, ..of_this(as_typed(&form)) })
}

/// Closes a place for good, or opens it again.
pub async fn state(list: Worklist<ChangeLocations>, Path(id): Path<String>, Posted(form): Posted<Form>) -> PageResult {
    let id = known(&id)?;
    let closes = match form.text("open") {
        "no" => true,
        "yes" => false,
        _ => return Err(Error::Malformed),
    };
    let version: i64 = form.text("version").parse().map_err(|_| Error::Malformed)?;
    let row = store::one(&mut list.read().await?, id).await?;
    let mut resource = json_of(&row)?;
    if let Some(fields) = resource.as_object_mut() {
        fields.insert("status".into(), json!(if closes { "inactive" } else { "active" }));
    }
    let mut change = list.begin().await?;
    let closed_at = closes.then(|| list.now());
    if store::close(&mut change, id, version, &resource.to_string(), closed_at, list.now()).await? {
        change.commit().await?;
        let flash = if closes { Flash::LocationClosed } else { Flash::LocationOpened };
        return Ok(see_other_with(urls::LOCATIONS, flash));
    }
    drop(change);
    let mut tx = list.read().await?;
    let row = store::one(&mut tx, id).await?;
    let today = dates::on(list.now(), &dates::zone(&row.timezone));
    let closures = store::closures(&mut tx, id, today).await?;
    page::again(&list, &LocationForm { stale: true, ..as_stored(&row, &closures)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(address: &[&str], phone: &str) -> Wish {
        Wish {
            name: "Riverside".to_owned(),
            address: address.iter().map(|line| (*line).to_owned()).collect(),
            phone: phone.to_owned(),
            timezone: "America/Boise".to_owned(),
            hours: Hours::default(),
            closures: Vec::new(),
        }
    }

    #[test]
    fn what_did_not_change_stays_as_its_source_wrote_it() {
        let source = json!({
            "resourceType": "Location", "name": "RIVERSIDE", "identifier": [{ "value": "7" }],
            "telecom": [{ "system": "phone", "value": "2085550100" }, { "system": "fax", "value": "2085550101" }],
            "address": { "line": ["400 Hill Road"], "city": "Boise", "state": "ID", "postalCode": "83702" },
        });
        let read = |text: String| serde_json::from_str::<Value>(&text).unwrap();
        let same =
            read(into_resource(source.clone(), &wish(&["400 Hill Road", "Boise, ID 83702"], "208-555-0100")).unwrap());
        assert_eq!((&same["address"], &same["telecom"]), (&source["address"], &source["telecom"]));
        assert_eq!((&same["name"], &same["identifier"]), (&json!("Riverside"), &source["identifier"]));
        let other = read(into_resource(source.clone(), &wish(&["1 New Street"], "(208) 555-0199")).unwrap());
        assert_eq!(LocationDetails::read(&other).address.unwrap().lines, ["1 New Street"]);
        assert_eq!(other["telecom"].as_array().unwrap().len(), 2, "the fax stays");
        let none = read(into_resource(source, &wish(&[], "")).unwrap());
        assert!(none.get("address").is_none());
        assert_eq!(none["telecom"].as_array().unwrap().len(), 1);
    }
}
