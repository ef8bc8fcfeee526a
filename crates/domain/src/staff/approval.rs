//! Acts of two people (审批): one asks, another one approves, and only then is it done (P3, B4).
//!
//! What they have in common: nobody approves what they asked for themselves, a request lapses, and what the act needs is looked
//! at when it is asked for and again when it is approved.

use chrono::{Days, NaiveDate};

use super::Permission;
use crate::ids::StaffId;
use crate::words::words;

words!(
    /// What is asked for.
    ApprovalKind {
        /// A legal matter: mediation, payment order, suit, arbitration (I17).
        LegalMatter = "legal_matter", "启动法律途径", "open a legal matter";
        /// A waiver or correction.
        Adjustment = "adjustment", "减免或更正", "waive or correct";
        /// An opening balance that was too low, raised.
        OpeningCorrection = "opening_correction", "更正期初欠费", "raise an opening balance";
        /// Charges reversed and billed anew.
        Rebill = "rebill", "更正账单", "bill anew";
        /// The service ends; what was billed for later months is taken back.
        ServiceEnd = "service_end", "服务终止", "end the service";
        /// A vacancy, so that its months are charged in part.
        Vacancy = "vacancy", "确认空置优惠", "confirm a vacancy";
        /// A lower fee for a service that was not as agreed.
        ServiceReduction = "service_reduction", "服务瑕疵减免", "reduce for a service defect";
        /// A demand letter with its number, where the policy asks for a second person.
        DemandLetter = "demand_letter", "催缴通知书编号发出", "issue a demand letter";
        /// Another ceiling for the late fee that is claimed.
        LateFeeCeiling = "late_fee_ceiling", "调整违约金主张上限", "set the ceiling of the late fee";
        /// A part of a deposit that is kept.
        DepositDeduction = "deposit_deduction", "押金扣除", "keep a part of a deposit";
        /// Money given back.
        Refund = "refund", "退款", "refund";
        /// The last closed month is opened again.
        ReopenMonth = "reopen_month", "反结账", "reopen a closed month";
        /// A version of the policy is put in force.
        PolicyActivation = "policy_activation", "启用催缴方案", "put a policy in force";
        /// Formal steps until a day although papers of the community are missing (A3).
        FormalException = "formal_exception", "资料不齐时的正式催缴例外", "formal steps although papers are missing";
    }
);

impl ApprovalKind {
    /// What whoever asks has to be allowed; who approves needs [`Permission::Approve`].
    #[must_use]
    pub const fn permission_to_ask(self) -> Permission {
        match self {
            Self::LegalMatter | Self::DemandLetter | Self::LateFeeCeiling => Permission::IssueLetters,
            Self::Adjustment
            | Self::OpeningCorrection
            | Self::Rebill
            | Self::ServiceEnd
            | Self::ServiceReduction
            | Self::DepositDeduction => Permission::ReversePayment,
            Self::Vacancy => Permission::EditRegistry,
            Self::ReopenMonth => Permission::CloseMonth,
            Self::Refund => Permission::TakePayment,
            Self::PolicyActivation | Self::FormalException => Permission::EditPolicy,
        }
    }
}

words!(
    /// What became of a request.
    ApprovalState {
        /// It waits.
        Open = "open", "待审批", "waits";
        /// It was approved, and done.
        Approved = "approved", "已批准", "approved";
        /// The second person said no.
        Refused = "refused", "已驳回", "refused";
        /// Who asked took it back.
        Withdrawn = "withdrawn", "已撤回", "withdrawn";
        /// Nobody decided in time.
        Expired = "expired", "已过期", "expired";
    }
);

/// A request waits for so many days: what it rests on grows old.
const OPEN_DAYS: u64 = 14;

/// The last day on which a request of `today` may be approved.
#[must_use]
pub fn last_day(today: NaiveDate) -> NaiveDate {
    today.checked_add_days(Days::new(OPEN_DAYS)).unwrap_or(today)
}

/// Whether two entries of the record are, or could be taken for, one person: the same account, or the same name. Matters, letters
/// and waivers carry names; two namesakes on one of them would prove nothing.
#[must_use]
pub fn is_same_person((id, name): (Option<StaffId>, &str), (other_id, other_name): (Option<StaffId>, &str)) -> bool {
    name == other_name || id.is_some() && id == other_id
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn one_account_is_one_person_whatever_its_name_and_a_namesake_is_taken_for_one() {
        let [one, other] = [1, 2].map(|number| Some(StaffId::from(Uuid::from_u128(number))));
        assert!(is_same_person((one, "王伟"), (one, "王大伟")));
        assert!(is_same_person((one, "王伟"), (other, "王伟")));
        assert!(is_same_person((None, "本机操作员"), (None, "本机操作员")));
        assert!(!is_same_person((one, "王伟"), (other, "李强")));
        assert!(!is_same_person((None, "本机操作员"), (None, "系统")));
    }

    #[test]
    fn a_request_of_a_day_waits_two_weeks() {
        let [day, last] = ["2026-12-20", "2027-01-03"].map(|day| day.parse().expect("a day"));
        assert_eq!(last_day(day), last);
    }
}
