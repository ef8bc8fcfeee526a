//! The signed agreement of a plan as a photo or scan: sealed at rest, with the hash of what was sent; the same one twice is one.

use hemu_domain::hex;
use hemu_domain::ids::{AttachmentId, CaseId, CommunityId, PlanId};
use hemu_domain::staff::Permission;
use hemu_store::attachment::{self, Subject};
use hemu_store::community;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::paper::get_plan;
use crate::collection::work::audit_act;
use crate::service::{PLACE, Photo, attachment_row, judge_photo, read_attachment};
use crate::{Actor, App, Refusal};

/// So many pages of one plan are kept.
const MOST_PAGES: usize = 10;

/// Keeps a signed page with a plan.
///
/// # Errors
/// [`Refusal::InvalidInput`] for what is no photo, or too large; [`Refusal::Conflict`] for a plan nobody agreed to, or with enough pages.
pub fn keep_signed(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    (case, plan): (CaseId, PlanId),
    bytes: &[u8],
) -> Result<AttachmentId, Refusal> {
    actor.require(Permission::WorkCases, community)?;
    let media_type = judge_photo(bytes)?;
    let (id, sha256): (AttachmentId, [u8; 32]) = (app.new_id(), Sha256::digest(bytes).into());
    let sealed = app.sealer.seal_bytes(PLACE, id.uuid(), bytes);
    app.db.write(|tx| {
        community::next_seq(tx, community, 0)?;
        if get_plan(tx, community, case, plan)?.agreed_on.is_none() {
            let zh = "请先登记业主同意，再上传签署件";
            return Err(Refusal::conflict(zh, "first note that the owner agreed, then keep what was signed"));
        }
        let kept = attachment::list(tx, community, Subject::Plan(plan))?;
        if let Some(same) = kept.iter().find(|one| one.sha256 == sha256) {
            return Ok(same.id);
        }
        if kept.len() >= MOST_PAGES {
            let zh = format!("一份协议最多 {MOST_PAGES} 张签署件");
            return Err(Refusal::conflict(zh, format!("an agreement has at most {MOST_PAGES} pages")));
        }
        let row = attachment_row(app, actor, (id, Subject::Plan(plan)), (media_type, bytes.len(), sha256));
        let seq = community::next_seq(tx, community, 1)?;
        attachment::insert(tx, community, &row, &sealed, seq)?;
        let detail = json!({ "plan": plan, "sha256": hex(&sha256), "bytes": row.bytes });
        audit_act(tx, app, actor, community, "plan.signed", case.uuid(), &detail)?;
        Ok(id)
    })
}

/// A signed page of a plan.
///
/// # Errors
/// [`Refusal::NotFound`] when the plan has no such page.
pub fn read_signed(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    (plan, id): (PlanId, AttachmentId),
) -> Result<Photo, Refusal> {
    actor.require(Permission::WorkCases, community)?;
    read_attachment(app, community, (Subject::Plan(plan), id))
}
