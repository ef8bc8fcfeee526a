//! The calculators of the trade, the same as `hemu calc`: nothing is read from the database, nothing is stored.

use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::JsonRejection;
use hemu_app::Refusal;
use serde_json::{Map, Value};
use utoipa::OpenApi;

use super::answer::{Answer, ok};
use super::caller::Caller;
use super::input::fault_of_body;
use super::operations::Operations;
use super::problem::{Fault, Problem};
use super::shapes;

#[derive(OpenApi)]
#[openapi(paths(calculate))]
struct Document;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("calculators", "工具 / Calculators").post("/calculators/{calculator}", calculate)
}

const WITH_OPTIONS: [&str; 8] =
    ["late-fee", "limitation", "deadline", "stage", "court-fee", "prorate", "vat", "wording"];
const WITH_DOCUMENT: [&str; 2] = ["allocate", "share"];

/// The words of the command line that a body stands for.
fn words(calculator: &str, body: Map<String, Value>) -> Result<Vec<String>, Refusal> {
    if WITH_DOCUMENT.contains(&calculator) {
        return Ok(vec![calculator.to_owned(), Value::Object(body).to_string()]);
    }
    if !WITH_OPTIONS.contains(&calculator) {
        return Err(Refusal::not_found("计算器", "calculator", ""));
    }
    let mut words = vec![calculator.to_owned()];
    for (name, value) in body {
        let is_option = name.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_'));
        if !is_option || name.is_empty() {
            let zh = format!("不认识 {name}");
            return Err(Refusal::invalid("body", zh, format!("there is no {name}")));
        }
        let name = name.replace('_', "-");
        let values = if let Value::Array(items) = value { items } else { vec![value] };
        words.extend(values.into_iter().map(|value| format!("--{name}={}", plain(value))));
    }
    Ok(words)
}

fn plain(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// A calculator: `late-fee`, `limitation`, `deadline`, `stage`, `court-fee`, `prorate`, `vat`, `wording` take the options of
/// `hemu calc` as fields, `allocate` and `share` its document
#[utoipa::path(post, path = "/calculators/{calculator}", request_body = shapes::CalculatorRequest,
    responses((status = 200, description = "The figures", body = shapes::CalculatorAnswer)))]
async fn calculate(
    caller: Caller,
    Path(calculator): Path<String>,
    body: Result<Json<Map<String, Value>>, JsonRejection>,
) -> Answer {
    let locale = caller.locale;
    let Json(body) = body.map_err(|rejection| Problem::in_locale(locale, fault_of_body(&rejection)))?;
    let answer = words(&calculator, body).and_then(|words| (caller.web.options.calculate)(&words));
    ok(answer.map_err(|refusal| Problem::in_locale(locale, Fault::Refused(refusal)))?.json)
}
