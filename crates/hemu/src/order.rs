//! `hemu order add | cancel | list`: what is charged once (临时收费), until a bill takes it up.

use chrono::NaiveDate;
use clap::Subcommand;
use hemu_app::billing::orders::{NewOrder, OrderItem, cancel_order, list_orders, record_order};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::ids::FeeOrderId;
use hemu_domain::{Period, UnitLabel, UnitPrice};

use crate::arguments::{day, period, unit_label};
use crate::output::Output;

/// `hemu order ...`
#[derive(Debug, clap::Args)]
pub struct OrderArgs {
    /// Stands in for today
    #[arg(long, value_name = "DATE", value_parser = day, global = true)]
    as_of: Option<NaiveDate>,
    #[command(subcommand)]
    command: OrderCommand,
}

#[derive(Debug, Subcommand)]
enum OrderCommand {
    /// Record an order; the next bill of the unit takes it up
    Add(AddArgs),
    /// Cancel one that is on no bill yet
    Cancel(CancelArgs),
    /// The newest orders
    List(ListArgs),
}

#[derive(Debug, clap::Args)]
struct AddArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// The unit whose payer ordered it
    #[arg(long, value_parser = unit_label)]
    unit: UnitLabel,
    /// The fee item, such as 门禁卡; made when it is new
    #[arg(long)]
    item: String,
    /// The price of one, in yuan
    #[arg(long, value_parser = price, allow_hyphen_values = true)]
    price: UnitPrice,
    /// How many
    #[arg(long, default_value_t = 1)]
    quantity: u32,
    /// What is counted: 张, 次, 户
    #[arg(long, default_value = "次")]
    counted_in: String,
    /// What it is for, and what the price rests on
    #[arg(long)]
    basis: String,
    /// The month whose bill it goes on, YYYY-MM (default: this month)
    #[arg(long, value_parser = period)]
    period: Option<Period>,
}

#[derive(Debug, clap::Args)]
struct CancelArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// The order: its id in `hemu order list --json`
    #[arg(long, value_parser = order)]
    order: FeeOrderId,
    /// Why; goes on record
    #[arg(long)]
    reason: String,
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
}

fn price(text: &str) -> Result<UnitPrice, String> {
    UnitPrice::parse(text).map_err(|error| format!("不是单价，请写成 15.00 / {error}"))
}

fn order(text: &str) -> Result<FeeOrderId, String> {
    FeeOrderId::parse(text).map_err(|_| {
        "不是临时收费的编号，请用 hemu order list --json 里的 id / not the id of an order; take it from `hemu order list --json`"
            .to_owned()
    })
}

impl OrderArgs {
    /// The day that stands in for today.
    pub const fn as_of(&self) -> Option<NaiveDate> {
        self.as_of
    }
}

/// Records, cancels or lists.
pub fn run(app: &App, actor: &Actor, args: &OrderArgs) -> Result<Output, Refusal> {
    match &args.command {
        OrderCommand::Add(args) => {
            let new = NewOrder {
                unit: args.unit.clone(),
                item: args.item.clone(),
                quantity: args.quantity,
                counted_in: args.counted_in.clone(),
                price: args.price,
                basis: args.basis.clone(),
                period: args.period,
            };
            let made = record_order(app, actor, &args.community, &new)?;
            let text = format!("已登记 {} 元，计入 {} 的账单 / recorded", made.amount.grouped(), made.period);
            Output::new(&made, text)
        }
        OrderCommand::Cancel(args) => {
            cancel_order(app, actor, &args.community, args.order, &args.reason)?;
            Output::new(&serde_json::json!({ "id": args.order, "state": "cancelled" }), "已取消 / cancelled")
        }
        OrderCommand::List(args) => {
            let rows = list_orders(app, actor, &args.community)?;
            let text: Vec<String> = rows.iter().map(line).collect();
            Output::new(&serde_json::json!({ "rows": rows }), text.join("\n"))
        }
    }
}

fn line(one: &OrderItem) -> String {
    let state = match one.state {
        "billed" => "已出账",
        "cancelled" => "已取消",
        _ => "待出账",
    };
    format!("{}  {:<10} {} {}  {} = {} 元  {state}", one.id, one.unit, one.item, one.period, one.formula, one.amount)
}
