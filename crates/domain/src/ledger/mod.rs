//! Ledger (账务): how a payment is applied, 民法典 560-561.

pub mod adjustment;
pub mod allocation;
pub mod carry;
pub mod deposit;
pub mod method;
pub mod refund;
pub mod standing;
