//! Holds (暂缓) as they are written: what a kind suppresses, for a case, single charges, an amount, or the whole community.

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::collection::hold::HoldKind;
use hemu_domain::ids::{CaseId, ChargeId, ComplaintId};
use hemu_store::collection::work::HoldRow;
use serde_json::json;

use crate::App;

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
