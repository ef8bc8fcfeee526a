//! When an owner may be contacted (安静时段): from 09:00 to 20:00, and never from 22:00 to 08:00.
//!
//! The outer limit is the collection norm of consumer credit (GB/T 45251-2025), adopted as self-discipline; what falls into it
//! waits until 08:30. Calls and visits keep to the inner window. A message outside the inner window but within the outer
//! limit may go, with a warning. Festivals and examination days are as closed as the night; on days off calls and visits begin
//! later. What a person asked for narrows the hours further (`contact_limit`).

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde::{Deserialize, Serialize};

use super::quiet_days::QuietDays;
use crate::calendar::BusinessCalendar;

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
    /// On weekends and public holidays calls and visits begin here.
    pub day_off_from: NaiveTime,
    /// Hours of working days without calls and visits, for whoever asked not to be disturbed at work.
    pub at_work: Option<(NaiveTime, NaiveTime)>,
    /// Days without contact, first and last included.
    pub blackouts: Vec<(NaiveDate, NaiveDate)>,
}

/// So many days ahead an opening is looked for: longer than any stretch of closed days.
const LOOK_AHEAD_DAYS: usize = 60;

fn time(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).expect("a time of day")
}

impl Default for QuietHours {
    fn default() -> Self {
        Self {
            night_from: time(22, 0),
            night_until: time(8, 0),
            resume_at: time(8, 30),
            window: (time(9, 0), time(20, 0)),
            day_off_from: time(10, 0),
            at_work: None,
            blackouts: Vec::new(),
        }
    }
}

impl QuietHours {
    /// The hours, and the festivals and examination days that come with the program.
    #[must_use]
    pub fn published() -> Self {
        let blackouts = QuietDays::published().iter().map(|one| (one.first, one.last)).collect();
        Self { blackouts, ..Self::default() }
    }

    /// When people are at work on a working day.
    #[must_use]
    pub fn working_hours() -> (NaiveTime, NaiveTime) {
        (time(9, 0), time(18, 0))
    }

    /// Whether that contact may happen at that local time.
    #[must_use]
    pub fn judge(&self, manner: ContactManner, at: NaiveDateTime) -> HourVerdict {
        let (from, until) = self.window;
        match self.is_open(manner, at) {
            true if (from..until).contains(&at.time()) => HourVerdict::Allowed,
            true => HourVerdict::AllowedWithWarning,
            false => HourVerdict::Queued { until: self.first_open(manner, at) },
        }
    }

    fn is_open(&self, manner: ContactManner, at: NaiveDateTime) -> bool {
        let (day, time) = (at.date(), at.time());
        let in_hours = match manner {
            ContactManner::Message => (self.night_until..self.night_from).contains(&time),
            ContactManner::Call | ContactManner::Visit => {
                let works = |(from, until): (NaiveTime, NaiveTime)| (from..until).contains(&time);
                (self.begins_on(day)..self.window.1).contains(&time)
                    && !(is_working_day(day) && self.at_work.is_some_and(works))
            }
        };
        in_hours && !self.is_blackout(day)
    }

    /// When calls and visits begin on a day.
    fn begins_on(&self, day: NaiveDate) -> NaiveTime {
        if is_working_day(day) { self.window.0 } else { self.window.0.max(self.day_off_from) }
    }

    fn is_blackout(&self, day: NaiveDate) -> bool {
        self.blackouts.iter().any(|(first, last)| (*first..=*last).contains(&day))
    }

    /// The first moment from `at` on at which that contact may happen.
    #[must_use]
    pub fn first_open(&self, manner: ContactManner, at: NaiveDateTime) -> NaiveDateTime {
        let openings = |day: NaiveDate| {
            let mut times = match manner {
                ContactManner::Message => vec![self.resume_at],
                ContactManner::Call | ContactManner::Visit => {
                    [Some(self.begins_on(day)), self.at_work.map(|(_, end)| end)].into_iter().flatten().collect()
                }
            };
            times.sort_unstable();
            times.into_iter().map(move |time| day.and_time(time))
        };
        if self.is_open(manner, at) {
            return at;
        }
        let days = at.date().iter_days().take(LOOK_AHEAD_DAYS);
        days.flat_map(openings).find(|one| *one >= at && self.is_open(manner, *one)).unwrap_or(NaiveDateTime::MAX)
    }
}

fn is_working_day(day: NaiveDate) -> bool {
    BusinessCalendar::published().is_working_day(day)
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
    fn on_a_day_off_nobody_is_called_before_ten_and_a_make_up_workday_is_no_day_off() {
        for day in ["2026-11-22", "2026-05-01"] {
            let until = queued(&format!("{day}T10:00:00"));
            assert_eq!(judge(ContactManner::Call, &format!("{day}T09:30:00")), until);
            assert_eq!(judge(ContactManner::Message, &format!("{day}T09:30:00")), HourVerdict::Allowed);
        }
        assert_eq!(judge(ContactManner::Visit, "2026-02-14T09:30:00"), HourVerdict::Allowed);
        assert_eq!(judge(ContactManner::Call, "2026-11-20T20:30:00"), queued("2026-11-21T10:00:00"), "a Saturday");
    }

    #[test]
    fn a_blackout_is_closed_all_day() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let hours = QuietHours { blackouts: vec![(day("2026-02-16"), day("2026-02-18"))], ..QuietHours::default() };
        let noon = "2026-02-16T12:00:00".parse().expect("a time");
        assert_eq!(hours.judge(ContactManner::Message, noon), queued("2026-02-19T08:30:00"));
    }
}
