//! Many units at once: the list by cursor, the tree 小区→楼栋→单元, the coloured block plan (楼盘图).

use std::collections::{BTreeMap, HashSet};

use hemu_domain::ids::{BuildingId, CommunityId, PartyId, UnitId};
use hemu_domain::registry::unit::{Occupancy, UnitKind};
use hemu_domain::registry::unit_status::{Standing, UnitStatus};
use hemu_domain::staff::Permission;
use hemu_domain::{Area, Fen, UnitLabel};
use hemu_store::registry::overview::{self, UnitLine};
use hemu_store::{DbError, Tx};
use serde::Serialize;

use super::shown_name;
use crate::billing::find_community;
use crate::{Actor, App, Refusal};

/// The most rows of a page.
const MOST_ROWS: usize = 500;

/// A unit in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnitItem {
    /// Its id.
    pub id: UnitId,
    /// Its label.
    pub unit: UnitLabel,
    /// What it is.
    pub kind: UnitKind,
    /// Its area.
    pub area: Option<Area>,
    /// Its floor.
    pub floor: Option<i64>,
    /// Who is in it.
    pub occupancy: Occupancy,
    /// The present payer, masked where the role asks for it.
    pub owner: Option<String>,
    /// The present payer.
    pub party_id: Option<PartyId>,
    /// What the present payer owes of what is due today.
    pub open: Fen,
    /// What former payers still owe of it (前业主欠费): not the present payer's, so that it gives no colour.
    pub former_open: Fen,
    /// Its colour on the block plan.
    pub status: UnitStatus,
}

/// A page of units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnitList {
    /// The units, in the order of labels.
    pub rows: Vec<UnitItem>,
    /// Where the next page begins: after this label; `None` on the last page.
    pub next: Option<UnitLabel>,
}

/// Which part of a community to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnitFilter {
    /// Only this building.
    pub building: Option<String>,
    /// Only this entrance of it.
    pub entrance: Option<String>,
}

/// A building of the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BuildingNode {
    /// Its id.
    pub id: BuildingId,
    /// Its code.
    pub code: String,
    /// Its sums.
    #[serde(flatten)]
    pub sums: NodeSums,
    /// Its entrances; units without one stand under none.
    pub entrances: Vec<EntranceNode>,
}

/// An entrance of the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EntranceNode {
    /// Its code; `None` for units without one.
    pub code: Option<String>,
    /// Its sums.
    #[serde(flatten)]
    pub sums: NodeSums,
}

/// What a branch of the tree holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct NodeSums {
    /// Units.
    pub units: i64,
    /// Vacant ones.
    pub vacant: i64,
    /// Those that owe something that is due.
    pub owing: i64,
    /// How much.
    pub open: Fen,
}

/// The block plan of a building.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BlockPlan {
    /// The building's code.
    pub building: String,
    /// Its entrances.
    pub entrances: Vec<EntrancePlan>,
    /// How many units stand in each colour.
    pub counts: BTreeMap<&'static str, usize>,
}

/// One entrance of a block plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EntrancePlan {
    /// Its code; `None` for units without one.
    pub code: Option<String>,
    /// Its floors, the highest first; units that tell none come last.
    pub floors: Vec<FloorPlan>,
}

/// One floor of a block plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FloorPlan {
    /// Its number.
    pub floor: Option<i64>,
    /// Its units, by room.
    pub units: Vec<UnitItem>,
}

/// Lists units by cursor: those after the label `after`.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community.
pub fn list_units(
    app: &App,
    actor: &Actor,
    community: &str,
    filter: &UnitFilter,
    (after, rows): (Option<&UnitLabel>, usize),
) -> Result<UnitList, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    let prefix = match (&filter.building, &filter.entrance) {
        (Some(building), Some(entrance)) => format!("{building}-{entrance}-"),
        (Some(building), None) => format!("{building}-"),
        (None, _) => String::new(),
    };
    let after = after.map_or("", UnitLabel::as_str);
    app.db.read(|tx| {
        page(tx, (app, actor), community, rows, |tx, limit| {
            overview::list_lines(tx, community, app.today(), (&prefix, after), limit)
        })
    })
}

/// A page of lines read by `read`, which is asked for one row more than the page holds.
pub(super) fn page(
    tx: &mut Tx<'_>,
    (app, actor): (&App, &Actor),
    community: CommunityId,
    rows: usize,
    read: impl FnOnce(&mut Tx<'_>, i64) -> Result<Vec<UnitLine>, DbError>,
) -> Result<UnitList, Refusal> {
    let rows = rows.clamp(1, MOST_ROWS);
    let limit = i64::try_from(rows).expect("a page is small") + 1;
    let mut lines = read(tx, limit)?;
    let painter = Painter::load(tx, app, community)?;
    let next = (lines.len() > rows).then(|| lines[rows - 1].label.clone());
    lines.truncate(rows);
    Ok(UnitList { rows: lines.into_iter().map(|line| painter.item(actor, line)).collect(), next })
}

/// The tree of a community with sums.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community.
pub fn unit_tree(app: &App, actor: &Actor, community: &str) -> Result<Vec<BuildingNode>, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    let mut lines = app.db.read(|tx| overview::list_entrances(tx, community, app.today()))?;
    lines.sort_by_key(|line| (by_number(&line.building), line.entrance.as_deref().map(by_number)));
    let mut tree: Vec<BuildingNode> = Vec::new();
    for line in lines {
        let sums = NodeSums { units: line.units, vacant: line.vacant, owing: line.owing, open: line.open };
        if tree.last().is_none_or(|last| last.id != line.building_id) {
            let (id, code) = (line.building_id, line.building);
            tree.push(BuildingNode { id, code, sums: NodeSums::default(), entrances: Vec::new() });
        }
        let Some(building) = tree.last_mut() else { continue };
        building.sums.add(sums);
        building.entrances.push(EntranceNode { code: line.entrance, sums });
    }
    Ok(tree)
}

impl NodeSums {
    fn add(&mut self, other: Self) {
        self.units += other.units;
        self.vacant += other.vacant;
        self.owing += other.owing;
        self.open += other.open;
    }
}

/// `2` before `10`, and both before `A`.
fn by_number(code: &str) -> (u64, String) {
    (code.parse().unwrap_or(u64::MAX), code.to_owned())
}

/// The block plan of a building.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community or building.
pub fn block_plan(app: &App, actor: &Actor, community: &str, building: &str) -> Result<BlockPlan, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    let (lines, painter) = app.db.read(|tx| {
        let known = hemu_store::registry::list_buildings(tx, community)?.into_iter().find(|(_, code)| code == building);
        let (id, _) = known.ok_or_else(|| Refusal::not_found("楼栋", "building", building))?;
        let lines = overview::list_of_building(tx, community, app.today(), id)?;
        Ok::<_, Refusal>((lines, Painter::load(tx, app, community)?))
    })?;
    let items: Vec<UnitItem> = lines.into_iter().map(|line| painter.item(actor, line)).collect();
    let mut counts = BTreeMap::new();
    for item in &items {
        *counts.entry(item.status.as_str()).or_default() += 1;
    }
    Ok(BlockPlan { building: building.to_owned(), entrances: entrances(items), counts })
}

fn entrances(items: Vec<UnitItem>) -> Vec<EntrancePlan> {
    let mut by_entrance: BTreeMap<_, BTreeMap<_, Vec<UnitItem>>> = BTreeMap::new();
    for item in items {
        let entrance = item.unit.entrance().map(by_number);
        // The highest floor first, no floor last.
        let floor = item.floor.map_or(i64::MAX, |floor| -floor);
        by_entrance.entry(entrance).or_default().entry(floor).or_default().push(item);
    }
    let floors = |floors: BTreeMap<i64, Vec<UnitItem>>| -> Vec<FloorPlan> {
        let floor = |mut units: Vec<UnitItem>| {
            units.sort_by_key(|item| by_number(item.unit.room()));
            FloorPlan { floor: units.first().and_then(|item| item.floor), units }
        };
        floors.into_values().map(floor).collect()
    };
    let plan = |(code, units): (Option<(u64, String)>, _)| EntrancePlan {
        code: code.map(|(_, code)| code),
        floors: floors(units),
    };
    by_entrance.into_iter().map(plan).collect()
}

/// Gives units their colours.
pub(super) struct Painter {
    held: HashSet<PartyId>,
    by_plan: HashSet<PartyId>,
}

impl Painter {
    /// Reads whose contact rests and who pays by plan, today.
    pub(super) fn load(tx: &mut Tx<'_>, app: &App, community: CommunityId) -> Result<Self, DbError> {
        Ok(Self {
            held: overview::list_held(tx, community, app.today())?.into_iter().collect(),
            by_plan: overview::list_by_plan(tx, community)?.into_iter().collect(),
        })
    }

    /// The status of a unit.
    pub(super) fn status(
        &self,
        payer: Option<PartyId>,
        (charged, open): (Fen, Fen),
        occupancy: Occupancy,
    ) -> UnitStatus {
        let standing = Standing {
            charged,
            open,
            on_hold: payer.is_some_and(|payer| self.held.contains(&payer)),
            by_plan: payer.is_some_and(|payer| self.by_plan.contains(&payer)),
            is_vacant: occupancy == Occupancy::Vacant,
        };
        standing.status()
    }

    fn item(&self, actor: &Actor, line: UnitLine) -> UnitItem {
        let party_id = line.payer.as_ref().map(|(id, _, _)| *id);
        UnitItem {
            id: line.id,
            unit: line.label,
            kind: line.kind,
            area: line.area,
            floor: line.floor,
            occupancy: line.occupancy,
            owner: line.payer.map(|(_, kind, name)| shown_name(actor, &kind, &name)),
            party_id,
            open: line.open,
            former_open: line.former_open,
            status: self.status(party_id, (line.charged, line.open), line.occupancy),
        }
    }
}
