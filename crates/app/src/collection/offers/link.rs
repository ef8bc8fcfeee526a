//! The link of an offer: which one it opens, and the mark that nobody makes up.

use hemu_domain::hex;
use hemu_domain::ids::{CommunityId, PlanId, PromiseId};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{App, Refusal};

/// What a link is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// A promise that was proposed.
    Promise(PromiseId),
    /// A plan that was proposed.
    Plan(PlanId),
}

impl Offer {
    /// From the words of an address; `None` when they name none.
    #[must_use]
    pub fn parse(kind: &str, id: &str) -> Option<Self> {
        match kind {
            "promise" => PromiseId::parse(id).ok().map(Self::Promise),
            "plan" => PlanId::parse(id).ok().map(Self::Plan),
            _ => None,
        }
    }

    /// `promise` or `plan`.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Promise(_) => "promise",
            Self::Plan(_) => "plan",
        }
    }

    /// Its id.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        match self {
            Self::Promise(id) => id.uuid(),
            Self::Plan(id) => id.uuid(),
        }
    }
}

/// A link as an owner gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferLink {
    /// The community.
    pub community: CommunityId,
    /// What it is about.
    pub offer: Offer,
    /// The mark that nobody makes up, as hexadecimal digits.
    pub mark: String,
}

impl OfferLink {
    pub(super) fn of(app: &App, community: CommunityId, offer: Offer) -> Self {
        let subject = format!("{community}/{}/{}", offer.kind(), offer.uuid());
        Self { community, offer, mark: hex(&app.sealer.index("owner_offer", &subject)) }
    }

    /// The address of the owner's page.
    #[must_use]
    pub fn address(&self) -> String {
        format!("/o/{}/{}/{}/{}", self.community, self.offer.kind(), self.offer.uuid(), self.mark)
    }

    /// Whether this program made it. Digests are compared, so that the time it takes says nothing about the mark.
    pub(super) fn check(&self, app: &App) -> Result<(), Refusal> {
        let ours = Self::of(app, self.community, self.offer);
        if Sha256::digest(ours.mark) == Sha256::digest(&self.mark) { Ok(()) } else { Err(unknown()) }
    }

    /// What the record keeps of it: enough to recognise a link somebody shows, too little to make one.
    pub(super) fn trace(&self) -> String {
        hex(&Sha256::digest(&self.mark)[..6])
    }
}

pub(super) fn unknown() -> Refusal {
    Refusal::not_found("链接，请向物业核对", "link: ask the property office", "")
}
