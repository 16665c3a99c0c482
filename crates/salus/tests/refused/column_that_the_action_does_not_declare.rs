//! The front desk's search opens a diagnosis.

use salus::access::{Worklist, columns::condition};
use salus_kernel::actions::FindPatients;
use salus_vault::Phi;

fn peek(list: &Worklist<FindPatients>, problem: &Phi<condition::Resource>) -> String {
    problem.open(list).unwrap_or_default()
}

fn main() {
    let _ = peek;
}
