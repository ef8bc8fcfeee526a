//! Correction of bills (更正账单): charges of a wrong price, standard or area are reversed and billed anew, as one act of two people.
//!
//! 1. [`preview_rebill`] tells for every charge what it was, what it becomes, and what its payer gets back or owes. It writes nothing.
//! 2. The act is asked for and approved ([`crate::approval`]); it is worked out again when it is approved, and that is what is done.
//! 3. The price, bands, standard or price steps are recorded from the month on; a shared cost is cancelled and shared again whole. Each wrong charge gets a reversal beside it (冲红) and is live no more;
//!    the charges in its place stand with the reversal on a correction bill of their own. The bill that was issued stays as it is.
//!
//! Charges that are claimed, by a legal matter or a demand that was served, are left alone and listed: a lawyer decides.
//!
//! What was paid on a charge goes to the charges in its place, with the days it was paid on; the rest pays at once what else is due
//! on the account, and what is left is put by for the payer. What was let off goes along; a correction of the wrong charge ends with it. Late fees that were frozen are taken back and computed
//! again for the same days on what was really owed. A charge that becomes higher is due anew, on the due day of the month of the
//! correction: what nobody had asked for, nobody was late with, so its late fees fall away (民法典 944 II, 585).

mod found;
mod kept;
mod metered;
mod monthly;
pub mod service_end;
mod settle;
mod shared;
mod write;

use hemu_domain::ids::{CommunityId, FeeStandardId};
use hemu_domain::metering::PriceSteps;
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Period, Text, UnitLabel, UnitPrice};
use hemu_store::Tx;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::found::Found;
use self::settle::Settled;
use super::{RefusedUnit, find_community};
use crate::approval::TwoPeople;
use crate::shared_costs::RightCost;
use crate::{Actor, App, Refusal};

/// What to bill anew, and why it was wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RebillRequest {
    /// The first month that is wrong.
    pub from: Period,
    /// The last month that is wrong; all from the first on where it is left out.
    #[serde(default)]
    pub to: Option<Period>,
    /// The standard that is wrong, or by which the units should have paid; none where the fix itself names what is wrong.
    #[serde(default)]
    pub standard: Option<FeeStandardId>,
    /// What is right.
    pub fix: Fix,
}

/// What is right instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fix {
    /// The price of the standard from that month on.
    Price {
        /// Per m² and month, or per month.
        price: UnitPrice,
        /// Clause, vote or list it rests on.
        basis: String,
    },
    /// The prices by bands of the standard from that month on.
    Bands {
        /// One a line: `1~6 1.20`, the top one `19~ 1.80`.
        bands: String,
        /// Clause, vote or list they rest on.
        basis: String,
    },
    /// These units pay by the standard from that month on.
    Standard {
        /// Which.
        units: Vec<UnitLabel>,
    },
    /// What is on record of these units by now, such as an area that was corrected.
    Record {
        /// Which.
        units: Vec<UnitLabel>,
    },
    /// The price steps of a metered item from that month on, up to the next ones on record.
    MeterPrice {
        /// The item, such as 水费.
        item: String,
        /// The steps.
        steps: PriceSteps,
        /// The supplier's price list.
        basis: String,
    },
    /// A shared cost of that month.
    SharedCost(RightCost),
    /// The service ended before that month ([`service_end`]); never asked for by itself.
    #[serde(skip)]
    ServiceEnds,
}

/// What a correction would do, or did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RebillReport {
    /// The fee item.
    pub item: String,
    /// The charges, by unit and month.
    pub rows: Vec<RebillRow>,
    /// Wrong charges that are claimed, and stay until a lawyer decides.
    pub kept: Vec<KeptCharge>,
    /// Charges that cannot be computed, and stay.
    pub refused: Vec<RefusedUnit>,
    /// What they were.
    pub was: Fen,
    /// What they become.
    pub becomes: Fen,
    /// What goes back to payers: put by for them.
    pub put_by: Fen,
    /// What is open of them afterwards.
    pub open: Fen,
    /// What of a shared cost is on no bill yet: the next run takes it up.
    pub next_bill: Fen,
}

/// What becomes of one charge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RebillRow {
    /// The unit.
    pub unit: UnitLabel,
    /// Its first month.
    pub period: Period,
    /// What it was.
    pub was: Fen,
    /// How that came to be.
    pub was_formula: String,
    /// What it becomes.
    pub becomes: Fen,
    /// How that comes to be.
    pub formula: String,
    /// Put by for the payer.
    pub put_by: Fen,
    /// What was open of principal and frozen late fee.
    pub was_open: Fen,
    /// What is open of both afterwards.
    pub open: Fen,
}

/// A wrong charge that is left alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeptCharge {
    /// The unit.
    pub unit: UnitLabel,
    /// Its first month.
    pub period: Period,
    /// What it is.
    pub was: Fen,
    /// What it should have been.
    pub becomes: Fen,
    /// Where it is claimed.
    pub why: Text,
}

/// A correction worked out.
struct Worked {
    found: Found,
    settled: Vec<Settled>,
}

impl Worked {
    fn load(tx: &mut Tx<'_>, app: &App, community: CommunityId, request: &RebillRequest) -> Result<Self, Refusal> {
        let found = Found::load(tx, app, community, request)?;
        if found.wrong.is_empty() && found.kept.is_empty() {
            return Err(nothing_changes(&found, request));
        }
        let settled = settle::settle(tx, app, community, &found)?;
        Ok(Self { found, settled })
    }

    /// The same, where there is something to do.
    fn load_to_do(
        tx: &mut Tx<'_>,
        app: &App,
        community: CommunityId,
        request: &RebillRequest,
    ) -> Result<Self, Refusal> {
        let worked = Self::load(tx, app, community, request)?;
        match worked.found.kept.first() {
            Some(one) if worked.found.wrong.is_empty() => {
                let (unit, why) = (&one.unit, &one.why);
                Err(Refusal::conflict(format!("{unit} {}", why.zh), format!("{unit} is {}", why.en)))
            }
            _something_is_wrong => Ok(worked),
        }
    }

    fn report(&self) -> RebillReport {
        let rows: Vec<RebillRow> = self.found.wrong.iter().zip(&self.settled).map(|(old, new)| new.row(old)).collect();
        let sum = |pick: fn(&RebillRow) -> Fen| rows.iter().map(pick).sum();
        RebillReport {
            item: self.found.item.clone(),
            was: sum(|row| row.was),
            becomes: sum(|row| row.becomes),
            put_by: sum(|row| row.put_by),
            open: sum(|row| row.open),
            kept: self.found.kept.clone(),
            refused: self.found.refused.clone(),
            next_bill: self.found.next_bill,
            rows,
        }
    }
}

fn nothing_changes(found: &Found, request: &RebillRequest) -> Refusal {
    let from = request.from;
    match found.refused.first() {
        Some(one) => {
            Refusal::conflict(format!("{}：{}", one.unit, one.problem), format!("{}: {}", one.unit, one.problem))
        }
        None => Refusal::conflict(
            format!("自 {from} 起没有需要更正的应收：已出账的金额与更正后一致"),
            format!("nothing to correct from {from} on: what was billed agrees with it"),
        ),
    }
}

/// What a correction would do; nothing is written.
///
/// # Errors
/// [`Refusal::NotFound`] for an unknown standard or unit; [`Refusal::Conflict`] when nothing would change.
pub fn preview_rebill(
    app: &App,
    actor: &Actor,
    community: &str,
    request: &RebillRequest,
) -> Result<RebillReport, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::ReversePayment, community)?;
    app.db.read(|tx| Ok(Worked::load(tx, app, community, request)?.report()))
}

/// Whether the correction could be done now: what is wrong, and what it comes to.
///
/// # Errors
/// As for [`preview_rebill`].
pub(crate) fn check(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    request: &RebillRequest,
) -> Result<(Uuid, RebillReport), Refusal> {
    let worked = Worked::load_to_do(tx, app, community, request)?;
    Ok((worked.found.subject, worked.report()))
}

/// Reverses and bills anew; the run it stands on. The community's facts are locked.
///
/// # Errors
/// As for [`preview_rebill`].
pub(crate) fn rebill(
    tx: &mut Tx<'_>,
    app: &App,
    people: TwoPeople<'_>,
    community: CommunityId,
    request: &RebillRequest,
) -> Result<Uuid, Refusal> {
    let worked = Worked::load_to_do(tx, app, community, request)?;
    write::write(tx, app, people, community, worked)
}
