//! 对账: statements and settlement files come in, money is booked with one click, differences are settled.

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Request};
use axum::routing::{get, post};
use hemu_app::bank::{
    BankLines, DifferenceItem, FileReport, FileRequest, LineItem, ProposalItem, SettlementItem, SettlementReport,
    book_line, confirm_certain, differences_workbook, ignore_line, import_bank_file, list_bank_lines, list_settlements,
    reopen_line, settle_difference, settlement_report,
};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::bank::layout::{Field, Layout};
use hemu_domain::bank::reconcile::DifferenceKind;
use hemu_domain::bank::settlement::Provider;
use hemu_domain::ids::{BankFileId, BankLineId, CommunityId, SettlementEntryId};
use hemu_domain::staff::Permission;

use super::import::{check_token, read_form};
use crate::fields::{Fields, Posted};
use crate::forms;
use crate::reply::{Reply, XLSX, file, go, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Place;

/// The largest file.
const MOST_BYTES: usize = 30 * 1024 * 1024;
/// So many lines that wait stand on the page; the first ones make room for the others.
const LINES_SHOWN: usize = 200;

/// The addresses of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/c/{community}/bank/upload", post(upload))
        .layer(DefaultBodyLimit::max(MOST_BYTES + 64 * 1024))
        .route("/c/{community}/bank", get(show))
        .route("/c/{community}/bank/confirm", post(confirm))
        .route("/c/{community}/bank/lines/{line}/book", post(book))
        .route("/c/{community}/bank/lines/{line}/ignore", post(ignore))
        .route("/c/{community}/bank/lines/{line}/reopen", post(reopen))
        .route("/c/{community}/bank/files/{file}", get(settlement))
        .route("/c/{community}/bank/files/{file}/settle", post(settle))
        .route("/c/{community}/bank/files/{file}/export", get(export))
}

#[derive(Template)]
#[template(path = "bank.html")]
struct BankPage {
    ui: Ui,
    lines: BankLines,
    files: Vec<SettlementItem>,
    /// A file that was just looked at and not imported.
    seen: Option<FileReport>,
    may_take: bool,
    may_reverse: bool,
}

/// What the page shows beside a file that was just looked at.
fn load(app: &App, actor: &Actor, community: CommunityId) -> Result<(BankLines, Vec<SettlementItem>), Refusal> {
    Ok((list_bank_lines(app, actor, community)?, list_settlements(app, actor, community)?))
}

/// `GET /c/{community}/bank`
pub async fn show(at: Place) -> Reply {
    let community = at.id();
    let loaded = at.run(move |app, actor, _| load(app, actor, community)).await?;
    render(&at, loaded, None)
}

fn render(at: &Place, (lines, files): (BankLines, Vec<SettlementItem>), seen: Option<FileReport>) -> Reply {
    let ui = at.ui(Menu::Bank, "对账", "Reconciliation");
    let locale = ui.locale;
    let (may_take, may_reverse) = (ui.may(Permission::TakePayment), ui.may(Permission::ReversePayment));
    page(&BankPage { ui, lines, files, seen, may_take, may_reverse }, locale)
}

impl BankPage {
    fn shown(&self) -> &[LineItem] {
        &self.lines.open[..self.lines.open.len().min(LINES_SHOWN)]
    }

    fn hidden(&self) -> usize {
        self.lines.open.len().saturating_sub(LINES_SHOWN)
    }

    fn reasons(&self, proposal: &ProposalItem) -> String {
        let words: Vec<String> = proposal.reasons.iter().map(|reason| self.ui.text(&reason.label())).collect();
        words.join(self.ui.semicolon())
    }

    fn kind(&self, item: &SettlementItem) -> String {
        let layout = Layout::parse(&item.layout).map(|one| self.ui.text(&one.label()));
        layout.unwrap_or_else(|_| self.provider(&item.kind))
    }

    fn provider(&self, word: &str) -> String {
        Provider::parse(word).map_or_else(|word| word, |one| self.ui.text(&one.label()))
    }

    fn is_provider(&self, item: &SettlementItem) -> bool {
        Provider::parse(&item.kind).is_ok()
    }

    fn field(&self, word: &str) -> String {
        Field::parse(word).map_or_else(|word| word, |one| self.ui.text(&one.label()))
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        Field::ALL.iter().map(|field| (field.as_str(), self.ui.text(&field.label()))).collect()
    }
}

/// `POST /c/{community}/bank/upload`: a file is imported, or with `look` only looked at; one that contradicts itself is shown with
/// all that is wrong, and nothing of it is kept.
pub async fn upload(at: Place, request: Request) -> Reply {
    let (fields, file_name, bytes) = read_form(&at.visit, request).await?;
    check_token(&at.visit.signed_in, &fields)?;
    let community = at.id();
    let work = move |app: &App, actor: &Actor, name: &str| {
        let map = fields.all("heading").zip(fields.all("field")).filter(|(_, field)| !field.is_empty());
        let request = FileRequest {
            community: name.to_owned(),
            file_name,
            bytes,
            layout: None,
            map: map.map(|(heading, field)| format!("{heading}={field}")).collect(),
            dry_run: true,
        };
        let seen = import_bank_file(app, actor, &request)?;
        if fields.is_ticked("look") || !seen.problems.is_empty() {
            return Ok((load(app, actor, community)?, Some(seen)));
        }
        let done = import_bank_file(app, actor, &FileRequest { dry_run: false, ..request })?;
        Ok((load(app, actor, community)?, Some(done)))
    };
    let (loaded, seen) = at.run(work).await?;
    render(&at, loaded, seen)
}

/// Does something with the line of the address and goes back to the list.
async fn act(
    posted: Posted<Place>,
    line: &str,
    done: &str,
    work: impl FnOnce(&App, &Actor, CommunityId, BankLineId, &Fields) -> Result<(), Refusal> + Send + 'static,
) -> Reply {
    let Posted { visit: at, fields } = posted;
    let missing = |_| at.visit.fail(Refusal::not_found("到账", "bank line", ""));
    let (line, community) = (BankLineId::parse(line).map_err(missing)?, at.id());
    at.run(move |app, actor, _| work(app, actor, community, line, &fields)).await?;
    Ok(go(&at.here(&format!("bank?done={done}"))))
}

/// `POST /c/{community}/bank/lines/{line}/book`
pub async fn book(Path((_, line)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    act(posted, &line, "booked", |app, actor, community, line, fields| {
        book_line(app, actor, community, line, &forms::line_parts(fields)?).map(|_| ())
    })
    .await
}

/// `POST /c/{community}/bank/lines/{line}/ignore`
pub async fn ignore(Path((_, line)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    act(posted, &line, "recorded", |app, actor, community, line, fields| {
        ignore_line(app, actor, community, line, fields.text("reason"))
    })
    .await
}

/// `POST /c/{community}/bank/lines/{line}/reopen`
pub async fn reopen(Path((_, line)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    act(posted, &line, "reopened", |app, actor, community, line, fields| {
        reopen_line(app, actor, community, line, fields.text("reason"))
    })
    .await
}

/// `POST /c/{community}/bank/confirm`: every line that is certain.
pub async fn confirm(posted: Posted<Place>) -> Reply {
    let at = posted.visit;
    let community = at.id();
    at.run(move |app, actor, _| confirm_certain(app, actor, community)).await?;
    Ok(go(&at.here("bank?done=booked")))
}

#[derive(Template)]
#[template(path = "bank-file.html")]
struct FilePage {
    ui: Ui,
    report: SettlementReport,
    may_settle: bool,
}

impl FilePage {
    fn kind(&self, item: &DifferenceItem) -> String {
        self.ui.text(&item.kind.label())
    }

    fn amount(&self, amount: Option<&hemu_domain::Fen>) -> String {
        amount.map(|one| self.ui.money(one)).unwrap_or_default()
    }
}

fn file_id(at: &Place, id: &str) -> Result<BankFileId, crate::reply::PageError> {
    BankFileId::parse(id).map_err(|_| at.visit.fail(Refusal::not_found("渠道账单", "settlement file", "")))
}

/// `GET /c/{community}/bank/files/{file}`: a provider's file beside the books.
pub async fn settlement(at: Place, Path((_, file)): Path<(String, String)>) -> Reply {
    let (id, community) = (file_id(&at, &file)?, at.id());
    let report = at.run(move |app, actor, _| settlement_report(app, actor, community, id)).await?;
    let mut ui = at.ui(Menu::Bank, "渠道对账", "Provider against the books");
    ui.title = format!("{} {}", ui.text(&report.provider.label()), ui.title);
    let locale = ui.locale;
    page(&FilePage { may_settle: ui.may(Permission::TakePayment), report, ui }, locale)
}

/// `POST /c/{community}/bank/files/{file}/settle`
pub async fn settle(Path((_, file)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let (id, community) = (file_id(&at, &file)?, at.id());
    let work = move |app: &App, actor: &Actor, _: &str| {
        let kind = fields.required(("kind", "差异"), DifferenceKind::parse)?;
        let subject = fields.required(("subject", "差异"), SettlementEntryId::parse)?;
        settle_difference(app, actor, community, id, (kind, subject.uuid()), fields.text("reason"))
    };
    at.run(work).await?;
    Ok(go(&at.here(&format!("bank/files/{id}?done=recorded"))))
}

/// `GET /c/{community}/bank/files/{file}/export`
pub async fn export(at: Place, Path((_, of)): Path<(String, String)>) -> Reply {
    let (id, community) = (file_id(&at, &of)?, at.id());
    let bytes = at.run(move |app, actor, _| differences_workbook(app, actor, community, id)).await?;
    Ok(file(bytes, XLSX, "渠道差异.xlsx", false))
}
