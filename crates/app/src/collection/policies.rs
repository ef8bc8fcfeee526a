//! Policy versions in force: recorded at first use and never changed after (I12). A case finishes its stage under the version it
//! began it under; only with its next stage it goes on under the one in force.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use hemu_domain::collection::policy::Policy;
use hemu_store::Tx;
use hemu_store::collection::policy::{self, Edition, PolicyRow};
use serde_json::json;

use super::run::to_json;
use crate::audit::{self, Act};
use crate::{Actor, App, Refusal};

/// The policies cases are judged by, by version.
#[derive(Debug)]
pub(super) struct Policies {
    by_version: HashMap<i64, Policy>,
    in_force: Policy,
}

impl Policies {
    /// Reads all versions; `None` when the one in force was not recorded yet.
    ///
    /// # Errors
    /// [`Refusal::Conflict`] when another policy was recorded under that version.
    pub(super) fn find(tx: &mut Tx<'_>, in_force: &Policy) -> Result<Option<Self>, Refusal> {
        let body = to_json(in_force)?;
        let stored = policy::list(tx)?;
        match stored.iter().find(|one| one.version == in_force.version) {
            Some(one) if one.body == body && one.body_hash == policy::hash(&body) => {}
            Some(one) => return Err(changed(one)),
            None => return Ok(None),
        }
        Ok(Some(Self::among(&stored, in_force)))
    }

    /// All versions there are; cases that stand under none of them, for nothing was recorded yet, go by the one in force.
    ///
    /// # Errors
    /// When the database refuses.
    pub(super) fn read(tx: &mut Tx<'_>, in_force: &Policy) -> Result<Self, Refusal> {
        Ok(Self::among(&policy::list(tx)?, in_force))
    }

    fn among(stored: &[PolicyRow], in_force: &Policy) -> Self {
        let read = |one: &PolicyRow| Some((one.version, Policy::read(&one.body.to_string()).ok()?));
        Self { by_version: stored.iter().filter_map(read).collect(), in_force: in_force.clone() }
    }

    /// Reads all versions; records the one in force when it is used for the first time.
    ///
    /// # Errors
    /// [`Refusal::Conflict`] when another policy was recorded under that version.
    pub(super) fn ensure(tx: &mut Tx<'_>, app: &App, actor: &Actor, in_force: &Policy) -> Result<Self, Refusal> {
        if let Some(found) = Self::find(tx, in_force)? {
            return Ok(found);
        }
        record(tx, app, actor, in_force, to_json(in_force)?)?;
        let recorded = Self::find(tx, in_force)?;
        recorded.ok_or_else(|| Refusal::Internal(format!("policy version {} was not recorded", in_force.version)))
    }

    /// The policy a case stands under.
    pub(super) fn of(&self, version: i64) -> &Policy {
        self.by_version.get(&version).unwrap_or(&self.in_force)
    }
}

/// Bodies that were read already, by their hash. A version never changes and a hash names one body, so nothing here gets old.
static READ: LazyLock<RwLock<HashMap<[u8; 32], Arc<Policy>>>> = LazyLock::new(RwLock::default);

/// The policy recorded under a version.
///
/// # Errors
/// [`Refusal::Internal`] when none was, which `hemu verify` tells too.
pub(crate) fn get(tx: &mut Tx<'_>, version: i64) -> Result<Arc<Policy>, Refusal> {
    find(tx, version)?.ok_or_else(|| Refusal::Internal(format!("policy version {version} is not recorded")))
}

/// The policy recorded under a version, if one was.
///
/// # Errors
/// When the database refuses.
pub(super) fn find(tx: &mut Tx<'_>, version: i64) -> Result<Option<Arc<Policy>>, Refusal> {
    policy::find_edition(tx, version)?.map(|edition| open(tx, edition)).transpose()
}

/// All of an edition: read from the database once, and known from then on.
///
/// # Errors
/// When the database refuses.
pub(super) fn open(tx: &mut Tx<'_>, (version, hash): Edition) -> Result<Arc<Policy>, Refusal> {
    if let Some(known) = READ.read().unwrap_or_else(PoisonError::into_inner).get(&hash) {
        return Ok(Arc::clone(known));
    }
    let body = policy::read_body(tx, version)?;
    let read = Policy::read(&body.to_string()).map_err(|error| Refusal::Internal(error.to_string()))?;
    let read = Arc::new(read);
    READ.write().unwrap_or_else(PoisonError::into_inner).insert(policy::hash(&body), Arc::clone(&read));
    Ok(read)
}

fn changed(stored: &PolicyRow) -> Refusal {
    let version = stored.version;
    Refusal::conflict(
        format!(
            "催缴方案第 {version} 版与启用时的内容不一致；版本启用后不能修改，请另立新版本，并运行 hemu verify 检查"
        ),
        format!(
            "policy version {version} is not what was put in force; a version never changes: make a new one, and run hemu verify"
        ),
    )
}

fn record(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    in_force: &Policy,
    body: serde_json::Value,
) -> Result<(), Refusal> {
    let row = PolicyRow {
        version: in_force.version,
        name: in_force.name.clone(),
        effective_from: in_force.effective_from,
        body_hash: policy::hash(&body),
        body,
        activated_at: app.clock.now(),
        activated_by: actor.name.clone(),
    };
    if policy::insert(tx, &row)? {
        let detail = json!({ "version": row.version, "sha256": hemu_domain::hex(&row.body_hash) });
        let act = Act { act: "policy.activate", subject_kind: "policy", subject_id: None, detail: &detail };
        audit::record(tx, app, actor, None, &act)?;
    }
    Ok(())
}
