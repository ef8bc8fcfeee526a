//! How an offer stands, as its owner reads it.

use chrono::NaiveDate;
use hemu_domain::Text;
use hemu_domain::collection::plan::PlanState;
use hemu_domain::collection::promise::PromiseState;
use serde::Serialize;

/// How an offer stands for its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferStanding {
    /// The owner may answer.
    Open,
    /// The owner agreed, and it counts.
    Agreed,
    /// The owner agreed, and a second person has to approve.
    Waits,
    /// Nobody answered in time.
    Lapsed,
    /// It was taken back, or the owner declined.
    Withdrawn,
    /// Another one took its place.
    Superseded,
    /// What is owed has changed since it was offered.
    Changed,
    /// Nothing is owed any more.
    Settled,
}

impl OfferStanding {
    /// What the owner reads about it.
    #[must_use]
    pub fn text(self, until: NaiveDate) -> Text {
        match self {
            Self::Open => Text::new(format!("请在 {until}（含当天）前答复"), format!("please answer by {until}")),
            Self::Agreed => Text::new("您已同意，我们已登记，谢谢", "you have agreed and it is on record, thank you"),
            Self::Waits => Text::new(
                "您已同意，等待物业另一位负责人确认后生效，谢谢",
                "you have agreed; it counts once a second person of the office confirms it, thank you",
            ),
            Self::Lapsed => Text::new(
                format!("这份提议的答复期限（{until}）已过，不再有效；仍想这样办理的，请联系物业重新提出"),
                format!("the time to answer ended on {until}: to go on like this, ask the office to propose it anew"),
            ),
            Self::Withdrawn => Text::new(
                "这份提议已撤回或您已表示不同意，不再有效；想重新约定的，请联系物业",
                "this proposal was taken back or declined: to agree anew, speak to the office",
            ),
            Self::Superseded => Text::new(
                "这份提议已被新的约定替代，以新的约定为准",
                "a newer agreement took the place of this proposal",
            ),
            Self::Changed => Text::new(
                "提出之后欠费已有变化（例如已缴费），请联系物业按新的金额重新提出",
                "what is owed has changed since (a payment, perhaps): ask the office for a new proposal",
            ),
            Self::Settled => {
                Text::new("欠费已结清，无需再约定，谢谢", "everything is paid: nothing to agree, thank you")
            }
        }
    }
}

/// How the offer of a promise in that state stands, its day and its debt aside.
pub(super) const fn of_promise(state: PromiseState) -> OfferStanding {
    match state {
        PromiseState::Offered => OfferStanding::Open,
        PromiseState::Accepted
        | PromiseState::Active
        | PromiseState::Kept
        | PromiseState::PartKept
        | PromiseState::Broken => OfferStanding::Agreed,
        PromiseState::Withdrawn => OfferStanding::Withdrawn,
        PromiseState::Superseded => OfferStanding::Superseded,
        PromiseState::Lapsed => OfferStanding::Lapsed,
    }
}

/// The same for a plan.
pub(super) const fn of_plan(state: PlanState) -> OfferStanding {
    match state {
        PlanState::Offered => OfferStanding::Open,
        PlanState::Accepted => OfferStanding::Waits,
        PlanState::Active | PlanState::Completed | PlanState::Defaulted => OfferStanding::Agreed,
        PlanState::Draft | PlanState::Cancelled => OfferStanding::Withdrawn,
    }
}
