//! The style sheet, fonts, scripts and icons of Salus, embedded under names with hashes, and a clinic's own colours.
//!
//! They are made by `build.mjs` from npm's packages and the folders `scss`, `js` and `icons`; the build script runs it
//! only when one of these has changed. A name with a hash never changes its content: serve it with long caching.

mod theme;

pub use theme::{BrandProblem, Colour, Theme};

/// One embedded file.
#[derive(Debug)]
pub struct Asset {
    /// Its name in the sources: `salus.css`.
    pub name: &'static str,
    /// Its address: `/assets/salus-0123456789ab.css`.
    pub path: &'static str,
    /// For the header `Content-Type`.
    pub content_type: &'static str,
    /// Its content.
    pub bytes: &'static [u8],
    /// Its content packed with gzip, where that is smaller.
    pub gzip: Option<&'static [u8]>,
    /// Its content packed with brotli, where that is smaller.
    pub brotli: Option<&'static [u8]>,
}

/// The header `Cache-Control` for every embedded file.
pub const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

static ALL: &[Asset] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// Every embedded file.
pub fn all() -> &'static [Asset] {
    ALL
}

/// The file at this address, `/assets/` included.
pub fn find(path: &str) -> Option<&'static Asset> {
    ALL.iter().find(|asset| asset.path == path)
}

/// The address of the file with this name in the sources; empty when there is none, which a test rules out for the
/// names in templates.
pub fn url(name: &str) -> &'static str {
    ALL.iter().find(|asset| asset.name == name).map_or("", |asset| asset.path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_frame_are_there() {
        for name in
            ["salus.css", "salus.js", "icons.svg", "icon.svg", "source-sans-latin.woff2", "atkinson-latin.woff2"]
        {
            let asset = find(url(name)).unwrap();
            assert_eq!(asset.name, name);
            assert!(!asset.bytes.is_empty());
        }
        assert!(find("/assets/none.css").is_none());
        assert_eq!(url("none.css"), "");
    }

    #[test]
    fn nothing_points_elsewhere() {
        for asset in all().iter().filter(|asset| asset.content_type.starts_with("text/")) {
            let text = String::from_utf8_lossy(asset.bytes).replace("http://www.w3.org/", "");
            assert!(
                !text.contains("http://") && !text.contains("https://") && !text.contains("url(//"),
                "{}",
                asset.name
            );
            assert!(!text.contains("asset:"), "{}", asset.name);
        }
    }

    /// What a script of ours has no use for: names that a page could give to something else, text made into markup or code,
    /// messages from other windows, and places where a browser keeps things.
    const NEVER: [&str; 16] = [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "setTimeout(\"",
        "addEventListener(\"message\"",
        "onmessage",
        "postMessage",
        "localStorage",
        "sessionStorage",
        "indexedDB",
        "document.cookie",
        "globalThis",
        "document.forms",
    ];

    fn forbidden(script: &str) -> Option<&'static str> {
        NEVER.into_iter().find(|name| script.contains(name))
    }

    #[test]
    fn scripts_name_nothing_that_a_page_could_take_away_and_keep_nothing() {
        let mut scripts = 0;
        for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/js")).unwrap() {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            assert_eq!(forbidden(&text), None, "{}", path.display());
            // A module's own names are not the window's, and nothing reads an element by its name on the window.
            assert!(
                !text.lines().any(|line| line.starts_with("var ") || line.contains("window[")),
                "{}",
                path.display()
            );
            scripts += 1;
        }
        assert!(scripts > 4);
        for name in NEVER {
            assert_eq!(forbidden(&format!("x = {name}")), Some(name), "a planted one");
        }
        let frame = include_str!("../../salus/src/shell/templates/base.html");
        assert_eq!(frame.matches("<script").count(), frame.matches("<script type=\"module\"").count());
    }

    #[test]
    fn css_and_scripts_are_small() {
        let size = |kind: &str| -> usize {
            all()
                .iter()
                .filter(|asset| asset.content_type.starts_with(kind))
                .map(|asset| asset.gzip.map_or(asset.bytes.len(), <[u8]>::len))
                .sum()
        };
        let (css, js) = (size("text/css"), size("text/javascript"));
        assert!(css + js < 40_000, "css {css}, scripts {js} bytes with gzip; with a page they must stay below 60 KB");
    }
}
