//! Where the next charge of a meter begins, and what its next reading may not lie below.

use std::collections::HashMap;

use hemu_domain::billing::Segment;
use hemu_domain::ids::{CommunityId, MeterId};
use hemu_domain::metering::{MeterKind, ReadingError, check_reading, full_turn};
use hemu_domain::{MeterValue, Period};
use hemu_store::metering::{self as store, LastUsage, MeterRow, ReadingRow, SwapRow};
use hemu_store::{DbError, Tx};

use crate::Refusal;

/// What is known of the meters of a kind.
pub struct Bases {
    last: HashMap<MeterId, LastUsage>,
    swaps: HashMap<MeterId, Vec<SwapRow>>,
}

impl Bases {
    pub fn load(tx: &mut Tx<'_>, community: CommunityId, kind: MeterKind) -> Result<Self, DbError> {
        let mut swaps: HashMap<MeterId, Vec<SwapRow>> = HashMap::new();
        for swap in store::list_swaps(tx, community)? {
            swaps.entry(swap.meter_id).or_default().push(swap);
        }
        Ok(Self { last: store::list_last(tx, community, kind)?, swaps })
    }

    pub fn of<'a>(&'a self, meter: &'a MeterRow) -> Base<'a> {
        let last = self.last.get(&meter.id);
        let all = self.swaps.get(&meter.id).map(Vec::as_slice).unwrap_or_default();
        let from = all.partition_point(|swap| last.is_some_and(|last| swap.seq < last.seq));
        Base { meter, last, swaps: &all[from..] }
    }
}

/// What is known of a meter since it was charged last.
pub struct Base<'a> {
    meter: &'a MeterRow,
    last: Option<&'a LastUsage>,
    /// Replacements since.
    pub swaps: &'a [SwapRow],
}

impl Base<'_> {
    /// The month it was charged for last.
    pub fn charged_month(&self) -> Option<Period> {
        self.last.map(|last| last.period)
    }

    /// Where the next charge begins.
    pub fn charged_to(&self) -> MeterValue {
        self.last.map_or(self.meter.start, |last| last.charged_to)
    }

    /// The last real reading of the device that is there.
    pub fn real(&self) -> MeterValue {
        let before = self.last.map_or(self.meter.start, |last| last.real);
        self.swaps.last().map_or(before, |swap| swap.start)
    }

    /// What every device counted up to a reading.
    pub fn segments(&self, reading: &ReadingRow) -> Vec<Segment> {
        let mut segments = Vec::with_capacity(self.swaps.len() + 1);
        let mut from = self.charged_to();
        for swap in self.swaps {
            let turn = swap.rolled_over.then(|| full_turn(digits(swap.old_digits)));
            let meter = swap.old_number.clone();
            segments.push(Segment { meter, from, to: swap.final_value, turn, multiplier: swap.old_multiplier });
            from = swap.start;
        }
        let turn = reading.rolled_over.then(|| full_turn(digits(self.meter.digits)));
        let (meter, multiplier) = (self.meter.number.clone(), self.meter.multiplier);
        segments.push(Segment { meter, from, to: reading.value, turn, multiplier });
        segments
    }

    /// Checks a reading of the device that is there.
    ///
    /// # Errors
    /// [`Refusal::InvalidInput`] for one that runs backwards; [`Refusal::Conflict`] when the month is confirmed already.
    pub fn check(&self, period: Period, value: MeterValue, rolled_over: bool) -> Result<(), Refusal> {
        if let Some(charged) = self.charged_month().filter(|charged| *charged >= period) {
            let zh = format!("{charged} 的用量已确认，{period} 的读数不能再改；差额由下次抄表自动结清");
            let en = format!("the usage of {charged} is confirmed: the next reading makes good for any difference");
            return Err(Refusal::conflict(zh, en));
        }
        check_reading(value, self.real(), digits(self.meter.digits), rolled_over).map_err(|error| {
            let zh = match &error {
                ReadingError::Backwards { value, last } => {
                    format!("读数 {value} 小于上次实际读数 {last}：请核对；表走满一圈请勾选，换过表请先登记换表")
                }
                ReadingError::TooLong { value, digits } => format!("读数 {value} 超过表的 {digits} 位数，请核对"),
                ReadingError::NotRound { value, last } => {
                    format!("读数 {value} 不小于上次读数 {last}，表没有走满一圈，请不要勾选")
                }
            };
            Refusal::invalid("value", zh, error.to_string())
        })
    }
}

/// Digits as a number of places.
pub fn digits(stored: i64) -> u32 {
    u32::try_from(stored).unwrap_or(5)
}
