//! What a unit pays in a month, and why (试算): line by line, for past and future months alike; nothing is written.
//!
//! It is the calculation of the bill run, by the tariff that is recorded today: the same payers (owner, tenant by agreement,
//! developer before handover), the same days where a handover splits the month, and what is granted to a payer (减免) taken off.

mod payers;

use chrono::NaiveDate;
use hemu_domain::ids::{CommunityId, FeeItemId};
use hemu_domain::staff::Permission;
use hemu_domain::tariff::due::BilledAt;
use hemu_domain::tariff::standard::StandardFormula;
use hemu_domain::{Fen, Period, Text, UnitLabel};
use hemu_store::billing::{self, BilledUnit};
use hemu_store::{Tx, tariff};
use serde::Serialize;

use self::payers::Payers;
use super::cycle::{FeeMonth, cycle_end};
use super::extra::Extra;
use super::find_community;
use super::line::{self, Line};
use super::tariff::Tariff;
use crate::{Actor, App, Refusal};

/// What a unit pays in a month.
#[derive(Clone, Debug, Serialize)]
pub struct UnitAnswer {
    /// The unit.
    pub unit: UnitLabel,
    /// The month.
    pub period: Period,
    /// Line by line.
    pub lines: Vec<AnswerLine>,
    /// What the lines come to.
    pub total: Fen,
    /// What of it is to be paid: reductions taken off, months paid ahead left out.
    pub to_pay: Fen,
    /// Lines that cannot be computed.
    pub refused: usize,
}

/// A line, with all that it follows from.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AnswerLine {
    /// The fee item.
    pub item: String,
    /// The fee standard; empty for what is ordered or measured.
    pub standard: String,
    /// How it charges.
    pub formula: Option<Text>,
    /// The calculation with its factors; `None` when it cannot be done.
    pub calculation: Option<String>,
    /// Contract, price list or order it rests on.
    pub basis: Option<String>,
    /// The clause, such as 第八条.
    pub clause: Option<String>,
    /// Since when the price holds.
    pub price_from: Option<NaiveDate>,
    /// What the month comes to.
    pub amount: Option<Fen>,
    /// The month whose bill it is on.
    pub billed_in: Option<Period>,
    /// How many months that bill covers at most.
    pub cycle_months: u32,
    /// When it is due.
    pub due_on: Option<NaiveDate>,
    /// Why it cannot be computed, and what to do.
    pub problem: Option<String>,
    /// Who pays it, masked where the role asks for it; `None` where nobody does.
    pub payer: Option<String>,
    /// `owner`, `tenant` or `developer`.
    pub payer_role: Option<&'static str>,
    /// What is taken off for that payer.
    pub reductions: Vec<AnswerReduction>,
    /// What is left to pay; `None` where no bill has it.
    pub to_pay: Option<Fen>,
    /// The payer had paid through this month before bills were issued here, so no bill has it.
    pub paid_through: Option<Period>,
}

/// What a bill run takes off a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AnswerReduction {
    /// Vacancy or promotion.
    pub kind: Text,
    /// Why.
    pub reason: String,
    /// How much.
    pub amount: Fen,
}

/// What a unit pays in a month, and why.
///
/// # Errors
/// [`Refusal::NotFound`] for an unknown community or unit.
pub fn explain_unit(
    app: &App,
    actor: &Actor,
    community: &str,
    (unit, period): (&UnitLabel, Period),
) -> Result<UnitAnswer, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    app.db.read(|tx| answer(tx, actor, community, (unit, period)))
}

fn answer(
    tx: &mut Tx<'_>,
    actor: &Actor,
    community: CommunityId,
    (label, period): (&UnitLabel, Period),
) -> Result<UnitAnswer, Refusal> {
    let found = billing::list_units(tx, community)?.into_iter().find(|one| one.label == *label);
    let unit = found.ok_or_else(|| Refusal::not_found("房屋", "unit", label.as_str()))?;
    let tariff = Tariff::load(tx, community)?;
    let clauses = tariff::list_clauses(tx, community)?;
    let clause = |line: &Line| {
        let known = clauses.iter().find(|one| Some(one.id) == line.clause_id);
        known.map(|one| one.number.clone())
    };
    let extra = Extra::load(tx, community, period)?;
    let payers = Payers::load(tx, actor, community, (&unit, period))?;
    let mut lines: Vec<AnswerLine> = Vec::new();
    for item in tariff.fees_on(unit.id, period.first_day()).into_keys() {
        if let Some(month) = tariff.month(unit.id, item, period) {
            lines.extend(payers.of_month(&tariff, &month, &clause));
        }
    }
    lines.extend(payers.besides(&tariff, &extra, period));
    Ok(UnitAnswer {
        total: lines.iter().filter_map(|line| line.amount).sum(),
        to_pay: lines.iter().filter_map(|line| line.to_pay).sum(),
        refused: lines.iter().filter(|line| line.problem.is_some()).count(),
        unit: unit.label,
        period,
        lines,
    })
}

/// The line of a month of a fee, and what the bill would have.
fn of_month(
    tariff: &Tariff,
    unit: &BilledUnit,
    month: &FeeMonth<'_>,
    clause: &impl Fn(&Line) -> Option<String>,
) -> (AnswerLine, Option<Line>) {
    let item: FeeItemId = month.standard.fee_item_id;
    let billed_in = billed_in(tariff, month);
    let due_on = line::due_on(&[FeeMonth { month: billed_in, ..*month }], billed_in);
    let known = AnswerLine {
        item: tariff.names.get(&item).cloned().unwrap_or_default(),
        standard: month.standard.name.clone(),
        formula: StandardFormula::parse(&month.standard.formula).ok().map(StandardFormula::label),
        price_from: month.price.map(|price| price.valid_from),
        billed_in: Some(billed_in),
        cycle_months: month.contract.cycle_months,
        due_on,
        ..AnswerLine::default()
    };
    match line::line(unit, item, &[*month], due_on.unwrap_or(month.month.last_day())) {
        Ok(line) => {
            let answer = AnswerLine {
                clause: clause(&line),
                calculation: Some(line.explanation.formula()),
                basis: Some(line.explanation.basis.clone()),
                amount: Some(line.amount),
                ..known
            };
            (answer, Some(line))
        }
        Err(problem) => (AnswerLine { problem: Some(problem), ..known }, None),
    }
}

/// The bill a month of a fee is on, when it runs from the start of its cycle.
fn billed_in(tariff: &Tariff, one: &FeeMonth<'_>) -> Period {
    match one.contract.billed_at {
        BilledAt::CycleEnd => tariff.billed_in_arrears(one),
        BilledAt::CycleStart => {
            let end = cycle_end(one.month, one.contract.cycle_months);
            let first = (1..one.contract.cycle_months.max(1)).fold(end, |month, _| month.previous());
            first.max(Period::of(one.contract.starts_on))
        }
    }
}

/// A line besides monthly fees.
fn besides(tariff: &Tariff, line: &Line, period: Period) -> AnswerLine {
    AnswerLine {
        item: tariff.names.get(&line.fee_item_id).cloned().unwrap_or_default(),
        calculation: Some(line.explanation.formula()),
        basis: Some(line.explanation.basis.clone()),
        amount: Some(line.amount),
        billed_in: Some(period),
        cycle_months: 1,
        due_on: Some(line.due_on),
        ..AnswerLine::default()
    }
}
