//! Heading rows: which rows begin a table, alone or two together, and how wide it is.

use std::collections::BTreeSet;

use super::columns::ColumnMap;
use super::headings::Field;
use super::room::narrow;
use crate::sheet::Cell;

/// Quick look before the words are compared: a heading has neither numbers nor digits in its first cells.
pub(super) fn may_be_heading(row: &[Cell]) -> bool {
    let mut filled = row.iter().filter(|cell| !cell.is_blank()).take(3).peekable();
    filled.peek().is_some()
        && filled.all(|cell| match cell {
            Cell::Text(text) => !text.chars().any(|c| c.is_ascii_digit()),
            Cell::Empty | Cell::Number(_) | Cell::Date(_) | Cell::Bool(_) | Cell::Error(_) => false,
        })
}

/// A row of headings, or the upper of two: 房号 and 业主信息 over 姓名 and 电话.
pub(super) fn heads_a_table(rows: &[Vec<Cell>], index: usize, map: &ColumnMap) -> bool {
    let (row, below) = (&rows[index], rows.get(index + 1));
    let stacked = |below: &Vec<Cell>| {
        let cell = |column: usize| {
            let lower = below.get(column).filter(|cell| !cell.is_blank());
            lower.or_else(|| row.get(column)).cloned().unwrap_or_default()
        };
        (0..row.len().max(below.len())).map(cell).collect::<Vec<_>>()
    };
    is_heading(row, map)
        || row.iter().any(|cell| map.field_of(&cell.text()).is_some_and(is_room))
            && below.is_some_and(|below| {
                !is_heading(below, map) && is_sub_heading(below, map) && is_heading(&stacked(below), map)
            })
}

fn is_room(field: Field) -> bool {
    matches!(field, Field::Room | Field::RoomPart)
}

fn is_heading(row: &[Cell], map: &ColumnMap) -> bool {
    let texts = row.iter().filter(|cell| matches!(cell, Cell::Text(_)));
    let fields: BTreeSet<Field> = texts.filter_map(|cell| map.field_of(&cell.text())).collect();
    let room = fields.contains(&Field::Room) || fields.contains(&Field::RoomPart);
    let facts = [Field::Owner, Field::Area, Field::Price, Field::PaidThrough, Field::Phone, Field::OwnerNo];
    room && facts.iter().any(|fact| fields.contains(fact))
}

/// A second heading row below merged cells (业主 over 姓名 and 电话), or a row of units.
pub(super) fn is_sub_heading(row: &[Cell], map: &ColumnMap) -> bool {
    let filled: Vec<&Cell> = row.iter().filter(|cell| !cell.is_blank()).collect();
    let tells = |cell: &&&Cell| {
        let text = narrow(&cell.text());
        let is_unit = text.contains('㎡') || text.starts_with(['元', '(']) || text == "平方米";
        matches!(cell, Cell::Text(_)) && (map.field_of(&text).is_some() || is_unit && !text.contains(char::is_numeric))
    };
    let telling = filled.iter().filter(tells).count();
    telling > 0 && telling * 2 >= filled.len() && filled.iter().all(|cell| matches!(cell, Cell::Text(_)))
}

/// 已缴至 merged over two rows stands in the upper one, beside 业主信息, which stands over 姓名 and 电话.
pub(super) fn take_from_above(headings: &mut Vec<String>, above: &[Cell], map: &ColumnMap) {
    let groups = above.iter().filter(|cell| !cell.is_blank()).count();
    for (column, cell) in above.iter().enumerate().filter(|(_, cell)| groups > 1 && matches!(cell, Cell::Text(_))) {
        let text = cell.text();
        let is_name = text.chars().count() <= 12 && map.field_of(&text).is_some();
        if is_name && headings.get(column).is_none_or(String::is_empty) {
            headings.resize(headings.len().max(column + 1), String::new());
            headings[column] = text;
        }
    }
}

/// A wide gap ends the table: what follows are side notes.
pub(super) fn width_of(headings: &[String]) -> usize {
    let mut width = 0;
    for (column, heading) in headings.iter().enumerate() {
        if heading.is_empty() {
            continue;
        }
        if column > width + 2 && width > 2 {
            break;
        }
        width = column + 1;
    }
    width
}
