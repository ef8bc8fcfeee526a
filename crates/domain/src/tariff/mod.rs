//! Tariff (收费标准): contract, clause, fee item, price, formula.

pub mod discount;
pub mod due;
pub mod formula;
pub mod money_rules;
pub mod prorate;
pub mod vacancy;
