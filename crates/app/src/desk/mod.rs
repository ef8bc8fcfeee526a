//! The cash desk (收费台) around its receipts: the rules of a community, shifts and their closings, the report of a day.

mod day;
mod rule;
mod shift;

pub use day::{DayLine, DayReport, DaySum, day_pdf, day_report, day_xlsx};
pub use rule::{DeskRules, desk_rules, set_desk_rules};
pub use shift::{ClosingLine, Counted, ShiftClosed, ShiftItem, ShiftPage, close_shift, open_shift, shift_page};
