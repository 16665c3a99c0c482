//! A visitor opens a name.

use salus::access::{Visitor, columns::patient};
use salus_vault::Phi;

fn peek(visitor: &Visitor, name: &Phi<patient::Name>) -> String {
    name.open(visitor).unwrap_or_default()
}

fn main() {
    let _ = peek;
}
