//! Reopening (反结账): an act of two people, about the last closed month only. The row stays, marked; the month is closed again by
//! a row that knows more facts.

use hemu_domain::Period;
use hemu_domain::ids::{ClosingId, CommunityId};
use hemu_store::closing as store;
use hemu_store::{Tx, community};

use super::standing;
use crate::approval::TwoPeople;
use crate::audit::{self, Act};
use crate::{App, Refusal};

/// The closing of that month, which is the last one.
///
/// # Errors
/// [`Refusal::Conflict`] for any other month.
pub(crate) fn check(tx: &mut Tx<'_>, community: CommunityId, month: Period) -> Result<ClosingId, Refusal> {
    match standing(tx, community)?.last() {
        Some(last) if last.boundary.month == month => Ok(last.id),
        Some(last) => {
            let last = last.boundary.month;
            let zh = format!("只能反结账最后结账的月份 {last}，{month} 不能单独反结账");
            Err(Refusal::conflict(zh, format!("only the last closed month, {last}, can be reopened, not {month}")))
        }
        None => Err(Refusal::conflict("还没有结过账", "no month is closed")),
    }
}

/// Marks the closing as reopened.
///
/// # Errors
/// As for [`check`].
pub(crate) fn reopen(
    tx: &mut Tx<'_>,
    app: &App,
    people: TwoPeople<'_>,
    community: CommunityId,
    month: Period,
) -> Result<ClosingId, Refusal> {
    community::next_seq(tx, community, 1)?;
    let closing = check(tx, community, month)?;
    if !store::mark_reopened(tx, community, closing, (app.clock.now(), &people.approver.name))? {
        return Err(Refusal::conflict("这个月已经反结账", "this month was reopened already"));
    }
    let detail = serde_json::json!({ "month": month, "requested_by": people.asked_by });
    let subject_id = Some(closing.uuid());
    let act = Act { act: "month.reopen", subject_kind: "month_closing", subject_id, detail: &detail };
    audit::record(tx, app, people.approver, Some(community), &act)?;
    Ok(closing)
}
