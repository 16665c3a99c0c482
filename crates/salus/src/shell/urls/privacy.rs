//! What the privacy officer looks through, and what they are told of.

use std::fmt::Display;

/// Audit search: form (GET) and search (POST).
pub const AUDIT: &str = "/audit";

/// Opening a record in an emergency: the form (GET), and doing it (POST).
pub fn emergency(patient: impl Display) -> String {
    format!("/p/{patient}/emergency")
}

/// Why a watched record is opened: the form (GET), and saying it (POST).
pub fn reason(patient: impl Display) -> String {
    format!("/p/{patient}/reason")
}

/// Privacy officer: who opened records in an emergency, and watched ones, and why.
pub const EMERGENCIES: &str = "/audit/emergencies";

/// Saying whether one of them was right (POST).
pub fn emergency_sign(id: impl Display) -> String {
    format!("/audit/emergencies/{id}")
}

/// Privacy officer: weeks of looks at records.
pub const REVIEWS: &str = "/audit/reviews";

/// One week (GET).
pub fn review(id: impl Display) -> String {
    format!("/audit/reviews/{id}")
}

/// Signing it off (POST).
pub fn review_sign(id: impl Display) -> String {
    format!("/audit/reviews/{id}/sign")
}

/// Saying what came of a look (POST).
pub fn finding(id: impl Display) -> String {
    format!("/audit/findings/{id}")
}

/// Privacy officer: watched records (GET), and having one watched (POST).
pub const WATCHED: &str = "/audit/watched";

/// Watching a record no longer (POST).
pub fn watched_end(id: impl Display) -> String {
    format!("/audit/watched/{id}/end")
}
