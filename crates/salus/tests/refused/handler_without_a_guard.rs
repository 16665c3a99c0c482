//! A handler that does not say who may call it.

use salus::access::{App, Routes};

async fn page() -> &'static str {
    "anybody"
}

async fn form(app: axum::extract::State<App>) -> &'static str {
    drop(app);
    "anybody"
}

fn main() {
    let _ = Routes::new().get("/x", page);
    let _ = Routes::new().get("/y", form);
}
