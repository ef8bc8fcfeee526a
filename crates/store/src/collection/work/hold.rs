//! Holds (暂缓): what is suppressed, why, and until when.

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::ids::{CaseId, CommunityId, ComplaintId, HoldId, PartyId, StaffId};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::collection::facts::{Scope, Scoped, scoped};
use crate::db::{BulkTable, ColumnKind};
use crate::digest::{self, Register, SetDigest};
use crate::{DbError, Row, Tx, Value, params};

/// A hold (暂缓).
#[derive(Clone, Debug, PartialEq)]
pub struct HoldRow {
    /// Its id.
    pub id: HoldId,
    /// The case; `None` for the whole community.
    pub case_id: Option<CaseId>,
    /// Type code.
    pub kind: String,
    /// `case`, `charges`, `amount` or `community`.
    pub scope: String,
    /// No contact.
    pub suppress_contact: bool,
    /// No next stage.
    pub suppress_escalation: bool,
    /// No late fee.
    pub suppress_late_fee: bool,
    /// No legal step.
    pub suppress_legal: bool,
    /// The disputed charges, for scope `charges`; those the amount is of, for scope `amount`.
    pub charge_ids: Json,
    /// Why.
    pub reason: String,
    /// Who opened it.
    pub opened_by: String,
    /// When.
    pub opened_on: NaiveDate,
    /// When somebody must look at it again.
    pub review_on: NaiveDate,
    /// When it ends by itself.
    pub expires_on: Option<NaiveDate>,
    /// When it was released.
    pub released_on: Option<NaiveDate>,
    /// The complaint behind it.
    pub complaint_id: Option<ComplaintId>,
    /// The disputed amount, for scope `amount`; else zero.
    pub disputed_fen: Fen,
    /// Who is responsible for it.
    pub staff_id: Option<StaffId>,
    /// The second person, where one is needed.
    pub confirmed_by: Option<String>,
    /// The document it rests on.
    pub document: Option<String>,
}

/// What of a hold stops the late fee.
#[derive(Clone, Debug, PartialEq)]
pub struct LateFeePause {
    /// The payer; `None` for the whole community.
    pub party_id: Option<PartyId>,
    /// Whether it is for single charges.
    pub of_charges: bool,
    /// Those charges.
    pub charge_ids: Json,
    /// Since when.
    pub opened_on: NaiveDate,
    /// The day it was released, expired or its case was closed, whichever came first; `None` while it is in force.
    pub ended_on: Option<NaiveDate>,
}

impl LateFeePause {
    /// Whether it is about this charge of this payer.
    #[must_use]
    pub fn covers(&self, party: PartyId, charge: &str) -> bool {
        let named = || self.charge_ids.as_array().is_some_and(|ids| ids.iter().any(|id| id.as_str() == Some(charge)));
        self.party_id.is_none_or(|payer| payer == party) && (!self.of_charges || named())
    }
}

const HOLDS: Scoped = scoped!(
    "SELECT id, case_id, kind, scope, suppress_contact, suppress_escalation, suppress_late_fee, suppress_legal,
    charge_ids, reason, opened_by, opened_on, review_on, expires_on, released_on, complaint_id, disputed_fen, staff_id,
    confirmed_by, document FROM hold WHERE community_id = $1 AND (released_on IS NULL OR released_on > $2)",
    " AND case_id IN ({ids})",
    " ORDER BY case_id, seq"
);
const HOLDS_OF_COMMUNITY: &str = "SELECT id, case_id, kind, scope, suppress_contact, suppress_escalation, suppress_late_fee,
    suppress_legal, charge_ids, reason, opened_by, opened_on, review_on, expires_on, released_on, complaint_id, disputed_fen, staff_id,
    confirmed_by, document FROM hold WHERE community_id = $1 AND case_id IS NULL AND (released_on IS NULL OR released_on > $2)
    ORDER BY seq";
const HOLDS_OF_CASE: &str = "SELECT id, case_id, kind, scope, suppress_contact, suppress_escalation, suppress_late_fee,
    suppress_legal, charge_ids, reason, opened_by, opened_on, review_on, expires_on, released_on, complaint_id, disputed_fen, staff_id,
    confirmed_by, document FROM hold WHERE community_id = $1 AND (case_id = $2 OR case_id IS NULL) ORDER BY seq";
const FIND_HOLD: &str = "SELECT id, case_id, kind, scope, suppress_contact, suppress_escalation, suppress_late_fee,
    suppress_legal, charge_ids, reason, opened_by, opened_on, review_on, expires_on, released_on, complaint_id, disputed_fen, staff_id,
    confirmed_by, document FROM hold WHERE community_id = $1 AND id = $2";
const INSERT_HOLD: &str =
    "INSERT INTO hold (community_id, id, case_id, kind, scope, suppress_contact, suppress_escalation,
    suppress_late_fee, suppress_legal, charge_ids, reason, opened_by, opened_on, review_on, expires_on, complaint_id,
    disputed_fen, staff_id, confirmed_by, document, seq)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)";
const RELEASE_HOLD: &str = "UPDATE hold SET released_on = $3, released_by = $4, release_reason = $5
    WHERE community_id = $1 AND id = $2 AND released_on IS NULL";
const RELEASE_OF_COMPLAINT: &str = "UPDATE hold SET released_on = $3, released_by = $4, release_reason = $5
    WHERE community_id = $1 AND complaint_id = $2 AND released_on IS NULL";
const RELEASE_OF_CASES: &str = "UPDATE hold SET released_on = $3, released_by = $4, release_reason = $5
    WHERE community_id = $1 AND kind = $2 AND released_on IS NULL AND case_id IN ({ids})";

const LATE_FEE_PAUSES: &str =
    "SELECT c.party_id, h.scope, h.charge_ids, h.opened_on, h.released_on, h.expires_on, c.closed_on
    FROM hold h LEFT JOIN case_file c ON c.community_id = h.community_id AND c.id = h.case_id
    LEFT JOIN complaint k ON k.community_id = h.community_id AND k.id = h.complaint_id
    WHERE h.community_id = $1 AND h.suppress_late_fee AND (k.finding IS NULL OR k.finding <> 'invalid') ORDER BY h.seq";

static HOLD_TABLE: BulkTable = BulkTable {
    table: "hold",
    columns: &[
        ("community_id", ColumnKind::Uuid),
        ("id", ColumnKind::Uuid),
        ("case_id", ColumnKind::Uuid),
        ("kind", ColumnKind::Text),
        ("scope", ColumnKind::Text),
        ("suppress_contact", ColumnKind::Bool),
        ("suppress_escalation", ColumnKind::Bool),
        ("suppress_late_fee", ColumnKind::Bool),
        ("suppress_legal", ColumnKind::Bool),
        ("charge_ids", ColumnKind::Json),
        ("reason", ColumnKind::Text),
        ("opened_by", ColumnKind::Text),
        ("opened_on", ColumnKind::Date),
        ("review_on", ColumnKind::Date),
        ("expires_on", ColumnKind::Date),
        ("complaint_id", ColumnKind::Uuid),
        ("disputed_fen", ColumnKind::Int),
        ("staff_id", ColumnKind::Uuid),
        ("confirmed_by", ColumnKind::Text),
        ("document", ColumnKind::Text),
        ("seq", ColumnKind::Int),
    ],
};

/// Every statement of this module but that with an id list.
pub const STATEMENTS: &[&str] = &[
    HOLDS.all,
    HOLDS.few,
    HOLDS_OF_COMMUNITY,
    HOLDS_OF_CASE,
    FIND_HOLD,
    INSERT_HOLD,
    RELEASE_HOLD,
    RELEASE_OF_COMPLAINT,
    LATE_FEE_PAUSES,
];

/// Holds in force on or after `since`, of all cases or of a few, in order within a case; those of the whole community are there in
/// any event, first or last by engine.
///
/// # Errors
/// When the database refuses.
pub fn list_holds(
    tx: &mut Tx<'_>,
    community: CommunityId,
    since: NaiveDate,
    scope: Scope<'_>,
) -> Result<Vec<HoldRow>, DbError> {
    let fixed = params![community, since];
    let mut holds = scope.query_by_case(tx, HOLDS, &fixed, read_hold)?;
    if matches!(scope, Scope::Few(_)) {
        holds.extend(tx.query(HOLDS_OF_COMMUNITY, &fixed, read_hold)?);
    }
    Ok(holds)
}

/// All holds a case has or had, and those of its community.
///
/// # Errors
/// When the database refuses.
pub fn list_holds_of_case(tx: &mut Tx<'_>, community: CommunityId, case: CaseId) -> Result<Vec<HoldRow>, DbError> {
    tx.query(HOLDS_OF_CASE, &params![community, case], read_hold)
}

/// One hold.
///
/// # Errors
/// When the database refuses.
pub fn find_hold(tx: &mut Tx<'_>, community: CommunityId, id: HoldId) -> Result<Option<HoldRow>, DbError> {
    tx.query_opt(FIND_HOLD, &params![community, id], read_hold)
}

/// What the digest of holds covers: how it was opened. Its end comes later.
pub(crate) fn hold_content(community: CommunityId, h: &HoldRow, seq: i64) -> [Value; 21] {
    params![
        community,
        h.id,
        h.case_id,
        &h.kind,
        &h.scope,
        h.suppress_contact,
        h.suppress_escalation,
        h.suppress_late_fee,
        h.suppress_legal,
        Value::sorted_json(&h.charge_ids),
        &h.reason,
        &h.opened_by,
        h.opened_on,
        h.review_on,
        h.expires_on,
        h.complaint_id,
        h.disputed_fen,
        h.staff_id,
        h.confirmed_by.as_deref(),
        h.document.as_deref(),
        seq
    ]
}

/// Writes a hold.
///
/// # Errors
/// When the database refuses.
pub fn insert_hold(tx: &mut Tx<'_>, community: CommunityId, h: &HoldRow, seq: i64) -> Result<(), DbError> {
    let values = hold_content(community, h, seq);
    digest::add(tx, community, Register::Holds, &SetDigest::of(&values))?;
    tx.execute(INSERT_HOLD, &values).map(|_| ())
}

/// Writes holds.
///
/// # Errors
/// When the database refuses.
pub fn insert_holds(tx: &mut Tx<'_>, community: CommunityId, holds: &[HoldRow], first_seq: i64) -> Result<(), DbError> {
    let rows: Vec<[Value; 21]> =
        holds.iter().zip(first_seq..).map(|(hold, seq)| hold_content(community, hold, seq)).collect();
    let mut added = SetDigest::default();
    rows.iter().for_each(|row| added.join(&SetDigest::of(row)));
    digest::add(tx, community, Register::Holds, &added)?;
    tx.bulk_insert(&HOLD_TABLE, rows).map(|_| ())
}

/// Every hold there was that stops the late fee, but for those of complaints that were found wrong: their days are owed after all.
///
/// # Errors
/// When the database refuses.
pub fn list_late_fee_pauses(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<LateFeePause>, DbError> {
    tx.query(LATE_FEE_PAUSES, &params![community], read_pause)
}

/// Payer, scope, charges, since when, and the three ways to end.
pub(crate) fn read_pause(row: &Row<'_>) -> Result<LateFeePause, DbError> {
    let party_id = row.take()?;
    let of_charges = matches!(row.take::<String>()?.as_str(), "charges" | "amount");
    let (charge_ids, opened_on) = (row.take()?, row.take()?);
    let ends: [Option<NaiveDate>; 3] = [row.take()?, row.take()?, row.take()?];
    Ok(LateFeePause { party_id, of_charges, charge_ids, opened_on, ended_on: ends.into_iter().flatten().min() })
}

/// Ends a hold; false when it had ended.
///
/// # Errors
/// When the database refuses.
pub fn release_hold(
    tx: &mut Tx<'_>,
    community: CommunityId,
    id: HoldId,
    on: NaiveDate,
    by: &str,
    reason: &str,
) -> Result<bool, DbError> {
    tx.execute(RELEASE_HOLD, &params![community, id, on, by, reason]).map(|rows| rows == 1)
}

/// Ends the holds a complaint opened.
///
/// # Errors
/// When the database refuses.
pub fn release_holds_of_complaint(
    tx: &mut Tx<'_>,
    community: CommunityId,
    complaint: ComplaintId,
    on: NaiveDate,
    by: &str,
    reason: &str,
) -> Result<(), DbError> {
    tx.execute(RELEASE_OF_COMPLAINT, &params![community, complaint, on, by, reason]).map(|_| ())
}

/// Ends the holds of one kind on cases.
///
/// # Errors
/// When the database refuses.
pub fn release_holds_of_cases(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (cases, kind): (&[Uuid], &str),
    on: NaiveDate,
    (by, reason): (&str, &str),
) -> Result<(), DbError> {
    tx.execute_in(RELEASE_OF_CASES, &params![community, kind, on, by, reason], cases).map(|_| ())
}

pub(crate) fn read_hold(row: &Row<'_>) -> Result<HoldRow, DbError> {
    Ok(HoldRow {
        id: row.take()?,
        case_id: row.take()?,
        kind: row.take()?,
        scope: row.take()?,
        suppress_contact: row.take()?,
        suppress_escalation: row.take()?,
        suppress_late_fee: row.take()?,
        suppress_legal: row.take()?,
        charge_ids: row.take()?,
        reason: row.take()?,
        opened_by: row.take()?,
        opened_on: row.take()?,
        review_on: row.take()?,
        expires_on: row.take()?,
        released_on: row.take()?,
        complaint_id: row.take()?,
        disputed_fen: row.take()?,
        staff_id: row.take()?,
        confirmed_by: row.take()?,
        document: row.take()?,
    })
}
