//! Limitation (诉讼时效) of one charge: until when its claim can be enforced against a debtor who pleads time.
//!
//! Three years from the due date (民法典 188), each bill with its own clock, which is the safe reading for the creditor. The due
//! date is day 0, the end is the corresponding day (201, 202), rolled to a working day (203). A demand that reached the
//! debtor, the debtor's consent, a suit or what equals it start a fresh three years (195; 诉讼时效规定 8-14); while
//! proceedings are pending the clock stands still. Twenty years after the due date nothing helps (188 II).
//!
//! An act after the end restarts nothing, with one exception: a promise or plan after the end gives up the plea (192, 诉讼时效规定
//! 19) and counts anew. A part payment after the end is valid for what was paid, and is not taken for a promise of the rest.

mod event;

use chrono::NaiveDate;

pub use event::{LimitationEvent, LimitationEventKind, Why};

use super::age::months_after;
use crate::calendar::{BusinessCalendar, Deadline};

/// An event with what it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeighedEvent {
    /// The event.
    pub event: LimitationEvent,
    /// What it did to the clock.
    pub why: Why,
}

/// Where the clock of a charge stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limitation {
    /// The last valid day as things stand; `None` while proceedings are pending.
    pub expires: Option<NaiveDate>,
    /// True when `expires` rests on a year without a published calendar.
    pub tentative: bool,
    /// The last valid day that an event, or the as-of day, came too late for.
    pub lapsed_on: Option<NaiveDate>,
    /// The events by date, with what each did.
    pub events: Vec<WeighedEvent>,
}

/// The clock while the events are gone through.
#[derive(Clone, Copy)]
enum Clock {
    Running(Deadline),
    /// A mediation runs beside the clock; its end restarts it.
    Mediating(Deadline),
    Pending,
}

impl Clock {
    const fn deadline(self) -> Option<Deadline> {
        match self {
            Self::Running(deadline) | Self::Mediating(deadline) => Some(deadline),
            Self::Pending => None,
        }
    }
}

/// The limitation of a charge due on `due_on` after these events (any order). Events after `as_of` have not happened yet.
#[must_use]
pub fn limitation(
    calendar: &BusinessCalendar,
    due_on: NaiveDate,
    events: &[LimitationEvent],
    as_of: Option<NaiveDate>,
) -> Limitation {
    let mut ordered = events.to_vec();
    ordered.sort_by_key(|event| event.on);
    let mut clock = Clock::Running(three_years(calendar, due_on, due_on));
    let mut lapsed_on = None;
    let mut weighed = Vec::with_capacity(ordered.len());
    for event in ordered {
        let happened = as_of.is_none_or(|as_of| event.on <= as_of);
        let lapsed = clock.deadline().filter(|deadline| happened && event.on > deadline.date);
        lapsed_on = lapsed.map(|deadline| deadline.date).or(lapsed_on);
        let why = if happened { weigh(event, due_on, clock, lapsed.is_some()) } else { Why::NotYetHappened };
        clock = advance(clock, why, three_years(calendar, due_on, event.on));
        weighed.push(WeighedEvent { event, why });
    }
    let end = clock.deadline();
    let lapsed_by_now = end.filter(|end| as_of.is_some_and(|as_of| as_of > end.date)).map(|end| end.date);
    Limitation {
        expires: end.map(|end| end.date),
        tentative: end.is_some_and(|end| end.tentative),
        lapsed_on: lapsed_by_now.or(lapsed_on),
        events: weighed,
    }
}

/// Three years from a day, at most twenty from the due date, rolled to a working day.
fn three_years(calendar: &BusinessCalendar, due_on: NaiveDate, from: NaiveDate) -> Deadline {
    calendar.roll_to_working_day(months_after(from, 36).min(months_after(due_on, 240)))
}

fn weigh(event: LimitationEvent, due_on: NaiveDate, clock: Clock, lapsed: bool) -> Why {
    use LimitationEventKind as Kind;
    let pending = matches!(clock, Clock::Pending);
    match event.kind {
        Kind::Poster => Why::PosterIsNoDemand,
        _not_overdue if event.on <= due_on => Why::NotYetOverdue,
        Kind::ProceedingsEnded if pending => Why::Ended,
        Kind::Promise | Kind::Plan if lapsed => Why::Revived,
        Kind::PartPayment if lapsed => Why::PaidAfterLapse,
        _too_late if lapsed => Why::AlreadyLapsed,
        _standing_still if pending => Why::AlreadyPending,
        Kind::ProceedingsEnded if matches!(clock, Clock::Mediating(_)) => Why::Ended,
        Kind::ProceedingsEnded => Why::NothingPending,
        Kind::LetterServed | Kind::MessageDelivered => Why::Demanded,
        Kind::PartPayment | Kind::Promise | Kind::Plan => Why::Consented,
        Kind::PaymentOrderApplied | Kind::SuitFiled => Why::Suing,
        Kind::MediationRequested => Why::Mediation,
    }
}

fn advance(clock: Clock, why: Why, fresh: Deadline) -> Clock {
    match why {
        Why::Suing => Clock::Pending,
        Why::Mediation => Clock::Mediating(fresh),
        Why::Demanded | Why::Consented => match clock {
            Clock::Mediating(_) => Clock::Mediating(fresh),
            Clock::Running(_) | Clock::Pending => Clock::Running(fresh),
        },
        Why::Ended | Why::Revived => Clock::Running(fresh),
        Why::PosterIsNoDemand
        | Why::NotYetOverdue
        | Why::AlreadyPending
        | Why::NothingPending
        | Why::AlreadyLapsed
        | Why::PaidAfterLapse
        | Why::NotYetHappened => clock,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn after(due: &str, events: &[(&str, &str)], as_of: Option<&str>) -> Limitation {
        let event = |(kind, on): &(&str, &str)| LimitationEvent {
            kind: LimitationEventKind::find(kind).expect("a kind"),
            on: day(on),
        };
        let events: Vec<_> = events.iter().map(event).collect();
        limitation(BusinessCalendar::published(), day(due), &events, as_of.map(day))
    }

    fn expires(limitation: &Limitation) -> Option<String> {
        limitation.expires.map(|day| day.to_string())
    }

    fn counted(limitation: &Limitation) -> Vec<bool> {
        limitation.events.iter().map(|event| event.why.counted()).collect()
    }

    #[test]
    fn w15_three_years_from_the_due_date() {
        let base = after("2023-03-31", &[], None);
        assert_eq!((expires(&base).as_deref(), base.tentative, base.lapsed_on), (Some("2026-03-31"), false, None));
    }

    #[test]
    fn w16_an_end_on_a_make_up_workday_stays() {
        assert_eq!(expires(&after("2023-02-14", &[], None)).as_deref(), Some("2026-02-14"));
        assert_eq!(expires(&after("2023-10-01", &[], None)).as_deref(), Some("2026-10-08"));
    }

    #[test]
    fn w19_each_act_in_time_starts_three_years_anew_whatever_order_it_is_told_in() {
        let told = [("part-payment", "2025-01-20"), ("message-delivered", "2024-03-10")];
        let chain = after("2022-06-30", &told, None);
        assert_eq!(expires(&chain).as_deref(), Some("2028-01-20"));
        assert!(chain.tentative);
        assert_eq!(expires(&after("2022-06-30", &told[1..], None)).as_deref(), Some("2027-03-10"));
        let late = after("2022-06-30", &[("letter-served", "2025-07-05")], None);
        assert_eq!((expires(&late).as_deref(), late.lapsed_on), (Some("2025-06-30"), Some(day("2025-06-30"))));
        assert_eq!(counted(&late), [false]);
    }

    #[test]
    fn a_poster_counts_for_nothing() {
        let poster = after("2023-03-31", &[("poster", "2025-03-31")], None);
        assert_eq!((expires(&poster).as_deref(), counted(&poster)), (Some("2026-03-31"), vec![false]));
    }

    #[test]
    fn the_clock_stands_still_from_suit_to_its_end() {
        let suit = [("payment-order-applied", "2024-01-10"), ("suit-filed", "2024-03-01"), ("promise", "2024-06-01")];
        let pending = after("2022-06-30", &suit, Some("2029-01-01"));
        assert_eq!((expires(&pending), pending.lapsed_on), (None, None));
        assert_eq!(counted(&pending), [true, false, false]);
        let ended: Vec<_> = suit.into_iter().chain([("proceedings-ended", "2024-09-02")]).collect();
        assert_eq!(expires(&after("2022-06-30", &ended, None)).as_deref(), Some("2027-09-02"));
        let lone = after("2023-03-31", &[("proceedings-ended", "2024-09-02")], None);
        assert_eq!((expires(&lone).as_deref(), counted(&lone)), (Some("2026-03-31"), vec![false]));
    }

    #[test]
    fn mediation_counts_from_the_request_and_again_from_its_end() {
        let asked = [("mediation-requested", "2024-05-06"), ("proceedings-ended", "2024-06-06")];
        assert_eq!(expires(&after("2022-06-30", &asked[..1], None)).as_deref(), Some("2027-05-06"));
        // 2027-06-06 is a Sunday.
        assert_eq!(expires(&after("2022-06-30", &asked, None)).as_deref(), Some("2027-06-07"));
    }

    #[test]
    fn after_the_end_only_a_promise_or_plan_counts_anew() {
        let promise = after("2021-06-30", &[("promise", "2025-01-20")], None);
        assert_eq!((expires(&promise).as_deref(), counted(&promise)), (Some("2028-01-20"), vec![true]));
        // 2024-06-30 is a Sunday.
        assert_eq!(promise.lapsed_on, Some(day("2024-07-01")));
        let payment = after("2021-06-30", &[("part-payment", "2025-01-20")], None);
        assert_eq!(counted(&payment), [false]);
        assert_eq!(payment.expires, payment.lapsed_on);
        let suit = after("2021-06-30", &[("suit-filed", "2025-01-20")], None);
        assert_eq!((counted(&suit), suit.expires.is_some()), (vec![false], true));
    }

    #[test]
    fn an_as_of_day_after_the_end_says_that_it_lapsed_and_hides_what_came_later() {
        let lapsed = after("2022-06-30", &[], Some("2025-07-01"));
        assert_eq!(lapsed.lapsed_on, Some(day("2025-06-30")));
        assert_eq!(after("2022-06-30", &[], Some("2025-06-30")).lapsed_on, None);
        let later = after("2022-06-30", &[("promise", "2025-01-20")], Some("2024-12-31"));
        assert_eq!((expires(&later).as_deref(), counted(&later)), (Some("2025-06-30"), vec![false]));
    }

    #[test]
    fn before_the_due_date_nothing_counts_and_after_twenty_years_nothing_helps() {
        assert_eq!(counted(&after("2023-03-31", &[("letter-served", "2023-03-31")], None)), [false]);
        let yearly: Vec<(String, String)> =
            (2003..=2024).map(|year| ("promise".to_owned(), format!("{year}-06-30"))).collect();
        let yearly: Vec<_> = yearly.iter().map(|(kind, on)| (kind.as_str(), on.as_str())).collect();
        assert_eq!(expires(&after("2002-06-30", &yearly[..20], None)).as_deref(), Some("2022-06-30"));
    }

    #[test]
    fn a_leap_day_ends_on_the_last_day_of_february() {
        assert_eq!(expires(&after("2024-02-29", &[], None)).as_deref(), Some("2027-03-01"));
    }
}
