//! Photos that people send: drawn anew, so that where and when they were taken, and whatever else a file can hold, is gone.

use std::{
    io::Cursor,
    sync::{Arc, LazyLock},
};

use image::{
    DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, RgbImage, codecs::jpeg::JpegEncoder,
    metadata::Orientation,
};
use tokio::sync::Semaphore;

/// The most pixels on a side that are decoded.
const WIDEST: u32 = 12_000;
/// The most pixels of a picture: those of a phone's largest, with 8 bits a colour 150 MB.
const MOST_PIXELS: u64 = 50_000_000;
/// The most memory that the pixels take.
const MOST_MEMORY: u64 = 256 * 1024 * 1024;
/// The longer side of what is kept: a page of paper can be read.
const KEPT: u32 = 2_000;
/// Of 100.
const QUALITY: u8 = 80;
/// How many are drawn at one time: each takes some of the memory above.
static EASEL: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(1)));

/// Why a file is no photo that can be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// A PDF.
    Pdf,
    /// What iPhones make unless they are told otherwise.
    Heic,
    /// More pixels than can be drawn here.
    TooManyPixels,
    /// Anything else, or a photo that broke.
    NoPhoto,
}

impl Unreadable {
    /// The end of the words for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Heic => "heic",
            Self::TooManyPixels => "pixels",
            Self::NoPhoto => "none",
        }
    }
}

/// Draws a photo anew, the right way up, as JPEG of up to 2,000 pixels a side. One at a time, and not where requests run: the
/// place is the drawing's, because whoever asked for it may be gone before it is done.
pub async fn drawn_anew(bytes: Vec<u8>) -> Result<Vec<u8>, Unreadable> {
    let place = Arc::clone(&EASEL).acquire_owned().await;
    let drawing = tokio::task::spawn_blocking(move || {
        let drawn = draw(&bytes);
        drop(place);
        drawn
    });
    drawing.await.unwrap_or(Err(Unreadable::NoPhoto))
}

fn draw(bytes: &[u8]) -> Result<Vec<u8>, Unreadable> {
    if bytes.starts_with(b"%PDF") {
        return Err(Unreadable::Pdf);
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return Err(Unreadable::Heic);
    }
    let why = |error: image::ImageError| match error {
        image::ImageError::Limits(_) => Unreadable::TooManyPixels,
        _ => Unreadable::NoPhoto,
    };
    let format = image::guess_format(bytes).map_err(why)?;
    if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP) {
        return Err(Unreadable::NoPhoto);
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(WIDEST);
    limits.max_image_height = Some(WIDEST);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(why)?;
    // What decodes looks at sides alone, and takes what the file's head says.
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS || decoder.total_bytes() > MOST_MEMORY {
        return Err(Unreadable::TooManyPixels);
    }
    let turned = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(why)?;
    if picture.width().max(picture.height()) > KEPT {
        picture = picture.thumbnail(KEPT, KEPT);
    }
    picture.apply_orientation(turned);
    let mut jpeg = Vec::new();
    on_white(&picture).write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, QUALITY)).map_err(why)?;
    Ok(jpeg)
}

/// What can be seen through becomes white, as paper is.
fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let mut paper = image::RgbaImage::from_pixel(picture.width(), picture.height(), image::Rgba([255; 4]));
    image::imageops::overlay(&mut paper, &picture.to_rgba8(), 0, 0);
    DynamicImage::ImageRgba8(paper).into_rgb8()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        RgbImage::from_pixel(width, height, image::Rgb([200, 10, 10])).write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    /// A JPEG with an EXIF block that says it lies on its side, where it was taken, and by whom.
    fn with_exif(jpeg: &[u8]) -> Vec<u8> {
        // TIFF, big-endian; one entry: orientation (0x0112), SHORT, one, 6: to be turned right.
        let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec();
        exif.extend_from_slice(b"GPS 43.615N 116.202W Rosa's phone");
        let length = u16::try_from(exif.len() + 2).unwrap();
        [&jpeg[..2], &[0xff, 0xe1], &length.to_be_bytes(), &exif, &jpeg[2..]].concat()
    }

    #[test]
    fn a_photo_is_drawn_anew_the_right_way_up_and_says_nothing_more() {
        let sent = with_exif(&picture(60, 20, ImageFormat::Jpeg));
        assert!(sent.windows(3).any(|part| part == b"GPS"), "the planted place");
        let kept = draw(&sent).unwrap();
        assert!(!kept.windows(3).any(|part| part == b"GPS") && !kept.windows(4).any(|part| part == b"Exif"));
        let seen = image::load_from_memory(&kept).unwrap();
        assert_eq!((seen.width(), seen.height()), (20, 60), "it lies on its side");
    }

    #[test]
    fn large_photos_become_smaller_and_all_kinds_become_one() {
        for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Jpeg] {
            let kept = draw(&picture(2_400, 1_200, format)).unwrap();
            assert_eq!(image::guess_format(&kept).unwrap(), ImageFormat::Jpeg);
            let seen = image::load_from_memory(&kept).unwrap();
            assert_eq!((seen.width(), seen.height()), (2_000, 1_000));
        }
        let mut clear = Cursor::new(Vec::new());
        image::RgbaImage::from_pixel(8, 8, image::Rgba([0; 4])).write_to(&mut clear, ImageFormat::Png).unwrap();
        let seen = image::load_from_memory(&draw(clear.get_ref()).unwrap()).unwrap().into_rgb8();
        assert!(seen.pixels().all(|pixel| pixel.0.iter().all(|part| *part > 250)), "what is clear became black");
    }

    #[test]
    fn what_is_no_photo_is_told_apart() {
        assert_eq!(draw(b"%PDF-1.7\n"), Err(Unreadable::Pdf));
        assert_eq!(draw(b"\0\0\0\x18ftypheic\0\0\0\0"), Err(Unreadable::Heic));
        assert_eq!(draw(b""), Err(Unreadable::NoPhoto));
        assert_eq!(draw(b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>"), Err(Unreadable::NoPhoto));
        assert_eq!(draw(b"GIF89a\x01\0\x01\0\0\0\0;"), Err(Unreadable::NoPhoto));
        // The antivirus industry's test file.
        assert_eq!(
            draw(br"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"),
            Err(Unreadable::NoPhoto)
        );
        let whole = picture(200, 200, ImageFormat::Png);
        assert_eq!(draw(&whole[..whole.len() / 2]), Err(Unreadable::NoPhoto));
        // A small file that says it is vast.
        let mut vast = picture(8, 8, ImageFormat::Jpeg);
        let size = vast.windows(2).position(|two| two == [0xff, 0xc0]).unwrap() + 5;
        vast[size..size + 4].copy_from_slice(&[0x75, 0x30, 0x75, 0x30]);
        assert_eq!(draw(&vast), Err(Unreadable::TooManyPixels));
        // Sides that are allowed, and pixels that are not.
        vast[size..size + 4].copy_from_slice(&[0x2e, 0xe0, 0x2e, 0xe0]);
        assert_eq!(draw(&vast), Err(Unreadable::TooManyPixels));
        vast[size..size + 4].copy_from_slice(&[0x1f, 0x40, 0x13, 0x88]);
        assert_ne!(draw(&vast), Err(Unreadable::TooManyPixels), "a phone's photo");
        // What follows a photo is not kept.
        let with_more = [picture(8, 8, ImageFormat::Jpeg), b"<script>alert(1)</script>".to_vec()].concat();
        assert!(!draw(&with_more).unwrap().windows(7).any(|part| part == b"<script"));
    }
}
