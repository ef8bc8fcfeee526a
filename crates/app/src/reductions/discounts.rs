//! Takes off charges what is confirmed to be charged in part. The entry follows from the charge and the confirmed months alone, so
//! `hemu verify` computes it again.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::billing::Explanation;
use hemu_domain::ids::{AccountId, ChargeId, CommunityId, FeeItemId, UnitId};
use hemu_store::billing::ChargeRow;
use hemu_store::ledger::adjustment::AdjustmentRow;
use hemu_store::ledger::reversal::BilledCharge;
use hemu_store::reduction::{self, DiscountRow};
use hemu_store::{DbError, Tx, tariff};

use crate::App;
use crate::billing::line::Line;

/// What a community charges in part.
#[derive(Default)]
pub struct Discounts {
    by_unit: HashMap<UnitId, Vec<DiscountRow>>,
    items: HashSet<FeeItemId>,
}

impl Discounts {
    /// Reads them.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn load(tx: &mut Tx<'_>, community: CommunityId) -> Result<Self, DbError> {
        let rows = reduction::list_discounts(tx, community)?;
        if rows.is_empty() {
            return Ok(Self::default());
        }
        let mut by_unit: HashMap<UnitId, Vec<DiscountRow>> = HashMap::new();
        for row in rows {
            by_unit.entry(row.unit_id).or_default().push(row);
        }
        let items = tariff::list_items(tx, community)?;
        let items = items.into_iter().filter(|(_, _, kind)| kind == "property").map(|(id, ..)| id).collect();
        Ok(Self { by_unit, items })
    }

    /// Lowers what is open on charges that are about to be written; the entries that say so.
    pub fn take_off<'a>(
        &self,
        app: &App,
        charges: impl IntoIterator<Item = &'a mut ChargeRow>,
        unit_of: impl Fn(AccountId) -> Option<UnitId>,
    ) -> Vec<AdjustmentRow> {
        let mut rows = Vec::new();
        for charge in charges {
            let Some(unit) = unit_of(charge.account_id) else { continue };
            let effective_on = charge.issued_on.min(charge.due_on);
            for (discount, amount) in self.of(unit, charge) {
                let amount = amount.min(charge.open);
                if amount.is_positive() {
                    charge.open -= amount;
                    rows.push(entry_of(app, discount, (charge.account_id, charge.id), (amount, effective_on)));
                }
            }
        }
        rows
    }

    /// What each discount would take off a line that is billed to an account, as [`Self::take_off`] does.
    pub fn of_line(&self, unit: UnitId, account: AccountId, line: &Line) -> Vec<(&DiscountRow, Fen)> {
        let mut left = line.amount;
        let mut taken = Vec::new();
        for one in self.held((unit, account, line.fee_item_id)) {
            let amount = one.span().takes_off(&line.explanation, line.period).min(left);
            if amount.is_positive() {
                left -= amount;
                taken.push((one, amount));
            }
        }
        taken
    }

    /// What each discount takes off a new charge of a unit.
    fn of<'a>(&'a self, unit: UnitId, charge: &ChargeRow) -> Vec<(&'a DiscountRow, Fen)> {
        let of = (unit, charge.account_id, charge.fee_item_id);
        self.held(of).map(|one| (one, one.span().takes_off(&charge.explanation, charge.period))).collect()
    }

    /// What each discount takes off a charge that was billed.
    pub fn of_billed<'a>(&'a self, charge: &'a BilledCharge) -> Vec<(&'a DiscountRow, Fen)> {
        let of = (charge.unit_id, charge.account_id, charge.fee_item_id);
        self.held(of).map(|one| (one, takes_off(one, charge))).collect()
    }

    fn held(&self, (unit, account, item): (UnitId, AccountId, FeeItemId)) -> impl Iterator<Item = &DiscountRow> {
        let rows = self.by_unit.get(&unit).filter(|_| self.items.contains(&item));
        let of_account = move |one: &&DiscountRow| one.account_id.is_none_or(|other| other == account);
        rows.map(Vec::as_slice).unwrap_or_default().iter().filter(of_account)
    }
}

/// What a discount takes off a charge that was billed.
pub fn takes_off(discount: &DiscountRow, charge: &BilledCharge) -> Fen {
    let explanation = serde_json::from_value::<Explanation>(charge.explanation.clone()).ok();
    explanation.map_or(Fen::ZERO, |explanation| discount.span().takes_off(&explanation, charge.period))
}

/// The entry of a discount beside a charge of an account.
pub fn entry_of(
    app: &App,
    discount: &DiscountRow,
    (account_id, charge_id): (AccountId, ChargeId),
    (amount, effective_on): (Fen, NaiveDate),
) -> AdjustmentRow {
    AdjustmentRow {
        id: app.new_id(),
        account_id,
        charge_id,
        late_fee_id: None,
        kind: discount.kind,
        amount,
        effective_on,
        reason: discount.reason.clone(),
        requested_by: discount.requested_by.clone(),
        approved_by: discount.approved_by.clone(),
        recorded_at: app.clock.now(),
    }
}
