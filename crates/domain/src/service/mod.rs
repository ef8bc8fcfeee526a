//! Service (客诉工单): complaints and the departments that answer them (P5, C4).
//!
//! A complaint has a department, a promised date and an answer. While it is open the disputed part is not chased; what it finds
//! decides whether that part stays due.

use chrono::{Days, NaiveDate};

use crate::words::words;

words!(
    /// Who answers.
    Department {
        /// 客服
        Service = "service", "客服", "customer service";
        /// 工程
        Engineering = "engineering", "工程", "engineering";
        /// 安保
        Security = "security", "安保", "security";
        /// 保洁
        Cleaning = "cleaning", "保洁", "cleaning";
    }
);

words!(
    /// Where a complaint is.
    ComplaintState {
        /// Taken down.
        Open = "open", "已登记", "open";
        /// Accepted; somebody looks into it.
        Investigating = "investigating", "核查中", "being looked into";
        /// Found right.
        Valid = "valid", "成立", "valid";
        /// Found right in part.
        Partly = "partly", "部分成立", "valid in part";
        /// Found wrong.
        Invalid = "invalid", "不成立", "not valid";
        /// Put right.
        Remedied = "remedied", "已整改", "put right";
        /// Answered and closed.
        Closed = "closed", "已办结", "closed";
    }
);

impl ComplaintState {
    /// Whether that state may follow. What was found right is put right before it is closed.
    #[must_use]
    pub const fn can_become(self, next: Self) -> bool {
        match self {
            Self::Open => matches!(next, Self::Investigating),
            Self::Investigating => matches!(next, Self::Valid | Self::Partly | Self::Invalid),
            Self::Valid | Self::Partly => matches!(next, Self::Remedied),
            Self::Invalid | Self::Remedied => matches!(next, Self::Closed),
            Self::Closed => false,
        }
    }

    /// Whether the part in question is still not to be chased: until there is a finding, and while what was found right is not put
    /// right.
    #[must_use]
    pub const fn holds_the_disputed_part(self) -> bool {
        match self {
            Self::Open | Self::Investigating | Self::Valid | Self::Partly => true,
            Self::Invalid | Self::Remedied | Self::Closed => false,
        }
    }
}

/// The longest time a complaint may be promised an answer in, as long as its hold lasts without a review.
const ANSWER_WITHIN_DAYS: u64 = 15;

/// The latest day an answer may be promised for.
#[must_use]
pub fn latest_answer(opened_on: NaiveDate) -> NaiveDate {
    opened_on.checked_add_days(Days::new(ANSWER_WITHIN_DAYS)).unwrap_or(opened_on)
}

/// Whether the promised day passed without an answer. That escalates to us and never to the owner.
#[must_use]
pub fn is_answer_late(promised_on: NaiveDate, answered_on: Option<NaiveDate>, as_of: NaiveDate) -> bool {
    answered_on.is_none_or(|day| day > as_of) && promised_on < as_of
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collection::hold::HoldKind;

    #[test]
    fn what_is_found_right_is_put_right_before_it_is_closed() {
        assert!(!ComplaintState::Valid.can_become(ComplaintState::Closed));
        assert!(!ComplaintState::Open.can_become(ComplaintState::Invalid), "nobody is refused unheard");
        assert!(ComplaintState::Invalid.can_become(ComplaintState::Closed));
        assert!(ComplaintState::ALL.iter().all(|next| !ComplaintState::Closed.can_become(*next)));
    }

    #[test]
    fn the_disputed_part_is_held_until_it_is_answered() {
        let held: Vec<_> =
            ComplaintState::ALL.iter().filter(|one| one.holds_the_disputed_part()).map(|one| one.as_str()).collect();
        assert_eq!(held, ["open", "investigating", "valid", "partly"]);
    }

    #[test]
    fn an_answer_is_late_the_day_after_it_was_promised_for() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let promised = day("2026-11-10");
        assert!(!is_answer_late(promised, None, day("2026-11-10")));
        assert!(is_answer_late(promised, None, day("2026-11-11")));
        assert!(!is_answer_late(promised, Some(day("2026-11-09")), day("2026-11-11")));
        assert_eq!(latest_answer(day("2026-11-10")), HoldKind::ServiceDispute.latest_review(day("2026-11-10")));
    }
}
