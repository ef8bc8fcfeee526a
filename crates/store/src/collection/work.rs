//! What people do on a case: classification, holds, tasks, promises, plans; a file for each noun.

pub(super) mod classification;
pub(super) mod hold;
pub(super) mod plan;
pub(super) mod promise;
pub(super) mod task;

pub use classification::{
    ClassificationRow, insert_classification, list_classifications, list_classifications_of_case, list_classified,
};
pub use hold::{
    HoldRow, LateFeePause, find_hold, insert_hold, insert_holds, list_holds, list_holds_of_case, list_late_fee_pauses,
    release_hold, release_holds_of_cases, release_holds_of_complaint,
};
pub(crate) use hold::{hold_content, read_hold, read_pause};
pub use plan::{
    PlanRow, end_plans, find_plan, insert_plan, list_current_plans, list_open_of_plans, list_paid_on_plans, list_plans,
    list_plans_of_case, plan_content, put_plan,
};
pub(crate) use plan::{columns as plan_columns, read_plan};
pub(crate) use promise::read_promise;
pub use promise::{
    PromiseRow, count_overdue_offers, end_offers, find_promise, insert_promise, lapse_offers, list_active_promises,
    list_broken_promises, list_promises, promise_content, settle_promise, settle_promises_of_cases,
};
pub use task::{
    TaskRow, find_task, finish_task, insert_task, insert_tasks, list_open_kinds, list_open_tasks, list_tasks_of_case,
};
