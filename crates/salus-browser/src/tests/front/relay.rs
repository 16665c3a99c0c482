//! What stands between nginx and the portal in these tests, and counts: a connection here is a request that nginx let through.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Passes everything on to the portal.
pub struct Relay {
    /// Where it listens.
    pub port: u16,
    reached: Arc<AtomicUsize>,
}

impl Relay {
    /// Listens until the test process ends.
    pub fn to(portal: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("a port").port();
        let reached = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&reached);
        std::thread::spawn(move || {
            for from in listener.incoming().flatten() {
                count.fetch_add(1, Ordering::SeqCst);
                let to = TcpStream::connect(("127.0.0.1", portal)).expect("the portal");
                let (back, forth) = (from.try_clone().expect("a socket"), to.try_clone().expect("a socket"));
                std::thread::spawn(move || pass(from, to));
                std::thread::spawn(move || pass(forth, back));
            }
        });
        Self { port, reached }
    }

    /// How many requests came through so far. nginx opens a connection for each.
    pub fn reached(&self) -> usize {
        self.reached.load(Ordering::SeqCst)
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream) {
    let mut some = [0; 16 * 1024];
    while let Ok(read) = from.read(&mut some) {
        if read == 0 || to.write_all(&some[..read]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
