//! What a complaint is about, how urgent it is, where it came from, who answers and by when.

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
    /// What a complaint is about, in the types of the trade.
    ComplaintKind {
        /// 报修维修
        Repair = "repair", "报修维修", "repair";
        /// 环境保洁
        Cleaning = "cleaning", "环境保洁", "cleaning";
        /// 秩序安保
        Security = "security", "秩序安保", "security";
        /// 噪音扰民
        Noise = "noise", "噪音扰民", "noise";
        /// 绿化养护
        Greening = "greening", "绿化养护", "greening";
        /// 车辆停放
        Parking = "parking", "车辆停放", "parking";
        /// 收费疑问
        ChargeQuery = "charge_query", "收费疑问", "charge query";
        /// 其他
        Other = "other", "其他", "other";
    }
);

words!(
    /// How urgent it is.
    Priority {
        /// 紧急
        Urgent = "urgent", "紧急", "urgent";
        /// 较急
        High = "high", "较急", "high";
        /// 一般
        Normal = "normal", "一般", "normal";
    }
);

words!(
    /// Where it came from.
    Source {
        /// 催缴沟通
        Case = "case", "催缴沟通", "collection case";
        /// 收费台
        Desk = "desk", "收费台", "cash desk";
        /// 业主提交
        Owner = "owner", "业主提交", "the owner";
        /// 部门上报
        Department = "department", "部门上报", "a department";
        /// 来电
        Phone = "phone", "来电", "telephone";
    }
);

impl ComplaintKind {
    /// The department in charge, unless somebody who knows better says otherwise.
    #[must_use]
    pub const fn department(self) -> Department {
        match self {
            Self::Repair => Department::Engineering,
            Self::Cleaning | Self::Greening => Department::Cleaning,
            Self::Security | Self::Noise | Self::Parking => Department::Security,
            Self::ChargeQuery | Self::Other => Department::Service,
        }
    }

    /// Days until the owner has an answer: urgent, high, normal. A default an office may promise less or more than, up to
    /// [`latest_answer`].
    const fn answer_days(self) -> [u64; 3] {
        match self {
            Self::Repair => [1, 3, 7],
            Self::Cleaning | Self::Security => [1, 2, 5],
            Self::Noise | Self::Parking => [1, 3, 5],
            Self::ChargeQuery => [2, 3, 7],
            Self::Greening | Self::Other => [2, 5, 10],
        }
    }

    /// The day an answer is promised for, unless another one is.
    #[must_use]
    pub fn answer_by(self, priority: Priority, opened_on: NaiveDate) -> NaiveDate {
        let [urgent, high, normal] = self.answer_days();
        let days = match priority {
            Priority::Urgent => urgent,
            Priority::High => high,
            Priority::Normal => normal,
        };
        opened_on.checked_add_days(Days::new(days)).unwrap_or(opened_on)
    }
}

/// The longest time a complaint may be promised an answer in, as long as its hold lasts without a review.
const ANSWER_WITHIN_DAYS: u64 = 15;

/// The latest day an answer may be promised for.
#[must_use]
pub fn latest_answer(opened_on: NaiveDate) -> NaiveDate {
    opened_on.checked_add_days(Days::new(ANSWER_WITHIN_DAYS)).unwrap_or(opened_on)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collection::hold::HoldKind;

    #[test]
    fn the_more_urgent_the_sooner_and_never_later_than_its_hold_is_looked_at() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 10).expect("a day");
        assert_eq!(latest_answer(day), HoldKind::ServiceDispute.latest_review(day));
        for kind in ComplaintKind::ALL {
            let [urgent, high, normal] =
                [Priority::Urgent, Priority::High, Priority::Normal].map(|p| kind.answer_by(p, day));
            assert!(day < urgent && urgent < high && high < normal && normal <= latest_answer(day), "{kind:?}");
        }
    }

    #[test]
    fn every_department_answers_some_kind() {
        for department in Department::ALL {
            assert!(ComplaintKind::ALL.iter().any(|kind| kind.department() == *department), "{department:?}");
        }
    }
}
