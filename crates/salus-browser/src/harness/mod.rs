//! What every test stands on: processes, the demo, people, a browser.

mod browser;
mod chromium;
mod demo;
mod front;
mod kept;
mod keyboard;
mod postgres;
mod run;
mod sign_in;
pub mod urls;

pub use browser::Browser;
pub use chromium::View;
pub use demo::{Demo, Person};
pub use front::Front;
pub use keyboard::MOST_STOPS;
pub use run::{Test, run};
pub use sign_in::code_now;

/// Where the data lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A SQLCipher file.
    Sqlite,
    /// A private PostgreSQL server.
    Postgres,
}

/// Writes one test for each engine: `name::sqlite` and `name::postgres`. Both count; a skipped one fails under CI.
///
/// `once:` writes a single test, for what comes from no database: samples, the checks themselves, and a journey's second way
/// (by keyboard, without scripts) where its first one goes to both. `front:` is one too, on the engine that has nginx in front.
#[macro_export]
macro_rules! browser_test {
    (once: $(#[$meta:meta])* async fn $name:ident($test:ident: &Test) $body:block) => {
        $(#[$meta])*
        #[test]
        fn $name() {
            async fn body($test: &Test) $body
            $crate::harness::run($crate::harness::Engine::Sqlite, stringify!($name), body);
        }
    };
    (front: $(#[$meta:meta])* async fn $name:ident($test:ident: &Test) $body:block) => {
        $(#[$meta])*
        #[test]
        fn $name() {
            async fn body($test: &Test) $body
            $crate::harness::run($crate::harness::Engine::Postgres, stringify!($name), body);
        }
    };
    ($(#[$meta:meta])* async fn $name:ident($test:ident: &Test) $body:block) => {
        $(#[$meta])*
        mod $name {
            #[allow(clippy::allow_attributes, unused_imports, reason = "each test names what it needs")]
            use super::*;

            async fn body($test: &Test) $body

            #[test]
            fn sqlite() {
                $crate::harness::run($crate::harness::Engine::Sqlite, stringify!($name), body);
            }
            #[test]
            fn postgres() {
                $crate::harness::run($crate::harness::Engine::Postgres, stringify!($name), body);
            }
        }
    };
}

/// Says why tests don't run, and does not let that pass under CI.
fn skipped(what: &str) {
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{what} is not here, and this is CI");
    println!("skipped: {what} is not here");
}

/// A program on the path.
fn on_path(program: &str) -> Option<std::path::PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).map(|folder| folder.join(program)).find(|path| path.exists())
}

/// A free port of 127.0.0.1, below those that the system gives to connections: a demo takes its own only when its clinic is made.
fn free_port() -> u16 {
    static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    loop {
        let tried = NEXT.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let port =
            u16::try_from(20_000 + (std::process::id().wrapping_mul(37).wrapping_add(tried)) % 12_000).expect("a port");
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// The workspace's folder.
pub fn workspace() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("a workspace").to_owned()
}

/// Waits for another process: its clock is the machine's, there is none to move.
#[expect(clippy::disallowed_methods, reason = "another process takes its time; nothing tells us when it is done")]
pub fn pause(time: std::time::Duration) {
    std::thread::sleep(time);
}

/// Seconds since 1970 by the machine's clock, which the demo runs on.
#[expect(clippy::disallowed_methods, reason = "the demo and the codes run on the machine's clock")]
fn machine_seconds() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock after 1970").as_secs()
}
