//! Vacancy discount (空置优惠): applied for with evidence and dates, confirmed by a second person, and taken off every charge of those
//! months, billed already or yet to be billed. Without a confirmation the whole fee is owed (民法典 944 I).

use chrono::NaiveDate;
use hemu_domain::ids::{CommunityId, DiscountId, UnitId};
use hemu_domain::ledger::adjustment::AdjustmentKind;
use hemu_domain::staff::Permission;
use hemu_domain::tariff::discount::DiscountSpan;
use hemu_domain::tariff::money_rules::MoneyRules;
use hemu_domain::{Fen, Period, UnitLabel};
use hemu_store::ledger::reversal;
use hemu_store::reduction::{self, DiscountRow};
use hemu_store::{Tx, community, registry};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};

use super::discounts::{Discounts, entry_of};
use super::load_rules;
use super::release::{Open, lower};
use crate::approval::TwoPeople;
use crate::audit::{self, Act};
use crate::billing::find_community;
use crate::registry::required;
use crate::{Actor, App, Refusal};

/// A vacancy to confirm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VacancyRequest {
    /// The unit.
    pub unit: UnitLabel,
    /// The first day it is vacant.
    pub from: NaiveDate,
    /// The last day the discount holds for.
    pub to: NaiveDate,
    /// What proves it: the written notice, meter readings, a visit.
    pub evidence: String,
}

/// A part of a whole, such as 0.7, in ten-thousandths.
pub(super) fn part_e4(part: Decimal) -> i64 {
    (part * Decimal::from(10_000)).to_i64().unwrap_or(10_000)
}

/// Whether the vacancy may be confirmed but for the second person; the unit, and the rules it goes by.
///
/// # Errors
/// [`Refusal::NotFound`] for an unknown unit; [`Refusal::InvalidInput`] for days against the rules of the community;
/// [`Refusal::Conflict`] when some of them are charged in part already.
pub(crate) fn check(
    tx: &mut Tx<'_>,
    community: CommunityId,
    request: &VacancyRequest,
) -> Result<(UnitId, MoneyRules), Refusal> {
    required("evidence", "证明材料", &request.evidence, 500)?;
    let rules = load_rules(tx, community)?;
    let label = &request.unit;
    let unit =
        registry::find_unit(tx, community, label)?.ok_or_else(|| Refusal::not_found("房屋", "unit", label.as_str()))?;
    check_span(request, &rules)?;
    refuse_overlap(tx, community, unit.id, (request.from, request.to))?;
    Ok((unit.id, rules))
}

fn check_span(request: &VacancyRequest, rules: &MoneyRules) -> Result<(), Refusal> {
    let span = DiscountSpan { starts_on: request.from, ends_on: request.to, part: rules.vacancy_part };
    let (least, most) = (rules.vacancy_least_months, rules.vacancy_most_months);
    if request.to < request.from || !(least..=most).contains(&span.whole_months()) {
        let zh = format!("空置期应为 {least} 至 {most} 个整月，请检查起止日期");
        return Err(Refusal::invalid("to", zh, format!("a vacancy is confirmed for {least} to {most} whole months")));
    }
    Ok(())
}

/// Refuses days of which some are charged in part already.
pub(super) fn refuse_overlap(
    tx: &mut Tx<'_>,
    community: CommunityId,
    unit: UnitId,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<(), Refusal> {
    let overlaps = |one: &DiscountRow| {
        let span = one.span();
        one.unit_id == unit && span.starts_on <= to && from <= span.ends_on
    };
    match reduction::list_discounts(tx, community)?.into_iter().find(overlaps) {
        None => Ok(()),
        Some(other) => {
            let (first, last, kind) = (other.starts_on, other.span().ends_on, other.kind.label());
            let zh = format!("{first} 至 {last} 已有{}，日期不能重叠", kind.zh);
            Err(Refusal::conflict(zh, format!("{first} to {last} has a {} already; days must not overlap", kind.en)))
        }
    }
}

/// Confirms a vacancy, and takes its part off what was billed for those months.
///
/// # Errors
/// As for [`check`].
pub(crate) fn grant(
    tx: &mut Tx<'_>,
    app: &App,
    people: TwoPeople<'_>,
    community: CommunityId,
    request: &VacancyRequest,
) -> Result<DiscountId, Refusal> {
    let (unit_id, rules) = check(tx, community, request)?;
    let row = DiscountRow {
        id: app.new_id(),
        unit_id,
        account_id: None,
        kind: AdjustmentKind::Vacancy,
        starts_on: request.from,
        ends_on: request.to,
        part_e4: part_e4(rules.vacancy_part),
        evidence: request.evidence.trim().to_owned(),
        reason: people.reason.to_owned(),
        requested_by: people.asked_by.to_owned(),
        approved_by: people.approver.name.clone(),
        granted_on: app.today(),
        ended_on: None,
    };
    let seq = community::next_seq(tx, community, 1)?;
    reduction::insert_discount(tx, community, &row, seq)?;
    let put_by = take_off_billed(tx, app, community, &row)?;
    let detail = serde_json::json!({ "unit": request.unit, "from": request.from, "to": request.to,
        "part": rules.vacancy_part, "put_by": put_by, "requested_by": people.asked_by });
    let act =
        Act { act: "vacancy.confirm", subject_kind: "discount", subject_id: Some(row.id.uuid()), detail: &detail };
    audit::record(tx, app, people.approver, Some(community), &act)?;
    Ok(row.id)
}

/// Takes a discount off the charges that are there; what comes of it for payers who had paid.
pub(super) fn take_off_billed(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    discount: &DiscountRow,
) -> Result<Fen, Refusal> {
    let months = (Period::of(discount.starts_on).minus_a_year(), Period::of(discount.ends_on));
    let ids = reduction::list_property_charges(tx, community, discount.unit_id, months)?;
    let charges = reversal::list_charges(tx, community, &ids)?;
    let accounts: Vec<_> = charges.iter().map(|one| one.account_id).collect();
    let parties: Vec<_> = charges.iter().map(|one| one.party_id).collect();
    reversal::lock(tx, community, &accounts, &parties)?;
    let discounts = Discounts::load(tx, community)?;
    let mut open = Open::new();
    let mut entries = Vec::new();
    for charge in &charges {
        open.insert(charge.id, charge.open);
        for (one, amount) in discounts.of_billed(charge) {
            if one.id == discount.id && amount.is_positive() {
                let of = (charge.account_id, charge.id);
                entries.push(entry_of(app, one, of, (amount, app.today())));
            }
        }
    }
    Ok(lower(tx, app, community, entries, &open)?)
}

/// Ends a vacancy before its time, from the first month that was not billed with the discount yet.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such discount; [`Refusal::Conflict`] when it had ended, or later months were billed.
pub fn end_discount(app: &App, actor: &Actor, community: &str, id: DiscountId, on: NaiveDate) -> Result<(), Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::EditRegistry, community)?;
    app.db.write(|tx| {
        community::next_seq(tx, community, 1)?;
        let row = reduction::list_discounts(tx, community)?.into_iter().find(|one| one.id == id);
        let row = row.ok_or_else(|| Refusal::not_found("优惠", "discount", ""))?;
        if on < row.starts_on {
            return Err(Refusal::invalid("on", "结束日期不能早于开始日期", "it cannot end before it began"));
        }
        let later = (Period::of(on).minus_a_year(), Period::of(row.ends_on));
        let ids = reduction::list_property_charges(tx, community, row.unit_id, later)?;
        let ended = DiscountRow { ended_on: Some(on), ..row.clone() };
        for charge in reversal::list_charges(tx, community, &ids)? {
            let off = |one: &DiscountRow| super::discounts::takes_off(one, &charge);
            if off(&ended) != off(&row) {
                let zh = format!("{} 已按优惠出账，请从下一个未出账的月份起结束", charge.period);
                return Err(Refusal::conflict(zh, format!("{} was billed with it; end it later", charge.period)));
            }
        }
        if !reduction::end_discount(tx, community, id, on)? {
            return Err(Refusal::conflict("优惠已经结束", "it has ended already"));
        }
        let detail = serde_json::json!({ "on": on });
        let act = Act { act: "discount.end", subject_kind: "discount", subject_id: Some(id.uuid()), detail: &detail };
        Ok(audit::record(tx, app, actor, Some(community), &act)?)
    })
}
