//! Headings: by which words a column is recognised, with or without units in brackets.

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
    /// What a person is to the unit: 1001 owner, 1002 family, 1003 tenant, 1004 guest.
    PersonKind,
    /// Numbers of fees in another sheet.
    Fees,
    /// Their start dates.
    FeeStarts,
    /// Known and not needed: the month's fee, sex, lift...
    Known,
}

/// Field, its name for `--map`, and the headings by which it is found, the most telling first.
type Vocabulary = (Field, &'static str, &'static [&'static str]);

#[rustfmt::skip]
const HEADINGS: &[Vocabulary] = &[
    (Field::Room, "room", &[
        "房号", "房间号", "房屋号", "房屋", "单元号", "门牌号", "门牌", "户号", "房产", "房屋名称", "房间全称", "房间编号全称", "房屋全称",
        "铺号", "商铺号", "房屋地址", "物业地址", "地址", "住址", "room", "unit",
    ]),
    (Field::Building, "building", &[
        "楼号", "栋号", "楼栋号", "楼栋", "楼栋编号", "楼栋名称", "幢号", "栋", "幢", "座号", "座", "楼宇", "楼座", "栋座", "号楼", "building",
    ]),
    (Field::Entrance, "entrance", &["单元", "单元编号", "单元名称", "门洞", "entrance"]),
    (Field::RoomPart, "room_no", &["室号", "房间", "房屋编号", "房间编号", "房间名称", "室"]),
    (Field::Owner, "owner", &[
        "业主", "业主姓名", "业主名称", "户主", "户主姓名", "产权人", "产权人姓名", "客户名称", "客户姓名", "业主名", "姓名", "住户姓名", "住户",
        "住户名称", "缴费人", "交费人", "owner", "name",
    ]),
    (Field::Phone, "phone", &[
        "电话", "联系电话", "手机", "手机号", "联系方式", "手机号码", "电话号码", "业主电话", "联系手机", "移动电话", "固定电话", "phone", "mobile",
    ]),
    (Field::IdNumber, "id_number", &["身份证号", "身份证", "证件号", "证件号码", "身份证号码", "id_number"]),
    (Field::Area, "area", &["计费面积", "收费面积", "建筑面积", "产权面积", "面积", "房屋面积", "建面", "area"]),
    (Field::Price, "price", &[
        "单价", "收费标准", "物业费单价", "物业费标准", "物业单价", "计费单价", "缴费标准", "物业服务费标准", "收费单价", "物业收费标准", "标准",
        "费率", "price",
    ]),
    (Field::PaidThrough, "paid_through", &[
        "已缴至", "缴至日期", "缴至年月", "缴费至", "费用缴至", "已交至", "交至", "缴至", "交费至", "已缴费至", "缴费截止", "缴费截止日期", "已收至",
        "收费至", "缴费到期", "费用到期", "到期日期", "缴费截至", "截止日期", "paid_through",
    ]),
    (Field::Remark, "remark", &["备注", "说明", "备注说明", "附注", "remark", "note"]),
    (Field::Occupancy, "occupancy", &[
        "入住情况", "房屋状态", "入住状态", "居住情况", "居住状态", "使用状态", "使用情况", "房态", "状态", "occupancy",
    ]),
    (Field::Floor, "floor", &["楼层", "房屋楼层", "层", "所在楼层", "floor"]),
    (Field::Kind, "kind", &["房屋类型", "物业类型", "业态", "房产类型", "用途", "房屋用途", "kind"]),
    (Field::Serial, "serial", &["序号", "编号", "no", "no.", "#", "行号", "序"]),
    (Field::OwnerNo, "owner_no", &["业主编号"]),
    (Field::PersonKind, "person_kind", &["业主类型"]),
    (Field::Fees, "fees", &["房屋费用"]),
    (Field::FeeStarts, "fee_starts", &["费用开始时间"]),
    (Field::Known, "ignore", &[
        "月物业费", "月费", "月应收", "月应缴", "月金额", "物业费", "物业服务费", "月物业服务费", "年物业费", "性别", "年龄", "总层数",
        "是否有电梯", "房屋户型", "户型", "室内面积", "套内面积", "租金", "公摊面积", "小区", "小区名称", "项目", "项目名称",
    ]),
];

/// Headings of people who are not the owner: their numbers are not the owner's.
const OTHER_PEOPLE: &[&str] = &["租", "紧急", "家属", "代理", "管家", "物业电话", "物业联系"];

/// Headings with more words than the usual ones: 业主联系电话, 建筑面积m2, 物业费单价元.
const PARTS: &[(&str, Field)] = &[
    ("缴至", Field::PaidThrough),
    ("交至", Field::PaidThrough),
    ("缴费至", Field::PaidThrough),
    ("交费至", Field::PaidThrough),
    ("缴纳至", Field::PaidThrough),
    ("交纳至", Field::PaidThrough),
    ("收费至", Field::PaidThrough),
    ("电话", Field::Phone),
    ("手机", Field::Phone),
    ("联系方式", Field::Phone),
    ("身份证", Field::IdNumber),
    ("套内", Field::Known),
    ("公摊", Field::Known),
    ("室内", Field::Known),
    ("面积", Field::Area),
    ("单价", Field::Price),
    ("收费标准", Field::Price),
    ("费标准", Field::Price),
    ("备注", Field::Remark),
    ("业主姓名", Field::Owner),
    ("业主名称", Field::Owner),
    ("产权人", Field::Owner),
];

/// The field of a heading as it stands in the sheet.
#[must_use]
pub fn field_of_heading(heading: &str) -> Option<Field> {
    let key = heading_key(heading);
    let exact = HEADINGS.iter().find(|(_, _, headings)| headings.contains(&key.as_str())).map(|(field, _, _)| *field);
    match exact {
        // 物业费 is the month's amount, but 物业费(元/㎡·月) is a price.
        Some(Field::Known) if key.ends_with('费') && is_per_area(heading) => Some(Field::Price),
        Some(field) => Some(field),
        None if key.is_empty() || OTHER_PEOPLE.iter().any(|word| key.contains(word)) => None,
        None => PARTS.iter().find(|(part, _)| key.contains(part)).map(|(_, field)| *field),
    }
}

fn is_per_area(heading: &str) -> bool {
    ["元/㎡", "元/平", "元/m", "元/M", "元／㎡", "元／平", "元每平"].iter().any(|unit| heading.contains(unit))
}

/// How telling a heading is among those of its field: 0 is the best.
#[must_use]
pub fn rank(field: Field, heading: &str) -> usize {
    let key = heading_key(heading);
    let words = HEADINGS.iter().find(|(one, _, _)| *one == field).map_or(&[][..], |(_, _, words)| *words);
    words.iter().position(|word| *word == key).unwrap_or(usize::MAX)
}

/// The field of that English name or usual heading, as `--map` gives it.
#[must_use]
pub fn field_of_name(name: &str) -> Option<Field> {
    let named = HEADINGS.iter().find(|(_, english, headings)| *english == name || headings.contains(&name));
    named.map(|(field, _, _)| *field)
}

/// The English name of a field, as `--map` takes it.
#[must_use]
pub fn name_of(field: Field) -> &'static str {
    HEADINGS.iter().find(|(one, _, _)| *one == field).map_or("ignore", |(_, english, _)| english)
}

/// All English names, for the message about a wrong one.
#[must_use]
pub fn known_names() -> String {
    HEADINGS.iter().map(|(_, name, _)| *name).collect::<Vec<_>>().join(", ")
}

/// A heading without brackets, blanks and case, in half-width: `建筑面积 (㎡)` is `建筑面积`.
#[must_use]
pub fn heading_key(heading: &str) -> String {
    let mut depth = 0_u32;
    let mut key = String::new();
    for c in heading.chars() {
        match c {
            '(' | '（' | '[' | '【' | '〔' => depth += 1,
            ')' | '）' | ']' | '】' | '〕' => depth = depth.saturating_sub(1),
            _ if depth > 0 || c.is_whitespace() || matches!(c, '*' | '＊' | ':' | '：' | '\u{feff}') => {}
            '\u{ff01}'..='\u{ff5e}' => {
                key.extend(char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c).to_lowercase());
            }
            _ => key.extend(c.to_lowercase()),
        }
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_is_recognised_with_units_and_more_words() {
        for (heading, field) in [
            ("建筑面积(㎡)", Field::Area),
            ("收费标准（元/㎡·月）", Field::Price),
            ("物业费(元/㎡·月)", Field::Price),
            ("月物业费(元)", Field::Known),
            ("业 主", Field::Owner),
            ("业主联系电话", Field::Phone),
            ("物业费缴至日期", Field::PaidThrough),
            ("建筑面积m²", Field::Area),
            ("套内建筑面积", Field::Known),
            ("No.", Field::Serial),
            ("房间号*", Field::Room),
        ] {
            assert_eq!(field_of_heading(heading), Some(field), "{heading}");
        }
    }

    #[test]
    fn other_peoples_numbers_are_not_the_owners() {
        for heading in ["租户电话", "紧急联系人电话", "车牌", ""] {
            assert_eq!(field_of_heading(heading), None, "{heading}");
        }
    }
}
