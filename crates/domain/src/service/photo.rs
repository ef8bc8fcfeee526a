//! Photos of a complaint: what is taken for one, judged by its first bytes and not by its name.

use crate::words::words;

/// The largest photo, in bytes.
pub const MOST_PHOTO_BYTES: usize = 5 * 1024 * 1024;
/// So many photos of one complaint are kept.
pub const MOST_PHOTOS: usize = 20;

words!(
    /// A picture format phones write and browsers show.
    PhotoType {
        /// JPEG
        Jpeg = "image/jpeg", "JPEG", "JPEG";
        /// PNG
        Png = "image/png", "PNG", "PNG";
        /// WebP
        Webp = "image/webp", "WebP", "WebP";
        /// HEIC, as iPhones take it
        Heic = "image/heic", "HEIC", "HEIC";
    }
);

/// The brands of ISO media files that are HEIC pictures (ISO 23008-12).
const HEIC_BRANDS: [&[u8]; 6] = [b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1"];

impl PhotoType {
    /// The format of a file; `None` when it is none of them.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let at = |from: usize, to: usize| bytes.get(from..to).unwrap_or_default();
        if at(0, 3) == [0xFF, 0xD8, 0xFF] {
            return Some(Self::Jpeg);
        }
        if at(0, 8) == *b"\x89PNG\r\n\x1a\n" {
            return Some(Self::Png);
        }
        if at(0, 4) == *b"RIFF" && at(8, 12) == *b"WEBP" {
            return Some(Self::Webp);
        }
        (at(4, 8) == *b"ftyp" && HEIC_BRANDS.contains(&at(8, 12))).then_some(Self::Heic)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_photo_is_what_its_first_bytes_say() {
        assert_eq!(PhotoType::of(b"\xFF\xD8\xFF\xE0 JFIF"), Some(PhotoType::Jpeg));
        assert_eq!(PhotoType::of(b"\x89PNG\r\n\x1a\n...."), Some(PhotoType::Png));
        assert_eq!(PhotoType::of(b"RIFF\0\0\0\0WEBPVP8 "), Some(PhotoType::Webp));
        assert_eq!(PhotoType::of(b"\0\0\0\x18ftypheic...."), Some(PhotoType::Heic));
        for other in
            [&b""[..], b"\xFF\xD8", b"GIF89a", b"%PDF-1.7", b"<html>", b"RIFF\0\0\0\0WAVE", b"\0\0\0\x18ftypmp42"]
        {
            assert_eq!(PhotoType::of(other), None, "{other:?}");
        }
    }
}
