//! A sealed value that is serialized, displayed or compared.

use salus::access::columns::patient;
use salus_vault::Phi;

fn display(name: &Phi<patient::Name>) -> String {
    format!("{name}")
}

fn compare(left: &Phi<patient::Name>, right: &Phi<patient::Name>) -> bool {
    left == right
}

fn serialize(name: &Phi<patient::Name>) -> String {
    serde_json::to_string(name).unwrap_or_default()
}

fn main() {
    let _ = (display, compare, serialize);
}
