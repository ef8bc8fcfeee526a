//! Holds (暂缓): what each suppresses, and how several add up. A hold is never a yes/no flag: it has a reason, a scope and a
//! review date (I13).

use chrono::{Days, NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};

use crate::words::words;

words!(
    /// Why a case is held.
    HoldKind {
        /// 服务投诉
        ServiceDispute = "service_dispute", "服务投诉处理中", "service complaint";
        /// 账单核对
        BillingQuery = "billing_query", "账单核对中", "billing query";
        /// 经济困难
        Hardship = "hardship", "经济困难", "hardship";
        /// 承诺
        Promise = "promise", "承诺期内", "active promise";
        /// 分期
        Plan = "plan", "分期履行中", "active plan";
        /// 去世或无行为能力
        Deceased = "deceased", "去世/无行为能力", "deceased or incapable";
        /// 有代理律师
        Represented = "represented", "律师代理/诉讼中", "represented or in court";
        /// 权属变更
        OwnershipChange = "ownership_change", "权属变更核实中", "ownership change";
        /// 未匹配收款
        UnmatchedReceipt = "unmatched_receipt", "有未匹配收款", "unmatched receipt";
        /// 联系方式失效
        BadContact = "bad_contact", "联系方式失效", "bad contact data";
        /// 弱势
        Vulnerable = "vulnerable", "弱势/安全", "vulnerable person";
        /// 小区停催
        CommunityStop = "community_stop", "小区整体暂停", "community-wide stop";
    }
);

/// What is suppressed; several holds add up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// No contact.
    pub contact: bool,
    /// No next stage.
    pub escalation: bool,
    /// No late fee.
    pub late_fee: bool,
    /// No legal step.
    pub legal: bool,
}

impl Suppression {
    /// The names of what it suppresses.
    #[must_use]
    pub fn list_effects(self) -> Vec<&'static str> {
        let all = [
            (self.contact, "contact"),
            (self.escalation, "escalation"),
            (self.late_fee, "late_fee"),
            (self.legal, "legal"),
        ];
        all.into_iter().filter(|(on, _)| *on).map(|(_, effect)| effect).collect()
    }

    /// Both together.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self {
            contact: self.contact || other.contact,
            escalation: self.escalation || other.escalation,
            late_fee: self.late_fee || other.late_fee,
            legal: self.legal || other.legal,
        }
    }
}

impl HoldKind {
    /// What this kind suppresses unless staff choose more.
    #[must_use]
    pub fn suppresses(self) -> Suppression {
        let all = |contact, escalation, late_fee, legal| Suppression { contact, escalation, late_fee, legal };
        match self {
            Self::ServiceDispute | Self::BillingQuery => all(true, true, false, true),
            Self::Hardship | Self::Deceased | Self::OwnershipChange | Self::CommunityStop => {
                all(true, true, true, true)
            }
            Self::Promise | Self::Plan | Self::UnmatchedReceipt => all(true, true, false, true),
            Self::Represented => all(true, true, false, false),
            Self::BadContact => all(false, true, false, true),
            Self::Vulnerable => all(false, true, false, true),
        }
    }

    /// What this kind suppresses for single charges it names: of what is in dispute no late fee accrues meanwhile.
    #[must_use]
    pub fn suppresses_of_charges(self) -> Suppression {
        let in_dispute = matches!(self, Self::ServiceDispute | Self::BillingQuery);
        self.suppresses().union(Suppression { late_fee: in_dispute, ..Suppression::default() })
    }

    /// Whether staff open it by hand. A promise and a plan rest a case by themselves, by being taken and agreed.
    #[must_use]
    pub const fn is_opened_by_staff(self) -> bool {
        match self {
            Self::Promise | Self::Plan => false,
            Self::ServiceDispute
            | Self::BillingQuery
            | Self::Hardship
            | Self::Deceased
            | Self::Represented
            | Self::OwnershipChange
            | Self::UnmatchedReceipt
            | Self::BadContact
            | Self::Vulnerable
            | Self::CommunityStop => true,
        }
    }

    /// Whether a second person has to confirm it: until then contact rests for [`PROVISIONAL_DAYS`], and the late fee runs on.
    #[must_use]
    pub const fn needs_second_person(self) -> bool {
        matches!(self, Self::Hardship)
    }

    /// Whether it rests on a document that is named: a certificate of death, a judgment.
    #[must_use]
    pub const fn needs_document(self) -> bool {
        matches!(self, Self::Deceased)
    }

    /// Whether it is for a whole community, and so for its manager.
    #[must_use]
    pub const fn is_of_community(self) -> bool {
        matches!(self, Self::CommunityStop)
    }

    /// Whether nobody calls or visits while it is in force; messages still go out where contact does not rest.
    #[must_use]
    pub const fn spares_calls_and_visits(self) -> bool {
        matches!(self, Self::Vulnerable)
    }

    /// The longest time until somebody must look at it again.
    #[must_use]
    pub const fn review_within_days(self) -> u64 {
        match self {
            Self::UnmatchedReceipt => 5,
            Self::BillingQuery => 7,
            Self::ServiceDispute | Self::Promise => 15,
            Self::BadContact | Self::OwnershipChange | Self::CommunityStop => 30,
            Self::Hardship | Self::Plan | Self::Deceased | Self::Represented | Self::Vulnerable => 90,
        }
    }

    /// The latest review date of a hold opened that day.
    #[must_use]
    pub fn latest_review(self, opened_on: NaiveDate) -> NaiveDate {
        opened_on.checked_add_days(Days::new(self.review_within_days())).unwrap_or(opened_on)
    }
}

/// So many days contact rests for a hold that waits for its second person.
pub const PROVISIONAL_DAYS: u64 = 7;

/// The last day of a hold opened that day that no second person confirms.
#[must_use]
pub fn provisional_until(opened_on: NaiveDate) -> NaiveDate {
    opened_on.checked_add_days(Days::new(PROVISIONAL_DAYS)).unwrap_or(opened_on)
}

/// The day a case is looked at again after a release: what was missed meanwhile is not made up for at once (I13).
#[must_use]
pub fn next_after_release(released_on: NaiveDate, cool_off_days: i64, recomputed: NaiveDate) -> NaiveDate {
    let rested = released_on.checked_add_signed(TimeDelta::days(cool_off_days)).unwrap_or(released_on);
    rested.max(recomputed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn i13_after_a_release_nothing_happens_before_the_cool_off_nor_before_its_own_day() {
        assert_eq!(next_after_release(day("2026-11-01"), 7, day("2026-06-03")), day("2026-11-08"));
        assert_eq!(next_after_release(day("2026-11-01"), 7, day("2026-12-01")), day("2026-12-01"));
    }

    #[test]
    fn i13_holds_in_any_order_and_number_suppress_the_same() {
        for one in HoldKind::ALL {
            for other in HoldKind::ALL {
                let (one, other) = (one.suppresses(), other.suppresses());
                assert_eq!(one.union(other), other.union(one));
                assert_eq!(one.union(other).union(one), one.union(other));
                assert_eq!(one.union(Suppression::default()), one);
            }
        }
    }

    #[test]
    fn a_hardship_or_a_death_stops_contact_fee_and_law_alike() {
        let everything = Suppression { contact: true, escalation: true, late_fee: true, legal: true };
        assert_eq!(HoldKind::Hardship.suppresses(), everything);
        assert_eq!(HoldKind::Deceased.suppresses(), everything);
        assert!(!HoldKind::BadContact.suppresses().late_fee, "bad contact data stop no fee");
    }

    #[test]
    fn a_dispute_stops_the_fee_of_the_charges_it_names_and_of_no_others() {
        for kind in [HoldKind::ServiceDispute, HoldKind::BillingQuery] {
            assert!(!kind.suppresses().late_fee && kind.suppresses_of_charges().late_fee);
        }
        assert_eq!(HoldKind::BadContact.suppresses_of_charges(), HoldKind::BadContact.suppresses());
    }

    #[test]
    fn i13_holds_add_up_and_every_kind_has_a_review_date() {
        let both = HoldKind::BadContact.suppresses().union(HoldKind::Represented.suppresses());
        assert!(both.contact && both.escalation && both.legal && !both.late_fee);
        assert!(HoldKind::ALL.iter().all(|kind| kind.review_within_days() <= 90));
        assert!(HoldKind::ServiceDispute.review_within_days() <= 15);
    }
}
