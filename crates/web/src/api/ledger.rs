//! Receipts (收款): a payment is taken once per key, shown, printed, reversed.

use axum::extract::Path;
use axum::http::HeaderMap;
use hemu_app::ledger::paper::{Paper, receipt_pdf, show_receipt};
use hemu_app::ledger::together::{TogetherRequest, take_together};
use hemu_app::ledger::{AtTheDesk, ReceiptRequest, ReverseRequest, Tender, reverse_receipt, take_at_desk};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::Fen;
use hemu_domain::ids::{ChargeId, ReceiptId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, created, ok};
use super::caller::Site;
use super::desk::unreadable;
use super::input::{Asked, Body, read_id};
use super::operations::Operations;
use super::shapes;
use crate::fields::Fields;
use crate::forms;
use crate::reply::{PDF, file};

#[derive(OpenApi)]
#[openapi(paths(take, take_several, show, pdf, reverse))]
struct Document;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("ledger", "收款与收据 / Receipts")
        .post("/communities/{community}/receipts", take)
        .post("/communities/{community}/receipts/together", take_several)
        .get("/communities/{community}/receipts/{receipt}", show)
        .get("/communities/{community}/receipts/{receipt}/pdf", pdf)
        .post("/communities/{community}/receipts/{receipt}/reversal", reverse)
}

/// Longer keys are no keys.
const LONGEST_KEY: usize = 100;

const RECEIPT: (&str, &str) = ("收据", "receipt");

/// A payment.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Payment {
    /// `3-2-1502`
    unit: String,
    /// Yuan, as text
    amount: String,
    /// The day it was received; not after today
    on: String,
    /// `cash`, `card`, `transfer`, `wechat`, `alipay`, `qr` or `other`; left out where `tenders` say it
    #[serde(default)]
    #[schema(required = false)]
    method: String,
    /// The ways it is paid in, adding up to the amount
    #[serde(default)]
    #[schema(required = false)]
    tenders: Vec<TenderAsked>,
    /// The cash handed over; what is above the cash part is change
    handed: Option<String>,
    /// Small change let off beside it (抹零), below the limit of the community
    round_off: Option<String>,
    /// The charges the payer named
    #[serde(default, rename = "for")]
    #[schema(required = false)]
    designated: Vec<String>,
    /// The same key twice is one payment; or the header `Idempotency-Key`
    key: Option<String>,
    #[serde(default)]
    remark: String,
}

/// One way to pay.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TenderAsked {
    method: String,
    /// Yuan, as text
    amount: String,
}

/// A payment for several units of one payer.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PaymentTogether {
    /// `3-2-1502`, from two on; what is left over is put by for the first
    units: Vec<String>,
    /// Yuan, as text
    amount: String,
    /// The day it was received; not after today
    on: String,
    /// As for a payment for one unit
    #[serde(default)]
    #[schema(required = false)]
    method: String,
    /// The ways it is paid in, adding up to the amount
    #[serde(default)]
    #[schema(required = false)]
    tenders: Vec<TenderAsked>,
    /// The cash handed over; what is above the cash part is change
    handed: Option<String>,
    /// The charges the payer named, of any of these units
    #[serde(default, rename = "for")]
    #[schema(required = false)]
    designated: Vec<String>,
    /// The same key twice is one payment; or the header `Idempotency-Key`
    key: Option<String>,
    #[serde(default)]
    remark: String,
}

fn charges(ids: &[String]) -> Result<Vec<ChargeId>, Refusal> {
    let named: Result<_, _> = ids.iter().map(|id| ChargeId::parse(id)).collect();
    named.map_err(|_| Refusal::invalid("for", "for 里应是费用的编号", "for holds ids of charges"))
}

fn at_the_desk(tenders: &[TenderAsked], fields: &Fields) -> Result<AtTheDesk, Refusal> {
    let tenders = tenders.iter().map(|one| {
        let amount = Fen::parse(&one.amount).map_err(|_| unreadable(&one.amount))?;
        Ok(Tender { method: one.method.clone(), amount })
    });
    let tenders = tenders.collect::<Result<_, Refusal>>()?;
    Ok(AtTheDesk { tenders, ..forms::at_the_desk(fields)? })
}

/// The key of a payment, from the header or the body.
fn key(headers: &HeaderMap, body: Option<&str>) -> Result<Option<String>, Refusal> {
    let header = headers.get("idempotency-key").map(|value| value.to_str().unwrap_or_default().trim_matches('"'));
    if let (Some(header), Some(body)) = (header, body)
        && header != body
    {
        let zh = "Idempotency-Key 与 key 不一致，请只用一个";
        return Err(Refusal::invalid("key", zh, "Idempotency-Key and key differ: give one of them"));
    }
    let Some(key) = header.or(body) else { return Ok(None) };
    if key.trim().is_empty() || key.chars().count() > LONGEST_KEY {
        return Err(Refusal::invalid("key", "key 应为 1 到 100 个字符", "a key has 1 to 100 characters"));
    }
    Ok(Some(key.to_owned()))
}

/// Takes a payment and applies it; a key that was used before gives the same receipt again and takes nothing
#[utoipa::path(post, path = "/communities/{community}/receipts", request_body = Payment,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key twice is one payment")),
    responses(
        (status = 201, description = "Taken", body = shapes::ReceiptReport),
        (status = 200, description = "Taken before with this key", body = shapes::ReceiptReport)))]
async fn take(at: Site, headers: HeaderMap, body: Body<Payment>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let fields = &body.fields;
        let request = ReceiptRequest {
            community: name.to_owned(),
            unit: fields.unit("unit")?,
            amount: fields.amount("amount")?,
            received_on: fields.day("on", "收款日期")?,
            method: fields.text("method").to_owned(),
            designated: charges(&body.value.designated)?,
            key: key(&headers, body.value.key.as_deref())?,
            remark: body.value.remark.chars().take(200).collect(),
        };
        take_at_desk(app, actor, &request, &at_the_desk(&body.value.tenders, &body.fields)?)
    };
    let report = at.run(work).await?;
    if report.repeated { ok(report) } else { created(report) }
}

/// Takes one payment for several units of one payer: one receipt for each unit that gets something, all or nothing, printed as one
#[utoipa::path(post, path = "/communities/{community}/receipts/together", request_body = PaymentTogether,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key twice is one payment")),
    responses(
        (status = 200, description = "The key was used before: the same receipts", body = shapes::TogetherReport),
        (status = 201, description = "Taken", body = shapes::TogetherReport)))]
async fn take_several(at: Site, headers: HeaderMap, body: Body<PaymentTogether>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let fields = &body.fields;
        let request = TogetherRequest {
            community: name.to_owned(),
            units: forms::units(body.value.units.iter().map(String::as_str))?,
            amount: fields.amount("amount")?,
            received_on: fields.day("on", "收款日期")?,
            method: fields.text("method").to_owned(),
            designated: charges(&body.value.designated)?,
            key: key(&headers, body.value.key.as_deref())?,
            remark: body.value.remark.chars().take(200).collect(),
        };
        take_together(app, actor, &request, &at_the_desk(&body.value.tenders, fields)?)
    };
    let report = at.run(work).await?;
    if report.repeated { ok(report) } else { created(report) }
}

/// A receipt and where it went
#[utoipa::path(get, path = "/communities/{community}/receipts/{receipt}",
    responses((status = 200, description = "The receipt", body = shapes::ReceiptPage)))]
async fn show(at: Site, Path((_, receipt)): Path<(String, String)>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        show_receipt(app, actor, name, read_id(&receipt, ReceiptId::parse, RECEIPT)?)
    };
    ok(at.run(work).await?)
}

#[derive(Deserialize, Serialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Print {
    /// `a5`, `a4` or `roll` (a5)
    paper: Option<String>,
    /// The number of a counted print; without one the paper says it is no proof of payment
    print: Option<i64>,
}

/// A receipt as a PDF
#[utoipa::path(get, path = "/communities/{community}/receipts/{receipt}/pdf", params(Print),
    responses((status = 200, description = "The receipt", content_type = "application/pdf", body = Vec<u8>)))]
async fn pdf(at: Site, Path((_, receipt)): Path<(String, String)>, asked: Asked<Print>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let unknown = || Refusal::invalid("paper", "纸张只有 a5、a4 和 roll", "paper is a5, a4 or roll");
        let paper = Paper::find(asked.value.paper.as_deref().unwrap_or("a5")).ok_or_else(unknown)?;
        let paper = (paper, asked.value.print);
        receipt_pdf(app, actor, name, read_id(&receipt, ReceiptId::parse, RECEIPT)?, paper)
    };
    Ok(file(at.run(work).await?, PDF, "收据.pdf", true))
}

/// Why a receipt is reversed.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Reversal {
    reason: String,
}

/// Reverses a receipt (冲红); what it had paid is owed again
#[utoipa::path(post, path = "/communities/{community}/receipts/{receipt}/reversal", request_body = Reversal,
    responses((status = 200, description = "Reversed", body = shapes::Reversed)))]
async fn reverse(at: Site, Path((_, receipt)): Path<(String, String)>, body: Body<Reversal>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let receipt = read_id(&receipt, ReceiptId::parse, RECEIPT)?;
        let reason = body.value.reason;
        reverse_receipt(app, actor, &ReverseRequest { community: name.to_owned(), receipt, reason })
    };
    let number = at.run(work).await?;
    ok(json!({ "number": number }))
}
