//! `cargo xtask test`, step by step: what is cheap first, so that a slip shows within a second.
//!
//! Lints and documentation share what they check of the libraries; the tests (unit, property, store on both engines, web,
//! browser) run on one debug build.

use anyhow::Result;

use crate::postgres::Server;
use crate::report::{Counts, Report};
use crate::run::Runner;
use crate::tools::{self, Tools};
use crate::{architecture, licences, run, sources};

/// Households the simulation of collection lives through in a full run; `HEMU_HOUSEHOLDS` says otherwise.
const HISTORIES: &str = "100000";

/// All of it.
pub fn everything() -> Report {
    let mut report = Report::new();
    quick_checks(&mut report);
    let mut tools = Tools::default();
    report.step("tools", || {
        tools = tools::prepare();
        Ok(Counts::default())
    });
    report.step("lints", lints);
    report.step("documentation", documentation);
    tests(&mut report, &tools);
    tools.missing().into_iter().for_each(|part| report.skip(part));
    report
}

/// What needs no build.
pub fn quick_checks(report: &mut Report) {
    report.step("formatting", || run::check(run::cargo().args(["fmt", "--all", "--check"])));
    report.step("architecture", || verdict(&architecture::problems()?));
    report.step("sources", || {
        sources::print_long_files()?;
        verdict(&sources::problems()?)
    });
    report.step("licences", || verdict(&licences::problems()?));
    if run::answers(run::cargo().args(["deny", "--version"])) {
        // The advisory database is fetched from elsewhere; this step has to work without it.
        report.step("cargo-deny", || run::check(run::cargo().args(["deny", "check", "bans", "licenses", "sources"])));
    }
}

fn verdict(problems: &[String]) -> Result<Counts> {
    problems.iter().for_each(|problem| println!("{problem}"));
    Ok(Counts::one(problems.is_empty()))
}

fn lints() -> Result<Counts> {
    run::check(run::cargo().args(["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]))
}

fn documentation() -> Result<Counts> {
    let mut command = run::cargo();
    command.args(["doc", "--workspace", "--no-deps", "--locked"]).env("RUSTDOCFLAGS", "-D warnings");
    run::check(&mut command)
}

fn tests(report: &mut Report, tools: &Tools) {
    let server = start_postgres(report, tools);
    let mut variables = vec![("INSTA_UPDATE", "no".to_owned())];
    if let Some(url) = database_url(server.as_ref()) {
        variables.push(("TEST_DATABASE_URL", url));
    }
    if tools.has_browser() {
        variables.push(("HEMU_CHROMIUM", "1".to_owned()));
    }
    if std::env::var_os("HEMU_HOUSEHOLDS").is_none() {
        variables.push(("HEMU_HOUSEHOLDS", HISTORIES.to_owned()));
    }
    let has_nextest = run::answers(run::cargo().args(["nextest", "--version"]));
    if has_nextest {
        let suite = ["nextest", "run", "--no-fail-fast"];
        report.step("tests", || cargo_tests(Runner::Nextest, &suite, &variables));
        report.step("examples in documentation", || cargo_tests(Runner::CargoTest, &["test", "--doc"], &variables));
    } else {
        report.step("tests", || cargo_tests(Runner::CargoTest, &["test", "--no-fail-fast"], &variables));
    }
}

fn cargo_tests(runner: Runner, words: &[&str], variables: &[(&str, String)]) -> Result<Counts> {
    let mut command = run::cargo();
    command.args(words).args(["--workspace", "--locked"]).envs(variables.iter().cloned());
    run::count_tests(&mut command, runner)
}

/// A server of our own, unless the caller names one or there is none to start. One that is there and does not start fails.
fn start_postgres(report: &mut Report, tools: &Tools) -> Option<Server> {
    if given_database_url().is_some() || !tools.has_postgres() {
        return None;
    }
    let mut server = None;
    report.step("throw-away PostgreSQL", || {
        server = Some(Server::start()?);
        Ok(Counts::default())
    });
    server
}

fn database_url(server: Option<&Server>) -> Option<String> {
    given_database_url().or_else(|| server.map(|server| server.url().to_owned()))
}

fn given_database_url() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty())
}
