//! `hemu verify`: checks every invariant; exit status 1 when one is red.

use hemu_app::verify::verify_database;
use hemu_app::{Actor, App, Refusal};

use crate::output::Output;

/// Checks the whole database.
pub fn run(app: &App, actor: &Actor) -> Result<Output, Refusal> {
    let report = verify_database(app, actor)?;
    let line = |check: &hemu_app::verify::Check| {
        format!("{} {:<55} {}", if check.ok { "ok " } else { "RED" }, check.name, check.detail)
    };
    let text: Vec<String> = report.checks.iter().map(line).collect();
    let mut output = Output::new(&report, text.join("\n"))?;
    output.in_order = report.in_order();
    Ok(output)
}
