//! What is watched, taken, planned and insured.

use salus_fhir::show::{
    AllergyDetails, CarePlanDetails, CareTeamDetails, ConditionDetails, CoverageDetails, DeviceDetails, GoalDetails,
    Link, MedicationDetails, ProvenanceDetails, Span, Status, Tone,
};

use super::{Entry, On};
use crate::{record::when::Timing, shell::words};

/// Whether a state says that it is still so.
fn still(status: Option<&Status>) -> bool {
    status.is_some_and(|status| matches!(status.tone, Tone::Ok | Tone::Warn))
}

impl From<ConditionDetails> for Entry {
    fn from(it: ConditionDetails) -> Self {
        let timing = Timing::lasting(Span { start: it.began, end: it.ended }, still(it.status.as_ref()));
        let timing = timing.or_words(it.began_text.clone());
        let timing = if matches!(timing, Timing::Unknown) { Timing::at(it.recorded) } else { timing };
        let doubtful = it.certainty.clone().filter(|certainty| certainty.tone != Tone::Quiet);
        Self::new(it.name, timing)
            .status(doubtful.or(it.status))
            .listed("record-fact-certainty", it.certainty.map(|certainty| certainty.word))
            .listed("record-fact-severity", it.severity)
            .list("record-fact-body", &it.body_sites, On::Both)
            .known("record-fact-began", it.began_text)
            .day("record-fact-recorded", it.recorded)
            .note("record-fact-remarks", it.note)
            .related("record-links-visit", it.encounter)
    }
}

impl From<AllergyDetails> for Entry {
    fn from(it: AllergyDetails) -> Self {
        let timing = match it.began {
            Some(began) if still(it.status.as_ref()) => Timing::Since(began),
            began => Timing::at(began.or(it.recorded)),
        };
        let signs: Vec<String> = it.reactions.iter().flat_map(|reaction| reaction.signs.iter().cloned()).collect();
        let told: Vec<String> = it.reactions.iter().filter_map(|reaction| reaction.description.clone()).collect();
        Self::new(it.substance, timing)
            .status(it.certainty.or(it.status))
            .list("record-fact-reaction", &signs, On::Both)
            .listed("record-fact-severity", it.severity)
            .listed("record-fact-risk", it.criticality.map(|risk| risk.word))
            .listed("record-fact-kind", (!it.categories.is_empty()).then(|| it.categories.join(", ")))
            .known("record-fact-sort", it.kind)
            .day("record-fact-last-time", it.last)
            .day("record-fact-recorded", it.recorded)
            .note("record-fact-reaction", (!told.is_empty()).then(|| told.join("\n")))
            .note("record-fact-remarks", it.note)
    }
}

impl From<MedicationDetails> for Entry {
    fn from(it: MedicationDetails) -> Self {
        let timing = match it.authored {
            Some(authored) if still(it.status.as_ref()) => Timing::Since(authored),
            authored => Timing::at(authored),
        };
        let how = if it.do_not_take {
            Some(words::t("record-do-not-take"))
        } else {
            (!it.instructions.is_empty()).then(|| it.instructions.join("\n"))
        };
        let refills = it.refill_words();
        Self::new(it.name, timing)
            .status(it.status)
            .listed("record-fact-how-to-take", how)
            .known("record-fact-also", (!it.also.is_empty()).then(|| it.also.join("\n")))
            .list("record-fact-why", &it.reasons, On::Both)
            .names("record-fact-ordered-by", it.requester.into_iter().collect(), On::Both)
            .known("record-fact-refills", refills)
            .known("record-fact-quantity", it.quantity)
            .known("record-fact-lasts", it.supply)
            .day("record-fact-refill-until", it.valid.end)
            .note("record-fact-remarks", it.note)
            .related("record-links-why", it.reason_links)
            .related("record-links-visit", it.encounter)
    }
}

impl From<CareTeamDetails> for Entry {
    fn from(it: CareTeamDetails) -> Self {
        let people: Vec<Link> =
            it.members.into_iter().filter(|member| !member.is_patient).filter_map(|member| member.who).collect();
        Self::new(it.name, Timing::lasting(it.span, still(it.status.as_ref())))
            .status(it.status)
            .names("record-fact-people", people, On::Both)
            .list("record-fact-why", &it.reasons, On::Both)
            .names("record-fact-where", it.organizations, On::Both)
            .related("record-links-visit", it.encounter)
    }
}

impl From<GoalDetails> for Entry {
    fn from(it: GoalDetails) -> Self {
        let going = still(it.progress.as_ref().or(it.status.as_ref()));
        let timing = match it.started {
            Some(started) if going => Timing::Since(started),
            started => Timing::at(started),
        };
        Self::new(it.description, timing)
            .status(it.progress.or_else(|| it.status.clone()))
            .list("record-fact-target", &it.targets, On::Both)
            .day("record-fact-by", it.due)
            .known("record-fact-state", it.status.map(|status| status.word))
            .note("record-fact-remarks", it.note)
            .related("record-links-why", it.addresses)
    }
}

impl From<CarePlanDetails> for Entry {
    fn from(it: CarePlanDetails) -> Self {
        let timing = Timing::lasting(it.span, still(it.status.as_ref()));
        let timing = if matches!(timing, Timing::Unknown) { Timing::at(it.created) } else { timing };
        let names: Vec<String> = it.activities.iter().map(|activity| activity.name.clone()).collect();
        let steps: Vec<String> = it
            .activities
            .iter()
            .map(|activity| {
                let more =
                    activity.scheduled.iter().cloned().chain(activity.status.iter().map(|status| status.word.clone()));
                let more: Vec<String> = more.collect();
                if more.is_empty() { activity.name.clone() } else { format!("{}: {}", activity.name, more.join(", ")) }
            })
            .collect();
        Self::new(it.title, timing)
            .status(it.status)
            .list("record-fact-to-do", &names, On::List)
            .known("record-fact-to-do", (!steps.is_empty()).then(|| steps.join("\n")))
            .day("record-fact-written", it.created)
            .note("record-fact-about", it.description)
            .note("record-fact-remarks", it.note)
            .related("record-links-why", it.addresses)
            .related("record-section-goals", it.goals)
            .related("record-section-care-team", it.care_teams)
            .related("record-links-also", it.activities.into_iter().filter_map(|activity| activity.link))
            .related("record-links-visit", it.encounter)
    }
}

impl From<DeviceDetails> for Entry {
    fn from(it: DeviceDetails) -> Self {
        Self::new(it.name, Timing::Unknown)
            .status(it.status)
            .listed("record-fact-made-by", it.manufacturer)
            .listed("record-fact-model", it.model)
            .known("record-fact-serial", it.serial)
            .known("record-fact-lot", it.lot)
            .listed("record-fact-udi", it.udi.or(it.identifier))
            .day("record-fact-made", it.made)
            .day("record-fact-expires", it.expires)
            .note("record-fact-remarks", it.note)
    }
}

impl From<CoverageDetails> for Entry {
    fn from(it: CoverageDetails) -> Self {
        let payor = it.payors.iter().find_map(|payor| payor.text.clone());
        let title = payor
            .or_else(|| it.plan.clone())
            .or_else(|| it.kind.clone())
            .unwrap_or_else(|| words::t("record-section-coverage"));
        let other = |text: Option<String>| text.filter(|text| *text != title);
        let (plan, kind) = (other(it.plan), other(it.kind));
        Self::new(title, Timing::lasting(it.span, still(it.status.as_ref())))
            .status(it.status)
            .listed("record-fact-plan", plan)
            .known("record-fact-plan-number", it.plan_number)
            .listed("record-fact-group", it.group)
            .listed("record-fact-member-number", it.member_id)
            .listed("record-fact-kind", kind)
            .names("record-fact-payor", it.payors, On::Page)
            .names("record-fact-holder", it.subscriber.into_iter().collect(), On::Page)
            .known("record-fact-holder-is", it.relationship)
    }
}

impl From<ProvenanceDetails> for Entry {
    fn from(it: ProvenanceDetails) -> Self {
        let count = u64::try_from(it.targets).unwrap_or(u64::MAX);
        let mut entry = Self::new(it.title, Timing::at(it.when))
            .listed("record-fact-about-entries", Some(words::t1("record-entries-count", "count", count)));
        for agent in it.agents {
            entry =
                entry.names_as(agent.part.trim_end_matches(':').to_owned(), agent.who.into_iter().collect(), On::Both);
            entry = entry.names("record-fact-for", agent.on_behalf_of.into_iter().collect(), On::Page);
        }
        entry.day("record-fact-recorded", it.recorded)
    }
}
