//! Service (客诉工单): complaints, what happened to each, and photos.
//!
//! A complaint is one row whose state moves on; each move is a row of its own that stays ([`event`]). Photos lie sealed beside them
//! ([`crate::attachment`]).

pub mod board;
pub mod complaint;
pub mod event;
pub mod figures;
pub mod overdue;
pub(crate) mod verify;

pub use complaint::{
    ComplaintRow, OpeningRow, find_complaint, insert_complaint, list_complaints_of_case, move_complaint,
};
pub use event::{EventRow, insert_event, insert_events, list_events};

/// Every statement of this module, for the test that prepares them on both engines.
pub const STATEMENTS: &[&[&str]] = &[
    board::STATEMENTS,
    complaint::STATEMENTS,
    event::STATEMENTS,
    figures::STATEMENTS,
    overdue::STATEMENTS,
    verify::STATEMENTS,
];
