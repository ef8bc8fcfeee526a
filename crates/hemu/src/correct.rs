//! `hemu correct opening`: an opening balance that was brought in too low; a second person approves it.

use chrono::NaiveDate;
use clap::Subcommand;
use hemu_app::approval::{Asked, ask};
use hemu_app::billing::find_community;
use hemu_app::ledger::opening::OpeningRequest;
use hemu_app::{Actor, App, Refusal};
use hemu_domain::{Fen, Period, UnitLabel};

use crate::arguments::{amount, day, period, unit_label};
use crate::output::Output;

/// `hemu correct ...`
#[derive(Debug, clap::Args)]
pub struct CorrectArgs {
    #[command(subcommand)]
    command: CorrectCommand,
}

#[derive(Debug, Subcommand)]
enum CorrectCommand {
    /// Ask for more to be owed for a month from before the books began
    Opening(OpeningArgs),
}

#[derive(Debug, clap::Args)]
struct OpeningArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// The unit, such as 3-2-1502
    #[arg(long, value_parser = unit_label)]
    unit: UnitLabel,
    /// The month it is owed for, YYYY-MM
    #[arg(long, value_parser = period)]
    period: Period,
    /// How much is owed beyond what was brought in, in yuan
    #[arg(long, value_parser = amount, allow_hyphen_values = true)]
    amount: Fen,
    /// The fee item (default: the property fee)
    #[arg(long)]
    item: Option<String>,
    /// When it was due (default: as what it corrects, or by the contract)
    #[arg(long, value_name = "DATE", value_parser = day)]
    due: Option<NaiveDate>,
    /// Why; goes on record
    #[arg(long)]
    reason: String,
    /// Stands in for today
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<NaiveDate>,
}

impl CorrectArgs {
    /// The day that stands in for today.
    pub fn as_of(&self) -> Option<NaiveDate> {
        let CorrectCommand::Opening(args) = &self.command;
        args.as_of
    }
}

/// Asks.
pub fn run(app: &App, actor: &Actor, args: &CorrectArgs) -> Result<Output, Refusal> {
    let CorrectCommand::Opening(args) = &args.command;
    let community = find_community(app, &args.community)?;
    let request = OpeningRequest {
        unit: args.unit.clone(),
        item: args.item.clone(),
        period: args.period,
        amount: args.amount,
        due_on: args.due,
    };
    let requested = ask(app, actor, community, &Asked::OpeningCorrection(request), &args.reason)?;
    let last = requested.expires_on;
    Output::new(&requested, format!("等待另一人审批，有效至 {last} / waits for a second person until {last}"))
}
