//! What groups of cases met with, and what was done out of the ordinary, for the report on fairness (P3).

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::ids::CommunityId;

use crate::{DbError, Row, Tx, params};

/// A case that was open at some time between two days, and what it met with in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreatedCase {
    /// The harshest stage it came to.
    pub stage: String,
    /// Whose case it is.
    pub staff: Option<String>,
    /// The first building of the payer.
    pub building: Option<String>,
    /// What the payer is to the unit: `owner`, `co_owner`, `tenant`, `developer`.
    pub role: Option<String>,
    /// Contacts tried.
    pub contacts: i64,
    /// Let off by decision.
    pub waived: Fen,
    /// Whether a plan was agreed.
    pub has_plan: bool,
}

/// Something done out of the ordinary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// When.
    pub on: NaiveDate,
    /// What: the kind of the hold or the adjustment.
    pub kind: String,
    /// Why.
    pub reason: String,
    /// By whom.
    pub by: String,
    /// The second person; empty where the act needed none.
    pub second: String,
    /// What it came to; zero where it is no sum.
    pub amount: Fen,
    /// The case it is about.
    pub case_number: Option<String>,
}

const CASES: &str = "SELECT c.stage, (SELECT s.name FROM staff s WHERE s.id = c.staff_id),
    (SELECT MIN(b.code) FROM account a CROSS JOIN unit u CROSS JOIN building b
        WHERE a.community_id = c.community_id AND a.party_id = c.party_id AND u.community_id = a.community_id
        AND u.id = a.unit_id AND b.community_id = u.community_id AND b.id = u.building_id),
    (SELECT MAX(t.role) FROM tenure t WHERE t.community_id = c.community_id AND t.party_id = c.party_id),
    (SELECT CAST(COUNT(*) AS BIGINT) FROM contact_log l WHERE l.community_id = c.community_id AND l.case_id = c.id
        AND l.direction = 'out' AND l.happened_on >= $2 AND l.happened_on <= $3),
    (SELECT CAST(COALESCE(SUM(j.amount_fen), 0) AS BIGINT) FROM account a CROSS JOIN adjustment j
        WHERE a.community_id = c.community_id AND a.party_id = c.party_id AND j.community_id = a.community_id
        AND j.account_id = a.id AND j.kind = 'waiver' AND j.effective_on >= $2 AND j.effective_on <= $3),
    (SELECT CAST(COUNT(*) AS BIGINT) FROM plan p WHERE p.community_id = c.community_id AND p.case_id = c.id
        AND p.state IN ('active', 'completed', 'defaulted') AND p.agreed_on >= $2 AND p.agreed_on <= $3)
    FROM case_file c WHERE c.community_id = $1 AND c.opened_on <= $3 AND (c.closed_on IS NULL OR c.closed_on >= $2)";
/// One that a second person confirmed goes on as another row; it is told once.
const HOLDS: &str =
    "SELECT h.opened_on, h.kind, h.reason, h.opened_by, COALESCE(h.confirmed_by, ''), h.disputed_fen, c.number
    FROM hold h LEFT JOIN case_file c ON c.community_id = h.community_id AND c.id = h.case_id
    WHERE h.community_id = $1 AND h.opened_on >= $2 AND h.opened_on <= $3
    AND (h.confirmed_by IS NOT NULL OR h.released_on IS NULL OR NOT EXISTS (SELECT 1 FROM hold x
        WHERE x.community_id = h.community_id AND x.case_id = h.case_id AND x.kind = h.kind AND x.reason = h.reason
        AND x.confirmed_by IS NOT NULL AND x.opened_on >= h.opened_on)) ORDER BY h.opened_on, h.seq";
const WAIVERS: &str =
    "SELECT j.effective_on, j.kind, j.reason, j.requested_by, j.approved_by, j.amount_fen, CAST(NULL AS TEXT)
    FROM adjustment j WHERE j.community_id = $1 AND j.kind IN ('waiver', 'vacancy', 'service')
    AND j.effective_on >= $2 AND j.effective_on <= $3 ORDER BY j.effective_on, j.seq";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[CASES, HOLDS, WAIVERS];

/// Cases open between two days, and what they met with.
///
/// # Errors
/// When the database refuses.
pub fn list_cases(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<Vec<TreatedCase>, DbError> {
    tx.query(CASES, &params![community, first, last], |row| {
        Ok(TreatedCase {
            stage: row.take()?,
            staff: row.take()?,
            building: row.take()?,
            role: row.take()?,
            contacts: row.take()?,
            waived: row.take()?,
            has_plan: row.take::<i64>()? > 0,
        })
    })
}

/// Holds opened between two days, whoever opened them.
///
/// # Errors
/// When the database refuses.
pub fn list_holds(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<Vec<Exception>, DbError> {
    tx.query(HOLDS, &params![community, first, last], exception)
}

/// What was let off between two days, by decision.
///
/// # Errors
/// When the database refuses.
pub fn list_waivers(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<Vec<Exception>, DbError> {
    tx.query(WAIVERS, &params![community, first, last], exception)
}

fn exception(row: &Row<'_>) -> Result<Exception, DbError> {
    Ok(Exception {
        on: row.take()?,
        kind: row.take()?,
        reason: row.take()?,
        by: row.take()?,
        second: row.take()?,
        amount: row.take()?,
        case_number: row.take()?,
    })
}
