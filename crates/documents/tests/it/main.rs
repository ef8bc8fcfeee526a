//! Tests of whole files.

mod agreement;
mod import_fixtures;
mod letters;
mod paper;
mod receipts_and_bills;
