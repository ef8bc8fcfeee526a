//! 收费标准: the contract with its clauses, prices and the days they hold from, public display.

use askama::Template;
use axum::Router;
use axum::routing::{get, post};
use hemu_app::tariff::{
    ContractTerms, NewContract, NewDisplay, NewPrice, NewStandard, NewUnitFee, TariffReport, add_standard,
    begin_contract, record_display, set_contract, set_price, set_unit_fee, show_tariff,
};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::ids::FeeStandardId;
use hemu_domain::ledger::allocation::AllocationPolicy;
use hemu_domain::registry::unit::UnitKind;
use hemu_domain::staff::Permission;
use hemu_domain::tariff::due::DueRule;
use hemu_domain::tariff::formula::RoundingChoice;
use hemu_domain::{DailyRate, UnitLabel};
use rust_decimal::Decimal;

use crate::fields::{Fields, Posted};
use crate::reply::{Reply, go, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Place;

/// The addresses of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/c/{community}/tariff", get(show))
        .route("/c/{community}/tariff/contract", post(contract))
        .route("/c/{community}/tariff/contracts", post(begin))
        .route("/c/{community}/tariff/standard", post(standard))
        .route("/c/{community}/tariff/unit-fee", post(unit_fee))
        .route("/c/{community}/tariff/price", post(price))
        .route("/c/{community}/tariff/display", post(display))
}

#[derive(Template)]
#[template(path = "tariff.html")]
struct TariffPage {
    ui: Ui,
    tariff: TariffReport,
    next_month: String,
    may_edit: bool,
}

impl TariffPage {
    fn percent(&self, rate: Option<&DailyRate>) -> String {
        rate.map(|rate| (rate.to_decimal() * Decimal::ONE_HUNDRED).normalize().to_string()).unwrap_or_default()
    }

    fn due(&self, rule: &str, day: &u32) -> String {
        match rule {
            "day_of_month" => self.ui.say("当月", "of the month, day").to_owned() + &format!(" {day}"),
            "day_of_next_month" => self.ui.say("次月", "of the next month, day").to_owned() + &format!(" {day}"),
            _ => self.ui.say("当月最后一天", "last day of the month").to_owned(),
        }
    }

    /// Kinds of units with their names.
    fn kinds(&self) -> Vec<(&'static str, String)> {
        UnitKind::ALL.iter().map(|kind| (kind.as_str(), self.ui.text(&kind.label()))).collect()
    }

    fn unit_of_price(&self, formula: &str) -> &str {
        if formula == "area" {
            self.ui.say("元/㎡·月", "yuan/m²·month")
        } else {
            self.ui.say("元/月", "yuan/month")
        }
    }
}

/// `GET /c/{community}/tariff`
pub async fn show(at: Place) -> Reply {
    let tariff = at.run(show_tariff).await?;
    let ui = at.ui(Menu::Tariff, "收费标准", "Fee standards");
    let locale = ui.locale;
    let next_month = hemu_domain::Period::of(ui.today).next().first_day().to_string();
    let may_edit = ui.may(Permission::EditTariff);
    page(&TariffPage { tariff, next_month, may_edit, ui }, locale)
}

async fn change(
    posted: Posted<Place>,
    done: &str,
    work: impl FnOnce(&App, &Actor, &str, &Fields) -> Result<(), Refusal> + Send + 'static,
) -> Reply {
    let Posted { visit: at, fields } = posted;
    at.run(move |app, actor, name| work(app, actor, name, &fields)).await?;
    Ok(go(&at.here(&format!("tariff?done={done}"))))
}

/// `POST /c/{community}/tariff/contract`
pub async fn contract(posted: Posted<Place>) -> Reply {
    change(posted, "saved", |app, actor, name, fields| set_contract(app, actor, name, &terms(fields)?)).await
}

/// `POST /c/{community}/tariff/contracts`: the contract that follows.
pub async fn begin(posted: Posted<Place>) -> Reply {
    change(posted, "saved", |app, actor, name, fields| {
        let new = NewContract {
            starts_on: fields.day("starts_on", "起始日期")?,
            kind: fields.text("kind").to_owned(),
            cycle_months: fields.required(("cycle_months", "账单周期"), str::parse)?,
            terms: terms(fields)?,
        };
        begin_contract(app, actor, name, &new).map(|_| ())
    })
    .await
}

/// What the form says of a contract.
fn terms(fields: &Fields) -> Result<ContractTerms, Refusal> {
    let percent = fields.optional(("late_fee_percent", "违约金日费率"), str::parse::<Decimal>)?;
    let too_fine =
        |_| Refusal::invalid("late_fee_rate", "违约金日费率最多六位小数", "the rate has at most six decimals");
    let late_fee_rate =
        percent.map(|percent| DailyRate::try_new(percent / Decimal::ONE_HUNDRED)).transpose().map_err(too_fine)?;
    Ok(ContractTerms {
        name: fields.text("name").to_owned(),
        number: fields.text("number").to_owned(),
        due_rule: fields.required(("due_rule", "到期规则"), DueRule::parse)?,
        due_day: fields.optional(("due_day", "到期日"), str::parse)?.unwrap_or(31),
        late_fee_rate,
        late_fee_grace_days: fields.optional(("late_fee_grace_days", "宽限天数"), str::parse)?.unwrap_or(0),
        late_fee_cap_percent: fields.optional(("late_fee_cap", "违约金上限"), str::parse)?,
        late_fee_clause: fields.text("late_fee_clause").to_owned(),
        demand_days: fields.required(("demand_days", "催告期限"), str::parse)?,
        allocation_policy: fields
            .required(("allocation_policy", "抵充顺序"), |word| AllocationPolicy::find(word).ok_or(()))?,
        rounding: fields.required(("rounding", "取整方式"), |word| RoundingChoice::find(word).ok_or(()))?,
    })
}

/// `POST /c/{community}/tariff/standard`
pub async fn standard(posted: Posted<Place>) -> Reply {
    change(posted, "saved", |app, actor, name, fields| {
        let new = NewStandard {
            item: fields.text("item").to_owned(),
            name: fields.text("standard_name").to_owned(),
            formula: fields.text("formula").to_owned(),
            unit_kind: fields.required(("unit_kind", "房屋类型"), UnitKind::parse)?,
            price: fields.price("price")?,
            valid_from: fields.day("valid_from", "起始日期")?,
            basis: fields.text("basis").to_owned(),
        };
        add_standard(app, actor, name, &new).map(|_| ())
    })
    .await
}

/// `POST /c/{community}/tariff/unit-fee`
pub async fn unit_fee(posted: Posted<Place>) -> Reply {
    change(posted, "saved", |app, actor, name, fields| {
        let new = NewUnitFee {
            unit: fields.required(("unit", "房号"), UnitLabel::parse)?,
            standard: fields.required(("standard", "收费标准"), FeeStandardId::parse)?,
            starts_on: fields.day("starts_on", "起始日期")?,
        };
        set_unit_fee(app, actor, name, &new)
    })
    .await
}

/// `POST /c/{community}/tariff/price`
pub async fn price(posted: Posted<Place>) -> Reply {
    change(posted, "saved", |app, actor, name, fields| {
        let new = NewPrice {
            standard: fields.required(("standard", "收费标准"), FeeStandardId::parse)?,
            valid_from: fields.day("valid_from", "起始日期")?,
            price: fields.price("price")?,
            basis: fields.text("basis").to_owned(),
        };
        set_price(app, actor, name, &new)
    })
    .await
}

/// `POST /c/{community}/tariff/display`
pub async fn display(posted: Posted<Place>) -> Reply {
    change(posted, "recorded", |app, actor, name, fields| {
        let new = NewDisplay {
            what: fields.text("what").to_owned(),
            place: fields.text("place").to_owned(),
            displayed_on: fields.day("displayed_on", "公示日期")?,
        };
        record_display(app, actor, name, &new).map(|_| ())
    })
    .await
}
