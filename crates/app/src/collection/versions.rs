//! The life of a policy version (催缴方案): drafted, checked, asked for, approved by a second person, in force from a day, never
//! changed after (I12, P3).
//!
//! One draft is open at a time, for the office as a whole. It may be saved while it is unsound, so that work is not lost; it is
//! asked for only when nothing is wrong with it, and what is approved is what was asked for, to the letter ([`ActivationRequest`]).
//! The version in force on a day is the highest one whose day has come; before any was put in force, the first.

use std::sync::Arc;

use chrono::NaiveDate;
use hemu_domain::collection::policy::{Policy, PolicyError};
use hemu_domain::collection::policy_check::{Finding, check};
use hemu_domain::ids::CommunityId;
use hemu_domain::outreach::templates::{MessageTemplate, default_templates};
use hemu_domain::staff::Permission;
use hemu_store::Tx;
use hemu_store::collection::policy::{self, PolicyRow};
use hemu_store::collection::policy_draft::{self, DraftRow};
use hemu_store::outreach::template::{self, TemplateRow};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::policies;
use super::run::to_json;
use crate::approval::{Asked, Requested, TwoPeople, ask};
use crate::audit::{self, Act};
use crate::registry::communities::list_communities;
use crate::{Actor, App, Refusal};

/// A version that was put in force, or the first before its first use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VersionItem {
    /// Its number.
    pub version: i64,
    /// What people call it.
    pub name: String,
    /// From which day.
    pub effective_from: NaiveDate,
    /// Who put it in force; `None` while the first was never used.
    pub activated_by: Option<String>,
    /// Whether it is the one in force today.
    pub in_force: bool,
}

/// The draft, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DraftItem {
    /// The version it becomes.
    pub version: i64,
    /// Who changed it last.
    pub edited_by: String,
    /// All of it.
    pub policy: Policy,
    /// What is wrong with it; nothing when it can be asked for.
    pub findings: Vec<Finding>,
}

/// The versions of the office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VersionList {
    /// Those put in force, the newest first.
    pub versions: Vec<VersionItem>,
    /// The one in force today.
    pub policy: Policy,
    /// The draft that is open.
    pub draft: Option<DraftItem>,
}

/// What the second person approves: this draft, as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivationRequest {
    /// The version.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// From which day.
    pub effective_from: NaiveDate,
    /// SHA-256 of its body, in hexadecimal.
    pub sha256: String,
}

/// The policy in force on a day.
///
/// # Errors
/// When the database refuses.
pub(crate) fn in_force_on(tx: &mut Tx<'_>, day: NaiveDate) -> Result<Arc<Policy>, Refusal> {
    match policy::find_newest(tx, day)? {
        Some(newest) => policies::open(tx, newest),
        None => Ok(Arc::new(Policy::v1())),
    }
}

/// The policy in force today.
///
/// # Errors
/// When the database refuses.
pub fn policy_in_force(app: &App) -> Result<Policy, Refusal> {
    app.db.read(|tx| in_force_on(tx, app.today())).map(Arc::unwrap_or_clone)
}

fn read(body: &Json) -> Result<Policy, Refusal> {
    Policy::read(&body.to_string()).map_err(|error| Refusal::Internal(error.to_string()))
}

/// Reads a policy from a file or a form; nothing is checked but its shape.
///
/// # Errors
/// [`Refusal::InvalidInput`] says where the shape is wrong.
pub fn read_policy(json: &str) -> Result<Policy, Refusal> {
    Policy::read(json).map_err(|error| match error {
        PolicyError::Shape(error) => {
            let place = (error.line(), error.column());
            Refusal::invalid(
                "policy",
                format!("方案无法读取（第 {} 行第 {} 列）：{error}", place.0, place.1),
                format!("the policy cannot be read: {error}"),
            )
        }
        PolicyError::Unsound(findings) => Refusal::Gated { missing: texts_of(&findings) },
    })
}

fn texts_of(findings: &[Finding]) -> Vec<hemu_domain::Text> {
    findings.iter().map(|one| one.text.clone()).collect()
}

/// The texts messages can use: the office's, and those of a new installation it has not changed.
fn texts(tx: &mut Tx<'_>) -> Result<Vec<MessageTemplate>, Refusal> {
    let text = |row: TemplateRow| MessageTemplate {
        key: row.key,
        channel: row.channel,
        locale: row.locale,
        audience: row.audience,
        body: row.body,
    };
    let mut texts: Vec<MessageTemplate> = template::list_active(tx)?.into_iter().map(text).collect();
    let is_new = |texts: &[MessageTemplate], one: &MessageTemplate| {
        !texts.iter().any(|text| text.key == one.key && text.channel == one.channel && text.locale == one.locale)
    };
    for default in default_templates() {
        if is_new(&texts, &default) {
            texts.push(default);
        }
    }
    Ok(texts)
}

/// What is wrong with a policy, against the texts of the office.
///
/// # Errors
/// [`Refusal::Forbidden`] for somebody who may not read.
pub fn check_policy(app: &App, actor: &Actor, policy: &Policy) -> Result<Vec<Finding>, Refusal> {
    actor.require_role(Permission::Read)?;
    app.db.read(|tx| Ok(check(policy, &texts(tx)?)))
}

/// All versions, the one in force, and the draft.
///
/// # Errors
/// [`Refusal::Forbidden`] for somebody who may not read.
pub fn list_versions(app: &App, actor: &Actor) -> Result<VersionList, Refusal> {
    actor.require_role(Permission::Read)?;
    app.db.read(|tx| {
        let policy = in_force_on(tx, app.today())?;
        let mut versions: Vec<VersionItem> = policy::list(tx)?.into_iter().map(|row| item(row, &policy)).collect();
        if versions.iter().all(|one| one.version != Policy::first().version) {
            versions.insert(0, first(&policy));
        }
        versions.reverse();
        let draft = policy_draft::find_open(tx)?.map(|row| draft_item(tx, row)).transpose()?;
        Ok(VersionList { versions, policy: Arc::unwrap_or_clone(policy), draft })
    })
}

fn item(row: PolicyRow, in_force: &Policy) -> VersionItem {
    VersionItem {
        in_force: row.version == in_force.version,
        version: row.version,
        name: row.name,
        effective_from: row.effective_from,
        activated_by: Some(row.activated_by),
    }
}

fn first(in_force: &Policy) -> VersionItem {
    let first = Policy::first();
    VersionItem {
        in_force: first.version == in_force.version,
        version: first.version,
        name: first.name.clone(),
        effective_from: first.effective_from,
        activated_by: None,
    }
}

fn draft_item(tx: &mut Tx<'_>, row: DraftRow) -> Result<DraftItem, Refusal> {
    let policy = read(&row.body)?;
    let findings = check(&policy, &texts(tx)?);
    Ok(DraftItem { version: row.version, edited_by: row.edited_by, policy, findings })
}

/// Saves the draft of the next version, beginning one where none is open. Its number is given here, whatever it says.
///
/// # Errors
/// [`Refusal::Forbidden`] for a role that may not edit the policy.
pub fn save_draft(app: &App, actor: &Actor, policy: &Policy) -> Result<DraftItem, Refusal> {
    actor.require_role(Permission::EditPolicy)?;
    app.db.write(|tx| {
        let version = match policy_draft::find_open(tx)? {
            Some(open) => open.version,
            None => next_version(tx)?,
        };
        let policy = Policy { version, ..policy.clone() };
        let row = DraftRow {
            version,
            body: to_json(&policy)?,
            state: "open".to_owned(),
            edited_by_id: actor.staff_id,
            edited_by: actor.name.clone(),
            edited_at: app.clock.now(),
        };
        policy_draft::save(tx, &row)?;
        let detail = json!({ "version": version, "sha256": hemu_domain::hex(&policy::hash(&row.body)) });
        record(tx, app, actor, "policy.draft", &detail)?;
        draft_item(tx, row)
    })
}

/// One more than any version in force and any draft that was dropped: an approval that waits never meets another draft.
fn next_version(tx: &mut Tx<'_>) -> Result<i64, Refusal> {
    let mut next = policy::list(tx)?.last().map_or(1, |row| row.version).max(1) + 1;
    while policy_draft::find(tx, next)?.is_some() {
        next += 1;
    }
    Ok(next)
}

/// Drops the draft; its request, if one waits, can then only be refused or withdrawn.
///
/// # Errors
/// [`Refusal::NotFound`] when none is open.
pub fn drop_draft(app: &App, actor: &Actor) -> Result<(), Refusal> {
    actor.require_role(Permission::EditPolicy)?;
    app.db.write(|tx| {
        let draft = open_draft(tx)?;
        policy_draft::close(tx, draft.version, "dropped")?;
        Ok(record(tx, app, actor, "policy.drop", &json!({ "version": draft.version }))?)
    })
}

fn open_draft(tx: &mut Tx<'_>) -> Result<DraftRow, Refusal> {
    policy_draft::find_open(tx)?.ok_or_else(|| Refusal::not_found("方案草稿", "draft of the policy", ""))
}

/// Asks a second person to put the draft in force; the request waits among those of a community, which may be any.
///
/// # Errors
/// [`Refusal::Gated`] with everything that is wrong with the draft; [`Refusal::NotFound`] when none is open.
pub fn ask_activation(app: &App, actor: &Actor, community: CommunityId, reason: &str) -> Result<Requested, Refusal> {
    actor.require_role(Permission::EditPolicy)?;
    let request = app.db.read(|tx| {
        let draft = open_draft(tx)?;
        let policy = read(&draft.body)?;
        let sha256 = hemu_domain::hex(&policy::hash(&draft.body));
        let (version, name, effective_from) = (draft.version, policy.name, policy.effective_from);
        Ok::<_, Refusal>(ActivationRequest { version, name, effective_from, sha256 })
    })?;
    ask(app, actor, community, &Asked::PolicyActivation(request), reason)
}

/// The community whose approvals a request of the office as a whole waits among: the first of the person's.
///
/// # Errors
/// [`Refusal::NotFound`] while there is none, and so nothing a policy could be for.
pub fn home_community(app: &App, actor: &Actor) -> Result<CommunityId, Refusal> {
    let first = list_communities(app, actor)?.into_iter().next();
    first.map(|one| one.id).ok_or_else(|| Refusal::not_found("小区", "community", ""))
}

/// Whether the draft could be put in force now but for the second person; the subject of its request.
///
/// # Errors
/// As for [`ask_activation`]; [`Refusal::Conflict`] when the draft is another by now.
pub(crate) fn check_activation(tx: &mut Tx<'_>, app: &App, request: &ActivationRequest) -> Result<Uuid, Refusal> {
    let draft = policy_draft::find(tx, request.version)?.filter(|one| one.state == "open");
    let same = |one: &DraftRow| hemu_domain::hex(&policy::hash(&one.body)) == request.sha256;
    let Some(draft) = draft.filter(same) else {
        return Err(Refusal::conflict(
            format!("第 {} 版草稿在申请之后改过或已作废，请撤回这份申请，检查后重新提交", request.version),
            format!(
                "the draft of version {} was changed or dropped since: withdraw this request and ask again",
                request.version
            ),
        ));
    };
    let policy = read(&draft.body)?;
    let mut missing = texts_of(&check(&policy, &texts(tx)?));
    if policy.effective_from < app.today() {
        missing.push(hemu_domain::Text::new(
            format!("启用日期 {} 已过，请改为今天或以后", policy.effective_from),
            format!("the day {} is past: a version is in force from today or later", policy.effective_from),
        ));
    }
    if !missing.is_empty() {
        return Err(Refusal::Gated { missing });
    }
    Ok(Uuid::from_u128(u128::from(request.version.unsigned_abs())))
}

/// Puts the draft in force from its day on, as two people want it.
///
/// # Errors
/// As for [`check_activation`].
pub(crate) fn activate(
    tx: &mut Tx<'_>,
    app: &App,
    people: TwoPeople<'_>,
    request: &ActivationRequest,
) -> Result<Uuid, Refusal> {
    people.approver.require_role(Permission::Approve)?;
    let subject = check_activation(tx, app, request)?;
    let draft = open_draft(tx)?;
    let row = PolicyRow {
        version: draft.version,
        name: request.name.clone(),
        effective_from: request.effective_from,
        body_hash: policy::hash(&draft.body),
        body: draft.body,
        activated_at: app.clock.now(),
        activated_by: format!("{}、{}", people.asked_by, people.approver.name),
    };
    if !(policy::insert(tx, &row)? && policy_draft::close(tx, row.version, "activated")?) {
        return Err(Refusal::conflict("这个版本已经启用", "this version is in force already"));
    }
    // What `hemu verify` compares a version with; who asked, and why, stands in the request.
    let detail = json!({ "version": row.version, "sha256": request.sha256 });
    record(tx, app, people.approver, "policy.activate", &detail)?;
    Ok(subject)
}

fn record(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    act: &'static str,
    detail: &Json,
) -> Result<(), hemu_store::DbError> {
    audit::record(tx, app, actor, None, &Act { act, subject_kind: "policy", subject_id: None, detail })
}
