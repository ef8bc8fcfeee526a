//! 欠费: the list of a day, its sums over the full set whatever the page shows, its export with the same filter.

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::routing::get;
use chrono::NaiveDate;
use hemu_app::arrears::table::{arrears_csv, arrears_xlsx};
use hemu_app::arrears::{ArrearsFilter, ArrearsReport, ArrearsTotals, arrears_report};
use hemu_app::collection::case_page::next_text;
use hemu_domain::Fen;
use hemu_domain::collection::classification::Cause;
use hemu_domain::collection::policy::Stage;
use serde::Deserialize;

use crate::reply::{Reply, XLSX, file, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Place;

/// Rows of a page.
const ROWS: usize = 100;

/// The addresses of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/c/{community}/arrears", get(show))
        .route("/c/{community}/arrears.xlsx", get(xlsx))
        .route("/c/{community}/arrears.csv", get(csv))
}

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    as_of: String,
    building: String,
    stage: String,
    cause: String,
    days: String,
    after: String,
}

impl Asked {
    fn filter(&self) -> ArrearsFilter {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        ArrearsFilter {
            building: some(&self.building),
            stage: some(&self.stage),
            cause: some(&self.cause),
            days: self.days.parse().unwrap_or(0),
        }
    }

    fn day(&self, today: NaiveDate) -> NaiveDate {
        self.as_of.parse().unwrap_or(today)
    }

    /// The address with the same filter: for the export and the next page.
    fn query(&self) -> String {
        let pairs = [
            ("as_of", &self.as_of),
            ("building", &self.building),
            ("stage", &self.stage),
            ("cause", &self.cause),
            ("days", &self.days),
        ];
        let pairs: Vec<(&str, &String)> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        pairs.iter().map(|(name, value)| format!("{name}={}", plain(value))).collect::<Vec<_>>().join("&")
    }
}

/// Only characters that need no encoding in an address; filters have no others.
fn plain(text: &str) -> String {
    text.bytes().filter(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte)).map(char::from).collect()
}

#[derive(Template)]
#[template(path = "arrears.html")]
struct ArrearsPage {
    ui: Ui,
    as_of: NaiveDate,
    asked: Asked,
    query: String,
    rows: Vec<Row>,
    shown: ArrearsTotals,
    totals: ArrearsTotals,
    is_whole: bool,
    next: Option<String>,
    buildings: Vec<String>,
    stages: Vec<(&'static str, String)>,
    causes: Vec<(&'static str, String)>,
}

struct Row {
    unit_href: String,
    unit: String,
    owner: String,
    periods: String,
    principal: Fen,
    late_fee: Fen,
    oldest_due: NaiveDate,
    days: i64,
    stage: String,
    stage_name: String,
    cause: String,
    next: String,
    case_href: Option<String>,
}

/// `GET /c/{community}/arrears`
pub async fn show(at: Place, Query(asked): Query<Asked>) -> Reply {
    let day = asked.day(at.visit.web.app.today());
    let report = at.run(move |app, actor, name| arrears_report(app, actor, name, day)).await?;
    let ui = at.ui(Menu::Arrears, "欠费", "Arrears");
    let locale = ui.locale;
    let mut buildings: Vec<String> = report.rows.iter().map(|row| row.unit.building().to_owned()).collect();
    buildings.dedup();
    buildings.sort_by_key(|code| (code.parse::<u64>().unwrap_or(u64::MAX), code.clone()));
    buildings.dedup();
    let whole = report.rows.len();
    let report = report.filtered(&asked.filter());
    let totals = report.totals.clone();
    let is_whole = report.rows.len() == whole;
    // The cursor is the id of the last unit shown: a label would put a home into the address.
    let last_shown = report.rows.iter().rposition(|row| row.unit_id.to_string() == asked.after);
    let start = last_shown.map_or(0, |position| position + 1);
    let end = (start + ROWS).min(report.rows.len());
    let next = (end < report.rows.len()).then(|| report.rows[end - 1].unit_id.to_string());
    let slice = ArrearsReport { as_of: day, rows: report.rows[start..end].to_vec(), totals: totals.clone() };
    let shown = slice.clone().filtered(&ArrearsFilter::default()).totals;
    let rows = slice.rows.iter().map(|row| line(&ui, row)).collect();
    let content = ArrearsPage {
        as_of: day,
        query: asked.query(),
        rows,
        shown,
        totals,
        is_whole,
        next,
        buildings,
        stages: Stage::ALL.iter().map(|one| (one.as_str(), ui.text(&one.label()))).collect(),
        causes: Cause::ALL.iter().map(|one| (one.as_str(), ui.text(&one.label()))).collect(),
        asked,
        ui,
    };
    page(&content, locale)
}

fn line(ui: &Ui, row: &hemu_app::arrears::ArrearsRow) -> Row {
    let periods = match (row.periods.first(), row.periods.last()) {
        (Some(first), Some(last)) if first != last => format!("{first} ~ {last}"),
        (Some(first), _) => first.to_string(),
        _ => String::new(),
    };
    let periods = if row.periods.len() > 1 { format!("{periods} ({})", row.periods.len()) } else { periods };
    let stage = row.stage.clone().unwrap_or_default();
    let cause = row.cause.as_deref().and_then(|word| Cause::parse(word).ok());
    let next =
        row.next_step.as_deref().and_then(|word| next_text(None, Some(word)).or_else(|| next_text(Some(word), None)));
    Row {
        unit_href: ui.here(&format!("units/{}", row.unit_id)),
        unit: row.unit.to_string(),
        owner: row.owner.clone(),
        periods,
        principal: row.principal,
        late_fee: row.late_fee,
        oldest_due: row.oldest_due,
        days: row.days,
        stage_name: if stage.is_empty() { String::new() } else { ui.stage(&stage) },
        stage,
        cause: cause.map(|one| ui.text(&one.label())).unwrap_or_default(),
        next: next.map(|text| ui.text(&text)).unwrap_or_default(),
        case_href: row.case_id.map(|id| ui.here(&format!("cases/{id}"))),
    }
}

/// `GET /c/{community}/arrears.xlsx`: exactly what the screen shows with the same filter, all pages.
pub async fn xlsx(at: Place, Query(asked): Query<Asked>) -> Reply {
    let day = asked.day(at.visit.web.app.today());
    let work = move |app: &hemu_app::App, actor: &hemu_app::Actor, name: &str| {
        arrears_xlsx(&arrears_report(app, actor, name, day)?.filtered(&asked.filter()))
    };
    let bytes = at.run(work).await?;
    Ok(file(bytes, XLSX, &format!("欠费明细-{day}.xlsx"), false))
}

/// `GET /c/{community}/arrears.csv`
pub async fn csv(at: Place, Query(asked): Query<Asked>) -> Reply {
    let day = asked.day(at.visit.web.app.today());
    let work = move |app: &hemu_app::App, actor: &hemu_app::Actor, name: &str| {
        Ok(arrears_csv(&arrears_report(app, actor, name, day)?.filtered(&asked.filter())))
    };
    let text = at.run(work).await?;
    Ok(file(text.into_bytes(), "text/csv; charset=utf-8", &format!("欠费明细-{day}.csv"), false))
}
