//! The list of messages (消息): one line per try, newest first, text and address unread.

use chrono::{DateTime, Utc};
use hemu_domain::UnitLabel;
use hemu_domain::ids::{AttemptId, CaseId, CommunityId};
use uuid::Uuid;

use crate::{DbError, Tx, params};

/// A try in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentLine {
    /// Its id.
    pub id: AttemptId,
    /// The case.
    pub case_id: CaseId,
    /// The case's number.
    pub case_number: String,
    /// The first of the payer's units.
    pub unit: Option<UnitLabel>,
    /// `sms`, `wechat` or `email`.
    pub channel: String,
    /// What may be shown of the address.
    pub recipient_tail: String,
    /// Which template.
    pub template_key: String,
    /// Where the try is.
    pub state: String,
    /// What the provider said.
    pub provider_said: Option<String>,
    /// When it was claimed.
    pub created_at: DateTime<Utc>,
}

const LIST: &str = "SELECT t.id, a.case_id, c.number,
    (SELECT MIN(u.label) FROM account o JOIN unit u ON u.community_id = o.community_id AND u.id = o.unit_id
        WHERE o.community_id = c.community_id AND o.party_id = c.party_id),
    t.channel, t.recipient_tail, t.template_key, t.state, t.provider_said, t.created_at FROM attempt t
    JOIN action a ON a.community_id = t.community_id AND a.id = t.action_id
    JOIN case_file c ON c.community_id = a.community_id AND c.id = a.case_id
    WHERE t.community_id = $1 AND t.id < $2 AND ($3 = '' OR t.state = $3) ORDER BY t.id DESC LIMIT $4";
const COUNTS: &str =
    "SELECT state, CAST(COUNT(*) AS BIGINT) FROM attempt WHERE community_id = $1 GROUP BY state ORDER BY state";
const WAITING: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM action WHERE community_id = $1 AND kind = 'message'
    AND state IN ('planned', 'deferred')";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[LIST, COUNTS, WAITING];

/// Tries with an id below `before`, of one state or (with an empty text) of all, newest first.
///
/// # Errors
/// When the database refuses.
pub fn list_before(
    tx: &mut Tx<'_>,
    community: CommunityId,
    before: Uuid,
    state: &str,
    limit: i64,
) -> Result<Vec<SentLine>, DbError> {
    tx.query(LIST, &params![community, before, state, limit], |row| {
        Ok(SentLine {
            id: row.take()?,
            case_id: row.take()?,
            case_number: row.take()?,
            unit: row.parse_opt(UnitLabel::parse)?,
            channel: row.take()?,
            recipient_tail: row.take()?,
            template_key: row.take()?,
            state: row.take()?,
            provider_said: row.take()?,
            created_at: row.take()?,
        })
    })
}

/// How many tries there are in each state, and how many messages wait for their time.
///
/// # Errors
/// When the database refuses.
pub fn count(tx: &mut Tx<'_>, community: CommunityId) -> Result<(Vec<(String, i64)>, i64), DbError> {
    let counts = tx.query(COUNTS, &params![community], |row| Ok((row.take()?, row.take()?)))?;
    Ok((counts, tx.query_one("count", WAITING, &params![community], |row| row.take())?))
}
