//! What interrupts limitation (诉讼时效, 民法典 195) of the charges of open cases: letters served, messages that arrived at a
//! recipient proven to be the payer, part payments, promises, plans, mediation and suits. Posters are not even looked for.

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::arrears::limitation::LimitationEventKind as Kind;
use hemu_domain::ids::{AccountId, CaseId, ChargeId, CommunityId};

use serde_json::Value as Json;

use super::facts::{Scope, Scoped, scoped};
use crate::{DbError, Row, Tx, params};

/// An event of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseEvent {
    /// The case.
    pub case_id: CaseId,
    /// The account it is about; `None` for all of the payer's.
    pub account_id: Option<AccountId>,
    /// What happened.
    pub kind: Kind,
    /// When it reached the payer, or was agreed.
    pub at: When,
    /// Charges due on this day or later were not in it.
    pub covers_before: When,
    /// The charges it was about, where it named them; else all.
    pub charges: Vec<ChargeId>,
}

/// A day, or a moment whose day in China the caller finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// A day.
    On(NaiveDate),
    /// A moment.
    At(DateTime<Utc>),
}

/// A demand counts by the letter's unit, and with a proof that it arrived: grade E is "sent only" (诉讼时效规定 8).
const LETTERS: Scoped = scoped!(
    "SELECT n.case_id, a.id, s.served_on, n.as_of FROM case_file c
    CROSS JOIN notice n CROSS JOIN service_proof s CROSS JOIN account a WHERE c.community_id = $1 AND c.closed_on IS NULL
    AND n.community_id = c.community_id AND n.case_id = c.id AND n.kind = 'demand' AND n.number IS NOT NULL
    AND s.community_id = n.community_id AND s.notice_id = n.id AND s.outcome <> 'returned' AND s.grade <= 'D'
    AND a.community_id = n.community_id AND a.unit_id = n.unit_id AND a.party_id = c.party_id",
    " AND c.id IN ({ids})",
    " ORDER BY n.case_id, s.served_on, n.as_of"
);
/// A message speaks of all that was open when it was claimed.
const MESSAGES: Scoped = scoped!(
    "SELECT a.case_id, (SELECT MIN(e.at) FROM delivery_event e WHERE e.community_id = t.community_id AND e.attempt_id = t.id
        AND e.kind IN ('delivered', 'read')), t.created_at FROM case_file c CROSS JOIN action a CROSS JOIN attempt t
    WHERE c.community_id = $1 AND c.closed_on IS NULL
    AND a.community_id = c.community_id AND a.case_id = c.id AND a.state IN ('delivered', 'read')
    AND t.community_id = a.community_id AND t.action_id = a.id AND t.recipient_verified",
    " AND c.id IN ({ids})",
    " ORDER BY a.case_id, a.seq, t.attempt_no"
);
/// A promise interrupts on the day the payer gave it; an offer of ours does not.
const PROMISES: Scoped = scoped!(
    "SELECT p.case_id, p.promised_on FROM case_file c
    JOIN promise p ON p.community_id = c.community_id AND p.case_id = c.id AND p.state <> 'withdrawn'
        AND p.lapses_on IS NULL
    WHERE c.community_id = $1 AND c.closed_on IS NULL",
    " AND c.id IN ({ids})",
    " ORDER BY p.case_id, p.seq"
);
/// By agreeing to a plan the payer acknowledges the charges of the plan, and no others.
const PLANS: Scoped = scoped!(
    "SELECT p.case_id, p.agreed_on, p.lines FROM case_file c
    JOIN plan p ON p.community_id = c.community_id AND p.case_id = c.id
        AND p.agreed_on IS NOT NULL AND p.state IN ('accepted', 'active', 'completed', 'defaulted')
    WHERE c.community_id = $1 AND c.closed_on IS NULL",
    " AND c.id IN ({ids})",
    " ORDER BY p.case_id, p.seq"
);
const MATTERS: Scoped = scoped!(
    "SELECT m.case_id, m.kind, m.filed_on, m.closed_on FROM legal_matter m
    JOIN case_file c ON c.community_id = m.community_id AND c.id = m.case_id AND c.closed_on IS NULL
    WHERE m.community_id = $1 AND m.filed_on IS NOT NULL",
    " AND m.case_id IN ({ids})",
    " ORDER BY m.case_id, m.seq"
);
/// Part payments of what is still open; a receipt taken back is none. Only charges that were ever paid on are looked up.
const PART_PAYMENTS: Scoped = Scoped {
    all: "SELECT x.charge_id, x.effective_on FROM allocation x
    JOIN receipt r ON r.community_id = x.community_id AND r.id = x.receipt_id AND NOT r.reversed
    WHERE x.community_id = $1 AND x.kind IN ('principal', 'late_fee') AND x.amount_fen > 0 AND x.charge_id IN (
        SELECT o.id FROM charge o WHERE o.community_id = $1 AND o.open_fen > 0 AND o.open_fen < o.amount_fen
        UNION SELECT l.charge_id FROM late_fee l WHERE l.community_id = $1 AND l.live)
    ORDER BY x.charge_id, x.effective_on",
    few: "SELECT x.charge_id, x.effective_on FROM account a CROSS JOIN allocation x
    JOIN receipt r ON r.community_id = x.community_id AND r.id = x.receipt_id AND NOT r.reversed
    WHERE a.community_id = $1 AND a.party_id IN ({ids}) AND x.community_id = a.community_id AND x.account_id = a.id
    AND x.kind IN ('principal', 'late_fee') AND x.amount_fen > 0 ORDER BY x.charge_id, x.effective_on",
};

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[
    LETTERS.all,
    LETTERS.few,
    MESSAGES.all,
    MESSAGES.few,
    PROMISES.all,
    PROMISES.few,
    PLANS.all,
    PLANS.few,
    MATTERS.all,
    MATTERS.few,
    PART_PAYMENTS.all,
    PART_PAYMENTS.few,
];

/// The events of open cases that may interrupt limitation, case by case within each kind.
///
/// # Errors
/// When the database refuses.
pub fn list_case_events(tx: &mut Tx<'_>, community: CommunityId, scope: Scope<'_>) -> Result<Vec<CaseEvent>, DbError> {
    let mut events = scope.query_by_case(tx, LETTERS, &params![community], |row| {
        let (case_id, account) = (row.take()?, row.take()?);
        let (at, covers_before) = (When::On(row.take()?), When::On(row.take()?));
        let (account_id, kind, charges) = (Some(account), Kind::LetterServed, Vec::new());
        Ok(CaseEvent { case_id, account_id, kind, at, covers_before, charges })
    })?;
    let messages = scope.query_by_case(tx, MESSAGES, &params![community], |row| {
        let (case_id, arrived, claimed): (_, Option<_>, _) = (row.take()?, row.take()?, row.take()?);
        let covers_before = When::At(claimed);
        let kind = Kind::MessageDelivered;
        let charges = Vec::new();
        Ok(arrived.map(|at| CaseEvent { case_id, account_id: None, kind, at: When::At(at), covers_before, charges }))
    })?;
    events.extend(messages.into_iter().flatten());
    let promised = |row: &Row<'_>| Ok(of_case(row.take()?, Kind::Promise, row.take()?));
    events.extend(scope.query_by_case(tx, PROMISES, &params![community], promised)?);
    let planned = |row: &Row<'_>| {
        let event = of_case(row.take()?, Kind::Plan, row.take()?);
        Ok(CaseEvent { charges: charges_of(&row.take()?), ..event })
    };
    events.extend(scope.query_by_case(tx, PLANS, &params![community], planned)?);
    list_matters(tx, community, scope, &mut events)?;
    Ok(events)
}

fn of_case(case_id: CaseId, kind: Kind, on: NaiveDate) -> CaseEvent {
    CaseEvent { case_id, account_id: None, kind, at: When::On(on), covers_before: When::On(on), charges: Vec::new() }
}

/// The charges that lines name.
fn charges_of(lines: &Json) -> Vec<ChargeId> {
    let named = |line: &Json| ChargeId::parse(line.get("charge")?.as_str()?).ok();
    lines.as_array().map(|lines| lines.iter().filter_map(named).collect()).unwrap_or_default()
}

/// A matter is about what was due when it was filed; so is its end.
fn list_matters(
    tx: &mut Tx<'_>,
    community: CommunityId,
    scope: Scope<'_>,
    events: &mut Vec<CaseEvent>,
) -> Result<(), DbError> {
    let read = |row: &Row<'_>| Ok((row.take()?, row.take()?, row.take()?, row.take()?));
    let matters: Vec<(CaseId, String, NaiveDate, Option<NaiveDate>)> =
        scope.query_by_case(tx, MATTERS, &params![community], read)?;
    for (case, kind, filed, closed) in matters {
        let filing = match kind.as_str() {
            "mediation" => Kind::MediationRequested,
            "payment_order" => Kind::PaymentOrderApplied,
            _ => Kind::SuitFiled,
        };
        events.push(of_case(case, filing, filed));
        if let Some(closed) = closed {
            events.push(CaseEvent { at: When::On(closed), ..of_case(case, Kind::ProceedingsEnded, filed) });
        }
    }
    Ok(())
}

/// Part payments of open charges.
///
/// # Errors
/// When the database refuses.
pub fn list_part_payments(
    tx: &mut Tx<'_>,
    community: CommunityId,
    scope: Scope<'_>,
) -> Result<Vec<(ChargeId, NaiveDate)>, DbError> {
    scope.query_by_party(tx, PART_PAYMENTS, &params![community], |row| Ok((row.take()?, row.take()?)))
}
