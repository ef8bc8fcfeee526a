//! Rows: data told from titles, sub-totals and notes; a data row becomes a draft or is refused.

use std::collections::BTreeMap;

use super::columns::{Field, Table, repeats_heading};
use super::incumbent::Reference;
use super::paid_through::{self, PaidThrough};
use super::quantities::{self, Reading};
use super::room::{narrow, read_parts, read_room};
use super::{FeeRecord, Finding, ImportReading, PhoneRecord, UnitRecord};
use crate::registry::id_number::IdNumber;
use crate::registry::names::split_owners;
use crate::registry::phone::PhoneNumber;
use crate::registry::unit::{Occupancy, UnitKind};
use crate::sheet::Cell;
use crate::{UnitLabel, UnitPrice};

/// The fee item of a list that has a price column and no more.
pub const PROPERTY_FEE: &str = "物业服务费";

/// A row with a readable room, before rooms are compared.
pub(super) struct Draft {
    record: Result<UnitRecord, Finding>,
    label: UnitLabel,
    /// All cells but the running number, as they read.
    content: Vec<String>,
    sheet: String,
    row: usize,
    room_column: String,
    room_text: String,
    warnings: Vec<Finding>,
}

/// What a row is.
enum RowKind {
    Blank,
    Heading,
    SubTotal,
    Note,
    Data,
}

/// Reads the rows below the heading.
pub(super) fn read_table(
    table: &Table<'_>,
    reference: &Reference,
    reading: &mut ImportReading,
    drafts: &mut Vec<Draft>,
) {
    for (index, row) in table.sheet.rows.iter().enumerate().skip(table.heading_row + 1) {
        let row = &row[..row.len().min(table.last_column + 1)];
        match kind_of(table, row) {
            RowKind::Blank | RowKind::Heading | RowKind::Note => {}
            RowKind::SubTotal => {
                reading.rows_read += 1;
                reading.ignored += 1;
            }
            RowKind::Data => {
                reading.rows_read += 1;
                match room_of(table, row) {
                    Some(label) => drafts.push(draft(table, reference, row, index + 1, label)),
                    None => reading.refused.push(no_room(table, row, index + 1)),
                }
            }
        }
    }
}

fn kind_of(table: &Table<'_>, row: &[Cell]) -> RowKind {
    let filled: Vec<&Cell> = row.iter().filter(|cell| !cell.is_blank()).collect();
    if filled.is_empty() {
        return RowKind::Blank;
    }
    if repeats_heading(table, row) {
        return RowKind::Heading;
    }
    if room_of(table, row).is_some() {
        return RowKind::Data;
    }
    let sums = ["小计", "合计", "总计", "累计", "共计", "总合计"];
    let is_sum = |cell: &&&Cell| {
        let text = narrow(&cell.text());
        matches!(cell, Cell::Text(_)) && sums.iter().any(|word| text.contains(word)) && text.chars().count() <= 16
    };
    if filled.iter().find(is_sum).is_some() {
        return RowKind::SubTotal;
    }
    if is_note(table, row, filled.len()) { RowKind::Note } else { RowKind::Data }
}

/// A line of text below the table (制表人, 说明…): nothing in the columns that make a row data.
fn is_note(table: &Table<'_>, row: &[Cell], filled: usize) -> bool {
    let facts = [Field::Phone, Field::Area, Field::Price, Field::PaidThrough, Field::OwnerNo, Field::IdNumber];
    let has_fact = facts.into_iter().any(|field| !table.cell(row, field).is_blank());
    let owner = table.cell(row, Field::Owner).text();
    let named = !owner.is_empty() && owner.chars().count() <= 12 && !owner.contains([':', '：']);
    !has_fact && (!named || filled == 1)
}

fn room_of(table: &Table<'_>, row: &[Cell]) -> Option<UnitLabel> {
    if table.has(Field::Room)
        && let Some(label) = read_room(table.cell(row, Field::Room))
    {
        return Some(label);
    }
    if !table.has(Field::Building) {
        return None;
    }
    let room = if table.has(Field::RoomPart) { Field::RoomPart } else { Field::Room };
    read_parts(table.cell(row, Field::Building), table.cell(row, Field::Entrance), table.cell(row, room))
}

fn room_text(table: &Table<'_>, row: &[Cell]) -> String {
    if table.has(Field::Room) {
        return table.cell(row, Field::Room).text();
    }
    let parts = [Field::Building, Field::Entrance, Field::RoomPart].map(|field| table.cell(row, field).text());
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

fn no_room(table: &Table<'_>, row: &[Cell], number: usize) -> Finding {
    Finding {
        sheet: table.sheet.name.clone(),
        row: number,
        column: table.room_heading(),
        value: room_text(table, row),
        problem: "房号无法识别，请写成 楼栋-单元-房号，如 3-2-1502 / no readable room: write it as 3-2-1502".to_owned(),
    }
}

/// Reads one row cell by cell; the first thing that refuses it is its finding.
struct RowReader<'r> {
    table: &'r Table<'r>,
    reference: &'r Reference,
    row: &'r [Cell],
    number: usize,
    warnings: Vec<Finding>,
}

fn draft(table: &Table<'_>, reference: &Reference, row: &[Cell], number: usize, label: UnitLabel) -> Draft {
    let mut reader = RowReader { table, reference, row, number, warnings: Vec::new() };
    let record = reader.record(label.clone());
    let serial = table.columns.get(&Field::Serial);
    let content = row.iter().enumerate().filter(|(column, _)| Some(column) != serial);
    let mut content: Vec<String> = content.map(|(_, cell)| narrow(&cell.text())).collect();
    while content.last().is_some_and(String::is_empty) {
        content.pop();
    }
    Draft {
        record,
        label,
        content,
        sheet: table.sheet.name.clone(),
        row: number,
        room_column: table.room_heading(),
        room_text: room_text(table, row),
        warnings: reader.warnings,
    }
}

impl RowReader<'_> {
    fn finding(&self, field: Field, problem: &str) -> Finding {
        Finding {
            sheet: self.table.sheet.name.clone(),
            row: self.number,
            column: self.table.heading(field),
            value: self.table.cell(self.row, field).text(),
            problem: problem.to_owned(),
        }
    }

    fn warn(&mut self, field: Field, problem: &str) {
        let finding = self.finding(field, problem);
        self.warnings.push(finding);
    }

    fn record(&mut self, label: UnitLabel) -> Result<UnitRecord, Finding> {
        let price = self.price();
        let area = self.area(price.is_some() || !self.table.has(Field::Price) && self.table.has(Field::Fees))?;
        let paid_through = self.paid_through()?;
        let owner = self.owner();
        let occupancy = self.occupancy();
        let fees = match price {
            Some(price) => vec![property_fee(price)],
            None => self.reference.fees_of(
                &self.table.cell(self.row, Field::Fees).text(),
                &self.table.cell(self.row, Field::FeeStarts).text(),
            ),
        };
        Ok(UnitRecord {
            sheet: self.table.sheet.name.clone(),
            row: self.number,
            kind: self.kind(&label),
            floor: self.table.cell(self.row, Field::Floor).text().parse().ok().or_else(|| label.floor()),
            label,
            area,
            occupancy,
            owners: owner.names,
            phones: owner.phones,
            id_number: owner.id_number,
            fees,
            paid_through,
            remark: self.table.cell(self.row, Field::Remark).text(),
        })
    }

    fn price(&mut self) -> Option<UnitPrice> {
        match quantities::read_price(self.table.cell(self.row, Field::Price)) {
            Reading::Value(price) if price.stored() > 0 => Some(price),
            Reading::Value(_) | Reading::Unusable => {
                self.warn(Field::Price, "单价不是大于零的数，本户暂不计费，请补上收费标准 / not a price above zero: not billed until one is set");
                None
            }
            Reading::Blank if self.table.has(Field::Price) => {
                self.warn(
                    Field::Price,
                    "没有单价，本户暂不计费，请补上收费标准 / no price: not billed until one is set",
                );
                None
            }
            Reading::Blank => None,
        }
    }

    fn area(&mut self, needed: bool) -> Result<Option<crate::Area>, Finding> {
        match quantities::read_area(self.table.cell(self.row, Field::Area)) {
            Reading::Value(area) => Ok(Some(area)),
            Reading::Unusable => Err(self.finding(
                Field::Area,
                "面积不是大于零的数，请核实后再导入 / the area is not a number above zero: correct it",
            )),
            Reading::Blank if needed => {
                Err(self.finding(Field::Area, "按面积计费但没有面积，请补上 / no area, though the fee is per m²"))
            }
            Reading::Blank => Ok(None),
        }
    }

    fn paid_through(&mut self) -> Result<Option<PaidThrough>, Finding> {
        match paid_through::read(self.table.cell(self.row, Field::PaidThrough)) {
            paid_through::Reading::Paid(paid) => {
                if !paid.exact {
                    self.warn(
                        Field::PaidThrough,
                        "日期在月中，按当月已缴清处理，请核实 / a day within the month: the month counts as paid",
                    );
                }
                Ok(Some(paid))
            }
            paid_through::Reading::Blank if self.table.has(Field::PaidThrough) => {
                self.warn(Field::PaidThrough, "没有“已缴至”，不计期初欠费，请核实 / blank: no opening arrears");
                Ok(None)
            }
            paid_through::Reading::Blank => Ok(None),
            paid_through::Reading::Unreadable => {
                Err(self
                    .finding(Field::PaidThrough, "“已缴至”无法识别，请写成 2024-03 / unreadable: write it as 2024-03"))
            }
            paid_through::Reading::Ambiguous => Err(self.finding(
                Field::PaidThrough,
                "数字有歧义（1 月还是 10 月？），请写成文本 2024-01 / January or October? write it as 2024-01",
            )),
        }
    }

    fn owner(&mut self) -> super::incumbent::OwnerRecord {
        let number = self.table.cell(self.row, Field::OwnerNo).text();
        if !number.is_empty() {
            if let Some(owner) = self.reference.find_owner(&number) {
                return owner.clone();
            }
            self.warn(
                Field::OwnerNo,
                "业主信息里没有这个编号，房屋已导入，业主待补 / no owner has this number: the unit has no owner yet",
            );
            return super::incumbent::OwnerRecord::default();
        }
        let names = split_owners(&self.table.cell(self.row, Field::Owner).text());
        if names.is_empty() && self.table.has(Field::Owner) && self.occupancy() != Occupancy::NotHandedOver {
            self.warn(Field::Owner, "没有业主姓名，房屋已导入，业主待补 / no owner: the unit is imported without one");
        }
        let phones = self.phones();
        let id_number = IdNumber::parse(&self.table.cell(self.row, Field::IdNumber).text()).ok();
        super::incumbent::OwnerRecord { names, phones, id_number: id_number.map(|number| number.as_str().to_owned()) }
    }

    fn phones(&mut self) -> Vec<PhoneRecord> {
        let (phones, doubtful) = read_phones(&self.table.cell(self.row, Field::Phone).text());
        if doubtful {
            self.warn(Field::Phone, "电话号码有疑问，已导入但标为未核实 / a doubtful number: imported, not verified");
        }
        phones
    }

    fn occupancy(&self) -> Occupancy {
        let remark = self.table.cell(self.row, Field::Remark).text();
        let status = self.table.cell(self.row, Field::Occupancy).text();
        occupancy_of(&status, &remark)
    }

    fn kind(&self, label: &UnitLabel) -> UnitKind {
        let text = self.table.cell(self.row, Field::Kind).text();
        let words = [
            ("商", UnitKind::Shop),
            ("办公", UnitKind::Office),
            ("写字", UnitKind::Office),
            ("车位", UnitKind::Parking),
            ("储", UnitKind::Storage),
        ];
        match text.as_str() {
            "110" | "119" => UnitKind::Home,
            "120" => UnitKind::Office,
            _ if label.entrance() == Some("0") || label.building().contains("商") => UnitKind::Shop,
            text => words.into_iter().find(|(word, _)| text.contains(word)).map_or(UnitKind::Home, |(_, kind)| kind),
        }
    }
}

/// The phones of a cell, and whether one of them cannot be rung.
pub(super) fn read_phones(cell: &str) -> (Vec<PhoneRecord>, bool) {
    let separators = ['/', '、', ',', '，', ';', '；', '\n'];
    let mut phones: Vec<PhoneRecord> = Vec::new();
    for typed in cell.split(separators).map(str::trim).filter(|typed| !typed.is_empty()) {
        let phone = match PhoneNumber::parse(typed) {
            Ok(number) => PhoneRecord { number: number.as_str().to_owned(), valid: true },
            Err(_) => PhoneRecord { number: narrow(typed), valid: false },
        };
        if !phones.contains(&phone) {
            phones.push(phone);
        }
    }
    let doubtful = phones.iter().any(|phone| !phone.valid);
    (phones, doubtful)
}

/// The incumbent's codes and the usual words; a remark 空置 marks the unit vacant.
fn occupancy_of(status: &str, remark: &str) -> Occupancy {
    let vacant = |text: &str| ["空置", "空关", "未入住", "空房"].iter().any(|word| text.contains(word));
    match status {
        "2001" | "2005" | "2007" | "2009" => Occupancy::Owner,
        "2002" => Occupancy::NotHandedOver,
        "2004" | "2008" => Occupancy::Vacant,
        "2006" => Occupancy::Tenant,
        _ if vacant(status) || vacant(remark) => Occupancy::Vacant,
        text if text.contains('租') => Occupancy::Tenant,
        text if text.contains("未收房")
            || text.contains("未交付")
            || text.contains("未售")
            || text.contains("未销售") =>
        {
            Occupancy::NotHandedOver
        }
        text if text.contains("入住") || text.contains("自住") => Occupancy::Owner,
        _ => Occupancy::Unknown,
    }
}

fn property_fee(price: UnitPrice) -> FeeRecord {
    FeeRecord {
        item: PROPERTY_FEE.to_owned(),
        per_area: Some(price),
        fixed: UnitPrice::from_stored(0),
        cycle_months: 1,
        starts_on: None,
    }
}

/// Compares the rows of each room, over all sheets: equal rows are one, differing rows are all refused.
pub(super) fn settle_rooms(drafts: Vec<Draft>, reading: &mut ImportReading) {
    let mut rooms: BTreeMap<UnitLabel, Vec<usize>> = BTreeMap::new();
    for (position, draft) in drafts.iter().enumerate() {
        rooms.entry(draft.label.clone()).or_default().push(position);
    }
    let differs =
        |positions: &[usize]| positions.iter().any(|one| drafts[*one].content != drafts[positions[0]].content);
    let verdicts: BTreeMap<UnitLabel, (usize, bool)> =
        rooms.iter().map(|(label, positions)| (label.clone(), (positions[0], differs(positions)))).collect();
    for (position, draft) in drafts.into_iter().enumerate() {
        let (first, differing) = verdicts[&draft.label];
        if differing {
            reading.refused.push(differing_row(&draft));
        } else if position != first {
            reading.duplicates += 1;
        } else {
            accept(draft, reading);
        }
    }
}

fn differing_row(draft: &Draft) -> Finding {
    Finding {
        sheet: draft.sheet.clone(),
        row: draft.row,
        column: draft.room_column.clone(),
        value: draft.room_text.clone(),
        problem: "同一房号有内容不同的行，请保留正确的一行 / rows of one room differ: keep the right one".to_owned(),
    }
}

fn accept(draft: Draft, reading: &mut ImportReading) {
    match draft.record {
        Ok(record) => {
            reading.accepted += 1;
            reading.warnings.extend(draft.warnings);
            reading.units.push(record);
        }
        Err(finding) => reading.refused.push(finding),
    }
}
