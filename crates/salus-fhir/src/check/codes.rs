//! The codes of R4's required bindings.

type Codes = &'static [&'static str];

pub(super) const GENDER: Codes = &["male", "female", "other", "unknown"];
pub(super) const NAME_USE: Codes = &["usual", "official", "temp", "nickname", "anonymous", "old", "maiden"];
pub(super) const IDENTIFIER_USE: Codes = &["usual", "official", "temp", "secondary", "old"];
pub(super) const TELECOM: Codes = &["phone", "fax", "email", "pager", "url", "sms", "other"];
pub(super) const TELECOM_USE: Codes = &["home", "work", "temp", "old", "mobile"];
pub(super) const ADDRESS_USE: Codes = &["home", "work", "temp", "old", "billing"];
pub(super) const COMPARATOR: Codes = &["<", "<=", ">=", ">"];
pub(super) const LOCATION_STATUS: Codes = &["active", "suspended", "inactive"];
pub(super) const CARE_TEAM_STATUS: Codes = &["proposed", "active", "suspended", "inactive", "entered-in-error"];
pub(super) const FINANCIAL_STATUS: Codes = &["active", "cancelled", "draft", "entered-in-error"];
pub(super) const ENCOUNTER_STATUS: Codes = &[
    "planned",
    "arrived",
    "triaged",
    "in-progress",
    "onleave",
    "finished",
    "cancelled",
    "entered-in-error",
    "unknown",
];
pub(super) const CONDITION_CLINICAL: Codes = &["active", "recurrence", "relapse", "inactive", "remission", "resolved"];
pub(super) const CONDITION_VERIFICATION: Codes =
    &["unconfirmed", "provisional", "differential", "confirmed", "refuted", "entered-in-error"];
pub(super) const ALLERGY_CLINICAL: Codes = &["active", "inactive", "resolved"];
pub(super) const ALLERGY_VERIFICATION: Codes = &["unconfirmed", "confirmed", "refuted", "entered-in-error"];
pub(super) const ALLERGY_TYPE: Codes = &["allergy", "intolerance"];
pub(super) const ALLERGY_CATEGORY: Codes = &["food", "medication", "environment", "biologic"];
pub(super) const CRITICALITY: Codes = &["low", "high", "unable-to-assess"];
pub(super) const SEVERITY: Codes = &["mild", "moderate", "severe"];
pub(super) const OBSERVATION_STATUS: Codes =
    &["registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown"];
pub(super) const REPORT_STATUS: Codes = &[
    "registered",
    "partial",
    "preliminary",
    "final",
    "amended",
    "corrected",
    "appended",
    "cancelled",
    "entered-in-error",
    "unknown",
];
pub(super) const DOCUMENT_STATUS: Codes = &["current", "superseded", "entered-in-error"];
pub(super) const COMPOSITION_STATUS: Codes = &["preliminary", "final", "amended", "entered-in-error"];
pub(super) const EVENT_STATUS: Codes =
    &["preparation", "in-progress", "not-done", "on-hold", "stopped", "completed", "entered-in-error", "unknown"];
pub(super) const IMAGING_STATUS: Codes = &["registered", "available", "cancelled", "entered-in-error", "unknown"];
pub(super) const MEDICATION_STATUS: Codes =
    &["active", "on-hold", "cancelled", "completed", "entered-in-error", "stopped", "draft", "unknown"];
pub(super) const MEDICATION_INTENT: Codes =
    &["proposal", "plan", "order", "original-order", "reflex-order", "filler-order", "instance-order", "option"];
pub(super) const ADMINISTRATION_STATUS: Codes =
    &["in-progress", "not-done", "on-hold", "completed", "entered-in-error", "stopped", "unknown"];
pub(super) const IMMUNIZATION_STATUS: Codes = &["completed", "entered-in-error", "not-done"];
pub(super) const PLAN_STATUS: Codes =
    &["draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"];
pub(super) const PLAN_INTENT: Codes = &["proposal", "plan", "order", "option"];
pub(super) const ACTIVITY_STATUS: Codes = &[
    "not-started",
    "scheduled",
    "in-progress",
    "on-hold",
    "completed",
    "cancelled",
    "stopped",
    "unknown",
    "entered-in-error",
];
pub(super) const GOAL_STATUS: Codes =
    &["proposed", "planned", "accepted", "active", "on-hold", "completed", "cancelled", "entered-in-error", "rejected"];
pub(super) const DEVICE_STATUS: Codes = &["active", "inactive", "entered-in-error", "unknown"];
pub(super) const TIME_UNIT: Codes = &["s", "min", "h", "d", "wk", "mo", "a"];
pub(super) const DAY: Codes = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
