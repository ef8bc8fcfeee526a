//! Flags (特殊情况, 历史遗留问题): what each does to collection, and how long one may stand without being looked at (A4).

use chrono::{Days, NaiveDate};

use crate::words::words;

words!(
    /// What a flag does to collection while it counts.
    FlagEffect {
        /// Shown to staff, nothing else.
        None = "none", "仅提示", "shown only";
        /// Softer wording and later steps.
        Soften = "soften", "从缓从宽", "softer and later";
        /// No visit at home.
        NoVisit = "no_visit", "不上门", "no visit";
        /// No phone call.
        NoCall = "no_call", "不打电话", "no call";
        /// No contact about arrears at all.
        HoldContact = "hold_contact", "暂停联系", "no contact";
        /// No formal demand and no legal step.
        HoldFormal = "hold_formal", "暂停书面催缴和法律途径", "no formal step";
    }
);

/// Nobody remembers why after a year: then it is looked at again or ends.
const LONGEST_DAYS: u64 = 366;

impl FlagEffect {
    /// The last day a flag set on a day may run to.
    #[must_use]
    pub fn latest_expiry(set_on: NaiveDate) -> NaiveDate {
        set_on.checked_add_days(Days::new(LONGEST_DAYS)).unwrap_or(set_on)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_ends_or_is_looked_at_within_a_year() {
        let set = NaiveDate::from_ymd_opt(2026, 11, 24).expect("a day");
        assert_eq!(FlagEffect::latest_expiry(set).to_string(), "2027-11-25");
        assert!(FlagEffect::ALL.iter().all(|effect| FlagEffect::parse(effect.as_str()) == Ok(*effect)));
    }
}
