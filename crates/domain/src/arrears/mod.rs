//! Arrears (欠费): age, late fee as of a date, limitation.

pub mod age;
pub mod late_fee;
pub mod late_fee_by_lpr;
pub mod late_fee_rule;
pub mod limitation;
pub mod lpr;
pub mod pause;
