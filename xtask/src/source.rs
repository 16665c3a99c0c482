//! Reading Rust source without a compiler: comments and texts taken out, the paths it names.

/// The source with comments and texts blanked; every other byte stays in its place.
pub fn bare(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(length) = raw_text(rest) {
            length
        } else if c == '"' {
            quoted(rest, '"')
        } else if c == '\'' && is_character(rest) {
            quoted(rest, '\'')
        } else {
            out.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
            continue;
        };
        let (blanked, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        // As many bytes as before, so that places in one text are places in the other.
        out.extend(blanked.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        rest = after;
    }
    out
}

fn raw_text(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let hashes = inner.len() - inner.trim_start_matches('#').len();
    inner.get(hashes..)?.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let begin = rest.len() - inner.len() + hashes + 1;
    rest.get(begin..)?.find(&end).map(|at| begin + at + end.len())
}

fn quoted(rest: &str, mark: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        if !escaped && c == mark {
            return at + 1;
        }
        escaped = !escaped && c == '\\';
    }
    rest.len()
}

/// `'x'` or `'\n'`, and not a lifetime.
fn is_character(rest: &str) -> bool {
    let mut after = rest.chars().skip(1);
    match after.next() {
        Some('\\') => true,
        Some(_) => after.next() == Some('\''),
        None => false,
    }
}

/// Every path that begins with `crate::`, as its segments after that; `use crate::{a, b::c}` names two.
pub fn crate_paths(bare: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (at, _) in bare.match_indices("crate::") {
        let before = bare.get(..at).unwrap_or_default().chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        tree(bare.get(at + "crate::".len()..).unwrap_or_default(), &mut Vec::new(), &mut found);
    }
    found
}

/// Reads one use-tree from the start of the text and says how long it was.
fn tree(text: &str, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) -> usize {
    let depth = path.len();
    let mut at = 0;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        at += rest.len() - rest.trim_start().len();
        let rest = rest.trim_start();
        if rest.starts_with('{') {
            at += 1;
            loop {
                let inner = text.get(at..).unwrap_or_default();
                at += inner.len() - inner.trim_start().len();
                match inner.trim_start().chars().next() {
                    Some('}') => {
                        at += 1;
                        break;
                    }
                    Some(',') => at += 1,
                    Some(_) => {
                        let length = tree(inner.trim_start(), path, found);
                        if length == 0 {
                            break;
                        }
                        at += length;
                    }
                    None => break,
                }
            }
            break;
        }
        let word: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == '*').collect();
        if word.is_empty() {
            // `crate::f::<T>()`
            if path.len() > depth {
                found.push(path.clone());
            }
            break;
        }
        at += word.len();
        path.push(word);
        let after = text.get(at..).unwrap_or_default();
        if after.trim_start().starts_with("::") {
            at += after.len() - after.trim_start().len() + 2;
        } else {
            found.push(path.clone());
            if let Some(other_name) = after.trim_start().strip_prefix("as ") {
                at += after.len() - other_name.trim_start().len();
                at += other_name.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').count();
            }
            break;
        }
    }
    path.truncate(depth);
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_texts_are_blank() {
        let source = "a // sqlx\n/* sqlx */ b(\"sqlx \\\" sqlx\", 'x', r#\"sqlx \" \"#) <'a> '\\''c";
        let bare = bare(source);
        assert!(!bare.contains("sqlx"), "{bare}");
        assert_eq!(bare.lines().count(), 2);
        for kept in ["a ", " b(", "<'a>", "c"] {
            assert!(bare.contains(kept), "{kept} in {bare}");
        }
    }

    #[test]
    fn a_use_tree_names_each_of_its_leaves() {
        let paths = |source: &str| crate_paths(source).into_iter().map(|path| path.join("::")).collect::<Vec<_>>();
        assert_eq!(
            paths("use crate::{access::{Chart, columns::patient}, record::views, staff};"),
            ["access::Chart", "access::columns::patient", "record::views", "staff"]
        );
        assert_eq!(paths("fn f() -> crate::access::Chart<crate::record::X> {}"), ["access::Chart", "record::X"]);
        assert_eq!(paths("pub(crate) use super::x; $crate::testing::World; my_crate::no"), ["testing::World"]);
        assert_eq!(paths("use crate::{self as own, a as b, c::*};"), ["self", "a", "c::*"]);
        assert_eq!(paths("crate::a::f::<T>(crate::b!())"), ["a::f", "b"]);
    }
}
