//! Rules for visits, problems, results and documents.

use super::codes;
use super::parts::{
    ANNOTATION, ANY, ATTACHMENT, IDENTIFIER, MEASURED, MOMENT, OBSERVED, ONSET, PERIOD, REFERENCE_RANGE, TO_ANY,
    TO_ENCOUNTER, TO_PATIENT, TO_SUBJECT,
};
use super::rule::Kind::{Choice, Code, Concept, Count, DateTime, Instant, Parts, Reference, Text};
use super::rule::{Field, many, may, must, some};
use super::walk::CODED;

pub(super) const ENCOUNTER: &[Field] = &[
    many("identifier", Parts(IDENTIFIER)),
    must("status", Code(codes::ENCOUNTER_STATUS)),
    must("class", CODED),
    many("type", ANY),
    may("serviceType", ANY),
    may("priority", ANY),
    must("subject", TO_SUBJECT),
    many("participant", Parts(&[many("type", ANY), may("period", Parts(PERIOD)), may("individual", TO_ANY)])),
    may("period", Parts(PERIOD)),
    many("reasonCode", ANY),
    many("reasonReference", TO_ANY),
    many("diagnosis", Parts(&[must("condition", TO_ANY), may("use", ANY), may("rank", Count)])),
    may("hospitalization", Parts(&[may("dischargeDisposition", ANY)])),
    many("location", Parts(&[must("location", Reference(&["Location"]))])),
    may("serviceProvider", Reference(&["Organization"])),
];

pub(super) const CONDITION: &[Field] = &[
    may("clinicalStatus", Concept(codes::CONDITION_CLINICAL)),
    may("verificationStatus", Concept(codes::CONDITION_VERIFICATION)),
    many("category", ANY),
    may("severity", ANY),
    may("code", ANY),
    many("bodySite", ANY),
    must("subject", TO_SUBJECT),
    may("encounter", TO_ENCOUNTER),
    may("onset", ONSET),
    may("abatement", ONSET),
    may("recordedDate", DateTime),
    may("recorder", TO_ANY),
    may("asserter", TO_ANY),
    many("note", Parts(ANNOTATION)),
];

pub(super) const ALLERGY_INTOLERANCE: &[Field] = &[
    may("clinicalStatus", Concept(codes::ALLERGY_CLINICAL)),
    may("verificationStatus", Concept(codes::ALLERGY_VERIFICATION)),
    may("type", Code(codes::ALLERGY_TYPE)),
    many("category", Code(codes::ALLERGY_CATEGORY)),
    may("criticality", Code(codes::CRITICALITY)),
    may("code", ANY),
    must("patient", TO_PATIENT),
    may("encounter", TO_ENCOUNTER),
    may("onset", ONSET),
    may("recordedDate", DateTime),
    may("lastOccurrence", DateTime),
    many("note", Parts(ANNOTATION)),
    many(
        "reaction",
        Parts(&[
            may("substance", ANY),
            some("manifestation", ANY),
            may("description", Text),
            may("onset", DateTime),
            may("severity", Code(codes::SEVERITY)),
        ]),
    ),
];

pub(super) const OBSERVATION: &[Field] = &[
    must("status", Code(codes::OBSERVATION_STATUS)),
    many("category", ANY),
    must("code", ANY),
    must("subject", TO_ANY),
    may("encounter", TO_ENCOUNTER),
    may("effective", OBSERVED),
    may("issued", Instant),
    many("performer", TO_ANY),
    may("value", MEASURED),
    may("dataAbsentReason", ANY),
    many("interpretation", ANY),
    many("note", Parts(ANNOTATION)),
    may("bodySite", ANY),
    may("method", ANY),
    many("referenceRange", Parts(REFERENCE_RANGE)),
    many("hasMember", TO_ANY),
    many("component", Parts(COMPONENT)),
];

const COMPONENT: &[Field] = &[
    must("code", ANY),
    may("value", MEASURED),
    may("dataAbsentReason", ANY),
    many("interpretation", ANY),
    many("referenceRange", Parts(REFERENCE_RANGE)),
];

pub(super) const DIAGNOSTIC_REPORT: &[Field] = &[
    many("identifier", Parts(IDENTIFIER)),
    must("status", Code(codes::REPORT_STATUS)),
    many("category", ANY),
    must("code", ANY),
    must("subject", TO_ANY),
    may("encounter", TO_ENCOUNTER),
    may("effective", MOMENT),
    may("issued", Instant),
    many("performer", TO_ANY),
    many("resultsInterpreter", TO_ANY),
    many("result", Reference(&["Observation"])),
    many("imagingStudy", TO_ANY),
    many("media", Parts(&[may("comment", Text), must("link", TO_ANY)])),
    may("conclusion", Text),
    many("conclusionCode", ANY),
    many("presentedForm", Parts(ATTACHMENT)),
];

pub(super) const DOCUMENT_REFERENCE: &[Field] = &[
    must("status", Code(codes::DOCUMENT_STATUS)),
    may("docStatus", Code(codes::COMPOSITION_STATUS)),
    may("type", ANY),
    many("category", ANY),
    must("subject", TO_ANY),
    may("date", Instant),
    many("author", TO_ANY),
    may("custodian", Reference(&["Organization"])),
    may("description", Text),
    some("content", Parts(&[must("attachment", Parts(ATTACHMENT)), may("format", CODED)])),
    may("context", Parts(&[many("encounter", TO_ANY), may("period", Parts(PERIOD)), may("practiceSetting", ANY)])),
];

pub(super) const PROCEDURE: &[Field] = &[
    must("status", Code(codes::EVENT_STATUS)),
    may("statusReason", ANY),
    may("category", ANY),
    may("code", ANY),
    must("subject", TO_SUBJECT),
    may("encounter", TO_ENCOUNTER),
    may("performed", ONSET),
    many("performer", Parts(&[may("function", ANY), must("actor", TO_ANY)])),
    may("location", Reference(&["Location"])),
    many("reasonCode", ANY),
    many("reasonReference", TO_ANY),
    many("bodySite", ANY),
    may("outcome", ANY),
    many("report", TO_ANY),
    many("complication", ANY),
    many("followUp", ANY),
    many("note", Parts(ANNOTATION)),
];

pub(super) const IMAGING_STUDY: &[Field] = &[
    many("identifier", Parts(IDENTIFIER)),
    must("status", Code(codes::IMAGING_STATUS)),
    many("modality", CODED),
    must("subject", TO_ANY),
    may("encounter", TO_ENCOUNTER),
    may("started", DateTime),
    may("numberOfSeries", Count),
    may("numberOfInstances", Count),
    many("procedureCode", ANY),
    many("reasonCode", ANY),
    may("description", Text),
    many("note", Parts(ANNOTATION)),
    many(
        "series",
        Parts(&[
            must("uid", Text),
            may("number", Count),
            must("modality", CODED),
            may("description", Text),
            may("numberOfInstances", Count),
            may("bodySite", CODED),
            many(
                "instance",
                Parts(&[must("uid", Text), must("sopClass", CODED), may("number", Count), may("title", Text)]),
            ),
        ]),
    ),
];

pub(super) const PROVENANCE: &[Field] = &[
    some("target", TO_ANY),
    may("occurred", Choice(&[("Period", Parts(PERIOD)), ("DateTime", DateTime)])),
    must("recorded", Instant),
    many("reason", ANY),
    may("activity", ANY),
    some("agent", Parts(&[may("type", ANY), many("role", ANY), must("who", TO_ANY), may("onBehalfOf", TO_ANY)])),
];
