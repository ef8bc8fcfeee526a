//! What comes after a contact (D5): every contact ends with a next step and a day; where nobody names them they follow from how it
//! ended. And the days a promise is mostly given for, offered for one tap.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use super::classification::ContactOutcome;
use crate::Text;

/// What comes next, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextStep {
    /// What to do.
    pub what: Text,
    /// On which day.
    pub on: NaiveDate,
}

/// What follows from how a contact ended; a promise is looked at on the day after it is due.
#[must_use]
pub fn next_step(outcome: ContactOutcome, promised_for: Option<NaiveDate>, today: NaiveDate) -> NextStep {
    let (zh, en) = words(outcome);
    let from = if outcome == ContactOutcome::ReachedPromise { promised_for.unwrap_or(today) } else { today };
    NextStep { what: Text::new(zh, en), on: from.checked_add_days(Days::new(days_until(outcome))).unwrap_or(from) }
}

/// The next step in words.
const fn words(outcome: ContactOutcome) -> (&'static str, &'static str) {
    match outcome {
        ContactOutcome::ReachedPromise => ("到期回访，确认到账", "check that it arrived"),
        ContactOutcome::ReachedRefuse => ("报主管，约高一级沟通", "tell the manager, who talks next"),
        ContactOutcome::ReachedDispute => ("登记异议并答复", "register the dispute and answer it"),
        ContactOutcome::ReachedTalk => ("再次沟通", "talk again"),
        ContactOutcome::ReachedWrongPerson | ContactOutcome::Invalid | ContactOutcome::ReturnedMail => {
            ("核实联系方式", "find out how the owner is reached")
        }
        ContactOutcome::NoAnswer | ContactOutcome::Busy | ContactOutcome::Off => {
            ("换个时间再联系", "try at another hour")
        }
        ContactOutcome::RefusedSign => ("补充送达证据", "complete the proof of service"),
        ContactOutcome::Signed | ContactOutcome::Delivered | ContactOutcome::Sent => ("跟进回复", "follow up"),
    }
}

/// Days from the contact, or from the promised day, to the next step.
const fn days_until(outcome: ContactOutcome) -> u64 {
    match outcome {
        ContactOutcome::ReachedPromise
        | ContactOutcome::ReachedWrongPerson
        | ContactOutcome::Invalid
        | ContactOutcome::ReturnedMail
        | ContactOutcome::NoAnswer
        | ContactOutcome::Busy
        | ContactOutcome::Off
        | ContactOutcome::RefusedSign => 1,
        ContactOutcome::ReachedDispute => 3,
        // After a talk nobody contacts the owner for a week.
        ContactOutcome::ReachedRefuse
        | ContactOutcome::ReachedTalk
        | ContactOutcome::Signed
        | ContactOutcome::Delivered
        | ContactOutcome::Sent => 7,
    }
}

/// The day of the month most wages are paid.
const PAYDAY: u32 = 10;

/// A day to promise for, by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedDay {
    /// Its name.
    pub name: Text,
    /// The day.
    pub on: NaiveDate,
}

/// Today, the coming Friday, the coming payday: each once, the soonest first.
#[must_use]
pub fn offered_days(today: NaiveDate) -> Vec<OfferedDay> {
    let offer = |zh: &str, en: &str, on| OfferedDay { name: Text::new(zh, en), on };
    let friday = today.iter_days().skip(1).find(|day| day.weekday() == Weekday::Fri).unwrap_or(today);
    let payday = today.with_day(PAYDAY).map_or(today, |this_month| {
        if this_month > today {
            this_month
        } else {
            this_month.checked_add_months(Months::new(1)).unwrap_or(this_month)
        }
    });
    let mut days =
        vec![offer("今天", "today", today), offer("周五", "Friday", friday), offer("发薪日", "payday", payday)];
    days.sort_by_key(|one| one.on);
    days.dedup_by_key(|one| one.on);
    days
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn every_outcome_has_a_next_step_after_the_contact_and_a_promise_one_after_its_day() {
        let today = day("2026-11-23");
        for outcome in ContactOutcome::ALL {
            let next = next_step(*outcome, None, today);
            assert!(next.on > today && !next.what.zh.is_empty() && !next.what.en.is_empty(), "{outcome:?}");
        }
        let promise = next_step(ContactOutcome::ReachedPromise, Some(day("2026-11-27")), today);
        assert_eq!(promise.on, day("2026-11-28"));
        assert_eq!(next_step(ContactOutcome::NoAnswer, Some(day("2026-11-27")), today).on, day("2026-11-24"));
    }

    #[test]
    fn a_promise_is_offered_for_today_friday_and_payday_each_once() {
        let offered = |today| offered_days(day(today)).iter().map(|one| one.on.to_string()).collect::<Vec<_>>();
        assert_eq!(offered("2026-11-23"), ["2026-11-23", "2026-11-27", "2026-12-10"]);
        assert_eq!(offered("2026-11-27"), ["2026-11-27", "2026-12-04", "2026-12-10"], "on a Friday the next one");
        assert_eq!(offered("2026-12-08"), ["2026-12-08", "2026-12-10", "2026-12-11"]);
        assert_eq!(offered("2026-07-08"), ["2026-07-08", "2026-07-10"], "Friday is payday");
        assert_eq!(offered("2026-12-10"), ["2026-12-10", "2026-12-11", "2027-01-10"]);
    }
}
