//! 临时收费与押金: what is charged once, by the next bill; and the money of others that is kept for them.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use hemu_app::approval::{Asked, ask};
use hemu_app::billing::orders::{OrderItem, cancel_order, list_orders, record_order};
use hemu_app::ledger::deposits::{
    DeductionRequest, DepositReport, DepositReturn, list_deposits, return_deposit, take_deposit,
};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::ids::{DepositId, FeeOrderId};
use hemu_domain::staff::Permission;

use crate::fields::{Fields, Posted};
use crate::forms;
use crate::reply::{Reply, go, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Place;

/// The addresses of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/c/{community}/orders", get(orders).post(record))
        .route("/c/{community}/orders/{order}/cancel", post(cancel))
        .route("/c/{community}/deposits", get(deposits).post(take))
        .route("/c/{community}/deposits/{deposit}/return", post(give_back))
        .route("/c/{community}/deposits/{deposit}/deduct", post(deduct))
}

#[derive(Template)]
#[template(path = "orders.html")]
struct OrdersPage {
    ui: Ui,
    rows: Vec<OrderItem>,
    month: String,
    may_record: bool,
}

impl OrdersPage {
    fn state(&self, one: &OrderItem) -> &str {
        match one.state {
            "billed" => self.ui.say("已出账", "billed"),
            "cancelled" => self.ui.say("已取消", "cancelled"),
            _ => self.ui.say("待出账", "waits for a bill"),
        }
    }

    fn colour(&self, one: &OrderItem) -> &'static str {
        match one.state {
            "billed" => "bg-green-lt",
            "cancelled" => "bg-secondary-lt",
            _ => "bg-blue-lt",
        }
    }
}

/// `GET /c/{community}/orders`
pub async fn orders(at: Place) -> Reply {
    let rows = at.run(list_orders).await?;
    let ui = at.ui(Menu::Bills, "临时收费", "Orders");
    let locale = ui.locale;
    let month = hemu_domain::Period::of(ui.today).to_string();
    page(&OrdersPage { rows, month, may_record: ui.may(Permission::TakePayment), ui }, locale)
}

async fn change(
    posted: Posted<Place>,
    to: &str,
    work: impl FnOnce(&App, &Actor, &str, &Fields) -> Result<(), Refusal> + Send + 'static,
) -> Reply {
    let Posted { visit: at, fields } = posted;
    at.run(move |app, actor, name| work(app, actor, name, &fields)).await?;
    Ok(go(&at.here(to)))
}

/// `POST /c/{community}/orders`
pub async fn record(posted: Posted<Place>) -> Reply {
    change(posted, "orders?done=recorded", |app, actor, name, fields| {
        record_order(app, actor, name, &forms::order(fields)?).map(|_| ())
    })
    .await
}

/// `POST /c/{community}/orders/{order}/cancel`
pub async fn cancel(Path((_, id)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    change(posted, "orders?done=saved", move |app, actor, name, fields| {
        let missing = |_| Refusal::not_found("临时收费", "order", "");
        cancel_order(app, actor, name, FeeOrderId::parse(&id).map_err(missing)?, fields.text("reason"))
    })
    .await
}

#[derive(Template)]
#[template(path = "deposits.html")]
struct DepositsPage {
    ui: Ui,
    report: DepositReport,
    may_take: bool,
    may_ask: bool,
}

/// The ways money moves: word and name.
const METHODS: [(&str, &str, &str); 7] = [
    ("cash", "现金", "Cash"),
    ("card", "刷卡", "Card"),
    ("transfer", "转账", "Transfer"),
    ("wechat", "微信", "WeChat"),
    ("alipay", "支付宝", "Alipay"),
    ("qr", "扫码", "QR code"),
    ("other", "其他", "Other"),
];

impl DepositsPage {
    fn methods(&self) -> Vec<(&'static str, &str)> {
        METHODS.iter().map(|(word, zh, en)| (*word, self.ui.say(zh, en))).collect()
    }

    fn method(&self, word: &str) -> &str {
        METHODS.iter().find(|(one, ..)| *one == word).map_or("", |(_, zh, en)| self.ui.say(zh, en))
    }
}

/// `GET /c/{community}/deposits`
pub async fn deposits(at: Place) -> Reply {
    let report = at.run(list_deposits).await?;
    let ui = at.ui(Menu::Desk, "押金", "Deposits");
    let locale = ui.locale;
    let (may_take, may_ask) = (ui.may(Permission::TakePayment), ui.may(Permission::ReversePayment));
    page(&DepositsPage { report, may_take, may_ask, ui }, locale)
}

/// `POST /c/{community}/deposits`
pub async fn take(posted: Posted<Place>) -> Reply {
    change(posted, "deposits?done=recorded", |app, actor, name, fields| {
        take_deposit(app, actor, name, &forms::deposit(fields)?).map(|_| ())
    })
    .await
}

fn deposit_id(text: &str) -> Result<DepositId, Refusal> {
    DepositId::parse(text).map_err(|_| Refusal::not_found("押金", "deposit", ""))
}

/// `POST /c/{community}/deposits/{deposit}/return`
pub async fn give_back(Path((_, id)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    change(posted, "deposits?done=saved", move |app, actor, name, fields| {
        let back = DepositReturn {
            deposit: deposit_id(&id)?,
            amount: fields.amount("amount")?,
            method: fields.text("method").to_owned(),
            reason: fields.text("reason").to_owned(),
        };
        return_deposit(app, actor, name, &back)
    })
    .await
}

/// `POST /c/{community}/deposits/{deposit}/deduct`: asks for it; a second person approves.
pub async fn deduct(Path((_, id)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    let community = posted.visit.id();
    change(posted, "approvals?done=asked", move |app, actor, _, fields| {
        let asked = DeductionRequest { deposit: deposit_id(&id)?, amount: fields.amount("amount")? };
        ask(app, actor, community, &Asked::DepositDeduction(asked), fields.text("reason")).map(|_| ())
    })
    .await
}
