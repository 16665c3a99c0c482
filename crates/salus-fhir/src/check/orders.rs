//! Rules for medicines, vaccines, plans, goals and devices.

use super::codes;
use super::parts::{
    ANNOTATION, ANY, DOSAGE, IDENTIFIER, MEDICINE, MOMENT, PERIOD, QUANTITY, RANGE, TIMING, TO_ANY, TO_ENCOUNTER,
    TO_PATIENT, TO_SUBJECT,
};
use super::rule::Kind::{Choice, Code, Count, Date, DateTime, Flag, Parts, Reference, Text, Whole};
use super::rule::{Field, many, may, must};

pub(super) const MEDICATION_REQUEST: &[Field] = &[
    many("identifier", Parts(IDENTIFIER)),
    must("status", Code(codes::MEDICATION_STATUS)),
    may("statusReason", ANY),
    must("intent", Code(codes::MEDICATION_INTENT)),
    many("category", ANY),
    may("doNotPerform", Flag),
    may("reported", Choice(&[("Boolean", Flag), ("Reference", TO_ANY)])),
    must("medication", MEDICINE),
    must("subject", TO_SUBJECT),
    may("encounter", TO_ENCOUNTER),
    may("authoredOn", DateTime),
    may("requester", TO_ANY),
    many("reasonCode", ANY),
    many("reasonReference", TO_ANY),
    many("note", Parts(ANNOTATION)),
    many("dosageInstruction", Parts(DOSAGE)),
    may(
        "dispenseRequest",
        Parts(&[
            may("validityPeriod", Parts(PERIOD)),
            may("numberOfRepeatsAllowed", Count),
            may("quantity", Parts(QUANTITY)),
            may("expectedSupplyDuration", Parts(QUANTITY)),
        ]),
    ),
];

pub(super) const MEDICATION_ADMINISTRATION: &[Field] = &[
    must("status", Code(codes::ADMINISTRATION_STATUS)),
    may("category", ANY),
    must("medication", MEDICINE),
    must("subject", TO_SUBJECT),
    may("context", TO_ANY),
    must("effective", MOMENT),
    many("performer", Parts(&[may("function", ANY), must("actor", TO_ANY)])),
    many("reasonCode", ANY),
    many("reasonReference", TO_ANY),
    many("note", Parts(ANNOTATION)),
    may(
        "dosage",
        Parts(&[
            may("text", Text),
            may("site", ANY),
            may("route", ANY),
            may("method", ANY),
            may("dose", Parts(QUANTITY)),
        ]),
    ),
];

pub(super) const IMMUNIZATION: &[Field] = &[
    must("status", Code(codes::IMMUNIZATION_STATUS)),
    may("statusReason", ANY),
    must("vaccineCode", ANY),
    must("patient", TO_PATIENT),
    may("encounter", TO_ENCOUNTER),
    must("occurrence", Choice(&[("DateTime", DateTime), ("String", Text)])),
    may("recorded", DateTime),
    may("primarySource", Flag),
    may("location", TO_ANY),
    may("manufacturer", TO_ANY),
    may("lotNumber", Text),
    may("expirationDate", Date),
    may("site", ANY),
    may("route", ANY),
    may("doseQuantity", Parts(QUANTITY)),
    many("performer", Parts(&[may("function", ANY), must("actor", TO_ANY)])),
    many("note", Parts(ANNOTATION)),
    many(
        "protocolApplied",
        Parts(&[
            may("series", Text),
            many("targetDisease", ANY),
            must("doseNumber", Choice(&[("PositiveInt", Count), ("String", Text)])),
            may("seriesDoses", Choice(&[("PositiveInt", Count), ("String", Text)])),
        ]),
    ),
];

pub(super) const CARE_PLAN: &[Field] = &[
    must("status", Code(codes::PLAN_STATUS)),
    must("intent", Code(codes::PLAN_INTENT)),
    many("category", ANY),
    may("title", Text),
    may("description", Text),
    must("subject", TO_SUBJECT),
    may("encounter", TO_ENCOUNTER),
    may("period", Parts(PERIOD)),
    may("created", DateTime),
    may("author", TO_ANY),
    many("careTeam", Reference(&["CareTeam"])),
    many("addresses", TO_ANY),
    many("goal", Reference(&["Goal"])),
    many("activity", Parts(&[may("detail", Parts(ACTIVITY)), may("reference", TO_ANY)])),
    many("note", Parts(ANNOTATION)),
];

const ACTIVITY: &[Field] = &[
    may("code", ANY),
    must("status", Code(codes::ACTIVITY_STATUS)),
    may("description", Text),
    may("scheduled", Choice(&[("Timing", Parts(TIMING)), ("Period", Parts(PERIOD)), ("String", Text)])),
    may("location", TO_ANY),
];

pub(super) const GOAL: &[Field] = &[
    must("lifecycleStatus", Code(codes::GOAL_STATUS)),
    may("achievementStatus", ANY),
    many("category", ANY),
    may("priority", ANY),
    must("description", ANY),
    must("subject", Reference(&["Patient", "Group", "Organization"])),
    may("start", Choice(&[("Date", Date), ("CodeableConcept", ANY)])),
    many("target", Parts(TARGET)),
    may("statusDate", Date),
    may("statusReason", Text),
    many("addresses", TO_ANY),
    many("note", Parts(ANNOTATION)),
];

const TARGET: &[Field] = &[
    may("measure", ANY),
    may(
        "detail",
        Choice(&[
            ("Quantity", Parts(QUANTITY)),
            ("Range", Parts(RANGE)),
            ("CodeableConcept", ANY),
            ("String", Text),
            ("Boolean", Flag),
            ("Integer", Whole),
        ]),
    ),
    may("due", Choice(&[("Date", Date), ("Duration", Parts(QUANTITY))])),
];

pub(super) const DEVICE: &[Field] = &[
    many("identifier", Parts(IDENTIFIER)),
    many("udiCarrier", Parts(&[may("deviceIdentifier", Text), may("carrierHRF", Text)])),
    may("status", Code(codes::DEVICE_STATUS)),
    may("manufacturer", Text),
    may("manufactureDate", DateTime),
    may("expirationDate", DateTime),
    may("lotNumber", Text),
    may("serialNumber", Text),
    many("deviceName", Parts(&[must("name", Text), must("type", Code(&[]))])),
    may("modelNumber", Text),
    may("type", ANY),
    may("patient", TO_PATIENT),
    may("owner", TO_ANY),
    many("note", Parts(ANNOTATION)),
];
