//! The arrears list with the charges of each row: whoever pays may name the charge the money is for, and so must know its id.

use std::collections::HashMap;

use chrono::NaiveDate;
use hemu_domain::ids::{ChargeId, PartyId, UnitId};
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Period};
use serde::Serialize;

use super::{ArrearsReport, ArrearsRow, ArrearsTotals, ChargeArrears, list_arrears, list_charges};
use crate::billing::find_community;
use crate::{Actor, App, Refusal};

/// What is open on one charge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OpenCharge {
    /// Its id: what `hemu receipt add --for` takes.
    pub charge: ChargeId,
    /// The fee item.
    pub item: String,
    /// The month.
    pub period: Period,
    /// When it was due.
    pub due_on: NaiveDate,
    /// Open principal.
    pub principal: Fen,
    /// Open late fee.
    pub late_fee: Fen,
}

/// A row of the list with its charges.
#[derive(Clone, Debug, Serialize)]
pub struct DetailedRow {
    /// The row.
    #[serde(flatten)]
    pub row: ArrearsRow,
    /// What it is made of, by due date.
    pub charges: Vec<OpenCharge>,
}

/// The list, charge by charge.
#[derive(Clone, Debug, Serialize)]
pub struct DetailedArrears {
    /// The day.
    pub as_of: NaiveDate,
    /// By unit.
    pub rows: Vec<DetailedRow>,
    /// Over all rows.
    pub totals: ArrearsTotals,
}

impl From<DetailedArrears> for ArrearsReport {
    fn from(detailed: DetailedArrears) -> Self {
        let rows = detailed.rows.into_iter().map(|one| one.row).collect();
        Self { as_of: detailed.as_of, rows, totals: detailed.totals }
    }
}

/// The arrears list of a community with the charges of each row; sums and order are those of [`super::arrears_report`].
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community.
pub fn detailed_arrears(
    app: &App,
    actor: &Actor,
    community: &str,
    as_of: NaiveDate,
) -> Result<DetailedArrears, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    let (list, charges) = app
        .db
        .read(|tx| Ok::<_, Refusal>((list_arrears(tx, community, as_of)?, list_charges(tx, community, as_of)?)))?;
    let mut by_payer: HashMap<(UnitId, PartyId), Vec<ChargeArrears>> = HashMap::new();
    for open in charges {
        by_payer.entry((open.charge.unit_id, open.charge.party_id)).or_default().push(open);
    }
    let detailed = |row: ArrearsRow| {
        let mut open = by_payer.remove(&(row.unit_id, row.party_id)).unwrap_or_default();
        open.sort_by_key(|one| (one.charge.due_on, one.charge.period, one.charge.id));
        DetailedRow { row, charges: open.into_iter().map(open_charge).collect() }
    };
    Ok(DetailedArrears { as_of, totals: list.totals, rows: list.rows.into_iter().map(detailed).collect() })
}

fn open_charge(one: ChargeArrears) -> OpenCharge {
    OpenCharge {
        charge: one.charge.id,
        item: one.charge.item,
        period: one.charge.period,
        due_on: one.charge.due_on,
        principal: one.principal,
        late_fee: one.late_fee,
    }
}
