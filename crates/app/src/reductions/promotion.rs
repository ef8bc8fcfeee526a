//! Prepayment discount (预缴优惠): whoever owes nothing and has paid the agreed months ahead pays a part of their fee. The rule is the
//! community's and the same for everybody, so no second person decides; the months it may reach are capped by local law and end
//! with the contract (Hangzhou 55).

use chrono::NaiveDate;
use hemu_domain::ids::{AccountId, CommunityId, DiscountId};
use hemu_domain::ledger::adjustment::AdjustmentKind;
use hemu_domain::staff::Permission;
use hemu_domain::tariff::discount::DiscountSpan;
use hemu_domain::tariff::money_rules::MoneyRules;
use hemu_domain::{Fen, Period, UnitLabel};
use hemu_store::ledger::posting;
use hemu_store::reduction::{self, DiscountRow};
use hemu_store::registry::AccountRow;
use hemu_store::{Tx, billing, community, ledger, registry, tariff};
use rust_decimal::Decimal;
use serde::Serialize;

use super::load_rules;
use super::vacancy::{part_e4, refuse_overlap};
use crate::audit::{self, Act};
use crate::billing::find_community;
use crate::billing::line::line;
use crate::billing::tariff::Tariff;
use crate::ledger::payer_on;
use crate::{Actor, App, Refusal};

/// Who approves what follows from the community's rule.
const BY_RULE: &str = "小区预缴优惠规则";

/// A discount granted to who paid ahead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Promoted {
    /// Its id.
    pub id: DiscountId,
    /// The unit.
    pub unit: UnitLabel,
    /// The first month.
    pub from: Period,
    /// The last month.
    pub until: Period,
    /// What those months cost.
    pub whole: Fen,
    /// What they cost with the discount.
    pub to_pay: Fen,
    /// What is put by for them.
    pub prepaid: Fen,
}

/// Grants the discount for the months from `from` on.
///
/// # Errors
/// [`Refusal::Conflict`] where the community has no such rule, when something is owed, when less is put by than the months cost, or
/// when they reach beyond the contract.
pub fn grant_promotion(
    app: &App,
    actor: &Actor,
    community: &str,
    (unit, from): (&UnitLabel, Period),
) -> Result<Promoted, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::TakePayment, community)?;
    app.db.write(|tx| {
        community::next_seq(tx, community, 1)?;
        let rules = load_rules(tx, community)?;
        let account = payer(tx, app, community, unit)?;
        registry::lock_account(tx, community, account.id)?;
        let until = from.plus_months(rules.promotion_months - 1);
        check_rules(tx, app, community, &rules, (from, until))?;
        let days = (from.first_day(), until.last_day());
        refuse_overlap(tx, community, account.unit_id, days)?;
        refuse_debts(tx, app, community, account.id)?;
        let whole = cost(tx, community, &account, (from, until), Decimal::ONE)?;
        let to_pay = cost(tx, community, &account, (from, until), rules.promotion_part)?;
        if account.prepaid < to_pay {
            let (prepaid, short) = (account.prepaid, to_pay - account.prepaid);
            let zh = format!("{from} 至 {until} 优惠后共 {to_pay} 元，预存 {prepaid} 元，还差 {short} 元");
            let en =
                format!("{from} to {until} cost {to_pay} with the discount; {prepaid} is put by, {short} is missing");
            return Err(Refusal::conflict(zh, en));
        }
        let row = discount(app, actor, &account, days, &rules);
        let seq = community::next_seq(tx, community, 1)?;
        reduction::insert_discount(tx, community, &row, seq)?;
        let detail = serde_json::json!({ "unit": unit, "from": from, "until": until, "part": rules.promotion_part });
        let act =
            Act { act: "promotion.grant", subject_kind: "discount", subject_id: Some(row.id.uuid()), detail: &detail };
        audit::record(tx, app, actor, Some(community), &act)?;
        Ok(Promoted { id: row.id, unit: unit.clone(), from, until, whole, to_pay, prepaid: account.prepaid })
    })
}

fn payer(tx: &mut Tx<'_>, app: &App, community: CommunityId, unit: &UnitLabel) -> Result<AccountRow, Refusal> {
    let accounts =
        posting::list_payers(tx, community, unit)?.ok_or_else(|| Refusal::not_found("房屋", "unit", unit.as_str()))?;
    payer_on(&accounts, app.today(), |_| false)
        .cloned()
        .ok_or_else(|| Refusal::conflict(format!("{unit} 还没有缴费账户"), format!("{unit} has no account yet")))
}

fn check_rules(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    rules: &MoneyRules,
    (from, until): (Period, Period),
) -> Result<(), Refusal> {
    if rules.promotion_part == Decimal::ONE {
        return Err(Refusal::conflict("本小区没有预缴优惠", "this community has no discount for paying ahead"));
    }
    let ahead = Period::of(app.today()).months_until(until);
    if from < Period::of(app.today()) || ahead > i32::try_from(rules.prepay_most_months).unwrap_or(i32::MAX) {
        let most = rules.prepay_most_months;
        let zh = format!("预缴从本月或以后起算，最多 {most} 个月");
        return Err(Refusal::invalid(
            "from",
            zh,
            format!("fees are paid ahead from this month on, for {most} months at most"),
        ));
    }
    let governing = crate::tariff::Contracts::load(tx, community)?;
    let ends = governing.of_month(from).and_then(|contract| contract.ends_on);
    if ends.is_some_and(|last| last < until.last_day()) {
        return Err(Refusal::conflict("预缴不能超过合同期限", "fees are not paid ahead beyond the contract"));
    }
    Ok(())
}

fn refuse_debts(tx: &mut Tx<'_>, app: &App, community: CommunityId, account: AccountId) -> Result<(), Refusal> {
    let owed = ledger::list_owed_of_account(tx, community, account)?;
    let due: Fen = owed.iter().filter(|one| one.due_on <= app.today()).map(|one| one.open).sum();
    if due.is_positive() || owed.iter().any(|one| one.open.is_zero()) {
        let zh = format!("有欠费 {due} 元，缴清后才能享受预缴优惠");
        return Err(Refusal::conflict(zh, format!("{due} is owed; the discount is for who owes nothing")));
    }
    Ok(())
}

/// What the property fee of a unit costs for some months at a part of it.
fn cost(
    tx: &mut Tx<'_>,
    community: CommunityId,
    account: &AccountRow,
    (from, until): (Period, Period),
    part: Decimal,
) -> Result<Fen, Refusal> {
    let tariff = Tariff::load(tx, community)?;
    let items = tariff::list_items(tx, community)?;
    let unit = billing::list_units(tx, community)?.into_iter().find(|unit| unit.id == account.unit_id);
    let unit = unit.ok_or_else(|| Refusal::not_found("房屋", "unit", ""))?;
    let span = DiscountSpan { starts_on: from.first_day(), ends_on: until.last_day(), part };
    let mut sum = Fen::ZERO;
    for month in from.up_to(until) {
        for (item, ..) in items.iter().filter(|(_, _, kind)| kind == "property") {
            let Some(one) = tariff.month(unit.id, *item, month) else { continue };
            let line = line(&unit, *item, &[one], month.last_day())
                .map_err(|problem| Refusal::conflict(problem.clone(), problem))?;
            sum += line.amount - span.takes_off(&line.explanation, month);
        }
    }
    Ok(sum)
}

fn discount(
    app: &App,
    actor: &Actor,
    account: &AccountRow,
    (starts_on, ends_on): (NaiveDate, NaiveDate),
    rules: &MoneyRules,
) -> DiscountRow {
    DiscountRow {
        id: app.new_id(),
        unit_id: account.unit_id,
        account_id: Some(account.id),
        kind: AdjustmentKind::Promotion,
        starts_on,
        ends_on,
        part_e4: part_e4(rules.promotion_part),
        evidence: String::new(),
        reason: format!("预缴 {} 个月", rules.promotion_months),
        requested_by: actor.name.clone(),
        approved_by: BY_RULE.to_owned(),
        granted_on: app.today(),
        ended_on: None,
    }
}
