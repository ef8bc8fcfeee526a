//! `hemu meter add | replace | price | read | import | confirm | list`: meters, readings, usage (抄表).

mod replace;

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Subcommand, ValueEnum};
use hemu_app::metering::{
    ImportReadings, MeterItem, MeterSetup, NewMeter, NewMeterPrice, NewReading, ReadingsReport, ReadingsRequest,
    UsageReport, UsageRequest, add_meter, confirm_usage, import_readings, record_readings, set_meter_price,
    show_meters,
};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::ids::MeterId;
use hemu_domain::metering::{MeterKind, PriceSteps};
use hemu_domain::{Factor, MeterValue, Period, UnitLabel};

use crate::arguments::{day, period, unit_label};
use crate::output::Output;

/// `hemu meter ...`
#[derive(Debug, clap::Args)]
pub struct MeterArgs {
    /// Stands in for today
    #[arg(long, value_name = "DATE", value_parser = day, global = true)]
    as_of: Option<NaiveDate>,
    #[command(subcommand)]
    command: MeterCommand,
}

#[derive(Debug, Subcommand)]
enum MeterCommand {
    /// Add a meter
    Add(AddArgs),
    /// Put a new device in the place of an old one
    Replace(replace::ReplaceArgs),
    /// Set a price or price steps
    Price(PriceArgs),
    /// Take one reading
    Read(ReadArgs),
    /// Take the readings of a spreadsheet (columns 房号 or 表号, and 本期读数)
    Import(ImportArgs),
    /// Confirm the usage of a month; the next bill run takes it
    Confirm(ConfirmArgs),
    /// The meters and their prices
    List(ListArgs),
}

/// What a meter measures, as an option.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Kind {
    /// 水
    Water,
    /// 电
    Electricity,
    /// 热
    Heat,
    /// 燃气
    Gas,
}

impl Kind {
    /// The same as the domain has it.
    pub const fn kind(self) -> MeterKind {
        match self {
            Self::Water => MeterKind::Water,
            Self::Electricity => MeterKind::Electricity,
            Self::Heat => MeterKind::Heat,
            Self::Gas => MeterKind::Gas,
        }
    }
}

#[derive(Debug, clap::Args)]
struct AddArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// What it measures
    #[arg(long, value_enum)]
    kind: Kind,
    /// The unit; left out for a master meter
    #[arg(long, value_parser = unit_label)]
    unit: Option<UnitLabel>,
    /// Where it hangs; needed for a master meter
    #[arg(long, default_value = "")]
    place: String,
    /// Its number
    #[arg(long)]
    number: String,
    /// What it shows
    #[arg(long, value_parser = value)]
    start: MeterValue,
    /// Since when
    #[arg(long, value_parser = day)]
    since: NaiveDate,
    /// What its usage is charged as (水费, 电费...)
    #[arg(long, default_value = "")]
    item: String,
    /// The number of its master meter
    #[arg(long, default_value = "")]
    master: String,
    /// Digits before the point
    #[arg(long, default_value_t = 5)]
    digits: u32,
    /// What a count is multiplied by
    #[arg(long, default_value = "1", value_parser = factor)]
    multiplier: Factor,
    /// Shared loss, such as 0.02
    #[arg(long, default_value = "0", value_parser = factor)]
    loss: Factor,
}

#[derive(Debug, clap::Args)]
struct PriceArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// The item, such as 水费
    #[arg(long)]
    item: String,
    /// The first of a month of which no usage is confirmed
    #[arg(long, value_parser = day)]
    from: NaiveDate,
    /// 3.45, or steps such as "15:3.45, 25:4.83, :5.83"
    #[arg(long, value_parser = steps)]
    steps: PriceSteps,
    /// Steps count by the calendar year
    #[arg(long)]
    by_year: bool,
    /// The supplier's price list
    #[arg(long)]
    basis: String,
}

#[derive(Debug, clap::Args)]
struct ReadArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// The meter's number
    #[arg(long)]
    number: String,
    /// The month, YYYY-MM
    #[arg(long, value_parser = period)]
    period: Period,
    /// What it shows
    #[arg(long, value_parser = value)]
    value: MeterValue,
    /// When it was read (default: today)
    #[arg(long, value_parser = day)]
    on: Option<NaiveDate>,
    /// Nobody could read it
    #[arg(long)]
    estimated: bool,
    /// The dial went round
    #[arg(long)]
    rolled_over: bool,
}

#[derive(Debug, clap::Args)]
struct ImportArgs {
    /// The spreadsheet
    file: PathBuf,
    /// Name of the community
    #[arg(long)]
    community: String,
    /// Which meters
    #[arg(long, value_enum)]
    kind: Kind,
    /// The month, YYYY-MM
    #[arg(long, value_parser = period)]
    period: Period,
    /// When they were read (default: today)
    #[arg(long, value_parser = day)]
    on: Option<NaiveDate>,
    /// Report, write nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, clap::Args)]
struct ConfirmArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
    /// Which meters
    #[arg(long, value_enum)]
    kind: Kind,
    /// The month, YYYY-MM
    #[arg(long, value_parser = period)]
    period: Period,
    /// The number of a meter whose jump was looked at; may be repeated
    #[arg(long, value_name = "NUMBER")]
    accept: Vec<String>,
    /// Show the usage, write nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// Name of the community
    #[arg(long)]
    community: String,
}

fn value(text: &str) -> Result<MeterValue, String> {
    MeterValue::parse(text).map_err(|error| format!("不是读数，请写成 120.5 / {error}"))
}

fn factor(text: &str) -> Result<Factor, String> {
    Factor::parse(text).map_err(|error| format!("不是系数，请写成 0.02 / {error}"))
}

fn steps(text: &str) -> Result<PriceSteps, String> {
    PriceSteps::parse(text).map_err(|error| format!("不是价格，请写成 3.45 或 15:3.45, 25:4.83, :5.83 / {error}"))
}

impl MeterArgs {
    /// The day that stands in for today.
    pub const fn as_of(&self) -> Option<NaiveDate> {
        self.as_of
    }
}

/// Does what was asked.
pub fn run(app: &App, actor: &Actor, args: &MeterArgs) -> Result<Output, Refusal> {
    match &args.command {
        MeterCommand::Add(args) => add(app, actor, args),
        MeterCommand::Replace(args) => replace::run(app, actor, args),
        MeterCommand::Price(args) => price(app, actor, args),
        MeterCommand::Read(args) => read(app, actor, args),
        MeterCommand::Import(args) => import(app, actor, args),
        MeterCommand::Confirm(args) => confirm(app, actor, args),
        MeterCommand::List(args) => {
            let setup = show_meters(app, actor, &args.community)?;
            Output::new(&setup, list_text(&setup))
        }
    }
}

fn add(app: &App, actor: &Actor, args: &AddArgs) -> Result<Output, Refusal> {
    let new = NewMeter {
        unit: args.unit.clone(),
        place: args.place.clone(),
        kind: args.kind.kind(),
        number: args.number.clone(),
        item: args.item.clone(),
        master: args.master.clone(),
        digits: args.digits,
        multiplier: args.multiplier,
        loss: args.loss,
        start: args.start,
        starts_on: args.since,
    };
    let id = add_meter(app, actor, &args.community, &new)?;
    Output::new(&serde_json::json!({ "id": id }), format!("已登记 {}。", args.number))
}

fn price(app: &App, actor: &Actor, args: &PriceArgs) -> Result<Output, Refusal> {
    let new = NewMeterPrice {
        item: args.item.clone(),
        valid_from: args.from,
        steps: args.steps.clone(),
        by_year: args.by_year,
        basis: args.basis.clone(),
    };
    set_meter_price(app, actor, &args.community, &new)?;
    Output::new(&serde_json::json!({ "item": args.item, "from": args.from, "steps": args.steps }), "已设置。")
}

fn find(app: &App, actor: &Actor, community: &str, number: &str) -> Result<MeterId, Refusal> {
    find_item(app, actor, community, number).map(|meter| meter.id)
}

/// The meter of a number.
fn find_item(app: &App, actor: &Actor, community: &str, number: &str) -> Result<MeterItem, Refusal> {
    let meters = show_meters(app, actor, community)?.meters;
    let found: Vec<&MeterItem> = meters.iter().filter(|meter| meter.number == number.trim()).collect();
    match found.as_slice() {
        [one] => Ok((*one).clone()),
        [] => Err(Refusal::not_found("表", "meter", number)),
        _ => Err(Refusal::conflict(
            format!("表号 {number} 有几块表，请在页面上录入"),
            format!("several meters have the number {number}: use the page"),
        )),
    }
}

fn read(app: &App, actor: &Actor, args: &ReadArgs) -> Result<Output, Refusal> {
    let meter = find(app, actor, &args.community, &args.number)?;
    let (estimated, rolled_over) = (args.estimated, args.rolled_over);
    let request = ReadingsRequest {
        period: args.period,
        read_on: args.on.unwrap_or_else(|| app.today()),
        reader: String::new(),
        photo_sha256: None,
        readings: vec![NewReading { meter, value: args.value, estimated, rolled_over }],
    };
    let taken = record_readings(app, actor, &args.community, &request)?;
    Output::new(&serde_json::json!({ "taken": taken }), "已登记。")
}

fn import(app: &App, actor: &Actor, args: &ImportArgs) -> Result<Output, Refusal> {
    let shown = args.file.display();
    let bytes = std::fs::read(&args.file).map_err(|error| {
        Refusal::invalid(
            "FILE",
            format!("读不了文件 {shown}（{error}），请检查路径"),
            format!("cannot read the file {shown} ({error}); check the path"),
        )
    })?;
    let request = ImportReadings {
        file_name: args.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        bytes,
        kind: args.kind.kind(),
        period: args.period,
        read_on: args.on.unwrap_or_else(|| app.today()),
        dry_run: args.dry_run,
    };
    let report = import_readings(app, actor, &args.community, &request)?;
    let text = import_text(&report);
    Output::new(&report, text)
}

fn import_text(report: &ReadingsReport) -> String {
    let head = format!("读数 {} 条，已有 {} 条，拒绝 {} 条。", report.accepted, report.already, report.refused.len());
    let refused = report
        .refused
        .iter()
        .map(|one| format!("拒绝  {} 第 {} 行 {}：{}", one.sheet, one.row, one.value, one.problem));
    std::iter::once(head).chain(refused).collect::<Vec<_>>().join("\n")
}

fn confirm(app: &App, actor: &Actor, args: &ConfirmArgs) -> Result<Output, Refusal> {
    let accept = args.accept.iter().map(|number| find(app, actor, &args.community, number));
    let request = UsageRequest {
        kind: args.kind.kind(),
        period: args.period,
        accept: accept.collect::<Result<_, _>>()?,
        dry_run: args.dry_run,
    };
    let report = confirm_usage(app, actor, &args.community, &request)?;
    let text = usage_text(&report, args.dry_run);
    Output::new(&report, text)
}

fn usage_text(report: &UsageReport, dry_run: bool) -> String {
    let head = format!(
        "{} {} {}：{} 块表，用量 {} {}，{} 元；以前已确认 {}。",
        if dry_run { "试算" } else { "已确认" },
        report.period,
        report.kind.label().zh,
        report.rows.len(),
        report.usage,
        report.kind.counted_in(),
        report.total.grouped(),
        report.already
    );
    let finding =
        |one: &hemu_app::metering::MeterFinding| format!("检查  {} {}：{}", one.place, one.number, one.detail);
    std::iter::once(head).chain(report.findings.iter().map(finding)).collect::<Vec<_>>().join("\n")
}

fn list_text(setup: &MeterSetup) -> String {
    let price = |one: &hemu_app::metering::MeterPriceItem| {
        format!("{} 自 {}：{}（{}）", one.item, one.valid_from, one.steps, one.basis)
    };
    let meter = |one: &MeterItem| {
        let place = one.unit.as_ref().map_or_else(|| one.place.clone(), ToString::to_string);
        format!("{place}  {}  {}  倍率 {}", one.kind.label().zh, one.number, one.multiplier)
    };
    setup.prices.iter().map(price).chain(setup.meters.iter().map(meter)).collect::<Vec<_>>().join("\n")
}
