//! `hemu case contact | hold`: what people do on a case, until there are pages for it.

use chrono::{NaiveDate, NaiveTime};
use clap::Subcommand;
use hemu_app::billing::find_community;
use hemu_app::collection::holds::{HoldRequest, open_hold};
use hemu_app::collection::work::{ContactHow, ContactRequest, find_case_of_unit, list_open_tasks, record_contact};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::collection::classification::{Attitude, Cause, ContactOutcome};
use hemu_domain::collection::contact_block::Initiative;
use hemu_domain::collection::hold::HoldKind;
use hemu_domain::{Fen, UnitLabel};
use serde_json::json;

use crate::arguments::{amount, day, hour, unit_label};
use crate::output::Output;

/// `hemu case ...`
#[derive(Debug, clap::Args)]
pub struct CaseArgs {
    #[command(subcommand)]
    command: CaseCommand,
}

#[derive(Debug, Subcommand)]
enum CaseCommand {
    /// Record a contact; finishes the open task it carries out
    Contact(ContactArgs),
    /// Hold a case, with a reason and a review date
    Hold(HoldArgs),
}

#[derive(Debug, clap::Args)]
struct CaseOf {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// The unit, such as 3-2-1502
    #[arg(long, value_parser = unit_label)]
    unit: UnitLabel,
    /// Stands in for today
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<NaiveDate>,
}

#[derive(Debug, clap::Args)]
struct ContactArgs {
    #[command(flatten)]
    of: CaseOf,
    /// phone, visit, counter, wechat or letter
    #[arg(long)]
    channel: String,
    /// How it ended, such as REACHED_PROMISE, REACHED_REFUSE, REACHED_TALK, NO_ANSWER
    #[arg(long, value_parser = ContactOutcome::parse)]
    outcome: ContactOutcome,
    /// Cause found, such as FORGET, HARD, SERVICE, WILFUL
    #[arg(long, value_parser = Cause::parse)]
    cause: Option<Cause>,
    /// cooperative, neutral, resistant, refusing or unknown
    #[arg(long, value_parser = Attitude::parse, default_value = "unknown")]
    attitude: Attitude,
    /// What was said
    #[arg(long, default_value = "")]
    note: String,
    /// Amount promised
    #[arg(long, value_parser = amount, requires = "promise_by")]
    promise: Option<Fen>,
    /// Day promised
    #[arg(long, value_name = "DATE", value_parser = day, requires = "promise")]
    promise_by: Option<NaiveDate>,
    /// What comes next
    #[arg(long, default_value = "")]
    next: String,
    /// By when
    #[arg(long, value_name = "DATE", value_parser = day)]
    next_on: Option<NaiveDate>,
    /// Who wanted it: ours, call_back or owner
    #[arg(long, value_parser = Initiative::parse, default_value = "ours")]
    initiative: Initiative,
    /// When it was, today, such as 18:30; now where left out
    #[arg(long, value_name = "HH:MM", value_parser = hour)]
    at: Option<NaiveTime>,
}

#[derive(Debug, clap::Args)]
struct HoldArgs {
    #[command(flatten)]
    of: CaseOf,
    /// The document it rests on: needed for deceased
    #[arg(long)]
    document: Option<String>,
    /// service_dispute, billing_query, hardship...
    #[arg(long, value_parser = HoldKind::parse)]
    kind: HoldKind,
    /// Why
    #[arg(long)]
    reason: String,
    /// When somebody looks at it again
    #[arg(long, value_name = "DATE", value_parser = day)]
    review_on: NaiveDate,
}

impl CaseArgs {
    /// The day that stands in for today.
    pub fn as_of(&self) -> Option<NaiveDate> {
        match &self.command {
            CaseCommand::Contact(args) => args.of.as_of,
            CaseCommand::Hold(args) => args.of.as_of,
        }
    }
}

/// Does it.
pub fn run(app: &App, actor: &Actor, args: &CaseArgs) -> Result<Output, Refusal> {
    match &args.command {
        CaseCommand::Contact(args) => contact(app, actor, args),
        CaseCommand::Hold(args) => {
            let community = find_community(app, &args.of.community)?;
            let case = find_case_of_unit(app, actor, community, &args.of.unit)?;
            let hold = {
                let of = HoldRequest::of(community, (Some(case), args.kind), &args.reason, args.review_on);
                open_hold(app, actor, &HoldRequest { document: args.document.clone().unwrap_or_default(), ..of })?
            };
            Output::new(&json!({ "case": case, "hold": hold }), "已暂缓 / on hold")
        }
    }
}

fn contact(app: &App, actor: &Actor, args: &ContactArgs) -> Result<Output, Refusal> {
    let community = find_community(app, &args.of.community)?;
    let case = find_case_of_unit(app, actor, community, &args.of.unit)?;
    // A phone call carries out an open call or senior talk, a visit an open visit.
    let fits = |kind: &str| match args.channel.as_str() {
        "visit" => matches!(kind, "visit" | "senior_talk"),
        "phone" => matches!(kind, "call" | "senior_talk"),
        _ => false,
    };
    let tasks = list_open_tasks(app, actor, community)?;
    let task = tasks.into_iter().find(|task| task.case_id == Some(case) && fits(&task.kind)).map(|task| task.id);
    let request = ContactRequest {
        community,
        case,
        task,
        channel: args.channel.clone(),
        outcome: args.outcome,
        cause: args.cause,
        attitude: args.attitude,
        note: args.note.clone(),
        promise: args.promise.zip(args.promise_by),
        next_step: args.next.clone(),
        next_on: args.next_on,
        how: ContactHow { initiative: args.initiative, at: args.at, script: String::new() },
    };
    let breach = record_contact(app, actor, &request)?.map(|block| block.rule);
    let told = match breach {
        Some(rule) => {
            let rule = rule.label();
            format!("已记录，超出联系额度：{} / recorded, over the contact budget: {}", rule.zh, rule.en)
        }
        None => "已记录 / recorded".to_owned(),
    };
    Output::new(&json!({ "case": case, "task": task, "breach": breach }), told)
}
