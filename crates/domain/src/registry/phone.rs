//! Phone numbers: which can be rung, how they are masked.

/// A number that can be rung: a Chinese mobile, a landline with area code (and extension), or a 400/800 service number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber(String);

/// Why a text is not such a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Neither an 11-digit mobile nor a landline with area code.
    #[error("not an 11-digit mobile number nor a landline with area code")]
    NotANumber,
    /// Typed in for want of a number, such as 11111111111 or 18999999999.
    #[error("a placeholder, nobody's number")]
    Placeholder,
}

impl PhoneNumber {
    /// Reads what people type: blanks, dashes, full-width digits and `+86` are taken off.
    ///
    /// # Errors
    /// [`PhoneError`] says why it cannot be rung.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let typed: String = text.chars().filter_map(narrow).collect();
        let typed = typed.strip_prefix("+86").or_else(|| typed.strip_prefix("0086")).unwrap_or(&typed);
        let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        if typed.chars().any(|c| !c.is_ascii_digit() && c != '-' && c != 'x') {
            return Err(PhoneError::NotANumber);
        }
        if is_placeholder(&digits) {
            return Err(PhoneError::Placeholder);
        }
        if is_mobile(&digits) || is_service(&digits) {
            return Ok(Self(digits));
        }
        landline(typed).map(Self).ok_or(PhoneError::NotANumber)
    }

    /// The digits; a landline's extension after `-`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether messages can go there.
    #[must_use]
    pub fn is_mobile(&self) -> bool {
        is_mobile(&self.0)
    }

    /// The last four digits, for display and for telling two numbers apart.
    #[must_use]
    pub fn last4(&self) -> &str {
        &self.0[self.0.len() - 4..]
    }

    /// `138****2231`: enough to recognise, too little to ring.
    #[must_use]
    pub fn masked(&self) -> String {
        mask(&self.0)
    }
}

/// Masks any number, readable or not: the first three and last four digits stay, of short ones the last two.
#[must_use]
pub fn mask(number: &str) -> String {
    let chars: Vec<char> = number.chars().collect();
    let (head, tail) = if chars.len() >= 8 { (3, 4) } else { (0, chars.len().min(2)) };
    let part = |range: std::ops::Range<usize>| chars[range].iter().collect::<String>();
    format!("{}****{}", part(0..head), part(chars.len() - tail..chars.len()))
}

fn narrow(c: char) -> Option<char> {
    match c {
        '０'..='９' => char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')),
        '－' | '—' | '–' | '转' => Some('-'),
        '＋' => Some('+'),
        '(' | ')' | '（' | '）' => None,
        _ if c.is_whitespace() => None,
        _ => Some(c),
    }
}

fn is_mobile(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    bytes.len() == 11 && bytes[0] == b'1' && (b'3'..=b'9').contains(&bytes[1])
}

fn is_service(digits: &str) -> bool {
    digits.len() == 10 && (digits.starts_with("400") || digits.starts_with("800"))
}

/// Eight of the same digit in a row are nobody's number.
fn is_placeholder(digits: &str) -> bool {
    let longest = digits.as_bytes().chunk_by(|a, b| a == b).map(<[u8]>::len).max().unwrap_or(0);
    longest >= 8 || digits == "12345678901" || digits == "13800000000" || digits == "12345678"
}

fn landline(typed: &str) -> Option<String> {
    let mut parts = typed.split('-').filter(|part| !part.is_empty());
    let first = parts.next()?;
    let (number, rest) = if first.starts_with('0') && first.len() <= 4 {
        (format!("{first}{}", parts.next()?), parts.next())
    } else {
        (first.to_owned(), parts.next())
    };
    let local = match number.as_bytes() {
        [b'0', b'1' | b'2', ..] => number.len().checked_sub(3)?,
        [b'0', ..] => number.len().checked_sub(4)?,
        _ => return None,
    };
    if !(7..=8).contains(&local) || !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    match rest {
        Some(extension) if extension.len() > 6 || !extension.bytes().all(|b| b.is_ascii_digit()) => None,
        Some(extension) => Some(format!("{number}-{extension}")),
        None => Some(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<String> {
        PhoneNumber::parse(text).ok().map(|number| number.as_str().to_owned())
    }

    #[test]
    fn what_people_type_is_read() {
        assert_eq!(parsed("138 0013 8000").as_deref(), Some("13800138000"));
        assert_eq!(parsed("+86-13800138000").as_deref(), Some("13800138000"));
        assert_eq!(parsed("１３８００１３８０００").as_deref(), Some("13800138000"));
        assert_eq!(parsed("0571-88886666").as_deref(), Some("057188886666"));
        assert_eq!(parsed("(021)6232 1234转802").as_deref(), Some("02162321234-802"));
        assert_eq!(parsed("400-820-8820").as_deref(), Some("4008208820"));
    }

    #[test]
    fn ten_or_twelve_digits_and_placeholders_cannot_be_rung() {
        for text in ["1587436684", "138001380001", "23800138000", "88886666", "", "无", "138001380ab"] {
            assert_eq!(PhoneNumber::parse(text), Err(PhoneError::NotANumber), "{text}");
        }
        for text in ["11111111111", "18999999999", "00000000"] {
            assert_eq!(PhoneNumber::parse(text), Err(PhoneError::Placeholder), "{text}");
        }
    }

    #[test]
    fn a_mask_keeps_too_little_to_ring() {
        assert_eq!(mask("13800132231"), "138****2231");
        assert_eq!(PhoneNumber::parse("13800132231").map(|phone| phone.last4().to_owned()).as_deref(), Ok("2231"));
        assert_eq!(mask("1234567"), "****67");
        assert_eq!(mask(""), "****");
    }
}
