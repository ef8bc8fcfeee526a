//! What was found about a complaint, and what is done about it.

use super::course::ComplaintState;
use crate::words::words;

words!(
    /// What was found.
    Finding {
        /// Right.
        Valid = "valid", "成立", "valid";
        /// Right in part.
        Partly = "partly", "部分成立", "valid in part";
        /// Wrong.
        Invalid = "invalid", "不成立", "not valid";
    }
);

words!(
    /// What is done about it.
    Remedy {
        /// It was put right.
        Repair = "repair", "整改修复", "put right";
        /// An apology, and what is done so that it does not happen again.
        Apology = "apology", "致歉并改进", "apology";
        /// The fee is lower (民法典 582); two people decide about it.
        Reduction = "reduction", "减收费用", "lower fee";
        /// Nothing is to be done.
        None = "none", "无需处理", "nothing to do";
    }
);

impl Finding {
    /// Whether the owner was right, at least in part: then the days of the dispute bear no late fee.
    #[must_use]
    pub const fn is_right(self) -> bool {
        match self {
            Self::Valid | Self::Partly => true,
            Self::Invalid => false,
        }
    }

    /// Whether this finding goes with that remedy: what is right has one, what is wrong has none.
    #[must_use]
    pub fn goes_with(self, remedy: Remedy) -> bool {
        self.is_right() == (remedy != Remedy::None)
    }
}

impl Remedy {
    /// The state a complaint must be in to be answered so. What is to be put right is put right and verified first; all else only has
    /// to be accepted: nobody is answered unheard.
    #[must_use]
    pub const fn may_answer_from(self, state: ComplaintState) -> bool {
        use ComplaintState as S;
        match self {
            Self::Repair => matches!(state, S::Verified),
            Self::Apology | Self::Reduction | Self::None => matches!(state, S::Accepted | S::Working | S::Verified),
        }
    }

    /// Whether the disputed part goes on resting after the answer: until the lower fee is decided about.
    #[must_use]
    pub const fn rests_on(self) -> bool {
        match self {
            Self::Reduction => true,
            Self::Repair | Self::Apology | Self::None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_right_has_a_remedy_and_what_was_found_wrong_has_none() {
        for remedy in Remedy::ALL {
            assert_ne!(Finding::Valid.goes_with(*remedy), Finding::Invalid.goes_with(*remedy), "{remedy:?}");
        }
    }

    #[test]
    fn what_is_to_be_put_right_is_verified_before_it_is_answered_and_nobody_is_answered_unheard() {
        let states = |remedy: Remedy| ComplaintState::ALL.iter().filter(move |state| remedy.may_answer_from(**state));
        assert_eq!(states(Remedy::Repair).collect::<Vec<_>>(), [&ComplaintState::Verified]);
        assert!(Remedy::ALL.iter().all(|remedy| !remedy.may_answer_from(ComplaintState::Open)));
    }
}
