//! Billing (出账): what is charged for a period and why.

pub mod banded;
pub mod explanation;
pub mod one_off;
pub mod share;
pub mod vat;

pub use explanation::{Calculation, Explanation, MonthlyFee};
