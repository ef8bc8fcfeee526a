//! The late fees a message may speak of: those of the desk, account by account of one payer.

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::ids::{ChargeId, CommunityId, PartyId};
use hemu_store::collection::case_page;
use hemu_store::{DbError, Tx};

use crate::ledger::positions;
use crate::tariff::Contracts;

/// The open late fees of a payer on a day, charge by charge; a payer has a handful of accounts.
///
/// # Errors
/// When the database refuses.
pub(crate) fn late_fees_of_payer(
    tx: &mut Tx<'_>,
    community: CommunityId,
    party: PartyId,
    on: NaiveDate,
) -> Result<Vec<(ChargeId, Fen)>, DbError> {
    let contracts = Contracts::load(tx, community)?;
    let mut fees = Vec::new();
    for account in case_page::list_accounts(tx, community, party)? {
        let positions = positions(tx, community, account.id, on, &contracts)?;
        let due = positions.iter().filter(|position| position.charge.due_on <= on);
        let owed = due.map(|position| (position.charge.id, position.late_fee()));
        fees.extend(owed.filter(|(_, fee)| fee.is_positive()));
    }
    Ok(fees)
}
