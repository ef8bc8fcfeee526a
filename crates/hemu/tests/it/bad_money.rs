//! Input about money that cannot be, through the program itself: told in a sentence of both languages that says what, where and what to
//! do, with status 2; and not a byte of the database is another one afterwards.

use std::fmt::Write as _;

use crate::shell::Shell;

/// The day of the calls.
const DAY: [&str; 2] = ["--as-of", "2026-11-30"];

const STATEMENT: &str = "交易日期,借方发生额,贷方发生额,余额,对方户名,对方账号,摘要,流水号
2026-11-01,,88.00,88.00,孙某,6222000000000008,货款,S2
";

const SETTLEMENT: &str = "交易时间,微信订单号,商户订单号,交易状态,订单金额,手续费
`2026-11-03 09:10:11,`4200001,`HM-0001,`SUCCESS,`200.00,`1.20000
`2026-11-03 09:12:11,`4200002,`HM-0002,`SUCCESS,`100.00,`0.60000
总交易单数,订单总金额
`2,`300.00
";

/// Two units, one of them vacant, with a water meter that was read and confirmed in October, and a bank line that is nobody's yet.
fn office() -> Shell {
    let shell = Shell::new();
    shell.write(
        "l.csv",
        "房号,业主,面积,单价,已缴至,备注\n1-1-101,王芳,80,2.5,2026-10,\n1-1-102,李强,80,2.5,2026-10,空置\n",
    );
    let call = |words: &str| shell.call(&words.split(' ').collect::<Vec<_>>());
    call("import l.csv --as-of 2026-10-01");
    call("meter price --item 水费 --from 2026-10-01 --steps 3.45 --basis 水价公示 --as-of 2026-10-01");
    call("meter add --kind water --unit 1-1-101 --number W1 --start 100 --since 2026-10-01 --as-of 2026-10-01");
    call("meter read --number W1 --period 2026-10 --value 120 --as-of 2026-10-31");
    call("meter confirm --kind water --period 2026-10 --as-of 2026-10-31");
    shell.write("s.csv", STATEMENT);
    call("bank import s.csv --as-of 2026-11-05");
    call("close --month 2026-10 --as-of 2026-11-05");
    shell
}

/// The whole database, as a backup holds it.
fn database(shell: &Shell) -> Vec<u8> {
    shell.json(&["backup", "b.db"]);
    let bytes = std::fs::read(shell.path("b.db")).expect("a backup");
    std::fs::remove_file(shell.path("b.db")).expect("removed");
    bytes
}

/// Asserts that each call is wrong, that its sentence has these parts, and that nothing is another one afterwards.
fn assert_all_wrong(shell: &Shell, calls: &[(&str, &[&str])]) {
    let before = database(shell);
    for (call, parts) in calls {
        let words: Vec<&str> = call.split(' ').collect();
        shell.assert_wrong(&[&words[..], &DAY].concat(), parts);
        assert!(database(shell) == before, "{call} changes the database");
    }
    shell.json(&["verify"]);
}

#[test]
fn a_reading_that_runs_backwards_or_that_no_dial_shows_is_refused() {
    let shell = office();
    let read = "meter read --number W1 --period 2026-11 --value";
    assert_all_wrong(
        &shell,
        &[
            (&format!("{read} 119.9"), &["119.9", "120", "请核对"]),
            (&format!("{read} 100000"), &["100000", "5 位"]),
            (&format!("{read} 1000000000000000000"), &["--value", "1000000000000000000"]),
            (&format!("{read} 99999999999999999999999"), &["--value", "99999999999999999999999"]),
            (&format!("{read} -1"), &["--value"]),
            (&format!("{read} 120.0001"), &["--value", "120.0001"]),
            (&format!("{read} １３０"), &["--value", "１３０"]),
            ("meter read --number W1 --period 2026-10 --value 130", &["2026-10"]),
            ("meter read --number W7 --period 2026-11 --value 130", &["W7"]),
        ],
    );
}

#[test]
fn a_second_price_from_the_same_month_or_for_one_that_is_confirmed_is_refused() {
    let shell = office();
    shell.call(&[
        "meter",
        "price",
        "--item",
        "水费",
        "--from",
        "2026-12-01",
        "--steps",
        "3.60",
        "--basis",
        "新价",
        "--as-of",
        "2026-11-30",
    ]);
    let price = |from: &str, steps: &str| format!("meter price --item 水费 --from {from} --steps {steps} --basis 水价");
    assert_all_wrong(
        &shell,
        &[
            (&price("2026-12-01", "3.70"), &["2026-12"]),
            (&price("2026-10-01", "3.70"), &["2026-10"]),
            (&price("2027-01-02", "3.70"), &["1 日"]),
            (&price("2027-01-01", "25:4.83,15:3.45,:5.83"), &["--steps"]),
            (&price("2027-01-01", "15:3.45"), &["--steps"]),
            (&price("2027-01-01", "0"), &["--steps"]),
        ],
    );
}

#[test]
fn a_cost_over_no_unit_or_of_no_money_is_refused() {
    let shell = office();
    let share = "share run --item 公摊电费 --period 2026-11 --invoice 发票1";
    assert_all_wrong(
        &shell,
        &[
            (&format!("{share} --amount 90.00 --method area --scope 9"), &["9", "房"]),
            (
                &format!("{share} --amount 90.00 --method household --vacant-weight 0 --scope 1-1-102"),
                &["没有房屋承担"],
            ),
            (&format!("{share} --amount 0 --method area"), &["--amount"]),
            (&format!("{share} --amount 0.00 --method household"), &["--amount"]),
            (&format!("{share} --amount 90.005 --method area"), &["--amount", "90.005"]),
            (&format!("{share} --amount 90.00 --method usage"), &["1-1-102"]),
        ],
    );
}

#[test]
fn an_amount_with_three_decimals_or_of_another_size_is_refused_and_full_width_digits_are_the_number_they_show() {
    let shell = office();
    let pay = |amount: &str| format!("receipt add --unit 1-1-101 --on 2026-11-02 --amount {amount}");
    let amounts = ["1.005", "0.001", "１．００５", "1e18", "1000000000000000000"];
    for amount in amounts {
        assert_all_wrong(&shell, &[(&pay(amount), &["--amount", amount])]);
    }
    let call = format!("{} --as-of 2026-11-30", pay("１００"));
    assert_eq!(shell.call(&call.split(' ').collect::<Vec<_>>())["amount"], "100.00");
}

#[test]
fn a_day_or_month_of_another_century_is_refused() {
    let shell = office();
    let pay = "receipt add --unit 1-1-101 --amount 5 --on";
    let read = "meter read --number W1 --value 130";
    let share = "share run --item 公摊电费 --invoice 发票1 --amount 9 --method area --period";
    assert_all_wrong(
        &shell,
        &[
            (&format!("{pay} 1900-01-01"), &["--on", "1900-01-01"]),
            (&format!("{pay} 2999-01-01"), &["--on", "2999-01-01"]),
            (&format!("{read} --period 2026-11 --on 1900-01-01"), &["--on", "1900-01-01"]),
            (&format!("{read} --period 1900-01"), &["--period", "1900-01"]),
            (&format!("{read} --period 2999-01"), &["--period", "2999-01"]),
            (&format!("{share} 1900-01"), &["--period", "1900-01"]),
            (&format!("{share} 2028-01"), &["2028-01"]),
            ("close --month 1900-01", &["--month", "1900-01"]),
            ("close --month 2999-01", &["--month", "2999-01"]),
            ("bill run --period 2999-01", &["--period", "2999-01"]),
        ],
    );
}

#[test]
fn amounts_that_do_not_add_up_keep_a_file_out() {
    let shell = office();
    shell.write("balance.csv", STATEMENT.replace("88.00,88.00", "88.00,87.99"));
    let lines = "2026-11-02,,12.00,101.00,孙某,6222000000000008,货款,S3\n";
    shell.write("gap.csv", format!("{STATEMENT}{lines}"));
    shell.write(
        "short.csv",
        SETTLEMENT.replace("`2026-11-03 09:12:11,`4200002,`HM-0002,`SUCCESS,`100.00,`0.60000\n", ""),
    );
    assert_all_wrong(&shell, &[("bank import gap.csv", &["余额"]), ("bank import short.csv", &["2"])]);
}

#[test]
fn a_statement_imported_twice_changes_nothing() {
    let shell = office();
    let before = shell.call(&["bank", "list", "--as-of", "2026-11-30"]);
    let again = shell.call(&["bank", "import", "s.csv", "--as-of", "2026-11-30"]);
    assert_eq!((again["new"].as_u64(), again["known"].as_u64()), (Some(0), Some(1)));
    let wider = STATEMENT.replace("2026-11-01", " 2026-11-01 ");
    shell.write("again.csv", wider);
    let again = shell.call(&["bank", "import", "again.csv", "--as-of", "2026-11-30"]);
    assert_eq!((again["new"].as_u64(), again["known"].as_u64()), (Some(0), Some(1)), "another file, the same line");
    assert_eq!(shell.call(&["bank", "list", "--as-of", "2026-11-30"]), before);
    shell.json(&["verify"]);
}

#[test]
fn a_month_with_money_that_is_nobodys_yet_is_not_closed() {
    let shell = office();
    let before = database(&shell);
    shell.assert_wrong(&["close", "--month", "2026-11", "--as-of", "2026-12-01"], &["88.00", "对账", "1"]);
    assert!(database(&shell) == before, "nothing was closed");
}

#[test]
fn a_file_of_ten_thousand_nonsense_rows_is_told_row_by_row_and_nothing_of_it_goes_in() {
    let shell = office();
    let (mut list, mut readings, mut statement) =
        ("房号,业主,面积,单价,已缴至\n".to_owned(), "房号,表号,本期读数\n".to_owned(), STATEMENT.to_owned());
    for row in 0..10_000_u64 {
        let noise = row.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(17);
        writeln!(list, "№{noise:x},?{noise},-{noise},{noise}元整,去年").expect("text");
        writeln!(readings, "{noise},X{noise},{noise}{noise}").expect("text");
        writeln!(statement, "{noise},,{row}.00,?,某某,{noise:x},,").expect("text");
    }
    shell.write("noise.csv", statement);
    assert_all_wrong(&shell, &[("bank import noise.csv", &["9999", "日期无法识别", "请检查"])]);
    shell.write("readings.csv", readings);
    let import = ["meter", "import", "readings.csv", "--kind", "water", "--period", "2026-11", "--as-of", "2026-11-30"];
    let report = shell.call(&import);
    assert_eq!((report["accepted"].as_u64(), report["refused"].as_array().map_or(0, Vec::len)), (Some(0), 10_000));
    let confirm = ["meter", "confirm", "--kind", "water", "--period", "2026-11", "--dry-run", "--as-of", "2026-11-30"];
    assert_eq!(shell.call(&confirm)["findings"][0]["kind"], "missing", "nothing was read");
    let before = database(&shell);
    shell.write("list.csv", list);
    let report = shell.call(&["import", "list.csv", "--as-of", "2026-11-30", "--dry-run"]);
    assert_eq!((report["accepted"].as_u64(), report["refused"].as_array().map_or(0, Vec::len)), (Some(0), 10_000));
    assert!(database(&shell) == before, "nothing went in");
}
