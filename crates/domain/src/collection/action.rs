//! The life of an action (a planned step) and of the single-use attempt that sends it: which state may follow which
//! (`docs/architecture.md`, the sending protocol).
//!
//! An action is unique by case, cycle, step and occurrence (I1); a refused message is followed by a new occurrence, never by a
//! second life of the old one. Doubt has a state of its own: uncertain is neither sent nor failed until a receipt or a person
//! says so.

use crate::words::words;

words!(
    /// Where an action is in its life.
    ActionState {
        /// Waits for its time.
        Planned = "planned", "已计划", "planned";
        /// Put off: quiet hours, or the contact budget is used up.
        Deferred = "deferred", "已顺延", "deferred";
        /// Claimed: the attempt is written, the answer not known.
        InFlight = "in_flight", "发送中", "in flight";
        /// The provider took it.
        Sent = "sent", "已发出", "sent";
        /// It arrived.
        Delivered = "delivered", "已送达", "delivered";
        /// It was read.
        Read = "read", "已读", "read";
        /// It may have been sent.
        Uncertain = "uncertain", "待核实", "uncertain";
        /// A person gave the doubtful one up.
        Abandoned = "abandoned", "已放弃", "abandoned";
        /// The provider refused it.
        FailedPermanent = "failed_permanent", "发送失败", "failed";
        /// Not needed or not allowed any more.
        Cancelled = "cancelled", "已取消", "cancelled";
        /// Its wording was refused.
        Blocked = "blocked", "已拦截", "blocked";
        /// Its time passed.
        Expired = "expired", "已过期", "expired";
        /// A person's task.
        OpenTask = "open_task", "待办", "open task";
        /// The task is done.
        Done = "done", "已办结", "done";
    }
);

impl ActionState {
    /// The states that may follow.
    #[must_use]
    pub const fn successors(self) -> &'static [Self] {
        match self {
            Self::Planned => {
                &[Self::Deferred, Self::InFlight, Self::FailedPermanent, Self::Cancelled, Self::Blocked, Self::Expired]
            }
            Self::Deferred => {
                &[Self::Planned, Self::InFlight, Self::FailedPermanent, Self::Cancelled, Self::Blocked, Self::Expired]
            }
            Self::InFlight => &[Self::Sent, Self::Delivered, Self::Uncertain, Self::FailedPermanent],
            // A bounce may come after the provider took it.
            Self::Sent => &[Self::Delivered, Self::Read, Self::FailedPermanent],
            Self::Delivered => &[Self::Read],
            // A late receipt or acknowledgement, or a person.
            Self::Uncertain => &[Self::Sent, Self::Delivered, Self::FailedPermanent, Self::Abandoned],
            Self::OpenTask => &[Self::Done, Self::Cancelled],
            Self::Read
            | Self::Abandoned
            | Self::FailedPermanent
            | Self::Cancelled
            | Self::Blocked
            | Self::Expired
            | Self::Done => &[],
        }
    }

    /// Whether that state may follow.
    #[must_use]
    pub fn can_become(self, next: Self) -> bool {
        self.successors().contains(&next)
    }

    /// Waits to go out, or is out and not known yet.
    #[must_use]
    pub const fn is_pending(self) -> bool {
        matches!(self, Self::Planned | Self::Deferred | Self::InFlight)
    }

    /// Came to nothing: another occurrence may follow.
    #[must_use]
    pub const fn came_to_nothing(self) -> bool {
        matches!(self, Self::Cancelled | Self::Blocked | Self::Expired | Self::FailedPermanent)
    }

    /// Known to have arrived. Sent and uncertain are not (I5).
    #[must_use]
    pub const fn is_delivered(self) -> bool {
        matches!(self, Self::Delivered | Self::Read)
    }
}

words!(
    /// Where a single-use attempt is. There is no way back to `in_flight`: nothing is sent twice on the strength of a doubt.
    AttemptState {
        /// Written and claimed.
        InFlight = "in_flight", "发送中", "in flight";
        /// The provider took it.
        Sent = "sent", "已发出", "sent";
        /// The provider refused it.
        FailedPermanent = "failed_permanent", "发送失败", "failed";
        /// It may have been sent.
        Uncertain = "uncertain", "待核实", "uncertain";
        /// A person gave it up.
        Abandoned = "abandoned", "已放弃", "abandoned";
    }
);

impl AttemptState {
    /// Whether that state may follow.
    #[must_use]
    pub const fn can_become(self, next: Self) -> bool {
        match self {
            Self::InFlight => matches!(next, Self::Sent | Self::FailedPermanent | Self::Uncertain),
            Self::Uncertain => matches!(next, Self::Sent | Self::FailedPermanent | Self::Abandoned),
            Self::Sent | Self::FailedPermanent | Self::Abandoned => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything an action can still become.
    fn reachable(from: ActionState) -> Vec<ActionState> {
        let mut found = vec![from];
        let mut next = 0;
        while let Some(state) = found.get(next).copied() {
            let new: Vec<_> = state.successors().iter().copied().filter(|one| !found.contains(one)).collect();
            found.extend(new);
            next += 1;
        }
        found
    }

    #[test]
    fn i7_nothing_that_was_ever_in_flight_can_be_claimed_again() {
        for state in [ActionState::InFlight, ActionState::Sent, ActionState::Uncertain, ActionState::Abandoned] {
            for later in state.successors().iter().flat_map(|next| reachable(*next)) {
                assert!(!later.is_pending(), "{} -> {}", state.as_str(), later.as_str());
            }
        }
        for from in AttemptState::ALL {
            assert!(!from.can_become(AttemptState::InFlight), "{}", from.as_str());
        }
    }

    #[test]
    fn every_message_in_flight_can_end_and_no_ended_one_comes_back() {
        for state in ActionState::ALL.iter().filter(|state| state.came_to_nothing()) {
            assert!(state.successors().is_empty(), "{}", state.as_str());
        }
        let ends = reachable(ActionState::Planned);
        assert!(!ends.contains(&ActionState::OpenTask) && !ends.contains(&ActionState::Done), "a message is no task");
        assert!(
            [ActionState::Read, ActionState::Abandoned, ActionState::Cancelled].iter().all(|end| ends.contains(end))
        );
    }

    #[test]
    fn i5_only_a_receipt_makes_it_delivered() {
        let delivered: Vec<_> = ActionState::ALL.iter().filter(|state| state.is_delivered()).collect();
        assert_eq!(delivered, [&ActionState::Delivered, &ActionState::Read]);
        assert!(ActionState::Uncertain.can_become(ActionState::Sent), "a late receipt still counts");
        assert!(!ActionState::Planned.can_become(ActionState::Sent), "nothing is sent without an attempt");
    }

    #[test]
    fn every_word_is_read_back() {
        assert!(ActionState::ALL.iter().all(|state| ActionState::parse(state.as_str()) == Ok(*state)));
        assert!(ActionState::parse("retrying").is_err());
    }
}
