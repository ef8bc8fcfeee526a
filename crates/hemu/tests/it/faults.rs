//! Faults of the machine: the program says what happened and what to do, and what it left is whole.

use std::path::Path;

use hemu_store::{Db, DbError};

use crate::shell::{PLACE, Shell};

const HOMES: u32 = 300;

fn office() -> Shell {
    let shell = Shell::new();
    let home =
        |home: u32| format!("1-1-{}{:02},业主{home},{}.5,2.15,2026-10\n", home / 4 + 1, home % 4 + 1, 60 + home % 70);
    let homes: String = (0..HOMES).map(home).collect();
    shell.write("l.csv", format!("房号,业主,面积,单价,已缴至\n{homes}"));
    shell.call(&["import", "l.csv", "--as-of", "2026-10-31"]);
    shell
}

const BILL: [&str; 6] = ["bill", "run", "--period", "2026-11", "--as-of", "2026-11-01"];

/// The arrears but for the ids of their rows, which every database has of its own.
fn owed(shell: &Shell) -> serde_json::Value {
    let mut report = shell.call(&["report", "arrears", "--as-of", "2026-12-31"]);
    let rows = report["rows"].as_array_mut().expect("rows").iter_mut().filter_map(serde_json::Value::as_object_mut);
    rows.for_each(|row| row.retain(|key, _| !key.ends_with("_id") && key != "charges"));
    report
}

/// The command under a limit on the size of any file it writes, which the kernel enforces as a full disk does.
#[cfg(unix)]
fn on_a_full_disk(shell: &Shell, args: &[&str]) -> (Option<i32>, String) {
    let script = "trap '' XFSZ; ulimit -f 160; exec \"$0\" \"$@\"";
    let mut command = std::process::Command::new("sh");
    command.args(["-c", script, env!("CARGO_BIN_EXE_hemu"), "--json"]).args(args).args(PLACE);
    let output = command.current_dir(shell.folder.path()).env("HEMU_LANG", "both").output().expect("runs");
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
#[cfg(unix)]
fn a_bill_run_on_a_full_disk_is_told_and_completed_when_there_is_space() {
    let (clean, full) = (office(), office());
    clean.call(&BILL);
    let (status, sentence) = on_a_full_disk(&full, &BILL);
    assert_eq!(status, Some(1), "{sentence}");
    assert!(sentence.contains("磁盘") && sentence.contains("the disk"), "{sentence}");
    assert_eq!(owed(&full)["totals"]["units"].as_u64(), Some(0), "nothing of the batch was kept");
    let again = full.call(&BILL);
    assert_eq!(again["bills"].as_u64(), Some(u64::from(HOMES)));
    assert_eq!(owed(&full), owed(&clean));
    full.json(&["verify"]);
}

#[test]
#[cfg(unix)]
fn a_restore_on_a_full_disk_leaves_the_database_where_it_is() {
    let shell = office();
    shell.json(&["backup", "b.db"]);
    let before = owed(&shell);
    let script = "trap '' XFSZ; ulimit -f 160; exec \"$0\" \"$@\"";
    let mut command = std::process::Command::new("sh");
    command.args(["-c", script, env!("CARGO_BIN_EXE_hemu"), "--json", "restore", "b.db", "--replace"]);
    let output = command.current_dir(shell.folder.path()).output().expect("runs");
    assert!(!output.status.success() && output.stdout.is_empty());
    assert!(!shell.path("hemu.db.before-restore").exists() && !shell.path("hemu.db.restoring").exists());
    assert_eq!(owed(&shell), before);
    shell.json(&["restore", "b.db", "--replace"]);
    assert_eq!(owed(&shell), before);
}

#[test]
fn a_database_another_program_holds_is_told_after_a_bounded_wait() {
    let shell = office();
    let before = owed(&shell);
    let db = Db::open(&format!("sqlite:{}", shell.path("hemu.db").display())).expect("opens");
    let pay = ["receipt", "add", "--unit", "1-1-101", "--amount", "5", "--on", "2026-11-01", "--as-of", "2026-11-01"];
    let (status, sentence) = db
        .write(|_| Ok::<_, DbError>(shell.refused(&[&pay[..], &PLACE].concat())))
        .expect("the lock is held meanwhile");
    assert_eq!(status, Some(1), "{sentence}");
    assert!(sentence.contains("占用") && sentence.contains("another program"), "{sentence}");
    assert_eq!(owed(&shell), before);
}

#[test]
fn a_missing_or_wrong_key_is_named_and_no_other_is_made() {
    let shell = office();
    let (key, kept) = (shell.path("hemu.db.key"), shell.path("kept"));
    std::fs::rename(&key, &kept).expect("moved");
    shell.assert_wrong(&["report", "arrears"], &["hemu.db.key", "密钥文件", "missing"]);
    assert!(!key.exists(), "a second key is never made");
    std::fs::write(&key, format!("hemu-key-1:{}\n", "5a".repeat(32))).expect("written");
    shell.assert_wrong(&["report", "arrears"], &["hemu.db.key", "另一个数据库", "another database"]);
    std::fs::write(&key, "nothing of the kind").expect("written");
    shell.assert_wrong(&["report", "arrears"], &["hemu.db.key"]);
    std::fs::rename(&kept, &key).expect("moved back");
    shell.json(&["verify"]);
}

#[test]
fn a_file_that_is_no_database_of_ours_is_left_as_it_is() {
    let shell = office();
    shell.write("letter.db", "Dear all,\n".repeat(900));
    std::fs::create_dir(shell.path("folder")).expect("a folder");
    for (url, named) in [
        ("sqlite:letter.db", "letter.db"),
        ("sqlite:no/folder/x.db", "no/folder"),
        ("sqlite:folder", "folder"),
        ("mysql://x", "mysql"),
        ("postgres://nobody@127.0.0.1:1/x", "127.0.0.1"),
    ] {
        shell.assert_wrong(&["--db", url, "report", "arrears"], &[named]);
    }
    assert_eq!(std::fs::read(shell.path("letter.db")).expect("there"), "Dear all,\n".repeat(900).as_bytes());
    assert_eq!(shell.refused(&["restore", "letter.db", "--replace"]).0, Some(2));
    shell.json(&["verify"]);
}

fn change(file: &Path, sql: &str) {
    let db = Db::open(&format!("sqlite:{}", file.display())).expect("opens");
    db.write(|tx| tx.execute(sql, &[]).map(|_| ())).expect("changes");
}

#[test]
fn a_newer_database_and_one_of_another_program_are_not_touched() {
    let shell = office();
    let file = shell.path("hemu.db");
    change(&file, "INSERT INTO schema_migration (number, name, sha256) VALUES (99, 'later', 'x')");
    shell.assert_wrong(&["report", "arrears"], &["newer Hemu", "版本"]);
    change(&file, "DELETE FROM schema_migration WHERE number = 99");
    shell.json(&["verify"]);
    change(&shell.path("other.db"), "CREATE TABLE party (name TEXT)");
    shell.assert_wrong(&["--db", "sqlite:other.db", "report", "arrears"], &["another program"]);
    assert!(!shell.path("other.db.key").exists());
}

#[test]
#[cfg(target_os = "linux")]
fn an_answer_that_cannot_be_written_is_no_success() {
    let shell = office();
    let nowhere = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
    let output = shell.command(&["--json", "verify"]).stdout(nowhere).output().expect("runs");
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
}
