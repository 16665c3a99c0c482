//! The administrator's switches for what a clinic may not want.

use salus_kernel::actions::{ChangeFeatures, ViewClinic};

use super::{
    store::{self, FeatureRow},
    views::{FeatureForm, Features},
};
use crate::{
    access::{Feature, Posted, Worklist},
    shell::{
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other_with},
        typed::Form,
        urls,
        view::{Choice, Tag, Tone},
        words,
    },
};

/// Every switch, as it stands in the table: the page is not the cache that it changes.
pub async fn features(list: Worklist<ViewClinic>) -> PageResult {
    let rows = store::features(&mut list.read().await?).await?;
    page::show(&list, &view(&rows, None))
}

fn view(rows: &[FeatureRow], wanted: Option<(Feature, bool)>) -> Features {
    let form = |feature: &Feature| {
        let row = rows.iter().find(|row| row.name == feature.key());
        let on = row.is_none_or(|row| row.is_on);
        let stale = wanted.filter(|(wanted, _)| wanted == feature);
        FeatureForm::new(*feature, on, row.map_or(0, |row| row.version), stale.map(|(_, on)| on))
    };
    Features { forms: Feature::ALL.iter().map(form).collect(), stale: wanted.is_some(), refusal: String::new() }
}

impl FeatureForm {
    /// One switch; `typed` is what somebody chose in a form that was out of date.
    pub fn new(feature: Feature, on: bool, version: i64, typed: Option<bool>) -> Self {
        let chosen = typed.unwrap_or(on);
        let choice = |value: &str, id: &str, is: bool| Choice::new(value, words::t(id), chosen == is);
        Self {
            key: feature.key(),
            name: words::t(&format!("clinic-feature-{}", feature.key())),
            note: words::t(&format!("clinic-feature-{}-note", feature.key())),
            state: if on {
                Tag::new(words::t("clinic-feature-on"), Tone::Good)
            } else {
                Tag::new(words::t("clinic-feature-off"), Tone::Plain)
            },
            choices: vec![choice("yes", "clinic-feature-on", true), choice("no", "clinic-feature-off", false)],
            version: version.to_string(),
        }
    }
}

/// Why codes for staff can't be switched off by whoever asks: they would shut themselves out.
fn codes_are_needed(list: &Worklist<ChangeFeatures>) -> Option<&'static str> {
    match (list.app().web().has_name(), list.session().has_passkey()) {
        (false, _) => Some("clinic-feature-no-passkeys"),
        (true, false) => Some("clinic-feature-own-passkey"),
        (true, true) => None,
    }
}

/// Switches one feature on or off. It counts from the next request on; what was begun behind the door stays stored.
pub async fn switch(list: Worklist<ChangeFeatures>, Posted(form): Posted<Form>) -> PageResult {
    let feature = Feature::from_key(form.text("feature")).ok_or(Error::NotFound)?;
    let on = match form.text("on") {
        "yes" => true,
        "no" => false,
        _ => return Err(Error::Malformed),
    };
    if feature == Feature::StaffCodes
        && !on
        && let Some(why) = codes_are_needed(&list)
    {
        let rows = store::features(&mut list.read().await?).await?;
        return page::again(&list, &Features { refusal: words::t(why), ..view(&rows, None) });
    }
    let version: i64 = form.text("version").parse().map_err(|_| Error::Malformed)?;
    let mut change = list.begin().await?;
    let saved = store::switch(&mut change, feature, on, version, list.now()).await?;
    if saved {
        change.commit().await?;
    } else {
        drop(change);
    }
    // Another process may have saved: what requests find must be what is stored now.
    list.refresh_features().await?;
    if saved {
        return Ok(see_other_with(urls::CLINIC_FEATURES, if on { Flash::FeatureOn } else { Flash::FeatureOff }));
    }
    let rows = store::features(&mut list.read().await?).await?;
    page::again(&list, &view(&rows, Some((feature, on))))
}
