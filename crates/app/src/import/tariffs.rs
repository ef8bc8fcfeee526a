//! The provisional contract and fee standards a spreadsheet implies: one standard per fee item and price.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use hemu_domain::arrears::late_fee_rule::{CLAIM_CEILING_E4, DayBasis, LateFeeStart};
use hemu_domain::ids::{CommunityId, ContractId, FeeItemId, FeeStandardId};
use hemu_domain::import::{FeeRecord, UnitRecord};
use hemu_domain::ledger::allocation::AllocationPolicy;
use hemu_domain::tariff::due::{BilledAt, DueRule};
use hemu_domain::tariff::formula::RoundingChoice;
use hemu_store::tariff::{self, ContractRow, FeePriceRow, FeeStandardRow};
use hemu_store::{DbError, Tx};

use crate::App;
use crate::tariff::item_kind;

/// Prices from a list hold since always, as far as the list knows.
pub const SINCE_EVER: NaiveDate = NaiveDate::from_ymd_opt(2000, 1, 1).expect("a day");

/// Where each fee of the file is found in the tariff.
pub type Standards = HashMap<FeeKey, Standard>;

/// What makes two fees the same standard.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeeKey {
    item: String,
    price_e6: Option<i64>,
    fixed_e6: i64,
}

impl FeeKey {
    /// The key of a fee.
    pub fn of(fee: &FeeRecord) -> Self {
        Self {
            item: fee.item.clone(),
            price_e6: fee.per_area.map(|price| price.stored()),
            fixed_e6: fee.fixed.stored(),
        }
    }

    /// What the standard is called.
    fn name(&self, fee: &FeeRecord) -> String {
        match (fee.per_area, self.fixed_e6) {
            (Some(price), 0) => format!("{price} 元/㎡·月"),
            (Some(price), _) => format!("{price} 元/㎡·月 + {} 元/月", fee.fixed),
            (None, _) => format!("{} 元/月", fee.fixed),
        }
    }
}

/// A fee standard in the tariff.
#[derive(Clone, Copy, Debug)]
pub struct Standard {
    /// The fee item.
    pub item: FeeItemId,
    /// The standard.
    pub id: FeeStandardId,
    /// When its charges are due, its own rule or its contract's, with the day.
    pub due: (DueRule, u32),
}

/// Finds or makes what the file's fees need.
///
/// # Errors
/// When the database refuses.
pub fn ensure(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    as_of: NaiveDate,
    units: &[UnitRecord],
) -> Result<Standards, DbError> {
    let fees: Vec<&FeeRecord> = units.iter().flat_map(|unit| &unit.fees).collect();
    let cycle = fees.iter().map(|fee| fee.cycle_months).next().unwrap_or(1);
    let contract = ensure_contract(tx, app, community, as_of, cycle)?;
    let contracts = tariff::list_contracts(tx, community)?;
    let mut items: HashMap<String, FeeItemId> =
        tariff::list_items(tx, community)?.into_iter().map(|(id, name, _)| (name, id)).collect();
    let existing = tariff::list_standards(tx, community)?;
    let mut standards = Standards::new();
    let mut done = BTreeSet::new();
    for fee in fees {
        let key = FeeKey::of(fee);
        if !done.insert(key.clone()) {
            continue;
        }
        let item = match items.get(&fee.item) {
            Some(item) => *item,
            None => {
                let id = app.new_id();
                tariff::insert_item(tx, community, id, &fee.item, item_kind(&fee.item))?;
                items.insert(fee.item.clone(), id);
                id
            }
        };
        let name = key.name(fee);
        let found = existing.iter().find(|standard| standard.fee_item_id == item && standard.name == name);
        let (id, due) = match found {
            Some(standard) => (standard.id, due_of(&contracts, standard)),
            None => {
                let id = insert_standard(tx, app, community, contract.id, item, name, fee)?;
                (id, (contract.due_rule, contract.due_day))
            }
        };
        standards.insert(key, Standard { item, id, due });
    }
    Ok(standards)
}

/// A standard's own due rule, else its contract's.
fn due_of(contracts: &[ContractRow], standard: &FeeStandardRow) -> (DueRule, u32) {
    let contract = contracts.iter().find(|contract| contract.id == standard.contract_id);
    let contracts_own = contract.map_or((DueRule::LastDayOfMonth, 31), |one| (one.due_rule, one.due_day));
    let day = standard.due_day.and_then(|day| u32::try_from(day).ok()).unwrap_or(31);
    standard.due_rule.map_or(contracts_own, |rule| (rule, day))
}

fn insert_standard(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    contract_id: ContractId,
    fee_item_id: FeeItemId,
    name: String,
    fee: &FeeRecord,
) -> Result<FeeStandardId, DbError> {
    let id = app.new_id();
    let formula = if fee.per_area.is_some() { "area" } else { "fixed" }.to_owned();
    let standard = FeeStandardRow {
        id,
        fee_item_id,
        contract_id,
        clause_id: None,
        name,
        unit_kind: None,
        formula,
        due_rule: None,
        due_day: None,
    };
    tariff::insert_standard(tx, community, &standard)?;
    let price = FeePriceRow {
        fee_standard_id: id,
        valid_from: SINCE_EVER,
        price: fee.per_area.unwrap_or(fee.fixed),
        bands: Vec::new(),
        surcharge: if fee.per_area.is_some() { fee.fixed } else { hemu_domain::UnitPrice::from_stored(0) },
        basis: "导入的收费标准".to_owned(),
    };
    tariff::insert_price(tx, community, &price)?;
    Ok(id)
}

/// The newest contract, or a provisional one: no late fee without a clause, 15 days in a demand.
fn ensure_contract(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    as_of: NaiveDate,
    cycle_months: u32,
) -> Result<ContractRow, DbError> {
    if let Some(contract) = tariff::list_contracts(tx, community)?.into_iter().next() {
        return Ok(contract);
    }
    let contract = ContractRow {
        id: app.new_id(),
        name: "物业服务合同（待补录）".to_owned(),
        number: String::new(),
        kind: "provisional".to_owned(),
        starts_on: as_of.min(SINCE_EVER),
        ends_on: None,
        cycle_months: if matches!(cycle_months, 1 | 2 | 3 | 6 | 12) { cycle_months } else { 1 },
        billed_at: BilledAt::CycleStart,
        due_rule: DueRule::LastDayOfMonth,
        due_day: 31,
        late_fee_rate: None,
        late_fee_lpr_e4: None,
        late_fee_day_basis: DayBasis::Days365,
        late_fee_grace_days: 0,
        late_fee_starts: LateFeeStart::AfterDue,
        late_fee_cap_e4: Some(10_000),
        late_fee_ceiling_e4: CLAIM_CEILING_E4,
        demand_days: 15,
        rounding: RoundingChoice::MonthFirst,
        allocation_policy: AllocationPolicy::PrincipalFirst,
        filing_state: "unknown".to_owned(),
        service_ends_on: None,
    };
    tariff::insert_contract(tx, community, &contract, app.clock.now())?;
    Ok(contract)
}
