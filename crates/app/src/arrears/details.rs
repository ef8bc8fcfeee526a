//! A page of the arrears list: the rows that fit, by cursor, with sums over all of them, and what stands beside the list's own
//! columns: area, and the owner's phone, masked.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use hemu_domain::ids::{CommunityId, ContactPointId, PartyId, StaffId, UnitId};
use hemu_domain::staff::Permission;
use hemu_domain::{Area, UnitLabel};
use hemu_store::registry::overview;

use super::{ArrearsFilter, ArrearsReport, ArrearsRow, ArrearsTotals, totals};
use crate::{Actor, App, Refusal};

/// In which order rows stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ArrearsOrder {
    /// By unit.
    #[default]
    Unit,
    /// The largest debt first.
    Amount,
    /// The oldest debt first.
    Days,
}

/// A page of the list.
#[derive(Clone, Debug)]
pub struct ArrearsSlice {
    /// Its rows.
    pub rows: Vec<ArrearsRow>,
    /// Sums over them.
    pub shown: ArrearsTotals,
    /// Sums over every row that fits.
    pub totals: ArrearsTotals,
    /// Where the next page begins.
    pub next: Option<String>,
    /// Whether nothing was filtered out.
    pub is_whole: bool,
    /// The buildings of the whole list, by number.
    pub buildings: Vec<String>,
    /// Whose cases are on the whole list (管家), by name.
    pub staff: Vec<(StaffId, String)>,
}

impl ArrearsReport {
    /// A page of the rows that fit: those after the cursor `after`, which names unit and payer by their ids.
    #[must_use]
    pub fn slice(&self, filter: &ArrearsFilter, order: ArrearsOrder, (after, size): (&str, usize)) -> ArrearsSlice {
        let mut fitting: Vec<&ArrearsRow> = self.rows.iter().filter(|row| filter.fits(row)).collect();
        match order {
            ArrearsOrder::Unit => {}
            ArrearsOrder::Amount => fitting.sort_by_key(|row| Reverse(row.principal + row.late_fee)),
            ArrearsOrder::Days => fitting.sort_by_key(|row| Reverse(row.days)),
        }
        let last_shown = fitting.iter().position(|row| !after.is_empty() && cursor(row) == after);
        let start = last_shown.map_or(0, |position| position + 1);
        let end = (start + size).min(fitting.len());
        let page = &fitting[start..end];
        ArrearsSlice {
            rows: page.iter().map(|row| (*row).clone()).collect(),
            shown: totals(page.iter().copied()),
            totals: totals(fitting.iter().copied()),
            next: page.last().filter(|_| end < fitting.len()).map(|row| cursor(row)),
            is_whole: fitting.len() == self.rows.len(),
            buildings: self.buildings(),
            staff: self.staff(),
        }
    }

    /// The rows that fit and stand after a place of the list, which may be gone meanwhile, with the sums of all that fit; and whether
    /// there are more.
    #[must_use]
    pub fn rows_after(&self, filter: &ArrearsFilter, from: Option<&(UnitLabel, PartyId)>, most: usize) -> (Self, bool) {
        // Rows stand by unit and payer.
        let is_behind = |row: &ArrearsRow| from.is_none_or(|(unit, party)| (&row.unit, row.party_id) > (unit, *party));
        let start = self.rows.partition_point(|row| !is_behind(row));
        let mut left = self.rows[start..].iter().filter(|row| filter.fits(row));
        let rows = left.by_ref().take(most).cloned().collect();
        let goes_on = left.next().is_some();
        let totals = if *filter == ArrearsFilter::default() {
            self.totals.clone()
        } else {
            totals(self.rows.iter().filter(|row| filter.fits(row)))
        };
        (Self { as_of: self.as_of, rows, totals }, goes_on)
    }

    fn staff(&self) -> Vec<(StaffId, String)> {
        let of_row = |row: &ArrearsRow| Some((row.staff.clone()?, row.staff_id?));
        let all: BTreeSet<(String, StaffId)> = self.rows.iter().filter_map(of_row).collect();
        all.into_iter().map(|(name, id)| (id, name)).collect()
    }

    fn buildings(&self) -> Vec<String> {
        let mut codes: Vec<&str> = self.rows.iter().map(|row| row.unit.building()).collect();
        // The list stands by unit, so that most repetitions are neighbours.
        codes.dedup();
        codes.sort_by_key(|code| (code.parse::<u64>().unwrap_or(u64::MAX), *code));
        codes.dedup();
        codes.into_iter().map(ToOwned::to_owned).collect()
    }
}

/// Ids, since a label would put a home into the address.
fn cursor(row: &ArrearsRow) -> String {
    format!("{}.{}", row.unit_id, row.party_id)
}

/// More of one row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowDetail {
    /// The unit's charged area.
    pub area: Option<Area>,
    /// The payer's phone that works, preferred first: its id, for a reveal, and what may be shown of it.
    pub phone: Option<(ContactPointId, String)>,
}

/// More of some rows, in their order; two statements whatever their number.
///
/// # Errors
/// [`Refusal::Forbidden`] outside the actor's scope.
pub fn row_details(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    rows: &[ArrearsRow],
) -> Result<Vec<RowDetail>, Refusal> {
    actor.require(Permission::Read, community)?;
    let units: Vec<UnitId> = rows.iter().map(|row| row.unit_id).collect();
    let parties: Vec<PartyId> = rows.iter().map(|row| row.party_id).collect();
    let (areas, phones) = app.db.read(|tx| {
        let areas = overview::list_areas(tx, community, &units)?;
        Ok::<_, Refusal>((areas, overview::list_phones(tx, community, &parties)?))
    })?;
    let areas: HashMap<UnitId, Option<Area>> = areas.into_iter().collect();
    let mut by_party = HashMap::new();
    for phone in phones {
        // The first is the preferred one.
        by_party.entry(phone.party_id).or_insert((phone.id, phone.tail));
    }
    let detail = |row: &ArrearsRow| RowDetail {
        area: areas.get(&row.unit_id).copied().flatten(),
        phone: by_party.get(&row.party_id).cloned(),
    };
    Ok(rows.iter().map(detail).collect())
}
