//! What a form of a page and a body of the API say alike: one parser for both, so that neither takes what the other refuses.

use hemu_app::Refusal;
use hemu_app::collection::complaints::Finding;
use hemu_app::collection::work::ContactRequest;
use hemu_app::ledger::AtTheDesk;
use hemu_app::ledger::adjust::{AdjustRequest, Part};
use hemu_app::ledger::refund::RefundRequest;
use hemu_app::legal::matter::MatterRequest;
use hemu_domain::Fen;
use hemu_domain::collection::classification::{Attitude, Cause, ContactOutcome};
use hemu_domain::ids::{CaseId, ChargeId, CommunityId, ReceiptId, TaskId};
use hemu_domain::ledger::adjustment::AdjustmentKind;

use crate::fields::Fields;

/// A contact a person made.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the field; amount and day of a promise are asked for with that outcome alone.
pub fn contact(fields: &Fields, community: CommunityId, case: CaseId) -> Result<ContactRequest, Refusal> {
    let outcome = fields.required(("outcome", "结果"), ContactOutcome::parse)?;
    let promise = match outcome {
        ContactOutcome::ReachedPromise => {
            Some((fields.amount("promise_amount")?, fields.day("promise_on", "承诺日期")?))
        }
        _ => None,
    };
    Ok(ContactRequest {
        community,
        case,
        task: fields.optional(("task", "任务"), TaskId::parse)?,
        channel: fields.text("channel").to_owned(),
        outcome,
        cause: fields.optional(("cause", "原因"), Cause::parse)?,
        attitude: fields.optional(("attitude", "态度"), Attitude::parse)?.unwrap_or(Attitude::Unknown),
        note: fields.text("note").to_owned(),
        promise,
        next_step: fields.text("next_step").to_owned(),
        next_on: fields.day_or_none("next_on", "下一步日期")?,
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

/// What was found about a complaint.
///
/// # Errors
/// [`Refusal::InvalidInput`] for another word.
pub fn finding(word: &str) -> Result<Finding, Refusal> {
    match word {
        "remedied" => Ok(Finding::Remedied),
        "valid" => Ok(Finding::Valid),
        "invalid" => Ok(Finding::Invalid),
        _ => Err(Refusal::invalid("finding", "请选择核查结论", "choose what was found")),
    }
}

/// A legal step of a case.
#[must_use]
pub fn matter(fields: &Fields, case: CaseId) -> MatterRequest {
    let kind = fields.text("kind").to_owned();
    MatterRequest { case, kind, evidence_complete: fields.is_ticked("evidence_complete") }
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
