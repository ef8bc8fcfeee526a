//! The tariff of a community at hand: contracts, standards, prices, and which unit pays by which, by id.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use hemu_domain::Period;
use hemu_domain::ids::{CommunityId, ContractId, FeeItemId, FeeStandardId, UnitId};
use hemu_store::tariff::{self, ContractRow, FeePriceRow, FeeStandardRow, UnitFeeRow};
use hemu_store::{DbError, Tx};

use crate::tariff::Contracts;

/// The tariff of a community, by id.
pub struct Tariff {
    pub(super) contracts: HashMap<ContractId, ContractRow>,
    pub(super) standards: HashMap<FeeStandardId, FeeStandardRow>,
    pub(super) prices: HashMap<FeeStandardId, Vec<FeePriceRow>>,
    /// Which contract governs which month.
    pub(super) terms: Contracts,
    /// What the fee items are called.
    pub(super) names: HashMap<FeeItemId, String>,
    /// The last month that is served, where a correction asks what would be if the service ended.
    pub(super) served_until: Option<Period>,
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
            names: tariff::list_items(tx, community)?.into_iter().map(|(id, name, _)| (id, name)).collect(),
            served_until: None,
            prices,
            fees,
        })
    }

    /// The fees of a unit in force on a day: the newest of each item.
    pub(super) fn fees_on(&self, unit: UnitId, day: NaiveDate) -> BTreeMap<FeeItemId, FeeStandardId> {
        let fees = self.fees.get(&unit).map(Vec::as_slice).unwrap_or_default();
        fees.iter().filter(|fee| in_force(fee, day)).map(|fee| (fee.fee_item_id, fee.fee_standard_id)).collect()
    }

    /// The standards of one item of a unit that are in force on a day: never more than one, or nobody knows which price counts.
    pub(super) fn standards_on(
        &self,
        unit: UnitId,
        item: FeeItemId,
        day: NaiveDate,
    ) -> impl Iterator<Item = FeeStandardId> {
        let fees = self.fees.get(&unit).map(Vec::as_slice).unwrap_or_default();
        fees.iter().filter(move |fee| fee.fee_item_id == item && in_force(fee, day)).map(|fee| fee.fee_standard_id)
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

fn in_force(fee: &UnitFeeRow, day: NaiveDate) -> bool {
    fee.starts_on <= day && fee.ends_on.is_none_or(|end| end >= day)
}
