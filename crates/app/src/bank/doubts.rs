//! Money in doubt holds reminders: who may have paid is not asked to pay.
//!
//! Every payer an open line could belong to, and who has an open case, has a hold (有未匹配收款) with a review date. Holds are set and
//! ended set by set: when lines come, when one is settled, and at the beginning of each night, since new bills and new cases make
//! new doubts. A hold a person opened is left alone.

use std::collections::{BTreeSet, HashMap};

use hemu_domain::collection::hold::HoldKind;
use hemu_domain::ids::{CaseId, CommunityId, HoldId, PartyId};
use hemu_store::bank::{hold, line};
use hemu_store::collection::work::HoldRow;
use hemu_store::{Tx, community};

use super::directory::Known;
use crate::collection::holds::{BY_THE_PROGRAM, Extent, hold_row};
use crate::{App, Refusal};

const WHY: &str = "有到账待认领，可能是此户缴纳；认领后自动解除";
const OVER: &str = "到账已认领或已处理";

/// Opens the holds that are missing and ends those nothing speaks for any more.
///
/// # Errors
/// When the database refuses.
pub(crate) fn refresh(tx: &mut Tx<'_>, app: &App, community: CommunityId) -> Result<(), Refusal> {
    let in_force = hold::list_in_force(tx, community)?;
    let doubted = payers_in_doubt(tx, app, community)?;
    if in_force.is_empty() && doubted.is_empty() {
        return Ok(());
    }
    let cases: HashMap<PartyId, CaseId> = hold::list_open_cases(tx, community)?.into_iter().collect();
    let wanted: BTreeSet<CaseId> = doubted.iter().filter_map(|party| cases.get(party)).copied().collect();
    let held: BTreeSet<CaseId> = in_force.iter().map(|(_, case)| *case).collect();
    let missing: Vec<CaseId> = wanted.difference(&held).copied().collect();
    let over: Vec<(HoldId, CaseId)> = in_force.into_iter().filter(|(_, case)| !wanted.contains(case)).collect();
    let changed: Vec<CaseId> = missing.iter().copied().chain(over.iter().map(|(_, case)| *case)).collect();
    hold::lock_cases(tx, community, &changed)?;
    if !missing.is_empty() {
        let holds: Vec<HoldRow> = missing.into_iter().map(|case| hold_of(app, case)).collect();
        let count = i64::try_from(holds.len()).unwrap_or(i64::MAX);
        let first_seq = community::next_seq(tx, community, count)?;
        hold::open(tx, community, &holds, first_seq)?;
    }
    if !over.is_empty() {
        community::next_seq(tx, community, 1)?;
        let ids: Vec<HoldId> = over.into_iter().map(|(id, _)| id).collect();
        hold::release(tx, community, &ids, app.today(), (BY_THE_PROGRAM, OVER))?;
    }
    Ok(())
}

/// Whether any line waits: while none does, a night need not look.
///
/// # Errors
/// When the database refuses.
pub(crate) fn any(tx: &mut Tx<'_>, community: CommunityId) -> Result<bool, Refusal> {
    Ok(line::has_open(tx, community)?)
}

/// Everybody an open line could belong to.
fn payers_in_doubt(tx: &mut Tx<'_>, app: &App, community: CommunityId) -> Result<BTreeSet<PartyId>, Refusal> {
    let open = line::list_open(tx, community)?;
    if open.is_empty() {
        return Ok(BTreeSet::new());
    }
    let known = Known::load(tx, app, community)?;
    Ok(open.iter().flat_map(|line| known.judge(app, line).could_be).collect())
}

fn hold_of(app: &App, case: CaseId) -> HoldRow {
    let kind = HoldKind::UnmatchedReceipt;
    let why = (WHY, kind.latest_review(app.today()));
    hold_row(app, BY_THE_PROGRAM, (Some(case), kind), &Extent::default(), why)
}
