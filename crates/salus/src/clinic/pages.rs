//! How the clinic looks: the administrator's form, and the style sheet with the clinic's colours.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use salus_assets::{BrandProblem, Theme};
use salus_kernel::actions::{ChangeClinic, ViewClinic};
use serde::Deserialize;

use super::{
    look::{Look, Problems},
    store,
    views::{ClinicIndex, ClinicLook},
};
use crate::{
    access::{Posted, Visitor, Worklist},
    shell::{
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other_with},
        urls,
        view::Field,
        words,
    },
};

/// What an administrator sets up.
pub async fn index(list: Worklist<ViewClinic>) -> PageResult {
    page::show(&list, &ClinicIndex::of(|action| list.session().may(action)))
}

/// The form, as things are.
pub async fn look(list: Worklist<ViewClinic>) -> PageResult {
    let clinic = list.app().clinic().await;
    let view = ClinicLook {
        name: Field::typed(&clinic.name),
        phone: Field::typed(&clinic.phone),
        colour: Field::typed(&clinic.brand),
        version: clinic.version.to_string(),
        stale: false,
    };
    page::show(&list, &view)
}

/// What the form sends.
#[derive(Deserialize)]
pub struct LookForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    colour: String,
    #[serde(default)]
    version: String,
}

/// Saves, unless a field is wrong or somebody else saved in the meantime; what was typed stays in either case.
pub async fn save_look(list: Worklist<ChangeClinic>, Posted(form): Posted<LookForm>) -> PageResult {
    let clinic = list.app().clinic().await;
    let look = match Look::parse(&form.name, &form.phone, &form.colour) {
        Ok(look) => look,
        Err(problems) => return page::again(&list, &with_problems(form, &problems)),
    };
    let version: i64 = form.version.parse().map_err(|_| Error::Malformed)?;
    let mut tx = list.begin().await?;
    if store::save(&mut tx, &clinic, &look, version, list.now()).await? {
        tx.commit().await?;
        list.refresh_clinic().await?;
        return Ok(see_other_with(urls::CLINIC_LOOK, Flash::ClinicSaved));
    }
    drop(tx);
    // Another process may have saved: what the form is held against next time must be what is stored now.
    list.refresh_clinic().await?;
    let version = list.app().clinic().await.version.to_string();
    page::again(&list, &ClinicLook { version, stale: true, ..with_problems(form, &Problems::default()) })
}

fn with_problems(form: LookForm, problems: &Problems) -> ClinicLook {
    let field = |value: String, problem: Option<String>| Field { value, problem };
    let colour = problems.colour.map(|problem| match problem {
        BrandProblem::NotAColour => words::t("clinic-problem-colour"),
        // Rounded down: 4.49 must not read as the 4.5 that would do.
        BrandProblem::ContrastTooLow { ratio, needed } => words::t_with(
            "clinic-problem-contrast",
            [
                ("ratio", format!("{:.1}", (ratio * 10.0).floor() / 10.0).into()),
                ("needed", format!("{needed:.1}").into()),
            ],
        ),
    });
    ClinicLook {
        name: field(form.name, problems.name.then(|| words::t("clinic-problem-name"))),
        phone: field(form.phone, problems.phone.then(|| words::t("clinic-problem-phone"))),
        colour: field(form.colour, colour),
        version: form.version,
        stale: false,
    }
}

/// The clinic's colours, for every page and for everybody: nothing in it is about anyone.
pub async fn theme(visitor: Visitor) -> Result<Response, Error> {
    let clinic = visitor.app().clinic().await;
    Ok(style_sheet(&clinic.brand, clinic.version, visitor.headers()))
}

/// The clinic's logo, for every page and for everybody.
pub async fn logo(visitor: Visitor) -> Result<Response, Error> {
    let logo = visitor.app().web().logo.as_ref().ok_or(Error::NotFound)?;
    let mut response = logo.png.clone().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/png"));
    // Its address changes with it.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=604800"));
    Ok(response)
}

fn style_sheet(brand: &str, version: i64, asked: &HeaderMap) -> Response {
    let tag = format!("\"theme-{version}\"");
    let same = asked.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    // A colour that is no longer good enough (a stricter release) gives way to ours.
    let css = Theme::from_brand(brand).map(Theme::css).unwrap_or_default();
    let mut response = if same { StatusCode::NOT_MODIFIED.into_response() } else { css.into_response() };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_contrast_never_reads_as_enough() {
        let form = || LookForm {
            name: "R".to_owned(),
            phone: "(503) 555-0100".to_owned(),
            colour: "#777777".to_owned(),
            version: "1".to_owned(),
        };
        let problems = Look::parse("R", "(503) 555-0100", "#777777").unwrap_err();
        let view = with_problems(form(), &problems);
        let problem = view.colour.problem.unwrap();
        assert!(problem.contains("4.4") && problem.contains("4.5"), "{problem}");
        assert_eq!(view.colour.value, "#777777");
    }

    #[test]
    fn the_style_sheet_is_asked_for_again_only_when_it_changed() {
        let none = HeaderMap::new();
        let first = style_sheet("#0b5563", 3, &none);
        assert_eq!(first.status(), StatusCode::OK);
        let mut asked = HeaderMap::new();
        asked.insert(header::IF_NONE_MATCH, first.headers().get(header::ETAG).unwrap().clone());
        assert_eq!(style_sheet("#0b5563", 3, &asked).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(style_sheet("#0b5563", 4, &asked).status(), StatusCode::OK);
    }
}
