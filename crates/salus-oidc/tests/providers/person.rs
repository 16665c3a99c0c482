//! Somebody's browser, and whoever sits before it.

use std::collections::BTreeMap;

use reqwest::{Client, StatusCode, Url, header, redirect::Policy};
use salus_oidc::{Answer, Attempt, Provider};

use crate::now;

/// A browser that keeps cookies and follows what leads on; whoever sits there presses their own account on a page of accounts, and
/// types their name where they are asked for one.
#[derive(Default)]
pub struct Person {
    cookies: BTreeMap<String, String>,
    /// How often they were asked who they are.
    pub asked: usize,
}

impl Person {
    /// Goes to the provider, says this name there, and comes back.
    pub async fn signs_in(&mut self, provider: &Provider, attempt: &Attempt, name: &str) -> Answer {
        let client = Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
        let mut url: Url = provider.address(attempt, now()).await.unwrap().parse().unwrap();
        let mut form: Option<String> = None;
        for _ in 0..12 {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let request = match form.take() {
                Some(body) => client
                    .post(url.clone())
                    .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .body(body),
                None => client.get(url.clone()),
            };
            let answer = request.header(header::COOKIE, cookies.join("; ")).send().await.unwrap();
            for cookie in answer.headers().get_all(header::SET_COOKIE) {
                let pair = cookie.to_str().unwrap().split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
            if answer.status().is_redirection() {
                let to = answer.headers()[header::LOCATION].to_str().unwrap().to_owned();
                if let Some(query) = to.strip_prefix(&attempt.redirect) {
                    return serde_urlencoded::from_str(query.trim_start_matches('?')).unwrap();
                }
                url = url.join(&to).unwrap();
                continue;
            }
            let status = answer.status();
            let page = answer.text().await.unwrap();
            assert_eq!(status, StatusCode::OK, "{page}");
            let filled = Filled::of(&page, name);
            self.asked += usize::from(filled.says_who);
            url = url.join(&filled.action).unwrap();
            form = Some(serde_urlencoded::to_string(&filled.fields).unwrap());
        }
        panic!("the provider asks and asks");
    }
}

/// A form of a page, as it is sent.
struct Filled {
    action: String,
    fields: Vec<(String, String)>,
    /// Whether it says who somebody is.
    says_who: bool,
}

impl Filled {
    /// On a page of accounts the one of this name; else the only form, with this name where one is asked for.
    fn of(page: &str, name: &str) -> Self {
        let forms: Vec<&str> = page.split("<form").skip(1).map(|form| form.split("</form>").next().unwrap()).collect();
        let own = forms.iter().find(|form| form.contains(name));
        let form = own.or(forms.first()).unwrap_or_else(|| panic!("no form on {page}"));
        assert!(forms.len() == 1 || own.is_some(), "{name} is not on {page}");
        let (mut fields, mut typed) = (Vec::new(), false);
        for tag in form.split("<input").skip(1).map(|input| input.split('>').next().unwrap()) {
            let field = attribute(tag, "name").unwrap();
            let value = match attribute(tag, "type").as_deref() {
                Some("hidden") => attribute(tag, "value").unwrap_or_default(),
                Some("password") => "x".to_owned(),
                _ => {
                    typed = true;
                    name.to_owned()
                }
            };
            fields.push((field, value));
        }
        Self { action: attribute(form, "action").unwrap(), fields, says_who: typed || forms.len() > 1 }
    }
}

/// What a tag says under this name.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let said = rest.split('"').next()?;
    Some(
        said.replace("&quot;", "\"")
            .replace("&#39;", "'")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&"),
    )
}
