//! Ageing (账龄) and collection rate (收缴率) reports, formulas of the trade's KPIs.
//!
//! The collection rate counts by receivable month, not by cash month: of what was charged for a month, how much is paid by the
//! day. Money put by for later months is in no month's rate until it pays a charge of it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use hemu_domain::arrears::age::AgeBucket;
use hemu_domain::ids::{AccountId, CommunityId};
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Period};
use hemu_store::{DbError, Tx, review};
use serde::Serialize;

use super::list_charges;
use crate::billing::find_community;
use crate::{Actor, App, Refusal};

/// So many receivable months the report covers.
const RATE_MONTHS: u32 = 24;

/// One age band.
#[derive(Clone, Debug, Serialize)]
pub struct AgeingRow {
    /// The band, such as `31-90`.
    pub bucket: &'static str,
    /// Charges in it.
    pub charges: usize,
    /// Open principal.
    pub principal: Fen,
    /// Open late fee.
    pub late_fee: Fen,
}

/// The ageing report.
#[derive(Clone, Debug, Serialize)]
pub struct AgeingReport {
    /// The day.
    pub as_of: NaiveDate,
    /// By age, youngest first.
    pub rows: Vec<AgeingRow>,
    /// Open principal over all bands.
    pub total: Fen,
}

/// One month of the collection rate.
#[derive(Clone, Debug, Serialize)]
pub struct RateRow {
    /// The receivable month.
    pub period: Period,
    /// What was charged for it.
    pub receivable: Fen,
    /// What of that is paid.
    pub collected: Fen,
    /// Percent with two decimals, half-up; `None` when nothing was charged.
    pub rate: Option<String>,
    /// Accounts charged.
    pub households: i64,
    /// Accounts that paid all of it.
    pub households_paid: i64,
    /// Percent of households.
    pub households_rate: Option<String>,
}

/// The collection-rate report.
#[derive(Clone, Debug, Serialize)]
pub struct RateReport {
    /// The day.
    pub as_of: NaiveDate,
    /// By month.
    pub rows: Vec<RateRow>,
}

/// Open charges by age.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community.
pub fn ageing_report(app: &App, actor: &Actor, community: &str, as_of: NaiveDate) -> Result<AgeingReport, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    Ok(app.db.read(|tx| ageing(tx, community, as_of))?)
}

/// Open charges by age, within a transaction.
///
/// # Errors
/// When the database refuses.
pub fn ageing(tx: &mut Tx<'_>, community: CommunityId, as_of: NaiveDate) -> Result<AgeingReport, DbError> {
    let mut bands: BTreeMap<AgeBucket, (usize, Fen, Fen)> =
        AgeBucket::ALL.iter().map(|one| (*one, Default::default())).collect();
    for open in list_charges(tx, community, as_of)? {
        let band = bands.entry(AgeBucket::of_days(open.days)).or_default();
        band.0 += 1;
        band.1 += open.principal;
        band.2 += open.late_fee;
    }
    let row = |(bucket, (charges, principal, late_fee)): (AgeBucket, (usize, Fen, Fen))| AgeingRow {
        bucket: bucket.as_str(),
        charges,
        principal,
        late_fee,
    };
    let rows: Vec<AgeingRow> = bands.into_iter().map(row).collect();
    let total = rows.iter().map(|row| row.principal).sum();
    Ok(AgeingReport { as_of, rows, total })
}

/// The collection rate of each receivable month due by the day, the last 24 months.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community.
pub fn rate_report(app: &App, actor: &Actor, community: &str, as_of: NaiveDate) -> Result<RateReport, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    Ok(app.db.read(|tx| rates(tx, community, as_of))?)
}

/// The collection rate by receivable month, within a transaction.
///
/// # Errors
/// When the database refuses.
pub fn rates(tx: &mut Tx<'_>, community: CommunityId, as_of: NaiveDate) -> Result<RateReport, DbError> {
    rates_of(tx, community, as_of, RATE_MONTHS)
}

/// The collection rate of the last `months` receivable months, within a transaction.
///
/// # Errors
/// When the database refuses.
pub fn rates_of(tx: &mut Tx<'_>, community: CommunityId, as_of: NaiveDate, months: u32) -> Result<RateReport, DbError> {
    let last = Period::of(as_of);
    let first = (1..months).fold(last, |month, _| month.previous());
    let mut months: BTreeMap<Period, BTreeMap<AccountId, (Fen, Fen)>> = BTreeMap::new();
    for line in review::list_charged_and_paid(tx, community, first, last, as_of)? {
        let account = months.entry(line.period).or_default().entry(line.account_id).or_default();
        account.0 += line.charged;
        account.1 += line.paid;
    }
    let row = |(period, accounts): (Period, BTreeMap<AccountId, (Fen, Fen)>)| {
        let receivable: Fen = accounts.values().map(|(charged, _)| *charged).sum();
        let collected: Fen = accounts.values().map(|(_, paid)| *paid).sum();
        let households = i64::try_from(accounts.len()).unwrap_or(i64::MAX);
        let settled = accounts.values().filter(|(charged, paid)| paid >= charged).count();
        let households_paid = i64::try_from(settled).unwrap_or(i64::MAX);
        RateRow {
            period,
            receivable,
            collected,
            rate: hemu_domain::review::percent(collected.get(), receivable.get()),
            households,
            households_paid,
            households_rate: hemu_domain::review::percent(households_paid, households),
        }
    };
    Ok(RateReport { as_of, rows: months.into_iter().map(row).collect() })
}
