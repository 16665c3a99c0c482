//! Rules for people, places, organizations and insurance.

use super::codes;
use super::parts::{ADDRESS, ANY, CONTACT_POINT, IDENTIFIER, NAME, PERIOD, TO_ANY, TO_PATIENT, TO_SUBJECT};
use super::rule::Kind::{Choice, Code, Count, Date, DateTime, Flag, Number, Parts, Reference, Text};
use super::rule::{Field, many, may, must, some};

pub(super) const PATIENT: &[Field] = &[
    many("identifier", Parts(IDENTIFIER)),
    may("active", Flag),
    many("name", Parts(NAME)),
    many("telecom", Parts(CONTACT_POINT)),
    may("gender", Code(codes::GENDER)),
    may("birthDate", Date),
    may("deceased", Choice(&[("Boolean", Flag), ("DateTime", DateTime)])),
    many("address", Parts(ADDRESS)),
    may("maritalStatus", ANY),
    may("multipleBirth", Choice(&[("Boolean", Flag), ("Integer", super::rule::Kind::Whole)])),
    many("contact", Parts(CONTACT)),
    many("communication", Parts(&[must("language", ANY), may("preferred", Flag)])),
    many("generalPractitioner", Reference(&["Organization", "Practitioner", "PractitionerRole"])),
    may("managingOrganization", Reference(&["Organization"])),
];

const CONTACT: &[Field] = &[
    many("relationship", ANY),
    may("name", Parts(NAME)),
    many("telecom", Parts(CONTACT_POINT)),
    may("address", Parts(ADDRESS)),
    may("gender", Code(codes::GENDER)),
    may("organization", TO_ANY),
];

pub(super) const PRACTITIONER: &[Field] = &[
    many("identifier", Parts(IDENTIFIER)),
    may("active", Flag),
    many("name", Parts(NAME)),
    many("telecom", Parts(CONTACT_POINT)),
    many("address", Parts(ADDRESS)),
    may("gender", Code(codes::GENDER)),
    may("birthDate", Date),
    many("qualification", Parts(&[must("code", ANY), may("period", Parts(PERIOD))])),
    many("communication", ANY),
];

pub(super) const PRACTITIONER_ROLE: &[Field] = &[
    many("identifier", Parts(IDENTIFIER)),
    may("active", Flag),
    may("period", Parts(PERIOD)),
    may("practitioner", Reference(&["Practitioner"])),
    may("organization", Reference(&["Organization"])),
    many("code", ANY),
    many("specialty", ANY),
    many("location", Reference(&["Location"])),
    many("telecom", Parts(CONTACT_POINT)),
];

pub(super) const ORGANIZATION: &[Field] = &[
    many("identifier", Parts(IDENTIFIER)),
    may("active", Flag),
    many("type", ANY),
    may("name", Text),
    many("alias", Text),
    many("telecom", Parts(CONTACT_POINT)),
    many("address", Parts(ADDRESS)),
    may("partOf", Reference(&["Organization"])),
];

pub(super) const LOCATION: &[Field] = &[
    many("identifier", Parts(IDENTIFIER)),
    may("status", Code(codes::LOCATION_STATUS)),
    may("name", Text),
    many("alias", Text),
    may("description", Text),
    may("mode", Code(&["instance", "kind"])),
    many("type", ANY),
    many("telecom", Parts(CONTACT_POINT)),
    may("address", Parts(ADDRESS)),
    may("physicalType", ANY),
    may("position", Parts(&[must("longitude", Number), must("latitude", Number)])),
    may("managingOrganization", Reference(&["Organization"])),
    may("partOf", Reference(&["Location"])),
];

pub(super) const CARE_TEAM: &[Field] = &[
    may("status", Code(codes::CARE_TEAM_STATUS)),
    many("category", ANY),
    may("name", Text),
    must("subject", TO_SUBJECT),
    may("encounter", super::parts::TO_ENCOUNTER),
    may("period", Parts(PERIOD)),
    many(
        "participant",
        Parts(&[many("role", ANY), may("member", TO_ANY), may("onBehalfOf", TO_ANY), may("period", Parts(PERIOD))]),
    ),
    many("reasonCode", ANY),
    many("managingOrganization", Reference(&["Organization"])),
];

pub(super) const COVERAGE: &[Field] = &[
    many("identifier", Parts(IDENTIFIER)),
    must("status", Code(codes::FINANCIAL_STATUS)),
    may("type", ANY),
    may("subscriber", TO_ANY),
    may("subscriberId", Text),
    must("beneficiary", TO_PATIENT),
    may("dependent", Text),
    may("relationship", ANY),
    may("period", Parts(PERIOD)),
    some("payor", TO_ANY),
    many("class", Parts(&[must("type", ANY), must("value", Text), may("name", Text)])),
    may("order", Count),
    may("network", Text),
];
