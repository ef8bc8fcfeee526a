//! Lists of ids in a statement: cut into chunks of few lengths, so that few statements are prepared.

use uuid::Uuid;

use super::Value;

/// Lengths an id list is padded to, by repeating its last id.
const LIST_LENGTHS: [usize; 4] = [1, 8, 64, 400];

/// The statement for each chunk of a list, with its parameters.
pub(super) fn expand_ids<'a>(
    sql: &'a str,
    fixed: &'a [Value],
    ids: &'a [Uuid],
) -> impl Iterator<Item = (String, Vec<Value>)> + use<'a> {
    ids.chunks(LIST_LENGTHS[3]).map(move |chunk| {
        let length = LIST_LENGTHS.into_iter().find(|length| chunk.len() <= *length).unwrap_or(chunk.len());
        let last = chunk[chunk.len() - 1];
        let padded = chunk.iter().copied().chain(std::iter::repeat(last)).take(length);
        let places: Vec<String> = (1..=length).map(|place| format!("${}", fixed.len() + place)).collect();
        let params = fixed.iter().cloned().chain(padded.map(Value::Uuid)).collect();
        (sql.replace("{ids}", &places.join(", ")), params)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_lists_of_any_length_use_few_statement_texts() {
        let ids: Vec<Uuid> = (0..1_005_u128).map(Uuid::from_u128).collect();
        let fixed = [Value::Int(1)];
        let parts: Vec<(String, Vec<Value>)> = expand_ids("x IN ({ids}) AND c = $1", &fixed, &ids).collect();
        assert_eq!(parts.len(), 3);
        assert!(parts.iter().all(|(_, params)| params.len() == 401));
        assert_eq!(expand_ids("{ids}", &fixed, &ids[..1]).next().expect("one chunk").0, "$2");
        assert_eq!(expand_ids("{ids}", &fixed, &[]).count(), 0, "an empty list asks nothing");
    }
}
