//! What a form of a page and a body of the API say alike: one parser for both, so that neither takes what the other refuses.

mod changes;
mod contact;
mod metering;
mod readiness;
mod terms;
mod visit;

pub use self::changes::{money_rules, opening, payer, rebill, service_end, settlement, vacancy};
pub use self::contact::{contact, contact_limit, initiative, script_line};
pub use self::metering::{meter, meter_price, reading, readings, replacement};
pub use self::readiness::{clause, contract_papers, formal_exception, paper_of, promise_evidence, service_promise};
pub use self::terms::{offer, plan, promise_act};
pub use self::visit::{MOST_VISIT_BYTES, visit, visit_parts};

use chrono::{Datelike, NaiveDate};
use hemu_app::Refusal;
use hemu_app::bank::LinePart;
use hemu_app::billing::orders::NewOrder;
use hemu_app::collection::holds::{Extent, HoldRequest};
use hemu_app::ledger::AtTheDesk;
use hemu_app::ledger::adjust::{AdjustRequest, Part};
use hemu_app::ledger::deposits::NewDeposit;
use hemu_app::ledger::refund::RefundRequest;
use hemu_app::ledger::statement::StatementRequest;
use hemu_app::legal::matter::MatterRequest;
use hemu_app::service::{About, Act, NewComplaint};
use hemu_app::shared_costs::{Cost, CostRequest};
use hemu_domain::Factor;
use hemu_domain::arrears::late_fee_rule::DayBasis;
use hemu_domain::billing::floor_bands::{FloorBands, FloorBandsError};
use hemu_domain::billing::share::ShareMethod;
use hemu_domain::billing::share_scope::ShareScope;
use hemu_domain::collection::hold::HoldKind;
use hemu_domain::ids::{CaseId, ChargeId, CommunityId, ReceiptId, StaffId};
use hemu_domain::ledger::adjustment::AdjustmentKind;
use hemu_domain::metering::MeterKind;
use hemu_domain::service::{ComplaintKind, Department, Finding, Priority, Remedy, Source};
use hemu_domain::{Fen, Period, UnitLabel, UnitPrice};

use crate::fields::Fields;

/// The price of a standard; zero where it is left out because bands say it.
///
/// # Errors
/// [`Refusal::InvalidInput`] when it is no price, or there are no bands either.
pub fn price_or_none(fields: &Fields) -> Result<UnitPrice, Refusal> {
    if fields.text("bands").is_empty() {
        return fields.price("price");
    }
    let price = fields.optional(("price", "单价"), UnitPrice::parse)?;
    Ok(price.unwrap_or(UnitPrice::from_stored(0)))
}

/// The days of a year for a late fee by LPR; 365 when left out.
///
/// # Errors
/// [`Refusal::InvalidInput`] for another number.
pub fn day_basis(fields: &Fields) -> Result<DayBasis, Refusal> {
    match fields.text("late_fee_day_basis") {
        "" | "365" => Ok(DayBasis::Days365),
        "360" => Ok(DayBasis::Days360),
        _ => Err(Refusal::invalid("late_fee_day_basis", "计息年天数应为 365 或 360", "a year has 365 or 360 days")),
    }
}

/// A statement of account: from the first of this year to today where no days are named.
///
/// # Errors
/// [`Refusal::InvalidInput`] for what is no day.
pub fn statement(
    fields: &Fields,
    community: &str,
    unit: UnitLabel,
    today: NaiveDate,
) -> Result<StatementRequest, Refusal> {
    let january = NaiveDate::from_ymd_opt(today.year(), 1, 1).unwrap_or(today);
    Ok(StatementRequest {
        community: community.to_owned(),
        unit,
        from: fields.day_or_none("from", "开始日期")?.unwrap_or(january),
        to: fields.day_or_none("to", "截止日期")?.unwrap_or(today),
    })
}

/// A waiver or correction.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the field.
pub fn adjustment(fields: &Fields) -> Result<AdjustRequest, Refusal> {
    Ok(AdjustRequest {
        charge: fields.required(("charge", "应收"), ChargeId::parse)?,
        part: match fields.text("part") {
            "principal" => Part::Principal,
            "late_fee" => Part::LateFee,
            _ => return Err(Refusal::invalid("part", "请选择本金或违约金", "choose principal or late_fee")),
        },
        kind: fields.required(("kind", "减免或更正"), AdjustmentKind::parse)?,
        amount: fields.amount("amount")?,
    })
}

/// Units that are named one by one.
///
/// # Errors
/// [`Refusal::InvalidInput`] for what is no unit.
pub fn units<'a>(labels: impl Iterator<Item = &'a str>) -> Result<Vec<UnitLabel>, Refusal> {
    let read = |label: &str| {
        UnitLabel::parse(label).map_err(|_| {
            let zh = format!("房号“{label}”无法识别，请写成 3-2-1502");
            Refusal::invalid("units", zh, format!("'{label}' is not a room; write it as 3-2-1502"))
        })
    };
    labels.map(read).collect()
}

/// The charges a complaint is about.
///
/// # Errors
/// [`Refusal::InvalidInput`] for what is no id.
pub fn charges<'a>(ids: impl Iterator<Item = &'a str>) -> Result<Vec<ChargeId>, Refusal> {
    let named: Result<_, _> = ids.map(ChargeId::parse).collect();
    named.map_err(|_| {
        Refusal::invalid("charges", "有一项应收的编号不对，请重新选择", "an id of a charge is not right; choose again")
    })
}

/// A complaint to take down; what is left out follows from its kind.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the field.
pub fn complaint(
    fields: &Fields,
    community: CommunityId,
    (about, source): (About, Source),
) -> Result<NewComplaint, Refusal> {
    let amount = if fields.text("amount").is_empty() { None } else { Some(fields.amount("amount")?) };
    Ok(NewComplaint {
        community,
        about,
        kind: fields.optional(("kind", "类型"), ComplaintKind::parse)?.unwrap_or(ComplaintKind::Other),
        priority: fields.optional(("priority", "紧急程度"), Priority::parse)?.unwrap_or(Priority::Normal),
        source: fields.optional(("source", "来源"), Source::parse)?.unwrap_or(source),
        department: fields.optional(("department", "负责部门"), Department::parse)?,
        subject: fields.text("subject").to_owned(),
        promised_on: fields.day_or_none("promised_on", "答复日期")?,
        charges: charges(fields.all("charge").chain(fields.all("charges")))?,
        amount,
    })
}

/// A hold on a case.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the field.
pub fn hold(fields: &Fields, community: CommunityId, case: CaseId) -> Result<HoldRequest, Refusal> {
    let amount = if fields.text("amount").is_empty() { Fen::ZERO } else { fields.amount("amount")? };
    Ok(HoldRequest {
        community,
        case: Some(case),
        kind: fields.required(("kind", "暂缓类型"), HoldKind::parse)?,
        reason: fields.text("reason").to_owned(),
        review_on: fields.day("review_on", "复核日期")?,
        extent: Extent { charges: charges(fields.all("charge").chain(fields.all("charges")))?, amount },
        document: fields.text("document").to_owned(),
        staff: fields.optional(("staff", "负责人"), StaffId::parse)?,
    })
}

/// What is done with a complaint, and what is said about it.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the field.
pub fn complaint_act(fields: &Fields) -> Result<(Act, String), Refusal> {
    let act = match fields.text("act") {
        "accept" => Act::Accept,
        "reroute" => Act::Reroute(fields.required(("department", "负责部门"), Department::parse)?),
        "start" => Act::Start,
        "finish" => Act::Finish,
        "verify" => Act::Verify,
        "send_back" => Act::SendBack,
        "answer" => Act::Answer(
            fields.required(("finding", "核查结论"), Finding::parse)?,
            fields.required(("remedy", "处理方式"), Remedy::parse)?,
        ),
        "rate" => Act::Rate(fields.required(("satisfaction", "满意度"), str::parse)?),
        "close" => Act::Close,
        "reopen" => Act::Reopen(fields.day_or_none("promised_on", "答复日期")?),
        "note" => Act::Note,
        _ => return Err(Refusal::invalid("act", "请选择办理动作", "choose what is done")),
    };
    Ok((act, fields.text("note").to_owned()))
}

/// A legal step of a case.
#[must_use]
pub fn matter(fields: &Fields, case: CaseId) -> MatterRequest {
    let kind = fields.text("kind").to_owned();
    MatterRequest { case, kind, evidence_complete: fields.is_ticked("evidence_complete") }
}

/// What a payer ordered.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the field.
pub fn order(fields: &Fields) -> Result<NewOrder, Refusal> {
    Ok(NewOrder {
        unit: fields.unit("unit")?,
        item: fields.text("item").to_owned(),
        quantity: fields.required(("quantity", "数量"), str::parse)?,
        counted_in: fields.text("counted_in").to_owned(),
        price: fields.price("price")?,
        basis: fields.text("basis").to_owned(),
        period: fields.optional(("period", "账期"), Period::parse)?,
    })
}

/// A deposit to take.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the field.
pub fn deposit(fields: &Fields) -> Result<NewDeposit, Refusal> {
    Ok(NewDeposit {
        unit: fields.unit("unit")?,
        kind: fields.text("kind").to_owned(),
        amount: fields.amount("amount")?,
        taken_on: fields.day("taken_on", "收取日期")?,
        method: fields.text("method").to_owned(),
        remark: fields.text("remark").to_owned(),
    })
}

/// What the cash desk adds to a payment: cash handed over, small change let off.
///
/// # Errors
/// [`Refusal::InvalidInput`] for what is no amount.
pub fn at_the_desk(fields: &Fields) -> Result<AtTheDesk, Refusal> {
    Ok(AtTheDesk {
        tenders: Vec::new(),
        handed: fields.optional(("handed", "收到的现金"), Fen::parse)?,
        round_off: fields.optional(("round_off", "抹零"), Fen::parse)?.unwrap_or(Fen::ZERO),
    })
}

/// A refund to ask for.
///
/// # Errors
/// [`Refusal::InvalidInput`] for what is no receipt or amount.
pub fn refund(fields: &Fields) -> Result<RefundRequest, Refusal> {
    Ok(RefundRequest {
        receipt: fields.required(("receipt", "收据"), ReceiptId::parse)?,
        amount: fields.amount("amount")?,
        method: Some(fields.text("method").to_owned()).filter(|method| !method.is_empty()),
    })
}

/// A cost to share.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the field; only what the chosen method asks for has to be there.
pub fn shared_cost(fields: &Fields, dry_run: bool) -> Result<CostRequest, Refusal> {
    Ok(CostRequest {
        item: fields.text("item").to_owned(),
        period: fields.period("period")?,
        cost: cost(fields)?,
        invoice: fields.text("invoice").to_owned(),
        scope: share_scope(fields.text("scope"))?,
        method: share_method(fields)?,
        dry_run,
    })
}

fn share_scope(typed: &str) -> Result<ShareScope, Refusal> {
    ShareScope::parse(typed).map_err(|part| {
        let zh = format!("分摊范围“{part}”无法识别：楼栋写 3，单元写 3-2，房号写 3-2-1502");
        let en = format!("'{part}' is no place: a building is 3, an entrance 3-2, a unit 3-2-1502");
        Refusal::invalid("scope", zh, en)
    })
}

/// An invoice, or a master meter with a price.
fn cost(fields: &Fields) -> Result<Cost, Refusal> {
    let number = fields.text("master");
    if number.is_empty() {
        return Ok(Cost::Invoice(fields.amount("total")?));
    }
    Ok(Cost::Master { number: number.to_owned(), price: fields.price("price")? })
}

fn share_method(fields: &Fields) -> Result<ShareMethod, Refusal> {
    match fields.text("method") {
        "area" => Ok(ShareMethod::Area),
        "household" => {
            let weight = fields.optional(("vacant_weight", "空置系数"), Factor::parse)?;
            Ok(ShareMethod::Household { vacant_weight: weight.unwrap_or(Factor::from_stored(100_000_000)) })
        }
        "floor" => {
            let typed = fields.text("bands");
            let bands = FloorBands::parse(typed).map_err(|error| {
                let zh = match &error {
                    FloorBandsError::Unreadable(part) => {
                        format!("楼层系数“{part}”无法识别，请写成 1:0, 2-6:0.5, 7-18:1")
                    }
                    FloorBandsError::Overlap(floor) => format!("{floor} 层在两档里都有，请改成不重叠的楼层"),
                };
                Refusal::invalid("bands", zh, error.to_string())
            })?;
            Ok(ShareMethod::Floor(bands))
        }
        "usage" => {
            let kind = fields.optional(("usage_kind", "表种"), MeterKind::parse)?;
            Ok(ShareMethod::Usage { kind: kind.unwrap_or(MeterKind::Water) })
        }
        _ => Err(Refusal::invalid(
            "method",
            "请选择分摊方式：按面积、按户、按楼层或按用量",
            "choose how to share: area, household, floor or usage",
        )),
    }
}

/// What of a bank line is whose: units beside their amounts; places left empty count for nothing.
///
/// # Errors
/// [`Refusal::InvalidInput`] for a unit without an amount, or either that cannot be read.
pub fn line_parts(fields: &Fields) -> Result<Vec<LinePart>, Refusal> {
    let units: Vec<&str> = fields.all("units").collect();
    let amounts: Vec<&str> = fields.all("amounts").collect();
    if units.iter().all(|unit| unit.is_empty()) {
        return match units.is_empty() {
            true if amounts.is_empty() => Ok(Vec::new()),
            true | false => Err(Refusal::invalid("units", "请填写房号", "units are missing")),
        };
    }
    if units.len() != amounts.len() {
        return Err(Refusal::invalid("amounts", "每个房号都要有金额", "each unit has an amount"));
    }
    let places = units.into_iter().zip(amounts).filter(|(unit, _)| !unit.is_empty());
    places.map(|(unit, amount)| line_part(unit, amount)).collect()
}

fn line_part(unit: &str, amount: &str) -> Result<LinePart, Refusal> {
    let wrong_unit = |_| {
        let zh = format!("房号“{unit}”无法识别，请写成 3-2-1502");
        Refusal::invalid("units", zh, format!("'{unit}' is not a room; write it as 3-2-1502"))
    };
    let wrong_amount = |_| {
        let zh = format!("金额“{amount}”无法识别，请写成 810.00");
        Refusal::invalid("amounts", zh, format!("'{amount}' is not an amount; write it as 810.00"))
    };
    Ok(LinePart {
        unit: UnitLabel::parse(unit).map_err(wrong_unit)?,
        account: None,
        amount: Fen::parse(&amount.replace([',', '，'], "")).map_err(wrong_amount)?,
    })
}
