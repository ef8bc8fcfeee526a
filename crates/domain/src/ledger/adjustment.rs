//! Corrections and waivers (减免): a charge made smaller without money, by two people.

use chrono::NaiveDate;

use crate::words::words;

words!(
    /// Why an amount is taken off.
    AdjustmentKind {
        /// It was owed and is let off, from that day on.
        Waiver = "waiver", "减免", "waiver";
        /// It was never owed: the bill was wrong.
        Correction = "correction", "更正", "correction";
        /// A part of the fee of a home confirmed vacant (空置房), by contract or local rule.
        Vacancy = "vacancy", "空置优惠", "vacancy discount";
        /// Lower for a service that was not as agreed (民法典 582).
        Service = "service", "服务瑕疵减免", "service reduction";
        /// For whoever paid months ahead.
        Promotion = "promotion", "预缴优惠", "prepayment discount";
        /// A frozen late fee that is too high: a payment of an earlier day was entered after it was frozen.
        Recalculation = "recalculation", "违约金重算", "late fee computed again";
        /// Small change let off at the cash desk, with the receipt it came with; below a limit it needs no second person.
        Rounding = "rounding", "抹零", "small change let off";
    }
);

impl AdjustmentKind {
    /// From which day an adjustment lowers what bears a late fee, seen from `as_of`; `None` when it had not been made then.
    /// What was never owed bears none from the due date on; what is let off bore it until that day.
    #[must_use]
    pub fn lowers_from(self, due_on: NaiveDate, effective_on: NaiveDate, as_of: NaiveDate) -> Option<NaiveDate> {
        let from = match self {
            Self::Waiver | Self::Rounding => Some(effective_on),
            Self::Correction | Self::Vacancy | Self::Service | Self::Promotion => Some(due_on.min(effective_on)),
            // It is about late fees, never about principal.
            Self::Recalculation => None,
        };
        from.filter(|_| effective_on <= as_of)
    }

    /// Whether it was granted, and so goes along to the charges in place of one that is billed anew. A correction was of the bill
    /// that is gone, a late fee is computed anew, and a discount takes its part of the new amount.
    #[must_use]
    pub const fn goes_along(self) -> bool {
        matches!(self, Self::Waiver | Self::Service | Self::Rounding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_never_owed_bears_no_late_fee_from_the_start() {
        let [due, made, before] = ["2026-01-31", "2026-06-10", "2026-06-09"].map(|day| day.parse().expect("a day"));
        assert_eq!(AdjustmentKind::Correction.lowers_from(due, made, made), Some(due));
        assert_eq!(AdjustmentKind::Waiver.lowers_from(due, made, made), Some(made));
        assert_eq!(AdjustmentKind::Waiver.lowers_from(due, made, before), None, "not made yet");
    }
}
