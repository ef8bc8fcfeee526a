//! Forms of reductions, corrections and who pays.

use hemu_app::Refusal;
use hemu_app::billing::rebill::service_end::ServiceEndRequest;
use hemu_app::billing::rebill::{Fix, RebillRequest};
use hemu_app::ledger::opening::OpeningRequest;
use hemu_app::legal::settlement::SettlementRequest;
use hemu_app::reductions::vacancy::VacancyRequest;
use hemu_app::registry::payer::ChangePayer;
use hemu_app::registry::units::NewOwner;
use hemu_app::shared_costs::RightCost;
use hemu_domain::billing::share_scope::ShareScope;
use hemu_domain::ids::{FeeStandardId, PartyId, SharePoolId};
use hemu_domain::tariff::money_rules::MoneyRules;
use hemu_domain::tariff::prorate::HandoverRule;
use hemu_domain::{Fen, Period, UnitLabel};
use rust_decimal::Decimal;

use super::metering::price_steps;
use super::{share_method, share_scope};
use crate::fields::Fields;

/// A vacancy to confirm.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the field.
pub fn vacancy(fields: &Fields) -> Result<VacancyRequest, Refusal> {
    Ok(VacancyRequest {
        unit: fields.unit("unit")?,
        from: fields.day("from", "空置开始")?,
        to: fields.day("to", "优惠截止")?,
        evidence: fields.text("evidence").to_owned(),
    })
}

/// The money rules of a community; parts are typed in percent.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the field.
pub fn money_rules(fields: &Fields) -> Result<MoneyRules, Refusal> {
    let part = |name: &'static str, zh: &str| {
        fields.required((name, zh), str::parse::<Decimal>).map(|percent| percent / Decimal::ONE_HUNDRED)
    };
    let alone = |name: &'static str, zh: &str| fields.required((name, zh), Fen::parse);
    Ok(MoneyRules {
        handover: fields.required(("handover", "交付当月"), |word| HandoverRule::find(word).ok_or(()))?,
        vacancy_part: part("vacancy_percent", "空置房实收比例")?.normalize(),
        vacancy_least_months: fields.required(("vacancy_least_months", "空置最少月数"), str::parse)?,
        vacancy_most_months: fields.required(("vacancy_most_months", "空置最多月数"), str::parse)?,
        prepay_most_months: fields.required(("prepay_most_months", "最多预缴月数"), str::parse)?,
        promotion_months: fields.required(("promotion_months", "预缴优惠所需月数"), str::parse)?,
        promotion_part: part("promotion_percent", "预缴实收比例")?.normalize(),
        manager_alone: alone("manager_alone", "项目经理限额")?,
        accountant_alone: alone("accountant_alone", "财务限额")?,
    })
}

/// Charges to bill anew: what was wrong, and from which month on.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the field.
pub fn rebill(fields: &Fields) -> Result<RebillRequest, Refusal> {
    let units = || -> Result<Vec<UnitLabel>, Refusal> {
        let typed = fields.text("units").split([' ', ',', '，', '、']).filter(|one| !one.is_empty());
        let read = |one: &str| {
            UnitLabel::parse(one)
                .map_err(|_| Refusal::invalid("units", format!("房号“{one}”不对"), format!("'{one}' is no unit")))
        };
        typed.map(read).collect()
    };
    let fix = match fields.text("fix") {
        "price" => Fix::Price { price: fields.price("price")?, basis: fields.text("basis").to_owned() },
        "standard" => Fix::Standard { units: units()? },
        "bands" => Fix::Bands { bands: fields.text("bands").to_owned(), basis: fields.text("basis").to_owned() },
        "record" => Fix::Record { units: units()? },
        "meter_price" => Fix::MeterPrice {
            item: fields.text("item").to_owned(),
            steps: price_steps(fields)?,
            basis: fields.text("basis").to_owned(),
        },
        "shared_cost" => Fix::SharedCost(right_cost(fields)?),
        _ => {
            let en = "say what was wrong: price, bands, standard, record, meter_price or shared_cost";
            return Err(Refusal::invalid("fix", "请选择哪里录错", en));
        }
    };
    Ok(RebillRequest {
        from: fields.period("from")?,
        to: fields.optional(("to", "最后一个错的账期"), Period::parse)?,
        standard: fields.optional(("standard", "收费标准"), FeeStandardId::parse)?,
        fix,
    })
}

/// A shared cost as it should have been; what is left out stays. `all` in the places is the whole community.
fn right_cost(fields: &Fields) -> Result<RightCost, Refusal> {
    let given = |name: &str| !fields.text(name).is_empty();
    let scope = match fields.text("scope") {
        "" => None,
        "all" => Some(ShareScope::default()),
        places => Some(share_scope(places)?),
    };
    Ok(RightCost {
        pool: fields.required(("pool", "公摊"), SharePoolId::parse)?,
        total: if given("total") { Some(fields.amount("total")?) } else { None },
        invoice: fields.text("invoice").to_owned(),
        scope,
        method: if given("method") { Some(share_method(fields)?) } else { None },
    })
}

/// By how much an opening balance of a unit is too low.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the field.
pub fn opening(fields: &Fields, unit: UnitLabel) -> Result<OpeningRequest, Refusal> {
    Ok(OpeningRequest {
        unit,
        item: Some(fields.text("item").to_owned()).filter(|item| !item.is_empty()),
        period: fields.period("period")?,
        amount: fields.amount("amount")?,
        due_on: fields.day_or_none("due_on", "到期日")?,
    })
}

/// When the service ends.
///
/// # Errors
/// [`Refusal::InvalidInput`] for what is no day.
pub fn service_end(fields: &Fields) -> Result<ServiceEndRequest, Refusal> {
    Ok(ServiceEndRequest { on: fields.day("on", "服务终止日")? })
}

/// A certificate or statement of settlement.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the field.
pub fn settlement(fields: &Fields, community: &str) -> Result<SettlementRequest, Refusal> {
    Ok(SettlementRequest {
        community: community.to_owned(),
        unit: fields.unit("unit")?,
        until: fields.day("until", "截至日期")?,
        certificate: match fields.text("what") {
            "certificate" => true,
            "statement" => false,
            _ => return Err(Refusal::invalid("what", "请选择结清证明或结算单", "choose certificate or statement")),
        },
    })
}

/// Who pays for a unit from a day on.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the field.
pub fn payer(fields: &Fields, community: &str, unit: UnitLabel) -> Result<ChangePayer, Refusal> {
    let known = fields.optional(("party", "缴费人"), PartyId::parse)?;
    Ok(ChangePayer {
        community: community.to_owned(),
        unit,
        payer: known.map_or_else(|| NewOwner::Named(fields.text("name").to_owned()), NewOwner::Known),
        on: fields.day("on", "变更日期")?,
        agreement: fields.text("agreement").to_owned(),
    })
}
