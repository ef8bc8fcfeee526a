//! Review (复盘, C5): what a month or quarter came to: rates, ageing, stages, causes, the funnel of stages, promises, contacts.

pub mod fairness;
mod funnel;
mod service;
pub mod workbook;

pub use funnel::{ContactLine, FunnelLine, PromiseFigures, ScriptOutcome};
pub use service::{ServiceFigures, ServiceKindLine};

use std::collections::BTreeMap;

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::ids::CommunityId;
use hemu_domain::review::ReviewSpan;
use hemu_domain::staff::Permission;
use hemu_store::{DbError, Tx};
use serde::Serialize;

use crate::arrears::list_arrears;
use crate::arrears::reports::{AgeingRow, PriorYearFigures, RateFigures, RateRow, ageing, rates};
use crate::billing::find_community;
use crate::{Actor, App, Refusal};

/// The periodic review of a community.
#[derive(Clone, Debug, Serialize)]
pub struct ReviewReport {
    /// The day it was made for.
    pub as_of: NaiveDate,
    /// The months it is about: those asked for, or this year so far.
    pub span: ReviewSpan,
    /// Collection rate by receivable month: of the span, or the last 24.
    pub rates: Vec<RateRow>,
    /// Collection rate over the span.
    pub total: RateFigures,
    /// Arrears of earlier years, since January.
    pub prior_years: PriorYearFigures,
    /// Percent of both together (综合收缴率).
    pub combined_rate: Option<String>,
    /// Money put by that has paid no charge yet.
    pub prepaid: Fen,
    /// Open charges by age.
    pub ageing: Vec<AgeingRow>,
    /// Units that owe, per stage of their payer's case; `none` without a case.
    pub stages: BTreeMap<String, Group>,
    /// Units that owe, per cause staff found; `unknown` before.
    pub causes: BTreeMap<String, Group>,
    /// Units that owe, per building.
    pub buildings: BTreeMap<String, Group>,
    /// Cases that entered a stage in a month of the span, by building, and how many of them are closed.
    pub funnel: Vec<FunnelLine>,
    /// Contacts tried in the span, by channel.
    pub contacts: Vec<ContactLine>,
    /// What came of contacts in the span, by the script that was shown.
    pub scripts: Vec<ScriptOutcome>,
    /// Promises that fell due in the span.
    pub promises: PromiseFigures,
    /// Complaints taken down in the span.
    pub service: ServiceFigures,
}

/// Units and what they owe.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Units.
    pub units: usize,
    /// Open principal.
    pub principal: Fen,
}

/// The review as of a day, of a month, quarter or year; its sums of arrears are those of the arrears list of that day.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community.
pub fn review_report(
    app: &App,
    actor: &Actor,
    community: &str,
    as_of: NaiveDate,
    span: Option<ReviewSpan>,
) -> Result<ReviewReport, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    Ok(app.db.read(|tx| review(tx, community, as_of, span))?)
}

/// The review as of a day, within a transaction.
///
/// # Errors
/// When the database refuses.
pub fn review(
    tx: &mut Tx<'_>,
    community: CommunityId,
    as_of: NaiveDate,
    span: Option<ReviewSpan>,
) -> Result<ReviewReport, DbError> {
    let arrears = list_arrears(tx, community, as_of)?;
    let rates = rates(tx, community, as_of, span)?;
    let days = (rates.span.first.first_day(), rates.span.last.last_day().min(as_of));
    let mut report = ReviewReport {
        as_of,
        span: rates.span,
        rates: rates.rows,
        total: rates.total,
        prior_years: rates.prior_years,
        combined_rate: rates.combined_rate,
        prepaid: rates.prepaid,
        ageing: ageing(tx, community, as_of)?.rows,
        stages: BTreeMap::new(),
        causes: BTreeMap::new(),
        buildings: BTreeMap::new(),
        funnel: funnel::funnel(tx, community, days)?,
        contacts: funnel::contacts(tx, community, days)?,
        scripts: funnel::scripts(tx, community, days)?,
        promises: funnel::promises(tx, community, days)?,
        service: service::service(tx, community, days)?,
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
