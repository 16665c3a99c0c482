//! What the pages of signing in and of one's own account receive.

mod coming;
mod leaving;
mod own;

pub use coming::{AfterSheet, ChoosePassword, Enroll, Recovery, RecoveryCodes, SecondFactor, Sheet, SignIn};
pub use leaving::{GoOn, SessionEnded, SignedOut};
pub use own::{Codes, Factors, KeptText, ProviderCard, SessionLine, Sessions, Settings, StillYou, few_codes};
