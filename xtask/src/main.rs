//! Development tasks: `cargo xtask test` proves the whole project; the other words run a part of it.
//!
//! Every step prints its time. The last line of `test` is `N passed, N failed`: the tests the runner counted and the
//! checks (formatting, architecture, licences, lints, documentation), each check as one. Parts this machine cannot run
//! are named before it; under `CI=true` each of them counts as failed.

mod architecture;
mod licences;
mod postgres;
mod report;
mod run;
mod sources;
mod test;
mod tools;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::report::Report;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Hemu's development tasks")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Everything that proves the project; on Debian as root, installs what is missing.
    Test,
    /// The quick part, which builds nothing: formatting, architecture, sources, licences.
    Check,
    /// Runs a command with TEST_DATABASE_URL pointing at a throw-away PostgreSQL.
    WithPostgres {
        /// For example: cargo nextest run -p hemu-store
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<String>,
    },
    /// Lists the licences of all dependencies, with how many crates carry each.
    Licences,
}

fn main() -> Result<ExitCode> {
    std::env::set_current_dir(run::workspace_root())?;
    match Arguments::parse().task {
        Task::Test => Ok(test::everything().close()),
        Task::Check => {
            let mut report = Report::new();
            test::quick_checks(&mut report);
            Ok(report.close())
        }
        Task::WithPostgres { command } => with_postgres(&command),
        Task::Licences => licences::print().map(|()| ExitCode::SUCCESS),
    }
}

fn with_postgres(command: &[String]) -> Result<ExitCode> {
    let server = postgres::Server::start()?;
    let Some((program, arguments)) = command.split_first() else { return Ok(ExitCode::FAILURE) };
    let mut command = std::process::Command::new(program);
    let succeeded = command.args(arguments).env("TEST_DATABASE_URL", server.url()).status()?.success();
    Ok(if succeeded { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
