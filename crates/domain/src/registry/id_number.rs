//! Resident identity numbers (身份证号): valid by their check digit (GB 11643), masked.

/// Why a text is not an identity number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid identity number")]
pub struct IdNumberError;

/// A valid identity number: 18 characters with a right check digit, or 15 digits of the old form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdNumber(String);

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: &[u8; 11] = b"10X98765432";

impl IdNumber {
    /// Reads a number; a small `x` is taken for `X`.
    ///
    /// # Errors
    /// [`IdNumberError`] when the check digit is wrong or all digits are the same.
    pub fn parse(text: &str) -> Result<Self, IdNumberError> {
        let text = text.trim().to_uppercase();
        let bytes = text.as_bytes();
        let digits = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_digit);
        let one_digit_only = bytes.windows(2).all(|pair| pair[0] == pair[1]);
        let valid = match bytes.len() {
            18 => digits(&bytes[..17]) && bytes[17] == check_digit(bytes),
            15 => digits(bytes),
            _ => false,
        };
        if valid && !one_digit_only { Ok(Self(text)) } else { Err(IdNumberError) }
    }

    /// The number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last four characters, for display.
    #[must_use]
    pub fn tail(&self) -> &str {
        &self.0[self.0.len() - 4..]
    }
}

fn check_digit(bytes: &[u8]) -> u8 {
    let sum: u32 = bytes.iter().zip(WEIGHTS).map(|(byte, weight)| u32::from(byte - b'0') * weight).sum();
    CHECKS[usize::try_from(sum % 11).expect("a remainder below 11")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_decides() {
        // 11010519491231002X is the example of the standard, nobody's number.
        assert_eq!(IdNumber::parse("11010519491231002x").expect("valid").tail(), "002X");
        assert!(IdNumber::parse("110105194912310021").is_err());
        assert!(IdNumber::parse("111111111111111111").is_err());
        assert!(IdNumber::parse("").is_err());
    }
}
