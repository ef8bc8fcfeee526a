//! Tables as offices lay them out: several sheets, three columns for a room, merged cells, two heading rows, side notes.

use hemu_domain::import::MemberRole;
use hemu_domain::registry::unit::{Occupancy, UnitKind};

use crate::tables::{places, read, read_sheets, rooms, sheet, try_read};

#[test]
fn three_columns_make_a_room_under_each_of_their_names() {
    for heading in [
        "楼号|单元|室号|户主|手机|产权面积|单价",
        "栋号|单元号|房号|户主|手机|产权面积|单价",
        "楼栋号|单元号|房间|户主|手机|产权面积|单价",
        "幢号|单元|房间号|户主|手机|产权面积|单价",
    ] {
        let reading = read(&[heading, "=3|=2|=1502|王芳|13813467193|=89.32|=2.35", "3栋|2单元|1601室|李强||=90|=2.35"]);
        assert_eq!(rooms(&reading), ["3-2-1502", "3-2-1601"], "{heading}");
    }
}

#[test]
fn a_whole_room_beside_its_parts_wins_and_a_building_completes_a_part() {
    let reading = read(&["楼号|房号|业主|面积|单价", "3栋|3-2-1502|王芳|=89.32|=2.35"]);
    assert_eq!(rooms(&reading), ["3-2-1502"]);
    let reading = read(&[
        "楼号|房号|业主|面积|单价",
        "=1|1-101|王芳|=89.32|=2.35",
        "=1|2-101|李强|=89.32|=2.35",
        "=2|1-101|赵敏|=89.32|=2.35",
        "=3|1-101|孙勇|=89.32|=2.35",
    ]);
    assert_eq!(rooms(&reading), ["1-1-101", "1-2-101", "2-1-101", "3-1-101"]);
}

#[test]
fn headings_may_stand_on_two_rows_wherever_the_room_and_the_date_are() {
    let room_above = read(&[
        "某小区台账",
        "房号|业主信息||房屋||收费|",
        "|姓名|电话|建筑面积|状态|单价|已缴至",
        "1-1-101|王芳|13813467193|=50|空置|=2|2026-08",
        "1-1-102|李强|13813467194|=50|自住|=2|2026-08",
    ]);
    assert_eq!(rooms(&room_above), ["1-1-101", "1-1-102"]);
    let unit = &room_above.units[0];
    assert_eq!((unit.owners[0].as_str(), unit.phones.len(), unit.occupancy), ("王芳", 1, Occupancy::Vacant));
    assert_eq!(unit.paid_through.map(|paid| paid.period.to_string()).as_deref(), Some("2026-08"));
    let date_above =
        read(&["房屋信息||业主信息||已缴至", "房号|面积|姓名|电话|", "1-1-101|=50|王芳|13813467193|2026-08"]);
    assert_eq!((rooms(&date_above), date_above.rows_read), (vec!["1-1-101"], 1));
    assert!(date_above.units[0].paid_through.is_some(), "已缴至 stands over two rows");
}

#[test]
fn merged_buildings_are_carried_down_and_a_single_hole_is_not() {
    let merged = read(&[
        "楼号|单元|室号|业主|面积|单价",
        "1栋|1单元|=101|王芳|=89|=2",
        "||=102|李强|=89|=2",
        "||=201|赵敏|=89|=2",
        "|2单元|=101|孙勇|=89|=2",
        "||=102|周洋|=89|=2",
        "1栋小计||||=445|",
        "2栋|1单元|=101|吴明|=89|=2",
        "||=102|郑超|=89|=2",
    ]);
    assert_eq!(rooms(&merged), ["1-1-101", "1-1-102", "1-1-201", "1-2-101", "1-2-102", "2-1-101", "2-1-102"]);
    assert_eq!(merged.ignored, 1);
    let hole = read(&[
        "楼号|单元|室号|业主|面积|单价",
        "=1|=1|=101|王芳|=89|=2",
        "=1|=1|=102|李强|=89|=2",
        "|=1|=201|赵敏|=89|=2",
        "=1|=1|=202|孙勇|=89|=2",
    ]);
    assert_eq!((hole.accepted, hole.refused.len()), (3, 1), "a missing building is not guessed");
}

#[test]
fn a_heading_of_two_rows_and_a_row_of_units_are_one_heading() {
    let reading = read(&[
        "房号|业主||建筑面积|收费标准|已缴至",
        "|姓名|联系电话|||",
        "3-2-1502|王芳|1381346719|=89.32|=2.35|2026-10",
    ]);
    assert_eq!((reading.accepted, reading.rows_read), (1, 1));
    assert_eq!(reading.units[0].owners, ["王芳"]);
    assert_eq!(places(&reading.warnings), [(3, "联系电话", "1381346719")]);
    let units = read(&["房号|业主|建筑面积|收费标准", "||（㎡）|元/㎡·月", "3-2-1502|王芳|=89.32|=2.35"]);
    assert_eq!((units.accepted, units.rows_read), (1, 1), "{:?}", units.refused);
}

#[test]
fn all_sheets_with_a_table_are_read_and_rows_keep_their_sheet() {
    let reading = read_sheets(&[
        sheet("说明", &["本工作簿由客服部维护"]),
        sheet("1栋", &["房号|业主|面积|单价|已缴至", "1-1-101|王芳|=89|=2|2026-10", "1-1-102|李强||=2|2026-10"]),
        sheet("10栋", &["", "十栋台账", "房间号|户主|建面|物业费单价|缴费至", "10-1-101|赵敏|=89|=2|去年"]),
        sheet("2栋", &["房号|业主|面积|单价|已缴至", "2-1-101|孙勇|=89|=2|2026-10", "1-1-101|王芳|=89|=2|2026-10"]),
    ]);
    assert_eq!(rooms(&reading), ["1-1-101", "2-1-101"]);
    assert_eq!(reading.duplicates, 1, "the same row on another sheet");
    let refused: Vec<(&str, usize)> = reading.refused.iter().map(|f| (f.sheet.as_str(), f.row)).collect();
    assert_eq!(refused, [("1栋", 3), ("10栋", 4)], "in the order of the workbook");
}

#[test]
fn a_directory_of_phones_completes_the_list_of_fees() {
    let reading = read_sheets(&[
        sheet("收费", &["房号|业主|面积|单价|已缴至", "1-1-101|王芳|=89|=2|2026-10", "1-1-102|李强|=89|=2|2026-10"]),
        sheet("通讯录", &["房号|业主|电话", "1-1-101|王芳|13813467193", "1-1-102|张三|13813467194"]),
    ]);
    assert_eq!((reading.accepted, reading.duplicates), (1, 1));
    assert_eq!(reading.units[0].phones[0].number, "13813467193");
    let refused: Vec<(&str, usize)> = reading.refused.iter().map(|f| (f.sheet.as_str(), f.row)).collect();
    assert_eq!(refused, [("收费", 3), ("通讯录", 3)], "another owner is a difference");
}

#[test]
fn several_tables_below_one_another_are_read_with_their_own_columns() {
    let reading = read(&[
        "住宅",
        "房号|业主|面积|单价",
        "1-1-101|王芳|=89|=2",
        "合计||=89|",
        "",
        "商铺",
        "商铺号|客户名称|联系电话|计费面积|单价",
        "1-0-1|万家便利店|0571-88886666|=60|=3.5",
    ]);
    assert_eq!(rooms(&reading), ["1-1-101", "1-0-1"]);
    assert_eq!(reading.ignored, 1);
    assert_eq!((reading.units[1].kind, reading.units[1].phones.len()), (UnitKind::Shop, 1));
}

#[test]
fn the_area_to_charge_is_taken_of_several_and_the_rest_noted() {
    let reading = read(&[
        "房号|业主|电话|备用电话|租户电话|套内面积|建筑面积|计费面积|单价|电梯卡",
        "1-1-101|王芳|13813467193|13813467194|13813467195|=70|=89|=90|=2|=2",
    ]);
    let unit = &reading.units[0];
    assert_eq!(unit.area.map(|area| area.to_string()).as_deref(), Some("90"));
    assert_eq!(unit.phones.len(), 2, "a tenant's number is not the owner's");
    for noted in ["租户电话", "电梯卡", "建筑面积"] {
        assert!(reading.notes.iter().any(|note| note.contains(noted)), "{noted}: {:?}", reading.notes);
    }
}

#[test]
fn a_mapped_column_wins_over_one_recognised_by_name() {
    let table = sheet("台账", &["房号|业主|实际联系人|面积|单价", "1-1-101|王芳|李强|=89|=2"]);
    let reading = try_read(&[table], &["实际联系人=owner"]).expect("a table");
    assert_eq!(reading.units[0].owners, ["李强"]);
}

#[test]
fn side_notes_right_of_the_table_are_not_data() {
    let reading =
        read(&["房号|业主|面积|单价||||说明", "1-1-101|王芳|=89|=2|||填写说明|单价按合同", "||||||=2.35|小计不用填"]);
    assert_eq!((reading.rows_read, reading.accepted), (1, 1));
}

const MEMBERS: &str = "楼号|单元|房间|建筑面积|房屋状态|业主名称|手机号|身份证号|业主类型";

#[test]
fn family_and_tenants_belong_to_the_row_of_the_owner() {
    let reading = read(&[
        MEMBERS,
        "=1|=1|=101|=89|=2001|王芳|=13813467193||=1001",
        "=1|=1|=101|=89|=2001|王小明|=13813467194||=1002",
        "=1|=1|=101|=89|=2001|陈租客|=13813467195||=1003",
        "=1|=1|=102|=89|=2001|没有业主|=13813467196||=1002",
        "=1|=1|=103|=89|=2002||||",
        "=1|=1|=104|=89|=2008|周洋|=13813467197|111111111111111111|=1001",
    ]);
    assert_eq!(rooms(&reading), ["1-1-101", "1-1-103", "1-1-104"]);
    assert_eq!((reading.accepted, reading.refused.len()), (5, 1));
    let members: Vec<(MemberRole, &str)> =
        reading.units[0].members.iter().map(|member| (member.role, member.name.as_str())).collect();
    assert_eq!(members, [(MemberRole::Family, "王小明"), (MemberRole::Tenant, "陈租客")]);
    assert_eq!(reading.units[0].owners, ["王芳"]);
    assert_eq!(reading.units[1].occupancy, Occupancy::NotHandedOver);
    assert_eq!(reading.units[2].occupancy, Occupancy::Vacant);
    assert_eq!(reading.units[2].id_number, None, "the placeholder for an identity number");
    assert!(reading.warnings.is_empty(), "a unit not sold has no owner and needs none: {:?}", reading.warnings);
}

#[test]
fn members_on_the_sheet_of_owners_belong_to_the_homes_of_their_number() {
    let owners = sheet(
        "业主信息",
        &[
            "业主编号|业主名称|性别|手机号|身份证号|业主类型",
            "=1|王小明||=13813467194||=1002",
            "=1|王芳||=13813467193||=1001",
            "=9|无主||=13813467195||=1003",
        ],
    );
    let rooms = sheet("房屋信息", &["楼号|单元|房屋编号|面积|业主编号", "=1|=1|=101|=89|=1", "=1|=1|=102|=89|=1"]);
    let reading = try_read(&[owners, rooms], &[]).expect("a table");
    for unit in &reading.units {
        let members: Vec<(MemberRole, &str)> = unit.members.iter().map(|one| (one.role, one.name.as_str())).collect();
        assert_eq!((unit.owners.join(""), members), ("王芳".to_owned(), vec![(MemberRole::Family, "王小明")]));
    }
    assert_eq!(reading.units.len(), 2);
    assert!(reading.notes.iter().any(|note| note.contains("第 4 行") && note.contains("成员")), "{:?}", reading.notes);
}

#[test]
fn tens_of_thousands_of_rows_have_no_quadratic_step() {
    let mut lines = vec!["序号|房号|业主姓名|联系电话|建筑面积(㎡)|收费标准|已缴至|备注".to_owned()];
    for home in 0..30_000_u64 {
        let (building, room) = (home / 1_000, home % 1_000);
        lines.push(format!("={home}|{building}-1-{room:04}|王芳|=138{home:08}|=89.32|=2.35|2026-10|"));
    }
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let reading = read(&lines);
    assert_eq!(reading.accepted, 30_000);
    assert_eq!(reading.totals("2026-12-31".parse().expect("a day")).units_owing, 30_000);
}
