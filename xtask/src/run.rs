//! Programs the tasks start: cargo's own commands, and the test runner whose output is shown and counted.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result};

use crate::report::Counts;

/// The folder of the workspace's Cargo.toml.
pub fn workspace_root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_owned()
}

/// The cargo that started this program.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.stdin(Stdio::null());
    command
}

/// Whether the program starts and succeeds; its output is thrown away.
pub fn answers(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Runs a check that is one thing.
pub fn check(command: &mut Command) -> Result<Counts> {
    let status = command.status().with_context(|| format!("{} cannot be started", program(command)))?;
    Ok(Counts::one(status.success()))
}

/// Whose closing lines are counted. Only one's at a time: a failing test's own output, which cargo-nextest repeats, holds
/// closing lines of the other kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runner {
    /// One line for the whole run.
    Nextest,
    /// One line for each test binary.
    CargoTest,
}

/// Runs a test runner, shows what it says as it says it, and adds up its counts. One that fails without a failed test
/// (it did not compile, it was ended) counts as one failure, and so does one that counts no test at all.
pub fn count_tests(command: &mut Command, runner: Runner) -> Result<Counts> {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let errors = child.stderr.take().map(|stream| thread::spawn(move || show_and_count(stream, runner)));
    let counts = child.stdout.take().map(|stream| show_and_count(stream, runner)).unwrap_or_default();
    let others = errors.and_then(|thread| thread.join().ok()).unwrap_or_default();
    let succeeded = child.wait()?.success();
    Ok(judged(counts.plus(others), succeeded))
}

fn judged(counts: Counts, succeeded: bool) -> Counts {
    let is_silent_failure = !succeeded && counts.failed == 0;
    let is_empty = counts == Counts::default();
    if is_silent_failure || is_empty { counts.plus(Counts::one(false)) } else { counts }
}

fn show_and_count(stream: impl Read, runner: Runner) -> Counts {
    let mut counts = Counts::default();
    let mut reader = BufReader::new(stream);
    let mut bytes = Vec::new();
    while reader.read_until(b'\n', &mut bytes).is_ok_and(|read| read > 0) {
        let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
        bytes.clear();
        println!("{line}");
        counts = counts.plus(runner.parse_counts(&line).unwrap_or_default());
    }
    counts
}

impl Runner {
    fn parse_counts(self, line: &str) -> Option<Counts> {
        match self {
            Self::Nextest => parse_summary(line),
            Self::CargoTest => parse_result(line),
        }
    }
}

/// `Summary [ 4.4s] 13 tests run: 12 passed (1 slow), 1 failed, 0 skipped`: any other outcome than passed is a failure.
fn parse_summary(line: &str) -> Option<Counts> {
    let (_, summary) = line.trim_start().strip_prefix("Summary [")?.split_once(']')?;
    let run = summary.trim().split([' ', '/']).next()?.parse::<u64>().ok()?;
    let passed = number_before(summary, " passed").unwrap_or(0);
    Some(Counts { passed, failed: run.saturating_sub(passed) })
}

/// `test result: ok. 3 passed; 0 failed; 0 ignored; …`
fn parse_result(line: &str) -> Option<Counts> {
    let result = line.strip_prefix("test result: ")?;
    Some(Counts { passed: number_before(result, " passed")?, failed: number_before(result, " failed")? })
}

fn number_before(text: &str, word: &str) -> Option<u64> {
    let (before, _) = text.split_once(word)?;
    before.rsplit(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

fn program(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_lines_of_both_runners_are_read() {
        let nextest = "     Summary [   4.401s] 13 tests run: 11 passed (1 slow), 1 failed, 1 timed out, 2 skipped";
        assert_eq!(Runner::Nextest.parse_counts(nextest), Some(Counts { passed: 11, failed: 2 }));
        let cargo = "test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        assert_eq!(Runner::CargoTest.parse_counts(cargo), Some(Counts { passed: 3, failed: 1 }));
        assert_eq!(Runner::CargoTest.parse_counts("test registry::finds_a_unit ... ok"), None);
    }

    #[test]
    fn what_a_failing_test_printed_is_not_counted_again() {
        let repeated = "    test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(Runner::Nextest.parse_counts(repeated), None);
        assert_eq!(Runner::CargoTest.parse_counts(repeated), None);
    }

    #[test]
    fn a_run_that_fails_without_a_failed_test_or_counts_nothing_is_a_failure() {
        let some = Counts { passed: 5, failed: 0 };
        assert_eq!(judged(some, false), Counts { passed: 5, failed: 1 });
        assert_eq!(judged(Counts::default(), true), Counts::one(false));
        assert_eq!(judged(some, true), some);
    }
}
