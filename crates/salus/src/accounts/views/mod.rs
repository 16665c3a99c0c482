//! What the pages of signing in and of one's own account receive.

mod coming;
mod leaving;
mod own;

pub use coming::{ChoosePassword, Enroll, Recovery, RecoveryCodes, SecondFactor, SignIn};
pub use leaving::{SessionEnded, SignedOut};
pub use own::{Factors, KeptText, SessionLine, Sessions, Settings, StillYou};
