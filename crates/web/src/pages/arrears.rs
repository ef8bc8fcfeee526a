//! 欠费: the list of a day, its sums over the full set whatever the page shows, its export with the same filter.

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::routing::{get, post};
use chrono::NaiveDate;
use hemu_app::arrears::details::{ArrearsOrder, RowDetail, row_details};
use hemu_app::arrears::kept::shown_owner;
use hemu_app::arrears::table::{arrears_csv, arrears_xlsx};
use hemu_app::arrears::{Ages, ArrearsFilter, ArrearsReport, ArrearsRow, ArrearsTotals, own_cases};
use hemu_app::collection::case_page::next_text;
use hemu_app::registry::reveal::{SealedField, reveal as reveal_field};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::Fen;
use hemu_domain::arrears::age::AgeBucket;
use hemu_domain::collection::classification::Cause;
use hemu_domain::collection::policy::Stage;
use hemu_domain::ids::{ContactPointId, StaffId};
use hemu_domain::staff::Permission;
use serde::Deserialize;

use crate::fields::{Fields, Posted};
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
        .route("/c/{community}/arrears/reveal", post(reveal))
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
    staff: String,
    days: String,
    view: String,
    order: String,
    mine: String,
    after: String,
}

impl Asked {
    fn of(fields: &Fields) -> Self {
        let text = |name: &str| fields.text(name).to_owned();
        Self {
            as_of: text("as_of"),
            building: text("building"),
            stage: text("stage"),
            cause: text("cause"),
            staff: text("staff"),
            view: text("view"),
            days: text("days"),
            order: text("order"),
            mine: text("mine"),
            after: text("after"),
        }
    }

    fn filter(&self, actor: &Actor) -> ArrearsFilter {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        ArrearsFilter {
            building: some(&self.building),
            stage: some(&self.stage),
            cause: some(&self.cause),
            days: self.days.parse().unwrap_or(0),
            staff: if self.is_mine() { Some(own_cases(actor)) } else { StaffId::parse(&self.staff).ok() },
        }
    }

    fn order(&self) -> ArrearsOrder {
        match self.order.as_str() {
            "amount" => ArrearsOrder::Amount,
            "days" => ArrearsOrder::Days,
            _ => ArrearsOrder::Unit,
        }
    }

    fn day(&self, today: NaiveDate) -> NaiveDate {
        self.as_of.parse().unwrap_or(today)
    }

    /// What was asked, the cursor aside.
    fn pairs(&self) -> Vec<(&'static str, &str)> {
        let pairs = [
            ("as_of", &self.as_of),
            ("building", &self.building),
            ("stage", &self.stage),
            ("cause", &self.cause),
            ("staff", &self.staff),
            ("view", &self.view),
            ("days", &self.days),
            ("order", &self.order),
            ("mine", &self.mine),
        ];
        pairs.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, value.as_str())).collect()
    }

    /// Whether only the cases of whoever looks are asked for.
    fn is_mine(&self) -> bool {
        self.staff == "mine" || !self.mine.is_empty()
    }

    /// Whether the columns of age are shown instead of those about the owner and the case.
    fn by_age(&self) -> bool {
        self.view == "ages"
    }

    /// The address with the same filter in the other view.
    fn other_view(&self) -> String {
        let view = if self.by_age() { "" } else { "ages" };
        Self { view: view.to_owned(), ..self.clone() }.query()
    }

    /// The address with the same filter: for the export and the next page.
    fn query(&self) -> String {
        let encoded = |(name, value): (&str, &str)| format!("{name}={}", encode(value));
        self.pairs().into_iter().map(encoded).collect::<Vec<_>>().join("&")
    }
}

/// A value as it stands in an address: buildings may be called 车位.
fn encode(text: &str) -> String {
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    text.bytes().map(|byte| if safe(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
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
    staff: Vec<(StaffId, String)>,
    bands: Vec<String>,
    may_reveal: bool,
}

impl ArrearsPage {
    /// The bands of age with the sums of some rows.
    fn aged<'a>(&'a self, ages: &'a Ages) -> impl Iterator<Item = (&'a String, &'a Fen)> {
        self.bands.iter().zip(ages)
    }
}

struct Row {
    unit_href: String,
    unit: String,
    owner: String,
    phone: Option<(String, String)>,
    area: String,
    periods: String,
    principal: Fen,
    late_fee: Fen,
    oldest_due: NaiveDate,
    days: i64,
    stage: String,
    stage_name: String,
    cause: String,
    next: String,
    staff: String,
    ages: Ages,
    case_href: Option<String>,
}

/// A phone that was revealed: its contact point, and the number.
type Revealed = Option<(ContactPointId, String)>;

/// `GET /c/{community}/arrears`
pub async fn show(at: Place, Query(asked): Query<Asked>) -> Reply {
    render(&at, asked, None).await
}

/// `POST /c/{community}/arrears/reveal`: one number in full on the same page; the audit trail keeps who looked.
pub async fn reveal(posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let asked = Asked::of(&fields);
    let work = move |app: &App, actor: &Actor, name: &str| {
        let id = fields.required(("contact", "联系方式"), ContactPointId::parse)?;
        Ok((id, reveal_field(app, actor, name, SealedField::Contact(id))?))
    };
    let revealed = at.run(work).await?;
    render(&at, asked, Some(revealed)).await
}

async fn render(at: &Place, asked: Asked, revealed: Revealed) -> Reply {
    let day = asked.day(at.visit.web.app.today());
    let (kept, community, wanted) = (at.visit.web.kept.clone(), at.id(), asked.clone());
    let work = move |app: &App, actor: &Actor, name: &str| {
        let report = kept.arrears(app, actor, name, day)?;
        let slice = report.slice(&wanted.filter(actor), wanted.order(), (&wanted.after, ROWS));
        let details = row_details(app, actor, community, &slice.rows)?;
        Ok((slice, details))
    };
    let (slice, details) = at.run(work).await?;
    let ui = at.ui(Menu::Arrears, "欠费", "Arrears");
    let locale = ui.locale;
    let rows = slice.rows.iter().zip(details).map(|(row, detail)| line(&ui, row, detail, revealed.as_ref()));
    let content = ArrearsPage {
        as_of: day,
        query: asked.query(),
        rows: rows.collect(),
        shown: slice.shown,
        totals: slice.totals,
        is_whole: slice.is_whole,
        next: slice.next,
        buildings: slice.buildings,
        stages: Stage::ALL.iter().map(|one| (one.as_str(), ui.text(&one.label()))).collect(),
        causes: Cause::ALL.iter().map(|one| (one.as_str(), ui.text(&one.label()))).collect(),
        staff: slice.staff,
        bands: AgeBucket::ALL.iter().map(|one| ui.age(one.as_str())).collect(),
        may_reveal: ui.may(Permission::RevealPersonalData),
        asked,
        ui,
    };
    page(&content, locale)
}

fn line(ui: &Ui, row: &ArrearsRow, detail: RowDetail, revealed: Option<&(ContactPointId, String)>) -> Row {
    let stage = row.stage.clone().unwrap_or_default();
    let cause = row.cause.as_deref().and_then(|word| Cause::parse(word).ok());
    let next =
        row.next_step.as_deref().and_then(|word| next_text(None, Some(word)).or_else(|| next_text(Some(word), None)));
    let number = |id: ContactPointId, tail: String| match revealed {
        Some((shown, number)) if *shown == id => (String::new(), number.clone()),
        _ => (id.to_string(), tail),
    };
    Row {
        unit_href: ui.here(&format!("units/{}", row.unit_id)),
        unit: row.unit.to_string(),
        owner: shown_owner(&ui.actor, &row.owner),
        phone: detail.phone.map(|(id, tail)| number(id, tail)),
        area: ui.area(detail.area.as_ref()),
        periods: periods(row),
        principal: row.principal,
        late_fee: row.late_fee,
        oldest_due: row.oldest_due,
        days: row.days,
        stage_name: if stage.is_empty() { String::new() } else { ui.stage(&stage) },
        stage,
        cause: cause.map(|one| ui.text(&one.label())).unwrap_or_default(),
        next: next.map(|text| ui.text(&text)).unwrap_or_default(),
        staff: row.staff.clone().unwrap_or_default(),
        ages: row.ages,
        case_href: row.case_id.map(|id| ui.here(&format!("cases/{id}"))),
    }
}

fn periods(row: &ArrearsRow) -> String {
    match (row.periods.first(), row.periods.last()) {
        (Some(first), Some(last)) if first != last => format!("{first} ~ {last} ({})", row.periods.len()),
        (Some(first), _) => first.to_string(),
        (None, _) => String::new(),
    }
}

/// The rows of an export: those of the screen with the same filter, all pages, owners as the actor may see them.
async fn export(at: &Place, asked: Asked) -> Result<ArrearsReport, crate::reply::PageError> {
    let day = asked.day(at.visit.web.app.today());
    let kept = at.visit.web.kept.clone();
    let work = move |app: &App, actor: &Actor, name: &str| {
        let report = kept.arrears(app, actor, name, day)?;
        Ok::<_, Refusal>(ArrearsReport::clone(&report).filtered(&asked.filter(actor)).shown_to(actor))
    };
    at.run(work).await
}

/// `GET /c/{community}/arrears.xlsx`: exactly what the screen shows with the same filter, all pages.
pub async fn xlsx(at: Place, Query(asked): Query<Asked>) -> Reply {
    let report = export(&at, asked).await?;
    let day = report.as_of;
    let bytes = at.run(move |_, _, _| arrears_xlsx(&report)).await?;
    Ok(file(bytes, XLSX, &format!("欠费明细-{day}.xlsx"), false))
}

/// `GET /c/{community}/arrears.csv`
pub async fn csv(at: Place, Query(asked): Query<Asked>) -> Reply {
    let report = export(&at, asked).await?;
    let text = arrears_csv(&report);
    Ok(file(text.into_bytes(), "text/csv; charset=utf-8", &format!("欠费明细-{}.csv", report.as_of), false))
}
