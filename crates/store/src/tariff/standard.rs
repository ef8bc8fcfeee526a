//! Fee items, fee standards (收费标准) and their prices over time.

use chrono::NaiveDate;
use hemu_domain::UnitPrice;
use hemu_domain::ids::{ClauseId, CommunityId, ContractId, FeeItemId, FeeStandardId};
use hemu_domain::tariff::due::DueRule;

use crate::{DbError, Tx, params};

/// A fee standard with all its prices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeeStandardRow {
    /// Its id.
    pub id: FeeStandardId,
    /// The fee item.
    pub fee_item_id: FeeItemId,
    /// The contract.
    pub contract_id: ContractId,
    /// The clause it rests on.
    pub clause_id: Option<ClauseId>,
    /// Its name.
    pub name: String,
    /// `area` or `fixed`.
    pub formula: String,
    /// A due rule of its own.
    pub due_rule: Option<DueRule>,
    /// The day of that rule.
    pub due_day: Option<i64>,
}

/// A price from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeePriceRow {
    /// The fee standard.
    pub fee_standard_id: FeeStandardId,
    /// From when.
    pub valid_from: NaiveDate,
    /// Per m² and month, or per month.
    pub price: UnitPrice,
    /// Added per month.
    pub surcharge: UnitPrice,
    /// Clause or list, for people.
    pub basis: String,
}

const INSERT_ITEM: &str = "INSERT INTO fee_item (community_id, id, name, kind) VALUES ($1, $2, $3, $4)";
const ITEMS: &str = "SELECT id, name, kind FROM fee_item WHERE community_id = $1 ORDER BY id";
const INSERT_STANDARD: &str =
    "INSERT INTO fee_standard (community_id, id, fee_item_id, contract_id, clause_id, name, formula,
    due_rule, due_day) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const STANDARDS: &str = "SELECT id, fee_item_id, contract_id, clause_id, name, formula, due_rule, due_day
    FROM fee_standard WHERE community_id = $1 ORDER BY id";
const INSERT_PRICE: &str =
    "INSERT INTO fee_price (community_id, fee_standard_id, valid_from, price_e6, surcharge_e6, basis)
    VALUES ($1, $2, $3, $4, $5, $6)";
const PUT_PRICE: &str =
    "INSERT INTO fee_price (community_id, fee_standard_id, valid_from, price_e6, surcharge_e6, basis)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (community_id, fee_standard_id, valid_from)
    DO UPDATE SET price_e6 = $4, surcharge_e6 = $5, basis = $6";
const PRICES: &str = "SELECT fee_standard_id, valid_from, price_e6, surcharge_e6, basis FROM fee_price
    WHERE community_id = $1 ORDER BY fee_standard_id, valid_from";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[INSERT_ITEM, ITEMS, INSERT_STANDARD, STANDARDS, INSERT_PRICE, PUT_PRICE, PRICES];

/// Writes a fee item.
///
/// # Errors
/// [`DbError::Duplicate`] when the name is taken.
pub fn insert_item(
    tx: &mut Tx<'_>,
    community: CommunityId,
    id: FeeItemId,
    name: &str,
    kind: &str,
) -> Result<(), DbError> {
    tx.execute(INSERT_ITEM, &params![community, id, name, kind]).map(|_| ())
}

/// Fee items: id, name, kind.
///
/// # Errors
/// When the database refuses.
pub fn list_items(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<(FeeItemId, String, String)>, DbError> {
    tx.query(ITEMS, &params![community], |row| Ok((row.take()?, row.take()?, row.take()?)))
}

/// Writes a fee standard.
///
/// # Errors
/// [`DbError::Duplicate`] when its item has a standard of that name.
pub fn insert_standard(tx: &mut Tx<'_>, community: CommunityId, s: &FeeStandardRow) -> Result<(), DbError> {
    let values = params![
        community,
        s.id,
        s.fee_item_id,
        s.contract_id,
        s.clause_id,
        &s.name,
        &s.formula,
        s.due_rule.map(DueRule::as_str),
        s.due_day
    ];
    tx.execute(INSERT_STANDARD, &values).map(|_| ())
}

/// All fee standards.
///
/// # Errors
/// When the database refuses.
pub fn list_standards(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<FeeStandardRow>, DbError> {
    tx.query(STANDARDS, &params![community], |row| {
        Ok(FeeStandardRow {
            id: row.take()?,
            fee_item_id: row.take()?,
            contract_id: row.take()?,
            clause_id: row.take()?,
            name: row.take()?,
            formula: row.take()?,
            due_rule: row.parse_opt(DueRule::parse)?,
            due_day: row.take()?,
        })
    })
}

/// Writes a price.
///
/// # Errors
/// [`DbError::Duplicate`] when the standard has a price from that day.
pub fn insert_price(tx: &mut Tx<'_>, community: CommunityId, p: &FeePriceRow) -> Result<(), DbError> {
    let values = params![community, p.fee_standard_id, p.valid_from, p.price, p.surcharge, &p.basis];
    tx.execute(INSERT_PRICE, &values).map(|_| ())
}

/// Writes a price of a standard, in the place of one from the same day where there is one: charges keep what they were computed by.
///
/// # Errors
/// When the database refuses.
pub fn put_price(tx: &mut Tx<'_>, community: CommunityId, p: &FeePriceRow) -> Result<(), DbError> {
    let values = params![community, p.fee_standard_id, p.valid_from, p.price, p.surcharge, &p.basis];
    tx.execute(PUT_PRICE, &values).map(|_| ())
}

/// All prices, by standard and day.
///
/// # Errors
/// When the database refuses.
pub fn list_prices(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<FeePriceRow>, DbError> {
    tx.query(PRICES, &params![community], |row| {
        Ok(FeePriceRow {
            fee_standard_id: row.take()?,
            valid_from: row.take()?,
            price: row.take()?,
            surcharge: row.take()?,
            basis: row.take()?,
        })
    })
}
