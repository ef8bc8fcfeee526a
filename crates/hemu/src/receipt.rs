//! `hemu receipt add`: a payment, applied.

use chrono::NaiveDate;
use clap::Subcommand;
use hemu_app::ledger::together::{TogetherRequest, take_together};
use hemu_app::ledger::{AtTheDesk, ReceiptReport, ReceiptRequest, Tender, take_at_desk};
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
    /// The unit, such as 3-2-1502; repeated, one payment for several units of one payer
    #[arg(long = "unit", value_name = "UNIT", value_parser = unit_label, required = true)]
    units: Vec<UnitLabel>,
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
    /// One of several ways it is paid, METHOD:AMOUNT; repeated, they add up to the amount
    #[arg(long = "tender", value_name = "METHOD:AMOUNT", value_parser = tender, conflicts_with = "method")]
    tenders: Vec<Tender>,
    /// The cash handed over; what is above the cash part is change
    #[arg(long, value_name = "AMOUNT", value_parser = amount)]
    handed: Option<Fen>,
    /// Small change let off beside it (抹零), below the limit of the community
    #[arg(long, value_name = "AMOUNT", value_parser = amount)]
    round_off: Option<Fen>,
}

fn tender(text: &str) -> Result<Tender, String> {
    let (method, sum) = text.split_once(':').ok_or_else(|| {
        "请写成 方式:金额，如 cash:219.80 / write it as METHOD:AMOUNT, such as cash:219.80".to_owned()
    })?;
    Ok(Tender { method: method.to_owned(), amount: amount(sum)? })
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
    let desk = AtTheDesk {
        tenders: args.tenders.clone(),
        handed: args.handed,
        round_off: args.round_off.unwrap_or(Fen::ZERO),
    };
    let [unit] = args.units.as_slice() else { return together(app, actor, args, &desk) };
    let request = ReceiptRequest {
        community: args.community.clone(),
        unit: unit.clone(),
        amount: args.amount,
        received_on: args.on,
        method: args.method.clone(),
        designated: args.designated.clone(),
        key: args.key.clone(),
        remark: String::new(),
    };
    let report = take_at_desk(app, actor, &request, &desk)?;
    Output::new(&report, text(&report))
}

fn together(app: &App, actor: &Actor, args: &AddArgs, desk: &AtTheDesk) -> Result<Output, Refusal> {
    let request = TogetherRequest {
        community: args.community.clone(),
        units: args.units.clone(),
        amount: args.amount,
        received_on: args.on,
        method: args.method.clone(),
        designated: args.designated.clone(),
        key: args.key.clone(),
        remark: String::new(),
    };
    let report = take_together(app, actor, &request, desk)?;
    let lines: Vec<String> = report.receipts.iter().map(text).collect();
    Output::new(&report, lines.join("\n"))
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
    if report.rounded_off.is_positive() {
        lines.push(format!("  抹零 {}", report.rounded_off.grouped()));
    }
    if report.change.is_positive() {
        lines.push(format!("  找零 {}", report.change.grouped()));
    }
    lines.join("\n")
}
