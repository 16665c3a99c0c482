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
