//! The data types of R4 that Salus reads.

use super::codes;
use super::rule::Kind::{
    Base64, Choice, Code, Concept, Count, DateTime, Flag, Instant, Number, Parts, Reference, Text, Time, Whole,
};
use super::rule::{Field, Kind, many, may, must};

pub(super) const CODING: &[Field] = &[may("system", Text), may("code", Code(&[])), may("display", Text)];

pub(super) const CONCEPT: &[Field] = &[many("coding", Parts(CODING)), may("text", Text)];

/// Any concept.
pub(super) const ANY: Kind = Concept(&[]);

pub(super) const REFERENCE: &[Field] =
    &[may("reference", Text), may("type", Text), may("identifier", Parts(IDENTIFIER)), may("display", Text)];

/// The patient of a clinical record.
pub(super) const TO_PATIENT: Kind = Reference(&["Patient"]);

/// The patient where R4 allows a group too.
pub(super) const TO_SUBJECT: Kind = Reference(&["Patient", "Group"]);

/// A reference to whatever R4 allows here.
pub(super) const TO_ANY: Kind = Reference(&[]);

pub(super) const TO_ENCOUNTER: Kind = Reference(&["Encounter"]);

pub(super) const IDENTIFIER: &[Field] =
    &[may("use", Code(codes::IDENTIFIER_USE)), may("type", ANY), may("system", Text), may("value", Text)];

pub(super) const PERIOD: &[Field] = &[may("start", DateTime), may("end", DateTime)];

pub(super) const QUANTITY: &[Field] = &[
    may("value", Number),
    may("comparator", Code(codes::COMPARATOR)),
    may("unit", Text),
    may("system", Text),
    may("code", Code(&[])),
];

pub(super) const RANGE: &[Field] = &[may("low", Parts(QUANTITY)), may("high", Parts(QUANTITY))];

pub(super) const RATIO: &[Field] = &[may("numerator", Parts(QUANTITY)), may("denominator", Parts(QUANTITY))];

pub(super) const NAME: &[Field] = &[
    may("use", Code(codes::NAME_USE)),
    may("text", Text),
    may("family", Text),
    many("given", Text),
    many("prefix", Text),
    many("suffix", Text),
    may("period", Parts(PERIOD)),
];

pub(super) const CONTACT_POINT: &[Field] = &[
    may("system", Code(codes::TELECOM)),
    may("value", Text),
    may("use", Code(codes::TELECOM_USE)),
    may("rank", Count),
    may("period", Parts(PERIOD)),
];

pub(super) const ADDRESS: &[Field] = &[
    may("use", Code(codes::ADDRESS_USE)),
    may("text", Text),
    many("line", Text),
    may("city", Text),
    may("district", Text),
    may("state", Text),
    may("postalCode", Text),
    may("country", Text),
    may("period", Parts(PERIOD)),
];

pub(super) const ATTACHMENT: &[Field] = &[
    may("contentType", Code(&[])),
    may("language", Code(&[])),
    may("data", Base64),
    may("url", Text),
    may("size", Count),
    may("title", Text),
    may("creation", DateTime),
];

pub(super) const ANNOTATION: &[Field] = &[must("text", Text), may("time", DateTime), may("authorString", Text)];

pub(super) const REPEAT: &[Field] = &[
    may("bounds", Choice(&[("Duration", Parts(QUANTITY)), ("Range", Parts(RANGE)), ("Period", Parts(PERIOD))])),
    may("count", Count),
    may("countMax", Count),
    may("duration", Number),
    may("durationUnit", Code(codes::TIME_UNIT)),
    may("frequency", Count),
    may("frequencyMax", Count),
    may("period", Number),
    may("periodMax", Number),
    may("periodUnit", Code(codes::TIME_UNIT)),
    many("dayOfWeek", Code(codes::DAY)),
    many("timeOfDay", Time),
    many("when", Code(&[])),
    may("offset", Count),
];

pub(super) const TIMING: &[Field] = &[many("event", DateTime), may("repeat", Parts(REPEAT)), may("code", ANY)];

pub(super) const DOSAGE: &[Field] = &[
    may("sequence", Whole),
    may("text", Text),
    many("additionalInstruction", ANY),
    may("patientInstruction", Text),
    may("timing", Parts(TIMING)),
    may("asNeeded", Choice(&[("Boolean", Flag), ("CodeableConcept", ANY)])),
    may("site", ANY),
    may("route", ANY),
    may("method", ANY),
    many("doseAndRate", Parts(DOSE)),
    may("maxDosePerPeriod", Parts(RATIO)),
];

const DOSE: &[Field] = &[
    may("type", ANY),
    may("dose", Choice(&[("Quantity", Parts(QUANTITY)), ("Range", Parts(RANGE))])),
    may("rate", Choice(&[("Quantity", Parts(QUANTITY)), ("Range", Parts(RANGE)), ("Ratio", Parts(RATIO))])),
];

/// What an Observation or one of its components measures.
pub(super) const MEASURED: Kind = Choice(&[
    ("Quantity", Parts(QUANTITY)),
    ("CodeableConcept", ANY),
    ("String", Text),
    ("Boolean", Flag),
    ("Integer", Whole),
    ("Range", Parts(RANGE)),
    ("Ratio", Parts(RATIO)),
    ("SampledData", Parts(&[])),
    ("Time", Time),
    ("DateTime", DateTime),
    ("Period", Parts(PERIOD)),
]);

pub(super) const REFERENCE_RANGE: &[Field] = &[
    may("low", Parts(QUANTITY)),
    may("high", Parts(QUANTITY)),
    may("type", ANY),
    many("appliesTo", ANY),
    may("age", Parts(RANGE)),
    may("text", Text),
];

/// When something began or happened.
pub(super) const ONSET: Kind = Choice(&[
    ("DateTime", DateTime),
    ("Age", Parts(QUANTITY)),
    ("Period", Parts(PERIOD)),
    ("Range", Parts(RANGE)),
    ("String", Text),
]);

/// A date and time or a period.
pub(super) const MOMENT: Kind = Choice(&[("DateTime", DateTime), ("Period", Parts(PERIOD))]);

/// The time an Observation is about.
pub(super) const OBSERVED: Kind =
    Choice(&[("DateTime", DateTime), ("Period", Parts(PERIOD)), ("Timing", Parts(TIMING)), ("Instant", Instant)]);

/// The medicine, as a code or a resource of its own.
pub(super) const MEDICINE: Kind = Choice(&[("CodeableConcept", ANY), ("Reference", Reference(&["Medication"]))]);
