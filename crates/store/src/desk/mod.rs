//! The cash desk (收费台): its rules in a community, shifts and their closings.

pub mod rule;
pub mod shift;

pub use rule::{DeskRule, get_rule, set_rule};
pub use shift::{
    ClosingRow, MethodSum, ShiftRow, find_open_shift, find_shift, insert_closing, insert_shift, list_closings_of_day,
    list_open_shifts, list_recent_closings, sum_shift,
};
