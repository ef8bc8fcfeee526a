//! The record of a visit (上门记录) as it comes from a phone, perhaps days later: how it ended about the signature, when it may have been,
//! and the key that makes the same record sent twice one.

use chrono::{Days, NaiveDateTime};

use crate::words::words;

/// So many photos of one visit are kept.
pub const MOST_VISIT_PHOTOS: usize = 4;
/// The largest drawing of a signature, in bytes.
pub const MOST_SIGNATURE_BYTES: usize = 512 * 1024;
/// A visit is written down at most so many days later: what is older nobody remembers well enough.
pub const MOST_DAYS_LATE: u64 = 14;

words!(
    /// Whether the owner signed.
    Signing {
        /// 业主已签字
        Signed = "signed", "业主已签字", "the owner signed";
        /// 业主不签字
        Declined = "declined", "业主不签字", "the owner would not sign";
        /// 没有请业主签字
        NotAsked = "not_asked", "没有请业主签字", "nobody was asked to sign";
    }
);

/// Why a visit cannot have been at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisitTimeError {
    /// It lies ahead.
    Ahead,
    /// It is too long ago.
    TooLate,
}

/// Checks when a visit was, both in local time.
///
/// # Errors
/// [`VisitTimeError`] for a time that lies ahead, or more than [`MOST_DAYS_LATE`] days back.
pub fn check_visit_time(at: NaiveDateTime, now: NaiveDateTime) -> Result<(), VisitTimeError> {
    if at > now {
        return Err(VisitTimeError::Ahead);
    }
    match now.date().checked_sub_days(Days::new(MOST_DAYS_LATE)) {
        Some(first) if at.date() < first => Err(VisitTimeError::TooLate),
        _ => Ok(()),
    }
}

/// Whether a text may be the key of a record: 16 to 64 letters, digits and hyphens, made at random by the phone.
#[must_use]
pub fn is_visit_key(key: &str) -> bool {
    (16..=64).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_was_before_now_and_not_more_than_two_weeks_ago() {
        let time = |text: &str| text.parse::<NaiveDateTime>().expect("a time");
        let now = time("2026-11-28T16:30:00");
        let check = |text: &str| check_visit_time(time(text), now);
        assert_eq!(check("2026-11-28T16:30:00"), Ok(()));
        assert_eq!(check("2026-11-28T16:31:00"), Err(VisitTimeError::Ahead));
        assert_eq!(check("2026-11-14T00:00:00"), Ok(()), "the whole of the first day counts");
        assert_eq!(check("2026-11-13T23:59:00"), Err(VisitTimeError::TooLate));
    }

    #[test]
    fn a_key_is_long_enough_to_be_random_and_plain() {
        assert!(is_visit_key("0f8fad5b-d9cb-469f-a165-70867728950e"));
        for wrong in ["", "short", "0123456789abcde", "0123456789abcdef ", "0123456789abcdef'", &"a".repeat(65)] {
            assert!(!is_visit_key(wrong), "{wrong:?}");
        }
    }
}
