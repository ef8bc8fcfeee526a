//! What a contract says about late payment (违约金条款): by a daily rate, or by a multiple of the one-year LPR.
//!
//! A clause is frozen with each late fee it led to, all of it, the published rates included: what was frozen is computed again
//! years later and comes to the same, whatever was published or agreed meanwhile.

use std::borrow::Cow;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

pub use super::late_fee_by_lpr::DayBasis;
use super::lpr::LprTable;
use crate::DailyRate;
use crate::words::words;

/// The rate a year, in 1/10,000, above which a late fee is not claimed unless two people decide otherwise.
pub const CLAIM_CEILING_E4: i64 = 2_400;

words!(
    /// From where the fee runs once the days of grace are over.
    LateFeeStart {
        /// From the due date on, as the usual clause says.
        AfterDue = "after_due", "自到期次日起", "from the day after the due day";
        /// From the end of the grace on: the days of grace bear nothing.
        AfterGrace = "after_grace", "自宽限期满次日起", "from the day after the grace";
    }
);

/// What the contract says about late payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LateFeeClause {
    /// How much.
    pub rate: LateFeeRate,
    /// Days after the due date within which a payment bears no fee.
    pub grace_days: u32,
    /// From where it runs.
    pub starts: LateFeeStart,
    /// The fee is at most this many times the principal that was overdue; `None` for no cap.
    pub cap_ratio: Option<Decimal>,
}

/// How much runs on the open principal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LateFeeRate {
    /// So much a day.
    Daily(DailyRate),
    /// A multiple of the one-year LPR, segment by segment.
    Lpr(LprRate),
}

/// A multiple of the one-year LPR.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LprRate {
    /// How many times.
    pub multiple: Decimal,
    /// The days of a year.
    pub basis: DayBasis,
    /// The rates. Days before the first bear nothing: there was no such rate.
    pub table: Cow<'static, LprTable>,
}

impl LprRate {
    /// By the rates that come with the program.
    #[must_use]
    pub fn published(multiple: Decimal, basis: DayBasis) -> Self {
        Self { multiple, basis, table: Cow::Borrowed(LprTable::published()) }
    }
}

impl LateFeeRate {
    /// The rate a year as a fraction on a day: a daily rate times 365; the LPR of the day times its multiple.
    #[must_use]
    pub fn annual(&self, on: NaiveDate) -> Decimal {
        match self {
            Self::Daily(rate) => (rate.to_decimal() * Decimal::from(365)).normalize(),
            Self::Lpr(lpr) => {
                let percent = lpr.table.find_percent(on).unwrap_or_default();
                (percent * lpr.multiple / Decimal::ONE_HUNDRED).normalize()
            }
        }
    }

    /// What runs a day on a day, to weigh one debt against another (民法典 560): to eight decimals.
    #[must_use]
    pub fn per_day(&self, on: NaiveDate) -> DailyRate {
        match self {
            Self::Daily(rate) => *rate,
            Self::Lpr(lpr) => {
                let per_day = self.annual(on) / Decimal::from(lpr.basis.days());
                DailyRate::try_new(per_day.round_dp(DailyRate::SCALE)).unwrap_or(DailyRate::from_stored(0))
            }
        }
    }
}

impl LateFeeClause {
    /// The clause as it is kept with a late fee of the days after `due_on` up to `to_on`.
    #[must_use]
    pub fn frozen(&self, due_on: NaiveDate, to_on: NaiveDate) -> Json {
        let mut rule = match &self.rate {
            LateFeeRate::Daily(rate) => json!({ "daily_rate": rate }),
            LateFeeRate::Lpr(lpr) => json!({
                "lpr_multiple": lpr.multiple.normalize().to_string(),
                "day_basis": lpr.basis.days(),
                "lpr": lpr.table.between(due_on, to_on).map(|(day, percent)| (day, percent.to_string())).collect::<Vec<_>>(),
            }),
        };
        rule["grace_days"] = json!(self.grace_days);
        rule["cap_ratio"] = json!(self.cap_ratio.map(|ratio| ratio.to_string()));
        if self.starts != LateFeeStart::AfterDue {
            rule["starts"] = json!(self.starts);
        }
        rule
    }

    /// Reads a clause that was kept; `None` when it is none.
    #[must_use]
    pub fn thaw(rule: &Json) -> Option<Self> {
        let decimal =
            |name: &str| rule.get(name).and_then(Json::as_str).and_then(|text| Decimal::from_str_exact(text).ok());
        let rate = match rule.get("daily_rate").and_then(Json::as_str) {
            Some(rate) => LateFeeRate::Daily(DailyRate::parse(rate).ok()?),
            None => LateFeeRate::Lpr(LprRate {
                multiple: decimal("lpr_multiple")?,
                basis: if rule.get("day_basis")?.as_i64()? == 360 { DayBasis::Days360 } else { DayBasis::Days365 },
                table: Cow::Owned(thaw_rates(rule.get("lpr")?)?),
            }),
        };
        let starts = rule.get("starts").and_then(Json::as_str).map_or(Ok(LateFeeStart::AfterDue), LateFeeStart::parse);
        Some(Self {
            rate,
            grace_days: u32::try_from(rule.get("grace_days")?.as_u64()?).ok()?,
            starts: starts.ok()?,
            cap_ratio: decimal("cap_ratio"),
        })
    }
}

fn thaw_rates(rows: &Json) -> Option<LprTable> {
    let row = |row: &Json| {
        let day = row.get(0)?.as_str()?.parse().ok()?;
        Some((day, Decimal::from_str_exact(row.get(1)?.as_str()?).ok()?))
    };
    LprTable::try_new(rows.as_array()?.iter().map(row).collect::<Option<Vec<_>>>()?)
}

#[cfg(test)]
mod tests {
    use super::super::late_fee::late_fee_amount;
    use super::*;
    use crate::Fen;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn clause(rate: LateFeeRate, starts: LateFeeStart) -> LateFeeClause {
        LateFeeClause { rate, grace_days: 10, starts, cap_ratio: Some(Decimal::ONE) }
    }

    #[test]
    fn a_frozen_clause_comes_to_the_same_without_the_published_table() {
        let lpr = LateFeeRate::Lpr(LprRate::published(Decimal::new(13, 1), DayBasis::Days365));
        let daily = LateFeeRate::Daily(DailyRate::from_stored(50_000));
        let (due, to) = (day("2024-06-30"), day("2025-06-30"));
        for rate in [lpr, daily] {
            for starts in LateFeeStart::ALL {
                let before = clause(rate.clone(), *starts);
                let frozen = before.frozen(due, to);
                let after = LateFeeClause::thaw(&frozen).expect("a clause");
                let of = |clause: &LateFeeClause| late_fee_amount(clause, Fen::new(972_000), due, &[], &[], to);
                assert_eq!(of(&before), of(&after), "{frozen}");
                assert!(of(&before).is_positive());
            }
        }
    }

    #[test]
    fn what_is_frozen_by_lpr_names_the_rates_of_its_days_and_no_others() {
        let lpr = clause(LateFeeRate::Lpr(LprRate::published(Decimal::ONE, DayBasis::Days365)), LateFeeStart::AfterDue);
        let frozen = lpr.frozen(day("2025-03-31"), day("2025-06-30"));
        let days: Vec<&str> =
            frozen["lpr"].as_array().expect("rates").iter().filter_map(|row| row[0].as_str()).collect();
        assert_eq!(days, ["2025-03-20", "2025-04-21", "2025-05-20", "2025-06-20"]);
    }

    #[test]
    fn the_rate_of_a_day_weighs_a_debt() {
        let lpr = LateFeeRate::Lpr(LprRate::published(Decimal::new(13, 1), DayBasis::Days365));
        assert_eq!(lpr.annual(day("2025-06-30")), Decimal::new(39, 3));
        assert_eq!(lpr.per_day(day("2025-06-30")), DailyRate::from_stored(10_685));
        assert_eq!(lpr.annual(day("2019-01-01")), Decimal::ZERO);
    }

    #[test]
    fn half_a_rule_is_none() {
        assert_eq!(LateFeeClause::thaw(&json!({ "grace_days": 0 })), None);
        assert_eq!(
            LateFeeClause::thaw(&json!({ "lpr_multiple": "1", "day_basis": 365, "lpr": [], "grace_days": 0 })),
            None
        );
    }
}
