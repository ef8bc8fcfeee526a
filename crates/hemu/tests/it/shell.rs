//! The command line in a folder of its own, and the spreadsheets it is given.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use hemu_documents::sheets_out::{CellOut, Table, to_xlsx};
use serde_json::Value;

/// The community of the tests.
pub const PLACE: [&str; 2] = ["--community", "翠湖花园"];

pub struct Shell {
    pub folder: tempfile::TempDir,
}

impl Shell {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hemu"));
        command.args(args).current_dir(self.folder.path()).env("HEMU_LANG", "both").env_remove("HEMU_DB");
        command
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("runs")
    }

    /// The one JSON document of a call that is done.
    pub fn json(&self, args: &[&str]) -> Value {
        let output = self.run(&[&["--json"], args].concat());
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("one JSON document")
    }

    /// Like [`Self::json`], in the community of the tests.
    pub fn call(&self, args: &[&str]) -> Value {
        self.json(&[args, &PLACE].concat())
    }

    /// Exit status and the sentence of a call that is refused; nothing may stand on standard output.
    pub fn refused(&self, args: &[&str]) -> (Option<i32>, String) {
        let output = self.run(&[&["--json"], args].concat());
        assert!(output.stdout.is_empty(), "{args:?}");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// Asserts that a call in the community of the tests is wrong, and that its sentence, in both languages, names each part.
    pub fn assert_wrong(&self, args: &[&str], parts: &[&str]) {
        let (status, sentence) = self.refused(&[args, &PLACE].concat());
        assert_eq!(status, Some(2), "{args:?}: {sentence}");
        assert!(sentence.contains(" / ") && !sentence.is_ascii(), "{args:?}: {sentence}");
        for part in parts {
            assert!(sentence.contains(part), "{args:?}: {part} is missing in {sentence}");
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).expect("a written file");
    }

    /// Writes a workbook: a line is a row, `|` parts cells, `=` begins a number, `@` a day; the first line is row 1.
    pub fn workbook(&self, name: &str, sheets: &[(&str, &[&str])]) {
        let tables: Vec<Table> = sheets.iter().map(|(title, lines)| table(title, lines)).collect();
        self.write(name, to_xlsx(&tables).expect("a workbook"));
    }
}

fn table(title: &str, lines: &[&str]) -> Table {
    Table {
        title: title.to_owned(),
        headings: lines[0].split('|').map(str::to_owned).collect(),
        rows: lines[1..].iter().map(|line| line.split('|').map(cell).collect()).collect(),
        totals: None,
    }
}

fn cell(text: &str) -> CellOut {
    match (text.strip_prefix('='), text.strip_prefix('@')) {
        _ if text.is_empty() => CellOut::Empty,
        (Some(number), _) if number.parse::<rust_decimal::Decimal>().is_ok() => {
            CellOut::Number(number.parse().expect("a number"))
        }
        (_, Some(day)) if day.parse::<chrono::NaiveDate>().is_ok() => CellOut::Date(day.parse().expect("a day")),
        (_, _) => CellOut::Text(text.to_owned()),
    }
}

/// The office's ledger.
pub fn ledger() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/cuihu-office-ledger.xlsx").display().to_string()
}

/// `[sheet, row, column, value]` of findings.
pub fn places(findings: &Value) -> Vec<(String, u64, String, String)> {
    let text = |finding: &Value, key: &str| finding[key].as_str().expect("text").to_owned();
    let place = |one: &Value| {
        assert!(!text(one, "problem").is_empty());
        (text(one, "sheet"), one["row"].as_u64().expect("a row"), text(one, "column"), text(one, "value"))
    };
    findings.as_array().expect("a list").iter().map(place).collect()
}
