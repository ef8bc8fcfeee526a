//! What is agreed with an owner, as it is typed: a promise, a plan.

use hemu_app::Refusal;
use hemu_app::collection::offers::Offer;
use hemu_app::collection::plans::{PlanRequest, Schedule};
use hemu_app::collection::promises::PromiseAct;
use hemu_domain::Fen;
use hemu_domain::collection::plan::{Every, Instalment};
use hemu_domain::ids::{CaseId, CommunityId};

use super::charges;
use crate::fields::Fields;

/// A plan of instalments: equal parts, or rows written down as `2026-12-15 500.00`, one a line.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the field.
pub fn plan(fields: &Fields, community: CommunityId, case: CaseId) -> Result<PlanRequest, Refusal> {
    let rows = fields.text("schedule").trim();
    let schedule = if rows.is_empty() {
        Schedule::Even {
            parts: fields.required(("parts", "期数"), str::parse::<u32>)?,
            first_due_on: fields.day("first_due_on", "第一期日期")?,
            every: fields.optional(("every", "间隔"), every)?.unwrap_or(Every::Months(1)),
        }
    } else {
        Schedule::Rows(rows.lines().filter(|line| !line.trim().is_empty()).map(instalment).collect::<Result<_, _>>()?)
    };
    Ok(PlanRequest {
        community,
        case,
        charges: charges(fields.all("charge").chain(fields.all("charges")))?,
        with_late_fee: fields.is_ticked("with_late_fee"),
        late_fee_rests: fields.is_ticked("late_fee_rests"),
        schedule,
        misses: fields.optional(("misses", "逾期期数"), str::parse::<i64>)?,
        agreed: Some(fields.text("agreed").to_owned()).filter(|word| !word.is_empty()),
    })
}

/// `month`, or a number of days.
fn every(text: &str) -> Result<Every, String> {
    match text {
        "month" => Ok(Every::Months(1)),
        days => {
            days.parse().ok().filter(|days| (1..=366).contains(days)).map(Every::Days).ok_or_else(|| text.to_owned())
        }
    }
}

fn instalment(line: &str) -> Result<Instalment, Refusal> {
    let wrong = || {
        let zh = format!("“{}”应写成“2026-12-15 500.00”：日期、空格、金额", line.trim());
        Refusal::invalid("schedule", zh, format!("'{}' should be a day and an amount: 2026-12-15 500.00", line.trim()))
    };
    let (day, amount) = line.trim().split_once([' ', '\t', ',', '，']).ok_or_else(wrong)?;
    let due_on = day.trim().parse().map_err(|_| wrong())?;
    let amount = Fen::parse(&amount.trim().replace([',', '，'], "")).map_err(|_| wrong())?;
    Ok(Instalment { due_on, amount })
}

/// The offer a link is asked for.
///
/// # Errors
/// [`Refusal::InvalidInput`] when it names none.
pub fn offer(fields: &Fields) -> Result<Offer, Refusal> {
    Offer::parse(fields.text("kind"), fields.text("offer")).ok_or_else(|| {
        Refusal::invalid(
            "offer",
            "请选择要发给业主的承诺或分期方案",
            "name a promise or a plan (`promise`, `plan`) by its id",
        )
    })
}

/// What becomes of an offer or a promise.
///
/// # Errors
/// [`Refusal::InvalidInput`] when it is neither agreed to nor taken back.
pub fn promise_act(fields: &Fields) -> Result<PromiseAct, Refusal> {
    match fields.text("decision") {
        "accept" => Ok(PromiseAct::Accept(fields.text("channel").to_owned())),
        "withdraw" => Ok(PromiseAct::Withdraw(fields.text("reason").to_owned())),
        _ => Err(Refusal::invalid("decision", "请选择业主同意或撤回", "choose `accept` or `withdraw`")),
    }
}
