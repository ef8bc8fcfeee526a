//! What is accepted, refused and warned about, rule by rule of the command line's contract.

use hemu_domain::Fen;
use hemu_domain::import::WorkbookError;
use hemu_domain::registry::unit::{Occupancy, UnitKind};

use crate::tables::{places, read, read_sheets, rooms, sheet, try_read};

const HEADING: &str = "序号|房号|业主姓名|联系电话|建筑面积(㎡)|收费标准(元/㎡·月)|已缴至|备注";

fn rows(rows: &[&str]) -> hemu_domain::import::ImportReading {
    let mut lines = vec!["某某花园物业费台账", "制表:客服部|||||||单位:元", HEADING];
    lines.extend(rows);
    read(&lines)
}

fn totals(reading: &hemu_domain::import::ImportReading) -> (usize, String) {
    let totals = reading.totals("2026-10-31".parse().expect("a day"));
    (totals.units_owing, totals.opening_arrears.to_string())
}

#[test]
fn an_ordinary_row_is_accepted_with_everything_it_says() {
    let reading = rows(&["=1|3栋2单元1502室|王 芳|18658325898/0571-88886666|89.32㎡|2.35元/㎡·月|2026.8|"]);
    let unit = &reading.units[0];
    assert_eq!((unit.label.as_str(), unit.row, unit.floor), ("3-2-1502", 4, Some(15)));
    assert_eq!(unit.owners, ["王芳"]);
    assert!(unit.phones.iter().all(|phone| phone.valid) && unit.phones.len() == 2);
    assert_eq!(totals(&reading), (1, "419.80".to_owned()), "two months of 209.90, each rounded");
    assert!(reading.warnings.is_empty() && reading.refused.is_empty());
}

#[test]
fn sub_totals_titles_notes_and_blank_rows_are_no_data() {
    let reading = rows(&[
        "=1|1-1-101|王芳|13813467193|=89.32|=2.35|2026-10|",
        "|1栋小计|||=89.32|||",
        "",
        HEADING,
        "=2|2-1-101|李强|13813467194|=89.32|=2.35|2026-10|与1栋合计缴费",
        "|||||小 计||",
        "合　计||2户||=178.64|||",
        "|总计: 2户||||||",
        "说明：以上数据截至2026年10月31日||||||",
        "制表人：张三|||审核：李四|||2026-10-31|",
        "以下空白",
        "=3|||||||",
    ]);
    assert_eq!(rooms(&reading), ["1-1-101", "2-1-101"]);
    assert_eq!((reading.rows_read, reading.accepted, reading.ignored), (6, 2, 4));
    assert!(reading.refused.is_empty() && reading.warnings.is_empty(), "{:?}", reading.refused);
}

#[test]
fn an_owner_without_a_room_is_refused_even_if_the_remark_speaks_of_a_sum() {
    let reading = rows(&[
        "=1||刘春梅|13813467193|=104.88|=2.35|2026-10|合计已缴",
        "=2|1502|刘春梅|13813467193|=104.88|=2.35|2026-10|",
        "=3|=1502|刘春梅|13813467193|=104.88|=2.35|2026-10|",
        "=4|物业用房|物业||=30|=2.35|2026-10|",
    ]);
    assert_eq!(
        places(&reading.refused),
        [(4, "房号", ""), (5, "房号", "1502"), (6, "房号", "1502"), (7, "房号", "物业用房")]
    );
}

#[test]
fn an_area_is_needed_where_the_fee_is_per_area_and_must_be_positive() {
    let reading = rows(&[
        "=1|1-1-101|王芳|13813467193||=2.35|2026-10|",
        "=2|1-1-102|王芳|13813467193|待核|=2.35|2026-10|",
        "=3|1-1-103|王芳|13813467193|=0|=2.35|2026-10|",
        "=4|1-1-104|王芳|13813467193|=-89|=2.35|2026-10|",
        "=5|1-1-105|王芳|13813467193|!#REF!|=2.35|2026-10|",
        "=6|1-1-106|王芳|13813467193||80元/户·月|2026-09|",
        "=7|1-1-107|王芳|13813467193|||2026-09|",
    ]);
    let column = "建筑面积(㎡)";
    let refused = [(4, column, ""), (5, column, "待核"), (6, column, "0"), (7, column, "-89"), (8, column, "#REF!")];
    assert_eq!(places(&reading.refused), refused);
    assert_eq!(rooms(&reading), ["1-1-106", "1-1-107"]);
    assert_eq!(totals(&reading), (1, "80.00".to_owned()), "a fee per unit needs no area, no price no fee");
    assert_eq!(places(&reading.warnings), [(10, "收费标准(元/㎡·月)", "")]);
}

#[test]
fn paid_through_is_read_in_every_form_and_refused_where_nobody_can_tell() {
    let paid = |text: &str| {
        let reading = rows(&[&format!("=1|1-1-101|王芳|13813467193|=100|=2.35|{text}|")]);
        let unit = reading.units.first().and_then(|unit| unit.paid_through);
        (unit.map(|paid| paid.period.to_string()), reading.refused.len(), reading.warnings.len())
    };
    for text in
        ["2026.8", "2026年8月", "2026-08", "2026/8", "202608", "=202608", "@2026-08-31", "@2026-08-28", "=46265"]
    {
        assert_eq!(paid(text), (Some("2026-08".to_owned()), 0, 0), "{text}");
    }
    assert_eq!(paid("@2026-08-15"), (Some("2026-08".to_owned()), 0, 1), "the month counts, with a warning");
    assert_eq!(paid(""), (None, 0, 1), "blank: accepted and warned");
    for text in ["=2026.1", "=2026.10", "=2026.12", "去年", "!#N/A", "=2026", "2026", "2026.13"] {
        assert_eq!(paid(text), (None, 1, 0), "{text}");
    }
}

#[test]
fn opening_arrears_are_rounded_month_by_month_and_a_later_month_is_prepaid() {
    let reading = rows(&[
        "=1|1-1-101|王芳|13813467193|=89.32|=2.35|2026-10|",
        "=2|1-1-102|李强|13813467194|=89.32|=2.35|2027-03|",
        "=3|1-1-103|赵敏|13813467195|=89.5|=1.11|2026-07|",
        "=4|1-1-104|孙勇|13813467196|=89.32|=2.35||",
    ]);
    // 89.5 x 1.11 = 99.345 is 99.35 in each of three months, not 298.04 over all.
    assert_eq!(totals(&reading), (1, "298.05".to_owned()));
    let as_of = "2026-10-31".parse().expect("a day");
    let charges = reading.units[2].opening_charges(as_of);
    let months: Vec<String> = charges.iter().map(|charge| charge.period.to_string()).collect();
    assert_eq!(months, ["2026-08", "2026-09", "2026-10"]);
    assert!(charges.iter().all(|charge| charge.amount == Fen::new(9_935)));
}

#[test]
fn equal_rows_are_one_and_rows_that_differ_are_refused_each_once() {
    let reading = rows(&[
        "=1|1-1-101|王芳|13813467193|=120|=2.35|2026-10|",
        "=2|１－１－１０１|王 芳|13813467193|120.00㎡|=2.35|2026年10月|",
        "=3|1-1-102|李强|13813467194|=120|=2.35|2026-10|",
        "=4|1-1-102|李强|13813467194|=120|=2.35|2026-09|",
        "=5|1-1-103|赵敏|13813467195|=120|=2.35|2026-10|",
        "=6|1-1-103|赵敏|13813467195|=120|=2.35|2026-10|装修",
        "=7|1-1-103|赵敏|13813467195|=120|=2.35|2026-10|",
    ]);
    assert_eq!((reading.accepted, reading.duplicates), (1, 1));
    let refused: Vec<usize> = reading.refused.iter().map(|finding| finding.row).collect();
    assert_eq!(refused, [6, 7, 8, 9, 10]);
    assert_eq!(places(&reading.refused)[0], (6, "房号", "1-1-102"));
}

#[test]
fn a_row_that_differs_and_has_another_fault_is_listed_once() {
    let reading = rows(&[
        "=1|1-1-101|王芳|13813467193|待核|=2.35|2026-10|",
        "=2|1-1-101|王芳|13813467193|=120|=2.35|去年|",
        "=3|1-1-102|李强|13813467194|待核|=2.35|去年|",
        "=4|1-1-102|李强|13813467194|待核|=2.35|去年|",
    ]);
    assert_eq!((reading.refused.len(), reading.duplicates), (3, 1));
}

#[test]
fn doubtful_phones_are_kept_unverified_and_listed() {
    let reading = rows(&[
        "=1|1-1-101|王芳|1587436684|=120|=2.35|2026-10|",
        "=2|1-1-102|李强|=138134671934|=120|=2.35|2026-10|",
        "=3|1-1-103|赵敏|=18999999999|=120|=2.35|2026-10|",
        "=4|1-1-104|孙勇|13813467193、11111111111|=120|=2.35|2026-10|",
        "=5|1-1-105|周洋|0571-88886666-802|=120|=2.35|2026-10|",
        "=6|1-1-106|吴明||=120|=2.35|2026-10|",
    ]);
    assert_eq!(reading.accepted, 6);
    let column = "联系电话";
    let expected = [
        (4, column, "1587436684"),
        (5, column, "138134671934"),
        (6, column, "18999999999"),
        (7, column, "13813467193、11111111111"),
    ];
    assert_eq!(places(&reading.warnings), expected);
    assert!(!reading.units[0].phones[0].valid && reading.units[3].phones[0].valid);
}

#[test]
fn several_owners_are_several_and_two_flats_of_one_person_one_party() {
    let reading = rows(&[
        "=1|1-1-101|郝娟、叶彧|13859833778|=120|=2.35|2026-10|",
        "=2|1-1-102|郝娟|13859833778|=120|=2.35|2026-10|",
        "=3|1-1-103|郝娟|13859833779|=120|=2.35|2026-10|",
        "=4|1-1-104|欧阳娜娜|18999999999|=120|=2.35|2026-10|",
        "=5|1-1-105|欧阳娜娜|18999999999|=120|=2.35|2026-10|",
    ]);
    let totals = reading.totals("2026-10-31".parse().expect("a day"));
    assert_eq!(totals.parties, 5, "郝娟 once and her namesake, 叶彧, and 欧阳娜娜 twice: a placeholder joins nobody");
}

#[test]
fn a_remark_marks_a_vacant_unit_and_an_entrance_0_a_shop() {
    let reading = rows(&[
        "=1|1-1-101|王芳|13813467193|=120|=2.35|2026-10|空置",
        "=2|1-1-102|李强|13813467194|=120|=2.35|2026-10|已取消空置",
        "=3|5-0-12|万家便利店|0571-88886666|=60|=3.5|2026-10|",
    ]);
    let kinds: Vec<(Occupancy, UnitKind)> = reading.units.iter().map(|unit| (unit.occupancy, unit.kind)).collect();
    assert_eq!(kinds[0], (Occupancy::Vacant, UnitKind::Home));
    assert_eq!(kinds[1], (Occupancy::Unknown, UnitKind::Home));
    assert_eq!(kinds[2].1, UnitKind::Shop);
}

#[test]
fn a_price_that_is_none_is_warned_about_and_not_billed() {
    let reading = rows(&[
        "=1|1-1-101|王芳|13813467193|=120|面议|2026-01|",
        "=2|1-1-102|李强|13813467194|=120|=0|2026-01|",
        "=3|1-1-103|赵敏|13813467195|=120|=-1|2026-01|",
    ]);
    assert_eq!((reading.accepted, reading.warnings.len()), (3, 3));
    assert_eq!(totals(&reading), (0, "0.00".to_owned()));
}

#[test]
fn names_no_font_has_are_noted() {
    let reading = rows(&["=1|1-1-101|谢䶮|13813467193|=120|=2.35|2026-10|"]);
    let notes = reading.names_outside(|c| c != '䶮');
    assert_eq!(notes.len(), 1);
    assert!(notes[0].contains("谢䶮") && notes[0].contains("U+4DAE") && notes[0].contains("第 4 行"), "{}", notes[0]);
    assert!(reading.names_outside(|_| true).is_empty());
}

#[test]
fn a_workbook_without_a_table_and_a_wrong_map_are_told() {
    let prose = sheet("说明", &["本表由客服部填写", "请勿修改"]);
    assert_eq!(try_read(std::slice::from_ref(&prose), &[]).err(), Some(WorkbookError::NoTable));
    let table = sheet("台账", &["房号|户名|面积|单价", "1-1-101|王芳|=89.32|=2.35"]);
    assert!(matches!(try_read(std::slice::from_ref(&table), &["户名"]), Err(WorkbookError::Map(_))));
    assert!(matches!(try_read(std::slice::from_ref(&table), &["户名=nothing"]), Err(WorkbookError::Map(_))));
    assert!(matches!(try_read(std::slice::from_ref(&table), &["没有这列=owner"]), Err(WorkbookError::Map(_))));
    let unmapped = read_sheets(&[prose.clone(), table.clone()]);
    assert!(unmapped.notes.iter().any(|note| note.contains("户名")) && unmapped.units[0].owners.is_empty());
    let mapped = try_read(&[prose, table], &["户名=owner"]).expect("a table");
    assert_eq!(mapped.units[0].owners, ["王芳"]);
}
