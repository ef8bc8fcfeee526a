//! When an owner may be contacted (安静时段): from 09:00 to 20:00, and never from 22:00 to 08:00.
//!
//! The outer limit is the collection norm of consumer credit (GB/T 45251-2025), adopted as self-discipline; what falls into it
//! waits until 08:30. Calls and visits keep to the inner window. A message outside the inner window but within the outer
//! limit may go, with a warning. Blackout days (Spring Festival, exams) are as closed as the night.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde::{Deserialize, Serialize};

/// How the owner is reached, as far as the hour matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactManner {
    /// SMS, WeChat, e-mail, push: waits until it is read.
    Message,
    /// A telephone call.
    Call,
    /// A visit.
    Visit,
}

/// Whether a contact may happen now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum HourVerdict {
    /// Within the window.
    Allowed,
    /// Within the outer limit only: think twice.
    AllowedWithWarning,
    /// Refused now; queued.
    Queued {
        /// The first moment at which it may happen.
        until: NaiveDateTime,
    },
}

/// The hours, local time; each range holds its first moment and not its last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuietHours {
    /// From here nothing goes out in the evening.
    pub night_from: NaiveTime,
    /// Until here nothing goes out in the morning.
    pub night_until: NaiveTime,
    /// When what waited for the morning goes out.
    pub resume_at: NaiveTime,
    /// The window for calls and visits, and the one in which messages need no warning.
    pub window: (NaiveTime, NaiveTime),
    /// Days without contact, first and last included.
    pub blackouts: Vec<(NaiveDate, NaiveDate)>,
}

impl Default for QuietHours {
    fn default() -> Self {
        let at = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).expect("a time of day");
        Self {
            night_from: at(22, 0),
            night_until: at(8, 0),
            resume_at: at(8, 30),
            window: (at(9, 0), at(20, 0)),
            blackouts: Vec::new(),
        }
    }
}

impl QuietHours {
    /// Whether that contact may happen at that local time.
    #[must_use]
    pub fn judge(&self, manner: ContactManner, at: NaiveDateTime) -> HourVerdict {
        let (from, until) = self.window;
        let in_window = (from..until).contains(&at.time());
        let in_outer_limit = (self.night_until..self.night_from).contains(&at.time());
        let open_day = !self.is_blackout(at.date());
        match manner {
            ContactManner::Message | ContactManner::Call | ContactManner::Visit if open_day && in_window => {
                HourVerdict::Allowed
            }
            ContactManner::Message if open_day && in_outer_limit => HourVerdict::AllowedWithWarning,
            ContactManner::Message => HourVerdict::Queued { until: self.next_opening(at, self.resume_at) },
            ContactManner::Call | ContactManner::Visit => {
                HourVerdict::Queued { until: self.next_opening(at, self.resume_at.max(from)) }
            }
        }
    }

    fn is_blackout(&self, day: NaiveDate) -> bool {
        self.blackouts.iter().any(|(first, last)| (*first..=*last).contains(&day))
    }

    /// The first such time of an open day that is not before `at`.
    fn next_opening(&self, at: NaiveDateTime, opening: NaiveTime) -> NaiveDateTime {
        let openings = at.date().iter_days().filter(|day| !self.is_blackout(*day)).map(|day| day.and_time(opening));
        openings.into_iter().find(|opening| *opening >= at).unwrap_or(NaiveDateTime::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(manner: ContactManner, at: &str) -> HourVerdict {
        QuietHours::default().judge(manner, at.parse().expect("a time"))
    }

    fn queued(until: &str) -> HourVerdict {
        HourVerdict::Queued { until: until.parse().expect("a time") }
    }

    #[test]
    fn w33_a_message_is_warned_about_in_the_evening_and_waits_out_the_night() {
        let message = |at| judge(ContactManner::Message, at);
        assert_eq!(message("2026-11-23T19:59:59"), HourVerdict::Allowed);
        assert_eq!(message("2026-11-23T20:00:00"), HourVerdict::AllowedWithWarning);
        assert_eq!(message("2026-11-23T21:59:59"), HourVerdict::AllowedWithWarning);
        assert_eq!(message("2026-11-23T22:00:00"), queued("2026-11-24T08:30:00"));
        assert_eq!(message("2026-11-24T07:59:00"), queued("2026-11-24T08:30:00"));
        assert_eq!(message("2026-11-24T08:00:00"), HourVerdict::AllowedWithWarning);
        assert_eq!(message("2026-11-24T09:00:00"), HourVerdict::Allowed);
    }

    #[test]
    fn a_call_or_visit_keeps_to_the_window() {
        for manner in [ContactManner::Call, ContactManner::Visit] {
            assert_eq!(judge(manner, "2026-11-23T08:45:00"), queued("2026-11-23T09:00:00"));
            assert_eq!(judge(manner, "2026-11-23T09:00:00"), HourVerdict::Allowed);
            assert_eq!(judge(manner, "2026-11-23T20:00:00"), queued("2026-11-24T09:00:00"));
        }
    }

    #[test]
    fn a_blackout_is_closed_all_day() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let hours = QuietHours { blackouts: vec![(day("2026-02-16"), day("2026-02-18"))], ..QuietHours::default() };
        let noon = "2026-02-16T12:00:00".parse().expect("a time");
        assert_eq!(hours.judge(ContactManner::Message, noon), queued("2026-02-19T08:30:00"));
    }
}
