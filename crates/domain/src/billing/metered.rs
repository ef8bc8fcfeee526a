//! What a meter counted, at its price steps, as a charge explains it.

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use crate::metering::{MeterKind, PriceSteps};
use crate::{Factor, Fen, MeterValue};

/// (Reading now − reading before) × multiplier, through every replacement, with the loss on top, at the price of its step.
///
/// Nothing is added for collecting it on behalf of others (物业管理条例 44): there is no place for a surcharge. Fields are declared
/// in the order of the alphabet: written as JSON they are then canonical as they stand, which the digest over stored usage wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeteredFee {
    /// What was charged already in the year, where steps count by the year; zero where they count by the month.
    pub before: Factor,
    /// Whether the last reading is an estimate.
    pub estimated: bool,
    /// What was measured.
    pub kind: MeterKind,
    /// Shared loss on top of it, such as 0.02.
    pub loss: Factor,
    /// What each dial counted, the oldest first; a replaced meter has one of its own.
    pub segments: Vec<Segment>,
    /// The price steps; none for a meter that is charged to nobody.
    pub steps: Option<PriceSteps>,
}

/// What one dial counted; fields in the order of the alphabet, as those of [`MeteredFee`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// What it showed at the last charge, or when it began; an estimate may lie above `to`, which gives back what was too much.
    pub from: MeterValue,
    /// The meter's number.
    pub meter: String,
    /// 倍率.
    pub multiplier: Factor,
    /// What it shows.
    pub to: MeterValue,
    /// What the dial counts before it shows zero again, when it went round.
    pub turn: Option<MeterValue>,
}

impl Segment {
    /// What it counted; negative when an estimate was too high.
    #[must_use]
    pub fn counted(&self) -> Decimal {
        let turn = self.turn.map_or(Decimal::ZERO, MeterValue::to_decimal);
        (self.to.to_decimal() + turn - self.from.to_decimal()) * self.multiplier.to_decimal()
    }

    fn formula(&self) -> String {
        let turn = self.turn.map(|turn| format!(" + {turn}")).unwrap_or_default();
        let multiplier = self.multiplier.to_decimal();
        let times = if multiplier == Decimal::ONE { String::new() } else { format!(" × {multiplier}") };
        format!("({}{turn} − {}){times}", self.to, self.from)
    }
}

impl MeteredFee {
    /// What was used, rounded half-up to a thousandth; `None` when estimates gave back more than was used, or beyond bounds.
    #[must_use]
    pub fn usage(&self) -> Option<Factor> {
        let counted = self.segments.iter().try_fold(Decimal::ZERO, |sum, one| sum.checked_add(one.counted()))?;
        let with_loss = counted.checked_mul(Decimal::ONE.checked_add(self.loss.to_decimal())?)?;
        Factor::try_new(with_loss.round_dp_with_strategy(3, RoundingStrategy::MidpointAwayFromZero)).ok()
    }

    /// What it comes to, rounded once; `None` without a usage or a price.
    #[must_use]
    pub fn amount(&self) -> Option<Fen> {
        self.amount_of(self.usage()?)
    }

    /// What a usage of this meter comes to, rounded once; `None` without a price, or beyond bounds.
    #[must_use]
    pub fn amount_of(&self, usage: Factor) -> Option<Fen> {
        let parts = self.steps.as_ref()?.parts(self.before.to_decimal(), usage.to_decimal());
        let sum = parts
            .into_iter()
            .try_fold(Decimal::ZERO, |sum, (used, price)| sum.checked_add(used.checked_mul(price.to_decimal())?))?;
        Fen::round_half_up(sum)
    }

    /// `(120 − 100) × 40 = 800 kWh；800 × 0.52 元`
    pub(super) fn formula(&self) -> String {
        let segments: Vec<String> = self.segments.iter().map(Segment::formula).collect();
        let loss = if self.loss.stored() == 0 { String::new() } else { format!(" × (1 + {})", self.loss) };
        let used = self.usage().unwrap_or(Factor::from_stored(0));
        let price = |(used, price): (Decimal, crate::UnitPrice)| format!("{used} × {price} 元");
        let parts: Vec<String> = self
            .steps
            .iter()
            .flat_map(|steps| steps.parts(self.before.to_decimal(), used.to_decimal()))
            .map(price)
            .collect();
        let sum = segments.join(" + ");
        let sum = if segments.len() > 1 && !loss.is_empty() { format!("({sum})") } else { sum };
        format!("{sum}{loss} = {used} {}；{}", self.kind.counted_in(), parts.join(" + "))
    }

    pub(super) fn quantity(&self) -> Option<String> {
        self.usage().map(|usage| format!("{usage} {}", self.kind.counted_in()))
    }

    pub(super) fn unit_price(&self) -> Option<String> {
        self.steps.as_ref().map(|steps| format!("{steps} 元/{}", self.kind.counted_in()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_with_sorted_keys() {
        let mut metered = fee(vec![segment("100", "120", "40")], "15:3.45, :4.83");
        metered.segments[0].turn = MeterValue::parse("1000").ok();
        let written = serde_json::to_string(&metered).expect("JSON");
        assert_eq!(written, serde_json::to_value(&metered).expect("JSON").to_string());
    }

    fn segment(from: &str, to: &str, multiplier: &str) -> Segment {
        Segment {
            meter: "A1".to_owned(),
            from: MeterValue::parse(from).expect("a reading"),
            to: MeterValue::parse(to).expect("a reading"),
            turn: None,
            multiplier: Factor::parse(multiplier).expect("a factor"),
        }
    }

    fn fee(segments: Vec<Segment>, steps: &str) -> MeteredFee {
        MeteredFee {
            kind: MeterKind::Water,
            segments,
            loss: Factor::from_stored(0),
            before: Factor::from_stored(0),
            steps: PriceSteps::parse(steps).ok(),
            estimated: false,
        }
    }

    #[test]
    fn usage_times_multiplier_at_the_price_of_each_step() {
        let flat = fee(vec![segment("100", "120", "40")], "0.52");
        assert_eq!((flat.usage(), flat.amount()), (Factor::parse("800").ok(), Some(Fen::new(41_600))));
        assert_eq!(flat.formula(), "(120 − 100) × 40 = 800 m³；800 × 0.52 元");
        let stepped = fee(vec![segment("0", "30", "1")], "15:3.45, 25:4.83, :5.83");
        assert_eq!(stepped.amount(), Some(Fen::new(5_175 + 4_830 + 2_915)));
        let later = MeteredFee { before: Factor::parse("20").expect("a factor"), ..stepped };
        assert_eq!(later.amount(), Some(Fen::new(2_415 + 14_575)), "by the year");
    }

    #[test]
    fn a_dial_that_went_round_and_a_meter_that_was_replaced_lose_nothing() {
        let mut round = segment("99990", "12", "1");
        round.turn = Some(crate::metering::full_turn(5));
        assert_eq!(fee(vec![round.clone()], "3").usage(), Factor::parse("22").ok());
        let replaced = fee(vec![round, segment("3", "8.5", "1")], "3");
        assert_eq!((replaced.usage(), replaced.amount()), (Factor::parse("27.5").ok(), Some(Fen::new(8_250))));
    }

    #[test]
    fn what_an_estimate_took_too_much_is_given_back_and_never_below_nothing() {
        let mut replaced = fee(vec![segment("120", "115", "1"), segment("0", "20", "1")], "3");
        assert_eq!(replaced.usage(), Factor::parse("15").ok());
        replaced.segments.pop();
        assert_eq!((replaced.usage(), replaced.amount()), (None, None));
    }

    #[test]
    fn a_loss_is_spread_over_the_usage() {
        let mut lost = fee(vec![segment("0", "100", "1")], "1");
        lost.loss = Factor::parse("0.025").expect("a factor");
        assert_eq!((lost.usage(), lost.amount()), (Factor::parse("102.5").ok(), Some(Fen::new(10_250))));
    }
}
