//! Orders, deposits and replaced meters from outside: recorded once, shown as they stand, and refused with a sentence.

use serde_json::{Value, json};

use crate::shell::Shell;

fn office() -> Shell {
    let shell = Shell::new();
    shell.write("l.csv", "房号,业主,电话,面积,单价,已缴至\n1-1-101,王芳,13812345678,80,2.5,2026-10\n");
    shell.call(&["import", "l.csv", "--as-of", "2026-10-31"]);
    shell
}

const TODAY: [&str; 2] = ["--as-of", "2026-11-02"];

fn call(shell: &Shell, args: &[&str]) -> Value {
    shell.call(&[args, &TODAY].concat())
}

fn wrong(shell: &Shell, args: &[&str], parts: &[&str]) {
    shell.assert_wrong(&[args, &TODAY].concat(), parts);
}

#[test]
fn an_order_is_listed_cancelled_once_or_taken_up_by_the_next_bill() {
    let shell = office();
    let add = ["order", "add", "--unit", "1-1-101", "--item", "门禁卡", "--counted-in", "张", "--basis", "业主补办"];
    let made = call(&shell, &[&add[..], &["--price", "15.00", "--quantity", "2"]].concat());
    assert_eq!((&made["amount"], &made["period"]), (&json!("30.00"), &json!("2026-11")));
    let kept = call(&shell, &[&add[..], &["--price", "20.00"]].concat());
    let cancel = ["order", "cancel", "--order", kept["id"].as_str().expect("an id"), "--reason", "不办了"];
    assert_eq!(call(&shell, &cancel)["state"], "cancelled");
    wrong(&shell, &cancel, &["取消"]);
    let bills = call(&shell, &["bill", "run", "--period", "2026-11"]);
    assert_eq!(bills["total"], "230.00", "a month and two cards");
    let states = |shell: &Shell| {
        let rows = call(shell, &["order", "list"])["rows"].as_array().expect("rows").clone();
        rows.iter().map(|one| (one["amount"].clone(), one["state"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(states(&shell), [(json!("20.00"), json!("cancelled")), (json!("30.00"), json!("billed"))]);
    let billed = ["order", "cancel", "--order", made["id"].as_str().expect("an id"), "--reason", "不办了"];
    wrong(&shell, &billed, &["出账"]);
    wrong(&shell, &[&add[..], &["--price", "0"]].concat(), &["大于零"]);
    wrong(
        &shell,
        &["order", "add", "--unit", "9-9-909", "--item", "卡", "--price", "1", "--basis", "补办"],
        &["9-9-909"],
    );
    wrong(&shell, &["order", "cancel", "--order", "7", "--reason", "不办了"], &["hemu order list"]);
}

#[test]
fn a_deposit_is_given_back_up_to_what_was_taken() {
    let shell = office();
    let take = ["deposit", "take", "--unit", "1-1-101", "--kind", "装修押金", "--amount", "2000.00"];
    let id = call(&shell, &take)["id"].as_str().expect("an id").to_owned();
    let back = ["deposit", "return", "--deposit", &id, "--reason", "装修验收合格"];
    assert_eq!(call(&shell, &[&back[..], &["--amount", "1500"]].concat())["returned"], "1500.00");
    let sums = |shell: &Shell| {
        let list = call(shell, &["deposit", "list"]);
        json!([list["taken"], list["returned"], list["left"], list["rows"][0]["left"]])
    };
    assert_eq!(sums(&shell), json!(["2000.00", "1500.00", "500.00", "500.00"]));
    wrong(&shell, &[&back[..], &["--amount", "500.01"]].concat(), &["500.00"]);
    wrong(&shell, &[&back[..], &["--amount", "-1"]].concat(), &["amount"]);
    wrong(&shell, &[&take[..], &["--on", "2026-11-03"]].concat(), &["2026-11-03"]);
    wrong(&shell, &[&take[..], &["--method", "barter"]].concat(), &["方式"]);
    assert_eq!(sums(&shell), json!(["2000.00", "1500.00", "500.00", "500.00"]), "what was refused changed nothing");
    assert!(shell.json(&["verify"])["checks"].as_array().is_some_and(|all| all.iter().all(|one| one["ok"] == true)));
}

#[test]
fn a_replaced_meter_counts_what_the_old_and_the_new_one_showed() {
    let shell = office();
    let add = ["meter", "add", "--kind", "water", "--unit", "1-1-101", "--number", "A1", "--since", "2026-10-31"];
    call(&shell, &[&add[..], &["--start", "100"]].concat());
    let basis = ["--basis", "供水公司价目"];
    call(
        &shell,
        &[&["meter", "price", "--item", "水费", "--from", "2026-11-01", "--steps", "3.00"], &basis[..]].concat(),
    );
    let replace = ["meter", "replace", "--number", "A1", "--new-number", "B2", "--on", "2026-11-02"];
    let done = call(&shell, &[&replace[..], &["--final", "104", "--start", "0"]].concat());
    assert_eq!((&done["old"], &done["new"]), (&json!("A1"), &json!("B2")));
    assert_eq!(call(&shell, &["meter", "list"])["meters"][0]["number"], "B2");
    call(&shell, &["meter", "read", "--number", "B2", "--period", "2026-11", "--value", "6"]);
    let usage = call(&shell, &["meter", "confirm", "--kind", "water", "--period", "2026-11"]);
    assert_eq!(usage["total"], "30.00", "four of the old one and six of the new one at 3.00");
    wrong(&shell, &[&replace[..], &["--final", "1", "--start", "0"]].concat(), &["A1"]);
    let backwards = ["meter", "replace", "--number", "B2", "--new-number", "C3", "--final", "1", "--start", "0"];
    wrong(&shell, &backwards, &["止码"]);
    let ahead = ["meter", "replace", "--number", "B2", "--new-number", "C3", "--on", "2026-12-01"];
    wrong(&shell, &[&ahead[..], &["--final", "9", "--start", "0"]].concat(), &["2026-12-01"]);
}
