//! `xtask deps`: bans and licences of dependencies, by the rules in `deny.toml`; where they come from is in `arch`.
//!
//! cargo-deny reads the same file and is asked as well where it is installed; installing it takes minutes, so what
//! matters most is answered here, from `cargo tree` alone.

use std::{collections::BTreeSet, fs};

use anyhow::{Context as _, Result, bail};

use crate::run::{cargo, here, output, root, succeed};

/// Prints what is wrong; an error when anything is.
pub fn run() -> Result<()> {
    let rules = Rules::read(&fs::read_to_string(root().join("deny.toml"))?)?;
    let arguments = ["tree", "--workspace", "--edges", "normal,build,dev", "--prefix", "none", "--format", "{p}\t{l}"];
    let found = check(&rules, &output(&mut cargo(&arguments))?);
    for line in &found {
        println!("  {line}");
    }
    if here("cargo-deny") {
        succeed(&mut cargo(&["deny", "--log-level", "error", "check", "bans", "licenses", "sources"]))?;
    } else {
        println!("  cargo-deny is not here; bans and licences were looked at without it");
    }
    if found.is_empty() { Ok(()) } else { bail!("{} against deny.toml", found.len()) }
}

struct Rules {
    licenses: BTreeSet<String>,
    banned: Vec<(String, String)>,
}

impl Rules {
    fn read(text: &str) -> Result<Self> {
        let table: toml::Table = text.parse().context("deny.toml")?;
        let list = |section: &str, key: &str| {
            table
                .get(section)
                .and_then(|section| section.get(key))
                .and_then(toml::Value::as_array)
                .cloned()
                .unwrap_or_default()
        };
        let text = |value: &toml::Value, key: &str| {
            value.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned()
        };
        Ok(Self {
            licenses: list("licenses", "allow").iter().filter_map(|id| id.as_str().map(str::to_owned)).collect(),
            banned: list("bans", "deny").iter().map(|ban| (text(ban, "crate"), text(ban, "reason"))).collect(),
        })
    }
}

/// Reads lines of `name v1.2.3 (where)`, a tab, a licence.
fn check(rules: &Rules, tree: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in tree.lines() {
        let Some((package, licence)) = line.trim_end_matches(" (*)").split_once('\t') else { continue };
        let name = package.split(' ').next().unwrap_or_default();
        if let Some((_, reason)) = rules.banned.iter().find(|(banned, _)| banned == name) {
            found.insert(format!("{name} is banned: {reason}"));
        }
        if !Licence::read(licence).is_some_and(|licence| licence.fits(&rules.licenses)) {
            found.insert(format!("{name}: the licence '{licence}' is not among those allowed"));
        }
    }
    found
}

/// An SPDX expression.
enum Licence {
    One(String),
    All(Vec<Self>),
    Any(Vec<Self>),
}

impl Licence {
    fn read(text: &str) -> Option<Self> {
        let spaced = text.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
        let words: Vec<&str> = spaced.split_whitespace().collect();
        let mut rest = words.as_slice();
        let licence = Self::any(&mut rest)?;
        rest.is_empty().then_some(licence)
    }

    fn any(rest: &mut &[&str]) -> Option<Self> {
        let mut parts = vec![Self::all(rest)?];
        while let ["OR", after @ ..] = rest {
            *rest = after;
            parts.push(Self::all(rest)?);
        }
        Some(Self::Any(parts))
    }

    fn all(rest: &mut &[&str]) -> Option<Self> {
        let mut parts = vec![Self::one(rest)?];
        while let ["AND", after @ ..] = rest {
            *rest = after;
            parts.push(Self::one(rest)?);
        }
        Some(Self::All(parts))
    }

    fn one(rest: &mut &[&str]) -> Option<Self> {
        match rest {
            ["(", after @ ..] => {
                *rest = after;
                let inner = Self::any(rest)?;
                let [")", after @ ..] = rest else { return None };
                *rest = after;
                Some(inner)
            }
            [id, "WITH", exception, after @ ..] => {
                let both = format!("{id} WITH {exception}");
                *rest = after;
                Some(Self::One(both))
            }
            [id, after @ ..] => {
                let id = (*id).to_owned();
                *rest = after;
                Some(Self::One(id))
            }
            [] => None,
        }
    }

    fn fits(&self, allowed: &BTreeSet<String>) -> bool {
        match self {
            Self::One(id) => allowed.contains(id),
            Self::All(parts) => parts.iter().all(|part| part.fits(allowed)),
            Self::Any(parts) => parts.iter().any(|part| part.fits(allowed)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_is_read_as_it_is_meant() {
        let allowed = BTreeSet::from(["MIT".to_owned(), "ISC".to_owned(), "A WITH B".to_owned()]);
        let fits = |text: &str| Licence::read(text).is_some_and(|licence| licence.fits(&allowed));
        for fine in
            ["MIT", "GPL-3.0 OR MIT", "GPL-3.0/MIT", "(GPL-3.0 OR MIT) AND ISC", "A WITH B", "MIT AND (ISC OR GPL-3.0)"]
        {
            assert!(fits(fine), "{fine}");
        }
        for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "A WITH C", "(MIT", "MIT OR", "MIT ISC"] {
            assert!(!fits(bad), "{bad}");
        }
    }

    #[test]
    fn bans_and_licences_are_found() {
        let rules = "[licenses]\nallow = [\"MIT\"]\n[bans]\ndeny = [{ crate = \"ring\", reason = \"one library\" }]\n";
        let rules = Rules::read(rules).unwrap();
        let tree = "fine v1.0.0\tMIT\nring v0.17.0\tMIT (*)\nfine v1.0.0\tMIT (*)\ngnu v1.0.0 (proc-macro)\tGPL-3.0\nnone v1.0.0\t\n";
        let found = check(&rules, tree);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found.iter().any(|line| line.contains("one library")));
    }
}
