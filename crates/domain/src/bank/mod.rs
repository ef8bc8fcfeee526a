//! Bank and payment files (对账): what a bank's statement says came in, whose money it may be, and how the settlement files of
//! payment providers compare with the books.
//!
//! Pure: sheets of cells go in, lines and findings come out. A file that contradicts itself (an amount that is no number, a
//! balance that does not add up) yields findings, and nothing of it is to be kept.

pub mod layout;
pub mod matching;
pub mod reconcile;
pub mod settlement;
mod settlement_sums;
pub mod statement;
mod values;
