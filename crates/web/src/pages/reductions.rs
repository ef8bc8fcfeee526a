//! 减免: what is charged in part and what was let off, how each is asked for, and the rules of the community. 更正账单: charges billed
//! anew, with a preview before anybody is asked.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::{get, post};
use hemu_app::approval::{ApprovalItem, Asked, ask, list_approvals};
use hemu_app::billing::rebill::{RebillReport, preview_rebill};
use hemu_app::reductions::promotion::grant_promotion;
use hemu_app::reductions::vacancy::end_discount;
use hemu_app::reductions::{ReductionList, list_reductions, set_rules, show_rules};
use hemu_app::tariff::{TariffReport, show_tariff};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::ids::DiscountId;
use hemu_domain::ledger::adjustment::AdjustmentKind;
use hemu_domain::staff::Permission;
use hemu_domain::tariff::money_rules::MoneyRules;
use hemu_domain::tariff::prorate::HandoverRule;

use crate::fields::{Fields, Posted};
use crate::forms;
use crate::reply::{Reply, go, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Place;
use crate::words;

/// The addresses of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/c/{community}/reductions", get(show))
        .route("/c/{community}/reductions/vacancy", post(vacancy))
        .route("/c/{community}/reductions/promotion", post(promotion))
        .route("/c/{community}/reductions/rules", post(rules))
        .route("/c/{community}/reductions/{discount}/end", post(end))
        .route("/c/{community}/rebill", get(preview).post(rebill))
}

#[derive(Template)]
#[template(path = "reductions.html")]
struct ReductionsPage {
    ui: Ui,
    list: ReductionList,
    waiting: Vec<ApprovalItem>,
    rules: MoneyRules,
    may_apply: bool,
    may_take: bool,
    may_rule: bool,
}

impl ReductionsPage {
    fn by_days(&self) -> bool {
        self.rules.handover == HandoverRule::DayOf
    }

    fn percent(&self, part: &rust_decimal::Decimal) -> String {
        (part * rust_decimal::Decimal::ONE_HUNDRED).normalize().to_string()
    }

    fn label(&self, kind: &AdjustmentKind) -> String {
        self.ui.text(&kind.label())
    }

    fn what(&self, item: &ApprovalItem) -> String {
        self.ui.text(&item.kind.label())
    }
}

/// `GET /c/{community}/reductions`
pub async fn show(at: Place) -> Reply {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, name: &str| {
        let waiting = list_approvals(app, actor, community)?.open;
        let waiting: Vec<_> = waiting.into_iter().filter(|one| is_reduction(&one.asked)).collect();
        Ok((list_reductions(app, actor, name)?, waiting, show_rules(app, actor, name)?))
    };
    let (list, waiting, rules) = at.run(work).await?;
    let ui = at.ui(Menu::Reductions, "减免", "Reductions");
    let locale = ui.locale;
    let content = ReductionsPage {
        may_apply: ui.may(Permission::EditRegistry),
        may_take: ui.may(Permission::TakePayment),
        may_rule: ui.may(Permission::Administer),
        list,
        waiting,
        rules,
        ui,
    };
    page(&content, locale)
}

const fn is_reduction(asked: &Asked) -> bool {
    match asked {
        Asked::Adjustment(_)
        | Asked::OpeningCorrection(_)
        | Asked::Rebill(_)
        | Asked::Vacancy(_)
        | Asked::ServiceReduction(_) => true,
        Asked::LegalMatter(_)
        | Asked::DemandLetter { .. }
        | Asked::ReopenMonth { .. }
        | Asked::LateFeeCeiling(_)
        | Asked::ServiceEnd(_)
        | Asked::PolicyActivation(_)
        | Asked::FormalException(_)
        | Asked::DepositDeduction(_)
        | Asked::Refund(_) => false,
    }
}

async fn change(
    posted: Posted<Place>,
    then: &str,
    work: impl FnOnce(&App, &Actor, &str, &Fields) -> Result<(), Refusal> + Send + 'static,
) -> Reply {
    let Posted { visit: at, fields } = posted;
    at.run(move |app, actor, name| work(app, actor, name, &fields)).await?;
    Ok(go(&at.here(then)))
}

/// `POST /c/{community}/reductions/vacancy`: asks for a vacancy to be confirmed.
pub async fn vacancy(posted: Posted<Place>) -> Reply {
    let community = posted.visit.id();
    change(posted, "reductions?done=asked", move |app, actor, _, fields| {
        ask(app, actor, community, &Asked::Vacancy(forms::vacancy(fields)?), fields.text("reason")).map(|_| ())
    })
    .await
}

/// `POST /c/{community}/reductions/promotion`: the discount for who paid ahead.
pub async fn promotion(posted: Posted<Place>) -> Reply {
    change(posted, "reductions?done=saved", |app, actor, name, fields| {
        grant_promotion(app, actor, name, (&fields.unit("unit")?, fields.period("from")?)).map(|_| ())
    })
    .await
}

/// `POST /c/{community}/reductions/rules`
pub async fn rules(posted: Posted<Place>) -> Reply {
    change(posted, "reductions?done=saved", |app, actor, name, fields| {
        set_rules(app, actor, name, &forms::money_rules(fields)?)
    })
    .await
}

/// `POST /c/{community}/reductions/{discount}/end`
pub async fn end(Path((_, discount)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    change(posted, "reductions?done=saved", move |app, actor, name, fields| {
        let id = DiscountId::parse(&discount).map_err(|_| Refusal::not_found("优惠", "discount", ""))?;
        end_discount(app, actor, name, id, fields.day("on", "结束日期")?)
    })
    .await
}

#[derive(Template)]
#[template(path = "rebill.html")]
struct RebillPage {
    ui: Ui,
    tariff: TariffReport,
    asked: Fields,
    report: Option<RebillReport>,
    may_ask: bool,
}

impl RebillPage {
    fn typed(&self, name: &str) -> &str {
        self.asked.text(name)
    }

    fn formula(&self, formula: &str) -> String {
        words::formula(self.ui.locale, formula)
    }

    fn is(&self, name: &str, value: &str) -> bool {
        self.asked.text(name) == value
    }

    fn is_standard(&self, id: &hemu_domain::ids::FeeStandardId) -> bool {
        self.is("standard", &id.to_string())
    }
}

/// `GET /c/{community}/rebill`: the form, and with it filled in what would become of each charge.
pub async fn preview(at: Place, Query(pairs): Query<Vec<(String, String)>>) -> Reply {
    let asked = Fields::from_pairs(pairs);
    let wanted = asked.clone();
    let work = move |app: &App, actor: &Actor, name: &str| {
        let tariff = show_tariff(app, actor, name)?;
        // An address may name a shared cost and nothing that is right yet.
        let is_filled_in = !wanted.text("standard").is_empty() || wanted.is_ticked("go");
        let report = match is_filled_in {
            true => Some(preview_rebill(app, actor, name, &forms::rebill(&wanted)?)?),
            false => None,
        };
        Ok((tariff, report))
    };
    let (tariff, report) = at.run(work).await?;
    let ui = at.ui(Menu::Bills, "更正账单", "Bill anew");
    let locale = ui.locale;
    page(&RebillPage { may_ask: ui.may(Permission::ReversePayment), tariff, asked, report, ui }, locale)
}

/// `POST /c/{community}/rebill`: asks a second person.
pub async fn rebill(posted: Posted<Place>) -> Reply {
    let community = posted.visit.id();
    change(posted, "approvals?done=asked", move |app, actor, _, fields| {
        ask(app, actor, community, &Asked::Rebill(forms::rebill(fields)?), fields.text("reason")).map(|_| ())
    })
    .await
}
