//! Files as offices send them: other encodings, blank lines, stray quotes, damage, passwords, bombs.

use std::io::Write as _;

use hemu_domain::sheet::Cell;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

use super::*;

fn rows(bytes: &[u8]) -> Vec<Vec<String>> {
    let sheet = read_sheets(bytes, "a/list.csv").expect("a table").remove(0);
    assert_eq!(sheet.name, "list");
    sheet.rows.iter().map(|row| row.iter().map(Cell::text).collect()).collect()
}

#[test]
fn a_csv_is_read_in_every_encoding_and_with_any_separator() {
    let expected = vec![vec!["房号", "业主"], vec!["3-2-1502", "王芳"]];
    let (gb, _, _) = encoding_rs::GB18030.encode("房号,业主\r\n3-2-1502,王芳\r\n");
    let utf_16 =
        "\u{feff}房号\t业主\r\n3-2-1502\t王芳\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    assert_eq!(rows(&gb), expected);
    assert_eq!(rows(&utf_16), expected, "Excel's Unicode text");
    for text in [
        "\u{feff}房号,业主\n3-2-1502,王芳\n",
        "房号\t业主\n3-2-1502\t王芳\n",
        "房号;业主\r3-2-1502;王芳",
        "\"房号\",\"业主\"\n\"3-2-1502\",\"王芳\"",
    ] {
        assert_eq!(rows(text.as_bytes()), expected, "{text}");
    }
}

#[test]
fn blank_lines_keep_the_numbers_of_the_rows_below_quotes_or_not() {
    assert_eq!(rows("标题\n\n房号,业主\n".as_bytes())[2], ["房号", "业主"]);
    assert_eq!(rows("\"标题\"\n\n\n房号,\"业主\"\n".as_bytes())[3], ["房号", "业主"]);
}

#[test]
fn quotes_hold_separators_and_line_ends_and_a_stray_one_swallows_nothing() {
    assert_eq!(rows("a,\"b,\"\"c\"\"\nd\",e\nf".as_bytes()), [vec!["a", "b,\"c\"\nd", "e"], vec!["f"]]);
    assert_eq!(rows("a,\"老王\n3-2-1502,b\n".as_bytes()), [vec!["a", "\"老王"], vec!["3-2-1502", "b"]]);
    assert_eq!(rows("5\"管,b\n".as_bytes()), [vec!["5\"管", "b"]]);
}

fn refusal(bytes: &[u8], name: &str) -> ReadError {
    let error = read_sheets(bytes, name).expect_err("refused");
    let text = error.text();
    assert!(text.zh.contains(name) && text.en.contains(name) && text.zh.contains('请'), "{text:?}");
    error
}

#[test]
fn what_is_no_spreadsheet_is_told() {
    assert!(matches!(refusal(b"", "x.xlsx"), ReadError::Empty(_)));
    assert!(matches!(refusal(b"\n \n", "x.csv"), ReadError::Empty(_)));
    assert!(matches!(refusal(b"\x00\x01\x02", "x.csv"), ReadError::NotASpreadsheet { .. }));
    assert!(matches!(refusal(b"PK\x03\x04 broken", "x.xlsx"), ReadError::NotASpreadsheet { .. }));
    assert!(matches!(refusal(b"\xd0\xcf\x11\xe0 broken", "x.xls"), ReadError::NotASpreadsheet { .. }));
    assert!(matches!(refusal(&archive("word/document.xml", b"<a/>"), "x.xlsx"), ReadError::NotASpreadsheet { .. }));
}

/// A ZIP archive with one part.
fn archive(name: &str, content: &[u8]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
    writer.write_all(content).expect("writes");
    writer.finish().expect("an archive").into_inner()
}

#[test]
fn an_archive_that_unpacks_to_a_thousand_times_its_size_is_refused() {
    let bomb = archive("xl/sharedStrings.xml", &vec![b' '; 80 << 20]);
    assert!(bomb.len() < 200_000, "{}", bomb.len());
    assert!(matches!(refusal(&bomb, "x.xlsx"), ReadError::TooLarge(_)));
}

/// A small workbook whose table begins in C4.
fn workbook() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let day = Format::new().set_num_format("yyyy\"年\"m\"月\"d\"日\"");
    let sheet = workbook.add_worksheet();
    sheet.write_string(3, 2, "房号").expect("writes");
    sheet.write_number(4, 2, 89.32).expect("writes");
    let noon = ExcelDateTime::parse_from_str("2024-03-31T13:45:00").expect("a time");
    sheet.write_datetime_with_format(4, 3, &noon, &day).expect("writes");
    sheet.write_formula(4, 4, Formula::new("=1/0").set_result("#DIV/0!")).expect("writes");
    sheet.write_boolean(4, 5, true).expect("writes");
    sheet.merge_range(5, 2, 6, 3, "合并", &Format::new()).expect("writes");
    workbook.add_worksheet().set_name("空表").expect("a name");
    workbook.save_to_buffer().expect("a workbook")
}

#[test]
fn rows_and_columns_count_from_the_corner_wherever_the_table_begins() {
    let sheets = read_sheets(&workbook(), "x.xlsx").expect("reads");
    let rows = &sheets[0].rows;
    assert_eq!((rows[0].len(), rows[3][2].text().as_str()), (0, "房号"));
    let cells: Vec<String> = rows[4].iter().map(Cell::text).collect();
    assert_eq!(cells, ["", "", "89.32", "2024-03-31", "#DIV/0!", "TRUE"]);
    assert!(matches!(rows[4][3], Cell::Date(_)), "the time of day is dropped");
    assert_eq!(
        rows[5].iter().map(Cell::text).collect::<Vec<_>>(),
        ["", "", "合并"],
        "a merged cell stands in its first"
    );
    assert_eq!((sheets[1].name.as_str(), sheets[1].rows.len()), ("空表", 0));
}

#[test]
fn a_file_cut_short_or_altered_is_read_or_refused_but_never_ends_the_program() {
    let whole = workbook();
    for length in (0..whole.len()).step_by(97) {
        assert!(read_sheets(&whole[..length], "x.xlsx").is_err(), "cut at {length}");
    }
    for place in (0..whole.len()).step_by(61) {
        let mut altered = whole.clone();
        altered[place] ^= 0x5a;
        let _either = read_sheets(&altered, "x.xlsx");
    }
}
