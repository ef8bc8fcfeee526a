//! Columns: where the table of a sheet begins and which column holds what.

use std::collections::BTreeMap;

use crate::sheet::{Cell, Sheet};

/// What a column can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The whole room, such as 3-2-1502.
    Room,
    /// Building part.
    Building,
    /// Entrance part.
    Entrance,
    /// Room part.
    RoomPart,
    /// Owner names.
    Owner,
    /// Phone numbers.
    Phone,
    /// Identity number.
    IdNumber,
    /// Charged area.
    Area,
    /// Price per m² and month.
    Price,
    /// Paid up to.
    PaidThrough,
    /// Remark.
    Remark,
    /// Occupancy.
    Occupancy,
    /// Floor.
    Floor,
    /// Kind of unit.
    Kind,
    /// Running number of the list.
    Serial,
    /// Number of an owner in another sheet.
    OwnerNo,
    /// Numbers of fees in another sheet.
    Fees,
    /// Their start dates.
    FeeStarts,
    /// Known and not needed: the month's fee, sex, lift...
    Known,
}

/// Names of the fields for `--map`, and the headings by which each is found. The first heading is the field's own name.
const HEADINGS: &[(Field, &str, &[&str])] = &[
    (
        Field::Room,
        "room",
        &[
            "房号",
            "房间号",
            "房屋",
            "房屋号",
            "单元号",
            "门牌号",
            "房屋地址",
            "门牌",
            "房产",
            "户号",
            "房屋名称",
            "地址",
            "物业地址",
            "住址",
            "房间编号全称",
            "铺号",
            "商铺号",
        ],
    ),
    (Field::Building, "building", &["楼号", "栋号", "楼栋号", "楼栋", "楼栋编号", "幢号", "栋", "幢", "座号", "楼宇"]),
    (Field::Entrance, "entrance", &["单元", "单元编号", "单元名称", "门洞"]),
    (Field::RoomPart, "room_no", &["室号", "房间", "房屋编号", "室", "房间编号", "房间名称"]),
    (
        Field::Owner,
        "owner",
        &[
            "业主",
            "业主姓名",
            "业主名称",
            "户主",
            "户主姓名",
            "产权人",
            "客户名称",
            "姓名",
            "客户姓名",
            "住户",
            "住户姓名",
            "业主名",
            "缴费人",
        ],
    ),
    (
        Field::Phone,
        "phone",
        &["电话", "联系电话", "手机", "手机号", "联系方式", "手机号码", "电话号码", "业主电话", "联系手机", "移动电话"],
    ),
    (Field::IdNumber, "id_number", &["身份证号", "身份证", "证件号", "证件号码", "身份证号码"]),
    (Field::Area, "area", &["计费面积", "收费面积", "建筑面积", "产权面积", "面积", "房屋面积", "建面"]),
    (
        Field::Price,
        "price",
        &["单价", "收费标准", "物业费单价", "物业费标准", "物业单价", "计费单价", "缴费标准", "物业服务费标准", "标准"],
    ),
    (
        Field::PaidThrough,
        "paid_through",
        &[
            "已缴至",
            "缴至日期",
            "缴至年月",
            "缴费至",
            "费用缴至",
            "已交至",
            "交至",
            "缴至",
            "交费至",
            "已缴费至",
            "缴费截止",
            "已收至",
            "缴费到期",
            "费用到期",
        ],
    ),
    (Field::Remark, "remark", &["备注", "说明", "备注说明", "附注"]),
    (
        Field::Occupancy,
        "occupancy",
        &["入住情况", "房屋状态", "入住状态", "居住情况", "居住状态", "使用状态", "使用情况"],
    ),
    (Field::Floor, "floor", &["楼层", "房屋楼层", "层", "所在楼层"]),
    (Field::Kind, "kind", &["房屋类型", "物业类型", "业态", "房产类型", "用途"]),
    (Field::Serial, "serial", &["序号", "编号", "no", "no.", "#", "行号"]),
    (Field::OwnerNo, "owner_no", &["业主编号"]),
    (Field::Fees, "fees", &["房屋费用"]),
    (Field::FeeStarts, "fee_starts", &["费用开始时间"]),
    (
        Field::Known,
        "ignore",
        &[
            "月物业费",
            "月费",
            "月应收",
            "物业费",
            "月物业服务费",
            "年物业费",
            "性别",
            "年龄",
            "总层数",
            "是否有电梯",
            "房屋户型",
            "户型",
            "室内面积",
            "套内面积",
            "租金",
            "业主类型",
            "公摊面积",
            "小区",
            "小区名称",
            "项目",
            "项目名称",
        ],
    ),
];

/// Rows looked at for the heading.
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

impl ColumnMap {
    /// Reads `heading=field` pairs; a field may be named in English or by its usual heading.
    ///
    /// # Errors
    /// [`HeadingError`] names what cannot be understood.
    pub fn parse<S: AsRef<str>>(pairs: &[S]) -> Result<Self, HeadingError> {
        let mut by_heading = BTreeMap::new();
        for pair in pairs {
            let (heading, field) =
                pair.as_ref().rsplit_once('=').ok_or_else(|| HeadingError::Form(pair.as_ref().to_owned()))?;
            let found =
                HEADINGS.iter().find(|(_, name, headings)| *name == field.trim() || headings.contains(&field.trim()));
            let (field, _, _) = found.ok_or_else(|| HeadingError::UnknownField {
                field: field.trim().to_owned(),
                known: HEADINGS.iter().map(|(_, name, _)| *name).collect::<Vec<_>>().join(", "),
            })?;
            by_heading.insert(heading_key(heading), *field);
        }
        Ok(Self { by_heading })
    }
}

/// The table of a sheet.
#[derive(Debug)]
pub struct Table<'a> {
    /// The sheet it is on.
    pub sheet: &'a Sheet,
    /// Index of the heading row in `sheet.rows`.
    pub heading_row: usize,
    /// Columns by field; the first of each.
    pub columns: BTreeMap<Field, usize>,
    /// Index of the last column with a heading: what stands to the right are side notes.
    pub last_column: usize,
    unknown: Vec<String>,
}

impl Table<'_> {
    /// The cell of a field in a row.
    #[must_use]
    pub fn cell<'r>(&self, row: &'r [Cell], field: Field) -> &'r Cell {
        static EMPTY: Cell = Cell::Empty;
        self.columns.get(&field).and_then(|column| row.get(*column)).unwrap_or(&EMPTY)
    }

    /// The heading of a field as it stands; empty where there is no such column.
    #[must_use]
    pub fn heading(&self, field: Field) -> String {
        let heading = self.sheet.rows[self.heading_row].get(self.columns.get(&field).copied().unwrap_or(usize::MAX));
        heading.map(Cell::text).unwrap_or_default()
    }

    /// Whether the sheet has that column.
    #[must_use]
    pub fn has(&self, field: Field) -> bool {
        self.columns.contains_key(&field)
    }

    /// The columns of the room: one, or its parts.
    #[must_use]
    pub fn room_heading(&self) -> String {
        let field = if self.has(Field::Room) { Field::Room } else { Field::RoomPart };
        self.heading(field)
    }

    /// Columns that were not recognised.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let name = &self.sheet.name;
        let note = |heading: &String| {
            format!("{name}：列“{heading}”未识别，已跳过；可用 --map \"{heading}=field\" 指定 / column not recognised")
        };
        self.unknown.iter().map(note).collect()
    }
}

/// The sheets that hold a table of rooms.
///
/// # Errors
/// [`HeadingError::UnknownHeading`] when the map names a heading no table has.
pub fn find_tables<'a>(sheets: &'a [Sheet], map: &ColumnMap) -> Result<Vec<Table<'a>>, HeadingError> {
    let tables: Vec<Table<'a>> = sheets.iter().filter_map(|sheet| find_table(sheet, map)).collect();
    let has_heading = |key: &String| {
        tables
            .iter()
            .any(|table| table.sheet.rows[table.heading_row].iter().any(|cell| heading_key(&cell.text()) == *key))
    };
    match map.by_heading.keys().find(|key| !has_heading(key)) {
        Some(key) if !tables.is_empty() => Err(HeadingError::UnknownHeading(key.clone())),
        _ => Ok(tables),
    }
}

fn find_table<'a>(sheet: &'a Sheet, map: &ColumnMap) -> Option<Table<'a>> {
    let heading_row = sheet.rows.iter().take(HEADING_DEPTH).position(|row| is_heading(row, map))?;
    let row = &sheet.rows[heading_row];
    let mut columns = BTreeMap::new();
    let mut unknown = Vec::new();
    let mut last_column = 0;
    let mut gap = 0;
    for (column, cell) in row.iter().enumerate() {
        if cell.is_blank() {
            gap += 1;
            continue;
        }
        // A wide gap ends the table: what follows are side notes.
        if gap > 2 && column > 2 {
            break;
        }
        gap = 0;
        last_column = column;
        match field_of(&cell.text(), map) {
            Some(field) => prefer(&mut columns, field, column, row),
            None => unknown.push(cell.text()),
        }
    }
    Some(Table { sheet, heading_row, columns, last_column, unknown })
}

/// The first column of a field counts; of several areas the one for charging, in the order of its headings.
fn prefer(columns: &mut BTreeMap<Field, usize>, field: Field, column: usize, row: &[Cell]) {
    let rank = |column: usize| {
        let key = heading_key(&row[column].text());
        let headings = HEADINGS.iter().find(|(one, _, _)| *one == field).map_or(&[][..], |(_, _, headings)| *headings);
        headings.iter().position(|heading| *heading == key).unwrap_or(usize::MAX)
    };
    match columns.get(&field) {
        Some(first) if field != Field::Area || rank(*first) <= rank(column) => {}
        _ => {
            columns.insert(field, column);
        }
    }
}

fn is_heading(row: &[Cell], map: &ColumnMap) -> bool {
    let fields: Vec<Field> = row
        .iter()
        .filter(|cell| matches!(cell, Cell::Text(_)))
        .filter_map(|cell| field_of(&cell.text(), map))
        .collect();
    let has = |field: Field| fields.contains(&field);
    let room = has(Field::Room) || (has(Field::RoomPart) && (has(Field::Building) || has(Field::Entrance)));
    let facts = [Field::Owner, Field::Area, Field::Price, Field::PaidThrough, Field::Phone, Field::OwnerNo];
    room && facts.into_iter().any(has)
}

/// Whether a row repeats the heading, as printed lists do on each page.
#[must_use]
pub fn repeats_heading(table: &Table<'_>, row: &[Cell]) -> bool {
    let heading = &table.sheet.rows[table.heading_row];
    let same = |column: &usize| row.get(*column).map(Cell::text) == heading.get(*column).map(Cell::text);
    table.columns.len() >= 2 && table.columns.values().all(same)
}

fn field_of(heading: &str, map: &ColumnMap) -> Option<Field> {
    let key = heading_key(heading);
    if key.is_empty() {
        return None;
    }
    if let Some(field) = map.by_heading.get(&key) {
        return Some(*field);
    }
    let exact = HEADINGS.iter().find(|(_, _, headings)| headings.contains(&key.as_str()));
    exact.map(|(field, _, _)| *field).or_else(|| by_part(&key))
}

/// Headings with more words than the usual ones: 业主联系电话, 建筑面积m2, 物业费单价元.
fn by_part(key: &str) -> Option<Field> {
    const PARTS: &[(&str, Field)] = &[
        ("缴至", Field::PaidThrough),
        ("交至", Field::PaidThrough),
        ("缴费至", Field::PaidThrough),
        ("电话", Field::Phone),
        ("手机", Field::Phone),
        ("身份证", Field::IdNumber),
        ("套内", Field::Known),
        ("公摊", Field::Known),
        ("室内", Field::Known),
        ("面积", Field::Area),
        ("单价", Field::Price),
        ("收费标准", Field::Price),
        ("备注", Field::Remark),
        ("业主姓名", Field::Owner),
    ];
    PARTS.iter().find(|(part, _)| key.contains(part)).map(|(_, field)| *field)
}

/// A heading without brackets, blanks and case: `建筑面积 (㎡)` is `建筑面积`.
pub(super) fn heading_key(heading: &str) -> String {
    let mut depth = 0_u32;
    let mut key = String::new();
    for c in heading.chars() {
        match c {
            '(' | '（' | '[' | '【' => depth += 1,
            ')' | '）' | ']' | '】' => depth = depth.saturating_sub(1),
            _ if depth > 0 || c.is_whitespace() || matches!(c, '*' | '＊' | ':' | '：') => {}
            _ => key.extend(c.to_lowercase()),
        }
    }
    key
}
