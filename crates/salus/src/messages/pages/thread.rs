//! One conversation. Opening it notes what was read.

use std::collections::HashMap;

use axum::extract::{Path, Query};
use jiff::tz::TimeZone;
use salus_db::Reader;
use salus_kernel::{AccountId, Instant, MessageId, Relation, ThreadId, actions::ReadThread};
use serde::Deserialize;

use super::{ShowsThread, fresh, of_draft, readers, thread_id};
use crate::{
    access::Chart,
    clinic::role_in_words,
    messages::{
        model::{CanReply, Claim, Claimed, Side, can_reply},
        store::{self, Message},
        views::{self, Bubble, Can, ClaimBox, Day, Writing, topic_in_words},
    },
    patients, proxies,
    shell::{
        dates,
        error::Error,
        page::{self, PageResult},
        urls,
        view::initials,
        words,
    },
};

/// How many messages a page shows.
const PAGE: u64 = 100;

/// `?before=`: the messages before this one.
#[derive(Debug, Default, Deserialize)]
pub struct Before {
    #[serde(default)]
    before: String,
}

/// The conversation. What it shows that was not read counts as read once this request is through.
pub async fn read(
    chart: Chart<ReadThread>,
    Path((_, id)): Path<(String, String)>,
    Query(query): Query<Before>,
) -> PageResult {
    let id = thread_id(&id)?;
    let account = chart.session().account;
    let mut tx = chart.read().await?;
    let draft = store::draft(&mut tx, chart.scope(), account, Some(id)).await?;
    let keys = chart.threads(&mut tx, &[id]).await?;
    let form = match &draft {
        Some(draft) => of_draft::<ReadThread>(draft, &keys, &chart.app().clinic().await.zone())?,
        None => Writing::empty(fresh(&chart).to_string(), None),
    };
    let (view, unread) = view(&chart, &mut tx, id, query.before.parse().ok(), form).await?;
    drop((tx, keys));
    if !unread.is_empty() {
        let side = Side::of(chart.relation());
        let mut change = chart.begin().await?;
        store::mark_read(&mut change, chart.scope(), &unread, (account, side), chart.now()).await?;
        change.commit().await?;
    }
    page::show(&chart, &view)
}

/// The page of a conversation, and which of its messages the reader has not read before.
pub async fn view<A: ShowsThread>(
    chart: &Chart<A>,
    tx: &mut Reader,
    id: ThreadId,
    before: Option<u64>,
    form: Writing,
) -> Result<(views::Thread, Vec<MessageId>), Error> {
    let clinic = chart.app().clinic().await;
    let zone = clinic.zone();
    let (account, side) = (chart.session().account, Side::of(chart.relation()));
    let thread = store::thread(tx, chart.scope(), id).await?;
    let messages = store::messages(tx, chart.scope(), id, account, before, PAGE).await?;
    let keys = chart.threads(tx, &[id]).await?;
    let readers = readers(chart, tx).await?;
    let banner = patients::banner(chart, tx).await?;
    let patient = match &banner {
        Some(banner) => banner.name.clone(),
        None => chart.acting_for()?.unwrap_or_default(),
    };
    let mut caregivers = proxies::names(tx, chart).await?;
    // A caregiver is told that there are others, and not who.
    if chart.relation() == Relation::Caregiver {
        for (_, name) in caregivers.iter_mut().filter(|(who, _)| **who != account) {
            *name = words::t("messages-other-caregiver");
        }
    }
    let people = People { reader: side, account, own: chart.relation() == Relation::Myself, patient, caregivers };
    let claimed = thread.claimed.as_ref().map(|(claimed, _)| claimed);
    let can = can_reply(side, account, thread.closed_at.is_some(), claimed, readers.len());
    let unread = messages.iter().filter(|it| it.side != side && !it.seen).map(|it| it.id).collect();
    let earlier = messages.first().map(|first| first.number).filter(|first| *first > 1);
    let mut days: Vec<Day> = Vec::new();
    for message in &messages {
        let day = dates::day(message.at, &zone);
        let bubble = Bubble { body: message.body.open(&keys)?, ..bubble(message, &people, &zone) };
        match days.last_mut().filter(|last| last.day == day) {
            Some(last) => last.bubbles.push(bubble),
            None => days.push(Day { day, bubbles: vec![bubble] }),
        }
    }
    let address = urls::thread(chart.patient(), id);
    let view = views::Thread {
        patient: chart.patient().to_string(),
        id: id.to_string(),
        subject: thread.subject.open(&keys)?,
        topic: topic_in_words(thread.topic),
        readers,
        earlier: earlier.map(|first| format!("{address}?before={first}")),
        days,
        claim: (side == Side::Team && thread.closed_at.is_none())
            .then(|| claim_box(thread.claimed.as_ref(), account, &zone)),
        can: match can {
            CanReply::Yes => Can::Yes,
            CanReply::Closed => {
                Can::Closed(format!("{}?topic={}", urls::messages_new(chart.patient()), thread.topic.word()))
            }
            CanReply::NobodyReads => Can::NobodyReads,
            CanReply::TakenBy(name) => Can::TakenBy(name),
        },
        form,
        sent_before: false,
        answer_days: chart.app().web().message_days.into(),
        clinic_phone: clinic.phone.clone(),
        banner,
    };
    Ok((view, unread))
}

/// Who may stand above a message.
struct People {
    reader: Side,
    account: AccountId,
    /// The reader is the patient: whatever else speaks as the patient is they, with another account.
    own: bool,
    patient: String,
    caregivers: HashMap<AccountId, String>,
}

impl People {
    /// Who wrote it, and as what.
    fn wrote(&self, message: &Message) -> (String, String) {
        let you = || (words::t("messages-you"), String::new());
        match (message.side, self.caregivers.get(&message.account)) {
            _ if message.account == self.account => you(),
            (Side::Patient, Some(caregiver)) => (caregiver.clone(), words::t("messages-role-caregiver")),
            (Side::Patient, None) if self.own => you(),
            (Side::Patient, None) => (self.patient.clone(), words::t("messages-role-patient")),
            (Side::Team, _) => {
                (message.name.clone().unwrap_or_default(), message.role.map(role_in_words).unwrap_or_default())
            }
        }
    }
}

/// Everything about a message but what it says.
fn bubble(message: &Message, people: &People, zone: &TimeZone) -> Bubble {
    let reader = people.reader;
    let own = message.side == reader;
    let (who, role) = people.wrote(message);
    let receipt = own.then(|| {
        let reader = reader.other().word();
        match message.read_at {
            Some(at) => words::t1(&format!("messages-read-by-{reader}"), "when", dates::day_and_time(at, zone)),
            None => words::t(&format!("messages-unread-by-{reader}")),
        }
    });
    Bubble {
        number: message.number,
        own,
        fresh: !own && !message.seen,
        initials: initials(&who),
        who,
        role,
        time: dates::time_with_zone(message.at, zone),
        body: String::new(),
        receipt,
    }
}

fn claim_box(claimed: Option<&(Claimed, Instant)>, account: AccountId, zone: &TimeZone) -> ClaimBox {
    let (text, claim) = match claimed {
        None => (words::t("messages-claim-nobody"), Claim::Take),
        Some((claimed, at)) => {
            let when = dates::day_and_time(*at, zone);
            if claimed.by == account {
                (words::t1("messages-claim-mine", "when", when), Claim::GiveBack)
            } else {
                let given = [("name", claimed.name.as_str().into()), ("when", when.as_str().into())];
                (words::t_with("messages-claim-other", given), Claim::TakeOver)
            }
        }
    };
    let label = words::t(&format!("messages-claim-{}", claim.word()));
    let holder = claimed.map(|(claimed, _)| claimed.by.to_string()).unwrap_or_default();
    ClaimBox { text, action: Some((claim.word(), label)), holder }
}
