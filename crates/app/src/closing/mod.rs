//! Closing a month (月结): the figures of a month, what stands in the way of closing it, closing, and reopening the last one.
//!
//! [`close_month`] locks the community's fact counter, so that nothing is recorded meanwhile, takes its number, and looks: the month
//! is over, the months before it are closed, no bill run is under way, every check of this community's money is green, and the
//! balances come out the same forward from the movements and backward from what is open. Then the figures are frozen. What is
//! recorded later for the month lands in the next open one by itself ([`hemu_domain::closing`]).

pub mod export;
mod gates;
pub mod invoices;
mod open_work;
pub mod paper;
pub(crate) mod reopen;
pub mod tables;

use chrono::{DateTime, Utc};
use hemu_domain::closing::{Boundary, Group, MonthFigures, OpenBalances};
use hemu_domain::ids::{ClosingId, CommunityId};
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Period, Text};
use hemu_store::closing::{self as store, ClosingRow};
use hemu_store::{DbError, Tx, community};
use serde::Serialize;

use crate::audit::{self, Act};
use crate::billing::find_community;
use crate::{Actor, App, Refusal};

/// Which month to close.
#[derive(Clone, Debug)]
pub struct CloseRequest {
    /// Name of the community.
    pub community: String,
    /// The month.
    pub month: Period,
    /// Looks and reports, writes nothing.
    pub dry_run: bool,
}

/// A month's figures, frozen or as they stand.
#[derive(Clone, Debug, Serialize)]
pub struct MonthReport {
    /// Name of the community.
    pub community: String,
    /// Whether it is closed: its figures are frozen. Otherwise they are provisional.
    pub closed: bool,
    /// Its closing.
    pub id: Option<ClosingId>,
    /// Who closed it.
    pub closed_by: Option<String>,
    /// When.
    pub closed_at: Option<DateTime<Utc>>,
    /// What stands in the way of closing it.
    pub problems: Vec<Text>,
    /// What somebody should look at; it blocks nothing.
    pub warnings: Vec<Text>,
    /// The figures.
    #[serde(flatten)]
    pub figures: MonthFigures,
    /// By fee item.
    pub items: Vec<Group>,
    /// By building.
    pub buildings: Vec<Group>,
}

/// A closed month in a list.
#[derive(Clone, Debug, Serialize)]
pub struct ClosedMonth {
    /// The month.
    pub month: Period,
    /// Who closed it.
    pub closed_by: String,
    /// When.
    pub closed_at: DateTime<Utc>,
    /// When it was reopened.
    pub reopened_at: Option<DateTime<Utc>>,
    /// By whom.
    pub reopened_by: Option<String>,
    /// 期末应收.
    pub receivable: Fen,
    /// 期末违约金.
    pub late_fee: Fen,
    /// 期末预收.
    pub prepaid: Fen,
}

/// The closings of a community.
#[derive(Clone, Debug, Serialize)]
pub struct ClosingList {
    /// Newest first, those reopened too.
    pub rows: Vec<ClosedMonth>,
    /// The month to close next.
    pub next: Period,
    /// The last closed month: the one that may be reopened.
    pub last: Option<Period>,
}

/// The figures of a month: those frozen, or as they stand now.
///
/// # Errors
/// [`Refusal::Conflict`] for a month whose turn has not come, or that lies before the first closing.
pub fn month_report(app: &App, actor: &Actor, community: &str, month: Period) -> Result<MonthReport, Refusal> {
    let id = find_community(app, community)?;
    actor.require(Permission::Read, id)?;
    app.db.read(|tx| {
        let standing = standing(tx, id)?;
        if let Some(closing) = standing.iter().find(|one| one.boundary.month == month) {
            return frozen(community, closing);
        }
        let fact_seq = community::watermark(tx, id)?;
        let state = as_it_stands(tx, id, &standing, Boundary { month, fact_seq })?;
        let (problems, warnings) = gates::look(tx, app, id, &state, fact_seq)?;
        Ok(report(community, state.figures, None, (problems, warnings)))
    })
}

/// Closes a month, or with `dry_run` tells what would be frozen and what stands in the way. A month that is closed already is
/// answered with its figures.
///
/// # Errors
/// [`Refusal::Gated`] with everything that stands in the way; [`Refusal::Conflict`] for a month whose turn has not come.
pub fn close_month(app: &App, actor: &Actor, request: &CloseRequest) -> Result<MonthReport, Refusal> {
    let id = find_community(app, &request.community)?;
    actor.require(Permission::CloseMonth, id)?;
    if request.dry_run {
        return month_report(app, actor, &request.community, request.month);
    }
    app.db.write(|tx| close(tx, app, actor, id, request))
}

fn close(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    request: &CloseRequest,
) -> Result<MonthReport, Refusal> {
    let fact_seq = community::next_seq(tx, community, 1)?;
    let standing = standing(tx, community)?;
    if let Some(closing) = standing.iter().find(|one| one.boundary.month == request.month) {
        return frozen(&request.community, closing);
    }
    let boundary = Boundary { month: request.month, fact_seq };
    let state = as_it_stands(tx, community, &standing, boundary)?;
    let (problems, warnings) = gates::look(tx, app, community, &state, fact_seq)?;
    if !problems.is_empty() {
        return Err(Refusal::Gated { missing: problems });
    }
    let row = ClosingRow {
        id: app.new_id(),
        boundary,
        figures: serde_json::to_value(&state.figures).map_err(|error| Refusal::Internal(error.to_string()))?,
        closed_by: actor.name.clone(),
        closed_at: app.clock.now(),
        reopened: None,
    };
    store::insert(tx, community, &row)?;
    let figures = &state.figures;
    let detail = serde_json::json!({ "month": request.month, "receivable": figures.receivable.closing,
        "late_fee": figures.late_fee.closing, "prepaid": figures.prepaid.closing });
    let subject_id = Some(row.id.uuid());
    let act = Act { act: "month.close", subject_kind: "month_closing", subject_id, detail: &detail };
    audit::record(tx, app, actor, Some(community), &act)?;
    Ok(report(&request.community, state.figures, Some(&row), (Vec::new(), warnings)))
}

/// The closings of a community.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community.
pub fn list_closings(app: &App, actor: &Actor, community: &str) -> Result<ClosingList, Refusal> {
    let id = find_community(app, community)?;
    actor.require(Permission::Read, id)?;
    let rows = app.db.read(|tx| store::list(tx, id))?;
    let last = rows.iter().rev().find(|one| one.reopened.is_none()).map(|one| one.boundary.month);
    let next = last.map_or_else(|| Period::of(app.today()).previous(), Period::next);
    let item = |row: &ClosingRow| {
        let figures = read_figures(row)?;
        let (reopened_at, reopened_by) = row.reopened.clone().unzip();
        Ok::<_, Refusal>(ClosedMonth {
            month: row.boundary.month,
            closed_by: row.closed_by.clone(),
            closed_at: row.closed_at,
            reopened_at,
            reopened_by,
            receivable: figures.receivable.closing,
            late_fee: figures.late_fee.closing,
            prepaid: figures.prepaid.closing,
        })
    };
    Ok(ClosingList { rows: rows.iter().rev().map(item).collect::<Result<_, _>>()?, next, last })
}

/// A month that is not closed.
struct OpenMonth {
    figures: MonthFigures,
    open: OpenBalances,
}

/// The closings that stand, oldest first.
fn standing(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<ClosingRow>, DbError> {
    Ok(store::list(tx, community)?.into_iter().filter(|one| one.reopened.is_none()).collect())
}

/// The figures of a month that is not closed, on the facts up to a number.
fn as_it_stands(
    tx: &mut Tx<'_>,
    community: CommunityId,
    standing: &[ClosingRow],
    upto: Boundary,
) -> Result<OpenMonth, Refusal> {
    let month = upto.month;
    let mut figures = match standing.last() {
        Some(last) if last.boundary.month.next() == month => {
            let within = store::movements(tx, community, Some(last.boundary), upto)?;
            MonthFigures::after(&read_figures(last)?, month, &within)
        }
        Some(last) => return Err(out_of_turn(month, standing[0].boundary.month, last.boundary.month)),
        None => {
            let past = Boundary { month: month.previous(), ..upto };
            let before = store::movements(tx, community, None, past)?;
            let within = store::movements(tx, community, Some(past), upto)?;
            MonthFigures::first(month, &before, &within)
        }
    };
    let open = store::open_balances(tx, community, upto)?;
    let (items, buildings) = store::names(tx, community)?;
    figures.set_open(&open);
    figures.set_names(
        |spot| items.get(&spot.item).cloned().unwrap_or_default(),
        |spot| buildings.get(&spot.building).cloned().unwrap_or_default(),
    );
    Ok(OpenMonth { figures, open })
}

fn out_of_turn(month: Period, first: Period, last: Period) -> Refusal {
    if month < first {
        let zh = format!("{month} 在首次月结的 {first} 之前，已并入期初，没有单独的月结数");
        return Refusal::conflict(
            zh,
            format!("{month} lies before {first}, the first month closed: it is in its opening"),
        );
    }
    let next = last.next();
    Refusal::conflict(format!("请先结 {next}，再看 {month}"), format!("close {next} first, then {month}"))
}

fn read_figures(row: &ClosingRow) -> Result<MonthFigures, Refusal> {
    serde_json::from_value(row.figures.clone()).map_err(|error| Refusal::Internal(error.to_string()))
}

fn frozen(community: &str, row: &ClosingRow) -> Result<MonthReport, Refusal> {
    Ok(report(community, read_figures(row)?, Some(row), (Vec::new(), Vec::new())))
}

fn report(
    community: &str,
    figures: MonthFigures,
    closing: Option<&ClosingRow>,
    (problems, warnings): (Vec<Text>, Vec<Text>),
) -> MonthReport {
    MonthReport {
        community: community.trim().to_owned(),
        closed: closing.is_some(),
        id: closing.map(|one| one.id),
        closed_by: closing.map(|one| one.closed_by.clone()),
        closed_at: closing.map(|one| one.closed_at),
        problems,
        warnings,
        items: figures.by_item(),
        buildings: figures.by_building(),
        figures,
    }
}
