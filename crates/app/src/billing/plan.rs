//! The plan of a bill run: which account is charged what, and what looks wrong; computed before anything is written.

use std::collections::{BTreeSet, HashMap};

use hemu_domain::billing::Explanation;
use hemu_domain::ids::{AccountId, BillId, CommunityId, FeeItemId, UnitId};
use hemu_domain::registry::unit::UnitKind;
use hemu_domain::{Fen, Period, UnitLabel};
use hemu_store::billing::BilledUnit;
use hemu_store::registry::{self, AccountRow};
use hemu_store::{Tx, billing, community};

use super::covered::Covered;
use super::cycle::FeeMonth;
use super::extra::{Extra, For};
use super::line::{self, Line};
use super::span::{Handovers, NOBODY_PAYS, Span};
use super::tariff::Tariff;
use super::{BillFinding, BillReport, RefusedUnit};

use crate::Refusal;
use crate::reductions::load_rules;

/// A month that differs from the last by more than a fifth is shown.
const JUMP_PERCENT: i64 = 20;

/// What a run will do.
pub struct Plan {
    /// The bills, by unit.
    pub drafts: Vec<Draft>,
    /// The last fact of the community that the plan knows.
    pub watermark: i64,
    /// Whatever is charged for these months may keep a line off a bill.
    pub months: (Period, Period),
    already: i64,
    refused: Vec<RefusedUnit>,
    findings: Vec<BillFinding>,
}

/// What each account was charged for an item the month before, and why.
type LastAmounts = HashMap<(AccountId, FeeItemId), (Fen, Explanation)>;

/// The bill of one account.
pub struct Draft {
    /// The account.
    pub account_id: AccountId,
    /// The unit.
    pub unit_id: UnitId,
    /// The unit's label.
    pub unit: UnitLabel,
    /// Which payer of the unit this is, the first being 1.
    pub payer_no: usize,
    /// The bill that is there and lacks these lines.
    pub bill: Option<BillId>,
    /// What to charge.
    pub lines: Vec<Line>,
}

impl Draft {
    /// The sum of its lines.
    pub fn total(&self) -> Fen {
        self.lines.iter().map(|line| line.amount).sum()
    }
}

impl Plan {
    /// Reads a community and computes its bills of a month.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn load(tx: &mut Tx<'_>, community: CommunityId, period: Period) -> Result<Self, Refusal> {
        // First: whatever is recorded while the rest is read makes the run look again before it writes.
        let watermark = community::watermark(tx, community)?;
        let tariff = Tariff::load(tx, community)?;
        let extra = Extra::load(tx, community, period)?;
        // Contracts may have changed their cycle; every one that was ever in force is there.
        let (first, last) = tariff.window(period);
        let first = (1..tariff.terms.longest_cycle()).fold(first, |month, _| month.previous());
        let months = (extra.first_month().map_or(first, |month| month.min(first)), last);
        let covered = Covered::load(tx, community, months)?;
        let handovers = Handovers::new(load_rules(tx, community)?.handover, billing::list_handovers(tx, community)?);
        let last: LastAmounts = billing::list_amounts(tx, community, period.previous())?
            .into_iter()
            .filter_map(|(account, item, amount, why)| Some(((account, item), (amount, why?))))
            .collect();
        let bills: HashMap<AccountId, BillId> = billing::list_bills_of_period(tx, community, period)?
            .into_iter()
            .map(|(bill, account, _)| (account, bill))
            .collect();
        let units: HashMap<UnitId, BilledUnit> =
            billing::list_units(tx, community)?.into_iter().map(|unit| (unit.id, unit)).collect();
        let plan =
            Self { months, watermark, drafts: Vec::new(), already: 0, refused: Vec::new(), findings: Vec::new() };
        let accounts = registry::list_accounts(tx, community)?;
        let payer_nos = payer_nos(&accounts);
        let mut planner = Planner {
            period,
            first_month: tariff.window(period).0,
            tariff: &tariff,
            covered: &covered,
            last: &last,
            handovers: &handovers,
            extra: &extra,
            payer_nos,
            plan,
        };
        for account in accounts {
            planner.add(&account, &units[&account.unit_id], bills.get(&account.id).copied());
        }
        let mut plan = planner.plan;
        plan.drafts.sort_by(|a, b| (&a.unit, a.account_id).cmp(&(&b.unit, b.account_id)));
        plan.refused.sort_by(|a, b| (&a.unit, &a.item).cmp(&(&b.unit, &b.item)));
        plan.findings.sort_by(|a, b| a.unit.cmp(&b.unit));
        Ok(plan)
    }

    /// The report before anything is written.
    pub fn report(&self) -> BillReport {
        BillReport {
            already: self.already,
            refused: self.refused.clone(),
            findings: self.findings.clone(),
            ..BillReport::default()
        }
    }
}

/// The number of each payer among those of the unit, in the order in which they came; the first ones are left out.
pub(super) fn payer_nos(accounts: &[AccountRow]) -> HashMap<AccountId, usize> {
    let mut of_unit: HashMap<UnitId, BTreeSet<AccountId>> = HashMap::new();
    for account in accounts {
        of_unit.entry(account.unit_id).or_default().insert(account.id);
    }
    of_unit.into_values().flat_map(|ids| ids.into_iter().enumerate().skip(1).map(|(i, id)| (id, i + 1))).collect()
}

struct Planner<'a> {
    period: Period,
    /// The first month a bill of the period may cover: an earlier one, where fees are paid in arrears.
    first_month: Period,
    tariff: &'a Tariff,
    covered: &'a Covered,
    last: &'a LastAmounts,
    handovers: &'a Handovers,
    extra: &'a Extra,
    payer_nos: HashMap<AccountId, usize>,
    plan: Plan,
}

/// What a fee of an account comes to.
#[derive(Clone)]
enum Outcome {
    Charge(Line),
    Already,
    NotDue,
}

impl Planner<'_> {
    fn add(&mut self, account: &AccountRow, unit: &BilledUnit, bill: Option<BillId>) {
        let span = self.handovers.months_of(account);
        let items = self.tariff.items(unit.id, self.period);
        if self.handovers.nobody_pays(account, unit, self.period) {
            self.refuse(unit, None, NOBODY_PAYS.to_owned());
            return;
        }
        if span.is_empty() || span.ends_before(self.first_month) || self.handovers.developer_still_pays(account, unit) {
            // What was ordered is owed by whoever ordered it, also after the unit is somebody else's.
            let held = (!self.handovers.developer_still_pays(account, unit)).then_some(span);
            let ordered = self.extra((account, held), unit);
            self.settle(account, unit, bill, ordered);
            return;
        }
        let pays_now = !span.ends_before(self.period);
        let ready = self.extra((account, Some(span)), unit);
        if items.is_empty() && unit.kind != UnitKind::Parking && pays_now && ready.is_empty() {
            self.refuse(unit, None, "没有收费标准，请先设置 / no fee standard: set one".to_owned());
        }
        let mut outcomes = Vec::new();
        for item in items {
            // A line that cannot be computed is named and left out; it takes no other line with it.
            match self.fee((account, span), unit, item) {
                Ok(lines) => outcomes.extend(lines),
                Err(problem) => self.refuse(unit, Some(item), problem),
            }
        }
        outcomes.extend(ready);
        self.settle(account, unit, bill, outcomes);
    }

    fn refuse(&mut self, unit: &BilledUnit, item: Option<FeeItemId>, problem: String) {
        let item = item.map(|item| self.tariff.names.get(&item).cloned().unwrap_or_default());
        self.plan.refused.push(RefusedUnit { unit: unit.label.clone(), item, problem });
    }

    /// What is charged besides monthly fees, as far as it is not on a bill yet: each by whoever pays for its month. In a month that a
    /// handover splits by days it is the owner: a usage or a share is not split.
    fn extra(&self, (account, span): (&AccountRow, Option<Span>), unit: &BilledUnit) -> Vec<Outcome> {
        let outcome = |line: &Line| {
            if self.covered.covers(unit.id, line) { Outcome::Already } else { Outcome::Charge(line.clone()) }
        };
        let leaves = |line: &Line| self.handovers.days_of(account, line.period).is_some_and(|days| days.rest);
        let is_theirs = |(whom, line): &(For, &Line)| {
            *whom == For::Account(account.id) || span.is_some_and(|span| span.holds(line.period) && !leaves(line))
        };
        self.extra.lines(account.id, unit.id).filter(is_theirs).map(|(_, line)| outcome(line)).collect()
    }

    fn settle(&mut self, account: &AccountRow, unit: &BilledUnit, bill: Option<BillId>, outcomes: Vec<Outcome>) {
        let already = bill.is_some() || outcomes.iter().any(|outcome| matches!(outcome, Outcome::Already));
        let lines: Vec<Line> = outcomes
            .into_iter()
            .filter_map(|outcome| match outcome {
                Outcome::Charge(line) => Some(line),
                Outcome::Already | Outcome::NotDue => None,
            })
            .collect();
        if lines.is_empty() {
            self.plan.already += i64::from(already);
        } else {
            self.plan.drafts.push(Draft {
                account_id: account.id,
                unit_id: unit.id,
                unit: unit.label.clone(),
                payer_no: self.payer_nos.get(&account.id).copied().unwrap_or(1),
                bill,
                lines,
            });
        }
    }

    fn fee(
        &mut self,
        (account, span): (&AccountRow, Span),
        unit: &BilledUnit,
        item: FeeItemId,
    ) -> Result<Vec<Outcome>, String> {
        let paid_through = Period::parse(&account.paid_through).ok();
        let span = span.and(Span { from: paid_through.map(Period::next), until: None });
        let tariff = self.tariff;
        let mut months: Vec<FeeMonth> =
            tariff.cycle(unit.id, item, self.period).into_iter().filter(|one| span.holds(one.month)).collect();
        for one in &mut months {
            one.days = self.handovers.days_of(account, one.month);
        }
        let Some(first) = months.first() else { return Ok(vec![Outcome::NotDue]) };
        // Months that were charged before, to whomever, are not charged again.
        let free = |one: &FeeMonth| !self.covered.has(unit.id, item, one);
        if !free(first) && first.month == self.period {
            return Ok(vec![Outcome::Already]);
        }
        let Some(start) = months.iter().position(free) else { return Ok(vec![Outcome::Already]) };
        let first = &months[start];
        let in_a_row = first.month.up_to(months[months.len() - 1].month);
        let run: Vec<FeeMonth> = months[start..]
            .iter()
            .zip(in_a_row)
            .take_while(|(one, month)| one.month == *month && free(one))
            .map(|(one, _)| *one)
            .collect();
        if tariff.standards_on(unit.id, item, first.month.first_day()).count() > 1 {
            let problem = "同一天有两个收费标准，请先结束其中一个 / two standards on one day: end one of them";
            return Err(problem.to_owned());
        }
        let Some(due_on) = line::due_on(&run, self.period) else { return Ok(vec![Outcome::NotDue]) };
        let lines: Result<Vec<Line>, String> =
            run.chunk_by(FeeMonth::goes_with).map(|part| line::line(unit, item, part, due_on)).collect();
        let lines = lines?;
        if first.standard.unit_kind.is_some_and(|kind| kind != unit.kind) {
            let (is, name) = (unit.kind.label(), &first.standard.name);
            let detail = format!("{}按“{name}”收费，请核对 / a {} pays by '{name}': check it", is.zh, is.en);
            self.plan.findings.push(BillFinding { unit: unit.label.clone(), kind: "other_kind", detail });
        }
        self.compare(account, unit, item, &lines);
        let outcome = |line: Line| if line.amount.is_zero() { Outcome::NotDue } else { Outcome::Charge(line) };
        Ok(lines.into_iter().map(outcome).collect())
    }

    /// Checks before a bill (C1): zero, a changed standard, a jump against the month before.
    fn compare(&mut self, account: &AccountRow, unit: &BilledUnit, item: FeeItemId, lines: &[Line]) {
        let amount: Fen = lines.iter().map(|line| line.amount).sum();
        let mut find = |kind: &'static str, detail: String| {
            self.plan.findings.push(BillFinding { unit: unit.label.clone(), kind, detail });
        };
        if lines.iter().any(|line| line.amount.is_zero()) {
            find("zero", "金额为零，未出账 / comes to zero: not billed".to_owned());
        }
        let Some((before, then)) = self.last.get(&(account.id, item)) else { return };
        let Some(now) = lines.last().map(|line| &line.explanation) else { return };
        let of = |explanation: &Explanation| explanation.as_monthly().map(|fee| ((fee.price, fee.fixed), fee.area));
        match (of(then), of(now)) {
            (Some((price_then, _)), Some((price_now, _))) if price_then != price_now => {
                find("changed_standard", format!("{} -> {}", then.formula(), now.formula()));
            }
            (Some((_, area_then)), Some((_, area_now))) if area_then != area_now => {
                find("changed_area", format!("{} -> {}", then.formula(), now.formula()));
            }
            _the_same_or_not_monthly => {}
        }
        let months: usize = lines.iter().map(|line| line.months).sum();
        if u32::try_from(months) == Ok(then.months())
            && (amount - *before).get().abs() * 100 > before.get().abs() * JUMP_PERCENT
        {
            find("jump", format!("{before} -> {amount}"));
        }
    }
}
