//! Formal steps although not everything is there: a manager asks with a reason, a second person approves, and it ends on a day (A3).

use chrono::{Days, NaiveDate};
use hemu_domain::ids::{CommunityId, FormalExceptionId};
use hemu_domain::readiness::{check as check_papers, is_incomplete};
use hemu_store::readiness::{self as store, FormalExceptionRow};
use hemu_store::{Tx, community};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::papers::record;
use crate::approval::TwoPeople;
use crate::{App, Refusal};

/// An exception lasts at most so many days: what is missing can be had in that time.
pub const MOST_DAYS: u64 = 92;

/// Formal steps until a day although something is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExceptionRequest {
    /// Its last day.
    pub until: NaiveDate,
}

/// Whether it could be granted now but for the second person.
///
/// # Errors
/// [`Refusal::InvalidInput`] for a day that is past or too far off; [`Refusal::Conflict`] when nothing is missing, or one that lasts as
/// long is in force.
pub(crate) fn check(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    request: &ExceptionRequest,
) -> Result<(), Refusal> {
    let today = app.today();
    let last = today.checked_add_days(Days::new(MOST_DAYS)).unwrap_or(today);
    if request.until < today || request.until > last {
        let zh = format!("截止日应在今天和 {last} 之间");
        return Err(Refusal::invalid("until", zh, format!("it ends between today and {last}")));
    }
    if store::find_exception(tx, community, today)?.is_some_and(|one| one.ends_on >= request.until) {
        let (zh, en) = ("已有同样长或更长的例外在执行", "an exception that lasts as long is in force");
        return Err(Refusal::conflict(zh, en));
    }
    if !is_incomplete(&check_papers(&store::read_papers(tx, community, today)?, today)) {
        return Err(Refusal::conflict("资料已齐备，不需要例外", "nothing is missing, and no exception is needed"));
    }
    Ok(())
}

/// Grants what two people agreed on.
///
/// # Errors
/// As for [`check`].
pub(crate) fn grant(
    tx: &mut Tx<'_>,
    app: &App,
    people: TwoPeople<'_>,
    community: CommunityId,
    request: &ExceptionRequest,
) -> Result<FormalExceptionId, Refusal> {
    check(tx, app, community, request)?;
    let seq = community::next_seq(tx, community, 1)?;
    let row = FormalExceptionRow {
        id: app.new_id(),
        starts_on: app.today(),
        ends_on: request.until,
        reason: people.reason.to_owned(),
        asked_by: people.asked_by.to_owned(),
        approved_by: people.approver.name.clone(),
        approved_at: app.clock.now(),
    };
    store::insert_exception(tx, community, &row, seq)?;
    let detail = json!({ "until": row.ends_on, "requested_by": row.asked_by, "reason": row.reason });
    record(tx, app, people.approver, community, ("formal_exception.grant", "community", community.uuid()), &detail)?;
    Ok(row.id)
}
