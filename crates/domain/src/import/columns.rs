//! Columns: where the tables of a sheet begin and end, and which column holds what.

use std::collections::BTreeMap;

use super::heading_rows::{heads_a_table, is_sub_heading, may_be_heading, take_from_above, width_of};
use super::headings::{Field, field_of_heading, field_of_name, heading_key, known_names, name_of, rank};
use super::history::is_history;
use super::room::{narrow, read_room};
use crate::Text;
use crate::sheet::{Cell, Sheet};

/// Rows looked at for the first heading of a sheet.
const HEADING_DEPTH: usize = 40;

/// `--map "列名=field"`: headings by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnMap {
    by_heading: BTreeMap<String, Field>,
}

/// Why a column map cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeadingError {
    /// Not of the form `heading=field`.
    #[error("'{0}' is not of the form heading=field, such as 电话1=phone")]
    Form(String),
    /// No such field.
    #[error("'{field}' is not a field; there are {known}")]
    UnknownField {
        /// What was given.
        field: String,
        /// What there is.
        known: String,
    },
    /// No sheet has such a heading.
    #[error("no sheet has the heading '{0}'")]
    UnknownHeading(String),
}

impl HeadingError {
    /// The sentence for people in both languages.
    #[must_use]
    pub fn text(&self) -> Text {
        let zh = match self {
            Self::Form(pair) => format!("“{pair}”不是“列名=字段”的形式，请写成 电话1=phone"),
            Self::UnknownField { field, known } => format!("没有字段“{field}”，可用：{known}"),
            Self::UnknownHeading(heading) => format!("各工作表里都没有列名“{heading}”，请照表头原样填写"),
        };
        Text::new(zh, self.to_string())
    }
}

impl ColumnMap {
    /// Reads `heading=field` pairs; a field may be named in English or by its usual heading.
    ///
    /// # Errors
    /// [`HeadingError`] names what cannot be understood.
    pub fn parse<S: AsRef<str>>(pairs: &[S]) -> Result<Self, HeadingError> {
        let mut by_heading = BTreeMap::new();
        for pair in pairs {
            let form = || HeadingError::Form(pair.as_ref().to_owned());
            let (heading, field) = pair.as_ref().rsplit_once(['=', '＝']).ok_or_else(form)?;
            if heading_key(heading).is_empty() {
                return Err(form());
            }
            let unknown = || HeadingError::UnknownField { field: field.trim().to_owned(), known: known_names() };
            by_heading.insert(heading_key(heading), field_of_name(field.trim()).ok_or_else(unknown)?);
        }
        Ok(Self { by_heading })
    }

    pub(super) fn field_of(&self, heading: &str) -> Option<Field> {
        self.by_heading.get(&heading_key(heading)).copied().or_else(|| field_of_heading(heading))
    }

    fn names(&self, heading: &str) -> bool {
        self.by_heading.contains_key(&heading_key(heading))
    }
}

/// A table of rooms on a sheet; a sheet may hold several, one below the other.
#[derive(Debug)]
pub struct Table<'a> {
    /// The sheet it is on.
    pub sheet: &'a Sheet,
    /// Indexes of its rows in `sheet.rows`, below the heading.
    pub rows: std::ops::Range<usize>,
    /// Whether building and entrance are merged cells: a blank one repeats the one above.
    pub merged_parts: bool,
    /// Whether a two-part room beside a building is `entrance-room`, not `building-room`.
    pub room_has_entrance: bool,
    /// Headings by column, empty where there is none. What stands to the right of the last are side notes.
    headings: Vec<String>,
    columns: BTreeMap<Field, Vec<usize>>,
    unknown: Vec<String>,
    unused: Vec<(String, String)>,
}

impl<'a> Table<'a> {
    /// The first cell of a field in a row.
    #[must_use]
    pub fn cell<'r>(&self, row: &'r [Cell], field: Field) -> &'r Cell {
        static EMPTY: Cell = Cell::Empty;
        let column = self.columns.get(&field).and_then(|columns| columns.first());
        column.and_then(|column| row.get(*column)).unwrap_or(&EMPTY)
    }

    /// All cells of a field that may have several columns (phones, remarks), joined by `、`.
    #[must_use]
    pub fn joined(&self, row: &[Cell], field: Field) -> String {
        let columns = self.columns.get(&field).map_or(&[][..], Vec::as_slice);
        let texts = columns.iter().filter_map(|column| row.get(*column)).map(Cell::text);
        texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("、")
    }

    /// The heading of a field as it stands; empty where there is no such column.
    #[must_use]
    pub fn heading(&self, field: Field) -> String {
        let column = self.columns.get(&field).and_then(|columns| columns.first());
        column.and_then(|column| self.headings.get(*column)).cloned().unwrap_or_default()
    }

    /// Whether the table has that column.
    #[must_use]
    pub fn has(&self, field: Field) -> bool {
        self.columns.contains_key(&field)
    }

    /// The cells of a row that belong to the table.
    #[must_use]
    pub fn row(&self, index: usize) -> &'a [Cell] {
        let row = &self.sheet.rows[index];
        &row[..row.len().min(self.headings.len())]
    }

    /// The column of the room: whole, or its last part.
    #[must_use]
    pub fn room_heading(&self) -> String {
        let field = if self.has(Field::Room) { Field::Room } else { Field::RoomPart };
        self.heading(field)
    }

    /// For each column with a heading: its field, if recognised, and the name to compare it by over several tables.
    #[must_use]
    pub fn keys(&self) -> Vec<(Option<Field>, String)> {
        let field = |column: usize| self.columns.iter().find(|(_, columns)| columns.contains(&column)).map(|(f, _)| *f);
        let headings = self.headings.iter().enumerate();
        headings
            .map(|(column, heading)| match field(column) {
                Some(field @ Field::Known) => (Some(field), heading_key(heading)),
                Some(field) => (Some(field), name_of(field).to_owned()),
                None => (None, heading_key(heading)),
            })
            .collect()
    }

    /// What somebody should know about its columns.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let name = &self.sheet.name;
        let unknown = self.unknown.iter().map(|heading| {
            format!(
                "{name}：列“{heading}”未识别，已跳过；可用 --map \"{heading}=field\" 指定 / column not recognised, skipped"
            )
        });
        let unused = self.unused.iter().map(|(heading, first)| {
            format!("{name}：列“{heading}”与“{first}”同义，采用“{first}” / column means the same as {first}, not used")
        });
        let mut notes: Vec<String> = unknown.chain(unused).collect();
        if self.has(Field::Price) && !self.has(Field::PaidThrough) {
            notes.push(format!(
                "{name}：没有“已缴至”列，不计期初欠费 / no column says paid through: no opening arrears"
            ));
        }
        notes
    }
}

/// The tables of rooms of all sheets.
///
/// # Errors
/// [`HeadingError::UnknownHeading`] when the map names a heading no table has.
pub fn find_tables<'a>(sheets: &'a [Sheet], map: &ColumnMap) -> Result<Vec<Table<'a>>, HeadingError> {
    let tables: Vec<Table<'a>> = rooms_only(sheets).flat_map(|sheet| tables_of(sheet, map)).collect();
    let has_heading =
        |key: &String| tables.iter().any(|table| table.headings.iter().any(|heading| heading_key(heading) == *key));
    match map.by_heading.keys().find(|key| !has_heading(key)) {
        Some(key) if !tables.is_empty() => Err(HeadingError::UnknownHeading(key.clone())),
        _ => Ok(tables),
    }
}

/// Payments of the past name rooms too, but list payments.
fn rooms_only(sheets: &[Sheet]) -> impl Iterator<Item = &Sheet> {
    sheets.iter().filter(|sheet| !is_history(sheet))
}

fn tables_of<'a>(sheet: &'a Sheet, map: &ColumnMap) -> Vec<Table<'a>> {
    let rows = &sheet.rows;
    let Some(first) = (0..rows.len().min(HEADING_DEPTH)).find(|index| heads_a_table(rows, *index, map)) else {
        return Vec::new();
    };
    let mut heads = vec![first];
    for index in first + 1..rows.len() {
        // The lower of two rows of headings belongs to the table its upper row began.
        let lower = heads.last().is_some_and(|head| head + 1 == index) && is_sub_heading(&rows[index], map);
        if !lower && may_be_heading(&rows[index]) && heads_a_table(rows, index, map) {
            heads.push(index);
        }
    }
    let ends = heads.iter().skip(1).copied().chain([sheet.rows.len()]);
    heads.iter().zip(ends).map(|(head, end)| table_at(sheet, *head, end, map)).collect()
}

fn table_at<'a>(sheet: &'a Sheet, head: usize, end: usize, map: &ColumnMap) -> Table<'a> {
    let mut headings: Vec<String> = sheet.rows[head].iter().map(Cell::text).collect();
    let mut first_row = head + 1;
    let above = head.checked_sub(1).map(|above| sheet.rows[above].as_slice()).unwrap_or_default();
    take_from_above(&mut headings, above, map);
    if let Some(below) = sheet.rows[first_row..end].first().filter(|row| is_sub_heading(row, map)) {
        first_row += 1;
        headings.resize(headings.len().max(below.len()), String::new());
        for (heading, cell) in headings.iter_mut().zip(below) {
            if !cell.is_blank() && (heading.is_empty() || map.field_of(&cell.text()).is_some()) {
                *heading = cell.text();
            }
        }
    }
    headings.truncate(width_of(&headings));
    let mut table = Table {
        sheet,
        rows: first_row..end,
        merged_parts: false,
        room_has_entrance: false,
        headings,
        columns: BTreeMap::new(),
        unknown: Vec::new(),
        unused: Vec::new(),
    };
    table.assign(map);
    table.look_at_rooms();
    table
}

impl Table<'_> {
    fn assign(&mut self, map: &ColumnMap) {
        let headings = self.headings.clone();
        for (column, heading) in headings.iter().enumerate().filter(|(_, heading)| !heading.is_empty()) {
            match map.field_of(heading) {
                Some(field) => self.columns.entry(field).or_default().push(column),
                None => self.unknown.push(heading.clone()),
            }
        }
        self.tell_rooms_apart(map);
        for (field, columns) in &mut self.columns {
            // A mapped column comes first, then the most telling heading, then the leftmost.
            columns.sort_by_key(|column| {
                (!map.names(&headings[*column]), rank_in(*field, &headings[*column], columns_matter(*field)), *column)
            });
            let keeps_all = matches!(field, Field::Phone | Field::Remark | Field::Known);
            let dropped = if keeps_all { Vec::new() } else { columns.split_off(1) };
            let pair = |column: usize| (headings[column].clone(), headings[columns[0]].clone());
            self.unused.extend(dropped.into_iter().filter(|_| *field != Field::Serial).map(pair));
        }
    }

    /// 单元号 is a room of its own, but the entrance beside 楼号 and 室号; 房间 alone is the whole room.
    fn tell_rooms_apart(&mut self, map: &ColumnMap) {
        let rooms = self.columns.get(&Field::Room).cloned().unwrap_or_default();
        let parts = self.columns.get(&Field::RoomPart).cloned().unwrap_or_default();
        let is_entrance = |column: &usize| {
            let heading = &self.headings[*column];
            heading_key(heading) == "单元号" && !map.names(heading)
        };
        let entrance: Vec<usize> = rooms.iter().copied().filter(|column| is_entrance(column)).collect();
        if !entrance.is_empty() && rooms.len() + parts.len() > entrance.len() && !self.has(Field::Entrance) {
            self.columns.insert(Field::Entrance, entrance.clone());
            let others: Vec<usize> = rooms.into_iter().filter(|column| !entrance.contains(column)).collect();
            if others.is_empty() {
                self.columns.remove(&Field::Room);
            } else {
                self.columns.insert(Field::Room, others);
            }
        }
        let alone = !self.has(Field::Building) && !self.has(Field::Entrance) && !self.has(Field::Room);
        if let Some(parts) = alone.then(|| self.columns.remove(&Field::RoomPart)).flatten() {
            self.columns.insert(Field::Room, parts);
        }
    }

    /// How the rooms of this table are written can only be told from all of them.
    fn look_at_rooms(&mut self) {
        if !self.has(Field::Building) {
            return;
        }
        let room = if self.has(Field::RoomPart) { Field::RoomPart } else { Field::Room };
        let (mut filled, mut blank, mut two_part, mut repeats) = (0_usize, 0_usize, 0_usize, 0_usize);
        for index in self.rows.clone() {
            let row = self.row(index);
            let (building, room) = (self.cell(row, Field::Building), self.cell(row, room));
            if room.is_blank() {
                continue;
            }
            if building.is_blank() {
                blank += 1;
                continue;
            }
            filled += 1;
            if let Some(label) = read_room(room).filter(|label| label.entrance().is_none()) {
                two_part += 1;
                repeats += usize::from(narrow(&building.text()).starts_with(label.building()));
            }
        }
        self.merged_parts = filled > 0 && blank >= filled;
        self.room_has_entrance = !self.has(Field::Entrance) && two_part > repeats;
    }
}

/// Of these fields the most telling heading is taken, of others the leftmost.
fn columns_matter(field: Field) -> bool {
    matches!(field, Field::Area | Field::Room | Field::Owner | Field::PaidThrough)
}

fn rank_in(field: Field, heading: &str, matters: bool) -> usize {
    if matters { rank(field, heading) } else { 0 }
}
