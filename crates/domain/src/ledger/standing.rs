//! What stands of entries of which some take back others: nothing is edited, so an entry that does not hold any more has another
//! one beside it with the opposite amount.

use crate::Fen;

/// The entries that stand, in their order: whatever was taken back is left out with what took it back. `key` says what must be
/// alike beside the amount.
#[must_use]
pub fn standing<T, K: PartialEq>(entries: Vec<T>, amount: impl Fn(&T) -> Fen, key: impl Fn(&T) -> K) -> Vec<T> {
    let mut stands: Vec<T> = Vec::with_capacity(entries.len());
    for entry in entries {
        let opposite = |one: &T| amount(one) == -amount(&entry) && key(one) == key(&entry);
        match stands.iter().position(opposite) {
            Some(place) => drop(stands.remove(place)),
            None => stands.push(entry),
        }
    }
    stands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_and_what_takes_it_back_are_both_gone() {
        let entries = vec![("a", 5), ("b", 5), ("b", -5), ("a", 3)];
        let left = standing(entries, |one| Fen::new(one.1), |one| one.0);
        assert_eq!(left, [("a", 5), ("a", 3)]);
    }
}
