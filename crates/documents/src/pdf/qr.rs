//! QR codes as drawings a template puts on paper.

use qrcode::{Color, EcLevel, QrCode};

use super::DocumentError;

/// White modules around the code, without which readers do not find it.
const QUIET: usize = 4;

/// A text as a QR code, drawn as SVG; readable while about a seventh of it is smudged (level M).
///
/// # Errors
/// [`DocumentError`] for a text longer than a code holds.
pub fn qr_svg(text: &str) -> Result<String, DocumentError> {
    let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M)
        .map_err(|error| DocumentError(format!("a QR code: {error}")))?;
    let (width, size) = (code.width(), code.width() + 2 * QUIET);
    let dark = code.to_colors().into_iter().enumerate().filter(|(_, colour)| *colour == Color::Dark);
    let modules: String =
        dark.map(|(place, _)| format!("M{} {}h1v1h-1z", place % width + QUIET, place / width + QUIET)).collect();
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size} {size}\"><path d=\"{modules}\" fill=\"#000\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_corners_and_a_white_frame() {
        let svg = qr_svg("202611-3-2-1502 209.90").expect("a code");
        let first = format!("M{QUIET} {QUIET}h1");
        assert!(svg.contains(&first), "the corner begins inside the frame");
        assert!(!svg.contains("M3 ") && svg.ends_with("</svg>"));
        assert!(qr_svg(&"长".repeat(3_000)).is_err(), "too long is told");
    }
}
