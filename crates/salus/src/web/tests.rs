//! The walls of the web over every route, and over answers that no handler made.

use std::time::Duration;

use axum::http::Method;

use super::{Bounds, LARGEST_BODY, behind_walls};
use crate::{
    salus_test, shell,
    testing::{Browser, Page},
};

/// What every answer has, whatever it is. ASVS V3.4.1, V3.4.3 to V3.4.8.
fn has_every_wall(page: &Page) {
    let one = |name: &str| {
        let values: Vec<&str> = page.headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect();
        assert_eq!(values.len(), 1, "{name} on {}: {values:?}", page.url);
        values[0].to_owned()
    };
    let policy = one("content-security-policy");
    for needed in [
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "report-uri /csp-report",
    ] {
        assert!(policy.split(';').any(|part| part.trim() == needed), "{needed} on {}: {policy}", page.url);
    }
    assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
    assert_eq!(one("strict-transport-security"), "max-age=63072000; includeSubDomains");
    assert_eq!(one("x-content-type-options"), "nosniff");
    assert_eq!(one("x-frame-options"), "DENY");
    assert_eq!(one("referrer-policy"), "same-origin");
    for name in ["cross-origin-opener-policy", "cross-origin-resource-policy"] {
        assert_eq!(one(name), "same-origin");
    }
    assert_eq!(one("cross-origin-embedder-policy"), "require-corp");
    assert!(one("permissions-policy").contains("camera=()"));
    // ASVS V3.4.2: no other origin reads anything.
    assert!(page.headers.keys().all(|name| !name.as_str().starts_with("access-control-")), "{:?}", page.headers);
    assert!(!page.headers.contains_key("server") && !page.headers.contains_key("x-powered-by"));
    let of_nobody = ["/assets/", shell::urls::THEME_CSS, shell::urls::LOGO];
    let kept = of_nobody.iter().any(|path| page.url.starts_with(path));
    if !(kept && page.status.is_success()) {
        assert_eq!(one("cache-control"), "no-store", "{}", page.url);
    }
    if page.body.starts_with("<!") || page.body.contains("<html") {
        assert_eq!(one("content-type"), "text/html; charset=utf-8");
    }
}

/// A page of ours that says nothing of the cause, and by which number to ask for it (ASVS V16.5.1).
fn is_an_error_page(page: &Page, status: u16) {
    page.is(status);
    has_every_wall(page);
    let reference = page.body.split("s-mono\">").nth(1).and_then(|rest| rest.split('<').next()).unwrap_or_default();
    assert!(reference.len() >= 8, "no reference number on {}: {}", page.url, page.text());
    page.shows("Riverside Clinic").hides("zebra").hides("panick").hides(".rs");
}

salus_test! {
async fn every_answer_of_every_route_has_every_wall(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let nobody = w.browser();
    let evil = [("origin", "https://evil.example")];
    let mut errors = 0;
    for route in &w.routes {
        let url = route.path.replace("{patient}", &ana.patient.to_string()).replace("{id}", "01890000-0000-7000-8000-000000000000");
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS, Method::HEAD] {
            let form = (method == Method::POST).then(|| "csrf=wrong".to_owned());
            for browser in [&nobody, &ana.browser] {
                let page = browser.send(method.clone(), &url, &evil, form.clone()).await;
                has_every_wall(&page);
                errors += usize::from(page.status.is_client_error());
                assert!(!page.status.is_server_error(), "{method} {url}: {}", page.status);
                // A method that a route does not have is a page that is not there (ASVS V4.1.4).
                if ![Method::GET, Method::HEAD].contains(&method) && method != route.method && !w.routes.iter().any(|other| other.path == route.path && other.method == method) {
                    page.is(404);
                }
            }
        }
    }
    assert!(errors > w.routes.len(), "{errors}");
    for url in ["/assets/nothing.css", "/healthz", "/readyz", "/no/such/page", "/p/x/record", "/%ff", "/sign-in?next=https://evil.example"] {
        has_every_wall(&nobody.get(url).await);
    }
    is_an_error_page(&nobody.get("/no/such/page").await, 404);
    is_an_error_page(&nobody.post_raw("/sign-in", &[("csrf", "wrong")], &[]).await, 403);
    let large = "x".repeat(LARGEST_BODY + 1);
    is_an_error_page(&nobody.post_raw("/sign-in", &[("csrf", &large)], &[]).await, 413);
}
}

async fn panics() {
    panic!("zebra: a value that nobody shall read");
}

async fn takes_too_long() {
    std::future::pending::<()>().await;
}

salus_test! {
/// ASVS V16.5.4, V15.2.2, V16.5.1.
async fn a_panic_and_an_endless_request_end_in_a_page_with_a_reference_number(w: World) {
    use axum::{Router, routing::get};
    let faulty = Router::new().route("/panics", get(panics)).route("/endless", get(takes_too_long));
    let browser = Browser::new(behind_walls(&w.app, faulty, Bounds::of(&[], Duration::from_millis(300))));
    is_an_error_page(&browser.get("/panics").await, 500);
    let endless = tokio::time::timeout(Duration::from_secs(20), browser.get("/endless")).await.expect("an end");
    is_an_error_page(&endless, 503);
    // It goes on, and two troubles have two numbers.
    let number = |page: &Page| page.body.split("s-mono\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert_ne!(number(&browser.get("/panics").await), number(&browser.get("/panics").await));
    browser.get("/healthz").await.is_ok();
}
}

salus_test! {
async fn a_body_that_never_ends_is_not_waited_for(w: World) {
    use axum::{body::Body, http::{Request, header}};
    use tower::ServiceExt;
    let (_, routes) = crate::routes(&w.app).into_parts();
    let router = behind_walls(&w.app, routes, Bounds::of(&[], Duration::from_millis(300)));
    let endless = Body::from_stream(futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>());
    let request = Request::post("/sign-in").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(endless).unwrap();
    let answer = tokio::time::timeout(Duration::from_secs(20), router.oneshot(request)).await.expect("an end");
    assert_eq!(answer.unwrap().status(), 503);
}
}

/// What the tests above make shorter.
#[test]
fn a_request_has_half_a_minute() {
    assert_eq!(super::TIME, Duration::from_secs(30));
    assert_eq!(LARGEST_BODY, 256 * 1024);
}
