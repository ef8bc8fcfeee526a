//! Billing (出账): what is charged for a period and why.

pub mod banded;
pub mod days;
pub mod explanation;
pub mod floor_bands;
pub mod invoice;
pub mod metered;
pub mod one_off;
pub mod red_invoice;
pub mod share;
pub mod share_scope;
pub mod shared;
pub mod vat;

pub use explanation::{Calculation, Explanation, MonthlyFee};
pub use metered::{MeteredFee, Segment};
pub use shared::SharedCost;
