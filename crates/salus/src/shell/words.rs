//! The words on the screen, from `locales/en/*.ftl` (Fluent), and the filters with which templates ask for them.
//!
//! A message without arguments is formatted once, at the first use, and then only looked up.

use std::collections::HashMap;
use std::sync::LazyLock;

use fluent_templates::fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};

/// Each slice's file of words, embedded.
const FILES: [(&str, &str); 25] = [
    ("shell", include_str!("../../locales/en/shell.ftl")),
    ("accounts", include_str!("../../locales/en/accounts.ftl")),
    ("home", include_str!("../../locales/en/home.ftl")),
    ("patients", include_str!("../../locales/en/patients.ftl")),
    ("record", include_str!("../../locales/en/record.ftl")),
    ("access_log", include_str!("../../locales/en/access_log.ftl")),
    ("directory", include_str!("../../locales/en/directory.ftl")),
    ("care_team", include_str!("../../locales/en/care_team.ftl")),
    ("emergency", include_str!("../../locales/en/emergency.ftl")),
    ("reviews", include_str!("../../locales/en/reviews.ftl")),
    ("messages", include_str!("../../locales/en/messages.ftl")),
    ("staff", include_str!("../../locales/en/staff.ftl")),
    ("clinic", include_str!("../../locales/en/clinic.ftl")),
    ("roles", include_str!("../../locales/en/roles.ftl")),
    ("locations", include_str!("../../locales/en/locations.ftl")),
    ("visit_types", include_str!("../../locales/en/visit_types.ftl")),
    ("availability", include_str!("../../locales/en/availability.ftl")),
    ("appointments", include_str!("../../locales/en/appointments.ftl")),
    ("pools", include_str!("../../locales/en/pools.ftl")),
    ("jobs", include_str!("../../locales/en/jobs.ftl")),
    ("audit", include_str!("../../locales/en/audit.ftl")),
    ("invites", include_str!("../../locales/en/invites.ftl")),
    ("proxies", include_str!("../../locales/en/proxies.ftl")),
    ("recovery", include_str!("../../locales/en/recovery.ftl")),
    ("registrations", include_str!("../../locales/en/registrations.ftl")),
];

struct Words {
    bundle: FluentBundle<FluentResource>,
    /// Messages that need no arguments, ready to show.
    plain: HashMap<String, String>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut bundle = FluentBundle::new_concurrent(vec!["en".parse().unwrap_or_default()]);
    // Names are isolated by <bdi> in the templates; invisible characters would break copying and tests.
    bundle.set_use_isolating(false);
    let mut ids = Vec::new();
    for (_, text) in FILES {
        // What is malformed is left out here; the test `every_file_parses` names it.
        let resource = match FluentResource::try_new(text.to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        ids.extend(message_ids(text));
        bundle.add_resource_overriding(resource);
    }
    let plain = ids
        .into_iter()
        .filter_map(|id| {
            let mut problems = Vec::new();
            let pattern = bundle.get_message(&id)?.value()?;
            let text = bundle.format_pattern(pattern, None, &mut problems).into_owned();
            problems.is_empty().then_some((id, text))
        })
        .collect();
    Words { bundle, plain }
});

/// The ids of the messages in a file of words.
fn message_ids(text: &str) -> impl Iterator<Item = String> {
    text.lines().filter_map(|line| {
        let (id, _) = line.split_once('=')?;
        let id = id.trim_end();
        (id.starts_with(|c: char| c.is_ascii_lowercase()) && !id.contains([' ', '{'])).then(|| id.to_owned())
    })
}

/// The words for a message without arguments. A missing message shows its id; a test makes sure that none is missing.
pub fn t(id: &str) -> String {
    known(id).map_or_else(|| missing(id), str::to_owned)
}

/// The words for a message without arguments, if there are any.
pub fn known(id: &str) -> Option<&'static str> {
    WORDS.plain.get(id).map(String::as_str)
}

/// The words for a message with one argument.
pub fn t1<'a>(id: &str, name: &'a str, value: impl Into<FluentValue<'a>>) -> String {
    t_with(id, [(name, value.into())])
}

/// The words for a message with arguments; numbers choose the plural.
pub fn t_with<'a>(id: &str, given: impl IntoIterator<Item = (&'a str, FluentValue<'a>)>) -> String {
    let Some(pattern) = WORDS.bundle.get_message(id).and_then(|message| message.value()) else {
        return missing(id);
    };
    let args: FluentArgs<'a> = given.into_iter().collect();
    let mut problems = Vec::new();
    let text = WORDS.bundle.format_pattern(pattern, Some(&args), &mut problems).into_owned();
    // Every page of the gallery is made by a test: a value that a message wants and nobody gives ends it there.
    debug_assert!(problems.is_empty(), "{id}: {problems:?}");
    text
}

fn missing(id: &str) -> String {
    format!("[{id}]")
}

/// A whole number with thousands separated: 17,262.
pub fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What templates pipe values through; import as `filters` beside each `#[derive(Template)]`.
pub mod filters {
    #![expect(missing_docs, reason = "the macro makes items of its own; each filter is explained above it")]

    use std::borrow::{Borrow, Cow};
    use std::fmt::Display;

    use askama::Values;
    use askama::filters::Safe;

    use super::{FluentValue, known, missing};

    /// `{{ "home-title"|t }}`: words without arguments.
    #[askama::filter_fn]
    pub fn t(id: impl Display, _: &dyn Values) -> askama::Result<Cow<'static, str>> {
        let id = id.to_string();
        Ok(known(&id).map_or_else(|| Cow::Owned(missing(&id)), Cow::Borrowed))
    }

    /// `{{ "home-hello"|t1("name", first_name) }}`: words with one argument that is text.
    #[askama::filter_fn]
    pub fn t1<N: Display, V: Display>(id: impl Display, _: &dyn Values, name: N, value: V) -> askama::Result<String> {
        let name = name.to_string();
        Ok(super::t1(&id.to_string(), &name, value.to_string()))
    }

    /// `{{ "shell-pager"|t2("first", first, "last", last) }}`: words with two arguments that are text.
    #[askama::filter_fn]
    pub fn t2<N: Display, V: Display, M: Display, W: Display>(
        id: impl Display,
        _: &dyn Values,
        name: N,
        value: V,
        other_name: M,
        other: W,
    ) -> askama::Result<String> {
        let (name, other_name) = (name.to_string(), other_name.to_string());
        let given = [
            (name.as_str(), FluentValue::from(value.to_string())),
            (other_name.as_str(), FluentValue::from(other.to_string())),
        ];
        Ok(super::t_with(&id.to_string(), given))
    }

    /// `{{ "record-count"|tn(count) }}`: words with a number `$count` that chooses the plural, and `$number` as it is read.
    #[askama::filter_fn]
    pub fn tn<C: Borrow<u64>>(id: impl Display, _: &dyn Values, count: C) -> askama::Result<String> {
        let count = *count.borrow();
        let given = [("count", count.into()), ("number", super::number(count).into())];
        Ok(super::t_with(&id.to_string(), given))
    }

    /// `{{ count|number }}`: a number with its thousands separated.
    #[askama::filter_fn]
    pub fn number(value: impl Borrow<u64>, _: &dyn Values) -> askama::Result<String> {
        Ok(super::number(*value.borrow()))
    }

    /// `tel:{{ phone|tel }}`: only what may stand in a telephone link.
    #[askama::filter_fn]
    pub fn tel(phone: impl Display, _: &dyn Values) -> askama::Result<String> {
        Ok(phone.to_string().chars().filter(|c| c.is_ascii_digit() || *c == '+').collect())
    }

    /// `{{ "csrf"|hidden_field }}`: the hidden field with the session's token, which the shell gives when it renders.
    ///
    /// Invariant: a form cannot be rendered without a token; rendering fails instead.
    #[askama::filter_fn]
    pub fn hidden_field(name: impl Display, values: &dyn Values) -> askama::Result<Safe<String>> {
        let name = name.to_string();
        let token: &String = askama::get_value(values, &name)?;
        let safe: String = token.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.=+/".contains(*c)).collect();
        Ok(Safe(format!("<input type=\"hidden\" name=\"{name}\" value=\"{safe}\">")))
    }

    /// `{{ "flask"|icon }}`: a picture from the sprite, hidden from screen readers because words always stand beside it.
    #[askama::filter_fn]
    pub fn icon(name: impl Display, _: &dyn Values) -> askama::Result<Safe<String>> {
        let sprite = salus_assets::url("icons.svg");
        Ok(Safe(format!(
            "<svg class=\"s-icon\" aria-hidden=\"true\" focusable=\"false\"><use href=\"{sprite}#{name}\"></use></svg>"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_parses() {
        for (file, text) in FILES {
            if let Err((_, problems)) = FluentResource::try_new(text.to_owned()) {
                panic!("{file}.ftl: {problems:?}");
            }
        }
    }

    #[test]
    fn no_id_twice() {
        let mut ids: Vec<String> = FILES.iter().flat_map(|(_, text)| message_ids(text)).collect();
        ids.sort();
        let all = ids.len();
        ids.dedup();
        assert_eq!(all, ids.len());
    }

    /// Every message that code or a template names is there.
    #[test]
    fn no_message_is_missing() {
        let known: std::collections::BTreeSet<String> = FILES.iter().flat_map(|(_, text)| message_ids(text)).collect();
        let mut folders = vec![std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src")];
        let mut asked = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                if path.ends_with("shell/words.rs") {
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap_or_default();
                let in_code = ["t(\"", "t1(\"", "t_with(\""].into_iter().flat_map(|call| {
                    text.match_indices(call).filter_map(|(at, _)| {
                        let before = text[..at].chars().next_back()?;
                        (before == ':' || before == ' ' || before == '(' || before == '|')
                            .then(|| text[at + call.len()..].split('"').next())
                            .flatten()
                    })
                });
                let in_templates = text.match_indices("\"|t").filter_map(|(at, _)| text[..at].rsplit('"').next());
                for id in
                    in_code.chain(in_templates).filter(|id| id.contains('-') && !id.contains(['{', ' ', '/', '<']))
                {
                    asked += 1;
                    assert!(known.contains(id), "{}: no message {id}", path.display());
                }
            }
        }
        assert!(asked > 200, "only {asked} were found");
    }

    #[test]
    fn thousands() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(17_262), "17,262");
        assert_eq!(number(1_000_000), "1,000,000");
    }
}
