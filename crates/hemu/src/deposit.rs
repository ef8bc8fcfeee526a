//! `hemu deposit take | return | list`: deposits (押金), money of others that is kept for them. Keeping a part takes two people, on the
//! pages or by the API.

use chrono::NaiveDate;
use clap::Subcommand;
use hemu_app::ledger::deposits::{
    DepositItem, DepositReport, DepositReturn, NewDeposit, list_deposits, return_deposit, take_deposit,
};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::ids::DepositId;
use hemu_domain::{Fen, UnitLabel};

use crate::arguments::{amount, day, unit_label};
use crate::output::Output;

/// `hemu deposit ...`
#[derive(Debug, clap::Args)]
pub struct DepositArgs {
    /// Stands in for today
    #[arg(long, value_name = "DATE", value_parser = day, global = true)]
    as_of: Option<NaiveDate>,
    #[command(subcommand)]
    command: DepositCommand,
}

#[derive(Debug, Subcommand)]
enum DepositCommand {
    /// Take a deposit
    Take(TakeArgs),
    /// Give one back, in whole or in part
    Return(ReturnArgs),
    /// The deposits, and what is owed to payers
    List(ListArgs),
}

#[derive(Debug, clap::Args)]
struct TakeArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// The unit whose payer gives it
    #[arg(long, value_parser = unit_label)]
    unit: UnitLabel,
    /// What for, such as 装修押金
    #[arg(long)]
    kind: String,
    /// How much, in yuan
    #[arg(long, value_parser = amount, allow_hyphen_values = true)]
    amount: Fen,
    /// The day it was taken (default: today)
    #[arg(long, value_name = "DATE", value_parser = day)]
    on: Option<NaiveDate>,
    /// cash, card, transfer, wechat, alipay, qr or other
    #[arg(long, default_value = "cash")]
    method: String,
    /// A remark
    #[arg(long, default_value = "")]
    remark: String,
}

#[derive(Debug, clap::Args)]
struct ReturnArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// The deposit: its id in `hemu deposit list --json`
    #[arg(long, value_parser = deposit)]
    deposit: DepositId,
    /// How much of what is left, in yuan
    #[arg(long, value_parser = amount, allow_hyphen_values = true)]
    amount: Fen,
    /// cash, card, transfer, wechat, alipay, qr or other
    #[arg(long, default_value = "cash")]
    method: String,
    /// Why now, such as 装修验收合格
    #[arg(long)]
    reason: String,
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
}

fn deposit(text: &str) -> Result<DepositId, String> {
    DepositId::parse(text).map_err(|_| {
        "不是押金的编号，请用 hemu deposit list --json 里的 id / not the id of a deposit; take it from `hemu deposit list --json`"
            .to_owned()
    })
}

impl DepositArgs {
    /// The day that stands in for today.
    pub const fn as_of(&self) -> Option<NaiveDate> {
        self.as_of
    }
}

/// Takes, gives back or lists.
pub fn run(app: &App, actor: &Actor, args: &DepositArgs) -> Result<Output, Refusal> {
    match &args.command {
        DepositCommand::Take(args) => {
            let new = NewDeposit {
                unit: args.unit.clone(),
                kind: args.kind.clone(),
                amount: args.amount,
                taken_on: args.on.unwrap_or_else(|| app.today()),
                method: args.method.clone(),
                remark: args.remark.clone(),
            };
            let id = take_deposit(app, actor, &args.community, &new)?;
            Output::new(&serde_json::json!({ "id": id }), format!("已收押金 {} 元 / taken", args.amount.grouped()))
        }
        DepositCommand::Return(args) => {
            let back = DepositReturn {
                deposit: args.deposit,
                amount: args.amount,
                method: args.method.clone(),
                reason: args.reason.clone(),
            };
            return_deposit(app, actor, &args.community, &back)?;
            let json = serde_json::json!({ "id": args.deposit, "returned": args.amount });
            Output::new(&json, format!("已退押金 {} 元 / given back", args.amount.grouped()))
        }
        DepositCommand::List(args) => {
            let report = list_deposits(app, actor, &args.community)?;
            let text = text(&report);
            Output::new(&report, text)
        }
    }
}

fn text(report: &DepositReport) -> String {
    let line = |one: &DepositItem| {
        format!("{}  {:<10} {} {}  {} 元，余 {} 元", one.id, one.unit, one.kind, one.taken_on, one.amount, one.left)
    };
    let total = format!("应退押金合计 / owed to payers {}", report.left.grouped());
    report.rows.iter().map(line).chain(std::iter::once(total)).collect::<Vec<_>>().join("\n")
}
