//! What clippy cannot see in the sources: headers, layers, leftovers.
//!
//! - every Rust file opens with `//!` in the words of the trade;
//! - SQL stands in the store only (tests may tamper), and in the store the drivers are named in `db` only;
//! - the domain does no I/O;
//! - no notes of unfinished work, no paths of somebody's machine, in any text file under version control.
//!
//! Files over 400 lines are listed, not refused: some tables are long.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

const LONG_FILE_LINES: usize = 400;

/// The text before a file's own tests.
struct Source {
    path: String,
    text: String,
}

/// One sentence for each place that breaks a rule.
pub fn problems() -> Result<Vec<String>> {
    let files = tracked_texts()?;
    let mut problems: Vec<String> = files.iter().flat_map(leftovers).collect();
    for file in files.iter().filter(|file| file.is_rust()) {
        problems.extend(file.missing_header());
        problems.extend(file.misplaced());
    }
    Ok(problems)
}

/// For the eye: where splitting by noun may be due.
pub fn print_long_files() -> Result<()> {
    for file in tracked_texts()?.iter().filter(|file| file.is_rust()) {
        let lines = file.text.lines().count();
        if lines > LONG_FILE_LINES {
            println!("note: {} has {lines} lines (over {LONG_FILE_LINES})", file.path);
        }
    }
    Ok(())
}

impl Source {
    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.contains("/benches/")
    }

    fn is_in(&self, folder: &str) -> bool {
        self.path.starts_with(folder)
    }

    fn missing_header(&self) -> Option<String> {
        let first = self.text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        (!first.starts_with("//!")).then(|| format!("{}: opens without //!", self.path))
    }

    /// What stands in a layer it does not belong to. Only product code: up to the file's own tests, comments aside.
    fn misplaced(&self) -> Vec<String> {
        if self.is_test() || !self.is_in("crates/") || self.is_in("crates/testkit/") {
            return Vec::new();
        }
        let own_tests = concat!("#[cfg(", "test)]");
        let product = self.text.lines().take_while(|line| line.trim() != own_tests).enumerate();
        let code = product.filter(|(_, line)| !line.trim_start().starts_with("//"));
        code.filter_map(|(index, line)| Some(format!("{}:{}: {}", self.path, index + 1, self.layer_problem(line)?)))
            .collect()
    }

    fn layer_problem(&self, line: &str) -> Option<&'static str> {
        let in_store = self.is_in("crates/store/");
        let in_db = self.is_in("crates/store/src/db/") || self.path == "crates/store/src/db.rs";
        if !in_store && looks_like_sql(line) {
            return Some("SQL outside crates/store");
        }
        if in_store && !in_db && (line.contains("rusqlite::") || line.contains(" postgres::")) {
            return Some("a database driver outside crates/store/src/db");
        }
        if self.is_in("crates/domain/") && IO.iter().any(|word| line.contains(word)) {
            return Some("input or output in the domain");
        }
        None
    }
}

const IO: [&str; 6] = ["std::fs", "std::net", "std::io", "std::process", "std::env", "std::thread"];

/// Upper-case keywords in the order SQL has them; prose does not read so.
fn looks_like_sql(line: &str) -> bool {
    const PAIRS: [(&str, &str); 6] = [
        ("SELECT ", " FROM "),
        ("INSERT ", "INTO "),
        ("UPDATE ", " SET "),
        ("DELETE ", "FROM "),
        ("CREATE ", "TABLE "),
        ("ALTER ", "TABLE "),
    ];
    PAIRS
        .iter()
        .any(|(first, second)| line.split_once(first).is_some_and(|(_, rest)| format!(" {rest}").contains(second)))
}

/// Words that must not stay behind. Split, so that this file does not accuse itself.
const LEFTOVERS: [(&str, &str); 7] = [
    (concat!("TO", "DO"), "a note of unfinished work: finish it or open an issue"),
    (concat!("FIX", "ME"), "a note of unfinished work: finish it or open an issue"),
    (concat!("/ho", "me/"), "a path of somebody's machine"),
    (concat!("/Us", "ers/"), "a path of somebody's machine"),
    (concat!("C:\\Us", "ers"), "a path of somebody's machine"),
    (concat!("/ro", "ot/"), "a path of somebody's machine"),
    (concat!("<<<<", "<<< "), "a conflict left by a merge"),
];

fn leftovers(file: &Source) -> Vec<String> {
    let lines = file.text.lines().enumerate();
    let found = lines.flat_map(|(index, line)| {
        let words = LEFTOVERS.iter().filter(move |(word, _)| line.contains(word));
        words.map(move |(word, why)| format!("{}:{}: {word}: {why}", file.path, index + 1))
    });
    found.collect()
}

/// Every text file git knows (also new ones not yet committed), but for what others made.
fn tracked_texts() -> Result<Vec<Source>> {
    let mut command = Command::new("git");
    command.args(["-c", "core.quotePath=off", "ls-files", "--cached", "--others", "--exclude-standard"]);
    let output = command.output().context("git cannot be started")?;
    ensure!(output.status.success(), "git ls-files: {}", String::from_utf8_lossy(&output.stderr));
    let paths = String::from_utf8(output.stdout).context("file names are UTF-8")?;
    Ok(paths.lines().filter(|path| is_ours(path)).filter_map(read).collect())
}

fn is_ours(path: &str) -> bool {
    const TEXT: [&str; 14] =
        ["rs", "toml", "md", "sql", "html", "css", "js", "mjs", "ftl", "typ", "txt", "json", "yml", "j2"];
    let extension = Path::new(path).extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    !path.contains("/vendor/") && (TEXT.contains(&extension) || path == ".ci/run")
}

/// None for a file that is deleted but not yet committed so, or not text after all.
fn read(path: &str) -> Option<Source> {
    fs::read_to_string(path).ok().map(|text| Source { path: path.to_owned(), text })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn sql_belongs_to_the_store_but_tests_may_tamper() {
        let text = "//! Pages.\nconst OPEN: &str = \"SELECT id FROM bill\";\n";
        assert_eq!(source("crates/web/src/bill.rs", text).misplaced().len(), 1);
        assert!(source("crates/store/src/bill.rs", text).misplaced().is_empty());
        assert!(source("crates/hemu/tests/it/verify.rs", text).misplaced().is_empty());
        let in_own_tests = format!("//! Pages.\n{}\n{text}", concat!("#[cfg(", "test)]"));
        assert!(source("crates/web/src/bill.rs", &in_own_tests).misplaced().is_empty());
    }

    #[test]
    fn prose_is_not_sql() {
        assert!(!looks_like_sql("Select a room from the tree, then update the contact and set a date"));
        assert!(looks_like_sql("UPDATE account SET lock_no = lock_no + 1"));
    }

    #[test]
    fn only_db_names_a_driver_and_the_domain_reads_no_file() {
        let driver = "//! x\nuse rusqlite::Connection;\n";
        assert_eq!(source("crates/store/src/bill.rs", driver).misplaced().len(), 1);
        assert!(source("crates/store/src/db/sqlite.rs", driver).misplaced().is_empty());
        assert_eq!(source("crates/domain/src/lib.rs", "//! x\nuse std::fs;\n").misplaced().len(), 1);
    }

    #[test]
    fn a_file_without_header_and_a_note_left_behind_are_named_with_their_place() {
        assert!(source("crates/app/src/a.rs", "use x;\n").missing_header().is_some());
        let note = source("docs/a.md", concat!("fine\nTO", "DO later\n"));
        assert!(leftovers(&note)[0].starts_with("docs/a.md:2: "));
    }
}
