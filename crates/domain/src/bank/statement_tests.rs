//! Statements of five banks with invented names, as their headings are found in public samples.

use super::*;

fn sheet(csv: &str) -> Vec<Sheet> {
    let cell = |text: &str| if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) };
    let rows = csv.trim().lines().map(|line| line.split('|').map(cell).collect()).collect();
    vec![Sheet { name: "流水".to_owned(), rows }]
}

fn options(map: &[&str]) -> StatementOptions {
    let today = NaiveDate::from_ymd_opt(2026, 11, 30).expect("a day");
    StatementOptions { map: StatementMap::parse(map).expect("a map"), today }
}

fn read(csv: &str) -> Statement {
    read_statement(&sheet(csv), &options(&[])).expect("a statement")
}

/// Bank, statement, own account: each has one payment of 209.90 by 李小梅 on 5 November and one of 300.00 the day after.
const SAMPLES: [(Layout, &str); 5] = [
    (
        Layout::Icbc,
        "凭证号|本方账号|对方账号|交易时间|借/贷|借方发生额|贷方发生额|对方行号|摘要|用途|对方单位名称|余额
0|1001000100010001|6222000000000002|2026-11-05 09:10:11|贷||209.90|102100|网转|1-1-102物业费|李小梅|1,209.90
0|1001000100010001|6222000000000009|2026-11-05 10:00:00|借|9.90||102100|手续费|||1,200.00
0|1001000100010001|6222000000000003|2026-11-06 11:00:00|贷||300.00|102100|转账||王建国|1,500.00",
    ),
    (
        Layout::Ccb,
        "账号：|3300000000000000001|
交易时间|借方发生额（支取）|贷方发生额（收入）|余额|币种|对方户名|对方账号|对方开户机构|记账日期|摘要|备注|账户明细编号-交易流水号
20261106 11:00:00|0.00|300.00|1,509.90|人民币元|王建国|6217000000000003|某支行|20261106|转账存入||2-77
20261105 09:10:11|0.00|209.90|1,209.90|人民币元|李小梅|6217000000000002|某支行|20261105|转账存入|1-1-102物业费|1-76
合计|0.00|509.90|",
    ),
    (
        Layout::Abc,
        "账户明细查询
交易时间|收入金额|支出金额|账户余额|交易行名|对方省市|对方账号|对方户名|交易用途
2026-11-05 09:10:11|209.90|--|1209.90|某支行|某省|6228000000000002|李小梅|1-1-102物业费
2026-11-06 11:00:00|300.00|--|1509.90|某支行|某省|6228000000000003|王建国|
以上为全部明细",
    ),
    (
        Layout::Boc,
        "查询账号[ Inquirer account number ]|400000000001
交易类型[ Transaction Type ]|付款人账号[ Debit Account No. ]|付款人名称[ Payer's Name ]|收款人名称[ Payee's Name ]|交易日期[ Transaction Date ]|交易金额[ Trade Amount ]|交易后余额[ After-transaction balance ]|交易流水号[ Transaction reference number ]|用途[ Purpose ]|交易附言[ Remark ]
来账|6216000000000002|李小梅|某物业公司|20261105|209.90|1209.90|900001||1-1-102物业费
往账|400000000001|某物业公司|某电力公司|20261105|-9.90|1200.00|900002|电费|
来账|6216000000000003|王建国|某物业公司|20261106|300.00|1500.00|900003||",
    ),
    (
        Layout::Cmb,
        "交易日|交易时间|借方金额|贷方金额|余额|摘要|流水号|收(付)方名称|收(付)方帐号|交易类型
2026-11-05|09:10:11||209.90|1209.90|1-1-102物业费|K1|李小梅|6214000000000002|网银贷记
2026-11-06|11:00:00||300.00|1509.90|转账|K2|王建国|6214000000000003|网银贷记
总计||0.00|509.90||||||",
    ),
];

#[test]
fn the_statements_of_five_banks_are_recognised_by_their_headings() {
    for (bank, csv) in SAMPLES {
        let statement = read(csv);
        assert_eq!(statement.problems, [], "{bank:?}");
        assert_eq!(statement.layout, bank);
        let mut lines = statement.lines.clone();
        lines.sort_by_key(|line| line.day);
        let [first, second] = &lines[..] else { panic!("{bank:?}: {lines:?}") };
        assert_eq!((first.amount, first.payer.as_str()), (Fen::new(20_990), "李小梅"), "{bank:?}");
        assert_eq!((second.amount, second.payer.as_str()), (Fen::new(30_000), "王建国"), "{bank:?}");
        assert_eq!((first.day.to_string(), second.day.to_string()), ("2026-11-05".to_owned(), "2026-11-06".to_owned()));
        assert!(first.remark.contains("1-1-102物业费"), "{bank:?}: {}", first.remark);
        assert!(first.account.ends_with("0002") && first.balance.is_some(), "{bank:?}");
    }
}

#[test]
fn the_own_account_stands_in_the_title_or_in_a_column() {
    assert_eq!(read(SAMPLES[0].1).own_account, "1001000100010001");
    assert_eq!(read(SAMPLES[1].1).own_account, "3300000000000000001");
    assert_eq!(read(SAMPLES[3].1).own_account, "400000000001");
    assert_eq!(read(SAMPLES[2].1).own_account, "");
}

#[test]
fn money_out_and_sums_are_no_lines() {
    let counts = |place: usize| {
        let statement = read(SAMPLES[place].1);
        (statement.outgoing, statement.skipped)
    };
    assert_eq!((counts(0), counts(1), counts(2), counts(3), counts(4)), ((1, 0), (0, 1), (0, 1), (1, 0), (0, 1)));
}

#[test]
fn a_balance_that_does_not_follow_names_its_row_in_either_order() {
    let oldest_first = SAMPLES[0].1.replace("1,500.00", "1,600.00");
    assert_eq!(read(&oldest_first).problems.iter().map(|one| one.row).collect::<Vec<_>>(), [4]);
    let newest_first = SAMPLES[1].1.replace("1,509.90", "1,609.90");
    assert_eq!(read(&newest_first).problems.iter().map(|one| one.row).collect::<Vec<_>>(), [3]);
    let cut: String = SAMPLES[0].1.lines().filter(|line| !line.contains("手续费")).collect::<Vec<_>>().join("\n");
    assert_eq!(read(&cut).problems.len(), 1, "a row was cut out");
    let mapped = read_statement(&sheet(&cut), &options(&["余额=ignore"])).expect("a statement");
    assert_eq!((mapped.problems.len(), mapped.lines.len()), (0, 2));
}

#[test]
fn an_amount_that_is_no_number_a_day_that_is_none_and_a_day_to_come_are_told() {
    for (from, to, column) in [
        ("209.90|102100", "二百元|102100", "贷方发生额"),
        ("2026-11-05 09:10:11", "十一月五日", "交易时间"),
        ("2026-11-06", "2026-12-06", "交易时间"),
        ("||300.00", "|1.00|300.00", "贷方发生额"),
    ] {
        let statement = read(&SAMPLES[0].1.replacen(from, to, 1));
        let told: Vec<&str> = statement.problems.iter().map(|one| one.column.as_str()).collect();
        assert!(told.contains(&column), "{from} -> {to}: {:?}", statement.problems);
    }
}

#[test]
fn a_bank_nobody_knows_is_read_by_a_map() {
    let csv = "到账时间|进账|来款人|说明\n2026-11-05|209.90|李小梅|1-1-102";
    let refused = read_statement(&sheet(csv), &options(&[])).expect_err("no statement");
    assert!(refused.zh.contains("交易日期") && refused.zh.contains("到账时间、进账"), "{}", refused.zh);
    let map = options(&["到账时间=day", "进账=in", "来款人=payer", "说明=remark"]);
    let statement = read_statement(&sheet(csv), &map).expect("a statement");
    assert_eq!((statement.layout, statement.lines.len()), (Layout::Other, 1));
    assert_eq!((statement.lines[0].payer.as_str(), statement.lines[0].remark.as_str()), ("李小梅", "1-1-102"));
}
