//! Money put by pays new charges as they are issued, oldest money first.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::ids::{AccountId, CommunityId};
use hemu_store::billing::ChargeRow;
use hemu_store::ledger::{self, AllocationRow, PrepaidSource};
use hemu_store::{DbError, Tx, community, registry};

use crate::App;

/// What new charges take of the money their accounts have put by.
#[derive(Default)]
pub struct Used {
    allocations: Vec<AllocationRow>,
    /// What each account has less.
    taken: BTreeMap<AccountId, Fen>,
}

impl Used {
    /// Lowers what is open on charges about to be written by what their accounts have put by.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn take(
        tx: &mut Tx<'_>,
        app: &App,
        community: CommunityId,
        charges: &mut [ChargeRow],
    ) -> Result<Self, DbError> {
        let mut sources: HashMap<AccountId, Vec<PrepaidSource>> = HashMap::new();
        for source in ledger::list_prepaid_sources(tx, community)? {
            if source.left.is_positive() {
                sources.entry(source.account_id).or_default().push(source);
            }
        }
        let mut used = Self::default();
        for charge in charges {
            let sources = sources.get_mut(&charge.account_id).map(Vec::as_mut_slice).unwrap_or_default();
            for source in sources {
                used.pay(app, charge, source);
            }
        }
        Ok(used)
    }

    fn pay(&mut self, app: &App, charge: &mut ChargeRow, source: &mut PrepaidSource) {
        let amount = charge.open.min(source.left);
        if !amount.is_positive() {
            return;
        }
        charge.open -= amount;
        source.left -= amount;
        *self.taken.entry(charge.account_id).or_default() += amount;
        let row = |kind: &str| AllocationRow {
            id: app.new_id(),
            receipt_id: source.receipt_id,
            account_id: charge.account_id,
            kind: kind.to_owned(),
            charge_id: Some(charge.id),
            late_fee_id: None,
            amount,
            effective_on: counts_from(charge, source.received_on),
        };
        self.allocations.extend([row("prepaid_out"), row("principal")]);
    }

    /// Writes the allocations, once the charges are there.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn write(self, tx: &mut Tx<'_>, community: CommunityId) -> Result<(), DbError> {
        if self.allocations.is_empty() {
            return Ok(());
        }
        let count = i64::try_from(self.allocations.len()).unwrap_or(i64::MAX);
        let seq = community::next_seq(tx, community, count)?;
        ledger::insert_allocations(tx, community, &self.allocations, seq)?;
        for (account, amount) in self.taken {
            registry::lock_account(tx, community, account)?;
            registry::add_prepaid(tx, community, account, -amount)?;
        }
        Ok(())
    }
}

/// Money that lay there pays on the day of issue, or on the due day when the bill comes late: a payer who had paid ahead bears
/// no late fee for that. It never pays before it was received.
fn counts_from(charge: &ChargeRow, received_on: NaiveDate) -> NaiveDate {
    charge.issued_on.min(charge.due_on).max(received_on)
}
