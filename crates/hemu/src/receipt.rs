//! `hemu receipt add`: a payment, applied.

use chrono::NaiveDate;
use clap::Subcommand;
use hemu_app::ledger::{ReceiptReport, ReceiptRequest, take_receipt};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::ids::ChargeId;
use hemu_domain::{Fen, UnitLabel};

use crate::arguments::{amount, day, unit_label};
use crate::output::Output;

/// `hemu receipt ...`
#[derive(Debug, clap::Args)]
pub struct ReceiptArgs {
    #[command(subcommand)]
    command: ReceiptCommand,
}

#[derive(Debug, Subcommand)]
enum ReceiptCommand {
    /// Take a payment; the same key twice is one payment
    Add(AddArgs),
}

#[derive(Debug, clap::Args)]
struct AddArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// The unit, such as 3-2-1502
    #[arg(long, value_parser = unit_label)]
    unit: UnitLabel,
    /// How much, in yuan
    #[arg(long, value_parser = amount, allow_hyphen_values = true)]
    amount: Fen,
    /// The day it was received
    #[arg(long, value_name = "DATE", value_parser = day)]
    on: NaiveDate,
    /// Stands in for today
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<NaiveDate>,
    /// cash, card, transfer, wechat, alipay, qr or other
    #[arg(long, default_value = "cash")]
    method: String,
    /// A charge the payer named; may be repeated
    #[arg(long = "for", value_name = "CHARGE", value_parser = charge)]
    designated: Vec<ChargeId>,
    /// The same key twice is one payment
    #[arg(long)]
    key: Option<String>,
}

fn charge(text: &str) -> Result<ChargeId, String> {
    ChargeId::parse(text).map_err(|_| {
        "不是应收的编号，请用 hemu report arrears --json 里 charges 的 charge / \
         not the id of a charge; take it from `charge` in the `charges` of `hemu report arrears --json`"
            .to_owned()
    })
}

impl ReceiptArgs {
    /// The day that stands in for today.
    pub fn as_of(&self) -> Option<NaiveDate> {
        let ReceiptCommand::Add(args) = &self.command;
        args.as_of
    }
}

/// Takes the payment.
pub fn run(app: &App, actor: &Actor, args: &ReceiptArgs) -> Result<Output, Refusal> {
    let ReceiptCommand::Add(args) = &args.command;
    let request = ReceiptRequest {
        community: args.community.clone(),
        unit: args.unit.clone(),
        amount: args.amount,
        received_on: args.on,
        method: args.method.clone(),
        designated: args.designated.clone(),
        key: args.key.clone(),
        remark: String::new(),
    };
    let report = take_receipt(app, actor, &request)?;
    Output::new(&report, text(&report))
}

fn text(report: &ReceiptReport) -> String {
    let again = if report.repeated { "（此前已收，未重复入账）" } else { "" };
    let mut lines = vec![format!("收据 {} {} 收 {} 元{again}", report.receipt, report.unit, report.amount.grouped())];
    let line = |one: &hemu_app::ledger::AllocationLine| {
        format!("  {} {}  本金 {}  违约金 {}", one.period, one.item, one.principal.grouped(), one.late_fee.grouped())
    };
    lines.extend(report.allocations.iter().map(line));
    if report.prepaid.is_positive() {
        lines.push(format!("  预存 {}", report.prepaid.grouped()));
    }
    lines.join("\n")
}
