//! A browser's words about itself, in ours: "Chrome on a Windows computer". For recognising one's own devices, no more.

use super::words;

/// The device in plain words.
pub fn in_words(agent: &str) -> String {
    let browser = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]
    .into_iter()
    .find(|(mark, _)| agent.contains(mark))
    .map(|(_, name)| name);
    let device = [
        ("iPhone", "iphone"),
        ("iPad", "ipad"),
        ("Android", "android"),
        ("Windows", "windows"),
        ("Macintosh", "mac"),
        ("CrOS", "chromebook"),
        ("Linux", "linux"),
    ]
    .into_iter()
    .find(|(mark, _)| agent.contains(mark))
    .map(|(_, name)| words::t(&format!("accounts-device-{name}")));
    match (browser, device) {
        (Some(browser), Some(device)) => {
            words::t_with("accounts-device-on", [("browser", browser.into()), ("device", device.into())])
        }
        (Some(browser), None) => browser.to_owned(),
        (None, Some(device)) => device,
        (None, None) => words::t("accounts-device-unknown"),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn known_browsers_have_plain_names() {
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Version/19.1 Mobile/15E148 Safari/604.1";
        let windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0";
        assert_eq!(super::in_words(iphone).replace(['\u{2068}', '\u{2069}'], ""), "Safari on an iPhone");
        assert_eq!(super::in_words(windows).replace(['\u{2068}', '\u{2069}'], ""), "Edge on a Windows computer");
        assert!(!super::in_words("curl/8").is_empty());
    }
}
