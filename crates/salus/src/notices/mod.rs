//! Notices: mail to an account's own address when something happened to the account, so that its holder can tell; also to an address
//! that it had a moment ago.
//!
//! Invariant: a notice says that something happened and when, and nothing about health, nor the holder's name (THR-11).
//! What a letter may hold is [`Facts`] and no more; its subject is one constant.

mod addresses;
mod letters;
#[cfg(test)]
mod tests;

use salus_db::{args, sql};
use salus_kernel::{AccountId, ActionType, Instant, JobId, Relation, ResourceId, Role, Scope, actions::SendNotice};
use salus_ports::{
    Ports,
    email::{Email, EmailSender},
};
use serde::{Deserialize, Serialize};

use crate::{
    access::{Change, Chart, ClinicFace, Job, JobError, JobRun, Mailed, OfAge, PatientScope, Retry, caregivers},
    shell::{dates, error::Error, urls},
};

/// What every notice is called, whatever it tells.
const SUBJECT: &str = "About your account";

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// The first second factor was set up.
    SecondFactor,
    /// One more passkey was added.
    PasskeyAdded,
    /// A passkey was removed.
    PasskeyRemoved,
    /// Whoever is named by another provider signs in from there.
    ProviderConnected,
    /// They don't any more.
    ProviderRemoved,
    /// Other recovery codes took the place of those before.
    RecoveryCodes,
    /// Somebody signed in with a kind of browser that the account had not been used with.
    NewDevice,
    /// The password was changed.
    PasswordChanged,
    /// Somebody who works here signed the owner out everywhere.
    SignedOut,
    /// Somebody who works here made a way back in to the account.
    WayBack,
    /// The front desk has decided about who registered.
    Answered,
    /// The account does not open what it opened any more.
    Unlinked,
    /// Somebody registered with this address: a link verifies it.
    VerifyAddress,
    /// Somebody registered with an address that signs in already.
    AlreadyHere,
    /// Somebody forgot their password: a link lets them choose another one.
    ResetPassword,
    /// Somebody has lost their second step, or never had one: a link lets them ask the clinic.
    AskBackIn,
    /// The clinic was asked to let the owner back in.
    AskedBackIn,
    /// That was taken back.
    AskedNoMore,
    /// An administrator said that the owner, who works there, is to be let back in; one more person has to.
    ColleagueVouched,
    /// A colleague gets back in: to those who guard privacy.
    ColleagueReturns,
    /// What a role of the clinic's own is to be waits for a second person: to those who guard privacy.
    RoleProposed,
    /// The clinic knows who asked: a link, and a code that was said to them, let them back in.
    LetBackIn,
    /// The clinic does not know who asked.
    NotLetBackIn,
    /// The owner is back in, with everything anew.
    BackIn,
    /// The owner works as something else now.
    RoleChanged,
    /// Somebody knows the password, and not the second step.
    PasswordKnown,
    /// There is something to read: which, only who signs in is told.
    News,
    /// Somebody opened a record in an emergency.
    Emergency,
    /// Looks at records wait for the privacy officer.
    Review,
    /// Somebody opened a watched record.
    Watched,
    /// Who may act for the owner, or for whom the owner may act, was changed.
    Caregivers,
    /// That is about to end by itself, because of an age.
    OfAgeSoon,
    /// It has ended by itself.
    OfAge,
    /// Another app took the place of the one before.
    AppChanged,
    /// The account signs in with another address: to the one before.
    AddressChanged,
    /// The same, to the new one.
    AddressIsNew,
    /// Somebody wants to sign in with this address: a link says that the mail arrived.
    NewAddress,
    /// Somebody wants to sign in with an address that signs in already.
    AddressTaken,
    /// Somebody forgot the password of an account whose address is new: no link goes there yet.
    ResetLater,
    /// A change was taken back.
    Undone,
}

impl About {
    /// Whether somebody else did it, to an account whose owner may have been put out of it: then the addresses of before are told as
    /// well. What the account itself does is told there by [`tell_everywhere`].
    const fn done_by_others(self) -> bool {
        matches!(self, Self::Caregivers | Self::WayBack | Self::ColleagueVouched | Self::Unlinked)
    }

    #[cfg(test)]
    const ALL: [Self; 40] = [
        Self::SecondFactor,
        Self::PasskeyAdded,
        Self::ProviderConnected,
        Self::ProviderRemoved,
        Self::PasskeyRemoved,
        Self::RecoveryCodes,
        Self::NewDevice,
        Self::PasswordChanged,
        Self::SignedOut,
        Self::WayBack,
        Self::Answered,
        Self::Unlinked,
        Self::VerifyAddress,
        Self::AlreadyHere,
        Self::ResetPassword,
        Self::AskBackIn,
        Self::AskedBackIn,
        Self::AskedNoMore,
        Self::ColleagueVouched,
        Self::ColleagueReturns,
        Self::RoleProposed,
        Self::LetBackIn,
        Self::NotLetBackIn,
        Self::BackIn,
        Self::RoleChanged,
        Self::PasswordKnown,
        Self::News,
        Self::Emergency,
        Self::Review,
        Self::Watched,
        Self::Caregivers,
        Self::OfAgeSoon,
        Self::OfAge,
        Self::AppChanged,
        Self::AddressChanged,
        Self::AddressIsNew,
        Self::NewAddress,
        Self::AddressTaken,
        Self::ResetLater,
        Self::Undone,
    ];
}

/// Tells an account's holder, by mail.
#[derive(Debug, Serialize, Deserialize)]
pub struct TellOwner {
    /// Whose account.
    pub account: AccountId,
    /// What happened.
    pub about: About,
    /// When.
    pub at: Instant,
    /// The address of before a change, where the letter goes there and not to the present one.
    #[serde(default)]
    to: Option<ResourceId>,
    /// What takes it back.
    #[serde(default)]
    undo: Option<ResourceId>,
    /// What makes it the same letter, where that is not its moment.
    #[serde(default)]
    once: Option<String>,
}

impl TellOwner {
    /// At the present address, of something that no link takes back.
    pub fn of(account: AccountId, about: About, at: Instant) -> Self {
        Self { account, about, at, to: None, undo: None, once: None }
    }

    /// The same, but not more than once a day, however often it happens.
    pub fn once_a_day(account: AccountId, about: About, at: Instant) -> Self {
        let day = at.micros() / (24 * 60 * salus_kernel::MINUTE);
        Self { once: Some(format!("{account} {about:?} {day}")), ..Self::of(account, about, at) }
    }

    /// That what somebody was given for a child ends by itself, or has.
    pub fn of_age(OfAge { account, changed, at, once }: OfAge) -> Self {
        let about = if changed { About::OfAge } else { About::OfAgeSoon };
        Self { once: Some(once), ..Self::of(account, about, at) }
    }
}

/// Tells an account's holder at every address that the account had within the last 72 hours. A letter about what can be taken back
/// has a link: to the present address one that takes back this, to an address of before one that takes back all since that address
/// was left.
pub async fn tell_everywhere(
    change: &mut Change<'_>,
    account: AccountId,
    about: About,
    at: Instant,
    undo: Option<ResourceId>,
) -> Result<(), Error> {
    let left = addresses::earlier(change, account, at).await?;
    // Whom a link has put out is told of that, and no more.
    let put_out = if about == About::Undone { addresses::put_out(change, account, at).await? } else { Vec::new() };
    for id in left.into_iter().chain(put_out) {
        let letter = TellOwner::of(account, about, at);
        change.enqueue(&TellOwner { to: Some(id), undo: undo.map(|_| id), ..letter }).await?;
    }
    let letter = match about {
        // Whoever has the new address made the change.
        About::AddressChanged => TellOwner::of(account, About::AddressIsNew, at),
        about => TellOwner { undo, ..TellOwner::of(account, about, at) },
    };
    change.enqueue(&letter).await
}

/// Tells the patient whose chart this change is in, and who acts for them with this scope, once it is committed. Who does it
/// themselves for somebody knows.
pub async fn tell_patient<A: ActionType>(
    chart: &Chart<A>,
    change: &mut Change<'_>,
    scope: Scope,
    about: About,
) -> Result<(), Error> {
    let caregivers = chart.caregivers_with(change, scope).await?;
    let own = (chart.relation() == Relation::Caregiver).then(|| chart.session().account);
    let caregivers = caregivers.into_iter().filter(|account| Some(*account) != own);
    let at = chart.now();
    for account in owners(change, chart.scope(), at).await?.into_iter().chain(caregivers) {
        change.enqueue(&TellOwner::of(account, about, at)).await?;
    }
    Ok(())
}

/// The accounts with which the patient of a chart signs in.
pub async fn owners(change: &mut Change<'_>, scope: PatientScope, at: Instant) -> Result<Vec<AccountId>, Error> {
    caregivers::owners(change, scope.patient(), at).await
}

const IN_ROLE: salus_db::Sql = sql!(
    "SELECT account_id FROM staff_member WHERE role = $1 AND custom_role_id IS NULL AND active = TRUE ORDER BY account_id"
);

/// Tells whoever guards privacy, once the change is committed. A clinic without a privacy officer has an administrator, and somebody is
/// told.
pub async fn tell_guards(change: &mut Change<'_>, about: About, at: Instant) -> Result<(), Error> {
    for account in guards(change).await? {
        change.enqueue(&TellOwner::of(account, about, at)).await?;
    }
    Ok(())
}

/// The same, and one more, each once.
pub async fn tell_guards_and(change: &mut Change<'_>, one: AccountId, about: About, at: Instant) -> Result<(), Error> {
    let others = guards(change).await?.into_iter().filter(|account| *account != one);
    for account in others.chain([one]).collect::<Vec<_>>() {
        change.enqueue(&TellOwner::of(account, about, at)).await?;
    }
    Ok(())
}

async fn guards(change: &mut Change<'_>) -> Result<Vec<AccountId>, Error> {
    let officers = in_role(change, Role::PrivacyOfficer).await?;
    if officers.is_empty() { in_role(change, Role::Administrator).await } else { Ok(officers) }
}

/// Everybody who works here in a whole role.
pub async fn in_role(change: &mut Change<'_>, role: Role) -> Result<Vec<AccountId>, Error> {
    let people: Vec<(AccountId,)> = change.all(IN_ROLE, args![role.word()]).await?;
    Ok(people.into_iter().map(|(account,)| account).collect())
}

/// Tells everybody who works here in a role, once the change is committed.
pub async fn tell_role(change: &mut Change<'_>, role: Role, about: About, at: Instant) -> Result<(), Error> {
    for account in in_role(change, role).await? {
        change.enqueue(&TellOwner::of(account, about, at)).await?;
    }
    Ok(())
}

impl Job for TellOwner {
    type Does = SendNotice;
    const NAME: &'static str = "notices.tell-owner";
    /// A mail server may be away over a long weekend.
    const RETRY: Retry = Retry::for_hours(72);

    fn once(&self) -> String {
        if let Some(once) = &self.once {
            return once.clone();
        }
        let to = self.to.map(|to| format!(" {to}")).unwrap_or_default();
        format!("{} {:?} {}{to}", self.account, self.about, self.at.micros())
    }

    async fn run(self, run: &JobRun<SendNotice>, ports: &Ports) -> Result<(), JobError> {
        let clinic = run.clinic().await;
        let today = dates::on(run.now(), &jiff::tz::TimeZone::UTC);
        let mail = ports.email(today)?;
        let mut of = run.account(self.account).await?;
        // Closed since, or taken back, or the clinic has seen who it is.
        let Some(to) = addresses::of(&mut of, self.account, self.to, self.at).await? else { return Ok(()) };
        let others = match (self.to, self.about.done_by_others()) {
            (None, true) => addresses::earlier(&mut of.tx, self.account, self.at).await?,
            _ => Vec::new(),
        };
        // A connection to the database is not kept for as long as a mail server takes.
        drop(of);
        if !others.is_empty() {
            let mut change = run.begin(self.account).await?;
            for id in others {
                change
                    .enqueue(&Self { to: Some(id), undo: self.undo, ..Self::of(self.account, self.about, self.at) })
                    .await?;
            }
            change.commit().await?;
        }
        let link = match self.undo {
            None => run.link(urls::SIGN_IN),
            Some(undo) => run.link(&urls::undo(run.code_of_link(Mailed::Undo, undo).text())),
        };
        let letter = Letter::of(self.about, link, self.at);
        send(mail, run.id(), &clinic, self.at, to, &letter).await
    }
}

/// A letter and its two facts; the others are the clinic's.
pub struct Letter {
    /// What it is about.
    pub about: About,
    /// Where to go on.
    pub link: String,
    /// When it happened, or until when the link works.
    pub when: Instant,
}

impl Letter {
    /// A letter.
    pub fn of(about: About, link: String, when: Instant) -> Self {
        Self { about, link, when }
    }
}

/// Sends a letter under a job's id, so that a second try is the same message.
pub async fn send(
    mail: &dyn EmailSender,
    job: JobId,
    clinic: &ClinicFace,
    written: Instant,
    to: String,
    letter: &Letter,
) -> Result<(), JobError> {
    let facts = letters::Facts {
        clinic_name: &clinic.name,
        clinic_phone: &clinic.phone,
        link: &letter.link,
        when: &dates::day_and_time(letter.when, &clinic.zone()).replace('\u{a0}', " "),
    };
    let text = letters::letter(letter.about, &facts).map_err(Error::from)?;
    mail.send(&Email { key: job.uuid(), written, to, subject: SUBJECT, text }).await?;
    Ok(())
}
