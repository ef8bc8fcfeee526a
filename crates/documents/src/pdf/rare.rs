//! Rare characters that no font has: printed as their code, 〔U+20BB7〕, never as an empty box, and the paper says so.
//!
//! A blank box in a name looks like a slip of the printer and makes a letter of legal effect doubtful; a code names the character
//! exactly, and a note on the same paper asks whoever signs it to write the character in by hand.

use serde_json::Value;

use crate::fonts::is_printable;

/// The key under which a template finds what it must note.
const KEY: &str = "rare";

/// Replaces what cannot be printed in each paper of the model, tells each paper what it was, and returns all of it, each once.
pub(super) fn mark(model: &mut Value) -> Vec<char> {
    let papers = match model {
        Value::Array(papers) => papers.as_mut_slice(),
        paper => std::slice::from_mut(paper),
    };
    let mut all = Vec::new();
    for paper in papers {
        let mut found = Vec::new();
        replace(paper, &mut found);
        if let Value::Object(fields) = paper {
            fields.insert(KEY.to_owned(), found.iter().map(|one| Value::from(code(*one))).collect());
        }
        all.extend(found);
    }
    all.sort_unstable();
    all.dedup();
    all
}

fn replace(value: &mut Value, found: &mut Vec<char>) {
    match value {
        Value::String(text) if text.chars().any(|one| !is_printable(one) || is_invisible(one)) => {
            *text = spelled(text, found)
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, found)),
        Value::Object(fields) => fields.values_mut().for_each(|field| replace(field, found)),
    }
}

fn spelled(text: &str, found: &mut Vec<char>) -> String {
    let mut spelled = String::new();
    for one in text.chars().filter(|one| !is_invisible(*one)) {
        if is_printable(one) {
            spelled.push(one);
        } else {
            spelled.push_str(&code(one));
            if !found.contains(&one) {
                found.push(one);
            }
        }
    }
    spelled
}

fn code(one: char) -> String {
    format!("〔U+{:04X}〕", u32::from(one))
}

/// Nothing a reader would see: controls, joiners, marks of direction and of variants.
fn is_invisible(one: char) -> bool {
    one.is_control() && !one.is_whitespace()
        || matches!(one, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || matches!(one, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_rare_character_is_spelled_as_its_code_wherever_it_stands() {
        let mut bills =
            json!([{ "payer": "王𠮷𠮷", "lines": [{ "item": "车位𡋾" }] }, { "payer": "欧阳龑\u{200b}㛃𠅤" }]);
        assert_eq!(mark(&mut bills), ['𠮷', '𡋾']);
        assert_eq!(bills[0]["payer"], "王〔U+20BB7〕〔U+20BB7〕");
        assert_eq!(
            (&bills[0]["lines"][0]["item"], &bills[1]["payer"]),
            (&json!("车位〔U+212FE〕"), &json!("欧阳龑㛃𠅤"))
        );
        assert_eq!((bills[0]["rare"].as_array().map(Vec::len), &bills[1]["rare"]), (Some(2), &json!([])));
    }
}
