//! Bounds of what people enter: an amount up to a thousand million yuan, a day not before 1990 (the first property companies are
//! younger) and not after today. Whatever lies outside is a slip of the keyboard, and is refused where it is entered.

use chrono::NaiveDate;
use hemu_domain::Fen;

use crate::Refusal;

/// The first day something can have happened on.
pub const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(1990, 1, 1).expect("a day");

/// Checks an amount: above zero, and not above the highest.
///
/// # Errors
/// [`Refusal::InvalidInput`] for `field`.
pub fn check_amount(field: &'static str, amount: Fen) -> Result<(), Refusal> {
    if !amount.is_positive() {
        return Err(Refusal::invalid(field, "金额必须大于零", "the amount must be above zero"));
    }
    if amount > Fen::LARGEST_PAYMENT {
        let zh = format!("金额 {} 元超过 10 亿元，请检查是否多输了数字", amount.grouped());
        let en = format!("the amount {} is above 1,000,000,000.00 yuan; check the digits", amount.grouped());
        return Err(Refusal::invalid(field, zh, en));
    }
    Ok(())
}

/// Checks the day something happened on: not before 1990, not after today.
///
/// # Errors
/// [`Refusal::InvalidInput`] for `field`.
pub fn check_past_day(field: &'static str, day: NaiveDate, today: NaiveDate) -> Result<(), Refusal> {
    if day > today {
        let zh = format!("日期 {day} 晚于今天 {today}，请检查");
        return Err(Refusal::invalid(field, zh, format!("the date {day} is after today ({today}); check it")));
    }
    if day < FIRST_DAY {
        let zh = format!("日期 {day} 早于 {FIRST_DAY}，请检查年份");
        return Err(Refusal::invalid(field, zh, format!("the date {day} is before {FIRST_DAY}; check the year")));
    }
    Ok(())
}
