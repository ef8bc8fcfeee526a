//! Holds (暂缓) as they are written: what a kind suppresses, for a case, single charges, an amount, or the whole community; and what
//! becomes of the steps that are under way.

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::collection::hold::HoldKind;
use hemu_domain::ids::{CaseId, ChargeId, CommunityId, ComplaintId};
use hemu_store::Tx;
use hemu_store::collection::step;
use hemu_store::collection::work::HoldRow;
use serde_json::json;

use crate::collection::late_fees::late_fees_of_payer;
use crate::collection::planner::freeze_lines;
use crate::collection::snapshot;
use crate::{App, Refusal};

/// What of a debt rests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// Only these charges; all where there are none.
    pub charges: Vec<ChargeId>,
    /// Only so much of them, where it is not zero.
    pub amount: Fen,
}

impl Extent {
    /// The word that is stored.
    pub(crate) fn word(&self, case: Option<CaseId>) -> &'static str {
        match (case, self.charges.is_empty(), self.amount.is_zero()) {
            (None, ..) => "community",
            (Some(_), true, true) => "case",
            (Some(_), false, true) => "charges",
            (Some(_), _, false) => "amount",
        }
    }
}

/// A hold of a kind, opened today by somebody.
pub(crate) fn hold_row(
    app: &App,
    by: &str,
    (case, kind): (Option<CaseId>, HoldKind),
    scope: &Extent,
    (reason, review_on): (&str, NaiveDate),
) -> HoldRow {
    let whole = scope.charges.is_empty();
    let suppresses = if whole { kind.suppresses() } else { kind.suppresses_of_charges() };
    HoldRow {
        id: app.new_id(),
        case_id: case,
        kind: kind.as_str().to_owned(),
        scope: scope.word(case).to_owned(),
        suppress_contact: suppresses.contact,
        suppress_escalation: suppresses.escalation,
        suppress_late_fee: suppresses.late_fee,
        suppress_legal: suppresses.legal,
        charge_ids: json!(scope.charges),
        reason: reason.to_owned(),
        opened_by: by.to_owned(),
        opened_on: app.today(),
        review_on,
        expires_on: None,
        released_on: None,
        complaint_id: None::<ComplaintId>,
        disputed_fen: scope.amount,
        staff_id: None,
        confirmed_by: None,
        document: None,
    }
}

/// What is under way on a case when a part of its debt begins to rest: it is about the rest from now on. Where all of it rests, nobody
/// is contacted: what waits falls away, and is planned again when the hold ends.
///
/// # Errors
/// [`Refusal::NotFound`] when the case is closed.
pub(crate) fn rest_what_is_under_way(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    hold: &HoldRow,
) -> Result<(), Refusal> {
    let Some(case) = hold.case_id else { return Ok(()) };
    if hold.scope == "case" {
        return Ok(step::cancel_contacts(tx, community, case, ("hold", app.today()))?);
    }
    let found = snapshot::one_case(tx, community, case, app.today())?;
    let asked = found.asked();
    if asked.is_empty() {
        return Ok(step::cancel_contacts(tx, community, case, ("hold", app.today()))?);
    }
    let late_fees = late_fees_of_payer(tx, community, found.case.party_id, app.today())?;
    let (open, late_fee, lines) = freeze_lines(&asked, &late_fees, &found.disputed);
    let waits = |state: &str| matches!(state, "planned" | "deferred" | "open_task");
    for action in step::list_of_case(tx, community, case)?.iter().filter(|action| waits(&action.state)) {
        step::freeze_figures(tx, community, action.id, (open, late_fee), &lines)?;
    }
    Ok(())
}
