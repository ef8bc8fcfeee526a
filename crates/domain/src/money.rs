//! Money: [`Fen`], an amount in hundredths of a yuan (分).
//!
//! Invariants: never a float; arithmetic is checked, an overflow is a bug and stops the program; rounding happens only in
//! [`Fen::round_half_up`], so that every place that rounds is found by searching for that name.

use std::{fmt, iter::Sum, ops};

use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An amount of money in fen (分, 1/100 yuan). Negative amounts are reversals and credits.
///
/// Shown and serialised in yuan with two decimals: `Fen::new(81_000)` is `810.00`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fen(i64);

/// Why a text is not an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not an amount in yuan with at most two decimals, such as 810.00")]
pub struct AmountError {
    /// What was given.
    pub text: String,
}

impl Fen {
    /// Nothing owed, nothing paid.
    pub const ZERO: Self = Self(0);

    /// The largest single payment that is believed, a thousand million yuan: beyond it somebody typed an account number.
    pub const LARGEST_PAYMENT: Self = Self(100_000_000_000);

    /// An amount of that many fen.
    #[must_use]
    pub const fn new(fen: i64) -> Self {
        Self(fen)
    }

    /// The amount in fen, as stored.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Yuan as an exact decimal.
    #[must_use]
    pub fn to_yuan(self) -> Decimal {
        Decimal::new(self.0, 2)
    }

    /// Rounds yuan half-up (四舍五入) to the fen; `None` when the amount is beyond what fits.
    #[must_use]
    pub fn round_half_up(yuan: Decimal) -> Option<Self> {
        yuan.checked_mul(Decimal::ONE_HUNDRED)?
            .round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)
            .to_i64()
            .map(Self)
    }

    /// Reads yuan: `810`, `810.5`, `1,234.56`, `¥810.00`, `810元`, also in full width. More than two decimals are refused, never
    /// rounded; so is a comma that separates no thousands (`1,5`), which elsewhere means a decimal point.
    ///
    /// # Errors
    /// [`AmountError`] names the text that is not an amount.
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        let error = || AmountError { text: text.to_owned() };
        let narrow: String = text.trim().chars().map(half_width).collect();
        let cleaned = narrow.trim_start_matches(['¥', '￥']).trim_end_matches('元').trim();
        let plain = without_thousands(cleaned).ok_or_else(error)?;
        let yuan = Decimal::from_str_exact(&plain).map_err(|_| error())?;
        if yuan.normalize().scale() > 2 {
            return Err(error());
        }
        Self::round_half_up(yuan).ok_or_else(error)
    }

    /// True when nothing is left.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// True for an amount above zero.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// For people: thousands separated, `1,234.56`.
    #[must_use]
    pub fn grouped(self) -> String {
        let plain = self.to_string();
        let (sign, digits) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("-", rest));
        let (yuan, fen) = digits.split_at(digits.len() - 3);
        let mut grouped = String::with_capacity(plain.len() + 4);
        for (position, digit) in yuan.chars().enumerate() {
            if position > 0 && (yuan.len() - position) % 3 == 0 {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        format!("{sign}{grouped}{fen}")
    }
}

/// Digits and signs as they are typed in a Chinese input mode, made half-width.
fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// Plain decimal text; `None` for anything else than digits, one point, and commas between groups of three.
fn without_thousands(text: &str) -> Option<String> {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, decimals) = digits.split_once('.').map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let grouped = whole == first || first.len() <= 3;
    let readable = all_digits(first)
        && grouped
        && groups.all(|group| group.len() == 3 && all_digits(group))
        && decimals.is_none_or(all_digits);
    readable.then(|| format!("{sign}{}", digits.replace(',', "")))
}

impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", fen / 100, fen % 100)
    }
}

impl ops::Add for Fen {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.checked_add(other.0).expect("amounts stay far below 92 trillion yuan"))
    }
}

impl ops::Sub for Fen {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.checked_sub(other.0).expect("amounts stay far below 92 trillion yuan"))
    }
}

impl ops::Neg for Fen {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl ops::AddAssign for Fen {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl ops::SubAssign for Fen {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Sum for Fen {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, ops::Add::add)
    }
}

impl<'a> Sum<&'a Fen> for Fen {
    fn sum<I: Iterator<Item = &'a Fen>>(amounts: I) -> Self {
        amounts.copied().sum()
    }
}

impl Serialize for Fen {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_shown_in_yuan_with_two_decimals() {
        assert_eq!(Fen::new(81_000).to_string(), "810.00");
        assert_eq!(Fen::new(-5).to_string(), "-0.05");
        assert_eq!(Fen::new(123_456_789).grouped(), "1,234,567.89");
        assert_eq!(Fen::new(-100_000).grouped(), "-1,000.00");
        assert_eq!(Fen::new(99_999).grouped(), "999.99");
    }

    #[test]
    fn a_third_decimal_is_refused_not_rounded() {
        assert_eq!(Fen::parse("810.5"), Ok(Fen::new(81_050)));
        assert_eq!(Fen::parse("￥1,234.560元"), Ok(Fen::new(123_456)));
        assert!(Fen::parse("0.005").is_err());
        assert!(Fen::parse("").is_err());
        assert_eq!(Fen::parse("１，２３４．５０"), Ok(Fen::new(123_450)));
        assert_eq!(Fen::parse("-1,000"), Ok(Fen::new(-100_000)));
        for text in ["1e5", "1,5", "1,2345", "12,34.56", "1_000", ".5", "5.", "--5", "+5", "1.2.3", ",100", "0x10"] {
            assert!(Fen::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn half_a_fen_rounds_away_from_zero() {
        assert_eq!(Fen::round_half_up(Decimal::new(209_905, 3)), Some(Fen::new(20_991)));
        assert_eq!(Fen::round_half_up(Decimal::new(-5, 3)), Some(Fen::new(-1)));
    }
}
