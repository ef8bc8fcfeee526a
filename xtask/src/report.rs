//! What was done, how long it took, what failed and what was left out.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;

/// How many of a step's tests or checks passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Passed.
    pub passed: u64,
    /// Failed, timed out or not started.
    pub failed: u64,
}

impl Counts {
    /// A check that is one thing.
    pub const fn one(succeeded: bool) -> Self {
        if succeeded { Self { passed: 1, failed: 0 } } else { Self { passed: 0, failed: 1 } }
    }

    /// Both together.
    pub const fn plus(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

struct Step {
    name: &'static str,
    counts: Counts,
    time: Duration,
}

/// The steps so far.
pub struct Report {
    begun: Instant,
    steps: Vec<Step>,
    skipped: Vec<String>,
}

impl Report {
    /// Nothing done yet.
    pub fn new() -> Self {
        Self { begun: Instant::now(), steps: Vec::new(), skipped: Vec::new() }
    }

    /// Does one step, prints its time and goes on whatever came of it. An error is printed and counts as one failure.
    pub fn step(&mut self, name: &'static str, work: impl FnOnce() -> Result<Counts>) {
        println!("\n== {name}");
        let begun = Instant::now();
        let counts = work().unwrap_or_else(|error| {
            println!("{error:#}");
            Counts::one(false)
        });
        let step = Step { name, counts, time: begun.elapsed() };
        println!("{}", step.line());
        self.steps.push(step);
    }

    /// A part that this machine cannot run, and how it could.
    pub fn skip(&mut self, part: impl Into<String>) {
        self.skipped.push(part.into());
    }

    /// Prints the summary; the last line is the totals, alone.
    pub fn close(self) -> ExitCode {
        println!("\n== summary ({:.0} s in all)", self.begun.elapsed().as_secs_f32());
        self.steps.iter().for_each(|step| println!("{}", step.line()));
        let verdict = if is_ci() { "SKIPPED, which fails under CI=true" } else { "SKIPPED" };
        self.skipped.iter().for_each(|part| println!("{verdict}: {part}"));
        let total = self.total(is_ci());
        println!("{} passed, {} failed", total.passed, total.failed);
        if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn total(&self, is_ci: bool) -> Counts {
        let skipped = if is_ci { self.skipped.len() as u64 } else { 0 };
        let left_out = Counts { passed: 0, failed: skipped };
        self.steps.iter().map(|step| step.counts).fold(left_out, Counts::plus)
    }
}

impl Step {
    fn line(&self) -> String {
        let verdict = if self.counts.failed == 0 { "ok    " } else { "FAILED" };
        let Counts { passed, failed } = self.counts;
        format!("{verdict} {:<24} {:>6.1} s  {passed} passed, {failed} failed", self.name, self.time.as_secs_f32())
    }
}

/// Whether a part left out is a failure.
pub fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true" || value == "1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_failure_and_the_next_step_still_runs() {
        let mut report = Report::new();
        report.step("broken", || anyhow::bail!("no"));
        report.step("fine", || Ok(Counts { passed: 7, failed: 0 }));
        assert_eq!(report.total(false), Counts { passed: 7, failed: 1 });
    }

    #[test]
    fn a_skipped_part_fails_only_where_everything_has_to_run() {
        let mut report = Report::new();
        report.skip("browser tests");
        assert_eq!(report.total(false).failed, 0);
        assert_eq!(report.total(true).failed, 1);
    }
}
