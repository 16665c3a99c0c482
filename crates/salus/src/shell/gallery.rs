//! Every page in every sample state, for `/dev/gallery`, the render test and the accessibility check.

use salus_kernel::Role;

use super::view::{
    Base, Clinic, Flash, Layout, Nav, SAMPLE_PATIENT, SignedInAs, Tone, View, page, render, sample_phone,
};
use super::{view, words};
use crate::{
    access::{Duties, Features},
    access_log, accounts, appointments, audit, availability, care_team, clinic, directory, emergency, home, invites,
    jobs, locations, messages, patients, pools, proxies, record, recovery, registrations, reviews, roles, staff,
    visit_types,
};

/// One page of the gallery.
pub struct Sample {
    /// Slice and view: "record/report".
    pub page: &'static str,
    /// The state: "50-rows".
    pub state: &'static str,
    /// The whole page.
    pub html: String,
}

/// Who looks at a sample; decides on the navigation around it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Nobody,
    Patient,
    Unlinked,
    Staff(Role),
}

/// The token in the gallery's forms; no session has it.
const SAMPLE_TOKEN: &str = "sample-token";

/// Every sample of every page. Fails when one cannot be rendered.
pub fn samples() -> askama::Result<Vec<Sample>> {
    let mut all = Vec::new();
    let patient = Who::Patient;
    let doctor = Who::Staff(Role::Practitioner);
    add::<accounts::views::SignIn>(&mut all, "accounts/sign-in", Who::Nobody)?;
    add::<accounts::views::SecondFactor>(&mut all, "accounts/second-factor", Who::Nobody)?;
    add::<accounts::views::Recovery>(&mut all, "accounts/recovery", Who::Nobody)?;
    add::<accounts::views::ChoosePassword>(&mut all, "accounts/password", Who::Nobody)?;
    add::<accounts::views::Enroll>(&mut all, "accounts/enroll", Who::Nobody)?;
    add::<accounts::views::RecoveryCodes>(&mut all, "accounts/recovery-codes", Who::Nobody)?;
    add::<accounts::views::Factors>(&mut all, "accounts/factors", patient)?;
    add::<accounts::passkeys::views::AddPasskey>(&mut all, "accounts/passkey", patient)?;
    add::<accounts::views::StillYou>(&mut all, "accounts/still-you", patient)?;
    add::<accounts::views::GoOn>(&mut all, "accounts/go-on", patient)?;
    add::<accounts::views::SignedOut>(&mut all, "accounts/signed-out", Who::Nobody)?;
    add::<accounts::views::SessionEnded>(&mut all, "accounts/session-ended", Who::Nobody)?;
    add::<accounts::views::KeptText>(&mut all, "accounts/kept-text", patient)?;
    add::<accounts::views::Sessions>(&mut all, "accounts/sessions", patient)?;
    add::<accounts::views::Settings>(&mut all, "accounts/settings", patient)?;
    add::<accounts::reset::views::Forgotten>(&mut all, "accounts/forgotten", Who::Nobody)?;
    add::<accounts::reset::views::ForgottenSent>(&mut all, "accounts/forgotten-sent", Who::Nobody)?;
    add::<accounts::reset::views::Reset>(&mut all, "accounts/reset", Who::Nobody)?;
    add::<accounts::address::views::ChangeAddress>(&mut all, "accounts/address", patient)?;
    add::<accounts::address::views::ConfirmAddress>(&mut all, "accounts/address-confirm", patient)?;
    add::<accounts::undo::views::TakeBack>(&mut all, "accounts/undo", Who::Nobody)?;
    add::<registrations::views::Ask>(&mut all, "registrations/ask", Who::Nobody)?;
    add::<registrations::views::Sent>(&mut all, "registrations/sent", Who::Nobody)?;
    add::<registrations::views::Verify>(&mut all, "registrations/verify", Who::Nobody)?;
    let desk = Who::Staff(Role::FrontDesk);
    add::<proxies::requests::views::desk::Queue>(&mut all, "proxies/queue", desk)?;
    add::<proxies::requests::views::desk::One>(&mut all, "proxies/one", desk)?;
    add::<proxies::requests::views::desk::Compare>(&mut all, "proxies/compare", desk)?;
    add::<recovery::views::Ask>(&mut all, "recovery/ask", Who::Nobody)?;
    add::<recovery::views::BackIn>(&mut all, "recovery/back-in", Who::Nobody)?;
    add::<recovery::views::desk::Queue>(&mut all, "recovery/queue", desk)?;
    add::<recovery::views::desk::One>(&mut all, "recovery/one", desk)?;
    add::<recovery::views::desk::Ready>(&mut all, "recovery/ready", desk)?;
    add::<recovery::views::colleagues::Colleagues>(&mut all, "recovery/colleagues", desk)?;
    add::<registrations::views::desk::Queue>(&mut all, "registrations/queue", desk)?;
    add::<registrations::views::desk::One>(&mut all, "registrations/one", desk)?;
    add::<registrations::views::desk::Compare>(&mut all, "registrations/compare", desk)?;
    add::<registrations::views::desk::Unlink>(&mut all, "registrations/unlink", desk)?;
    add::<registrations::views::desk::NewChart>(&mut all, "registrations/new-chart", desk)?;
    add::<home::views::PatientHome>(&mut all, "home/patient", patient)?;
    add::<home::views::UnlinkedHome>(&mut all, "home/unlinked", Who::Unlinked)?;
    add::<home::views::StaffHome>(&mut all, "home/staff", doctor)?;
    add::<view::More>(&mut all, "shell/more", patient)?;
    add::<appointments::views::visit::Index>(&mut all, "visits/index", patient)?;
    add::<appointments::views::visit::Show>(&mut all, "visits/show", patient)?;
    add::<appointments::views::visit::Cancel>(&mut all, "visits/cancel", patient)?;
    add::<appointments::views::booking::Start>(&mut all, "visits/new", patient)?;
    add::<appointments::views::booking::Times>(&mut all, "visits/times", patient)?;
    add::<appointments::views::booking::Confirm>(&mut all, "visits/confirm", patient)?;
    add::<appointments::views::day::Day>(&mut all, "visits/day", Who::Staff(Role::FrontDesk))?;
    add::<patients::views::Profile>(&mut all, "patients/profile", patient)?;
    add::<record::views::RecordIndex>(&mut all, "record/index", patient)?;
    add::<record::views::SectionList>(&mut all, "record/section", patient)?;
    add::<record::views::Item>(&mut all, "record/item", patient)?;
    add::<record::views::Private>(&mut all, "record/private", patient)?;
    add::<record::views::ResultsList>(&mut all, "record/results", patient)?;
    add::<record::views::Report>(&mut all, "record/report", patient)?;
    add::<record::views::TestHistory>(&mut all, "record/history", patient)?;
    add::<record::views::EncounterPage>(&mut all, "record/encounter", patient)?;
    add::<record::views::Documents>(&mut all, "record/documents", patient)?;
    add::<record::views::CareTeams>(&mut all, "record/care-team", patient)?;
    add::<record::views::Goals>(&mut all, "record/goals", patient)?;
    add::<access_log::views::AccessLog>(&mut all, "access-log/index", patient)?;
    add::<access_log::views::Copy>(&mut all, "access-log/copy", patient)?;
    add::<messages::views::List>(&mut all, "messages/list", patient)?;
    add::<messages::views::Thread>(&mut all, "messages/thread", patient)?;
    add::<messages::views::New>(&mut all, "messages/new", patient)?;
    add::<messages::views::Inbox>(&mut all, "messages/inbox", doctor)?;
    add::<directory::views::Directory>(&mut all, "directory/index", patient)?;
    add::<staff::views::PatientSearch>(&mut all, "staff/patients", doctor)?;
    add::<accounts::views::Sheet>(&mut all, "accounts/sheet", Who::Nobody)?;
    add::<clinic::views::StaffAccounts>(&mut all, "clinic/staff", Who::Staff(Role::Administrator))?;
    add::<clinic::views::RoleForm>(&mut all, "clinic/role", Who::Staff(Role::Administrator))?;
    add::<clinic::views::InviteForm>(&mut all, "clinic/invite", Who::Staff(Role::Administrator))?;
    add::<clinic::views::InviteLink>(&mut all, "clinic/invite-link", Who::Staff(Role::Administrator))?;
    add::<roles::views::Roles>(&mut all, "roles/roles", Who::Staff(Role::Administrator))?;
    add::<roles::views::OwnRoleForm>(&mut all, "roles/form", Who::Staff(Role::Administrator))?;
    add::<roles::views::Proposed>(&mut all, "roles/proposed", Who::Staff(Role::FrontDesk))?;
    add::<invites::views::Redeem>(&mut all, "invites/redeem", Who::Nobody)?;
    add::<invites::views::Join>(&mut all, "invites/join", Who::Nobody)?;
    add::<invites::views::PatientInvites>(&mut all, "invites/patient", Who::Staff(Role::FrontDesk))?;
    add::<care_team::views::Team>(&mut all, "care-team/team", Who::Staff(Role::FrontDesk))?;
    add::<emergency::views::Open>(&mut all, "emergency/open", Who::Staff(Role::Practitioner))?;
    add::<emergency::views::Reason>(&mut all, "emergency/reason", Who::Staff(Role::FrontDesk))?;
    add::<emergency::views::Review>(&mut all, "emergency/review", Who::Staff(Role::PrivacyOfficer))?;
    add::<reviews::views::Weeks>(&mut all, "reviews/weeks", Who::Staff(Role::PrivacyOfficer))?;
    add::<reviews::views::Week>(&mut all, "reviews/week", Who::Staff(Role::PrivacyOfficer))?;
    add::<reviews::views::Watched>(&mut all, "reviews/watched", Who::Staff(Role::PrivacyOfficer))?;
    add::<proxies::views::Caregivers>(&mut all, "proxies/list", Who::Patient)?;
    add::<proxies::views::Preview>(&mut all, "proxies/preview", Who::Patient)?;
    add::<proxies::views::Slip>(&mut all, "proxies/slip", Who::Patient)?;
    add::<proxies::views::ActingFor>(&mut all, "proxies/acting-for", Who::Patient)?;
    add::<proxies::requests::views::Ask>(&mut all, "proxies/ask", Who::Patient)?;
    add::<proxies::requests::views::Asked>(&mut all, "proxies/asked", Who::Patient)?;
    add::<invites::views::Slip>(&mut all, "invites/slip", Who::Staff(Role::FrontDesk))?;
    add::<clinic::views::ClinicLook>(&mut all, "clinic/look", Who::Staff(Role::Administrator))?;
    add::<clinic::views::ClinicIndex>(&mut all, "clinic/index", Who::Staff(Role::Administrator))?;
    add::<clinic::views::ages::Ages>(&mut all, "clinic/ages", Who::Staff(Role::Administrator))?;
    add::<clinic::views::Features>(&mut all, "clinic/features", Who::Staff(Role::Administrator))?;
    add::<locations::views::Locations>(&mut all, "locations/index", Who::Staff(Role::Administrator))?;
    add::<locations::views::LocationForm>(&mut all, "locations/form", Who::Staff(Role::Administrator))?;
    add::<visit_types::views::VisitTypes>(&mut all, "visit-types/index", Who::Staff(Role::Administrator))?;
    add::<visit_types::views::VisitTypeForm>(&mut all, "visit-types/form", Who::Staff(Role::Administrator))?;
    add::<availability::views::People>(&mut all, "availability/index", Who::Staff(Role::Administrator))?;
    add::<availability::views::Practitioner>(&mut all, "availability/practitioner", Who::Staff(Role::Administrator))?;
    add::<availability::views::ScheduleForm>(&mut all, "availability/schedule", Who::Staff(Role::Administrator))?;
    add::<pools::views::Pools>(&mut all, "pools/index", Who::Staff(Role::Administrator))?;
    add::<pools::views::PoolForm>(&mut all, "pools/form", Who::Staff(Role::Administrator))?;
    add::<jobs::views::Jobs>(&mut all, "jobs/jobs", Who::Staff(Role::Administrator))?;
    add::<audit::views::AuditSearch>(&mut all, "audit/search", Who::Staff(Role::PrivacyOfficer))?;
    add::<view::ErrorPage>(&mut all, "shell/error", Who::Nobody)?;
    add::<view::Notice>(&mut all, "shell/notice", Who::Nobody)?;
    Ok(all)
}

/// Adds every sample of one view. States named "staff…" are shown as a practitioner sees them.
fn add<V: View>(all: &mut Vec<Sample>, name: &'static str, who: Who) -> askama::Result<()> {
    for (state, view) in V::samples() {
        let who = if state.starts_with("staff") { Who::Staff(Role::Practitioner) } else { who };
        let html = page(&frame(&view, who, state)?)?;
        all.push(Sample { page: name, state, html });
    }
    Ok(())
}

fn frame(view: &impl View, who: Who, state: &str) -> askama::Result<Base> {
    let clinic =
        Clinic { name: "Riverside Clinic".to_owned(), phone: sample_phone(), logo_url: None, own_colours: false };
    let mut base = Base::around(view, render(view, SAMPLE_TOKEN)?, clinic);
    base.csrf = SAMPLE_TOKEN.to_owned();
    base.reference = "8F3K-2M7Q".to_owned();
    let place = view.place();
    let (nav, name) = match who {
        Who::Nobody => (Nav::none(), None),
        Who::Patient => (
            Nav::patient(SAMPLE_PATIENT, salus_kernel::Relation::Myself.into(), place, &Features::default()),
            Some("Maya Okafor"),
        ),
        Who::Unlinked => (Nav::unlinked(place, &Features::default()), Some("Maya Okafor")),
        Who::Staff(role) => {
            (Nav::staff(&staff_duties(role, state), place, &Features::default()), Some("Dr. Lena Park"))
        }
    };
    if base.layout == Layout::Page {
        base.nav = nav;
    }
    base.signed_in = name.map(|name| SignedInAs {
        name: if state == "long-names" { view::SAMPLE_LONG_NAME.to_owned() } else { name.to_owned() },
        initials: view::initials(name),
        seconds_left: 1_800,
        leaves: !matches!(who, Who::Staff(_)),
    });
    if state == "few-codes" {
        base.flash = Some(Flash { tone: Tone::Good, text: words::t("clinic-saved") });
    }
    Ok(base)
}

fn staff_duties(role: Role, state: &str) -> Vec<Duties> {
    let roles = match state {
        "front-desk" => vec![Role::FrontDesk],
        "administrator" => vec![Role::Administrator],
        "privacy-officer" => vec![Role::PrivacyOfficer],
        "all-roles" => {
            vec![Role::Practitioner, Role::FrontDesk, Role::Administrator, Role::PrivacyOfficer]
        }
        _ => vec![role],
    };
    roles.into_iter().map(Duties::of).collect()
}

/// The gallery's own address for a sample.
pub fn url(sample: &Sample) -> String {
    format!("{}/{}/{}", GALLERY, sample.page, sample.state)
}

/// Where the gallery is served, in the demo only.
pub const GALLERY: &str = "/dev/gallery";

/// The gallery's index: every page and state as a link.
pub fn index(samples: &[Sample]) -> askama::Result<String> {
    let mut groups: Vec<view::LinkGroup> = Vec::new();
    for sample in samples {
        let line = view::LinkLine::new(sample.state, url(sample), "");
        match groups.last_mut().filter(|group| group.heading == sample.page) {
            Some(group) => group.lines.push(line),
            None => groups.push(view::LinkGroup { heading: sample.page.to_owned(), lines: vec![line] }),
        }
    }
    let view = view::More { groups };
    let mut base = frame(&view, Who::Nobody, "")?;
    base.title = "Gallery".to_owned();
    base.nav = Nav { items: Vec::new(), bottom_bar: false };
    page(&base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_renders_with_all_its_words() {
        let samples = samples().unwrap();
        let mut secrets = 0;
        assert!(samples.len() > 100, "{}", samples.len());
        for sample in samples {
            let place = format!("{}/{}", sample.page, sample.state);
            let missing = sample.html.split('[').skip(1).find_map(|rest| words_id(rest.split(']').next()?));
            assert_eq!(missing, None, "words are missing in {place}");
            assert_eq!(sample.html.matches("<h1").count(), 1, "one h1 in {place}");
            for banned in [" style=", "<style", "onclick=", "javascript:"] {
                assert!(!sample.html.contains(banned), "{banned} in {place}");
            }
            // ASVS V6.2.6, V6.2.7: what is secret is masked, and password managers know what it is.
            for field in sample.html.split("<input ").skip(1).filter_map(|rest| rest.split('>').next()) {
                let secret =
                    ["name=\"password\"", "name=\"old\"", "name=\"again\""].iter().any(|name| field.contains(name))
                        && !field.contains("type=\"hidden\"");
                let known = field.contains("autocomplete=\"current-password\"")
                    || field.contains("autocomplete=\"new-password\"");
                assert!(!secret || (field.contains("type=\"password\"") && known), "{place}: {field}");
                secrets += usize::from(secret);
            }
            let forms = sample.html.matches("method=\"post\"").count();
            assert_eq!(forms, sample.html.matches("name=\"csrf\"").count(), "a token in each form of {place}");
        }
        assert!(secrets > 10, "{secrets}");
    }

    /// What stands in brackets where a message is missing: `[home-title]`.
    fn words_id(text: &str) -> Option<&str> {
        let is_id =
            text.contains('-') && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        is_id.then_some(text)
    }

    #[test]
    fn a_missing_word_is_found() {
        let html = format!("<p>{}</p>", words::t(&["no", "such", "word"].join("-")));
        assert_eq!(html.split('[').skip(1).find_map(|rest| words_id(rest.split(']').next()?)), Some("no-such-word"));
    }

    /// The attribute of a tag.
    fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
        tag.split_once(&format!(" {name}=\"")).and_then(|(_, rest)| rest.split('"').next())
    }

    fn is_there(routes: &[crate::access::RouteInfo], method: &axum::http::Method, url: &str) -> bool {
        let path = url.split(['?', '#']).next().unwrap_or_default();
        let parts: Vec<&str> = path.split('/').collect();
        let fits = |route: &str| {
            let wanted: Vec<&str> = route.split('/').collect();
            wanted.len() == parts.len()
                && wanted.iter().zip(&parts).all(|(wanted, part)| wanted.starts_with('{') || wanted == part)
        };
        routes.iter().any(|route| route.method == *method && fits(route.path))
    }

    crate::salus_test! {
    async fn every_link_and_every_button_leads_to_a_page(w: World) {
        use axum::http::Method;
        let (mut links, mut forms, mut dead) = (0, 0, Vec::new());
        for sample in samples().unwrap() {
            let place = format!("{}/{}", sample.page, sample.state);
            for tag in sample.html.split('<').filter_map(|rest| rest.split('>').next()) {
                let post = [attribute(tag, "formaction"), attribute(tag, "action").filter(|_| tag.contains("method=\"post\""))];
                let get = [attribute(tag, "href").filter(|_| tag.starts_with("a ")), attribute(tag, "action").filter(|_| !tag.contains("method=\"post\""))];
                for url in post.into_iter().flatten() {
                    forms += 1;
                    if !is_there(&w.routes, &Method::POST, url) {
                        dead.push(format!("{place}: nobody answers a form to {url}"));
                    }
                }
                for url in get.into_iter().flatten().filter(|url| url.starts_with('/')) {
                    links += 1;
                    if !is_there(&w.routes, &Method::GET, url) {
                        dead.push(format!("{place}: a link leads to {url}, where nothing is"));
                    }
                }
            }
        }
        dead.dedup();
        assert!(dead.is_empty(), "{}", dead.join("\n"));
        assert!(links > 500 && forms > 50, "{links}, {forms}");
        assert!(!is_there(&w.routes, &Method::POST, "/enroll/codes") && is_there(&w.routes, &Method::POST, "/enroll"));
    }
    }
}
