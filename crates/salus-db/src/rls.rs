//! Row-level security on PostgreSQL, generated from the registry: who sees which rows, for an auditor to read.
//!
//! Every table is closed, also to its owner (FORCE); one policy opens it to the owner, and one per command to the
//! application's role. A command without a policy is not granted either. Nothing set = nothing seen.
//!
//! In the conditions below `{patient}`, `{account}`, `{practitioner}`, `{role}`, `{run}` and `{reach}` are the transaction's
//! [`Sight`](crate::Sight), NULL when not set; `{token}` and `{listed}` are arrays; `{anyone}` is true when anything is
//! set; `{gives}` is [`WHO_GIVES`], and `{marks}` is [`WHO_MARKS`].

use salus_kernel::{Archetype, TableEntry};

use crate::DbError;

/// What is done to rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Command {
    Select,
    Insert,
    Update,
    Delete,
}

use Command::{Delete, Insert, Select, Update};

impl Command {
    const ALL: [Self; 4] = [Select, Insert, Update, Delete];

    const fn word(self) -> &'static str {
        match self {
            Select => "SELECT",
            Insert => "INSERT",
            Update => "UPDATE",
            Delete => "DELETE",
        }
    }
}

/// What an archetype opens. Import looks for rows by their source in any chart, and writes only into the open one.
const fn archetype_rule(archetype: Archetype, command: Command) -> Option<&'static str> {
    match (archetype, command) {
        (Archetype::Chart, Select) => Some("patient_id = {patient} OR {run} = 'import'"),
        (Archetype::Record, Select) => Some(
            "(patient_id = {patient} AND ({run} IS NOT NULL OR id NOT IN (
                 SELECT l.target FROM security_label l
                  WHERE l.patient_id = {patient} AND l.ended_at IS NULL AND l.reach > COALESCE({reach}::bigint, 0))))
             OR {run} = 'import'",
        ),
        (Archetype::Chart | Archetype::Record, Insert | Update) => Some("patient_id = {patient}"),
        (Archetype::Account, _) | (Archetype::Token, Insert | Delete) => Some("account_id = {account}"),
        (Archetype::Token, Select | Update) => {
            Some("account_id = {account} OR encode(token_hash, 'hex') = ANY ({token})")
        }
        (Archetype::Lookup, _) => Some("key = ANY ({token})"),
        (Archetype::Shared, Select) => Some("{anyone}"),
        // Whoever changes something leaves what follows from it; only the runner takes it up.
        (Archetype::Runner, Insert) => Some("{anyone}"),
        (Archetype::Runner, Select | Update | Delete) => Some("{run} = 'jobs'"),
        (Archetype::Chart | Archetype::Record, Delete)
        | (Archetype::Shared, Insert | Update | Delete)
        | (Archetype::Keys | Archetype::Ruled, _) => None,
    }
}

/// How a table's own rule meets its archetype's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    /// One or the other opens the row.
    Also,
    /// This rule replaces the archetype's for these commands.
    Only,
}

use How::{Also, Only};

/// What a table opens beyond, or instead of, its archetype.
struct Extra(&'static str, &'static [Command], How, &'static str);

/// Who may read and write in a patient's conversations: the patient, and who treats patients.
const WHO_TALK: &str = "(patient_id = {patient} AND ({role} IS NULL OR {role} IN ('practitioner', 'nurse')))";
/// The same, and under nobody else's name.
const UNDER_OWN_NAME: &str = "patient_id = {patient} AND account_id = {account}
         AND ((side = 'patient' AND {role} IS NULL) OR (side = 'team' AND {role} IN ('practitioner', 'nurse')))";

/// Who says who acts for a patient: the patient, and the front desk.
const WHO_GIVES: &str = "patient_id = {patient}
         AND ({role} = 'front-desk'
              OR ({role} IS NULL
                  AND EXISTS (SELECT 1 FROM access_grant g
                               WHERE g.account_id = {account} AND g.patient_id = related_person.patient_id
                                 AND g.basis = 'self' AND g.ends_at IS NULL)))";

/// Who says what of a record is kept private, and ends what a rule marked: each side for itself.
const WHO_MARKS: &str = "((side IN ('team', 'rule') AND {role} IN ('practitioner', 'nurse'))
          OR (side IN ('patient', 'rule') AND {role} IS NULL
              AND EXISTS (SELECT 1 FROM access_grant g
                           WHERE g.account_id = {account} AND g.patient_id = security_label.patient_id
                             AND g.basis = 'self' AND g.ends_at IS NULL)))";

const EXTRAS: &[Extra] = &[
    // The sign-in page shows the clinic's name to nobody in particular.
    Extra("clinic", &[Select], Only, "TRUE"),
    Extra("clinic", &[Insert, Update], Also, "{role} = 'administrator' OR {run} = 'setup'"),
    // Keys are wrapped: reading one is worth nothing without the key above it.
    Extra("clinic_key", &[Select], Also, "{anyone}"),
    Extra("clinic_key", &[Insert, Update], Also, "{run} = 'setup'"),
    Extra(
        "subject_key",
        &[Select],
        Also,
        "(subject_kind = 'patient'
             AND (subject_id = {patient} OR subject_id = ANY ({listed}) OR {run} IN ('directory', 'import')))
         OR (subject_kind = 'account' AND subject_id = {account})
         OR (subject_kind = 'account' AND {role} = 'front-desk'
             AND (EXISTS (SELECT 1 FROM registration r WHERE r.account_id = subject_id AND r.verified_at IS NOT NULL)
                  OR EXISTS (SELECT 1 FROM recovery r WHERE r.account_id = subject_id AND NOT r.for_staff)
                  OR EXISTS (SELECT 1 FROM caregiver_request c WHERE c.account_id = subject_id AND c.state <> 'withdrawn')))
         OR (subject_kind = 'clinic' AND {anyone})",
    ),
    Extra(
        "subject_key",
        &[Insert],
        Also,
        "{run} IN ('setup', 'import', 'accounts')
         OR (subject_kind = 'patient' AND subject_id = {patient})
         OR (subject_kind = 'account' AND subject_id = {account})",
    ),
    // Signing in looks an account up by the blind index of the address; nobody can list them.
    Extra("account", &[Select], Only, "id = {account} OR email_index = ANY ({token}) OR {run} = 'accounts'"),
    // Nor does anybody list passkeys: a browser shows which one it has.
    Extra("passkey", &[Select], Also, "credential_index = ANY ({token})"),
    // Nor what accounts are called elsewhere: a provider says whom it means.
    Extra("federated_identity", &[Select], Also, "identity_index = ANY ({token})"),
    // What nobody asks for any more is thrown away.
    Extra("passkey_challenge", &[Select, Delete], Also, "{run} = 'jobs'"),
    Extra("parked_form", &[Select, Delete], Also, "{run} = 'jobs'"),
    Extra("email_change", &[Select, Delete], Also, "{run} IN ('jobs', 'restore')"),
    Extra("account_undo", &[Select, Delete], Also, "{run} IN ('jobs', 'restore')"),
    // Whoever has the code of a mailed link finds what it takes back, and whose it is.
    Extra("account_undo", &[Select], Also, "key = ANY ({token})"),
    // An account is made by the command, or by whoever redeems an invite in the same transaction.
    Extra(
        "account",
        &[Insert],
        Only,
        "{run} = 'accounts'
         OR (id = {account} AND EXISTS (SELECT 1 FROM invite i WHERE i.key = ANY ({token}) AND i.account_id = {account}))",
    ),
    Extra("account", &[Update], Only, "id = {account} OR {run} = 'accounts'"),
    Extra("account", &[Delete], Only, "FALSE"),
    Extra("staff_member", &[Update], Also, "{role} = 'administrator' OR {run} IN ('setup', 'accounts')"),
    Extra(
        "staff_member",
        &[Insert],
        Also,
        "{run} IN ('setup', 'accounts')
         OR (account_id = {account}
             AND EXISTS (SELECT 1 FROM invite i
                          WHERE i.key = ANY ({token}) AND i.account_id = {account} AND i.role = staff_member.role)
             AND custom_role_id IS NULL)",
    ),
    // Who registers sees their own, and a new one with the same address voids the one before. The desk sees whose address
    // was verified, and alone decides.
    Extra(
        "registration",
        &[Select],
        Also,
        "address_index = ANY ({token}) OR ({role} = 'front-desk' AND verified_at IS NOT NULL)",
    ),
    Extra(
        "registration",
        &[Update],
        Only,
        "(account_id = {account} AND state IN ('mailed', 'waiting', 'void'))
         OR (address_index = ANY ({token}) AND state IN ('mailed', 'void'))
         OR ({role} = 'front-desk' AND verified_at IS NOT NULL)",
    ),
    Extra("registration", &[Insert], Only, "account_id = {account} AND state = 'mailed'"),
    Extra("registration", &[Delete], Only, "FALSE"),
    // Whoever has the key of an invite, and whoever may make one of its kind.
    Extra(
        "invite",
        &[Select, Update],
        Also,
        "(kind = 'staff' AND ({role} = 'administrator' OR {run} = 'accounts'))
         OR (kind IN ('register', 'reset') AND {run} = 'jobs')
         OR (patient_id = {patient} AND {role} = 'front-desk')",
    ),
    Extra(
        "invite",
        &[Insert],
        Only,
        "(kind = 'staff' AND ({role} = 'administrator' OR {run} = 'accounts'))
         OR (kind = 'patient' AND patient_id = {patient} AND {role} = 'front-desk')
         OR (kind = 'return' AND patient_id = {patient} AND {role} = 'front-desk'
             AND EXISTS (SELECT 1 FROM access_grant g
                          WHERE g.account_id = invite.for_account AND g.patient_id = invite.patient_id AND g.basis = 'self'))
         OR (kind = 'register' AND registration_id = {account} AND {run} = 'jobs')
         OR (kind = 'reset' AND for_account = {account} AND {run} = 'jobs')",
    ),
    Extra("invite", &[Delete], Only, "FALSE"),
    // Which step follows which is the table's trigger.
    // Who has lost what they sign in with asks by a mailed link, under their own name. The front desk finds out who a patient is; for a
    // colleague an administrator does and then somebody else. What was decided stays decided.
    Extra(
        "recovery",
        &[Select],
        Also,
        "account_id = {account} OR ({role} = 'front-desk' AND NOT for_staff) OR ({role} IS NOT NULL AND for_staff)
         OR {role} = 'administrator' OR {run} IN ('audit', 'restore')",
    ),
    Extra(
        "recovery",
        &[Insert],
        Only,
        "(account_id = {account} AND state = 'waiting' AND vouched_by IS NULL AND decided_by IS NULL AND proof IS NULL
             AND for_staff = EXISTS (SELECT 1 FROM staff_member m WHERE m.account_id = recovery.account_id)
             AND EXISTS (SELECT 1 FROM invite i WHERE i.key = ANY ({token}) AND i.kind = 'reset' AND i.account_id = {account}))
         OR ({role} = 'administrator' AND for_staff AND state = 'vouched' AND vouched_by = {account}
             AND EXISTS (SELECT 1 FROM staff_member m WHERE m.account_id = recovery.account_id AND m.active))",
    ),
    Extra(
        "recovery",
        &[Update],
        Only,
        "state IN ('waiting', 'vouched', 'approved')
         AND (account_id = {account} OR ({role} = 'front-desk' AND NOT for_staff) OR ({role} IS NOT NULL AND for_staff)
              OR {role} = 'administrator' OR {run} = 'restore')",
    ),
    Extra("recovery", &[Delete], Only, "FALSE"),
    // What gives access is written by one command, and by whoever redeems the invite to exactly this chart: an account
    // can't grant itself another one.
    Extra("access_grant", &[Select], Only, "account_id = {account} OR patient_id = {patient} OR {run} IN ('accounts', 'review')"),
    // The front desk ends what binds an account to the open chart, and binds whose address was verified.
    Extra(
        "access_grant",
        &[Update],
        Only,
        "{run} = 'accounts' OR ({role} = 'front-desk' AND patient_id = {patient} AND basis = 'self' AND ends_at IS NULL)",
    ),
    Extra(
        "access_grant",
        &[Insert],
        Only,
        "{run} = 'accounts'
         OR (account_id = {account} AND basis = 'self'
             AND EXISTS (SELECT 1 FROM invite i
                          WHERE i.key = ANY ({token}) AND i.account_id = {account} AND i.patient_id = access_grant.patient_id))
         OR ({role} = 'front-desk' AND patient_id = {patient} AND basis = 'self'
             AND EXISTS (SELECT 1 FROM registration r
                          WHERE r.account_id = access_grant.account_id AND r.state = 'waiting'))",
    ),
    Extra("access_grant", &[Delete], Only, "FALSE"),
    // Who acts for a patient: offered in the patient's chart, taken up by whoever shows the code, under their own name, and ended
    // by either side or by the desk. What was ended stays ended. Closing a colleague takes back codes that wait.
    Extra(
        "related_person",
        &[Select],
        Only,
        "patient_id = {patient} OR account_id = {account} OR key = ANY ({token}) OR {run} IN ('audit', 'restore', 'review')
         OR (state = 'active' AND {run} = 'jobs') OR (account_id IS NULL AND {role} = 'administrator')",
    ),
    Extra(
        "related_person",
        &[Insert],
        Only,
        "made_by = {account} AND account_id IS NULL AND state = 'offered' AND ({gives})",
    ),
    Extra(
        "related_person",
        &[Update],
        Only,
        "ended_at IS NULL AND (account_id = {account} OR key = ANY ({token}) OR ({gives}) OR {run} = 'restore'
         OR (state = 'offered' AND {role} = 'administrator'))",
    ),
    Extra("related_person", &[Delete], Only, "FALSE"),
    // Who asks to act for a patient asks under their own name, and says of themselves no other chart than their own; the front desk
    // answers, under its own name. Photos go with what is still open, and are thrown away; nobody puts another in their place.
    Extra("caregiver_request", &[Select], Also, "({role} = 'front-desk' AND state <> 'withdrawn') OR {run} IN ('audit', 'jobs')"),
    Extra(
        "caregiver_request",
        &[Insert],
        Only,
        "account_id = {account} AND {role} IS NULL AND state = 'open' AND decided_by IS NULL AND evidence IS NULL
         AND (own_patient IS NULL
              OR EXISTS (SELECT 1 FROM access_grant g
                          WHERE g.account_id = {account} AND g.patient_id = caregiver_request.own_patient
                            AND g.basis = 'self' AND g.ends_at IS NULL))",
    ),
    Extra(
        "caregiver_request",
        &[Update],
        Only,
        "(account_id = {account} AND {role} IS NULL AND state IN ('open', 'granted'))
         OR ({role} = 'front-desk' AND state IN ('open', 'granted') AND account_id <> {account})",
    ),
    Extra("caregiver_request", &[Delete], Only, "FALSE"),
    Extra("caregiver_photo", &[Select], Also, "{role} = 'front-desk' OR {run} = 'jobs'"),
    Extra(
        "caregiver_photo",
        &[Insert],
        Only,
        "account_id = {account} AND {role} IS NULL
         AND EXISTS (SELECT 1 FROM caregiver_request c
                      WHERE c.id = caregiver_photo.request_id AND c.account_id = {account} AND c.state = 'open')",
    ),
    Extra("caregiver_photo", &[Update], Only, "FALSE"),
    Extra(
        "caregiver_photo",
        &[Delete],
        Only,
        "(account_id = {account}
             AND EXISTS (SELECT 1 FROM caregiver_request c
                          WHERE c.id = caregiver_photo.request_id AND c.state IN ('open', 'withdrawn')))
         OR {run} = 'jobs'",
    ),
    Extra(
        "care_team_member",
        &[Select],
        Only,
        "patient_id = {patient} OR practitioner_id = {practitioner} OR {run} = 'accounts'",
    ),
    // The front desk puts on the open chart's team who works here and treats patients, and takes people off it.
    Extra(
        "care_team_member",
        &[Insert],
        Only,
        "{run} = 'accounts'
         OR ({role} = 'front-desk' AND patient_id = {patient} AND ends_at IS NULL
             AND EXISTS (SELECT 1 FROM staff_member m
                          WHERE m.practitioner_id = care_team_member.practitioner_id AND m.active
                            AND m.role IN ('practitioner', 'nurse')))",
    ),
    Extra(
        "care_team_member",
        &[Update],
        Only,
        "{run} = 'accounts' OR ({role} = 'front-desk' AND patient_id = {patient} AND ends_at IS NULL)",
    ),
    Extra("care_team_member", &[Delete], Only, "FALSE"),
    // Who treats patients opens a record in an emergency under their own name, and nobody signs off their own.
    Extra("emergency_access", &[Select], Only, "patient_id = {patient} OR {role} = 'privacy-officer' OR {run} IN ('audit', 'review')"),
    Extra(
        "emergency_access",
        &[Insert],
        Only,
        "patient_id = {patient} AND account_id = {account} AND reviewed_at IS NULL
         AND ((kind IS NULL AND {role} IN ('practitioner', 'nurse'))
              OR (kind = 'watched' AND {role} IN ('front-desk', 'biller', 'nurse')
                  AND EXISTS (SELECT 1 FROM watched_record w
                               WHERE w.patient_id = emergency_access.patient_id AND w.ended_at IS NULL)))",
    ),
    Extra("emergency_access", &[Update], Only, "{role} = 'privacy-officer' AND reviewed_at IS NULL"),
    Extra("emergency_access", &[Delete], Only, "FALSE"),
    // Closing a colleague takes back the slips with which they let patients back in.
    Extra("invite", &[Select, Update], Also, "(kind = 'return' AND {role} = 'administrator')"),
    // `salus audit verify --rows` compares and counts whatever lets somebody in; `staff_member` everybody sees. A table
    // that comes to this (`registration`) needs a line here too, and one in access/rows.rs.
    Extra("account", &[Select], Also, "{run} = 'audit'"),
    Extra("access_grant", &[Select], Also, "{run} = 'audit'"),
    Extra("care_team_member", &[Select], Also, "{run} = 'audit'"),
    Extra("invite", &[Select], Also, "{run} = 'audit'"),
    Extra("registration", &[Select], Also, "{run} = 'audit'"),
    // A restore brings no invite back to life, and no job that would mail somebody again.
    Extra("invite", &[Select, Update], Also, "{run} = 'restore'"),
    Extra("job", &[Select, Update], Also, "{run} = 'restore'"),
    Extra("ledger_lease", &[Select, Insert, Update], Only, "{run} = 'ledger'"),
    // Whoever changes something leaves its outcome for the ledger; only the ledger's own runs read it.
    Extra("ledger_outcome", &[Insert], Only, "{anyone}"),
    Extra("ledger_outcome", &[Select], Only, "{run} IN ('ledger', 'audit')"),
    Extra("ledger_outcome", &[Delete], Only, "{run} = 'ledger'"),
    // An administrator sees what waits and what was given up, and has the latter run again.
    Extra("job", &[Select], Also, "{role} = 'administrator'"),
    Extra("job", &[Update], Also, "({role} = 'administrator' AND state IN ('given-up', 'queued'))"),
    Extra("practitioner", &[Insert, Update], Also, "{role} = 'administrator' OR {run} IN ('import', 'setup', 'accounts')"),
    Extra("practitioner_role", &[Insert, Update], Also, "{run} IN ('import', 'setup', 'accounts')"),
    Extra("organization", &[Insert, Update], Also, "{run} IN ('import', 'setup', 'accounts')"),
    Extra("location", &[Insert, Update], Also, "{role} = 'administrator' OR {run} IN ('import', 'setup', 'accounts')"),
    // What the clinic sets up for itself.
    Extra("location_opening", &[Insert, Update], Also, "{role} = 'administrator'"),
    Extra("healthcare_service", &[Insert, Update], Also, "{role} = 'administrator' OR {run} = 'accounts'"),
    Extra("feature", &[Insert, Update], Also, "{role} = 'administrator'"),
    Extra("age_rule", &[Insert], Also, "{role} = 'administrator' AND decided_by = {account}"),
    // Two people: an administrator says what a role is to be, whoever else works here confirms it (and nobody who has it: the trigger).
    Extra("custom_role", &[Insert], Also, "{role} = 'administrator' AND proposed_by = {account} AND state = 'proposed'"),
    Extra("custom_role", &[Update], Also, "{role} IS NOT NULL AND state IN ('proposed', 'current')"),
    Extra("availability", &[Insert, Update], Also, "{role} = 'administrator' OR {run} = 'accounts'"),
    Extra("schedule", &[Insert, Update], Also, "{role} = 'administrator' OR {run} = 'accounts'"),
    Extra("availability_window", &[Insert, Update], Also, "{role} = 'administrator' OR {run} = 'accounts'"),
    Extra("availability_exception", &[Insert, Update], Also, "{role} = 'administrator'"),
    // The day's list: of a practitioner's own visits, and of all of them for those who receive patients. Names are opened one
    // by one, after an entry that names them.
    Extra(
        "appointment",
        &[Select],
        Also,
        "{role} IN ('front-desk', 'nurse') OR ({role} = 'practitioner' AND practitioner_id = {practitioner}) OR {run} IN ('audit', 'review')",
    ),
    // What goes through the ledger says what it found; the privacy officer says what came of it, and signs the week off.
    Extra("access_review", &[Select], Also, "{role} = 'privacy-officer' OR {run} IN ('review', 'audit')"),
    Extra("access_review", &[Insert], Also, "{run} = 'review' AND signed_at IS NULL"),
    Extra("access_review", &[Update], Also, "signed_at IS NULL AND ({role} = 'privacy-officer' OR {run} = 'review')"),
    // Whether a chart that is opened is watched, the guard asks.
    Extra(
        "watched_record",
        &[Select],
        Also,
        "patient_id = {patient} OR {role} = 'privacy-officer' OR {run} IN ('review', 'audit', 'directory')",
    ),
    Extra("watched_record", &[Insert], Also, "{role} = 'privacy-officer' AND made_by = {account} AND ended_at IS NULL"),
    Extra("watched_record", &[Update], Also, "{role} = 'privacy-officer' AND ended_at IS NULL"),
    Extra("access_finding", &[Select], Also, "{role} = 'privacy-officer' OR {run} IN ('review', 'audit')"),
    Extra("access_finding", &[Insert], Also, "{run} = 'review' AND judged_at IS NULL"),
    Extra(
        "access_finding",
        &[Update],
        Also,
        "{role} = 'privacy-officer' AND account_id <> {account}
         AND (verdict = 'follow-up'
              OR EXISTS (SELECT 1 FROM access_review r WHERE r.id = access_finding.review_id AND r.signed_at IS NULL))",
    ),
    // Whoever books takes the practitioner's lock, and steps for a visit in the open chart. A step that is only kept may be
    // cleared by anybody, because whoever books next clears what has run out; one that is booked, only with its visit's chart.
    Extra("actor_lock", &[Insert, Update], Also, "{patient} IS NOT NULL"),
    Extra(
        "occupancy",
        &[Insert, Update],
        Also,
        "EXISTS (SELECT 1 FROM appointment a WHERE a.id = occupancy.holder AND a.patient_id = {patient})",
    ),
    Extra(
        "occupancy",
        &[Delete],
        Also,
        "({patient} IS NOT NULL AND expires_at IS NOT NULL)
         OR EXISTS (SELECT 1 FROM appointment a WHERE a.id = occupancy.holder AND a.patient_id = {patient})",
    ),
    Extra("pool", &[Insert, Update], Also, "{role} = 'administrator'"),
    Extra("pool_member", &[Insert, Update], Also, "{role} = 'administrator'"),
    Extra("location_closure", &[Insert, Update], Also, "{role} = 'administrator'"),
    // Messages: the patient, and those who treat them; the front desk, who may open the chart for other things, sees none.
    // Across charts a practitioner sees conversations of patients in their care. What was written is never changed, and
    // nobody writes, reads or drafts under somebody else's name.
    Extra("communication_thread", &[Select], Only, WHO_TALK),
    Extra("communication_thread", &[Select], Also, "EXISTS (SELECT 1 FROM care_team_member c WHERE c.patient_id = communication_thread.patient_id AND c.practitioner_id = {practitioner} AND c.ends_at IS NULL) OR {run} = 'audit'"),
    Extra("communication_thread", &[Insert, Update], Only, WHO_TALK),
    Extra("thread_key", &[Select], Only, WHO_TALK),
    Extra("thread_key", &[Select], Also, "EXISTS (SELECT 1 FROM care_team_member c WHERE c.patient_id = thread_key.patient_id AND c.practitioner_id = {practitioner} AND c.ends_at IS NULL) OR {run} = 'audit'"),
    Extra("thread_key", &[Insert], Only, WHO_TALK),
    Extra("thread_key", &[Update], Only, "FALSE"),
    Extra("communication", &[Select], Only, WHO_TALK),
    Extra("communication", &[Select], Also, "EXISTS (SELECT 1 FROM care_team_member c WHERE c.patient_id = communication.patient_id AND c.practitioner_id = {practitioner} AND c.ends_at IS NULL) OR {run} = 'audit'"),
    Extra("communication", &[Insert], Only, UNDER_OWN_NAME),
    Extra("communication", &[Update], Only, "FALSE"),
    Extra("communication_receipt", &[Select], Only, WHO_TALK),
    Extra("communication_receipt", &[Select], Also, "EXISTS (SELECT 1 FROM care_team_member c WHERE c.patient_id = communication_receipt.patient_id AND c.practitioner_id = {practitioner} AND c.ends_at IS NULL) OR {run} = 'audit'"),
    Extra("communication_receipt", &[Insert], Only, UNDER_OWN_NAME),
    Extra("communication_receipt", &[Update], Only, "FALSE"),
    Extra("communication_draft", &[Select], Only, "(patient_id = {patient} AND account_id = {account}) OR {run} = 'audit'"),
    Extra("communication_draft", &[Insert, Update], Only, "patient_id = {patient} AND account_id = {account}"),
    // What is kept private: an import says so of what a rule calls sensitive and of what names something private; the patient
    // and who treats them do under their own name. A caregiver says nothing of it.
    Extra("security_label", &[Select], Also, "{run} = 'audit'"),
    Extra(
        "security_label",
        &[Insert],
        Only,
        "patient_id = {patient} AND ended_at IS NULL
         AND ({run} = 'import' OR (made_by = {account} AND {marks}))",
    ),
    Extra("security_label", &[Update], Only, "patient_id = {patient} AND ended_at IS NULL AND {marks}"),
    // Names on a list that has been written down, and the in-memory directory of names.
    Extra("patient", &[Select], Also, "patient_id = ANY ({listed}) OR {run} = 'directory'"),
];

/// Tables of which the application changes these columns alone, and what a changed row must be: what gives access is
/// ended or signed off, and never moved to somebody else or begun anew.
const ENDED_ALONE: &[(&str, &str, &str)] = &[
    ("access_grant", "ends_at, entry", "{run} = 'accounts' OR ends_at IS NOT NULL"),
    ("care_team_member", "ends_at, entry", "{run} = 'accounts' OR ends_at IS NOT NULL"),
    (
        "related_person",
        "account_id, account_name, patient_name, account_key_version, state, wrong_dates, starts_at, ended_at, ended_by, updated_at, version, entry",
        "state = 'ended' OR (key = ANY ({token}) AND (state = 'offered' OR account_id = {account}))",
    ),
    (
        "recovery",
        "state, vouched_by, vouched_at, evidence, reason, decided_by, decided_at, proof, wrong_codes, ends_at, version, entry",
        "(state = 'withdrawn' AND (account_id = {account} OR {role} = 'administrator' OR {run} = 'restore'))
         OR ((state = 'done' OR (state = 'approved' AND wrong_codes > 0)) AND account_id = {account} AND key = ANY ({token}))
         OR (state IN ('approved', 'refused') AND decided_by = {account} AND {role} = 'front-desk' AND NOT for_staff)
         OR (state = 'vouched' AND vouched_by = {account} AND {role} = 'administrator')
         OR (state IN ('approved', 'refused') AND decided_by = {account} AND {role} IS NOT NULL AND for_staff)",
    ),
    (
        "caregiver_request",
        "state, reason, evidence, code, patient_id, decided_by, decided_at, version, entry",
        "(account_id = {account} AND state IN ('withdrawn', 'begun'))
         OR ({role} = 'front-desk' AND state IN ('granted', 'refused') AND decided_by = {account})",
    ),
    (
        "security_label",
        "ended_at, ended_by, version, entry",
        "patient_id = {patient} AND ended_at IS NOT NULL AND ended_by = {account}",
    ),
    (
        "emergency_access",
        "reviewed_at, reviewed_by, verdict, updated_at, version, entry",
        "{role} = 'privacy-officer' AND reviewed_by = {account}",
    ),
    (
        "access_review",
        "ends_at, read_until, entries, looks, unexplained, refused, signed_at, signed_by, updated_at, version, entry",
        "({run} = 'review' AND signed_at IS NULL) OR ({role} = 'privacy-officer' AND signed_by = {account})",
    ),
    (
        "custom_role",
        "state, decided_at, decided_by, updated_at, version, entry",
        "({role} IS NOT NULL AND (state = 'replaced' OR (state IN ('current', 'refused') AND decided_by = {account})))
         OR ({role} = 'administrator' AND (state = 'ended' OR (state = 'withdrawn' AND decided_by = {account})))",
    ),
    ("watched_record", "ended_at, ended_by, version, entry", "{role} = 'privacy-officer' AND ended_by = {account}"),
    (
        "access_finding",
        "judged_at, judged_by, verdict, updated_at, version, entry",
        "{role} = 'privacy-officer' AND judged_by = {account}",
    ),
];

/// The condition under which the application's role may do this to a row; `None` where it may not at all.
fn rule(table: &TableEntry, command: Command) -> Option<String> {
    let extras: Vec<&Extra> =
        EXTRAS.iter().filter(|extra| extra.0 == table.name && extra.1.contains(&command)).collect();
    let replaced = extras.iter().any(|extra| extra.2 == Only);
    let own = archetype_rule(table.archetype, command).filter(|_| !replaced);
    let rules: Vec<&str> =
        own.into_iter().chain(extras.iter().map(|extra| extra.3)).filter(|rule| *rule != "FALSE").collect();
    if rules.is_empty() { None } else { Some(expand(&rules.join(" OR "))) }
}

/// Puts the settings in. Each stands in a sub-select, which PostgreSQL evaluates once per statement and not per row.
pub(crate) fn expand(rule: &str) -> String {
    // After a transaction a setting reads '' and not NULL.
    let setting = |name: &str| format!("NULLIF(current_setting('salus.{name}', true), '')");
    let array = |name: &str| format!("(SELECT string_to_array({}, ','))::text[]", setting(name));
    let names = ["account", "patient", "practitioner", "role", "token", "listed", "run"];
    let anyone = format!("(SELECT COALESCE({}) IS NOT NULL)", names.map(setting).join(", "));
    let mut text = rule.replace("{gives}", WHO_GIVES).replace("{marks}", WHO_MARKS).replace("{anyone}", &anyone);
    for name in ["token", "listed"] {
        text = text.replace(&format!("{{{name}}}"), &array(name));
    }
    for name in ["account", "patient", "practitioner", "role", "run", "reach"] {
        text = text.replace(&format!("{{{name}}}"), &format!("(SELECT {})", setting(name)));
    }
    text
}

/// `"name"`, for names that are settings or registry entries.
pub(crate) fn quoted(name: &str) -> Result<String, DbError> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if !name.is_empty() && name.bytes().all(plain) {
        Ok(format!("\"{name}\""))
    } else {
        Err(DbError::broken("a role's or table's name may only have a-z, 0-9 and _"))
    }
}

/// Everything before the tables: old policies go, nobody but the owner can create anything, these roles may connect.
pub(crate) fn preamble(roles: &[&str]) -> Result<String, DbError> {
    let mut script = String::from(
        "DO $$
         DECLARE p record;
         BEGIN
             FOR p IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'public' LOOP
                 EXECUTE format('DROP POLICY %I ON public.%I', p.policyname, p.tablename);
             END LOOP;
             EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
         END $$;
         REVOKE ALL ON SCHEMA public FROM PUBLIC;\n",
    );
    for role in roles {
        let bare = role;
        let role = quoted(role)?;
        script.push_str(&format!(
            "DO $$ BEGIN
                 IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{bare}' AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb))
                    OR pg_has_role('{bare}', current_user, 'MEMBER') THEN
                     RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = 'the role {bare} is too powerful: no superuser, BYPASSRLS, CREATEROLE, CREATEDB, and no member of the owner';
                 END IF;
                 EXECUTE format('REVOKE ALL ON DATABASE %I FROM {role}', current_database());
                 EXECUTE format('GRANT CONNECT ON DATABASE %I TO {role}', current_database());
             END $$;
             REVOKE ALL ON SCHEMA public FROM {role};
             GRANT USAGE ON SCHEMA public TO {role};
             REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};\n"
        ));
    }
    Ok(script)
}

/// Closes a table and opens it to its owner. The owner's policy is explicit: without it a data migration would say
/// `UPDATE 0` and `pg_dump` would fail.
pub(crate) fn closed_but_to_owner(table: &str) -> Result<String, DbError> {
    let table = quoted(table)?;
    Ok(format!(
        "REVOKE ALL ON {table} FROM PUBLIC;
         ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
         ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
         CREATE POLICY owner_all ON {table} FOR ALL TO CURRENT_USER USING (TRUE) WITH CHECK (TRUE);\n"
    ))
}

/// Opens one command on a table to a role, under a condition, with the grant that goes with it.
pub(crate) fn opened(table: &str, command: &str, role: &str, condition: &str) -> Result<String, DbError> {
    let (table, policy, role) = (quoted(table)?, format!("{role}_{}", command.to_lowercase()), quoted(role)?);
    let policy = quoted(&policy)?;
    let condition = match command {
        "INSERT" => format!("WITH CHECK ({condition})"),
        "UPDATE" => format!("USING ({condition}) WITH CHECK ({condition})"),
        _ => format!("USING ({condition})"),
    };
    Ok(format!(
        "GRANT {command} ON {table} TO {role};
         CREATE POLICY {policy} ON {table} FOR {command} TO {role} {condition};\n"
    ))
}

/// Opens changes of these columns alone, of rows that are like this before and like that afterwards.
fn opened_to_end(table: &str, columns: &str, role: &str, before: &str, after: &str) -> Result<String, DbError> {
    let (table, policy, role) = (quoted(table)?, quoted(&format!("{role}_update"))?, quoted(role)?);
    Ok(format!(
        "GRANT UPDATE ({columns}) ON {table} TO {role};
         CREATE POLICY {policy} ON {table} FOR UPDATE TO {role} USING ({before}) WITH CHECK ({after});\n"
    ))
}

/// Row-level security and grants of the main database.
pub(crate) fn main_script(registry: &[TableEntry], app_role: &str) -> Result<String, DbError> {
    let mut script = preamble(&[app_role])?;
    script.push_str(&closed_but_to_owner("schema_migration")?);
    script.push_str(&opened("schema_migration", "SELECT", app_role, "TRUE")?);
    for table in registry {
        script.push_str(&closed_but_to_owner(table.name)?);
        for command in Command::ALL {
            let Some(condition) = rule(table, command) else { continue };
            match ENDED_ALONE.iter().find(|(name, ..)| *name == table.name).filter(|_| command == Update) {
                Some((name, columns, after)) => {
                    script.push_str(&opened_to_end(name, columns, app_role, &condition, &expand(after))?);
                }
                None => script.push_str(&opened(table.name, command.word(), app_role, &condition)?),
            }
        }
    }
    Ok(script)
}

/// A table that nobody has classified, or that the registry only dreams of, stops the migration.
pub(crate) fn refuse_unknown_tables(tables: &[String], registry: &[TableEntry]) -> Result<(), DbError> {
    for table in tables {
        if table != "schema_migration" && !registry.iter().any(|entry| entry.name == table) {
            return Err(DbError::broken(format!("table {table} is not in the registry: say who sees its rows")));
        }
    }
    for entry in registry {
        if !tables.iter().any(|table| table == entry.name) {
            return Err(DbError::broken(format!("the registry has a table {} that the database has not", entry.name)));
        }
    }
    Ok(())
}
