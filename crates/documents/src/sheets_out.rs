//! Spreadsheets out: tables with typed columns as `.xlsx` or CSV, and the workbook `import` understands best.
//!
//! A cell is a text, an amount or a number, never a formula: a name that begins with `=` stays a name.

use hemu_domain::Fen;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

/// A cell of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CellOut {
    /// Nothing.
    Empty,
    /// A text.
    Text(String),
    /// An amount, shown with thousands and two decimals.
    Money(Fen),
    /// A whole number.
    Integer(i64),
}

/// A table to write.
#[derive(Clone, Debug)]
pub struct Table {
    /// The name of its sheet.
    pub title: String,
    /// The headings.
    pub headings: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<CellOut>>,
    /// The row of sums, over the full set.
    pub totals: Option<Vec<CellOut>>,
}

/// Why a workbook cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("the spreadsheet cannot be written: {0}")]
pub struct WriteError(#[from] XlsxError);

/// The tables as one workbook, a sheet each. The same tables give the same bytes.
///
/// # Errors
/// [`WriteError`] when there are more rows than a sheet holds.
pub fn to_xlsx(tables: &[Table]) -> Result<Vec<u8>, WriteError> {
    let mut workbook = new_workbook()?;
    let bold = Format::new().set_bold();
    let money = Format::new().set_num_format("#,##0.00");
    for table in tables {
        let sheet = workbook.add_worksheet();
        sheet.set_name(&table.title)?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, heading) in (0_u16..).zip(&table.headings) {
            sheet.write_string_with_format(0, column, heading, &bold)?;
            sheet.set_column_width(column, 14)?;
        }
        for (row, cells) in (1_u32..).zip(table.rows.iter().chain(&table.totals)) {
            for (column, cell) in (0_u16..).zip(cells) {
                match cell {
                    CellOut::Empty => {}
                    CellOut::Text(text) => {
                        sheet.write_string(row, column, text)?;
                    }
                    CellOut::Money(amount) => {
                        sheet.write_number_with_format(row, column, cell_number(&amount.to_string()), &money)?;
                    }
                    CellOut::Integer(number) => {
                        sheet.write_number(row, column, cell_number(&number.to_string()))?;
                    }
                }
            }
        }
    }
    Ok(workbook.save_to_buffer()?)
}

/// Excel keeps numbers as floats; the text of an amount is read into the nearest one at the very edge, and nowhere else.
fn cell_number(text: &str) -> f64 {
    text.parse().unwrap_or_default()
}

fn new_workbook() -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    // A fixed date, so that equal tables are equal files.
    let properties = DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2026, 1, 1)?);
    workbook.set_properties(&properties);
    Ok(workbook)
}

/// The table as CSV with BOM, for Excel.
#[must_use]
pub fn to_csv(table: &Table) -> String {
    let text = |cell: &CellOut| match cell {
        CellOut::Empty => String::new(),
        CellOut::Text(text) => text.clone(),
        CellOut::Money(amount) => amount.to_string(),
        CellOut::Integer(number) => number.to_string(),
    };
    let quote = |cell: &CellOut| {
        let text = text(cell);
        let formula = matches!(cell, CellOut::Text(_)) && text.starts_with(['=', '+', '-', '@', '\t']);
        let text = if formula { format!("'{text}") } else { text };
        if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
    };
    let head = table.headings.iter().map(|heading| CellOut::Text(heading.clone())).collect::<Vec<_>>();
    let lines = std::iter::once(&head).chain(&table.rows).chain(&table.totals);
    let lines: Vec<String> = lines.map(|cells| cells.iter().map(quote).collect::<Vec<_>>().join(",")).collect();
    format!("\u{feff}{}\r\n", lines.join("\r\n"))
}

/// The workbook that `import` understands best, with explanations on a sheet of their own. Without a row filled in it holds
/// nothing to import.
///
/// # Errors
/// [`WriteError`] for a fault of the writer.
pub fn owners_template() -> Result<Vec<u8>, WriteError> {
    let text = |words: &str| CellOut::Text(words.to_owned());
    let headings = [
        "房号",
        "业主姓名",
        "联系电话",
        "身份证号",
        "建筑面积(㎡)",
        "收费标准(元/㎡·月)",
        "已缴至",
        "入住情况",
        "备注",
    ];
    let list = Table {
        title: "业主台账".to_owned(),
        headings: headings.map(ToOwned::to_owned).to_vec(),
        rows: Vec::new(),
        totals: None,
    };
    let explanations = [
        ("房号的写法", "楼栋-单元-房号，如 3-2-1502；商铺单元写 0，如 5-0-12"),
        ("业主的写法", "多位业主用顿号分开，如 郝娟、叶彧"),
        ("电话的写法", "11 位手机号，或带区号的座机；多个用顿号分开"),
        ("面积的写法", "计费面积，大于零的数，如 89.32"),
        ("单价的写法", "每平方米每月多少元，如 2.35"),
        ("已缴至的写法", "已经缴清的最后一个月，写成文本 2026-10；空着表示不计期初欠费"),
        ("空置", "备注写“空置”，或入住情况写“空置”"),
    ];
    let help = Table {
        title: "填写说明".to_owned(),
        headings: vec!["项目".to_owned(), "怎样填写".to_owned()],
        rows: explanations.iter().map(|(what, how)| vec![text(what), text(how)]).collect(),
        totals: None,
    };
    to_xlsx(&[list, help])
}

#[cfg(test)]
mod tests {
    use hemu_domain::import::{ReadOptions, read_workbook};

    use super::*;
    use crate::sheets_in::read_sheets;

    fn table() -> Table {
        Table {
            title: "欠费".to_owned(),
            headings: vec!["房号".to_owned(), "业主".to_owned(), "欠费".to_owned(), "天数".to_owned()],
            rows: vec![vec![
                CellOut::Text("3-2-1502".to_owned()),
                CellOut::Text("=HYPERLINK(\"x\")".to_owned()),
                CellOut::Money(Fen::new(123_456_789)),
                CellOut::Integer(31),
            ]],
            totals: Some(vec![
                CellOut::Text("合计".to_owned()),
                CellOut::Empty,
                CellOut::Money(Fen::new(1)),
                CellOut::Empty,
            ]),
        }
    }

    #[test]
    fn what_is_written_is_read_back_and_a_formula_stays_text() {
        let bytes = to_xlsx(&[table()]).expect("a workbook");
        let sheets = read_sheets(&bytes, "x.xlsx").expect("reads");
        let cells: Vec<String> = sheets[0].rows[1].iter().map(hemu_domain::sheet::Cell::text).collect();
        assert_eq!(cells, ["3-2-1502", "=HYPERLINK(\"x\")", "1234567.89", "31"]);
        assert_eq!(bytes, to_xlsx(&[table()]).expect("a workbook"));
    }

    #[test]
    fn a_csv_has_its_mark_and_no_formula() {
        let csv = to_csv(&table());
        assert!(csv.starts_with('\u{feff}'));
        assert!(csv.contains("\"'=HYPERLINK(\"\"x\"\")\",1234567.89,31"), "{csv}");
    }

    #[test]
    fn the_untouched_template_holds_nothing_to_import() {
        let sheets = read_sheets(&owners_template().expect("a workbook"), "t.xlsx").expect("reads");
        let as_of = "2026-10-31".parse().expect("a day");
        let reading = read_workbook(&sheets, &ReadOptions { as_of, map: Default::default() }).expect("a table");
        assert_eq!((reading.rows_read, reading.accepted), (0, 0), "{:?}", reading.refused);
    }
}
