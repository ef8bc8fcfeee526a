//! What a correction leaves alone: charges that are claimed, by an open legal matter or a served demand with a number. What the
//! debtor and a court were told stays as it was told until a lawyer decides otherwise (withdraws the claim, or lets it be settled).

use std::collections::HashMap;

use hemu_domain::Text;
use hemu_domain::ids::{ChargeId, CommunityId};
use hemu_store::ledger::reversal::BilledCharge;
use hemu_store::legal::claimed::{self, ServedDemand};
use hemu_store::{DbError, Tx};

/// What is claimed in a community.
pub struct Claims {
    /// Charges of legal matters, with their case.
    of_matters: HashMap<ChargeId, String>,
    demands: Vec<ServedDemand>,
}

impl Claims {
    /// Reads them: there are few.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn load(tx: &mut Tx<'_>, community: CommunityId) -> Result<Self, DbError> {
        let mut of_matters = HashMap::new();
        for matter in claimed::list_claimed(tx, community)? {
            of_matters.extend(matter.charges.into_iter().map(|charge| (charge, matter.case_number.clone())));
        }
        Ok(Self { of_matters, demands: claimed::list_served_demands(tx, community)? })
    }

    /// Why a charge of an item is left alone.
    pub fn of(&self, charge: &BilledCharge, item: &str) -> Option<Text> {
        if let Some(case) = self.of_matters.get(&charge.id) {
            let zh = format!("在案件 {case} 的主张中：由律师决定");
            return Some(Text::new(zh, format!("in the claim of case {case}: the lawyer decides")));
        }
        let demand = self.demands.iter().find(|one| names(one, charge, item))?;
        let number = &demand.number;
        let zh = format!("在已送达的催缴通知书 {number} 中：由律师决定");
        Some(Text::new(zh, format!("in the demand {number} that was served: the lawyer decides")))
    }
}

fn names(demand: &ServedDemand, charge: &BilledCharge, item: &str) -> bool {
    demand.unit_id == charge.unit_id
        && demand.party_id == charge.party_id
        && demand
            .lines
            .iter()
            .any(|line| line.item == item && line.period == charge.period && line.due_on == charge.due_on)
}
