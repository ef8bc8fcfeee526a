//! Which task first (排序): what a contact can change today, in whole points, each with the reason shown (为什么排在前面).
//!
//! Pure: what is known of a task and the time of day go in. Neither name, age nor standing is known here (P3). Points only
//! order the work of a person; they make nothing due and open no budget. A capacity says how much of it fits into a day.

use chrono::{NaiveDate, NaiveDateTime, Timelike as _};
use serde::Serialize;

use super::policy::Stage;
use crate::{Fen, Text};

/// What is known of a task.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chance {
    /// How it takes up a person's day.
    pub effort: Effort,
    /// When it was due.
    pub due_on: NaiveDate,
    /// The stage of its case.
    pub stage: Option<Stage>,
    /// Open principal that is overdue and not in dispute.
    pub asked: Fen,
    /// The earliest day a claim lapses.
    pub limitation_on: Option<NaiveDate>,
    /// The day of the active promise.
    pub promise_due: Option<NaiveDate>,
    /// The last contact we began.
    pub contacted_on: Option<NaiveDate>,
    /// The hour of the day at which the payer was mostly reached.
    pub good_hour: Option<u32>,
    /// Whether there is a way to reach the payer.
    pub is_reachable: bool,
    /// Owed before and paid after reminders alone: the self-curer waits.
    pub pays_by_itself: bool,
    /// A hold, promise or plan keeps everybody quiet.
    pub rests: bool,
}

/// How a task takes up a person's day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effort {
    /// One of the calls of the day.
    Call,
    /// One of the visits of the day.
    Visit,
    /// Work at the desk: always fits.
    #[default]
    Desk,
}

impl Effort {
    /// The effort of a kind of task.
    #[must_use]
    pub fn of(kind: &str) -> Self {
        match kind {
            "call" | "senior_talk" | "follow_up" => Self::Call,
            "visit" => Self::Visit,
            _ => Self::Desk,
        }
    }
}

/// One reason and its points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Weight {
    /// Why, for people.
    pub why: Text,
    /// Points, below zero where it speaks against now.
    pub points: i64,
}

/// A rank: the sum and what it is made of, the weightiest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rank {
    /// The sum of the points.
    pub score: i64,
    /// The reasons.
    pub why: Vec<Weight>,
}

/// Ranks a task at a local time. The reasons are listed by weight, so the first says why it is where it is.
#[must_use]
pub fn rank(chance: &Chance, now: NaiveDateTime) -> Rank {
    let today = now.date();
    let found = [
        limitation(chance, today),
        promise(chance, today),
        late(chance, today),
        stage(chance),
        amount(chance),
        hour(chance, now),
        lately(chance, today),
        unreachable(chance),
        self_curing(chance),
        resting(chance),
    ];
    let mut why: Vec<Weight> = found.into_iter().flatten().collect();
    why.sort_by_key(|one| std::cmp::Reverse(one.points.abs()));
    Rank { score: why.iter().map(|one| one.points).sum(), why }
}

fn weight(points: i64, zh: impl Into<String>, en: impl Into<String>) -> Option<Weight> {
    Some(Weight { why: Text::new(zh, en), points })
}

/// A claim that lapses is lost for good (民法典 188): a talk that ends in a promise or a plan interrupts it (195).
fn limitation(chance: &Chance, today: NaiveDate) -> Option<Weight> {
    let on = chance.limitation_on?;
    let points = match (on - today).num_days() {
        ..0 | 181.. => return None,
        0..=30 => 400,
        31..=90 => 300,
        91..=180 => 200,
    };
    weight(points, format!("诉讼时效 {on} 届满"), format!("a claim lapses on {on}"))
}

fn promise(chance: &Chance, today: NaiveDate) -> Option<Weight> {
    let on = chance.promise_due.filter(|on| (*on - today).num_days() <= 1)?;
    weight(150, format!("承诺 {on} 缴费"), format!("a promise is due on {on}"))
}

fn late(chance: &Chance, today: NaiveDate) -> Option<Weight> {
    let days = (today - chance.due_on).num_days();
    let (zh, en) = (format!("任务过期 {days} 天"), format!("the task is {days} days late"));
    if days > 0 { weight((days * 10).min(100), zh, en) } else { None }
}

fn stage(chance: &Chance) -> Option<Weight> {
    let stage = chance.stage?;
    let points = match stage {
        Stage::Reminder => return None,
        Stage::Conversation => 60,
        Stage::Demand => 100,
        Stage::Legal => 80,
    };
    let Text { zh, en } = stage.label();
    weight(points, format!("{zh}的步骤到期"), format!("a step of this stage is due: {en}"))
}

fn amount(chance: &Chance) -> Option<Weight> {
    let points = match chance.asked.get() {
        ..=0 => return None,
        1..100_000 => 10,
        100_000..300_000 => 30,
        300_000..1_000_000 => 50,
        1_000_000.. => 80,
    };
    weight(points, format!("欠费 {} 元", chance.asked), format!("{} yuan are owed", chance.asked))
}

fn hour(chance: &Chance, now: NaiveDateTime) -> Option<Weight> {
    let hour = chance.good_hour?;
    let (zh, en) = (format!("{hour} 点前后接得通"), format!("was reached about {hour} o'clock"));
    if hour.abs_diff(now.hour()) <= 1 { weight(60, zh, en) } else { None }
}

fn lately(chance: &Chance, today: NaiveDate) -> Option<Weight> {
    if chance.effort == Effort::Desk {
        return None;
    }
    let Some(on) = chance.contacted_on else { return weight(40, "还没有联系过", "never contacted yet") };
    match (today - on).num_days() {
        ..=3 => weight(-80, format!("{on} 刚联系过"), format!("contacted on {on}")),
        4..14 => None,
        14.. => weight(40, format!("{on} 以后没有联系"), format!("not contacted since {on}")),
    }
}

fn unreachable(chance: &Chance) -> Option<Weight> {
    let matters = chance.effort == Effort::Call && !chance.is_reachable;
    if matters { weight(-200, "没有可用的联系方式", "there is no way to reach the payer") } else { None }
}

fn self_curing(chance: &Chance) -> Option<Weight> {
    let early = matches!(chance.stage, Some(Stage::Reminder | Stage::Conversation));
    let waits = chance.pays_by_itself && early;
    if waits { weight(-120, "以往提醒后自行缴清", "paid after reminders before: can wait") } else { None }
}

fn resting(chance: &Chance) -> Option<Weight> {
    let matters = chance.rests && chance.effort != Effort::Desk;
    if matters { weight(-500, "暂缓、承诺或分期中，不联系", "rests: hold, promise or plan") } else { None }
}

/// How many calls and visits a person makes a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Capacity {
    /// Calls.
    pub calls: i64,
    /// Visits.
    pub visits: i64,
}

impl Default for Capacity {
    /// What a person of the trade makes beside the other work of a day.
    fn default() -> Self {
        Self { calls: 40, visits: 6 }
    }
}

impl Capacity {
    /// What is left of it after so many.
    #[must_use]
    pub fn less(self, done: Self) -> Self {
        Self { calls: (self.calls - done.calls).max(0), visits: (self.visits - done.visits).max(0) }
    }

    /// Takes one of it; false when none is left. Work at the desk takes none.
    pub fn take(&mut self, effort: Effort) -> bool {
        let left = match effort {
            Effort::Call => &mut self.calls,
            Effort::Visit => &mut self.visits,
            Effort::Desk => return true,
        };
        let fits = *left > 0;
        *left -= i64::from(fits);
        fits
    }
}

/// The hour most of the talks fell into; of several the earliest. `None` before the second talk: one is chance.
#[must_use]
pub fn find_good_hour(hours: &[u32]) -> Option<u32> {
    if hours.len() < 2 {
        return None;
    }
    let count = |hour: u32| hours.iter().filter(|one| **one == hour).count();
    (0..24).max_by_key(|hour| (count(*hour), std::cmp::Reverse(*hour)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn call() -> Chance {
        Chance {
            effort: Effort::Call,
            due_on: day("2026-11-23"),
            stage: Some(Stage::Conversation),
            asked: Fen::new(50_000),
            contacted_on: Some(day("2026-11-15")),
            is_reachable: true,
            ..Chance::default()
        }
    }

    fn score(chance: &Chance) -> i64 {
        rank(chance, day("2026-11-23").and_hms_opt(10, 0, 0).expect("a time")).score
    }

    #[test]
    fn the_sum_is_made_of_the_reasons_and_the_first_is_the_weightiest() {
        let chance = Chance { limitation_on: Some(day("2026-12-01")), ..call() };
        let rank = rank(&chance, day("2026-11-23").and_hms_opt(10, 0, 0).expect("a time"));
        assert_eq!(rank.score, rank.why.iter().map(|one| one.points).sum::<i64>());
        assert_eq!((rank.score, rank.why[0].points), (470, 400));
        assert!(rank.why[0].why.zh.contains("诉讼时效 2026-12-01"), "{:?}", rank.why);
    }

    #[test]
    fn what_a_contact_can_change_goes_up_and_what_it_cannot_goes_down() {
        let plain = score(&call());
        let up = [
            Chance { limitation_on: Some(day("2027-05-01")), ..call() },
            Chance { promise_due: Some(day("2026-11-24")), ..call() },
            Chance { due_on: day("2026-11-20"), ..call() },
            Chance { stage: Some(Stage::Demand), ..call() },
            Chance { asked: Fen::new(2_000_000), ..call() },
            Chance { good_hour: Some(11), ..call() },
            Chance { contacted_on: Some(day("2026-10-01")), ..call() },
            Chance { contacted_on: None, ..call() },
        ];
        assert!(up.iter().all(|one| score(one) > plain), "{plain}: {:?}", up.map(|one| score(&one)));
        let down = [
            Chance { contacted_on: Some(day("2026-11-22")), ..call() },
            Chance { is_reachable: false, ..call() },
            Chance { pays_by_itself: true, ..call() },
            Chance { rests: true, ..call() },
        ];
        assert!(down.iter().all(|one| score(one) < plain), "{plain}: {:?}", down.map(|one| score(&one)));
    }

    #[test]
    fn a_claim_far_from_lapsing_or_lapsed_weighs_nothing() {
        for on in ["2026-11-22", "2027-06-01"] {
            assert_eq!(score(&Chance { limitation_on: Some(day(on)), ..call() }), score(&call()), "{on}");
        }
    }

    #[test]
    fn more_than_the_capacity_does_not_fit_but_desk_work_does() {
        let mut left = Capacity { calls: 2, visits: 1 }.less(Capacity { calls: 1, visits: 3 });
        let taken = [Effort::Call, Effort::Call, Effort::Visit, Effort::Desk].map(|effort| left.take(effort));
        assert_eq!(taken, [true, false, false, true]);
        assert_eq!(left, Capacity { calls: 0, visits: 0 });
    }

    #[test]
    fn the_good_hour_is_the_most_frequent_and_of_several_the_earliest() {
        assert_eq!(find_good_hour(&[10]), None);
        assert_eq!(find_good_hour(&[18, 10, 18]), Some(18));
        assert_eq!(find_good_hour(&[19, 10]), Some(10));
    }
}
