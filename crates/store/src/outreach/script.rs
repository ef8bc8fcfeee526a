//! Changes of the book of scripts (话术): each is an edition of its own and is never edited.

use chrono::{DateTime, Utc};
use hemu_domain::Text;
use hemu_domain::collection::classification::Cause;
use hemu_domain::collection::policy::Stage;
use hemu_domain::outreach::scripts::{ScriptChannel, ScriptLine, ScriptPart};

use crate::{DbError, Tx, params};

/// A change of the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptRow {
    /// The edition it makes; the first change makes the second.
    pub edition: i64,
    /// The line as it is from then on.
    pub line: ScriptLine,
    /// Who wrote it.
    pub written_by: String,
    /// When.
    pub written_at: DateTime<Utc>,
}

const LIST: &str = "SELECT edition, part, name, cause, stage, channel, says_zh, says_en, text_zh, text_en, written_by,
    written_at FROM script_line ORDER BY edition";
const INSERT: &str = "INSERT INTO script_line (edition, part, name, cause, stage, channel, says_zh, says_en, text_zh,
    text_en, written_by, written_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[LIST, INSERT];

/// All changes, the oldest first.
///
/// # Errors
/// When the database refuses.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<ScriptRow>, DbError> {
    tx.query(LIST, &[], |row| {
        let edition = row.take()?;
        let (part, name) = (row.parse(ScriptPart::parse)?, row.take()?);
        let cause = row.parse_opt(Cause::parse)?;
        let stage = row.parse_opt(Stage::parse)?;
        let channel = row.parse_opt(ScriptChannel::parse)?;
        let says: (Option<String>, Option<String>) = (row.take()?, row.take()?);
        let text: (String, String) = (row.take()?, row.take()?);
        let line = ScriptLine {
            part,
            name,
            cause,
            stage,
            channel,
            says: says.0.zip(says.1).map(|(zh, en)| Text { zh, en }),
            text: Text::new(text.0, text.1),
        };
        Ok(ScriptRow { edition, line, written_by: row.take()?, written_at: row.take()? })
    })
}

/// Writes a change; the edition is its key, so of two at once one is refused and tries again.
///
/// # Errors
/// When the database refuses.
pub fn insert(tx: &mut Tx<'_>, row: &ScriptRow) -> Result<(), DbError> {
    let line = &row.line;
    let values = params![
        row.edition,
        line.part.as_str(),
        &line.name,
        line.cause.map(Cause::as_str),
        line.stage.map(Stage::as_str),
        line.channel.map(ScriptChannel::as_str),
        line.says.as_ref().map(|says| says.zh.as_str()),
        line.says.as_ref().map(|says| says.en.as_str()),
        &line.text.zh,
        &line.text.en,
        &row.written_by,
        row.written_at
    ];
    tx.execute(INSERT, &values).map(|_| ())
}
