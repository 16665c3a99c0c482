//! The clinic's logo: a picture that the operator named in `salus.toml`, drawn anew so that nothing else is in it.

use std::{fmt, io::Cursor, path::Path};

use anyhow::{Context, bail};
use image::{ImageFormat, ImageReader, Limits, Rgba, RgbaImage, imageops};

/// The largest file that is read.
const LARGEST: u64 = 4 * 1024 * 1024;
/// The most pixels on a side that are decoded.
const WIDEST: u32 = 4096;
/// Shown 32 pixels wide, on screens with three pixels for one.
const SIDE: u32 = 96;

/// A square picture with nothing but pixels in it.
#[derive(Clone)]
pub struct Logo {
    /// The picture, as PNG.
    pub png: Vec<u8>,
    /// Changes with the picture: browsers may keep it under this name.
    pub tag: String,
}

impl fmt::Debug for Logo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Logo({})", self.tag)
    }
}

impl Logo {
    /// Reads a PNG, JPEG or WebP file, whatever its name says, and fits it into a square.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let size = std::fs::metadata(path).with_context(|| format!("{} can't be read", path.display()))?.len();
        if size > LARGEST {
            bail!("{} is larger than 4 MB", path.display());
        }
        Self::draw(std::fs::read(path)?)
            .with_context(|| format!("{} is no PNG, JPEG or WebP picture that can be shown", path.display()))
    }

    fn draw(bytes: Vec<u8>) -> anyhow::Result<Self> {
        let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
        let mut limits = Limits::default();
        limits.max_image_width = Some(WIDEST);
        limits.max_image_height = Some(WIDEST);
        reader.limits(limits);
        // Colours are kept as they are: no profile survives.
        let picture = reader.decode()?.resize(SIDE, SIDE, imageops::FilterType::Lanczos3).into_rgba8();
        let mut square = RgbaImage::from_pixel(SIDE, SIDE, Rgba([0; 4]));
        let middle = |length: u32| i64::from(SIDE.saturating_sub(length) / 2);
        imageops::overlay(&mut square, &picture, middle(picture.width()), middle(picture.height()));
        let mut png = Cursor::new(Vec::new());
        square.write_to(&mut png, ImageFormat::Png)?;
        let png = png.into_inner();
        let tag = hex::encode(salus_vault::sha256(&png)).chars().take(16).collect();
        Ok(Self { png, tag })
    }
}

#[cfg(test)]
impl Logo {
    /// One for tests: red.
    pub fn sample() -> Self {
        Self::draw(tests::encoded(64, 64, ImageFormat::Png)).expect("a picture")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn encoded(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image::RgbImage::from_pixel(width, height, image::Rgb([200, 10, 10])).write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn any_shape_becomes_a_square_and_keeps_its_own() {
        for (width, height, format) in
            [(300, 100, ImageFormat::Png), (20, 20, ImageFormat::Jpeg), (100, 900, ImageFormat::WebP)]
        {
            let logo = Logo::draw(encoded(width, height, format)).unwrap();
            let shown = image::load_from_memory(&logo.png).unwrap().into_rgba8();
            assert_eq!(shown.dimensions(), (SIDE, SIDE));
            assert_eq!(shown.get_pixel(SIDE / 2, SIDE / 2).0[3], 255);
            assert_eq!(shown.get_pixel(0, 0).0[3], if width == height { 255 } else { 0 });
        }
    }

    #[test]
    fn what_is_hidden_in_a_picture_is_not_in_the_logo() {
        let mut bytes = encoded(40, 40, ImageFormat::Png);
        bytes.extend_from_slice(b"<script>alert('canary')</script>");
        let logo = Logo::draw(bytes).unwrap();
        assert!(!logo.png.windows(6).any(|window| window == b"canary"));
    }

    #[test]
    fn what_is_no_picture_is_refused_in_words() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("logo.png");
        let refused = |bytes: &[u8]| {
            std::fs::write(&file, bytes).unwrap();
            format!("{:#}", Logo::read(&file).unwrap_err())
        };
        assert!(refused(b"<svg xmlns='http://www.w3.org/2000/svg'/>").contains("is no PNG, JPEG or WebP"));
        assert!(refused(&encoded(5000, 1, ImageFormat::Png)).contains("is no PNG, JPEG or WebP"));
        assert!(refused(&vec![0; 5 * 1024 * 1024]).contains("larger than 4 MB"));
        std::fs::remove_file(&file).unwrap();
        assert!(format!("{:#}", Logo::read(&file).unwrap_err()).contains("can't be read"));
    }
}
