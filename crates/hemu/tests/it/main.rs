//! The command line from outside: one JSON document on standard output, sentences on standard error, exit status 0, 1, 2.

mod approvals;
mod bad_input;
mod bad_money;
mod bank;
mod bench;
mod closing_contract;
mod configured;
mod example;
mod faults;
mod import_contract;
mod money_contract;
mod once_contract;
mod policy;
mod shell;

use crate::shell::{PLACE, Shell, ledger};

#[test]
fn an_office_works_through_a_month() {
    let shell = Shell::new();
    let ledger = ledger();
    let call = |words: &[&str]| shell.json(&[words, &PLACE].concat());
    let import = call(&["import", &ledger, "--as-of", "2026-10-31"]);
    assert_eq!((import["accepted"].as_u64(), import["opening_arrears"].as_str()), (Some(283), Some("124500.37")));
    let arrears = call(&["report", "arrears", "--as-of", "2026-10-31"]);
    assert_eq!(arrears["totals"]["principal"], import["opening_arrears"]);
    let bills = call(&["bill", "run", "--period", "2026-11", "--as-of", "2026-11-01"]);
    assert_eq!(bills["bills"].as_u64(), Some(283));
    let run = call(&["collect", "run", "--as-of", "2026-11-02"]);
    assert_eq!((run["cases"].as_u64(), run["decisions"].as_u64()), (Some(78), Some(78)));
    let key = [
        "receipt",
        "add",
        "--unit",
        "1-1-301",
        "--amount",
        "209.90",
        "--on",
        "2026-11-02",
        "--as-of",
        "2026-11-02",
        "--key",
        "k",
    ];
    let receipt = call(&key);
    assert_eq!(receipt["allocations"][0]["principal"].as_str(), Some("209.90"));
    assert_eq!(call(&key)["receipt"], receipt["receipt"]);
    let letter = call(&["letter", "demand", "--unit", "1-1-802", "--as-of", "2026-11-02", "--out", "d.pdf"]);
    assert!(letter["number"].is_null() && letter["missing"].as_array().is_some_and(|list| !list.is_empty()));
    assert!(shell.folder.path().join("d.pdf").is_file());
    let checks = shell.json(&["verify"]);
    assert!(checks["checks"].as_array().is_some_and(|list| list.iter().all(|check| check["ok"] == true)));
}

#[test]
fn a_wrong_call_is_told_and_changes_nothing() {
    let shell = Shell::new();
    let ledger = ledger();
    shell.json(&[&["import", &ledger, "--as-of", "2026-10-31"][..], &PLACE].concat());
    let wrong: [&[&str]; 5] = [
        &["import", "nowhere.xlsx"],
        &["receipt", "add", "--unit", "1-1-301", "--amount", "0", "--on", "2026-11-01", "--as-of", "2026-11-02"],
        &["receipt", "add", "--unit", "1-1-301", "--amount", "5", "--on", "2026-11-03", "--as-of", "2026-11-02"],
        &["bill", "run", "--period", "2026-13"],
        &["letter", "demand", "--unit", "1-1-802", "--as-of", "2026-11-02", "--out", "d.pdf", "--issue"],
    ];
    for call in wrong {
        let (status, sentence) = shell.refused(&[call, &PLACE].concat());
        assert_eq!(status, Some(2), "{call:?}");
        assert!(!sentence.trim().is_empty(), "{call:?}");
    }
    let (status, _) = shell.refused(&["report", "arrears", "--community", "别处"]);
    assert_eq!(status, Some(2));
    assert!(!shell.folder.path().join("d.pdf").exists());
}

#[test]
fn a_second_key_is_never_made() {
    let shell = Shell::new();
    shell.json(&["migrate"]);
    std::fs::remove_file(shell.folder.path().join("hemu.db.key")).expect("the key lies beside the database");
    assert_eq!(shell.refused(&["doctor"]).0, Some(2));
    assert!(!shell.folder.path().join("hemu.db.key").exists());
}

#[test]
fn a_backup_is_restored_with_its_key() {
    let shell = Shell::new();
    let ledger = ledger();
    shell.json(&[&["import", &ledger, "--as-of", "2026-10-31"][..], &PLACE].concat());
    let before = shell.json(&[&["report", "arrears", "--as-of", "2026-10-31"][..], &PLACE].concat());
    shell.json(&["backup", "b.db"]);
    std::fs::remove_file(shell.folder.path().join("hemu.db")).expect("lost");
    shell.json(&["restore", "b.db"]);
    let after = shell.json(&[&["report", "arrears", "--as-of", "2026-10-31"][..], &PLACE].concat());
    assert_eq!(before, after);
}
