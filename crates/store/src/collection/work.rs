//! What people do on a case: classification, holds, tasks, promises, plans, complaints; a file for each noun.

pub(super) mod classification;
pub(super) mod complaint;
pub(super) mod hold;
pub(super) mod plan;
pub(super) mod promise;
pub(super) mod task;

pub use classification::{
    ClassificationRow, insert_classification, list_classifications, list_classifications_of_case, list_classified,
};
pub use complaint::{
    ComplaintRow, answer_complaint, find_complaint, insert_complaint, list_complaints_of_case, list_open_complaints,
};
pub(crate) use hold::read_pause;
pub use hold::{
    HoldRow, LateFeePause, insert_hold, list_holds, list_holds_of_case, list_late_fee_pauses, release_hold,
    release_holds_of_complaint,
};
pub(crate) use plan::read_plan;
pub use plan::{PlanRow, decide_plan, insert_plan, list_active_plans, list_plans, plan_content, settle_plan};
pub(crate) use promise::read_promise;
pub use promise::{
    PromiseRow, insert_promise, list_active_promises, list_broken_promises, list_promises, promise_content,
    settle_promise, settle_promises_of_cases,
};
pub use task::{
    TaskRow, find_task, finish_task, insert_task, insert_tasks, list_open_kinds, list_open_tasks, list_tasks_of_case,
};
