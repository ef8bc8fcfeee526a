//! What a person asked for about being contacted (联系约定): not before or after an hour, not at work, not by a channel. It is a
//! wish of the person and holds for everybody and everything that contacts them, until they take it back.

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

use super::quiet_hours::QuietHours;
use crate::words::words;

words!(
    /// A wish about being contacted.
    ContactLimit {
        /// 不早于
        NotBefore = "not_before", "不早于几点联系", "not before an hour";
        /// 不晚于
        NotAfter = "not_after", "不晚于几点联系", "not after an hour";
        /// 上班时间不打电话
        NotAtWork = "not_at_work", "上班时间（工作日 9-18 点）不打电话、不上门", "no calls or visits at work (working days, 9 to 18)";
        /// 不打电话
        NoCall = "no_call", "不要打电话", "no calls";
        /// 不上门
        NoVisit = "no_visit", "不要上门", "no visits";
        /// 不发短信
        NoSms = "no_sms", "不要发短信", "no text messages";
        /// 不发微信
        NoWechat = "no_wechat", "不要发微信", "no WeChat messages";
        /// 不发邮件
        NoEmail = "no_email", "不要发邮件", "no e-mail";
    }
);

impl ContactLimit {
    /// Whether the wish names an hour.
    #[must_use]
    pub const fn has_hour(self) -> bool {
        matches!(self, Self::NotBefore | Self::NotAfter)
    }

    /// The message channel it closes.
    #[must_use]
    pub const fn closed_channel(self) -> Option<&'static str> {
        match self {
            Self::NoSms => Some("sms"),
            Self::NoWechat => Some("wechat"),
            Self::NoEmail => Some("email"),
            Self::NotBefore | Self::NotAfter | Self::NotAtWork | Self::NoCall | Self::NoVisit => None,
        }
    }
}

/// The hours a person left for contact. Fields stand in the order of the alphabet, as facts are recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactHours {
    /// From here on no contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<NaiveTime>,
    /// No calls or visits in the working hours of working days.
    #[serde(default, skip_serializing_if = "is_false")]
    pub not_at_work: bool,
    /// Until here no contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<NaiveTime>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

impl ContactHours {
    /// The hours all wishes together leave: of two the narrower one.
    #[must_use]
    pub fn of(limits: &[(ContactLimit, Option<NaiveTime>)]) -> Self {
        let hours = |kind| limits.iter().filter(move |(one, _)| *one == kind).filter_map(|(_, at)| *at);
        Self {
            not_after: hours(ContactLimit::NotAfter).min(),
            not_at_work: limits.iter().any(|(kind, _)| *kind == ContactLimit::NotAtWork),
            not_before: hours(ContactLimit::NotBefore).max(),
        }
    }

    /// Whether the person left all hours open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// The hours of everybody, narrowed by these.
    #[must_use]
    pub fn narrow(&self, mut hours: QuietHours) -> QuietHours {
        if let Some(from) = self.not_before {
            hours.night_until = hours.night_until.max(from);
            hours.resume_at = hours.resume_at.max(from);
            hours.window.0 = hours.window.0.max(from);
        }
        if let Some(until) = self.not_after {
            hours.night_from = hours.night_from.min(until);
            hours.window.1 = hours.window.1.min(until);
        }
        if self.not_at_work {
            hours.at_work = Some(QuietHours::working_hours());
        }
        hours
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outreach::quiet_hours::{ContactManner, HourVerdict};

    fn at(text: &str) -> NaiveTime {
        text.parse().expect("a time")
    }

    fn judged(limits: &[(ContactLimit, Option<NaiveTime>)], manner: ContactManner, now: &str) -> HourVerdict {
        ContactHours::of(limits).narrow(QuietHours::published()).judge(manner, now.parse().expect("a time"))
    }

    #[test]
    fn of_two_wishes_the_narrower_holds() {
        let limits = [
            (ContactLimit::NotBefore, Some(at("10:00:00"))),
            (ContactLimit::NotBefore, Some(at("11:00:00"))),
            (ContactLimit::NotAfter, Some(at("18:00:00"))),
        ];
        let hours = ContactHours::of(&limits);
        assert_eq!((hours.not_before, hours.not_after), (Some(at("11:00:00")), Some(at("18:00:00"))));
        assert!(ContactHours::of(&[(ContactLimit::NoSms, None)]).is_open());
    }

    #[test]
    fn not_before_ten_holds_for_calls_and_messages_alike() {
        let late = [(ContactLimit::NotBefore, Some(at("10:00:00")))];
        let until = HourVerdict::Queued { until: "2026-11-23T10:00:00".parse().expect("a time") };
        for manner in [ContactManner::Call, ContactManner::Visit, ContactManner::Message] {
            assert_eq!(judged(&late, manner, "2026-11-23T09:30:00"), until, "{manner:?}");
            assert_eq!(judged(&late, manner, "2026-11-23T10:00:00"), HourVerdict::Allowed);
        }
    }

    #[test]
    fn who_is_not_called_at_work_is_called_in_the_evening_or_on_a_day_off() {
        let work = [(ContactLimit::NotAtWork, None)];
        let call = |now| judged(&work, ContactManner::Call, now);
        let evening = HourVerdict::Queued { until: "2026-11-23T18:00:00".parse().expect("a time") };
        assert_eq!(call("2026-11-23T11:00:00"), evening);
        assert_eq!(
            (call("2026-11-23T18:30:00"), call("2026-11-22T15:00:00")),
            (HourVerdict::Allowed, HourVerdict::Allowed)
        );
        assert_eq!(
            judged(&work, ContactManner::Message, "2026-11-23T11:00:00"),
            HourVerdict::Allowed,
            "read when it suits"
        );
        // A Saturday on which people work.
        assert_eq!(
            call("2026-02-14T10:30:00"),
            HourVerdict::Queued { until: "2026-02-14T18:00:00".parse().expect("a time") }
        );
    }
}
