//! Forms of what a community has on file: contract, clauses, papers, promises.

use hemu_app::Refusal;
use hemu_app::readiness::{ContractPapers, ExceptionRequest, NewClause, NewEvidence, NewPromise, PaperOf};
use hemu_domain::ids::{PromiseEvidenceId, PublicDisplayId, ServicePromiseId};
use hemu_domain::readiness::{Every, FilingState, PromiseKind, PromiseResult};

use crate::fields::Fields;

/// What the contract in force is.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the field.
pub fn contract_papers(fields: &Fields) -> Result<ContractPapers, Refusal> {
    Ok(ContractPapers {
        name: fields.text("name").to_owned(),
        number: fields.text("number").to_owned(),
        kind: fields.text("kind").to_owned(),
        ends_on: fields.day_or_none("ends_on", "合同终止日")?,
        filing: fields.required(("filing", "备案情况"), FilingState::parse)?,
    })
}

/// A clause.
#[must_use]
pub fn clause(fields: &Fields) -> NewClause {
    NewClause {
        kind: fields.text("kind").to_owned(),
        number: fields.text("number").to_owned(),
        text: fields.text("text").to_owned(),
    }
}

/// A service promise.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the field.
pub fn service_promise(fields: &Fields) -> Result<NewPromise, Refusal> {
    Ok(NewPromise {
        kind: fields.required(("kind", "承诺类别"), PromiseKind::parse)?,
        what: fields.text("what").to_owned(),
        measure: fields.text("measure").to_owned(),
        every: fields.required(("every", "检查频率"), Every::parse)?,
        clause: fields.text("clause").to_owned(),
        starts_on: fields.day("starts_on", "起始日")?,
    })
}

/// What was done about a promise.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the field.
pub fn promise_evidence(fields: &Fields, promise: ServicePromiseId) -> Result<NewEvidence, Refusal> {
    Ok(NewEvidence {
        promise,
        period: fields.period("period")?,
        result: fields.required(("result", "履行情况"), PromiseResult::parse)?,
        remark: fields.text("remark").to_owned(),
    })
}

/// What a paper is of.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the field.
pub fn paper_of(fields: &Fields) -> Result<PaperOf, Refusal> {
    match fields.text("of") {
        "contract" => Ok(PaperOf::Contract),
        "public_display" => Ok(PaperOf::Display(fields.required(("subject", "公示"), PublicDisplayId::parse)?)),
        "promise_evidence" => {
            Ok(PaperOf::Evidence(fields.required(("subject", "履行记录"), PromiseEvidenceId::parse)?))
        }
        _ => Err(Refusal::invalid("of", "请说明文件属于什么", "say what the paper is of")),
    }
}

/// An exception to ask for.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the field.
pub fn formal_exception(fields: &Fields) -> Result<ExceptionRequest, Refusal> {
    Ok(ExceptionRequest { until: fields.day("until", "截止日")? })
}
