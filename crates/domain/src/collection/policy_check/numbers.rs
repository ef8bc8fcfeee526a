//! The numbers on top of a policy: limits are limits, waiting is patient, and nothing is a slip of the pen.

use std::ops::RangeInclusive;

use super::{Fault, Report};
use crate::Fen;
use crate::Text;
use crate::collection::policy::Policy;

/// A floor above this would leave most debts alone.
const HIGHEST_FLOOR: Fen = Fen::new(100_000);

pub(super) fn check(policy: &Policy, report: &mut Report) {
    check_counts(policy, report);
    check_days(policy, report);
    check_patience(policy, report);
    let above = policy.plan_approval_above;
    report.need(above >= Fen::ZERO, Fault::OutOfRange, "plan_approval_above", || {
        Text::new("分期审批金额不能为负", "the amount above which a plan is approved is not negative")
    });
    report.need((1..=6).contains(&policy.plan_misses), Fault::OutOfRange, "plan_misses", || {
        Text::new("分期违约的逾期期数须在 1 至 6 之间", "1 to 6 missed instalments are a default")
    });
    report.need((Fen::ZERO..=HIGHEST_FLOOR).contains(&policy.amount_floor), Fault::OutOfRange, "amount_floor", || {
        Text::new(
            format!("起催金额须在 0 至 {HIGHEST_FLOOR} 元之间"),
            format!("the amount floor lies between 0 and {HIGHEST_FLOOR} yuan"),
        )
    });
    let grade = policy.service_grade.as_str();
    report.need(matches!(grade, "A" | "B" | "C"), Fault::WeakGrade, "service_grade", || {
        Text::new(
            format!("送达等级 {grade} 在诉讼中不足为证，须为 A、B 或 C"),
            format!("a demand served with grade {grade} proves nothing in court; it has to be A, B or C"),
        )
    });
}

/// How often people are contacted: the rules of the trade (GB/T 45251, the guideline of the banks) allow no more.
fn check_counts(policy: &Policy, report: &mut Report) {
    let counts = [
        ("messages_per_7_days", policy.messages_per_7_days, 7),
        ("calls_per_day", policy.calls_per_day, 6),
        ("channels_to_exhaust", policy.channels_to_exhaust, 5),
        ("talks_before_demand", policy.talks_before_demand, 12),
    ];
    for (name, count, most) in counts {
        // Too little patience is told as such.
        let patience = matches!(name, "channels_to_exhaust" | "talks_before_demand");
        report.need(count > 0 || patience, Fault::LimitZero, name, || {
            Text::new(format!("{name} 至少为 1"), format!("{name}: a limit of contacts is at least 1"))
        });
        report.need(count <= most, Fault::OutOfRange, name, || {
            Text::new(format!("{name} 不超过 {most}"), format!("{name} is at most {most}"))
        });
    }
}

fn check_days(policy: &Policy, report: &mut Report) {
    let days: [(&str, i64, RangeInclusive<i64>); 8] = [
        ("unconfirmed_after_days", policy.unconfirmed_after_days, 1..=60),
        ("cool_off_days", policy.cool_off_days, 1..=60),
        ("blocked_again_after_days", policy.blocked_again_after_days, 1..=60),
        ("limitation_guard_days", policy.limitation_guard_days, 30..=730),
        ("promise_grace_days", policy.promise_grace_days, 0..=30),
        ("plan_grace_days", policy.plan_grace_days, 0..=60),
        ("offer_days", policy.offer_days, 1..=60),
        ("remind_before_days", policy.remind_before_days, 0..=5),
    ];
    for (name, value, allowed) in days {
        report.need(value >= 0, Fault::NegativeDays, name, || {
            Text::new(format!("{name} 的天数不能为负"), format!("{name}: a number of days is not negative"))
        });
        let (least, most) = (*allowed.start(), *allowed.end());
        report.need(value < 0 || allowed.contains(&value), Fault::OutOfRange, name, || {
            Text::new(
                format!("{name} 须在 {least} 至 {most} 天之间"),
                format!("{name} lies between {least} and {most} days"),
            )
        });
    }
    for one in &policy.bill_reminders {
        report.need((1..=60).contains(&one.days_before_due), Fault::OutOfRange, &one.key, || {
            Text::new(
                format!("{} 须在到期前 1 至 60 天", one.key),
                format!("{} goes out 1 to 60 days before the due date", one.key),
            )
        });
    }
    for one in &policy.community_steps {
        report.need(one.repeat_after_days > 0, Fault::RepeatsSameDay, &one.key, || {
            Text::new(format!("{} 当天重复", one.key), format!("{} repeats on the same day", one.key))
        });
    }
}

/// B1 to B3: a month of reminders at least, more time before a demand than before a conversation, two talks or channels.
fn check_patience(policy: &Policy, report: &mut Report) {
    let (talk, demand) = (policy.conversation_after_months, policy.demand_after_months);
    report.need((1..=12).contains(&talk), Fault::OutOfRange, "conversation_after_months", || {
        Text::new(
            "沟通期须在逾期 1 至 12 个月后开始（B1）",
            "a conversation begins 1 to 12 months after the due date (B1)",
        )
    });
    report.need(demand > talk, Fault::StagesOutOfOrder, "demand_after_months", || {
        Text::new(
            "催缴期须晚于沟通期（B3）",
            "a demand needs more time than a conversation: the stages come one after the other (B3)",
        )
    });
    report.need(demand <= 24, Fault::OutOfRange, "demand_after_months", || {
        Text::new("催缴期须在逾期 24 个月内开始", "a demand comes within 24 months")
    });
    for (name, count) in
        [("talks_before_demand", policy.talks_before_demand), ("channels_to_exhaust", policy.channels_to_exhaust)]
    {
        report.need(count >= 2, Fault::TooFewTalks, name, || {
            Text::new(
                format!("{name}：书面催缴前至少两次沟通或两种渠道（B3）"),
                format!("{name}: a demand needs at least two talks or channels (B3)"),
            )
        });
    }
}
