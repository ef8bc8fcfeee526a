//! Tariff (收费标准): contracts, clauses, fee items, fee standards with their prices, and which unit pays by which.

pub mod contract;
pub mod display;
pub mod standard;
pub mod unit_fee;

pub use contract::{
    ClauseRow, ContractRow, ContractWithClauses, end_service, insert_clause, insert_contract, list_clauses,
    list_contracts, list_contracts_with_clauses, update_contract,
};
pub use standard::{
    FeePriceRow, FeeStandardRow, insert_item, insert_price, insert_standard, list_items, list_prices, list_standards,
    put_price,
};
pub use unit_fee::{
    UnitFeeRow, count_billed_from, count_charged_from, count_fees_from, count_unit_fees, end_unit_fee,
    insert_unit_fees, list_unit_fees, replace_unit_fees,
};
