//! Tests of whole files.

mod import_fixtures;
mod letters;
mod paper;
mod receipts_and_bills;
