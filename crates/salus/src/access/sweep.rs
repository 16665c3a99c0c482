//! What nobody can ask for any more is thrown away: kept text that waited too long, challenges that nobody answered, addresses
//! that nobody confirmed, what was before a change that can't be taken back any more, and photos of papers 30 days after the answer.

use salus_db::{args, sql};

use super::{App, Sight, typed_text::KEPT_FOR};
use crate::shell::error::Error;

const CHALLENGES: salus_db::Sql = sql!("DELETE FROM passkey_challenge WHERE ends_at < $1");
const KEPT_TEXT: salus_db::Sql = sql!("DELETE FROM parked_form WHERE created_at < $1");
const ADDRESSES: salus_db::Sql = sql!("DELETE FROM email_change WHERE ends_at < $1");
const UNDOS: salus_db::Sql = sql!("DELETE FROM account_undo WHERE ends_at < $1");
const PHOTOS: salus_db::Sql = sql!(
    "DELETE FROM caregiver_photo
      WHERE EXISTS (SELECT 1 FROM caregiver_request c
                     WHERE c.id = caregiver_photo.request_id AND (c.state = 'withdrawn' OR c.decided_at < $1 OR c.created_at < $2))"
);
/// How long photos of papers are kept once somebody has answered.
const PHOTOS_FOR: i64 = 30 * 24 * 60 * salus_kernel::MINUTE;
/// And where nobody has.
const PHOTOS_UNANSWERED: i64 = 180 * 24 * 60 * salus_kernel::MINUTE;

impl App {
    /// Throws it away.
    pub async fn sweep(&self) -> Result<(), Error> {
        let now = self.now();
        let mut tx = self.db().begin(&Sight::of_run("jobs")).await?;
        for ended in [CHALLENGES, ADDRESSES, UNDOS] {
            tx.execute(ended, args![now]).await?;
        }
        tx.execute(KEPT_TEXT, args![now.plus(-KEPT_FOR)]).await?;
        tx.execute(PHOTOS, args![now.plus(-PHOTOS_FOR), now.plus(-PHOTOS_UNANSWERED)]).await?;
        Ok(tx.commit().await?)
    }
}
