//! A month from the command line: looked at, closed, reported, exported, each figure the same everywhere.

use hemu_documents::sheets_in::read_sheets;
use serde_json::Value;

use crate::shell::Shell;

/// A unit of 200.00 a month that has paid until 2026-08, and November billed.
fn office() -> Shell {
    let shell = Shell::new();
    shell.write("l.csv", "房号,业主,电话,面积,单价,已缴至\n1-1-101,王芳,13812345678,80,2.5,2026-08\n");
    shell.call(&["import", "l.csv", "--as-of", "2026-10-31"]);
    shell.call(&["bill", "run", "--period", "2026-11", "--as-of", "2026-11-01"]);
    let pay =
        ["receipt", "add", "--unit", "1-1-101", "--amount", "450.00", "--on", "2026-11-02", "--as-of", "2026-11-02"];
    shell.call(&pay);
    shell
}

fn close(shell: &Shell, month: &str, more: &[&str]) -> Value {
    shell.call(&[&["close", "--month", month, "--as-of", "2026-12-01"][..], more].concat())
}

#[test]
fn a_month_is_looked_at_closed_and_reported_with_the_same_figures_in_every_form() {
    let shell = office();
    let looked = close(&shell, "2026-10", &["--dry-run"]);
    assert_eq!((looked["closed"].as_bool(), looked["receivable"]["closing"].as_str()), (Some(false), Some("400.00")));
    close(&shell, "2026-10", &[]);
    let closed = close(&shell, "2026-11", &[]);
    assert_eq!(closed["closed"], true);
    assert_eq!(closed["receivable"]["opening"], "400.00");
    assert_eq!(closed["receivable"]["closing"], "150.00");
    assert_eq!(closed["prepaid"]["applied"], "450.00");
    let report = shell.call(&["report", "month", "--month", "2026-11", "--format", "xlsx", "--out", "m.xlsx"]);
    for part in ["closed", "receivable", "late_fee", "prepaid", "due", "received", "items", "buildings"] {
        assert_eq!(report[part], closed[part], "{part}");
    }
    let workbook = std::fs::read(shell.folder.path().join("m.xlsx")).expect("a workbook");
    let sheets = read_sheets(&workbook, "m.xlsx").expect("sheets");
    let closing = sheets[0].rows.iter().find(|row| row[0].text() == "期末应收").expect("a line");
    assert_eq!(closing[1].text(), "150");
    let vouchers = shell.call(&["export", "vouchers", "--month", "2026-11", "--layout", "kingdee", "--out", "v.csv"]);
    assert_eq!(vouchers["closed"], true);
    let csv = std::fs::read(shell.folder.path().join("v.csv")).expect("a file");
    let rows = read_sheets(&csv, "v.csv").expect("a table").remove(0).rows;
    let sum = |place: usize| -> i64 {
        let fen = |row: &Vec<hemu_domain::sheet::Cell>| {
            hemu_domain::Fen::parse(&row[place].text()).map_or(0, |one| one.get())
        };
        rows.iter().skip(1).map(fen).sum()
    };
    assert_eq!(sum(9), sum(10), "debits and credits");
    let invoices = shell.call(&["export", "invoices", "--month", "2026-11"]);
    assert_eq!((invoices["gross"].as_str(), invoices["net"].as_str()), (Some("200.00"), Some("188.68")));
}

#[test]
fn a_month_that_is_not_over_or_not_next_is_refused_in_plain_words() {
    let shell = office();
    // From when on; which month comes first; which layouts there are.
    shell.assert_wrong(&["close", "--month", "2026-11", "--as-of", "2026-11-30"], &["2026-12-01"]);
    close(&shell, "2026-10", &[]);
    shell.assert_wrong(&["close", "--month", "2026-12", "--as-of", "2027-01-02"], &["2026-11"]);
    shell.assert_wrong(&["export", "vouchers", "--month", "2026-10", "--layout", "tea"], &["yonyou", "kingdee"]);
}
