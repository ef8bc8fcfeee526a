//! 导入: upload a spreadsheet, look at what was understood, map columns, download the doubtful rows, then confirm.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Path, Request};
use axum::routing::{get, post};
use chrono::NaiveDate;
use hemu_app::import::preview::{ColumnItem, doubtful_rows_workbook, field_names, list_columns};
use hemu_app::import::{ImportReport, ImportRequest, import_spreadsheet};
use hemu_app::registry::communities::list_communities;
use hemu_app::staff::session::SignedIn;
use hemu_app::{Actor, App, Refusal};
use hemu_domain::ids::{ImportId, StaffId};

use crate::fields::{Fields, Posted};
use crate::reply::{Failure, PageError, Reply, XLSX, file, go, page};
use crate::server::Web;
use crate::ui::{Menu, Ui, place};
use crate::visit::{Place, Visit};

/// The largest file.
pub(super) const MOST_BYTES: usize = 30 * 1024 * 1024;
/// So many files wait for confirmation at once; the oldest makes room.
const MOST_FILES: usize = 20;
/// So many doubtful rows stand on the page; the workbook has them all.
const ROWS_SHOWN: usize = 200;

/// The addresses of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/import", get(start).post(upload))
        .route("/c/{community}/import", get(start_here))
        .route("/import/{file}", post(map))
        .route("/import/{file}/doubts", get(doubts))
        .route("/import/{file}/confirm", post(confirm))
        .route("/import/template.xlsx", get(template))
        .layer(DefaultBodyLimit::max(MOST_BYTES + 64 * 1024))
}

/// A file between preview and confirmation; kept in memory, for the person who sent it alone.
#[derive(Clone)]
struct Upload {
    id: ImportId,
    staff: StaffId,
    request: ImportRequest,
}

/// The files that wait for confirmation.
#[derive(Default)]
pub struct Uploads(Mutex<VecDeque<Arc<Upload>>>);

impl Uploads {
    fn put(&self, upload: Upload) {
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        files.retain(|one| one.id != upload.id);
        files.push_back(Arc::new(upload));
        while files.len() > MOST_FILES {
            files.pop_front();
        }
    }

    fn find(&self, id: &str, staff: StaffId) -> Result<Arc<Upload>, Refusal> {
        let files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = files.iter().find(|one| one.id.to_string() == id && one.staff == staff).cloned();
        found.ok_or_else(|| Refusal::conflict("这份文件已过期，请重新上传", "this file is gone: upload it again"))
    }

    fn remove(&self, id: ImportId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|one| one.id != id);
    }
}

#[derive(Template)]
#[template(path = "import.html")]
struct StartPage {
    ui: Ui,
    community: String,
}

/// `GET /import`: for a community that is new.
pub async fn start(visit: Visit) -> Reply {
    let ui = visit.ui(Menu::Registry, "导入", "Import");
    let locale = ui.locale;
    page(&StartPage { ui, community: String::new() }, locale)
}

/// `GET /c/{community}/import`
pub async fn start_here(at: Place) -> Reply {
    let ui = at.ui(Menu::Registry, "导入", "Import");
    let locale = ui.locale;
    page(&StartPage { ui, community: at.community.name.clone() }, locale)
}

#[derive(Template)]
#[template(path = "import-preview.html")]
struct PreviewPage {
    ui: Ui,
    id: ImportId,
    community: String,
    as_of: NaiveDate,
    report: ImportReport,
    columns: Vec<ColumnItem>,
    fields: Vec<String>,
    doubts: usize,
}

impl PreviewPage {
    fn opening(&self) -> String {
        self.report.opening_arrears.grouped()
    }

    fn shown<'a>(&self, findings: &'a [hemu_domain::import::Finding]) -> &'a [hemu_domain::import::Finding] {
        &findings[..findings.len().min(ROWS_SHOWN)]
    }
}

/// `POST /import`: a file arrives and is previewed; nothing is written.
pub async fn upload(visit: Visit, request: Request) -> Reply {
    let (fields, name, bytes) = read_form(&visit, request).await?;
    check_token(&visit.signed_in, &fields)?;
    let web = visit.web.clone();
    let staff = visit.signed_in.staff_id;
    let work = move |app: &App, actor: &Actor| {
        let request = ImportRequest {
            file_name: name,
            bytes,
            community: fields.text("community").to_owned(),
            as_of: fields.day_or_none("as_of", "截止日期")?.unwrap_or_else(|| app.today()),
            map: Vec::new(),
            dry_run: true,
        };
        preview(app, actor, &web, Upload { id: app.new_id(), staff, request })
    };
    let seen = visit.run(work).await?;
    show(&visit, seen)
}

/// What a preview found.
struct Seen {
    upload: Arc<Upload>,
    report: ImportReport,
    columns: Vec<ColumnItem>,
}

fn preview(app: &App, actor: &Actor, web: &Web, upload: Upload) -> Result<Seen, Refusal> {
    let report = import_spreadsheet(app, actor, &upload.request)?;
    let request = &upload.request;
    let columns = list_columns(&request.file_name, &request.bytes, &request.map);
    let upload_id = upload.id.to_string();
    let staff = upload.staff;
    web.uploads.put(upload);
    Ok(Seen { upload: web.uploads.find(&upload_id, staff)?, report, columns })
}

fn show(visit: &Visit, seen: Seen) -> Reply {
    let ui = visit.ui(Menu::Registry, "导入预览", "Import preview");
    let locale = ui.locale;
    let report = seen.report;
    let content = PreviewPage {
        id: seen.upload.id,
        community: seen.upload.request.community.clone(),
        as_of: seen.upload.request.as_of,
        doubts: report.refused.len() + report.warnings.len() + report.differences.len(),
        columns: seen.columns,
        fields: field_names(),
        report,
        ui,
    };
    page(&content, locale)
}

pub(super) async fn read_form(visit: &Visit, request: Request) -> Result<(Fields, String, Vec<u8>), PageError> {
    let unreadable = || {
        let zh = format!("文件没有收到：请选择不超过 {} MB 的表格", MOST_BYTES / 1024 / 1024);
        visit.fail(Refusal::invalid("file", zh, "no file arrived: choose a spreadsheet of at most 30 MB"))
    };
    let mut form = Multipart::from_request(request, &visit.web).await.map_err(|_| unreadable())?;
    let (mut pairs, mut name, mut bytes) = (Vec::new(), String::new(), Vec::new());
    while let Some(field) = form.next_field().await.map_err(|_| unreadable())? {
        let key = field.name().unwrap_or_default().to_owned();
        if key == "file" {
            name = field.file_name().unwrap_or_default().to_owned();
            bytes = field.bytes().await.map_err(|_| unreadable())?.to_vec();
        } else {
            pairs.push((key, field.text().await.map_err(|_| unreadable())?));
        }
    }
    if bytes.is_empty() {
        return Err(unreadable());
    }
    Ok((Fields::from_pairs(pairs), name, bytes))
}

pub(super) fn check_token(signed_in: &SignedIn, fields: &Fields) -> Result<(), PageError> {
    if fields.text("csrf") == signed_in.csrf_token {
        return Ok(());
    }
    Err(PageError { locale: signed_in.locale, failure: Failure::Token })
}

/// `POST /import/{file}`: the same file with columns mapped by hand.
pub async fn map(Path(id): Path<String>, posted: Posted<Visit>) -> Reply {
    let Posted { visit, fields } = posted;
    let web = visit.web.clone();
    let staff = visit.signed_in.staff_id;
    let work = move |app: &App, actor: &Actor| {
        let mut upload = Upload::clone(&*web.uploads.find(&id, staff)?);
        let chosen = fields.all("heading").zip(fields.all("field"));
        upload.request.map = chosen
            .filter(|(_, field)| !field.is_empty())
            .map(|(heading, field)| format!("{heading}={field}"))
            .collect();
        preview(app, actor, &web, upload)
    };
    let seen = visit.run(work).await?;
    show(&visit, seen)
}

/// `GET /import/{file}/doubts`: every doubtful row as a workbook.
pub async fn doubts(visit: Visit, Path(id): Path<String>) -> Reply {
    let web = visit.web.clone();
    let staff = visit.signed_in.staff_id;
    let work = move |app: &App, actor: &Actor| {
        let upload = web.uploads.find(&id, staff)?;
        doubtful_rows_workbook(&import_spreadsheet(app, actor, &upload.request)?)
    };
    let bytes = visit.run(work).await?;
    Ok(file(bytes, XLSX, "疑问行.xlsx", false))
}

/// `POST /import/{file}/confirm`
pub async fn confirm(Path(id): Path<String>, posted: Posted<Visit>) -> Reply {
    let visit = posted.visit;
    let web = visit.web.clone();
    let staff = visit.signed_in.staff_id;
    let work = move |app: &App, actor: &Actor| {
        let upload = web.uploads.find(&id, staff)?;
        let request = ImportRequest { dry_run: false, ..upload.request.clone() };
        import_spreadsheet(app, actor, &request)?;
        web.uploads.remove(upload.id);
        let name = request.community.trim().to_owned();
        Ok(list_communities(app, actor)?.into_iter().find(|one| one.name == name))
    };
    let community = visit.run(work).await?;
    Ok(go(&community.map_or_else(|| "/".to_owned(), |one| place(one.id, "units?done=imported"))))
}

/// `GET /import/template.xlsx`: the workbook that is understood best, with explanations.
pub async fn template(visit: Visit) -> Reply {
    let bytes = visit.run(|_, _| hemu_app::import::preview::owners_workbook()).await?;
    Ok(file(bytes, XLSX, "业主台账模板.xlsx", false))
}
