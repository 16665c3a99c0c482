//! Somebody with a browser: signs in with both factors, keeps cookies, posts forms with the token of the page.

use std::{collections::BTreeMap, io, net::SocketAddr, time::Duration};

use anyhow::{Context as _, Result, bail, ensure};
use salus::{access::Clock, accounts::totp::TotpSecret};
use serde::Deserialize;

use crate::http::Connection;

/// Someone who can sign in, as `demo.json` has them.
#[derive(Clone, Debug, Deserialize)]
pub struct Person {
    /// `patient`, `practitioner`, `front-desk`, `administrator` or `privacy-officer`.
    pub role: String,
    /// What they sign in with.
    pub email: String,
    /// New in each demo.
    pub password: String,
    /// Base32; empty for who has not set up an authenticator yet.
    pub totp_secret: String,
    /// Their own chart.
    pub patient: Option<String>,
    /// Whether their authenticator is set up.
    pub enrolled: bool,
}

/// What came back.
pub struct Page {
    /// The status.
    pub status: u16,
    /// Where a redirect leads.
    pub location: String,
    /// The body.
    pub text: String,
}

impl Page {
    /// The request's number, as pages show it at their end.
    pub fn reference(&self) -> Option<&str> {
        self.text.split("s-foot__ref").nth(1)?.split("s-mono\">").nth(1)?.split('<').next()
    }

    /// The page's number behind the link with this text: the end of its address.
    pub fn id_behind(&self, text: &str) -> Option<&str> {
        let links = self.text.split("href=\"").skip(1).filter_map(|rest| rest.split_once('"'));
        let wanted = format!(">{text}<");
        let mut ours =
            links.filter(|(_, rest)| rest.split("</a>").next().is_some_and(|inside| inside.contains(&wanted)));
        ours.next()?.0.rsplit('/').next()
    }

    /// The value of a hidden field.
    pub fn hidden(&self, name: &str) -> Option<&str> {
        self.text.split(&format!("name=\"{name}\" value=\"")).nth(1)?.split('"').next()
    }

    /// The value that a form's choice has.
    pub fn chosen(&self, name: &str) -> Option<&str> {
        let inputs = self.text.split("<input ").skip(1).filter_map(|rest| rest.split('>').next());
        let mut ours =
            inputs.filter(|input| input.contains(&format!("name=\"{name}\"")) && input.ends_with(" checked"));
        ours.next()?.split("value=\"").nth(1)?.split('"').next()
    }
}

/// A browser: cookies, and the token for forms.
#[derive(Clone, Default)]
pub struct Browser {
    cookies: BTreeMap<String, String>,
    csrf: String,
}

impl Browser {
    /// The `Cookie` header.
    pub fn cookies(&self) -> String {
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    /// A request for a page. `from` stands for the client's address where the server believes it.
    pub fn get(&self, host: SocketAddr, path: &str, from: Option<&str>) -> Vec<u8> {
        format!(
            "GET {path} HTTP/1.1\r\nhost: {host}\r\nuser-agent: salus-bench\r\n{}{}\r\n",
            self.cookie_line(),
            forwarded(from)
        )
        .into_bytes()
    }

    /// A request that posts a form.
    pub fn post(&self, host: SocketAddr, path: &str, fields: &[(&str, &str)], from: Option<&str>) -> Result<Vec<u8>> {
        let mut all = vec![("csrf", self.csrf.as_str())];
        all.extend_from_slice(fields);
        let body = serde_urlencoded::to_string(all)?;
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {host}\r\nuser-agent: salus-bench\r\norigin: http://{host}\r\n{}{}\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
            self.cookie_line(),
            forwarded(from),
            body.len()
        );
        Ok(format!("{head}{body}").into_bytes())
    }

    fn cookie_line(&self) -> String {
        if self.cookies.is_empty() { String::new() } else { format!("cookie: {}\r\n", self.cookies()) }
    }

    /// Sends a request, and remembers what a browser does.
    pub async fn send(&mut self, connection: &mut Connection, request: &[u8]) -> io::Result<Page> {
        let answer = connection.ask(request).await?;
        for cookie in answer.headers("set-cookie") {
            let Some((name, rest)) = cookie.split_once('=') else { continue };
            let value = rest.split(';').next().unwrap_or_default();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let location = answer.headers("location").next().unwrap_or_default().to_owned();
        let page = Page { status: answer.status, location, text: answer.text() };
        if let Some(csrf) = page.text.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()) {
            csrf.clone_into(&mut self.csrf);
        }
        Ok(page)
    }

    /// Asks for a page over a connection of its own; an answer that does not come in time is an error.
    pub async fn look(&mut self, host: SocketAddr, path: &str, patience: Duration) -> io::Result<Page> {
        let request = self.get(host, path, None);
        self.send_anew(host, &request, patience).await
    }

    /// Posts a form in the same way.
    pub async fn submit(
        &mut self,
        host: SocketAddr,
        path: &str,
        fields: &[(&str, &str)],
        patience: Duration,
    ) -> io::Result<Page> {
        let request = self.post(host, path, fields, None).map_err(io::Error::other)?;
        self.send_anew(host, &request, patience).await
    }

    async fn send_anew(&mut self, host: SocketAddr, request: &[u8], patience: Duration) -> io::Result<Page> {
        let answered = async { self.send(&mut Connection::open(host).await?, request).await };
        tokio::time::timeout(patience, answered).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    /// Signs someone in with both factors. A code works once, so each account does this once.
    pub async fn sign_in(host: SocketAddr, person: &Person, clock: &Clock) -> Result<Self> {
        Self::sign_in_from(host, person, clock, None).await
    }

    /// The same, from an address that the server is made to believe: many people come from many.
    pub async fn sign_in_from(host: SocketAddr, person: &Person, clock: &Clock, from: Option<&str>) -> Result<Self> {
        let mut connection = Connection::open(host).await?;
        let mut browser = Self::default();
        let mut ask = async |form: Option<(&str, &[(&str, &str)])>, path: &str| -> Result<Page> {
            let request = match form {
                Some((target, fields)) => browser.post(host, target, fields, from)?,
                None => browser.get(host, path, from),
            };
            Ok(browser.send(&mut connection, &request).await?)
        };
        ask(None, "/sign-in").await?;
        let page = ask(Some(("/sign-in", &[("email", &person.email), ("password", &person.password)])), "").await?;
        ensure!(
            page.status == 303 && page.location.starts_with("/sign-in/code"),
            "the password of {} was not taken: {}",
            person.role,
            page.status
        );
        ask(None, "/sign-in/code").await?;
        let secret = TotpSecret::from_base32(&person.totp_secret).context("a secret in base32")?;
        let page = ask(Some(("/sign-in/code", &[("code", &secret.code(clock()))])), "").await?;
        if page.status != 303 || page.location.starts_with("/sign-in") {
            bail!("the code of {} was not taken: {} {}", person.role, page.status, page.location);
        }
        // A page with a form that carries this session's token.
        let page = ask(None, "/settings").await?;
        ensure!(page.status == 200, "no settings for {}: {}", person.role, page.status);
        Ok(browser)
    }
}

fn forwarded(from: Option<&str>) -> String {
    from.map(|from| format!("x-forwarded-for: {from}\r\n")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_tells_its_reference_and_what_was_chosen() {
        let text = "<input class=\"a\" id=\"scheme-1\" name=\"scheme\" type=\"radio\" value=\"device\"><label>\
                    <input class=\"a\" id=\"scheme-2\" name=\"scheme\" type=\"radio\" value=\"dark\" checked><label>\
                    <p class=\"s-foot__ref\">Reference <span class=\"s-mono\">0197</span></p>";
        let page = Page { status: 200, location: String::new(), text: text.to_owned() };
        assert_eq!(page.reference(), Some("0197"));
        assert_eq!(page.chosen("scheme"), Some("dark"));
        assert_eq!(page.chosen("font"), None);
    }
}
