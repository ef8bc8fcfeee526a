//! What a call asks for: a JSON body or the parameters of the address.
//!
//! The shape is checked first (names, kinds: a wrong one is refused and named), then the values are read by the rules of the forms
//! of the pages ([`Fields`]), so that both refuse the same things with the same sentences.

use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Json, Query, Request};
use axum::http::request::Parts;
use chrono::NaiveDate;
use hemu_app::Refusal;
use hemu_domain::Text;
use hemu_domain::review::ReviewSpan;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::problem::{Fault, Problem};
use crate::fields::Fields;
use crate::server::Web;
use crate::visit::wanted_locale;

/// Rows of a page where none are asked for.
const ROWS: usize = 100;
/// The most rows of a page.
const MOST_ROWS: usize = 200;

/// A JSON body.
pub struct Body<T> {
    /// As it came.
    pub value: T,
    /// The same, to be read like a form.
    pub fields: Fields,
}

/// The parameters of an address, to be read like a form.
pub struct Asked<T> {
    /// As they came.
    pub value: T,
    /// The same, to be read like a form.
    pub fields: Fields,
}

impl<T: DeserializeOwned + Serialize> FromRequest<Web> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        let locale = wanted_locale(request.headers());
        let Json(value) = Json::<T>::from_request(request, web)
            .await
            .map_err(|rejection| Problem::in_locale(locale, fault_of_body(&rejection)))?;
        Ok(Self { fields: fields_of(&value), value })
    }
}

impl<T: DeserializeOwned + Serialize + Send> FromRequestParts<Web> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let locale = wanted_locale(&parts.headers);
        let Query(value) = Query::<T>::from_request_parts(parts, web)
            .await
            .map_err(|rejection: QueryRejection| Problem::in_locale(locale, wrong_shape(&rejection.body_text())))?;
        Ok(Self { fields: fields_of(&value), value })
    }
}

pub(super) fn fault_of_body(rejection: &JsonRejection) -> Fault {
    match rejection {
        JsonRejection::MissingJsonContentType(_) => Fault::MediaType("application/json"),
        JsonRejection::JsonDataError(error) => wrong_shape(&error.body_text()),
        JsonRejection::BytesRejection(error) if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE => {
            Fault::TooLarge
        }
        other => Fault::Unreadable(reason(&other.body_text()).to_owned()),
    }
}

/// What the reader said, without the words about how it reads.
fn reason(said: &str) -> &str {
    said.split_once(": ").map_or(said, |(_, reason)| reason)
}

/// A field that is missing, unknown or of another kind: named where the reader names it.
fn wrong_shape(said: &str) -> Fault {
    let reason = reason(said);
    let quoted = reason.split('`').nth(1).unwrap_or_default();
    let text = if reason.contains("missing field") {
        Text::new(format!("缺少 {quoted}"), format!("{quoted} is missing"))
    } else if reason.contains("unknown field") {
        let known = reason.split_once("expected").map_or("", |(_, known)| known);
        let known = known.trim_start_matches(" one of").trim().replace('`', "");
        Text::new(format!("不认识 {quoted}，可用：{known}"), format!("there is no {quoted}; there are: {known}"))
    } else {
        Text::new(format!("内容无法识别：{reason}"), format!("cannot be read: {reason}"))
    };
    Fault::Refused(Refusal::InvalidInput { field: "body", sentence: text })
}

/// A value as the fields of a form.
pub fn fields_of(value: &impl Serialize) -> Fields {
    let mut pairs = Vec::new();
    if let Ok(Value::Object(object)) = serde_json::to_value(value) {
        for (name, value) in object {
            push(&mut pairs, &name, value);
        }
    }
    Fields::from_pairs(pairs)
}

/// A list is a field that comes more than once; a box that is not ticked is empty.
fn push(pairs: &mut Vec<(String, String)>, name: &str, value: Value) {
    match value {
        Value::Null | Value::Bool(false) => {}
        Value::Bool(true) => pairs.push((name.to_owned(), "yes".to_owned())),
        Value::String(text) => pairs.push((name.to_owned(), text)),
        Value::Array(items) => items.into_iter().for_each(|item| push(pairs, name, item)),
        Value::Number(_) | Value::Object(_) => pairs.push((name.to_owned(), value.to_string())),
    }
}

/// The rows of a page: 1 to 200, 100 where none are asked for.
///
/// # Errors
/// [`Refusal::InvalidInput`] for any other number.
pub fn rows(fields: &Fields) -> Result<usize, Refusal> {
    let asked = fields.optional(("limit", "每页行数"), str::parse::<usize>)?.unwrap_or(ROWS);
    if (1..=MOST_ROWS).contains(&asked) {
        return Ok(asked);
    }
    let zh = format!("每页行数 limit 应为 1 到 {MOST_ROWS}");
    Err(Refusal::invalid("limit", zh, format!("limit is 1 to {MOST_ROWS}")))
}

/// The row to begin after.
///
/// # Errors
/// [`Refusal::InvalidInput`] for what is no cursor.
pub fn after<T, E>(fields: &Fields, parse: impl FnOnce(&str) -> Result<T, E>) -> Result<Option<T>, Refusal> {
    fields.optional(("after", "游标"), parse)
}

/// The day of a list; today where none is asked for.
///
/// # Errors
/// [`Refusal::InvalidInput`] for what is no day.
pub fn day(fields: &Fields, today: NaiveDate) -> Result<NaiveDate, Refusal> {
    Ok(fields.day_or_none("as_of", "截至日期")?.unwrap_or(today))
}

/// A day and a span of months in an address.
#[derive(serde::Deserialize, Serialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SpanQuery {
    /// The day, today where left out
    as_of: Option<String>,
    /// A month, quarter or year: `2026-10`, `2026-Q4`, `2026`
    period: Option<String>,
}

/// The months a report is asked for; `None` for its usual ones.
///
/// # Errors
/// [`Refusal::InvalidInput`] for what is no month, quarter or year.
pub fn span(fields: &Fields) -> Result<Option<ReviewSpan>, Refusal> {
    fields.optional(("period", "账期"), ReviewSpan::parse)
}

/// An id in an address; what is none is not found.
///
/// # Errors
/// [`Refusal::NotFound`] naming the noun by both its words.
pub fn read_id<T, E>(
    text: &str,
    parse: impl FnOnce(&str) -> Result<T, E>,
    (zh, en): (&str, &str),
) -> Result<T, Refusal> {
    parse(text).map_err(|_| Refusal::not_found(zh, en, ""))
}
