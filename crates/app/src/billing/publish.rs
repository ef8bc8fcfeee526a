//! Publishing (发布): the bills of a month were looked at, and owners may be told of them. What is published stays published.

use chrono::NaiveDate;
use hemu_domain::Period;
use hemu_domain::staff::Permission;
use hemu_store::{billing, community};
use serde::Serialize;

use super::find_community;
use crate::audit::{self, Act};
use crate::{Actor, App, Refusal};

/// What was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Published {
    /// The month.
    pub period: Period,
    /// Bill runs whose bills were published now; 0 when all were published before.
    pub runs: i64,
    /// The day the first bills of the month were published.
    pub published_on: NaiveDate,
}

/// Publishes the bills of a month. Publishing twice changes nothing; bills of a later run are published by publishing again.
///
/// # Errors
/// [`Refusal::NotFound`] when no bills of the month were issued.
pub fn publish_bills(app: &App, actor: &Actor, community: &str, period: Period) -> Result<Published, Refusal> {
    let id = find_community(app, community)?;
    actor.require(Permission::IssueBills, id)?;
    app.db.write(|tx| {
        community::next_seq(tx, id, 1)?;
        let today = app.today();
        let runs = i64::try_from(billing::publish(tx, id, period, (today, &actor.name))?).unwrap_or(i64::MAX);
        let days = billing::list_runs(tx, id, RUNS)?.into_iter().filter(|run| run.period == period);
        let first = days.filter_map(|run| run.published_on).min();
        let no_bills = || {
            Refusal::conflict(
                format!("{period} 还没有可发布的账单，请先出账"),
                format!("no bills of {period} to publish: issue them"),
            )
        };
        let published_on = first.ok_or_else(no_bills)?;
        if runs > 0 {
            let detail = serde_json::json!({ "period": period, "runs": runs });
            let act = Act { act: "bills.publish", subject_kind: "bill_run", subject_id: None, detail: &detail };
            audit::record(tx, app, actor, Some(id), &act)?;
        }
        Ok(Published { period, runs, published_on })
    })
}

/// Since when all bills of a month are published; `None` while some are not.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community.
pub fn published_on(app: &App, actor: &Actor, community: &str, period: Period) -> Result<Option<NaiveDate>, Refusal> {
    let id = find_community(app, community)?;
    actor.require(Permission::Read, id)?;
    let runs = app.db.read(|tx| billing::list_runs(tx, id, RUNS))?;
    let of_month = runs.iter().filter(|run| run.period == period && run.bills > 0);
    let days: Vec<Option<NaiveDate>> = of_month.map(|run| run.published_on).collect();
    Ok(if days.contains(&None) { None } else { days.into_iter().flatten().min() })
}

/// More runs than a month has.
const RUNS: i64 = 10_000;
