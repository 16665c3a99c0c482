//! What a link in a mail does beside invites. Its code is kept nowhere: it is made again from the id of the row that it is about,
//! so that a mail that is sent twice is the same mail.

use salus_kernel::{ActionType, ResourceId};

use super::{Change, JobRun, invites::Code};

/// What the link does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mailed {
    /// Lets somebody sign in with the address that it was mailed to.
    NewAddress,
    /// Takes a change back.
    Undo,
    /// Lets somebody back in, together with a code that was said to them.
    BackIn,
}

impl Mailed {
    /// What codes and look-up keys of such links are made for, and no others.
    pub const fn purpose(self) -> &'static str {
        match self {
            Self::NewAddress => "new-address",
            Self::Undo => "undo",
            Self::BackIn => "back-in",
        }
    }
}

impl Change<'_> {
    /// By what the row of such a link is found.
    pub fn key_of_link(&self, what: Mailed, row: ResourceId) -> String {
        let code = Code::for_mail(self.vault(), what.purpose(), row.uuid());
        self.vault().index(what.purpose(), code.text()).into_string()
    }
}

impl<A: ActionType> JobRun<A> {
    /// The code in such a link.
    pub fn code_of_link(&self, what: Mailed, row: ResourceId) -> Code {
        Code::for_mail(self.vault(), what.purpose(), row.uuid())
    }
}
