//! 审批: what waits for a second person, what was decided last, and how a legal step or a waiver is asked for.

mod ask;

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use hemu_app::approval::{ApprovalItem, ApprovalList, Asked, approve, list_approvals, refuse, withdraw};
use hemu_app::ledger::adjust::Part;
use hemu_app::{Actor, App, Refusal};
use hemu_domain::ids::{ApprovalId, CommunityId};
use hemu_domain::staff::Permission;
use hemu_domain::staff::approval::ApprovalState;

use crate::fields::{Fields, Posted};
use crate::reply::{Reply, go, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Place;

/// The addresses of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/c/{community}/approvals", get(list))
        .route("/c/{community}/approvals/{approval}/approve", post(approve_one))
        .route("/c/{community}/approvals/{approval}/refuse", post(refuse_one))
        .route("/c/{community}/approvals/{approval}/withdraw", post(withdraw_one))
        .route("/c/{community}/approvals/letter", post(ask::letter))
        .route("/c/{community}/cases/{case}/legal", get(ask::legal).post(ask::ask_legal))
        .route("/c/{community}/units/{unit}/adjust", get(ask::adjust).post(ask::ask_adjust))
        .route("/c/{community}/units/{unit}/opening", post(ask::ask_opening))
}

#[derive(Template)]
#[template(path = "approvals.html")]
struct ApprovalsPage {
    ui: Ui,
    list: ApprovalList,
    may_approve: bool,
}

/// `GET /c/{community}/approvals`
pub async fn list(at: Place) -> Reply {
    let community = at.id();
    let list = at.run(move |app, actor, _| list_approvals(app, actor, community)).await?;
    let ui = at.ui(Menu::Approvals, "审批", "Approvals");
    let locale = ui.locale;
    page(&ApprovalsPage { may_approve: ui.may(Permission::Approve), list, ui }, locale)
}

/// Decides about the request of the address and goes back to the list.
async fn decide(
    posted: Posted<Place>,
    id: &str,
    done: &str,
    work: impl FnOnce(&App, &Actor, CommunityId, ApprovalId, &Fields) -> Result<(), Refusal> + Send + 'static,
) -> Reply {
    let Posted { visit: at, fields } = posted;
    let missing = |_| at.visit.fail(Refusal::not_found("申请", "request", ""));
    let (id, community) = (ApprovalId::parse(id).map_err(missing)?, at.id());
    at.run(move |app, actor, _| work(app, actor, community, id, &fields)).await?;
    Ok(go(&at.here(&format!("approvals?done={done}"))))
}

/// `POST /c/{community}/approvals/{approval}/approve`: does what was asked.
pub async fn approve_one(Path((_, id)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    decide(posted, &id, "approved", |app, actor, community, id, _| approve(app, actor, community, id).map(|_| ())).await
}

/// `POST /c/{community}/approvals/{approval}/refuse`
pub async fn refuse_one(Path((_, id)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    decide(posted, &id, "refused", |app, actor, community, id, fields| {
        refuse(app, actor, community, id, fields.text("answer")).map(|_| ())
    })
    .await
}

/// `POST /c/{community}/approvals/{approval}/withdraw`
pub async fn withdraw_one(Path((_, id)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    decide(posted, &id, "withdrawn", |app, actor, community, id, _| withdraw(app, actor, community, id).map(|_| ()))
        .await
}

/// The ways of a legal step: word and name.
const WAYS: [(&str, &str, &str); 4] = [
    ("mediation", "调解", "mediation"),
    ("payment_order", "支付令", "payment order"),
    ("suit", "诉讼", "suit"),
    ("arbitration", "仲裁", "arbitration"),
];

fn way(ui: &Ui, word: &str) -> String {
    let found = WAYS.iter().find(|(one, ..)| *one == word);
    found.map_or_else(|| word.to_owned(), |(_, zh, en)| ui.say(zh, en).to_owned())
}

impl ApprovalsPage {
    /// What is asked for, in one line.
    fn what(&self, item: &ApprovalItem) -> String {
        let ui = &self.ui;
        match &item.asked {
            Asked::LegalMatter(request) => {
                format!("{}{}{}", ui.text(&item.kind.label()), ui.colon(), way(ui, &request.kind))
            }
            Asked::Adjustment(request) => {
                let part = match request.part {
                    Part::Principal => ui.say("本金", "principal"),
                    Part::LateFee => ui.say("违约金", "late fee"),
                };
                format!("{}{}{part}", ui.text(&request.kind.label()), ui.colon())
            }
            Asked::LateFeeCeiling(request) => {
                let per_year = ui.say("% / 年", "% a year");
                format!("{}{}{} {per_year}", ui.text(&item.kind.label()), ui.colon(), request.percent)
            }
            Asked::ReopenMonth { month } => format!("{}{}{month}", ui.text(&item.kind.label()), ui.colon()),
            Asked::PolicyActivation(request) => {
                let from = ui.say("自", "from");
                let (kind, colon) = (ui.text(&item.kind.label()), ui.colon());
                format!("{kind}{colon}{} {} {from} {}", request.version, request.name, request.effective_from)
            }
            Asked::FormalException(request) => {
                let until = ui.say("至", "until");
                format!("{}{}{until} {}", ui.text(&item.kind.label()), ui.colon(), request.until)
            }
            Asked::ServiceEnd(request) => format!("{}{}{}", ui.text(&item.kind.label()), ui.colon(), request.on),
            Asked::Vacancy(request) => {
                let kind = ui.text(&item.kind.label());
                format!("{kind}{}{} – {}", ui.colon(), request.from, request.to)
            }
            Asked::OpeningCorrection(_)
            | Asked::Rebill(_)
            | Asked::ServiceReduction(_)
            | Asked::DemandLetter { .. }
            | Asked::DepositDeduction(_)
            | Asked::Refund(_) => ui.text(&item.kind.label()),
        }
    }

    /// The fee item and month of a charge.
    fn charge(&self, item: &ApprovalItem) -> String {
        let period = item.about.period.map(|one| one.to_string());
        [item.about.item.clone(), period].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    fn amount(&self, item: &ApprovalItem) -> String {
        item.about.amount.as_ref().map(|one| self.ui.money(one)).unwrap_or_default()
    }

    /// What approving does, so that nobody presses a button without knowing.
    fn consequence(&self, item: &ApprovalItem) -> &str {
        match item.asked {
            Asked::LegalMatter(_) => self.ui.say(
                "批准后按当日欠费立案，案件进入法律途径，不再自动提醒。",
                "Approving opens the matter with what is owed that day; the case is then with legal and no reminder goes out.",
            ),
            Asked::Adjustment(_) => self.ui.say(
                "批准后从当日起从应收中减去，登记申请人和审批人。",
                "Approving takes the amount off from that day on; both names go on record.",
            ),
            Asked::OpeningCorrection(_) => self.ui.say(
                "批准后补记一笔期初应收，原导入的数不改；预存自动抵扣，违约金按合同从到期日起算。",
                "Approving adds an opening charge beside what was brought in; money put by pays it, and its late fee runs by the contract from its due day.",
            ),
            Asked::Refund(_) => self.ui.say(
                "批准后开一张负数单据，由申请人按原收款方式退给交款人。",
                "Approving makes a negative receipt; who asked gives the money back the way it came.",
            ),
            Asked::Vacancy(_) => self.ui.say(
                "批准后这些整月按小区规定的比例收费，已出账的同样减去，多付的转为预存。",
                "Approving charges these whole months in part, those billed already too; what was paid too much is put by.",
            ),
            Asked::ServiceReduction(_) => self.ui.say(
                "批准后从这笔应收中减去，已付的部分转为预存。",
                "Approving takes the amount off the charge; what was paid of it is put by.",
            ),
            Asked::ServiceEnd(_) => self.ui.say(
                "批准后该日之后不再出账：以后月份已出的账冲红，已付的转为预存，再逐笔申请退款。",
                "Approving bills no month after that day: what was billed for later months is reversed, what was paid is put by and refunded receipt by receipt.",
            ),
            Asked::Rebill(_) => self.ui.say(
                "批准后原应收冲红，按更正后的标准重新出账；已付的款转到新应收，多付的转为预存。",
                "Approving reverses the charges and bills them anew; what was paid goes to the new ones, the rest is put by.",
            ),
            Asked::DemandLetter { .. } => self.ui.say(
                "批准后按当日欠费生成带编号的催缴通知书。",
                "Approving makes the letter with its number and what is owed that day.",
            ),
            Asked::DepositDeduction(_) => self.ui.say(
                "批准后从押金中扣除，不再退还；登记申请人和审批人。",
                "Approving keeps this part of the deposit; both names go on record.",
            ),
            Asked::LateFeeCeiling(_) => self.ui.say(
                "批准后，该合同折合年利率不超过新上限的违约金可以写入编号函件和法律主张。",
                "Approving lets numbered letters and legal claims of this contract ask for late fees up to the new ceiling.",
            ),
            Asked::PolicyActivation(_) => self.ui.say(
                "批准后自启用日期起全公司执行，之后不再修改；在办案件先按原版本走完当前阶段。请先在“影响预览”看谁会变化。",
                "Approving puts it in force for the whole company from its day on, never to be changed; a case finishes its stage under the old version. Look first what it changes for whom.",
            ),
            Asked::FormalException(_) => self.ui.say(
                "批准后到截止日为止，合同、公示或服务承诺资料不齐也可以发催缴通知书、走法律途径；截止后恢复暂缓。",
                "Approving lets demand letters and legal steps be taken until that day although papers are missing; then they wait again.",
            ),
            Asked::ReopenMonth { .. } => self.ui.say(
                "批准后该月恢复为未结账，原结账数保留备查；再次结账时按届时的账务重算。",
                "Approving opens the month again; its frozen figures are kept, and closing it again counts what is known by then.",
            ),
        }
    }

    fn state(&self, item: &ApprovalItem) -> String {
        self.ui.text(&item.state.label())
    }

    fn colour(&self, item: &ApprovalItem) -> &'static str {
        match item.state {
            ApprovalState::Approved => "bg-green-lt",
            ApprovalState::Refused => "bg-orange-lt",
            ApprovalState::Open => "bg-blue-lt",
            ApprovalState::Withdrawn | ApprovalState::Expired => "bg-secondary-lt",
        }
    }

    fn decided_on(&self, item: &ApprovalItem) -> String {
        item.decided_at.map(|at| hemu_app::clock::in_china(at).date_naive().to_string()).unwrap_or_default()
    }

    fn asked_on(&self, item: &ApprovalItem) -> String {
        hemu_app::clock::in_china(item.asked_at).date_naive().to_string()
    }

    /// Where what came of it is shown.
    fn result_href(&self, item: &ApprovalItem) -> Option<String> {
        let result = item.result?;
        match item.asked {
            Asked::LegalMatter(ref request) => Some(self.ui.here(&format!("cases/{}", request.case))),
            Asked::DemandLetter { .. } => Some(self.ui.here(&format!("letters/{result}"))),
            Asked::Refund(_) => Some(self.ui.here(&format!("receipts/{result}"))),
            Asked::ReopenMonth { month } => Some(self.ui.here(&format!("closing/{month}"))),
            Asked::ServiceEnd(_) => Some(self.ui.here("service-end")),
            Asked::PolicyActivation(_) => Some("/settings/policy".to_owned()),
            Asked::FormalException(_) => Some(self.ui.here("readiness")),
            Asked::Adjustment(_)
            | Asked::OpeningCorrection(_)
            | Asked::Rebill(_)
            | Asked::Vacancy(_)
            | Asked::ServiceReduction(_)
            | Asked::LateFeeCeiling(_)
            | Asked::DepositDeduction(_) => None,
        }
    }
}
