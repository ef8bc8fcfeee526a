//! Tariff (收费标准): contract, clause, fee item, price, formula.

pub mod formula;
pub mod prorate;
