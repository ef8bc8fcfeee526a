//! Readings from a spreadsheet: room or meter number and reading, in whatever columns they stand.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use hemu_documents::sheets_in::read_sheets;
use hemu_domain::ids::MeterId;
use hemu_domain::metering::MeterKind;
use hemu_domain::metering::sheet::{SheetReading, read_readings};
use hemu_domain::staff::Permission;
use hemu_domain::{MeterValue, Period, UnitLabel};
use hemu_store::community;
use serde::Serialize;

use super::reading::{Known, NewReading, ReadingsRequest, check_day, write};
use crate::billing::find_community;
use crate::{Actor, App, Refusal};

/// A spreadsheet of readings.
#[derive(Clone, Debug)]
pub struct ImportReadings {
    /// The file's name.
    pub file_name: String,
    /// The file.
    pub bytes: Vec<u8>,
    /// Which meters it is about.
    pub kind: MeterKind,
    /// Which month.
    pub period: Period,
    /// When they were read.
    pub read_on: NaiveDate,
    /// Reads and reports, writes nothing.
    pub dry_run: bool,
}

/// What was understood of it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ReadingsReport {
    /// Readings taken.
    pub accepted: usize,
    /// They themselves.
    pub rows: Vec<ReadRow>,
    /// Rows that are there already with the same reading.
    pub already: usize,
    /// Rows that were not taken.
    pub refused: Vec<RefusedRow>,
}

/// A reading that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReadRow {
    /// The meter.
    pub meter: MeterId,
    /// Its unit, or where it hangs.
    pub unit: String,
    /// Its number.
    pub number: String,
    /// What it shows.
    pub value: MeterValue,
}

/// A row that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RefusedRow {
    /// The sheet.
    pub sheet: String,
    /// The row as the spreadsheet shows it.
    pub row: usize,
    /// What stands in it.
    pub value: String,
    /// Why, and what to do.
    pub problem: String,
}

/// Takes the readings of a spreadsheet; rows that cannot be taken are listed, the others are taken.
///
/// # Errors
/// [`Refusal::InvalidInput`] when the file cannot be read or holds no readings.
pub fn import_readings(
    app: &App,
    actor: &Actor,
    community: &str,
    request: &ImportReadings,
) -> Result<ReadingsReport, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::ReadMeters, community)?;
    check_day(app, request.period, request.read_on)?;
    let sheets = read_sheets(&request.bytes, &request.file_name)
        .map_err(|error| Refusal::InvalidInput { field: "file", sentence: error.text() })?;
    let (rows, unreadable) = read_readings(&sheets).ok_or_else(|| {
        let zh = "没有找到读数表：需要“房号”或“表号”一列和“本期读数”一列";
        Refusal::invalid("file", zh, "there is no table of readings: it needs a column 房号 or 表号, and one 本期读数")
    })?;
    let mut report = ReadingsReport::default();
    for row in unreadable {
        let problem = format!("{} / {}", row.problem.zh, row.problem.en);
        report.refused.push(RefusedRow { sheet: row.sheet, row: row.row, value: row.value, problem });
    }
    if request.dry_run {
        app.db.read(|tx| {
            let known = Known::load(tx, community)?;
            let there = hemu_store::metering::list_readings(tx, community, request.period)?;
            sort_out(&rows, request, &known, &there, &mut report);
            Ok::<_, Refusal>(())
        })?;
        return Ok(sorted(report));
    }
    app.db.write(|tx| {
        let mut report = report.clone();
        let first = community::next_seq(tx, community, 1)?;
        let known = Known::load(tx, community)?;
        let there = hemu_store::metering::list_readings(tx, community, request.period)?;
        let readings = sort_out(&rows, request, &known, &there, &mut report);
        if !readings.is_empty() {
            let more = i64::try_from(readings.len()).unwrap_or(i64::MAX);
            community::next_seq(tx, community, more)?;
            let taken = ReadingsRequest {
                period: request.period,
                read_on: request.read_on,
                reader: String::new(),
                photo_sha256: None,
                readings,
            };
            write(tx, app, actor, community, (&taken, ""), first + 1)?;
        }
        Ok(sorted(report))
    })
}

fn sorted(mut report: ReadingsReport) -> ReadingsReport {
    report.refused.sort_by(|a, b| (&a.sheet, a.row).cmp(&(&b.sheet, b.row)));
    report
}

/// Finds the meter of every row, and whether its reading can be taken.
fn sort_out(
    rows: &[SheetReading],
    request: &ImportReadings,
    known: &Known,
    there: &[hemu_store::metering::ReadingRow],
    report: &mut ReadingsReport,
) -> Vec<NewReading> {
    let meters = Names::of(known, request.kind);
    let there: HashMap<MeterId, _> = there.iter().map(|one| (one.meter_id, (one.value, one.estimated))).collect();
    let (mut seen, mut readings) = (HashSet::new(), Vec::new());
    for row in rows {
        let taken = meters.find(row).and_then(|meter| {
            let reading = NewReading { meter, value: row.value, estimated: false, rolled_over: false };
            if !seen.insert(meter) {
                return Err("这块表在文件里出现了两次，请只留一行 / the meter stands twice in the file: keep one row"
                    .to_owned());
            }
            let sentence = |refusal: Refusal| format!("{} / {}", refusal.text().zh, refusal.text().en);
            known.check(&reading, request.period).map_err(sentence).map(|()| reading)
        });
        match taken {
            Ok(reading) if there.get(&reading.meter) == Some(&(reading.value, false)) => report.already += 1,
            Ok(reading) => {
                report.rows.extend(known.meters.get(&reading.meter).map(|meter| ReadRow {
                    meter: meter.id,
                    unit: meter.unit.as_ref().map_or_else(|| meter.place.clone(), ToString::to_string),
                    number: meter.number.clone(),
                    value: reading.value,
                }));
                readings.push(reading);
            }
            Err(problem) => report.refused.push(RefusedRow {
                sheet: row.sheet.clone(),
                row: row.row,
                value: row.value.to_string(),
                problem,
            }),
        }
    }
    report.accepted = readings.len();
    readings
}

/// The meters of a kind by unit and by number.
struct Names<'a> {
    of_unit: HashMap<&'a UnitLabel, Vec<MeterId>>,
    of_number: HashMap<&'a str, MeterId>,
}

impl<'a> Names<'a> {
    fn of(known: &'a Known, kind: MeterKind) -> Self {
        let mut names = Self { of_unit: HashMap::new(), of_number: HashMap::new() };
        for meter in known.meters.values().filter(|meter| meter.kind == kind && meter.ended_on.is_none()) {
            names.of_number.insert(&meter.number, meter.id);
            if let Some(unit) = &meter.unit {
                names.of_unit.entry(unit).or_default().push(meter.id);
            }
        }
        names
    }

    fn find(&self, row: &SheetReading) -> Result<MeterId, String> {
        if let Some(id) = row.number.as_deref().and_then(|number| self.of_number.get(number)) {
            return Ok(*id);
        }
        let of_unit = row.unit.as_ref().and_then(|unit| self.of_unit.get(unit)).map(Vec::as_slice);
        match of_unit.unwrap_or_default() {
            [one] => Ok(*one),
            [] => Err("没有这块表，请先登记 / there is no such meter: add it first".to_owned()),
            _ => {
                Err("这户有几块表，请用“表号”一列区分 / the unit has several meters: tell them apart by a column 表号"
                    .to_owned())
            }
        }
    }
}
