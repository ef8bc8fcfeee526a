//! Set digests: what a register holds, as one number per community, so that a row taken out, put in, or changed shows.
//!
//! A chain shows what was changed or taken out of its middle; not that its end is missing, nor anything of tables whose rows have
//! no link. So each register keeps, per community, the count of the rows ever written and the exclusive or of their SHA-256. Both
//! are renewed in the transaction that writes the row, which holds the community's fact counter, so writers take turns. The order
//! of the rows does not matter, and every row has an id of its own, so no two cancel out. What may change later (a state, what
//! is open) is not covered.

use std::collections::HashMap;

use hemu_domain::ids::CommunityId;

use crate::{DbError, Tx, Value, chain, params};

/// A register whose rows are covered. Tables kept row by row are in [`crate::kept`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Register {
    /// Charges.
    Charges,
    /// Late fees frozen.
    LateFees,
    /// Promises.
    Promises,
    /// Plans.
    Plans,
    /// Contacts.
    Contacts,
    /// Decisions.
    Decisions,
    /// Actions.
    Actions,
    /// Letters and notices.
    Notices,
    /// Proofs of service.
    Proofs,
    /// Legal matters.
    Matters,
    /// Acts asked for.
    Approvals,
    /// Ways in which receipts were paid.
    Tenders,
    /// Shifts at the cash desk.
    Shifts,
    /// Their closings.
    ShiftClosings,
    /// Shares of costs.
    PoolShares,
    /// Readings of meters.
    MeterReadings,
    /// Confirmed usage.
    MeterUsages,
    /// Meters that were replaced.
    MeterSwaps,
    /// What a unit of their count costs.
    MeterPrices,
    /// What money of a statement was booked as.
    BankParts,
    /// Payments and refunds of settlement files.
    SettlementEntries,
    /// Differences somebody looked into.
    SettlementNotes,
    /// Lines of requests for invoices.
    InvoiceLines,
    /// Holds.
    Holds,
    /// Complaints.
    Complaints,
    /// What happened to them.
    ComplaintEvents,
    /// Photos kept with them.
    Attachments,
}

impl Register {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Charges,
        Self::LateFees,
        Self::Promises,
        Self::Plans,
        Self::Contacts,
        Self::Decisions,
        Self::Actions,
        Self::Notices,
        Self::Proofs,
        Self::Matters,
        Self::Approvals,
        Self::Tenders,
        Self::Shifts,
        Self::ShiftClosings,
        Self::PoolShares,
        Self::MeterReadings,
        Self::MeterUsages,
        Self::MeterSwaps,
        Self::MeterPrices,
        Self::BankParts,
        Self::SettlementEntries,
        Self::SettlementNotes,
        Self::InvoiceLines,
        Self::Holds,
        Self::Complaints,
        Self::ComplaintEvents,
        Self::Attachments,
    ];

    /// Its table.
    #[must_use]
    pub const fn table(self) -> &'static str {
        match self {
            Self::Charges => "charge",
            Self::LateFees => "late_fee",
            Self::Promises => "promise",
            Self::Plans => "plan",
            Self::Contacts => "contact_log",
            Self::Decisions => "decision",
            Self::Actions => "action",
            Self::Notices => "notice",
            Self::Proofs => "service_proof",
            Self::Matters => "legal_matter",
            Self::Approvals => "approval",
            Self::Tenders => "receipt_tender",
            Self::Shifts => "desk_shift",
            Self::ShiftClosings => "desk_closing",
            Self::PoolShares => "pool_share",
            Self::MeterReadings => "meter_reading",
            Self::MeterUsages => "meter_usage",
            Self::MeterSwaps => "meter_swap",
            Self::MeterPrices => "metered_price",
            Self::BankParts => "bank_part",
            Self::SettlementEntries => "settlement_entry",
            Self::SettlementNotes => "settlement_note",
            Self::InvoiceLines => "invoice_line",
            Self::Holds => "hold",
            Self::Complaints => "complaint",
            Self::ComplaintEvents => "complaint_event",
            Self::Attachments => "attachment",
        }
    }
}

/// How many rows, and the exclusive or of their hashes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SetDigest {
    rows: i64,
    sum: [u8; 32],
}

impl SetDigest {
    /// Of one row.
    #[must_use]
    pub fn of(content: &[Value]) -> Self {
        Self { rows: 1, sum: chain::link(&chain::START, content) }
    }

    /// Of one row that stands in the place of another.
    #[must_use]
    pub fn of_change(old: &[Value], new: &[Value]) -> Self {
        let mut change = Self::of(old);
        change.join(&Self::of(new));
        Self { rows: 0, ..change }
    }

    /// What was added to an earlier state to come to this one.
    #[must_use]
    pub fn less(&self, earlier: &Self) -> Self {
        let mut change = *self;
        change.join(&Self { rows: -earlier.rows, ..*earlier });
        change
    }

    /// Puts another set beside this one.
    pub fn join(&mut self, other: &Self) {
        self.rows += other.rows;
        for (byte, added) in self.sum.iter_mut().zip(other.sum) {
            *byte ^= added;
        }
    }
}

const ADD_ROWS: &str = "INSERT INTO set_digest (community_id, name, row_count, digest) VALUES ($1, $2, $3, $4)
    ON CONFLICT (community_id, name) DO UPDATE SET row_count = set_digest.row_count + $3
    RETURNING row_count, digest";
const SET: &str = "UPDATE set_digest SET digest = $3 WHERE community_id = $1 AND name = $2";
const LIST: &str = "SELECT name, row_count, digest FROM set_digest WHERE community_id = $1 ORDER BY name";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[ADD_ROWS, SET, LIST];

/// Notes that rows were written to a register.
///
/// # Errors
/// When the database refuses.
pub fn add(tx: &mut Tx<'_>, community: CommunityId, register: Register, added: &SetDigest) -> Result<(), DbError> {
    add_to(tx, community, register.table(), added)
}

/// Notes that rows were written to the register of that name.
pub(crate) fn add_to(tx: &mut Tx<'_>, community: CommunityId, name: &str, added: &SetDigest) -> Result<(), DbError> {
    if *added == SetDigest::default() {
        return Ok(());
    }
    // The upsert comes first: it locks the row, and tells what is in it then.
    let mut sum = count(tx, community, name, added.rows)?;
    sum.join(added);
    tx.execute(SET, &params![community, name, sum.sum]).map(|_| ())
}

/// Lets whoever writes to the register of that name next wait until this transaction ends.
pub(crate) fn lock(tx: &mut Tx<'_>, community: CommunityId, name: &str) -> Result<(), DbError> {
    count(tx, community, name, 0).map(|_| ())
}

fn count(tx: &mut Tx<'_>, community: CommunityId, name: &str, rows: i64) -> Result<SetDigest, DbError> {
    let values = params![community, name, rows, [0_u8; 32]];
    tx.query_one("set digest", ADD_ROWS, &values, |row| Ok(SetDigest { rows: row.take()?, sum: row.take()? }))
}

/// Notes that a row was written in the place of another, or of none.
///
/// # Errors
/// When the database refuses.
pub fn put(
    tx: &mut Tx<'_>,
    community: CommunityId,
    register: Register,
    (old, new): (Option<&[Value]>, &[Value]),
) -> Result<(), DbError> {
    let change = old.map_or_else(|| SetDigest::of(new), |old| SetDigest::of_change(old, new));
    add(tx, community, register, &change)
}

/// What the registers of a community should hold, by table.
///
/// # Errors
/// When the database refuses.
pub fn list(tx: &mut Tx<'_>, community: CommunityId) -> Result<HashMap<String, SetDigest>, DbError> {
    let rows = tx
        .query(LIST, &params![community], |row| Ok((row.take()?, SetDigest { rows: row.take()?, sum: row.take()? })))?;
    Ok(rows.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_does_not_depend_on_the_order_of_its_rows_and_shows_a_missing_one() {
        let [a, b] = [SetDigest::of(&[Value::Int(1)]), SetDigest::of(&[Value::Int(2)])];
        let (mut one, mut other) = (a, b);
        one.join(&b);
        other.join(&a);
        assert_eq!(one, other);
        assert_ne!(one, a);
        one.join(&SetDigest::of_change(&[Value::Int(2)], &[Value::Int(3)]));
        let mut replaced = a;
        replaced.join(&SetDigest::of(&[Value::Int(3)]));
        assert_eq!(one, replaced, "a row in the place of another");
    }
}
