//! Import (导入) of an office's spreadsheet: all of it in one transaction, or with `dry_run` only a report.

use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{HeaderMap, header};
use hemu_app::import::preview::owners_workbook;
use hemu_app::import::{ImportRequest, import_spreadsheet};
use hemu_app::{Actor, App, Refusal};
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, ok};
use super::caller::Caller;
use super::operations::Operations;
use super::problem::{Fault, Problem};
use super::shapes;
use crate::fields::Fields;
use crate::reply::{XLSX, file};

#[derive(OpenApi)]
#[openapi(paths(bring_in, template), components(schemas(Form)))]
struct Document;

/// The largest file.
const MOST_BYTES: usize = 30 * 1024 * 1024;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("import", "导入 / Spreadsheets")
        .post("/import", bring_in)
        .limit(MOST_BYTES + 64 * 1024)
        .get("/import/template", template)
}

/// A spreadsheet and where it belongs.
#[derive(ToSchema)]
#[expect(dead_code, reason = "read field by field from the form; this is its shape for the document")]
struct Form {
    /// `.xlsx`, `.xls` or `.csv`, at most 30 MB
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: String,
    /// Name of the community; new when there is none of that name
    community: String,
    /// The day the arrears are of, today where left out
    as_of: Option<String>,
    /// `列名=field`, once for each column that is mapped by hand
    map: Option<Vec<String>>,
    /// `true` or `false`: report only, write nothing
    dry_run: Option<String>,
}

/// A form with a file as it came.
pub(super) struct Received {
    pub(super) fields: Fields,
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

pub(super) async fn receive(caller: &Caller, request: Request) -> Result<Received, Fault> {
    if !is_form(request.headers()) {
        return Err(Fault::MediaType("multipart/form-data"));
    }
    let form = Multipart::from_request(request, &caller.web).await;
    let mut form = form.map_err(|_| Fault::MediaType("multipart/form-data"))?;
    let (mut pairs, mut name, mut bytes) = (Vec::new(), String::new(), Vec::new());
    while let Some(field) = form.next_field().await? {
        let key = field.name().unwrap_or_default().to_owned();
        if key == "file" {
            name = field.file_name().unwrap_or_default().to_owned();
            bytes = field.bytes().await?.to_vec();
        } else {
            pairs.push((key, field.text().await?));
        }
    }
    Ok(Received { fields: Fields::from_pairs(pairs), name, bytes })
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.trim_start().to_ascii_lowercase().starts_with("multipart/form-data")
}

fn request(app: &App, received: Received) -> Result<ImportRequest, Refusal> {
    let Received { fields, name, bytes } = received;
    if bytes.is_empty() {
        return Err(Refusal::invalid("file", "请附上表格文件", "no file arrived: send the spreadsheet as file"));
    }
    let dry_run = match fields.text("dry_run") {
        "" | "false" => false,
        "true" => true,
        _ => return Err(Refusal::invalid("dry_run", "dry_run 只能是 true 或 false", "dry_run is true or false")),
    };
    Ok(ImportRequest {
        file_name: name,
        bytes,
        community: fields.text("community").to_owned(),
        as_of: fields.day_or_none("as_of", "截止日期")?.unwrap_or_else(|| app.today()),
        map: fields.all("map").map(str::to_owned).collect(),
        dry_run,
    })
}

/// Brings in a spreadsheet; a second time it changes nothing
#[utoipa::path(post, path = "/import", request_body(content = Form, content_type = "multipart/form-data"),
    responses((status = 200, description = "What was, or would be, understood", body = shapes::ImportReport)))]
async fn bring_in(caller: Caller, body: Request) -> Answer {
    let locale = caller.locale;
    let received = receive(&caller, body).await.map_err(|fault| Problem::in_locale(locale, fault))?;
    let work = move |app: &App, actor: &Actor| import_spreadsheet(app, actor, &request(app, received)?);
    ok(caller.run(work).await?)
}

/// The workbook that is understood best, with explanations
#[utoipa::path(get, path = "/import/template", responses((status = 200, description = "The workbook",
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>)))]
async fn template(caller: Caller) -> Answer {
    let bytes = caller.run(|_, _| owners_workbook()).await?;
    Ok(file(bytes, XLSX, "业主台账模板.xlsx", false))
}
