//! What the pages of signing in and of one's own account receive.

mod coming;
mod leaving;
mod own;

pub use coming::{ChoosePassword, Enroll, Recovery, RecoveryCodes, SecondFactor, Sheet, Shown, SignIn};
pub use leaving::{SessionEnded, SignedOut};
pub use own::{FEW_CODES, Factors, KeptText, SessionLine, Sessions, Settings, StillYou};
