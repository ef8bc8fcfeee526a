//! 收费标准: the contract with its clauses, prices and the days they hold from, public display.

use askama::Template;
use axum::Router;
use axum::routing::{get, post};
use hemu_app::approval::{Asked, ask};
use hemu_app::billing::explain::{UnitAnswer, explain_unit};
use hemu_app::legal::ceiling::CeilingRequest;
use hemu_app::tariff::{
    ContractTerms, NewContract, NewDisplay, NewPrice, NewStandard, NewUnitFee, StandardReport, TariffReport,
    add_standard, begin_contract, record_display, set_contract, set_price, set_unit_fee, show_tariff,
};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::arrears::late_fee_rule::LateFeeStart;
use hemu_domain::ids::{ContractId, FeeStandardId};
use hemu_domain::ledger::allocation::AllocationPolicy;
use hemu_domain::registry::unit::UnitKind;
use hemu_domain::staff::Permission;
use hemu_domain::tariff::due::{BilledAt, DueRule};
use hemu_domain::tariff::formula::RoundingChoice;
use hemu_domain::tariff::standard::StandardFormula;
use hemu_domain::{DailyRate, Period, UnitLabel};
use rust_decimal::Decimal;

use crate::fields::{Fields, Posted};
use crate::forms;
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
        .route("/c/{community}/tariff/explain", post(explain))
        .route("/c/{community}/tariff/ceiling", post(ceiling))
}

#[derive(Template)]
#[template(path = "tariff.html")]
struct TariffPage {
    ui: Ui,
    tariff: TariffReport,
    next_month: String,
    may_edit: bool,
    /// Whether the visitor may ask for another ceiling.
    may_claim: bool,
    /// What the tester was asked, and its answer.
    asked: (String, String),
    answer: Option<UnitAnswer>,
}

impl TariffPage {
    fn percent(&self, rate: Option<&DailyRate>) -> String {
        rate.map(|rate| (rate.to_decimal() * Decimal::ONE_HUNDRED).normalize().to_string()).unwrap_or_default()
    }

    /// What a payer is to the unit.
    fn role(&self, role: &str) -> &'static str {
        match role {
            "tenant" => self.ui.say("约定承租人", "tenant by agreement"),
            "developer" => self.ui.say("建设单位", "developer"),
            _ => self.ui.say("业主", "owner"),
        }
    }

    fn due(&self, rule: &str, day: &u32) -> String {
        match rule {
            "day_of_month" => self.ui.say("当月", "of the month, day").to_owned() + &format!(" {day}"),
            "day_of_next_month" => self.ui.say("次月", "of the next month, day").to_owned() + &format!(" {day}"),
            _ => self.ui.say("当月最后一天", "last day of the month").to_owned(),
        }
    }

    /// Formulas with their names.
    fn formulas(&self) -> Vec<(&'static str, String)> {
        StandardFormula::ALL.iter().map(|one| (one.as_str(), self.ui.text(&one.label()))).collect()
    }

    /// How a standard charges, and what kind of units.
    fn how(&self, one: &StandardReport) -> String {
        let formula = StandardFormula::parse(&one.formula).map_or_else(|word| word, |one| self.ui.text(&one.label()));
        let kind = one.unit_kind.map(|kind| self.ui.text(&kind.label()));
        [Some(formula), kind].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }

    /// Kinds of units with their names.
    fn kinds(&self) -> Vec<(&'static str, String)> {
        UnitKind::ALL.iter().map(|kind| (kind.as_str(), self.ui.text(&kind.label()))).collect()
    }

    fn unit_of_price(&self, formula: &str) -> &str {
        if StandardFormula::parse(formula).is_ok_and(StandardFormula::is_per_area) {
            self.ui.say("元/㎡·月", "yuan/m²·month")
        } else {
            self.ui.say("元/月", "yuan/month")
        }
    }
}

/// `GET /c/{community}/tariff`
pub async fn show(at: Place) -> Reply {
    let tariff = at.run(show_tariff).await?;
    show_page(&at, tariff, None)
}

fn show_page(at: &Place, tariff: TariffReport, answer: Option<UnitAnswer>) -> Reply {
    let ui = at.ui(Menu::Tariff, "收费标准", "Fee standards");
    let locale = ui.locale;
    let next = Period::of(ui.today).next();
    let next_month = next.first_day().to_string();
    let (may_edit, may_claim) = (ui.may(Permission::EditTariff), ui.may(Permission::IssueLetters));
    let asked = match &answer {
        Some(answer) => (answer.unit.to_string(), answer.period.to_string()),
        None => (String::new(), next.to_string()),
    };
    page(&TariffPage { tariff, next_month, may_edit, may_claim, asked, answer, ui }, locale)
}

/// `POST /c/{community}/tariff/explain`: what a unit pays in a month, and why. A post, for no home stands in an address.
pub async fn explain(posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let work = move |app: &App, actor: &Actor, name: &str| {
        let (unit, period) = (fields.unit("unit")?, fields.period("period")?);
        Ok((show_tariff(app, actor, name)?, explain_unit(app, actor, name, (&unit, period))?))
    };
    let (tariff, answer) = at.run(work).await?;
    show_page(&at, tariff, Some(answer))
}

/// `POST /c/{community}/tariff/ceiling`: asks for another ceiling of the late fee that is claimed.
pub async fn ceiling(posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let contract = fields.required(("contract", "合同"), ContractId::parse)?;
        let percent = fields.required(("percent", "上限"), str::parse)?;
        let asked = Asked::LateFeeCeiling(CeilingRequest { contract, percent });
        ask(app, actor, community, &asked, fields.text("reason"))
    };
    at.run(work).await?;
    Ok(go(&at.here("approvals?done=asked")))
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
            billed_at: fields.required(("billed_at", "出账时点"), BilledAt::parse)?,
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
        late_fee_lpr: fields.optional(("late_fee_lpr", "LPR 倍数"), str::parse::<Decimal>)?,
        late_fee_day_basis: forms::day_basis(fields)?,
        late_fee_starts: fields
            .optional(("late_fee_starts", "违约金起算"), LateFeeStart::parse)?
            .unwrap_or(LateFeeStart::AfterDue),
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
            price: forms::price_or_none(fields)?,
            bands: fields.text("bands").to_owned(),
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
            price: forms::price_or_none(fields)?,
            bands: fields.text("bands").to_owned(),
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
