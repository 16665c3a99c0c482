//! Text that somebody typed into any form survives idle logoff, and comes back to the same account alone. ASVS V7.3.1.

use salus_kernel::MINUTE;

use super::routes::{body as sends, everybody, who_waits};
use crate::{
    access::{Access, policy::who_may},
    salus_test,
};

salus_test! {
async fn what_was_typed_into_any_form_survives_idle_logoff(w: World) {
    let people = everybody(&w).await;
    let waiting = who_waits(&w, people.ana.patient).await;
    let mut cases = 0;
    let mut last = None;
    for route in w.routes.iter().filter(|route| route.method == axum::http::Method::POST && !route.takes_file) {
        // Who may send this form; forms of visitors need no session, so none can end.
        let owner = match route.access {
            Access::Visitor | Access::Halfway(_) => continue,
            Access::SignedIn(_) => &people.ana,
            Access::Chart(action) | Access::Worklist(action) => {
                let may = people.with_relations().into_iter().find(|(_, _, relation)| relation.is_some_and(|relation| who_may(action).includes(relation)));
                may.unwrap_or_else(|| panic!("nobody may {}", action.word())).1
            }
        };
        cases += 1;
        let url = waiting.in_path(route.path).replace("{patient}", &people.ana.patient.to_string()).replace("{id}", "01890000-0000-7000-8000-000000000000");
        w.sign_in(owner).await;
        owner.get("/settings").await.is_ok();
        w.advance(31 * MINUTE);
        let mark = format!("kanari {cases}");
        let mut fields = sends(route.path, "");
        fields.push(("typed_here", mark.clone()));
        let sent: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let page = owner.post(&url, &sent).await;
        page.goes_to("/session/ended");
        let kept = page.location().split_once("next=").unwrap_or_else(|| panic!("{url}: nothing is kept")).1.replace("%2F", "/");
        w.sign_in(owner).await;
        let back = owner.get(&kept).await;
        back.is_ok().shows(&mark);
        // Whatever is no secret and not empty is there.
        for (name, value) in fields.iter().filter(|(name, value)| !value.is_empty() && !["password", "old", "again", "code", "credential"].contains(name)) {
            assert!(back.body.contains(&crate::testing::escaped(value)), "{url}: {name} is lost");
        }
        let other = if std::ptr::eq(owner, &people.ben) { &people.ana } else { &people.ben };
        w.sign_in(other).await;
        other.get(&kept).await.is_not_found();
        last = Some((owner, kept));
    }
    // For a week.
    let (owner, kept) = last.unwrap();
    w.advance(7 * 24 * 60 * MINUTE - 32 * MINUTE);
    w.sign_in(owner).await;
    owner.get(&kept).await.is_ok();
    w.advance(32 * MINUTE);
    w.sign_in(owner).await;
    owner.get(&kept).await.is_not_found();
    assert!(cases > 15, "{cases}");
}
}
