//! Readings from a spreadsheet: a column of rooms or meter numbers, a column of readings, whatever stands around them.

use crate::import::room::{is_sum, narrow, read_room};
use crate::sheet::{Cell, Sheet};
use crate::{MeterValue, Text, UnitLabel};

const ROOM: [&str; 7] = ["房号", "房间号", "房屋", "房间", "单元号", "门牌号", "户号"];
const NUMBER: [&str; 4] = ["表号", "表编号", "水表号", "电表号"];
const READING: [&str; 9] =
    ["本期读数", "本次读数", "本月读数", "现读数", "读数", "止码", "本期止码", "表底数", "本期表底"];

/// A reading in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetReading {
    /// The name of the sheet.
    pub sheet: String,
    /// The row as the spreadsheet shows it.
    pub row: usize,
    /// The unit, when the row has one.
    pub unit: Option<UnitLabel>,
    /// The meter's number, when the row has one.
    pub number: Option<String>,
    /// What the meter shows.
    pub value: MeterValue,
}

/// A row that is not taken, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedReading {
    /// The name of the sheet.
    pub sheet: String,
    /// The row as the spreadsheet shows it.
    pub row: usize,
    /// What stands in it.
    pub value: String,
    /// Why.
    pub problem: Text,
}

/// The columns that are used.
struct Columns {
    room: Option<usize>,
    number: Option<usize>,
    reading: usize,
}

/// Reads all sheets; `None` when no sheet has a heading for rooms (or meter numbers) and one for readings.
#[must_use]
pub fn read_readings(sheets: &[Sheet]) -> Option<(Vec<SheetReading>, Vec<RefusedReading>)> {
    let (mut readings, mut refused, mut found) = (Vec::new(), Vec::new(), false);
    for sheet in sheets {
        let heading = sheet.rows.iter().take(20).enumerate().find_map(|(row, cells)| Some((row, columns(cells)?)));
        let Some((heading, columns)) = heading else { continue };
        found = true;
        for (row, cells) in sheet.rows.iter().enumerate().skip(heading + 1) {
            match read_row(&columns, cells) {
                Ok(None) => {}
                Ok(Some((unit, number, value))) => {
                    readings.push(SheetReading { sheet: sheet.name.clone(), row: row + 1, unit, number, value });
                }
                Err((value, problem)) => {
                    refused.push(RefusedReading { sheet: sheet.name.clone(), row: row + 1, value, problem });
                }
            }
        }
    }
    found.then_some((readings, refused))
}

fn columns(cells: &[Cell]) -> Option<Columns> {
    let headings: Vec<String> = cells.iter().map(|cell| heading(&cell.text())).collect();
    let find = |names: &[&str]| names.iter().find_map(|name| headings.iter().position(|one| one == name));
    let (room, number) = (find(&ROOM), find(&NUMBER));
    let reading = find(&READING)?;
    (room.is_some() || number.is_some()).then_some(Columns { room, number, reading })
}

/// A heading without blanks and without what stands in brackets.
fn heading(text: &str) -> String {
    let narrow = narrow(text);
    narrow.split('(').next().unwrap_or_default().to_owned()
}

type Found = (Option<UnitLabel>, Option<String>, MeterValue);

fn read_row(columns: &Columns, cells: &[Cell]) -> Result<Option<Found>, (String, Text)> {
    let cell = |column: Option<usize>| column.and_then(|column| cells.get(column)).cloned().unwrap_or_default();
    let (room, number, reading) = (cell(columns.room), cell(columns.number), cell(Some(columns.reading)));
    if (room.is_blank() && number.is_blank()) || is_sum(&room.text()) || is_sum(&number.text()) {
        return Ok(None);
    }
    let unit = read_room(&room);
    let number = Some(narrow(&number.text())).filter(|text| !text.is_empty());
    if unit.is_none() && number.is_none() {
        let problem = Text::new("房号无法识别，请写成 3-2-1502", "this is no room: write it as 3-2-1502");
        return Err((room.text(), problem));
    }
    if reading.is_blank() {
        let problem = Text::new("没有读数，这一行跳过", "there is no reading: the row is left out");
        return Err((room.text() + number.as_deref().unwrap_or_default(), problem));
    }
    let value = match &reading {
        Cell::Number(number) => MeterValue::try_new(*number).ok(),
        Cell::Text(text) => MeterValue::parse(&narrow(text).replace(',', "")).ok(),
        Cell::Empty | Cell::Date(_) | Cell::Bool(_) | Cell::Error(_) => None,
    };
    let problem = || {
        Text::new(
            "读数无法识别：应为零或更大、最多三位小数的数字",
            "this is no reading: a number, zero or more, with at most three decimals",
        )
    };
    value.map(|value| Some((unit, number, value))).ok_or_else(|| (reading.text(), problem()))
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn rooms_and_readings_are_found_below_a_title_and_what_is_no_reading_is_named() {
        let rows = vec![
            vec![text("十一月水表")],
            vec![text("序号"), text("房号"), text("本期读数（吨）")],
            vec![text("1"), text("3栋2单元1502室"), Cell::Number(Decimal::new(1205, 1))],
            vec![text("2"), text("3-2-1503"), text("看不清")],
            vec![text("3"), text("3-2-1504"), Cell::Empty],
            vec![Cell::Empty, text("合计"), Cell::Number(Decimal::new(9, 0))],
        ];
        let (readings, refused) = read_readings(&[Sheet { name: "水".to_owned(), rows }]).expect("a table");
        assert_eq!(readings.len(), 1);
        assert_eq!((readings[0].row, readings[0].value.to_string()), (3, "120.5".to_owned()));
        assert_eq!(refused.iter().map(|one| one.row).collect::<Vec<_>>(), [4, 5]);
    }

    #[test]
    fn a_sheet_without_readings_is_none() {
        let rows = vec![vec![text("房号"), text("业主")], vec![text("3-2-1502"), text("王建国")]];
        assert_eq!(read_readings(&[Sheet { name: "表".to_owned(), rows }]), None);
    }
}
