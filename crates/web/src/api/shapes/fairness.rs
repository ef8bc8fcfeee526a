//! Shapes of the report on fairness.

use utoipa::ToSchema;

use super::{Day, Sentence, Yuan, shapes};

shapes! {
    /// A share beside that of all other cases; percents with the 95 % interval.
    Compared { hits: i64, percent: Option<String>, interval: Option<Vec<String>>, difference: String }
    /// A group of cases: by `building`, `role` or `staff`.
    GroupLine {
        by: String, name: String, cases: i64, contacts_per_case: String, formal: Compared, waived: Compared, plans: Compared,
    }
    /// Something done out of the ordinary.
    ExceptionLine {
        on: Day, what: Sentence, reason: String, by: String, second: String, amount: Yuan, case_number: Option<String>,
    }
    /// What one person decided of that.
    DeciderLine { name: String, acts: i64, amount: Yuan }
    /// Decisions made again, groups side by side, exceptions.
    FairnessReport {
        first: Day, last: Day, decisions: i64, same: i64, cases: i64, groups: Vec<GroupLine>,
        exceptions: Vec<ExceptionLine>, deciders: Vec<DeciderLine>,
    }
}
