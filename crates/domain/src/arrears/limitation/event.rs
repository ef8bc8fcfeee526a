//! What may have happened to a claim, and what each does to its clock.

use chrono::NaiveDate;
use serde::Serialize;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LimitationEventKind {
    /// A written demand handed over or delivered by post (签收, EMS 妥投).
    LetterServed,
    /// A demand by SMS, WeChat or e-mail that reached the debtor.
    MessageDelivered,
    /// The debtor paid a part.
    PartPayment,
    /// The debtor promised to pay or asked for time.
    Promise,
    /// An instalment plan was agreed.
    Plan,
    /// A payment order was applied for (支付令).
    PaymentOrderApplied,
    /// A suit or arbitration was filed.
    SuitFiled,
    /// The proceedings came to an end.
    ProceedingsEnded,
    /// A people's mediation committee was asked to mediate.
    MediationRequested,
    /// A notice on the board; it reaches nobody in particular.
    Poster,
}

impl LimitationEventKind {
    /// All kinds, in the order of the command line's help.
    pub const ALL: [Self; 10] = [
        Self::LetterServed,
        Self::MessageDelivered,
        Self::PartPayment,
        Self::Promise,
        Self::Plan,
        Self::PaymentOrderApplied,
        Self::SuitFiled,
        Self::ProceedingsEnded,
        Self::MediationRequested,
        Self::Poster,
    ];

    /// The name used on the command line and in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LetterServed => "letter-served",
            Self::MessageDelivered => "message-delivered",
            Self::PartPayment => "part-payment",
            Self::Promise => "promise",
            Self::Plan => "plan",
            Self::PaymentOrderApplied => "payment-order-applied",
            Self::SuitFiled => "suit-filed",
            Self::ProceedingsEnded => "proceedings-ended",
            Self::MediationRequested => "mediation-requested",
            Self::Poster => "poster",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// An event and its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitationEvent {
    /// What happened.
    pub kind: LimitationEventKind,
    /// When.
    pub on: NaiveDate,
}

/// Why an event counts or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A demand reached the debtor.
    Demanded,
    /// The debtor agreed to perform.
    Consented,
    /// A suit, or what equals it; the clock stands still.
    Suing,
    /// Mediation was requested.
    Mediation,
    /// The proceedings ended; the clock runs anew.
    Ended,
    /// A promise after the end gives up the plea.
    Revived,
    /// A poster is no demand.
    PosterIsNoDemand,
    /// Nothing was overdue yet.
    NotYetOverdue,
    /// Proceedings are pending, the clock stands still anyway.
    AlreadyPending,
    /// Nothing was pending that could end.
    NothingPending,
    /// Too late.
    AlreadyLapsed,
    /// A part payment after the end is no promise of the rest.
    PaidAfterLapse,
    /// The event lies after the as-of day.
    NotYetHappened,
}

impl Why {
    /// True when the event changed the clock.
    #[must_use]
    pub const fn counted(self) -> bool {
        match self {
            Self::Demanded | Self::Consented | Self::Suing | Self::Mediation | Self::Ended | Self::Revived => true,
            Self::PosterIsNoDemand
            | Self::NotYetOverdue
            | Self::AlreadyPending
            | Self::NothingPending
            | Self::AlreadyLapsed
            | Self::PaidAfterLapse
            | Self::NotYetHappened => false,
        }
    }

    /// The reason in Chinese, with its source.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Demanded => "催告已到达债务人,时效中断,自当日起重新计算三年(民法典195条一项;诉讼时效规定8条)",
            Self::Consented => {
                "债务人同意履行(部分支付、承诺、分期),时效中断,重新计算三年(民法典195条二项;诉讼时效规定14条)"
            }
            Self::Suing => "起诉或申请支付令,时效中断,程序终结前不起算(民法典195条三项;诉讼时效规定10、11条)",
            Self::Mediation => "向人民调解组织请求保护,自提出请求之日起中断,重新计算三年(诉讼时效规定12条)",
            Self::Ended => "有关程序终结,自当日起重新计算三年(民法典195条)",
            Self::Revived => {
                "时效届满后债务人又同意履行,不得再以届满抗辩,自当日起重新计算三年(民法典192条;诉讼时效规定19条)"
            }
            Self::PosterIsNoDemand => "公告栏张贴不是向债务人本人的有效催告,不中断时效(诉讼时效规定8条)",
            Self::NotYetOverdue => "当日尚未逾期,时效尚未起算",
            Self::AlreadyPending => "诉讼或支付令程序进行中,时效本已停止计算",
            Self::NothingPending => "此前没有进行中的诉讼、支付令或调解程序",
            Self::AlreadyLapsed => "时效此前已届满,事后的催告或起诉不能使其恢复",
            Self::PaidAfterLapse => "届满后自愿支付的部分有效、不得请求返还,但不等于同意支付其余部分(民法典192条)",
            Self::NotYetHappened => "晚于计算基准日,不计入",
        }
    }

    /// The reason in English, with its source.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::Demanded => "the demand reached the debtor: a fresh three years (Civil Code 195(1))",
            Self::Consented => "the debtor agreed to perform: a fresh three years (Civil Code 195(2))",
            Self::Suing => {
                "sued or applied for a payment order: the clock stands still until it ends (Civil Code 195(3))"
            }
            Self::Mediation => "mediation requested: a fresh three years (SPC limitation rules 12)",
            Self::Ended => "the proceedings ended: a fresh three years (Civil Code 195)",
            Self::Revived => "consent after the end gives up the plea: a fresh three years (Civil Code 192)",
            Self::PosterIsNoDemand => "a poster is no demand that reached the debtor (SPC limitation rules 8)",
            Self::NotYetOverdue => "nothing was overdue yet, the clock had not started",
            Self::AlreadyPending => "proceedings were pending, the clock stood still anyway",
            Self::NothingPending => "nothing was pending that could end",
            Self::AlreadyLapsed => "limitation had already lapsed, this does not revive it",
            Self::PaidAfterLapse => "valid for what was paid, but no promise of the rest (Civil Code 192)",
            Self::NotYetHappened => "after the as-of day, not counted",
        }
    }
}
