//! The periods by which a service promise is looked at: months, quarters, half-years and years of the calendar.

use chrono::{Days, NaiveDate};

use crate::Period;
use crate::words::words;

words!(
    /// What a promise is about.
    PromiseKind {
        /// Cleaning.
        Cleaning = "cleaning", "保洁", "cleaning";
        /// Security.
        Security = "security", "秩序维护", "security";
        /// Greening.
        Greening = "greening", "绿化", "greening";
        /// Upkeep of buildings and machines.
        Upkeep = "upkeep", "设施维护", "upkeep";
        /// How soon repairs are seen to.
        Repair = "repair", "报修时限", "repair times";
        /// Anything else.
        Other = "other", "其他", "other";
    }
);

words!(
    /// How often a promise is looked at.
    Every {
        /// Month by month.
        Month = "month", "每月", "every month";
        /// Quarter by quarter.
        Quarter = "quarter", "每季度", "every quarter";
        /// Half-year by half-year.
        HalfYear = "half_year", "每半年", "every half-year";
        /// Year by year.
        Year = "year", "每年", "every year";
    }
);

words!(
    /// What came of a promise in a period.
    PromiseResult {
        /// As promised.
        Done = "done", "已做到", "done";
        /// Not all of it.
        Partly = "partly", "部分做到", "done in part";
        /// Not done.
        Not = "not", "未做到", "not done";
    }
);

impl Every {
    /// Its months.
    #[must_use]
    pub const fn months(self) -> u32 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::HalfYear => 6,
            Self::Year => 12,
        }
    }
}

/// So many days after its end a period has to be written about.
const WRITTEN_WITHIN_DAYS: u64 = 10;

/// The first month of the period a day is in.
#[must_use]
pub fn period_of(every: Every, day: NaiveDate) -> Period {
    let month = Period::of(day);
    let back = (month.month() - 1) % every.months();
    (0..back).fold(month, |month, _| month.previous())
}

/// The first month of the last period that has to be written about by a day: over for more than ten days, and begun after the
/// promise was made. `None` while there is none.
#[must_use]
pub fn last_period_due(every: Every, starts_on: NaiveDate, on: NaiveDate) -> Option<Period> {
    let by = on.checked_sub_days(Days::new(WRITTEN_WITHIN_DAYS))?;
    // The period that was running ten days ago need not be written about yet; the one before it does.
    let running = period_of(every, by);
    let last = (0..every.months()).fold(running, |month, _| month.previous());
    (last.first_day() >= starts_on).then_some(last)
}
