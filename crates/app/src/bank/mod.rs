//! Bank and payment files (对账): what came in, whose it may be, and how provider files compare with the books.
//!
//! A statement is imported whole or not at all; its lines wait as *open* until they are booked as receipts, or ignored with a
//! reason. Booking goes through the same door as every payment ([`crate::ledger`]), with a key made of line, round and part, so one
//! line is never two payments. While a line could belong to somebody, that payer is not reminded: the case has a hold with a review
//! date, which ends by itself when the line is settled ([`doubts`]).

mod directory;
pub mod doubts;
pub mod file;
pub mod lines;
pub mod settle;
pub mod settlement;
pub(crate) mod unsettled;

pub use file::{FileReport, FileRequest, import_bank_file};
pub use lines::{BankLines, LineItem, PartItem, ProposalItem, list_bank_lines};
pub use settle::{ConfirmedReport, LinePart, book_line, confirm_certain, ignore_line, reopen_line};
pub use settlement::{
    DifferenceItem, SettlementItem, SettlementReport, differences_workbook, list_settlements, settle_difference,
    settlement_report,
};
