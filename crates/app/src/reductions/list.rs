//! What is charged in part, what was let off last, and the totals of a year.

use chrono::{Datelike, NaiveDate};
use hemu_domain::ids::DiscountId;
use hemu_domain::ledger::adjustment::AdjustmentKind;
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Period};
use hemu_store::reduction;
use serde::Serialize;

use crate::billing::find_community;
use crate::{Actor, App, Refusal};

/// Entries of a list.
const ROWS: i64 = 100;

/// Months that are charged in part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DiscountItem {
    /// Its id.
    pub id: DiscountId,
    /// The unit.
    pub unit: String,
    /// Vacancy or prepayment.
    pub kind: AdjustmentKind,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// The part that is paid, in percent.
    pub percent: String,
    /// What proves it.
    pub evidence: String,
    /// Who asked.
    pub requested_by: String,
    /// Who approved.
    pub approved_by: String,
    /// When.
    pub granted_on: NaiveDate,
    /// Whether it still runs.
    pub runs: bool,
}

/// What was let off or corrected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GrantedItem {
    /// The unit.
    pub unit: String,
    /// The fee item.
    pub item: String,
    /// The month of the charge.
    pub period: Period,
    /// Why.
    pub kind: AdjustmentKind,
    /// Whether off a late fee.
    pub of_late_fee: bool,
    /// How much.
    pub amount: Fen,
    /// From when it counts.
    pub on: NaiveDate,
    /// The reason.
    pub reason: String,
    /// Who asked.
    pub requested_by: String,
    /// Who approved.
    pub approved_by: String,
}

/// What was taken off in a year for one kind of reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KindTotal {
    /// Why.
    pub kind: AdjustmentKind,
    /// How much.
    pub amount: Fen,
    /// How many entries.
    pub entries: i64,
}

/// The reductions of a community.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReductionList {
    /// Months charged in part, the newest first.
    pub discounts: Vec<DiscountItem>,
    /// What was let off last.
    pub granted: Vec<GrantedItem>,
    /// The totals of this year.
    pub totals: Vec<KindTotal>,
    /// The year.
    pub year: i32,
}

/// The reductions of a community.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community.
pub fn list_reductions(app: &App, actor: &Actor, community: &str) -> Result<ReductionList, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    let today = app.today();
    app.db.read(|tx| {
        let units = hemu_store::registry::list_units(tx, community)?;
        let label = |id| units.iter().find(|unit| unit.id == id).map(|unit| unit.label.to_string()).unwrap_or_default();
        let discounts = reduction::list_discounts(tx, community)?;
        let discounts = discounts.into_iter().rev().take(100).map(|one| {
            let span = one.span();
            DiscountItem {
                id: one.id,
                unit: label(one.unit_id),
                kind: one.kind,
                from: span.starts_on,
                to: span.ends_on,
                percent: (span.part * rust_decimal::Decimal::ONE_HUNDRED).normalize().to_string(),
                evidence: one.evidence,
                requested_by: one.requested_by,
                approved_by: one.approved_by,
                granted_on: one.granted_on,
                runs: span.ends_on >= today,
            }
        });
        let discounts = discounts.collect();
        let granted = reduction::list_granted(tx, community, ROWS)?.into_iter().map(granted).collect();
        let first = NaiveDate::from_ymd_opt(today.year(), 1, 1).unwrap_or(today);
        let totals = reduction::list_totals(tx, community, (first, today))?;
        let total = |(kind, amount, entries)| KindTotal { kind, amount, entries };
        Ok(ReductionList { discounts, granted, totals: totals.into_iter().map(total).collect(), year: today.year() })
    })
}

fn granted(one: reduction::GrantedRow) -> GrantedItem {
    GrantedItem {
        unit: one.unit,
        item: one.item,
        period: one.period,
        kind: one.kind,
        of_late_fee: one.of_late_fee,
        amount: one.amount,
        on: one.effective_on,
        reason: one.reason,
        requested_by: one.requested_by,
        approved_by: one.approved_by,
    }
}
