//! What becomes of a deposit (押金): it is given back, or a part is kept for a damage that was found.

use crate::words::words;

words!(
    /// What became of a part of a deposit.
    DepositEntryKind {
        /// Given back.
        Return = "return", "退还", "given back";
        /// Kept for what was damaged or left undone; takes a second person.
        Deduction = "deduction", "扣除", "kept";
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back() {
        assert!(DepositEntryKind::ALL.iter().all(|one| DepositEntryKind::parse(one.as_str()) == Ok(*one)));
        assert!(DepositEntryKind::parse("income").is_err());
    }
}
