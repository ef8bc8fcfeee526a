//! What is written is read back, whatever the names in it.

use hemu_domain::import::{ReadOptions, read_workbook};
use hemu_domain::sheet::Cell;

use super::*;
use crate::sheets_in::read_sheets;

fn text(words: &str) -> CellOut {
    CellOut::Text(words.to_owned())
}

fn table() -> Table {
    Table {
        title: "欠费".to_owned(),
        headings: ["房号", "业主", "欠费", "天数", "面积", "到期日", "收缴率"].map(ToOwned::to_owned).to_vec(),
        rows: vec![vec![
            text("3-2-1502"),
            text("=HYPERLINK(\"x\")"),
            CellOut::Money(Fen::new(123_456_789)),
            CellOut::Integer(31),
            CellOut::Number(Decimal::new(8_932_000, 5)),
            CellOut::Date("2024-02-29".parse().expect("a day")),
            CellOut::BasisPoints(9_275),
        ]],
        totals: Some(vec![text("合计"), CellOut::Empty, CellOut::Money(Fen::new(-1))]),
    }
}

fn cells(row: &[Cell]) -> Vec<String> {
    row.iter().map(Cell::text).collect()
}

#[test]
fn what_is_written_is_read_back_and_a_formula_stays_text() {
    let bytes = to_xlsx(&[table()]).expect("a workbook");
    let sheets = read_sheets(&bytes, "x.xlsx").expect("reads");
    let rows = &sheets[0].rows;
    let expected = ["3-2-1502", "=HYPERLINK(\"x\")", "1234567.89", "31", "89.32", "2024-02-29", "0.9275"];
    assert_eq!(cells(&rows[1]), expected);
    assert!(matches!(rows[1][5], Cell::Date(_)) && matches!(rows[1][1], Cell::Text(_)));
    assert_eq!(cells(&rows[2]), ["合计", "", "-0.01"]);
    assert_eq!(bytes, to_xlsx(&[table()]).expect("a workbook"), "the same tables, the same bytes");
}

#[test]
fn a_csv_has_its_mark_and_reads_back_as_the_same_table() {
    let csv = to_csv(&table());
    assert!(csv.starts_with('\u{feff}'));
    assert!(csv.contains("\"'=HYPERLINK(\"\"x\"\")\",1234567.89,31,89.32,2024-02-29,92.75%\r\n"), "{csv}");
    let rows = read_sheets(csv.as_bytes(), "x.csv").expect("reads").remove(0).rows;
    assert_eq!(cells(&rows[1])[1], "'=HYPERLINK(\"x\")");
    assert_eq!(cells(&rows[2]), ["合计", "", "-0.01"], "an amount below zero is no formula");
}

#[test]
fn no_text_of_a_csv_is_a_formula_even_behind_a_blank_or_in_full_width() {
    for name in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "\n=1"] {
        let table = Table { headings: vec!["a".to_owned()], rows: vec![vec![text(name)]], totals: None, ..table() };
        let csv = to_csv(&table);
        assert!(csv.contains(&format!("'{name}")), "{csv:?}");
    }
    assert!(!is_formula("3-2-1502") && !is_formula("王=芳"));
}

#[test]
fn a_text_longer_than_a_cell_is_cut_and_spoils_no_workbook() {
    let table = Table { rows: vec![vec![text(&"很".repeat(40_000))]], totals: None, ..table() };
    let sheets = read_sheets(&to_xlsx(&[table]).expect("a workbook"), "x.xlsx").expect("reads");
    assert_eq!(sheets[0].rows[1][0].text().chars().count(), 32_767);
}

#[test]
fn a_day_before_excels_calendar_is_text() {
    let day: NaiveDate = "1899-12-31".parse().expect("a day");
    let table = Table { rows: vec![vec![CellOut::Date(day)]], totals: None, ..table() };
    let sheets = read_sheets(&to_xlsx(&[table]).expect("a workbook"), "x.xlsx").expect("reads");
    assert_eq!(sheets[0].rows[1], [Cell::Text("1899-12-31".to_owned())]);
}

#[test]
fn columns_are_as_wide_as_chinese_needs_and_no_wider_than_a_screen_bears() {
    let long = Table { rows: vec![vec![text(&"很".repeat(500)), text("王芳")]], totals: None, ..table() };
    assert_eq!((column_width(&long, 0, "房号"), column_width(&long, 1, "业主")), (50, 8));
    assert_eq!(column_width(&table(), 2, "欠费"), 14, "1,234,567.89");
}

#[test]
fn the_untouched_template_holds_nothing_to_import() {
    let sheets = read_sheets(&owners_template().expect("a workbook"), "t.xlsx").expect("reads");
    assert_eq!(sheets[0].rows.len(), 1, "headings only");
    let as_of = "2026-10-31".parse().expect("a day");
    let reading = read_workbook(&sheets, &ReadOptions { as_of, map: Default::default() }).expect("a table");
    assert_eq!((reading.rows_read, reading.accepted), (0, 0), "{:?}", reading.refused);
    assert_eq!((reading.warnings.len(), reading.notes.len()), (0, 0), "{:?} {:?}", reading.warnings, reading.notes);
}

#[test]
fn every_column_of_the_template_is_one_the_import_knows() {
    let mut sheets = read_sheets(&owners_template().expect("a workbook"), "t.xlsx").expect("reads");
    let row = ["3-2-1502", "郝娟、叶彧", "13800138000", "", "89.32", "2.35", "2026-09", "空置", ""];
    sheets[0].rows.push(row.map(|words| Cell::Text(words.to_owned())).to_vec());
    let as_of = "2026-10-31".parse().expect("a day");
    let reading = read_workbook(&sheets, &ReadOptions { as_of, map: Default::default() }).expect("a table");
    assert_eq!((reading.accepted, reading.refused.len(), reading.notes.len()), (1, 0, 0), "{:?}", reading.notes);
    let unit = &reading.units[0];
    assert!(unit.is_vacant() && unit.owners.len() == 2 && unit.phones[0].valid);
    assert_eq!(unit.opening_charges(as_of).iter().map(|charge| charge.amount).sum::<Fen>(), Fen::new(20_990));
}
