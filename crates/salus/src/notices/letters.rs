//! The letters. Each template is compiled with the four facts and nothing else in reach.

use askama::Template;

use super::About;

/// What a letter may hold.
pub struct Facts<'a> {
    /// The clinic's name.
    pub clinic_name: &'a str,
    /// Where people call.
    pub clinic_phone: &'a str,
    /// Where to go on: mostly where people sign in. It begins with the address from the settings.
    pub link: &'a str,
    /// When it happened, or until when a link works, in the clinic's zone, with the zone named.
    pub when: &'a str,
}

macro_rules! letters {
    ($($about:ident => $path:literal,)+) => {
        $(
            #[derive(Template)]
            #[template(path = $path, whitespace = "preserve")]
            struct $about<'a> {
                clinic_name: &'a str,
                clinic_phone: &'a str,
                link: &'a str,
                when: &'a str,
            }
        )+

        /// The letter about this.
        pub fn letter(about: About, facts: &Facts<'_>) -> askama::Result<String> {
            let Facts { clinic_name, clinic_phone, link, when } = *facts;
            match about {
                $(About::$about => $about { clinic_name, clinic_phone, link, when }.render(),)+
            }
        }

        #[cfg(test)]
        pub const TEMPLATES: &[(About, &str)] = &[$((About::$about, $path)),+];
    };
}

letters! {
    SecondFactor => "notices/templates/second_factor.txt",
    PasskeyAdded => "notices/templates/passkey_added.txt",
    ProviderConnected => "notices/templates/provider_connected.txt",
    ProviderRemoved => "notices/templates/provider_removed.txt",
    PasskeyRemoved => "notices/templates/passkey_removed.txt",
    RecoveryCodes => "notices/templates/recovery_codes.txt",
    NewDevice => "notices/templates/new_device.txt",
    PasswordChanged => "notices/templates/password_changed.txt",
    SignedOut => "notices/templates/signed_out.txt",
    WayBack => "notices/templates/way_back.txt",
    Answered => "notices/templates/answered.txt",
    Unlinked => "notices/templates/unlinked.txt",
    VerifyAddress => "notices/templates/verify_address.txt",
    AlreadyHere => "notices/templates/already_here.txt",
    ResetPassword => "notices/templates/reset_password.txt",
    AskBackIn => "notices/templates/ask_back_in.txt",
    AskedBackIn => "notices/templates/asked_back_in.txt",
    AskedNoMore => "notices/templates/asked_no_more.txt",
    ColleagueVouched => "notices/templates/colleague_vouched.txt",
    ColleagueReturns => "notices/templates/colleague_returns.txt",
    RoleProposed => "notices/templates/role_proposed.txt",
    LetBackIn => "notices/templates/let_back_in.txt",
    NotLetBackIn => "notices/templates/not_let_back_in.txt",
    BackIn => "notices/templates/back_in.txt",
    RoleChanged => "notices/templates/role_changed.txt",
    PasswordKnown => "notices/templates/password_known.txt",
    News => "notices/templates/news.txt",
    Emergency => "notices/templates/emergency.txt",
    Review => "notices/templates/review.txt",
    Watched => "notices/templates/watched.txt",
    Caregivers => "notices/templates/caregivers.txt",
    OfAgeSoon => "notices/templates/of_age_soon.txt",
    OfAge => "notices/templates/of_age.txt",
    AppChanged => "notices/templates/app_changed.txt",
    AddressChanged => "notices/templates/address_changed.txt",
    AddressIsNew => "notices/templates/address_is_new.txt",
    NewAddress => "notices/templates/new_address.txt",
    AddressTaken => "notices/templates/address_taken.txt",
    ResetLater => "notices/templates/reset_later.txt",
    Undone => "notices/templates/undone.txt",
}
