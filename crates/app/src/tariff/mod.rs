//! Tariff (收费标准): contracts with their clauses, prices with the days they hold from, public display.

mod contract;
mod in_force;
mod price;
mod report;

pub use contract::{ContractTerms, NewContract, begin_contract, set_contract};
pub use in_force::{Contracts, FeeRule};
pub use price::{NewDisplay, NewPrice, record_display, set_price};
pub use report::{ClauseReport, ContractReport, DisplayReport, PriceReport, StandardReport, TariffReport, show_tariff};
