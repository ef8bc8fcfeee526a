//! Rows: data told from titles, sub-totals and notes; a data row becomes a draft or is refused.

use super::columns::Table;
use super::headings::Field;
use super::incumbent::Reference;
use super::record::RowReader;
use super::room::{SUM_WORDS, is_sum, narrow, read_parts, read_room};
use super::{Finding, ImportReading, UnitRecord};
use crate::UnitLabel;
use crate::sheet::Cell;

/// The fee item of a list that has a price column and no more.
pub const PROPERTY_FEE: &str = "物业服务费";

/// A row with a readable room, before rooms are compared.
pub(super) struct Draft {
    /// What it says, or what refuses it.
    pub record: Result<UnitRecord, Finding>,
    /// Its room.
    pub label: UnitLabel,
    /// Position of its table.
    pub table: usize,
    /// Index of its row in the sheet.
    pub row: usize,
    /// Its doubts.
    pub warnings: Vec<Finding>,
}

/// What a row is.
enum RowKind {
    Blank,
    SubTotal,
    Note,
    Data,
}

/// Building and entrance of the rows above, for merged cells.
#[derive(Default)]
struct Above {
    building: Cell,
    entrance: Cell,
}

/// Reads the rows of a table.
pub(super) fn read_table(
    position: usize,
    table: &Table<'_>,
    reference: &Reference,
    reading: &mut ImportReading,
    drafts: &mut Vec<Draft>,
) {
    let mut above = Above::default();
    for index in table.rows.clone() {
        let row = table.row(index);
        let label = above.room_of(table, row);
        match kind_of(table, row, label.is_some()) {
            RowKind::Blank | RowKind::Note => {}
            RowKind::SubTotal => {
                reading.rows_read += 1;
                reading.ignored += 1;
            }
            RowKind::Data => {
                reading.rows_read += 1;
                match label {
                    Some(label) => {
                        let mut reader = RowReader::new(table, reference, row, index + 1);
                        let record = reader.record(label.clone());
                        drafts.push(Draft { record, label, table: position, row: index, warnings: reader.warnings });
                    }
                    None => reading.refused.push(no_room(table, row, index + 1)),
                }
            }
        }
    }
}

impl Above {
    /// The room of a row; in a table of merged cells a blank building or entrance is the one above.
    fn room_of(&mut self, table: &Table<'_>, row: &[Cell]) -> Option<UnitLabel> {
        let whole = || table.has(Field::Room).then(|| read_room(table.cell(row, Field::Room))).flatten();
        if !table.has(Field::Building) {
            return whole();
        }
        let (mut building, mut entrance) = (table.cell(row, Field::Building), table.cell(row, Field::Entrance));
        if table.merged_parts {
            if !building.is_blank() && !is_sum(&building.text()) {
                *self = Self { building: building.clone(), entrance: entrance.clone() };
            } else if !entrance.is_blank() {
                self.entrance = entrance.clone();
            }
            (building, entrance) = (&self.building, &self.entrance);
        }
        let room = if table.has(Field::RoomPart) { Field::RoomPart } else { Field::Room };
        let parts = read_parts(building, entrance, table.cell(row, room), table.room_has_entrance);
        // A whole room in one column wins over parts beside it.
        whole().filter(|label| label.entrance().is_some()).or(parts).or_else(whole)
    }
}

fn kind_of(table: &Table<'_>, row: &[Cell], has_room: bool) -> RowKind {
    if row.iter().all(Cell::is_blank) {
        return RowKind::Blank;
    }
    if has_room {
        return RowKind::Data;
    }
    if is_sub_total(table, row) {
        return RowKind::SubTotal;
    }
    if is_note(table, row) { RowKind::Note } else { RowKind::Data }
}

/// 小计, 合 计, 3栋小计, 合计: 283户 in any text column; but an owner's row without a room stays data, whatever its remark says.
fn is_sub_total(table: &Table<'_>, row: &[Cell]) -> bool {
    let owner = narrow(&table.cell(row, Field::Owner).text());
    let owned = !owner.is_empty() && !is_sum(&owner) && !owner.contains(char::is_numeric);
    if owned && !table.cell(row, Field::Phone).is_blank() {
        return false;
    }
    let remark = table.joined(row, Field::Remark);
    row.iter().any(|cell| {
        let text = cell.text();
        matches!(cell, Cell::Text(_)) && sums_up(&narrow(&text)) && !(owned && remark.contains(&text))
    })
}

/// A sum is a short label: little before the word and figures after it.
fn sums_up(text: &str) -> bool {
    let Some((before, after)) = SUM_WORDS.iter().find_map(|word| text.split_once(word)) else { return false };
    before.chars().count() <= 12 && after.chars().count() <= 12
}

/// A line of text below the table (制表人, 说明…): nothing in the columns that make a row data.
fn is_note(table: &Table<'_>, row: &[Cell]) -> bool {
    let filled = row.iter().filter(|cell| !cell.is_blank()).count();
    let facts = [Field::Phone, Field::Area, Field::Price, Field::PaidThrough, Field::OwnerNo, Field::IdNumber];
    let has_fact = facts.into_iter().any(|field| !table.cell(row, field).is_blank());
    let signs = row.iter().find(|cell| !cell.is_blank()).is_some_and(|cell| begins_as_note(&cell.text()));
    let measured = matches!(table.cell(row, Field::Area), Cell::Number(_));
    if signs && !measured {
        return true;
    }
    let owner = table.cell(row, Field::Owner).text();
    let named = !owner.is_empty() && owner.chars().count() <= 12 && !owner.contains([':', '：']);
    // One cell of text alone, even in the column of phones or areas, is a remark about the list.
    let lone_text = filled == 1 && row.iter().any(|cell| matches!(cell, Cell::Text(_)));
    lone_text || !has_fact && (!named || filled == 1)
}

fn begins_as_note(text: &str) -> bool {
    const WORDS: [&str; 14] = [
        "制表", "审核", "复核", "填表", "打印", "统计", "编制", "说明", "注:", "备注", "经办", "单位:", "日期:", "填报",
    ];
    let text = narrow(text);
    WORDS.iter().any(|word| text.starts_with(word)) || text.starts_with("注：")
}

/// The room of a row as it reads, for the finding.
pub(super) fn room_text(table: &Table<'_>, row: &[Cell]) -> String {
    if table.has(Field::Room) && !table.has(Field::RoomPart) && !table.has(Field::Entrance) {
        return table.cell(row, Field::Room).text();
    }
    let parts = [Field::Building, Field::Entrance, Field::RoomPart, Field::Room];
    let texts = parts.map(|field| table.cell(row, field).text());
    texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("-")
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
