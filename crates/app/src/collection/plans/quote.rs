//! What a plan would be: what is owed, what of it is in the plan, the dates, what the late fee does, what happens on default. The offer is
//! drawn by the same function as the quote, so they cannot differ; the quote writes nothing.

use chrono::NaiveDate;
use hemu_domain::arrears::age::months_after;
use hemu_domain::collection::plan::{Every, Instalment, PlanError, PlanLine, PlanTerms, check_schedule, spread};
use hemu_domain::ids::{CaseId, ChargeId, CommunityId, PartyId};
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Text};
use hemu_store::Tx;
use hemu_store::collection::case::{self, CaseRow};
use hemu_store::collection::case_page::list_accounts;
use hemu_store::collection::work::PlanRow;
use serde::Serialize;

use super::{lines_of, needs_second_person, schedule_of, terms_of};
use crate::collection::promises::check_channel;
use crate::collection::snapshot;
use crate::collection::versions::in_force_on;
use crate::ledger::{Position, positions};
use crate::tariff::Contracts;
use crate::{Actor, App, Refusal};

/// The most parts of a plan: two years of months.
const MOST_PARTS: usize = 24;
/// The last day of a plan lies within so many months: a claim that is not acknowledged again would lapse after them (民法典 188).
const MOST_MONTHS: u32 = 36;
/// So many missed instalments can be agreed as a default at most.
const MOST_MISSES: i64 = 6;

/// A plan somebody asks for.
#[derive(Clone, Debug)]
pub struct PlanRequest {
    /// The community.
    pub community: CommunityId,
    /// The case.
    pub case: CaseId,
    /// The charges; all that is overdue and not in dispute where none is named.
    pub charges: Vec<ChargeId>,
    /// Whether the late fee up to today is part of the plan.
    pub with_late_fee: bool,
    /// Whether no late fee runs on while the plan is kept.
    pub late_fee_rests: bool,
    /// The dates.
    pub schedule: Schedule,
    /// So many missed instalments are a default; as the policy says where left out.
    pub misses: Option<i64>,
    /// How the owner agreed, where the owner did on the spot.
    pub agreed: Option<String>,
}

/// How the sum is laid out.
#[derive(Clone, Debug)]
pub enum Schedule {
    /// In equal parts.
    Even {
        /// How many.
        parts: u32,
        /// The day of the first.
        first_due_on: NaiveDate,
        /// The time between them.
        every: Every,
    },
    /// As somebody wrote it down.
    Rows(Vec<Instalment>),
}

impl PlanRequest {
    /// Everything overdue in equal monthly parts, agreed to at the counter.
    #[must_use]
    pub fn monthly(community: CommunityId, case: CaseId, parts: u32, first_due_on: NaiveDate) -> Self {
        Self {
            community,
            case,
            charges: Vec::new(),
            with_late_fee: false,
            late_fee_rests: false,
            schedule: Schedule::Even { parts, first_due_on, every: Every::Months(1) },
            misses: None,
            agreed: Some("counter".to_owned()),
        }
    }
}

/// What a plan would be.
#[derive(Clone, Debug, Serialize)]
pub struct PlanQuote {
    /// The charges, with their own due dates, oldest first.
    pub lines: Vec<PlanLine>,
    /// Their open principal.
    pub principal: Fen,
    /// Their late fee up to today.
    pub late_fee: Fen,
    /// What of it is in the plan.
    pub late_fee_in_plan: Fen,
    /// The sum of the plan.
    pub total: Fen,
    /// The parts.
    pub schedule: Vec<Instalment>,
    /// The last day.
    pub last_day: NaiveDate,
    /// What is agreed beside the dates.
    pub terms: PlanTerms,
    /// The last day to agree to it.
    pub lapses_on: NaiveDate,
    /// Whether a second person has to approve it.
    pub needs_second_person: bool,
    /// What it means, in sentences for the owner.
    pub says: Vec<Text>,
}

/// What a plan is drawn from, and how it comes out.
pub(super) struct Drawn {
    pub(super) lines: Vec<PlanLine>,
    pub(super) late_fee: Fen,
    pub(super) schedule: Vec<Instalment>,
    pub(super) terms: PlanTerms,
    pub(super) lapses_on: NaiveDate,
    drawn_on: NaiveDate,
    needs_second_person: bool,
    cool_off_days: i64,
}

impl Drawn {
    pub(super) fn total(&self) -> Fen {
        sum_of(&self.lines)
    }
}

fn sum_of(lines: &[PlanLine]) -> Fen {
    lines.iter().map(|line| line.open + line.late_fee).sum()
}

/// What a plan would be; writes nothing.
///
/// # Errors
/// As for an offer.
pub fn quote_plan(app: &App, actor: &Actor, request: &PlanRequest) -> Result<PlanQuote, Refusal> {
    actor.require(Permission::WorkCases, request.community)?;
    if let Some(channel) = &request.agreed {
        check_channel(channel)?;
    }
    app.db.read(|tx| {
        let found = case::find(tx, request.community, request.case)?;
        let case = found.ok_or_else(|| Refusal::not_found("案件", "case", ""))?;
        Ok(quote_of(draw(tx, app, request, &case)?))
    })
}

fn quote_of(drawn: Drawn) -> PlanQuote {
    PlanQuote {
        says: says(&drawn),
        principal: drawn.lines.iter().map(|line| line.open).sum(),
        late_fee_in_plan: drawn.lines.iter().map(|line| line.late_fee).sum(),
        total: drawn.total(),
        last_day: drawn.schedule.last().map_or(drawn.lapses_on, |one| one.due_on),
        late_fee: drawn.late_fee,
        terms: drawn.terms,
        lapses_on: drawn.lapses_on,
        needs_second_person: drawn.needs_second_person,
        schedule: drawn.schedule,
        lines: drawn.lines,
    }
}

/// Draws a plan from what the case owes today and the policy in force.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming what cannot be; [`Refusal::Conflict`] when nothing is overdue.
pub(super) fn draw(tx: &mut Tx<'_>, app: &App, request: &PlanRequest, case: &CaseRow) -> Result<Drawn, Refusal> {
    let policy = in_force_on(tx, app.today())?;
    let misses = request.misses.unwrap_or(policy.plan_misses);
    if !(1..=MOST_MISSES).contains(&misses) {
        let zh = format!("逾期期数应为 1 到 {MOST_MISSES}");
        return Err(Refusal::invalid("misses", zh, format!("1 to {MOST_MISSES} missed instalments are a default")));
    }
    let (lines, late_fee) = lines(tx, app, request, case)?;
    let total = sum_of(&lines);
    let schedule = lay_out(app, &request.schedule, total)?;
    let first = schedule.first().map_or(app.today(), |one| one.due_on);
    let terms = PlanTerms { grace_days: policy.plan_grace_days, late_fee_rests: request.late_fee_rests, misses };
    Ok(Drawn {
        lapses_on: hemu_domain::collection::promise::offer_lapses_on(app.today(), policy.offer_days, first),
        drawn_on: app.today(),
        needs_second_person: needs_second_person(policy.plan_approval_above, total),
        cool_off_days: policy.cool_off_days,
        lines,
        late_fee,
        schedule,
        terms,
    })
}

/// The charges of the plan with their late fee up to today; a payer has a handful of accounts.
fn lines(tx: &mut Tx<'_>, app: &App, request: &PlanRequest, case: &CaseRow) -> Result<(Vec<PlanLine>, Fen), Refusal> {
    let (community, today) = (request.community, app.today());
    let disputed = snapshot::one_case(tx, community, case.id, today)?.disputed;
    let contracts = Contracts::load(tx, community)?;
    let (mut lines, mut late_fees) = (Vec::new(), Fen::ZERO);
    for account in list_accounts(tx, community, case.party_id)? {
        for position in positions(tx, community, account.id, today, &contracts)? {
            let (late_fee, charge) = (position.late_fee(), position.charge);
            let wanted = request.charges.is_empty() || request.charges.contains(&charge.id);
            if !wanted || charge.due_on >= today || !charge.open.is_positive() || disputed.contains_key(&charge.id) {
                continue;
            }
            late_fees += late_fee;
            lines.push(PlanLine {
                charge: charge.id,
                unit: charge.unit,
                item: charge.item,
                period: charge.period,
                due_on: charge.due_on,
                open: charge.open,
                late_fee: if request.with_late_fee { late_fee } else { Fen::ZERO },
            });
        }
    }
    if lines.is_empty() {
        return Err(Refusal::conflict("没有逾期且无争议的欠费可以分期", "nothing is overdue and undisputed"));
    }
    if lines.len() < request.charges.len() {
        let zh = "所选账单中有未到期、已缴清或有争议的，请重新选择";
        return Err(Refusal::invalid("charges", zh, "a charge is not overdue, paid, or in dispute: choose again"));
    }
    lines.sort_by_key(|one| (one.due_on, one.period));
    Ok((lines, late_fees))
}

fn lay_out(app: &App, schedule: &Schedule, total: Fen) -> Result<Vec<Instalment>, Refusal> {
    let parts = match schedule {
        Schedule::Even { parts, first_due_on, every } => {
            check_count(usize::try_from(*parts).unwrap_or(usize::MAX))?;
            spread(total, *parts, (*first_due_on, *every)).map_err(|error| wrong(error, total))?
        }
        Schedule::Rows(rows) => {
            check_count(rows.len())?;
            check_schedule(total, rows).map_err(|error| wrong(error, total))?;
            rows.clone()
        }
    };
    let (first, last) = (parts.first().map(|one| one.due_on), parts.last().map(|one| one.due_on));
    if first.is_none_or(|day| day <= app.today()) {
        return Err(Refusal::invalid("first_due_on", "第一期日期应晚于今天", "the first part is due after today"));
    }
    let latest = months_after(app.today(), MOST_MONTHS);
    if last.is_some_and(|day| day > latest) {
        let zh = format!("最后一期不能晚于 {latest}（{MOST_MONTHS} 个月内）");
        return Err(Refusal::invalid("first_due_on", zh, format!("the last part is due by {latest}")));
    }
    Ok(parts)
}

fn check_count(parts: usize) -> Result<(), Refusal> {
    if (2..=MOST_PARTS).contains(&parts) {
        return Ok(());
    }
    let zh = format!("分期应为 2 到 {MOST_PARTS} 期");
    Err(Refusal::invalid("parts", zh, format!("a plan has 2 to {MOST_PARTS} parts")))
}

fn wrong(error: PlanError, total: Fen) -> Refusal {
    let zh = match error {
        PlanError::NoParts => format!("金额 {total} 元无法这样分期，每期须大于零"),
        PlanError::WrongSum { sum, total } => format!("各期合计 {sum} 元，应为 {total} 元"),
        PlanError::NotInOrder(day) => format!("{day} 的一期不晚于前一期，请按日期先后填写"),
    };
    Refusal::invalid("schedule", zh, error.to_string())
}

/// What an offered plan means, in the sentences of its quote: as of the day it was offered, so that they are the same each time.
///
/// # Errors
/// When the database refuses.
pub(in crate::collection) fn says_of_offer(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (plan, party): (&PlanRow, PartyId),
) -> Result<Vec<Text>, Refusal> {
    let (lines, contracts) = (lines_of(plan)?, Contracts::load(tx, community)?);
    let mut late_fee = Fen::ZERO;
    for account in list_accounts(tx, community, party)? {
        let positions = positions(tx, community, account.id, plan.offered_on, &contracts)?;
        let in_plan = positions.iter().filter(|one| lines.iter().any(|line| line.charge == one.charge.id));
        late_fee += in_plan.map(Position::late_fee).sum::<Fen>();
    }
    let policy = in_force_on(tx, plan.offered_on)?;
    Ok(says(&Drawn {
        lines,
        late_fee,
        schedule: schedule_of(plan)?,
        terms: terms_of(plan)?,
        lapses_on: plan.lapses_on,
        drawn_on: plan.offered_on,
        needs_second_person: needs_second_person(policy.plan_approval_above, plan.total_fen),
        cool_off_days: policy.cool_off_days,
    }))
}

fn says(drawn: &Drawn) -> Vec<Text> {
    let (total, parts) = (drawn.total().grouped(), drawn.schedule.len());
    let last = drawn.schedule.last().map(|one| one.due_on.to_string()).unwrap_or_default();
    let PlanTerms { grace_days, misses, .. } = drawn.terms;
    let rest = drawn.cool_off_days;
    let mut says = vec![Text::new(
        format!("共 {total} 元，分 {parts} 期，{last} 前付清；各笔费用的原到期日不变"),
        format!("{total} yuan in {parts} parts, paid off by {last}; every charge keeps its own due date"),
    )];
    says.extend(says_of_late_fee(drawn));
    says.push(Text::new(
        format!("按期履行的，不再催缴分期内的费用；有 {misses} 期逾期未付，经通知后 {grace_days} 天仍未付清的，分期终止"),
        format!("while it is kept nobody asks for what is in it; it ends when {misses} instalment(s) are missed and still unpaid {grace_days} days after a notice"),
    ));
    says.push(Text::new(
        format!("在终止前补缴逾期部分的，分期继续；终止后 {rest} 天内不联系，其后按原到期日继续催缴未付部分"),
        format!("paying what was missed before that, the plan goes on; after its end nobody makes contact for {rest} days, then the rest is asked for by its own due dates"),
    ));
    says.push(Text::new(
        "业主同意分期即承认分期内的欠费，诉讼时效自同意之日起重新计算（民法典 195）",
        "by agreeing the owner acknowledges the debt of the plan; limitation runs anew from that day (民法典 195)",
    ));
    says
}

fn says_of_late_fee(drawn: &Drawn) -> Option<Text> {
    let (fee, day) = (drawn.late_fee.grouped(), drawn.drawn_on);
    let in_plan = drawn.lines.iter().any(|line| line.late_fee.is_positive());
    let (so_far_zh, so_far_en) = match (drawn.late_fee.is_positive(), in_plan) {
        (false, _) => (String::new(), String::new()),
        (true, true) => (
            format!("截至 {day} 的违约金 {fee} 元计入分期；"),
            format!("the late fee of {fee} up to {day} is in the plan; "),
        ),
        (true, false) => (
            format!("截至 {day} 的违约金 {fee} 元不在分期内，仍需缴纳，减免须另行申请审批；"),
            format!(
                "the late fee of {fee} up to {day} is not in the plan and stays owed; only a waiver that is approved lets it off; "
            ),
        ),
    };
    let (on_zh, on_en) = if drawn.terms.late_fee_rests {
        ("履行期间不计违约金", "no late fee runs while the plan is kept")
    } else {
        ("履行期间违约金照合同约定计算", "a late fee of the contract runs on meanwhile")
    };
    Some(Text::new(format!("{so_far_zh}{on_zh}"), format!("{so_far_en}{on_en}")))
}
