//! What the compiler refuses. Each mistake below stands beside the same text without it, which compiles: so that the
//! mistake, and nothing else, is what is refused.
//!
//! A handler without a guard:
//!
//! ```
//! async fn page(_: salus::access::Visitor) -> &'static str { "anybody" }
//! let _ = salus::access::Routes::new().get("/x", page);
//! ```
//! ```compile_fail
//! async fn page() -> &'static str { "anybody" }
//! let _ = salus::access::Routes::new().get("/x", page);
//! ```
//!
//! A column that the action does not declare: the search of the front desk opens a name, never a diagnosis.
//!
//! ```
//! use salus::access::{Worklist, columns::patient};
//! fn peek(list: &Worklist<salus_kernel::actions::FindPatients>, it: &salus_vault::Phi<patient::Name>) {
//!     let _ = it.open(list);
//! }
//! ```
//! ```compile_fail
//! use salus::access::{Worklist, columns::condition};
//! fn peek(list: &Worklist<salus_kernel::actions::FindPatients>, it: &salus_vault::Phi<condition::Resource>) {
//!     let _ = it.open(list);
//! }
//! ```
//!
//! A guard that discloses nothing:
//!
//! ```compile_fail
//! use salus::access::{Visitor, columns::patient};
//! fn peek(visitor: &Visitor, it: &salus_vault::Phi<patient::Name>) {
//!     let _ = it.open(visitor);
//! }
//! ```
//!
//! A template that shows what nobody opened:
//!
//! ```
//! #[derive(askama::Template)]
//! #[template(source = "<h1>{{ name }}</h1>", ext = "html")]
//! struct Greeting { name: String }
//! ```
//! ```compile_fail
//! #[derive(askama::Template)]
//! #[template(source = "<h1>{{ name }}</h1>", ext = "html")]
//! struct Greeting { name: salus_vault::Phi<salus::access::columns::patient::Name> }
//! ```
//!
//! A sealed value that is displayed, compared or serialized; only its place may be logged:
//!
//! ```
//! use salus::access::columns::patient::Name;
//! fn log(name: &salus_vault::Phi<Name>) -> String { format!("{name:?}") }
//! ```
//! ```compile_fail
//! use salus::access::columns::patient::Name;
//! fn log(name: &salus_vault::Phi<Name>) -> String { format!("{name}") }
//! ```
//! ```compile_fail
//! use salus::access::columns::patient::Name;
//! fn compare(a: &salus_vault::Phi<Name>, b: &salus_vault::Phi<Name>) -> bool { a == b }
//! ```
//! ```compile_fail
//! use salus::access::columns::patient::Name;
//! fn send(name: &salus_vault::Phi<Name>) { let _ = serde_json::to_string(name); }
//! ```
//!
//! A scope that no guard gave:
//!
//! ```compile_fail
//! use salus_kernel::{Instant, PatientId};
//! let _ = salus::access::PatientScope(PatientId::new(Instant::from_micros(0), [0; 10]));
//! ```
