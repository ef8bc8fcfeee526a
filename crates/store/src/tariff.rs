//! Tariff (收费标准): contracts, clauses, fee items, fee standards with their prices, and which unit pays by which.

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::ids::{ClauseId, CommunityId, ContractId, FeeItemId, FeeStandardId, UnitId};
use hemu_domain::ledger::allocation::AllocationPolicy;
use hemu_domain::tariff::due::DueRule;
use hemu_domain::tariff::formula::RoundingChoice;
use hemu_domain::{DailyRate, UnitPrice};

use crate::db::{BulkTable, ColumnKind};
use crate::{DbError, Row, Tx, Value, params};

pub mod display;

/// A property-service contract as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractRow {
    /// Its id.
    pub id: ContractId,
    /// Its name.
    pub name: String,
    /// Its number; may be empty.
    pub number: String,
    /// `preliminary`, `committee` or `provisional`.
    pub kind: String,
    /// From when.
    pub starts_on: NaiveDate,
    /// Until when; `None` without a term (民法典 948).
    pub ends_on: Option<NaiveDate>,
    /// Months per bill.
    pub cycle_months: u32,
    /// When bills fall due.
    pub due_rule: DueRule,
    /// The day of that rule.
    pub due_day: u32,
    /// Late-fee rate per day; `None` without a clause: then there is no late fee (民法典 585).
    pub late_fee_rate: Option<DailyRate>,
    /// Days of grace.
    pub late_fee_grace_days: u32,
    /// Cap as a multiple of the principal, in 1/10,000.
    pub late_fee_cap_e4: Option<i64>,
    /// Days a demand gives (民法典 944).
    pub demand_days: u32,
    /// Where the fen is rounded.
    pub rounding: RoundingChoice,
    /// How payments are applied.
    pub allocation_policy: AllocationPolicy,
    /// Filing state, for people.
    pub filing_state: String,
}

/// A clause as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClauseRow {
    /// Its id.
    pub id: ClauseId,
    /// The contract.
    pub contract_id: ContractId,
    /// `fee_standard`, `cycle`, `due`, `late_fee`, `demand`, `dispute`, `service` or `other`.
    pub kind: String,
    /// Such as 第八条.
    pub number: String,
    /// The wording.
    pub text: String,
}

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

/// Which standard a unit pays by for a fee item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitFeeRow {
    /// The unit.
    pub unit_id: UnitId,
    /// The fee item.
    pub fee_item_id: FeeItemId,
    /// From when.
    pub starts_on: NaiveDate,
    /// The fee standard.
    pub fee_standard_id: FeeStandardId,
    /// Until when.
    pub ends_on: Option<NaiveDate>,
}

const INSERT_CONTRACT: &str = "INSERT INTO contract (community_id, id, name, number, kind, starts_on, ends_on, cycle_months, due_rule,
    due_day, late_fee_rate_e8, late_fee_grace_days, late_fee_cap_e4, demand_days, rounding, allocation_policy, filing_state,
    created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";
const UPDATE_CONTRACT: &str = "UPDATE contract SET name = $3, number = $4, kind = $5, starts_on = $6, ends_on = $7,
    cycle_months = $8, due_rule = $9, due_day = $10, late_fee_rate_e8 = $11, late_fee_grace_days = $12, late_fee_cap_e4 = $13,
    demand_days = $14, rounding = $15, allocation_policy = $16, filing_state = $17 WHERE community_id = $1 AND id = $2";
const CONTRACTS: &str =
    "SELECT id, name, number, kind, starts_on, ends_on, cycle_months, due_rule, due_day, late_fee_rate_e8,
    late_fee_grace_days, late_fee_cap_e4, demand_days, rounding, allocation_policy, filing_state
    FROM contract WHERE community_id = $1 ORDER BY starts_on DESC, id DESC";
const INSERT_CLAUSE: &str = "INSERT INTO contract_clause (community_id, id, contract_id, kind, number, text)
    VALUES ($1, $2, $3, $4, $5, $6)";
const CLAUSES: &str =
    "SELECT id, contract_id, kind, number, text FROM contract_clause WHERE community_id = $1 ORDER BY id";
const CONTRACTS_WITH_CLAUSES: &str =
    "SELECT l.id, l.kind, c.id, c.name, c.number, c.kind, c.starts_on, c.ends_on, c.cycle_months, c.due_rule, c.due_day,
    c.late_fee_rate_e8, c.late_fee_grace_days, c.late_fee_cap_e4, c.demand_days, c.rounding, c.allocation_policy, c.filing_state
    FROM contract c LEFT JOIN contract_clause l ON l.community_id = c.community_id AND l.contract_id = c.id
    WHERE c.community_id = $1";
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
const PRICES: &str = "SELECT fee_standard_id, valid_from, price_e6, surcharge_e6, basis FROM fee_price
    WHERE community_id = $1 ORDER BY fee_standard_id, valid_from";
const UNIT_FEES: &str = "SELECT unit_id, fee_item_id, starts_on, fee_standard_id, ends_on FROM unit_fee
    WHERE community_id = $1 ORDER BY unit_id, fee_item_id, starts_on";

const COUNT_UNIT_FEES: &str = "SELECT fee_standard_id, CAST(COUNT(*) AS BIGINT) FROM unit_fee WHERE community_id = $1
    AND starts_on <= $2 AND (ends_on IS NULL OR ends_on >= $2) GROUP BY fee_standard_id";
const END_UNIT_FEE: &str =
    "UPDATE unit_fee SET ends_on = $5 WHERE community_id = $1 AND unit_id = $2 AND fee_item_id = $3
    AND starts_on < $4 AND (ends_on IS NULL OR ends_on >= $4)";
const FEES_FROM: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM unit_fee WHERE community_id = $1 AND unit_id = $2
    AND fee_item_id = $3 AND starts_on >= $4";
const CHARGED_FROM: &str =
    "SELECT CAST(COUNT(*) AS BIGINT) FROM charge c JOIN account a ON a.community_id = c.community_id
        AND a.id = c.account_id
    JOIN unit_fee f ON f.community_id = a.community_id AND f.unit_id = a.unit_id AND f.fee_item_id = c.fee_item_id
    WHERE c.community_id = $1 AND f.fee_standard_id = $2 AND c.live AND c.origin = 'bill' AND c.period >= $3";
const BILLED_FROM: &str =
    "SELECT CAST(COUNT(*) AS BIGINT) FROM charge WHERE community_id = $1 AND period >= $2 AND live AND origin = 'bill'";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[
    INSERT_CONTRACT,
    UPDATE_CONTRACT,
    CONTRACTS,
    INSERT_CLAUSE,
    CLAUSES,
    CONTRACTS_WITH_CLAUSES,
    INSERT_ITEM,
    ITEMS,
    INSERT_STANDARD,
    STANDARDS,
    INSERT_PRICE,
    PRICES,
    UNIT_FEES,
    COUNT_UNIT_FEES,
    END_UNIT_FEE,
    FEES_FROM,
    CHARGED_FROM,
    BILLED_FROM,
];

pub(crate) static UNIT_FEE_TABLE: BulkTable = BulkTable {
    table: "unit_fee",
    columns: &[
        ("community_id", ColumnKind::Uuid),
        ("unit_id", ColumnKind::Uuid),
        ("fee_item_id", ColumnKind::Uuid),
        ("starts_on", ColumnKind::Date),
        ("fee_standard_id", ColumnKind::Uuid),
        ("ends_on", ColumnKind::Date),
    ],
};

fn contract_values(community: CommunityId, c: &ContractRow) -> Vec<Value> {
    params![
        community,
        c.id,
        &c.name,
        &c.number,
        &c.kind,
        c.starts_on,
        c.ends_on,
        c.cycle_months,
        c.due_rule.as_str(),
        c.due_day,
        c.late_fee_rate,
        c.late_fee_grace_days,
        c.late_fee_cap_e4,
        c.demand_days,
        c.rounding.as_str(),
        c.allocation_policy.as_str(),
        &c.filing_state
    ]
    .to_vec()
}

/// Writes a new contract.
///
/// # Errors
/// When the database refuses.
pub fn insert_contract(
    tx: &mut Tx<'_>,
    community: CommunityId,
    contract: &ContractRow,
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    let mut values = contract_values(community, contract);
    values.push(at.into());
    tx.execute(INSERT_CONTRACT, &values).map(|_| ())
}

/// Changes a contract.
///
/// # Errors
/// When the database refuses.
pub fn update_contract(tx: &mut Tx<'_>, community: CommunityId, contract: &ContractRow) -> Result<(), DbError> {
    tx.execute(UPDATE_CONTRACT, &contract_values(community, contract)).map(|_| ())
}

/// The contracts of a community, newest first.
///
/// # Errors
/// When the database refuses.
pub fn list_contracts(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<ContractRow>, DbError> {
    tx.query(CONTRACTS, &params![community], read_contract)
}

/// Writes a clause.
///
/// # Errors
/// When the database refuses.
pub fn insert_clause(tx: &mut Tx<'_>, community: CommunityId, c: &ClauseRow) -> Result<(), DbError> {
    tx.execute(INSERT_CLAUSE, &params![community, c.id, c.contract_id, &c.kind, &c.number, &c.text]).map(|_| ())
}

/// All clauses.
///
/// # Errors
/// When the database refuses.
pub fn list_clauses(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<ClauseRow>, DbError> {
    tx.query(CLAUSES, &params![community], |row| {
        Ok(ClauseRow {
            id: row.take()?,
            contract_id: row.take()?,
            kind: row.take()?,
            number: row.take()?,
            text: row.take()?,
        })
    })
}

/// A contract with the id and kind of each of its clauses, in the order they were noted.
pub type ContractWithClauses = (ContractRow, Vec<(ClauseId, String)>);

/// The contracts of a community, newest first, with their clauses.
///
/// # Errors
/// When the database refuses.
pub fn list_contracts_with_clauses(
    tx: &mut Tx<'_>,
    community: CommunityId,
) -> Result<Vec<ContractWithClauses>, DbError> {
    let mut contracts: Vec<ContractWithClauses> = Vec::new();
    tx.for_each::<DbError>(CONTRACTS_WITH_CLAUSES, &params![community], |row| {
        let (clause, kind): (Option<ClauseId>, Option<String>) = (row.take()?, row.take()?);
        let id: ContractId = row.get(2)?;
        match contracts.iter_mut().find(|(contract, _)| contract.id == id) {
            Some((_, clauses)) => clauses.extend(clause.zip(kind)),
            None => contracts.push((read_contract(row)?, clause.zip(kind).into_iter().collect())),
        }
        Ok(())
    })?;
    contracts.sort_by_key(|(contract, _)| std::cmp::Reverse((contract.starts_on, contract.id)));
    for (_, clauses) in &mut contracts {
        clauses.sort_by_key(|(clause, _)| *clause);
    }
    Ok(contracts)
}

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

/// Writes which unit pays by which standard.
///
/// # Errors
/// When the database refuses.
pub fn insert_unit_fees(tx: &mut Tx<'_>, community: CommunityId, fees: &[UnitFeeRow]) -> Result<u64, DbError> {
    let row = |f: &UnitFeeRow| -> [Value; 6] {
        params![community, f.unit_id, f.fee_item_id, f.starts_on, f.fee_standard_id, f.ends_on]
    };
    tx.bulk_insert(&UNIT_FEE_TABLE, fees.iter().map(row))
}

/// Which unit pays by which standard, by unit, item and day.
///
/// # Errors
/// When the database refuses.
pub fn list_unit_fees(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<UnitFeeRow>, DbError> {
    tx.query(UNIT_FEES, &params![community], |row| {
        Ok(UnitFeeRow {
            unit_id: row.take()?,
            fee_item_id: row.take()?,
            starts_on: row.take()?,
            fee_standard_id: row.take()?,
            ends_on: row.take()?,
        })
    })
}

/// How many units pay by each standard on a day.
///
/// # Errors
/// When the database refuses.
pub fn count_unit_fees(
    tx: &mut Tx<'_>,
    community: CommunityId,
    today: NaiveDate,
) -> Result<Vec<(FeeStandardId, i64)>, DbError> {
    tx.query(COUNT_UNIT_FEES, &params![community, today], |row| Ok((row.take()?, row.take()?)))
}

/// Ends what a unit pays by for a fee item the day before a new standard begins; true when there was something to end.
///
/// # Errors
/// When the database refuses.
pub fn end_unit_fee(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (unit, item): (UnitId, FeeItemId),
    starts_on: NaiveDate,
) -> Result<bool, DbError> {
    let last = starts_on.pred_opt();
    tx.execute(END_UNIT_FEE, &params![community, unit, item, starts_on, last]).map(|rows| rows > 0)
}

/// How many standards a unit pays by for a fee item from a day on or later.
///
/// # Errors
/// When the database refuses.
pub fn count_fees_from(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (unit, item): (UnitId, FeeItemId),
    starts_on: NaiveDate,
) -> Result<i64, DbError> {
    tx.query_one("count", FEES_FROM, &params![community, unit, item, starts_on], |row| row.take())
}

/// How many charges were billed by a standard for a month or later.
///
/// # Errors
/// When the database refuses.
pub fn count_charged_from(
    tx: &mut Tx<'_>,
    community: CommunityId,
    standard: FeeStandardId,
    first: hemu_domain::Period,
) -> Result<i64, DbError> {
    tx.query_one("count", CHARGED_FROM, &params![community, standard, first], |row| row.take())
}

/// How many charges were billed for a month or later.
///
/// # Errors
/// When the database refuses.
pub fn count_billed_from(tx: &mut Tx<'_>, community: CommunityId, first: hemu_domain::Period) -> Result<i64, DbError> {
    tx.query_one("count", BILLED_FROM, &params![community, first], |row| row.take())
}

fn read_contract(row: &Row<'_>) -> Result<ContractRow, DbError> {
    let small = |number: i64| u32::try_from(number).unwrap_or(0);
    Ok(ContractRow {
        id: row.take()?,
        name: row.take()?,
        number: row.take()?,
        kind: row.take()?,
        starts_on: row.take()?,
        ends_on: row.take()?,
        cycle_months: small(row.take()?),
        due_rule: row.parse(DueRule::parse)?,
        due_day: small(row.take()?),
        late_fee_rate: row.take()?,
        late_fee_grace_days: small(row.take()?),
        late_fee_cap_e4: row.take()?,
        demand_days: small(row.take()?),
        rounding: row.parse(|word| RoundingChoice::find(word).ok_or(()))?,
        allocation_policy: row.parse(|word| AllocationPolicy::find(word).ok_or(()))?,
        filing_state: row.take()?,
    })
}
