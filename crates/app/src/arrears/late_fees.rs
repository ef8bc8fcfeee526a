//! What runs of a late fee beyond what is frozen.

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::arrears::late_fee::late_fee_amount;
use hemu_domain::arrears::pause::DayRange;
use hemu_store::ledger::adjustment::AdjustmentRow;

use crate::tariff::FeeRule;

/// The late fee of a charge as of a day beyond what is frozen: the whole of it by the clause of its contract, from its
/// payments and paused days, less what was frozen. Without a clause nothing runs.
#[must_use]
pub fn running_late_fee(
    rule: Option<&FeeRule>,
    amount: Fen,
    due_on: NaiveDate,
    payments: &[(NaiveDate, Fen)],
    paused: &[DayRange],
    frozen: Fen,
    as_of: NaiveDate,
) -> Fen {
    let whole = rule.map_or(Fen::ZERO, |rule| late_fee_amount(&rule.clause, amount, due_on, payments, paused, as_of));
    (whole - frozen).max(Fen::ZERO)
}

/// What adjustments of a charge took off its principal by a day, as the late fee sees it.
pub fn lowered_by(
    adjustments: &[AdjustmentRow],
    due_on: NaiveDate,
    as_of: NaiveDate,
) -> impl Iterator<Item = (NaiveDate, Fen)> {
    let of_principal = adjustments.iter().filter(|one| one.late_fee_id.is_none());
    of_principal.filter_map(move |one| Some((one.kind.lowers_from(due_on, one.effective_on, as_of)?, one.amount)))
}
