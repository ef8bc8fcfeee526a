//! The route of the next weekend afternoons (上门路线): who is to be visited, door by door, and who may not be then, with the rule.
//!
//! Read set by set: the open visits of a person, then the facts of their cases. The oldest 120 are planned.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use hemu_domain::collection::contact_block::{Initiative, find_block};
use hemu_domain::collection::visits::{CalendarVisit, calendar, door_order, visiting_times};
use hemu_domain::ids::{CaseId, CommunityId, PartyId, TaskId};
use hemu_domain::outreach::quiet_hours::ContactManner;
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Text, UnitLabel};
use hemu_store::Tx;
use hemu_store::collection::visits::{self as store, VisitRow};
use hemu_store::collection::{case, facts};
use hemu_store::community;
use serde::Serialize;
use uuid::Uuid;

use super::policies::Policies;
use super::snapshot::{self, CaseSnapshot};
use super::versions::in_force_on;
use crate::clock::in_china;
use crate::registry::shown_name;
use crate::{Actor, App, Refusal};

/// So many visits are planned: more than a person makes in a month of weekends.
const MOST_VISITS: i64 = 120;

/// A door of the route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Door {
    /// The task.
    pub task_id: TaskId,
    /// The case.
    pub case_id: CaseId,
    /// The room.
    pub unit: UnitLabel,
    /// The payer, masked where the role asks for it.
    pub owner: String,
    /// Open principal that is overdue.
    pub overdue: Fen,
    /// Since when the visit is due.
    pub due_on: NaiveDate,
    /// When it is planned, local time (`2026-11-28 14:20`); `None` where the payer may not be visited then.
    pub at: Option<String>,
    /// Why the payer may not be visited, and when that ends.
    pub closed: Option<Text>,
}

/// The route of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VisitPlan {
    /// Door by door, in the order they are visited.
    pub doors: Vec<Door>,
    /// Visits that have to wait, each with its rule.
    pub waiting: Vec<Door>,
}

/// A planned door with the time a calendar needs.
struct Planned {
    door: Door,
    at: Option<NaiveDateTime>,
}

/// Plans the open visits of whoever asks (without an account: everybody's) over the next weekend afternoons.
///
/// # Errors
/// [`Refusal::Forbidden`] for a role that does not work on cases.
pub fn plan_visits(app: &App, actor: &Actor, community: CommunityId) -> Result<VisitPlan, Refusal> {
    actor.require(Permission::WorkCases, community)?;
    let planned = app.db.read(|tx| plan(tx, app, actor, community))?;
    let (doors, waiting) = planned.into_iter().partition::<Vec<_>, _>(|one| one.at.is_some());
    let door = |one: Planned| one.door;
    Ok(VisitPlan { doors: doors.into_iter().map(door).collect(), waiting: waiting.into_iter().map(door).collect() })
}

/// The same route as a calendar file.
///
/// # Errors
/// [`Refusal::Forbidden`] for a role that does not work on cases.
pub fn visit_calendar(app: &App, actor: &Actor, community: CommunityId) -> Result<String, Refusal> {
    actor.require(Permission::WorkCases, community)?;
    app.db.read(|tx| {
        let name = community::get(tx, community)?.name;
        let visit =
            |one: Planned| Some(CalendarVisit { key: one.door.task_id.to_string(), unit: one.door.unit, at: one.at? });
        let visits: Vec<_> = plan(tx, app, actor, community)?.into_iter().filter_map(visit).collect();
        Ok(calendar(&name, &visits, app.clock.now()))
    })
}

fn plan(tx: &mut Tx<'_>, app: &App, actor: &Actor, community: CommunityId) -> Result<Vec<Planned>, Refusal> {
    let mut rows = store::list_open(tx, community, (actor.staff_id, app.clock.now()), MOST_VISITS)?;
    rows.sort_by_cached_key(|row| door_order(&row.unit, row.floor));
    let cases = load(tx, app, community, &rows)?;
    let in_force = in_force_on(tx, app.today())?;
    let policies = Policies::read(tx, &in_force)?;
    let now = in_china(app.clock.now()).naive_local();
    let mut times = visiting_times(rows.len(), now).into_iter().peekable();
    let mut planned = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(found) = cases.get(&row.case_id) else { continue };
        let policy = policies.of(found.case.policy_version);
        let manner = (ContactManner::Visit, Initiative::Ours);
        let closed = times.peek().and_then(|at| Some((find_block(policy, &found.facts, manner, *at)?, *at)));
        let at = if closed.is_some() { None } else { times.next() };
        let door = Door {
            task_id: row.task_id,
            case_id: row.case_id,
            owner: shown_name(actor, &row.payer.0, &row.payer.1),
            unit: row.unit,
            overdue: found.facts.overdue,
            due_on: row.due_on,
            at: at.map(|at| at.format("%Y-%m-%d %H:%M").to_string()),
            closed: closed.map(|(block, at)| block.text(at.date())),
        };
        planned.push(Planned { door, at });
    }
    Ok(planned)
}

/// The facts of the cases that are to be visited.
fn load(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    rows: &[VisitRow],
) -> Result<HashMap<CaseId, CaseSnapshot>, Refusal> {
    let mut ids: Vec<Uuid> = rows.iter().map(|row| row.case_id.uuid()).collect();
    ids.sort_unstable();
    ids.dedup();
    let open = case::list_few(tx, community, &ids)?;
    let few: Vec<(CaseId, PartyId)> = open.iter().map(|one| (one.id, one.party_id)).collect();
    let found = snapshot::of_cases(tx, community, app.today(), open, facts::Scope::Few(&few))?;
    Ok(found.into_iter().map(|one| (one.case.id, one)).collect())
}
