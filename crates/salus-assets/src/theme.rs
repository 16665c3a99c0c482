//! A clinic's own colour, and what follows from it: darker, softer and dark-mode shades with enough contrast.
//!
//! The result is a small style sheet of custom properties, served from `/theme.css`: the content security policy allows
//! no inline style.

use std::fmt;

/// What text needs against its ground (WCAG 2.2, 1.4.3).
const TEXT: f64 = 4.5;

/// The dark scheme's surface, on which the brand's light shade must be easy to read.
const DARK_SURFACE: Colour = Colour { red: 0x18, green: 0x26, blue: 0x2b };
/// The light page, on which the brand's dark shade must be easy to read.
const LIGHT_PAGE: Colour = Colour { red: 0xf3, green: 0xf7, blue: 0xf7 };
const WHITE: Colour = Colour { red: 0xff, green: 0xff, blue: 0xff };
const BLACK: Colour = Colour { red: 0, green: 0, blue: 0 };

/// A colour of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

impl Colour {
    /// Reads `#0b5563` or `0b5563`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.trim();
        let digits = digits.strip_prefix('#').unwrap_or(digits);
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let pair = |at: usize| digits.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        Some(Self { red: pair(0)?, green: pair(2)?, blue: pair(4)? })
    }

    /// The contrast between two colours, from 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let part = f64::from(channel) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }

    /// This colour with `percent` of the other mixed in.
    fn mix(self, other: Self, percent: u16) -> Self {
        let percent = percent.min(100);
        let part = |mine: u8, theirs: u8| {
            let sum = u16::from(mine) * (100 - percent) + u16::from(theirs) * percent + 50;
            u8::try_from(sum / 100).unwrap_or(u8::MAX)
        };
        Self { red: part(self.red, other.red), green: part(self.green, other.green), blue: part(self.blue, other.blue) }
    }

    /// The first mixture with `other`, from `from` percent on, that has this contrast against every ground.
    fn until(self, other: Self, from: u16, contrast: f64, grounds: &[Self]) -> Self {
        (from..=100)
            .map(|percent| self.mix(other, percent))
            .find(|shade| grounds.iter().all(|ground| shade.contrast(*ground) >= contrast))
            .unwrap_or(other)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

/// Why a colour cannot be a clinic's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BrandProblem {
    /// It is not six hexadecimal digits.
    NotAColour,
    /// White text on it would be hard to read.
    ContrastTooLow {
        /// The contrast that it has against white.
        ratio: f64,
        /// The contrast that it needs.
        needed: f64,
    },
}

impl fmt::Display for BrandProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAColour => f.write_str("a colour is six hexadecimal digits after a number sign"),
            Self::ContrastTooLow { ratio, needed } => {
                write!(f, "white text on this colour has a contrast of {ratio:.1} to 1, {needed} to 1 is needed")
            }
        }
    }
}

impl std::error::Error for BrandProblem {}

/// A clinic's colour with its shades.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    brand: Colour,
    hover: Colour,
    ink: Colour,
    soft: Colour,
    on_brand_second: Colour,
    dark_hover: Colour,
    dark_ink: Colour,
    dark_soft: Colour,
}

impl Theme {
    /// The theme of this colour, written like `#0b5563`; refused when white text on it would be hard to read.
    pub fn from_brand(hex: &str) -> Result<Self, BrandProblem> {
        let brand = Colour::parse(hex).ok_or(BrandProblem::NotAColour)?;
        let ratio = brand.contrast(WHITE);
        if ratio < TEXT {
            return Err(BrandProblem::ContrastTooLow { ratio, needed: TEXT });
        }
        let soft = brand.mix(WHITE, 88);
        let dark_soft = DARK_SURFACE.mix(brand, 28);
        Ok(Self {
            brand,
            hover: brand.mix(BLACK, 28),
            ink: brand.until(BLACK, 25, 7.0, &[LIGHT_PAGE, soft]),
            soft,
            on_brand_second: brand.until(WHITE, 84, TEXT, &[brand]),
            dark_hover: brand.mix(BLACK, 28),
            dark_ink: brand.until(WHITE, 55, 7.0, &[DARK_SURFACE, dark_soft]),
            dark_soft,
        })
    }

    /// The colour itself.
    pub fn brand(self) -> Colour {
        self.brand
    }

    /// The style sheet for `/theme.css`.
    pub fn css(self) -> String {
        let light = format!(
            "--brand:{};--brand-hover:{};--brand-ink:{};--brand-soft:{};--on-brand-second:{}",
            self.brand, self.hover, self.ink, self.soft, self.on_brand_second
        );
        let dark =
            format!("--brand-hover:{};--brand-ink:{};--brand-soft:{}", self.dark_hover, self.dark_ink, self.dark_soft);
        format!(
            ":root{{{light}}}\n@media (prefers-color-scheme:dark){{:root:not([data-scheme=light]){{{dark}}}}}\n:root[data-scheme=dark]{{{dark}}}\n"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_as_in_the_law() {
        let close = |one: f64, two: f64| (one - two).abs() < 0.05;
        assert!(close(BLACK.contrast(WHITE), 21.0));
        assert!(close(Colour::parse("#0b5563").unwrap().contrast(WHITE), 8.4));
        assert!(close(Colour::parse("#767676").unwrap().contrast(WHITE), 4.54));
    }

    #[test]
    fn colours_are_read() {
        assert_eq!(Colour::parse(" #0B5563 ").unwrap().to_string(), "#0b5563");
        for text in ["", "#fff", "#0b556g", "teal", "#0b5563ff", "é12345"] {
            assert_eq!(Colour::parse(text), None, "{text}");
            assert_eq!(Theme::from_brand(text), Err(BrandProblem::NotAColour));
        }
    }

    #[test]
    fn pale_colours_are_refused() {
        for hex in ["#7fd1ae", "#ffffff", "#ffd633", "#777777"] {
            assert!(matches!(Theme::from_brand(hex), Err(BrandProblem::ContrastTooLow { .. })), "{hex}");
        }
    }

    #[test]
    fn every_accepted_colour_is_readable() {
        let mut accepted = 0;
        for red in (0..=255_u8).step_by(15) {
            for green in (0..=255_u8).step_by(15) {
                for blue in (0..=255_u8).step_by(15) {
                    let brand = Colour { red, green, blue };
                    let Ok(theme) = Theme::from_brand(&brand.to_string()) else {
                        continue;
                    };
                    accepted += 1;
                    for (text, ground) in [
                        (WHITE, theme.brand),
                        (WHITE, theme.hover),
                        (theme.on_brand_second, theme.brand),
                        (theme.ink, WHITE),
                        (theme.ink, LIGHT_PAGE),
                        (theme.ink, theme.soft),
                        (WHITE, theme.dark_hover),
                        (theme.dark_ink, DARK_SURFACE),
                        (theme.dark_ink, theme.dark_soft),
                    ] {
                        assert!(text.contrast(ground) >= TEXT, "{brand}: {text} on {ground}");
                    }
                }
            }
        }
        assert!(accepted > 1_000, "{accepted}");
    }
}
