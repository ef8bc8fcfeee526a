//! `hemu rebill`: charges of a wrong price, standard, area or shared cost reversed and billed anew. `--dry-run` tells what would become
//! of each; without it a second person is asked, who approves on the pages, by the API or with `hemu approval`.

use chrono::NaiveDate;
use hemu_app::approval::{Asked, ask};
use hemu_app::billing::find_community;
use hemu_app::billing::rebill::{Fix, RebillReport, RebillRequest, preview_rebill};
use hemu_app::shared_costs::RightCost;
use hemu_app::tariff::show_tariff;
use hemu_app::{Actor, App, Refusal};
use hemu_domain::billing::share_scope::ShareScope;
use hemu_domain::ids::{FeeStandardId, SharePoolId};
use hemu_domain::metering::PriceSteps;
use hemu_domain::{Fen, Period, UnitLabel, UnitPrice};

use crate::arguments::{amount, day, period, unit_label};
use crate::output::Output;

/// `hemu rebill`
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("right").required(true).args(["price", "bands", "steps", "units", "pool"])))]
pub struct RebillArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// The fee item, such as 物业服务费
    #[arg(long)]
    item: String,
    /// The fee standard, where the item has several
    #[arg(long)]
    standard: Option<String>,
    /// The first wrong month, YYYY-MM
    #[arg(long, value_parser = period)]
    from: Period,
    /// The last wrong month (default: all from the first on)
    #[arg(long, value_parser = period)]
    to: Option<Period>,
    /// The right price, in yuan
    #[arg(long, value_parser = price)]
    price: Option<UnitPrice>,
    /// The right bands of a price by floors, areas or tiers, with ';' between: "1~6 1.20; 7~ 1.80"
    #[arg(long)]
    bands: Option<String>,
    /// The right price steps of a metered item: "3.45" or "15:3.45, 25:4.83, :5.83"
    #[arg(long, value_parser = steps)]
    steps: Option<PriceSteps>,
    /// Units that should have paid by the standard; with --record, whose area or other record was put right
    #[arg(long, value_delimiter = ',', value_parser = unit_label)]
    units: Vec<UnitLabel>,
    /// With --units: the record of the units was wrong, not their standard
    #[arg(long, requires = "units")]
    record: bool,
    /// A shared cost (`hemu share list`), reversed whole and shared again
    #[arg(long, value_parser = pool)]
    pool: Option<SharePoolId>,
    /// With --pool: what it really came to, in yuan
    #[arg(long, value_parser = amount, requires = "pool")]
    total: Option<Fen>,
    /// With --pool: who really shares, such as 3,3-2
    #[arg(long, value_parser = scope, requires = "pool")]
    scope: Option<ShareScope>,
    /// Clause, vote or price list the right price rests on
    #[arg(long, default_value = "")]
    basis: String,
    /// Why; goes on record
    #[arg(long, required_unless_present = "dry_run")]
    reason: Option<String>,
    /// Stands in for today
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub as_of: Option<NaiveDate>,
    /// Tell what would become of each charge, write nothing
    #[arg(long)]
    dry_run: bool,
}

fn price(text: &str) -> Result<UnitPrice, String> {
    UnitPrice::parse(text).map_err(|error| format!("不是单价，请写成 1.80 / not a price, write it as 1.80: {error}"))
}

fn steps(text: &str) -> Result<PriceSteps, String> {
    PriceSteps::parse(text).map_err(|error| format!("阶梯价无法识别，请写成 15:3.45, :4.83 / {error}"))
}

fn pool(text: &str) -> Result<SharePoolId, String> {
    SharePoolId::parse(text)
        .map_err(|_| "不是公摊的编号，请用 hemu share list 里的 id / not the id of a shared cost".to_owned())
}

fn scope(text: &str) -> Result<ShareScope, String> {
    ShareScope::parse(text).map_err(|part| format!("“{part}”不是楼栋、单元或房号 / '{part}' is no place"))
}

/// Tells, or asks.
pub fn run(app: &App, actor: &Actor, args: &RebillArgs) -> Result<Output, Refusal> {
    let request = request_of(app, actor, args)?;
    if args.dry_run {
        let report = preview_rebill(app, actor, &args.community, &request)?;
        let told = text(&report);
        return Output::new(&report, told);
    }
    let community = find_community(app, &args.community)?;
    let reason = args.reason.as_deref().unwrap_or_default();
    let requested = ask(app, actor, community, &Asked::Rebill(request), reason)?;
    let (id, last) = (requested.id, requested.expires_on);
    Output::new(&requested, format!("已提交，等待另一人审批，有效至 {last} / asked for, waits until {last}: {id}"))
}

fn request_of(app: &App, actor: &Actor, args: &RebillArgs) -> Result<RebillRequest, Refusal> {
    let of_standard = args.steps.is_none() && args.pool.is_none();
    let standard = if of_standard { Some(standard_of(app, actor, args)?) } else { None };
    Ok(RebillRequest { from: args.from, to: args.to, standard, fix: fix_of(args) })
}

fn fix_of(args: &RebillArgs) -> Fix {
    let basis = args.basis.clone();
    if let Some(price) = args.price {
        return Fix::Price { price, basis };
    }
    if let Some(bands) = &args.bands {
        return Fix::Bands { bands: bands.replace([';', '；'], "\n"), basis };
    }
    if let Some(steps) = args.steps.clone() {
        return Fix::MeterPrice { item: args.item.clone(), steps, basis };
    }
    match args.pool {
        Some(pool) => {
            let (total, scope) = (args.total, args.scope.clone());
            Fix::SharedCost(RightCost { pool, total, invoice: args.basis.clone(), scope, method: None })
        }
        None if args.record => Fix::Record { units: args.units.clone() },
        None => Fix::Standard { units: args.units.clone() },
    }
}

/// The standard of the item; of several the one that is named.
fn standard_of(app: &App, actor: &Actor, args: &RebillArgs) -> Result<FeeStandardId, Refusal> {
    let tariff = show_tariff(app, actor, &args.community)?;
    let named = |name: &str| args.standard.as_deref().is_none_or(|wanted| wanted == name);
    let of_item: Vec<_> = tariff.standards.iter().filter(|one| one.item == args.item && named(&one.name)).collect();
    match of_item.as_slice() {
        [one] => Ok(one.id),
        [] => Err(Refusal::not_found("收费标准", "fee standard", args.standard.as_deref().unwrap_or(&args.item))),
        several => {
            let names: Vec<&str> = several.iter().map(|one| one.name.as_str()).collect();
            let zh =
                format!("“{}”有 {} 个收费标准，请用 --standard 指明：{}", args.item, names.len(), names.join("、"));
            let en = format!("{} has several standards, name one with --standard: {}", args.item, names.join(", "));
            Err(Refusal::invalid("standard", zh, en))
        }
    }
}

fn text(report: &RebillReport) -> String {
    let mut lines: Vec<String> = report
        .rows
        .iter()
        .map(|row| {
            format!("{:<12} {}  {:>12} -> {:>12}", row.unit, row.period, row.was.grouped(), row.becomes.grouped())
        })
        .collect();
    lines.extend(
        report.kept.iter().map(|one| format!("{:<12} {}  {} / {}", one.unit, one.period, one.why.zh, one.why.en)),
    );
    lines.extend(report.refused.iter().map(|one| format!("{:<12} {}", one.unit, one.problem)));
    lines.push(format!(
        "{}：{} -> {}，转为预存 {} / put by {}",
        report.item, report.was, report.becomes, report.put_by, report.put_by
    ));
    lines.join("\n")
}
