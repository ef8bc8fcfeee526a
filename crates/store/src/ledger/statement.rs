//! What a statement of account (对账单) lists: every charge, late fee, payment and reduction of an account.

use chrono::NaiveDate;
use hemu_domain::closing::booked_on;
use hemu_domain::ids::{AccountId, CommunityId};
use hemu_domain::ledger::adjustment::AdjustmentKind;
use hemu_domain::{Fen, Period};

use crate::{DbError, Tx, params};

/// What an entry is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A fee item charged for a month; negative when it takes another one back.
    Charge {
        /// The fee item.
        item: String,
        /// The month.
        period: Period,
    },
    /// Late fee assessed on a charge.
    LateFee {
        /// The fee item.
        item: String,
        /// The month.
        period: Period,
    },
    /// Money that came in, or went back when negative.
    Receipt {
        /// Its number.
        number: String,
        /// The way.
        method: String,
    },
    /// An amount taken off without money.
    Reduction {
        /// Which kind.
        kind: AdjustmentKind,
        /// The fee item.
        item: String,
        /// The month.
        period: Period,
    },
}

/// An entry of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The day it belongs to, as in the books of a month.
    pub on: NaiveDate,
    /// Its number among the facts.
    pub seq: i64,
    /// What it is.
    pub kind: EntryKind,
    /// How much, as the row says.
    pub amount: Fen,
}

/// The charges of an account, those that stand and those that were taken back: each kind has an index of its own.
macro_rules! charges_of {
    ($columns:literal, $more:literal) => {
        concat!(
            "SELECT ", $columns, ", f.name, c.period FROM (
        SELECT id, seq, amount_fen, fee_item_id, period FROM charge WHERE community_id = $1 AND account_id = $2 AND live
        UNION ALL
        SELECT id, seq, amount_fen, fee_item_id, period FROM charge WHERE community_id = $1 AND account_id = $2 AND NOT live
    ) c", $more, " CROSS JOIN fee_item f WHERE f.community_id = $1 AND f.id = c.fee_item_id"
        )
    };
}
const CHARGES: &str = charges_of!("c.seq, c.amount_fen", "");
const LATE_FEES: &str =
    charges_of!("l.to_on, l.seq, l.amount_fen", " JOIN late_fee l ON l.community_id = $1 AND l.charge_id = c.id");
const RECEIPTS: &str = "SELECT received_on, seq, amount_fen, number, method FROM receipt
    WHERE community_id = $1 AND account_id = $2";
const REDUCTIONS: &str = "SELECT j.effective_on, j.seq, j.amount_fen, f.name, c.period, j.late_fee_id IS NULL, j.kind
    FROM adjustment j CROSS JOIN charge c CROSS JOIN fee_item f WHERE j.community_id = $1 AND j.account_id = $2
    AND c.community_id = j.community_id AND c.id = j.charge_id
    AND f.community_id = c.community_id AND f.id = c.fee_item_id";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[CHARGES, LATE_FEES, RECEIPTS, REDUCTIONS];

/// Every entry of an account, by day, then by number.
///
/// # Errors
/// When the database refuses.
pub fn list_entries(tx: &mut Tx<'_>, community: CommunityId, account: AccountId) -> Result<Vec<Entry>, DbError> {
    let of = params![community, account];
    let mut entries = tx.query(CHARGES, &of, |row| {
        let (seq, amount, item, period): (i64, Fen, String, Period) =
            (row.take()?, row.take()?, row.take()?, row.take()?);
        Ok(Entry { on: period.first_day(), seq, kind: EntryKind::Charge { item, period }, amount })
    })?;
    entries.extend(tx.query(LATE_FEES, &of, |row| {
        let (on, seq, amount) = (row.take()?, row.take()?, row.take()?);
        Ok(Entry { on, seq, kind: EntryKind::LateFee { item: row.take()?, period: row.take()? }, amount })
    })?);
    entries.extend(tx.query(RECEIPTS, &of, |row| {
        let (on, seq, amount) = (row.take()?, row.take()?, row.take()?);
        Ok(Entry { on, seq, kind: EntryKind::Receipt { number: row.take()?, method: row.take()? }, amount })
    })?);
    entries.extend(tx.query(REDUCTIONS, &of, |row| {
        let (day, seq, amount): (NaiveDate, i64, Fen) = (row.take()?, row.take()?, row.take()?);
        let (item, period, of_principal) = (row.take()?, row.take()?, row.take()?);
        let kind = row.parse(AdjustmentKind::parse)?;
        let on = if of_principal { booked_on(period, day) } else { day };
        Ok(Entry { on, seq, kind: EntryKind::Reduction { kind, item, period }, amount })
    })?);
    entries.sort_by_key(|one| (one.on, one.seq));
    Ok(entries)
}
