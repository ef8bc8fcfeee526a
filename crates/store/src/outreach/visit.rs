//! What phones sent of visits (上门记录): one record per key, whose contact is in the contact log.

use chrono::{DateTime, Utc};
use hemu_domain::ids::{CaseId, CommunityId, ContactLogId, PartyId};

use crate::kept::VISIT_RECORDS;
use crate::{DbError, Tx, params};

/// A record as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitRecordRow {
    /// Its contact.
    pub contact_id: ContactLogId,
    /// The case.
    pub case_id: CaseId,
    /// The key the phone made.
    pub key: String,
    /// An HMAC of all that was sent with it.
    pub content_index: Vec<u8>,
    /// Whether the owner signed.
    pub signing: String,
    /// When it came in.
    pub received_at: DateTime<Utc>,
}

/// The record that came with a key first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstRecord {
    /// Its contact.
    pub contact_id: ContactLogId,
    /// An HMAC of all that was sent with it.
    pub content_index: Vec<u8>,
    /// When it came in.
    pub received_at: DateTime<Utc>,
    /// The rule of the contact budget its contact broke.
    pub breach: Option<String>,
}

const BY_KEY: &str = "SELECT v.contact_id, v.content_index, v.received_at, l.breach FROM visit_record v
    JOIN contact_log l ON l.community_id = v.community_id AND l.id = v.contact_id
    WHERE v.community_id = $1 AND v.visit_key = $2";
const OF_PARTY: &str = "SELECT v.contact_id, v.case_id, v.visit_key, v.content_index, v.signing, v.received_at
    FROM contact_log l CROSS JOIN visit_record v
    WHERE l.community_id = $1 AND l.party_id = $2 AND l.channel = 'visit'
    AND v.community_id = l.community_id AND v.contact_id = l.id ORDER BY l.seq";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[BY_KEY, OF_PARTY];

/// Writes a record.
///
/// # Errors
/// [`DbError::Duplicate`] for a key that came before.
pub fn insert(tx: &mut Tx<'_>, community: CommunityId, row: &VisitRecordRow) -> Result<(), DbError> {
    let VisitRecordRow { contact_id, case_id, .. } = row;
    let (key, index) = (row.key.as_str(), row.content_index.clone());
    let cells = params![community, *contact_id, *case_id, key, index, row.signing.as_str(), row.received_at];
    VISIT_RECORDS.insert(tx, community, [cells]).map(|_| ())
}

/// The record that came with a key.
///
/// # Errors
/// When the database refuses.
pub fn find_by_key(tx: &mut Tx<'_>, community: CommunityId, key: &str) -> Result<Option<FirstRecord>, DbError> {
    tx.query_opt(BY_KEY, &params![community, key], |row| {
        Ok(FirstRecord {
            contact_id: row.take()?,
            content_index: row.take()?,
            received_at: row.take()?,
            breach: row.take()?,
        })
    })
}

/// The records of visits to a payer, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn list_of_party(tx: &mut Tx<'_>, community: CommunityId, party: PartyId) -> Result<Vec<VisitRecordRow>, DbError> {
    tx.query(OF_PARTY, &params![community, party], |row| {
        Ok(VisitRecordRow {
            contact_id: row.take()?,
            case_id: row.take()?,
            key: row.take()?,
            content_index: row.take()?,
            signing: row.take()?,
            received_at: row.take()?,
        })
    })
}
