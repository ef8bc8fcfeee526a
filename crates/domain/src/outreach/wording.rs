//! The wording check (用语检查): what a text that goes out may not say, and what it should say better (P1, domain.md 2.10, 5).
//!
//! A text may never threaten with unlawful means, to whomever it goes (民法典 944 III, 1032-1034). Public material names nobody:
//! no name, room, telephone (masked or not), id number, plate or amount (个人信息保护法 25). Both are `prohibited` and make a text
//! not allowed. Omissions and stale terms are advice and never stop a text.
//!
//! The check reads through full-width letters, traditional characters, blanks and marks put between characters. It knows
//! when a means is named to rule it out (我们不会停水) or for another reason (因检修停水), and lets that pass. It is a net, not
//! a proof: people stay responsible for what they send.

use serde::{Deserialize, Serialize};

use crate::Text;

mod advice;
mod english;
mod names;
mod personal;
mod reading;
mod rooms;
mod terms;
mod threats;

/// Who will see the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Anyone: notice boards, owner groups, lifts.
    Public,
    /// The payer alone.
    Private,
}

impl Audience {
    /// The audience of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        match name {
            "public" => Some(Self::Public),
            "private" => Some(Self::Private),
            _unknown => None,
        }
    }
}

/// What a text ran into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WordingRule {
    /// Water, electricity, gas or heat would be cut.
    UtilityCutOff,
    /// Doors, lifts, cars or locks would be blocked.
    AccessRestriction,
    /// Credit records and blacklists.
    CreditThreat,
    /// Employer, family, friends or neighbours would be involved.
    ThirdParty,
    /// The debtor would be exposed.
    PublicShaming,
    /// Detention, prison, police.
    CriminalThreat,
    /// Insult, intimidation, harassment.
    Harassment,
    /// Taking or freezing property without a court.
    SelfHelp,
    /// A consequence that does not exist.
    FalseConsequence,
    /// A person's name or form of address on public material.
    PersonName,
    /// A room on public material.
    Room,
    /// A telephone number on public material, masked or not.
    Phone,
    /// An id number on public material.
    IdNumber,
    /// A car plate on public material.
    Plate,
    /// An e-mail address on public material.
    Email,
    /// An amount on public material.
    Amount,
    /// The late fee is called by the tax law's word.
    LateFeeTerm,
    /// A late fee without the clause it rests on.
    LateFeeBasis,
    /// A law that no longer reads so.
    StaleLaw,
    /// No telephone for questions.
    HotlineMissing,
    /// No day to pay by.
    PayByMissing,
    /// Pressure by comparison with others.
    OthersPaid,
    /// Words that sound like a threat without being one.
    HarshTone,
}

impl WordingRule {
    /// True for what must not go out; false for advice.
    #[must_use]
    pub const fn prohibits(self) -> bool {
        match self {
            Self::UtilityCutOff
            | Self::AccessRestriction
            | Self::CreditThreat
            | Self::ThirdParty
            | Self::PublicShaming
            | Self::CriminalThreat
            | Self::Harassment
            | Self::SelfHelp
            | Self::FalseConsequence
            | Self::PersonName
            | Self::Room
            | Self::Phone
            | Self::IdNumber
            | Self::Plate
            | Self::Email
            | Self::Amount => true,
            Self::LateFeeTerm
            | Self::LateFeeBasis
            | Self::StaleLaw
            | Self::HotlineMissing
            | Self::PayByMissing
            | Self::OthersPaid
            | Self::HarshTone => false,
        }
    }

    /// Why, and what to do, with the source.
    #[must_use]
    pub fn why(self) -> Text {
        let (zh, en) = advice::reasons(self);
        Text::new(zh, en)
    }
}

/// One place of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which rule.
    pub rule: WordingRule,
    /// The words, as they stand in the text; empty for an omission.
    pub text: String,
}

/// What the check says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    /// False when something prohibited was found.
    pub allowed: bool,
    /// What was found: prohibitions first, in the order of the rules.
    pub findings: Vec<Finding>,
}

/// Checks a text before it goes out.
#[must_use]
pub fn check(audience: Audience, text: &str) -> Wording {
    let mut findings = threats::find_threats(text);
    findings.extend(english::find_threats(text));
    match audience {
        Audience::Public => findings.extend(personal::find_personal_data(text)),
        Audience::Private => {}
    }
    findings.extend(advice::find_advice(text));
    findings.sort_by(|a, b| (a.rule, &a.text).cmp(&(b.rule, &b.text)));
    findings.dedup();
    Wording { allowed: !findings.iter().any(|finding| finding.rule.prohibits()), findings }
}

#[cfg(test)]
mod tests;
