//! `hemu bank`: a statement from the command line, as an office scripts it.

use serde_json::json;

use crate::shell::{PLACE, Shell};

const STATEMENT: &str = "交易日期,借方发生额,贷方发生额,余额,对方户名,对方账号,摘要,流水号
2026-11-01,,400.00,400.00,王建国,6222000000000002,物业费,S1
2026-11-02,,88.00,488.00,孙某,6222000000000008,货款,S2
";

fn office() -> Shell {
    let shell = Shell::new();
    shell.write("l.csv", "房号,业主姓名,联系电话,建筑面积,单价,已缴至\n1-1-101,王建国,13812345678,80,2.5,2026-08\n");
    shell.call(&["import", "l.csv", "--as-of", "2026-10-31"]);
    shell
}

const DAY: [&str; 2] = ["--as-of", "2026-11-05"];

#[test]
fn a_statement_goes_in_once_and_what_is_certain_is_booked() {
    let shell = office();
    shell.write("s.csv", STATEMENT);
    let import = |more: &[&str]| shell.call(&[&["bank", "import", "s.csv"][..], &DAY, more].concat());
    assert_eq!(import(&["--dry-run"])["new"], 2);
    assert_eq!((&import(&[])["new"], &import(&[])["known"]), (&json!(2), &json!(2)));
    let lines = shell.call(&[&["bank", "list"][..], &DAY].concat());
    assert_eq!((&lines["certain"], &lines["open"][0]["proposals"][0]["unit"]), (&json!(1), &json!("1-1-101")));
    let done = shell.call(&[&["bank", "confirm"][..], &DAY].concat());
    assert_eq!((&done["booked"], &done["amount"], &done["left"]), (&json!(1), &json!("400.00"), &json!(1)));
    assert_eq!(shell.call(&["report", "arrears", "--as-of", "2026-11-05"])["rows"], json!([]));
    shell.json(&["verify"]);
}

#[test]
fn a_statement_that_cannot_be_is_told_and_changes_nothing() {
    let shell = office();
    let import = |name: &str, more: &[&str]| [&["bank", "import", name][..], &DAY, more].concat().join(" ");
    let wrong = |name: &str, more: &[&str], parts: &[&str]| {
        let call = import(name, more);
        shell.assert_wrong(&call.split(' ').collect::<Vec<_>>(), parts);
    };
    shell.write("s.csv", STATEMENT);
    shell.write("balance.csv", STATEMENT.replace("488.00", "489.00"));
    shell.write("amount.csv", STATEMENT.replace("88.00", "八十八"));
    shell.write("other.csv", "姓名,电话\n王建国,13812345678\n");
    wrong("nowhere.csv", &[], &["nowhere.csv"]);
    wrong("balance.csv", &[], &["余额"]);
    wrong("amount.csv", &[], &["八十八"]);
    wrong("other.csv", &[], &["other.csv", "交易日期"]);
    wrong("s.csv", &["--layout", "icbc"], &["工商银行"]);
    wrong("s.csv", &["--map", "余额=钱"], &["钱"]);
    assert_eq!(shell.refused(&[&["bank", "import", "s.csv", "--layout", "x"][..], &PLACE].concat()).0, Some(2));
    assert_eq!(shell.call(&[&["bank", "list"][..], &DAY].concat())["open"], json!([]));
}

#[test]
fn differences_with_a_provider_make_the_comparison_end_with_a_status_of_its_own() {
    let shell = office();
    let head = "交易时间,微信订单号,商户订单号,交易状态,订单金额,手续费";
    shell.write("w.csv", format!("{head}\n`2026-11-03 09:10:11,`4200001,`HM-0001,`SUCCESS,`200.00,`1.20000\n"));
    shell.call(&[&["bank", "import", "w.csv"][..], &DAY].concat());
    let compare = [&["--json", "bank", "compare"][..], &DAY, &PLACE].concat();
    let output = shell.run(&compare);
    assert_eq!(output.status.code(), Some(1), "a payment that is not in the books");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    assert_eq!((&report["reports"][0]["open"], &report["reports"][0]["fees"]), (&json!(1), &json!("1.20")));
    let add = ["receipt", "add", "--unit", "1-1-101", "--amount", "200", "--on", "2026-11-03", "--method", "wechat"];
    shell.call(&[&add[..], &DAY, &["--key", "HM-0001"]].concat());
    assert_eq!(shell.run(&compare).status.code(), Some(0));
}
