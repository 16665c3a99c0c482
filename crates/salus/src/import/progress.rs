//! How far an import is, for people who watch. File names and numbers only.

use indicatif::{ProgressBar, ProgressStyle};

/// Someone who watches.
pub trait Progress: Send + Sync {
    /// A file begins.
    fn begin(&self, file: &str);
    /// So much of all work on the file is done.
    fn at(&self, done: u64, of: u64);
    /// The file is done, or refused.
    fn end(&self);
}

/// Nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _file: &str) {}
    fn at(&self, _done: u64, _of: u64) {}
    fn end(&self) {}
}

/// A bar on standard error, when that is a terminal.
#[derive(Debug)]
pub struct Bar(ProgressBar);

impl Default for Bar {
    fn default() -> Self {
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {percent}% {eta}") {
            bar.set_style(style);
        }
        Self(bar)
    }
}

impl Progress for Bar {
    fn begin(&self, file: &str) {
        self.0.reset();
        self.0.set_message(file.to_owned());
    }
    fn at(&self, done: u64, of: u64) {
        self.0.set_length(of);
        self.0.set_position(done);
    }
    fn end(&self) {
        self.0.finish_and_clear();
    }
}
