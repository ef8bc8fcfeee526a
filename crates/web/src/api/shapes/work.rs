//! Shapes of the day's work.

use utoipa::ToSchema;

use super::{Day, Id, Label, Moment, Sentence, Yuan, shapes};

shapes! {
    /// The cases of a stage; `resting` wait for a hold, a promise or a plan.
    StageLine { stage: String, cases: i64, owed: Yuan, resting: i64, oldest_due: Option<Day> }
    /// The cases and the work of a person.
    PersonLine {
        staff_id: Option<Id>, name: String, cases: i64, owed: Yuan, tasks: i64, late_tasks: i64, contacts: i64, talks: i64,
    }
    /// The cases of a building by stage.
    BuildingLine { building: String, cases: Vec<i64>, owed: Yuan }
    /// Open cases by stage, person and building.
    CollectionBoard {
        as_of: Day, cases: i64, owed: Yuan, stages: Vec<StageLine>, people: Vec<PersonLine>, buildings: Vec<BuildingLine>,
    }
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
    /// A door of the route; `at` is local time, `closed` why the payer may not be visited then.
    Door {
        task_id: Id, case_id: Id, unit: Label, owner: String, overdue: Yuan, due_on: Day, at: Option<String>,
        closed: Option<Sentence>,
    }
    /// The route of a person, and the visits that have to wait.
    VisitPlan { doors: Vec<Door>, waiting: Vec<Door> }
    /// A photo or the signature of a visit, with the hash of what was sent in hexadecimal; `kind` is `photo` or `signature`.
    VisitPicture { contact_id: Id, id: Id, kind: String, sha256: String }
    /// The contact a visit is in the log, the rule of the contact budget it broke (`null` where none), and whether it was there already.
    VisitRecorded { contact: Id, breach: Option<String>, already: bool }
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
