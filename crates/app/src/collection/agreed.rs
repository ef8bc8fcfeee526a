//! What was agreed with an owner rests the case (`collections.md` 6.2): a promise and a plan each open a hold that says what rests, until
//! when, and who is responsible; it ends with them. The program opens and ends these holds, and contact begins again after the days
//! of rest, never at once (I13).

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::collection::hold::HoldKind;
use hemu_domain::collection::plan::{Instalment, PlanLine, PlanTerms};
use hemu_domain::collection::promise::{PromiseState, judged_from};
use hemu_domain::ids::{CommunityId, StaffId};
use hemu_store::collection::case::CaseRow;
use hemu_store::collection::work::{self, HoldRow, PlanRow};
use hemu_store::{DbError, Tx, community};
use uuid::Uuid;

use super::holds::{BY_THE_PROGRAM, Extent, hold_row};
use crate::App;

/// Opens the hold of a promise that runs: somebody looks at it on the day it could be found broken.
///
/// # Errors
/// When the database refuses.
pub(super) fn rest_for_promise(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    case: &CaseRow,
    (amount, due_on, grace_days): (Fen, NaiveDate, i64),
    responsible: Option<StaffId>,
) -> Result<(), DbError> {
    let why = format!("承诺 {due_on} 前缴 {} 元", amount.grouped());
    let about = (Some(case.id), HoldKind::Promise);
    let mut hold = hold_row(app, BY_THE_PROGRAM, about, &Extent::default(), (&why, judged_from(due_on, grace_days)));
    hold.staff_id = responsible.or(case.staff_id);
    let seq = community::next_seq(tx, community, 1)?;
    work::insert_hold(tx, community, &hold, seq)
}

/// Ends the holds of promises that came to an end, in whatever way.
///
/// # Errors
/// When the database refuses.
pub(super) fn promises_ended(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (cases, state): (&[Uuid], PromiseState),
    on: NaiveDate,
) -> Result<(), DbError> {
    ended(tx, community, (cases, HoldKind::Promise), (on, &format!("承诺{}", state.label().zh)))
}

/// Opens the hold of a plan that runs, on its charges alone: what is not in it is asked for as ever. People look at it after its last
/// day, the program every night.
///
/// # Errors
/// When the database refuses.
pub(super) fn rest_for_plan(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    case: &CaseRow,
    (plan, lines, terms): (&PlanRow, &[PlanLine], PlanTerms),
) -> Result<HoldRow, DbError> {
    let why = format!("分期 {} 元履行中", plan.total_fen.grouped());
    let parts: Vec<Instalment> = serde_json::from_value(plan.schedule.clone()).unwrap_or_default();
    let last_day = parts.last().map_or(app.today(), |one| one.due_on);
    let extent = Extent { charges: lines.iter().map(|line| line.charge).collect(), amount: Fen::ZERO };
    let about = (Some(case.id), HoldKind::Plan);
    let mut hold = hold_row(app, BY_THE_PROGRAM, about, &extent, (&why, judged_from(last_day, terms.grace_days)));
    hold.suppress_late_fee = terms.late_fee_rests;
    hold.staff_id = case.staff_id;
    let seq = community::next_seq(tx, community, 1)?;
    work::insert_hold(tx, community, &hold, seq)?;
    Ok(hold)
}

/// Ends the holds of one kind on cases.
///
/// # Errors
/// When the database refuses.
pub(super) fn ended(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (cases, kind): (&[Uuid], HoldKind),
    (on, why): (NaiveDate, &str),
) -> Result<(), DbError> {
    work::release_holds_of_cases(tx, community, (cases, kind.as_str()), on, (BY_THE_PROGRAM, why))
}
