//! Reading options and files: every refusal names the option or field, quotes the value, and says what to give.

use std::{fs, path::Path};

use chrono::{Datelike, NaiveDate};
use hemu_app::Refusal;
use hemu_domain::Fen;
use rust_decimal::Decimal;
use serde_json::Value;

/// The largest amount anything here is asked about: a thousand million yuan.
const LARGEST: Fen = Fen::new(100_000_000_000);

/// A day between 1990 and 2200, `YYYY-MM-DD`.
pub fn date(field: &'static str, text: &str) -> Result<NaiveDate, Refusal> {
    let day = NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok().filter(|_| text.trim().len() == 10);
    day.filter(|day| (1990..=2200).contains(&day.year())).ok_or_else(|| {
        Refusal::invalid(
            field,
            format!("{field}：“{text}”不是1990年到2200年之间的日期，请写成 2025-03-31"),
            format!("{field}: '{text}' is not a day from 1990 to 2200; write it as 2025-03-31"),
        )
    })
}

/// An amount above zero.
pub fn amount(field: &'static str, text: &str) -> Result<Fen, Refusal> {
    amount_from(field, text, Fen::new(1))
}

/// An amount of zero or more.
pub fn amount_or_zero(field: &'static str, text: &str) -> Result<Fen, Refusal> {
    amount_from(field, text, Fen::ZERO)
}

fn amount_from(field: &'static str, text: &str, least: Fen) -> Result<Fen, Refusal> {
    Fen::parse(text).ok().filter(|fen| (least..=LARGEST).contains(fen)).ok_or_else(|| {
        Refusal::invalid(
            field,
            format!("{field}：“{text}”不是{least}元到十亿元之间、最多两位小数的金额，请写成 810.00"),
            format!("{field}: '{text}' is not an amount from {least} to 1000000000 yuan with at most two decimals; write it as 810.00"),
        )
    })
}

/// A decimal that `fits`; `what` says which, in Chinese and English.
pub fn decimal(
    field: &'static str,
    text: &str,
    fits: impl Fn(Decimal) -> bool,
    what: (&str, &str),
) -> Result<Decimal, Refusal> {
    let value = Decimal::from_str_exact(text.trim()).ok().filter(|value| fits(*value));
    value.ok_or_else(|| wrong(field, text, what))
}

/// A value that is none of those allowed.
pub fn wrong(field: &'static str, text: &str, what: (&str, &str)) -> Refusal {
    Refusal::invalid(field, format!("{field}：“{text}”不是{}", what.0), format!("{field}: '{text}' is not {}", what.1))
}

/// A JSON document from a file, or the document itself in place of the path.
pub fn json_file(path: &Path) -> Result<Value, Refusal> {
    if let Some(document) = path.to_str().filter(|text| text.trim_start().starts_with('{')) {
        return serde_json::from_str(document).map_err(|error| {
            Refusal::invalid("FILE", format!("内容不是 JSON（{error}）"), format!("this is not JSON ({error})"))
        });
    }
    let shown = path.display();
    let text = fs::read_to_string(path).map_err(|error| {
        Refusal::invalid(
            "FILE",
            format!("读不了文件 {shown}（{error}），请检查路径，文件须为 UTF-8"),
            format!("cannot read the file {shown} ({error}); check the path, the file must be UTF-8"),
        )
    })?;
    serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
        Refusal::invalid("FILE", format!("{shown} 不是 JSON 文件（{error}）"), format!("{shown} is not JSON ({error})"))
    })
}

/// The text of a field; a number counts as its shortest text. `None` when it is absent or null.
pub fn find_text(object: &Value, field: &'static str) -> Result<Option<String>, Refusal> {
    match &object[field] {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        Value::Number(number) => Ok(Some(number.to_string())),
        other @ (Value::Bool(_) | Value::Array(_) | Value::Object(_)) => {
            Err(wrong(field, &other.to_string(), ("文字或数字", "text or a number")))
        }
    }
}

/// The text of a field that must be there.
pub fn get_text(object: &Value, field: &'static str) -> Result<String, Refusal> {
    find_text(object, field)?.ok_or_else(|| missing(object, field))
}

/// The items of a list; none when it is absent.
pub fn list<'v>(object: &'v Value, field: &'static str) -> Result<&'v [Value], Refusal> {
    match &object[field] {
        Value::Null => Ok(&[]),
        Value::Array(items) => Ok(items),
        other @ (Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
            Err(wrong(field, &other.to_string(), ("列表", "a list")))
        }
    }
}

/// The field is not there.
pub fn missing(object: &Value, field: &'static str) -> Refusal {
    let place: String = object.to_string().chars().take(80).collect();
    Refusal::invalid(field, format!("缺少 {field}：{place}"), format!("{field} is missing in {place}"))
}

/// The first id that occurs twice is refused.
pub fn unique<'a>(field: &'static str, ids: impl Iterator<Item = &'a String>) -> Result<(), Refusal> {
    let mut seen = std::collections::BTreeSet::new();
    for id in ids {
        if !seen.insert(id) {
            return Err(Refusal::invalid(
                field,
                format!("{field}：“{id}”出现了两次，每个只能出现一次"),
                format!("{field}: '{id}' is there twice; give each once"),
            ));
        }
    }
    Ok(())
}
