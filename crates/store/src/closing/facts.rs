//! Every fact of a community that has a place in a month's figures, one by one, as `hemu verify` sorts them into closings. Other
//! code than [`mod@super::movements`] on purpose: what both agree on is not a fault of either.

use chrono::NaiveDate;
use hemu_domain::closing::{Spot, What, booked_on};
use hemu_domain::ids::CommunityId;
use hemu_domain::{Fen, Period};

use super::movements::charged;
use super::{kind, unit_of_charge};
use crate::{DbError, Tx, params};

/// What a fact does to the figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactKind {
    /// It is about a charge or its late fee.
    OnCharge(Spot, What),
    /// Money that came in that way.
    Received(String),
    /// Money taken back as entered wrongly; the amount is negative.
    TakenBack(String),
    /// A deposit that was taken that way.
    DepositTaken(String),
    /// A part of a deposit that was given back that way.
    DepositReturned(String),
    /// A part of a deposit that was kept.
    DepositKept,
}

/// A fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it does.
    pub kind: FactKind,
    /// How much, as the row says.
    pub amount: Fen,
    /// The day it belongs to.
    pub on: NaiveDate,
    /// Its number.
    pub seq: i64,
}

const CHARGES: &str = concat!(
    "SELECT c.fee_item_id, u.building_id, c.amount_fen, c.seq, c.period, c.origin
    FROM charge c CROSS JOIN account a CROSS JOIN unit u WHERE c.community_id = $1",
    unit_of_charge!()
);
const ALLOCATIONS: &str = concat!(
    "SELECT c.fee_item_id, u.building_id, l.amount_fen, l.seq, c.period, l.effective_on, l.kind
    FROM allocation l CROSS JOIN charge c CROSS JOIN account a CROSS JOIN unit u
    WHERE l.community_id = $1 AND l.kind IN ('principal', 'late_fee')
    AND c.community_id = l.community_id AND c.id = l.charge_id",
    unit_of_charge!()
);
const LATE_FEES: &str = concat!(
    "SELECT c.fee_item_id, u.building_id, f.amount_fen, f.seq, f.to_on
    FROM late_fee f CROSS JOIN charge c CROSS JOIN account a CROSS JOIN unit u
    WHERE f.community_id = $1 AND c.community_id = f.community_id AND c.id = f.charge_id",
    unit_of_charge!()
);
const ADJUSTMENTS: &str = concat!(
    "SELECT c.fee_item_id, u.building_id, j.amount_fen, j.seq, c.period, j.effective_on, j.late_fee_id IS NULL, j.kind
    FROM adjustment j CROSS JOIN charge c CROSS JOIN account a CROSS JOIN unit u
    WHERE j.community_id = $1 AND c.community_id = j.community_id AND c.id = j.charge_id",
    unit_of_charge!()
);
/// A receipt paid in several ways is so many facts; money that only changed accounts is none.
const RECEIPTS: &str = "SELECT method, amount_fen, received_on, seq, reverses_id IS NULL FROM receipt
    WHERE community_id = $1 AND method NOT IN ('mixed', 'moved')
    UNION ALL SELECT t.method, t.amount_fen, r.received_on, r.seq, r.reverses_id IS NULL FROM receipt r
    JOIN receipt_tender t ON t.community_id = r.community_id AND t.receipt_id = r.id
    WHERE r.community_id = $1 AND r.method = 'mixed'";

const DEPOSITS: &str = "SELECT 'taken', method, amount_fen, taken_on, seq FROM deposit WHERE community_id = $1
    UNION ALL SELECT kind, COALESCE(method, ''), amount_fen, entered_on, seq FROM deposit_entry WHERE community_id = $1";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[CHARGES, ALLOCATIONS, LATE_FEES, ADJUSTMENTS, RECEIPTS, DEPOSITS];

/// Hands each fact to `each`.
///
/// # Errors
/// When the database refuses.
pub fn for_each_fact(tx: &mut Tx<'_>, community: CommunityId, mut each: impl FnMut(Fact)) -> Result<(), DbError> {
    let here = params![community];
    tx.for_each::<DbError>(CHARGES, &here, |row| {
        let spot = Spot { item: row.take()?, building: row.take()? };
        let (amount, seq, period): (Fen, i64, Period) = (row.take()?, row.take()?, row.take()?);
        each(Fact { kind: FactKind::OnCharge(spot, charged(row)?), amount, on: period.first_day(), seq });
        Ok(())
    })?;
    tx.for_each::<DbError>(ALLOCATIONS, &here, |row| {
        let spot = Spot { item: row.take()?, building: row.take()? };
        let (amount, seq, period, on): (Fen, i64, Period, NaiveDate) =
            (row.take()?, row.take()?, row.take()?, row.take()?);
        let (what, on) = match row.take::<String>()?.as_str() {
            "principal" => (What::Paid, booked_on(period, on)),
            _ => (What::LateFeePaid, on),
        };
        each(Fact { kind: FactKind::OnCharge(spot, what), amount, on, seq });
        Ok(())
    })?;
    tx.for_each::<DbError>(LATE_FEES, &here, |row| {
        let spot = Spot { item: row.take()?, building: row.take()? };
        let (amount, seq, on) = (row.take()?, row.take()?, row.take()?);
        each(Fact { kind: FactKind::OnCharge(spot, What::Assessed), amount, on, seq });
        Ok(())
    })?;
    tx.for_each::<DbError>(ADJUSTMENTS, &here, |row| {
        let spot = Spot { item: row.take()?, building: row.take()? };
        let (amount, seq, period, on): (Fen, i64, Period, NaiveDate) =
            (row.take()?, row.take()?, row.take()?, row.take()?);
        let (what, on) = if row.take()? {
            (What::Reduced(kind(row)?), booked_on(period, on))
        } else {
            (What::LateFeeReduced(kind(row)?), on)
        };
        each(Fact { kind: FactKind::OnCharge(spot, what), amount, on, seq });
        Ok(())
    })?;
    tx.for_each::<DbError>(RECEIPTS, &here, |row| {
        let (method, amount, on, seq) = (row.take()?, row.take()?, row.take()?, row.take()?);
        let kind = if row.take()? { FactKind::Received(method) } else { FactKind::TakenBack(method) };
        each(Fact { kind, amount, on, seq });
        Ok(())
    })?;
    tx.for_each::<DbError>(DEPOSITS, &here, |row| {
        let (what, method): (String, String) = (row.take()?, row.take()?);
        let (amount, on, seq) = (row.take()?, row.take()?, row.take()?);
        let kind = match what.as_str() {
            "taken" => FactKind::DepositTaken(method),
            "return" => FactKind::DepositReturned(method),
            _ => FactKind::DepositKept,
        };
        each(Fact { kind, amount, on, seq });
        Ok(())
    })
}
