//! Papers and spreadsheets: what goes in and what comes out of the house in files.
//!
//! Only this crate names typst, calamine and rust_xlsxwriter. It knows no database: each document has a small model of its own.

pub mod bench;
pub mod fonts;
pub mod pdf;
pub mod sheets_in;
pub mod sheets_out;
