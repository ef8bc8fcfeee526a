//! Review (复盘, C5): what a month came to: rates, ageing, stages, causes.

pub mod workbook;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::ids::CommunityId;
use hemu_domain::staff::Permission;
use hemu_store::{DbError, Tx};
use serde::Serialize;

use crate::arrears::list_arrears;
use crate::arrears::reports::{AgeingRow, RateRow, ageing, rates};
use crate::billing::find_community;
use crate::{Actor, App, Refusal};

/// The periodic review of a community.
#[derive(Clone, Debug, Serialize)]
pub struct ReviewReport {
    /// The day it was made for.
    pub as_of: NaiveDate,
    /// Collection rate by receivable month, the last 24.
    pub rates: Vec<RateRow>,
    /// Open charges by age.
    pub ageing: Vec<AgeingRow>,
    /// Units that owe, per stage of their payer's case; `none` without a case.
    pub stages: BTreeMap<String, Group>,
    /// Units that owe, per cause staff found; `unknown` before.
    pub causes: BTreeMap<String, Group>,
    /// Units that owe, per building.
    pub buildings: BTreeMap<String, Group>,
}

/// Units and what they owe.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Units.
    pub units: usize,
    /// Open principal.
    pub principal: Fen,
}

/// The review as of a day; its sums are those of the arrears list of that day.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community.
pub fn review_report(app: &App, actor: &Actor, community: &str, as_of: NaiveDate) -> Result<ReviewReport, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    Ok(app.db.read(|tx| review(tx, community, as_of))?)
}

/// The review as of a day, within a transaction.
///
/// # Errors
/// When the database refuses.
pub fn review(tx: &mut Tx<'_>, community: CommunityId, as_of: NaiveDate) -> Result<ReviewReport, DbError> {
    let arrears = list_arrears(tx, community, as_of)?;
    let mut report = ReviewReport {
        as_of,
        rates: rates(tx, community, as_of)?.rows,
        ageing: ageing(tx, community, as_of)?.rows,
        stages: BTreeMap::new(),
        causes: BTreeMap::new(),
        buildings: BTreeMap::new(),
    };
    for row in &arrears.rows {
        add(&mut report.stages, row.stage.as_deref().unwrap_or("none"), row.principal);
        add(&mut report.causes, row.cause.as_deref().unwrap_or("unknown"), row.principal);
        add(&mut report.buildings, row.unit.building(), row.principal);
    }
    Ok(report)
}

fn add(groups: &mut BTreeMap<String, Group>, key: &str, principal: Fen) {
    let group = groups.entry(key.to_owned()).or_default();
    group.units += 1;
    group.principal += principal;
}
