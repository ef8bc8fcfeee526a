//! The shape of a policy: the stages as data, every number a setting.

use utoipa::ToSchema;

use super::{Day, Yuan, shapes};

shapes! {
    /// A reminder before the due date.
    BillReminder { key: String, days_before_due: i64, template: String }
    /// What is done for an entrance, naming nobody.
    CommunityStep { key: String, kind: String, after_days: i64, repeat_after_days: i64 }
    /// A step of a stage; `counts_from` is `oldest_due`, `stage_entry` or `unconfirmed`.
    PolicyStep {
        key: String, stage: String, kind: String, counts_from: String, after_days: i64, template: Option<String>,
        other_channel: bool, repeat_after_days: Option<i64>, at_most: Option<i64>,
    }
    /// A policy; `demand_needs_second_person` stands there only where it is so.
    Policy {
        version: i64, name: String, effective_from: Day, amount_floor: Yuan, conversation_after_months: i64,
        demand_after_months: i64, talks_before_demand: i64, channels_to_exhaust: i64, unconfirmed_after_days: i64,
        service_grade: String, demand_needs_second_person: Option<bool>, messages_per_7_days: i64, calls_per_day: i64,
        cool_off_days: i64, blocked_again_after_days: i64, limitation_guard_days: i64, promise_grace_days: i64,
        plan_grace_days: i64, bill_reminders: Vec<BillReminder>, community_steps: Vec<CommunityStep>,
        steps: Vec<PolicyStep>,
    }
}
