//! Who works here, and as what.

use std::fmt::Display;

/// The staff's accounts.
pub const CLINIC_STAFF: &str = "/clinic/staff";
/// Invites somebody to work here.
pub const CLINIC_STAFF_INVITE: &str = "/clinic/staff/invite";
/// Takes such an invite back (POST, field `invite`).
pub const CLINIC_STAFF_WITHDRAW: &str = "/clinic/staff/invite/withdraw";
/// Closes or opens a staff account (POST, fields `account` and `active`).
pub const CLINIC_STAFF_ACCESS: &str = "/clinic/staff/access";
/// Where somebody who works here gets another role.
pub fn staff_role(account: &str) -> String {
    format!("{CLINIC_STAFF}/{account}/role")
}
/// Vouches, as the first of two, for somebody who works here and gets back in (POST, field `account`).
pub const CLINIC_STAFF_RETURN: &str = "/clinic/staff/return";
/// Takes that back (POST, field `account`).
pub const CLINIC_STAFF_RETURN_STOP: &str = "/clinic/staff/return/stop";
/// Who may do what.
pub const CLINIC_ROLES: &str = "/clinic/roles";
/// A role of the clinic's own: the form for a new one (GET, `?base=`), and saying it (POST).
pub const CLINIC_ROLES_NEW: &str = "/clinic/roles/new";
/// One that there is: the form (GET), and saying what it is to be (POST).
pub fn own_role(id: impl Display) -> String {
    format!("{CLINIC_ROLES}/{id}")
}
/// Takes back what waits for a second person, or removes the role (POST).
pub fn own_role_end(id: impl Display) -> String {
    format!("{CLINIC_ROLES}/{id}/end")
}
/// Roles that wait for a second person.
pub const PROPOSED_ROLES: &str = "/staff/roles";
/// Says yes, as the second of two (POST).
pub fn proposed_role(id: impl Display) -> String {
    format!("{PROPOSED_ROLES}/{id}")
}
/// Says no (POST).
pub fn proposed_role_refuse(id: impl Display) -> String {
    format!("{PROPOSED_ROLES}/{id}/refuse")
}
