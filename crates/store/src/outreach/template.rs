//! Message templates: versions are never edited, a change is a new version.

use chrono::{DateTime, Utc};

use crate::{DbError, Tx, params};

/// A version of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateRow {
    /// What it is for: the step key of the policy, or `bill_reminder`.
    pub key: String,
    /// `sms`, `wechat` or `email`.
    pub channel: String,
    /// `zh-CN` or `en`.
    pub locale: String,
    /// Counting up from 1.
    pub version: i64,
    /// `public` or `private`.
    pub audience: String,
    /// The text with its placeholders.
    pub body: String,
    /// SHA-256 of the text.
    pub body_hash: [u8; 32],
    /// Who wrote it.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

const LIST: &str = "SELECT key, channel, locale, version, audience, body, body_hash, created_by, created_at
    FROM message_template WHERE active ORDER BY key, channel, locale";
const RETIRE: &str = "UPDATE message_template SET active = $4 WHERE key = $1 AND channel = $2 AND locale = $3";
const LAST_VERSION: &str = "SELECT CAST(COALESCE(MAX(version), 0) AS BIGINT) FROM message_template
    WHERE key = $1 AND channel = $2 AND locale = $3";
const INSERT: &str = "INSERT INTO message_template (key, channel, locale, version, audience, body, body_hash, active,
    created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[LIST, RETIRE, LAST_VERSION, INSERT];

/// The versions in force.
///
/// # Errors
/// When the database refuses.
pub fn list_active(tx: &mut Tx<'_>) -> Result<Vec<TemplateRow>, DbError> {
    tx.query(LIST, &[], |row| {
        Ok(TemplateRow {
            key: row.take()?,
            channel: row.take()?,
            locale: row.take()?,
            version: row.take()?,
            audience: row.take()?,
            body: row.take()?,
            body_hash: row.take()?,
            created_by: row.take()?,
            created_at: row.take()?,
        })
    })
}

/// Writes a new version, in force at once; `version` is numbered here.
///
/// # Errors
/// When the database refuses.
pub fn publish(tx: &mut Tx<'_>, template: &TemplateRow) -> Result<i64, DbError> {
    let t = template;
    tx.execute(RETIRE, &params![&t.key, &t.channel, &t.locale, false])?;
    let last: i64 = tx.query_one("version", LAST_VERSION, &params![&t.key, &t.channel, &t.locale], |row| row.take())?;
    let values = params![
        &t.key,
        &t.channel,
        &t.locale,
        last + 1,
        &t.audience,
        &t.body,
        t.body_hash,
        true,
        t.created_at,
        &t.created_by
    ];
    tx.execute(INSERT, &values)?;
    Ok(last + 1)
}
