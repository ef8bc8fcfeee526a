//! 收费台: find the unit, pick what is paid, take the payment; every step without a mouse.

use std::collections::HashSet;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::{get, post};
use hemu_app::collection::case_page::case_page;
use hemu_app::collection::timeline::TimelineItem;
use hemu_app::collection::todo::{UnitComplaint, list_complaints_of_unit};
use hemu_app::ledger::paper::method_name;
use hemu_app::ledger::together::{OtherUnit, TogetherRequest, list_other_units, take_together};
use hemu_app::ledger::{AtTheDesk, METHODS, PutByItem, ReceiptRequest, Tender, list_put_by, take_at_desk};
use hemu_app::registry::get_unit_label;
use hemu_app::registry::overview::UnitItem;
use hemu_app::registry::search::search_units;
use hemu_app::registry::unit_page::{AccountItem, ChargeItem, ContactItem, UnitPage, unit_page};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::ids::{ChargeId, ReceiptId, UnitId};
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, UnitLabel};
use serde::Deserialize;

use crate::fields::{Fields, Posted};
use crate::forms;
use crate::reply::{Reply, go, page};
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
    put_by: Vec<PutByItem>,
    /// Other units of the payer that can be paid for in one go.
    others: Vec<OtherUnit>,
    may_move: bool,
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

    /// What a line owes with its late fee, for the sum of ticked lines.
    fn owed_fen(&self, charge: &ChargeItem) -> i64 {
        (charge.open + charge.late_fee).get()
    }

    fn due_fen(&self, other: &OtherUnit) -> i64 {
        other.due.get()
    }

    fn settled(&self, charge: &ChargeItem) -> String {
        (charge.amount - charge.open).grouped()
    }
}

pub(super) fn method(ui: &Ui, word: &str) -> String {
    let en = match word {
        "cash" => "Cash",
        "card" => "Card",
        "transfer" => "Transfer",
        "wechat" => "WeChat",
        "alipay" => "Alipay",
        "qr" => "QR code",
        "opening" => "Opening",
        "mixed" => "Several ways",
        "moved" => "Moved",
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
        let put_by = match tab {
            "receipts" => list_put_by(app, actor, name, &unit.unit)?,
            _ => Vec::new(),
        };
        let others = match tab {
            "fees" => list_other_units(app, actor, name, &unit.unit)?,
            _ => Vec::new(),
        };
        Ok((unit, timeline, complaints, put_by, others))
    };
    let (unit, mut timeline, complaints, put_by, others) = at.run(work).await?;
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
        may_move: ui.may(Permission::ReversePayment),
        put_by,
        others,
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
    let work = move |app: &App, actor: &Actor, name: &str| {
        let request = request(app, actor, name, id, &fields)?;
        let desk = at_the_desk(&fields, &request)?;
        let others = forms::units(fields.all("with"))?;
        if others.is_empty() {
            return Ok(take_at_desk(app, actor, &request, &desk)?.id);
        }
        let report = take_together(app, actor, &together(request, others), &desk)?;
        report.receipts.first().map(|one| one.id).ok_or_else(|| Refusal::not_found("收据", "receipt", ""))
    };
    let receipt = at.run(work).await?;
    Ok(go(&at.here(&format!("receipts/{receipt}"))))
}

/// The same payment, for other units of the payer with it.
fn together(request: ReceiptRequest, others: Vec<UnitLabel>) -> TogetherRequest {
    TogetherRequest {
        community: request.community,
        units: std::iter::once(request.unit).chain(others).collect(),
        amount: request.amount,
        received_on: request.received_on,
        method: request.method,
        designated: request.designated,
        key: request.key,
        remark: request.remark,
    }
}

/// Other ways than the first, which takes the rest of the amount.
fn at_the_desk(fields: &Fields, request: &ReceiptRequest) -> Result<AtTheDesk, Refusal> {
    let mut others = Vec::new();
    for (method, amount) in [("method_2", "amount_2"), ("method_3", "amount_3")] {
        if !fields.text(amount).is_empty() {
            others.push(Tender { method: fields.text(method).to_owned(), amount: fields.amount(amount)? });
        }
    }
    let desk = forms::at_the_desk(fields)?;
    if others.is_empty() {
        return Ok(desk);
    }
    let amount = request.amount - others.iter().map(|one| one.amount).sum::<Fen>();
    let first = Tender { method: request.method.clone(), amount };
    let tenders = [first].into_iter().chain(others).filter(|one| !one.amount.is_zero()).collect();
    Ok(AtTheDesk { tenders, ..desk })
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
