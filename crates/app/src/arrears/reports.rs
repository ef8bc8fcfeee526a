//! Ageing (账龄) and collection rate (收缴率) reports, formulas of the trade's KPIs.
//!
//! The collection rate counts by receivable month, not by cash month: of what was charged for a month, how much is paid by the
//! day ([`hemu_domain::review::Collected`]). Money put by for later months is in no month's rate until it pays a charge of it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use hemu_domain::arrears::age::AgeBucket;
use hemu_domain::ids::{AccountId, CommunityId};
use hemu_domain::review::{Collected, PriorYears, ReviewSpan};
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

/// The collection rate of some months.
#[derive(Clone, Debug, Serialize)]
pub struct RateFigures {
    /// What was charged for them.
    pub charged: Fen,
    /// Of that let off (减免): not to be collected.
    pub waived: Fen,
    /// Of that found not owed (更正).
    pub corrected: Fen,
    /// What there is to collect: charged less waived and corrected.
    pub receivable: Fen,
    /// What of that is paid.
    pub collected: Fen,
    /// Percent with two decimals, half-up; `None` when there is nothing to collect.
    pub rate: Option<String>,
    /// Accounts with something to pay.
    pub households: i64,
    /// Accounts that paid all of it.
    pub households_paid: i64,
    /// Percent of households.
    pub households_rate: Option<String>,
}

impl RateFigures {
    /// Waived and corrected.
    #[must_use]
    pub fn taken_off(&self) -> Fen {
        self.waived + self.corrected
    }
}

impl From<Collected> for RateFigures {
    fn from(sum: Collected) -> Self {
        Self {
            charged: sum.charged,
            waived: sum.waived,
            corrected: sum.corrected,
            receivable: sum.receivable(),
            collected: sum.collected,
            rate: sum.rate(),
            households: sum.households,
            households_paid: sum.households_paid,
            households_rate: sum.households_rate(),
        }
    }
}

/// One month of the collection rate.
#[derive(Clone, Debug, Serialize)]
pub struct RateRow {
    /// The receivable month.
    pub period: Period,
    /// Its figures.
    #[serde(flatten)]
    pub figures: RateFigures,
}

/// A month reads like its figures.
impl std::ops::Deref for RateRow {
    type Target = RateFigures;

    fn deref(&self) -> &RateFigures {
        &self.figures
    }
}

/// What became of the arrears of earlier years since this one began (清欠).
#[derive(Clone, Debug, Serialize)]
pub struct PriorYearFigures {
    /// Owed when the year began.
    pub opening: Fen,
    /// Let off or corrected since.
    pub taken_off: Fen,
    /// Paid of it since.
    pub collected: Fen,
    /// Percent (往年清欠率).
    pub rate: Option<String>,
}

/// The collection-rate report.
#[derive(Clone, Debug, Serialize)]
pub struct RateReport {
    /// The day.
    pub as_of: NaiveDate,
    /// By month: those of the span asked for, or the last 24.
    pub rows: Vec<RateRow>,
    /// The months of `total`: the span asked for, or this year so far.
    pub span: ReviewSpan,
    /// Over the span; a household counts once.
    pub total: RateFigures,
    /// Arrears of earlier years, since January.
    pub prior_years: PriorYearFigures,
    /// Percent of both together (综合收缴率); `None` for a span that begins in an earlier year.
    pub combined_rate: Option<String>,
    /// Money put by that has paid no charge yet; in no rate.
    pub prepaid: Fen,
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

/// The collection rate of each receivable month of a span, or of the last 24.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community.
pub fn rate_report(
    app: &App,
    actor: &Actor,
    community: &str,
    as_of: NaiveDate,
    span: Option<ReviewSpan>,
) -> Result<RateReport, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    Ok(app.db.read(|tx| rates(tx, community, as_of, span))?)
}

/// The collection rate by receivable month, within a transaction. Months after that of the day are left out.
///
/// # Errors
/// When the database refuses.
pub fn rates(
    tx: &mut Tx<'_>,
    community: CommunityId,
    as_of: NaiveDate,
    asked: Option<ReviewSpan>,
) -> Result<RateReport, DbError> {
    let this_month = Period::of(as_of);
    let span = asked.unwrap_or_else(|| ReviewSpan::year_to(this_month));
    let back = |months: u32| (0..months).fold(this_month, |month, _| month.previous());
    let first = asked.map_or_else(|| back(RATE_MONTHS - 1), |span| span.first);
    let lines = review::list_charged_and_paid(tx, community, first, span.last.min(this_month), as_of)?;
    let mut months: BTreeMap<Period, Collected> = BTreeMap::new();
    let mut accounts: BTreeMap<AccountId, Collected> = BTreeMap::new();
    for line in lines {
        let one = Collected::household(line.charged, line.waived, line.corrected, line.paid);
        let month = months.entry(line.period).or_default();
        *month = month.and(one);
        if line.period >= span.first {
            let account = accounts.entry(line.account_id).or_default();
            *account = account.and(one);
        }
    }
    let once = |sum: Collected| Collected::household(sum.charged, sum.waived, sum.corrected, sum.collected);
    let total = accounts.into_values().map(once).fold(Collected::default(), Collected::and);
    let january = ReviewSpan::year_to(this_month).first;
    let earlier = review::sum_earlier_years(tx, community, january, as_of)?;
    let prior = PriorYears { opening: earlier.opening, taken_off: earlier.taken_off, collected: earlier.paid };
    Ok(RateReport {
        as_of,
        rows: months.into_iter().map(|(period, sum)| RateRow { period, figures: sum.into() }).collect(),
        span,
        // Months of earlier years would count twice.
        combined_rate: if span.first < january { None } else { prior.combined(&total) },
        total: total.into(),
        prior_years: PriorYearFigures {
            opening: prior.opening,
            taken_off: prior.taken_off,
            collected: prior.collected,
            rate: prior.rate(),
        },
        prepaid: review::sum_prepaid(tx, community, as_of)?,
    })
}
