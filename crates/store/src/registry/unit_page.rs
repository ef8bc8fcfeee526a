//! What the page of one unit shows: people, accounts, fees with their prices, charges, receipts. One statement each.

use chrono::NaiveDate;
use hemu_domain::ids::{
    AccountId, ChargeId, CommunityId, FeeItemId, FeeStandardId, PartyId, ReceiptId, TenureId, UnitId,
};
use hemu_domain::{Fen, Period, UnitPrice};
use serde_json::Value as Json;

use crate::{DbError, Tx, params};

/// Somebody who holds, held or uses a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The tenure.
    pub tenure_id: TenureId,
    /// The party.
    pub party_id: PartyId,
    /// `owner`, `co_owner`, `tenant` or `developer`.
    pub role: String,
    /// From when; `None` for ever.
    pub starts_on: Option<NaiveDate>,
    /// Until when.
    pub ends_on: Option<NaiveDate>,
    /// `person`, `company` or `developer`.
    pub kind: String,
    /// The name.
    pub name: String,
    /// How the party wants to be addressed.
    pub form_of_address: Option<String>,
    /// The last four characters of an identity number on record.
    pub id_number_tail: Option<String>,
}

/// A fee of a unit with the price in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitFee {
    /// The fee item.
    pub fee_item_id: FeeItemId,
    /// Its name.
    pub item: String,
    /// The fee standard.
    pub fee_standard_id: FeeStandardId,
    /// Its name.
    pub standard: String,
    /// `area` or `fixed`.
    pub formula: String,
    /// From when the unit pays by it.
    pub starts_on: NaiveDate,
    /// Until when.
    pub ends_on: Option<NaiveDate>,
    /// The price in force.
    pub price: Option<UnitPrice>,
    /// What is added per month.
    pub surcharge: Option<UnitPrice>,
}

/// A charge of a unit.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitCharge {
    /// Its id.
    pub id: ChargeId,
    /// The account.
    pub account_id: AccountId,
    /// The fee item's name.
    pub item: String,
    /// The first month.
    pub period: Period,
    /// When it is due.
    pub due_on: NaiveDate,
    /// What was charged.
    pub amount: Fen,
    /// What is open.
    pub open: Fen,
    /// How it came to be.
    pub explanation: Json,
}

/// A receipt of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitReceipt {
    /// Its id.
    pub id: ReceiptId,
    /// Its number.
    pub number: String,
    /// How much; negative for a reversal.
    pub amount: Fen,
    /// When it was received.
    pub received_on: NaiveDate,
    /// How.
    pub method: String,
    /// Whether it was reversed.
    pub reversed: bool,
}

const HOLDERS: &str =
    "SELECT t.id, t.party_id, t.role, t.starts_on, t.ends_on, p.kind, p.name, p.form_of_address, p.id_number_tail
    FROM tenure t JOIN party p ON p.community_id = t.community_id AND p.id = t.party_id
    WHERE t.community_id = $1 AND t.unit_id = $2";
const FEES: &str = "SELECT f.fee_item_id, i.name, f.fee_standard_id, s.name, s.formula, f.starts_on, f.ends_on, p.price_e6, p.surcharge_e6
    FROM unit_fee f JOIN fee_item i ON i.community_id = f.community_id AND i.id = f.fee_item_id
    JOIN fee_standard s ON s.community_id = f.community_id AND s.id = f.fee_standard_id
    LEFT JOIN fee_price p ON p.community_id = s.community_id AND p.fee_standard_id = s.id AND p.valid_from = (
        SELECT MAX(q.valid_from) FROM fee_price q WHERE q.community_id = s.community_id AND q.fee_standard_id = s.id
        AND q.valid_from <= $3)
    WHERE f.community_id = $1 AND f.unit_id = $2 ORDER BY f.fee_item_id, f.starts_on";
const CHARGES: &str = "SELECT c.id, c.account_id, i.name, c.period, c.due_on, c.amount_fen, c.open_fen, c.explanation
    FROM account a JOIN charge c ON c.community_id = a.community_id AND c.account_id = a.id
    JOIN fee_item i ON i.community_id = c.community_id AND i.id = c.fee_item_id
    WHERE a.community_id = $1 AND a.unit_id = $2 AND c.live AND (c.open_fen > 0 OR c.period >= $3)
    ORDER BY c.period DESC, c.id DESC";
const RECEIPTS: &str = "SELECT r.id, r.number, r.amount_fen, r.received_on, r.method, r.reversed
    FROM account a JOIN receipt r ON r.community_id = a.community_id AND r.account_id = a.id
    WHERE a.community_id = $1 AND a.unit_id = $2 ORDER BY r.received_on DESC, r.id DESC LIMIT $3";
const HANDOVER: &str = "SELECT handover_on FROM unit WHERE community_id = $1 AND id = $2";
const CASE: &str =
    "SELECT number, stage FROM case_file WHERE community_id = $1 AND party_id = $2 AND closed_on IS NULL";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[HOLDERS, FEES, CHARGES, RECEIPTS, HANDOVER, CASE];

/// Who holds, held or uses a unit, in the order they were recorded.
///
/// # Errors
/// When the database refuses.
pub fn list_holders(tx: &mut Tx<'_>, community: CommunityId, unit: UnitId) -> Result<Vec<Holder>, DbError> {
    let mut holders = tx.query(HOLDERS, &params![community, unit], |row| {
        Ok(Holder {
            tenure_id: row.take()?,
            party_id: row.take()?,
            role: row.take()?,
            starts_on: row.take()?,
            ends_on: row.take()?,
            kind: row.take()?,
            name: row.take()?,
            form_of_address: row.take()?,
            id_number_tail: row.take()?,
        })
    })?;
    holders.sort_unstable_by_key(|holder| holder.tenure_id);
    Ok(holders)
}

/// The fees of a unit, also past ones, with the prices in force on a day.
///
/// # Errors
/// When the database refuses.
pub fn list_fees(
    tx: &mut Tx<'_>,
    community: CommunityId,
    unit: UnitId,
    today: NaiveDate,
) -> Result<Vec<UnitFee>, DbError> {
    tx.query(FEES, &params![community, unit, today], |row| {
        Ok(UnitFee {
            fee_item_id: row.take()?,
            item: row.take()?,
            fee_standard_id: row.take()?,
            standard: row.take()?,
            formula: row.take()?,
            starts_on: row.take()?,
            ends_on: row.take()?,
            price: row.take()?,
            surcharge: row.take()?,
        })
    })
}

/// The charges of all accounts of a unit: whatever is open, and all from a month on; the newest first.
///
/// # Errors
/// When the database refuses.
pub fn list_charges(
    tx: &mut Tx<'_>,
    community: CommunityId,
    unit: UnitId,
    settled_since: Period,
) -> Result<Vec<UnitCharge>, DbError> {
    tx.query(CHARGES, &params![community, unit, settled_since], |row| {
        Ok(UnitCharge {
            id: row.take()?,
            account_id: row.take()?,
            item: row.take()?,
            period: row.take()?,
            due_on: row.take()?,
            amount: row.take()?,
            open: row.take()?,
            explanation: row.take()?,
        })
    })
}

/// The last receipts of all accounts of a unit, the newest first.
///
/// # Errors
/// When the database refuses.
pub fn list_receipts(
    tx: &mut Tx<'_>,
    community: CommunityId,
    unit: UnitId,
    limit: i64,
) -> Result<Vec<UnitReceipt>, DbError> {
    tx.query(RECEIPTS, &params![community, unit, limit], |row| {
        Ok(UnitReceipt {
            id: row.take()?,
            number: row.take()?,
            amount: row.take()?,
            received_on: row.take()?,
            method: row.take()?,
            reversed: row.take()?,
        })
    })
}

/// When a unit was handed over.
///
/// # Errors
/// [`DbError::NotFound`] when there is no such unit.
pub fn get_handover(tx: &mut Tx<'_>, community: CommunityId, unit: UnitId) -> Result<Option<NaiveDate>, DbError> {
    tx.query_one("unit", HANDOVER, &params![community, unit], |row| row.take())
}

/// Number and stage of the open case of a payer.
///
/// # Errors
/// When the database refuses.
pub fn find_case(tx: &mut Tx<'_>, community: CommunityId, party: PartyId) -> Result<Option<(String, String)>, DbError> {
    tx.query_opt(CASE, &params![community, party], |row| Ok((row.take()?, row.take()?)))
}
