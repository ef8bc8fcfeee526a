//! The workbooks of the most used open-source incumbent: owners, fees, parking spaces and past payments on sheets of their own.
//!
//! Side notes right of a table are explanations, not data. `#` separates several values of a cell. A room may cite an owner
//! that does not exist. `docs/import.md` says what a right import of each workbook finds, row by row.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::columns::heading_key;
use super::paid_through::excel_day;
use super::quantities::{Reading, read_area, read_price};
use super::room::{narrow, read_room};
use super::rows::read_phones;
use super::{FeeRecord, Finding, HistoryRecord, ImportReading, PhoneRecord, UnitRecord};
use crate::registry::id_number::IdNumber;
use crate::registry::names::split_owners;
use crate::registry::unit::{Occupancy, UnitKind};
use crate::sheet::{Cell, Sheet};
use crate::{Fen, UnitLabel, UnitPrice};

/// An owner as a sheet of owners gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnerRecord {
    /// Names, co-owners after the first.
    pub names: Vec<String>,
    /// Phones.
    pub phones: Vec<PhoneRecord>,
    /// A valid identity number.
    pub id_number: Option<String>,
}

/// What rooms refer to: owners and fees by their numbers.
#[derive(Clone, Debug, Default)]
pub struct Reference {
    owners: BTreeMap<String, OwnerRecord>,
    fees: BTreeMap<String, FeeRecord>,
    notes: Vec<String>,
}

/// A sheet with its heading in the first rows, found by headings it must have.
struct Listing<'a> {
    sheet: &'a Sheet,
    heading_row: usize,
    columns: BTreeMap<String, usize>,
}

impl<'a> Listing<'a> {
    fn find(sheets: &'a [Sheet], must_have: &[&str]) -> Option<Self> {
        sheets.iter().find_map(|sheet| {
            let heading_row = sheet.rows.iter().take(10).position(|row| {
                let keys: Vec<String> = row.iter().map(|cell| heading_key(&cell.text())).collect();
                must_have.iter().all(|heading| keys.iter().any(|key| key == heading))
            })?;
            let mut columns = BTreeMap::new();
            for (column, cell) in sheet.rows[heading_row].iter().enumerate() {
                columns.entry(heading_key(&cell.text())).or_insert(column);
            }
            Some(Self { sheet, heading_row, columns })
        })
    }

    /// Data rows with the numbers the spreadsheet shows: those with something in the first named column.
    fn rows(&self, key_column: &str) -> Vec<(usize, &'a [Cell])> {
        let rows = self.sheet.rows.iter().enumerate().skip(self.heading_row + 1);
        let filled = |row: &[Cell]| !self.cell(row, key_column).is_blank();
        rows.filter(|(_, row)| filled(row)).map(|(index, row)| (index + 1, row.as_slice())).collect()
    }

    fn cell<'r>(&self, row: &'r [Cell], heading: &str) -> &'r Cell {
        static EMPTY: Cell = Cell::Empty;
        self.columns.get(heading).and_then(|column| row.get(*column)).unwrap_or(&EMPTY)
    }

    fn finding(&self, number: usize, row: &[Cell], heading: &str, problem: &str) -> Finding {
        Finding {
            sheet: self.sheet.name.clone(),
            row: number,
            column: heading.to_owned(),
            value: self.cell(row, heading).text(),
            problem: problem.to_owned(),
        }
    }
}

impl Reference {
    /// Reads the sheets of owners and fees, where there are any.
    #[must_use]
    pub fn read(sheets: &[Sheet]) -> Self {
        let mut reference = Self::default();
        if let Some(listing) = Listing::find(sheets, &["业主编号", "业主名称"]) {
            reference.read_owners(&listing);
        }
        if let Some(listing) = Listing::find(sheets, &["费用编号", "收费项目", "计算公式"]) {
            reference.read_fees(&listing);
        }
        reference
    }

    fn read_owners(&mut self, listing: &Listing<'_>) {
        let mut id_numbers: BTreeMap<String, usize> = BTreeMap::new();
        for (_, row) in listing.rows("业主名称") {
            *id_numbers.entry(listing.cell(row, "身份证号").text()).or_default() += 1;
        }
        for (number, row) in listing.rows("业主名称") {
            // 1001 is an owner; members of the family, tenants and guests follow under the owner's number.
            let kind = listing.cell(row, "业主类型").text();
            let id_text = listing.cell(row, "身份证号").text();
            let (phones, doubtful) = read_phones(&listing.cell(row, "手机号").text());
            let name = &listing.sheet.name;
            if doubtful {
                self.notes.push(format!(
                    "{name} 第 {number} 行：手机号有疑问，标为未核实 / row {number}: a doubtful phone, not verified"
                ));
            }
            if id_numbers.get(&id_text).is_some_and(|rows| *rows > 1) {
                self.notes.push(format!("{name} 第 {number} 行：身份证号与他人相同，不采用 / row {number}: an id number several names share, not used"));
            }
            let id_number = IdNumber::parse(&id_text).ok().filter(|_| id_numbers.get(&id_text) == Some(&1));
            if kind.is_empty() || kind == "1001" {
                let record = OwnerRecord {
                    names: split_owners(&listing.cell(row, "业主名称").text()),
                    phones,
                    id_number: id_number.map(|number| number.as_str().to_owned()),
                };
                self.owners.entry(listing.cell(row, "业主编号").text()).or_insert(record);
            }
        }
    }

    fn read_fees(&mut self, listing: &Listing<'_>) {
        for (number, row) in listing.rows("收费项目") {
            let price = |heading: &str| match read_price(listing.cell(row, heading)) {
                Reading::Value(price) => price,
                Reading::Blank | Reading::Unusable => UnitPrice::from_stored(0),
            };
            let formula = listing.cell(row, "计算公式").text();
            let per_area = match formula.as_str() {
                "1001" => Some(price("计费单价")),
                "2002" => None,
                _ => {
                    let name = &listing.sheet.name;
                    self.notes.push(format!(
                        "{name} 第 {number} 行：计算公式 {formula} 不支持，未导入 / row {number}: formula not supported"
                    ));
                    continue;
                }
            };
            let fee = FeeRecord {
                item: listing.cell(row, "收费项目").text(),
                per_area,
                fixed: price("固定费用"),
                cycle_months: listing.cell(row, "缴费周期").text().parse().unwrap_or(1),
                starts_on: day_of(listing.cell(row, "计费起始时间")),
            };
            self.fees.insert(listing.cell(row, "费用编号").text(), fee);
        }
    }

    /// The owner of that number.
    #[must_use]
    pub fn find_owner(&self, number: &str) -> Option<&OwnerRecord> {
        self.owners.get(number)
    }

    /// The fees a cell such as `1#2` cites, each from its start date; unknown numbers are left out.
    #[must_use]
    pub fn fees_of(&self, numbers: &str, starts: &str) -> Vec<FeeRecord> {
        let starts: Vec<Option<NaiveDate>> =
            starts.split('#').map(|text| day_of(&Cell::Text(text.to_owned()))).collect();
        let cited = numbers.split('#').map(str::trim).enumerate();
        let fee = |(position, number): (usize, &str)| {
            let fee = self.fees.get(number)?;
            Some(FeeRecord { starts_on: starts.get(position).copied().flatten().or(fee.starts_on), ..fee.clone() })
        };
        cited.filter_map(fee).collect()
    }

    /// What was noticed while reading owners and fees.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }
}

/// Reads parking spaces, each a unit `车位-CODE`.
pub fn read_parking(sheets: &[Sheet], reference: &Reference, reading: &mut ImportReading) {
    let Some(listing) = Listing::find(sheets, &["车位编码", "停车场编号"]) else { return };
    for (number, row) in listing.rows("车位编码") {
        reading.rows_read += 1;
        let code = narrow(&listing.cell(row, "车位编码").text());
        let Ok(label) = UnitLabel::parse(&format!("车位-{code}")) else {
            reading.refused.push(listing.finding(
                number,
                row,
                "车位编码",
                "车位编码无法识别 / unreadable code of a parking space",
            ));
            continue;
        };
        if reading.units.iter().any(|unit| unit.label == label) {
            reading.duplicates += 1;
            continue;
        }
        let owner_no = listing.cell(row, "业主编号").text();
        let owner = reference.find_owner(&owner_no).cloned().unwrap_or_default();
        if !owner_no.is_empty() && owner.names.is_empty() {
            reading.warnings.push(listing.finding(
                number,
                row,
                "业主编号",
                "业主信息里没有这个编号 / no owner has this number",
            ));
        }
        let area = match read_area(listing.cell(row, "面积")) {
            Reading::Value(area) => Some(area),
            Reading::Blank | Reading::Unusable => None,
        };
        reading.accepted += 1;
        reading.units.push(UnitRecord {
            sheet: listing.sheet.name.clone(),
            row: number,
            label,
            kind: UnitKind::Parking,
            area,
            floor: None,
            occupancy: if owner.names.is_empty() { Occupancy::Vacant } else { Occupancy::Owner },
            owners: owner.names,
            phones: owner.phones,
            id_number: owner.id_number,
            fees: Vec::new(),
            paid_through: None,
            remark: listing.cell(row, "车牌号").text(),
        });
    }
}

const HISTORY_HEADINGS: [&str; 5] = ["房屋", "收费项目", "开始时间", "结束时间", "实缴金额"];

/// Whether a sheet lists past payments.
#[must_use]
pub fn has_history(sheets: &[Sheet]) -> bool {
    Listing::find(sheets, &HISTORY_HEADINGS).is_some()
}

/// Reads past payments.
pub fn read_history(sheets: &[Sheet], reading: &mut ImportReading) {
    let Some(listing) = Listing::find(sheets, &["房屋", "收费项目", "开始时间", "结束时间", "实缴金额"])
    else {
        return;
    };
    for (number, row) in listing.rows("收费项目") {
        reading.rows_read += 1;
        match history_of(&listing, number, row) {
            Ok(record) if reading.history.iter().any(|one| same_payment(one, &record)) => reading.duplicates += 1,
            Ok(record) => {
                reading.accepted += 1;
                reading.history.push(record);
            }
            Err(finding) => reading.refused.push(finding),
        }
    }
}

fn same_payment(one: &HistoryRecord, other: &HistoryRecord) -> bool {
    (&one.label, &one.item, one.from, one.until, one.paid)
        == (&other.label, &other.item, other.from, other.until, other.paid)
}

fn history_of(listing: &Listing<'_>, number: usize, row: &[Cell]) -> Result<HistoryRecord, Finding> {
    let wrong = |heading: &str, problem: &str| listing.finding(number, row, heading, problem);
    let label = read_room(listing.cell(row, "房屋")).ok_or_else(|| wrong("房屋", "房号无法识别 / no readable room"))?;
    let day = |heading: &str| {
        day_of(listing.cell(row, heading))
            .ok_or_else(|| wrong(heading, "日期无法识别，请写成 2024-03-31 / unreadable date"))
    };
    let amount = |heading: &str| {
        Fen::parse(&listing.cell(row, heading).text()).map_err(|_| wrong(heading, "金额无法识别 / unreadable amount"))
    };
    let (from, until) = (day("开始时间")?, day("结束时间")?);
    if until <= from {
        return Err(wrong("结束时间", "结束时间不晚于开始时间 / the end is not after the start"));
    }
    Ok(HistoryRecord {
        sheet: listing.sheet.name.clone(),
        row: number,
        label,
        item: listing.cell(row, "收费项目").text(),
        from,
        until,
        paid_on: day("缴费时间")?,
        due: amount("应缴金额")?,
        paid: amount("实缴金额")?,
    })
}

/// A day as a date, an Excel serial number, or text such as 2020-6-10.
fn day_of(cell: &Cell) -> Option<NaiveDate> {
    match cell {
        Cell::Date(day) => Some(*day),
        Cell::Number(_) => cell.text().parse().ok().and_then(excel_day),
        Cell::Text(text) => {
            let text = narrow(text).replace(['/', '.', '年', '月'], "-").replace('日', "");
            NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok().filter(|day| day.year() >= 1990)
        }
        Cell::Empty | Cell::Bool(_) | Cell::Error(_) => None,
    }
}
