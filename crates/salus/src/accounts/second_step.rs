//! Codes as the second step: an app's, and the saved ones. Each works once, wherever it is asked for.

use salus_kernel::{AccountId, ActionType, Instant};
use salus_vault::{Discloses, Opens};

use super::{
    store,
    totp::{self, TotpSecret},
};
use crate::{
    access::{Change, columns::authenticator},
    shell::error::Error,
};

/// What came of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tried {
    /// It was right, and is used up.
    Right,
    /// It is none of the account's.
    Wrong,
    /// It was right, and used before.
    Used,
}

/// Uses the code of an app up.
pub async fn app_code<A>(
    tx: &mut Change<'_>,
    holder: &impl Discloses<A>,
    account: AccountId,
    typed: &str,
    now: Instant,
) -> Result<Tried, Error>
where
    A: ActionType + Opens<authenticator::Secret>,
{
    let mut answer = Tried::Wrong;
    for factor in store::authenticators(tx, account).await? {
        if factor.confirmed_at.is_none() {
            continue;
        }
        let secret = TotpSecret::from_bytes(factor.secret.open_bytes(holder)?);
        let Some(step) = secret.step_of(typed, now) else { continue };
        if store::use_step(tx, &factor.id, step).await? {
            return Ok(Tried::Right);
        }
        answer = Tried::Used;
    }
    Ok(answer)
}

/// The keyed hash of a saved code, bound to its account.
pub fn code_hash(digest: impl Fn(&str, &[u8]) -> [u8; 32], account: AccountId, code: &str) -> [u8; 32] {
    digest("recovery-code", format!("{account} {}", totp::normal_recovery_code(code)).as_bytes())
}

/// Uses a saved code up. What is hashed comes from [`code_hash`].
pub async fn saved_code(tx: &mut Change<'_>, account: AccountId, hash: [u8; 32], now: Instant) -> Result<Tried, Error> {
    // Not between the noting of what was before a change and the change.
    store::hold(tx, account).await?;
    Ok(if store::use_code(tx, account, hash, now).await? { Tried::Right } else { Tried::Wrong })
}

#[cfg(test)]
mod tests {
    use salus_vault::{ClinicKey, Vault, sha256};

    use super::*;

    /// ASVS V6.5.2, as docs/adr/0028-codes.md reads it: who has the rows alone has nothing to try codes with.
    #[test]
    fn a_saved_code_can_not_be_tried_without_the_clinic_s_key() {
        let [ours, theirs] = [Vault::new(ClinicKey::fresh(1)), Vault::new(ClinicKey::fresh(1))];
        let id = |n: u8| AccountId::new(Instant::from_micros(0), [n; 10]);
        let hash = |vault: &Vault, account: AccountId, code: &str| {
            code_hash(|purpose, message| vault.digest(purpose, message), account, code)
        };
        let code = "q7kd-m2xa-p4vn-c6re";
        assert_eq!(hash(&ours, id(1), code), hash(&ours, id(1), "Q7KD M2XA P4VN C6RE"));
        assert_ne!(hash(&ours, id(1), code), hash(&theirs, id(1), code), "another key is another hash");
        assert_ne!(hash(&ours, id(1), code), hash(&ours, id(2), code), "another account is another hash");
        for known in [
            code.to_owned(),
            totp::normal_recovery_code(code),
            format!("{} {}", id(1), totp::normal_recovery_code(code)),
        ] {
            assert_ne!(hash(&ours, id(1), code), sha256(known.as_bytes()), "{known}");
        }
    }
}
