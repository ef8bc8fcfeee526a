//! What a unit pays in a month, and why (试算): line by line, for past and future months alike; nothing is written.
//!
//! It is the calculation of the bill run, by the tariff that is recorded today. What is granted to one payer (减免) is taken off when
//! bills are issued, and is not shown here.

use chrono::NaiveDate;
use hemu_domain::ids::{AccountId, CommunityId, FeeItemId};
use hemu_domain::staff::Permission;
use hemu_domain::tariff::due::BilledAt;
use hemu_domain::tariff::standard::StandardFormula;
use hemu_domain::{Fen, Period, Text, UnitLabel};
use hemu_store::billing::{self, BilledUnit};
use hemu_store::{Tx, registry, tariff};
use serde::Serialize;

use super::cycle::{FeeMonth, cycle_end};
use super::extra::Extra;
use super::find_community;
use super::line::{self, Line};
use super::plan::Tariff;
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
    app.db.read(|tx| answer(tx, community, unit, period))
}

fn answer(tx: &mut Tx<'_>, community: CommunityId, label: &UnitLabel, period: Period) -> Result<UnitAnswer, Refusal> {
    let found = billing::list_units(tx, community)?.into_iter().find(|one| one.label == *label);
    let unit = found.ok_or_else(|| Refusal::not_found("房屋", "unit", label.as_str()))?;
    let tariff = Tariff::load(tx, community)?;
    let clauses = tariff::list_clauses(tx, community)?;
    let clause = |line: &Line| {
        let known = clauses.iter().find(|one| Some(one.id) == line.clause_id);
        known.map(|one| one.number.clone())
    };
    let mut lines: Vec<AnswerLine> = tariff
        .fees_on(unit.id, period.first_day())
        .into_keys()
        .filter_map(|item| tariff.month(unit.id, item, period))
        .map(|month| of_month(&tariff, &unit, &month, clause))
        .collect();
    let accounts: Vec<AccountId> =
        registry::list_accounts_of_unit(tx, community, unit.id)?.into_iter().map(|account| account.id).collect();
    let extra = Extra::load(tx, community, period)?;
    lines.extend(extra.of_unit(unit.id, &accounts).map(|line| besides(&tariff, line, period)));
    Ok(UnitAnswer {
        total: lines.iter().filter_map(|line| line.amount).sum(),
        refused: lines.iter().filter(|line| line.problem.is_some()).count(),
        unit: unit.label,
        period,
        lines,
    })
}

fn of_month(
    tariff: &Tariff,
    unit: &BilledUnit,
    month: &FeeMonth<'_>,
    clause: impl Fn(&Line) -> Option<String>,
) -> AnswerLine {
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
        Ok(line) => AnswerLine {
            clause: clause(&line),
            calculation: Some(line.explanation.formula()),
            basis: Some(line.explanation.basis.clone()),
            amount: Some(line.amount),
            ..known
        },
        Err(problem) => AnswerLine { problem: Some(problem), ..known },
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
