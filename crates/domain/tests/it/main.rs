//! Tests of the rules from outside, whole tables at a time.

mod import_rules;
mod import_tables;
mod policy_corpus;
mod tables;
