//! `/dev/*`: what only the demo serves. Every page in every sample state, for people who design and for the browser tests;
//! and the mail that the demo would have sent.

use std::sync::OnceLock;

use askama::Template;
use axum::{
    extract::Path,
    http::header,
    response::{Html, IntoResponse},
};
use salus_ports::email::local;
use uuid::Uuid;

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
    Routes::new()
        .get("/dev/gallery", index)
        .get("/dev/gallery/{slice}/{page}/{state}", sample)
        .get("/dev/mail", mails)
        .get("/dev/mail/{key}", mail)
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

/// All mail, newest first: when it was put there, and to whom.
#[derive(Template)]
#[template(
    ext = "html",
    source = "<!doctype html><html lang=\"en\"><head><title>Mail</title></head><body><main><h1>Mail</h1>\
        {% if lines.is_empty() %}<p>There is none yet. Sign in, or change a password.</p>{% endif %}\
        <ul>{% for (key, line) in lines %}<li><a href=\"/dev/mail/{{ key }}\">{{ line }}</a></li>{% endfor %}</ul>\
        </main></body></html>"
)]
struct Mails {
    lines: Vec<(Uuid, String)>,
}

async fn mails(visitor: Visitor) -> PageResult {
    let folder = mail_folder(&visitor)?;
    let broken = |_| Error::broken("the folder of mail can't be read");
    let mut lines = Vec::new();
    for key in local::list(folder).await.map_err(broken)?.into_iter().take(200) {
        let mail = local::read(folder, key).await.map_err(broken)?.unwrap_or_default();
        let header = |name: &str| mail.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        lines.push((key, format!("{}, to {}: {}", header("Date: "), header("To: "), header("Subject: "))));
    }
    Ok(Html(Mails { lines }.render()?).into_response())
}

async fn mail(visitor: Visitor, Path(key): Path<String>) -> PageResult {
    let key: Uuid = key.parse().map_err(|_| Error::NotFound)?;
    let mail = local::read(mail_folder(&visitor)?, key).await.map_err(|_| Error::broken("mail can't be read"))?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], mail.ok_or(Error::NotFound)?).into_response())
}

fn mail_folder(visitor: &Visitor) -> Result<&std::path::Path, Error> {
    visitor.app().web().mail.as_deref().ok_or(Error::NotFound)
}
