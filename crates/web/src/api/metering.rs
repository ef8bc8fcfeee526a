//! Meters (抄表): which there are, replacements, prices, readings, usage.

use axum::extract::{Path, Request};
use hemu_app::metering::{
    ImportReadings, NewReading, ReadingsRequest, UsageRequest, add_meter, confirm_usage, import_readings, list_walk,
    record_readings, replace_meter, set_meter_price, show_meters,
};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::ids::MeterId;
use hemu_domain::metering::MeterKind;
use hemu_domain::{MeterValue, Period};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, created, done, ok};
use super::caller::Site;
use super::import::receive;
use super::input::{Asked, Body, read_id};
use super::operations::Operations;
use super::problem::Problem;
use super::shapes;
use crate::forms;

#[derive(OpenApi)]
#[openapi(paths(list, add, replace, price, walk, record, import, usage), components(schemas(ReadingsForm)))]
struct Document;

/// The largest file.
const MOST_BYTES: usize = 30 * 1024 * 1024;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("metering", "抄表 / Meters, readings, usage")
        .post("/communities/{community}/meter-readings/import", import)
        .limit(MOST_BYTES + 64 * 1024)
        .get("/communities/{community}/meters", list)
        .post("/communities/{community}/meters", add)
        .post("/communities/{community}/meters/{meter}/replacements", replace)
        .post("/communities/{community}/meter-prices", price)
        .get("/communities/{community}/meter-readings", walk)
        .post("/communities/{community}/meter-readings", record)
        .post("/communities/{community}/meter-usage", usage)
}

/// The meters, by unit, and their prices
#[utoipa::path(get, path = "/communities/{community}/meters",
    responses((status = 200, description = "Meters and prices", body = shapes::MeterSetup)))]
async fn list(at: Site) -> Answer {
    ok(at.run(show_meters).await?)
}

/// A meter.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Meter {
    /// `3-2-1502`; left out for a master meter
    unit: Option<String>,
    /// Where it hangs; needed for a master meter
    place: Option<String>,
    /// `water`, `electricity`, `heat` or `gas`
    kind: String,
    number: String,
    /// What its usage is charged as (水费, 电费, 供暖费, 燃气费)
    item: Option<String>,
    /// The number of its master meter
    master: Option<String>,
    /// 3 to 10 (5)
    digits: Option<u32>,
    /// Above zero, as text (1)
    multiplier: Option<String>,
    /// Such as `0.02` (0)
    loss: Option<String>,
    /// What it shows, as text
    start: String,
    starts_on: String,
}

/// Adds a meter
#[utoipa::path(post, path = "/communities/{community}/meters", request_body = Meter,
    responses((status = 201, description = "Added", body = shapes::Made)))]
async fn add(at: Site, body: Body<Meter>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| add_meter(app, actor, name, &forms::meter(&body.fields)?);
    let id = at.run(work).await?;
    created(json!({ "id": id }))
}

/// Another device in the place of one.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Replacement {
    on: String,
    /// What the old one showed at last, as text
    r#final: String,
    /// Whether the old one had gone round since the last charge
    #[serde(default)]
    rolled_over: bool,
    /// The new one's number
    number: String,
    /// What the new one shows, as text
    start: String,
    digits: Option<u32>,
    multiplier: Option<String>,
}

/// Replaces the device of a meter; the next reading is the new one's
#[utoipa::path(post, path = "/communities/{community}/meters/{meter}/replacements", request_body = Replacement,
    responses((status = 204, description = "Recorded")))]
async fn replace(at: Site, Path((_, meter)): Path<(String, String)>, body: Body<Replacement>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let meter = read_id(&meter, MeterId::parse, ("表", "meter"))?;
        replace_meter(app, actor, name, &forms::replacement(&body.fields, meter)?)
    };
    at.run(work).await?;
    done()
}

/// Price steps.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Price {
    /// The item, such as 水费
    item: String,
    /// The first of a month of which no usage is confirmed
    valid_from: String,
    /// `3.45`, or `15:3.45, 25:4.83, :5.83`
    steps: String,
    /// Steps count by the calendar year, else by the month
    #[serde(default)]
    by_year: bool,
    /// The supplier's price list
    basis: String,
}

/// Sets the price steps of a metered item; nothing can be put on top (物业管理条例 44)
#[utoipa::path(post, path = "/communities/{community}/meter-prices", request_body = Price,
    responses((status = 204, description = "Set")))]
async fn price(at: Site, body: Body<Price>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        set_meter_price(app, actor, name, &forms::meter_price(&body.fields)?)
    };
    at.run(work).await?;
    done()
}

#[derive(Deserialize, Serialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WalkQuery {
    /// `water` (left out), `electricity`, `heat` or `gas`
    kind: Option<String>,
    /// `YYYY-MM`, this month where left out
    period: Option<String>,
    /// An entrance such as `3-2`; the first that is not done where left out
    place: Option<String>,
}

/// The round of an entrance: its meters with their last readings
#[utoipa::path(get, path = "/communities/{community}/meter-readings", params(WalkQuery),
    responses((status = 200, description = "In walking order", body = shapes::WalkList)))]
async fn walk(at: Site, asked: Asked<WalkQuery>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let fields = &asked.fields;
        let kind = fields.optional(("kind", "表种"), MeterKind::parse)?.unwrap_or(MeterKind::Water);
        let period = fields.optional(("period", "账期"), Period::parse)?.unwrap_or_else(|| Period::of(app.today()));
        list_walk(app, actor, name, (kind, period), fields.text("place"))
    };
    ok(at.run(work).await?)
}

/// A reading.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Reading {
    /// The meter's id
    meter: String,
    /// What it shows, as text
    value: String,
    /// Nobody could read it
    #[serde(default)]
    estimated: bool,
    /// The dial went round
    #[serde(default)]
    rolled_over: bool,
}

/// Readings of a day.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Readings {
    /// `YYYY-MM`
    period: String,
    /// Today where left out
    read_on: Option<String>,
    /// Who read them
    #[serde(default)]
    reader: String,
    /// The SHA-256 of a photo
    photo_sha256: Option<String>,
    readings: Vec<Reading>,
}

fn reading(one: &Reading) -> Result<NewReading, Refusal> {
    let wrong = || {
        let zh = format!("读数“{}”无法识别：应为零或更大、最多三位小数的数字", one.value);
        Refusal::invalid("value", zh, format!("'{}' is no reading: zero or more, at most three decimals", one.value))
    };
    Ok(NewReading {
        meter: read_id(&one.meter, MeterId::parse, ("表", "meter"))?,
        value: MeterValue::parse(&one.value).map_err(|_| wrong())?,
        estimated: one.estimated,
        rolled_over: one.rolled_over,
    })
}

/// Takes readings, all or none; of several of a month the one taken last counts
#[utoipa::path(post, path = "/communities/{community}/meter-readings", request_body = Readings,
    responses((status = 200, description = "How many", body = shapes::Taken)))]
async fn record(at: Site, body: Body<Readings>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let request = ReadingsRequest {
            period: body.fields.period("period")?,
            read_on: body.fields.day_or_none("read_on", "抄表日期")?.unwrap_or_else(|| app.today()),
            reader: body.value.reader,
            photo_sha256: body.value.photo_sha256,
            readings: body.value.readings.iter().map(reading).collect::<Result<_, _>>()?,
        };
        record_readings(app, actor, name, &request)
    };
    let taken = at.run(work).await?;
    ok(json!({ "taken": taken }))
}

/// A spreadsheet of readings.
#[derive(ToSchema)]
#[expect(dead_code, reason = "read field by field from the form; this is its shape for the document")]
struct ReadingsForm {
    /// `.xlsx`, `.xls` or `.csv`, with a column 房号 or 表号 and one 本期读数
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: String,
    /// `water`, `electricity`, `heat` or `gas`
    kind: String,
    /// `YYYY-MM`
    period: String,
    /// Today where left out
    read_on: Option<String>,
    /// `true`: report only, write nothing
    dry_run: Option<String>,
}

/// Takes the readings of a spreadsheet; rows that cannot be taken are listed
#[utoipa::path(post, path = "/communities/{community}/meter-readings/import",
    request_body(content = ReadingsForm, content_type = "multipart/form-data"),
    responses((status = 200, description = "What was, or would be, taken", body = shapes::ReadingsReport)))]
async fn import(at: Site, request: Request) -> Answer {
    let locale = at.caller.locale;
    let received = receive(&at.caller, request).await.map_err(|fault| Problem::in_locale(locale, fault))?;
    let work = move |app: &App, actor: &Actor, name: &str| {
        let fields = received.fields;
        let request = ImportReadings {
            file_name: received.name,
            bytes: received.bytes,
            kind: fields.required(("kind", "表种"), MeterKind::parse)?,
            period: fields.period("period")?,
            read_on: fields.day_or_none("read_on", "抄表日期")?.unwrap_or_else(|| app.today()),
            dry_run: fields.text("dry_run") == "true",
        };
        import_readings(app, actor, name, &request)
    };
    ok(at.run(work).await?)
}

/// Which usage.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Usage {
    /// `water`, `electricity`, `heat` or `gas`
    kind: String,
    /// `YYYY-MM`
    period: String,
    /// Ids of meters whose jump was looked at
    #[serde(default)]
    accept: Vec<String>,
    /// Only shows it, and writes nothing
    #[serde(default)]
    dry_run: bool,
}

/// Confirms the usage of a month; meters that cannot be confirmed are listed and stay open
#[utoipa::path(post, path = "/communities/{community}/meter-usage", request_body = Usage,
    responses((status = 200, description = "What was, or would be, confirmed", body = shapes::UsageReport)))]
async fn usage(at: Site, body: Body<Usage>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let accept = body.value.accept.iter().map(|id| read_id(id, MeterId::parse, ("表", "meter")));
        let request = UsageRequest {
            kind: body.fields.required(("kind", "表种"), MeterKind::parse)?,
            period: body.fields.period("period")?,
            accept: accept.collect::<Result<_, _>>()?,
            dry_run: body.value.dry_run,
        };
        confirm_usage(app, actor, name, &request)
    };
    ok(at.run(work).await?)
}
