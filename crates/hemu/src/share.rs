//! `hemu share run | list | cancel`: costs shared over units (公摊).

use chrono::NaiveDate;
use clap::{Subcommand, ValueEnum};
use hemu_app::shared_costs::{CostReport, CostRequest, PoolList, cancel_pool, list_pools, share_cost};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::billing::floor_bands::FloorBands;
use hemu_domain::billing::share::ShareMethod;
use hemu_domain::billing::share_scope::ShareScope;
use hemu_domain::ids::SharePoolId;
use hemu_domain::{Factor, Fen, Period};

use crate::arguments::{amount, day, period};
use crate::output::Output;

/// `hemu share ...`
#[derive(Debug, clap::Args)]
pub struct ShareArgs {
    #[command(subcommand)]
    command: ShareCommand,
}

#[derive(Debug, Subcommand)]
enum ShareCommand {
    /// Share a cost over units; the next bill run takes the shares
    Run(RunArgs),
    /// The shared costs of a year
    List(ListArgs),
    /// Cancel a shared cost of which nothing is billed
    Cancel(CancelArgs),
}

#[derive(Debug, clap::Args)]
struct RunArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// What it is charged as, such as 公摊电费
    #[arg(long)]
    item: String,
    /// The month it is billed with, YYYY-MM
    #[arg(long, value_parser = period)]
    period: Period,
    /// What the invoice comes to, in yuan
    #[arg(long, value_parser = amount)]
    amount: Fen,
    /// The invoice's number, and what it is about
    #[arg(long)]
    invoice: String,
    /// Buildings, entrances or units, such as 3,3-2 (default: the whole community)
    #[arg(long, default_value = "", value_parser = scope)]
    scope: ShareScope,
    /// How it is shared
    #[arg(long, value_enum)]
    method: Method,
    /// With household: what a vacant unit counts, 0 to 1
    #[arg(long, default_value = "1", value_parser = factor)]
    vacant_weight: Factor,
    /// With floor: floors and weights, such as "1:0, 2-6:0.5, 7-18:1"
    #[arg(long, value_parser = bands, required_if_eq("method", "floor"))]
    bands: Option<FloorBands>,
    /// Stands in for today
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<NaiveDate>,
    /// Show the shares, write nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Method {
    Area,
    Household,
    Floor,
    Usage,
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// The year (default: this one)
    #[arg(long)]
    year: Option<i32>,
    /// Stands in for today
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<NaiveDate>,
}

#[derive(Debug, clap::Args)]
struct CancelArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// Its id, as `list` prints it
    id: String,
    /// Why
    #[arg(long)]
    reason: String,
    /// Stands in for today
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<NaiveDate>,
}

fn scope(text: &str) -> Result<ShareScope, String> {
    ShareScope::parse(text).map_err(|part| {
        format!(
            "“{part}”不是楼栋、单元或房号，请写成 3,3-2,3-2-1502 / '{part}' is no place; write it as 3,3-2,3-2-1502"
        )
    })
}

fn factor(text: &str) -> Result<Factor, String> {
    Factor::parse(text).map_err(|error| format!("不是系数，请写成 0.7 / {error}; write it as 0.7"))
}

fn bands(text: &str) -> Result<FloorBands, String> {
    FloorBands::parse(text).map_err(|error| format!("不是楼层系数，请写成 1:0, 2-6:0.5 / {error}"))
}

impl ShareArgs {
    /// The day that stands in for today.
    pub const fn as_of(&self) -> Option<NaiveDate> {
        match &self.command {
            ShareCommand::Run(args) => args.as_of,
            ShareCommand::List(args) => args.as_of,
            ShareCommand::Cancel(args) => args.as_of,
        }
    }
}

/// Shares, lists or cancels.
pub fn run(app: &App, actor: &Actor, args: &ShareArgs) -> Result<Output, Refusal> {
    match &args.command {
        ShareCommand::Run(args) => {
            let report = share_cost(app, actor, &args.community, &request(args)?)?;
            Output::new(&report, text(&report))
        }
        ShareCommand::List(args) => {
            let list = list_pools(app, actor, &args.community, args.year)?;
            Output::new(&list, lines(&list))
        }
        ShareCommand::Cancel(args) => {
            let id = SharePoolId::parse(&args.id).map_err(|_| Refusal::not_found("公摊", "shared cost", &args.id))?;
            cancel_pool(app, actor, &args.community, id, &args.reason)?;
            Output::new(&serde_json::json!({ "cancelled": id }), "已取消。")
        }
    }
}

fn request(args: &RunArgs) -> Result<CostRequest, Refusal> {
    let method = match (args.method, &args.bands) {
        (Method::Area, _) => ShareMethod::Area,
        (Method::Household, _) => ShareMethod::Household { vacant_weight: args.vacant_weight },
        (Method::Floor, Some(bands)) => ShareMethod::Floor(bands.clone()),
        (Method::Floor, None) => {
            return Err(Refusal::invalid("bands", "按楼层分摊请给出 --bands", "with floor, give --bands"));
        }
        (Method::Usage, _) => ShareMethod::Usage,
    };
    Ok(CostRequest {
        item: args.item.clone(),
        period: args.period,
        total: args.amount,
        invoice: args.invoice.clone(),
        scope: args.scope.clone(),
        method,
        dry_run: args.dry_run,
    })
}

fn text(report: &CostReport) -> String {
    let word = if report.id.is_some() { "已确认" } else { "试算" };
    let head = format!(
        "{word} {} {}：{} 元，{} 户，系数合计 {}。",
        report.item,
        report.period,
        report.total.grouped(),
        report.rows.len(),
        report.whole
    );
    let share = |row: &hemu_app::shared_costs::ShareItem| format!("{}  {}  {}", row.unit, row.weight, row.amount);
    let nobody = report.nobody_pays.iter().map(|unit| format!("没有缴费人  {unit}"));
    std::iter::once(head).chain(report.rows.iter().map(share)).chain(nobody).collect::<Vec<_>>().join("\n")
}

fn lines(list: &PoolList) -> String {
    let line = |row: &hemu_app::shared_costs::PoolItem| {
        let state = match &row.cancelled {
            Some(reason) => format!("已取消：{reason}"),
            None => format!("已出账 {}/{}", row.billed, row.bearing),
        };
        format!("{}  {}  {}  {}  {} 元  {state}", row.id, row.period, row.item, row.invoice, row.total.grouped())
    };
    let rows: Vec<String> = list.rows.iter().map(line).collect();
    if rows.is_empty() { format!("{} 年没有公摊。", list.year) } else { rows.join("\n") }
}
