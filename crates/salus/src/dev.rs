//! `/dev/*`: what only the demo serves. Every page in every sample state, for people who design and for the browser tests.

use std::sync::OnceLock;

use axum::{
    extract::Path,
    response::{Html, IntoResponse},
};

use crate::{
    access::{Routes, Visitor},
    shell::{
        error::Error,
        gallery::{self, Sample},
        page::PageResult,
    },
};

/// The routes; the demo alone asks for them.
pub fn routes() -> Routes {
    Routes::new().get("/dev/gallery", index).get("/dev/gallery/{slice}/{page}/{state}", sample)
}

/// All samples, rendered once: they don't change, and a reader of the gallery asks for hundreds of them in a row.
fn samples() -> Result<&'static [Sample], Error> {
    static SAMPLES: OnceLock<Vec<Sample>> = OnceLock::new();
    if let Some(samples) = SAMPLES.get() {
        return Ok(samples);
    }
    let samples = gallery::samples()?;
    Ok(SAMPLES.get_or_init(|| samples))
}

async fn index(_: Visitor) -> PageResult {
    let mut list = String::from(
        "<!doctype html><html lang=\"en\"><head><title>Gallery</title></head><body><main><h1>Gallery</h1><ul>",
    );
    for sample in samples()? {
        let name = format!("{}/{}", sample.page, sample.state);
        list.push_str(&format!("<li><a href=\"/dev/gallery/{name}\">{name}</a></li>"));
    }
    list.push_str("</ul></main></body></html>");
    Ok(Html(list).into_response())
}

async fn sample(_: Visitor, Path((slice, page, state)): Path<(String, String, String)>) -> PageResult {
    let name = format!("{slice}/{page}");
    let found = samples()?.iter().find(|sample| sample.page == name && sample.state == state);
    found.map(|sample| Html(sample.html.clone()).into_response()).ok_or(Error::NotFound)
}
