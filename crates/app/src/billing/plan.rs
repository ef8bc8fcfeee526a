//! The plan of a bill run: which account is charged what, and what looks wrong; computed before anything is written.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use hemu_domain::billing::{Explanation, MonthlyFee};
use hemu_domain::ids::{AccountId, BillId, ClauseId, CommunityId, ContractId, FeeItemId, FeeStandardId, UnitId};
use hemu_domain::registry::unit::{Occupancy, UnitKind};
use hemu_domain::{Fen, Period, UnitLabel, UnitPrice};
use hemu_store::billing::BilledUnit;
use hemu_store::registry::{self, AccountRow};
use hemu_store::tariff::{self, ContractRow, FeePriceRow, FeeStandardRow, UnitFeeRow};
use hemu_store::{DbError, Tx, billing, community};

use super::cycle::FeeMonth;
use super::extra::{Extra, For};
use super::span::{Handovers, Span};
use super::{BillFinding, BillReport, RefusedUnit};

use crate::Refusal;
use crate::reductions::load_rules;
use crate::tariff::Contracts;

/// The owner's days of the month of a handover are its second charge, whichever is written first.
const OWNERS_DAYS: i64 = 2;

/// A month that differs from the last by more than a fifth is shown.
const JUMP_PERCENT: i64 = 20;

/// What a run will do.
#[derive(Default)]
pub struct Plan {
    /// The bills, by unit.
    pub drafts: Vec<Draft>,
    /// The last fact of the community that the plan knows.
    pub watermark: i64,
    /// The longest cycle of its contracts, in months.
    pub longest_cycle: u32,
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

/// A charge to be.
#[derive(Clone)]
pub struct Line {
    /// The fee item.
    pub fee_item_id: FeeItemId,
    /// The clause.
    pub clause_id: Option<ClauseId>,
    /// The first month it covers.
    pub period: Period,
    /// Which charge of that account, item and month; a monthly fee has one.
    pub occurrence: i64,
    /// How many months.
    pub months: usize,
    /// When it is due.
    pub due_on: NaiveDate,
    /// How much.
    pub amount: Fen,
    /// Why.
    pub explanation: Explanation,
}

impl Draft {
    /// The sum of its lines.
    pub fn total(&self) -> Fen {
        self.lines.iter().map(|line| line.amount).sum()
    }
}

/// Which months are charged already, per unit and fee item.
#[derive(Default)]
pub struct Covered {
    months: HashSet<(UnitId, FeeItemId, Period, i64)>,
    /// Those that are charged in part, to the developer.
    of_days: HashSet<(UnitId, FeeItemId, Period)>,
}

impl Covered {
    /// Reads what is charged for months of the cycles that `period` may belong to.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn load(tx: &mut Tx<'_>, community: CommunityId, period: Period, cycle: u32) -> Result<Self, DbError> {
        let first = (1..cycle).fold(period, |month, _| month.previous());
        let last = period.plus_months(cycle - 1);
        let mut covered = Self::default();
        billing::for_each_covered(tx, community, first, last, |one| {
            let last = one.from.plus_months(one.months.max(1) - 1);
            let key = |month| (one.unit_id, one.fee_item_id, month, one.occurrence);
            covered.months.extend(one.from.up_to(last).map(key));
            if one.of_days {
                covered.of_days.insert((one.unit_id, one.fee_item_id, one.from));
            }
        })?;
        Ok(covered)
    }

    /// Whether the first month of a line is charged already.
    pub fn covers(&self, unit: UnitId, line: &Line) -> bool {
        self.months.contains(&(unit, line.fee_item_id, line.period, line.occurrence))
    }

    /// Whether a month of a monthly fee is charged already: to whomever, or of a month that is split, these days of it.
    fn has(&self, unit: UnitId, item: FeeItemId, one: &FeeMonth) -> bool {
        let whole_or_rest = self.months.contains(&(unit, item, one.month, 1));
        match one.days {
            Some(days) if !days.rest => {
                let of_days = self.of_days.contains(&(unit, item, one.month));
                self.months.contains(&(unit, item, one.month, OWNERS_DAYS)) || whole_or_rest && !of_days
            }
            Some(_) | None => whole_or_rest,
        }
    }
}

/// The tariff of a community, by id.
pub struct Tariff {
    pub(super) contracts: HashMap<ContractId, ContractRow>,
    pub(super) standards: HashMap<FeeStandardId, FeeStandardRow>,
    pub(super) prices: HashMap<FeeStandardId, Vec<FeePriceRow>>,
    /// Which contract governs which month.
    pub(super) terms: Contracts,
    fees: HashMap<UnitId, Vec<UnitFeeRow>>,
}

impl Tariff {
    /// Reads it.
    ///
    /// # Errors
    /// When the database refuses.
    pub(crate) fn load(tx: &mut Tx<'_>, community: CommunityId) -> Result<Self, DbError> {
        let mut prices: HashMap<FeeStandardId, Vec<FeePriceRow>> = HashMap::new();
        for price in tariff::list_prices(tx, community)? {
            prices.entry(price.fee_standard_id).or_default().push(price);
        }
        let mut fees: HashMap<UnitId, Vec<UnitFeeRow>> = HashMap::new();
        for fee in tariff::list_unit_fees(tx, community)? {
            fees.entry(fee.unit_id).or_default().push(fee);
        }
        Ok(Self {
            contracts: tariff::list_contracts(tx, community)?.into_iter().map(|one| (one.id, one)).collect(),
            standards: tariff::list_standards(tx, community)?.into_iter().map(|one| (one.id, one)).collect(),
            terms: Contracts::load(tx, community)?,
            prices,
            fees,
        })
    }

    /// The fees of a unit in force on a day: the newest of each item.
    pub(super) fn fees_on(&self, unit: UnitId, day: NaiveDate) -> BTreeMap<FeeItemId, FeeStandardId> {
        let fees = self.fees.get(&unit).map(Vec::as_slice).unwrap_or_default();
        let in_force = |fee: &&UnitFeeRow| fee.starts_on <= day && fee.ends_on.is_none_or(|end| end >= day);
        fees.iter().filter(in_force).map(|fee| (fee.fee_item_id, fee.fee_standard_id)).collect()
    }

    /// Lets a unit pay by a standard from a day on, up to the next change on record; the row that says so.
    pub(super) fn pay_by(&mut self, unit: UnitId, standard: &FeeStandardRow, day: NaiveDate) -> UnitFeeRow {
        let item = standard.fee_item_id;
        let fees = self.fees.entry(unit).or_default();
        let mut end: Option<NaiveDate> = None;
        for fee in fees.iter_mut().filter(|fee| fee.fee_item_id == item && fee.ends_on.is_none_or(|last| last >= day)) {
            let until = if fee.starts_on > day { fee.starts_on.pred_opt() } else { fee.ends_on };
            end = [end, until].into_iter().flatten().min();
            if fee.starts_on < day {
                fee.ends_on = day.pred_opt();
            }
        }
        fees.retain(|fee| fee.fee_item_id != item || fee.starts_on != day);
        let row =
            UnitFeeRow { unit_id: unit, fee_item_id: item, starts_on: day, fee_standard_id: standard.id, ends_on: end };
        fees.push(row.clone());
        fees.sort_by_key(|fee| (fee.fee_item_id, fee.starts_on));
        row
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
        // Contracts may have changed their cycle; every one that was ever in force is there.
        let longest_cycle = tariff.terms.longest_cycle();
        let covered = Covered::load(tx, community, period, longest_cycle)?;
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
        let plan = Self { longest_cycle, watermark, ..Self::default() };
        let accounts = registry::list_accounts(tx, community)?;
        let payer_nos = payer_nos(&accounts);
        let extra = Extra::load(tx, community, period)?;
        let mut planner = Planner {
            period,
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
        plan.refused.sort_by(|a, b| a.unit.cmp(&b.unit));
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
        let span = self.handovers.span(account).and(self.handovers.tenure(account));
        let items = self.tariff.items(unit.id, self.period);
        let problem = if self.nobody_pays(account, unit) {
            Some(
                "当月尚未交付，应由建设单位缴费，请先登记交付或建设单位账户 / not handed over: the developer pays (物业管理条例 41)",
            )
        } else if span.is_empty() || span.ends_before(self.period) || self.developer_still_pays(account, unit) {
            return;
        } else if items.is_empty()
            && unit.kind != UnitKind::Parking
            && self.extra.lines(account.id, unit.id).next().is_none()
        {
            Some("没有收费标准，请先设置 / no fee standard: set one")
        } else {
            None
        };
        if let Some(problem) = problem {
            self.plan.refused.push(RefusedUnit { unit: unit.label.clone(), problem: problem.to_owned() });
            return;
        }
        let outcomes: Result<Vec<Vec<Outcome>>, String> =
            items.into_iter().map(|item| self.fee((account, span), unit, item)).collect();
        match outcomes {
            Ok(mut outcomes) => {
                outcomes.push(self.extra((account, span), unit));
                self.settle(account, unit, bill, outcomes.concat());
            }
            Err(problem) => self.plan.refused.push(RefusedUnit { unit: unit.label.clone(), problem }),
        }
    }

    /// What is charged besides monthly fees, as far as it is not on a bill yet: each by whoever pays for its month.
    fn extra(&self, (account, span): (&AccountRow, Span), unit: &BilledUnit) -> Vec<Outcome> {
        let outcome = |line: &Line| {
            if self.covered.covers(unit.id, line) { Outcome::Already } else { Outcome::Charge(line.clone()) }
        };
        let is_theirs = |(whom, line): &(For, &Line)| *whom == For::Account(account.id) || span.holds(line.period);
        self.extra.lines(account.id, unit.id).filter(is_theirs).map(|(_, line)| outcome(line)).collect()
    }

    /// Whether the unit awaits its handover, and this is the account of the owner to be.
    fn developer_still_pays(&self, account: &AccountRow, unit: &BilledUnit) -> bool {
        unit.occupancy == Occupancy::NotHandedOver
            && self.handovers.month_of(unit.id).is_none()
            && !self.handovers.is_developer(account.id)
    }

    /// Whether the month is before the handover and no developer is there to pay it.
    fn nobody_pays(&self, account: &AccountRow, unit: &BilledUnit) -> bool {
        let tenure = Span::of_tenure(account.starts_on, account.ends_on);
        let current = !tenure.starts_after(self.period) && !tenure.ends_before(self.period);
        let handed_over = match self.handovers.month_of(unit.id) {
            Some(month) => month < self.period,
            None => unit.occupancy != Occupancy::NotHandedOver,
        };
        current && !handed_over && !self.handovers.has_developer(unit.id)
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
        let due_on = due_on(first);
        let lines: Result<Vec<Line>, String> =
            run.chunk_by(FeeMonth::goes_with).map(|part| line(unit, item, part, due_on)).collect();
        let lines = lines?;
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

/// When a bill that begins with a month is due: all its charges on one day.
pub(super) fn due_on(first: &FeeMonth) -> NaiveDate {
    let (rule, day) = match first.standard.due_rule {
        Some(rule) => (rule, u32::try_from(first.standard.due_day.unwrap_or(31)).unwrap_or(31)),
        None => (first.contract.due_rule, first.contract.due_day),
    };
    rule.due_on(first.month, day)
}

/// The charge of months in a row that go by one price.
pub(crate) fn line(unit: &BilledUnit, item: FeeItemId, part: &[FeeMonth], due_on: NaiveDate) -> Result<Line, String> {
    let mut explanation = explain(unit, &part[0], part.len())?;
    if let Some(days) = part[0].days {
        explanation = explanation.for_days((days.days, days.of), days.rest);
    }
    let owners_days = part[0].days.is_some_and(|days| !days.rest);
    let amount = explanation.amount().filter(|amount| *amount <= Fen::LARGEST_PAYMENT);
    let amount = amount.ok_or("金额超出范围，请检查面积和单价 / the amount is out of range")?;
    Ok(Line {
        fee_item_id: item,
        clause_id: part[0].clause,
        period: part[0].month,
        occurrence: if owners_days { OWNERS_DAYS } else { 1 },
        months: part.len(),
        due_on,
        amount,
        explanation,
    })
}

fn explain(unit: &BilledUnit, first: &FeeMonth, months: usize) -> Result<Explanation, String> {
    let price = first.price.ok_or("没有生效的单价，请先设置 / no price in force: set one")?;
    let by_area = first.standard.formula == "area";
    if by_area && unit.area.is_none() {
        return Err("按面积计费但没有面积，请补上 / no area, though the fee is per m²".to_owned());
    }
    let fee = MonthlyFee {
        area: unit.area.filter(|_| by_area),
        price: by_area.then_some(price.price),
        fixed: if by_area { price.surcharge } else { add(price.price, price.surcharge) },
        months: u32::try_from(months).unwrap_or(1),
        rounding: first.contract.rounding,
    };
    Ok(Explanation::monthly(fee, format!("{}，{}", first.contract.name, price.basis)))
}

fn add(one: UnitPrice, other: UnitPrice) -> UnitPrice {
    UnitPrice::from_stored(one.stored() + other.stored())
}
