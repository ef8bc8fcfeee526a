//! 收费台: find the unit, pick what is paid, take the payment, print the receipt; every step without a mouse.

use std::collections::HashSet;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::{get, post};
use hemu_app::collection::case_page::case_page;
use hemu_app::collection::timeline::TimelineItem;
use hemu_app::collection::todo::{UnitComplaint, list_complaints_of_unit};
use hemu_app::ledger::paper::{Paper, ReceiptPage, method_name, receipt_pdf, show_receipt};
use hemu_app::ledger::{METHODS, ReceiptRequest, ReverseRequest, reverse_receipt, take_receipt};
use hemu_app::registry::get_unit_label;
use hemu_app::registry::overview::UnitItem;
use hemu_app::registry::search::search_units;
use hemu_app::registry::unit_page::{AccountItem, ChargeItem, ContactItem, UnitPage, unit_page};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::Fen;
use hemu_domain::ids::{ChargeId, ReceiptId, UnitId};
use hemu_domain::staff::Permission;
use serde::Deserialize;

use crate::fields::{Fields, Posted};
use crate::reply::{PDF, Reply, file, go, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Place;

/// Hits of a search.
const HITS: usize = 30;

/// The tabs of a unit: word, name in both languages.
pub const TABS: &[(&str, &str, &str)] = &[
    ("fees", "费用", "Fees"),
    ("receipts", "缴费记录", "Payments"),
    ("collection", "催缴", "Collection"),
    ("complaints", "投诉与工单", "Complaints"),
    ("former", "历史业主", "Former owners"),
];
/// So many entries of a case's timeline stand on the tab.
const EVENTS_SHOWN: usize = 15;

/// The addresses of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/c/{community}/desk", get(start).post(search))
        .route("/c/{community}/desk/{unit}", get(show))
        .route("/c/{community}/desk/{unit}/receipts", post(take))
        .route("/c/{community}/receipts/{receipt}", get(receipt))
        .route("/c/{community}/receipts/{receipt}/pdf", get(pdf))
        .route("/c/{community}/receipts/{receipt}/reverse", post(reverse))
}

#[derive(Template)]
#[template(path = "desk.html")]
struct SearchPage {
    ui: Ui,
    q: String,
    hits: Vec<UnitItem>,
}

impl SearchPage {
    fn status(&self, hit: &UnitItem) -> String {
        self.ui.text(&hit.status.label())
    }
}

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    tab: String,
}

/// `GET /c/{community}/desk`
pub async fn start(at: Place) -> Reply {
    hits(&at, String::new(), Vec::new())
}

/// `POST /c/{community}/desk`: one hit leads straight to the unit. It is sent as a form, since names and numbers do not
/// belong into addresses.
pub async fn search(posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let typed = fields.text("q").to_owned();
    let q = typed.clone();
    let found = if typed.is_empty() {
        Vec::new()
    } else {
        let work = move |app: &App, actor: &Actor, name: &str| search_units(app, actor, name, &typed, (None, HITS));
        at.run(work).await?.rows
    };
    if let [only] = found.as_slice() {
        return Ok(go(&at.here(&format!("desk/{}", only.id))));
    }
    hits(&at, q, found)
}

fn hits(at: &Place, q: String, hits: Vec<UnitItem>) -> Reply {
    let ui = at.ui(Menu::Desk, "收费台", "Cash desk");
    let locale = ui.locale;
    page(&SearchPage { q, hits, ui }, locale)
}

#[derive(Template)]
#[template(path = "desk-unit.html")]
struct DeskPage {
    ui: Ui,
    unit: UnitPage,
    owner: String,
    accounts: Vec<AccountBlock>,
    prepaid: Fen,
    /// What the present owner has to pay.
    due: Fen,
    /// What former owners still owe, late fees with it: not the present owner's to pay.
    former: Fen,
    late_fee: Fen,
    key: String,
    tab: &'static str,
    may_take: bool,
    timeline: Vec<TimelineItem>,
    complaints: Vec<UnitComplaint>,
}

/// An account with its open charges.
struct AccountBlock {
    name: String,
    is_present: bool,
    charges: Vec<ChargeItem>,
    open: Fen,
    late_fee: Fen,
}

impl DeskPage {
    fn methods(&self) -> Vec<(&'static str, String)> {
        METHODS.iter().map(|word| (*word, method(&self.ui, word))).collect()
    }

    fn method(&self, word: &str) -> String {
        method(&self.ui, word)
    }

    fn phone(&self) -> &str {
        let works = |one: &&ContactItem| one.channel == "phone" && one.bounced_on.is_none();
        self.unit.contacts.iter().find(works).map_or("", |one| one.tail.as_str())
    }

    fn occupancy(&self) -> String {
        self.ui.text(&self.unit.occupancy.label())
    }

    fn area(&self) -> String {
        self.unit.area.map(|area| format!("{area} ㎡")).unwrap_or_default()
    }

    fn total(&self) -> Fen {
        self.due + self.late_fee
    }

    fn total_text(&self) -> String {
        self.total().grouped()
    }

    fn settled(&self, charge: &ChargeItem) -> String {
        (charge.amount - charge.open).grouped()
    }
}

fn method(ui: &Ui, word: &str) -> String {
    let en = match word {
        "cash" => "Cash",
        "card" => "Card",
        "transfer" => "Transfer",
        "wechat" => "WeChat",
        "alipay" => "Alipay",
        "qr" => "QR code",
        "opening" => "Opening",
        _ => "Other",
    };
    ui.say(method_name(word), en).to_owned()
}

fn read_unit(text: &str) -> Result<UnitId, Refusal> {
    UnitId::parse(text).map_err(|_| Refusal::not_found("房屋", "unit", ""))
}

/// `GET /c/{community}/desk/{unit}`
pub async fn show(at: Place, Path((_, unit)): Path<(String, String)>, Query(asked): Query<Asked>) -> Reply {
    let id = read_unit(&unit).map_err(|refusal| at.visit.fail(refusal))?;
    let tab = known_tab(&asked.tab);
    let community = at.id();
    let work = move |app: &App, actor: &Actor, name: &str| {
        let unit = unit_page(app, actor, name, &get_unit_label(app, actor, name, id)?)?;
        let timeline = match (&unit.case, tab) {
            (Some(case), "collection") => case_page(app, actor, name, case.id)?.timeline,
            _ => Vec::new(),
        };
        let complaints = match tab {
            "complaints" => list_complaints_of_unit(app, actor, community, id)?,
            _ => Vec::new(),
        };
        Ok((unit, timeline, complaints))
    };
    let (unit, mut timeline, complaints) = at.run(work).await?;
    timeline.truncate(EVENTS_SHOWN);
    let ui = at.ui(Menu::Desk, "收费台", "Cash desk");
    let locale = ui.locale;
    let today = ui.today;
    let name = |account: &AccountItem| {
        let holders = unit.holders.iter().filter(|one| one.party_id == account.party_id);
        holders.map(|one| one.name.clone()).next().unwrap_or_default()
    };
    let block = |account: &AccountItem| AccountBlock {
        name: name(account),
        is_present: account.is_present,
        charges: open_charges(&unit, account),
        open: account.open,
        late_fee: account.late_fee,
    };
    let accounts: Vec<AccountBlock> = unit.accounts.iter().map(block).collect();
    let is_due = |one: &&ChargeItem| one.due_on <= today;
    let due_of = |account: &AccountItem| -> Fen {
        let of_account = unit.charges.iter().filter(is_due).filter(|one| one.account_id == account.id);
        of_account.map(|one| one.open).sum()
    };
    let (present, past): (Vec<&AccountItem>, Vec<&AccountItem>) =
        unit.accounts.iter().partition(|account| account.is_present);
    let content = DeskPage {
        owner: present.iter().map(|account| name(account)).collect(),
        prepaid: present.iter().map(|one| one.prepaid).sum(),
        due: present.iter().map(|account| due_of(account)).sum(),
        former: past.iter().map(|account| due_of(account) + account.late_fee).sum(),
        late_fee: present.iter().map(|one| one.late_fee).sum(),
        key: new_key(&at),
        tab,
        may_take: ui.may(Permission::TakePayment),
        timeline,
        complaints,
        accounts,
        unit,
        ui,
    };
    page(&content, locale)
}

/// The tab of an address; fees for any other word.
fn known_tab(asked: &str) -> &'static str {
    TABS.iter().find(|(word, ..)| *word == asked).map_or("fees", |(word, ..)| *word)
}

/// The open charges of an account, oldest first.
fn open_charges(unit: &UnitPage, account: &AccountItem) -> Vec<ChargeItem> {
    let open =
        |one: &&ChargeItem| one.account_id == account.id && (one.open.is_positive() || one.late_fee.is_positive());
    let mut charges: Vec<ChargeItem> = unit.charges.iter().filter(open).cloned().collect();
    charges.sort_by_key(|one| (one.due_on, one.period));
    charges
}

/// The form's own key: sent twice it is one payment.
fn new_key(at: &Place) -> String {
    let id: ReceiptId = at.visit.web.app.new_id();
    format!("desk:{id}")
}

/// `POST /c/{community}/desk/{unit}/receipts`
pub async fn take(Path((_, unit)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let id = read_unit(&unit).map_err(|refusal| at.visit.fail(refusal))?;
    let report =
        at.run(move |app, actor, name| take_receipt(app, actor, &request(app, actor, name, id, &fields)?)).await?;
    Ok(go(&at.here(&format!("receipts/{}", report.id))))
}

fn request(app: &App, actor: &Actor, name: &str, unit: UnitId, fields: &Fields) -> Result<ReceiptRequest, Refusal> {
    let wrong = |_| {
        Refusal::invalid("for", "勾选的费用无法识别，请刷新页面", "a ticked charge cannot be read, reload the page")
    };
    let ticked: HashSet<ChargeId> = fields.all("for").map(ChargeId::parse).collect::<Result<_, _>>().map_err(wrong)?;
    Ok(ReceiptRequest {
        community: name.to_owned(),
        unit: get_unit_label(app, actor, name, unit)?,
        amount: fields.amount("amount")?,
        received_on: fields.day("received_on", "收款日期")?,
        method: fields.text("method").to_owned(),
        designated: ticked.into_iter().collect(),
        key: Some(fields.text("key").to_owned()).filter(|key| !key.is_empty()),
        remark: fields.text("remark").chars().take(200).collect(),
    })
}

#[derive(Template)]
#[template(path = "receipt.html")]
struct ReceiptContent {
    ui: Ui,
    receipt: ReceiptPage,
    may_print: bool,
    may_reverse: bool,
}

impl ReceiptContent {
    fn method(&self) -> String {
        method(&self.ui, &self.receipt.method)
    }
}

fn read_receipt(at: &Place, text: &str) -> Result<ReceiptId, crate::reply::PageError> {
    ReceiptId::parse(text).map_err(|_| at.visit.fail(Refusal::not_found("收据", "receipt", "")))
}

/// `GET /c/{community}/receipts/{receipt}`
pub async fn receipt(at: Place, Path((_, receipt)): Path<(String, String)>) -> Reply {
    let id = read_receipt(&at, &receipt)?;
    let receipt = at.run(move |app, actor, name| show_receipt(app, actor, name, id)).await?;
    let mut ui = at.ui(Menu::Desk, "收据", "Receipt");
    ui.title = format!("{} {}", ui.title, receipt.number);
    let locale = ui.locale;
    let content = ReceiptContent {
        may_print: ui.may(Permission::TakePayment) && !receipt.is_reversal,
        may_reverse: ui.may(Permission::ReversePayment) && !receipt.is_reversal && receipt.reversal.is_none(),
        receipt,
        ui,
    };
    page(&content, locale)
}

/// What a receipt is printed on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Print {
    paper: String,
}

/// `GET /c/{community}/receipts/{receipt}/pdf?paper=a5|roll`
pub async fn pdf(at: Place, Path((_, receipt)): Path<(String, String)>, Query(print): Query<Print>) -> Reply {
    let id = read_receipt(&at, &receipt)?;
    let paper = if print.paper == "roll" { Paper::Roll80 } else { Paper::A5 };
    let bytes = at.run(move |app, actor, name| receipt_pdf(app, actor, name, id, paper)).await?;
    Ok(file(bytes, PDF, "收据.pdf", true))
}

/// `POST /c/{community}/receipts/{receipt}/reverse`
pub async fn reverse(Path((_, receipt)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let id = read_receipt(&at, &receipt)?;
    let work = move |app: &App, actor: &Actor, name: &str| {
        let reason = fields.text("reason").to_owned();
        reverse_receipt(app, actor, &ReverseRequest { community: name.to_owned(), receipt: id, reason })
    };
    at.run(work).await?;
    Ok(go(&at.here(&format!("receipts/{id}?done=reversed"))))
}
