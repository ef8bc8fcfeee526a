//! Bills, payments and lists from outside: each figure once, the same everywhere, and never twice.

use hemu_documents::sheets_in::read_sheets;
use serde_json::{Value, json};

use crate::shell::{PLACE, Shell};

/// Three units of 200.00 a month that have paid until 2026-08.
fn office() -> Shell {
    let shell = Shell::new();
    shell.write(
        "l.csv",
        "房号,业主,电话,面积,单价,已缴至\n1-1-101,王芳,13812345678,80,2.5,2026-08\n1-1-102,李强,13812345679,80,2.5,2026-08\n\
         1-1-103,\"=HYPERLINK(\"\"http://x.example\"\",\"\"赵\"\")\",13812345670,80,2.5,2026-08\n",
    );
    shell.call(&["import", "l.csv", "--as-of", "2026-10-31"]);
    shell
}

fn pay(shell: &Shell, unit: &str, amount: &str, more: &[&str]) -> Value {
    let call = ["receipt", "add", "--unit", unit, "--amount", amount, "--as-of", "2026-11-02"];
    shell.call(&[&call[..], more].concat())
}

const TODAY: [&str; 2] = ["--on", "2026-11-02"];

#[test]
fn a_dry_run_counts_what_the_run_then_writes_and_another_run_writes_nothing() {
    let shell = office();
    let run = |more: &[&str]| {
        let report = shell.call(&[&["bill", "run", "--period", "2026-11", "--as-of", "2026-11-01"][..], more].concat());
        (report["bills"].clone(), report["charges"].clone(), report["total"].clone(), report["already"].clone())
    };
    let expected = (json!(3), json!(3), json!("600.00"), json!(0));
    assert_eq!(run(&["--dry-run"]), expected);
    assert_eq!(run(&[]), expected);
    assert_eq!(run(&[]), (json!(0), json!(0), json!("0.00"), json!(3)));
}

#[test]
fn a_correction_is_told_charge_by_charge_and_then_waits_for_a_second_person() {
    let shell = office();
    shell.call(&["bill", "run", "--period", "2026-11", "--as-of", "2026-11-01"]);
    let call = ["rebill", "--item", "物业服务费", "--from", "2026-11", "--as-of", "2026-11-05"];
    let price = [&call[..], &["--price", "2.25", "--basis", "第六条"]].concat();
    let told = shell.call(&[&price[..], &["--dry-run"]].concat());
    assert_eq!((&told["was"], &told["becomes"]), (&json!("600.00"), &json!("540.00")));
    assert_eq!(told["rows"].as_array().map(Vec::len), Some(3));
    let asked = shell.call(&[&price[..], &["--reason", "单价录错"]].concat());
    let list = shell.call(&["approval", "list", "--as-of", "2026-11-05"]);
    assert_eq!((&list["open"][0]["id"], &list["open"][0]["kind"]), (&asked["id"], &json!("rebill")));
    shell.assert_wrong(&price, &["--reason"]);
    shell.assert_wrong(&[&call[..], &["--reason", "单价录错"]].concat(), &["--price"]);
    let same = [&call[..], &["--price", "2.5", "--basis", "第六条", "--dry-run"]].concat();
    shell.assert_wrong(&same, &["没有需要更正的应收"]);
}

#[test]
fn one_key_is_one_payment_and_never_another() {
    let shell = office();
    let key = ["--on", "2026-10-20", "--key", "银行流水 7"];
    let first = pay(&shell, "1-1-101", "150.00", &key);
    assert_eq!(pay(&shell, "1-1-101", "150.00", &key)["receipt"], first["receipt"]);
    let other = ["receipt", "add", "--unit", "1-1-101", "--amount", "151", "--as-of", "2026-11-02"];
    shell.assert_wrong(&[&other[..], &key].concat(), &["key"]);
    let arrears = shell.call(&["report", "arrears", "--as-of", "2026-11-02"]);
    assert_eq!(arrears["rows"][0]["principal"], "250.00", "400.00 less one payment");
}

#[test]
fn the_oldest_month_is_paid_first_unless_the_payer_names_another() {
    let shell = office();
    let first = pay(&shell, "1-1-101", "1.00", &TODAY);
    assert_eq!(first["allocations"][0]["period"], "2026-09");
    let both = pay(&shell, "1-1-101", "399.00", &TODAY);
    assert_eq!(both["allocations"].as_array().map(Vec::len), Some(2));
    let newer =
        pay(&shell, "1-1-102", "201.00", &TODAY)["allocations"][1]["charge"].as_str().expect("an id").to_owned();
    let named = pay(&shell, "1-1-102", "50.00", &[&TODAY[..], &["--for", &newer]].concat());
    assert_eq!(
        (&named["allocations"][0]["period"], &named["allocations"][0]["principal"]),
        (&json!("2026-10"), &json!("50.00"))
    );
}

#[test]
fn the_arrears_name_each_charge_by_the_id_a_payment_may_be_for() {
    let shell = office();
    let arrears = shell.call(&["report", "arrears", "--as-of", "2026-11-02"]);
    let charges = arrears["rows"][0]["charges"].as_array().expect("charges").clone();
    let periods: Vec<&Value> = charges.iter().map(|one| &one["period"]).collect();
    assert_eq!(periods, [&json!("2026-09"), &json!("2026-10")]);
    assert!(charges.iter().all(|one| one["principal"] == "200.00"), "they add up to the row: {charges:?}");
    let newer = charges[1]["charge"].as_str().expect("an id");
    let paid = pay(&shell, "1-1-101", "200.00", &[&TODAY[..], &["--for", newer]].concat());
    assert_eq!(
        (&paid["allocations"][0]["charge"], &paid["allocations"][0]["period"]),
        (&json!(newer), &json!("2026-10"))
    );
}

#[test]
fn a_workbook_goes_to_standard_output_where_it_is_redirected_and_never_beside_json() {
    let shell = office();
    let list = ["report", "arrears", "--as-of", "2026-11-02", "--format", "xlsx"];
    let output = shell.run(&[&list[..], &PLACE].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let sheets = read_sheets(&output.stdout, "list.xlsx").expect("a workbook");
    assert_eq!(sheets.len(), 1);
    shell.assert_wrong(&list, &["--out"]);
}

#[test]
fn money_put_by_pays_the_next_bill() {
    let shell = office();
    let receipt = pay(&shell, "1-1-101", "1,000.00", &TODAY);
    assert_eq!((receipt["allocations"].as_array().map(Vec::len), &receipt["prepaid"]), (Some(2), &json!("600.00")));
    shell.call(&["bill", "run", "--period", "2026-11", "--as-of", "2026-11-03"]);
    let arrears = shell.call(&["report", "arrears", "--as-of", "2026-12-31"]);
    let units: Vec<&str> =
        arrears["rows"].as_array().expect("rows").iter().filter_map(|row| row["unit"].as_str()).collect();
    assert_eq!(units, ["1-1-102", "1-1-103"], "the bill of 1-1-101 was paid out of what was put by");
    shell.json(&["verify"]);
}

#[test]
fn the_list_has_the_same_rows_in_every_format_and_a_name_is_never_a_formula() {
    let shell = office();
    let write = |format: &str| {
        let file = format!("list.{format}");
        shell.call(&["report", "arrears", "--as-of", "2026-10-31", "--format", format, "--out", &file]);
        std::fs::read(shell.path(&file)).expect("a file")
    };
    let list: Value = serde_json::from_slice(&write("json")).expect("JSON");
    let rows = |bytes: &[u8], name: &str| {
        let rows = read_sheets(bytes, name).expect("a table").remove(0).rows;
        rows[1..].iter().map(|row| (row[0].text(), row[1].text(), row[3].text())).collect::<Vec<_>>()
    };
    let (csv, xlsx) = (write("csv"), write("xlsx"));
    let (from_csv, from_xlsx) = (rows(&csv, "list.csv"), rows(&xlsx, "list.xlsx"));
    assert_eq!(from_csv.len(), 4, "three rows and their sum");
    for (position, row) in list["rows"].as_array().expect("rows").iter().enumerate() {
        let text = |key: &str| row[key].as_str().expect("text").to_owned();
        let amount = text("principal").trim_end_matches(".00").to_owned();
        assert_eq!(from_xlsx[position], (text("unit"), text("owner"), amount));
        assert_eq!(from_csv[position].1.trim_start_matches('\''), text("owner"));
        assert_eq!((&from_csv[position].0, &from_csv[position].2), (&text("unit"), &text("principal")));
    }
    assert_eq!(from_csv[2].1, "'=HYPERLINK(\"http://x.example\",\"赵\")");
    assert!(csv.starts_with(&[0xef, 0xbb, 0xbf]), "Excel reads it as UTF-8 by its mark");
    let sheets = read_sheets(&xlsx, "list.xlsx").expect("a workbook");
    assert!(matches!(sheets[0].rows[3][1], hemu_domain::sheet::Cell::Text(_)));
}

#[test]
fn a_draft_has_the_figures_of_the_list_and_no_number() {
    let shell = office();
    let letter = shell.call(&["letter", "demand", "--unit", "1-1-101", "--as-of", "2026-11-02", "--out", "d.pdf"]);
    assert_eq!(
        (&letter["number"], &letter["principal"], &letter["late_fee"]),
        (&Value::Null, &json!("400.00"), &json!("0.00"))
    );
    assert_eq!(letter["pay_by"], "2026-11-17", "15 days after, a working day");
    assert!(letter["missing"].as_array().is_some_and(|list| !list.is_empty()));
    let issue = ["letter", "demand", "--unit", "1-1-101", "--as-of", "2026-11-02", "--out", "e.pdf", "--issue"];
    shell.assert_wrong(&issue, &[]);
    assert!(!shell.path("e.pdf").exists());
    let notice = shell.call(&["letter", "board", "--entrance", "1栋1单元", "--as-of", "2026-11-02", "--out", "b.pdf"]);
    assert!(notice["number"].is_string() && notice["sha256"].as_str().is_some_and(|hash| hash.len() == 64));
}

#[test]
fn more_of_an_opening_balance_waits_for_a_second_person_and_changes_nothing_until_then() {
    let shell = office();
    let arrears = |shell: &Shell| shell.call(&["report", "arrears", "--as-of", "2026-11-02"])["rows"].clone();
    let before = arrears(&shell);
    let call = ["correct", "opening", "--unit", "1-1-101", "--reason", "漏记", "--as-of", "2026-11-02"];
    let asked = shell.call(&[&call[..], &["--period", "2026-09", "--amount", "12.34"]].concat());
    assert_eq!(asked["expires_on"], "2026-11-16");
    let list = shell.call(&["approval", "list", "--as-of", "2026-11-02"]);
    assert_eq!(
        (&list["open"][0]["kind"], &list["open"][0]["about"]["amount"]),
        (&json!("opening_correction"), &json!("12.34"))
    );
    assert_eq!(arrears(&shell), before);
    shell.assert_wrong(&[&call[..], &["--period", "2026-12", "--amount", "12.34"]].concat(), &["2026-12"]);
    shell.assert_wrong(&[&call[..], &["--period", "2026-09", "--amount", "-1"]].concat(), &["amount"]);
}

#[test]
fn the_end_of_the_service_is_previewed_asked_for_and_lists_what_is_put_by() {
    let shell = office();
    pay(&shell, "1-1-101", "500.00", &TODAY);
    let end = ["service", "end", "--on", "2026-10-31", "--as-of", "2026-11-02"];
    shell.call(&["bill", "run", "--period", "2026-11", "--as-of", "2026-11-02"]);
    let preview = shell.call(&[&end[..], &["--dry-run"]].concat());
    assert_eq!((&preview["was"], &preview["put_by"]), (&json!("600.00"), &json!("100.00")));
    let list = shell.call(&["service", "refunds", "--as-of", "2026-11-02"]);
    assert_eq!(list["put_by"], "0.00", "a preview writes nothing");
    let asked = shell.call(&[&end[..], &["--reason", "合同到期"]].concat());
    assert_eq!(asked["expires_on"], "2026-11-16");
    let within = ["service", "end", "--on", "2026-10-30", "--reason", "合同到期", "--as-of", "2026-11-02"];
    shell.assert_wrong(&within, &["2026-10-31"]);
}

#[test]
fn one_payment_for_several_units_of_one_payer_is_one_act_under_one_key() {
    let shell = Shell::new();
    let head = "房号,业主,电话,面积,单价,已缴至\n";
    let rows = "1-1-101,王芳,13812345678,80,2.5,2026-08\n1-1-102,王芳,13812345678,40,2.5,2026-08\n\
         1-1-103,李强,13812345679,80,2.5,2026-08\n";
    shell.write("l.csv", format!("{head}{rows}"));
    shell.call(&["import", "l.csv", "--as-of", "2026-10-31"]);
    let call =
        ["receipt", "add", "--unit", "1-1-101", "--unit", "1-1-102", "--on", "2026-11-02", "--as-of", "2026-11-02"];
    let taken = shell.call(&[&call[..], &["--amount", "610.00", "--key", "k"]].concat());
    let amounts =
        |taken: &Value| json!([taken["receipts"][0]["amount"], taken["receipts"][1]["amount"], taken["prepaid"]]);
    assert_eq!(amounts(&taken), json!(["410.00", "200.00", "10.00"]));
    let again = shell.call(&[&call[..], &["--amount", "610.00", "--key", "k"]].concat());
    assert_eq!((&again["repeated"], amounts(&again)), (&json!(true), amounts(&taken)));
    let others = ["receipt", "add", "--unit", "1-1-101", "--unit", "1-1-103", "--amount", "1", "--on", "2026-11-02"];
    shell.assert_wrong(&[&others[..], &["--as-of", "2026-11-02"]].concat(), &["1-1-103"]);
    assert_eq!(shell.call(&["report", "arrears", "--as-of", "2026-11-02"])["totals"]["principal"], "400.00");
}
