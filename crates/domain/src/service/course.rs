//! The course of a complaint: what may follow what, and where it stands after all that happened.

use super::finding::Finding;
use super::kind::Department;
use crate::words::words;

words!(
    /// Where a complaint is.
    ComplaintState {
        /// Taken down.
        Open = "open", "待接单", "open";
        /// The department has it.
        Accepted = "accepted", "已接单", "accepted";
        /// Somebody works on it.
        Working = "working", "处理中", "being worked on";
        /// The work is done.
        Done = "done", "待复核", "done, to be verified";
        /// Another person has looked at what was done.
        Verified = "verified", "待答复", "verified, to be answered";
        /// The owner has the answer.
        Answered = "answered", "已答复", "answered";
        /// Closed.
        Closed = "closed", "已办结", "closed";
    }
);

words!(
    /// What happened to a complaint.
    ComplaintEvent {
        /// It was taken down.
        Taken = "taken", "登记", "taken down";
        /// The department took it.
        Accepted = "accepted", "接单", "accepted";
        /// Another department is in charge.
        Rerouted = "rerouted", "转派", "passed on";
        /// Work began.
        Started = "started", "开始处理", "work began";
        /// The work was done.
        Done = "done", "完工", "work done";
        /// Another person found it done.
        Verified = "verified", "复核通过", "verified";
        /// Another person found it not done.
        SentBack = "sent_back", "退回返工", "sent back";
        /// The owner was answered.
        Answered = "answered", "答复业主", "answered";
        /// The owner said how satisfied.
        Rated = "rated", "满意度回访", "rated";
        /// It was closed.
        Closed = "closed", "办结", "closed";
        /// The owner is not satisfied: it begins again.
        Reopened = "reopened", "重新处理", "reopened";
        /// It was told to the manager, because it is late.
        Escalated = "escalated", "超期上报", "escalated";
        /// More charges are in dispute.
        Disputed = "disputed", "补充争议账单", "more in dispute";
        /// A photo was added.
        Photo = "photo", "上传照片", "photo added";
        /// Something was noted.
        Noted = "noted", "备注", "noted";
    }
);

impl ComplaintState {
    /// Whether the owner still waits for an answer: until then the disputed part is not chased.
    #[must_use]
    pub const fn is_open(self) -> bool {
        match self {
            Self::Open | Self::Accepted | Self::Working | Self::Done | Self::Verified => true,
            Self::Answered | Self::Closed => false,
        }
    }
}

impl ComplaintEvent {
    /// The state after it; `None` when it cannot happen now.
    #[must_use]
    pub fn leads_from(self, state: ComplaintState) -> Option<ComplaintState> {
        use ComplaintState as S;
        let next = |from: bool, next: S| from.then_some(next);
        match self {
            Self::Taken => None,
            Self::Accepted => next(state == S::Open, S::Accepted),
            // Whoever gets it takes it anew.
            Self::Rerouted => next(matches!(state, S::Open | S::Accepted | S::Working), S::Open),
            Self::Started => next(state == S::Accepted, S::Working),
            Self::Done => next(state == S::Working, S::Done),
            Self::Verified => next(state == S::Done, S::Verified),
            Self::SentBack => next(state == S::Done, S::Working),
            Self::Answered => next(matches!(state, S::Accepted | S::Working | S::Verified), S::Answered),
            Self::Rated => next(state == S::Answered, S::Answered),
            Self::Closed => next(state == S::Answered, S::Closed),
            Self::Reopened => next(!state.is_open(), S::Open),
            Self::Escalated | Self::Disputed => next(state.is_open(), state),
            Self::Photo | Self::Noted => next(state != S::Closed, state),
        }
    }
}

/// The worst satisfaction.
pub const LEAST_SATISFACTION: i64 = 1;
/// The best.
pub const MOST_SATISFACTION: i64 = 5;
/// From this satisfaction on a complaint is closed with it; below, somebody decides whether it begins again.
const CONTENT_FROM: i64 = 3;
/// So many days after the answer a complaint may be closed although the owner did not say how satisfied.
pub const CLOSE_UNRATED_AFTER_DAYS: i64 = 7;
/// So many days after the answer an owner may have it begun again; later it is another complaint.
pub const REOPEN_WITHIN_DAYS: i64 = 30;

/// Whether the owner is content enough to close with it.
#[must_use]
pub const fn is_content(satisfaction: i64) -> bool {
    satisfaction >= CONTENT_FROM
}

/// Where a complaint stands after all that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// The state.
    pub state: ComplaintState,
    /// The department in charge.
    pub department: Department,
    /// What was found last, since it was begun.
    pub finding: Option<Finding>,
    /// What the owner gave, since it was begun.
    pub satisfaction: Option<i64>,
    /// How often it was begun again.
    pub reopened: i64,
    /// How loud it is, since it was begun.
    pub escalation: i64,
}

/// What an event brought with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// The department of `taken` and `rerouted`.
    pub department: Option<Department>,
    /// The finding of `answered`.
    pub finding: Option<Finding>,
    /// The satisfaction of `rated`.
    pub satisfaction: Option<i64>,
    /// The level of `escalated`.
    pub level: Option<i64>,
}

impl Course {
    /// Follows what happened, in order; `None` when something of it could not have.
    #[must_use]
    pub fn follow(events: &[(ComplaintEvent, Brought)]) -> Option<Self> {
        let ((first, brought), rest) = events.split_first()?;
        if *first != ComplaintEvent::Taken {
            return None;
        }
        let mut course = Self {
            state: ComplaintState::Open,
            department: brought.department?,
            finding: None,
            satisfaction: None,
            reopened: 0,
            escalation: 0,
        };
        rest.iter().try_for_each(|(event, brought)| course.take(*event, *brought))?;
        Some(course)
    }

    fn take(&mut self, event: ComplaintEvent, brought: Brought) -> Option<()> {
        self.state = event.leads_from(self.state)?;
        match event {
            ComplaintEvent::Rerouted => self.department = brought.department?,
            ComplaintEvent::Answered => self.finding = Some(brought.finding?),
            ComplaintEvent::Rated => self.satisfaction = Some(brought.satisfaction?),
            ComplaintEvent::Escalated => self.escalation = brought.level?,
            ComplaintEvent::Reopened => {
                self.reopened += 1;
                (self.finding, self.satisfaction, self.escalation) = (None, None, 0);
            }
            ComplaintEvent::Taken
            | ComplaintEvent::Accepted
            | ComplaintEvent::Started
            | ComplaintEvent::Done
            | ComplaintEvent::Verified
            | ComplaintEvent::SentBack
            | ComplaintEvent::Closed
            | ComplaintEvent::Disputed
            | ComplaintEvent::Photo
            | ComplaintEvent::Noted => {}
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ComplaintEvent as E;

    const TAKEN: Brought =
        Brought { department: Some(Department::Engineering), finding: None, satisfaction: None, level: None };

    fn follow(events: &[(E, Brought)]) -> Option<Course> {
        let taken = [(E::Taken, TAKEN)];
        Course::follow(&[&taken, events].concat())
    }

    fn bare(events: &[E]) -> Vec<(E, Brought)> {
        events.iter().map(|event| (*event, Brought::default())).collect()
    }

    fn answered(finding: Finding) -> (E, Brought) {
        (E::Answered, Brought { finding: Some(finding), ..Brought::default() })
    }

    #[test]
    fn a_complaint_goes_from_the_first_word_to_the_owners_satisfaction() {
        let mut events = bare(&[E::Accepted, E::Started, E::Photo, E::Done, E::SentBack, E::Done, E::Verified]);
        events.push(answered(Finding::Valid));
        events.push((E::Rated, Brought { satisfaction: Some(5), ..Brought::default() }));
        events.extend(bare(&[E::Closed]));
        let course = follow(&events).expect("a course");
        assert_eq!(
            (course.state, course.finding, course.satisfaction),
            (ComplaintState::Closed, Some(Finding::Valid), Some(5))
        );
    }

    #[test]
    fn nothing_is_skipped_and_nobody_is_answered_unheard() {
        for events in [
            &[E::Started][..],
            &[E::Accepted, E::Done],
            &[E::Accepted, E::Started, E::Verified],
            &[E::Closed],
            &[E::Taken],
        ] {
            assert_eq!(follow(&bare(events)), None, "{events:?}");
        }
        assert_eq!(follow(&[answered(Finding::Invalid)]), None);
    }

    #[test]
    fn another_department_takes_it_anew() {
        let to = Brought { department: Some(Department::Security), ..Brought::default() };
        let course = follow(&[(E::Accepted, Brought::default()), (E::Rerouted, to)]).expect("a course");
        assert_eq!((course.state, course.department), (ComplaintState::Open, Department::Security));
        assert!(follow(&[(E::Rerouted, Brought::default())]).is_none(), "to whom?");
    }

    #[test]
    fn reopening_begins_anew_and_forgets_finding_and_satisfaction() {
        let events = [(E::Accepted, Brought::default()), answered(Finding::Invalid), (E::Reopened, Brought::default())];
        let course = follow(&events).expect("a course");
        assert_eq!((course.state, course.finding, course.reopened), (ComplaintState::Open, None, 1));
        assert!(follow(&bare(&[E::Reopened])).is_none(), "it is open");
    }

    #[test]
    fn the_owner_waits_until_the_answer() {
        let waits: Vec<_> = ComplaintState::ALL.iter().filter(|one| one.is_open()).map(|one| one.as_str()).collect();
        assert_eq!(waits, ["open", "accepted", "working", "done", "verified"]);
    }
}
