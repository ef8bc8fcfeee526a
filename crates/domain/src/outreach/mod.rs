//! Outreach (触达): wording check, quiet hours, contact budget.
