//! The shape of a policy: the stages as data, every number a setting.

use std::collections::BTreeMap;

use utoipa::ToSchema;

use super::{Day, Id, Sentence, Yuan, shapes};

shapes! {
    /// A reminder before the due date.
    BillReminder { key: String, days_before_due: i64, template: String }
    /// What is done for an entrance, naming nobody.
    CommunityStep { key: String, kind: String, after_days: i64, repeat_after_days: i64 }
    /// From, to or between, both ends included.
    PolicyAmounts { at_least: Option<Yuan>, at_most: Option<Yuan> }
    /// The same of numbers.
    PolicyCounts { at_least: Option<i64>, at_most: Option<i64> }
    /// How often another step was carried out in this cycle.
    PolicyTimesDone { step: String, at_least: Option<i64>, at_most: Option<i64> }
    /// When a step applies; what is left out does not matter. Flags are `soften`, `no_visit` and `no_call`.
    PolicyCondition {
        amount: Option<PolicyAmounts>, attitudes: Option<Vec<String>>, broken_promises: Option<PolicyCounts>,
        capacities: Option<Vec<String>>, causes: Option<Vec<String>>, earlier_cycles: Option<PolicyCounts>,
        flags: Option<Vec<String>>, times_done: Option<PolicyTimesDone>, without_causes: Option<Vec<String>>,
        without_flags: Option<Vec<String>>,
    }
    /// A step of a stage; `counts_from` is `oldest_due`, `stage_entry` or `unconfirmed`. `channels`, `needs_second_person` and
    /// `when` stand there only where they say something.
    PolicyStep {
        key: String, stage: String, kind: String, counts_from: String, after_days: i64, template: Option<String>,
        other_channel: bool, repeat_after_days: Option<i64>, at_most: Option<i64>, channels: Option<Vec<String>>,
        needs_second_person: Option<bool>, when: Option<PolicyCondition>,
    }
    /// A policy; `demand_needs_second_person` stands there only where it is so, `offer_days`,
    /// `plan_approval_above`, `plan_misses` and `remind_before_days` only where they are not 7, nothing, 1 and 0.
    Policy {
        version: i64, name: String, effective_from: Day, amount_floor: Yuan, conversation_after_months: i64,
        demand_after_months: i64, talks_before_demand: i64, channels_to_exhaust: i64, unconfirmed_after_days: i64,
        service_grade: String, demand_needs_second_person: Option<bool>, messages_per_7_days: i64, calls_per_day: i64,
        cool_off_days: i64, blocked_again_after_days: i64, limitation_guard_days: i64, promise_grace_days: i64,
        plan_grace_days: i64, offer_days: Option<i64>, plan_approval_above: Option<Yuan>,
        plan_misses: Option<i64>, remind_before_days: Option<i64>, bill_reminders: Vec<BillReminder>, community_steps: Vec<CommunityStep>,
        steps: Vec<PolicyStep>,
    }
    /// What is wrong with a policy: the code stays, the place is the key of a step or the name of a setting.
    PolicyFinding { code: String, place: String, text: Sentence }
    /// Everything that is wrong.
    PolicyFindings { findings: Vec<PolicyFinding> }
    /// A version; nobody put the first one in force before its first use.
    PolicyVersion { version: i64, name: String, effective_from: Day, activated_by: Option<String>, in_force: bool }
    /// The draft.
    PolicyDraft { version: i64, edited_by: String, policy: Policy, findings: Vec<PolicyFinding> }
    /// Versions, the policy in force, the draft.
    PolicyVersions { versions: Vec<PolicyVersion>, policy: Policy, draft: Option<PolicyDraft> }
    /// A decision: a step, or why there is none.
    PolicyDecided { stage: String, step: Option<String>, reason: Option<String>, next_due_on: Option<Day> }
    /// A case that changes: `harder`, `gentler`, `other_stage`, `other_step`, `other_reason` or `other_day`.
    PolicyChange { case: Id, number: String, change: String, was: PolicyDecided, becomes: PolicyDecided }
    /// What the draft changes for whom.
    PolicyPreview {
        as_of: Day, version: i64, cases: i64, changes: BTreeMap<String, i64>, rows: Vec<PolicyChange>,
    }
}
