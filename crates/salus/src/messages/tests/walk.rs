//! A random walk: twenty people do what people do, and after each step what the pages count is what a model counts.

use std::collections::{BTreeMap, BTreeSet};

use super::nurse;
use crate::{
    salus_test,
    shell::urls,
    testing::{Dice, Person, World},
};

/// What the test believes of one conversation, from the rules alone.
#[derive(Default)]
struct Talk {
    patient: usize,
    url: String,
    /// Who wrote each message: a patient or not.
    from_patient: Vec<bool>,
    /// Which messages the patient has read.
    read: BTreeSet<usize>,
    /// Which somebody on the team has read.
    read_by_team: BTreeSet<usize>,
    holder: Option<usize>,
    closed: bool,
}

impl Talk {
    fn unread(&self, by_patient: bool) -> usize {
        let read = if by_patient { &self.read } else { &self.read_by_team };
        (0..self.from_patient.len()).filter(|n| self.from_patient[*n] != by_patient && !read.contains(n)).count()
    }
    fn waits(&self) -> bool {
        !self.closed && self.from_patient.last() == Some(&true)
    }
}

/// The counts on a list of conversations, by address.
fn shown(page: &str) -> BTreeMap<String, usize> {
    let rows = page.split("s-row__link\" href=\"").skip(1);
    rows.map(|row| {
        let url = row.split('"').next().unwrap().to_owned();
        let row = row.split("</li>").next().unwrap();
        let count =
            row.split("s-count\">").nth(1).and_then(|rest| rest.split(' ').next()).map_or(0, |n| n.parse().unwrap());
        (url, count)
    })
    .collect()
}

const PATIENTS: usize = 14;
const TEAM: usize = 6;

async fn walk(w: &World, seed: u64, steps: usize) {
    let mut dice = Dice(seed);
    let mut patients: Vec<Person> = Vec::new();
    for n in 0..PATIENTS {
        patients.push(w.patient(&format!("Patient Number{n}")).await);
    }
    let mut team: Vec<Person> = Vec::new();
    for n in 0..TEAM {
        let person = nurse(w, &format!("Nurse Number{n}"), patients[n].patient).await;
        for (m, patient) in patients.iter().enumerate() {
            // Each patient has two or three on their team.
            if m != n && (m % TEAM == n || (m + 2) % TEAM == n) {
                w.assign(&person, patient.patient).await;
            }
        }
        team.push(person);
    }
    let in_care = |who: usize, patient: usize| patient == who || patient % TEAM == who || (patient + 2) % TEAM == who;
    let mut talks: Vec<Talk> = Vec::new();
    for step in 0..steps {
        let (mut patient, by_patient) = (dice.below(PATIENTS), dice.below(2) == 0);
        let who = dice.below(TEAM);
        if !by_patient {
            while !in_care(who, patient) {
                patient = dice.below(PATIENTS);
            }
        }
        let person = if by_patient { &patients[patient] } else { &team[who] };
        let of_patient: Vec<usize> = (0..talks.len()).filter(|n| talks[*n].patient == patient).collect();
        let action = dice.below(10);
        person.get(&urls::messages(patients[patient].patient)).await.is_ok();
        if of_patient.is_empty() || (action == 0 && of_patient.len() < 6) {
            let text = format!("step {step}");
            let page = person
                .post(
                    &urls::messages(patients[patient].patient),
                    &[("topic", "other"), ("subject", &text), ("body", &text)],
                )
                .await;
            page.is(303);
            talks.push(Talk {
                patient,
                url: page.location().to_owned(),
                from_patient: vec![by_patient],
                ..Talk::default()
            });
        } else {
            let talk = &mut talks[of_patient[dice.below(of_patient.len())]];
            let url = talk.url.clone();
            match action {
                0..=3 => {
                    person.get(&url).await.is_ok();
                    let other: Vec<usize> =
                        (0..talk.from_patient.len()).filter(|n| talk.from_patient[*n] != by_patient).collect();
                    if by_patient { talk.read.extend(other) } else { talk.read_by_team.extend(other) }
                }
                4..=7 => {
                    let page = person.post(&url, &[("body", &format!("step {step}"))]).await;
                    let can = !talk.closed && (by_patient || talk.holder.is_none_or(|holder| holder == who));
                    assert_eq!(page.status.as_u16(), if can { 303 } else { 422 }, "step {step}");
                    if can {
                        talk.from_patient.push(by_patient);
                        if !by_patient {
                            talk.holder = Some(who);
                        }
                    }
                }
                8 if !by_patient => {
                    let what = if talk.holder == Some(who) { "give-back" } else { "take" };
                    person.post(&format!("{url}/claim"), &[("what", what)]).await.is(303);
                    if what == "give-back" {
                        talk.holder = None;
                    } else if talk.holder.is_none() && !talk.closed {
                        talk.holder = Some(who);
                    }
                }
                9 if !by_patient && dice.below(4) == 0 => {
                    person
                        .post(&format!("{url}/state"), &[("closed", if talk.closed { "no" } else { "yes" })])
                        .await
                        .is(303);
                    talk.closed = !talk.closed;
                }
                _ => {
                    person.post(&format!("{url}/draft"), &[("body", &format!("draft {step}"))]).await.is(303);
                }
            }
        }
        w.advance(1_000_000);
        if step % 300 == 299 {
            for person in patients.iter().chain(&team) {
                w.sign_in(person).await;
            }
        }
        // What the pages say, and what the database counts, against the model.
        let account = patients[patient].account;
        let sight =
            salus_db::Sight { patient: Some(patients[patient].patient), account: Some(account), ..Default::default() };
        let scope_count: (i64,) = w.db.read(&sight).await.unwrap().one(
            salus_db::sql!("SELECT COUNT(*) FROM communication c WHERE c.patient_id = $1 AND c.side = 'team' AND NOT EXISTS (SELECT 1 FROM communication_receipt r WHERE r.communication_id = c.id AND r.account_id = $2)"),
            salus_db::args![patients[patient].patient, account],
        ).await.unwrap();
        let model: usize = talks.iter().filter(|talk| talk.patient == patient).map(|talk| talk.unread(true)).sum();
        assert_eq!(usize::try_from(scope_count.0).unwrap(), model, "step {step}: unread of patient {patient}");
        let expected = |by_patient: bool| -> BTreeMap<String, usize> {
            talks
                .iter()
                .filter(|talk| talk.patient == patient)
                .map(|talk| (talk.url.clone(), talk.unread(by_patient)))
                .collect()
        };
        let list = urls::messages(patients[patient].patient);
        assert_eq!(shown(&patients[patient].get(&list).await.body), expected(true), "step {step}: the patient's list");
        let on_team = (0..TEAM).find(|n| in_care(*n, patient)).unwrap();
        assert_eq!(shown(&team[on_team].get(&list).await.body), expected(false), "step {step}: the team's list");
        if step % 20 == 0 {
            let waiting = talks.iter().filter(|talk| in_care(who, talk.patient) && talk.waits()).count();
            let words = match waiting {
                0 => "No message from a patient in your care waits".to_owned(),
                1 => "1 conversation with a patient in your care waits".to_owned(),
                many => format!("{many} conversations with patients in your care wait"),
            };
            team[who].get(urls::INBOX).await.is_ok().shows(&words);
        }
    }
    let messages: usize = talks.iter().map(|talk| talk.from_patient.len()).sum();
    println!("{steps} steps by {} people: {} conversations, {messages} messages", PATIENTS + TEAM, talks.len());
    assert!(talks.len() > 15 && messages > steps / 5, "{} conversations, {messages} messages", talks.len());
    assert!(steps < 1_000 || talks.iter().any(|talk| talk.closed), "nothing was closed");
    w.rows_are_intact().await;
}

salus_test! {
async fn counts_are_receipts_after_a_short_random_walk(w: World) {
    walk(&w, 42, 120).await;
}
}

salus_test! {
slow async fn counts_are_receipts_after_a_long_random_walk(w: World) {
    // `./x soak messages` asks for more.
    let steps = std::env::var("SALUS_WALK_STEPS").map_or(1_000, |steps| steps.parse().unwrap());
    walk(&w, 20_261_128, steps).await;
}
}
