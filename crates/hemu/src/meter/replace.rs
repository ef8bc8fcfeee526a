//! `hemu meter replace`: a new device in the place of an old one (换表); its usage is that of both.

use chrono::NaiveDate;
use hemu_app::metering::{Replacement, replace_meter};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::{Factor, MeterValue};

use super::{factor, find_item, value};
use crate::arguments::day;
use crate::output::Output;

/// `hemu meter replace ...`
#[derive(Debug, clap::Args)]
pub struct ReplaceArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// The old one's number
    #[arg(long)]
    number: String,
    /// What it showed at last
    #[arg(long = "final", value_name = "VALUE", value_parser = value)]
    final_value: MeterValue,
    /// Its dial had gone round since the last charge
    #[arg(long)]
    rolled_over: bool,
    /// The new one's number
    #[arg(long)]
    new_number: String,
    /// What the new one shows
    #[arg(long, value_parser = value)]
    start: MeterValue,
    /// When (default: today)
    #[arg(long, value_parser = day)]
    on: Option<NaiveDate>,
    /// The new one's digits before the point (default: as the old one)
    #[arg(long)]
    digits: Option<u32>,
    /// What the new one's count is multiplied by (default: as the old one)
    #[arg(long, value_parser = factor)]
    multiplier: Option<Factor>,
}

/// Replaces it.
pub fn run(app: &App, actor: &Actor, args: &ReplaceArgs) -> Result<Output, Refusal> {
    let old = find_item(app, actor, &args.community, &args.number)?;
    let new = Replacement {
        meter: old.id,
        on: args.on.unwrap_or_else(|| app.today()),
        final_value: args.final_value,
        rolled_over: args.rolled_over,
        number: args.new_number.trim().to_owned(),
        start: args.start,
        digits: args.digits.unwrap_or_else(|| u32::try_from(old.digits).unwrap_or(0)),
        multiplier: args.multiplier.unwrap_or(old.multiplier),
    };
    replace_meter(app, actor, &args.community, &new)?;
    let json = serde_json::json!({ "id": old.id, "old": old.number, "new": new.number, "on": new.on });
    Output::new(&json, format!("已换表 {} → {} / replaced", old.number, new.number))
}
