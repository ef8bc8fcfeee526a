//! The tariff as people read it: contracts with their clauses, standards with their prices, public displays.

use chrono::NaiveDate;
use hemu_domain::arrears::late_fee::{LateFeeFlag, guards};
use hemu_domain::arrears::lpr::LprTable;
use hemu_domain::ids::{CommunityId, ContractId, FeeStandardId};
use hemu_domain::registry::unit::UnitKind;
use hemu_domain::staff::Permission;
use hemu_domain::tariff::band::{Band, BandedBy, label};
use hemu_domain::tariff::standard::StandardFormula;
use hemu_domain::{Area, DailyRate, UnitPrice};
use hemu_store::tariff::display::{self, DisplayRow};
use hemu_store::tariff::{self as store, ClauseRow, ContractRow, FeePriceRow, FeeStandardRow};
use hemu_store::{DbError, Tx};
use rust_decimal::Decimal;
use serde::Serialize;

use super::Contracts;
use super::in_force::late_fee_clause;
use crate::billing::find_community;
use crate::{Actor, App, Refusal};

/// The tariff of a community.
#[derive(Clone, Debug, Serialize)]
pub struct TariffReport {
    /// Contracts, newest first.
    pub contracts: Vec<ContractReport>,
    /// Fee standards with all their prices.
    pub standards: Vec<StandardReport>,
    /// Public displays, newest first.
    pub displays: Vec<DisplayReport>,
}

/// A contract with its clauses.
#[derive(Clone, Debug, Serialize)]
pub struct ContractReport {
    /// Its id.
    pub id: ContractId,
    /// Its name.
    pub name: String,
    /// Its number.
    pub number: String,
    /// `preliminary`, `committee` or `provisional`.
    pub kind: String,
    /// From when.
    pub starts_on: NaiveDate,
    /// Until when.
    pub ends_on: Option<NaiveDate>,
    /// Months per bill.
    pub cycle_months: u32,
    /// `cycle_start` (in advance) or `cycle_end` (in arrears).
    pub billed_at: &'static str,
    /// When bills fall due.
    pub due_rule: &'static str,
    /// The day of that rule.
    pub due_day: u32,
    /// Late-fee rate per day, 0.0005 for 0.05 %; `None` without a clause.
    pub late_fee_rate: Option<DailyRate>,
    /// A late fee by so many times the one-year LPR, such as 1.3.
    pub late_fee_lpr: Option<Decimal>,
    /// The days of a year, for a late fee by LPR.
    pub late_fee_day_basis: i64,
    /// Days of grace.
    pub late_fee_grace_days: u32,
    /// `after_due` or `after_grace`.
    pub late_fee_starts: &'static str,
    /// Cap in percent of the principal.
    pub late_fee_cap_percent: Option<i64>,
    /// What the late fee comes to a year today, in percent.
    pub late_fee_annual_percent: Option<Decimal>,
    /// Percent a year above which it is not claimed.
    pub late_fee_ceiling_percent: i64,
    /// What whoever claims it should know: `likely_reduced` above 1.3 times the LPR...
    pub late_fee_flags: Vec<LateFeeFlag>,
    /// Days a demand gives.
    pub demand_days: u32,
    /// `statutory_as_interest` or `principal_first`.
    pub allocation_policy: &'static str,
    /// `month_first` or `total_first`.
    pub rounding: &'static str,
    /// Whether it is the one in force today.
    pub in_force: bool,
    /// Its clauses.
    pub clauses: Vec<ClauseReport>,
}

/// A clause.
#[derive(Clone, Debug, Serialize)]
pub struct ClauseReport {
    /// What it is about.
    pub kind: String,
    /// Such as 第八条.
    pub number: String,
    /// The wording.
    pub text: String,
}

/// A fee standard.
#[derive(Clone, Debug, Serialize)]
pub struct StandardReport {
    /// Its id.
    pub id: FeeStandardId,
    /// The fee item.
    pub item: String,
    /// Its name.
    pub name: String,
    /// The kind of units it is for; `None` where a list did not say.
    pub unit_kind: Option<UnitKind>,
    /// A word of [`StandardFormula`].
    pub formula: String,
    /// Its prices, by day.
    pub prices: Vec<PriceReport>,
    /// Units that pay by it today.
    pub units: usize,
}

/// A price from a day on.
#[derive(Clone, Debug, Serialize)]
pub struct PriceReport {
    /// From when.
    pub valid_from: NaiveDate,
    /// Per m² and month, or per month; zero where bands say it.
    pub price: UnitPrice,
    /// The prices of a formula by bands, the lowest first.
    pub bands: Vec<BandReport>,
    /// Added per month.
    pub surcharge: UnitPrice,
    /// Clause or list.
    pub basis: String,
}

/// A band of a price.
#[derive(Clone, Debug, Serialize)]
pub struct BandReport {
    /// The first floor, or the area it begins above.
    pub from: String,
    /// The last floor, or the largest area; `None` without an end.
    pub to: Option<String>,
    /// Its price.
    pub price: UnitPrice,
    /// `7-18 层`
    pub label: String,
}

/// A public display.
#[derive(Clone, Debug, Serialize)]
pub struct DisplayReport {
    /// What was shown.
    pub what: String,
    /// Where.
    pub place: String,
    /// Since when.
    pub displayed_on: NaiveDate,
    /// Who recorded it.
    pub author: String,
}

/// The tariff of a community.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community.
pub fn show_tariff(app: &App, actor: &Actor, community: &str) -> Result<TariffReport, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    Ok(app.db.read(|tx| read(tx, community, app.today()))?)
}

fn read(tx: &mut Tx<'_>, community: CommunityId, today: NaiveDate) -> Result<TariffReport, DbError> {
    let clauses = store::list_clauses(tx, community)?;
    let items = store::list_items(tx, community)?;
    let prices = store::list_prices(tx, community)?;
    let used = store::count_unit_fees(tx, community, today)?;
    let in_force = Contracts::load(tx, community)?.on(today).map(|contract| contract.id);
    let contracts = store::list_contracts(tx, community)?;
    let standards = store::list_standards(tx, community)?;
    let standard = |one: FeeStandardRow| StandardReport {
        item: items
            .iter()
            .find(|(id, _, _)| *id == one.fee_item_id)
            .map(|(_, name, _)| name.clone())
            .unwrap_or_default(),
        prices: prices
            .iter()
            .filter(|price| price.fee_standard_id == one.id)
            .map(|price| price_report(price, &one.formula))
            .collect(),
        units: used.iter().find(|(id, _)| *id == one.id).map_or(0, |(_, count)| usize::try_from(*count).unwrap_or(0)),
        id: one.id,
        name: one.name,
        unit_kind: one.unit_kind,
        formula: one.formula,
    };
    let shown = |one: DisplayRow| DisplayReport {
        what: one.what,
        place: one.place,
        displayed_on: one.displayed_on,
        author: one.author_name,
    };
    Ok(TariffReport {
        contracts: contracts.into_iter().map(|one| contract_report(one, &clauses, (in_force, today))).collect(),
        standards: standards.into_iter().map(standard).collect(),
        displays: display::list(tx, community)?.into_iter().map(shown).collect(),
    })
}

fn price_report(price: &FeePriceRow, formula: &str) -> PriceReport {
    let by = StandardFormula::parse(formula).ok().and_then(StandardFormula::banded_by).unwrap_or(BandedBy::Floor);
    PriceReport {
        valid_from: price.valid_from,
        price: price.price,
        bands: price.bands.iter().map(|band| band_report(by, band)).collect(),
        surcharge: price.surcharge,
        basis: price.basis.clone(),
    }
}

fn band_report(by: BandedBy, band: &Band) -> BandReport {
    let number = |at: i64| match by {
        BandedBy::Floor => at.to_string(),
        BandedBy::Area => Area::from_stored(at).to_string(),
    };
    BandReport { from: number(band.from), to: band.to.map(number), price: band.price, label: label(by, band) }
}

fn contract_report(
    contract: ContractRow,
    clauses: &[ClauseRow],
    (in_force, today): (Option<ContractId>, NaiveDate),
) -> ContractReport {
    let annual = late_fee_clause(&contract).map(|clause| clause.rate.annual(today));
    let lpr = LprTable::published().find_percent(today);
    let own = clauses.iter().filter(|clause| clause.contract_id == contract.id);
    let clause =
        |one: &ClauseRow| ClauseReport { kind: one.kind.clone(), number: one.number.clone(), text: one.text.clone() };
    ContractReport {
        clauses: own.map(clause).collect(),
        in_force: Some(contract.id) == in_force,
        id: contract.id,
        name: contract.name,
        number: contract.number,
        kind: contract.kind,
        starts_on: contract.starts_on,
        ends_on: contract.ends_on,
        cycle_months: contract.cycle_months,
        billed_at: contract.billed_at.as_str(),
        due_rule: contract.due_rule.as_str(),
        due_day: contract.due_day,
        late_fee_rate: contract.late_fee_rate,
        late_fee_lpr: contract.late_fee_lpr_e4.map(|multiple| Decimal::new(multiple, 4).normalize()),
        late_fee_day_basis: contract.late_fee_day_basis.days(),
        late_fee_grace_days: contract.late_fee_grace_days,
        late_fee_starts: contract.late_fee_starts.as_str(),
        late_fee_annual_percent: annual.map(|annual| (annual * Decimal::ONE_HUNDRED).round_dp(4).normalize()),
        late_fee_ceiling_percent: contract.late_fee_ceiling_e4 / 100,
        late_fee_flags: annual.into_iter().flat_map(|annual| guards(annual, lpr)).collect(),
        late_fee_cap_percent: contract.late_fee_cap_e4.map(|cap| cap / 100),
        demand_days: contract.demand_days,
        allocation_policy: contract.allocation_policy.as_str(),
        rounding: contract.rounding.as_str(),
    }
}
