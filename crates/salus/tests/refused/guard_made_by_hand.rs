//! A slice that makes its own scope instead of asking a guard.

use salus::access::PatientScope;
use salus_kernel::{Instant, PatientId};

fn main() {
    let patient = PatientId::new(Instant::from_micros(0), [0; 10]);
    let _ = PatientScope(patient);
    let _ = PatientScope::new(patient);
}
