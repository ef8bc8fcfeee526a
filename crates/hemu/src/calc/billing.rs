//! `hemu calc prorate`, `share`, `vat`.

use std::path::PathBuf;

use clap::Args;
use hemu_app::Refusal;
use hemu_domain::{
    Area, Factor, Period, UnitPrice,
    billing::{
        share::{ShareMethod, SharingUnit, share as share_cost},
        vat::split_vat,
    },
    tariff::{
        formula::{RoundingChoice, area_times_price},
        prorate::{HandoverRule, split_at_handover},
    },
};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::input;

/// `hemu calc prorate`
#[derive(Debug, Args)]
pub struct ProrateArgs {
    /// Building area in m²
    #[arg(long, allow_hyphen_values = true)]
    area: String,
    /// Price in yuan per m² and month
    #[arg(long, allow_hyphen_values = true)]
    price: String,
    /// Day of handover
    #[arg(long)]
    handover: String,
    /// month-after (the developer pays the month of handover) or day-of (split by days)
    #[arg(long)]
    rule: String,
    /// The month billed, YYYY-MM
    #[arg(long)]
    period: String,
}

/// Who pays a month around handover.
pub fn prorate(args: &ProrateArgs) -> Result<Value, Refusal> {
    let area_what = ("大于0、最多四位小数的面积", "an area in m² above zero with at most four decimals");
    let area = Area::parse(&args.area).ok().filter(|area| area.to_decimal() <= Decimal::from(10_000_000));
    let area = area.ok_or_else(|| input::wrong("--area", &args.area, area_what))?;
    let price_what = ("零或更大、最多六位小数的单价", "a price in yuan, zero or more, with at most six decimals");
    let price = UnitPrice::parse(&args.price).ok().filter(|price| price.to_decimal() <= Decimal::from(1_000_000));
    let price = price.ok_or_else(|| input::wrong("--price", &args.price, price_what))?;
    let handover = input::date("--handover", &args.handover)?;
    let rule = HandoverRule::find(&args.rule)
        .ok_or_else(|| input::wrong("--rule", &args.rule, ("month-after 或 day-of", "month-after or day-of")))?;
    let period_what = ("月份，请写成 2025-03", "a month; write it as 2025-03");
    let period = Period::parse(&args.period).map_err(|_| input::wrong("--period", &args.period, period_what))?;
    let month = area_times_price(area, price, 1, RoundingChoice::MonthFirst)
        .map_err(|error| Refusal::invalid("--area", format!("金额过大：{error}"), error.to_string()))?;
    let shares = split_at_handover(month, handover, rule, period);
    Ok(json!({ "owner": shares.owner, "developer": shares.developer, "month": month }))
}

/// `hemu calc share FILE`
#[derive(Debug, Args)]
pub struct ShareArgs {
    /// JSON with total, method, vacant_weight and units
    file: PathBuf,
}

/// A shared cost, split.
pub fn share(args: &ShareArgs) -> Result<Value, Refusal> {
    let file = input::json_file(&args.file)?;
    let total = input::amount("total", &input::get_text(&file, "total")?)?;
    let method = read_method(&file)?;
    let units: Vec<_> = input::list(&file, "units")?.iter().map(read_unit).collect::<Result<_, _>>()?;
    input::unique("units", units.iter().map(|unit| &unit.id))?;
    let shares = share_cost(total, &method, &units)
        .map_err(|error| Refusal::invalid("units", format!("无法分摊：{error}"), error.to_string()))?;
    let line = |(unit, amount): (&SharingUnit<String>, _)| json!({ "id": unit.id, "amount": amount });
    Ok(json!({ "shares": units.iter().zip(&shares).map(line).collect::<Vec<_>>() }))
}

fn read_method(file: &Value) -> Result<ShareMethod, Refusal> {
    let weight = input::find_text(file, "vacant_weight")?.unwrap_or_else(|| "1".to_owned());
    let part = ("0到1之间、最多八位小数的系数", "a weight from 0 to 1 with at most eight decimals");
    let fits = |weight: &Factor| weight.to_decimal() <= Decimal::ONE;
    let vacant_weight = Factor::parse(&weight).ok().filter(fits);
    let vacant_weight = vacant_weight.ok_or_else(|| input::wrong("vacant_weight", &weight, part))?;
    match input::get_text(file, "method")?.as_str() {
        "area" => Ok(ShareMethod::Area),
        "household" => Ok(ShareMethod::Household { vacant_weight }),
        other => Err(input::wrong("method", other, ("area 或 household", "area or household"))),
    }
}

fn read_unit(unit: &Value) -> Result<SharingUnit<String>, Refusal> {
    let what = ("大于0的面积", "an area in m² above zero with at most four decimals");
    let area = input::find_text(unit, "area")?
        .map(|text| Area::parse(&text).map_err(|_| input::wrong("area", &text, what)))
        .transpose()?;
    let vacant = match &unit["vacant"] {
        Value::Null => false,
        Value::Bool(vacant) => *vacant,
        other @ (Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_)) => {
            return Err(input::wrong("vacant", &other.to_string(), ("true 或 false", "true or false")));
        }
    };
    Ok(SharingUnit { id: input::get_text(unit, "id")?, area, floor: None, usage: None, vacant })
}

/// `hemu calc vat`
#[derive(Debug, Args)]
pub struct VatArgs {
    /// The amount with tax, in yuan
    #[arg(long, allow_hyphen_values = true)]
    gross: String,
    /// The rate, such as 0.06 for 6 %
    #[arg(long, allow_hyphen_values = true)]
    rate: String,
}

/// Net and tax.
pub fn vat(args: &VatArgs) -> Result<Value, Refusal> {
    let gross = input::amount("--gross", &args.gross)?;
    let what = ("0到1之间的税率，6%写成 0.06", "a rate of at least 0 and below 1; write 6 % as 0.06");
    let rate = input::decimal("--rate", &args.rate, |rate| !rate.is_sign_negative() && rate.scale() <= 8, what)?;
    let parts = split_vat(gross, rate).ok_or_else(|| input::wrong("--rate", &args.rate, what))?;
    Ok(json!({ "net": parts.net, "tax": parts.tax }))
}
