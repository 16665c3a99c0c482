//! What an entry means to the privacy officer. Pure.

use std::collections::{BTreeSet, HashMap};

use jiff::tz::TimeZone;
use salus_db::ledger::LedgerRow;
use salus_kernel::{Action, PatientId, Role};
use salus_ledger::{ActorKind, EntryDraft, Kind, Outcome, Relation};

use super::views::EntryLine;
use crate::{
    clinic::role_in_words,
    shell::{
        dates,
        view::{Tag, Tone},
        words,
    },
};

/// The end of an id, which is its random part: "…1e0a4b77".
pub fn ending(id: &str) -> String {
    let skipped = id.chars().count().saturating_sub(8);
    format!("…{}", id.chars().skip(skipped).collect::<String>())
}

/// An entry in words. `wanted` is the patient who is searched for, to be named first in a list.
pub fn line(row: &LedgerRow, staff: &HashMap<String, String>, wanted: Option<PatientId>, zone: &TimeZone) -> EntryLine {
    let entry = row.entry();
    let draft = entry.as_ref().map(|entry| &entry.draft);
    let (who, role) = match draft {
        Some(draft) => who(draft, staff),
        None => (row.account.as_deref().map(|account| account_name(account, staff)).unwrap_or_default(), String::new()),
    };
    EntryLine {
        when: format!("{}, {}", dates::date(dates::on(row.recorded, zone)), dates::time_with_zone(row.recorded, zone)),
        who,
        role,
        what: match draft.and_then(|draft| about(draft, staff)) {
            Some(whom) => format!("{}: {whom}", what(draft, &row.action)),
            None => what(draft, &row.action),
        },
        patient: patient(draft, row.patient.as_deref(), wanted),
        purpose: draft
            .filter(|draft| draft.kind != Kind::Refusal)
            .map(|draft| in_words("audit-purpose", draft.purpose.as_str()))
            .unwrap_or_default(),
        address: draft.and_then(|draft| draft.address).map(|address| address.to_string()).unwrap_or_default(),
        outcome: outcome(draft),
        reference: format!("{}/{}", ending(&row.chain.to_string()), row.seq),
    }
}

/// The words for a word of the ledger; the word itself when a later release wrote it.
fn in_words(group: &str, word: &str) -> String {
    let id = format!("{group}-{word}");
    let text = words::t(&id);
    if text == format!("[{id}]") { word.replace('-', " ") } else { text }
}

/// What an action is called, also in the list to choose from.
pub fn action_in_words(action: Action) -> String {
    in_words("audit-action", action.word())
}

fn account_name(account: &str, staff: &HashMap<String, String>) -> String {
    staff.get(account).cloned().unwrap_or_else(|| words::t1("audit-account-number", "number", account.to_owned()))
}

fn who(draft: &EntryDraft, staff: &HashMap<String, String>) -> (String, String) {
    let id = draft.actor.id.as_deref().unwrap_or_default();
    match draft.actor.kind {
        ActorKind::Account => {
            let role = draft.actor.roles.first().and_then(|role| Role::from_word(role.as_str())).map(role_in_words);
            let relation = match draft.relation {
                Relation::CareTeam => words::t("audit-relation-care-team"),
                Relation::Myself if draft.patient.is_some() => words::t("audit-relation-self"),
                Relation::Caregiver => words::t("audit-relation-caregiver"),
                _ => String::new(),
            };
            let parts: Vec<String> = role.into_iter().chain(Some(relation)).filter(|part| !part.is_empty()).collect();
            (account_name(id, staff), parts.join(", "))
        }
        ActorKind::Job | ActorKind::Command => (words::t1("audit-program", "name", id.to_owned()), String::new()),
        ActorKind::Nobody => {
            // Before sign-in nobody is anybody yet, but the entry knows which account was tried.
            let tried = draft
                .resource
                .as_ref()
                .filter(|resource| draft.kind == Kind::SignIn && resource.kind.as_str() == "Account");
            match tried.and_then(|resource| resource.id.as_deref()) {
                Some(account) => (account_name(account, staff), words::t("audit-signing-in")),
                None => (words::t("audit-nobody-signed-in"), String::new()),
            }
        }
    }
}

/// Whose account, or which invite, an outcome is about: an administrator's entry begins before anybody is named.
fn about(draft: &EntryDraft, staff: &HashMap<String, String>) -> Option<String> {
    if draft.kind != Kind::Outcome {
        return None;
    }
    let named = draft.resource.as_ref().filter(|resource| resource.kind.as_str() == "Account");
    let named = named.and_then(|resource| resource.id.as_deref());
    let rows = |table: &'static str| draft.rows.iter().filter(move |row| row.table.as_str() == table);
    let accounts: BTreeSet<&str> = named
        .into_iter()
        .chain(rows("account").chain(rows("staff_member")).map(|row| row.id.as_str()))
        .filter(|id| draft.actor.account() != Some(*id))
        .collect();
    let accounts = accounts.into_iter().map(|account| account_name(account, staff));
    let invites: Vec<String> = match rows("invite").count() {
        many @ 4.. => vec![words::t1("audit-invites", "count", u64::try_from(many).unwrap_or(u64::MAX))],
        _ => rows("invite").map(|row| words::t1("audit-invite-number", "number", ending(&row.id))).collect(),
    };
    let whom: Vec<String> = accounts.chain(invites).collect();
    (!whom.is_empty()).then(|| whom.join(", "))
}

fn what(draft: Option<&EntryDraft>, action: &str) -> String {
    let what = match draft.map(|draft| draft.kind) {
        Some(kind @ Kind::System(_)) => in_words("audit-kind", kind.word()),
        _ => in_words("audit-action", action),
    };
    match draft.and_then(|draft| draft.count) {
        Some(count) => format!("{what}: {}", words::number(count)),
        None => what,
    }
}

fn patient(draft: Option<&EntryDraft>, column: Option<&str>, wanted: Option<PatientId>) -> String {
    let listed = draft.map(|draft| draft.patients.as_slice()).unwrap_or_default();
    match (column, listed, wanted.map(|patient| patient.to_string())) {
        (Some(one), ..) => ending(one),
        (None, [], None) => String::new(),
        (None, [], Some(wanted)) => ending(&wanted),
        (None, [one], _) => ending(one),
        (None, many, Some(wanted)) => {
            let others = u64::try_from(many.len().saturating_sub(1)).unwrap_or(u64::MAX);
            words::t_with("audit-records-and", [("first", ending(&wanted).into()), ("count", others.into())])
        }
        (None, many, None) => words::t1("audit-records", "count", u64::try_from(many.len()).unwrap_or(u64::MAX)),
    }
}

fn outcome(draft: Option<&EntryDraft>) -> Tag {
    let Some(draft) = draft else { return Tag::new(words::t("audit-outcome-emptied"), Tone::Plain) };
    match &draft.outcome {
        Outcome::Allowed if draft.kind == Kind::Change => Tag::new(words::t("audit-outcome-begun"), Tone::Plain),
        Outcome::Allowed => Tag::new(words::t("audit-outcome-allowed"), Tone::Good),
        Outcome::Done => Tag::new(words::t("audit-outcome-done"), Tone::Good),
        Outcome::Failed => Tag::new(words::t("audit-outcome-failed"), Tone::Caution),
        Outcome::Refused(reason) => {
            Tag::new(words::t1("audit-outcome-refused", "reason", in_words("audit-reason", reason.as_str())), Tone::Bad)
        }
    }
}

#[cfg(test)]
mod tests {
    use salus_kernel::Instant;
    use salus_ledger::{Actor, Resource, System, Word};

    use super::*;

    fn word(text: &str) -> Word {
        Word::new(text).unwrap()
    }

    #[test]
    fn every_action_has_words() {
        for action in Action::ALL {
            let id = format!("audit-action-{}", action.word());
            assert!(!words::t(&id).starts_with('['), "{id}");
        }
    }

    #[test]
    fn every_kind_purpose_and_reason_of_ours_has_words() {
        for kind in [
            System::KeyRotation,
            System::Purge,
            System::Import,
            System::RestoreEpoch,
            System::CountedRefusals,
            System::LogStatus,
        ] {
            let id = format!("audit-kind-{}", Kind::System(kind).word());
            assert!(!words::t(&id).starts_with('['), "{id}");
        }
        for id in [
            "purpose-patient-request",
            "purpose-treatment",
            "purpose-operations",
            "purpose-payment",
            "purpose-audit-review",
            "purpose-security",
            "purpose-disk-failure",
            "purpose-attack",
            "purpose-mistake",
            "purpose-move",
            "purpose-rehearsal",
        ] {
            assert!(!words::t(&format!("audit-{id}")).starts_with('['), "{id}");
        }
        // As they stand in access/ and accounts/.
        for reason in [
            "not-signed-in",
            "session-ended",
            "second-factor-missing",
            "proof-missing",
            "not-allowed",
            "no-relation",
            "no-such-patient",
            "wrong-password",
            "password-changed",
            "account-not-active",
            "too-many-tries",
            "wrong-code",
            "used-code",
            "wrong-recovery-code",
            "wrong-passkey",
            "passkey-missing",
            "copied-passkey",
            "challenge-ended",
            "provider-late",
            "provider-silent",
            "provider-declined",
            "provider-refused",
            "provider-answer",
            "provider-code",
            "provider-token",
            "provider-unknown",
            "provider-connected",
            "provider-not-anew",
            "provider-one-step",
            "other-account",
            "only-factor",
            "address-new",
            "address-link-ended",
            "address-taken",
            "undo-ended",
            "undo-not-possible",
            "no-such-invite",
            "invite-ended",
            "wrong-birth-date",
            "patient-deceased",
            "own-record",
            "reason-missing",
        ] {
            assert!(!words::t(&format!("audit-reason-{reason}")).starts_with('['), "{reason}");
        }
        assert_eq!(in_words("audit-reason", "moon-in-capricorn"), "moon in capricorn");
    }

    #[test]
    fn patients_are_told_by_the_end_of_their_numbers() {
        let id = |number| PatientId::new(Instant::from_micros(1_700_000_000_000_000), [number; 10]);
        let mut list = EntryDraft::new(
            Kind::Read,
            [1; 16],
            Actor::nobody(),
            word("find-patients"),
            word("operations"),
            Outcome::Allowed,
        );
        let told = |draft: &EntryDraft, column: Option<&str>, wanted| patient(Some(draft), column, wanted);
        assert_eq!(told(&list, None, None), "");
        assert_eq!(told(&list, Some(&id(1).to_string()), None), "…01010101");
        list.patients = vec![id(1).to_string(), id(2).to_string(), id(3).to_string()];
        assert_eq!(told(&list, None, None), "3 records");
        assert_eq!(told(&list, None, Some(id(2))), "…02020202 and 2 others");
        list.patients.truncate(1);
        assert_eq!(told(&list, None, None), "…01010101");
    }

    #[test]
    fn a_try_to_sign_in_names_the_account_that_was_tried() {
        let mut draft = EntryDraft::new(
            Kind::SignIn,
            [1; 16],
            Actor::nobody(),
            word("sign-in"),
            word("patient-request"),
            Outcome::Refused(word("wrong-password")),
        );
        let staff = HashMap::from([("a1".to_owned(), "Dr. Lena Park".to_owned())]);
        assert_eq!(who(&draft, &staff).0, words::t("audit-nobody-signed-in"));
        draft.resource = Some(Resource { kind: word("Account"), id: Some("a1".to_owned()) });
        assert_eq!(who(&draft, &staff).0, "Dr. Lena Park");
        assert_eq!(outcome(Some(&draft)).text, "Refused: wrong password");
    }
}
