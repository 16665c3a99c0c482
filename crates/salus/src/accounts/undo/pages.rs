//! The page behind the link that takes a change back. Nobody signs in for it: whoever was put out can't.

use salus_kernel::actions::UndoChange;

use super::{NotPutBack, PutBack, Undo, ends_at, store, undo, views};
use crate::{
    access::{Mailed, Visitor, invites::Code},
    shell::{
        dates,
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other_with},
        urls,
        view::{LinkLine, Notice},
        words,
    },
};

async fn find(visitor: &Visitor, code: &Code) -> Result<Option<Undo>, Error> {
    let key = visitor.index(Mailed::Undo.purpose(), code.text()).into_string();
    store::by_key(visitor, &key).await
}

/// What was changed, and the button. Looking at it uses nothing up.
pub async fn form(visitor: Visitor, code: Code) -> PageResult {
    let Some(found) = find(&visitor, &code).await? else { return over(&visitor, "ended").await };
    let clinic = visitor.app().clinic().await;
    let zone = clinic.zone();
    let view = views::TakeBack {
        action: urls::undo(code.text()),
        what: words::t1(
            &format!("accounts-undo-what-{}", found.changed.word()),
            "when",
            dates::day_and_time(found.at, &zone),
        ),
        until: dates::day_and_time(ends_at(found.at), &zone),
        clinic_phone: clinic.phone.clone(),
    };
    page::show(&visitor, &view)
}

/// Puts everything back.
pub async fn put_back(visitor: Visitor, code: Code) -> PageResult {
    let Some(found) = find(&visitor, &code).await? else {
        visitor.turned_away("undo-ended").await?;
        return over(&visitor, "ended").await;
    };
    let claimant = visitor.claims::<UndoChange>(found.account).await?;
    let mut change = claimant.begin().await?;
    let flash = match undo(&mut change, &claimant, &found, visitor.now()).await? {
        Ok(PutBack::All) => Flash::PutBack,
        Ok(PutBack::SinceThen) => Flash::PutBackSince,
        Ok(PutBack::AtDesk) => Flash::PutBackAtDesk,
        Err(why) => {
            drop(change);
            let (reason, words) = match why {
                NotPutBack::Ended => ("undo-ended", "ended"),
                NotPutBack::Taken => ("undo-not-possible", "taken"),
            };
            visitor.turned_away(reason).await?;
            return over(&visitor, words).await;
        }
    };
    change.commit().await?;
    Ok(see_other_with(urls::SIGN_IN, flash))
}

async fn over(visitor: &Visitor, why: &str) -> PageResult {
    let view = Notice {
        heading: words::t(&format!("accounts-undo-{why}-title")),
        paragraphs: vec![words::t(&format!("accounts-undo-{why}-text")), words::t("accounts-undo-call")],
        way_on: LinkLine::new(words::t("accounts-undo-go"), urls::SIGN_IN, ""),
        clinic_phone: visitor.app().clinic().await.phone.clone(),
    };
    page::show(visitor, &view)
}
