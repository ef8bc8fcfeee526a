//! Readings, meters, replacements and their prices, as a form or a body says them.

use hemu_app::Refusal;
use hemu_app::metering::{NewMeter, NewMeterPrice, NewReading, Replacement};
use hemu_domain::ids::MeterId;
use hemu_domain::metering::{MeterKind, PriceSteps, PriceStepsError};
use hemu_domain::{Factor, MeterValue, UnitLabel};

use crate::fields::Fields;

/// A factor of one.
const ONE: Factor = Factor::from_stored(100_000_000);
/// Digits of a dial where none are given.
const DIGITS: u32 = 5;

/// A reading.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the field.
pub fn reading(fields: &Fields) -> Result<NewReading, Refusal> {
    Ok(NewReading {
        meter: fields.required(("meter", "表"), MeterId::parse)?,
        value: fields.required(("value", "读数"), MeterValue::parse)?,
        estimated: fields.is_ticked("estimated"),
        rolled_over: fields.is_ticked("rolled_over"),
    })
}

/// Readings, each a meter and a value.
///
/// # Errors
/// [`Refusal::InvalidInput`] for what cannot be read.
pub fn readings(fields: &Fields) -> Result<Vec<NewReading>, Refusal> {
    let wrong = || Refusal::invalid("value", "读数无法识别，请重新导入", "a reading cannot be read: import it again");
    let one = |(meter, value): (&str, &str)| {
        let (Ok(meter), Ok(value)) = (MeterId::parse(meter), MeterValue::parse(value)) else { return Err(wrong()) };
        Ok(NewReading { meter, value, estimated: false, rolled_over: false })
    };
    fields.all("meter").zip(fields.all("value")).map(one).collect()
}

/// A meter.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the field.
pub fn meter(fields: &Fields) -> Result<NewMeter, Refusal> {
    Ok(NewMeter {
        unit: fields.optional(("unit", "房号"), UnitLabel::parse)?,
        place: fields.text("place").to_owned(),
        kind: fields.required(("kind", "表种"), MeterKind::parse)?,
        number: fields.text("number").to_owned(),
        item: fields.text("item").to_owned(),
        master: fields.text("master").to_owned(),
        digits: fields.optional(("digits", "位数"), str::parse)?.unwrap_or(DIGITS),
        multiplier: fields.optional(("multiplier", "倍率"), Factor::parse)?.unwrap_or(ONE),
        loss: fields.optional(("loss", "损耗率"), Factor::parse)?.unwrap_or(Factor::from_stored(0)),
        start: fields.required(("start", "起始读数"), MeterValue::parse)?,
        starts_on: fields.day("starts_on", "启用日期")?,
    })
}

/// A replacement.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the field.
pub fn replacement(fields: &Fields, meter: MeterId) -> Result<Replacement, Refusal> {
    Ok(Replacement {
        meter,
        on: fields.day("on", "换表日期")?,
        final_value: fields.required(("final", "旧表止码"), MeterValue::parse)?,
        rolled_over: fields.is_ticked("rolled_over"),
        number: fields.text("number").to_owned(),
        start: fields.required(("start", "新表起码"), MeterValue::parse)?,
        digits: fields.optional(("digits", "位数"), str::parse)?.unwrap_or(DIGITS),
        multiplier: fields.optional(("multiplier", "倍率"), Factor::parse)?.unwrap_or(ONE),
    })
}

/// Price steps.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the field.
pub fn meter_price(fields: &Fields) -> Result<NewMeterPrice, Refusal> {
    Ok(NewMeterPrice {
        item: fields.text("item").to_owned(),
        valid_from: fields.day("valid_from", "起始日期")?,
        steps: price_steps(fields)?,
        by_year: fields.is_ticked("by_year"),
        basis: fields.text("basis").to_owned(),
    })
}

/// The steps as they are typed: `3.45` or `15:3.45, 25:4.83, :5.83`.
pub(super) fn price_steps(fields: &Fields) -> Result<PriceSteps, Refusal> {
    PriceSteps::parse(fields.text("steps")).map_err(|error| {
        let zh = match &error {
            PriceStepsError::Unreadable(part) => {
                format!("价格“{part}”无法识别，请写成 3.45 或 15:3.45, 25:4.83, :5.83")
            }
            PriceStepsError::Order => "阶梯应由低到高，最后一档不写上限：15:3.45, 25:4.83, :5.83".to_owned(),
        };
        Refusal::invalid("steps", zh, error.to_string())
    })
}
