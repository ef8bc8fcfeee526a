//! Arrears (欠费): the list of a day, ageing, collection rates; the figures of the command line and the pages.

use hemu_app::arrears::reports::{ageing_report, rate_report};
use hemu_app::arrears::table::{arrears_csv, arrears_xlsx};
use hemu_app::arrears::{ArrearsFilter, ArrearsReport, ArrearsRow, arrears_report, own_cases};
use hemu_app::{Actor, App, Look, Refusal};
use hemu_domain::UnitLabel;
use hemu_domain::collection::classification::Cause;
use hemu_domain::collection::policy::Stage;
use hemu_domain::ids::{PartyId, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::OpenApi;

use super::answer::{Answer, Written, ok};
use super::caller::{Looking, Site};
use super::input::{Asked, SpanQuery, after, day, rows, span};
use super::operations::Operations;
use super::problem::Problem;
use super::shapes;
use crate::fields::Fields;
use crate::reply::{XLSX, file};

#[derive(OpenApi)]
#[openapi(paths(list, export, ageing, collection_rate))]
struct Document;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("arrears", "欠费 / Arrears, ageing, collection rates")
        .get("/communities/{community}/arrears", list)
        .get("/communities/{community}/arrears/export", export)
        .get("/communities/{community}/ageing", ageing)
        .get("/communities/{community}/collection-rate", collection_rate)
}

#[derive(Deserialize, Serialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// The day, today where left out
    as_of: Option<String>,
    /// Only this building
    building: Option<String>,
    /// Only cases at this stage: `reminder`, `conversation`, `demand` or `legal`
    stage: Option<String>,
    /// Only this cause
    cause: Option<String>,
    /// Only rows at least so many days overdue
    days: Option<String>,
    /// `yes`: only cases of the caller
    mine: Option<String>,
    /// The cursor `next` of the page before
    after: Option<String>,
    /// Rows, 1 to 200 (100)
    limit: Option<String>,
}

#[derive(Deserialize, Serialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ExportQuery {
    /// `csv` or `xlsx`
    format: String,
    /// The day, today where left out
    as_of: Option<String>,
    /// Only this building
    building: Option<String>,
    /// Only cases at this stage
    stage: Option<String>,
    /// Only this cause
    cause: Option<String>,
    /// Only rows at least so many days overdue
    days: Option<String>,
    /// `yes`: only cases of the caller
    mine: Option<String>,
}

#[derive(Deserialize, Serialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DayQuery {
    /// The day, today where left out
    as_of: Option<String>,
}

/// A page of the list, its sums over all rows that fit.
#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    report: ArrearsReport,
    next: Option<String>,
}

impl Page {
    fn write(list: &ArrearsReport, (filter, from): Asking<'_>, most: usize, actor: &Actor) -> Result<Written, Refusal> {
        let (report, goes_on) = list.rows_after(filter, from, most);
        let next = report.rows.last().filter(|_| goes_on).map(cursor);
        Written::write(&Self { report: report.shown_to(actor), next })
    }
}

/// Which rows, and after which of them.
type Asking<'a> = (&'a ArrearsFilter, Option<&'a (UnitLabel, PartyId)>);

fn filter(actor: &Actor, fields: &Fields) -> Result<ArrearsFilter, Refusal> {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Ok(ArrearsFilter {
        building: some(fields.text("building")),
        stage: fields.optional(("stage", "阶段"), Stage::parse)?.map(|one| one.as_str().to_owned()),
        cause: fields.optional(("cause", "原因"), Cause::parse)?.map(|one| one.as_str().to_owned()),
        days: fields.optional(("days", "逾期天数"), str::parse)?.unwrap_or(0),
        staff: fields.is_ticked("mine").then(|| own_cases(actor)),
    })
}

/// The place of a row in the list: its unit and payer. As an id, since a label would put a home into an address.
fn cursor(row: &ArrearsRow) -> String {
    format!("{}.{}", row.unit_id, row.party_id)
}

fn read_cursor(look: &mut Look<'_, '_>, fields: &Fields) -> Result<Option<(UnitLabel, PartyId)>, Refusal> {
    let parts = |text: &str| {
        let (unit, party) = text.split_once('.')?;
        Some((UnitId::parse(unit).ok()?, PartyId::parse(party).ok()?))
    };
    let Some((unit, party)) = after(fields, |text| parts(text).ok_or(()))? else { return Ok(None) };
    Ok(Some((look.get_unit_label(unit)?, party)))
}

/// The arrears list of a day by cursor; the sums are over all rows that fit
#[utoipa::path(get, path = "/communities/{community}/arrears", params(ListQuery),
    responses((status = 200, description = "By unit", body = shapes::ArrearsPage)))]
async fn list(at: Looking, asked: Result<Asked<ListQuery>, Problem>) -> Answer {
    let kept = at.web.kept.clone();
    let work = move |look: &mut Look<'_, '_>, Asked { fields, .. }: Asked<ListQuery>| {
        let (filter, most) = (filter(look.actor(), &fields)?, rows(&fields)?);
        let from = read_cursor(look, &fields)?;
        let as_of = day(&fields, look.app.today())?;
        let write = |list: &ArrearsReport, actor: &Actor| Page::write(list, (&filter, from.as_ref()), most, actor);
        if filter != ArrearsFilter::default() || from.is_some() {
            return write(&*kept.arrears_of(look, as_of)?, look.actor());
        }
        let page =
            kept.first_page_of(look, (as_of, most), |list, actor| write(list, actor).map(Written::into_bytes))?;
        Ok(page.into())
    };
    at.show(asked, work).await
}

/// The whole arrears list as a file
#[utoipa::path(get, path = "/communities/{community}/arrears/export", params(ExportQuery),
    responses((status = 200, description = "The list", content((Vec<u8> = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
async fn export(at: Site, asked: Asked<ExportQuery>) -> Answer {
    let today = at.caller.web.app.today();
    let as_of = day(&asked.fields, today).map_err(|refusal| at.caller.fail(refusal))?;
    let format = asked.value.format.clone();
    let work = move |app: &App, actor: &Actor, name: &str| {
        let report = arrears_report(app, actor, name, as_of)?.filtered(&filter(actor, &asked.fields)?).shown_to(actor);
        match asked.value.format.as_str() {
            "csv" => Ok(arrears_csv(&report).into_bytes()),
            "xlsx" => arrears_xlsx(&report),
            _ => Err(Refusal::invalid("format", "格式只有 csv 和 xlsx", "format is csv or xlsx")),
        }
    };
    let bytes = at.run(work).await?;
    let kind = if format == "csv" { "text/csv; charset=utf-8" } else { XLSX };
    Ok(file(bytes, kind, &format!("欠费明细-{as_of}.{format}"), false))
}

/// Open charges by age
#[utoipa::path(get, path = "/communities/{community}/ageing", params(DayQuery),
    responses((status = 200, description = "By age", body = shapes::AgeingReport)))]
async fn ageing(at: Site, asked: Asked<DayQuery>) -> Answer {
    let work =
        move |app: &App, actor: &Actor, name: &str| ageing_report(app, actor, name, day(&asked.fields, app.today())?);
    ok(at.run(work).await?)
}

/// What was collected of each month
#[utoipa::path(get, path = "/communities/{community}/collection-rate", params(SpanQuery),
    responses((status = 200, description = "By month", body = shapes::RateReport)))]
async fn collection_rate(at: Site, asked: Asked<SpanQuery>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        rate_report(app, actor, name, day(&asked.fields, app.today())?, span(&asked.fields)?)
    };
    ok(at.run(work).await?)
}
