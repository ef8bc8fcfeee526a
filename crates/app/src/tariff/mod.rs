//! Tariff (收费标准): contracts with their clauses, prices with the days they hold from, public display.

mod contract;
mod in_force;
mod price;
mod report;
mod standard;

pub use contract::{ContractTerms, NewContract, begin_contract, set_contract};
pub use in_force::{Contracts, FeeRule};
pub use price::{NewDisplay, NewPrice, record_display, set_price};
pub use report::{
    BandReport, ClauseReport, ContractReport, DisplayReport, PriceReport, StandardReport, TariffReport, show_tariff,
};
pub(crate) use standard::price_of;
pub use standard::{NewStandard, NewUnitFee, StandardMade, add_standard, set_unit_fee};

use hemu_domain::import::rows::PROPERTY_FEE;

/// What kind of fee an item of that name is.
pub(crate) fn item_kind(name: &str) -> &'static str {
    match name {
        PROPERTY_FEE => "property",
        name if name.contains('车') => "parking",
        name if name.contains("电梯") => "lift",
        name if name.contains("垃圾") => "waste",
        name if name.contains("物业") => "property",
        _ => "other",
    }
}
