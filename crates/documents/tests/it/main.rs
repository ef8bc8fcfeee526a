//! Tests of whole files.

mod import_fixtures;
mod letters;
