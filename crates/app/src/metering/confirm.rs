//! The usage of a month is computed over all meters of a kind, looked at, and confirmed.

use std::collections::{HashMap, HashSet};

use hemu_domain::billing::MeteredFee;
use hemu_domain::ids::{CommunityId, FeeItemId, MeterId};
use hemu_domain::metering::{MeterKind, is_jump};
use hemu_domain::staff::Permission;
use hemu_domain::{Factor, Fen, MeterValue, Period, UnitLabel};
use hemu_store::metering::{self as store, MeterRow, PriceStepsRow, ReadingRow, UsageRow};
use hemu_store::{Tx, community};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::json;

use super::base::{Base, Bases};
use crate::audit::{self, Act};
use crate::billing::find_community;
use crate::{Actor, App, Refusal};

/// What is usual is what was used on average in so many months before.
const USUAL_MONTHS: usize = 6;

/// Which usage to confirm.
#[derive(Clone, Debug)]
pub struct UsageRequest {
    /// Of which meters.
    pub kind: MeterKind,
    /// Of which month.
    pub period: Period,
    /// Meters whose jump somebody has looked at.
    pub accept: Vec<MeterId>,
    /// Computes and shows, writes nothing.
    pub dry_run: bool,
}

/// What was, or would be, confirmed.
#[derive(Clone, Debug, Serialize)]
pub struct UsageReport {
    /// Of which meters.
    pub kind: MeterKind,
    /// Of which month.
    pub period: Period,
    /// Meters that were confirmed before.
    pub already: usize,
    /// What was used by those that are charged.
    pub usage: String,
    /// What it comes to.
    pub total: Fen,
    /// What is confirmed.
    pub rows: Vec<UsageItem>,
    /// What is not, or should be looked at.
    pub findings: Vec<MeterFinding>,
}

/// A usage of the month.
#[derive(Clone, Debug, Serialize)]
pub struct UsageItem {
    /// The meter.
    pub meter: MeterId,
    /// Its unit; `None` for a master meter.
    pub unit: Option<UnitLabel>,
    /// Its number.
    pub number: String,
    /// Where the last charge ended.
    pub from: MeterValue,
    /// What it shows.
    pub to: MeterValue,
    /// What was used.
    pub usage: Factor,
    /// What it comes to.
    pub amount: Fen,
    /// Whether the reading is an estimate.
    pub estimated: bool,
}

/// Something about a meter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MeterFinding {
    /// The meter.
    pub meter: MeterId,
    /// Its unit, or where it hangs.
    pub place: String,
    /// Its number.
    pub number: String,
    /// `missing`, `jump`, `no_price`, `credit`, `after_swap`.
    pub kind: &'static str,
    /// Whether it keeps the meter from being confirmed.
    pub holds: bool,
    /// What, for people.
    pub detail: String,
}

/// Confirms the usage of a month; with `dry_run` only shows it. Meters that cannot be confirmed are listed and stay open; what was
/// confirmed before is left as it is.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no meter of the kind.
pub fn confirm_usage(
    app: &App,
    actor: &Actor,
    community: &str,
    request: &UsageRequest,
) -> Result<UsageReport, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::IssueBills, community)?;
    if request.dry_run {
        return app.db.read(|tx| Ok(Month::compute(tx, community, request)?.report(request)));
    }
    app.db.write(|tx| {
        // Locks the community: of two who confirm at once the second finds what the first has written.
        let first = community::next_seq(tx, community, 1)?;
        let month = Month::compute(tx, community, request)?;
        let count = i64::try_from(month.lines.len()).unwrap_or(i64::MAX);
        if count > 0 {
            community::next_seq(tx, community, count)?;
        }
        let report = month.report(request);
        let rows: Vec<UsageRow> =
            month.lines.into_iter().zip(first + 1..).map(|(line, seq)| line.row(app, actor, request, seq)).collect();
        store::insert_usage(tx, community, &rows)?;
        let detail = json!({ "kind": request.kind.as_str(), "period": request.period, "meters": rows.len(),
            "total": report.total });
        let act = Act { act: "meter.confirm", subject_kind: "meter_usage", subject_id: None, detail: &detail };
        audit::record(tx, app, actor, Some(community), &act)?;
        Ok(report)
    })
}

/// A month of meters.
struct Month {
    already: usize,
    lines: Vec<UsageLine>,
    findings: Vec<MeterFinding>,
}

struct UsageLine {
    meter: MeterRow,
    from: MeterValue,
    counted: Counted,
}

/// What a meter counted, and what it comes to.
struct Counted {
    charged_to: MeterValue,
    real: MeterValue,
    usage: Factor,
    amount: Fen,
    fee: MeteredFee,
    basis: String,
}

/// What the meters of a kind are measured against.
struct Against {
    bases: Bases,
    readings: HashMap<MeterId, ReadingRow>,
    prices: HashMap<FeeItemId, Vec<PriceStepsRow>>,
    usual: HashMap<MeterId, (Factor, i64)>,
    of_year: HashMap<MeterId, (Factor, i64)>,
    accepted: HashSet<MeterId>,
}

impl Against {
    fn load(tx: &mut Tx<'_>, community: CommunityId, request: &UsageRequest) -> Result<Self, Refusal> {
        let (kind, period) = (request.kind, request.period);
        let mut prices: HashMap<FeeItemId, Vec<PriceStepsRow>> = HashMap::new();
        for price in store::list_prices(tx, community)? {
            prices.entry(price.fee_item_id).or_default().push(price);
        }
        let months_before = (0..USUAL_MONTHS).fold(period, |month, _| month.previous());
        let january = Period::try_new(period.year(), 1).unwrap_or(period);
        let by_year = prices.values().flatten().any(|price| price.by_year);
        let readings = store::list_readings(tx, community, period)?;
        Ok(Self {
            bases: Bases::load(tx, community, kind)?,
            // The one recorded last counts.
            readings: readings.into_iter().map(|reading| (reading.meter_id, reading)).collect(),
            prices,
            usual: store::sum_usage(tx, community, kind, (months_before, period))?,
            of_year: if by_year { store::sum_usage(tx, community, kind, (january, period))? } else { HashMap::new() },
            accepted: request.accept.iter().copied().collect(),
        })
    }

    /// The price steps in force on the first day of the month.
    fn price(&self, item: FeeItemId, period: Period) -> Option<&PriceStepsRow> {
        self.prices.get(&item)?.iter().rev().find(|price| price.valid_from <= period.first_day())
    }

    fn usual(&self, meter: MeterId) -> Decimal {
        let sum = self.usual.get(&meter);
        sum.map_or(Decimal::ZERO, |(usage, months)| usage.to_decimal() / Decimal::from((*months).max(1)))
    }
}

/// Why a meter is not confirmed.
struct Held(&'static str, String);

impl Month {
    fn compute(tx: &mut Tx<'_>, community: CommunityId, request: &UsageRequest) -> Result<Self, Refusal> {
        let meters = store::list_meters(tx, community)?.into_iter();
        let meters: Vec<MeterRow> = meters
            .filter(|meter| meter.kind == request.kind && meter.ended_on.is_none())
            .filter(|meter| meter.starts_on <= request.period.last_day())
            .collect();
        if meters.is_empty() {
            let kind = request.kind.label();
            return Err(Refusal::not_found(&format!("{}表", kind.zh), &format!("{} meter", kind.en), ""));
        }
        let against = Against::load(tx, community, request)?;
        let mut month = Self { already: 0, lines: Vec::with_capacity(meters.len()), findings: Vec::new() };
        for meter in meters {
            month.add(meter, &against, request.period);
        }
        Ok(month)
    }

    fn add(&mut self, meter: MeterRow, against: &Against, period: Period) {
        let base = against.bases.of(&meter);
        if base.charged_month().is_some_and(|charged| charged >= period) {
            self.already += 1;
            return;
        }
        let reading = against.readings.get(&meter.id).filter(|reading| base.is_of_device(reading));
        let Some(reading) = reading else {
            self.find(&meter, Held("missing", "本月没有读数 / there is no reading of this month".to_owned()), true);
            return;
        };
        match charge(&meter, &base, reading, (against, period)) {
            Err(held) => self.find(&meter, held, true),
            Ok((counted, finding)) => {
                if let Some(finding) = finding {
                    self.find(&meter, finding, false);
                }
                let from = base.charged_to();
                self.lines.push(UsageLine { meter, from, counted });
            }
        }
    }

    fn find(&mut self, meter: &MeterRow, Held(kind, detail): Held, holds: bool) {
        self.findings.push(MeterFinding {
            meter: meter.id,
            place: meter.unit.as_ref().map_or_else(|| meter.place.clone(), ToString::to_string),
            number: meter.number.clone(),
            kind,
            holds,
            detail,
        });
    }

    fn report(&self, request: &UsageRequest) -> UsageReport {
        let charged = self.lines.iter().map(|line| &line.counted).filter(|counted| counted.fee.steps.is_some());
        let usage: Decimal = charged.clone().map(|counted| counted.usage.to_decimal()).sum();
        UsageReport {
            kind: request.kind,
            period: request.period,
            already: self.already,
            usage: usage.normalize().to_string(),
            total: charged.map(|counted| counted.amount).sum(),
            rows: self.lines.iter().map(UsageLine::item).collect(),
            findings: self.findings.clone(),
        }
    }
}

/// What a meter counted, and what about it should be looked at.
fn charge(
    meter: &MeterRow,
    base: &Base<'_>,
    reading: &ReadingRow,
    (against, period): (&Against, Period),
) -> Result<(Counted, Option<Held>), Held> {
    base.check(period, reading.value, reading.rolled_over)
        .map_err(|refusal| Held("backwards", format!("{} / {}", refusal.text().zh, refusal.text().en)))?;
    let price = match meter.fee_item_id {
        Some(item) => Some(against.price(item, period).ok_or_else(|| {
            Held("no_price", "没有生效的单价，请先设置 / there is no price in force: set one".to_owned())
        })?),
        None => None,
    };
    let before = price.filter(|price| price.by_year).and_then(|_| against.of_year.get(&meter.id));
    let mut fee = MeteredFee {
        kind: meter.kind,
        segments: base.segments(reading),
        loss: meter.loss,
        before: before.map_or(Factor::from_stored(0), |(usage, _)| *usage),
        steps: price.map(|price| price.steps.clone()),
        estimated: reading.estimated,
    };
    let (mut charged_to, mut finding) = (reading.value, None);
    let usage = match fee.usage() {
        Some(usage) => usage,
        None => {
            (charged_to, finding) = give_back(&mut fee, base, reading)?;
            fee.usage().ok_or_else(too_much)?
        }
    };
    let amount = if price.is_some() { fee.amount_of(usage).ok_or_else(too_much)? } else { Fen::ZERO };
    let usual = against.usual(meter.id);
    if is_jump(usage.to_decimal(), usual) && !against.accepted.contains(&meter.id) {
        let (usual, unit) = (usual.round_dp(1).normalize(), meter.kind.counted_in());
        let zh = format!("用量 {usage} {unit}，平时约 {usual} {unit}：请核对后勾选");
        return Err(Held("jump", format!("{zh} / {usage} {unit}, usually about {usual}: check it, then tick it")));
    }
    let real = if reading.estimated { base.real() } else { reading.value };
    let basis = price.map(|price| price.basis.clone()).unwrap_or_default();
    Ok((Counted { charged_to, real, usage, amount, fee, basis }, finding))
}

fn too_much() -> Held {
    Held("out_of_range", "用量或金额超出范围，请检查读数和倍率 / out of range: check reading and multiplier".to_owned())
}

/// An estimate was higher than what the meter shows now: nothing is charged, and the next charge begins where the estimate ended.
fn give_back(fee: &mut MeteredFee, base: &Base<'_>, reading: &ReadingRow) -> Result<(MeterValue, Option<Held>), Held> {
    let charged = base.charged_to();
    if !base.swaps.is_empty() {
        let detail = "换表前的估抄偏高，待用量超过后一并结清 / the estimate before the replacement was too high: settled once more \
                      was used";
        return Err(Held("after_swap", detail.to_owned()));
    }
    for segment in &mut fee.segments {
        (segment.from, segment.to, segment.turn) = (charged, charged, None);
    }
    let zh = format!("上次估抄到 {charged}，实际 {}：多计部分从以后用量中扣回", reading.value);
    let en =
        format!("charged up to {charged} by estimate, it shows {}: given back from what is used next", reading.value);
    Ok((charged, Some(Held("credit", format!("{zh} / {en}")))))
}

impl UsageLine {
    fn row(self, app: &App, actor: &Actor, request: &UsageRequest, seq: i64) -> UsageRow {
        let Self { meter, counted, .. } = self;
        UsageRow {
            id: app.new_id(),
            meter_id: meter.id,
            unit_id: meter.unit_id,
            fee_item_id: meter.fee_item_id,
            kind: meter.kind,
            period: request.period,
            occurrence: meter.point_no,
            usage: counted.usage,
            amount: counted.amount,
            charged_to: counted.charged_to,
            real: counted.real,
            estimated: counted.fee.estimated,
            calculation: counted.fee,
            basis: counted.basis,
            confirmed_by: actor.name.clone(),
            confirmed_at: app.clock.now(),
            seq,
        }
    }

    fn item(&self) -> UsageItem {
        UsageItem {
            meter: self.meter.id,
            unit: self.meter.unit.clone(),
            number: self.meter.number.clone(),
            from: self.from,
            to: self.counted.charged_to,
            usage: self.counted.usage,
            amount: self.counted.amount,
            estimated: self.counted.fee.estimated,
        }
    }
}
