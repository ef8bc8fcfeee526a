//! What of a charge never changes, as its register covers it.

use hemu_domain::ids::{ChargeId, CommunityId};

use super::ChargeRow;
use crate::{Value, params};

/// What the digest of charges covers: all but what is open, and how the amount came to be, from which it is computed again.
pub(crate) fn charge_content(
    community: CommunityId,
    c: &ChargeRow,
    (reverses, seq): (Option<ChargeId>, i64),
) -> [Value; 14] {
    params![
        community,
        c.id,
        c.account_id,
        c.bill_id,
        c.fee_item_id,
        c.clause_id,
        c.period,
        c.occurrence,
        c.origin,
        c.due_on,
        c.amount,
        c.issued_on,
        seq,
        reverses
    ]
}
