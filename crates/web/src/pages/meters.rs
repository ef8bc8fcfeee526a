//! 抄表: the round of an entrance on a phone, the usage of a month with what looks wrong, meters and prices, readings from a file.

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Query, Request};
use axum::routing::{get, post};
use hemu_app::metering::{
    ImportReadings, MeterSetup, ReadingsReport, ReadingsRequest, UsageReport, UsageRequest, WalkItem, WalkList,
    add_meter, confirm_usage, import_readings, list_walk, record_readings, replace_meter, set_meter_price, show_meters,
};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::Period;
use hemu_domain::ids::MeterId;
use hemu_domain::metering::MeterKind;
use hemu_domain::staff::Permission;
use serde::Deserialize;

use super::import::{MOST_BYTES, check_token, read_form};
use crate::fields::{Fields, Posted};
use crate::forms;
use crate::reply::{Reply, go, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Place;

/// The addresses of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/c/{community}/meters", get(walk))
        .route("/c/{community}/meters/reading", post(reading))
        .route("/c/{community}/meters/readings", post(readings))
        .route("/c/{community}/meters/usage", post(usage))
        .route("/c/{community}/meters/setup", get(setup).post(add))
        .route("/c/{community}/meters/prices", post(price))
        .route("/c/{community}/meters/{meter}/replacement", post(replace))
        .route("/c/{community}/meters/import", post(import))
        .layer(DefaultBodyLimit::max(MOST_BYTES + 64 * 1024))
}

#[derive(Template)]
#[template(path = "meters.html")]
struct WalkPage {
    ui: Ui,
    list: WalkList,
    may_read: bool,
    may_confirm: bool,
}

impl WalkPage {
    fn kinds(&self) -> Vec<(&'static str, String)> {
        MeterKind::ALL.iter().map(|kind| (kind.as_str(), self.ui.text(&kind.label()))).collect()
    }

    fn is_chosen(&self, word: &str) -> bool {
        word == self.list.kind.as_str()
    }

    /// The meter the round goes on to.
    fn after(&self, row: &WalkItem) -> MeterId {
        let rest = self.list.rows.iter().skip_while(|one| one.meter != row.meter);
        rest.take(2).last().map_or(row.meter, |next| next.meter)
    }

    fn query(&self) -> String {
        format!("kind={}&period={}", self.list.kind.as_str(), self.list.period)
    }
}

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    kind: String,
    period: String,
    place: String,
}

/// `GET /c/{community}/meters`
pub async fn walk(at: Place, Query(asked): Query<Asked>) -> Reply {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let kind = MeterKind::parse(&asked.kind).unwrap_or(MeterKind::Water);
        let period = Period::parse(&asked.period).unwrap_or_else(|_| Period::of(app.today()));
        list_walk(app, actor, name, (kind, period), &asked.place)
    };
    let list = at.run(work).await?;
    let ui = at.ui(Menu::Meters, "抄表", "Meter readings");
    let locale = ui.locale;
    let (may_read, may_confirm) = (ui.may(Permission::ReadMeters), ui.may(Permission::IssueBills));
    page(&WalkPage { list, may_read, may_confirm, ui }, locale)
}

/// `POST /c/{community}/meters/reading`: one meter; the page comes back at the next one.
pub async fn reading(posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let back = format!(
        "meters?kind={}&period={}&place={}#m-{}",
        word(fields.text("kind")),
        word(fields.text("period")),
        word(fields.text("place")),
        word(fields.text("next"))
    );
    let work = move |app: &App, actor: &Actor, name: &str| {
        let request = ReadingsRequest {
            period: fields.period("period")?,
            read_on: fields.day_or_none("read_on", "抄表日期")?.unwrap_or_else(|| app.today()),
            reader: String::new(),
            photo_sha256: None,
            readings: vec![forms::reading(&fields)?],
        };
        record_readings(app, actor, name, &request)
    };
    at.run(work).await?;
    Ok(go(&at.here(&back)))
}

/// A word of an address: letters, digits and dashes, percent-encoded where they are not plain.
fn word(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// `POST /c/{community}/meters/readings`: what the preview of a file has accepted.
pub async fn readings(posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let back =
        format!("meters?kind={}&period={}&done=recorded", word(fields.text("kind")), word(fields.text("period")));
    let work = move |app: &App, actor: &Actor, name: &str| {
        let request = ReadingsRequest {
            period: fields.period("period")?,
            read_on: fields.day("read_on", "抄表日期")?,
            reader: String::new(),
            photo_sha256: None,
            readings: forms::readings(&fields)?,
        };
        record_readings(app, actor, name, &request)
    };
    at.run(work).await?;
    Ok(go(&at.here(&back)))
}

#[derive(Template)]
#[template(path = "meters-usage.html")]
struct UsagePage {
    ui: Ui,
    report: UsageReport,
    confirmed: bool,
}

impl UsagePage {
    fn kind(&self) -> String {
        self.ui.text(&self.report.kind.label())
    }

    fn unit_of_count(&self) -> &'static str {
        self.report.kind.counted_in()
    }
}

/// `POST /c/{community}/meters/usage`: looks at the usage of a month, or with `confirm` confirms it.
pub async fn usage(posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let confirmed = fields.is_ticked("confirm");
    let work = move |app: &App, actor: &Actor, name: &str| {
        confirm_usage(app, actor, name, &usage_request(&fields, !confirmed)?)
    };
    let report = at.run(work).await?;
    let ui = at.ui(Menu::Meters, "确认用量", "Usage of a month");
    let locale = ui.locale;
    page(&UsagePage { report, confirmed, ui }, locale)
}

fn usage_request(fields: &Fields, dry_run: bool) -> Result<UsageRequest, Refusal> {
    Ok(UsageRequest {
        kind: fields.required(("kind", "表种"), MeterKind::parse)?,
        period: fields.period("period")?,
        accept: fields.all("accept").filter_map(|id| MeterId::parse(id).ok()).collect(),
        dry_run,
    })
}

#[derive(Template)]
#[template(path = "meters-setup.html")]
struct SetupPage {
    ui: Ui,
    setup: MeterSetup,
    next_month: String,
    may_edit: bool,
    may_read: bool,
}

impl SetupPage {
    fn kinds(&self) -> Vec<(&'static str, String)> {
        MeterKind::ALL.iter().map(|kind| (kind.as_str(), self.ui.text(&kind.label()))).collect()
    }

    fn kind(&self, kind: &MeterKind) -> String {
        self.ui.text(&kind.label())
    }
}

/// `GET /c/{community}/meters/setup`
pub async fn setup(at: Place) -> Reply {
    let setup = at.run(show_meters).await?;
    let ui = at.ui(Menu::Meters, "表和价格", "Meters and prices");
    let locale = ui.locale;
    let next_month = Period::of(ui.today).first_day().to_string();
    let (may_edit, may_read) = (ui.may(Permission::EditTariff), ui.may(Permission::ReadMeters));
    page(&SetupPage { setup, next_month, may_edit, may_read, ui }, locale)
}

/// `POST /c/{community}/meters/setup`: a new meter.
pub async fn add(posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    at.run(move |app, actor, name| add_meter(app, actor, name, &forms::meter(&fields)?)).await?;
    Ok(go(&at.here("meters/setup?done=saved")))
}

/// `POST /c/{community}/meters/prices`
pub async fn price(posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    at.run(move |app, actor, name| set_meter_price(app, actor, name, &forms::meter_price(&fields)?)).await?;
    Ok(go(&at.here("meters/setup?done=saved")))
}

/// `POST /c/{community}/meters/{meter}/replacement`; from the page the meter comes as a field.
pub async fn replace(Path((_, meter)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let work = move |app: &App, actor: &Actor, name: &str| {
        let asked = if meter == "any" { fields.text("meter") } else { meter.as_str() };
        let meter = MeterId::parse(asked).map_err(|_| Refusal::not_found("表", "meter", ""))?;
        replace_meter(app, actor, name, &forms::replacement(&fields, meter)?)
    };
    at.run(work).await?;
    Ok(go(&at.here("meters/setup?done=saved")))
}

#[derive(Template)]
#[template(path = "meters-import.html")]
struct ImportPage {
    ui: Ui,
    report: ReadingsReport,
    kind: MeterKind,
    period: Period,
    read_on: chrono::NaiveDate,
}

/// `POST /c/{community}/meters/import`: a file arrives and is previewed; nothing is written.
pub async fn import(at: Place, request: Request) -> Reply {
    let (fields, file_name, bytes) = read_form(&at.visit, request).await?;
    check_token(&at.visit.signed_in, &fields)?;
    let work = move |app: &App, actor: &Actor, name: &str| {
        let request = ImportReadings {
            file_name,
            bytes,
            kind: fields.required(("kind", "表种"), MeterKind::parse)?,
            period: fields.period("period")?,
            read_on: fields.day_or_none("read_on", "抄表日期")?.unwrap_or_else(|| app.today()),
            dry_run: true,
        };
        Ok((import_readings(app, actor, name, &request)?, request.kind, request.period, request.read_on))
    };
    let (report, kind, period, read_on) = at.run(work).await?;
    let ui = at.ui(Menu::Meters, "读数导入预览", "Readings: preview");
    let locale = ui.locale;
    page(&ImportPage { report, kind, period, read_on, ui }, locale)
}
