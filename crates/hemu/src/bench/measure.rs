//! Time, memory, medians, and the row that tells them.
#![expect(clippy::float_arithmetic, reason = "rates and ratios of durations; no money here")]

use std::fmt;
use std::fs;
use std::time::{Duration, Instant};

use hemu_app::Refusal;
use serde::Serialize;

/// Measurements of each work; the median counts.
pub const TIMES: usize = 3;

/// What was measured of one work.
#[derive(Debug, Serialize)]
pub struct Row {
    /// Which work: `bill-run`, `receipt`...
    pub work: &'static str,
    /// How much of it one measurement did, in `unit`s.
    pub n: u64,
    /// What is counted: homes, charges, rows, receipts, requests, letters.
    pub unit: &'static str,
    /// Units a second.
    pub rate: f64,
    /// Units a second of the bare reference; `None` where there is none.
    pub reference_rate: Option<f64>,
    /// `rate` over `reference_rate`.
    pub ratio: Option<f64>,
    /// The least ratio that is asked for; `None` where a time is.
    pub target: Option<f64>,
    /// Milliseconds of one unit; for requests half of them were quicker.
    pub median_ms: f64,
    /// 99 of 100 units were quicker than so many milliseconds; `None` where units are not timed one by one.
    pub p99_ms: Option<f64>,
    /// The most memory the process held meanwhile, in MiB; `None` where the system does not tell.
    pub peak_rss_mib: Option<u64>,
}

/// How long each measurement took, of the work and of its reference.
#[derive(Debug, Default)]
pub struct Times {
    /// The work.
    pub work: Vec<Duration>,
    /// The bare reference.
    pub reference: Vec<Duration>,
}

/// A measurement of its own size: units and time.
pub type Slice = (u64, Duration);

impl Row {
    /// From times of `n` units each.
    pub fn new(work: &'static str, (n, unit): (u64, &'static str), times: &Times, target: f64) -> Self {
        let rate = rate(n, median(&times.work));
        let reference_rate = (!times.reference.is_empty()).then(|| rate_of(n, &times.reference));
        Self {
            work,
            n,
            unit,
            rate: rounded(rate),
            reference_rate: reference_rate.map(rounded),
            ratio: reference_rate.map(|reference| rounded(rate / reference)),
            target: Some(rounded(target)),
            median_ms: rounded(1000.0 / rate),
            p99_ms: None,
            peak_rss_mib: peak_memory_mib(),
        }
    }

    /// From measurements of different sizes: units and time of each, of the work and of the reference.
    pub fn of_slices(
        work: &'static str,
        unit: &'static str,
        (own, reference): (&[Slice], &[Slice]),
        target: f64,
    ) -> Self {
        let n = own.iter().map(|(n, _)| n).sum();
        let per_million = |slices: &[Slice]| -> Vec<Duration> {
            slices.iter().map(|(n, time)| Duration::from_secs_f64(1e6 / rate(*n, *time))).collect()
        };
        let times = Times { work: per_million(own), reference: per_million(reference) };
        Self { n, ..Self::new(work, (1_000_000, unit), &times, target) }
    }

    /// The heading over rows.
    pub fn heading() -> String {
        format!(
            "{:<14}{:>9} {:<9}{:>12}{:>14}{:>8}{:>8}{:>11}{:>9}{:>9}",
            "work", "n", "unit", "rate/s", "reference/s", "ratio", "target", "median ms", "p99 ms", "RSS MiB"
        )
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cell = |number: Option<f64>| number.map_or_else(|| "-".to_owned(), |number| number.to_string());
        write!(
            f,
            "{:<14}{:>9} {:<9}{:>12}{:>14}{:>8}{:>8}{:>11}{:>9}{:>9}",
            self.work,
            self.n,
            self.unit,
            self.rate,
            cell(self.reference_rate),
            cell(self.ratio),
            cell(self.target),
            self.median_ms,
            cell(self.p99_ms),
            self.peak_rss_mib.map_or_else(|| "-".to_owned(), |mib| mib.to_string())
        )
    }
}

/// Does the work and takes its time.
pub fn timed<T>(work: impl FnOnce() -> Result<T, Refusal>) -> Result<(T, Duration), Refusal> {
    let begun = Instant::now();
    let done = work()?;
    Ok((done, begun.elapsed()))
}

/// The middle one; of none, nothing.
pub fn median(times: &[Duration]) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// The time that 99 of 100 stay under.
pub fn percentile_99(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len().saturating_sub(1) * 99 / 100).copied().unwrap_or_default()
}

/// As milliseconds with two decimals.
pub fn millis(time: Duration) -> f64 {
    rounded(time.as_secs_f64() * 1000.0)
}

fn rate_of(n: u64, times: &[Duration]) -> f64 {
    rate(n, median(times))
}

/// So many a second.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn rate(n: u64, time: Duration) -> f64 {
    n as f64 / time.as_secs_f64().max(1e-9)
}

/// Three digits that count are enough; more would be noise.
fn rounded(number: f64) -> f64 {
    if number.abs() >= 100.0 { number.round() } else { (number * 1000.0).round() / 1000.0 }
}

/// Forgets the peak so far, so that [`Row`] tells the peak of the work that begins.
pub fn forget_peak_memory() {
    // Elsewhere than on Linux there is no such file, and the peak is that of the whole program, or not told at all.
    if let Err(error) = fs::write("/proc/self/clear_refs", "5") {
        tracing::debug!(%error, "the peak of memory cannot be forgotten");
    }
}

fn peak_memory_mib() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kib / 1024)
}
