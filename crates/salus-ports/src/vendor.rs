//! Vendors: who outside the clinic receives data, and until when an agreement with them holds.
//!
//! An address alone says that somebody is a patient here, so whoever carries mail is a business associate (45 CFR
//! 164.308(b)): there has to be an agreement, and it has to be in force.

use jiff::civil::Date;

/// What the clinic has written down of somebody who receives data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vendor {
    /// As adapters name it.
    pub name: String,
    /// What for.
    pub purpose: String,
    /// When the business associate agreement was signed.
    pub baa_signed: Date,
    /// The last day on which it holds.
    pub baa_expires: Date,
}

/// Where an adapter's data goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataRecipient {
    /// It stays on this machine.
    ThisMachine,
    /// A vendor gets it.
    Vendor {
        /// As in its record.
        name: String,
        /// The last day on which the agreement holds.
        until: Date,
    },
}

/// Proof that a vendor's record was valid when the program started. Adapters that leave the machine are made from it.
#[derive(Debug, Clone)]
pub struct OnRecord(Vendor);

/// Why a vendor may not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotOnRecord {
    /// The settings name nobody.
    #[error("the settings name no vendor")]
    Unnamed,
    /// There is no record of this name.
    #[error("there is no record of the vendor “{0}”")]
    Unknown(String),
    /// The record does not say what for.
    #[error("the record of the vendor “{0}” has no purpose")]
    NoPurpose(String),
    /// The agreement is not signed yet.
    #[error("the agreement with “{0}” begins on {1}")]
    NotYet(String, Date),
    /// The agreement is over.
    #[error("the agreement with “{0}” ended on {1}")]
    Ended(String, Date),
}

impl OnRecord {
    /// The vendor of this name, if its record is complete and its agreement holds today.
    pub fn of(vendors: &[Vendor], name: &str, today: Date) -> Result<Self, NotOnRecord> {
        if name.trim().is_empty() {
            return Err(NotOnRecord::Unnamed);
        }
        let known = vendors.iter().find(|vendor| vendor.name == name);
        let vendor = known.ok_or_else(|| NotOnRecord::Unknown(name.to_owned()))?;
        if vendor.purpose.trim().is_empty() {
            return Err(NotOnRecord::NoPurpose(name.to_owned()));
        }
        if vendor.baa_signed > today {
            return Err(NotOnRecord::NotYet(name.to_owned(), vendor.baa_signed));
        }
        if vendor.baa_expires < today {
            return Err(NotOnRecord::Ended(name.to_owned(), vendor.baa_expires));
        }
        Ok(Self(vendor.clone()))
    }

    /// For [`crate::email::EmailSender::recipient`] and the like.
    pub fn recipient(&self) -> DataRecipient {
        DataRecipient::Vendor { name: self.0.name.clone(), until: self.0.baa_expires }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date::constant(2026, 11, 25);

    fn vendor(purpose: &str, signed: Date, expires: Date) -> Vendor {
        Vendor { name: "Postbox".to_owned(), purpose: purpose.to_owned(), baa_signed: signed, baa_expires: expires }
    }

    #[test]
    fn a_vendor_without_a_valid_record_is_refused() {
        // HIP-17.
        let (then, later) = (Date::constant(2026, 1, 5), Date::constant(2028, 1, 4));
        let good = [vendor("mail", then, later)];
        assert!(OnRecord::of(&good, "Postbox", TODAY).is_ok());
        let why = |vendors: &[Vendor], name: &str| OnRecord::of(vendors, name, TODAY).map(drop);
        assert_eq!(why(&good, " "), Err(NotOnRecord::Unnamed));
        assert_eq!(why(&good, "Other"), Err(NotOnRecord::Unknown("Other".into())));
        assert_eq!(why(&[], "Postbox"), Err(NotOnRecord::Unknown("Postbox".into())));
        assert_eq!(why(&[vendor(" ", then, later)], "Postbox"), Err(NotOnRecord::NoPurpose("Postbox".into())));
        assert_eq!(why(&[vendor("mail", later, later)], "Postbox"), Err(NotOnRecord::NotYet("Postbox".into(), later)));
        let ended = why(&[vendor("mail", then, then)], "Postbox");
        assert_eq!(ended, Err(NotOnRecord::Ended("Postbox".into(), then)), "an agreement that ended was taken for one");
        // Its last day is still a day of it.
        assert!(why(&[vendor("mail", then, TODAY)], "Postbox").is_ok());
        assert!(why(&[vendor("mail", TODAY, later)], "Postbox").is_ok());
    }
}
