//! A sentence about what just happened, carried over one redirect in a cookie that holds a fixed word and nothing else.

/// The cookie.
pub const COOKIE: &str = "__Host-salus-flash";

macro_rules! flashes {
    ($($(#[$doc:meta])* $name:ident = $word:literal),+ $(,)?) => {
        /// What just happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Flash { $($(#[$doc])* $name),+ }
        impl Flash {
            /// The word in the cookie, and the end of the message's id.
            pub const fn word(self) -> &'static str { match self { $(Self::$name => $word),+ } }
            /// The reverse.
            pub fn from_word(word: &str) -> Option<Self> { match word { $($word => Some(Self::$name),)+ _ => None } }
        }
    };
}

flashes! {
    /// One session was ended.
    SessionEnded = "session-ended",
    /// Settings were saved.
    SettingsSaved = "settings-saved",
    /// The password was changed.
    PasswordChanged = "password-changed",
    /// The clinic's look was saved.
    ClinicSaved = "clinic-saved",
}
