//! Shapes of the day's work.

use utoipa::ToSchema;

use super::{Day, Id, Label, Moment, Sentence, Yuan, shapes};

shapes! {
    /// Calls and visits.
    Capacity { calls: i64, visits: i64 }
    /// Why, with its points.
    Weight { why: Sentence, points: i64 }
    /// The sum and its reasons, the weightiest first.
    Rank { score: i64, why: Vec<Weight> }
    /// A task with its rank.
    RankedTask {
        id: Id, case_id: Option<Id>, kind: String, name: Sentence, due_on: Day, fitting_time: String, good_hour: Option<u32>,
        unit: Option<Label>, owner: String, stage: String, overdue: Yuan, rank: Rank, fits: bool,
        taken_by: Option<String>, mine: bool,
    }
    /// The work of a person for today; `beyond` does not fit into it, `unranked` was not looked at, of `to_confirm` cases the data
    /// propose a cause.
    WorkList {
        rows: Vec<RankedTask>, capacity: Capacity, done: Capacity, beyond: Capacity, unranked: i64, to_confirm: i64,
    }
    /// Until when a task is held.
    TaskHeld { until: Moment }
    /// What was handed over.
    Handover { id: Id, from: String, to: String, note: String, tasks: i64, on: Day }
    /// What was handed over, the newest first.
    Handovers { rows: Vec<Handover> }
    /// A person and a day's work.
    PersonCapacity { id: Id, name: String, capacity: Capacity }
    /// How much each person does a day.
    Capacities { rows: Vec<PersonCapacity> }
}
