//! What moved in a month, as sums of facts: by fee item and building, and by way of paying.

use serde::{Deserialize, Serialize};

use super::deposits::DepositMoves;
use super::figures::{LateFees, Receivable};
use crate::Fen;
use crate::ids::{BuildingId, FeeItemId};
use crate::ledger::adjustment::AdjustmentKind;

/// A fee item in a building: the finest part the figures are kept for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Spot {
    /// The fee item.
    pub item: FeeItemId,
    /// The building.
    pub building: BuildingId,
}

/// What a sum of facts does to a balance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    /// Charged by a bill run.
    Billed,
    /// Arrears brought in by an import (期初).
    BroughtIn,
    /// A charge taken back (冲红); the sum is negative, as its rows are.
    Reversed,
    /// Principal taken off without money.
    Reduced(AdjustmentKind),
    /// Principal paid.
    Paid,
    /// Late fee frozen.
    Assessed,
    /// Late fee taken off without money.
    LateFeeReduced(AdjustmentKind),
    /// Late fee paid.
    LateFeePaid,
}

/// A sum of facts of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Movement {
    /// Where.
    pub spot: Spot,
    /// What.
    pub what: What,
    /// How much.
    pub amount: Fen,
}

/// Money that came in one way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MethodLine {
    /// The way: `cash`, `transfer`...
    pub method: String,
    /// What came in.
    pub received: Fen,
    /// What was taken back as entered wrongly (冲红).
    pub reversed: Fen,
    /// What was given back (退款).
    pub refunded: Fen,
}

impl MethodLine {
    /// What is left of it (实收).
    #[must_use]
    pub fn net(&self) -> Fen {
        self.received - self.reversed - self.refunded
    }
}

/// All that moved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Movements {
    /// On charges and late fees.
    pub on_charges: Vec<Movement>,
    /// Money in and out.
    pub receipts: Vec<MethodLine>,
    /// Deposits.
    pub deposits: DepositMoves,
}

/// The figures of a fee item in a building.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// Where.
    #[serde(flatten)]
    pub spot: Spot,
    /// What the fee item was called.
    pub item_name: String,
    /// What the building was called.
    pub building_code: String,
    /// Principal.
    pub receivable: Receivable,
    /// Late fees.
    pub late_fee: LateFees,
}

/// What is open of a fee item in a building, computed from what is open now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenCell {
    /// Where.
    pub spot: Spot,
    /// Principal due by the last day: what the arrears list shows.
    pub due: Fen,
    /// Principal of the month and before that is due later.
    pub not_due: Fen,
    /// Late fee assessed.
    pub late_fee: Fen,
}

/// Balances as of the last day, computed backward from what is open now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenBalances {
    /// On charges and late fees.
    pub cells: Vec<OpenCell>,
    /// Money put by (预存).
    pub put_by: Fen,
    /// Paid on bills of months that have not begun.
    pub paid_ahead: Fen,
    /// What is still kept of deposits.
    pub deposits: Fen,
}
