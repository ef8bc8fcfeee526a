//! The `hemu` binary: reads the command line, wires the crates together, runs one command.
//!
//! Exit status: 0 done; 2 the call or its input is wrong (what, where, what to do, on standard error; nothing changed);
//! 1 anything else. With `--json` standard output holds one JSON document and nothing else.

mod approval;
mod arguments;
mod bank;
mod bench;
mod bill;
mod calc;
mod case;
mod cli;
mod close;
mod collect;
mod config;
mod correct;
mod database;
mod demo;
mod deposit;
mod doctor;
mod import;
mod letter;
mod meter;
mod operations;
mod order;
mod output;
mod policy;
mod rebill;
mod receipt;
mod report;
mod serve;
mod service;
mod share;
mod template;
mod verify;
mod waive;

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use clap::Parser as _;
use hemu_app::Refusal;
use hemu_domain::Text;

use crate::cli::Cli;
use crate::output::Output;

/// Every request and every decision is made of many short texts; the system's allocator took a tenth of their time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return misread(&error),
    };
    // A fault of the program ends like any other failure: status 1, and nothing on standard output.
    match std::panic::catch_unwind(|| run(&cli)) {
        Ok(Ok(output)) => print(&output, cli.json),
        Ok(Err(refusal)) => report(&refusal),
        Err(_) => report(&Refusal::Internal("the program met a state it does not know".to_owned())),
    }
}

fn run(cli: &Cli) -> Result<Output, Refusal> {
    let database = cli.database.resolve()?;
    start_log(cli.json, database.config.log.level.as_deref());
    let output = cli.run(&database)?;
    output.check_file(cli.json, std::io::stdout().is_terminal())?;
    Ok(output)
}

/// A call that cannot be read is told in both languages; help and version, which arrive the same way, go out as asked.
fn misread(error: &clap::Error) -> ExitCode {
    if error.use_stderr() {
        eprintln!(
            "hemu: {}",
            Text::new("命令写法有误，请按下面的提示改正", "the call is wrong; correct it as told below")
        );
    }
    // Standard error or output that is gone leaves nobody to tell.
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// `HEMU_LOG` goes before the configuration file; with `--json` only errors are told, unless asked for more.
fn start_log(quiet: bool, configured: Option<&str>) {
    let usual = configured.unwrap_or(if quiet { "error" } else { "warn" });
    let filter = tracing_subscriber::EnvFilter::try_from_env("HEMU_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(usual));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

fn print(output: &Output, json: bool) -> ExitCode {
    let text = if json { format!("{:#}", output.json) } else { output.text.clone() };
    let mut stdout = std::io::stdout();
    let written = match &output.file {
        Some(file) => stdout.write_all(file),
        None if text.is_empty() => Ok(()),
        None => writeln!(stdout, "{}", text.trim_end()),
    };
    match written.and_then(|()| stdout.flush()) {
        Ok(()) if output.in_order => ExitCode::SUCCESS,
        Ok(()) => ExitCode::from(1),
        // A reader that closed the pipe (`| head`) has what it wanted.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            let zh = format!("命令已完成，但结果写不出来：{error}");
            eprintln!("hemu: {}", Text::new(zh, format!("done, but the answer cannot be written: {error}")));
            ExitCode::from(1)
        }
    }
}

fn report(refusal: &Refusal) -> ExitCode {
    let (status, sentence) = match refusal {
        Refusal::Internal(problem) => {
            (1, Text::new(format!("程序出错：{problem}"), format!("internal error: {problem}")))
        }
        Refusal::Busy | Refusal::DiskFull => (1, refusal.text()),
        Refusal::Forbidden(_)
        | Refusal::NotFound(_)
        | Refusal::InvalidInput { .. }
        | Refusal::Conflict(_)
        | Refusal::Gated { .. } => (2, refusal.text()),
    };
    eprintln!("hemu: {}", in_terminal_language(&sentence));
    ExitCode::from(status)
}

/// The sentence in the language of the terminal; in both where it names none.
fn in_terminal_language(text: &Text) -> String {
    let language = ["HEMU_LANG", "LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(|name| std::env::var(name).ok());
    match language.unwrap_or_default() {
        tag if tag.starts_with("zh") => text.zh.clone(),
        tag if tag.starts_with("en") => text.en.clone(),
        _ => text.to_string(),
    }
}
