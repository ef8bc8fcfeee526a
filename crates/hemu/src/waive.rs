//! `hemu waive request`: principal or late fee of a charge let off, at once within the limit of the role, else by two people.

use chrono::NaiveDate;
use clap::{Subcommand, ValueEnum};
use hemu_app::ledger::adjust::{AdjustRequest, Part};
use hemu_app::reductions::waive::waive;
use hemu_app::{Actor, App, Refusal};
use hemu_domain::Fen;
use hemu_domain::ids::ChargeId;
use hemu_domain::ledger::adjustment::AdjustmentKind;

use crate::arguments::{amount, day};
use crate::output::Output;

/// `hemu waive ...`
#[derive(Debug, clap::Args)]
pub struct WaiveArgs {
    #[command(subcommand)]
    command: WaiveCommand,
}

#[derive(Debug, Subcommand)]
enum WaiveCommand {
    /// Let off an amount; above the limit of the role it waits for a second person
    Request(RequestArgs),
}

#[derive(Debug, clap::Args)]
struct RequestArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// The charge: its id in `hemu receipt add --json` or on the unit
    #[arg(long, value_parser = charge)]
    charge: ChargeId,
    /// How much, in yuan
    #[arg(long, value_parser = amount)]
    amount: Fen,
    /// Of which part
    #[arg(long, value_enum, default_value = "principal")]
    part: Which,
    /// Why; goes on record
    #[arg(long)]
    reason: String,
    /// Stands in for today
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<NaiveDate>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Which {
    Principal,
    LateFee,
}

fn charge(text: &str) -> Result<ChargeId, String> {
    ChargeId::parse(text).map_err(|_| "不是应收的编号 / not the id of a charge".to_owned())
}

impl WaiveArgs {
    /// The day that stands in for today.
    pub fn as_of(&self) -> Option<NaiveDate> {
        let WaiveCommand::Request(args) = &self.command;
        args.as_of
    }
}

/// Lets off, or asks.
pub fn run(app: &App, actor: &Actor, args: &WaiveArgs) -> Result<Output, Refusal> {
    let WaiveCommand::Request(args) = &args.command;
    let part = match args.part {
        Which::Principal => Part::Principal,
        Which::LateFee => Part::LateFee,
    };
    let request = AdjustRequest { charge: args.charge, part, kind: AdjustmentKind::Waiver, amount: args.amount };
    let waived = waive(app, actor, &args.community, &request, &args.reason)?;
    let text = match &waived.request {
        None => "已减免 / let off".to_owned(),
        Some(waits) => {
            format!("超过限额，等待另一人审批，有效至 {0} / waits for a second person until {0}", waits.expires_on)
        }
    };
    Output::new(&waived, text)
}
