//! Hash chains: each link is SHA-256 over the link before and the content, so that no row can be changed, moved or taken out
//! of the middle without a trace. `hemu verify` walks them.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use crate::Value;

/// The link before the first.
pub const START: [u8; 32] = [0; 32];

/// The hash of a link: `previous` is the hash before it, `content` what the row says, in a fixed order.
#[must_use]
pub fn link(previous: &[u8], content: &[Value]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(previous);
    for value in content {
        let (tag, bytes) = encode(value);
        hasher.update([tag]);
        hasher.update(u64::try_from(bytes.len()).expect("a row is far below 16 EiB").to_be_bytes());
        hasher.update(&bytes);
    }
    hasher.finalize().into()
}

/// A kind tag and bytes that no two different values share.
fn encode(value: &Value) -> (u8, Cow<'_, [u8]>) {
    match value {
        Value::Null => (0, Cow::Borrowed(&[])),
        Value::Bool(value) => (1, vec![u8::from(*value)].into()),
        Value::Int(value) => (2, value.to_be_bytes().to_vec().into()),
        Value::Text(value) => (3, value.as_bytes().into()),
        Value::Uuid(value) => (4, value.as_bytes().into()),
        Value::Date(value) => (5, value.to_string().into_bytes().into()),
        Value::Time(value) => (6, value.timestamp_micros().to_be_bytes().to_vec().into()),
        // Keys are sorted by serde_json's map, so the text is canonical.
        Value::Json(value) => (7, value.to_string().into_bytes().into()),
        Value::SortedJson(text) => (7, text.as_bytes().into()),
        // The same content has the same hash, however it was handed over.
        Value::JsonText(text) => match serde_json::from_str::<serde_json::Value>(text) {
            Ok(value) => (7, value.to_string().into_bytes().into()),
            Err(_) => (7, text.as_bytes().into()),
        },
        Value::Bytes(value) => (8, value.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_pass_into_its_neighbour() {
        let one = link(&START, &[Value::from("ab"), Value::from("c")]);
        let other = link(&START, &[Value::from("a"), Value::from("bc")]);
        assert_ne!(one, other);
        assert_ne!(link(&START, &[Value::Null]), link(&START, &[Value::from("")]));
        assert_ne!(link(&START, &[Value::Int(1)]), link(&one, &[Value::Int(1)]));
    }
}
