//! What staff find out about a case: cause, attitude, capacity (P4). Explained, dated, expiring.

use chrono::NaiveDate;

use crate::arrears::age::months_after;
use crate::words::words;

words!(
    /// Why the fee is not paid (reason codes of the trade).
    Cause {
        /// 遗忘
        Forget = "FORGET", "遗忘", "forgot";
        /// 出差在外
        Away = "AWAY", "出差在外", "away";
        /// 经济困难
        Hard = "HARD", "经济困难", "hardship";
        /// 服务不满
        Service = "SERVICE", "服务不满", "dissatisfied with the service";
        /// 开发商遗留问题
        Developer = "DEVELOPER", "开发商遗留问题", "developer's legacy";
        /// 空置
        Vacant = "VACANT", "房屋空置", "vacant";
        /// 未收房
        Handover = "HANDOVER", "未收房", "not handed over";
        /// 租户使用
        Tenant = "TENANT", "租户使用", "let to a tenant";
        /// 易主
        Transfer = "TRANSFER", "易主", "ownership changed";
        /// 失联
        Lost = "LOST", "失联", "lost contact";
        /// 观望跟风
        Crowd = "CROWD", "观望跟风", "follows the crowd";
        /// 金额争议
        Amount = "AMOUNT", "金额争议", "disputes the amount";
        /// 恶意拖欠
        Wilful = "WILFUL", "恶意拖欠", "wilful";
        /// 其他
        Other = "OTHER", "其他", "other";
    }
);

words!(
    /// How the payer meets the demand.
    Attitude {
        /// 配合
        Cooperative = "cooperative", "配合", "cooperative";
        /// 中立
        Neutral = "neutral", "一般", "neutral";
        /// 抵触
        Resistant = "resistant", "抵触", "resistant";
        /// 拒绝
        Refusing = "refusing", "明确拒绝", "refuses";
        /// 未知
        Unknown = "unknown", "未了解", "not known";
    }
);

words!(
    /// Whether the payer can pay.
    Capacity {
        /// 有能力
        Able = "able", "有能力", "able";
        /// 部分
        Partly = "partly", "部分有能力", "partly";
        /// 困难
        Unable = "unable", "暂时困难", "not now";
        /// 未知
        Unknown = "unknown", "未了解", "not known";
    }
);

words!(
    /// How a contact ended (outcome codes of the trade).
    ContactOutcome {
        /// 承诺缴费
        ReachedPromise = "REACHED_PROMISE", "承诺缴费", "promised to pay";
        /// 拒绝
        ReachedRefuse = "REACHED_REFUSE", "拒绝缴费", "refused";
        /// 有异议
        ReachedDispute = "REACHED_DISPUTE", "提出异议", "raised a dispute";
        /// 已沟通
        ReachedTalk = "REACHED_TALK", "已沟通", "talked";
        /// 非本人
        ReachedWrongPerson = "REACHED_WRONG_PERSON", "非本人", "wrong person";
        /// 无人接听
        NoAnswer = "NO_ANSWER", "无人接听/无人在家", "no answer";
        /// 占线
        Busy = "BUSY", "占线", "busy";
        /// 关机
        Off = "OFF", "关机", "switched off";
        /// 空号
        Invalid = "INVALID", "空号/地址有误", "invalid number or address";
        /// 拒签
        RefusedSign = "REFUSED_SIGN", "拒绝签收", "refused to sign";
        /// 签收
        Signed = "SIGNED", "已签收", "signed";
        /// 退回
        ReturnedMail = "RETURNED_MAIL", "邮件退回", "returned mail";
        /// 送达
        Delivered = "DELIVERED", "已送达", "delivered";
        /// 发出
        Sent = "SENT", "已发出", "sent";
    }
);

impl ContactOutcome {
    /// Whether the payer was spoken to: a talk in the sense of B3.
    #[must_use]
    pub const fn is_talk(self) -> bool {
        matches!(self, Self::ReachedPromise | Self::ReachedRefuse | Self::ReachedDispute | Self::ReachedTalk)
    }

    /// Whether the channel led nowhere.
    #[must_use]
    pub const fn is_dead_end(self) -> bool {
        matches!(self, Self::NoAnswer | Self::Off | Self::Invalid | Self::ReturnedMail | Self::ReachedWrongPerson)
    }
}

words!(
    /// Who found a classification. What a person found stands above what a rule derives.
    ClassificationSource {
        /// Derived from facts.
        Rule = "rule", "系统判断", "derived";
        /// Set by staff.
        Staff = "staff", "人工认定", "set by staff";
    }
);

words!(
    /// How long the oldest debt is overdue; derived and never set.
    DurationBand {
        /// Not overdue.
        Current = "current", "未逾期", "not overdue";
        /// Up to one calendar month.
        UpToOneMonth = "up_to_one_month", "1 个月以内", "up to one month";
        /// Up to three.
        UpToThreeMonths = "up_to_three_months", "1 至 3 个月", "one to three months";
        /// Up to a year.
        UpToOneYear = "up_to_one_year", "3 个月至 1 年", "three months to a year";
        /// Longer.
        OverOneYear = "over_one_year", "1 年以上", "over a year";
    }
);

impl DurationBand {
    /// The band of a debt due on a day; the last day of a month still belongs to it.
    #[must_use]
    pub fn of(oldest_due: NaiveDate, as_of: NaiveDate) -> Self {
        let limits = [(0, Self::Current), (1, Self::UpToOneMonth), (3, Self::UpToThreeMonths), (12, Self::UpToOneYear)];
        let within = |(months, _): &&(u32, Self)| as_of <= months_after(oldest_due, *months);
        limits.iter().find(within).map_or(Self::OverOneYear, |(_, band)| *band)
    }
}

/// What is held about a case for a time: dated, expiring, with its evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Classification {
    /// Why the fee is not paid.
    pub cause: Cause,
    /// How the payer meets the demand.
    pub attitude: Attitude,
    /// Whether the payer can pay.
    pub capacity: Capacity,
    /// Who found it.
    pub source: ClassificationSource,
    /// What it rests on.
    pub evidence: String,
    /// Since when.
    pub set_on: NaiveDate,
    /// The last day it holds.
    pub expires_on: NaiveDate,
}

impl Classification {
    /// Whether it holds on a day.
    #[must_use]
    pub fn is_in_force(&self, as_of: NaiveDate) -> bool {
        (self.set_on..=self.expires_on).contains(&as_of)
    }
}

/// The classification that holds on a day: staff's before a rule's, then the newest; none once all have expired.
#[must_use]
pub fn find_in_force(found: &[Classification], as_of: NaiveDate) -> Option<&Classification> {
    found.iter().filter(|one| one.is_in_force(as_of)).max_by_key(|one| (one.source, one.set_on))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn classified(source: ClassificationSource, cause: Cause, set_on: &str, expires_on: &str) -> Classification {
        Classification {
            cause,
            attitude: Attitude::Unknown,
            capacity: Capacity::Unknown,
            source,
            evidence: "电话记录".to_owned(),
            set_on: day(set_on),
            expires_on: day(expires_on),
        }
    }

    #[test]
    fn what_staff_found_stands_above_what_a_rule_derives_until_it_expires() {
        let staff = classified(ClassificationSource::Staff, Cause::Service, "2026-09-01", "2026-11-30");
        let rule = classified(ClassificationSource::Rule, Cause::Forget, "2026-11-01", "2027-01-31");
        let found = [staff, rule];
        let cause = |on: &str| find_in_force(&found, day(on)).map(|one| one.cause);
        assert_eq!(cause("2026-11-30"), Some(Cause::Service));
        assert_eq!(cause("2026-12-01"), Some(Cause::Forget));
        assert_eq!(cause("2027-02-01"), None, "nothing is held for ever");
        assert_eq!(cause("2026-08-31"), None);
    }

    #[test]
    fn the_newer_of_two_findings_of_staff_holds() {
        let of = |cause, on| classified(ClassificationSource::Staff, cause, on, "2027-01-01");
        let found = [of(Cause::Hard, "2026-11-05"), of(Cause::Forget, "2026-10-01")];
        assert_eq!(find_in_force(&found, day("2026-11-20")).map(|one| one.cause), Some(Cause::Hard));
    }

    #[test]
    fn bands_are_calendar_months_and_the_last_day_belongs_to_them() {
        let band = |on: &str| DurationBand::of(day("2026-10-31"), day(on)).as_str();
        assert_eq!(band("2026-10-31"), "current");
        assert_eq!((band("2026-11-01"), band("2026-11-30")), ("up_to_one_month", "up_to_one_month"));
        assert_eq!((band("2026-12-01"), band("2027-01-31")), ("up_to_three_months", "up_to_three_months"));
        assert_eq!((band("2027-02-01"), band("2027-10-31")), ("up_to_one_year", "up_to_one_year"));
        assert_eq!(band("2027-11-01"), "over_one_year");
    }

    #[test]
    fn there_are_the_fourteen_causes_of_the_trade() {
        assert_eq!(Cause::ALL.len(), 14);
        assert!(Cause::ALL.iter().all(|cause| Cause::parse(cause.as_str()) == Ok(*cause)));
    }

    #[test]
    fn only_the_payer_spoken_to_is_a_talk() {
        assert!(!ContactOutcome::ReachedWrongPerson.is_talk() && ContactOutcome::ReachedWrongPerson.is_dead_end());
        assert!(ContactOutcome::ALL.iter().all(|one| !(one.is_talk() && one.is_dead_end())));
        assert!(!ContactOutcome::Sent.is_talk() && !ContactOutcome::Signed.is_talk());
    }
}
