//! Fee items, fee standards (收费标准) and their prices over time.

use std::collections::HashMap;

use chrono::NaiveDate;
use hemu_domain::UnitPrice;
use hemu_domain::ids::{ClauseId, CommunityId, ContractId, FeeItemId, FeeStandardId};
use hemu_domain::registry::unit::UnitKind;
use hemu_domain::tariff::band::Band;
use hemu_domain::tariff::due::DueRule;

use crate::{DbError, Tx, Value, kept, params};

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
    /// The kind of units it is for; `None` where a list did not say.
    pub unit_kind: Option<UnitKind>,
    /// A word of `StandardFormula`.
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
    /// Per m² and month, or per month; zero where `bands` say it.
    pub price: UnitPrice,
    /// The prices of a formula by bands, the lowest first.
    pub bands: Vec<Band>,
    /// Added per month.
    pub surcharge: UnitPrice,
    /// Clause or list, for people.
    pub basis: String,
}

const INSERT_ITEM: &str = "INSERT INTO fee_item (community_id, id, name, kind) VALUES ($1, $2, $3, $4)";
const ITEMS: &str = "SELECT id, name, kind FROM fee_item WHERE community_id = $1 ORDER BY id";
const INSERT_STANDARD: &str =
    "INSERT INTO fee_standard (community_id, id, fee_item_id, contract_id, clause_id, name, unit_kind,
    formula, due_rule, due_day) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const STANDARDS: &str = "SELECT id, fee_item_id, contract_id, clause_id, name, unit_kind, formula, due_rule,
    due_day FROM fee_standard WHERE community_id = $1 ORDER BY id";
const INSERT_PRICE: &str =
    "INSERT INTO fee_price (community_id, fee_standard_id, valid_from, price_e6, surcharge_e6, basis)
    VALUES ($1, $2, $3, $4, $5, $6)";
const PUT_PRICE: &str =
    "INSERT INTO fee_price (community_id, fee_standard_id, valid_from, price_e6, surcharge_e6, basis)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (community_id, fee_standard_id, valid_from)
    DO UPDATE SET price_e6 = $4, surcharge_e6 = $5, basis = $6";
const PRICES: &str = "SELECT fee_standard_id, valid_from, price_e6, surcharge_e6, basis FROM fee_price
    WHERE community_id = $1 ORDER BY fee_standard_id, valid_from";
const DELETE_BANDS: &str = "DELETE FROM fee_band WHERE community_id = $1 AND fee_standard_id = $2 AND valid_from = $3";
const BANDS: &str = "SELECT fee_standard_id, valid_from, band_from, band_to, price_e6 FROM fee_band
    WHERE community_id = $1 ORDER BY fee_standard_id, valid_from, band_from";

/// Every statement of this module.
pub const STATEMENTS: &[&str] =
    &[INSERT_ITEM, ITEMS, INSERT_STANDARD, STANDARDS, INSERT_PRICE, PUT_PRICE, PRICES, DELETE_BANDS, BANDS];

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
    let row = params![community, id, name, kind];
    tx.execute(INSERT_ITEM, &row)?;
    kept::FEE_ITEMS.note(tx, community, [&row])
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
        s.unit_kind.map(UnitKind::as_str),
        &s.formula,
        s.due_rule.map(DueRule::as_str),
        s.due_day
    ];
    tx.execute(INSERT_STANDARD, &values)?;
    kept::FEE_STANDARDS.note(tx, community, [&values])
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
            unit_kind: row.parse_opt(UnitKind::parse)?,
            formula: row.take()?,
            due_rule: row.parse_opt(DueRule::parse)?,
            due_day: row.take()?,
        })
    })
}

/// Writes a price with its bands.
///
/// # Errors
/// [`DbError::Duplicate`] when the standard has a price from that day.
pub fn insert_price(tx: &mut Tx<'_>, community: CommunityId, p: &FeePriceRow) -> Result<(), DbError> {
    let values = params![community, p.fee_standard_id, p.valid_from, p.price, p.surcharge, &p.basis];
    tx.execute(INSERT_PRICE, &values)?;
    kept::FEE_PRICES.note(tx, community, [&values])?;
    insert_bands(tx, community, p)
}

fn insert_bands(tx: &mut Tx<'_>, community: CommunityId, p: &FeePriceRow) -> Result<(), DbError> {
    let row = |band: &Band| -> [Value; 6] {
        params![community, p.fee_standard_id, p.valid_from, band.from, band.to, band.price]
    };
    kept::FEE_BANDS.insert(tx, community, p.bands.iter().map(row)).map(|_| ())
}

/// Writes a price of a standard with its bands, in the place of one from the same day where there is one: charges keep what they were computed by.
///
/// # Errors
/// When the database refuses.
pub fn put_price(tx: &mut Tx<'_>, community: CommunityId, p: &FeePriceRow) -> Result<(), DbError> {
    let values = params![community, p.fee_standard_id, p.valid_from, p.price, p.surcharge, &p.basis];
    let key = params![p.fee_standard_id, p.valid_from];
    kept::FEE_PRICES.change(tx, community, &key, |tx| tx.execute(PUT_PRICE, &values))?;
    kept::FEE_BANDS.change(tx, community, &key, |tx| tx.execute(DELETE_BANDS, &values[..3]))?;
    insert_bands(tx, community, p)
}

/// All prices, by standard and day.
///
/// # Errors
/// When the database refuses.
pub fn list_prices(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<FeePriceRow>, DbError> {
    let mut bands: HashMap<(FeeStandardId, NaiveDate), Vec<Band>> = HashMap::new();
    tx.for_each::<DbError>(BANDS, &params![community], |row| {
        let key = (row.take()?, row.take()?);
        let band = Band { from: row.take()?, to: row.take()?, price: row.take()? };
        bands.entry(key).or_default().push(band);
        Ok(())
    })?;
    tx.query(PRICES, &params![community], |row| {
        let (fee_standard_id, valid_from) = (row.take()?, row.take()?);
        Ok(FeePriceRow {
            bands: bands.get(&(fee_standard_id, valid_from)).cloned().unwrap_or_default(),
            fee_standard_id,
            valid_from,
            price: row.take()?,
            surcharge: row.take()?,
            basis: row.take()?,
        })
    })
}
