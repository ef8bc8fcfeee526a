//! Charges (应收) as they are written: by a bill run, an import, or a correction, which reverses some and bills others.

use chrono::NaiveDate;
use hemu_domain::billing::Explanation;
use hemu_domain::ids::{AccountId, BillId, ChargeId, ClauseId, CommunityId, FeeItemId};
use hemu_domain::{Fen, Period};

use super::charge_content;
use crate::db::{BulkTable, ColumnKind};
use crate::digest::{self, Register, SetDigest};
use crate::{DbError, Tx, Value, params};

/// A charge as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct ChargeRow {
    /// Its id.
    pub id: ChargeId,
    /// The account.
    pub account_id: AccountId,
    /// The bill it stands on; `None` for opening arrears.
    pub bill_id: Option<BillId>,
    /// The fee item.
    pub fee_item_id: FeeItemId,
    /// The clause it rests on.
    pub clause_id: Option<ClauseId>,
    /// The first month it covers.
    pub period: Period,
    /// Which charge of that account, item and month, the first being 1: a monthly fee has one, orders may have more.
    pub occurrence: i64,
    /// `bill`, `opening` or `reversal`.
    pub origin: &'static str,
    /// When it is due.
    pub due_on: NaiveDate,
    /// What was charged.
    pub amount: Fen,
    /// What is left of it.
    pub open: Fen,
    /// How the amount came to be.
    pub explanation: Explanation,
    /// When it was issued.
    pub issued_on: NaiveDate,
}

pub(crate) static CHARGE_TABLE: BulkTable = BulkTable {
    table: "charge",
    columns: &[
        ("community_id", ColumnKind::Uuid),
        ("id", ColumnKind::Uuid),
        ("account_id", ColumnKind::Uuid),
        ("bill_id", ColumnKind::Uuid),
        ("fee_item_id", ColumnKind::Uuid),
        ("clause_id", ColumnKind::Uuid),
        ("period", ColumnKind::Text),
        ("occurrence", ColumnKind::Int),
        ("origin", ColumnKind::Text),
        ("due_on", ColumnKind::Date),
        ("amount_fen", ColumnKind::Int),
        ("open_fen", ColumnKind::Int),
        ("live", ColumnKind::Bool),
        ("reverses_id", ColumnKind::Uuid),
        ("explanation", ColumnKind::Json),
        ("issued_on", ColumnKind::Date),
        ("seq", ColumnKind::Int),
    ],
};

/// Writes new live charges; `first_seq` numbers them as recorded facts.
///
/// # Errors
/// [`DbError::Duplicate`] when an account is charged for that item and month already.
pub fn insert_charges(
    tx: &mut Tx<'_>,
    community: CommunityId,
    charges: &[ChargeRow],
    first_seq: i64,
) -> Result<u64, DbError> {
    write(tx, community, charges.iter().map(|charge| (charge, None)), first_seq)
}

/// A row that reverses a charge: the same with the opposite amount, and which one.
pub type Reversal = (ChargeRow, ChargeId);

/// Writes reversals of charges, which are not live; `first_seq` numbers them as recorded facts.
///
/// # Errors
/// When the database refuses.
pub fn insert_reversals(
    tx: &mut Tx<'_>,
    community: CommunityId,
    reversals: &[Reversal],
    first_seq: i64,
) -> Result<u64, DbError> {
    write(tx, community, reversals.iter().map(|(charge, reverses)| (charge, Some(*reverses))), first_seq)
}

fn write<'a>(
    tx: &mut Tx<'_>,
    community: CommunityId,
    charges: impl Iterator<Item = (&'a ChargeRow, Option<ChargeId>)> + Clone,
    first_seq: i64,
) -> Result<u64, DbError> {
    let mut added = SetDigest::default();
    for ((charge, reverses), seq) in charges.clone().zip(first_seq..) {
        added.join(&SetDigest::of(&charge_content(community, charge, (reverses, seq))));
    }
    digest::add(tx, community, Register::Charges, &added)?;
    let rows = charges.zip(first_seq..).map(|((charge, reverses), seq)| values(community, charge, reverses, seq));
    tx.bulk_insert(&CHARGE_TABLE, rows)
}

/// The values of [`CHARGE_TABLE`]; what reverses another charge is not live.
fn values(community: CommunityId, c: &ChargeRow, reverses: Option<ChargeId>, seq: i64) -> [Value; 17] {
    params![
        community,
        c.id,
        c.account_id,
        c.bill_id,
        c.fee_item_id,
        c.clause_id,
        c.period,
        c.occurrence,
        c.origin,
        c.due_on,
        c.amount,
        c.open,
        reverses.is_none(),
        reverses,
        &c.explanation,
        c.issued_on,
        seq
    ]
}
