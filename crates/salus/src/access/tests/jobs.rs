//! The queue of jobs, from inside the floor: what is written with what, and who has which claim.

use std::net::Ipv4Addr;

use salus_db::Sight;
use salus_kernel::{Action, Instant, RequestId, actions::SendNotice};
use salus_ports::Ports;
use serde::{Deserialize, Serialize};

use crate::{
    access::{
        Asked, Change, Job, JobError, JobRun, Ran, Retry,
        audit::{Line, Who},
        queue::LEASE,
    },
    salus_test,
    testing::{Person, World},
};

/// A job of no kind that the portal has.
#[derive(Serialize, Deserialize)]
struct Count {
    number: i64,
}

impl Job for Count {
    type Does = SendNotice;
    const NAME: &'static str = "tests.count";
    const RETRY: Retry = Retry::for_hours(1);
    fn once(&self) -> String {
        self.number.to_string()
    }
    async fn run(self, _: &JobRun<SendNotice>, _: &Ports) -> Result<(), JobError> {
        Ok(())
    }
}

/// A person's own change, such as a guard begins.
async fn changing(w: &World, person: &Person, then: impl AsyncFnOnce(Change<'_>)) {
    let request = RequestId::new(w.now(), salus_vault::random());
    let asked = Asked { request, now: w.now(), address: Ipv4Addr::LOCALHOST.into(), agent: String::new() };
    let who = Who::command("test");
    let action = Action::ChangeOwnSettings;
    let line = Line { who: &who, asked: &asked, action, relation: None, role: None, patient: None };
    let entry = line.intent(&w.app, None).await.unwrap();
    let sight = Sight { account: Some(person.account), ..Sight::default() };
    then(Change::begin(&w.app, &sight, entry, &line).await.unwrap()).await;
}

async fn counts(w: &World) -> Vec<String> {
    w.jobs().await.into_iter().filter(|job| job.kind == Count::NAME).map(|job| job.body).collect()
}

salus_test! {
async fn a_job_is_written_with_its_change_or_not_at_all(w: World) {
    let ana = w.account("Ana Ruiz", None, None).await;
    changing(&w, &ana, async |mut change| {
        change.enqueue(&Count { number: 1 }).await.unwrap();
        drop(change);
    }).await;
    assert!(counts(&w).await.is_empty(), "a job outlived its change");
    let mut entry = String::new();
    changing(&w, &ana, async |mut change| {
        entry = change.entry();
        change.enqueue(&Count { number: 2 }).await.unwrap();
        change.commit().await.unwrap();
    }).await;
    assert_eq!(counts(&w).await, ["{\"number\":2} tests.count 2"]);
    assert_eq!(w.jobs().await.last().unwrap().entry, entry);

    // A command's change too.
    let run = w.run("accounts", Action::ManageAccounts).await;
    let mut change = run.begin().await.unwrap();
    change.enqueue(&Count { number: 3 }).await.unwrap();
    change.give_up().await.unwrap();
    assert_eq!(counts(&w).await.len(), 1, "a job outlived its change");
    let mut change = run.begin().await.unwrap();
    change.enqueue(&Count { number: 4 }).await.unwrap();
    change.commit().await.unwrap();
    assert_eq!(counts(&w).await.len(), 2);
}
}

salus_test! {
async fn what_is_asked_for_twice_is_done_once(w: World) {
    let ana = w.account("Ana Ruiz", None, None).await;
    for _ in 0..2 {
        changing(&w, &ana, async |mut change| {
            for number in [7, 7, 8] {
                change.enqueue(&Count { number }).await.unwrap();
            }
            change.commit().await.unwrap();
        }).await;
    }
    assert_eq!(counts(&w).await.len(), 2, "one job was queued twice");
    // Also when the first is done: what is done is not done again.
    for job in w.app.claim_jobs(10).await.unwrap() {
        w.app.end_job(&job, Ran { result: Ok(()), begun: None }, None).await.unwrap();
    }
    changing(&w, &ana, async |mut change| {
        change.enqueue(&Count { number: 7 }).await.unwrap();
        change.commit().await.unwrap();
    }).await;
    assert_eq!(w.job_states().await, ["done", "done"]);
}
}

salus_test! {
async fn a_claim_is_one_process_s_until_its_lease_ends(w: World) {
    let ana = w.account("Ana Ruiz", None, None).await;
    changing(&w, &ana, async |mut change| {
        for number in 0..20 {
            change.enqueue(&Count { number }).await.unwrap();
        }
        change.commit().await.unwrap();
    }).await;
    // Four at once, as four processes would.
    let tries = (0..4).map(|_| {
        let app = w.app.clone();
        tokio::spawn(async move { app.claim_jobs(20).await.unwrap() })
    });
    let mut claimed = Vec::new();
    for claims in tries.collect::<Vec<_>>() {
        claimed.extend(claims.await.unwrap());
    }
    let mut ids: Vec<_> = claimed.iter().map(|job| job.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!((claimed.len(), ids.len()), (20, 20), "a job was claimed twice");
    assert!(claimed.iter().all(|job| job.tries == 1 && !job.cut_short));

    w.advance(LEASE - 1);
    assert!(w.app.claim_jobs(20).await.unwrap().is_empty(), "a job was claimed twice: its lease did not hold");
    w.advance(1);
    let again = w.app.claim_jobs(20).await.unwrap();
    assert_eq!(again.len(), 20, "what a dead process had is never run");
    assert!(again.iter().all(|job| job.tries == 2 && job.cut_short));
    // Who comes back from the dead ends nothing.
    let done = || Ran { result: Ok(()), begun: None };
    assert!(w.app.end_job(&claimed[0], done(), None).await.is_err());
    let same = again.iter().find(|job| job.id == claimed[0].id).unwrap();
    w.app.end_job(same, done(), None).await.unwrap();
    assert!(w.app.end_job(same, done(), None).await.is_err());

    // Tried again at its time and not before; forgotten a while after it was done.
    let later: Instant = w.now().plus(1_000);
    let retried = Ran { result: Err(JobError::Retry("broken")), begun: None };
    w.app.end_job(again.iter().find(|job| job.id != same.id).unwrap(), retried, Some(later)).await.unwrap();
    assert!(w.app.claim_jobs(20).await.unwrap().is_empty());
    w.advance(1_000);
    assert_eq!(w.app.claim_jobs(20).await.unwrap().len(), 1);
    w.app.forget_done_jobs(w.now()).await.unwrap();
    assert_eq!(counts(&w).await.len(), 19);
}
}
