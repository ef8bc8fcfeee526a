//! Input nobody can mean is told in a sentence of both languages, with status 2, and changes nothing.

use crate::shell::Shell;

fn office() -> Shell {
    let shell = Shell::new();
    shell.write("l.csv", "房号,业主,面积,单价,已缴至\n1-1-101,王芳,80,2.5,2026-08\n");
    shell.call(&["import", "l.csv", "--as-of", "2026-10-31"]);
    shell
}

/// Asserts that each call is wrong and that nothing is owed less, or to others, afterwards.
fn assert_all_wrong(shell: &Shell, calls: &[(Vec<&str>, &str)]) {
    let arrears = || shell.call(&["report", "arrears", "--as-of", "2026-11-02"]);
    let before = arrears();
    for (call, named) in calls {
        shell.assert_wrong(call, &[named]);
    }
    assert_eq!(arrears(), before);
}

#[test]
fn an_amount_nobody_can_have_paid_is_refused() {
    let shell = office();
    let pay = |amount| {
        vec!["receipt", "add", "--unit", "1-1-101", "--on", "2026-11-02", "--as-of", "2026-11-02", "--amount", amount]
    };
    let amounts =
        ["0", "-5", "0.005", "1e3", "1,5", "12,34", "1000000000.01", "2000000000", "99999999999999999999", "十元", ""];
    assert_all_wrong(&shell, &amounts.map(|amount| (pay(amount), "--amount")));
}

#[test]
fn a_day_before_1990_that_is_none_or_after_today_is_refused() {
    let shell = office();
    let pay = |day| vec!["receipt", "add", "--unit", "1-1-101", "--amount", "5", "--as-of", "2026-11-02", "--on", day];
    let days = ["1989-12-31", "2026-02-30", "2025-02-29", "20261102", "2026-11-3", "0226-11-02", "12026-11-02", "昨天"];
    assert_all_wrong(&shell, &days.map(|day| (pay(day), "--on")));
    assert_all_wrong(&shell, &[(pay("2026-11-03"), "2026-11-03")]);
    let as_of = |day| vec!["collect", "run", "--as-of", day];
    assert_all_wrong(&shell, &[(as_of("1989-12-31"), "--as-of"), (as_of("9999-01-01"), "--as-of")]);
}

#[test]
fn a_month_that_is_none_or_far_away_is_refused() {
    let shell = office();
    let bill = |period| vec!["bill", "run", "--as-of", "2026-11-02", "--period", period];
    let periods = ["2026-13", "2026-00", "2026-1", "202611", "1989-12", "2201-01", "11月", ""];
    assert_all_wrong(&shell, &periods.map(|period| (bill(period), "--period")));
    assert_all_wrong(&shell, &[(bill("2028-11"), "2028-11")]);
}

#[test]
fn a_unit_entrance_charge_or_way_to_pay_there_is_not_is_named() {
    let shell = office();
    let pay = |more: &[&'static str]| {
        [&["receipt", "add", "--amount", "5", "--on", "2026-11-02", "--as-of", "2026-11-02"], more].concat()
    };
    let unknown = "01900000-0000-7000-8000-000000000000";
    assert_all_wrong(
        &shell,
        &[
            (pay(&["--unit", "9-9-909"]), "9-9-909"),
            (pay(&["--unit", "王芳"]), "--unit"),
            (pay(&["--unit", "1-1-101", "--method", "beer"]), "beer"),
            (pay(&["--unit", "1-1-101", "--for", "一月"]), "--for"),
            (pay(&["--unit", "1-1-101", "--for", unknown]), unknown),
            (vec!["letter", "board", "--entrance", "9-9", "--out", "b.pdf"], "9-9"),
            (vec!["letter", "demand", "--unit", "1-1-101", "--as-of", "2026-09-30", "--out", "d.pdf"], "1-1-101"),
            (
                vec!["letter", "demand", "--unit", "1-1-101", "--as-of", "2026-11-02", "--out", "no/folder/d.pdf"],
                "no/folder",
            ),
        ],
    );
    let (status, sentence) = shell.refused(&["bill", "run", "--period", "2026-11", "--community", "没有这个小区"]);
    assert!(status == Some(2) && sentence.contains("没有这个小区"), "{sentence}");
}

/// Ten million bytes that follow from a number, as a broken disk would give them.
fn nonsense() -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    (0..10_000_000 / 8).flat_map(|_| next()).collect()
}

#[test]
fn a_file_that_is_no_spreadsheet_is_named_and_nothing_of_it_goes_in() {
    let shell = office();
    let noise = nonsense();
    shell.write("noise.xlsx", &noise);
    shell.write("noise.csv", &noise);
    shell.write("zip.xlsx", [b"PK\x03\x04", noise.as_slice()].concat());
    shell.write("ole.xls", [&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], noise.as_slice()].concat());
    shell.write("empty.xlsx", "");
    shell.write("words.csv", "今天天气很好\n明天也是\n");
    std::fs::create_dir(shell.path("folder.xlsx")).expect("a folder");
    let files =
        ["noise.xlsx", "noise.csv", "zip.xlsx", "ole.xls", "empty.xlsx", "words.csv", "folder.xlsx", "nowhere.xlsx"];
    assert_all_wrong(&shell, &files.map(|file| (vec!["import", file], file)));
}

#[test]
fn an_encrypted_workbook_is_told_from_a_broken_one() {
    let shell = office();
    shell.write("locked.xlsx", include_bytes!("../fixtures/encrypted.xlsx"));
    shell.assert_wrong(&["import", "locked.xlsx"], &["locked.xlsx", "密码", "OLE", "password"]);
}

#[test]
fn a_column_map_that_names_nothing_is_refused() {
    let shell = office();
    let map = |pair| vec!["import", "l.csv", "--map", pair];
    assert_all_wrong(&shell, &[(map("业主"), "业主"), (map("业主=who"), "who"), (map("没有的列=phone"), "没有的列")]);
}

#[test]
fn the_help_shows_no_password_of_the_database() {
    let shell = Shell::new();
    let url = "postgres://office:secret-word@127.0.0.1:1/hemu";
    let help = shell.command(&["import", "--help"]).env("HEMU_DB", url).output().expect("runs");
    assert!(help.status.success() && !String::from_utf8_lossy(&help.stdout).contains("secret-word"));
    let call = shell.command(&["--json", "verify"]).env("HEMU_DB", url).output().expect("runs");
    assert_eq!(call.status.code(), Some(2));
    assert!(!String::from_utf8_lossy(&call.stderr).contains("secret-word"));
}

#[test]
fn a_call_that_cannot_be_read_is_told_in_both_languages_and_help_is_not_an_error() {
    let shell = Shell::new();
    for call in [&["nonsense"][..], &["import"], &["bill", "run", "--community", "x"], &["calc", "stage", "--due", "x"]]
    {
        let (status, sentence) = shell.refused(call);
        assert!(status == Some(2) && !sentence.is_ascii(), "{call:?}: {sentence}");
    }
    for help in [&["--help"][..], &["--version"], &["calc", "--help"], &["import", "--help"]] {
        let output = shell.run(help);
        assert!(output.status.success() && output.stderr.is_empty() && !output.stdout.is_empty(), "{help:?}");
    }
    assert!(!shell.path("hemu.db").exists(), "no call that was not understood makes a database");
}
