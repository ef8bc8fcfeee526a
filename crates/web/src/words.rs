//! Words of the record for people: rules of a decision's trace, acts of the audit trail, fitting times.
//!
//! What is recorded is a key or a value; pages show it in the visitor's language. A key nobody translated yet is shown as it is.

use hemu_app::collection::case_page::step_name;
use hemu_app::collection::todo::task_name;
use hemu_domain::collection::decision::TraceLine;
use hemu_domain::collection::policy::{Policy, Stage, StepKind};
use hemu_domain::{Locale, Text};

fn pick(locale: Locale, text: &Text) -> String {
    text.in_locale(locale).to_owned()
}

/// A rule of the trace.
#[must_use]
pub fn rule(locale: Locale, line: &TraceLine) -> String {
    let (zh, en) = match line.rule.as_str() {
        "stage" => ("阶段", "Stage"),
        "age" => ("账龄已到下一阶段", "Old enough for the next stage"),
        "reached" => ("提醒已送达，或渠道已用尽", "Reached, or channels exhausted"),
        "talks" => ("有记录的沟通次数已够，或渠道已用尽", "Enough talks on record, or channels exhausted"),
        "stage_hold" => ("没有暂缓升级", "No hold on the next stage"),
        "to_ask" => ("有应催的欠费", "There is something to ask for"),
        "agreed" => ("没有约定或暂缓要等", "No agreement or hold to wait for"),
        "hold_effect" => ("暂缓的效力", "What the hold stops"),
        "under_way" => ("没有正在进行或刚做过的事", "Nothing is under way or was done just now"),
        "step" => ("步骤", "Step"),
        "way" => ("可以这样联系", "There is a way for it"),
        "repair" => ("先核实联系方式", "Contact data are repaired first"),
        "overdue" => ("有逾期金额", "Something is overdue"),
        "dispute" => ("扣除争议后仍有应催金额", "More than what is disputed"),
        "amount_floor" => ("达到起催点", "Above the floor"),
        "legal" => ("未交法务", "Not with legal"),
        "nudge" => ("没有临近的约定要提醒", "No agreed day is near"),
        "promise" => ("没有承诺期内的承诺", "No promise is running"),
        "plan" => ("没有履行中的分期", "No plan is running"),
        "hold" => ("没有暂缓联系", "No hold on contact"),
        "pending" => ("没有已安排未完成的步骤", "No step is under way"),
        "once_a_day" => ("当天没有别的步骤", "No other step today"),
        "open_task" => ("没有未完成的任务", "No open task"),
        "cool_off" => ("不在沟通后的冷静期", "Not just spoken to"),
        "after_hold" => ("不在暂缓结束后的缓冲期", "No hold has just ended"),
        "due_step" => ("有到期的步骤", "A step is due"),
        "call_budget" => ("当天拨打次数未满", "Calls are left today"),
        "contact_budget" => ("7 天内消息次数未满", "Messages are left this week"),
        "channel" => ("有可用的消息渠道", "A channel is there"),
        "limitation_guard" => ("诉讼时效临近", "Limitation is near"),
        "formal" => {
            ("小区的合同、公示和服务承诺资料齐备", "Contract, display and promises of the community are on file")
        }
        "conditions" => ("不适用于本案的步骤", "Steps that are not for this case"),
        other => (other, other),
    };
    if locale == Locale::Zh { zh } else { en }.to_owned()
}

/// The detail of a line of the trace: days and amounts as they are, keys in words.
#[must_use]
pub fn detail(locale: Locale, line: &TraceLine) -> String {
    if line.rule == "step" {
        return step_detail(locale, &line.detail);
    }
    let words: Vec<String> = line.detail.split(' ').map(|word| token(locale, word)).collect();
    words.join(" ")
}

fn token(locale: Locale, word: &str) -> String {
    let comma = if locale == Locale::Zh { "、" } else { "," };
    let (bare, tail) = word.strip_suffix(',').map_or((word, ""), |bare| (bare, comma));
    if let Ok(stage) = Stage::parse(bare) {
        return pick(locale, &stage.label()) + tail;
    }
    let (zh, en) = match bare {
        "->" => ("→", "→"),
        "active" => ("履行中", "runs"),
        "contact" => ("联系", "contact"),
        "escalation" => ("升级", "next stage"),
        "late_fee" => ("违约金", "late fee"),
        "legal" => ("法律步骤", "legal steps"),
        "days" => ("天", "days"),
        "left" => ("剩余", "left"),
        "sms" => ("短信", "text message"),
        "wechat" => ("微信", "WeChat"),
        "email" => ("邮件", "e-mail"),
        key if is_step(key) => return pick(locale, &step_name(key)) + tail,
        key => return pick(locale, &task_name(key)) + tail,
    };
    format!("{}{tail}", if locale == Locale::Zh { zh } else { en })
}

/// A step of the stage: what it is, its key where it is the office's own, why it is due or not, and the day.
fn step_detail(locale: Locale, detail: &str) -> String {
    let mut words = detail.split(' ');
    let (kind, key, why, day) = (words.next(), words.next(), words.next(), words.next());
    let (kind, key, why) = (kind.unwrap_or_default(), key.unwrap_or_default(), why.unwrap_or_default());
    let name = StepKind::parse(kind).map_or_else(|word| word, |kind| pick(locale, &kind.label()));
    let (zh, en) = match why {
        "due_since" => ("已到期，自", "due since"),
        "not_before" => ("未到，不早于", "not before"),
        "carried_out" => ("已做过", "carried out"),
        "overtaken" => ("后面的步骤已做，不再补", "overtaken by a later step"),
        "not_for_case" => ("不适用于本案", "not for this case"),
        "spared" => ("因特殊情况不做", "spared by a flag"),
        "no_basis" => ("依据尚不具备", "what it builds on is not there"),
        "no_way_out" => ("没有可用渠道", "no channel carries it"),
        "waits_for_others" => ("等前面的步骤有结果", "waits for what comes before"),
        other => (other, other),
    };
    let why = if locale == Locale::Zh { zh } else { en };
    let colon = if locale == Locale::Zh { "：" } else { ": " };
    format!("{name} ({key}){colon}{why} {}", day.unwrap_or_default()).trim_end().to_owned()
}

fn is_step(key: &str) -> bool {
    Policy::v1().find_step(key).is_some()
}

/// When in the day a task fits; the plan writes it in Chinese.
#[must_use]
pub fn fitting(locale: Locale, time: &str) -> String {
    if locale == Locale::Zh {
        return time.to_owned();
    }
    time.replace("工作日", "working days").replace("周末", "weekend")
}

/// Why a message is where it is; what else was written there is shown as it is.
#[must_use]
pub fn reason(locale: Locale, word: &str) -> String {
    let (zh, en) = match word {
        "paid" => ("发送前已缴清", "paid before it went out"),
        "below_floor" => ("低于起催点", "below the floor"),
        "hold" => ("暂缓中", "on hold"),
        "spared" => ("按特殊情况不联系", "spared by a flag"),
        "not_for_case" => ("已不适用于本案", "not for this case any more"),
        "cool_off" => ("刚沟通过", "just spoken to"),
        "after_hold" => ("暂缓刚结束", "a hold has just ended"),
        "quiet_hours" => ("顺延到可联系时段", "put off to a fit hour"),
        "contact_budget" => ("本周联系次数已满", "contact budget used"),
        "no_way_out" => ("没有可用的联系方式或通道", "no address that works, or no gateway"),
        "recovered" => ("程序中断后核对", "looked up after a breakdown"),
        "wording" => ("措辞检查未通过", "refused by the wording check"),
        other => (other, other),
    };
    if locale == Locale::Zh { zh } else { en }.to_owned()
}

/// A formula as it was stored, `89.32 ㎡ × 2.35 元 × 1 月`.
#[must_use]
pub fn formula(locale: Locale, formula: &str) -> String {
    if locale == Locale::Zh {
        return formula.to_owned();
    }
    formula.replace('㎡', "m²").replace('元', "yuan").replace('月', "mo.").replace('户', "units")
}

/// A way of sharing a cost.
#[must_use]
pub fn share_method(locale: Locale, method: &str) -> String {
    let (zh, en) = match method {
        "area" => ("按面积", "by area"),
        "household" => ("按户", "by household"),
        "floor" => ("按楼层系数", "by floor"),
        "usage" => ("按用量", "by usage"),
        other => (other, other),
    };
    if locale == Locale::Zh { zh } else { en }.to_owned()
}

/// The name of a message template; one of the office's own is shown by its key.
#[must_use]
pub fn template(locale: Locale, key: &str) -> String {
    let (zh, en) = match key {
        "bill_reminder" => ("账单提醒", "bill reminder"),
        "reminder" => ("首次提醒", "first reminder"),
        "reminder_ask_date" => ("询问缴费日期", "asks for a date"),
        "reminder_second" => ("再次提醒", "second reminder"),
        "conversation_message" => ("沟通期消息", "message of the conversation"),
        "promise_nudge" => ("承诺到期前提醒", "a word before a promised day"),
        "instalment_nudge" => ("分期到期前提醒", "a word before an instalment"),
        "demand_message" => ("催缴期消息", "message beside the demand"),
        other => (other, other),
    };
    if locale == Locale::Zh { zh } else { en }.to_owned()
}

/// An age band such as `31-90` or `1-2y`.
#[must_use]
pub fn age(locale: Locale, band: &str) -> String {
    match (locale, band.strip_suffix('y')) {
        (Locale::Zh, Some(years)) => match years.strip_prefix('>') {
            Some(years) => format!("{years} 年以上"),
            None => format!("{years} 年"),
        },
        (Locale::Zh, None) => format!("{band} 天"),
        (Locale::En, Some(years)) => format!("{years} years"),
        (Locale::En, None) => format!("{band} days"),
    }
}

/// A word to choose from in a calculator.
#[must_use]
pub fn choice(locale: Locale, word: &str) -> String {
    let (zh, en) = match word {
        "month-after" => ("交付次月起由业主承担", "owner from the next month"),
        "day-of" => ("交付当日起按天分摊", "owner from the day"),
        "private" => ("发给业主本人", "to the owner alone"),
        "public" => ("公开张贴", "shown in public"),
        other => (other, other),
    };
    if locale == Locale::Zh { zh } else { en }.to_owned()
}

/// The kind of a clause.
#[must_use]
pub fn clause(locale: Locale, kind: &str) -> String {
    let (zh, en) = match kind {
        "late_fee" => ("违约金", "late fee"),
        "legal" => ("法律步骤", "legal steps"),
        "fee_standard" => ("收费标准", "fee standard"),
        "cycle" => ("缴费周期", "billing cycle"),
        "due" => ("缴费期限", "due date"),
        "demand" => ("催告期限", "period of a demand"),
        "dispute" => ("争议解决", "disputes"),
        "service" => ("通知送达", "service of notices"),
        "other" => ("其他", "other"),
        other => (other, other),
    };
    if locale == Locale::Zh { zh } else { en }.to_owned()
}

/// An act of the audit trail.
#[must_use]
pub fn act(locale: Locale, act: &str) -> String {
    if locale == Locale::En {
        return act.replace(['.', '_'], " ");
    }
    let zh = match act {
        "approval.approve" => "批准申请",
        "approval.ask" => "提交审批申请",
        "approval.refuse" => "驳回申请",
        "approval.withdraw" => "撤回申请",
        "bank_file.import" => "导入流水或渠道账单",
        "bank_line.book" => "到账入账",
        "bank_line.ignore" => "忽略到账",
        "bank_line.reopen" => "撤销到账处理",
        "bills.issue" => "出账",
        "bills.publish" => "发布账单",
        "case.classify" => "认定原因",
        "case.confirm" => "确认系统判断",
        "case.assign" => "指派管家",
        "building.assign" => "指定楼栋管家",
        "chart.set" => "修改会计科目",
        "charge.adjust" => "减免或更正",
        "charge.raise_opening" => "更正期初欠费",
        "collection.run" => "运行催缴",
        "community.create" => "新建小区",
        "community.edit" => "修改小区信息",
        "complaint.answer" => "答复投诉",
        "complaint.take" => "登记投诉",
        "complaint.dispute" => "登记争议账单",
        "complaint.escalate" => "投诉超期上报",
        "complaint.move" => "办理工单",
        "complaint.photo" => "上传工单照片",
        "visit.record" => "登记上门",
        "contact.record" => "登记联系",
        "contact_point.add" => "增加联系方式",
        "contact_point.bounce" => "标记联系方式失效",
        "contact_point.reveal" => "查看联系方式",
        "contact_point.verify" => "核实联系方式",
        "contact_point.wish" => "修改联系意愿",
        "contact_limit.set" => "登记联系约定",
        "contact_limit.end" => "取消联系约定",
        "cost.cancel" => "取消公摊",
        "cost.share" => "确认公摊",
        "contract.change" => "修改合同条款",
        "difference.settle" => "登记渠道差异",
        "display.record" => "登记公示",
        "flag.end" => "取消标记",
        "flag.set" => "设置标记",
        "hold.confirm" => "确认暂缓",
        "hold.open" => "暂缓",
        "hold.release" => "解除暂缓",
        "id_number.reveal" => "查看证件号码",
        "matter.open" => "启动法律途径",
        "member.reveal" => "查看家庭成员",
        "invoices.export" => "导出开票申请",
        "month.close" => "月结",
        "month.reopen" => "反结账",
        "message.reveal" => "查看消息内容",
        "meter.add" => "登记表",
        "meter.confirm" => "确认用量",
        "meter.price" => "设置计量价格",
        "meter.read" => "抄表",
        "meter.replace" => "换表",
        "notice.make" => "生成函件",
        "notice.serve" => "登记送达",
        "party.rename" => "修改姓名",
        "policy.activate" => "启用催缴方案",
        "policy.draft" => "保存方案草稿",
        "policy.drop" => "作废方案草稿",
        "offer.agree" => "业主凭链接同意",
        "offer.call_back" => "业主凭链接请求回电",
        "offer.decline" => "业主凭链接不同意",
        "offer.link" => "取给业主的链接",
        "plan.accept" => "业主同意分期",
        "plan.cancel" => "终止分期",
        "plan.decide" => "审批分期",
        "plan.propose" => "提出分期",
        "plan.signed" => "上传签署件",
        "plan.warn" => "通知分期逾期",
        "price.set" => "修改单价",
        "promise.accept" => "业主同意承诺",
        "promise.offer" => "提议承诺",
        "promise.withdraw" => "撤回承诺",
        "receipt.reverse" => "冲红",
        "receipt.take" => "收款",
        "spreadsheet.import" => "导入表格",
        "staff.add" => "新增账号",
        "staff.edit" => "修改账号",
        "staff.sign_in" => "登录",
        "task.complete" => "办结任务",
        "template.change" => "修改模板",
        "script.change" => "修改话术",
        "charge.service_reduction" => "服务瑕疵减免",
        "contract.begin" => "签订后续合同",
        "contract.ceiling" => "调整违约金主张上限",
        "deposit.take" => "收取押金",
        "desk.rule" => "修改收费台规则",
        "discount.end" => "提前结束优惠",
        "order.cancel" => "取消临时收费",
        "order.record" => "登记临时收费",
        "promotion.grant" => "给予预缴优惠",
        "receipt.print" => "打印收据",
        "receipt.refund" => "退款",
        "receipt.transfer" => "转款",
        "rules.set" => "修改减免与交付规则",
        "service.end" => "服务终止",
        "shift.close" => "日结",
        "shift.open" => "开班",
        "standard.add" => "新增收费标准",
        "unit.fee" => "调整一户的收费标准",
        "vacancy.confirm" => "确认空置",
        "unit.add" => "新增房屋",
        "unit.change_owner" => "过户",
        "unit.edit" => "修改房屋",
        "unit.occupancy" => "修改使用状态",
        other => other,
    };
    zh.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hemu_domain::collection::decision::RULES;

    #[test]
    fn every_rule_of_a_trace_has_words_in_both_languages() {
        for key in RULES {
            let line = TraceLine::new(key, true, "");
            let (zh, en) = (rule(Locale::Zh, &line), rule(Locale::En, &line));
            assert!(!zh.is_ascii() && en.is_ascii() && en != key, "{key}: {zh} / {en}");
        }
    }
}
