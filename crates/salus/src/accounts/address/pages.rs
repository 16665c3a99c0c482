//! The pages of another address: asking for it, and saying that the mail arrived.

use salus_kernel::{
    ResourceId,
    actions::{ChangeEmail, ViewOwnAccount},
};
use salus_vault::{normal, same};
use serde::Deserialize;

use super::{ConfirmAddress, store, views};
use crate::{
    access::{
        Mailed, Posted, SignedIn,
        columns::{account, email_change},
        invites::Code,
    },
    accounts::{
        making::looks_like_an_address,
        store as accounts,
        tries::{self, Knock},
        undo::{self, Changed},
    },
    recovery,
    shell::{
        dates,
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other, see_other_with},
        urls,
        view::{Field, LinkLine, Notice},
        words,
    },
};

async fn view(own: &SignedIn<ChangeEmail>, email: Field, message: String) -> Result<views::ChangeAddress, Error> {
    let clinic = own.app().clinic().await;
    let mut tx = own.read().await?;
    let (_, present) = accounts::settings(&mut tx, own.account()).await?;
    let asked = store::asked(&mut tx, own.account(), own.now()).await?;
    let waiting = match asked {
        Some(asked) => Some(views::Waiting {
            email: asked.email.open(own)?,
            until: dates::day_and_time(asked.ends_at, &clinic.zone()),
        }),
        None => None,
    };
    Ok(views::ChangeAddress {
        present: present.open(own)?,
        email,
        message,
        waiting,
        clinic_phone: clinic.phone.clone(),
    })
}

/// The form, and what is waited for.
pub async fn form(own: SignedIn<ChangeEmail>) -> PageResult {
    page::show(&own, &view(&own, Field::empty(), String::new()).await?)
}

/// What the form sends.
#[derive(Deserialize)]
pub struct AskForm {
    #[serde(default)]
    email: String,
}

/// Asks for a link to the new address. Nothing here looks whether the address is somebody's, so nothing tells.
pub async fn ask(own: SignedIn<ChangeEmail>, Posted(form): Posted<AskForm>) -> PageResult {
    let wrong = |id: &str| Field::wrong(form.email.clone(), words::t(id));
    if !looks_like_an_address(&form.email) {
        return page::again(&own, &view(&own, wrong("accounts-problem-email"), String::new()).await?);
    }
    let (_, present) = accounts::settings(&mut own.read().await?, own.account()).await?;
    if normal::email(&present.open(&own)?) == normal::email(&form.email) {
        return page::again(&own, &view(&own, wrong("accounts-problem-email-same"), String::new()).await?);
    }
    let knock = Knock::writes_to_new(own.account(), |purpose, value| own.index(purpose, value));
    if let Some(seconds) = knock.take(own.app(), own.now()).await? {
        let message = tries::in_words(own.app(), own.now(), seconds).await;
        let view = view(&own, Field::typed(form.email), message).await?;
        return tries::too_many(page::again(&own, &view)?, seconds);
    }
    let id = ResourceId::new(own.now(), salus_vault::random());
    let email = form.email.trim();
    let sealed = own.seal::<email_change::Email>(&id.to_string(), email.as_bytes());
    let address = own.index("account.email", &normal::email(email)).into_string();
    let mut change = own.begin().await?;
    accounts::hold(&mut change, own.account()).await?;
    accounts::still_here(&mut change, own.session().id).await?;
    let key = change.key_of_link(Mailed::NewAddress, id);
    store::ask(&mut change, own.account(), (id, key), sealed, own.now()).await?;
    change.enqueue(&ConfirmAddress { account: own.account(), asked: id, address, at: own.now() }).await?;
    change.commit().await?;
    Ok(see_other_with(urls::ADDRESS, Flash::AddressAsked))
}

/// Withdraws the request.
pub async fn forget(own: SignedIn<ChangeEmail>) -> PageResult {
    let mut change = own.begin().await?;
    accounts::hold(&mut change, own.account()).await?;
    store::forget(&mut change, own.account()).await?;
    change.commit().await?;
    Ok(see_other_with(urls::ADDRESS, Flash::AddressKept))
}

/// What this link confirms, if this account asked for it.
async fn asked(own: &SignedIn<ChangeEmail>, code: &Code) -> Result<Option<store::Asked>, Error> {
    let key = own.index(Mailed::NewAddress.purpose(), code.text()).into_string();
    let asked = store::asked(&mut own.read().await?, own.account(), own.now()).await?;
    Ok(asked.filter(|asked| same(asked.key.as_bytes(), key.as_bytes())))
}

/// The page behind the link: the address, and the button. Looking uses nothing up.
pub async fn confirm(own: SignedIn<ChangeEmail>, code: Code) -> PageResult {
    let Some(asked) = asked(&own, &code).await? else { return over(&own).await };
    let (_, present) = accounts::settings(&mut own.read().await?, own.account()).await?;
    let view = views::ConfirmAddress {
        action: urls::address_confirm(code.text()),
        present: present.open(&own)?,
        email: asked.email.open(&own)?,
    };
    page::show(&own, &view)
}

/// Signs in with the new address from now on. Every other session ends; the address of before gets a link that takes it back.
pub async fn change(own: SignedIn<ChangeEmail>, code: Code) -> PageResult {
    let Some(asked) = asked(&own, &code).await? else {
        own.refused("address-link-ended").await?;
        return over(&own).await;
    };
    let email = asked.email.open(&own)?;
    let index = own.index("account.email", &normal::email(&email)).into_string();
    let sealed = own.seal::<account::Email>(&own.account().to_string(), email.as_bytes());
    let mut change = own.begin().await?;
    undo::before_change(&mut change, &own, own.account(), Changed::Address, own.now()).await?;
    accounts::still_here(&mut change, own.session().id).await?;
    // Confirmed elsewhere at the same moment, or another one was asked for.
    let still = store::asked(&mut change, own.account(), own.now()).await?;
    if still.is_none_or(|still| still.id != asked.id) {
        drop(change);
        own.refused("address-link-ended").await?;
        return over(&own).await;
    }
    store::forget(&mut change, own.account()).await?;
    if !store::change(&mut change, own.account(), sealed, &index, own.now()).await? {
        drop(change);
        own.refused("address-taken").await?;
        return over(&own).await;
    }
    // A link back in would go to another mailbox than the one that asked.
    recovery::withdraw(&mut change, own.account()).await?;
    accounts::end_others(&mut change, own.account(), own.session().id, "address-changed", own.now()).await?;
    change.commit().await?;
    Ok(see_other_with(urls::SETTINGS, Flash::AddressChanged))
}

async fn over(own: &SignedIn<ChangeEmail>) -> PageResult {
    let view = Notice {
        heading: words::t("accounts-address-ended-title"),
        paragraphs: vec![words::t("accounts-address-ended-text"), words::t("accounts-address-ended-next")],
        way_on: LinkLine::new(words::t("accounts-address-ended-go"), urls::ADDRESS, ""),
        clinic_phone: own.app().clinic().await.phone.clone(),
    };
    page::show(own, &view)
}

/// Why something waits while the address is new, and until when.
pub async fn settling(own: SignedIn<ViewOwnAccount>) -> PageResult {
    let Some(until) = own.session().settles_at else { return Ok(see_other(urls::HOME)) };
    let clinic = own.app().clinic().await;
    let view = Notice {
        heading: words::t("accounts-address-new-title"),
        paragraphs: vec![
            words::t("accounts-address-new-text"),
            words::t1("accounts-address-new-until", "when", dates::day_and_time(until, &clinic.zone())),
        ],
        way_on: LinkLine::new(words::t("shell-error-home"), urls::HOME, ""),
        clinic_phone: clinic.phone.clone(),
    };
    page::show(&own, &view)
}
