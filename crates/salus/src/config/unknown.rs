//! A key that `salus.toml` does not know: which one was meant.

/// What a refusal says, with the nearest of the keys that would be known there.
pub fn with_suggestion(refusal: &str) -> String {
    let quoted: Vec<&str> = refusal.split('`').skip(1).step_by(2).collect();
    let Some((unknown, known)) = quoted.split_first().filter(|_| refusal.contains("unknown field")) else {
        return refusal.to_owned();
    };
    let near = known
        .iter()
        .map(|known| (strsim::damerau_levenshtein(unknown, known), *known))
        .min()
        .filter(|(distance, known)| *distance <= 2.max(known.len() / 3));
    match near {
        Some((_, known)) => format!("{}\nDid you mean `{known}`?", refusal.trim_end()),
        None => refusal.to_owned(),
    }
}

/// The keys that a refusal lists as known: how the test finds every setting.
#[cfg(test)]
pub fn known(refusal: &str) -> Vec<String> {
    refusal.split('`').skip(1).step_by(2).skip(1).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    fn refusal(text: &str) -> String {
        with_suggestion(&toml::from_str::<Config>(text).unwrap_err().to_string())
    }

    #[test]
    fn a_mistyped_key_is_named_and_the_right_one_too() {
        for (text, meant) in [
            ("[server]\nbimd = \"127.0.0.1:1\"\n", "bind"),
            ("[server]\npublic_ulr = \"https://x.example\"\n", "public_url"),
            ("[server]\ntrusted_proxy = []\n", "trusted_proxies"),
            ("[databse]\nurl = \"\"\n", "database"),
            ("data_dri = \"x\"\n", "data_dir"),
            ("[look]\nlogos = \"x\"\n", "logo"),
        ] {
            let told = refusal(text);
            assert!(told.contains(&format!("Did you mean `{meant}`?")), "{told}");
        }
        assert!(!refusal("[server]\nzzzzzzzzzzzz = 1\n").contains("Did you mean"));
        assert!(!refusal("data_dir = 5\n").contains("Did you mean"));
    }

    /// The example names every setting there is, and with all its lines taken in it says the defaults.
    #[test]
    fn the_example_is_whole_and_true() {
        const EXAMPLE: &str = include_str!("../../../../salus.example.toml");
        let plain: Config = toml::from_str(EXAMPLE).unwrap();
        assert_eq!(format!("{plain:?}"), format!("{:?}", Config::default()));
        // Files that are only examples: without a default.
        let optional = ["tls_certificate", "tls_key", "logo", "breached", "port", "password_file", "certificate"];
        let lines: Vec<String> = EXAMPLE
            .lines()
            .map(|line| match line.strip_prefix('#') {
                Some(setting)
                    if !setting.starts_with(' ') && !optional.iter().any(|name| setting.starts_with(name)) =>
                {
                    setting
                }
                _ => line,
            })
            .map(str::to_owned)
            .collect();
        let taken_in: Config = toml::from_str(&lines.join("\n")).unwrap();
        assert_eq!(
            format!("{taken_in:?}"),
            format!("{:?}", Config::default()),
            "a default in the example is not the default"
        );
        let mut all = 0;
        let refused = |text: &str| toml::from_str::<Config>(text).unwrap_err().to_string();
        for section in known(&refused("zz = 1")) {
            let inside = toml::from_str::<Config>(&format!("[{section}]\nzz = 1\n")).unwrap_err().to_string();
            let keys = if inside.contains("unknown field") { known(&inside) } else { vec![section.clone()] };
            for key in keys {
                all += 1;
                assert!(
                    EXAMPLE.lines().any(|line| line.starts_with(&format!("#{key} = "))),
                    "the example lacks {section}.{key}"
                );
            }
        }
        assert!(all > 10, "{all}");
    }
}
