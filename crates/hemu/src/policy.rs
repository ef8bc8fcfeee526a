//! `hemu policy show | check FILE | draft FILE | preview | activate`: the policy as a file, checked, drafted, tried and asked for.
//! `hemu policy replay` makes recorded decisions again.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use clap::Subcommand;
use hemu_app::billing::find_community;
use hemu_app::collection::preview::{PreviewReport, preview_draft};
use hemu_app::collection::replay::{ReplayScope, replay};
use hemu_app::collection::versions::{
    VersionItem, ask_activation, check_policy, list_versions, read_policy, save_draft,
};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::Text;
use hemu_domain::collection::comparison::Change;
use hemu_domain::collection::policy::Policy;
use hemu_domain::collection::policy_check::Finding;
use serde_json::json;

use crate::arguments::day;
use crate::output::Output;

/// `hemu policy ...`
#[derive(Debug, clap::Args)]
pub struct PolicyArgs {
    #[command(subcommand)]
    command: PolicyCommand,
}

#[derive(Debug, Subcommand)]
enum PolicyCommand {
    /// The versions, and the policy in force as the file it could be drafted from
    Show,
    /// Look at a policy and write nothing; exit status 2 with everything that is wrong
    Check(FileArgs),
    /// Save a policy as the draft of the next version; exit status 2, and nothing saved, when something is wrong
    Draft(FileArgs),
    /// What the draft changes for the open cases of a community
    Preview(PreviewArgs),
    /// Ask for the draft to be put in force; a second person approves it
    Activate(ActivateArgs),
    /// Make all recorded decisions of a community again; exit status 1 when one comes out otherwise
    Replay(CommunityArgs),
}

#[derive(Debug, clap::Args)]
struct FileArgs {
    /// The policy, JSON
    file: PathBuf,
}

#[derive(Debug, clap::Args)]
struct CommunityArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
}

#[derive(Debug, clap::Args)]
struct PreviewArgs {
    #[command(flatten)]
    of: CommunityArgs,
    /// Stands in for today
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<NaiveDate>,
}

#[derive(Debug, clap::Args)]
struct ActivateArgs {
    /// Name of the community among whose requests it waits
    #[arg(long)]
    community: String,
    /// Why; goes on record
    #[arg(long)]
    reason: String,
    /// Stands in for today
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<NaiveDate>,
}

impl PolicyArgs {
    /// The day that stands in for today.
    pub fn as_of(&self) -> Option<NaiveDate> {
        match &self.command {
            PolicyCommand::Preview(args) => args.as_of,
            PolicyCommand::Activate(args) => args.as_of,
            PolicyCommand::Show | PolicyCommand::Check(_) | PolicyCommand::Draft(_) | PolicyCommand::Replay(_) => None,
        }
    }
}

/// Does what is asked.
pub fn run(app: &App, actor: &Actor, args: &PolicyArgs) -> Result<Output, Refusal> {
    match &args.command {
        PolicyCommand::Show => show(app, actor),
        PolicyCommand::Check(args) => check(app, actor, &args.file),
        PolicyCommand::Draft(args) => {
            let policy = read_sound(app, actor, &args.file)?;
            let draft = save_draft(app, actor, &policy)?;
            let version = draft.version;
            Output::new(&draft, format!("已保存为第 {version} 版草稿 / saved as the draft of version {version}"))
        }
        PolicyCommand::Preview(args) => {
            let community = find_community(app, &args.of.community)?;
            let report = preview_draft(app, actor, community)?;
            Output::new(&report, told(&report))
        }
        PolicyCommand::Activate(args) => {
            let community = find_community(app, &args.community)?;
            let requested = ask_activation(app, actor, community, &args.reason)?;
            let (id, last) = (requested.id, requested.expires_on);
            Output::new(
                &requested,
                format!("已提交，等待另一人审批，有效至 {last} / asked for, waits until {last}: {id}"),
            )
        }
        PolicyCommand::Replay(args) => again(app, actor, &args.community),
    }
}

fn show(app: &App, actor: &Actor) -> Result<Output, Refusal> {
    let list = list_versions(app, actor)?;
    let line = |one: &VersionItem| {
        let mark = if one.in_force { "*" } else { " " };
        format!("{mark} {:>3}  {}  {}", one.version, one.effective_from, one.name)
    };
    let versions: Vec<String> = list.versions.iter().map(line).collect();
    let policy = serde_json::to_string_pretty(&list.policy).map_err(|error| Refusal::Internal(error.to_string()))?;
    Output::new(&list, format!("{}\n{policy}", versions.join("\n")))
}

fn read_file(file: &Path) -> Result<Policy, Refusal> {
    let name = file.display();
    let json = std::fs::read_to_string(file).map_err(|error| {
        Refusal::invalid("file", format!("无法读取 {name}：{error}"), format!("cannot read {name}: {error}"))
    })?;
    read_policy(&json)
}

/// A policy with nothing wrong; else everything that is, a line each.
fn read_sound(app: &App, actor: &Actor, file: &Path) -> Result<Policy, Refusal> {
    let policy = read_file(file)?;
    let findings = check_policy(app, actor, &policy)?;
    if findings.is_empty() {
        return Ok(policy);
    }
    let line = |one: &Finding| {
        let head = format!("{} {}", one.code.as_str(), one.place);
        Text::new(format!("{head}：{}", one.text.zh), format!("{head}: {}", one.text.en))
    };
    Err(Refusal::Gated { missing: findings.iter().map(line).collect() })
}

fn check(app: &App, actor: &Actor, file: &Path) -> Result<Output, Refusal> {
    let policy = read_sound(app, actor, file)?;
    let answer = json!({ "name": policy.name, "steps": policy.steps.len(), "findings": [] });
    Output::new(&answer, format!("{}：检查通过，{} 个步骤 / sound", policy.name, policy.steps.len()))
}

fn told(report: &PreviewReport) -> String {
    let count = |one: &Change| {
        let label = one.label();
        format!("{} {}", label.zh, report.changes.get(one.as_str()).copied().unwrap_or(0))
    };
    let counts: Vec<String> = Change::ALL.iter().map(count).collect();
    let rows = report.rows.iter().map(|one| format!("{}  {}", one.number, one.change.label().zh));
    let head = format!("案件 {}：{}", report.cases, counts.join("，"));
    std::iter::once(head).chain(rows).collect::<Vec<_>>().join("\n")
}

fn again(app: &App, actor: &Actor, community: &str) -> Result<Output, Refusal> {
    let report = replay(app, actor, find_community(app, community)?, ReplayScope::All)?;
    let sum = format!("决定 {}，一致 {}，不一致 {}", report.decisions, report.same, report.differing.len());
    let mut output = Output::new(&report, sum)?;
    output.in_order = report.differing.is_empty();
    Ok(output)
}
