//! Messages that went out (消息): the list, and the text of one, whose opening leaves an entry in the audit trail.

use chrono::{DateTime, Utc};
use hemu_domain::ids::{AttemptId, CaseId};
use hemu_domain::staff::Permission;
use hemu_store::outreach::{attempt, sent};
use serde::Serialize;
use uuid::Uuid;

use crate::audit::{self, Act};
use crate::billing::find_community;
use crate::{Actor, App, Refusal};

/// The most messages of a page.
const MOST_ROWS: usize = 200;

/// A message that went out.
#[derive(Clone, Debug, Serialize)]
pub struct SentItem {
    /// Its id.
    pub id: AttemptId,
    /// The case.
    pub case_id: CaseId,
    /// The case's number.
    pub case_number: String,
    /// The first of the payer's units.
    pub unit: String,
    /// `sms`, `wechat` or `email`.
    pub channel: String,
    /// The last characters of the address.
    pub recipient: String,
    /// Which template.
    pub template: String,
    /// Where it is.
    pub state: String,
    /// What the provider said.
    pub provider_said: Option<String>,
    /// When it went out.
    pub at: DateTime<Utc>,
}

/// A page of messages.
#[derive(Clone, Debug, Serialize)]
pub struct SentList {
    /// The messages, newest first.
    pub rows: Vec<SentItem>,
    /// Where the next page begins: after this one.
    pub next: Option<AttemptId>,
    /// How many there are in each state, over all.
    pub counts: Vec<(String, i64)>,
    /// How many wait for their time.
    pub waiting: i64,
}

/// Messages by cursor, newest first, of one state or of all.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community.
pub fn list_sent(
    app: &App,
    actor: &Actor,
    community: &str,
    state: &str,
    (after, rows): (Option<AttemptId>, usize),
) -> Result<SentList, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    let rows = rows.clamp(1, MOST_ROWS);
    let limit = i64::try_from(rows).expect("a page is small") + 1;
    let before = after.map_or(Uuid::max(), AttemptId::uuid);
    let (mut lines, (counts, waiting)) = app.db.read(|tx| {
        let lines = sent::list_before(tx, community, before, state, limit)?;
        Ok::<_, Refusal>((lines, sent::count(tx, community)?))
    })?;
    let next = (lines.len() > rows).then(|| lines[rows - 1].id);
    lines.truncate(rows);
    let item = |line: sent::SentLine| SentItem {
        id: line.id,
        case_id: line.case_id,
        case_number: line.case_number,
        unit: line.unit.map(|unit| unit.to_string()).unwrap_or_default(),
        channel: line.channel,
        recipient: line.recipient_tail,
        template: line.template_key,
        state: line.state,
        provider_said: line.provider_said,
        at: line.created_at,
    };
    Ok(SentList { rows: lines.into_iter().map(item).collect(), next, counts, waiting })
}

/// The text of a message as it went out; each look is logged.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such message.
pub fn reveal_text(app: &App, actor: &Actor, community: &str, id: AttemptId) -> Result<String, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::RevealPersonalData, community)?;
    app.db.write(|tx| {
        let found = attempt::find(tx, community, id)?.ok_or_else(|| Refusal::not_found("消息", "message", ""))?;
        let text = app.sealer.open_text("attempt.content", id.uuid(), &found.content_sealed)?;
        let detail = serde_json::json!({ "field": "text" });
        let act = Act { act: "message.reveal", subject_kind: "message", subject_id: Some(id.uuid()), detail: &detail };
        audit::record(tx, app, actor, Some(community), &act)?;
        Ok(text)
    })
}
