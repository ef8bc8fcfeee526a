//! What the data say about a case before anybody has found out more (分级分类, P4): cause, attitude and capacity proposed from signals,
//! each with the facts and days it rests on. A proposal decides nothing: somebody confirms it, or finds otherwise and says why.
//!
//! A vulnerable person is never proposed to be wilful or to refuse: vulnerability can only soften.

use chrono::NaiveDate;
use serde::Serialize;

use super::classification::{Attitude, Capacity, Cause, DurationBand};
use crate::Text;
use crate::words::words;

words!(
    /// How sure a proposal is.
    Confidence {
        /// One weak sign.
        Weak = "weak", "把握较小", "weak";
        /// A clear sign, or several.
        Fair = "fair", "有一定把握", "fair";
        /// Signs that say the same, or a record of somebody's finding.
        Strong = "strong", "把握较大", "strong";
    }
);

/// What is on record about a case and its payer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signals {
    /// Complaints without an answer, or found right and not remedied to the end: the days they were taken down.
    pub open_complaints: Vec<NaiveDate>,
    /// Holds for a billing query in force.
    pub billing_queries: Vec<NaiveDate>,
    /// Days on which the payer raised a dispute.
    pub disputes: Vec<NaiveDate>,
    /// Days on which the payer refused.
    pub refusals: Vec<NaiveDate>,
    /// Days on which the payer was spoken to without refusing.
    pub talks: Vec<NaiveDate>,
    /// Days on which a contact led nowhere, on whatever channel.
    pub dead_ends: Vec<NaiveDate>,
    /// Whether no contact point is usable.
    pub unreachable: bool,
    /// Days on which promises were broken.
    pub broken_promises: Vec<NaiveDate>,
    /// Days on which promises were kept, in whole or in part.
    pub kept_promises: Vec<NaiveDate>,
    /// Earlier cases that were paid within a month of their first reminder: the days they closed.
    pub paid_soon: Vec<NaiveDate>,
    /// Earlier cases.
    pub earlier_cases: i64,
    /// Holds for hardship: the days they were opened.
    pub hardship: Vec<NaiveDate>,
    /// Instalment plans of the case: the days they were offered.
    pub plans: Vec<NaiveDate>,
    /// Of them, in default.
    pub plans_defaulted: Vec<NaiveDate>,
    /// Whether a unit of the payer stands empty.
    pub vacant: bool,
    /// Whether a unit was never handed over.
    pub not_handed_over: bool,
    /// Whether a unit is let.
    pub let_to_tenant: bool,
    /// The days on which units were sold.
    pub sold: Vec<NaiveDate>,
    /// Whether a flag asks for softer words.
    pub vulnerable: bool,
}

/// A fact a proposal rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// What, in words.
    pub what: Text,
    /// The last day of it, where it has one.
    pub on: Option<NaiveDate>,
}

/// What is proposed for a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// Why the fee is not paid.
    pub cause: Cause,
    /// How the payer meets the demand.
    pub attitude: Attitude,
    /// Whether the payer can pay.
    pub capacity: Capacity,
    /// How long the oldest debt is overdue.
    pub duration: DurationBand,
    /// How sure it is.
    pub confidence: Confidence,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
}

fn seen(days: &[NaiveDate], zh: &str, en: &str) -> Option<Evidence> {
    let last = days.iter().max().copied()?;
    let count = days.len();
    Some(Evidence { what: Text::new(format!("{zh} {count} 次"), format!("{en}: {count}")), on: Some(last) })
}

fn stands(is: bool, zh: &str, en: &str) -> Option<Evidence> {
    is.then(|| Evidence { what: Text::new(zh, en), on: None })
}

/// A cause, how sure it is, and what speaks for it.
type Candidate = (Cause, Confidence, Vec<Evidence>);

fn candidate(
    cause: Cause,
    confidence: Confidence,
    evidence: impl IntoIterator<Item = Option<Evidence>>,
) -> Option<Candidate> {
    let evidence: Vec<Evidence> = evidence.into_iter().flatten().collect();
    (!evidence.is_empty()).then_some((cause, confidence, evidence))
}

/// Sure when at least `enough` say the same.
fn sure(count: usize, enough: usize) -> Confidence {
    if count >= enough { Confidence::Strong } else { Confidence::Fair }
}

impl Signals {
    /// What is proposed; `None` while nothing speaks for any cause.
    #[must_use]
    pub fn propose(&self, oldest_due: NaiveDate, as_of: NaiveDate) -> Option<Proposal> {
        let duration = DurationBand::of(oldest_due, as_of);
        // The first of the surest: what the office has to put right comes before what it asks of the payer.
        let (cause, confidence, evidence) =
            self.candidates(duration).into_iter().rev().max_by_key(|(_, confidence, _)| *confidence)?;
        let (attitude, capacity) = (self.attitude(), self.capacity(cause));
        Some(Proposal { cause, attitude, capacity, duration, confidence, evidence })
    }

    /// Every cause something speaks for, in the order in which one is taken before another that is as sure.
    fn candidates(&self, duration: DurationBand) -> Vec<Candidate> {
        let found = [
            candidate(Cause::Transfer, Confidence::Strong, [seen(&self.sold, "房屋已过户", "units sold")]),
            candidate(
                Cause::Handover,
                Confidence::Strong,
                [stands(self.not_handed_over, "房屋登记为未交付", "the unit is on record as not handed over")],
            ),
            candidate(
                Cause::Amount,
                Confidence::Strong,
                [seen(&self.billing_queries, "账单核对未结", "billing queries open")],
            ),
            candidate(
                Cause::Service,
                sure(self.open_complaints.len() + self.disputes.len(), 2),
                if self.open_complaints.is_empty() {
                    [None, None]
                } else {
                    [
                        seen(&self.open_complaints, "投诉未办结", "complaints not settled"),
                        seen(&self.disputes, "沟通中提出异议", "disputes raised"),
                    ]
                },
            ),
            candidate(
                Cause::Hard,
                sure(self.hardship.len() * 2 + self.plans.len(), 2),
                [
                    seen(&self.hardship, "登记经济困难", "hardship on record"),
                    seen(&self.plans, "约定过分期", "plans agreed"),
                ],
            ),
            candidate(
                Cause::Lost,
                if self.unreachable { Confidence::Strong } else { Confidence::Weak },
                if self.unreachable || (self.talks.is_empty() && self.dead_ends.len() >= 3) {
                    [
                        stands(self.unreachable, "没有可用的联系方式", "no usable contact point"),
                        seen(&self.dead_ends, "联系未果", "contacts that led nowhere"),
                    ]
                } else {
                    [None, None]
                },
            ),
            self.wilful(duration),
            candidate(
                Cause::Vacant,
                Confidence::Fair,
                [stands(self.vacant, "房屋登记为空置", "the unit is on record as vacant")],
            ),
            candidate(
                Cause::Tenant,
                Confidence::Weak,
                [stands(self.let_to_tenant, "房屋登记为出租", "the unit is on record as let")],
            ),
            self.forgetful(duration),
        ];
        found.into_iter().flatten().collect()
    }

    /// Refusals and broken promises over a long time, and no sign of need or of a service that failed. Never of a vulnerable person.
    fn wilful(&self, duration: DurationBand) -> Option<Candidate> {
        let long = matches!(duration, DurationBand::UpToOneYear | DurationBand::OverOneYear);
        let signs = self.refusals.len() + self.broken_promises.len();
        let excused = self.vulnerable
            || !self.hardship.is_empty()
            || !self.open_complaints.is_empty()
            || !self.billing_queries.is_empty()
            || !self.kept_promises.is_empty();
        if !long || signs < 2 || self.refusals.is_empty() || excused {
            return None;
        }
        candidate(
            Cause::Wilful,
            if signs >= 3 { Confidence::Fair } else { Confidence::Weak },
            [
                seen(&self.refusals, "明确拒绝", "refusals"),
                seen(&self.broken_promises, "承诺未兑现", "promises broken"),
                seen(&self.plans_defaulted, "分期违约", "plans in default"),
            ],
        )
    }

    /// Late before and paid soon after a reminder; or late for the first time, and not for long.
    fn forgetful(&self, duration: DurationBand) -> Option<Candidate> {
        let short =
            matches!(duration, DurationBand::Current | DurationBand::UpToOneMonth | DurationBand::UpToThreeMonths);
        if !short || !self.refusals.is_empty() {
            return None;
        }
        let first = self.earlier_cases == 0 && duration == DurationBand::UpToOneMonth;
        candidate(
            Cause::Forget,
            if self.paid_soon.len() >= 2 {
                Confidence::Strong
            } else if first {
                Confidence::Weak
            } else {
                Confidence::Fair
            },
            [
                seen(&self.paid_soon, "以前提醒后一个月内缴清", "earlier debts paid within a month of the reminder"),
                stands(first, "首次逾期且不满一个月", "late for the first time, by less than a month"),
            ],
        )
    }

    fn attitude(&self) -> Attitude {
        let last = |days: &[NaiveDate]| days.iter().max().copied();
        let refused = last(&self.refusals);
        let since = |days: &[NaiveDate]| last(days).is_some_and(|day| refused.is_none_or(|on| day > on));
        if refused.is_some() && !since(&self.talks) && !since(&self.kept_promises) {
            return if self.vulnerable { Attitude::Resistant } else { Attitude::Refusing };
        }
        if !self.kept_promises.is_empty() {
            return Attitude::Cooperative;
        }
        if self.broken_promises.len() >= 2 || !self.disputes.is_empty() {
            return if self.vulnerable { Attitude::Neutral } else { Attitude::Resistant };
        }
        if self.talks.is_empty() { Attitude::Unknown } else { Attitude::Neutral }
    }

    fn capacity(&self, cause: Cause) -> Capacity {
        if cause == Cause::Hard || !self.hardship.is_empty() {
            return if self.plans.is_empty() { Capacity::Unable } else { Capacity::Partly };
        }
        if self.kept_promises.is_empty() && self.paid_soon.is_empty() { Capacity::Unknown } else { Capacity::Able }
    }
}

/// How hard a cause is met by the plan: wilful alone is harder than any other.
#[must_use]
pub fn is_harder(cause: Cause) -> bool {
    cause == Cause::Wilful
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn days(texts: &[&str]) -> Vec<NaiveDate> {
        texts.iter().map(|text| day(text)).collect()
    }

    /// What is proposed on the first of November for a debt since that day.
    fn proposed(signals: &Signals, oldest_due: &str) -> Option<(Cause, Confidence)> {
        signals.propose(day(oldest_due), day("2026-11-01")).map(|one| (one.cause, one.confidence))
    }

    #[test]
    fn nothing_on_record_proposes_nothing_for_a_long_debt() {
        let signals = Signals { earlier_cases: 1, ..Signals::default() };
        assert_eq!(proposed(&signals, "2026-04-30"), None);
    }

    #[test]
    fn a_complaint_that_is_not_settled_says_dissatisfied_before_anything_asked_of_the_payer() {
        let signals = Signals {
            open_complaints: days(&["2026-10-01"]),
            disputes: days(&["2026-10-05"]),
            refusals: days(&["2026-10-06", "2026-10-20"]),
            broken_promises: days(&["2026-09-01"]),
            ..Signals::default()
        };
        assert_eq!(proposed(&signals, "2025-04-30"), Some((Cause::Service, Confidence::Strong)));
        let settled = Signals { open_complaints: Vec::new(), ..signals };
        assert_eq!(proposed(&settled, "2025-04-30"), Some((Cause::Wilful, Confidence::Fair)));
    }

    #[test]
    fn who_was_late_before_and_paid_after_the_reminder_forgot() {
        let signals =
            Signals { paid_soon: days(&["2026-03-05", "2026-07-03"]), earlier_cases: 2, ..Signals::default() };
        assert_eq!(proposed(&signals, "2026-10-10"), Some((Cause::Forget, Confidence::Strong)));
        assert_eq!(proposed(&signals, "2026-04-30"), None, "half a year is not forgotten");
        assert_eq!(proposed(&Signals::default(), "2026-10-10"), Some((Cause::Forget, Confidence::Weak)));
    }

    #[test]
    fn hardship_on_record_a_sale_or_a_lost_contact_each_say_so() {
        let hard = Signals { hardship: days(&["2026-09-01"]), plans: days(&["2026-09-02"]), ..Signals::default() };
        let found = hard.propose(day("2026-04-30"), day("2026-11-01")).expect("a proposal");
        assert_eq!((found.cause, found.capacity), (Cause::Hard, Capacity::Partly));
        assert_eq!(found.evidence[0].on, Some(day("2026-09-01")));
        let sold = Signals { sold: days(&["2026-09-30"]), ..Signals::default() };
        assert_eq!(proposed(&sold, "2026-04-30"), Some((Cause::Transfer, Confidence::Strong)));
        let lost = Signals { unreachable: true, ..Signals::default() };
        assert_eq!(proposed(&lost, "2026-04-30"), Some((Cause::Lost, Confidence::Strong)));
    }

    #[test]
    fn a_promise_kept_since_a_refusal_makes_an_attitude_better() {
        let refused = Signals { refusals: days(&["2026-08-01"]), unreachable: true, ..Signals::default() };
        let attitude =
            |signals: &Signals| signals.propose(day("2026-04-30"), day("2026-11-01")).expect("a proposal").attitude;
        assert_eq!(attitude(&refused), Attitude::Refusing);
        assert_eq!(attitude(&Signals { kept_promises: days(&["2026-09-01"]), ..refused }), Attitude::Cooperative);
    }

    fn some_days() -> impl Strategy<Value = Vec<NaiveDate>> {
        proptest::collection::vec(0_u64..400, 0..4)
            .prop_map(|many| many.into_iter().map(|ago| day("2026-11-01") - chrono::Days::new(ago)).collect())
    }

    proptest! {
        #[test]
        fn vulnerability_can_only_soften(
            open_complaints in some_days(), disputes in some_days(), refusals in some_days(),
            broken_promises in some_days(), kept_promises in some_days(), hardship in some_days(), ago in 0_u64..900,
        ) {
            let hard = |attitude: Attitude| match attitude {
                Attitude::Cooperative => 0,
                Attitude::Unknown | Attitude::Neutral => 1,
                Attitude::Resistant => 2,
                Attitude::Refusing => 3,
            };
            let signals = Signals {
                open_complaints, disputes, refusals, broken_promises, kept_promises, hardship, ..Signals::default()
            };
            let oldest = day("2026-11-01") - chrono::Days::new(ago);
            let of = |vulnerable| Signals { vulnerable, ..signals.clone() }.propose(oldest, day("2026-11-01"));
            if let Some(soft) = of(true) {
                prop_assert!(!is_harder(soft.cause) && soft.attitude != Attitude::Refusing);
                if let Some(plain) = of(false) {
                    prop_assert!(hard(soft.attitude) <= hard(plain.attitude));
                }
            }
        }
    }
}
