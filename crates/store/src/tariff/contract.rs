//! Contracts (物业服务合同) and their clauses.

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::DailyRate;
use hemu_domain::arrears::late_fee_rule::{DayBasis, LateFeeStart};
use hemu_domain::ids::{ClauseId, CommunityId, ContractId};
use hemu_domain::ledger::allocation::AllocationPolicy;
use hemu_domain::tariff::due::{BilledAt, DueRule};
use hemu_domain::tariff::formula::RoundingChoice;

use crate::{DbError, Row, Tx, Value, kept, params};

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
    /// Whether a cycle is billed when it begins or when it ends.
    pub billed_at: BilledAt,
    /// When bills fall due.
    pub due_rule: DueRule,
    /// The day of that rule.
    pub due_day: u32,
    /// Late-fee rate per day; `None` without a clause: then there is no late fee (民法典 585).
    pub late_fee_rate: Option<DailyRate>,
    /// A late fee by so many times the one-year LPR, in 1/10,000; never beside a rate per day.
    pub late_fee_lpr_e4: Option<i64>,
    /// The days of a year, for a late fee by LPR.
    pub late_fee_day_basis: DayBasis,
    /// Days of grace.
    pub late_fee_grace_days: u32,
    /// From where the late fee runs once the grace is over.
    pub late_fee_starts: LateFeeStart,
    /// Cap as a multiple of the principal, in 1/10,000.
    pub late_fee_cap_e4: Option<i64>,
    /// The rate a year, in 1/10,000, above which a late fee is not claimed.
    pub late_fee_ceiling_e4: i64,
    /// Days a demand gives (民法典 944).
    pub demand_days: u32,
    /// Where the fen is rounded.
    pub rounding: RoundingChoice,
    /// How payments are applied.
    pub allocation_policy: AllocationPolicy,
    /// Filing state, for people.
    pub filing_state: String,
    /// The last day the service was rendered, where it has ended for good: no month after it is billed.
    pub service_ends_on: Option<NaiveDate>,
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

const INSERT_CONTRACT: &str =
    "INSERT INTO contract (community_id, id, name, number, kind, starts_on, ends_on, cycle_months, billed_at,
    due_rule, due_day, late_fee_rate_e8, late_fee_lpr_e4, late_fee_day_basis, late_fee_grace_days, late_fee_starts,
    late_fee_cap_e4, late_fee_ceiling_e4, demand_days, rounding, allocation_policy, filing_state, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)";
const UPDATE_CONTRACT: &str =
    "UPDATE contract SET name = $3, number = $4, kind = $5, starts_on = $6, ends_on = $7, cycle_months = $8,
    billed_at = $9, due_rule = $10, due_day = $11, late_fee_rate_e8 = $12, late_fee_lpr_e4 = $13,
    late_fee_day_basis = $14, late_fee_grace_days = $15, late_fee_starts = $16, late_fee_cap_e4 = $17,
    late_fee_ceiling_e4 = $18, demand_days = $19, rounding = $20, allocation_policy = $21, filing_state = $22
    WHERE community_id = $1 AND id = $2";
const CONTRACTS: &str =
    "SELECT id, name, number, kind, starts_on, ends_on, cycle_months, billed_at, due_rule, due_day, late_fee_rate_e8,
    late_fee_lpr_e4, late_fee_day_basis, late_fee_grace_days, late_fee_starts, late_fee_cap_e4, late_fee_ceiling_e4,
    demand_days, rounding, allocation_policy, filing_state, service_ends_on
    FROM contract WHERE community_id = $1 ORDER BY starts_on DESC, id DESC";
/// Where it ends is where its term ends.
const END_SERVICE: &str = "UPDATE contract SET service_ends_on = $3, ends_on = $3 WHERE community_id = $1 AND id = $2";
const INSERT_CLAUSE: &str = "INSERT INTO contract_clause (community_id, id, contract_id, kind, number, text)
    VALUES ($1, $2, $3, $4, $5, $6)";
const CLAUSES: &str =
    "SELECT id, contract_id, kind, number, text FROM contract_clause WHERE community_id = $1 ORDER BY id";
const CONTRACTS_WITH_CLAUSES: &str =
    "SELECT l.id, l.kind, c.id, c.name, c.number, c.kind, c.starts_on, c.ends_on, c.cycle_months, c.billed_at,
    c.due_rule, c.due_day, c.late_fee_rate_e8, c.late_fee_lpr_e4, c.late_fee_day_basis, c.late_fee_grace_days,
    c.late_fee_starts, c.late_fee_cap_e4, c.late_fee_ceiling_e4, c.demand_days, c.rounding, c.allocation_policy,
    c.filing_state, c.service_ends_on
    FROM contract c LEFT JOIN contract_clause l ON l.community_id = c.community_id AND l.contract_id = c.id
    WHERE c.community_id = $1";

/// Every statement of this module.
pub const STATEMENTS: &[&str] =
    &[INSERT_CONTRACT, UPDATE_CONTRACT, END_SERVICE, CONTRACTS, INSERT_CLAUSE, CLAUSES, CONTRACTS_WITH_CLAUSES];

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
        c.billed_at.as_str(),
        c.due_rule.as_str(),
        c.due_day,
        c.late_fee_rate,
        c.late_fee_lpr_e4,
        c.late_fee_day_basis.days(),
        c.late_fee_grace_days,
        c.late_fee_starts.as_str(),
        c.late_fee_cap_e4,
        c.late_fee_ceiling_e4,
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
    kept::CONTRACTS.change(tx, community, &params![contract.id], |tx| tx.execute(INSERT_CONTRACT, &values)).map(|_| ())
}

/// Changes a contract.
///
/// # Errors
/// When the database refuses.
pub fn update_contract(tx: &mut Tx<'_>, community: CommunityId, contract: &ContractRow) -> Result<(), DbError> {
    let values = contract_values(community, contract);
    kept::CONTRACTS.change(tx, community, &params![contract.id], |tx| tx.execute(UPDATE_CONTRACT, &values)).map(|_| ())
}

/// Notes the last day the service of a contract is rendered.
///
/// # Errors
/// When the database refuses.
pub fn end_service(
    tx: &mut Tx<'_>,
    community: CommunityId,
    contract: ContractId,
    on: NaiveDate,
) -> Result<(), DbError> {
    let values = params![community, contract, on];
    kept::CONTRACTS.change(tx, community, &params![contract], |tx| tx.execute(END_SERVICE, &values)).map(|_| ())
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
    let row = params![community, c.id, c.contract_id, &c.kind, &c.number, &c.text];
    kept::CLAUSES.note(tx, community, [&row])?;
    tx.execute(INSERT_CLAUSE, &row).map(|_| ())
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
        billed_at: row.parse(BilledAt::parse)?,
        due_rule: row.parse(DueRule::parse)?,
        due_day: small(row.take()?),
        late_fee_rate: row.take()?,
        late_fee_lpr_e4: row.take()?,
        late_fee_day_basis: if row.take::<i64>()? == 360 { DayBasis::Days360 } else { DayBasis::Days365 },
        late_fee_grace_days: small(row.take()?),
        late_fee_starts: row.parse(LateFeeStart::parse)?,
        late_fee_cap_e4: row.take()?,
        late_fee_ceiling_e4: row.take()?,
        demand_days: small(row.take()?),
        rounding: row.parse(|word| RoundingChoice::find(word).ok_or(()))?,
        allocation_policy: row.parse(|word| AllocationPolicy::find(word).ok_or(()))?,
        filing_state: row.take()?,
        service_ends_on: row.take()?,
    })
}
