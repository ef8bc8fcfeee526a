//! Meters (抄表): meters with their replacements, readings, confirmed usage, price steps. A reading is never changed: of several of
//! a month the one recorded last counts, until the usage of the month is confirmed. A usage never changes.

mod meter;
mod reading;
mod usage;

pub use meter::{
    MeterRow, PriceStepsRow, SwapRow, count_usage_from, find_meter, insert_meters, insert_price, insert_swap,
    list_meters, list_prices, list_swaps, put_price, update_device,
};
pub(crate) use meter::{price_content, read_price, read_swap, swap_content};
pub use reading::{ReadingRow, insert_readings, list_readings};
pub(crate) use reading::{content as reading_content, read as read_reading};
pub use usage::{
    LastUsage, ReadyUsage, UsageRow, count_unconfirmed, insert_usage, list_last, list_of_month, list_ready, sum_ready,
    sum_usage,
};
pub(crate) use usage::{USAGE_TABLE, content as usage_content, read as read_usage};

/// Every statement of this module.
pub const STATEMENTS: &[&[&str]] = &[meter::STATEMENTS, reading::STATEMENTS, usage::STATEMENTS];
