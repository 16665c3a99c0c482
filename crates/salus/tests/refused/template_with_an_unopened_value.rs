//! A template that shows a value nobody opened.

use salus::access::columns::patient;
use salus_vault::Phi;

#[derive(askama::Template)]
#[template(source = "<h1>{{ name }}</h1>", ext = "html")]
struct Greeting {
    name: Phi<patient::Name>,
}

fn main() {
    let _ = |name| Greeting { name };
}
