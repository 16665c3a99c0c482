//! The person's side: asking for an account, and verifying the address.

use jiff::civil::Date;
use salus_vault::normal;
use serde::Deserialize;

use super::{
    ForgetRegistration, VerifyAddress, store,
    views::{Ask, Sent, Verify},
};
use crate::{
    access::{
        Posted, Visitor,
        invites::{Code, Door, Link, NotRedeemed},
    },
    accounts::{
        making::{LoginForm, LoginProblems, looks_like_an_address},
        password,
        tries::{self, Knock},
    },
    invites::{Made, make},
    shell::{
        dates,
        page::{self, PageResult, see_other},
        urls,
        view::{Field, LinkLine, Notice, SecretField},
        words,
    },
};

/// The longest name. Long enough for any person; a book is none.
const LONGEST_NAME: usize = 120;

/// What the form sends.
#[derive(Default, Deserialize)]
pub struct AskForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    birth_date: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    phone: String,
}

/// What it says, when all of it can be true.
struct Asked {
    name: String,
    born: Date,
    email: String,
    phone: String,
}

/// A name as somebody typed it, without spaces too many.
pub fn typed_name(text: &str) -> Option<String> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let fine = name.chars().count() <= LONGEST_NAME
        && name.chars().any(char::is_alphabetic)
        && !name.chars().any(char::is_control);
    fine.then_some(name)
}

/// A phone number as somebody typed it: 7 to 15 digits (ITU-T E.164) and what people write between them.
pub fn typed_phone(text: &str) -> Option<String> {
    let phone = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let digits = phone.chars().filter(char::is_ascii_digit).count();
    let fine = phone.chars().all(|c| c.is_ascii_digit() || " +-().x".contains(c)) && (7..=15).contains(&digits);
    (phone.is_empty() || (fine && phone.len() <= 40)).then_some(phone)
}

impl AskForm {
    /// What was asked for; `adult` is the age from which people have an account of their own.
    fn parse(&self, today: Date, adult: i16) -> Result<Asked, Box<Ask>> {
        let name = typed_name(&self.name);
        let born = dates::typed(&self.birth_date).filter(|born| *born <= today && born.year() >= today.year() - 130);
        let young = born.is_some_and(|born| dates::years(born, today) < adult);
        let email = Some(self.email.trim().to_owned()).filter(|email| looks_like_an_address(email));
        let phone = typed_phone(&self.phone);
        match (name, born, email, phone) {
            (Some(name), Some(born), Some(email), Some(phone)) if !young => Ok(Asked { name, born, email, phone }),
            (name, born, email, phone) => {
                let problem = |wrong: bool, id: &str| wrong.then(|| words::t(id));
                let date = problem(born.is_none(), "registrations-problem-birth-date")
                    .or_else(|| young.then(|| words::t1("registrations-problem-young", "adult", adult)));
                Err(Box::new(Ask {
                    name: Field {
                        value: self.name.clone(),
                        problem: problem(name.is_none(), "registrations-problem-name"),
                    },
                    birth_date: Field { value: self.birth_date.clone(), problem: date },
                    email: Field {
                        value: self.email.clone(),
                        problem: problem(email.is_none(), "accounts-problem-email"),
                    },
                    phone: Field {
                        value: self.phone.clone(),
                        problem: problem(phone.is_none(), "registrations-problem-phone"),
                    },
                    ..Ask::default()
                }))
            }
        }
    }
    fn typed(&self) -> Ask {
        Ask {
            name: Field::typed(&self.name),
            birth_date: Field::typed(&self.birth_date),
            email: Field::typed(&self.email),
            phone: Field::typed(&self.phone),
            ..Ask::default()
        }
    }
}

async fn dressed(visitor: &Visitor, view: Ask) -> Ask {
    let clinic = visitor.app().clinic().await;
    Ask { clinic_name: clinic.name.clone(), clinic_phone: clinic.phone.clone(), ..view }
}

/// The form.
pub async fn form(visitor: Visitor) -> PageResult {
    page::show(&visitor, &dressed(&visitor, Ask::default()).await)
}

/// Asks. Nothing here looks whether the address is known: what follows is the same for every address, and so is its time.
pub async fn register(visitor: Visitor, Posted(form): Posted<AskForm>) -> PageResult {
    let today = dates::on(visitor.now(), &visitor.app().clinic().await.zone());
    let adult = visitor.app().ages().await.on(today).adult;
    let asked = match form.parse(today, adult) {
        Ok(asked) => asked,
        Err(view) => return page::again(&visitor, &dressed(&visitor, *view).await),
    };
    let knock = Knock::asks(&visitor, "register");
    if let Some(seconds) = knock.take(visitor.app(), visitor.now()).await? {
        let message = tries::in_words(visitor.app(), visitor.now(), seconds).await;
        let view = dressed(&visitor, Ask { message, ..form.typed() }).await;
        return tries::too_many(page::show(&visitor, &view)?, seconds);
    }
    if Knock::postbox(&visitor, "register", &asked.email).take(visitor.app(), visitor.now()).await?.is_some() {
        return Ok(see_other(urls::REGISTER_SENT));
    }
    let address = visitor.index("account.email", &normal::email(&asked.email));
    let mut registering = visitor.register(&address).await?;
    let account = registering.account;
    let typed = store::Typed {
        name: &asked.name,
        birth_date: &asked.born.to_string(),
        email: &asked.email,
        phone: &asked.phone,
    };
    let change = &mut registering.change;
    store::add(change, account, &registering.key, address.as_str(), &typed, visitor.now()).await?;
    change.enqueue(&VerifyAddress { registration: account, address: address.as_str().to_owned() }).await?;
    change.enqueue(&ForgetRegistration { registration: account }).await?;
    registering.change.commit().await?;
    Ok(see_other(urls::REGISTER_SENT))
}

/// What happens next. The same for everybody, and without what was typed.
pub async fn sent(visitor: Visitor) -> PageResult {
    let clinic = visitor.app().clinic().await;
    page::show(&visitor, &Sent { clinic_phone: clinic.phone.clone() })
}

/// The form behind the mailed link. Looking at it uses nothing up, so a mail scanner may.
pub async fn verify_form(visitor: Visitor, code: Code) -> PageResult {
    match visitor.link(Door::Register, &code).await? {
        Some(Link::Mailed) => {
            let view = verify_view(&visitor, code.text(), Field::empty(), LoginProblems::default()).await;
            page::show(&visitor, &view)
        }
        Some(_) => over(&visitor, "registrations-ended").await,
        None => over(&visitor, "registrations-unknown").await,
    }
}

async fn verify_view(visitor: &Visitor, code: &str, birth_date: Field, problems: LoginProblems) -> Verify {
    Verify {
        action: urls::verify(code),
        birth_date,
        password: SecretField { problem: problems.password },
        again: SecretField { problem: problems.again },
        message: String::new(),
        clinic_phone: visitor.app().clinic().await.phone.clone(),
    }
}

/// What that form sends.
#[derive(Deserialize)]
pub struct VerifyForm {
    #[serde(default)]
    birth_date: String,
    #[serde(flatten)]
    login: LoginForm,
}

/// Verifies the address and makes the account, which waits for the front desk from here on.
pub async fn verify(visitor: Visitor, code: Code, Posted(form): Posted<VerifyForm>) -> PageResult {
    let clinic = visitor.app().clinic().await;
    let born = dates::typed(&form.birth_date);
    let again = |date: Option<String>, problems: LoginProblems| {
        let birth_date = Field { value: form.birth_date.clone(), problem: date };
        verify_view(&visitor, code.text(), birth_date, problems)
    };
    let (password, born) = match (form.login.check_password(&[&clinic.name], &visitor.app().web().breached), born) {
        (Ok(password), Some(born)) => (password, born),
        (password, born) => {
            let date = born.is_none().then(|| words::t("invites-problem-birth-date"));
            return page::again(&visitor, &again(date, password.err().unwrap_or_default()).await);
        }
    };
    let knock = Knock::at(&visitor, "verify");
    if let Some(seconds) = knock.take(visitor.app(), visitor.now()).await? {
        let message = tries::in_words(visitor.app(), visitor.now(), seconds).await;
        let view = Verify { message, ..again(None, LoginProblems::default()).await };
        return tries::too_many(page::show(&visitor, &view)?, seconds);
    }
    let redeemer = match visitor.redeem_with_date(Door::Register, &code, &born.to_string()).await? {
        Ok(redeemer) => redeemer,
        Err(NotRedeemed::NoMatch) => {
            let problem = words::t("registrations-problem-no-match");
            return page::again(&visitor, &again(Some(problem), LoginProblems::default()).await);
        }
        Err(NotRedeemed::Ended | NotRedeemed::Closed) => return over(&visitor, "registrations-ended").await,
    };
    knock.succeeded(visitor.app()).await?;
    let hash = password::hash(password, &visitor.app().passwords).await?;
    match make(&visitor, &redeemer, &form.login, hash).await? {
        Made::Session(response) => Ok(response),
        Made::Problems(LoginProblems { email: Some(_), .. }) => over(&visitor, "registrations-taken").await,
        Made::Problems(problems) => page::again(&visitor, &again(None, problems).await),
        Made::SomebodyWasFaster => over(&visitor, "registrations-ended").await,
    }
}

/// A page that says why this link is of no use, and what to do now.
async fn over(visitor: &Visitor, words_id: &str) -> PageResult {
    let (way, to) = match words_id {
        "registrations-taken" => ("invites-sign-in", urls::SIGN_IN),
        _ => ("registrations-again", urls::REGISTER),
    };
    let view = Notice {
        heading: words::t(&format!("{words_id}-title")),
        paragraphs: vec![words::t(&format!("{words_id}-text")), words::t(&format!("{words_id}-next"))],
        way_on: LinkLine::new(words::t(way), to, ""),
        clinic_phone: visitor.app().clinic().await.phone.clone(),
    };
    page::show(visitor, &view)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_phones_of_all_sorts() {
        for good in ["Ana Ruiz", "  Ana   Ruiz ", "O", "ليلى عبد الرحمن", "Nguyễn Thị Ánh", "李", "Jean-Luc d'Arc 😀"]
        {
            assert!(typed_name(good).is_some(), "{good}");
        }
        for bad in ["", "  ", "12", "a\u{7}b", "😀", &"a".repeat(121)] {
            assert!(typed_name(bad).is_none(), "{bad}");
        }
        for good in ["", "(503) 555-0142", "+44 20 7946 0000", "503.555.0142 x12"] {
            assert!(typed_phone(good).is_some(), "{good}");
        }
        for bad in ["call me", "123", "1234567890123456", "503 555 0142; DROP", &"1 ".repeat(30)] {
            assert!(typed_phone(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn every_field_has_its_own_problem() {
        let today = Date::constant(2026, 11, 25);
        let form = |name: &str, born: &str, email: &str, phone: &str| AskForm {
            name: name.into(),
            birth_date: born.into(),
            email: email.into(),
            phone: phone.into(),
        };
        assert!(form("Ana Ruiz", "3 14 1985", "ana@example.org", "").parse(today, 18).is_ok());
        let view = form("", "tomorrow", "ana", "ring").parse(today, 18).err().unwrap();
        for field in [&view.name, &view.birth_date, &view.email, &view.phone] {
            assert!(field.problem.is_some());
        }
        for (born, fine) in [("11 25 2008", true), ("11 26 2008", false), ("11 26 2026", false), ("1 1 1890", false)] {
            assert_eq!(form("Ana", born, "ana@example.org", "").parse(today, 18).is_ok(), fine, "{born}");
        }
    }
}
