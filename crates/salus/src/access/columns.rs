//! The column registry: every table, who sees which rows, and every column with its class and the reason for it.
//!
//! It makes the types of sealed values ([`Column`]), row-level security and `docs/generated/columns.txt`. A missing column fails a test.

use salus_kernel::{Archetype, Class, Column, ColumnEntry, TableEntry};

#[macro_use]
mod registry;
mod people;

pub use people::*;

/// The columns that every table of clinical resources has: one shape, so that one set of queries serves them all.
macro_rules! clinical {
    ($($table:ident),+ $(,)?) => {
        registry_with_clinical! { $($table),+ }
        /// The tables of clinical resources, in the registry's order.
        pub const CLINICAL: &[&str] = &[$(stringify!($table)),+];
    };
}

macro_rules! registry_with_clinical {
    ($($table:ident),+) => {
        registry! {
            REST:
            /// Which process writes which chain of the ledger.
            ledger_lease: Keys {
                chain_id: Bare "an id",
                holder: Bare "a random word of the running process",
                leased_until: Bare "a moment",
                created_at: Bare "a moment",
            }
            /// Outcomes of changes until the ledger has them.
            ledger_outcome: Keys {
                intent: Bare "the ledger's place of the entry under which the change was made",
                part: Bare "a count",
                draft: Sealed as Draft "what the ledger will be told: who changed which rows, with their digests",
                key_version: Bare "a count",
                created_at: Bare "a moment",
            }
            /// What follows from a change and need not happen within it: mail, so far.
            job: Runner {
                id: Bare "an id",
                kind: Bare "a word",
                body: Bare "ids, words and moments: a test looks for marks in it",
                dedupe_key: Bare "the same, as one text: what was asked for twice is done once",
                state: Bare "a state",
                attempts: Bare "a count",
                queued_at: Bare "a moment: since when it is tried",
                run_after: Bare "a moment",
                leased_until: Bare "a moment: until when a process may be at it",
                last_error: Bare "a word of ours",
                created_at: Bare "a moment",
                updated_at: Bare "a moment",
                version: Bare "a count",
                entry: Bare "the ledger's place of the entry under which the row was written",
            }
            /// Practitioners, ours and those whom imported records name.
            practitioner: Shared {
                id: Bare "an id",
                source_index: Blind "finds the row at the next import",
                content_digest: Blind "tells whether the source changed",
                name: Bare "practitioners are public",
                npi: Bare "the national register is public",
                timezone: Bare "always empty here",
                resource: Bare "FHIR Practitioner: public facts only",
                created_at: Bare "a moment",
                updated_at: Bare "a moment",
                version: Bare "a count",
            }
            /// What practitioners do where.
            practitioner_role: Shared {
                id: Bare "an id",
                source_index: Blind "finds the row at the next import",
                content_digest: Blind "tells whether the source changed",
                name: Bare "the specialty",
                timezone: Bare "always empty here",
                resource: Bare "FHIR PractitionerRole: public facts only",
                created_at: Bare "a moment",
                updated_at: Bare "a moment",
                version: Bare "a count",
            }
            /// Organizations, ours and those whom imported records name.
            organization: Shared {
                id: Bare "an id",
                source_index: Blind "finds the row at the next import",
                content_digest: Blind "tells whether the source changed",
                name: Bare "organizations are public",
                timezone: Bare "always empty here",
                resource: Bare "FHIR Organization: public facts only",
                created_at: Bare "a moment",
                updated_at: Bare "a moment",
                version: Bare "a count",
            }
            /// Places; times are always told in a place's own zone.
            location: Shared {
                id: Bare "an id",
                source_index: Blind "finds the row at the next import",
                content_digest: Blind "tells whether the source changed",
                name: Bare "places are public",
                timezone: Bare "the IANA zone in which its times are told",
                resource: Bare "FHIR Location: public facts only",
                created_at: Bare "a moment",
                updated_at: Bare "a moment",
                version: Bare "a count",
            }
            /// What the clinic says of a place: its week, and whether it still is.
            location_opening: Shared {
                id: Bare "an id: the place's",
                hours: Bare "opening hours are public",
                closed_at: Bare "a moment",
                updated_at: Bare "a moment",
                version: Bare "a count",
                entry: Bare "the ledger's place of the entry under which the row was written",
            }
            /// Days on which a place is closed.
            location_closure: Shared {
                id: Bare "an id",
                location_id: Bare "an id",
                on_date: Bare "a day, in the place's zone",
                note: Bare "what people are told: public",
                removed_at: Bare "a moment",
                created_at: Bare "a moment",
                updated_at: Bare "a moment",
                version: Bare "a count",
                entry: Bare "the ledger's place of the entry under which the row was written",
            }
            /// Kinds of visits.
            healthcare_service: Shared {
                id: Bare "an id",
                name: Bare "patients choose by it: public",
                minutes: Bare "a count",
                minutes_before: Bare "a count",
                minutes_after: Bare "a count",
                soonest_hours: Bare "a count",
                furthest_days: Bare "a count",
                meeting: Bare "a word: in-person or phone",
                shown: Bare "a word: patients or staff",
                retired_at: Bare "a moment",
                created_at: Bare "a moment",
                updated_at: Bare "a moment",
                version: Bare "a count",
                entry: Bare "the ledger's place of the entry under which the row was written",
            }
            /// What a clinic may not want, where somebody has decided.
            feature: Shared {
                name: Bare "a word",
                is_on: Bare "a state",
                updated_at: Bare "a moment",
                version: Bare "a count",
                entry: Bare "the ledger's place of the entry under which the row was written",
            }
            /// From which ages on a record is the child's own: each time that the clinic said so, and from when on it counts.
            age_rule: Shared {
                id: Bare "an id",
                number: Bare "a count: no two are decided at once",
                starts_on: Bare "a day of the clinic's own",
                teen: Bare "an age: a rule of the clinic's own, and nobody's",
                adult: Bare "an age: a rule of the clinic's own, and nobody's",
                law: Bare "which law the clinic follows: of nobody",
                counsel: Bare "who reviewed it with the clinic: no patient",
                decided_on: Bare "a day of the clinic's own",
                decided_by: Bare "an id",
                created_at: Bare "a moment",
                version: Bare "a count",
                entry: Bare "the ledger's place of the entry under which the row was written",
            }
            /// One row per practitioner who can be booked: its version keeps two from writing at once.
            availability: Shared {
                id: Bare "an id: the practitioner's",
                updated_at: Bare "a moment",
                version: Bare "a count",
                entry: Bare "the ledger's place of the entry under which the row was written",
            }
            /// A practitioner at a place, for kinds of visits.
            schedule: Shared {
                id: Bare "an id",
                practitioner_id: Bare "an id",
                location_id: Bare "an id",
                services: Bare "ids of kinds of visits",
                valid_from: Bare "a day of the clinic's own",
                valid_until: Bare "a day of the clinic's own",
                removed_at: Bare "a moment",
                created_at: Bare "a moment",
                updated_at: Bare "a moment",
                version: Bare "a count",
                entry: Bare "the ledger's place of the entry under which the row was written",
            }
            /// Every week on one day, in the place's wall time.
            availability_window: Shared {
                id: Bare "an id",
                schedule_id: Bare "an id",
                practitioner_id: Bare "an id",
                location_id: Bare "an id",
                weekday: Bare "1 to 7, Monday is 1",
                start_minute: Bare "a count: minutes since midnight",
                end_minute: Bare "a count: minutes since midnight",
                valid_from: Bare "a day of the clinic's own",
                valid_until: Bare "a day of the clinic's own",
                removed_at: Bare "a moment",
                created_at: Bare "a moment",
                updated_at: Bare "a moment",
                version: Bare "a count",
                entry: Bare "the ledger's place of the entry under which the row was written",
            }
            /// Days off, and extra hours on a day.
            availability_exception: Shared {
                id: Bare "an id",
                practitioner_id: Bare "an id",
                kind: Bare "a word: off or extra",
                location_id: Bare "an id",
                on_date: Bare "a day of the clinic's own",
                start_minute: Bare "a count: minutes since midnight",
                end_minute: Bare "a count: minutes since midnight",
                note: Bare "for colleagues: where somebody who works here is",
                removed_at: Bare "a moment",
                created_at: Bare "a moment",
                updated_at: Bare "a moment",
                version: Bare "a count",
                entry: Bare "the ledger's place of the entry under which the row was written",
            }
            /// Visits, planned and over: FHIR Appointment. One that is cancelled or was moved keeps its row.
            appointment: Chart {
                id: Bare "an id",
                patient_id: Bare "an id",
                practitioner_id: Bare "an id",
                location_id: Bare "an id",
                service_id: Bare "an id",
                start_at: Bare "a moment: the day's list is made by it",
                end_at: Bare "a moment",
                busy_from: Bare "a moment: from when the practitioner is taken, preparing included",
                busy_until: Bare "a moment",
                timezone: Bare "the IANA zone of the place, as of booking",
                meeting: Bare "a word: in-person or phone",
                state: Bare "a state",
                held_until: Bare "a moment: until when a time is kept for somebody who has not confirmed",
                state_at: Bare "a moment: since when it is in its state",
                cancel_reason: Bare "a word",
                cancelled_by: Bare "a word: patient or clinic",
                replaces: Bare "an id: the visit that was moved to this one",
                reason: Sealed as Reason "what the patient says the visit is about",
                note: Sealed as Note "what colleagues should know",
                booked_by: Bare "an id: the account that booked",
                created_at: Bare "a moment that the id tells already",
                updated_at: Bare "a moment",
                key_version: Bare "a count",
                version: Bare "a count",
                entry: Bare "the ledger's place of the entry under which the row was written",
            }
            /// Who can be booked by one change at a time.
            actor_lock: Shared {
                actor_id: Bare "an id: the practitioner's",
                version: Bare "a count",
            }
            /// The steps of five minutes in which somebody is taken. Of whom it is taken nothing is said: whoever books
            /// has to see it.
            occupancy: Shared {
                actor_id: Bare "an id: the practitioner's",
                step: Bare "a count: steps of five minutes since 1970",
                holder: Bare "an id: the visit's, which only those who may see it can look up",
                expires_at: Bare "a moment: until when a step is kept for somebody who has not confirmed",
            }
            /// Who answers.
            pool: Shared {
                id: Bare "an id",
                name: Bare "for colleagues",
                purpose: Bare "for colleagues",
                closed_at: Bare "a moment",
                created_at: Bare "a moment",
                updated_at: Bare "a moment",
                version: Bare "a count",
                entry: Bare "the ledger's place of the entry under which the row was written",
            }
            /// People who work here, in pools.
            pool_member: Shared {
                id: Bare "an id",
                pool_id: Bare "an id",
                account_id: Bare "an id",
                joined_at: Bare "a moment",
                left_at: Bare "a moment",
                version: Bare "a count",
                entry: Bare "the ledger's place of the entry under which the row was written",
            }
            /// People with a chart.
            patient: Chart {
                patient_id: Bare "an id",
                source_index: Blind "finds the row at the next import",
                mrn_index: Blind "finds the chart by its record number",
                content_digest: Blind "tells whether the source changed",
                name: Sealed as Name "the person's name",
                birth_date: Sealed as BirthDate "a date of birth",
                mrn: Sealed as Mrn "the clinic's number for the person",
                resource: Sealed as Resource "FHIR Patient: who the person is and how to reach them",
                deceased: Bare "policy compares it",
                key_version: Bare "a count",
                created_at: Bare "a moment",
                updated_at: Bare "a moment",
                version: Bare "a count",
                entry: Bare "the ledger's place of the entry under which the row was written",
            }
            /// Conversations between a patient and the care team.
            communication_thread: Chart {
                id: Bare "an id",
                patient_id: Bare "an id",
                topic: Bare "a word of a short list: the clinic sorts by it",
                subject: Sealed as SubjectLine "what somebody wrote",
                claimed_by: Bare "an id: who works here and answers",
                claimed_at: Bare "a moment",
                closed_by: Bare "an id: who works here and closed it",
                closed_at: Bare "a moment",
                key_version: Bare "a count: of the conversation's key",
                created_at: Bare "a moment that the id tells already",
                updated_at: Bare "a moment",
                version: Bare "a count",
                entry: Bare "the ledger's place of the entry under which the row was written",
            }
            /// A conversation's key, once for each who may open it.
            thread_key: Chart {
                thread_id: Bare "an id",
                patient_id: Bare "an id",
                holder_kind: Bare "a word: patient",
                holder_id: Bare "an id: whose key opens this one",
                version: Bare "a count",
                wrapped: Wrapped "under the holder's data key",
                key_version: Bare "a count: of the holder's key",
                created_at: Bare "a moment",
                entry: Bare "the ledger's place of the entry under which the row was written",
            }
            /// Messages.
            communication: Chart {
                id: Bare "an id",
                thread_id: Bare "an id",
                patient_id: Bare "an id",
                number: Bare "a count: the place in the conversation",
                side: Bare "a word: patient or team",
                account_id: Bare "an id: who wrote it",
                submission: Bare "an id: of the form, so that it counts once",
                body: Sealed as Body "what somebody wrote",
                key_version: Bare "a count: of the conversation's key",
                created_at: Bare "a moment: when it was sent",
                version: Bare "a count",
                entry: Bare "the ledger's place of the entry under which the row was written",
            }
            /// Who has read which message.
            communication_receipt: Chart {
                communication_id: Bare "an id",
                patient_id: Bare "an id",
                side: Bare "a word: patient or team",
                account_id: Bare "an id: who read it",
                read_at: Bare "a moment",
                entry: Bare "the ledger's place of the entry under which the row was written",
            }
            /// What somebody has begun to write, until it is sent.
            communication_draft: Chart {
                id: Bare "an id",
                patient_id: Bare "an id",
                account_id: Bare "an id: who writes",
                thread_id: Bare "an id; empty for a new conversation",
                submission: Bare "an id: of the form, so that it counts once",
                topic: Bare "a word of a short list",
                subject: Sealed as SubjectLine "what somebody has begun to write",
                body: Sealed as Body "what somebody has begun to write",
                key_version: Bare "a count: of the conversation's key, or of the patient's",
                created_at: Bare "a moment",
                updated_at: Bare "a moment",
                version: Bare "a count",
                entry: Bare "the ledger's place of the entry under which the row was written",
            }
            /// What of a record is kept from those who act for the patient.
            security_label: Chart {
                id: Bare "an id",
                patient_id: Bare "an id",
                target: Bare "an id: of an entry of the record",
                root: Bare "an id: of the entry for whose sake",
                side: Bare "a word: rule, patient or team; never why",
                reach: Bare "a count: queries compare it",
                made_by: Bare "an id: who keeps it private",
                created_at: Bare "a moment",
                ended_at: Bare "a moment",
                ended_by: Bare "an id: who shows it again",
                version: Bare "a count",
                entry: Bare "the ledger's place of the entry under which the row was written",
            }
            $(
            /// Clinical resources of one FHIR type, as imported.
            $table: Record {
                id: Bare "an id",
                patient_id: Bare "an id",
                source_index: Blind "finds the row at the next import",
                content_digest: Blind "tells whether the source changed",
                event_at: Bare "lists are sorted and paged by it",
                state: Bare "the resource's status word",
                encounter_id: Bare "an id",
                resource: Sealed as Resource "the FHIR resource: what happened, was found or was written",
                key_version: Bare "a count",
                created_at: Bare "a moment",
                updated_at: Bare "a moment",
                version: Bare "a count",
                entry: Bare "the ledger's place of the entry under which the row was written",
            }
            )+
        }
    };
}

clinical! {
    encounter, condition, allergy_intolerance, medication_request, medication_administration, immunization, observation,
    diagnostic_report, document_reference, procedure, care_team, care_plan, goal, device, imaging_study, coverage, provenance,
}

/// All tables of the main database, as the migrations make them.
pub const REGISTRY: &[TableEntry] = &all();

#[expect(clippy::indexing_slicing, reason = "of constants, while it is compiled: beyond the end does not compile")]
const fn all() -> [TableEntry; PEOPLE.len() + REST.len()] {
    let (mut all, mut at) = ([PEOPLE[0]; PEOPLE.len() + REST.len()], 0);
    while at < all.len() {
        all[at] = if at < PEOPLE.len() { PEOPLE[at] } else { REST[at - PEOPLE.len()] };
        at += 1;
    }
    all
}

/// The registry's entry of a table.
pub fn table(name: &str) -> Option<&'static TableEntry> {
    REGISTRY.iter().find(|table| table.name == name)
}
