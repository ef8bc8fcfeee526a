//! Why a person may not be contacted by hand now, and when it opens (I14): the judgement that stands before every automatic message,
//! told to whoever wants to call or visit. One ledger per person: whoever made a contact, for which unit and by which channel.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde::Serialize;

use super::claim::{Verdict, judge_contact};
use super::contact_budget::{find_cool_off_end, find_rest_end};
use super::facts::CaseFacts;
use super::policy::Policy;
use crate::Text;
use crate::outreach::quiet_days::QuietDays;
use crate::outreach::quiet_hours::{ContactManner, HourVerdict, QuietHours};
use crate::words::words;

words!(
    /// Who wanted a contact.
    Initiative {
        /// 我方联系
        Ours = "ours", "我方联系", "ours";
        /// 业主要求回电
        CallBack = "call_back", "业主要求回电", "the owner asked to be called back";
        /// 业主来电来访
        Owner = "owner", "业主来电来访", "the owner called or came";
    }
);

words!(
    /// A rule that stands against a contact.
    BlockRule {
        /// 节日、考试
        QuietDay = "quiet_day", "节日或考试期间不联系", "a festival or examination days";
        /// 安静时段
        QuietHours = "quiet_hours", "安静时段：9:00-20:00 之外不打电话、不上门", "quiet hours: no calls or visits outside 9:00-20:00";
        /// 休息日早晨
        DayOffMorning = "day_off_morning", "休息日 10:00 前不打电话、不上门", "no calls or visits before 10:00 on a day off";
        /// 业主的约定
        Wish = "wish", "业主约定了联系时间", "the owner asked for other hours";
        /// 冷静期
        CoolOff = "cool_off", "刚沟通过，冷静期内不再联系", "spoken to lately: the cool-off runs";
        /// 电话次数
        CallsPerDay = "calls_per_day", "今天的电话次数已用完（同一业主，不分房屋和人员）", "the calls of the day are used up (one person, whatever unit or caller)";
        /// 消息次数
        MessagesPerWeek = "messages_per_week", "七天内的消息次数已用完（同一业主，不分房屋和渠道）", "the messages of seven days are used up (one person, whatever unit or channel)";
        /// 承诺期
        Promise = "promise", "承诺期内不催缴", "a promise runs";
        /// 暂缓、分期
        Hold = "hold", "暂缓或分期期间不催缴", "on hold, or a plan is being kept";
        /// 暂缓之后
        AfterHold = "after_hold", "暂缓刚结束，先缓几天", "a hold has just ended: contact rests";
        /// 不打扰
        Spared = "spared", "登记了不打电话或不上门", "to be spared calls or visits";
        /// 已缴
        Paid = "paid", "已没有逾期欠费", "nothing is overdue any more";
        /// 金额过小
        BelowFloor = "below_floor", "逾期金额低于催缴起点", "less is overdue than is asked for";
    }
);

impl BlockRule {
    /// Whether the wish of the owner to be called back opens it. The night stays closed, and so does what nobody needs.
    #[must_use]
    pub const fn gives_way(self) -> bool {
        match self {
            Self::QuietDay
            | Self::DayOffMorning
            | Self::Wish
            | Self::CoolOff
            | Self::CallsPerDay
            | Self::MessagesPerWeek
            | Self::Promise
            | Self::Hold
            | Self::AfterHold => true,
            Self::QuietHours | Self::Spared | Self::Paid | Self::BelowFloor => false,
        }
    }

    /// Whether a contact that was made nevertheless broke a rule: one about nothing that is owed did not.
    #[must_use]
    pub const fn is_broken_by_contact(self) -> bool {
        !matches!(self, Self::Paid | Self::BelowFloor)
    }
}

/// A rule that stands against a contact now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ContactBlock {
    /// Which.
    pub rule: BlockRule,
    /// The first local time at which it does not any more; `None` where that is not known yet.
    pub opens: Option<NaiveDateTime>,
}

impl ContactBlock {
    /// The rule and when contact opens, for people; the festival by its name.
    #[must_use]
    pub fn text(&self, today: NaiveDate) -> Text {
        let rule = match (self.rule, QuietDays::find(today)) {
            (BlockRule::QuietDay, Some(days)) => {
                Text::new(format!("{}期间不联系", days.name.zh), format!("no contact: {}", days.name.en))
            }
            (rule, _) => rule.label(),
        };
        match self.opens {
            Some(opens) => {
                let opens = opens.format("%Y-%m-%d %H:%M");
                Text::new(format!("{}；{opens} 起可以联系", rule.zh), format!("{}; open from {opens}", rule.en))
            }
            None => rule,
        }
    }
}

/// How a task reaches the payer, if it does.
#[must_use]
pub fn manner_of_task(kind: &str) -> Option<ContactManner> {
    match kind {
        "call" | "senior_talk" => Some(ContactManner::Call),
        "visit" => Some(ContactManner::Visit),
        _ => None,
    }
}

/// How a contact by a channel reaches the payer; `None` for letters, and where the payer comes.
#[must_use]
pub fn manner_of_channel(channel: &str) -> Option<ContactManner> {
    match channel {
        "phone" => Some(ContactManner::Call),
        "visit" => Some(ContactManner::Visit),
        "wechat" | "sms" | "email" => Some(ContactManner::Message),
        _ => None,
    }
}

/// What stands against contacting the payer like that at a local time, by whose wish; `None` when nothing does.
#[must_use]
pub fn find_block(
    policy: &Policy,
    facts: &CaseFacts,
    (manner, initiative): (ContactManner, Initiative),
    now: NaiveDateTime,
) -> Option<ContactBlock> {
    let block = match judge_contact(policy, facts, manner, now) {
        Verdict::Send => return None,
        Verdict::Cancel(reason) => cancelled(policy, facts, (reason, manner), now),
        Verdict::Defer(until, "quiet_hours") => ContactBlock { rule: closed_by(manner, now), opens: Some(until) },
        Verdict::Defer(until, _) if manner == ContactManner::Message => {
            ContactBlock { rule: BlockRule::MessagesPerWeek, opens: Some(open_from(facts, manner, until.date())) }
        }
        Verdict::Defer(until, _) => {
            ContactBlock { rule: BlockRule::CallsPerDay, opens: Some(open_from(facts, manner, until.date())) }
        }
    };
    match initiative {
        Initiative::Owner => None,
        Initiative::CallBack if block.rule.gives_way() => find_night(manner, now),
        Initiative::CallBack | Initiative::Ours => Some(block),
    }
}

/// What gives way to the owner's wish does not open the night.
fn find_night(manner: ContactManner, now: NaiveDateTime) -> Option<ContactBlock> {
    let plain = QuietHours { day_off_from: NaiveTime::MIN, ..QuietHours::default() };
    match plain.judge(manner, now) {
        HourVerdict::Queued { until } => Some(ContactBlock { rule: BlockRule::QuietHours, opens: Some(until) }),
        HourVerdict::Allowed | HourVerdict::AllowedWithWarning => None,
    }
}

/// Which of the rules about hours and days keeps contact closed.
fn closed_by(manner: ContactManner, now: NaiveDateTime) -> BlockRule {
    let is_closed = |hours: QuietHours| matches!(hours.judge(manner, now), HourVerdict::Queued { .. });
    if QuietDays::find(now.date()).is_some() {
        BlockRule::QuietDay
    } else if find_night(manner, now).is_some() {
        BlockRule::QuietHours
    } else if is_closed(QuietHours::default()) {
        BlockRule::DayOffMorning
    } else {
        BlockRule::Wish
    }
}

/// The first time of a day, or after it, at which the hours allow the contact.
fn open_from(facts: &CaseFacts, manner: ContactManner, day: NaiveDate) -> NaiveDateTime {
    facts.limits.narrow(QuietHours::published()).first_open(manner, day.and_time(NaiveTime::MIN))
}

fn cancelled(
    policy: &Policy,
    facts: &CaseFacts,
    (reason, manner): (&'static str, ContactManner),
    now: NaiveDateTime,
) -> ContactBlock {
    let today = now.date();
    let open = |day: Option<NaiveDate>| day.map(|day| open_from(facts, manner, day));
    let promised = facts.find_promise_until(policy.promise_grace_days).and_then(|day| day.succ_opt());
    let (rule, opens) = match reason {
        "paid" => (BlockRule::Paid, None),
        "below_floor" => (BlockRule::BelowFloor, None),
        "spared" => (BlockRule::Spared, None),
        "cool_off" => (BlockRule::CoolOff, open(find_cool_off_end(policy, facts, today))),
        "after_hold" => (BlockRule::AfterHold, open(find_rest_end(policy, facts, today))),
        _ if facts.suppression.contact || facts.plan_active => (BlockRule::Hold, None),
        _ => (BlockRule::Promise, open(promised)),
    };
    ContactBlock { rule, opens }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Fen;
    use crate::collection::sample;
    use crate::outreach::contact_limit::ContactHours;

    fn block_for(initiative: Initiative, change: impl FnOnce(&mut CaseFacts), at: &str) -> Option<ContactBlock> {
        let mut facts = sample::facts();
        change(&mut facts);
        find_block(&Policy::v1(), &facts, (ContactManner::Call, initiative), at.parse().expect("a time"))
    }

    fn told(change: impl FnOnce(&mut CaseFacts), at: &str) -> Option<(BlockRule, Option<String>)> {
        let block = block_for(Initiative::Ours, change, at)?;
        Some((block.rule, block.opens.map(|at| at.format("%Y-%m-%d %H:%M").to_string())))
    }

    fn opens(rule: BlockRule, at: &str) -> Option<(BlockRule, Option<String>)> {
        Some((rule, Some(at.to_owned())))
    }

    #[test]
    fn a_block_says_which_rule_and_when_it_opens() {
        let morning = "2026-11-23T10:00:00";
        assert_eq!(told(|_| (), morning), None);
        assert_eq!(told(|_| (), "2026-11-23T20:00:00"), opens(BlockRule::QuietHours, "2026-11-24 09:00"));
        assert_eq!(told(|_| (), "2026-11-22T09:30:00"), opens(BlockRule::DayOffMorning, "2026-11-22 10:00"));
        let talked = |one: &mut CaseFacts| one.contacts.push(sample::talk("2026-11-20"));
        assert_eq!(told(talked, morning), opens(BlockRule::CoolOff, "2026-11-27 09:00"));
        let dialled = |one: &mut CaseFacts| one.contacts = vec![sample::sent("phone", "2026-11-23"); 3];
        assert_eq!(told(dialled, morning), opens(BlockRule::CallsPerDay, "2026-11-24 09:00"));
        let promised = |one: &mut CaseFacts| one.promise_due = Some(sample::day("2026-11-24"));
        assert_eq!(told(promised, morning), opens(BlockRule::Promise, "2026-11-28 10:00"), "grace, then a Saturday");
        let paid = |one: &mut CaseFacts| one.overdue = Fen::ZERO;
        assert_eq!(told(paid, morning), Some((BlockRule::Paid, None)));
        let late = |one: &mut CaseFacts| one.limits.not_before = NaiveTime::from_hms_opt(11, 0, 0);
        assert_eq!(told(late, morning), opens(BlockRule::Wish, "2026-11-23 11:00"));
    }

    #[test]
    fn festivals_and_examinations_are_named_and_open_on_the_first_day_after() {
        let exam = block_for(Initiative::Ours, |_| (), "2026-06-08T10:00:00").expect("closed");
        let text = exam.text(sample::day("2026-06-08")).zh;
        assert_eq!(text, "高考期间不联系；2026-06-11 09:00 起可以联系");
        assert_eq!(told(|_| (), "2026-02-17T15:00:00"), opens(BlockRule::QuietDay, "2026-02-24 09:00"));
        let talked = |one: &mut CaseFacts| one.contacts.push(sample::talk("2026-02-12"));
        assert_eq!(told(talked, "2026-02-14T12:00:00"), opens(BlockRule::CoolOff, "2026-02-24 09:00"));
    }

    #[test]
    fn the_owners_wish_to_be_called_back_opens_everything_but_the_night_and_what_nobody_needs() {
        let back =
            |change: fn(&mut CaseFacts), at: &str| block_for(Initiative::CallBack, change, at).map(|one| one.rule);
        let talked = |one: &mut CaseFacts| one.contacts.push(sample::talk("2026-11-20"));
        assert_eq!(back(talked, "2026-11-23T10:00:00"), None);
        assert_eq!(back(talked, "2026-11-23T21:00:00"), Some(BlockRule::QuietHours));
        assert_eq!(back(|_| (), "2026-11-22T09:30:00"), None, "the owner asked for Sunday morning");
        assert_eq!(back(|_| (), "2026-06-08T10:00:00"), None);
        assert_eq!(back(|one| one.overdue = Fen::ZERO, "2026-11-23T10:00:00"), Some(BlockRule::Paid));
        assert_eq!(back(|one| one.no_call = true, "2026-11-23T10:00:00"), Some(BlockRule::Spared));
        assert_eq!(block_for(Initiative::Owner, talked, "2026-11-23T21:00:00"), None, "who calls us is answered");
    }

    #[test]
    fn messages_go_by_their_own_count_and_hours() {
        let mut facts = sample::facts();
        facts.contacts = vec![sample::sent("sms", "2026-11-20"), sample::sent("wechat", "2026-11-22")];
        facts.limits = ContactHours { not_at_work: true, ..ContactHours::default() };
        let at = "2026-11-23T10:00:00".parse().expect("a time");
        let block = find_block(&Policy::v1(), &facts, (ContactManner::Message, Initiative::Ours), at).expect("full");
        assert_eq!(block.rule, BlockRule::MessagesPerWeek);
        assert_eq!(block.opens, "2026-11-27T08:30:00".parse().ok());
    }
}
