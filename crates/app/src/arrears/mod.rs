//! Arrears (欠费) as of a date: what is open, the late fee, the age; the same on list, letter, page and message.
//!
//! Arrears as of D: open charges due on or before D, less receipts dated on or before D, whenever they were entered. So the
//! list of a past day is what it was, with later payments added back.

pub mod charges;
pub mod details;
mod facts;
pub mod kept;
pub mod late_fees;
pub mod pauses;
pub mod reports;
pub mod table;

use std::collections::HashMap;

use chrono::NaiveDate;
use hemu_domain::arrears::age::{AgeBucket, AgeStage, overdue_days};
use hemu_domain::ids::{AccountId, CaseId, ChargeId, CommunityId, PartyId, StaffId, UnitId};
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Period, UnitLabel};
use hemu_store::arrears::{self as lines, AccountLine, CaseColumns, ChargeLine};
use hemu_store::collection::work;
use hemu_store::ledger::{self, OwedCharge};
use hemu_store::{DbError, Tx, staff};
use serde::Serialize;
use uuid::Uuid;

use crate::billing::find_community;
use crate::{Actor, App, Refusal};

use self::facts::{Facts, InPlay};
use crate::tariff::Contracts;

/// What is open on one charge as of a day.
#[derive(Clone, Debug)]
pub struct ChargeArrears {
    /// The charge.
    pub charge: OwedCharge,
    /// Open principal as of the day.
    pub principal: Fen,
    /// Open late fee as of the day, frozen and running.
    pub late_fee: Fen,
    /// Days overdue; 0 on the due day.
    pub days: i64,
}

/// Principal by age, in the order of [`AgeBucket::ALL`].
pub type Ages = [Fen; AgeBucket::ALL.len()];

/// A row of the arrears list: one unit and payer.
#[derive(Clone, Debug, Serialize)]
pub struct ArrearsRow {
    /// The unit.
    pub unit: UnitLabel,
    /// The payer.
    pub owner: String,
    /// The months owed.
    pub periods: Vec<Period>,
    /// Open principal.
    pub principal: Fen,
    /// Open late fee.
    pub late_fee: Fen,
    /// The earliest due date.
    pub oldest_due: NaiveDate,
    /// Days since then.
    pub days: i64,
    /// The stage of the payer's case; `None` without one.
    pub stage: Option<String>,
    /// What the age alone suggests.
    pub age_stage: AgeStage,
    /// The cause staff found; `None` before.
    pub cause: Option<String>,
    /// What the plan does next.
    pub next_step: Option<String>,
    /// The case of the payer.
    pub case_id: Option<CaseId>,
    /// Open principal by age, in the order of [`AgeBucket::ALL`].
    #[serde(skip)]
    pub ages: Ages,
    /// Whose case it is (管家).
    pub staff: Option<String>,
    /// The account of that person.
    #[serde(skip)]
    pub staff_id: Option<StaffId>,
    /// The payer.
    #[serde(skip)]
    pub party_id: PartyId,
    /// The unit.
    pub unit_id: UnitId,
}

/// Sums over the full set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ArrearsTotals {
    /// Units that owe.
    pub units: usize,
    /// Open principal.
    pub principal: Fen,
    /// Open late fees.
    pub late_fee: Fen,
    /// Both.
    pub total: Fen,
    /// Open principal by age.
    #[serde(skip)]
    pub ages: Ages,
}

/// The arrears list.
#[derive(Clone, Debug, Serialize)]
pub struct ArrearsReport {
    /// The day.
    pub as_of: NaiveDate,
    /// By unit.
    pub rows: Vec<ArrearsRow>,
    /// Over all rows.
    pub totals: ArrearsTotals,
}

/// The arrears list of a community.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community.
pub fn arrears_report(app: &App, actor: &Actor, community: &str, as_of: NaiveDate) -> Result<ArrearsReport, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    Ok(app.db.read(|tx| list_arrears(tx, community, as_of))?)
}

/// The arrears list, within a transaction.
///
/// # Errors
/// When the database refuses.
pub fn list_arrears(tx: &mut Tx<'_>, community: CommunityId, as_of: NaiveDate) -> Result<ArrearsReport, DbError> {
    let facts = Facts::load(tx, community, as_of)?;
    let mut by_account: HashMap<AccountId, Vec<ChargeLine>> = HashMap::new();
    for line in lines::list_charges(tx, community, as_of)? {
        by_account.entry(line.account_id).or_default().push(line);
    }
    let accounts = lines::list_accounts(tx, community, by_account.keys().copied())?;
    let cases = Cases::load(tx, community)?;
    let row = |account: AccountLine| {
        let open = AccountArrears::of(by_account.get(&account.id)?, account.party_id, &facts, as_of)?;
        Some(row_of(account, open, &cases, as_of))
    };
    let mut rows: Vec<ArrearsRow> = accounts.into_iter().filter_map(row).collect();
    rows.sort_by(|a, b| (&a.unit, a.party_id).cmp(&(&b.unit, b.party_id)));
    let totals = totals(&rows);
    Ok(ArrearsReport { as_of, rows, totals })
}

/// Which rows of the list to look at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArrearsFilter {
    /// Only this building.
    pub building: Option<String>,
    /// Only cases at this stage.
    pub stage: Option<String>,
    /// Only this cause.
    pub cause: Option<String>,
    /// Only rows at least so many days overdue.
    pub days: i64,
    /// Only cases of this member of staff (管家).
    pub staff: Option<StaffId>,
}

/// Who the cases of whoever looks belong to; nobody's, where the person has no account.
#[must_use]
pub fn own_cases(actor: &Actor) -> StaffId {
    actor.staff_id.unwrap_or_else(|| StaffId::from(Uuid::nil()))
}

impl ArrearsFilter {
    /// Whether a row fits.
    #[must_use]
    pub fn fits(&self, row: &ArrearsRow) -> bool {
        let fits =
            |wanted: &Option<String>, value: Option<&str>| wanted.as_deref().is_none_or(|one| value == Some(one));
        fits(&self.building, Some(row.unit.building()))
            && fits(&self.stage, row.stage.as_deref())
            && fits(&self.cause, row.cause.as_deref())
            && row.days >= self.days
            && (self.staff.is_none() || row.staff_id == self.staff)
    }
}

impl ArrearsReport {
    /// The rows that fit, with their own sums.
    #[must_use]
    pub fn filtered(self, filter: &ArrearsFilter) -> Self {
        let rows: Vec<ArrearsRow> = self.rows.into_iter().filter(|row| filter.fits(row)).collect();
        Self { as_of: self.as_of, totals: totals(&rows), rows }
    }
}

fn totals<'a>(rows: impl IntoIterator<Item = &'a ArrearsRow>) -> ArrearsTotals {
    let mut totals = ArrearsTotals::default();
    for row in rows {
        totals.units += 1;
        totals.principal += row.principal;
        totals.late_fee += row.late_fee;
        totals.total += row.principal + row.late_fee;
        for (sum, part) in totals.ages.iter_mut().zip(row.ages) {
            *sum += part;
        }
    }
    totals
}

/// What an account owes.
struct AccountArrears {
    principal: Fen,
    late_fee: Fen,
    /// The months, in order.
    periods: Vec<Period>,
    oldest_due: NaiveDate,
    ages: Ages,
}

impl AccountArrears {
    /// `None` when nothing is open.
    fn of(lines: &[ChargeLine], party: PartyId, facts: &Facts, as_of: NaiveDate) -> Option<Self> {
        let (none, oldest_due) = (Fen::ZERO, NaiveDate::MAX);
        let mut sum = Self { principal: none, late_fee: none, periods: Vec::new(), oldest_due, ages: Ages::default() };
        for line in lines {
            let (principal, late_fee) = facts.open(&InPlay::from((line, party)), as_of);
            if principal.is_positive() || late_fee.is_positive() {
                sum.principal += principal;
                sum.late_fee += late_fee;
                sum.periods.push(line.period);
                sum.oldest_due = sum.oldest_due.min(line.due_on);
                sum.ages[AgeBucket::of_days(overdue_days(line.due_on, as_of)) as usize] += principal;
            }
        }
        sum.periods.sort_unstable();
        sum.periods.dedup();
        (!sum.periods.is_empty()).then_some(sum)
    }
}

fn row_of(account: AccountLine, open: AccountArrears, cases: &Cases, as_of: NaiveDate) -> ArrearsRow {
    let case = cases.by_party.get(&account.party_id);
    ArrearsRow {
        unit: account.unit,
        owner: account.owner,
        periods: open.periods,
        principal: open.principal,
        late_fee: open.late_fee,
        oldest_due: open.oldest_due,
        days: overdue_days(open.oldest_due, as_of),
        stage: case.map(|case| case.stage.clone()),
        age_stage: AgeStage::of(open.oldest_due, as_of),
        cause: case.and_then(|case| cases.causes.get(&case.id).cloned()),
        next_step: case.and_then(|case| case.step_key.clone().or_else(|| case.reason.clone())),
        case_id: case.map(|case| case.id),
        ages: open.ages,
        staff: case.and_then(|case| cases.names.get(&case.staff_id?).cloned()),
        staff_id: case.and_then(|case| case.staff_id),
        party_id: account.party_id,
        unit_id: account.unit_id,
    }
}

/// What the list shows of the payers' cases.
struct Cases {
    by_party: HashMap<PartyId, CaseColumns>,
    causes: HashMap<CaseId, String>,
    names: HashMap<StaffId, String>,
}

impl Cases {
    fn load(tx: &mut Tx<'_>, community: CommunityId) -> Result<Self, DbError> {
        let causes = work::list_classifications(tx, community)?;
        Ok(Self {
            by_party: lines::list_cases(tx, community)?.into_iter().map(|one| (one.party_id, one)).collect(),
            causes: causes.into_iter().map(|one| (one.case_id, one.cause)).collect(),
            names: staff::list(tx)?.into_iter().map(|one| (one.id, one.name)).collect(),
        })
    }
}

/// What is open on each charge of a community as of a day, by unit and due date; charges with nothing open are left out.
///
/// # Errors
/// When the database refuses.
pub fn list_charges(tx: &mut Tx<'_>, community: CommunityId, as_of: NaiveDate) -> Result<Vec<ChargeArrears>, DbError> {
    let facts = Facts::load(tx, community, as_of)?;
    let owed = ledger::list_owed_of_community(tx, community, as_of)?;
    let open = owed.into_iter().map(|charge| {
        let (principal, late_fee) = facts.open(&InPlay::from(&charge), as_of);
        ChargeArrears { principal, late_fee, days: overdue_days(charge.due_on, as_of), charge }
    });
    Ok(open.filter(|one| one.principal.is_positive() || one.late_fee.is_positive()).collect())
}

/// The open late fees of each payer of a community as of a day, charge by charge; the charges are not looked at where no late fee
/// can be.
///
/// # Errors
/// When the database refuses.
pub fn late_fees_of_payers(
    tx: &mut Tx<'_>,
    community: CommunityId,
    as_of: NaiveDate,
) -> Result<HashMap<PartyId, Vec<(ChargeId, Fen)>>, DbError> {
    let mut fees: HashMap<PartyId, Vec<(ChargeId, Fen)>> = HashMap::new();
    if !Contracts::load(tx, community)?.has_fee_rule() && ledger::list_late_fees(tx, community)?.is_empty() {
        return Ok(fees);
    }
    for one in list_charges(tx, community, as_of)?.into_iter().filter(|one| one.late_fee.is_positive()) {
        fees.entry(one.charge.party_id).or_default().push((one.charge.id, one.late_fee));
    }
    Ok(fees)
}
