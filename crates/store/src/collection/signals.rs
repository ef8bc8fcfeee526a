//! What classifications are proposed from: how contacts ended, promises, earlier cases, complaints, holds, plans, units; a statement for
//! each over the open cases of a community or a few of them, never case by case.

use chrono::NaiveDate;
use hemu_domain::ids::{CaseId, CommunityId};

use super::facts::{Scope, Scoped, scoped};
use crate::{DbError, Row, Tx, params};

const OUTCOMES: Scoped = scoped!(
    "SELECT c.id, l.outcome, l.happened_on FROM case_file c CROSS JOIN contact_log l
    WHERE c.community_id = $1 AND c.closed_on IS NULL AND l.community_id = c.community_id AND l.party_id = c.party_id
    AND l.happened_on >= $2 AND l.outcome NOT IN ('SENT', 'DELIVERED', 'SIGNED')",
    " AND c.id IN ({ids})",
    ""
);
const PROMISES: Scoped = scoped!(
    "SELECT c.id, p.state, p.settled_on FROM case_file c CROSS JOIN case_file o CROSS JOIN promise p
    WHERE c.community_id = $1 AND c.closed_on IS NULL AND o.community_id = c.community_id AND o.party_id = c.party_id
    AND p.community_id = o.community_id AND p.case_id = o.id AND p.settled_on IS NOT NULL
    AND p.state IN ('kept', 'part_kept', 'broken')",
    " AND c.id IN ({ids})",
    ""
);
const EARLIER: Scoped = scoped!(
    "SELECT c.id, o.opened_on, o.closed_on FROM case_file c
    JOIN case_file o ON o.community_id = c.community_id AND o.party_id = c.party_id
    WHERE c.community_id = $1 AND c.closed_on IS NULL AND o.closed_on IS NOT NULL",
    " AND c.id IN ({ids})",
    ""
);
const COMPLAINTS: Scoped = scoped!(
    "SELECT c.id, k.opened_on FROM case_file c
    JOIN complaint k ON k.community_id = c.community_id AND k.party_id = c.party_id
    WHERE c.community_id = $1 AND c.closed_on IS NULL AND k.state NOT IN ('answered', 'closed')",
    " AND c.id IN ({ids})",
    ""
);
const HOLDS: Scoped = scoped!(
    "SELECT c.id, h.kind, h.opened_on FROM case_file c
    JOIN hold h ON h.community_id = c.community_id AND h.case_id = c.id
    WHERE c.community_id = $1 AND c.closed_on IS NULL
    AND ((h.kind = 'hardship' AND h.confirmed_by IS NOT NULL) OR (h.kind = 'billing_query' AND h.released_on IS NULL))",
    " AND c.id IN ({ids})",
    ""
);
const PLANS: Scoped = scoped!(
    "SELECT c.id, p.state, p.offered_on FROM case_file c
    JOIN plan p ON p.community_id = c.community_id AND p.case_id = c.id
    WHERE c.community_id = $1 AND c.closed_on IS NULL AND p.agreed_on IS NOT NULL",
    " AND c.id IN ({ids})",
    ""
);
const UNITS: Scoped = scoped!(
    "SELECT c.id, u.occupancy, a.ends_on FROM case_file c CROSS JOIN account a CROSS JOIN unit u
    WHERE c.community_id = $1 AND c.closed_on IS NULL AND a.community_id = c.community_id AND a.party_id = c.party_id
    AND u.community_id = a.community_id AND u.id = a.unit_id",
    " AND c.id IN ({ids})",
    ""
);

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[
    OUTCOMES.all,
    OUTCOMES.few,
    PROMISES.all,
    PROMISES.few,
    EARLIER.all,
    EARLIER.few,
    COMPLAINTS.all,
    COMPLAINTS.few,
    HOLDS.all,
    HOLDS.few,
    PLANS.all,
    PLANS.few,
    UNITS.all,
    UNITS.few,
];

/// One thing on record about a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignalRow {
    /// How a contact with the payer ended.
    Outcome(String, NaiveDate),
    /// How a promise of the payer ended.
    Promise(String, NaiveDate),
    /// An earlier case of the payer: opened and closed.
    Earlier(NaiveDate, NaiveDate),
    /// A complaint of the payer without an answer.
    Complaint(NaiveDate),
    /// A hold for hardship that a second person confirmed, or for a billing query in force.
    Hold(String, NaiveDate),
    /// A plan the payer agreed to.
    Plan(String, NaiveDate),
    /// A unit of the payer: its occupancy, and the day it was sold.
    Unit(String, Option<NaiveDate>),
}

/// What is on record about cases; contacts since a day.
///
/// # Errors
/// When the database refuses.
pub fn list_signals(
    tx: &mut Tx<'_>,
    community: CommunityId,
    since: NaiveDate,
    scope: Scope<'_>,
) -> Result<Vec<(CaseId, SignalRow)>, DbError> {
    let of = params![community];
    let mut rows = scope.query_by_case(tx, OUTCOMES, &params![community, since], |row| {
        Ok((row.take()?, SignalRow::Outcome(row.take()?, row.take()?)))
    })?;
    type Read = fn(&Row<'_>) -> Result<(CaseId, SignalRow), DbError>;
    let others: [(Scoped, Read); 6] = [
        (PROMISES, |row| Ok((row.take()?, SignalRow::Promise(row.take()?, row.take()?)))),
        (EARLIER, |row| Ok((row.take()?, SignalRow::Earlier(row.take()?, row.take()?)))),
        (COMPLAINTS, |row| Ok((row.take()?, SignalRow::Complaint(row.take()?)))),
        (HOLDS, |row| Ok((row.take()?, SignalRow::Hold(row.take()?, row.take()?)))),
        (PLANS, |row| Ok((row.take()?, SignalRow::Plan(row.take()?, row.take()?)))),
        (UNITS, |row| Ok((row.take()?, SignalRow::Unit(row.take()?, row.take()?)))),
    ];
    for (statement, read) in others {
        rows.extend(scope.query_by_case(tx, statement, &of, read)?);
    }
    Ok(rows)
}
